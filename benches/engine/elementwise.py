"""Arithmetic on dense arrays: fresh results, `out=` and in place."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from measure import Bench, Case

import tensorbridge as tb

SIZE = 4_000_000


def cases(bench: Bench) -> Iterator[Case]:
    """Sums, comparisons, choices and magnitudes."""
    drawn = bench.size(100_000, 20_000_000)
    for dtype in ("float32", "float64"):
        for size in (SIZE, drawn):
            yield from at_size(bench, dtype, size)
    for size in bench.some([10_000, 100_000, 1_000_000]):
        yield add(f"{size:,} float32", *bench.array((2, size)))


def add(name: str, a: np.ndarray, b: np.ndarray) -> Case:
    """A sum."""
    t, u, x, y = tb.from_numpy(a), tb.from_numpy(b), torch.from_numpy(a), torch.from_numpy(b)
    return Case(f"add {name}", lambda: t + u, lambda: a + b, lambda: x + y, 3 * a.nbytes)


def at_size(bench: Bench, dtype: str, size: int) -> Iterator[Case]:
    """Every operation at one size."""
    a, b = bench.array((2, size), dtype)
    out = np.empty_like(a)
    mask = a < b
    t, u, v, m = map(tb.from_numpy, (a, b, out, mask))
    x, y, z, n = map(torch.from_numpy, (a, b, out, mask))
    name, moved = f"{size:,} {dtype}", a.nbytes
    yield add(name, a, b)
    yield Case(f"mul {name}", lambda: t * u, lambda: a * b, lambda: x * y, 3 * moved)
    yield Case(f"sub {name}", lambda: t - u, lambda: a - b, lambda: x - y, 3 * moved)
    yield Case(f"abs {name}", lambda: abs(t), lambda: abs(a), lambda: abs(x), 2 * moved)
    yield Case(f"less {name}", lambda: t < u, lambda: a < b, lambda: x < y, 2 * moved + size)
    yield Case(
        f"where {name}",
        lambda: tb.where(m, t, u),
        lambda: np.where(mask, a, b),
        lambda: torch.where(n, x, y),
        3 * moved + size,
    )
    yield Case(
        f"add out= {name}",
        lambda: tb.add(t, u, out=v),
        lambda: np.add(a, b, out=out),
        lambda: torch.add(x, y, out=z),
        3 * moved,
    )
    yield Case(
        f"abs out= {name}",
        lambda: tb.abs(t, out=v),
        lambda: np.abs(a, out=out),
        lambda: torch.abs(x, out=z),
        2 * moved,
    )
    yield Case(
        f"mul by a number {name}", lambda: t * 1.5, lambda: a * 1.5, lambda: x * 1.5, 2 * moved
    )

    def in_place() -> tb.Tensor:
        nonlocal v
        v *= 1.0
        return v

    def in_place_numpy() -> np.ndarray:
        nonlocal out
        out *= 1.0
        return out

    def in_place_torch() -> torch.Tensor:
        nonlocal z
        z *= 1.0
        return z

    yield Case(f"mul in place {name}", in_place, in_place_numpy, in_place_torch, 2 * moved)
