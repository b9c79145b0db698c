"""Where the extremes are, with NumPy as the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from samples import DTYPES, make, views

REAL = [dtype for dtype in DTYPES if not dtype.startswith("complex")]


@given(
    name=st.sampled_from(["argmax", "argmin"]),
    dtype=st.sampled_from(REAL),
    shape=st.lists(st.sampled_from([1, 2, 3, 5, 70]), min_size=1, max_size=3).map(tuple),
    data=st.data(),
    keepdims=st.booleans(),
    nan=st.booleans(),
)
def test_every_place(
    name: str, dtype: str, shape: tuple[int, ...], data: st.DataObject, keepdims: bool, nan: bool
) -> None:
    rank = len(shape)
    axis = data.draw(st.none() | st.integers(-rank, rank - 1), label="axis")
    array = make(dtype, shape, data.draw(st.integers(0, 99), label="seed"))
    if nan and array.dtype.kind == "f":
        array[np.random.default_rng(0).random(shape) < 0.1] = np.nan
    answer = getattr(np, name)(array, axis=axis, keepdims=keepdims)
    for looks in views(array).values():
        x = tb.from_numpy(looks)
        for result in (
            getattr(tb, name)(x, axis=axis, keepdims=keepdims),
            getattr(x, name)(axis, keepdims),
        ):
            assert result.dtype == tb.int64
            np.testing.assert_array_equal(result.numpy(), answer)


@pytest.mark.parametrize("dtype", ["int8", "float32", "float64"])
@pytest.mark.parametrize("shape", [(200_001,), (3, 70_000), (700, 300)])
def test_the_first_of_several(dtype: str, shape: tuple[int, ...]) -> None:
    """Over many blocks, whichever thread takes them."""
    array = np.random.default_rng(5).integers(-5, 5, shape).astype(dtype)
    falling = np.sort(array.ravel())[::-1].reshape(shape).copy()
    for source in (array, falling, -falling):
        for view in (source, source.T, source[..., ::-1], source[..., ::3]):
            for axis in (None, *range(view.ndim)):
                for name in ("argmax", "argmin"):
                    result = getattr(tb, name)(view, axis=axis).numpy()
                    np.testing.assert_array_equal(result, getattr(view, name)(axis))


def test_infinities_and_nan() -> None:
    low = np.full(5000, -np.inf)
    assert tb.argmax(low).item() == 0
    low[4000] = np.nan
    assert tb.argmax(low).item() == tb.argmin(low).item() == 4000
    columns = np.stack([low, low[::-1]], axis=1)
    np.testing.assert_array_equal(tb.argmax(columns, axis=0).numpy(), [4000, 999])


def test_nothing_and_no_order() -> None:
    for name in ("argmax", "argmin"):
        function = getattr(tb, name)
        with pytest.raises(ValueError, match="no elements"):
            function(tb.zeros(0))
        with pytest.raises(ValueError, match="no elements"):
            function(tb.zeros(2, 0), dim=1)
        assert function(tb.zeros(2, 0), dim=0).shape == (0,)
        with pytest.raises(TypeError, match="complex"):
            function(tb.ones(3, dtype=tb.complex64))
        with pytest.raises(IndexError):
            function(tb.zeros(3), axis=1)
        with pytest.raises(TypeError):
            function(tb.zeros(3, 3), axis=(0, 1))
        assert function(tb.tensor(3.0)).item() == 0
        assert function(tb.ones(2, 3), keepdims=True).shape == (1, 1)


def test_bytes_of_bool_are_equal_when_true() -> None:
    x = tb.from_numpy(np.array([0, 2, 255, 1], np.uint8).view(bool))
    assert x.argmax().item() == 1
    assert x.argmin().item() == 0
    assert x.count_nonzero().item() == 3


def test_both_extremes() -> None:
    array = np.array([[3.0, 1.0, 2.0], [np.nan, 5.0, 4.0]])
    for results in (tb.aminmax(array, dim=1), tb.tensor(array).aminmax(dim=1)):
        np.testing.assert_array_equal(results[0].numpy(), array.min(1))
        np.testing.assert_array_equal(results[1].numpy(), array.max(1))
    least, greatest = tb.aminmax(tb.arange(6), keepdim=True)
    assert (least.shape, least.item(), greatest.item()) == ((1,), 0, 5)


def test_out() -> None:
    array = np.array([[3, 1, 2], [7, 5, 4]])
    out = np.zeros(3, np.int64)
    assert tb.argmax(array, axis=0, out=out) is out
    np.testing.assert_array_equal(out, [1, 1, 1])
    with pytest.raises((tb.ShapeError, TypeError)):
        tb.argmax(array, axis=0, out=tb.zeros(2, dtype=tb.int64))
