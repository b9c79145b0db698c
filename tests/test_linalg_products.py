"""Products of vectors and tensors, and powers of matrices, against NumPy's."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tensorbridge as tb
from matrices import FIELDS, close, laid_out, matrices, random, tensor
from tensorbridge import linalg

DTYPES = [np.bool_, np.int8, np.uint8, np.int32, np.int64, np.uint64, *FIELDS]


def numbers(shape, dtype, seed):
    if np.dtype(dtype).kind in "fc":
        return random(shape, dtype, seed)
    return np.random.default_rng(seed).integers(0, 5, shape).astype(dtype)


def same(ours, theirs):
    ours = np.asarray(ours)
    assert ours.shape == theirs.shape
    assert ours.dtype == theirs.dtype
    if theirs.dtype.kind in "fc":
        eps = float(np.finfo(theirs.dtype).eps)
        np.testing.assert_allclose(ours, theirs, rtol=eps * 100, atol=eps * 1000)
    else:
        np.testing.assert_array_equal(ours, theirs)


PLAIN = ["c", "fortran", "reversed", "gapped"]


@pytest.mark.parametrize("dtype", FIELDS)
@pytest.mark.parametrize("lengths", [(70, 700, 131), (193, 400, 209), (1, 300, 650), (650, 300, 1)])
def test_large_products_in_every_layout(dtype, lengths):
    m, k, n = lengths
    eps = float(np.finfo(dtype).eps)
    threads = tb.get_num_threads()
    for left, right, layout in itertools.product(PLAIN, PLAIN, PLAIN):
        a, b = laid_out(random((m, k), dtype, 1), left), laid_out(random((k, n), dtype, 2), right)
        outs = [laid_out(random((m, n), dtype, seed), layout) for seed in (3, 4)]
        try:
            for count, out in zip((1, 3), outs, strict=True):
                tb.set_num_threads(count)
                tb.matmul(tensor(a), tensor(b), out=tensor(out))
        finally:
            tb.set_num_threads(threads)
        np.testing.assert_array_equal(*outs)
        np.testing.assert_allclose(outs[0], a @ b, rtol=0, atol=eps * 200 * k**0.5)


def test_large_products_of_what_is_not_finite():
    a = np.ones((160, 300), np.float32)
    a[3, 4], a[5, 6], a[7, 8:10] = np.inf, np.nan, (np.inf, -np.inf)
    b = np.ones((300, 230), np.float32)
    with np.errstate(invalid="ignore"):
        expected = a @ b
    np.testing.assert_array_equal(tb.matmul(tensor(a), tensor(b)).numpy(), expected)
    assert not tb.matmul(tensor(a[:, :0]), tensor(b[:0])).numpy().any()


@given(st.sampled_from(DTYPES), st.data())
def test_tensordot(dtype, data):
    count = data.draw(st.integers(0, 3))
    summed = data.draw(st.lists(st.integers(0, 4), min_size=count, max_size=count))
    rest = data.draw(st.lists(st.integers(0, 4), max_size=2))
    other = data.draw(st.lists(st.integers(0, 4), max_size=2))
    a, b = numbers((*rest, *summed), dtype, 1), numbers((*summed, *other), dtype, 2)
    same(tb.tensordot(tensor(a), tensor(b), axes=count), np.tensordot(a, b, count))
    left = data.draw(st.permutations(range(a.ndim)))
    right = data.draw(st.permutations(range(b.ndim)))
    turned = [left.index(len(rest) + number) for number in range(count)]
    others = [right.index(number) for number in range(count)]
    a, b = a.transpose(left), b.transpose(right)
    if data.draw(st.booleans()):
        turned = [axis - a.ndim for axis in turned]
    expected = np.tensordot(a, b, (turned, others))
    same(tb.tensordot(tensor(a), tensor(b), axes=(turned, others)), expected)
    same(tb.tensordot(tensor(a), tensor(b), dims=(turned, others)), expected)
    same(linalg.tensordot(tensor(a), tensor(b), axes=(turned, others)), expected)


def test_tensordot_says_what_does_not_fit():
    a, b = tb.ones(2, 3), tb.ones(4, 2)
    with pytest.raises(tb.ShapeError, match="size 3 in dim 1 and second has size 4 in dim 0"):
        tb.tensordot(a, b, axes=1)
    with pytest.raises(tb.ShapeError, match="3 axes"):
        tb.tensordot(a, b, axes=3)
    with pytest.raises(IndexError):
        tb.tensordot(a, b, axes=([2], [0]))
    with pytest.raises(ValueError, match="multiple times"):
        tb.tensordot(a, tb.ones(2, 2), axes=([0, 0], [0, 1]))
    with pytest.raises(ValueError, match="same length"):
        tb.tensordot(a, b, axes=([0, 1], [0]))
    with pytest.raises(ValueError, match="number of axes or two sequences"):
        tb.tensordot(a, b, axes=-1)
    assert tb.tensordot(a, b, axes=0).shape == (2, 3, 4, 2)
    assert tb.tensordot(a, b, axes=(0, 1)).shape == (3, 4)


@given(
    hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=4),
    st.integers(0, 6),
    st.sampled_from(DTYPES),
    st.data(),
)
def test_vecdot(shapes, length, dtype, data):
    one, other = shapes.input_shapes
    place = data.draw(st.integers(0, min(len(one), len(other))))

    def insert(shape):
        return (*shape[: len(shape) - place], length, *shape[len(shape) - place :])

    a, b = numbers(insert(one), dtype, 1), numbers(insert(other), dtype, 2)
    axis = -place - 1
    products = np.moveaxis(np.conj(a), axis, -1) * np.moveaxis(b, axis, -1)
    expected = products.any(-1) if dtype == np.bool_ else np.add.reduce(products, -1, dtype=a.dtype)
    same(tb.vecdot(tensor(a), tensor(b), axis=axis), np.asarray(expected))
    same(linalg.vecdot(tensor(a), tensor(b), dim=axis), np.asarray(expected))


def test_vecdot_of_unlike_vectors():
    with pytest.raises(tb.ShapeError, match="no vectors of one length"):
        tb.vecdot(tb.ones(3), tb.ones(1))
    with pytest.raises(IndexError):
        tb.vecdot(tb.ones(3), tb.ones(3), axis=-2)
    out = np.zeros(2)
    assert tb.vecdot(tb.ones(2, 3), tb.ones(3), out=out) is out
    assert out.tolist() == [3, 3]


@given(st.sampled_from(DTYPES), st.integers(0, 5), st.integers(0, 5))
def test_outer_inner_and_vdot(dtype, m, n):
    v, u = numbers((m,), dtype, 1), numbers((n,), dtype, 2)
    same(tb.outer(tensor(v), tensor(u)), np.outer(v, u))
    same(tb.ger(tensor(v), tensor(u)), np.outer(v, u))
    same(tensor(v).outer(tensor(u)), np.outer(v, u))
    a, b = numbers((2, m), dtype, 3), numbers((3, 2, m), dtype, 4)
    same(tb.inner(tensor(a), tensor(b)), np.inner(a, b))
    same(tb.inner(tensor(a), 2), np.asarray(np.multiply(a, 2)) if dtype != np.bool_ else a * 2)
    w = numbers((m,), dtype, 5)
    same(tb.vdot(tensor(v), tensor(w)), np.asarray(np.vdot(v, w)))


def test_outer_and_vdot_say_what_does_not_fit():
    with pytest.raises(tb.ShapeError, match="1-D"):
        tb.outer(tb.ones(2, 2), tb.ones(2))
    with pytest.raises(tb.ShapeError, match="different numbers"):
        tb.vdot(tb.ones(3), tb.ones(2))
    with pytest.raises(tb.ShapeError):
        tb.inner(tb.ones(3), tb.ones(2))


@given(
    st.sampled_from(DTYPES),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)
def test_kron(dtype, one, other):
    a, b = numbers(one, dtype, 1), numbers(other, dtype, 2)
    same(tb.kron(tensor(a), tensor(b)), np.asarray(np.kron(a, b)))


@given(
    st.sampled_from(DTYPES[1:]),
    st.sampled_from([((3,), (3,)), ((4, 3), (3,)), ((2, 1, 3), (4, 3))]),
)
def test_cross(dtype, shapes):
    a, b = (numbers(shape, dtype, seed) for seed, shape in enumerate(shapes))
    expected = np.cross(a, b)
    same(linalg.cross(tensor(a), tensor(b)), expected)
    turned = [np.moveaxis(x, -1, 0) for x in np.broadcast_arrays(a, b)]
    axis = -turned[0].ndim
    ours = linalg.cross(*map(tensor, turned), axis=axis)
    same(ours, np.moveaxis(expected, -1, 0))


def test_cross_says_what_does_not_fit():
    for a, b in (
        (tb.ones(2), tb.ones(2)),
        (tb.ones(3), tb.ones(1)),
        (tb.ones(2, 3), tb.ones(4, 3)),
    ):
        with pytest.raises(tb.ShapeError):
            linalg.cross(a, b)
    with pytest.raises(TypeError, match="bool"):
        linalg.cross(tb.tensor([True] * 3), tb.tensor([True] * 3))


@given(st.sampled_from(DTYPES), st.integers(-5, 5))
def test_diagonal_and_trace(dtype, offset):
    a = numbers((2, 3, 4), dtype, 1)
    t = tensor(a)
    view = linalg.diagonal(t, offset=offset)
    np.testing.assert_array_equal(view.numpy(), np.diagonal(a, offset, -2, -1))
    assert view.numel() == 0 or np.shares_memory(view.numpy(), a)
    ours = linalg.trace(t, offset=offset)
    expected = np.trace(a, offset, -2, -1)
    np.testing.assert_allclose(ours.numpy(), expected, rtol=1e-5, atol=1e-5)
    assert ours.numpy().dtype == expected.dtype
    assert linalg.trace(t, dtype=tb.complex128).dtype == tb.complex128
    same(t[0].trace(), np.asarray(np.trace(a[0])))


@given(matrices(square=True), st.integers(-3, 6))
def test_matrix_power(a, n):
    a = a / max(1, a.shape[-1]) + np.eye(a.shape[-1], dtype=a.dtype)
    ours = linalg.matrix_power(tensor(a), n)
    assert ours.numpy().dtype == a.dtype
    if a.size:
        close(ours, np.linalg.matrix_power(a, n), a, scale=100)


def test_powers_are_fresh_memory():
    a = tb.eye(2)
    for n in (0, 1, -1):
        power = linalg.matrix_power(a, n)
        power[0, 0] = 7
        assert a[0, 0] == 1
    with pytest.raises(linalg.LinAlgError):
        linalg.matrix_power(tb.zeros(2, 2), -1)
    assert tb.matrix_power(tb.tensor([[1, 1], [1, 0]]), 10).tolist() == [[89, 55], [55, 34]]
    with pytest.raises(TypeError):
        linalg.matrix_power(a, 1.5)


@given(matrices(square=True), st.sampled_from([1e-3, 0.3, 1.0, 5.0]))
def test_matrix_exp(a, size):
    """By the definition: a scaled and squared series of Taylor."""
    a = a / max(1.0, np.sqrt(a.shape[-1]))
    a = (a * size).astype(a.dtype)
    wide = a.astype(np.result_type(a, np.float64)) / 2**10
    term = total = np.broadcast_to(np.eye(a.shape[-1]), a.shape).astype(wide.dtype)
    for k in range(1, 12):
        term = term @ wide / k
        total = total + term
    for _ in range(10):
        total = total @ total
    ours = linalg.matrix_exp(tensor(a)).numpy()
    assert ours.dtype == a.dtype
    close(ours, total, a, scale=100)


def test_matrix_exp_of_hard_matrices():
    np.testing.assert_array_equal(tb.matrix_exp(tb.zeros(3, 3)).numpy(), np.eye(3))
    assert np.isnan(linalg.matrix_exp(tb.full((2, 2), np.nan)).numpy()).all()
    turn = np.array([[0.0, -1], [1, 0]]) * 100
    expected = [[np.cos(100), -np.sin(100)], [np.sin(100), np.cos(100)]]
    np.testing.assert_allclose(tensor(turn).matrix_exp().numpy(), expected, rtol=1e-10)


@given(st.lists(st.integers(1, 6), min_size=3, max_size=7), st.booleans(), st.booleans())
def test_multi_dot(lengths, row, column):
    factors = [
        random((m, n), np.float64, seed) for seed, (m, n) in enumerate(itertools.pairwise(lengths))
    ]
    if row:
        factors[0] = factors[0][0]
    if column:
        factors[-1] = factors[-1][:, 0] if factors[-1].ndim == 2 else factors[-1]
    expected = factors[0]
    for factor in factors[1:]:
        expected = expected @ factor
    ours = linalg.multi_dot(list(map(tensor, factors)))
    np.testing.assert_allclose(ours.numpy(), expected, atol=1e-10)
    if not row and not column:
        np.testing.assert_allclose(
            tb.chain_matmul(*map(tensor, factors)).numpy(), expected, atol=1e-10
        )


def test_multi_dot_says_what_does_not_fit():
    with pytest.raises(ValueError, match="at least 2"):
        linalg.multi_dot([tb.ones(2, 2)])
    with pytest.raises(tb.ShapeError, match="tensor 1 must be 2D"):
        linalg.multi_dot([tb.ones(2, 2), tb.ones(2), tb.ones(2, 2)])
    with pytest.raises(tb.ShapeError):
        linalg.multi_dot([tb.ones(2, 3), tb.ones(2, 3), tb.ones(3, 2)])
    with pytest.raises(TypeError):
        linalg.multi_dot(3)


SUMS = {
    "addmm": ((3, 4), (4, 5), (3, 5), lambda a, b: a @ b),
    "addmv": ((3, 4), (4,), (3,), lambda a, b: a @ b),
    "baddbmm": ((2, 3, 4), (2, 4, 5), (2, 3, 5), lambda a, b: a @ b),
    "addbmm": ((2, 3, 4), (2, 4, 5), (3, 5), lambda a, b: (a @ b).sum(0, dtype=a.dtype)),
    "addr": ((3,), (5,), (3, 5), np.outer),
}


@pytest.mark.parametrize("name", SUMS)
@pytest.mark.parametrize("dtype", [np.int32, np.float32, np.complex128])
def test_products_with_a_sum(name, dtype):
    left, right, shape, product = SUMS[name]
    a, b, c = numbers(left, dtype, 1), numbers(right, dtype, 2), numbers(shape, dtype, 3)
    function = getattr(tb, name)
    same(function(tensor(c), tensor(a), tensor(b)), c + product(a, b))
    expected = (2 * c + 3 * product(a, b)).astype(dtype)
    same(function(tensor(c), tensor(a), tensor(b), beta=2, alpha=3), expected)
    same(getattr(tensor(c), name)(tensor(a), tensor(b), beta=2, alpha=3), expected)
    same(
        function(tb.tensor(0, dtype=tensor(c).dtype), tensor(a), tensor(b)),
        product(a, b).astype(dtype),
    )
    out = np.empty(shape, dtype)
    assert function(tensor(c), tensor(a), tensor(b), out=out) is out
    same(out, (c + product(a, b)).astype(dtype))
    target = c.copy()
    t = tensor(target)
    assert getattr(t, f"{name}_")(tensor(a), tensor(b), alpha=2) is t
    same(target, (c + 2 * product(a, b)).astype(dtype))


def test_a_beta_of_0_leaves_nan_out():
    nan = tb.full((2, 2), np.nan)
    assert tb.addmm(nan, tb.ones(2, 2), tb.ones(2, 2), beta=0).tolist() == [[2, 2], [2, 2]]
    with pytest.raises(tb.ShapeError, match="must have 2 axes"):
        tb.addmm(nan, tb.ones(2), tb.ones(2, 2))
    with pytest.raises(tb.ShapeError, match="broadcast"):
        tb.addmm(tb.ones(3, 2, 2), tb.ones(2, 2), tb.ones(2, 2))
