"""Memory that PyTorch owns: whose it is, who looks at it, who wrote to it."""

from __future__ import annotations

import numpy as np
import torch

import tensorbridge as tb


def test_whose_memory_it_is() -> None:
    x = torch.arange(6.0).reshape(2, 3)
    assert tb.from_dlpack(x).memory.origin == ("DLPack export of a torch.Tensor",)
    assert tb.from_dlpack(x.T).memory.order == "F"


def test_shared_with_tensors_of_pytorch() -> None:
    x = torch.zeros(4, 6)
    t = tb.from_dlpack(x)
    assert tb.shares_memory(x, t)
    assert tb.shares_memory(x.numpy(), x[1:])
    assert not tb.shares_memory(x[:, ::2], t[:, 1::2])
    with tb.trace():
        u = tb.from_dlpack(x[1])
        assert list(tb.aliases(x)) == [u]
        assert len(tb.aliases(x[2])) == 0


def test_pytorch_is_something_other() -> None:
    x = torch.zeros(2, 3)
    a = np.zeros(3)
    t = tb.from_dlpack(x)
    with tb.watch(x, a) as changes:
        x[0] = 1
        t[1].add_(1)
        torch.from_numpy(a)[1] = 5
    first, second = changes
    assert first.what == "torch.Tensor of float32 (2, 3)"
    assert (first.count, first.others.count, str(first.others)) == (6, 3, "[0, 0:3]")
    assert [write.operation for write in first.writes] == ["add_"]
    assert (second.count, second.by_others) == (1, True)
