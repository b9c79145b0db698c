"""Cases, and how they are timed: ours and the peers in turn, medians of rounds."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from limits import Limits

import tensorbridge as tb

Call = Callable[[], Any]


@dataclass
class Case:
    """One row: the same work by us and by the peers."""

    name: str
    #: `None` where tensorbridge has no such function.
    ours: Call | None
    #: NumPy's call, whose result is the expected one, and PyTorch's; either may be missing.
    numpy: Call | None = None
    torch: Call | None = None
    #: Bytes that have to move, and operations that have to be done, at the least.
    bytes: float = 0
    flops: float = 0
    #: The dtype whose rate of operations counts.
    dtype: str = "float32"
    #: Relative and absolute tolerance of the comparison with NumPy's result.
    tolerance: tuple[float, float] = (1e-5, 1e-6)
    #: Asserts what is right about our result, where that is not equality with NumPy's.
    check: Callable[[Any], None] | None = None
    #: What the function is called, where it is missing.
    function: str = ""


@dataclass
class Bench:
    """The parameters of a run, and its clock."""

    threads: int
    seed: int
    quick: bool
    source: np.random.Generator = field(init=False)
    sizes: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.source = np.random.default_rng(self.seed)
        self.sizes = random.Random(self.seed)
        torch.set_num_threads(self.threads)
        tb.set_num_threads(self.threads)

    def size(self, low: int, high: int) -> int:
        """A drawn size, evenly distributed on a logarithmic scale."""
        return int(low * (high / low) ** self.sizes.random())

    def some(self, sizes: list[int]) -> list[int]:
        """All of these sizes, or the first, the middle and the last one in a quick run."""
        if not self.quick or len(sizes) <= 3:
            return sizes
        return [sizes[0], sizes[len(sizes) // 2], sizes[-1]]

    def array(self, shape: int | tuple[int, ...], dtype: str = "float32") -> np.ndarray:
        """Numbers of a standard normal distribution, or small whole ones."""
        kind = np.dtype(dtype).kind
        if kind == "c":
            return (self.array(shape, "f8") + 1j * self.array(shape, "f8")).astype(dtype)
        if kind == "f":
            return self.source.standard_normal(shape).astype(dtype)
        if kind == "b":
            return self.source.random(shape) < 0.5
        return self.source.integers(0, 100, shape).astype(dtype)

    def run(self, case: Case, limits: Limits) -> dict[str, Any]:
        """Checks a case and times it."""
        row: dict[str, Any] = {"name": case.name}
        if case.ours is None:
            return {**row, "missing": case.function or case.name}
        check(case)
        calls = {"ours": case.ours, "numpy": case.numpy, "torch": case.torch}
        times = self.times({name: call for name, call in calls.items() if call is not None})
        limit = limits.seconds(case.bytes, case.flops, case.dtype)
        return {**row, "times": times, "limit": limit}

    def times(self, calls: Mapping[str, Call]) -> dict[str, float]:
        """Seconds per call: medians of rounds in which all have their turn."""
        counts = {name: count(call) for name, call in calls.items()}
        found: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(3 if self.quick else 9):
            for name, call in calls.items():
                # The peers' threads wait actively after their work, OpenBLAS's for 2**26 cycles:
                # whoever comes next would have a part of their processor.
                time.sleep(0.01 if self.threads == 1 else 0.04)
                # The caches are cold now, and take some calls to fill.
                timed(call, 1 + counts[name] // 4)
                found[name].append(timed(call, counts[name]))
        return {name: statistics.median(values) for name, values in found.items()}


def timed(call: Call, count: int) -> float:
    """Seconds per call, of `count` calls."""
    turns = range(count)
    start = time.perf_counter()
    for _ in turns:
        call()
    return (time.perf_counter() - start) / count


def count(call: Call, seconds: float = 0.005) -> int:
    """How many calls take about `seconds`; what interrupts one of them is not held against all."""

    def least() -> float:
        first = timed(call, calls)
        return first if first * calls > 10 * seconds else min(first, timed(call, calls))

    calls = 1
    while (spent := least()) * calls < seconds and calls < 1 << 16:
        calls = max(2 * calls, min(int(seconds / max(spent, 1e-9)), 16 * calls))
    return calls


def check(case: Case) -> None:
    """Asserts that our result is right, before any time is taken."""
    assert case.ours is not None
    result = case.ours()
    if case.check is not None:
        case.check(result)
        return
    assert case.numpy is not None, f"{case.name}: nothing to compare with"
    compare(result, case.numpy(), *case.tolerance, case.name)


def compare(ours: Any, expected: Any, rtol: float, atol: float, name: str) -> None:
    """Asserts that two results, or tuples of results, are equal up to rounding."""
    if isinstance(expected, tuple | list) and not isinstance(ours, tb.Tensor):
        for one, other in zip(ours, expected, strict=True):
            compare(one, other, rtol, atol, name)
        return
    found = np.asarray(ours)
    expected = np.asarray(expected)
    assert found.shape == expected.shape, (name, found.shape, expected.shape)
    scale = max(1.0, float(np.abs(expected).max())) if expected.size else 1.0
    np.testing.assert_allclose(found, expected, rtol=rtol, atol=atol * scale, err_msg=name)


def ours(path: str) -> Callable[..., Any] | None:
    """A function of tensorbridge by its name, or `None` where it is not there yet."""
    found: Any = tb
    for name in path.split("."):
        found = getattr(found, name, None)
    return found
