"""Counting, with NumPy as the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb


@given(
    dtype=st.sampled_from(["bool", "int8", "int32", "int64", "uint8", "uint64"]),
    count=st.integers(0, 60),
    least=st.integers(0, 9),
    seed=st.integers(0, 99),
)
def test_how_often_numbers_occur(dtype: str, count: int, least: int, seed: int) -> None:
    source = np.random.default_rng(seed)
    numbers = source.integers(0, 2 if dtype == "bool" else 12, count).astype(dtype)
    expected = np.bincount(numbers.astype(np.int64), minlength=least)
    for array in (numbers, numbers[::-1].copy()[::-1], np.repeat(numbers, 2)[::2]):
        found = tb.bincount(array, minlength=least)
        assert found.dtype == tb.int64
        np.testing.assert_array_equal(found.numpy(), expected)
    for weights in (source.random(count), source.random(count).astype(np.float32)):
        found = tb.from_numpy(numbers).bincount(weights, least)
        assert found.dtype == weights.dtype
        wide = np.bincount(numbers.astype(np.int64), weights, least)
        np.testing.assert_allclose(found.numpy(), wide, rtol=1e-6)
    whole = source.integers(-5, 5, count)
    found = tb.bincount(numbers, whole, least)
    assert found.dtype == tb.float64
    np.testing.assert_array_equal(
        found.numpy(), np.bincount(numbers.astype(np.int64), whole, least)
    )


def test_many_numbers() -> None:
    numbers = np.random.default_rng(0).integers(0, 3000, 300_000)
    np.testing.assert_array_equal(tb.bincount(numbers).numpy(), np.bincount(numbers))
    np.testing.assert_array_equal(tb.bincount(numbers * 50).numpy(), np.bincount(numbers * 50))


def test_numbers_that_cannot_be_counted() -> None:
    with pytest.raises(ValueError, match="-3 is among them"):
        tb.bincount([1, -3])
    for wrong in (np.ones(3), np.ones((2, 2), np.int64)):
        with pytest.raises(TypeError, match="1-d"):
            tb.bincount(wrong)
    with pytest.raises(tb.ShapeError):
        tb.bincount([1, 2], weights=[1.0])
    with pytest.raises(MemoryError):
        tb.bincount([2**62])


@given(
    dtype=st.sampled_from(["int8", "int64", "uint16", "float64"]),
    shape=st.lists(st.integers(0, 20), max_size=2).map(tuple),
    bins=st.integers(1, 12),
    ends=st.none() | st.tuples(st.integers(-9, 0), st.integers(1, 9)),
    density=st.booleans(),
    seed=st.integers(0, 99),
)
def test_bins_of_one_width(
    dtype: str,
    shape: tuple[int, ...],
    bins: int,
    ends: tuple[int, int] | None,
    density: bool,
    seed: int,
) -> None:
    source = np.random.default_rng(seed)
    array = (source.integers(0, 10, shape) if dtype != "float64" else source.random(shape)).astype(
        dtype
    )
    with np.errstate(all="ignore"):
        expected = np.histogram(array, bins, ends, density)
        found = tb.histogram(array, bins, ends, density)
    assert found._fields == ("hist", "bin_edges")
    np.testing.assert_allclose(found.bin_edges.numpy(), expected[1], rtol=1e-15)
    # Values on an edge that is rounded otherwise may change sides: count by the edges given.
    with np.errstate(all="ignore"):
        expected = np.histogram(array, found.bin_edges.numpy(), density=density)
    np.testing.assert_allclose(found.hist.numpy(), expected[0])
    np.testing.assert_array_equal(
        tb.histogram_bin_edges(array, bins, ends).numpy(), found.bin_edges.numpy()
    )
    weights = source.random(shape)
    weighed = tb.histogram(array, found.bin_edges, weights=weights)
    np.testing.assert_allclose(
        weighed.hist.numpy(), np.histogram(array, found.bin_edges.numpy(), weights=weights)[0]
    )


@pytest.mark.parametrize("rule", ["auto", "doane", "fd", "rice", "scott", "sqrt", "sturges"])
def test_rules_for_the_number_of_bins(rule: str) -> None:
    source = np.random.default_rng(4)
    for array in (
        source.standard_normal(1000),
        source.exponential(size=77),
        source.integers(0, 50, 500),
        np.ones(9),
        np.arange(3.0),
    ):
        if rule == "auto" and int(np.__version__.split(".")[0]) < 2:
            continue
        expected = np.histogram_bin_edges(array, rule)
        np.testing.assert_allclose(tb.histogram_bin_edges(array, rule).numpy(), expected)
        expected = np.histogram_bin_edges(array, rule, (1, 20))
        np.testing.assert_allclose(tb.histogram_bin_edges(array, rule, (1, 20)).numpy(), expected)


def test_edges_that_are_given() -> None:
    array = np.array([0.0, 1, 1, 2, 3, 5, np.nan, np.inf])
    for edges in ([0, 1, 2, 5], [1, 1, 2], [0.5, 3]):
        expected = np.histogram(array, edges)
        found = tb.histogram(array, edges)
        np.testing.assert_array_equal(found.hist.numpy(), expected[0])
    with pytest.raises(ValueError, match="monotonic"):
        tb.histogram(array, [1, 0])


def test_histc() -> None:
    array = np.array([0.0, 1, 1, 2, 3, 5], np.float32)
    found = tb.histc(array, 5)
    assert (found.dtype, found.tolist()) == (tb.float32, [1, 2, 1, 1, 1])
    assert tb.from_numpy(array).histc(2, 1, 3).tolist() == [2, 2]


def test_histograms_that_are_refused() -> None:
    array = np.array([1.0, 2.0])
    for what, call in (
        ("positive", lambda: tb.histogram(array, 0)),
        ("estimator", lambda: tb.histogram(array, "none")),
        ("not finite", lambda: tb.histogram([np.nan])),
        ("larger than min", lambda: tb.histogram(array, 3, (2, 1))),
        ("not finite", lambda: tb.histogram(array, 3, (0, np.inf))),
        ("same shape", lambda: tb.histogram(array, 3, weights=[1.0])),
        ("1d", lambda: tb.histogram(array, [[1, 2]])),
    ):
        with pytest.raises(ValueError, match=what):
            call()
    for what, call in (
        ("weighted", lambda: tb.histogram(array, "auto", weights=array)),
        ("order", lambda: tb.histogram(array * 1j)),
        ("`bins`", lambda: tb.histogram(array, 1.5)),
    ):
        with pytest.raises(TypeError, match=what):
            call()
