"""Arrays of every dtype with small whole or half values, and views of them over other memory."""

from __future__ import annotations

import numpy as np

DTYPES = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
]


def make(dtype: str, shape: tuple[int, ...], seed: int) -> np.ndarray:
    source = np.random.default_rng(seed)
    kind = np.dtype(dtype).kind
    whole = source.integers(0 if kind in "bu" else -3, 4, shape)
    if kind == "c":
        return (whole + 1j * source.integers(-3, 4, shape)).astype(dtype)
    return whole.astype(dtype) if kind in "biu" else (whole / 2).astype(dtype)


def views(array: np.ndarray) -> dict[str, np.ndarray]:
    """The same array over memory of other looks."""
    wide = np.zeros([2 * length + 1 for length in array.shape], array.dtype)
    gaps = wide[tuple(slice(1, None, 2) for _ in array.shape)]
    gaps[...] = array
    memory = np.zeros(array.nbytes + 1, np.uint8)
    odd = memory[1:].view(array.dtype).reshape(array.shape)
    odd[...] = array
    backwards = np.ascontiguousarray(array[::-1])[::-1]
    return {
        "c": array,
        "fortran": np.asfortranarray(array),
        "gaps": gaps,
        "misaligned": odd,
        "backwards": backwards,
    }
