"""Linear algebra on batches of matrices: the Array API's extension, and PyTorch's names.

The last two axes are a matrix's, all others a batch's. `float16` and `bfloat16` are computed in
`float32`; integers become the default dtype.
"""

from __future__ import annotations

from ._results import (
    EighResult,
    EigResult,
    InvExResult,
    LstsqResult,
    LUFactorResult,
    LUResult,
    QRResult,
    SlogdetResult,
    SVDResult,
)
from ._tensorbridge import LinAlgError, _linalg

cholesky = _linalg.cholesky
cholesky_solve = _linalg.cholesky_solve
cond = _linalg.cond
cross = _linalg.cross
det = _linalg.det
diagonal = _linalg.diagonal
eig = _linalg.eig
eigh = _linalg.eigh
eigvals = _linalg.eigvals
eigvalsh = _linalg.eigvalsh
inv = _linalg.inv
inv_ex = _linalg.inv_ex
lstsq = _linalg.lstsq
lu = _linalg.lu
lu_factor = _linalg.lu_factor
lu_solve = _linalg.lu_solve
matmul = _linalg.matmul
matrix_exp = _linalg.matrix_exp
matrix_norm = _linalg.matrix_norm
matrix_power = _linalg.matrix_power
matrix_rank = _linalg.matrix_rank
matrix_transpose = _linalg.matrix_transpose
multi_dot = _linalg.multi_dot
norm = _linalg.norm
outer = _linalg.outer
pinv = _linalg.pinv
qr = _linalg.qr
slogdet = _linalg.slogdet
solve = _linalg.solve
solve_triangular = _linalg.solve_triangular
svd = _linalg.svd
svdvals = _linalg.svdvals
tensordot = _linalg.tensordot
tensorinv = _linalg.tensorinv
tensorsolve = _linalg.tensorsolve
trace = _linalg.trace
vecdot = _linalg.vecdot
vector_norm = _linalg.vector_norm

# fmt: off
__all__ = [
    # results and the error
    "EigResult", "EighResult", "InvExResult", "LUFactorResult", "LUResult", "LinAlgError",
    "LstsqResult", "QRResult", "SVDResult", "SlogdetResult",
    # decompositions
    "cholesky", "eig", "eigh", "eigvals", "eigvalsh", "lu", "lu_factor", "qr", "svd", "svdvals",
    # equations
    "cholesky_solve", "det", "inv", "inv_ex", "lstsq", "lu_solve", "matrix_rank", "pinv", "slogdet",
    "solve", "solve_triangular", "tensorinv", "tensorsolve",
    # norms
    "cond", "matrix_norm", "norm", "vector_norm",
    # products
    "cross", "diagonal", "matmul", "matrix_exp", "matrix_power", "matrix_transpose", "multi_dot",
    "outer", "tensordot", "trace", "vecdot",
]
# fmt: on
