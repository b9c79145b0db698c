"""What this machine can do at best, measured in the run itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

import tensorbridge as tb

ROUNDS = 7

#: Real operations of one multiplication and addition, by dtype; complex ones take four of each.
FLOAT = {"float32": "float32", "complex64": "float32"}


@dataclass(frozen=True)
class Limits:
    """Bytes and floating-point operations per second."""

    bandwidth: float
    float32: float
    float64: float

    @classmethod
    def measured(cls, threads: int) -> Limits:
        """The best of all libraries: at moving memory in several ways, and at large products."""
        assert threads == torch.get_num_threads() == tb.get_num_threads()
        return cls(bandwidth(), rate("float32"), rate("float64"))

    def seconds(self, moved: float, operations: float, dtype: str) -> float:
        """The least time in which work could be done; 0 where nothing is known."""
        rate = self.float32 if FLOAT.get(dtype) == "float32" else self.float64
        return max(moved / self.bandwidth, operations / rate)


def best(*calls: Callable[[], Any]) -> float:
    """The least seconds of any of these calls."""
    found = float("inf")
    for call in calls:
        for _ in range(ROUNDS):
            start = time.perf_counter()
            call()
            found = min(found, time.perf_counter() - start)
    return found


def bandwidth(count: int = 1 << 24) -> float:
    """Bytes that memory moves in a second: a copy, or a sum of two arrays into a third."""
    a, b, c = (np.ones(count, np.float32) for _ in range(3))
    x, y, z = map(torch.from_numpy, (a, b, c))
    t, u, v = map(tb.from_numpy, (a, b, c))
    triad = best(
        lambda: np.add(a, b, out=c), lambda: torch.add(x, y, out=z), lambda: tb.add(t, u, out=v)
    )
    copy = best(lambda: np.copyto(c, a), lambda: z.copy_(x), lambda: v.copy_(t))
    return max(3 * a.nbytes / triad, 2 * a.nbytes / copy)


def rate(dtype: str, side: int = 1024) -> float:
    """Additions and multiplications in a second, in a product of two matrices."""
    a = np.random.default_rng(0).random((side, side)).astype(dtype)
    x, t = torch.from_numpy(a), tb.from_numpy(a)
    return 2 * side**3 / best(lambda: a @ a, lambda: x @ x, lambda: t @ t)
