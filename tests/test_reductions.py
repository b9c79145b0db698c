"""Reductions with NumPy as the oracle: dtypes, layouts, axes, empty ones, threads."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from samples import DTYPES, make, views

FUNCTIONS = ["sum", "prod", "mean", "min", "max", "amin", "amax", "all", "any", "count_nonzero"]


def result_dtype(name: str, dtype: str) -> np.dtype[Any]:
    kind = np.dtype(dtype).kind
    if name in ("all", "any"):
        return np.dtype(bool)
    if name == "count_nonzero":
        return np.dtype("int64")
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
        answer = {"sum": 0, "prod": 1, "mean": np.nan, "all": True, "any": False}.get(name, 0)
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


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64"])
@pytest.mark.parametrize("length", [1, 7, 100, 1118, 9000])
def test_equal_rows_have_equal_sums(dtype: str, length: int) -> None:
    """Wherever a row stands, and however many are summed side by side."""
    row = np.random.default_rng(0).standard_normal(length).astype(dtype)
    rows = np.tile(row, (19, 1))
    sums = [sum for count in range(2, 20) for sum in tb.sum(rows[:count], axis=1).numpy()]
    assert len(set(map(bytes, sums))) == 1
    np.testing.assert_allclose(sums[0], row.astype("complex128").sum(), rtol=1e-2, atol=1e-2)


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


@given(
    name=st.sampled_from(["sum", "max", "min", "any", "all", "count_nonzero", "argmax", "var"]),
    dtype=st.sampled_from(["bool", "int8", "int32", "int64", "uint16", "float32", "float64"]),
    shape=st.lists(st.sampled_from([1, 2, 3, 17, 64, 129, 1000]), min_size=1, max_size=4)
    .map(tuple)
    .filter(lambda shape: np.prod(shape) < 400_000),
    data=st.data(),
)
def test_large_and_crooked(
    name: str, dtype: str, shape: tuple[int, ...], data: st.DataObject
) -> None:
    """Every order of axes, step and direction, above and below the sizes of tiles and blocks."""
    array = np.random.default_rng(0).integers(0, 3, shape).astype(dtype)
    view = array.transpose(data.draw(st.permutations(range(len(shape)))))
    steps = data.draw(st.tuples(*[st.sampled_from([1, 1, 1, -1, 2, -3])] * len(shape)))
    view = view[tuple(slice(None, None, step) for step in steps)]
    if data.draw(st.booleans(), label="repeated"):
        view = np.broadcast_to(view, (3, *view.shape))
    axes = st.integers(0, view.ndim - 1)
    axis = data.draw(st.none() | axes if name == "argmax" else st.none() | st.sets(axes).map(tuple))
    if name == "var" and axis == ():
        return
    got = getattr(tb, name)(view, axis=axis).numpy()
    # NumPy's own sums of many `float32` are less exact than ours.
    exact = {"dtype": np.float64} if name == "var" and view.dtype == np.float32 else {}
    answer = getattr(np, name)(view, axis=axis, **exact)
    if name == "var":
        np.testing.assert_allclose(got, answer, rtol=1e-6 if got.dtype == np.float32 else 1e-12)
    else:
        # Sums of small whole numbers are exact.
        np.testing.assert_array_equal(got, answer)


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "var", "max", "argmin", "all"])
@pytest.mark.parametrize("shape", [(1_000_003,), (1200, 900), (9, 120_000), (120_000, 9)])
def test_threads_change_nothing(name: str, shape: tuple[int, ...]) -> None:
    x = tb.from_numpy(np.random.default_rng(0).random(shape, np.float32) + 0.5)
    before = tb.get_num_threads()
    try:
        for axis in (None, *range(x.ndim)):
            results = []
            for threads in (1, 2, 5):
                tb.set_num_threads(threads)
                results.append(getattr(tb, name)(x, axis=axis).numpy().tobytes())
            assert len(set(results)) == 1
    finally:
        tb.set_num_threads(before)


def test_numbers_and_arrays_as_input() -> None:
    assert tb.sum(np.arange(4)).item() == 6
    assert tb.max(3).item() == 3
    with pytest.raises(TypeError, match="asarray"):
        tb.sum([1, 2])
