"""Tensors side by side, cut apart, and combined each with each, against NumPy."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb


@st.composite
def arrays(draw: st.DrawFn, max_ndim: int = 3) -> np.ndarray:
    """Small arrays, permuted and reversed."""
    shape = draw(st.lists(st.integers(0, 3), max_size=max_ndim))
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    array = array.astype(draw(st.sampled_from(["?", "i1", "i4", "f4", "c16"])))
    array = array.transpose(draw(st.permutations(range(array.ndim))))
    return array[(..., *(slice(None, None, -1) for _ in shape))]


def same(ours: tb.Tensor, theirs: np.ndarray) -> None:
    assert tuple(ours.shape) == theirs.shape
    np.testing.assert_array_equal(ours.numpy(), theirs)


@pytest.mark.parametrize("name", ["hstack", "vstack", "row_stack", "dstack", "column_stack"])
@given(arrays())
def test_stacks(name, array):
    theirs = getattr(np, "vstack" if name == "row_stack" else name)
    same(getattr(tb, name)([tb.from_numpy(array), array]), theirs([array, array]))
    same(getattr(tb, name)((array,)), theirs((array,)))


@given(arrays())
def test_at_least(array):
    t = tb.from_numpy(array)
    for name in ("atleast_1d", "atleast_2d", "atleast_3d"):
        same(getattr(tb, name)(t), getattr(np, name)(array))
        one, other = getattr(tb, name)(t, array)
        same(one, getattr(np, name)(array))
        assert tuple(one.shape) == tuple(other.shape)
        if array.size:
            assert getattr(tb, name)(t).data_ptr() == t.data_ptr()


@given(arrays(), st.integers(-5, 5), st.data())
def test_quarter_turns(array, k, data):
    if array.ndim < 2:
        with pytest.raises(IndexError):
            tb.rot90(array, k)
        return
    axes = tuple(data.draw(st.permutations(range(-array.ndim, 0)))[:2])
    t = tb.from_numpy(array)
    same(tb.rot90(t, k, axes), np.rot90(array, k, axes))
    same(tb.rot90(t, axes=axes), np.rot90(array, 1, axes))


def test_quarter_turns_in_a_plane():
    with pytest.raises(ValueError, match="two axes"):
        tb.rot90(tb.zeros(2, 2), 1, (0,))
    with pytest.raises(ValueError, match="multiple times"):
        tb.rot90(tb.zeros(2, 2), 1, (0, 0))


@given(arrays(), st.integers(1, 4) | st.lists(st.integers(-3, 4), max_size=3).map(sorted))
def test_array_split(array, cut):
    if array.ndim:
        for ours, theirs in zip(
            tb.array_split(array, cut), np.array_split(array, cut), strict=True
        ):
            same(ours, theirs)


@given(arrays(), arrays())
def test_kron(a, b):
    ours = tb.kron(tb.from_numpy(a), tb.from_numpy(b))
    same(ours, np.kron(a, b))
    assert ours.dtype == tb.result_type(tb.from_numpy(a), tb.from_numpy(b))


@given(st.lists(st.lists(st.integers(-9, 9), max_size=3), min_size=2, max_size=3))
def test_cartesian_prod(lists):
    vectors = [np.array(items, np.int64) for items in lists]
    expected = np.array(list(product(*vectors)), np.int64).reshape(-1, len(lists))
    same(tb.cartesian_prod(*vectors), expected)
    same(tb.cartesian_prod(vectors), expected)


def test_block_diag():
    same(
        tb.block_diag(np.ones((2, 1)), np.array([2, 3]), np.array(4)),
        np.array([[1, 0, 0, 0], [1, 0, 0, 0], [0, 2, 3, 0], [0, 0, 0, 4]]),
    )
    assert tb.block_diag().shape == (1, 0)
    with pytest.raises(tb.ShapeError, match="2 or fewer"):
        tb.block_diag(np.ones((1, 1, 1)))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: tb.hstack([]), ValueError),
        (lambda: tb.hstack(3), TypeError),
        (lambda: tb.vstack([np.ones(2), np.ones(3)]), tb.ShapeError),
        (lambda: tb.cartesian_prod(), ValueError),
        (lambda: tb.cartesian_prod(np.ones((2, 2)), np.ones(2)), tb.ShapeError),
        (lambda: tb.array_split(tb.ones(3), 0), RuntimeError),
    ],
)
def test_what_cannot_be(call, error):
    with pytest.raises(error):
        call()
