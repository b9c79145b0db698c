"""Searching with NumPy as the oracle: places, membership, what is not zero, the first of an order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from test_sorting import DTYPES, REALS, make, views

# NumPy flags its own comparisons of complex NaN as invalid where it has AVX-512 loops for them.
pytestmark = pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")


@given(
    dtype=st.sampled_from(DTYPES),
    count=st.integers(0, 40),
    shape=st.lists(st.integers(0, 20), max_size=3).map(tuple),
    side=st.sampled_from(["left", "right"]),
    looks=st.sampled_from(["any", "few", "special"]),
    seed=st.integers(0, 99),
)
def test_places_of_every_dtype_and_layout(
    dtype: str, count: int, shape: tuple[int, ...], side: str, looks: str, seed: int
) -> None:
    line = make(dtype, (count,), seed, looks)
    sought = make(dtype, shape, seed + 1, looks)
    line = np.sort(line)
    if count and sought.size:
        sought.flat[0] = line[count // 2]
    expected = np.searchsorted(line, sought, side)
    lines = views(line).values()
    values = views(sought).values() if sought.ndim else [sought]
    for one in lines:
        for other in values:
            found = tb.searchsorted(tb.from_numpy(one), tb.from_numpy(other), side=side)
            assert found.dtype == tb.int64
            np.testing.assert_array_equal(found.numpy(), expected)
    mixed = np.random.default_rng(seed).permutation(count)
    shuffled, sorter = np.empty_like(line), np.empty(count, np.int64)
    shuffled[mixed], sorter[:] = line, mixed
    found = tb.searchsorted(shuffled, sought, side=side, sorter=sorter)
    np.testing.assert_array_equal(found.numpy(), expected)
    out = np.empty(shape, np.int64)
    assert tb.searchsorted(line, sought, side=side, out=out) is out
    np.testing.assert_array_equal(out, expected)
    np.testing.assert_array_equal(tb.isin(sought, line).numpy(), np.isin(sought, line))
    np.testing.assert_array_equal(
        tb.isin(sought, line, invert=True).numpy(), np.isin(sought, line, invert=True)
    )


@pytest.mark.parametrize("dtype", ["int32", "float64"])
def test_many_values(dtype: str) -> None:
    source = np.random.default_rng(0)
    line = np.sort(source.integers(-(10**6), 10**6, 50_001)).astype(dtype)
    for sought in (source.permutation(line), np.concatenate([line - 1, line + 1])):
        for side in ("left", "right"):
            found = tb.searchsorted(line, sought, side=side)
            np.testing.assert_array_equal(found.numpy(), np.searchsorted(line, sought, side))


def test_consistent_with_sort() -> None:
    line = np.array([-np.inf, -1, -0.0, 0.0, 2, np.inf, np.nan, np.nan])
    for value in (*line, 1.5):
        for side in ("left", "right"):
            place = tb.searchsorted(line, value, side=side).item()
            together = np.insert(line, place, value)
            np.testing.assert_array_equal(tb.sort(together).numpy(), together)


def test_lines_beside_lines() -> None:
    source = np.random.default_rng(1)
    lines = np.sort(source.integers(0, 9, (2, 3, 5)))
    sought = source.integers(0, 9, (2, 3, 4))
    found = tb.searchsorted(lines, sought, right=True).numpy()
    for index in np.ndindex(2, 3):
        expected = np.searchsorted(lines[index], sought[index], "right")
        np.testing.assert_array_equal(found[index], expected)
    with pytest.raises(tb.ShapeError):
        tb.searchsorted(lines, sought[:, :2])
    with pytest.raises(tb.ShapeError):
        tb.searchsorted(tb.asarray(1.0), sought)


def test_numbers_and_dtypes_that_differ() -> None:
    line = tb.asarray(np.array([1, 2, 2, 100], np.int8))
    assert tb.searchsorted(line, 2).item() == 1
    assert tb.searchsorted(line, 2, side="right").item() == 3
    assert tb.searchsorted(line, 2.5).item() == 3
    # What the dtype cannot hold stands before or behind all that it can.
    assert [tb.searchsorted(line, value).item() for value in (-(10**30), 10**3)] == [0, 4]
    assert tb.isin(line, 10**3).tolist() == [False] * 4
    assert tb.isin(2, line).item() is True
    assert tb.isin(2, line, invert=True).item() is False
    assert tb.isin(line, 2).tolist() == [False, True, True, False]
    large = np.array([2**53, 2**53 + 2, 2**60])
    assert tb.searchsorted(large, np.float32(2**60)).item() == 2
    with pytest.raises(TypeError):
        tb.searchsorted(np.array([1], np.uint64), np.array([1], np.int64))


def test_spellings_of_searching() -> None:
    edges, values = np.array([1.0, 3.0, 5.0]), np.array([[0.0, 1.0], [4.0, 5.0]])
    for right in (False, True):
        side = "right" if right else "left"
        expected = np.searchsorted(edges, values, side)
        for found in (
            tb.bucketize(values, edges, right=right),
            tb.from_numpy(edges).searchsorted(values, side=side),
            tb.searchsorted(edges, values, right=right),
        ):
            np.testing.assert_array_equal(found.numpy(), expected)
        for bins in (edges, edges[::-1]):
            np.testing.assert_array_equal(
                tb.digitize(values, bins, right).numpy(), np.digitize(values, bins, right)
            )
    assert tb.bucketize(values, edges, out_int32=True).dtype == tb.int32
    with pytest.raises(ValueError, match="monotonic"):
        tb.digitize(values, [1.0, 3.0, 2.0])
    with pytest.raises(ValueError, match="side"):
        tb.searchsorted(edges, values, side="middle")
    with pytest.raises(ValueError, match="opposites"):
        tb.searchsorted(edges, values, side="left", right=True)
    with pytest.raises(IndexError):
        tb.searchsorted(edges, values, sorter=[0, 1, 3])
    with pytest.raises(tb.ShapeError):
        tb.searchsorted(edges, values, sorter=[0, 1])


@given(
    dtype=st.sampled_from(DTYPES),
    shape=st.lists(st.integers(0, 7), min_size=1, max_size=4).map(tuple),
    seed=st.integers(0, 99),
)
def test_what_is_not_zero(dtype: str, shape: tuple[int, ...], seed: int) -> None:
    for view in views(make(dtype, shape, seed, "few")).values():
        for found, expected in zip(tb.nonzero(view), np.nonzero(view), strict=True):
            assert found.dtype == tb.int64
            np.testing.assert_array_equal(found.numpy(), expected)
        np.testing.assert_array_equal(tb.argwhere(view).numpy(), np.argwhere(view))
        np.testing.assert_array_equal(tb.flatnonzero(view).numpy(), np.flatnonzero(view))


def test_many_that_are_not_zero() -> None:
    array = np.random.default_rng(2).integers(0, 3, (70, 41, 63))
    for found, expected in zip(tb.nonzero(array), np.nonzero(array), strict=True):
        np.testing.assert_array_equal(found.numpy(), expected)


@given(
    dtype=st.sampled_from(REALS),
    shape=st.lists(st.integers(1, 12), min_size=1, max_size=3).map(tuple),
    looks=st.sampled_from(["any", "few", "special"]),
    seed=st.integers(0, 99),
    data=st.data(),
)
def test_the_first_of_an_order(
    dtype: str, shape: tuple[int, ...], looks: str, seed: int, data: st.DataObject
) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1), label="axis")
    length = shape[axis]
    k = data.draw(st.integers(0, length), label="k")
    array = make(dtype, shape, seed, looks)
    first = (slice(None),) * (axis % len(shape)) + (slice(k),)
    for view in views(array).values():
        x = tb.from_numpy(view)
        for largest in (True, False):
            expected = tb.sort(x, axis=axis, descending=largest).numpy()[first]
            found = tb.topk(x, k, axis, largest)
            assert found.indices.dtype == tb.int64
            np.testing.assert_array_equal(found.values.numpy(), expected)
            picked = np.take_along_axis(array, found.indices.numpy(), axis)
            np.testing.assert_array_equal(picked, expected)
            loose, places = x.topk(k, dim=axis, largest=largest, sorted=False)
            np.testing.assert_array_equal(
                tb.sort(loose, axis=axis).numpy(), np.sort(expected, axis)
            )
            picked = np.take_along_axis(array, places.numpy(), axis)
            np.testing.assert_array_equal(picked, loose.numpy())
        if k:
            values, places = tb.kthvalue(x, k, axis, keepdim=True)
            kth = np.take(np.sort(array, axis), [k - 1], axis)
            np.testing.assert_array_equal(values.numpy(), kth)
            np.testing.assert_array_equal(np.take_along_axis(array, places.numpy(), axis), kth)
            assert x.kthvalue(k, axis).values.shape == tuple(np.delete(shape, axis))
            split = tb.partition(x, k - 1, axis).numpy()
            np.testing.assert_array_equal(np.take(split, [k - 1], axis), kth)
            np.testing.assert_array_equal(np.sort(split, axis), np.sort(array, axis))
            front = np.sort(np.take(split, range(k), axis), axis)
            np.testing.assert_array_equal(front, np.take(np.sort(array, axis), range(k), axis))
            places = tb.argpartition(x, [k - 1 - length], axis).numpy()
            np.testing.assert_array_equal(
                np.take_along_axis(array, places, axis),
                split,
            )


def test_the_first_of_a_long_order() -> None:
    array = np.random.default_rng(3).standard_normal(100_000).round(3)
    for k in (1, 10, 50_000, 99_999):
        found = tb.topk(array, k)
        np.testing.assert_array_equal(found.values.numpy(), np.sort(array)[::-1][:k])
        np.testing.assert_array_equal(array[found.indices.numpy()], found.values.numpy())
        assert tb.kthvalue(array, k).values.item() == np.partition(array, k - 1)[k - 1]


def test_selections_that_are_refused() -> None:
    x = tb.arange(6.0).reshape(2, 3)
    for call in (lambda: tb.topk(x, 4), lambda: tb.topk(x, -1), lambda: tb.kthvalue(x, 0)):
        with pytest.raises(RuntimeError, match="out of range"):
            call()
    for bad in (3, -4):
        with pytest.raises(ValueError, match="kth"):
            tb.partition(x, bad)
    with pytest.raises(IndexError):
        tb.topk(x, 1, 2)
    assert tb.topk(tb.asarray(3.0), 1).values.item() == 3.0
    assert tb.partition(np.array([3 + 1j, 1 + 2j, 1 + 1j]), 1).tolist() == [1 + 1j, 1 + 2j, 3 + 1j]
    assert tb.topk(tb.empty(5, device="meta"), 2).values.shape == (2,)


@given(
    shape=st.lists(st.integers(0, 5), min_size=1, max_size=2).map(tuple),
    count=st.integers(1, 4),
    seed=st.integers(0, 99),
)
def test_keys_of_several_lines(shape: tuple[int, ...], count: int, seed: int) -> None:
    keys = np.random.default_rng(seed).integers(0, 3, (count, *shape))
    np.testing.assert_array_equal(tb.lexsort(list(keys)).numpy(), np.lexsort(list(keys)))
    np.testing.assert_array_equal(tb.lexsort(tb.asarray(keys), axis=0).numpy(), np.lexsort(keys, 0))


def test_keys_that_are_refused() -> None:
    with pytest.raises(tb.ShapeError):
        tb.lexsort([np.zeros(3), np.zeros(4)])
    with pytest.raises(ValueError, match="len > 0"):
        tb.lexsort([])


@pytest.mark.parametrize("offset", [-4, -1, 0, 2, 9])
def test_triangles(offset: int) -> None:
    for rows, columns in ((3, 4), (4, 3), (0, 2), (2, 0)):
        for ours, theirs in (
            (tb.tril_indices, np.tril_indices),
            (tb.triu_indices, np.triu_indices),
        ):
            expected: Any = theirs(rows, offset, columns)
            np.testing.assert_array_equal(ours(rows, columns, offset).numpy(), np.stack(expected))
    assert tb.tril_indices(3, dtype=tb.int32).dtype == tb.int32
    x = tb.arange(9).reshape(3, 3)
    assert x[tuple(tb.triu_indices(3, 3, 1))].tolist() == [1, 2, 5]
    with pytest.raises(ValueError, match="non-negative"):
        tb.tril_indices(-1, 3)


def test_rows_without_elements_take_no_time():
    assert tb.triu_indices(2**62, 3).tolist() == np.stack(np.triu_indices(3)).tolist()
    assert tb.tril_indices(2**40, 2**40, 2 - 2**40).shape == (2, 3)
    assert tb.tril_indices(2**63 - 1, 3, -(2**63)).shape == (2, 0)
    assert tb.triu_indices(2**63 - 1, 3, 2**63 - 1).shape == (2, 0)
    for offset in range(-6, 7):
        for ours, theirs in [
            (tb.tril_indices, np.tril_indices),
            (tb.triu_indices, np.triu_indices),
        ]:
            for rows, columns in [(0, 3), (3, 0), (2, 4), (4, 2), (3, 3)]:
                expected = np.stack(theirs(rows, offset, columns))
                np.testing.assert_array_equal(ours(rows, columns, offset).numpy(), expected)
    with pytest.raises(MemoryError):
        tb.tril_indices(2**33, 2**33)
    with pytest.raises(MemoryError):
        tb.triu_indices(2**63 - 1, 2**63 - 1, -(2**63))


def test_complex_numbers_with_a_nan_part_stand_where_it_is():
    nan = np.nan
    line = np.array([1, 2, complex(1, nan), complex(3, nan), complex(nan, 1)], np.complex64)
    sought = np.array([complex(2, nan), 2, complex(nan, 0), complex(nan, nan)], np.complex64)
    assert tb.searchsorted(line, sought).tolist() == [3, 1, 4, 5]
    for side in ("left", "right"):
        expected = np.searchsorted(line, sought, side)
        np.testing.assert_array_equal(tb.searchsorted(line, sought, side=side).numpy(), expected)
