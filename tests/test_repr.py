"""The text of tensors, as recorded from PyTorch; the comparison itself is in `interop`."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest

import tensorbridge as tb


@pytest.fixture(autouse=True)
def _default_options() -> Iterator[None]:
    yield
    tb.set_printoptions(profile="default")


def text(value: object, dtype: str | None = None) -> str:
    return repr(tb.from_numpy(np.array(value, dtype=dtype)))


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.array(1.0, "f4"), "tensor(1.)"),
        (np.array(7), "tensor(7)"),
        (np.array(True), "tensor(True)"),
        (np.array([True, False]), "tensor([ True, False])"),
        (np.array([], "f4"), "tensor([])"),
        (np.array([], "i8"), "tensor([], dtype=tensorbridge.int64)"),
        (np.zeros((0, 3), "f4"), "tensor([], size=(0, 3))"),
        (np.array([[1, 2], [3, 4]], "f4"), "tensor([[1., 2.],\n        [3., 4.]])"),
        (np.array([1, -20, 300]), "tensor([  1, -20, 300])"),
        (np.array([1, 2], "i4"), "tensor([1, 2], dtype=tensorbridge.int32)"),
        (np.array([1.5, -2.25], "f4"), "tensor([ 1.5000, -2.2500])"),
        (np.array([1.5], "f8"), "tensor([1.5000], dtype=tensorbridge.float64)"),
        (np.array([1e-5, 1], "f4"), "tensor([1.0000e-05, 1.0000e+00])"),
        (np.array([np.nan, np.inf, -np.inf, 1], "f4"), "tensor([nan, inf, -inf, 1.])"),
        (np.array([np.nan, 0.5], "f4"), "tensor([   nan, 0.5000])"),
        (np.array([1 + 2j, -1.5 - 0.5j], "c8"), "tensor([ 1.0000+2.0000j, -1.5000-0.5000j])"),
        (np.array([0.0, -0.0], "f4"), "tensor([0., -0.])"),
        (
            np.arange(1001),
            "tensor([   0,    1,    2,  ...,  998,  999, 1000])",
        ),
        (
            np.arange(27, dtype="f4").reshape(3, 3, 3)[:2, :2],
            "tensor([[[ 0.,  1.,  2.],\n         [ 3.,  4.,  5.]],\n\n"
            "        [[ 9., 10., 11.],\n         [12., 13., 14.]]])",
        ),
        (
            np.arange(25) * 10,
            "tensor([  0,  10,  20,  30,  40,  50,  60,  70,  80,  90, 100, 110, 120, 130,\n"
            "        140, 150, 160, 170, 180, 190, 200, 210, 220, 230, 240])",
        ),
        (
            np.zeros((40, 40), "f4"),
            "tensor([[0., 0., 0.,  ..., 0., 0., 0.],\n"
            "        [0., 0., 0.,  ..., 0., 0., 0.],\n"
            "        [0., 0., 0.,  ..., 0., 0., 0.],\n"
            "        ...,\n"
            "        [0., 0., 0.,  ..., 0., 0., 0.],\n"
            "        [0., 0., 0.,  ..., 0., 0., 0.],\n"
            "        [0., 0., 0.,  ..., 0., 0., 0.]])",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_recorded(array: np.ndarray, expected: str) -> None:
    t = tb.from_numpy(array)
    assert repr(t) == str(t) == expected
    assert repr(t.readonly()) == expected


def test_meta() -> None:
    meta = tb.from_numpy(np.zeros((2, 3), "i2")).to("meta")
    assert repr(meta) == "tensor(..., device='meta', size=(2, 3), dtype=tensorbridge.int16)"


def test_misaligned_and_odd_bytes() -> None:
    raw = np.zeros(9, np.uint8)
    raw[1:].view("f4")[:] = [1.5, -2]
    assert repr(tb.from_numpy(raw[1:].view("f4"))) == "tensor([ 1.5000, -2.0000])"
    truths = np.array([0, 1, 2, 255], np.uint8).view(bool)
    assert repr(tb.from_numpy(truths)) == "tensor([False,  True,  True,  True])"


def test_huge_tensors_cost_their_edges() -> None:
    one = tb.from_numpy(np.zeros(1, "f4"))
    for shape in ((10**9,), (10**5, 10**5), (3, 10**3, 10**3, 10**3), (6,) * 20, (2,) * 60):
        start = time.perf_counter()
        assert len(repr(one.expand(shape))) < 2**25
        assert time.perf_counter() - start < 5
    assert repr(one.expand((2,) * 40)).startswith("tensor([...],\n       size=(2, 2, ")


def test_options() -> None:
    t = tb.from_numpy(np.array([1.123456, 2], "f4"))
    tb.set_printoptions(precision=2)
    assert repr(t) == "tensor([1.12, 2.00])"
    tb.set_printoptions(sci_mode=True)
    assert repr(t) == "tensor([1.12e+00, 2.00e+00])"
    tb.set_printoptions(profile="default")
    tb.set_printoptions(threshold=5, edgeitems=1)
    assert repr(tb.from_numpy(np.arange(9))) == "tensor([0,  ..., 8])"
    tb.set_printoptions(profile="full")
    assert "..." not in repr(tb.from_numpy(np.arange(2000)))
    assert tb.get_printoptions() == {
        "precision": 4,
        "threshold": float("inf"),
        "edgeitems": 3,
        "linewidth": 80,
        "sci_mode": None,
    }
    tb.set_printoptions(precision=10**6, edgeitems=2**60, linewidth=2**60)
    assert repr(t).startswith("tensor([1.12345")
    for wrong in ({"threshold": -1}, {"threshold": float("nan")}, {"profile": "loud"}):
        with pytest.raises(ValueError, match="hint"):
            tb.set_printoptions(**wrong)


def test_options_for_a_block() -> None:
    t = tb.from_numpy(np.array([1.123456], "f4"))
    with tb.printoptions(precision=2):
        assert repr(t) == "tensor([1.12])"
        with tb.printoptions(precision=1):
            assert repr(t) == "tensor([1.1])"
        assert repr(t) == "tensor([1.12])"
    assert repr(t) == "tensor([1.1235])"
    with pytest.raises(ZeroDivisionError), tb.printoptions(precision=1):
        raise ZeroDivisionError
    assert repr(t) == "tensor([1.1235])"
