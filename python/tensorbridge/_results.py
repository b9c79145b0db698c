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

else:

    def _define(name: str, fields: str, doc: str) -> type:
        made = namedtuple(name, fields)
        made.__module__, made.__doc__ = __name__, doc
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
