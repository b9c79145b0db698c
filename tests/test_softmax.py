"""Shares of exponentials with sums in double precision as the oracle."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from samples import DTYPES, make, views

REALS = [dtype for dtype in DTYPES if not dtype.startswith("complex")]


def expected(name: str, array: np.ndarray, axis: Any) -> np.ndarray:
    wide = array.astype("float64")
    greatest = wide.max(axis=axis, keepdims=True)
    exponentials = np.exp(wide - greatest)
    sums = exponentials.sum(axis=axis, keepdims=True)
    if name == "softmax":
        return exponentials / sums
    if name == "log_softmax":
        return wide - greatest - np.log(sums)
    return np.log(sums) + greatest


@given(
    name=st.sampled_from(["softmax", "log_softmax"]),
    dtype=st.sampled_from(REALS),
    shape=st.lists(st.integers(1, 7), min_size=1, max_size=4).map(tuple),
    data=st.data(),
)
def test_shares(name: str, dtype: str, shape: tuple[int, ...], data: st.DataObject) -> None:
    array = make(dtype, shape, data.draw(st.integers(0, 99), label="seed"))
    axis = data.draw(st.integers(-len(shape), len(shape) - 1), label="axis")
    answer = expected(name, array, axis)
    kind = np.dtype("float32") if array.dtype.kind in "biu" else array.dtype
    for looks in views(array).values():
        x = tb.from_numpy(looks)
        for found in (getattr(tb, name)(x, dim=axis), getattr(x, name)(axis=axis)):
            got = found.numpy()
            assert (got.shape, got.dtype) == (answer.shape, kind)
            limit = {2: 2e-3, 4: 2e-6}.get(kind.itemsize, 1e-14)
            np.testing.assert_allclose(got, answer, rtol=limit, atol=limit)


@given(
    dtype=st.sampled_from(REALS),
    shape=st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple),
    keepdims=st.booleans(),
    data=st.data(),
)
def test_logarithms_of_sums(
    dtype: str, shape: tuple[int, ...], keepdims: bool, data: st.DataObject
) -> None:
    rank = len(shape)
    array = make(dtype, shape, data.draw(st.integers(0, 99), label="seed"))
    some = st.lists(st.integers(0, rank - 1), unique=True, min_size=1).map(tuple)
    axis = data.draw(st.none() | st.integers(-rank, rank - 1) | some, label="axis")
    answer = expected("logsumexp", array, axis)
    answer = answer if keepdims else np.squeeze(answer, axis)
    for looks in views(array).values():
        found = tb.logsumexp(looks, axis=axis, keepdims=keepdims).numpy()
        assert found.shape == answer.shape
        limit = {2: 3e-3, 4: 1e-6}.get(found.dtype.itemsize, 1e-14)
        np.testing.assert_allclose(found, answer, rtol=limit, atol=limit)


@pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
@pytest.mark.parametrize("shape", [(3, 5000), (5000, 3), (20, 30, 40)])
def test_large_ones(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.random.default_rng(5).standard_normal(shape) * 20
    x = tb.from_numpy(array).to(getattr(tb, dtype))
    wide = x.to(tb.float64).numpy()
    limit = {"float32": 2e-6, "float64": 1e-13, "bfloat16": 1e-2}[dtype]
    for axis in range(len(shape)):
        for name in ("softmax", "log_softmax"):
            found = getattr(x, name)(axis).to(tb.float64).numpy()
            np.testing.assert_allclose(found, expected(name, wide, axis), rtol=limit, atol=limit)


@pytest.mark.parametrize("shape", [(1, 3), (3, 1)])
def test_infinities_and_nan(shape: tuple[int, int]) -> None:
    inf, nan, axis = math.inf, math.nan, int(shape[0] == 1)
    for line, sums in [
        ([0.0, -inf, 0.0], math.log(2)),
        ([inf, 1.0, 2.0], inf),
        ([-inf, -inf, -inf], -inf),
        ([inf, nan, 0.0], nan),
        ([1000.0, 1000.0, -inf], 1000 + math.log(2)),
        ([nan, 0.0, 0.0], nan),
    ]:
        x = tb.tensor(line, dtype=tb.float64).reshape(shape)
        np.testing.assert_allclose(x.logsumexp(axis).item(), sums)
        shares = x.softmax(axis).ravel().numpy()
        if math.isfinite(sums):
            np.testing.assert_allclose(shares, np.exp(np.array(line) - sums))
        else:
            assert np.isnan(shares).all()


def test_spellings_and_refusals() -> None:
    x = tb.from_numpy(np.array([[0.0, 1.0], [2.0, 5.0]], np.float32))
    wide = x.softmax(-1, dtype=tb.float64)
    assert wide.dtype == tb.float64
    np.testing.assert_allclose(wide.sum(-1).numpy(), [1, 1], rtol=1e-15)
    out = np.zeros((2, 2), np.float32)
    assert tb.softmax(x, 0, out=out) is out
    np.testing.assert_array_equal(out, x.softmax(0).numpy())
    assert tb.softmax(tb.tensor(3.0), 0).item() == 1
    assert tb.zeros(2, 0).softmax(1).shape == (2, 0)
    assert tb.zeros(2, 0).logsumexp(1).tolist() == [-math.inf] * 2
    assert tb.zeros(2, 3, device="meta").softmax(1).shape == (2, 3)
    with pytest.raises(TypeError, match="needs the axis"):
        tb.softmax(x)
    with pytest.raises(TypeError, match="both `dim` and `axis`"):
        tb.softmax(x, 0, axis=0)
    with pytest.raises(TypeError, match="complex"):
        tb.logsumexp(tb.zeros(2, dtype=tb.complex64))
    with pytest.raises(IndexError):
        tb.softmax(x, 2)
