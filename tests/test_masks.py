"""Masks whose axes have no length, with NumPy as the oracle."""

import numpy as np

import tensorbridge as tb


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
