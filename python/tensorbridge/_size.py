"""The two answers to "how big": `Size`, a tuple of lengths, and `Count`, a callable int."""

from __future__ import annotations

import math

TYPE_CHECKING = False  # importing `typing` would be most of what importing this package costs
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import SupportsIndex, overload


class Size(tuple[int, ...]):
    """A tensor's shape: a tuple of lengths, one per axis."""

    __slots__ = ()

    def __new__(cls, lengths: Iterable[SupportsIndex] = ()) -> Size:
        items = tuple(lengths)
        for place, item in enumerate(items):
            if not hasattr(item, "__index__"):
                name = type(item).__name__
                raise TypeError(f"Size() takes an iterable of 'int' (item {place} is '{name}')")
        return super().__new__(cls, [item.__index__() for item in items])

    def __add__(self, other: tuple[int, ...]) -> Size:  # type: ignore[override]
        return Size(super().__add__(other)) if isinstance(other, tuple) else NotImplemented

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
