"""Decompositions and solutions of linear equations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from measure import Bench, Case, ours

import tensorbridge as tb


def cases(bench: Bench) -> Iterator[Case]:
    """Squares of a hundred to a thousand."""
    for side in [*bench.some([100, 300, 500, 1000]), bench.size(50, 600)]:
        yield from of_side(bench, side, "float64")
    yield from of_side(bench, 300, "float32")


def close(dtype: str, side: int, found: Any, expected: np.ndarray) -> None:
    """Equality up to the rounding of a decomposition of this size."""
    tolerance = 1e3 * side * np.finfo(dtype).eps
    scale = max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=tolerance * scale)


def of_side(bench: Bench, side: int, dtype: str) -> Iterator[Case]:
    """Every decomposition of one matrix."""
    a = bench.array((side, side), dtype)
    a += np.eye(side, dtype=dtype) * side**0.5 * 2
    symmetric = a + a.T
    b = bench.array((side, 8), dtype)
    t, s, u = map(tb.from_numpy, (a, symmetric, b))
    x, y, z = map(torch.from_numpy, (a, symmetric, b))
    name, cube = f"{side}² {dtype}", float(side) ** 3

    def row(
        label: str, function: str, given: Any, numpy: Any, other: Any, flops: float, check: Any
    ) -> Case:
        mine = ours(f"linalg.{function}")
        return Case(
            f"{label} {name}",
            None if mine is None else lambda: mine(*given),
            numpy,
            other,
            flops=flops,
            dtype=dtype,
            check=lambda result: check(
                *map(np.asarray, result) if isinstance(result, tuple) else [np.asarray(result)]
            ),
            function=f"linalg.{function}",
        )

    yield row(
        "svd", "svd", (t,), lambda: np.linalg.svd(a), lambda: torch.linalg.svd(x), 22 * cube,
        lambda U, S, Vh: close(dtype, side, (U * S) @ Vh, a),
    )  # fmt: skip
    yield row(
        "svdvals", "svdvals", (t,), lambda: np.linalg.svd(a, compute_uv=False),
        lambda: torch.linalg.svdvals(x), 8 / 3 * cube,
        lambda S: close(dtype, side, S, np.linalg.svd(a, compute_uv=False)),
    )  # fmt: skip
    yield row(
        "qr", "qr", (t,), lambda: np.linalg.qr(a), lambda: torch.linalg.qr(x), 8 / 3 * cube,
        lambda Q, R: close(dtype, side, Q @ R, a),
    )  # fmt: skip
    yield row(
        "solve", "solve", (t, u), lambda: np.linalg.solve(a, b), lambda: torch.linalg.solve(x, z),
        2 / 3 * cube, lambda X: close(dtype, side, a @ X, b),
    )  # fmt: skip
    yield row(
        "eigh", "eigh", (s,), lambda: np.linalg.eigh(symmetric), lambda: torch.linalg.eigh(y), 9 * cube,
        lambda L, V: close(dtype, side, (V * L) @ V.T, symmetric),
    )  # fmt: skip
    yield row(
        "inv", "inv", (t,), lambda: np.linalg.inv(a), lambda: torch.linalg.inv(x), 2 * cube,
        lambda X: close(dtype, side, X @ a, np.eye(side)),
    )  # fmt: skip
    yield row(
        "det", "det", (t,), lambda: np.linalg.det(a), lambda: torch.linalg.det(x), 2 / 3 * cube,
        lambda d: np.testing.assert_allclose(np.log(abs(d)), np.linalg.slogdet(a.astype("f8"))[1], rtol=1e-3)
        if np.isfinite(d) else None,
    )  # fmt: skip
    positive = (a @ a.T / side + np.eye(side)).astype(dtype)
    p, q = tb.from_numpy(positive), torch.from_numpy(positive)
    yield row(
        "cholesky", "cholesky", (p,), lambda: np.linalg.cholesky(positive),
        lambda: torch.linalg.cholesky(q), 1 / 3 * cube,
        lambda L: close(dtype, side, L @ L.T, positive),
    )  # fmt: skip
