"""Linear algebra. Docstrings are where the functions are."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, NamedTuple, SupportsIndex, TypeAlias, TypeVar, overload

import numpy as np

from ._tensorbridge import LinAlgError as LinAlgError
from ._tensorbridge import Tensor
from .typing import DTypeLike

_Operand: TypeAlias = Tensor | np.ndarray[Any, Any] | np.generic | complex
_Array = TypeVar("_Array", bound=np.ndarray[Any, Any])
_Axes: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
_Contracted: TypeAlias = SupportsIndex | Sequence[_Axes]
_Order: TypeAlias = float | Literal["fro", "nuc"]

class EigResult(NamedTuple):
    eigenvalues: Tensor
    eigenvectors: Tensor

class EighResult(NamedTuple):
    eigenvalues: Tensor
    eigenvectors: Tensor

class InvExResult(NamedTuple):
    inverse: Tensor
    info: Tensor

class LstsqResult(NamedTuple):
    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor

class LUFactorResult(NamedTuple):
    LU: Tensor
    pivots: Tensor

class LUResult(NamedTuple):
    P: Tensor
    L: Tensor
    U: Tensor

class QRResult(NamedTuple):
    Q: Tensor
    R: Tensor

class SlogdetResult(NamedTuple):
    sign: Tensor
    logabsdet: Tensor

class SVDResult(NamedTuple):
    U: Tensor
    S: Tensor
    Vh: Tensor

@overload
def cholesky(x: _Operand, /, *, upper: bool = False, out: Tensor | None = None) -> Tensor: ...
@overload
def cholesky(x: _Operand, /, *, upper: bool = False, out: _Array) -> _Array: ...
def eigh(x: _Operand, /, UPLO: Literal["L", "U"] = "L") -> EighResult: ...
@overload
def eigvalsh(
    x: _Operand, /, UPLO: Literal["L", "U"] = "L", *, out: Tensor | None = None
) -> Tensor: ...
@overload
def eigvalsh(x: _Operand, /, UPLO: Literal["L", "U"] = "L", *, out: _Array) -> _Array: ...
def eig(x: _Operand, /) -> EigResult: ...
@overload
def eigvals(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def eigvals(x: _Operand, /, *, out: _Array) -> _Array: ...
def svd(x: _Operand, /, full_matrices: bool = True) -> SVDResult: ...
@overload
def svdvals(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def svdvals(x: _Operand, /, *, out: _Array) -> _Array: ...
def qr(x: _Operand, /, mode: Literal["reduced", "complete", "r"] = "reduced") -> QRResult: ...
def lu(x: _Operand, /) -> LUResult: ...
def lu_factor(x: _Operand, /) -> LUFactorResult: ...
@overload
def lu_solve(
    LU: _Operand, pivots: _Operand, B: _Operand, /, *, out: Tensor | None = None
) -> Tensor: ...
@overload
def lu_solve(LU: _Operand, pivots: _Operand, B: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def solve(
    x1: _Operand, x2: _Operand, /, *, left: bool = True, out: Tensor | None = None
) -> Tensor: ...
@overload
def solve(x1: _Operand, x2: _Operand, /, *, left: bool = True, out: _Array) -> _Array: ...
@overload
def solve_triangular(
    x1: _Operand,
    x2: _Operand,
    /,
    *,
    upper: bool,
    left: bool = True,
    unitriangular: bool = False,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def solve_triangular(
    x1: _Operand,
    x2: _Operand,
    /,
    *,
    upper: bool,
    left: bool = True,
    unitriangular: bool = False,
    out: _Array,
) -> _Array: ...
@overload
def cholesky_solve(
    B: _Operand, L: _Operand, /, upper: bool = False, *, out: Tensor | None = None
) -> Tensor: ...
@overload
def cholesky_solve(B: _Operand, L: _Operand, /, upper: bool = False, *, out: _Array) -> _Array: ...
@overload
def inv(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def inv(x: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def det(x: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def det(x: _Operand, /, *, out: _Array) -> _Array: ...
def slogdet(x: _Operand, /) -> SlogdetResult: ...
def inv_ex(x: _Operand, /, *, check_errors: bool = False) -> InvExResult: ...
@overload
def pinv(
    x: _Operand,
    /,
    rcond: _Operand | None = None,
    hermitian: bool = False,
    *,
    rtol: _Operand | None = None,
    atol: _Operand | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def pinv(
    x: _Operand,
    /,
    rcond: _Operand | None = None,
    hermitian: bool = False,
    *,
    rtol: _Operand | None = None,
    atol: _Operand | None = None,
    out: _Array,
) -> _Array: ...
@overload
def matrix_rank(
    x: _Operand,
    /,
    tol: _Operand | None = None,
    hermitian: bool = False,
    *,
    rtol: _Operand | None = None,
    atol: _Operand | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def matrix_rank(
    x: _Operand,
    /,
    tol: _Operand | None = None,
    hermitian: bool = False,
    *,
    rtol: _Operand | None = None,
    atol: _Operand | None = None,
    out: _Array,
) -> _Array: ...
def lstsq(x1: _Operand, x2: _Operand, /, rcond: _Operand | None = None) -> LstsqResult: ...
@overload
def tensorinv(x: _Operand, /, ind: SupportsIndex = 2, *, out: Tensor | None = None) -> Tensor: ...
@overload
def tensorinv(x: _Operand, /, ind: SupportsIndex = 2, *, out: _Array) -> _Array: ...
@overload
def tensorsolve(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def tensorsolve(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def vector_norm(
    x: _Operand,
    /,
    ord: float = 2,
    dim: _Axes | None = None,
    keepdim: bool = False,
    *,
    axis: _Axes | None = None,
    keepdims: bool | None = None,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def vector_norm(
    x: _Operand,
    /,
    ord: float = 2,
    dim: _Axes | None = None,
    keepdim: bool = False,
    *,
    axis: _Axes | None = None,
    keepdims: bool | None = None,
    dtype: DTypeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def matrix_norm(
    x: _Operand,
    /,
    ord: _Order = "fro",
    dim: _Axes = (-2, -1),
    keepdim: bool = False,
    *,
    axis: _Axes | None = None,
    keepdims: bool | None = None,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def matrix_norm(
    x: _Operand,
    /,
    ord: _Order = "fro",
    dim: _Axes = (-2, -1),
    keepdim: bool = False,
    *,
    axis: _Axes | None = None,
    keepdims: bool | None = None,
    dtype: DTypeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def norm(
    x: _Operand,
    /,
    ord: _Order | None = None,
    dim: _Axes | None = None,
    keepdim: bool = False,
    *,
    axis: _Axes | None = None,
    keepdims: bool | None = None,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def norm(
    x: _Operand,
    /,
    ord: _Order | None = None,
    dim: _Axes | None = None,
    keepdim: bool = False,
    *,
    axis: _Axes | None = None,
    keepdims: bool | None = None,
    dtype: DTypeLike | None = None,
    out: _Array,
) -> _Array: ...
@overload
def cond(x: _Operand, /, p: _Order | None = None, *, out: Tensor | None = None) -> Tensor: ...
@overload
def cond(x: _Operand, /, p: _Order | None = None, *, out: _Array) -> _Array: ...
@overload
def matmul(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def matmul(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def vecdot(
    x1: _Operand,
    x2: _Operand,
    /,
    *,
    axis: SupportsIndex = -1,
    dim: SupportsIndex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def vecdot(
    x1: _Operand,
    x2: _Operand,
    /,
    *,
    axis: SupportsIndex = -1,
    dim: SupportsIndex | None = None,
    out: _Array,
) -> _Array: ...
@overload
def tensordot(
    x1: _Operand,
    x2: _Operand,
    /,
    axes: _Contracted = 2,
    *,
    dims: _Contracted | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def tensordot(
    x1: _Operand,
    x2: _Operand,
    /,
    axes: _Contracted = 2,
    *,
    dims: _Contracted | None = None,
    out: _Array,
) -> _Array: ...
@overload
def outer(x1: _Operand, x2: _Operand, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def outer(x1: _Operand, x2: _Operand, /, *, out: _Array) -> _Array: ...
@overload
def cross(
    x1: _Operand,
    x2: _Operand,
    /,
    *,
    axis: SupportsIndex = -1,
    dim: SupportsIndex | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def cross(
    x1: _Operand,
    x2: _Operand,
    /,
    *,
    axis: SupportsIndex = -1,
    dim: SupportsIndex | None = None,
    out: _Array,
) -> _Array: ...
def diagonal(
    x: _Operand, /, *, offset: SupportsIndex = 0, dim1: SupportsIndex = -2, dim2: SupportsIndex = -1
) -> Tensor: ...
@overload
def trace(
    x: _Operand,
    /,
    *,
    offset: SupportsIndex = 0,
    dtype: DTypeLike | None = None,
    out: Tensor | None = None,
) -> Tensor: ...
@overload
def trace(
    x: _Operand, /, *, offset: SupportsIndex = 0, dtype: DTypeLike | None = None, out: _Array
) -> _Array: ...
@overload
def matrix_power(x: _Operand, n: SupportsIndex, /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def matrix_power(x: _Operand, n: SupportsIndex, /, *, out: _Array) -> _Array: ...
def matrix_exp(x: _Operand, /) -> Tensor: ...
@overload
def multi_dot(tensors: Iterable[_Operand], /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def multi_dot(tensors: Iterable[_Operand], /, *, out: _Array) -> _Array: ...
def matrix_transpose(x: _Operand, /) -> Tensor: ...
