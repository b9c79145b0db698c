"""`np.linalg` on tensors: rows as in `native`, with NumPy's classes of results and of errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, wraps
from typing import Any

import numpy as np

import tensorbridge as tb
from tensorbridge import Tensor, linalg

NUMPY_1 = np.__version__.startswith("1.")


class LinAlgError(linalg.LinAlgError, np.linalg.LinAlgError):
    """What either library's `except` catches."""


def tensor(value: Any) -> Tensor:
    return value if isinstance(value, Tensor) else tb.asarray(value)


@cache
def answer(name: str) -> Any:
    """The named tuple that a function of NumPy returns."""
    return type(getattr(np.linalg, name)(np.eye(1)))


def named(name: str, parts: Iterable[Tensor]) -> Any:
    return answer(name)._make(parts)


def real_if_close(x: Tensor, parts: Iterable[Tensor]) -> Iterable[Tensor]:
    """NumPy's eigenvalues of real matrices are real where all of them can be."""
    values, *vectors = parts
    if x.is_complex() or values.device.type != "cpu" or bool(tb.any(values.imag != 0)):
        return [values, *vectors]
    return [part.real for part in (values, *vectors)]


def eig(a: Any) -> Any:
    a = tensor(a)
    return named("eig", real_if_close(a, linalg.eig(a)))


def eigvals(a: Any) -> Any:
    a = tensor(a)
    (values,) = real_if_close(a, [linalg.eigvals(a)])
    return values


def solve(a: Any, b: Any) -> Any:
    a, b = tensor(a), tensor(b)
    if NUMPY_1 and b.ndim == a.ndim - 1 and b.ndim != 1:
        return NotImplemented
    return linalg.solve(a, b)


def svd(a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    if not compute_uv:
        return linalg.svdvals(tensor(a))
    return named("svd", linalg.svd(tensor(a), full_matrices=full_matrices))


def qr(a: Any, mode: Any = "reduced") -> Any:
    if mode not in ("reduced", "complete", "r"):
        return NotImplemented
    found = linalg.qr(tensor(a), mode=mode)
    return found.R if mode == "r" else named("qr", found)


def pinv(a: Any, rcond: Any = None, hermitian: bool = False) -> Any:
    return linalg.pinv(tensor(a), rtol=1e-15 if rcond is None else rcond, hermitian=hermitian)


def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    a, b = tensor(a), tensor(b)
    if NUMPY_1 or rcond == "warn" or a.ndim != 2 or b.ndim > 2:
        return NotImplemented
    found = linalg.lstsq(a, b, None if rcond is None or rcond < 0 else rcond)
    return tuple(found)


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    return linalg.norm(tensor(x), ord, axis=axis, keepdims=keepdims)


def matrix_norm(x: Any, /, *, keepdims: bool = False, ord: Any = "fro") -> Any:
    return linalg.matrix_norm(tensor(x), keepdims=keepdims, ord=ord)


def vector_norm(x: Any, /, *, axis: Any = None, keepdims: bool = False, ord: Any = 2) -> Any:
    return linalg.vector_norm(tensor(x), axis=axis, keepdims=keepdims, ord=ord)


def matrix_rank(A: Any, tol: Any = None, hermitian: bool = False, *, rtol: Any = None) -> Any:
    return linalg.matrix_rank(tensor(A), tol, hermitian, rtol=rtol)


def one(name: str) -> Callable[..., Any]:
    return lambda a: getattr(linalg, name)(tensor(a))


def two(name: str) -> Callable[..., Any]:
    return lambda x1, x2, /: getattr(linalg, name)(tensor(x1), tensor(x2))


def along(name: str) -> Callable[..., Any]:
    return lambda x1, x2, /, *, axis=-1: getattr(linalg, name)(tensor(x1), tensor(x2), axis=axis)


def inner(a: Any, b: Any, /) -> Any:
    return tb.inner(tensor(a), tensor(b))


def outer(a: Any, b: Any, out: Any = None) -> Any:
    return tb.outer(tensor(a).reshape(-1), tensor(b).reshape(-1), out=out)


def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None) -> Any:
    diagonals = tb.diagonal(tensor(a), offset, axis1, axis2)
    return tb.sum(diagonals, axis=-1, **({} if dtype is None else {"dtype": dtype}))


def cross(a: Any, b: Any, *, axis: Any = None) -> Any:
    a, b, axis = tensor(a), tensor(b), -1 if axis is None else axis
    # Vectors of two elements, and axes counted from the front, are NumPy's own.
    places = [place.ndim and place.shape[axis] for place in (a, b)]
    return linalg.cross(a, b, axis=axis) if places == [3, 3] and axis < 0 else NotImplemented


#: Functions of `np.linalg` by name.
_LINALG: dict[str, Callable[..., Any]] = {
    "cholesky": lambda a, *, upper=False: linalg.cholesky(tensor(a), upper=upper),
    "cond": lambda x, p=None: linalg.cond(tensor(x), p),
    "cross": along("cross"),
    "det": one("det"),
    "diagonal": lambda x, /, *, offset=0: linalg.diagonal(tensor(x), offset=offset),
    "eig": eig,
    "eigh": lambda a, UPLO="L": named("eigh", linalg.eigh(tensor(a), UPLO)),
    "eigvals": eigvals,
    "eigvalsh": lambda a, UPLO="L": linalg.eigvalsh(tensor(a), UPLO),
    "inv": one("inv"),
    "lstsq": lstsq,
    "matmul": two("matmul"),
    "matrix_norm": matrix_norm,
    "matrix_power": lambda a, n: linalg.matrix_power(tensor(a), n),
    "matrix_rank": matrix_rank,
    "matrix_transpose": lambda x, /: linalg.matrix_transpose(tensor(x)),
    "multi_dot": lambda arrays, *, out=None: linalg.multi_dot(list(map(tensor, arrays)), out=out),
    "norm": norm,
    "outer": two("outer"),
    "pinv": pinv,
    "qr": qr,
    "slogdet": lambda a: named("slogdet", linalg.slogdet(tensor(a))),
    "solve": solve,
    "svd": svd,
    "svdvals": lambda x, /: linalg.svdvals(tensor(x)),
    "tensordot": lambda x1, x2, /, *, axes=2: linalg.tensordot(tensor(x1), tensor(x2), axes),
    "tensorinv": lambda a, ind=2: linalg.tensorinv(tensor(a), ind),
    "tensorsolve": lambda a, b: linalg.tensorsolve(tensor(a), tensor(b)),
    "trace": lambda x, /, *, offset=0, dtype=None: linalg.trace(
        tensor(x), offset=offset, dtype=dtype
    ),
    "vecdot": along("vecdot"),
    "vector_norm": vector_norm,
}

#: Products at NumPy's top level.
_PRODUCTS: dict[str, Callable[..., Any]] = {
    "cross": cross,
    "inner": inner,
    "kron": lambda a, b: tb.kron(tensor(a), tensor(b)),
    "outer": outer,
    "trace": trace,
    "vdot": lambda a, b, /: tb.vdot(tensor(a), tensor(b)),
}


def translated(row: Callable[..., Any]) -> Callable[..., Any]:
    """`row`, with an error that is NumPy's, too."""

    @wraps(row)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return row(*args, **kwargs)
        except linalg.LinAlgError as error:
            raise LinAlgError(*error.args) from None

    return call


#: The rows by NumPy's functions. `np.linalg.diagonal` and its kin are not those of `np`.
FUNCTIONS = {
    getattr(module, name): translated(row)
    for module, rows in ((np, _PRODUCTS), (np.linalg, _LINALG))
    for name, row in rows.items()
    if hasattr(module, name)
}
