"""Equations, inverses, determinants, ranks: what they say holds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from matrices import FIELDS, adjoint, close, eyes, matrices, random, regular, tensor
from tensorbridge import linalg


@given(matrices(square=True), st.sampled_from([0, 1, 3]), st.booleans())
def test_solve(a, columns, left):
    a = regular(a)
    n = a.shape[-1]
    shape = (n, columns) if left else (columns, n)
    b = random((*a.shape[:-2], *shape), a.dtype, 7)
    x = linalg.solve(tensor(a), tensor(b), left=left).numpy()
    assert x.dtype == a.dtype
    close(a @ x if left else x @ a, b, a)


def test_solve_broadcasts():
    a, b = regular(random((4, 1, 3, 3), np.float64, 1)), random((5, 3, 2), np.float64, 2)
    x = linalg.solve(tensor(a), tensor(b)).numpy()
    assert x.shape == (4, 5, 3, 2)
    np.testing.assert_allclose(a @ x, np.broadcast_to(b, x.shape), atol=1e-12)
    v = random((3,), np.float64, 3)
    x = linalg.solve(tensor(a), tensor(v)).numpy()
    assert x.shape == (4, 1, 3)
    np.testing.assert_allclose((a @ x[..., None])[..., 0], np.broadcast_to(v, x.shape), atol=1e-12)
    x = linalg.solve(tensor(a[0, 0]), tensor(v), left=False).numpy()
    np.testing.assert_allclose(x @ a[0, 0], v, atol=1e-12)


def test_solve_promotes():
    x = linalg.solve(tb.eye(2, dtype=tb.float32), tb.ones(2, 1, dtype=tb.complex128))
    assert x.dtype == tb.complex128
    with pytest.raises(tb.ShapeError, match=r"\[2, 2\] and \[3, 1\]"):
        linalg.solve(tb.eye(2), tb.ones(3, 1))
    with pytest.raises(tb.ShapeError, match="2 by 3"):
        linalg.solve(tb.ones(2, 3), tb.ones(2, 1))


@given(matrices(square=True))
def test_inv_and_det(a):
    a = regular(a)
    n = a.shape[-1]
    inverse = linalg.inv(tensor(a)).numpy()
    assert inverse.dtype == a.dtype
    close(inverse @ a, eyes(a, n), a)
    sign, logarithm = (part.numpy() for part in linalg.slogdet(tensor(a)))
    theirs = np.linalg.slogdet(a)
    close(sign, theirs[0], a)
    close(logarithm, theirs[1], a)
    with np.errstate(over="ignore"):
        expected = np.linalg.det(a)
    np.testing.assert_allclose(
        linalg.det(tensor(a)).numpy(), expected, rtol=n * float(np.finfo(a.dtype).eps) * 400
    )
    result = linalg.inv_ex(tensor(a))
    np.testing.assert_array_equal(result.inverse.numpy(), inverse)
    assert result.info.dtype == tb.int32
    assert not result.info.numpy().any()


@pytest.mark.parametrize("dtype", FIELDS)
def test_singular_matrices(dtype):
    a = np.broadcast_to(np.eye(3, dtype=dtype), (2, 3, 3)).copy()
    a[1, 2] = a[1, 1]
    t = tensor(a)
    for function in (linalg.inv, lambda t: linalg.solve(t, tensor(a))):
        with pytest.raises(linalg.LinAlgError, match=r"Singular matrix \(matrix \[1\] .*pivot 3"):
            function(t)
    assert linalg.inv_ex(t).info.tolist() == [0, 3]
    np.testing.assert_array_equal(linalg.inv_ex(t).inverse.numpy()[0], a[0])
    with pytest.raises(linalg.LinAlgError):
        linalg.inv_ex(t, check_errors=True)
    np.testing.assert_array_equal(linalg.det(t).numpy(), np.array([1, 0], dtype))
    sign, logarithm = linalg.slogdet(t)
    np.testing.assert_array_equal(sign.numpy(), np.array([1, 0], dtype))
    np.testing.assert_array_equal(logarithm.numpy(), [0, -np.inf])


def test_the_error_is_of_both_worlds():
    assert issubclass(linalg.LinAlgError, ValueError)
    assert issubclass(linalg.LinAlgError, RuntimeError)
    assert tb.LinAlgError is linalg.LinAlgError
    with pytest.raises(np.linalg.LinAlgError):
        np.linalg.inv(tb.zeros(2, 2))
    with pytest.raises(linalg.LinAlgError):
        np.linalg.inv(tb.zeros(2, 2))


def test_determinants_neither_overflow_nor_underflow_on_the_way():
    a = np.diag([1e200, 1e200, 1e-200, 1e-200, 2.0])
    np.testing.assert_allclose(linalg.det(tensor(a)).numpy(), 2.0)
    assert linalg.det(tensor(a * 1e100)).numpy() == np.inf
    assert linalg.det(tensor(np.zeros((0, 0)))).numpy() == 1
    assert np.isnan(linalg.det(tensor(np.array([[1.0, np.nan], [1.0, 2.0]]))).numpy())
    tiny = np.array([[1e-310, 1.0], [1e-311, 2.0]])
    np.testing.assert_allclose(linalg.det(tensor(tiny)).numpy(), 1.9e-310, rtol=1e-6)


@given(matrices(square=True), st.booleans(), st.booleans(), st.booleans())
def test_solve_triangular(a, upper, left, unit):
    a = regular(a)
    n = a.shape[-1]
    b = random((*a.shape[:-2], *((n, 2) if left else (2, n))), a.dtype, 5)
    x = linalg.solve_triangular(tensor(a), tensor(b), upper=upper, left=left, unitriangular=unit)
    used = np.triu(a) if upper else np.tril(a)
    if unit:
        # Ones on the diagonal of large elements are badly conditioned.
        a = a / 10 / max(n, 1)
        x = linalg.solve_triangular(
            tensor(a), tensor(b), upper=upper, left=left, unitriangular=True
        )
        used = np.triu(a, 1) if upper else np.tril(a, -1)
        used = used + np.eye(n, dtype=a.dtype)
    close(used @ x.numpy() if left else x.numpy() @ used, b, a, scale=10)


@given(matrices(square=True), st.booleans())
def test_solve_with_factors(a, upper):
    a = regular(a)
    b = random((*a.shape[:-1], 2), a.dtype, 5)
    close(a @ linalg.lu_solve(*linalg.lu_factor(tensor(a)), tensor(b)).numpy(), b, a)
    spd = a @ adjoint(a)
    factor = linalg.cholesky(tensor(spd), upper=upper)
    x = tb.cholesky_solve(tensor(b), factor, upper=upper).numpy()
    close(spd @ x, b, a, scale=10)
    inverse = tb.cholesky_inverse(factor, upper=upper).numpy()
    close(spd @ inverse, eyes(a, a.shape[-1]), a, scale=10)


def test_pivots_that_are_no_rows():
    packed, pivots = linalg.lu_factor(tb.eye(3))
    for wrong in ([0, 2, 3], [1, 2, 4], [1, -1, 3]):
        with pytest.raises(ValueError, match="no row"):
            linalg.lu_solve(packed, tb.tensor(wrong), tb.ones(3, 1))
    with pytest.raises(TypeError, match="integers"):
        linalg.lu_solve(packed, tb.ones(3), tb.ones(3, 1))
    with pytest.raises(tb.ShapeError, match="3 pivots"):
        linalg.lu_solve(packed, pivots[:2], tb.ones(3, 1))


@given(matrices())
def test_pinv_and_rank(a):
    inverse = linalg.pinv(tensor(a)).numpy()
    assert inverse.shape == (*a.shape[:-2], a.shape[-1], a.shape[-2])
    assert inverse.dtype == a.dtype
    # What makes it the pseudo-inverse; of random matrices, which are of full rank.
    size = max(1.0, float(np.abs(inverse).max(initial=0)))
    close(a @ inverse @ a, a, a, scale=20 * size)
    close(adjoint(a @ inverse), a @ inverse, a, scale=20 * size)
    close(adjoint(inverse @ a), inverse @ a, a, scale=20 * size)
    rank = linalg.matrix_rank(tensor(a))
    assert rank.dtype == tb.int64
    np.testing.assert_array_equal(rank.numpy(), np.full(a.shape[:-2], min(a.shape[-2:])))


def test_cutoffs():
    a = np.diag([1.0, 1e-3, 1e-9])
    t = tensor(a)
    assert int(linalg.matrix_rank(t)) == 3
    assert int(linalg.matrix_rank(t, rtol=1e-6)) == 2
    assert int(linalg.matrix_rank(t, 1e-2)) == 1
    assert int(linalg.matrix_rank(t, atol=1e-5)) == 2
    assert int(linalg.matrix_rank(tensor(-a), hermitian=True, rtol=1e-6)) == 2
    both = tensor(np.stack([a, a]))
    ranks = linalg.matrix_rank(both, rtol=tensor(np.array([1e-2, 1e-6])))
    assert ranks.tolist() == [1, 2]
    np.testing.assert_allclose(np.diag(linalg.pinv(t, rtol=1e-6)), [1, 1e3, 0])
    np.testing.assert_allclose(np.diag(linalg.pinv(t, 1e-2, hermitian=True)), [1, 0, 0])
    assert int(linalg.matrix_rank(tb.zeros(3, 3))) == 0
    assert not linalg.pinv(tb.zeros(3, 2)).numpy().any()


@given(st.sampled_from([(5, 3), (3, 5), (4, 4), (6, 1)]), st.sampled_from(FIELDS), st.booleans())
def test_lstsq(shape, dtype, several):
    a = random(shape, dtype, 3)
    b = random((shape[0], 2) if several else (shape[0],), dtype, 4)
    found = linalg.lstsq(tensor(a), tensor(b))
    x, residuals, rank, values = np.linalg.lstsq(a, b, rcond=None)
    close(found.solution, x, a, scale=20)
    close(found.residuals, residuals, a, scale=20)
    assert int(found.rank) == rank
    close(found.singular_values, values, a, scale=4)


def test_lstsq_of_batches_and_of_low_rank():
    a, b = random((2, 5, 3), np.float64, 1), random((2, 5, 2), np.float64, 2)
    found = linalg.lstsq(tensor(a), tensor(b))
    for index in range(2):
        x, residuals, _, _ = np.linalg.lstsq(a[index], b[index], rcond=None)
        np.testing.assert_allclose(found.solution.numpy()[index], x)
        np.testing.assert_allclose(found.residuals.numpy()[index], residuals)
    a[0, :, 1] = a[0, :, 0]
    found = linalg.lstsq(tensor(a[0]), tensor(b[0]))
    np.testing.assert_allclose(found.solution, np.linalg.lstsq(a[0], b[0], rcond=None)[0])
    assert int(found.rank) == 2
    assert found.residuals.shape == (0,)
    with pytest.raises(tb.ShapeError, match="rows"):
        linalg.lstsq(tb.ones(3, 2), tb.ones(4))


def test_tensors_as_matrices():
    a = np.eye(24).reshape(6, 4, 2, 3, 4) + random((6, 4, 2, 3, 4), np.float64, 1) / 50
    inverse = linalg.tensorinv(tensor(a), ind=2)
    np.testing.assert_allclose(inverse.numpy(), np.linalg.tensorinv(a, ind=2), atol=1e-12)
    b = random((6, 4), np.float64, 2)
    x = linalg.tensorsolve(tensor(a), tensor(b)).numpy()
    np.testing.assert_allclose(x, np.linalg.tensorsolve(a, b), atol=1e-12)
    with pytest.raises(tb.ShapeError, match="square"):
        linalg.tensorinv(tb.ones(2, 3), ind=1)


def test_out():
    a = regular(random((3, 3), np.float64, 1))
    out = np.empty((3, 3))
    assert linalg.inv(tensor(a), out=out) is out
    np.testing.assert_allclose(out, np.linalg.inv(a))
    target = tb.empty((3, 3), dtype=tb.float64)
    assert linalg.solve(tensor(a), tensor(a), out=target) is target
    np.testing.assert_allclose(target.numpy(), np.eye(3), atol=1e-14)
    with pytest.raises(tb.ShapeError, match="out"):
        linalg.inv(tensor(a), out=np.empty((2, 2)))
    with pytest.raises(TypeError, match="complex128"):
        linalg.eigvals(tensor(a), out=np.empty(3))


def test_methods_and_names():
    a = regular(random((3, 3), np.float64, 1))
    t = tensor(a)
    for ours in (t.inverse(), tb.inverse(t)):
        np.testing.assert_allclose(ours.numpy(), np.linalg.inv(a))
    for ours in (t.det(), tb.det(t), linalg.det(t)):
        np.testing.assert_allclose(ours.numpy(), np.linalg.det(a))
    np.testing.assert_allclose(t.logdet().numpy(), np.log(np.linalg.det(a)))
    assert np.isnan(tb.logdet(-t).numpy())
    np.testing.assert_allclose(t.slogdet().logabsdet.numpy(), np.linalg.slogdet(a)[1])
    np.testing.assert_allclose(t.pinverse().numpy(), np.linalg.inv(a))
    np.testing.assert_allclose(tb.pinverse(t).numpy(), np.linalg.inv(a))
    np.testing.assert_allclose((t @ t.mT).cholesky().numpy(), np.linalg.cholesky(a @ a.T))
