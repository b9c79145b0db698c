"""Casts between dtypes."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from measure import Bench, Case

import tensorbridge as tb

PAIRS = [
    ("float64", "float32"),
    ("float32", "float64"),
    ("float16", "float32"),
    ("float32", "float16"),
    ("float32", "int32"),
    ("int64", "float32"),
    ("uint8", "float32"),
    ("int32", "int64"),
]


def cases(bench: Bench) -> Iterator[Case]:
    """Four million elements, and a drawn number."""
    for size in (4_000_000, bench.size(100_000, 8_000_000)):
        for source, target in PAIRS:
            a = bench.array(size, source)
            t, x = tb.from_numpy(a), torch.from_numpy(a)
            to, other = getattr(tb, target), getattr(torch, target)
            yield Case(
                f"{source} to {target} {size:,}",
                lambda t=t, to=to: t.to(to),
                lambda a=a, target=target: a.astype(target),
                lambda x=x, other=other: x.to(other),
                a.nbytes + size * other.itemsize,
            )
