"""NumPy as a partner of DLPack: whole in version 2, with stand-ins for what version 1 lacks."""

from __future__ import annotations

from typing import Any

import numpy as np

import tensorbridge as tb

NUMPY2 = int(np.__version__.split(".")[0]) >= 2
"""NumPy 1 makes and reads capsules without a version only, and takes no keywords."""

MAX_NDIM = 64 if NUMPY2 else 32


class Foreign:
    """An ndarray behind ``__dlpack__`` alone, so that no shorter way in applies."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array
        self.asked: list[dict[str, Any]] = []

    def __dlpack__(self, **keywords: Any) -> Any:
        self.asked.append(keywords)
        producer = self.array if NUMPY2 else tb.from_numpy(self.array)
        return producer.__dlpack__(**keywords)

    def __dlpack_device__(self) -> Any:
        return self.array.__dlpack_device__()


def array_from(producer: Any, **keywords: Any) -> np.ndarray:
    """``np.from_dlpack`` as of NumPy 2: with permission, with keywords."""
    if NUMPY2:
        return np.from_dlpack(producer, **keywords)
    return tb.from_dlpack(producer.__dlpack__(max_version=(1, 0), **keywords)).numpy()


def versioned_capsule(array: np.ndarray) -> Any:
    """A capsule that knows its version."""
    return Foreign(array).__dlpack__(max_version=(1, 0))


def address(array: np.ndarray) -> int:
    """The address of element ``[0, …, 0]``."""
    return array.__array_interface__["data"][0]
