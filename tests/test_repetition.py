"""`repeat`, `tile` and `roll` against NumPy, over dtypes and layouts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from sources import layouts

LAYOUTS = layouts()
DTYPES = ["?", "i1", "u2", "i4", "u8", "f2", "f4", "f8", "c8", "c16"]


@st.composite
def arrays(draw: st.DrawFn) -> np.ndarray:
    """Small arrays of any dtype, permuted, stepped and reversed."""
    shape = draw(st.lists(st.integers(0, 4), max_size=4))
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    array = array.transpose(draw(st.permutations(range(array.ndim))))
    array = array.astype(draw(st.sampled_from(DTYPES)))
    steps = [draw(st.sampled_from([1, -1, 2])) for _ in shape]
    return array[(..., *(slice(None, None, step) for step in steps))]


def same(ours: tb.Tensor, theirs: np.ndarray) -> None:
    assert ours.numpy().dtype == theirs.dtype
    assert tuple(ours.shape) == theirs.shape
    assert not ours.is_readonly
    np.testing.assert_array_equal(ours.numpy(), theirs)


def axis_of(draw: st.DrawFn, array: np.ndarray) -> int | None:
    axes = st.integers(-array.ndim, array.ndim - 1) if array.ndim else st.none()
    return draw(st.none() | axes)


@given(arrays(), st.data())
def test_repeat(array, data):
    axis = axis_of(data.draw, array)
    length = array.size if axis is None else array.shape[axis]
    repeats = data.draw(
        st.integers(0, 4) | st.lists(st.integers(0, 3), min_size=length, max_size=length)
    )
    t = tb.from_numpy(array)
    theirs = np.repeat(array, repeats, axis)
    same(tb.repeat(t, repeats, axis=axis), theirs)
    same(tb.repeat_interleave(t, repeats, axis), theirs)
    same(t.repeat_interleave(repeats, dim=axis), theirs)
    if repeats != []:
        same(tb.repeat(array, tb.asarray(repeats).to(tb.uint8), axis=axis), theirs)


@given(arrays(), st.lists(st.integers(0, 3), max_size=5))
def test_tile(array, times):
    t = tb.from_numpy(array)
    theirs = np.tile(array, times)
    same(tb.tile(t, tuple(times)), theirs)
    same(t.tile(times), theirs)
    same(np.tile(t, times), theirs)
    same(np.tile(t, tuple(times)), theirs)
    same(tb.tile(array, dims=times), theirs)
    if len(times) >= array.ndim and times:
        same(t.repeat(*times), theirs)
        same(t.repeat(times), theirs)


@given(arrays(), st.data())
def test_roll(array, data):
    shift = st.integers(-9, 9)
    t = tb.from_numpy(array)
    if array.ndim == 0 or data.draw(st.booleans()):
        by = data.draw(shift)
        same(tb.roll(t, by), np.roll(array, by))
        return
    axes = data.draw(st.lists(st.integers(-array.ndim, array.ndim - 1), min_size=1, max_size=3))
    by = data.draw(st.lists(shift, min_size=len(axes), max_size=len(axes)) | shift)
    theirs = np.roll(array, by, tuple(axes))
    same(tb.roll(t, by, axis=axes), theirs)
    same(tb.roll(t, shifts=by, dims=tuple(axes)), theirs)
    same(t.roll(by, axes), theirs)


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout(name):
    array = LAYOUTS[name]
    t = tb.from_numpy(array)
    same(tb.repeat(t, 3), np.repeat(array, 3))
    same(tb.tile(t, (2, 2)), np.tile(array, (2, 2)))
    same(tb.roll(t, 2), np.roll(array, 2))
    for axis in range(array.ndim):
        same(tb.repeat(t, 2, axis=axis), np.repeat(array, 2, axis))
        same(tb.roll(t, -1, axis=axis), np.roll(array, -1, axis))


def test_bfloat16_and_meta():
    t = tb.tensor([1.0, 2.0], dtype=tb.bfloat16)
    assert tb.repeat(t, 2).tolist() == [1, 1, 2, 2]
    assert tb.roll(t, 1).dtype == tb.bfloat16
    meta = tb.zeros(2, 3, device="meta")
    assert tb.repeat(meta, 2, axis=1).shape == (2, 6)
    assert tb.repeat(meta, [1, 3], axis=0).shape == (4, 3)
    assert tb.tile(meta, (2, 1, 1)).shape == (2, 2, 3)
    assert tb.roll(meta, 1, axis=0).device == "meta"


def test_numbers_of_times_become_indices():
    assert tb.repeat_interleave(tb.asarray([2, 0, 1])).tolist() == [0, 0, 2]


def test_one_number_of_times_is_for_all():
    assert tb.repeat([1, 2], [2]).tolist() == [1, 1, 2, 2]
    assert tb.repeat([1, 2], tb.asarray(2)).tolist() == [1, 1, 2, 2]


def test_huge_results_of_few_elements():
    assert tb.tile(tb.zeros((1,) * 64), (2,) * 4).shape == (1,) * 60 + (2,) * 4
    assert tb.repeat(tb.zeros(0), 2**60).shape == (0,)
    with pytest.raises(MemoryError):
        tb.repeat(tb.zeros(2), 2**60)
    with pytest.raises(ValueError, match="more than an axis"):
        tb.tile(tb.zeros(4), 2**62)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda t: tb.repeat(t, -1), ValueError, "negative"),
        (lambda t: tb.repeat(t, [1, -1], axis=0), ValueError, "negative"),
        (lambda t: tb.repeat(t, [1, 2, 3], axis=0), tb.ShapeError, "3 numbers of times for 2"),
        (lambda t: tb.repeat(t, [1.5, 1.5], axis=0), TypeError, "integer"),
        (lambda t: tb.repeat(t, 2, axis=2), IndexError, "out of range"),
        (lambda t: t.repeat(2), tb.ShapeError, "smaller than number of dimensions"),
        (lambda t: t.repeat(), TypeError, "missing"),
        (lambda t: tb.tile(t, (1, -2)), ValueError, "negative"),
        (lambda t: tb.roll(t, (1, 2, 3), axis=(0, 1)), tb.ShapeError, "must align"),
        (lambda t: tb.roll(t, 1, axis=2), IndexError, "out of range"),
        (lambda t: tb.roll(t, 1, 0, axis=0), TypeError, "both"),
    ],
)
def test_what_cannot_be(call, error, words):
    with pytest.raises(error, match=words):
        call(tb.zeros(2, 2))
