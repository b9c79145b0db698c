"""Taking and writing by index, with NumPy as the oracle."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from test_sorting import DTYPES, make, views

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]


def places(source: np.random.Generator, length: int, shape: Any, dtype: str) -> np.ndarray:
    low = 0 if dtype[0] == "u" else -length
    return source.integers(low, length, shape).astype(dtype)


@given(
    dtype=st.sampled_from(DTYPES),
    index_dtype=st.sampled_from(INTEGERS),
    shape=st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple),
    picked=st.lists(st.integers(0, 9), max_size=2).map(tuple),
    seed=st.integers(0, 99),
    data=st.data(),
)
def test_taking(
    dtype: str,
    index_dtype: str,
    shape: tuple[int, ...],
    picked: tuple[int, ...],
    seed: int,
    data: st.DataObject,
) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1), label="axis")
    array, source = make(dtype, shape, seed, "few"), np.random.default_rng(seed)
    index = places(source, shape[axis], picked, index_dtype)
    beside = list(shape)
    beside[axis] = data.draw(st.integers(0, 9), label="length")
    along = places(source, shape[axis], beside, index_dtype)
    expected = np.take(array, index.astype(np.int64), axis)
    expected_along = np.take_along_axis(array, along.astype(np.int64), axis)
    for view in views(array).values():
        x = tb.from_numpy(view)
        for one in views(index).values() if index.ndim else [index]:
            np.testing.assert_array_equal(tb.take(x, one, axis=axis).numpy(), expected)
        for one in views(along).values():
            found = tb.take_along_axis(x, one, axis=axis)
            np.testing.assert_array_equal(found.numpy(), expected_along)
            np.testing.assert_array_equal(tb.gather(x, axis, one).numpy(), expected_along)


@pytest.mark.parametrize("dtype", ["int8", "float16", "int32", "float64", "complex128"])
@pytest.mark.parametrize("index_dtype", ["int32", "int64"])
def test_many(dtype: str, index_dtype: str) -> None:
    source = np.random.default_rng(0)
    array = source.integers(-99, 99, 300_000).astype(dtype)
    index = places(source, array.size, 400_000, index_dtype)
    mask = source.random(array.size) < 0.3
    x = tb.from_numpy(array)
    np.testing.assert_array_equal(x[index].numpy(), array[index])
    np.testing.assert_array_equal(tb.take(x, index).numpy(), array[index])
    np.testing.assert_array_equal(x[::2][index // 4].numpy(), array[::2][index // 4])
    np.testing.assert_array_equal(x[mask].numpy(), array[mask])
    np.testing.assert_array_equal(x[::-1][mask].numpy(), array[::-1][mask])
    rows = array.reshape(-1, 6)
    some = index[:20_000] % len(rows)
    np.testing.assert_array_equal(tb.from_numpy(rows)[some].numpy(), rows[some])
    np.testing.assert_array_equal(tb.from_numpy(rows)[:, [5, 0]].numpy(), rows[:, [5, 0]])
    expected = array.copy()
    expected[mask] = 7
    x[mask] = 7
    np.testing.assert_array_equal(array, expected)
    expected[mask] = np.arange(mask.sum()) % 100
    x[mask] = (np.arange(mask.sum()) % 100).astype(np.int8)
    np.testing.assert_array_equal(array, expected)


def test_indices_out_of_bounds_are_named() -> None:
    x = tb.arange(6).reshape(2, 3)
    for bad in (3, -4, 2**40):
        index = np.array([0, 1, bad, 99])
        for call in (
            lambda index=index: tb.take(x, index, axis=1),
            lambda index=index: x[:, index],
            lambda index=index: tb.take_along_axis(x, index.reshape(1, 4), axis=1),
            lambda index=index: tb.gather(x, 1, index.reshape(1, 4)),
            lambda index=index: x.scatter_(1, index.reshape(1, 4), 7),
            lambda index=index: x.index_add_(1, index, tb.ones(2, 4, dtype=tb.int64)),
            lambda index=index: x.index_fill_(1, index, 7),
        ):
            with pytest.raises(IndexError, match=rf"index {bad} is out of bounds"):
                call()
    with pytest.raises(IndexError, match="out of bounds"):
        tb.empty(3, 0)[np.array([5])]
    assert x.tolist() == [[0, 1, 2], [3, 4, 5]]


FOLDS = {
    "sum": np.add,
    "prod": np.multiply,
    "amax": np.maximum,
    "amin": np.minimum,
}


def scattered(
    array: np.ndarray, axis: int, index: np.ndarray, source: Any, reduce: str | None, own: bool
) -> np.ndarray:
    """The plain loop that the documentation describes."""
    result = array.copy()
    groups: dict[tuple[int, ...], list[Any]] = {}
    for place in np.ndindex(index.shape):
        to = list(place)
        to[axis] = int(index[place]) % array.shape[axis]
        groups.setdefault(tuple(to), []).append(source[place] if np.ndim(source) else source)
    for to, values in groups.items():
        if reduce is None:
            result[to] = values[-1]
            continue
        values = ([array[to]] if own else []) + values
        if reduce == "mean":
            total = sum(values[1:], values[0])
            whole = array.dtype.kind in "iu"
            result[to] = total // len(values) if whole else total / len(values)
        else:
            # Small integers are folded in 64 bits, and wrap.
            result[to] = np.asarray(FOLDS[reduce].reduce(values)).astype(array.dtype)
    return result


@given(
    dtype=st.sampled_from(["int8", "uint16", "int64", "float32", "float64"]),
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple),
    reduce=st.sampled_from([None, "sum", "prod", "mean", "amax", "amin"]),
    own=st.booleans(),
    seed=st.integers(0, 99),
    data=st.data(),
)
def test_scattering(
    dtype: str,
    shape: tuple[int, ...],
    reduce: str | None,
    own: bool,
    seed: int,
    data: st.DataObject,
) -> None:
    axis = data.draw(st.integers(0, len(shape) - 1), label="axis")
    source = np.random.default_rng(seed)
    array = source.integers(0, 4, shape).astype(dtype)
    beside = [data.draw(st.integers(1, length), label="length") for length in shape]
    beside[axis] = data.draw(st.integers(1, 7), label="along")
    index = places(source, shape[axis], beside, "int64")
    values = source.integers(0, 4, [length + 1 for length in beside]).astype(dtype)
    expected = scattered(array, axis, index, values, reduce, own)
    for view in views(array).values():
        x = tb.from_numpy(view)
        if reduce is None:
            copies = [tb.scatter(x, axis, index, values), x.scatter(axis, index, values)]
        else:
            copies = [tb.scatter_reduce(x, axis, index, values, reduce, include_self=own)]
            if reduce == "sum" and own:
                copies.append(tb.scatter_add(x, axis, index, values))
                copies.append(x.scatter(axis, index, values, reduce="add"))
        for copy in copies:
            np.testing.assert_allclose(copy.numpy(), expected, rtol=1e-6)
        np.testing.assert_array_equal(view, array)
        if reduce is None:
            assert x.scatter_(axis, index, values) is x
        else:
            assert x.scatter_reduce_(axis, index, values, reduce, include_self=own) is x
        np.testing.assert_allclose(view, expected, rtol=1e-6)
    one = scattered(array, axis, index, array.dtype.type(3), None, True)
    np.testing.assert_array_equal(tb.scatter(array, axis, index, value=3).numpy(), one)


@given(
    dtype=st.sampled_from(DTYPES),
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple),
    count=st.integers(0, 6),
    seed=st.integers(0, 99),
    data=st.data(),
)
def test_writing_along_an_axis(
    dtype: str, shape: tuple[int, ...], count: int, seed: int, data: st.DataObject
) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1), label="axis")
    source = np.random.default_rng(seed)
    array = make(dtype, shape, seed, "few")
    index = places(source, shape[axis], count, "int32")
    beside = list(shape)
    beside[axis] = count
    values = make(dtype, tuple(beside), seed + 1, "few")
    added, copied, filled = array.copy(), array.copy(), array.copy()
    here: Any = (slice(None),) * (axis % len(shape)) + (index,)
    np.add.at(added, here, values)
    copied[here] = values
    filled[here] = 1
    for view in views(array).values():
        x = tb.from_numpy(view)
        np.testing.assert_array_equal(tb.index_add(x, axis, index, values).numpy(), added)
        np.testing.assert_array_equal(tb.index_copy(x, axis, index, values).numpy(), copied)
        np.testing.assert_array_equal(tb.index_fill(x, axis, index, 1).numpy(), filled)
        np.testing.assert_array_equal(view, array)
        assert x.index_add_(axis, index, values) is x
        np.testing.assert_array_equal(view, added)


def test_alpha_and_one_index() -> None:
    x = tb.zeros(3, 2)
    x.index_add_(0, [0, 0, 2], tb.ones(3, 2), alpha=0.5)
    assert x.tolist() == [[1, 1], [0, 0], [0.5, 0.5]]
    assert tb.zeros(3).index_copy(0, tb.asarray(1), tb.asarray(5.0)).tolist() == [0, 5, 0]
    assert tb.asarray(1.0).scatter(0, tb.asarray(0), tb.asarray(2.0)).item() == 2.0


@given(
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple),
    count=st.integers(0, 9),
    accumulate=st.booleans(),
    seed=st.integers(0, 99),
)
def test_putting(shape: tuple[int, ...], count: int, accumulate: bool, seed: int) -> None:
    source = np.random.default_rng(seed)
    array = source.integers(0, 9, shape)
    flat = places(source, array.size, count, "int64")
    values = source.integers(0, 9, count)
    expected = array.copy()
    if accumulate:
        line = expected.ravel()
        np.add.at(line, flat, values)
        expected = line.reshape(shape)
    else:
        np.put(expected, flat, values)
    items = tuple(places(source, length, count, "int64") for length in shape)
    expected_items = array.copy()
    if accumulate:
        np.add.at(expected_items, items, values)
    else:
        expected_items[items] = values
    for view in views(array).values():
        x = tb.from_numpy(view)
        np.testing.assert_array_equal(tb.put(x, flat, values, accumulate).numpy(), expected)
        found = tb.index_put(x, items, values, accumulate)
        np.testing.assert_array_equal(found.numpy(), expected_items)
        assert x.put_(flat, values, accumulate) is x
        np.testing.assert_array_equal(view, expected)


def test_where_a_mask_is_true() -> None:
    array = np.arange(12.0).reshape(3, 4)
    mask = array % 3 == 0
    expected = array.copy()
    expected[mask] = [-1, -2, -3, -4]
    found = tb.masked_scatter(array, mask, [-1.0, -2, -3, -4, -5])
    np.testing.assert_array_equal(found.numpy(), expected)
    x = tb.from_numpy(array.copy())
    assert x.masked_scatter_(mask, expected[mask]) is x
    np.testing.assert_array_equal(x.numpy(), expected)
    with pytest.raises(tb.ShapeError, match="enough"):
        x.masked_scatter_(mask, [1.0])
    with pytest.raises(TypeError, match="boolean"):
        x.masked_scatter_(mask.astype(int), expected)
    np.testing.assert_array_equal(x.numpy(), expected)


def test_put_along_axis() -> None:
    array = np.arange(12.0).reshape(3, 4)
    for axis, index in ((1, [[0], [3], [1]]), (0, [[2, 1, 0, 2]]), (-1, [[1, 2]])):
        ours, theirs = array.copy(), array.copy()
        np.put_along_axis(theirs, np.array(index), 7, axis)
        assert tb.put_along_axis(ours, index, 7, axis) is None
        np.testing.assert_array_equal(ours, theirs)
    values = np.array([[1.0, 2.0]])
    np.put_along_axis(theirs, np.array([[1, 2]]), values, 1)
    tb.put_along_axis(ours, [[1, 2]], values, 1)
    np.testing.assert_array_equal(ours, theirs)


def test_nothing_is_written_where_something_is_wrong() -> None:
    array = np.arange(6.0).reshape(2, 3)
    before = array.copy()
    x = tb.from_numpy(array)
    index = np.array([[0, 1, 1]])
    for error, call in (
        (tb.ShapeError, lambda: x.scatter_(0, index, tb.ones(1, 2))),
        (tb.ShapeError, lambda: x.scatter_(0, index[0], tb.ones(3))),
        (TypeError, lambda: x.scatter_(0, index, tb.ones(1, 3, dtype=tb.complex64))),
        (TypeError, lambda: x.scatter_reduce_(0, index, 1j, "sum", include_self=False)),
        (ValueError, lambda: x.scatter_reduce_(0, index, tb.ones(1, 3), "median")),
        (IndexError, lambda: x.scatter_(0, index.astype(float), 1.0)),
        (IndexError, lambda: x.scatter_(2, index, 1.0)),
        (TypeError, lambda: x.scatter_(0, index)),
        (TypeError, lambda: x.scatter_(0, index, x, 1.0)),
        (tb.ShapeError, lambda: x.index_add_(0, [0, 1], tb.ones(1, 3))),
        (tb.ShapeError, lambda: x.index_fill_(0, [0], tb.ones(3))),
        (IndexError, lambda: x.index_copy_(0, [[0]], tb.ones(1, 3))),
        (tb.ShapeError, lambda: x.put_([0, 1], [1.0])),
        (IndexError, lambda: x.put_([6], 1.0)),
    ):
        with pytest.raises(error):
            call()
    array.setflags(write=False)
    frozen = tb.from_numpy(array)
    for call in (
        lambda: frozen.scatter_(0, index, 1.0),
        lambda: frozen.index_add_(0, [0], tb.ones(1, 3)),
        lambda: frozen.put_([0], 1.0),
        lambda: frozen.masked_scatter_(array > 2, array),
    ):
        with pytest.raises(ValueError, match="read-only"):
            call()
    np.testing.assert_array_equal(array, before)


def test_values_that_overlap() -> None:
    array = np.arange(5)
    x = tb.from_numpy(array)
    x.scatter_(0, x, x.flip(0))
    assert array.tolist() == [4, 3, 2, 1, 0]
    x.index_copy_(0, [0, 1, 2, 3], x[1:])
    assert array.tolist() == [3, 2, 1, 0, 0]
