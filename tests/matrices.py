"""Matrices for linear algebra: every dtype, shape and layout, and how far results may be off."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

import tensorbridge as tb

FIELDS = [np.float32, np.float64, np.complex64, np.complex128]

#: Empty matrices, the sizes of unrolled code, and those where blocks begin.
SIDES = st.sampled_from([0, 1, 2, 3, 4, 5, 8, 9, 17, 33, 40])

BATCHES = st.sampled_from([(), (1,), (3,), (2, 3), (0,), (2, 0)])


def tolerance(array: np.ndarray) -> float:
    """What rounding may do to a residual of matrices like these, in units of their size."""
    return float(np.finfo(array.dtype).eps) * 40 * max(8, *array.shape[-2:])


def random(shape: tuple[int, ...], dtype: Any, seed: int) -> np.ndarray:
    source = np.random.default_rng(seed)
    array = source.standard_normal(shape)
    if np.issubdtype(dtype, np.complexfloating):
        array = array + 1j * source.standard_normal(shape)
    return array.astype(dtype)


def laid_out(array: np.ndarray, layout: str) -> np.ndarray:
    """The same matrices with other strides, or at an odd address."""
    if layout == "fortran":
        return np.swapaxes(np.swapaxes(array, -1, -2).copy(), -1, -2)
    if layout == "reversed":
        return array[..., ::-1, ::-1].copy()[..., ::-1, ::-1]
    if layout == "gapped":
        gapped = np.empty((*array.shape, 3), array.dtype)
        gapped[..., 1] = array
        return gapped[..., 1]
    if layout == "misaligned":
        memory = np.empty(array.nbytes + 1, np.uint8)
        odd = memory[1:].view(array.dtype).reshape(array.shape)
        odd[...] = array
        return odd
    if layout == "read-only":
        array = array.copy()
        array.flags.writeable = False
    return array


LAYOUTS = st.sampled_from(["c", "fortran", "reversed", "gapped", "misaligned", "read-only"])


@st.composite
def matrices(draw: st.DrawFn, *, square: bool = False, dtypes: Any = FIELDS) -> np.ndarray:
    rows = draw(SIDES)
    shape = (*draw(BATCHES), rows, rows if square else draw(SIDES))
    array = random(shape, draw(st.sampled_from(dtypes)), draw(st.integers(0, 1000)))
    return laid_out(array, draw(LAYOUTS))


def regular(array: np.ndarray) -> np.ndarray:
    """Square matrices made far from singular."""
    n = array.shape[-1]
    return array + (3 * np.sqrt(n)) * np.eye(n, dtype=array.dtype)


def adjoint(array: np.ndarray) -> np.ndarray:
    return np.conj(np.swapaxes(array, -1, -2))


def eyes(array: np.ndarray, n: int) -> np.ndarray:
    return np.broadcast_to(np.eye(n), (*array.shape[:-2], n, n))


def close(ours: Any, theirs: Any, like: np.ndarray, scale: float = 1.0) -> None:
    """Checks residuals against what rounding allows for matrices like `like`."""
    ours = np.asarray(ours)
    theirs = np.asarray(theirs)
    assert ours.shape == theirs.shape
    size = max(1.0, float(np.abs(theirs).max(initial=0))) * scale
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance(like) * size)


def tensor(array: np.ndarray) -> tb.Tensor:
    return tb.asarray(array)
