"""The results of functions that give several tensors, by name."""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False  # importing `typing` would be most of what importing this package costs
if TYPE_CHECKING:
    from typing import NamedTuple

    from . import Tensor

    class UniqueAll(NamedTuple):
        values: Tensor
        indices: Tensor
        inverse_indices: Tensor
        counts: Tensor

    class UniqueCounts(NamedTuple):
        values: Tensor
        counts: Tensor

    class UniqueInverse(NamedTuple):
        values: Tensor
        inverse_indices: Tensor

    class TopK(NamedTuple):
        values: Tensor
        indices: Tensor

    class KthValue(NamedTuple):
        values: Tensor
        indices: Tensor

    class Histogram(NamedTuple):
        hist: Tensor
        bin_edges: Tensor

    class EighResult(NamedTuple):
        eigenvalues: Tensor
        eigenvectors: Tensor

    class EigResult(NamedTuple):
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

else:

    def _define(name: str, fields: str, doc: str, module: str = __name__) -> type:
        made = namedtuple(name, fields)
        made.__module__, made.__doc__ = module, doc
        return made

    UniqueAll = _define(
        "UniqueAll",
        "values indices inverse_indices counts",
        "Different elements, where each is first, which stands at each place, how often each is.",
    )
    UniqueCounts = _define("UniqueCounts", "values counts", "Different elements, and how many.")
    UniqueInverse = _define(
        "UniqueInverse", "values inverse_indices", "Different elements, and which stands where."
    )
    TopK = _define("TopK", "values indices", "The first elements of an order, and their places.")
    KthValue = _define("KthValue", "values indices", "Elements of an order, and their places.")
    Histogram = _define("Histogram", "hist bin_edges", "How many values lie between edges.")
    EighResult = _define(
        "EighResult", "eigenvalues eigenvectors", "What `eigh` returns.", "tensorbridge.linalg"
    )
    EigResult = _define(
        "EigResult", "eigenvalues eigenvectors", "What `eig` returns.", "tensorbridge.linalg"
    )
    InvExResult = _define(
        "InvExResult", "inverse info", "What `inv_ex` returns.", "tensorbridge.linalg"
    )
    LstsqResult = _define(
        "LstsqResult",
        "solution residuals rank singular_values",
        "What `lstsq` returns.",
        "tensorbridge.linalg",
    )
    LUFactorResult = _define(
        "LUFactorResult", "LU pivots", "What `lu_factor` returns.", "tensorbridge.linalg"
    )
    LUResult = _define("LUResult", "P L U", "What `lu` returns.", "tensorbridge.linalg")
    QRResult = _define("QRResult", "Q R", "What `qr` returns.", "tensorbridge.linalg")
    SlogdetResult = _define(
        "SlogdetResult", "sign logabsdet", "What `slogdet` returns.", "tensorbridge.linalg"
    )
    SVDResult = _define("SVDResult", "U S Vh", "What `svd` returns.", "tensorbridge.linalg")
