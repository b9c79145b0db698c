"""Decompositions: they give the matrix back, their factors are what they should be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tensorbridge as tb
from matrices import FIELDS, adjoint, close, eyes, matrices, random, regular, tensor
from tensorbridge import linalg


def real(dtype: np.dtype) -> np.dtype:
    return np.empty(0, dtype).real.dtype


def complex_(dtype: np.dtype) -> np.dtype:
    return np.result_type(dtype, np.complex64)


@given(matrices(square=True), st.booleans())
def test_cholesky(a, upper):
    a = a @ adjoint(a) + np.eye(a.shape[-1], dtype=a.dtype)
    factor = linalg.cholesky(tensor(a), upper=upper)
    assert factor.numpy().dtype == a.dtype
    f = factor.numpy()
    close(adjoint(f) @ f if upper else f @ adjoint(f), a, a)
    np.testing.assert_array_equal(f, np.triu(f) if upper else np.tril(f))
    # The other triangle is not looked at.
    broken = a + np.where(
        np.tri(a.shape[-1], k=-1, dtype=bool).T ^ upper & ~np.eye(a.shape[-1], dtype=bool),
        np.nan,
        0,
    ).astype(a.dtype)
    if a.shape[-1] > 1 and a.size:
        np.testing.assert_array_equal(linalg.cholesky(tensor(broken), upper=upper).numpy(), f)


@given(matrices(square=True), st.sampled_from("LU"))
def test_eigh(a, triangle):
    h = a + adjoint(a)
    values, vectors = linalg.eigh(tensor(h), triangle)
    assert values.numpy().dtype == real(a.dtype)
    assert vectors.numpy().dtype == a.dtype
    w, v = values.numpy(), vectors.numpy()
    close(h @ v, v * w[..., None, :], a, scale=4)
    close(adjoint(v) @ v, eyes(a, a.shape[-1]), a)
    assert (np.diff(w, axis=-1) >= 0).all()
    close(linalg.eigvalsh(tensor(h), triangle), w, a, scale=4)
    close(w, np.linalg.eigvalsh(h), a, scale=4)


def test_eigh_reads_one_triangle():
    a = np.array([[2.0, 1.0], [1.0, 3.0]])
    for triangle, place in (("L", (0, 1)), ("U", (1, 0))):
        broken = a.copy()
        broken[place] = np.nan
        np.testing.assert_allclose(
            linalg.eigvalsh(tensor(broken), triangle).numpy(), np.linalg.eigvalsh(a)
        )
    with pytest.raises(ValueError, match="UPLO"):
        linalg.eigh(tensor(a), "X")


@given(matrices(square=True))
@settings(max_examples=60)
def test_eig(a):
    values, vectors = linalg.eig(tensor(a))
    assert values.numpy().dtype == vectors.numpy().dtype == complex_(a.dtype)
    w, v = values.numpy(), vectors.numpy()
    close(a @ v, v * w[..., None, :], a, scale=10)
    if a.size:
        np.testing.assert_allclose(np.linalg.norm(v, axis=-2), 1, rtol=1e-5)
    alone = linalg.eigvals(tensor(a)).numpy()
    close(alone.sum(-1), w.sum(-1), a, scale=10)
    close(w.sum(-1), np.trace(a, axis1=-2, axis2=-1), a, scale=10)


def test_real_matrices_have_conjugate_pairs():
    turn = np.array([[0.0, -2.0], [2.0, 0.0]])
    values = linalg.eigvals(tensor(turn)).numpy()
    np.testing.assert_allclose(sorted(values.imag), [-2, 2])
    assert values[0] == values[1].conj()


@given(matrices(), st.booleans())
def test_svd(a, full):
    u, s, vh = (part.numpy() for part in linalg.svd(tensor(a), full_matrices=full))
    m, n = a.shape[-2:]
    k = min(m, n)
    assert u.shape == (*a.shape[:-2], m, m if full else k)
    assert vh.shape == (*a.shape[:-2], n if full else k, n)
    assert (u.dtype, s.dtype, vh.dtype) == (a.dtype, real(a.dtype), a.dtype)
    close((u[..., :k] * s[..., None, :]) @ vh[..., :k, :], a, a, scale=4)
    close(adjoint(u) @ u, eyes(a, u.shape[-1]), a)
    close(vh @ adjoint(vh), eyes(a, vh.shape[-2]), a)
    assert (np.diff(s, axis=-1) <= 0).all()
    assert (s >= 0).all()
    close(linalg.svdvals(tensor(a)), s, a, scale=10)


@given(st.sampled_from(FIELDS), st.integers(0, 1000), st.booleans())
def test_svd_of_long_matrices(dtype, seed, full):
    """Far longer than wide, it goes through `qr` first."""
    for shape in ((70, 3), (3, 70), (1, 40), (2, 60, 2)):
        a = random(shape, dtype, seed)
        u, s, vh = (part.numpy() for part in linalg.svd(tensor(a), full_matrices=full))
        k = s.shape[-1]
        close((u[..., :k] * s[..., None, :]) @ vh[..., :k, :], a, a, scale=4)
        close(adjoint(u) @ u, eyes(a, u.shape[-1]), a)
        close(vh @ adjoint(vh), eyes(a, vh.shape[-2]), a)


@given(matrices(), st.sampled_from(["reduced", "complete"]))
def test_qr(a, mode):
    q, r = (part.numpy() for part in linalg.qr(tensor(a), mode=mode))
    m, n = a.shape[-2:]
    k = m if mode == "complete" else min(m, n)
    assert q.shape == (*a.shape[:-2], m, k)
    assert r.shape == (*a.shape[:-2], k, n)
    assert q.dtype == r.dtype == a.dtype
    close(q @ r, a, a, scale=4)
    close(adjoint(q) @ q, eyes(a, k), a)
    np.testing.assert_array_equal(r, np.triu(r))


def test_modes_of_qr():
    a = tensor(np.arange(6.0).reshape(3, 2))
    assert linalg.qr(a, mode="r").R.shape == (2, 2)
    assert linalg.qr(a, mode="r").Q.numel() == 0
    with pytest.raises(ValueError, match="unrecognized mode"):
        linalg.qr(a, mode="raw")


def test_dependent_columns():
    a = np.zeros((5, 4))
    a[:, 1] = a[:, 3] = 1
    q, r = (part.numpy() for part in linalg.qr(tensor(a)))
    np.testing.assert_allclose(q @ r, a, atol=1e-14)
    np.testing.assert_allclose(q.T @ q, np.eye(4), atol=1e-14)


@given(matrices())
def test_lu(a):
    p, lower, upper = (part.numpy() for part in linalg.lu(tensor(a)))
    close(p @ lower @ upper, a, a, scale=10)
    k = lower.shape[-1]
    np.testing.assert_array_equal(lower, np.tril(lower))
    np.testing.assert_array_equal(upper, np.triu(upper))
    np.testing.assert_array_equal(
        np.diagonal(lower, axis1=-2, axis2=-1), np.ones((*a.shape[:-2], k))
    )
    np.testing.assert_array_equal(p.sum(-1), np.ones(p.shape[:-1]))
    # Pivoting keeps multipliers small; complex ones by the sum of parts.
    assert (np.abs(lower) <= 1.5).all()
    packed, pivots = (part.numpy() for part in linalg.lu_factor(tensor(a)))
    np.testing.assert_array_equal(np.triu(packed)[..., :k, :], upper)
    rows = np.broadcast_to(np.arange(a.shape[-2]), p.shape[:-1]).copy()
    for row in range(pivots.shape[-1]):
        other = pivots[..., row, None].astype(np.int64) - 1
        one, two = rows[..., row, None].copy(), np.take_along_axis(rows, other, -1)
        rows[..., row, None] = two
        np.put_along_axis(rows, other, one, -1)
    if p.size:
        np.testing.assert_array_equal(p.argmax(-2), rows)


def test_lu_of_singular_matrices():
    for a in (np.zeros((3, 3)), np.ones((3, 3)), np.array([[0.0, 1.0], [0.0, 2.0]])):
        p, lower, upper = (part.numpy() for part in linalg.lu(tensor(a)))
        np.testing.assert_array_equal(p @ lower @ upper, a)


@pytest.mark.parametrize("function", [linalg.eigh, linalg.svd, linalg.eig, linalg.svdvals])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_not_finite(function, value):
    a = np.ones((2, 3, 3))
    a[1, 2, 0] = value
    with pytest.raises(linalg.LinAlgError, match=r"infs or NaNs \(matrix \[1\] of the batch\)"):
        function(tensor(a))
    with pytest.raises(RuntimeError):
        function(tensor(a))


def test_matrices_that_are_not_positive_definite():
    with pytest.raises(linalg.LinAlgError, match=r"not positive definite.* order 2"):
        linalg.cholesky(tensor(np.array([[1.0, 2.0], [2.0, 1.0]])))
    with pytest.raises(linalg.LinAlgError, match="not positive definite"):
        linalg.cholesky(tensor(np.full((2, 2), np.nan)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex128])
@pytest.mark.parametrize("size", [1e-30, 1e-10, 1.0, 1e20])
def test_errors_are_relative_to_the_size(dtype, size):
    """Beyond the size below which nothing is divided."""
    a = np.random.default_rng(0).standard_normal((150, 150)).astype(dtype)
    h = (a + a.T) * dtype(size)
    near = 300 * np.finfo(dtype).eps * np.linalg.norm(h, 2)
    w, v = (result.numpy() for result in linalg.eigh(tensor(h)))
    assert np.abs(h @ v - v * w).max() <= near
    assert np.abs(adjoint(v) @ v - np.eye(150)).max() <= 300 * np.finfo(dtype).eps
    assert np.abs(linalg.eigvalsh(tensor(h)).numpy() - w).max() <= near
    u, s, vh = (result.numpy() for result in linalg.svd(tensor(h)))
    assert np.abs((u * s) @ vh - h).max() <= near


@pytest.mark.parametrize("size", [1e300, 1e-300, 1e-310])
def test_sizes_at_the_ends_of_the_range(size):
    a = random((6, 6), np.float64, 1)
    s = np.linalg.svd(a, compute_uv=False)
    np.testing.assert_allclose(linalg.svdvals(tensor(a * size)).numpy() / size, s, rtol=1e-4)
    h = a + a.T
    np.testing.assert_allclose(
        linalg.eigvalsh(tensor(h * size)).numpy() / size, np.linalg.eigvalsh(h), rtol=1e-4
    )


@pytest.mark.parametrize("dtype", [tb.float16, tb.bfloat16])
def test_half_precision_goes_through_float32(dtype):
    a = tensor(np.array([[4.0, 1.0], [1.0, 3.0]])).to(dtype)
    values, vectors = linalg.eigh(a)
    assert values.dtype == vectors.dtype == dtype
    wide = linalg.eigh(a.to(tb.float32))
    assert values.tolist() == wide.eigenvalues.to(dtype).tolist()
    assert linalg.eig(a).eigenvalues.dtype == tb.complex64


def test_integers_become_the_default_dtype():
    a = tb.tensor([[2, 0], [0, 3]])
    assert linalg.svdvals(a).dtype == tb.float32
    assert linalg.eigvals(a).dtype == tb.complex64


def test_large_matrices_use_the_threads():
    a = random((300, 300), np.float64, 3)
    u, s, vh = (part.numpy() for part in linalg.svd(tensor(a)))
    close((u * s) @ vh, a, a, scale=10)
    h = a + a.T
    w, v = (part.numpy() for part in linalg.eigh(tensor(h)))
    close(h @ v, v * w, a, scale=10)
    q, r = (part.numpy() for part in linalg.qr(tensor(a)))
    close(q @ r, a, a, scale=10)
    values, vectors = (part.numpy() for part in linalg.eig(tensor(a)))
    close(a @ vectors, vectors * values, a, scale=100)
    b = regular(a)
    close(linalg.inv(tensor(b)).numpy() @ b, np.eye(300), a)
    spd = a @ a.T + np.eye(300)
    factor = linalg.cholesky(tensor(spd)).numpy()
    close(factor @ factor.T, spd, a, scale=10)


def test_meta_tensors_have_shapes():
    meta = tb.empty((2, 5, 3), dtype=tb.complex64, device="meta")
    u, s, vh = linalg.svd(meta)
    assert (u.shape, s.shape, vh.shape) == ((2, 5, 5), (2, 3), (2, 3, 3))
    assert (u.dtype, s.dtype) == (tb.complex64, tb.float32)
    assert linalg.eig(meta[:, :3]).eigenvalues.shape == (2, 3)


def test_too_few_axes():
    for function in (linalg.svd, linalg.qr, linalg.eigh, linalg.cholesky, linalg.lu):
        with pytest.raises(tb.ShapeError, match="at least 2 dimensions"):
            function(tb.ones(3))
    for function in (linalg.eigh, linalg.eig, linalg.cholesky):
        with pytest.raises(ValueError, match="2 by 3"):
            function(tb.ones(2, 3))
