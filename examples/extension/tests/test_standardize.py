"""The example extension: any array in, a tensor of the installed package out."""

import array
import gc
import sys

import numpy as np
import pytest
import standardize

import tensorbridge as tb


@pytest.mark.parametrize("make", [np.asarray, tb.asarray, np.ndarray.tolist, memoryview])
def test_takes_arrays_of_any_library(make):
    a = np.arange(6.0).reshape(3, 2)
    result = standardize.centre(make(a))
    assert type(result) is tb.Tensor
    np.testing.assert_allclose(result.numpy(), a - a.mean(axis=0))


@pytest.mark.parametrize(
    "source",
    [
        np.arange(12.0).reshape(3, 4)[:, ::-2],
        np.zeros(3, dtype=[("a", "i4"), ("b", "f8")])["b"],
        np.arange(3.0, dtype=">f8").astype("f8"),
    ],
)
@pytest.mark.parametrize("wrap", [lambda a: a, tb.from_numpy])
def test_views_cross_both_borders_without_a_copy(source, wrap):
    view = standardize.reversed(wrap(source))
    assert type(view) is tb.Tensor
    assert np.shares_memory(view.numpy(), source)
    assert view.strides == (-source.strides[0], *source.strides[1:])


def test_read_only_stays_read_only():
    frozen = np.arange(3.0)
    frozen.flags.writeable = False
    view = standardize.reversed(frozen)
    assert view.is_readonly
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1.0


def test_memory_outlives_its_maker():
    view = standardize.reversed(np.arange(1000.0))
    gc.collect()
    assert view[0].item() == 999.0


def test_nothing_leaks():
    a = np.arange(3.0)
    before = sys.getrefcount(a)
    for _ in range(1000):
        standardize.reversed(a)
    assert sys.getrefcount(a) == before


def test_errors_are_exceptions():
    with pytest.raises(TypeError, match="object"):
        standardize.largest(np.array([None]))
    with pytest.raises((ValueError, RuntimeError)):
        standardize.largest(np.zeros(0))


def test_buffers_of_the_standard_library():
    assert standardize.largest(array.array("h", [3, 9, 4])).item() == 9
