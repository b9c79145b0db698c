"""What tensors have and do, as type checkers see it. Checked by mypy, never run."""

from collections.abc import Iterator
from typing import Any, assert_type

import numpy as np
import numpy.typing as npt

import tensorbridge as tb
from tensorbridge import Size, Tensor


def attributes(t: Tensor) -> None:
    assert_type(t.shape, Size)
    assert_type(t.shape[0], int)
    assert_type(t.shape.numel(), int)
    assert_type(t.size(), Size)
    assert_type(t.size(-1), int)
    assert_type(t.stride(), tuple[int, ...])
    assert_type(t.stride(0), int)
    assert_type(t.strides, tuple[int, ...])
    assert_type(t.dtype, tb.dtype)
    assert_type(t.device, tb.device)
    assert_type(t.layout, tb.layout)
    assert_type(t.T, Tensor)
    assert_type(t.is_contiguous(), bool)
    assert_type(t.is_contiguous(memory_format=tb.contiguous_format), bool)
    assert_type(t.type(), str)
    assert_type(t.type(tb.float64), Tensor)
    assert_type(len(t), int)
    assert_type(hash(t), int)
    assert_type(bool(t), bool)
    assert_type(int(t), int)
    assert_type(float(t), float)
    assert_type(complex(t), complex)
    elements: int = t.size
    assert_type(range(t), range)
    assert_type(iter(t), Iterator[Tensor])
    assert_type([row for row in t], list[Tensor])
    loss: float = t.item()
    t.shape = t.shape  # type: ignore[misc]
    t.requires_grad = False
    t.requires_grad = True  # type: ignore[assignment]
    t.resize_(2)  # type: ignore[attr-defined]
    t.no_such_thing  # type: ignore[attr-defined]
    t.size("0")  # type: ignore[call-overload]
    print(elements, loss)


def views(t: Tensor, other: Tensor, a: npt.NDArray[np.int64]) -> None:
    for view in (
        t.view(2, -1),
        t.view((2, -1)),
        t.view(tb.uint8),
        t.view(size=[2, 3]),
        t.reshape(2, 3),
        t.reshape((2, 3), copy=False),
        t.reshape(shape=other.shape),
        t.permute(1, 0),
        t.permute([1, 0]),
        t.expand(2, -1),
        t.expand(other.size()),
        t.flip(0, 1),
        t.flip((0, 1)),
        t.flip(axis=0),
        t.squeeze(),
        t.squeeze(axis=0),
        t.unsqueeze(-1),
        t.unsqueeze(axis=0),
        t.transpose(0, 1),
        t.as_strided((2, 2), (1, 1), 0),
        t.diagonal(),
    ):
        assert_type(view, Tensor)
    assert_type(t.unbind(), tuple[Tensor, ...])
    assert_type(t.split(2), tuple[Tensor, ...])
    assert_type(t.split([2, 3], dim=1), tuple[Tensor, ...])
    assert_type(tb.broadcast_shapes((2, 1), 3), Size)
    assert_type(tb.broadcast_arrays(t, a), tuple[Tensor, ...])
    assert_type(tb.meshgrid(t, a, indexing="ij"), tuple[Tensor, ...])
    assert_type(tb.tensor_split(t, sections=2), tuple[Tensor, ...])
    tb.meshgrid(t, a, indexing="ji")  # type: ignore[call-overload]
    t.reshape(2.5)  # type: ignore[call-overload]
    t.reshape("23")  # type: ignore[arg-type]
    t.transpose(0)  # type: ignore[call-overload]
    t.unsqueeze()  # type: ignore[call-overload]


def indexing(t: Tensor, mask: Tensor, a: npt.NDArray[np.int64]) -> None:
    for part in (
        t[0],
        t[-1, 0],
        t[1:],
        t[::-1, ..., None],
        t[mask],
        t[a],
        t[[0, 1]],
        t[(0,)],
        t[[[0], [1]], 2],
    ):
        assert_type(part, Tensor)
    t[0] = 1
    t[1:] = a
    t[mask] = [1.0, 2.0]
    t[..., 0] = t
    t[1.5]  # type: ignore[index]
    t["column"]  # type: ignore[index]
    t[0] = "text"  # type: ignore[assignment]
    del t[0]  # type: ignore[arg-type]


def casts(t: Tensor, other: Tensor) -> None:
    for cast in (
        t.to(tb.float64),
        t.to("cpu"),
        t.to("cpu", tb.float64, copy=True),
        t.to(other),
        t.to(dtype="float64", device="cpu"),
        t.to(np.float32),
        t.to(float),
        t.astype(np.int8, copy=False),
        t.float(),
        t.bool(),
        t.cpu().contiguous().clone(),
        t.detach(),
    ):
        assert_type(cast, Tensor)
    t.to(1.5)  # type: ignore[call-overload]
    t.astype()  # type: ignore[call-arg]


def in_place(t: Tensor) -> None:
    assert_type(t.add_(1).mul_(2).zero_().fill_(3).copy_([1, 2]), Tensor)
    assert_type(t.uniform_(0, to=1).normal_().random_(10), Tensor)
    t += 1
    t @= t
    t.copy_("text")  # type: ignore[arg-type]


def tolist(t: Tensor) -> list[Any]:
    nested: list[Any] = t.tolist()
    return nested
