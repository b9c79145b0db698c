"""Sorting, and what rests on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from measure import Bench, Case, ours

import tensorbridge as tb


def cases(bench: Bench) -> Iterator[Case]:
    """A million elements, a drawn number, and many short rows."""
    for size in (1_000_000, bench.size(1000, 3_000_000)):
        for dtype in ("float32", "float64", "int64", "int32", "uint8"):
            if bench.quick and dtype in ("float64", "int32", "uint8"):
                continue
            yield from of_size(bench, size, dtype)
    rows = bench.array((10_000, 100))
    t, x = tb.from_numpy(rows), torch.from_numpy(rows)
    sort, argsort = ours("sort"), ours("argsort")
    yield Case(
        "sort 10,000 rows of 100 float32",
        None if sort is None else lambda: values(sort(t)),
        lambda: np.sort(rows),
        lambda: torch.sort(x).values,
        2 * rows.nbytes,
        function="sort",
    )
    yield Case(
        "argsort 10,000 rows of 100 float32",
        None if argsort is None else lambda: argsort(t),
        lambda: np.argsort(rows, kind="stable"),
        lambda: torch.argsort(x, stable=True),
        3 * rows.nbytes,
        function="argsort",
    )


def values(result: Any) -> Any:
    """The values of a sort, which may come with the indices."""
    return result[0] if isinstance(result, tuple) else result


def of_size(bench: Bench, size: int, dtype: str) -> Iterator[Case]:
    """Every function at one size."""
    a = bench.array(size, dtype)
    if a.dtype.kind == "i" and a.dtype.itemsize > 1:
        a = bench.source.integers(-(10**9), 10**9, size).astype(dtype)
    t, x = tb.from_numpy(a), torch.from_numpy(a)
    name = f"{size:,} {dtype}"
    sort, argsort, search = ours("sort"), ours("argsort"), ours("searchsorted")
    yield Case(
        f"sort {name}",
        None if sort is None else lambda: values(sort(t)),
        lambda: np.sort(a),
        lambda: torch.sort(x).values,
        2 * a.nbytes,
        function="sort",
    )
    yield Case(
        f"argsort, stable {name}",
        None if argsort is None else lambda: argsort(t, stable=True),
        lambda: np.argsort(a, kind="stable"),
        lambda: torch.argsort(x, stable=True),
        a.nbytes + 8 * size,
        function="argsort",
    )
    unique = ours("unique_values")
    yield Case(
        f"unique {name}",
        None if unique is None else lambda: unique(t),
        lambda: np.unique(a),
        lambda: torch.unique(x),
        2 * a.nbytes,
        check=lambda result: np.testing.assert_array_equal(
            np.sort(np.asarray(result)), np.unique(a)
        ),
        function="unique_values",
    )
    edges = np.sort(a[:10_000])
    e, y = tb.from_numpy(edges), torch.from_numpy(edges)
    yield Case(
        f"searchsorted {name} in {len(edges):,}",
        None if search is None else lambda: search(e, t),
        lambda: np.searchsorted(edges, a),
        lambda: torch.searchsorted(y, x),
        a.nbytes + 8 * size,
        function="searchsorted",
    )
