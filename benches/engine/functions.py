"""The functions of analysis, a million elements and a drawn size."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import torch
from measure import Bench, Case, ours

import tensorbridge as tb


def erf(a: np.ndarray) -> np.ndarray:
    """The error function, which NumPy does not have."""
    return torch.erf(torch.from_numpy(a.astype("f8"))).numpy().astype(a.dtype)


def gelu(a: np.ndarray) -> np.ndarray:
    """`x` times the distribution function of the normal distribution."""
    return a * (0.5 * (1 + erf(a / math.sqrt(2)))).astype(a.dtype)


def sigmoid(a: np.ndarray) -> np.ndarray:
    """The logistic function."""
    return 1 / (1 + np.exp(-a))


#: Name, NumPy's function, PyTorch's, whether the arguments are positive, and whether NumPy's is a
#: function of its own, which is worth a time.
TABLE: list[tuple[str, Callable, Callable, bool, bool]] = [
    ("exp", np.exp, torch.exp, False, True),
    ("log", np.log, torch.log, True, True),
    ("sin", np.sin, torch.sin, False, True),
    ("cos", np.cos, torch.cos, False, True),
    ("tanh", np.tanh, torch.tanh, False, True),
    ("erf", erf, torch.erf, False, False),
    ("gelu", gelu, torch.nn.functional.gelu, False, False),
    ("sqrt", np.sqrt, torch.sqrt, True, True),
    ("sigmoid", sigmoid, torch.sigmoid, False, False),
]


def cases(bench: Bench) -> Iterator[Case]:
    """Each function of each dtype."""
    drawn = bench.size(10_000, 4_000_000)
    for dtype in ("float32", "float64"):
        for size in (1_000_000, drawn):
            a = bench.array(size, dtype)
            for name, numpy, other, positive, own in TABLE:
                yield of_one(
                    f"{name} {size:,} {dtype}", name, numpy, other, abs(a) if positive else a, own
                )
            yield power(bench, size, dtype)


def of_one(
    label: str, name: str, numpy: Callable, other: Callable, a: np.ndarray, own: bool
) -> Case:
    """One function of one array."""
    function = ours(name)
    t, x = tb.from_numpy(a), torch.from_numpy(a)
    expected = numpy(a)

    def right(result: tb.Tensor) -> None:
        # A few units in the last place: peers differ by as much.
        tolerance = 16 * np.finfo(a.dtype).eps
        np.testing.assert_allclose(np.asarray(result), expected, rtol=tolerance, atol=tolerance)

    return Case(
        label,
        None if function is None else lambda: function(t),
        (lambda: numpy(a)) if own else None,
        lambda: other(x),
        2 * a.nbytes,
        check=right,
        function=name,
    )


def power(bench: Bench, size: int, dtype: str) -> Case:
    """Powers of positive numbers."""
    a, b = abs(bench.array(size, dtype)), bench.array(size, dtype)
    t, u, x, y = tb.from_numpy(a), tb.from_numpy(b), torch.from_numpy(a), torch.from_numpy(b)
    return Case(f"pow {size:,} {dtype}", lambda: t**u, lambda: a**b, lambda: x**y, 3 * a.nbytes)
