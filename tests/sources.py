"""Objects for the tests of the doors: arrays of every layout, and wrappers with one protocol."""

from __future__ import annotations

from typing import Any

import numpy as np


def address(array: np.ndarray) -> int:
    """The address of element [0, …, 0]."""
    return array.__array_interface__["data"][0]


class WithInterface:
    """Only ``__array_interface__``."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array
        self.__array_interface__ = array.__array_interface__


class WithDict:
    """Any ``__array_interface__`` at all."""

    def __init__(self, interface: Any) -> None:
        self.__array_interface__ = interface


class WithArray:
    """Only ``__array__``, as NumPy 2 defines it; shares unless it is told to copy."""

    def __init__(self, array: np.ndarray) -> None:
        self._array = array

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        assert dtype is None
        return self._array.copy() if copy else self._array


def layouts() -> dict[str, np.ndarray]:
    """Native float32 arrays of every kind of layout, all writable."""
    base = np.arange(24, dtype=np.float32)
    records = np.zeros(5, dtype=[("tag", "i1"), ("value", "f4")])
    records["value"] = np.arange(5)
    misaligned = np.zeros(21, dtype=np.uint8)[1:].view(np.float32)
    misaligned[:] = np.arange(5)
    return {
        "c": base.reshape(4, 6).copy(),
        "f": np.asfortranarray(base.reshape(4, 6)),
        "0-d": np.array(3, dtype=np.float32),
        "permuted": base.reshape(2, 3, 4).transpose(1, 2, 0),
        "sliced": base[3:20:4],
        "negative": base.reshape(4, 6)[::-1, ::-2],
        "zero": np.lib.stride_tricks.as_strided(base.copy(), (3, 4), (0, 4)),
        "empty": np.empty((0, 3), dtype=np.float32),
        "empty negative": base.reshape(4, 6)[:0, ::-1],
        "length 1": base.reshape(4, 6)[::-5, ::7],
        "misaligned": misaligned,
        "record field": records["value"],
        "overlapping": np.lib.stride_tricks.as_strided(base.copy(), (3, 3), (4, 4)),
    }
