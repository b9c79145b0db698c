"""Different elements and set operations, with NumPy as the oracle."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from test_sorting import DTYPES, make, views

# NumPy flags its own comparisons of complex NaN as invalid where it has AVX-512 loops for them.
pytestmark = pytest.mark.filterwarnings("ignore:invalid value encountered:RuntimeWarning")

SHAPES = st.lists(st.integers(0, 9), max_size=3).map(tuple)


def assert_same(ours: tb.Tensor, theirs: np.ndarray) -> None:
    assert ours.dtype == theirs.dtype
    np.testing.assert_array_equal(ours.numpy(), theirs)


@given(
    dtype=st.sampled_from(DTYPES),
    shape=SHAPES,
    looks=st.sampled_from(["any", "few", "special"]),
    seed=st.integers(0, 99),
)
def test_different_elements(dtype: str, shape: tuple[int, ...], looks: str, seed: int) -> None:
    array = make(dtype, shape, seed, looks)
    # NumPy warns about some of the bits that are NaN.
    with np.errstate(all="ignore"):
        values, indices, inverse, counts = np.unique(
            array, return_index=True, return_inverse=True, return_counts=True, equal_nan=False
        )
        one_nan = np.unique(array)
    for view in views(array).values() if array.ndim else [array]:
        x = tb.from_numpy(view)
        every = tb.unique_all(x)
        assert_same(every.values, values)
        assert_same(every.counts, counts.astype(np.int64))
        if not np.isnan(array).any():
            # Which of several NaN stands where is nobody's business.
            assert_same(every.indices, indices.astype(np.int64))
            assert_same(every.inverse_indices, inverse.reshape(shape).astype(np.int64))
        assert every.inverse_indices.shape == shape
        back = every.values.numpy()[every.inverse_indices.numpy()]
        np.testing.assert_array_equal(back, array)
        np.testing.assert_array_equal(array.ravel()[every.indices.numpy()], values)
        assert_same(tb.unique_values(x), values)
        assert_same(tb.unique_counts(x).values, values)
        assert_same(tb.unique_counts(x).counts, counts.astype(np.int64))
        assert_same(tb.unique_inverse(x).values, values)
        assert_same(tb.unique_inverse(x).inverse_indices, every.inverse_indices.numpy())
        assert_same(tb.unique(x, equal_nan=True), one_nan)


def test_many_elements() -> None:
    source = np.random.default_rng(0)
    for array in (
        source.integers(-40_000, 40_000, 200_000),
        source.standard_normal(150_000).round(2),
        source.random(100_000).astype(np.float32),
        source.integers(0, 256, 90_000).astype(np.uint8),
    ):
        expected = np.unique(array, return_index=True, return_inverse=True, return_counts=True)
        for ours, theirs in zip(tb.unique_all(array), expected, strict=True):
            np.testing.assert_array_equal(ours.numpy(), theirs)


def test_each_nan_is_an_element() -> None:
    array = np.array([np.nan, 1.0, np.nan, -0.0, 0.0])
    every = tb.unique_all(array)
    assert every.values.tolist()[:2] == [0.0, 1.0]
    assert np.isnan(every.values.numpy()[2:]).all()
    assert every.counts.tolist() == [2, 1, 1, 1]
    # Of both zeros the first.
    assert np.signbit(every.values.numpy()[0])
    assert tb.unique(array, equal_nan=True).shape == (3,)
    assert tb.unique(array).shape == (4,)
    assert tb.unique(array * 1j).shape == (4,)


def test_what_unique_returns() -> None:
    array = np.array([[3, 1], [1, 2]])
    x = tb.from_numpy(array)
    assert x.unique().tolist() == [1, 2, 3]
    values, inverse = tb.unique(x, True, True)
    assert (values.tolist(), inverse.tolist()) == ([1, 2, 3], [[2, 0], [0, 1]])
    values, indices, inverse, counts = tb.unique(
        x, return_index=True, return_inverse=True, return_counts=True
    )
    assert (indices.tolist(), counts.tolist()) == ([1, 3, 0], [2, 1, 1])
    named = tb.unique_all(x)
    assert named._fields == ("values", "indices", "inverse_indices", "counts")
    assert tb.unique_counts(x)._fields == ("values", "counts")
    assert tb.unique_inverse(x)._fields == ("values", "inverse_indices")
    assert type(pickle.loads(pickle.dumps(named))) is type(named)


@given(
    dtype=st.sampled_from(["bool", "int16", "uint64", "float32", "complex64"]),
    shape=st.lists(st.integers(0, 5), min_size=1, max_size=3).map(tuple),
    seed=st.integers(0, 99),
    data=st.data(),
)
def test_different_parts(
    dtype: str, shape: tuple[int, ...], seed: int, data: st.DataObject
) -> None:
    axis = data.draw(st.integers(-len(shape), len(shape) - 1), label="axis")
    array = make(dtype, shape, seed, "few")
    if not array.size:
        return
    expected = np.unique(
        array, return_index=True, return_inverse=True, return_counts=True, axis=axis
    )
    for view in views(array).values():
        values, indices, inverse, counts = tb.unique(
            view, return_index=True, return_inverse=True, return_counts=True, dim=axis
        )
        assert_same(values, expected[0])
        np.testing.assert_array_equal(indices.numpy(), expected[1])
        np.testing.assert_array_equal(inverse.numpy(), expected[2].ravel())
        np.testing.assert_array_equal(counts.numpy(), expected[3])


def test_consecutive_elements() -> None:
    array = np.array([1, 1, 2, 2, 2, 1, 3, 3])
    values, inverse, counts = tb.unique_consecutive(array, True, True)
    assert values.tolist() == [1, 2, 1, 3]
    assert inverse.tolist() == [0, 0, 1, 1, 1, 2, 3, 3]
    assert counts.tolist() == [2, 3, 1, 2]
    rows = np.array([[1, 2], [1, 2], [3, 4], [1, 2]])
    assert tb.unique_consecutive(rows, dim=0).tolist() == [[1, 2], [3, 4], [1, 2]]
    assert tb.asarray([]).unique_consecutive().shape == (0,)


@given(
    dtypes=st.sampled_from(
        [
            ("int8", "int8"),
            ("int8", "int32"),
            ("uint8", "uint16"),
            ("float32", "float64"),
            ("bool", "bool"),
            ("complex64", "complex64"),
            ("float16", "float16"),
        ]
    ),
    shapes=st.tuples(SHAPES, SHAPES),
    looks=st.sampled_from(["few", "special"]),
    seed=st.integers(0, 99),
)
def test_two_sets(
    dtypes: tuple[str, str], shapes: tuple[tuple[int, ...], ...], looks: str, seed: int
) -> None:
    a, b = (make(dtypes[k], shapes[k], seed + k, looks) for k in range(2))
    assert_same(tb.intersect1d(a, b), np.intersect1d(a, b))
    assert_same(tb.union1d(a, b), np.union1d(a, b))
    assert_same(tb.setdiff1d(a, b), np.setdiff1d(a, b))
    assert_same(tb.setxor1d(a, b), np.setxor1d(a, b))


def test_sets_that_are_known_to_be() -> None:
    a, b = np.array([5, 1, 3]), np.array([3, 4, 5])
    assert tb.intersect1d(a, b, True).tolist() == [3, 5]
    assert tb.setdiff1d(a, b, assume_unique=True).tolist() == [1]
    assert tb.setdiff1d(np.array([5, 9, 1]), b, True).tolist() == [9, 1]
    assert tb.setxor1d(a, b, True).tolist() == [1, 4]


def test_meta_has_no_elements() -> None:
    with pytest.raises(NotImplementedError):
        tb.unique(tb.empty(3, device="meta"))
