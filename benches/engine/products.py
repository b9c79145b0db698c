"""Matrix products."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from measure import Bench, Case

import tensorbridge as tb


def product(name: str, a: np.ndarray, b: np.ndarray) -> Case:
    """`a @ b`."""
    t, u, x, y = tb.from_numpy(a), tb.from_numpy(b), torch.from_numpy(a), torch.from_numpy(b)
    (m, k), n = a.shape[-2:], b.shape[-1]
    batch = int(np.prod(np.broadcast_shapes(a.shape[:-2], b.shape[:-2])))
    flops = batch * m * k * n * (8 if a.dtype.kind == "c" else 2)
    exact = a.dtype.kind in "iu"
    # A product of a million numbers of complex64 or float32 rounds.
    tolerance = (0.0, 0.0) if exact else (1e-3, 1e-4)
    return Case(
        f"{name} {a.dtype}",
        lambda: t @ u,
        lambda: a @ b,
        lambda: x @ y,
        a.nbytes + b.nbytes + batch * m * n * a.dtype.itemsize,
        0 if exact else flops,
        a.dtype.name,
        tolerance=tolerance,
    )


def cases(bench: Bench) -> Iterator[Case]:
    """Squares of many sizes, views, batches, whole numbers."""
    sides = bench.some([64, 128, 256, 512, 1024, 2048])
    drawn = tuple(bench.size(50, 1500) for _ in range(3))
    for dtype in ("float32", "float64", "complex64"):
        for side in sides if not (bench.quick and dtype == "complex64") else sides[:2]:
            yield product(f"{side}²", *bench.array((2, side, side), dtype))
        m, k, n = drawn
        a, b = bench.array((m, k), dtype), bench.array((k, n), dtype)
        yield product(f"({m}×{k}) @ ({k}×{n})", a, b)
    a, b = bench.array((2, 1024, 1024))
    yield product("1024², left transposed", a.T, b)
    yield product("1024², right transposed", a, b.T)
    yield product("1024², sliced out of 2048²", *bench.array((2, 2048, 2048))[:, :1024, 512:1536])
    yield product("(1×1024) @ 1024²", a[:1], b)
    yield product("1024² @ (1024×1)", a, b[:, :1])
    for dtype in ("float32", "float64"):
        yield product("1000×(8×8)", *bench.array((2, 1000, 8, 8), dtype))
        yield product("64×(64×64)", *bench.array((2, 64, 64, 64), dtype))
    for dtype in ("int8", "int16", "int32", "int64"):
        yield product("256²", *bench.array((2, 256, 256), dtype))
        if not bench.quick:
            yield product("512²", *bench.array((2, 512, 512), dtype))
