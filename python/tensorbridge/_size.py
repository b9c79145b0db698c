"""The two answers to "how big": `Size`, a tuple of lengths, and `Count`, a callable int."""

from __future__ import annotations

import math

TYPE_CHECKING = False  # importing `typing` would be most of what importing this package costs
if TYPE_CHECKING:
    from typing import SupportsIndex, overload


class Size(tuple[int, ...]):
    """A tensor's shape: a tuple of lengths, one per axis."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        return math.prod(self)

    def __repr__(self) -> str:
        return f"tensorbridge.Size([{', '.join(map(str, self))}])"

    def __reduce__(self) -> tuple[type[Size], tuple[tuple[int, ...]]]:
        return Size, (tuple(self),)


class Count(int):
    """A number of elements that can be called as PyTorch's `Tensor.size(dim=None)`."""

    _shape: Size

    def __new__(cls, count: int, shape: Size) -> Count:
        self = super().__new__(cls, count)
        self._shape = shape
        return self

    if TYPE_CHECKING:

        @overload
        def __call__(self, dim: None = None) -> Size: ...
        @overload
        def __call__(self, dim: SupportsIndex) -> int: ...

    def __call__(self, dim: SupportsIndex | None = None) -> Size | int:
        if dim is None:
            return self._shape
        try:
            return self._shape[dim]
        except IndexError:
            n = len(self._shape)
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {dim})"
            ) from None

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        return int, (int(self),)
