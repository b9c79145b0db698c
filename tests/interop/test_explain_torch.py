"""PyTorch's messages, provoked, and what is said of each."""

from __future__ import annotations

import warnings

import numpy as np
import pyarrow as pa
import pytest
import torch

import tensorbridge as tb

frozen = np.ones(2)
frozen.flags.writeable = False


def twice(capsule):
    torch.from_dlpack(capsule)
    torch.from_dlpack(capsule)


def in_place(tensor, value):
    tensor += value


#: An entry and a call that makes PyTorch say its message.
PROVOKED = [
    ("negative-strides", lambda: torch.from_numpy(np.ones(3)[::-1])),
    ("negative-strides", lambda: torch.ones(3)[::-1]),
    ("odd-strides", lambda: torch.from_numpy(np.zeros(3, "f8,f4")["f0"])),
    ("byte-order", lambda: torch.from_numpy(np.ones(2, ">f8"))),
    ("object-array", lambda: torch.from_numpy(np.array([None]))),
    ("unsupported-dtype", lambda: torch.from_numpy(np.array(["a"]))),
    ("unsupported-dtype", lambda: torch.from_numpy(np.zeros(1, "M8[s]"))),
    ("not-writable", lambda: torch.from_numpy(frozen)),
    ("not-writable", lambda: torch.frombuffer(b"abcd", dtype=torch.float32)),
    ("list-of-arrays", lambda: torch.tensor([np.ones(2), np.ones(2)])),
    ("requires-grad", lambda: torch.ones(1, requires_grad=True).numpy()),
    ("requires-grad", lambda: torch.ones(1, requires_grad=True).__dlpack__()),
    ("conj-bit", lambda: torch.ones(1, dtype=torch.complex64).conj().numpy()),
    ("neg-bit", lambda: torch.ones(1, dtype=torch.complex64).conj().imag.numpy()),
    ("layout-to-numpy", lambda: torch.ones(1).to_sparse().numpy()),
    ("meta-to-numpy", lambda: torch.ones(1, device="meta").numpy()),
    ("bfloat16-to-numpy", lambda: torch.ones(1).bfloat16().numpy()),
    ("leaf-in-place", lambda: torch.ones(1, requires_grad=True).add_(1)),
    ("dtype-mismatch", lambda: torch.ones(2, 3).double() @ torch.ones(3, 2)),
    ("dtype-mismatch", lambda: torch.nn.Linear(3, 2)(torch.ones(1, 3).double())),
    ("dtype-mismatch", lambda: torch.nn.Conv1d(1, 1, 1)(torch.ones(1, 1, 3).double())),
    ("dtype-mismatch", lambda: torch.dot(torch.ones(3).double(), torch.ones(3))),
    ("dtype-mismatch", lambda: torch.linalg.solve(torch.eye(2).double(), torch.ones(2))),
    ("matmul-shapes", lambda: torch.randn(1000, 1000) @ torch.rand(500, 500)),
    ("broadcast-shapes", lambda: torch.ones(3) + torch.ones(4)),
    ("array-plus-tensor", lambda: np.ones(2) + torch.ones(2)),
    ("array-wrap", lambda: np.sin(torch.ones(1))),
    ("numpy-keywords", lambda: np.std(torch.ones(2))),
    ("ambiguous-truth", lambda: bool(torch.ones(2))),
    ("to-scalar", lambda: float(torch.ones(2))),
    ("to-scalar", lambda: [1][torch.ones(2)]),
    ("same-kind", lambda: in_place(torch.ones(2, dtype=torch.int64), 1.5)),
    ("out-of-bounds", lambda: torch.full((2,), 300, dtype=torch.uint8)),
    ("out-of-bounds", lambda: torch.tensor([300], dtype=torch.uint8)),
    ("buffer-size", lambda: torch.frombuffer(bytearray(3), dtype=torch.float32)),
    ("dlpack-capsule-used", lambda: twice(torch.ones(1).__dlpack__())),
    ("dlpack-version", lambda: np.from_dlpack(torch.ones(1).__dlpack__())),
    ("view-not-compatible", lambda: torch.ones(3, 4).T.view(12)),
    ("self-overlap", lambda: torch.ones(1).expand(3).add_(1)),
    ("inhomogeneous", lambda: torch.tensor([[1, 2], [3]])),
    ("infer-dtype", lambda: torch.tensor([None])),
    ("axis-bounds", lambda: torch.ones(2).sum(3)),
    ("no-cuda", lambda: torch.ones(1).cuda()),
    ("pickle-arrow", lambda: pa.array([1, None]).to_numpy(zero_copy_only=True)),
]


@pytest.mark.parametrize(("name", "provoke"), PROVOKED, ids=[row[0] for row in PROVOKED])
def test_provoked_messages(name, provoke):
    if name == "no-cuda" and torch.cuda.is_available():
        return  # Nothing to complain about.
    torch.set_warn_always(True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            provoke()
        except (Exception, Warning) as error:
            caught = error
        else:
            pytest.fail("nothing was raised")
    assert tb.explain(caught).name == name, str(caught)
