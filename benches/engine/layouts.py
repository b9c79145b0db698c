"""Operands that are not dense: strided, broadcast, reversed, transposed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from measure import Bench, Case

import tensorbridge as tb


def cases(bench: Bench) -> Iterator[Case]:
    """Sums and copies of square arrays, even and odd."""
    drawn = bench.size(500, 4000)
    for side in [*bench.some([1000, 1111, 2000, 4000]), drawn]:
        yield from of_side(bench, side, "float32")
    yield from of_side(bench, 2000, "float64")


def of_side(bench: Bench, side: int, dtype: str) -> Iterator[Case]:
    """Every layout of a square array."""
    wide = bench.array((side, 2 * side), dtype)
    a, b = bench.array((2, side, side), dtype)
    row, column = a[:1].copy(), a[:, :1].copy()
    name, moved = f"{side}² {dtype}", a.nbytes

    def add(label: str, one: np.ndarray, other: np.ndarray, bytes: float) -> Case:
        t, u = tb.from_numpy(one), tb.from_numpy(other)
        # PyTorch has no negative strides: its users copy.
        x, y = tensors(one), tensors(other)
        return Case(f"{label} {name}", lambda: t + u, lambda: one + other, lambda: x() + y(), bytes)

    yield add("every other column, added", wide[:, ::2], b, 4 * moved)
    yield add("a row, added", a, row, 2 * moved)
    yield add("a column, added", a, column, 2 * moved)
    yield add("reversed, added", a[::-1, ::-1], b, 3 * moved)
    yield add("transposed, added", a.T, b, 3 * moved)
    yield add("transposed, both, added", a.T, b.T, 3 * moved)
    t, x = tb.from_numpy(a).T, torch.from_numpy(a).T
    yield Case(
        f"transposed, copied {name}",
        t.contiguous,
        lambda: np.ascontiguousarray(a.T),
        x.contiguous,
        2 * moved,
    )
    pieces = bench.array((8, side // 8, side), dtype)
    p, q = tb.from_numpy(pieces), torch.from_numpy(pieces)
    yield Case(
        f"axes 0 and 1 of three exchanged, copied {name}",
        lambda: p.permute(1, 0, 2).contiguous(),
        lambda: np.ascontiguousarray(pieces.transpose(1, 0, 2)),
        lambda: q.permute(1, 0, 2).contiguous(),
        2 * pieces.nbytes,
    )


def tensors(array: np.ndarray) -> Any:
    """Gives a tensor of PyTorch for the array, by a flip where a stride is negative."""
    axes = [axis for axis, stride in enumerate(array.strides) if stride < 0]
    if not axes:
        tensor = torch.from_numpy(array)
        return lambda: tensor
    base = torch.from_numpy(np.flip(array, axes))
    return lambda: base.flip(axes)
