"""The text of a tensor is PyTorch's, character for character, but for the name of the dtype."""

from __future__ import annotations

import re

import numpy as np
import pytest

import tensorbridge as tb

torch = pytest.importorskip("torch")

DTYPES = [
    "bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
    "float16", "float32", "float64", "complex64", "complex128",
]  # fmt: skip
SHAPES = [
    (), (1,), (3,), (0,), (25,), (1001,), (2, 3), (0, 3), (3, 0), (1, 1), (7, 30), (40, 40),
    (2, 3, 4), (1, 0, 2), (11, 12, 13), (2, 2, 2, 2), (3, 1, 30, 20),
]  # fmt: skip


def flat(text: str) -> str:
    """The text without the dtype's library, and without the break before a note: the longer
    name of our dtypes can move a note to the next line."""
    return re.sub(r",\n +(device|size|dtype)=", r", \1=", text.replace("torch.", "tensorbridge."))


def same(array: np.ndarray) -> None:
    ours, theirs = repr(tb.from_numpy(array)), repr(torch.from_numpy(array))
    assert flat(ours) == flat(theirs)


def arrays(dtype: str, shape: tuple[int, ...]) -> list[np.ndarray]:
    """Arrays of several ranges of values."""
    random = np.random.default_rng(len(shape) * 100 + sum(shape))
    kind = np.dtype(dtype).kind
    if kind == "b":
        return [random.integers(0, 2, shape).astype(dtype)]
    if kind in "iu":
        info = np.iinfo(dtype)
        return [
            np.asarray(random.integers(0, 5, shape)).astype(dtype),
            np.asarray(random.integers(info.min, info.max, shape, dtype, endpoint=True)),
        ]
    spread = [1.0, 1e-3, 300.0, 1e4]
    found = [np.asarray(random.normal(size=shape) * scale) for scale in spread]
    found.append(np.asarray(np.round(random.normal(size=shape) * 50)))
    found.append(np.zeros(shape))
    found.append(np.asarray(10.0 ** random.integers(-6, 6, shape)))
    if kind == "c":
        found = [np.asarray(part + 1j * part[::-1] if shape else part + 2j) for part in found]
    odd = np.asarray(random.choice([np.nan, np.inf, -np.inf, -0.0, 0.0, 1.0, 2.5], shape))
    with np.errstate(over="ignore"):
        return [part.astype(dtype) for part in [*found, odd]]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_every_dtype_and_shape(dtype: str, shape: tuple[int, ...]) -> None:
    for array in arrays(dtype, shape):
        same(array)


@pytest.mark.parametrize(
    "values",
    [
        [1e8, 1.0], [1e8 + 1, 1.0], [1000.0, 1.0], [1001.0, 1.0], [1e-4, 1e-3], [9e-5, 1e-4],
        [0.5, 1e5], [1e5, 2e5], [1e300, 1e-300], [5e-324, 0.0], [-1.5, 2.5, -0.0],
        [float("nan")], [float("inf"), 1.0], [float("-inf"), 0.25], [0.0], [-0.0],
        [0.00005, 0.12345], [123456789.0], [99999999.5], [0.99995], [1e22], [0.1, 1000.0],
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_styles(values: list[float], dtype: str) -> None:
    with np.errstate(over="ignore"):
        same(np.array(values, dtype))


@pytest.mark.parametrize(
    "options",
    [
        {"precision": 2}, {"precision": 0}, {"precision": 10}, {"threshold": 5},
        {"threshold": 5, "edgeitems": 1}, {"threshold": 5, "edgeitems": 0},
        {"linewidth": 40}, {"linewidth": 10}, {"linewidth": 200}, {"sci_mode": True},
        {"sci_mode": False}, {"profile": "short"}, {"profile": "full"},
        {"profile": "short", "precision": 6},
    ],
    ids=str,
)  # fmt: skip
def test_options(options: dict[str, object]) -> None:
    samples = [
        array
        for dtype in ("int64", "float32", "complex64", "bool")
        for shape in ((), (3,), (12,), (4, 5), (8, 9), (3, 8, 9), (2000,))
        for array in arrays(dtype, shape)
    ]
    try:
        tb.set_printoptions(**options)
        torch.set_printoptions(**options)
        assert tb.get_printoptions() == torch._tensor_str.get_printoptions()
        for array in samples:
            same(array)
    finally:
        tb.set_printoptions(profile="default")
        torch.set_printoptions(profile="default")


def test_strides_do_not_show() -> None:
    array = np.arange(24.0, dtype=np.float32).reshape(4, 6)
    for view in (array.T, array[::2, 1::3], np.broadcast_to(array[0], (3, 6))):
        ours, theirs = tb.from_numpy(view), torch.from_numpy(view.copy())
        assert repr(ours) == repr(theirs)
    assert repr(tb.from_numpy(array[::-1, ::-1])) == repr(torch.from_numpy(array).flip(0, 1))


def test_bfloat16() -> None:
    bits = np.random.default_rng(0).integers(0, 2**16, 200).astype(np.uint16)
    ours, theirs = (
        tb.from_numpy(bits).view(tb.bfloat16),
        torch.from_numpy(bits).view(torch.bfloat16),
    )
    assert flat(repr(ours)) == flat(repr(theirs))


def test_meta() -> None:
    for dtype in ("float32", "int64", "int8"):
        for shape in ((), (3,), (2, 0)):
            ours = tb.from_numpy(np.zeros(shape, dtype)).to("meta")
            theirs = torch.zeros(shape, dtype=getattr(torch, dtype), device="meta")
            assert flat(repr(ours)) == flat(repr(theirs))


def test_default_dtype() -> None:
    array = np.array([1.5, 2.5])
    try:
        tb.set_default_dtype(tb.float64)
        torch.set_default_dtype(torch.float64)
        for dtype in ("float32", "float64", "complex64", "complex128"):
            same(array.astype(dtype))
    finally:
        tb.set_default_dtype(tb.float32)
        torch.set_default_dtype(torch.float32)
