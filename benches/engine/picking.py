"""Picking elements: by indices, by rows, by masks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from measure import Bench, Case

import tensorbridge as tb


def cases(bench: Bench) -> Iterator[Case]:
    """Four million elements, and a drawn number."""
    for size in (4_000_000, bench.size(10_000, 4_000_000)):
        for dtype in ("float32", "float64"):
            yield from of_size(bench, size, dtype)


def of_size(bench: Bench, size: int, dtype: str) -> Iterator[Case]:
    """Every way of picking from as many elements."""
    a = bench.array(size, dtype)
    near = bench.source.integers(0, 10_000, size).clip(max=size - 1)
    far = bench.source.integers(0, size, size)
    mask = bench.array(size, "bool")
    sparse = bench.source.random(size) < 0.01
    t, i, j, m, s = map(tb.from_numpy, (a, near, far, mask, sparse))
    x, p, q, n, r = map(torch.from_numpy, (a, near, far, mask, sparse))
    name, moved = f"{size:,} {dtype}", 2 * a.nbytes + 8 * size
    yield Case(
        f"take, close together, {name}",
        lambda: tb.take(t, i),
        lambda: np.take(a, near),
        lambda: torch.take(x, p),
        moved,
    )
    yield Case(
        f"take, anywhere, {name}",
        lambda: tb.take(t, j),
        lambda: np.take(a, far),
        lambda: torch.take(x, q),
        moved,
    )
    yield Case(f"a[indices] {name}", lambda: t[i], lambda: a[near], lambda: x[p], moved)
    yield Case(
        f"a[mask], half, {name}", lambda: t[m], lambda: a[mask], lambda: x[n], 1.5 * a.nbytes + size
    )
    yield Case(f"a[mask], a hundredth, {name}", lambda: t[s], lambda: a[sparse], lambda: x[r], size)

    def ours() -> tb.Tensor:
        t[m] = 1.0
        return t

    def numpy() -> np.ndarray:
        a[mask] = 1.0
        return a

    def other() -> torch.Tensor:
        x[n] = 1.0
        return x

    yield Case(f"a[mask] = 1 {name}", ours, numpy, other, 2 * a.nbytes + size)
    rows = max(size // 64, 1)
    table = bench.array((rows, 64), dtype)
    which = bench.source.integers(0, rows, rows)
    table_t, which_t = tb.from_numpy(table), tb.from_numpy(which)
    table_x, which_x = torch.from_numpy(table), torch.from_numpy(which)
    yield Case(
        f"rows of 64, {name}",
        lambda: tb.take(table_t, which_t, axis=0),
        lambda: np.take(table, which, axis=0),
        lambda: torch.index_select(table_x, 0, which_x),
        2 * table.nbytes,
    )
    along = np.argsort(table, axis=1)
    along_t, along_x = tb.from_numpy(along), torch.from_numpy(along)
    yield Case(
        f"gather along rows of 64, {name}",
        lambda: tb.take_along_axis(table_t, along_t, axis=1),
        lambda: np.take_along_axis(table, along, axis=1),
        lambda: torch.gather(table_x, 1, along_x),
        2 * table.nbytes + along.nbytes,
    )
