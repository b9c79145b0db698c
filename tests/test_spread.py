"""Variance and standard deviation with NumPy as the oracle, and with exact sums for accuracy."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from samples import DTYPES, make, views


@pytest.mark.filterwarnings("ignore:Degrees of freedom:RuntimeWarning")
@given(
    name=st.sampled_from(["var", "std"]),
    dtype=st.sampled_from(DTYPES),
    shape=st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple),
    data=st.data(),
    keepdims=st.booleans(),
    correction=st.sampled_from([0, 1, 0.5]),
)
def test_every_spread(
    name: str,
    dtype: str,
    shape: tuple[int, ...],
    data: st.DataObject,
    keepdims: bool,
    correction: float,
) -> None:
    rank = len(shape)
    axis = data.draw(
        st.none()
        | st.integers(-rank, rank - 1)
        | st.lists(st.integers(0, rank - 1), unique=True, min_size=1).map(tuple),
        label="axis",
    )
    array = make(dtype, shape, data.draw(st.integers(0, 99), label="seed"))
    kind = array.dtype.kind
    wide = array.astype("complex128" if kind == "c" else "float64")
    with np.errstate(all="ignore"):
        answer = getattr(np, name)(wide, axis=axis, keepdims=keepdims, ddof=correction)
    expected = np.dtype("float32") if kind in "biu" else array.real.dtype
    for looks in views(array).values():
        x = tb.from_numpy(looks)
        for result in (
            getattr(tb, name)(x, axis=axis, keepdims=keepdims, correction=correction),
            getattr(x, name)(axis, keepdim=keepdims, correction=correction),
        ):
            got = result.numpy()
            assert (got.dtype, got.shape) == (expected, np.shape(answer))
            limit = {2: 2e-3, 4: 1e-6}.get(expected.itemsize, 1e-12)
            np.testing.assert_allclose(got, answer, rtol=limit, atol=limit)


def exact_variance(array: np.ndarray) -> float:
    values = [Fraction(float(value)) for value in array.ravel()]
    mean = sum(values) / len(values)
    return float(sum((value - mean) ** 2 for value in values) / len(values))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("offset", [0, 1e3, 1e6])
@pytest.mark.parametrize("shape", [(7000,), (1000, 7), (40, 150)])
def test_no_worse_than_numpy(dtype: str, offset: float, shape: tuple[int, ...]) -> None:
    array = (np.random.default_rng(1).standard_normal(shape) + offset).astype(dtype)
    exact = exact_variance(array)
    epsilon = float(np.finfo(dtype).eps)
    ours = abs(tb.from_numpy(array).var().item() - exact) / exact
    theirs = abs(float(array.var()) - exact) / exact
    assert ours <= max(theirs, 4 * epsilon)
    columns = tb.from_numpy(np.ascontiguousarray(array.T)).var(dim=0).numpy()
    if array.ndim == 2:
        for row, got in zip(array, columns, strict=True):
            answer = exact_variance(row)
            assert abs(got - answer) <= max(abs(float(row.var()) - answer), 8 * epsilon * answer)


def test_the_spellings_of_the_correction() -> None:
    x = tb.from_numpy(np.array([[1.0, 2.0], [4.0, 8.0]]))
    one = x.var(correction=1).item()
    assert one == np.var([1, 2, 4, 8], ddof=1)
    for same in (x.var(unbiased=True), x.var(True), tb.var(x, None, True), x.std(True) ** 2):
        assert math.isclose(same.item(), one)
    assert x.var(False).item() == x.var().item() == x.var(unbiased=False).item()
    np.testing.assert_array_equal(x.var(0, True).numpy(), [4.5, 18])
    np.testing.assert_array_equal(x.var(0, True, True).numpy(), [[4.5, 18]])
    with pytest.raises(TypeError, match="correction"):
        x.var(unbiased=True, correction=1)
    with pytest.raises(TypeError, match="correction"):
        x.var(correction="1")


def test_with_the_mean() -> None:
    array = np.arange(12.0).reshape(3, 4) ** 2
    for name in ("var", "std"):
        spread, mean = getattr(tb, f"{name}_mean")(array, dim=1, keepdim=True, correction=1)
        np.testing.assert_allclose(spread.numpy(), getattr(array, name)(1, ddof=1, keepdims=True))
        np.testing.assert_array_equal(mean.numpy(), array.mean(1, keepdims=True))


def test_what_is_left_of_too_few() -> None:
    x = tb.ones(3)
    assert math.isnan(x.var(correction=3).item())
    assert math.isnan(tb.ones(1).var(correction=2).item())
    assert math.isnan(tb.zeros(0).var().item())
    assert tb.zeros(2, 0).var(dim=1).shape == (2,)
    assert tb.arange(3.0).var(correction=5).item() == math.inf
    assert math.isnan(tb.tensor([1.0, math.inf]).var().item())


def test_out() -> None:
    array = np.arange(6.0).reshape(2, 3)
    out = np.zeros(3, np.float32)
    assert tb.std(array, axis=0, out=out) is out
    np.testing.assert_array_equal(out, array.std(axis=0).astype(np.float32))
    for wrong in (tb.zeros(4), tb.zeros(3, dtype=tb.int64)):
        with pytest.raises((tb.ShapeError, TypeError)):
            tb.var(array, axis=0, out=wrong)
