"""Covariances, correlations, averages and ranges with NumPy as the oracle."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from samples import DTYPES, make, views


def kind_of(array: np.ndarray) -> np.dtype[Any]:
    return np.dtype("float32") if array.dtype.kind in "biu" else array.dtype


def wide(array: np.ndarray) -> np.ndarray:
    return array.astype("complex128" if array.dtype.kind == "c" else "float64")


def limit(dtype: np.dtype[Any]) -> float:
    return {"e": 1e-2, "f": 1e-5, "F": 1e-5}.get(dtype.char, 1e-12)


@pytest.mark.filterwarnings("ignore:Degrees of freedom:RuntimeWarning")
@given(
    dtype=st.sampled_from(DTYPES),
    shape=st.sampled_from([(1,), (5,), (1, 4), (3, 4), (4, 1), (3, 1), (2, 5)]),
    rowvar=st.booleans(),
    options=st.fixed_dictionaries(
        {}, optional={"bias": st.booleans(), "ddof": st.sampled_from([0, 1, 2, 9])}
    ),
    frequencies=st.booleans(),
    importances=st.booleans(),
    twice=st.booleans(),
)
def test_every_covariance(
    dtype: str,
    shape: tuple[int, ...],
    rowvar: bool,
    options: dict[str, Any],
    frequencies: bool,
    importances: bool,
    twice: bool,
) -> None:
    array, other = make(dtype, shape, 1), make(dtype, shape, 2)
    count = shape[-1] if rowvar or len(shape) == 1 else shape[0]
    weights: dict[str, Any] = {}
    if frequencies:
        weights["fweights"] = np.arange(count) % 3 + 1
    if importances:
        weights["aweights"] = np.arange(count) / 2 + 0.5
    arguments = {"rowvar": rowvar, **options, **weights}
    with np.errstate(all="ignore"):
        y = wide(other) if twice else None
        try:
            answer = np.cov(wide(array), y, **arguments)
        except ValueError:
            # NumPy turns a second matrix only where it has more than one row.
            with pytest.raises(ValueError, match=r"cov|cat|[Ss]izes"):
                tb.cov(array, other, **arguments)
            return
    for looks in views(array).values():
        found = tb.cov(tb.from_numpy(looks), other if twice else None, **arguments).numpy()
        assert (found.shape, found.dtype) == (answer.shape, kind_of(array))
        # What weights leave may round to nothing, and signs of infinities to others.
        if np.isfinite(answer).all() and np.abs(answer).max(initial=0) < 1e3:
            tolerance = limit(found.dtype)
            np.testing.assert_allclose(found, answer, rtol=tolerance, atol=tolerance)


@given(
    dtype=st.sampled_from(DTYPES),
    shape=st.sampled_from([(5,), (3, 4), (2, 5)]),
    rowvar=st.booleans(),
    twice=st.booleans(),
)
def test_every_correlation(dtype: str, shape: tuple[int, ...], rowvar: bool, twice: bool) -> None:
    array, other = make(dtype, shape, 3), make(dtype, shape, 4)
    with np.errstate(all="ignore"):
        answer = np.corrcoef(wide(array), wide(other) if twice else None, rowvar)
    found = tb.corrcoef(array, other if twice else None, rowvar).numpy()
    assert (found.shape, found.dtype) == (np.shape(answer), kind_of(array))
    tolerance = limit(found.dtype)
    np.testing.assert_allclose(found, answer, rtol=tolerance, atol=tolerance)


def test_methods_and_corrections() -> None:
    array = np.random.default_rng(6).standard_normal((3, 50))
    x = tb.from_numpy(array)
    np.testing.assert_allclose(x.cov(correction=0).numpy(), np.cov(array, bias=True))
    np.testing.assert_allclose(x.corrcoef().numpy(), np.corrcoef(array))
    assert tb.cov(x, dtype=tb.float32).dtype == tb.float32
    assert tb.cov(tb.zeros(0, 3)).shape == (0, 0)
    with pytest.raises(TypeError, match="ddof"):
        tb.cov(x, ddof=1, correction=1)
    with pytest.raises(TypeError, match="integers"):
        tb.cov(x, fweights=np.ones(50))
    with pytest.raises(ValueError, match="negative"):
        tb.cov(x, aweights=-np.ones(50))
    with pytest.raises(ValueError, match="50 observations"):
        tb.cov(x, fweights=np.ones(3, int))
    with pytest.raises(ValueError, match="two axes"):
        tb.cov(tb.zeros(2, 2, 2))


@given(
    dtype=st.sampled_from(DTYPES),
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple),
    keepdims=st.booleans(),
    weighted=st.sampled_from(["not", "whole", "line"]),
    data=st.data(),
)
def test_every_average(
    dtype: str, shape: tuple[int, ...], keepdims: bool, weighted: str, data: st.DataObject
) -> None:
    rank = len(shape)
    array = make(dtype, shape, 7)
    one = st.integers(-rank, rank - 1)
    axis = data.draw(one if weighted == "line" else st.none() | one, label="axis")
    weights = None
    if weighted != "not":
        size = shape if weighted == "whole" else (shape[axis],)
        weights = np.arange(1, math.prod(size) + 1, dtype="float32").reshape(size)
    answer, sums = np.average(wide(array), axis, weights, True, keepdims=keepdims)
    for looks in views(array).values():
        found, total = tb.average(tb.from_numpy(looks), axis, weights, True, keepdims=keepdims)
        assert found.shape == total.shape == np.shape(answer)
        tolerance = limit(found.numpy().dtype)
        np.testing.assert_allclose(found.numpy(), answer, rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(total.numpy(), sums, rtol=tolerance)


def test_weights_that_do_not_fit() -> None:
    x = tb.ones(2, 3)
    with pytest.raises(ZeroDivisionError, match="sum to zero"):
        tb.average(x, 1, tb.tensor([1.0, -1.0, 0.0]))
    with pytest.raises(TypeError, match="axis"):
        tb.average(x, weights=tb.ones(3))
    with pytest.raises(ValueError, match="consistent"):
        tb.average(x, 0, tb.ones(3))
    assert tb.average(x, (1, 0), tb.ones(3, 2)).item() == 1


@given(
    dtype=st.sampled_from([dtype for dtype in DTYPES if dtype[0] in "iuf"]),
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple),
    keepdims=st.booleans(),
    data=st.data(),
)
def test_ranges(dtype: str, shape: tuple[int, ...], keepdims: bool, data: st.DataObject) -> None:
    array = make(dtype, shape, 8)
    axis = data.draw(st.none() | st.integers(-len(shape), len(shape) - 1), label="axis")
    answer = np.ptp(array, axis, keepdims=keepdims)
    found = tb.ptp(array, axis=axis, keepdims=keepdims).numpy()
    assert (found.shape, found.dtype) == (np.shape(answer), array.dtype)
    np.testing.assert_array_equal(found, answer)
    with pytest.raises(TypeError):
        tb.ptp(tb.ones(2, dtype=tb.bool))
