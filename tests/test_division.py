"""`divide` and its choice of rounding; Python's own integers and NumPy are the oracles."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb

INTEGERS = [-128, -127, -8, -7, -1, 0, 1, 6, 7, 127]


@pytest.mark.parametrize("dtype", [tb.int8, tb.int16, tb.int32, tb.int64])
def test_integers_stay_integers(dtype):
    for a in INTEGERS:
        for b in (-8, -7, -2, -1, 1, 3, 127):
            if (a, b) == (-128, -1):
                continue
            x, y = tb.tensor([a], dtype=dtype), tb.tensor([b], dtype=dtype)
            truncated = tb.divide(x, y, rounding_mode="trunc")
            assert truncated.dtype == dtype
            assert truncated.item() == math.trunc(a / b), (a, b)
            assert tb.div(x, b, rounding_mode="floor").item() == a // b
            assert x.div(y, rounding_mode=None).item() == np.float32(a / b)


def test_unsigned_integers():
    x = tb.tensor([0, 7, 255], dtype=tb.uint8)
    assert tb.div(x, 2, rounding_mode="trunc").tolist() == [0, 3, 127]
    big = tb.tensor([2**64 - 1], dtype=tb.uint64)
    assert tb.div(big, 2, rounding_mode="trunc").item() == 2**63 - 1


@given(st.floats(allow_nan=True), st.floats())
def test_floats_drop_their_fraction(a, b):
    with np.errstate(all="ignore"):
        expected = np.trunc(np.float64(a) / np.float64(b))
    result = tb.div(tb.tensor([a], dtype=tb.float64), b, rounding_mode="trunc").item()
    assert result == expected or (math.isnan(result) and math.isnan(expected))


def test_in_place_and_out():
    a = np.array([-7.0, 7.0])
    t = tb.from_numpy(a)
    assert t.div_(2, rounding_mode="trunc") is t
    assert a.tolist() == [-3.0, 3.0]
    out = np.zeros(2)
    assert tb.divide(t, -2, rounding_mode="trunc", out=out) is out
    assert out.tolist() == [1.0, -1.0]
    i = tb.tensor([-7, 7])
    assert i.div_(2, rounding_mode="floor").tolist() == [-4, 3]
    with pytest.raises(TypeError, match="can't be cast to the desired output type int64"):
        i.div_(2)
    assert i.tolist() == [-4, 3]
    with pytest.raises(tb.ShapeError):
        tb.divide(t, tb.ones(3, 2), rounding_mode="trunc", out=t)
    assert a.tolist() == [-3.0, 3.0]


def test_what_cannot_be_rounded():
    t = tb.ones(2)
    with pytest.raises(RuntimeError, match="one of None, 'trunc', or 'floor' but found 'up'"):
        t.div(2, rounding_mode="up")
    with pytest.raises(TypeError, match="not defined for complex64"):
        t.div(1j, rounding_mode="trunc")
    with pytest.raises(ZeroDivisionError):
        tb.tensor([1]).div(0, rounding_mode="trunc")
