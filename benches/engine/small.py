"""Ten elements: what a call costs apart from any work."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from measure import Bench, Case

import tensorbridge as tb


def cases(bench: Bench) -> Iterator[Case]:
    """Operators, reductions, items and slices."""
    a, b = bench.array((2, 10))
    t, u, x, y = tb.from_numpy(a), tb.from_numpy(b), torch.from_numpy(a), torch.from_numpy(b)
    square = bench.array((3, 3))
    q, r = tb.from_numpy(square), torch.from_numpy(square)
    yield Case("a + b", lambda: t + u, lambda: a + b, lambda: x + y)
    yield Case("a * 2", lambda: t * 2, lambda: a * 2, lambda: x * 2)
    yield Case("a < b", lambda: t < u, lambda: a < b, lambda: x < y)
    yield Case("a.sum()", t.sum, a.sum, x.sum)
    yield Case("a.mean()", t.mean, a.mean, x.mean)
    yield Case("a.max()", t.max, a.max, x.max)
    yield Case("a[3]", lambda: t[3], lambda: a[3], lambda: x[3])
    yield Case("a[1:3]", lambda: t[1:3], lambda: a[1:3], lambda: x[1:3])
    yield Case("a @ b of 3×3", lambda: q @ q, lambda: square @ square, lambda: r @ r)
    yield Case("a.T of 3×3", lambda: q.T, lambda: square.T, lambda: r.T)
    yield Case(
        "a.reshape(2, 5)", lambda: t.reshape(2, 5), lambda: a.reshape(2, 5), lambda: x.reshape(2, 5)
    )
    yield Case("exp(a)", lambda: tb.exp(t), lambda: np.exp(a), lambda: torch.exp(x))
