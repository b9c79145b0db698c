"""`isclose`, `allclose`, `array_equal` and `t.equal`, with NumPy as the oracle."""

import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

import tensorbridge as tb

SPECIAL = [0.0, -0.0, 1.0, 1 + 1e-6, 1e-9, -1.0, 1e38, np.inf, -np.inf, np.nan]


@pytest.mark.parametrize("dtype", ["f4", "f8", "c8", "c16"])
@pytest.mark.parametrize("equal_nan", [False, True])
def test_every_pair_of_special_values(dtype, equal_nan):
    a, b = np.meshgrid(np.array(SPECIAL, dtype), np.array(SPECIAL, dtype))
    with np.errstate(all="ignore"):
        expected = np.isclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=equal_nan)
    x, y = tb.from_numpy(a), tb.from_numpy(b)
    np.testing.assert_array_equal(tb.isclose(x, y, equal_nan=equal_nan).numpy(), expected)
    np.testing.assert_array_equal(x.isclose(y, equal_nan=equal_nan).numpy(), expected)
    assert tb.allclose(x, y, equal_nan=equal_nan) is x.allclose(b, equal_nan=equal_nan) is False


@given(
    hnp.arrays(np.float64, 4, elements=st.floats(-1e6, 1e6)),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(-0.5, 0.5),
)
def test_tolerances_are_numpys(a, rtol, atol, shift):
    b = a * (1 + shift)
    expected = np.isclose(a, b, rtol, atol)
    np.testing.assert_array_equal(tb.isclose(a, b, rtol, atol).numpy(), expected)
    assert tb.allclose(a, b, rtol=rtol, atol=np.float64(atol)) is bool(expected.all())


def test_integers_neither_overflow_nor_wrap():
    low, high = np.iinfo(np.int64).min, np.iinfo(np.int64).max
    assert not tb.allclose(tb.tensor([low]), tb.tensor([high]))
    assert not tb.allclose(tb.tensor([0], dtype=tb.uint8), tb.tensor([255], dtype=tb.uint8))
    assert tb.isclose(tb.tensor([high]), high).item() is True
    assert tb.allclose(tb.tensor([True]), 1)
    assert tb.allclose(tb.tensor([100]), tb.tensor([101]), atol=1)


@pytest.mark.parametrize("dtype", [tb.float16, tb.bfloat16])
def test_half_precision_keeps_the_tolerance(dtype):
    x = tb.zeros(1, dtype=dtype)
    # 1e-8 is 0 in float16; the smallest subnormal is larger than that.
    assert tb.allclose(x, 1e-9)
    assert not tb.allclose(x, 1e-7, atol=1e-8)


def test_shapes_broadcast_or_are_refused():
    x = tb.ones(2, 3)
    assert tb.isclose(x, 1).shape == (2, 3)
    with pytest.raises(tb.ShapeError, match="could not be broadcast together"):
        tb.allclose(x, tb.ones(2))
    for name in ("rtol", "atol"):
        with pytest.raises(ValueError, match=f"{name} must be greater than or equal to zero"):
            tb.isclose(x, x, **{name: -1.0})
        with pytest.raises(ValueError, match="but got NaN"):
            x.allclose(x, **{name: float("nan")})
    with pytest.raises(TypeError, match="rtol"):
        tb.isclose(x, x, rtol="a")


def test_whole_tensors_are_equal_or_not():
    a = np.array([[1.0, 2.0], [3.0, 4.0]])
    t = tb.from_numpy(a)
    for other, expected in [
        (t, True),
        (a, True),
        (tb.tensor([[1, 2], [3, 4]]), True),
        (a[::-1], False),
        (a[0], False),
        (a[None], False),
        (1.0, False),
    ]:
        assert t.equal(other) is tb.array_equal(t, other) is expected
    assert tb.array_equal(tb.ones(0, 2), tb.ones(0, 2))
    assert not tb.array_equal(tb.ones(0, 2), tb.ones(2, 0))
    assert not tb.tensor([float("nan")]).equal(tb.tensor([float("nan")]))
    assert tb.equal(t, t).shape == (2, 2)
    with pytest.raises(TypeError, match="expected a tensor"):
        t.equal(None)
    with pytest.raises(NotImplementedError):
        tb.empty(2, device="meta").equal(tb.empty(2, device="meta"))
