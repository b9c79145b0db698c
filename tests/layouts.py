"""Arrays whose memory looks in one of many ways, and values of every dtype, special ones first."""

from __future__ import annotations

from typing import Any

import numpy as np

REALS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "float32", "float64"]
COMPLEX = ["complex64", "complex128"]
NUMBERS = [*REALS, *FLOATS, *COMPLEX]
DTYPES = ["bool", *NUMBERS]

LAYOUTS = ["c", "fortran", "gaps", "reversed", "misaligned", "repeated", "read-only"]

#: Where the meaning of an operation changes: zeros, ties, ends of the exponents.
SPECIAL = np.array(
    [
        "0",
        "-0",
        "0.5",
        "-0.5",
        "1",
        "-1",
        "1.5",
        "2.5",
        "-2.5",
        "inf",
        "-inf",
        "nan",
        "5e-324",
        "1e-310",
        "1e-45",
        "6e-8",
        "65504",
        "65520",
        "3e38",
        "-3e38",
        "1.7e308",
        "-1.7e308",
        "4503599627370497.5",
        "0.1",
    ],
    np.float64,
)


def values(dtype: Any, count: int, seed: int) -> np.ndarray:
    """`count` values of a dtype: special ones, small ones with fractions, and any bits at all."""
    source = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return source.integers(0, 2, count).astype(bool)
    if dtype.kind == "c":
        part = np.empty(0, dtype).real.dtype
        found = np.empty(count, dtype)
        found.real, found.imag = values(part, count, seed), values(part, count, seed + 1)
        return found
    anything = source.integers(0, 256, count * dtype.itemsize, np.uint8).view(dtype)
    if dtype.kind in "iu":
        ends = np.iinfo(dtype)
        special = np.array([0, 1, ends.min, ends.max, ends.max - 1, 5, 15, 25, 35], dtype)
        small = source.integers(0 if dtype.kind == "u" else -50, 50, count).astype(dtype)
    else:
        with np.errstate(over="ignore"):
            special = SPECIAL.astype(dtype)
        small = (source.integers(-400, 400, count) / 8).astype(dtype)
    picked = source.choice(special, count)
    return np.choose(source.integers(0, 3, count), [picked, small, anything])


def layout(flat: np.ndarray, kind: str) -> np.ndarray:
    """24 values as a (4, 6) array whose memory looks in one of many ways."""
    base = flat.reshape(4, 6).copy()
    if kind == "fortran":
        return np.asfortranarray(base)
    if kind == "gaps":
        wide = np.zeros((8, 18), base.dtype)
        wide[::2, ::3] = base
        return wide[::2, ::3]
    if kind == "reversed":
        return np.ascontiguousarray(base[::-1, ::-1])[::-1, ::-1]
    if kind == "misaligned":
        memory = np.zeros(base.nbytes + 1, np.uint8)
        odd = memory[1:].view(base.dtype).reshape(4, 6)
        odd[...] = base
        return odd
    if kind == "repeated":
        return np.broadcast_to(base[:, :1], (4, 6))
    if kind == "read-only":
        base.flags.writeable = False
    return base


def same_bits(result: Any, answer: np.ndarray) -> None:
    """Equal shape, dtype and values: NaN equals NaN, and the signs of zeros count."""
    array = np.asarray(result)
    assert (array.shape, array.dtype) == (answer.shape, answer.dtype)
    if array.dtype.kind == "c":
        same_bits(array.real, answer.real)
        same_bits(array.imag, answer.imag)
        return
    np.testing.assert_array_equal(array, answer)
    if array.dtype.kind == "f":
        numbers = ~np.isnan(answer)
        np.testing.assert_array_equal(np.signbit(array)[numbers], np.signbit(answer)[numbers])
