"""Masks whose axes have no length, and `masked_fill`, with NumPy as the oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb

DTYPES = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]


def test_masks_of_no_length_pick_nothing():
    shapes = [(), (0,), (1,), (3,), (0, 3), (3, 0), (0, 0), (2, 3), (2, 0, 3)]
    masks = [(0,), (1,), (2,), (3,), (0, 3), (3, 0), (0, 0), (1, 3), (2, 3), (2, 1)]

    def shape_of(function):
        try:
            return tuple(function().shape)
        except IndexError:
            return IndexError

    for shape in shapes:
        array = np.zeros(shape, np.float32)
        for size in masks:
            mask = np.ones(size, bool)
            for before in ((), (slice(None),), (None,), (...,)):
                theirs = shape_of(lambda: array[(*before, mask)])  # noqa: B023
                x, index = tb.from_numpy(array.copy()), (*before, tb.from_numpy(mask))
                assert shape_of(lambda: x[index]) == theirs  # noqa: B023
                if theirs is not IndexError:
                    x[index] = 1


@given(layout=st.integers(0, 5), broadcast=st.booleans(), dtype=st.sampled_from(DTYPES))
def test_masked_fill_in_every_layout(layout: int, broadcast: bool, dtype: str) -> None:
    def cut(array: np.ndarray) -> np.ndarray:
        cuts = [array, array.T, array[::-1], array[:, ::2], array[1:, 1:], array[:0]]
        return cuts[layout]

    rng = np.random.default_rng(layout)
    base = rng.integers(0, 2, (6, 8)).astype(dtype)
    before, view, outside = base.copy(), cut(base), np.ones(base.shape, bool)
    cut(outside)[...] = False
    mask = rng.integers(0, 2, view.shape[-1:] if broadcast else view.shape).astype(bool)
    # Bytes of bool may be any.
    bytes_of_mask = np.where(mask, rng.choice([1, 2, 255], mask.shape), 0).astype(np.uint8)
    expected = np.where(mask, view.dtype.type(1), view)
    t, picked = tb.from_numpy(view), tb.from_numpy(bytes_of_mask.view(bool))
    found = t.masked_fill(picked, 1)
    np.testing.assert_array_equal(found.numpy(), expected)
    assert not tb.shares_memory(found, t)
    np.testing.assert_array_equal(t.masked_fill(picked, tb.tensor(True)).numpy(), expected)
    assert t.masked_fill_(picked, 1) is t
    assert (view == expected).all()
    assert (base[outside] == before[outside]).all()


def test_masked_fill_of_itself() -> None:
    t = tb.tensor([1.0, 2.0, 3.0])
    t.masked_fill_(t > 1, t[0])
    assert t.tolist() == [1, 1, 1]
    truths = tb.tensor([True, False, True])
    assert truths.masked_fill_(truths, False).tolist() == [False] * 3
    frozen = tb.ones(3).readonly()
    with pytest.raises(ValueError, match="read-only"):
        frozen.masked_fill_(frozen > 0, 2)
    assert frozen.masked_fill(frozen > 0, 2).tolist() == [2, 2, 2]
