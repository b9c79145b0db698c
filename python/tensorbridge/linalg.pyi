"""Linear algebra. Docstrings are where the functions are."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal, SupportsIndex, TypeAlias, TypeVar, overload

import numpy as np

from ._results import EighResult as EighResult
from ._results import EigResult as EigResult
from ._results import InvExResult as InvExResult
from ._results import LstsqResult as LstsqResult
from ._results import LUFactorResult as LUFactorResult
from ._results import LUResult as LUResult
from ._results import QRResult as QRResult
from ._results import SlogdetResult as SlogdetResult
from ._results import SVDResult as SVDResult
from ._tensorbridge import LinAlgError as LinAlgError
from ._tensorbridge import Tensor
from ._tensorbridge import cross as cross
from ._tensorbridge import det as det
from ._tensorbridge import matmul as matmul
from ._tensorbridge import matrix_exp as matrix_exp
from ._tensorbridge import matrix_power as matrix_power
from ._tensorbridge import outer as outer
from ._tensorbridge import slogdet as slogdet
from ._tensorbridge import tensordot as tensordot
from ._tensorbridge import vecdot as vecdot
from .typing import DTypeLike

_Operand: TypeAlias = Tensor | np.ndarray[Any, Any] | np.generic | complex
_Array = TypeVar("_Array", bound=np.ndarray[Any, Any])
_Axes: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
_Order: TypeAlias = float | Literal["fro", "nuc"]

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
def multi_dot(tensors: Iterable[_Operand], /, *, out: Tensor | None = None) -> Tensor: ...
@overload
def multi_dot(tensors: Iterable[_Operand], /, *, out: _Array) -> _Array: ...
def matrix_transpose(x: _Operand, /) -> Tensor: ...
