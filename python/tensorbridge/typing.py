"""Types for annotations: what the functions of tensorbridge take.

Not imported with the package, because it imports Python's own `typing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, SupportsIndex, TypeAlias, TypeVar, Union

from ._tensorbridge import device, dtype
from ._typed import OfDType

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "ArrayLike",
    "DTypeLike",
    "DeviceLike",
    "NestedSequence",
    "ShapeLike",
    "SupportsArray",
    "SupportsArrayInterface",
    "SupportsBuffer",
    "SupportsDLPack",
]

_T_co = TypeVar("_T_co", covariant=True)


class SupportsDLPack(Protocol):
    """Arrays that give themselves to others as a DLPack capsule."""

    def __dlpack__(self, *, stream: None = None) -> object: ...
    def __dlpack_device__(self) -> tuple[int, int]: ...


class SupportsBuffer(Protocol):
    """Objects with the buffer protocol: `bytes`, `bytearray`, `memoryview`, `array`, `mmap`."""

    def __buffer__(self, flags: int, /) -> memoryview: ...


class SupportsArrayInterface(Protocol):
    """Arrays that describe their memory in NumPy's array interface."""

    @property
    def __array_interface__(self) -> dict[str, Any]: ...


class SupportsArray(Protocol):
    """Objects of which NumPy can make an array."""

    def __array__(self) -> np.ndarray[Any, Any]: ...


class NestedSequence(Protocol[_T_co]):
    """Sequences nested to any depth: lists, tuples, ranges. A `str` contains nothing but text."""

    def __len__(self) -> int: ...
    def __contains__(self, value: object, /) -> bool: ...
    def __iter__(self) -> Iterator[_T_co | NestedSequence[_T_co]]: ...
    def __getitem__(self, index: int, /) -> _T_co | NestedSequence[_T_co]: ...


_Element: TypeAlias = (
    complex | SupportsDLPack | SupportsBuffer | SupportsArrayInterface | SupportsArray
)

#: What `asarray` makes a tensor of. Python's `int`, `float` and `bool` count as `complex` here.
ArrayLike: TypeAlias = _Element | NestedSequence[_Element] | Iterator[_Element]

#: What a `dtype=` means: ours, a name, Python's number types, NumPy's dtypes and scalar types.
DTypeLike: TypeAlias = Union[
    dtype,
    str,
    type[int],
    type[float],
    type[complex],
    OfDType,
    "np.dtype[Any]",
    "type[np.generic]",
]

#: What a `device=` means: ours or a name, such as `"cpu"`.
DeviceLike: TypeAlias = device | str

#: One length, or several.
ShapeLike: TypeAlias = SupportsIndex | Iterable[SupportsIndex]
