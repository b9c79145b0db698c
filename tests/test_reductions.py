"""Reductions with NumPy as the oracle: dtypes, layouts, axes, empty ones, threads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb

DTYPES = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
]
FUNCTIONS = ["sum", "prod", "mean", "min", "max", "amin", "amax", "all", "any"]


def make(dtype: str, shape: tuple[int, ...], seed: int) -> np.ndarray:
    source = np.random.default_rng(seed)
    kind = np.dtype(dtype).kind
    whole = source.integers(0 if kind in "bu" else -3, 4, shape)
    if kind == "c":
        return (whole + 1j * source.integers(-3, 4, shape)).astype(dtype)
    return whole.astype(dtype) if kind in "biu" else (whole / 2).astype(dtype)


def views(array: np.ndarray) -> dict[str, np.ndarray]:
    """The same array over memory of other looks."""
    wide = np.zeros([2 * length + 1 for length in array.shape], array.dtype)
    gaps = wide[tuple(slice(1, None, 2) for _ in array.shape)]
    gaps[...] = array
    memory = np.zeros(array.nbytes + 1, np.uint8)
    odd = memory[1:].view(array.dtype).reshape(array.shape)
    odd[...] = array
    backwards = np.ascontiguousarray(array[::-1])[::-1]
    return {
        "c": array,
        "fortran": np.asfortranarray(array),
        "gaps": gaps,
        "misaligned": odd,
        "backwards": backwards,
    }


def result_dtype(name: str, dtype: str) -> np.dtype[Any]:
    kind = np.dtype(dtype).kind
    if name in ("all", "any"):
        return np.dtype(bool)
    if name in ("sum", "prod"):
        return np.dtype({"b": "int64", "i": "int64", "u": "uint64"}.get(kind, dtype))
    if name == "mean":
        return np.dtype("float32" if kind in "biu" else dtype)
    return np.dtype(dtype)


@given(
    name=st.sampled_from(FUNCTIONS),
    dtype=st.sampled_from(DTYPES),
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple),
    data=st.data(),
    keepdims=st.booleans(),
)
def test_every_reduction(
    name: str, dtype: str, shape: tuple[int, ...], data: st.DataObject, keepdims: bool
) -> None:
    rank = len(shape)
    axis = data.draw(
        st.none()
        | st.integers(-rank, rank - 1)
        | st.lists(st.integers(0, rank - 1), unique=True).map(tuple),
        label="axis",
    )
    array = make(dtype, shape, data.draw(st.integers(0, 99), label="seed"))
    for looks in views(array).values():
        x = tb.from_numpy(looks)
        if name in ("min", "max", "amin", "amax") and np.dtype(dtype).kind == "c":
            with pytest.raises(TypeError):
                getattr(tb, name)(x, axis=axis)
            return
        expected = result_dtype(name, dtype)
        wide = array
        if expected.kind in "fc":
            wide = array.astype("complex128" if expected.kind == "c" else "float64")
        answer = getattr(np, name)(wide, axis=axis, keepdims=keepdims)
        for result in (
            getattr(tb, name)(x, axis=axis, keepdims=keepdims),
            getattr(x, name)(dim=axis, keepdim=keepdims),
            getattr(x, name)(axis, keepdims),
        ):
            got = result.numpy()
            assert got.dtype == expected
            assert got.shape == np.shape(answer)
            if expected.kind in "fc":
                tolerance = {2: 5e-3, 4: 1e-6, 8: 1e-6 if dtype == "complex64" else 1e-12}
                limit = tolerance.get(expected.itemsize, 1e-12)
                np.testing.assert_allclose(got, answer, rtol=limit, atol=limit)
            else:
                np.testing.assert_array_equal(got, answer)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_nothing_to_reduce(name: str) -> None:
    x = tb.zeros(2, 0, 3)
    if name in ("min", "max", "amin", "amax"):
        for axis in (None, 1, (0, 1)):
            with pytest.raises((ValueError, IndexError)):
                getattr(tb, name)(x, axis=axis)
    else:
        answer = {"sum": 0, "prod": 1, "mean": np.nan, "all": True, "any": False}[name]
        np.testing.assert_array_equal(getattr(tb, name)(x).numpy(), answer)
        np.testing.assert_array_equal(getattr(tb, name)(x, axis=1).numpy(), np.full((2, 3), answer))
    # Over an axis that is there, of a tensor without elements.
    assert getattr(tb, name)(x, axis=0).shape == (0, 3)
    assert getattr(tb, name)(tb.ones(3), axis=()).shape == (3,)


def test_nan_wins() -> None:
    array = np.array([[1.0, np.nan], [3.0, 2.0]])
    x = tb.from_numpy(array)
    for name in ("min", "max", "sum", "mean"):
        np.testing.assert_array_equal(
            getattr(x, name)(axis=1).numpy(), getattr(array, name)(axis=1)
        )


def test_bytes_of_bool() -> None:
    x = tb.from_numpy(np.array([2, 255, 1], np.uint8).view(bool))
    assert x.sum().item() == 3
    assert x.all().item() is True
    assert x.prod().item() == 1
    assert x.mean().item() == 1.0


def test_dtype_is_what_is_computed_in() -> None:
    narrow = np.full(1000, 100, np.int8)
    x = tb.from_numpy(narrow)
    assert x.sum().item() == 100_000
    result = x.sum(dtype=tb.int8)
    assert (result.dtype, result.item()) == (tb.int8, int(narrow.sum(dtype=np.int8)))
    assert x.sum(dtype=np.float64).dtype == tb.float64
    assert x.mean(dtype=tb.float64).item() == 100.0
    half = tb.full((70_000,), 1, dtype=tb.float16)
    assert half.sum(dtype=tb.float32).item() == 70_000
    # The accumulator of a half-precision mean is wider than a half.
    assert half.mean().item() == 1.0
    with pytest.raises(TypeError, match="dtype"):
        x.mean(dtype=tb.int64)


@pytest.mark.parametrize("count", [10, 1_000_003])
def test_sums_are_accurate(count: int) -> None:
    array = np.random.default_rng(0).random(count).astype(np.float32)
    exact = array.astype(np.float64).sum()
    assert abs(tb.from_numpy(array).sum().item() - exact) <= abs(exact) * 3e-7


def test_out() -> None:
    array = np.arange(6.0).reshape(2, 3)
    x = tb.from_numpy(array)
    for name in ("sum", "mean", "max"):
        out = tb.zeros(3, dtype=tb.float64)
        assert getattr(tb, name)(x, axis=0, out=out) is out
        np.testing.assert_array_equal(out.numpy(), getattr(array, name)(axis=0))
        target = np.zeros(2)
        assert getattr(x, name)(1, out=target) is target
        np.testing.assert_array_equal(target, getattr(array, name)(axis=1))
        for wrong in (tb.zeros(4), tb.zeros(3, dtype=tb.int64)):
            with pytest.raises((tb.ShapeError, TypeError)):
                getattr(tb, name)(x, axis=0, out=wrong)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_no_axis(name: str) -> None:
    x = tb.ones(2, 3)
    for axis in (2, -3, (0, 2)):
        with pytest.raises(IndexError):
            getattr(tb, name)(x, axis=axis)
    with pytest.raises((ValueError, RuntimeError)):
        getattr(tb, name)(x, axis=(0, 0))
    for axis in ("0", 1.5, [[0]]):
        with pytest.raises(TypeError):
            getattr(tb, name)(x, axis=axis)
    with pytest.raises(TypeError, match="dim"):
        getattr(x, name)(0, axis=1)
    assert getattr(x, name)(np.int64(0)).shape == (3,)
    assert getattr(x, name)([0, 1]).shape == ()


def test_numbers_and_arrays_as_input() -> None:
    assert tb.sum(np.arange(4)).item() == 6
    assert tb.max(3).item() == 3
    with pytest.raises(TypeError, match="asarray"):
        tb.sum([1, 2])
