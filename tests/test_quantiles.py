"""Medians, quantiles and percentiles with NumPy as the oracle, in double precision."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from samples import DTYPES, make, views

METHODS = [
    "linear",
    "lower",
    "higher",
    "nearest",
    "midpoint",
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "median_unbiased",
    "normal_unbiased",
]
PICKING = {"lower", "higher", "nearest", "inverted_cdf", "closest_observation"}
REALS = [dtype for dtype in DTYPES if not dtype.startswith("complex")]


def axes(rank: int) -> st.SearchStrategy[Any]:
    some = st.lists(st.integers(0, rank - 1), unique=True, min_size=1).map(tuple)
    return st.none() | st.integers(-rank, rank - 1) | some


def close(got: np.ndarray, answer: Any, exact: bool) -> None:
    limit = 0 if exact else {2: 2e-3, 4: 1e-6}.get(got.dtype.itemsize, 1e-12)
    np.testing.assert_allclose(got, answer, rtol=limit, atol=limit)


@pytest.mark.filterwarnings("ignore:All-NaN:RuntimeWarning")
@given(
    dtype=st.sampled_from(REALS),
    shape=st.lists(st.integers(1, 6), min_size=1, max_size=3).map(tuple),
    method=st.sampled_from(METHODS),
    q=st.sampled_from([0.5, 0, 1.0, [0.25, 0.75, 0.1], [[0.0, 0.3], [0.9, 1]], [0.5] * 20, []]),
    share_of_nan=st.sampled_from([0, 0.2, 0.9]),
    keepdims=st.booleans(),
    data=st.data(),
)
def test_every_quantile(
    dtype: str,
    shape: tuple[int, ...],
    method: str,
    q: Any,
    share_of_nan: float,
    keepdims: bool,
    data: st.DataObject,
) -> None:
    array = make(dtype, shape, data.draw(st.integers(0, 99), label="seed"))
    axis = data.draw(axes(len(shape)), label="axis")
    if array.dtype.kind == "f":
        source = np.random.default_rng(1)
        array = np.where(source.random(shape) < share_of_nan, np.nan, array).astype(dtype)
    wide, q = array.astype("float64"), np.array(q, np.float64)
    picks = method in PICKING
    expected = array.dtype
    if array.dtype.kind in "biu" and not picks:
        expected = np.dtype("float32")
    for name in ("quantile", "nanquantile", "percentile", "nanpercentile"):
        scale = 100 if "percentile" in name else 1
        answer = getattr(np, name)(wide, q * scale, axis=axis, method=method, keepdims=keepdims)
        for looks in views(array).values():
            found = getattr(tb, name)(
                tb.from_numpy(looks), q * scale, axis=axis, method=method, keepdims=keepdims
            ).numpy()
            assert (found.shape, found.dtype) == (np.shape(answer), expected)
            close(found, answer, picks)


@pytest.mark.filterwarnings("ignore:All-NaN:RuntimeWarning")
@given(
    dtype=st.sampled_from(REALS),
    shape=st.lists(st.integers(1, 5), min_size=1, max_size=4).map(tuple),
    share_of_nan=st.sampled_from([0, 0.2]),
    keepdims=st.booleans(),
    data=st.data(),
)
def test_every_median(
    dtype: str,
    shape: tuple[int, ...],
    share_of_nan: float,
    keepdims: bool,
    data: st.DataObject,
) -> None:
    array = make(dtype, shape, data.draw(st.integers(0, 99), label="seed"))
    axis = data.draw(axes(len(shape)), label="axis")
    if array.dtype.kind == "f":
        array = np.where(np.random.default_rng(2).random(shape) < share_of_nan, np.nan, array)
        array = array.astype(dtype)
    for name in ("median", "nanmedian"):
        answer = getattr(np, name)(array.astype("float64"), axis=axis, keepdims=keepdims)
        for looks in views(array).values():
            x = tb.from_numpy(looks)
            for found in (
                getattr(tb, name)(x, axis=axis, keepdims=keepdims),
                getattr(x, name)(axis, keepdim=keepdims),
            ):
                assert found.shape == np.shape(answer)
                close(found.numpy(), answer, False)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32", "uint8", "bfloat16"])
@pytest.mark.parametrize("shape", [(100_001,), (3, 40_000), (40_000, 3)])
def test_long_lines(dtype: str, shape: tuple[int, ...]) -> None:
    source = np.random.default_rng(3)
    noise = source.standard_normal(shape) * 50 + 100
    # What the sample sees of these lines is nothing like the rest.
    for array in (noise, np.sort(noise, axis=0), np.round(noise / 40), np.zeros(shape)):
        x = tb.from_numpy(array).to(getattr(tb, dtype))
        wide = x.to(tb.float64).numpy()
        q = [0.0, 0.01, 0.5, 0.501, 0.999, 1.0]
        for axis in (0, None, -1):
            answer = np.quantile(wide, q, axis=axis)
            found = x.quantile(q, axis=axis).to(tb.float64).numpy()
            limit = 1e-2 if dtype == "bfloat16" else 1e-6
            np.testing.assert_allclose(found, answer, rtol=limit, atol=limit)


def test_infinities() -> None:
    inf = math.inf
    assert tb.tensor([inf, inf]).median().item() == inf
    assert tb.tensor([1.0, inf]).median().item() == inf
    assert tb.tensor([-inf, 1.0, inf]).median().item() == 1
    assert math.isnan(tb.tensor([-inf, inf]).median().item())
    assert tb.tensor([-inf, inf]).quantile(1.0).item() == inf


def test_nothing() -> None:
    assert math.isnan(tb.zeros(0).median().item())
    assert math.isnan(tb.zeros(0, dtype=tb.int8).median().item())
    assert tb.zeros(0, 3).median(dim=1).shape == (0,)
    np.testing.assert_array_equal(tb.zeros(0, 3).quantile(0.5, dim=0).numpy(), [np.nan] * 3)
    with pytest.raises(ValueError, match="no elements"):
        tb.quantile(tb.zeros(0, dtype=tb.int8), 0.5, method="lower")


def test_spellings() -> None:
    x = tb.from_numpy(np.array([[4.0, 1, 3], [9, 7, 8]]))
    assert tb.quantile(x, 0.4, interpolation="lower").item() == 4
    assert tb.quantile(x, tb.tensor(0.5), 1).tolist() == [3, 8]
    assert tb.quantile(x, [0.5], 1, True).shape == (1, 2, 1)
    assert tb.quantile(x, np.float32(0.5), dim=-1, keepdim=True).tolist() == [[3], [8]]
    with pytest.raises(TypeError, match="method"):
        tb.quantile(x, 0.5, method="lower", interpolation="lower")
    with pytest.raises(ValueError, match="hint: one of"):
        tb.quantile(x, 0.5, method="cubic")
    for wrong in (-0.1, 1.1, math.nan):
        with pytest.raises(ValueError, match=r"\[0, 1\]"):
            tb.quantile(x, wrong)
    with pytest.raises(TypeError, match="complex"):
        tb.median(tb.zeros(2, dtype=tb.complex64))
    with pytest.raises(IndexError):
        tb.median(x, axis=2)


def test_out() -> None:
    array = np.array([[1.0, 2, 3, 4], [5, 6, 7, 9]])
    out = np.zeros(2, np.float32)
    assert tb.median(array, axis=1, out=out) is out
    np.testing.assert_array_equal(out, [2.5, 6.5])
    for wrong in (tb.zeros(3), tb.zeros(2, dtype=tb.int64)):
        with pytest.raises((ValueError, TypeError)):
            tb.median(array, axis=1, out=wrong)
        assert not wrong.any()
    assert tb.median(tb.zeros(3, 4, device="meta"), dim=0).shape == (4,)
