"""Norms and condition numbers, against NumPy's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from matrices import FIELDS, LAYOUTS, laid_out, matrices, random, regular, tensor
from tensorbridge import linalg

ORDERS = [2, 1, 0, -1, -2, np.inf, -np.inf, 3, 0.5, -1.5]
MATRIX_ORDERS = ["fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf]


def check(ours, theirs, array, atol=0.0):
    ours = np.asarray(ours)
    assert ours.shape == np.shape(theirs)
    assert ours.dtype == array.real.dtype
    np.testing.assert_allclose(ours, theirs, rtol=float(np.finfo(array.dtype).eps) * 200, atol=atol)


@given(
    st.sampled_from([(1,), (7,), (100,), (3, 4), (2, 3, 4), (5, 1, 6)]),
    st.sampled_from(FIELDS),
    st.sampled_from(ORDERS),
    LAYOUTS,
    st.data(),
)
def test_vector_norm(shape, dtype, order, layout, data):
    a = random(shape, dtype, 1)
    a = laid_out(a, layout) if a.ndim > 1 else a[::-1]
    axes = data.draw(
        st.none()
        | st.integers(-a.ndim, a.ndim - 1)
        | st.lists(st.integers(0, a.ndim - 1), min_size=1, unique=True).map(tuple)
    )
    keepdims = data.draw(st.booleans())
    expected = reference(a, order, axes, keepdims)
    check(linalg.vector_norm(tensor(a), ord=order, axis=axes, keepdims=keepdims), expected, a)
    check(linalg.vector_norm(tensor(a), order, axes, keepdims), expected, a)
    check(tb.norm(tensor(a), order, axes, keepdims), expected, a)


def reference(a, order, axes, keepdims):
    """`np.linalg.vector_norm`, which NumPy 1 has not."""
    size = np.abs(a)
    along = {"axis": axes, "keepdims": keepdims}
    if order == np.inf:
        return size.max(**along)
    if order == -np.inf:
        return size.min(**along)
    if order == 0:
        return (size != 0).astype(size.dtype).sum(**along)
    return (size.astype(np.float64) ** order).sum(**along) ** (1 / order)


@given(matrices(), st.sampled_from(MATRIX_ORDERS), st.booleans())
def test_matrix_norm(a, order, keepdims):
    if 0 in a.shape[-2:] and order not in ("fro", "nuc", 1, np.inf):
        return
    m, n = a.shape[-2:]
    if (order == 1 and n == 0) or (order == np.inf and m == 0):
        with pytest.raises(ValueError, match="no elements"):
            linalg.matrix_norm(tb.ones(m, n), ord=order)
        return
    if a.size == 0 and 0 in a.shape[:-2]:
        assert linalg.matrix_norm(tensor(a), ord=order).shape == a.shape[:-2]
        return
    expected = np.linalg.norm(a, order, axis=(-2, -1), keepdims=keepdims)
    # A small singular value is as exact as the largest allows.
    largest = float(np.linalg.norm(a, "fro", axis=(-2, -1)).max()) if order == -2 else 0.0
    atol = largest * float(np.finfo(a.dtype).eps)
    check(linalg.matrix_norm(tensor(a), ord=order, keepdims=keepdims), expected, a, atol)


def test_axes_of_matrices():
    a = random((2, 3, 4, 5), np.float64, 1)
    for order in MATRIX_ORDERS:
        for axes in ((0, 1), (3, 1), (-1, 0)):
            for keepdims in (False, True):
                expected = np.linalg.norm(a, order, axis=axes, keepdims=keepdims)
                ours = linalg.matrix_norm(tensor(a), order, axes, keepdims)
                check(ours, expected, a)
                check(linalg.norm(tensor(a), order, axes, keepdims), expected, a)
    with pytest.raises(ValueError, match="different"):
        linalg.matrix_norm(tensor(a), dim=(1, 1))
    with pytest.raises(ValueError, match="two axes"):
        linalg.matrix_norm(tensor(a), dim=(1, 2, 3))
    with pytest.raises(ValueError, match="Invalid norm order"):
        linalg.matrix_norm(tensor(a), ord=3)
    with pytest.raises(ValueError, match="Invalid norm order"):
        linalg.matrix_norm(tensor(a), ord="max")


def test_norm_chooses_as_numpy_does():
    a, v = random((3, 4), np.float64, 1), random((5,), np.float64, 2)
    for x in (a, v, random((2, 3, 4), np.float64, 3)):
        check(linalg.norm(tensor(x)), np.linalg.norm(x), x)
        check(linalg.norm(tensor(x), axis=0), np.linalg.norm(x, axis=0), x)
    for order in (1, 2, np.inf, -1):
        check(linalg.norm(tensor(a), order), np.linalg.norm(a, order), a)
        check(linalg.norm(tensor(v), order), np.linalg.norm(v, order), v)
        check(linalg.norm(tensor(a), order, axis=1), np.linalg.norm(a, order, axis=1), a)
    check(linalg.norm(tensor(a), axis=(0, 1)), np.linalg.norm(a, axis=(0, 1)), a)
    with pytest.raises(ValueError, match="vector or a matrix"):
        linalg.norm(tb.ones(2, 3, 4), 2)
    with pytest.raises(ValueError, match="one axis of vectors or two"):
        linalg.norm(tb.ones(2, 3, 4), 2, axis=(0, 1, 2))
    with pytest.raises(ValueError, match="norms of matrices"):
        linalg.norm(tb.ones(3), "fro", axis=0)


def test_nothing():
    assert linalg.vector_norm(tb.zeros(0)).item() == 0
    assert linalg.vector_norm(tb.zeros(2, 0), axis=1).tolist() == [0, 0]
    with pytest.raises(ValueError, match="no elements"):
        linalg.vector_norm(tb.zeros(0), ord=np.inf)


def test_dtypes():
    assert linalg.vector_norm(tb.tensor([3, 4])).dtype == tb.float32
    assert linalg.vector_norm(tb.tensor([3, 4])).item() == 5
    half = tb.tensor([300.0, 400.0], dtype=tb.float16)
    assert linalg.vector_norm(half).dtype == tb.float16
    assert linalg.vector_norm(half).item() == 500
    assert linalg.vector_norm(half, dtype=tb.float64).dtype == tb.float64
    with pytest.raises(TypeError, match="floating-point"):
        linalg.vector_norm(half, dtype=tb.complex64)
    with pytest.raises(TypeError, match="complex"):
        linalg.vector_norm(tb.ones(2, dtype=tb.complex64), dtype=tb.float32)
    assert tb.ones(2, 2).norm(p="fro").item() == 2
    assert tb.ones(2, 2).norm(1, 0).tolist() == [2, 2]


@given(matrices(square=True), st.sampled_from(MATRIX_ORDERS))
def test_cond(a, order):
    if 0 in a.shape:
        return
    a = regular(a)
    ours = np.asarray(linalg.cond(tensor(a), order))
    np.testing.assert_allclose(ours, np.linalg.cond(a, order), rtol=1e-3)


def test_cond_of_hard_matrices():
    both = np.stack([np.eye(2), np.ones((2, 2))])
    for order in (1, np.inf, "fro"):
        assert linalg.cond(tensor(both), order).numpy()[1] == np.inf
    assert linalg.cond(tensor(both)).numpy()[1] > 1e15
    with pytest.raises(linalg.LinAlgError, match="empty"):
        linalg.cond(tb.zeros(0, 0))
    with pytest.raises(tb.ShapeError, match="square"):
        linalg.cond(tb.ones(2, 3), 1)
