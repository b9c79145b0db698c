"""Shapes that do not fit: the error names the operation and both shapes, and nothing is written."""

import numpy as np
import pytest

import tensorbridge as tb


def ones(*shape, dtype=None):
    return tb.ones(shape, dtype=dtype)


PAIRS = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: tb.subtract(a, b),
    "multiply": lambda a, b: a.mul_(b),
    "copysign": tb.copysign,
    "less": lambda a, b: a < b,
    "where": lambda a, b: tb.where(a > 0, b, 1.0),
    "lerp": lambda a, b: tb.lerp(a, b, 0.5),
    "masked_select": lambda a, b: tb.masked_select(a, b > 0),
    "vecdot": tb.vecdot,
    "linalg.cross": tb.linalg.cross,
    "stack": lambda a, b: tb.stack([a, b]),
}


@pytest.mark.parametrize("name", PAIRS)
def test_two_vectors(name):
    with pytest.raises(tb.ShapeError) as caught:
        PAIRS[name](ones(3), ones(4))
    message = str(caught.value)
    assert name in message
    assert "[3]" in message
    assert "[4]" in message


MATRICES = {
    "matmul": (lambda a, b: a @ b, "2x3", "5x4"),
    "tensordot": (lambda a, b: tb.tensordot(a, b, axes=1), "[2, 3]", "[5, 4]"),
    "einsum": (lambda a, b: tb.einsum("ij,jk", a, b), "[2, 3]", "[5, 4]"),
    "concat": (lambda a, b: tb.concat([a, b]), "[2, 3]", "[5, 4]"),
    "linalg.solve": (lambda a, b: tb.linalg.solve(a @ a.mT, b), "[2, 2]", "[5, 4]"),
    "gather": (lambda a, b: tb.gather(a, 0, b.to(tb.int64)), "[2, 3]", "[5, 4]"),
    "scatter": (lambda a, b: tb.scatter(a, 0, b.to(tb.int64), 1.0), "[2, 3]", "[5, 4]"),
}


@pytest.mark.parametrize("name", MATRICES)
def test_two_matrices(name):
    call, *shapes = MATRICES[name]
    with pytest.raises(tb.ShapeError) as caught:
        call(ones(2, 3), ones(5, 4))
    for part in (name, *shapes):
        assert part in str(caught.value)


OUT = {
    "add": lambda out: tb.add(ones(3), 1, out=out),
    "exp": lambda out: tb.exp(ones(3), out=out),
    "sum": lambda out: tb.sum(ones(2, 3), axis=0, out=out),
    "mean": lambda out: tb.mean(ones(2, 3), axis=0, out=out),
    "std": lambda out: tb.std(ones(2, 3), axis=0, out=out),
    "nanmean": lambda out: tb.nanmean(ones(2, 3), axis=0, out=out),
    "cumsum": lambda out: tb.cumsum(ones(3), 0, out=out),
    "softmax": lambda out: tb.softmax(ones(3), axis=0, out=out),
    "logsumexp": lambda out: tb.logsumexp(ones(2, 3), axis=0, out=out),
    "quantile": lambda out: tb.quantile(ones(2, 3), 0.5, axis=0, out=out),
    "sort": lambda out: tb.sort(ones(3), out=out),
    "matmul": lambda out: tb.matmul(ones(3, 2), ones(2), out=out),
    "einsum": lambda out: tb.einsum("ij->j", ones(2, 3), out=out),
    "concat": lambda out: tb.concat([ones(1), ones(2)], out=out),
    "stack": lambda out: tb.stack([ones(), ones(), ones()], out=out),
    "linalg": lambda out: tb.linalg.vector_norm(ones(2, 3), axis=0, out=out),
    "linspace": lambda out: tb.linspace(0, 1, 3, out=out),
}


@pytest.mark.parametrize("name", OUT)
def test_an_output_of_another_shape(name):
    out = np.full(4, 7, np.float32)
    with pytest.raises(tb.ShapeError) as caught:
        OUT[name](out)
    for part in (name, "[4]", "[3]"):
        assert part in str(caught.value)
    assert (out == 7).all()
    OUT[name](fitting := np.full(3, 7, np.float32))
    assert not (fitting == 7).any()
