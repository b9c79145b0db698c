"""Sums of products by their indices."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from measure import Bench, Case, ours

import tensorbridge as tb

#: The indices, the shapes, and the multiplications and additions.
TABLE = [
    ("ij,jk->ik", [(300, 400), (400, 500)], 2 * 300 * 400 * 500),
    ("bij,bjk->bik", [(32, 64, 96), (32, 96, 64)], 2 * 32 * 64 * 96 * 64),
    ("bhqd,bhkd->bhqk", [(4, 8, 128, 64), (4, 8, 128, 64)], 2 * 32 * 128 * 128 * 64),
    ("ijk,jil->kl", [(50, 60, 70), (60, 50, 80)], 2 * 50 * 60 * 70 * 80),
    ("i,j->ij", [(2000,), (2000,)], 4_000_000),
    ("ij->ji", [(2000, 2000)], 0),
    ("ij->i", [(2000, 2000)], 4_000_000),
    ("ii->", [(2000, 2000)], 2000),
    ("ij,ij->", [(1000, 1000), (1000, 1000)], 2_000_000),
    ("ij,jk,kl->il", [(200, 300), (300, 400), (400, 100)], 0),
]


def cases(bench: Bench) -> Iterator[Case]:
    """The common ones."""
    einsum = ours("einsum")
    for indices, shapes, flops in TABLE:
        arrays = [bench.array(shape) for shape in shapes]
        mine, theirs = [tb.from_numpy(a) for a in arrays], [torch.from_numpy(a) for a in arrays]
        yield Case(
            f"einsum {indices}",
            None if einsum is None else lambda i=indices, t=mine: einsum(i, *t),
            lambda i=indices, a=arrays: np.einsum(i, *a, optimize=True),
            lambda i=indices, x=theirs: torch.einsum(i, *x),
            flops=flops,
            bytes=sum(a.nbytes for a in arrays),
            tolerance=(1e-3, 1e-4),
            function="einsum",
        )
    tensordot = ours("tensordot")
    a, b = bench.array((40, 50, 60)), bench.array((60, 50, 70))
    t, u, x, y = tb.from_numpy(a), tb.from_numpy(b), torch.from_numpy(a), torch.from_numpy(b)
    yield Case(
        "tensordot over two axes",
        None if tensordot is None else lambda: tensordot(t, u, axes=((1, 2), (1, 0))),
        lambda: np.tensordot(a, b, axes=((1, 2), (1, 0))),
        lambda: torch.tensordot(x, y, dims=([1, 2], [1, 0])),
        flops=2 * 40 * 50 * 60 * 70,
        tolerance=(1e-3, 1e-4),
        function="tensordot",
    )
