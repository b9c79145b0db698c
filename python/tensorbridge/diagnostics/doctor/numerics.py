"""The same product through every library that is here: do they agree, and with themselves?"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import tensorbridge as tb

from .findings import Section

#: Length of a side: large enough for every library's blocked and threaded path, small enough for
#: a tenth of a second.
SIDE = 256

#: What rounding may cost: the classical bound is `n * eps / 2` of the product of magnitudes, and
#: blocked summation stays far below it.
BOUND = SIDE


def products(a: tb.Tensor, b: tb.Tensor) -> dict[str, Callable[[], Any]]:
    """The product of two float64 matrices, by library."""
    ways: dict[str, Callable[[], Any]] = {"tensorbridge": lambda: a @ b}
    try:
        x, y = a.numpy(), b.numpy()
        ways["numpy"] = lambda: tb.from_numpy(x @ y)
    except Exception:  # No NumPy: then it is not compared.
        pass
    if torch := sys.modules.get("torch"):
        u, v = torch.from_dlpack(a), torch.from_dlpack(b)
        ways["torch"] = lambda: tb.from_dlpack(u @ v)
    return ways


def cross_check() -> Section:
    """Compares products across libraries, and each library's with its own second try."""
    section = Section("Numerical cross-check")
    generator = tb.Generator().manual_seed(0)
    a, b = (tb.rand(SIDE, SIDE, dtype=tb.float64, generator=generator) for _ in range(2))
    ways = products(a, b)
    results = {name: multiply() for name, multiply in ways.items()}
    reference = results["tensorbridge"]
    spacing = float(reference.abs().max()) * tb.finfo(tb.float64).eps
    section.facts["product"] = f"{SIDE} x {SIDE} float64"
    for name, result in results.items():
        again = ways[name]()
        if not bool((again == result).all()):
            section.add(
                "note",
                f"{name} rounds differently from run to run",
                evidence="the same product twice differs in its last digits",
                consequence="results are right, and not reproducible to the last digit",
                remedy="one thread: threadpoolctl.threadpool_limits(1), torch.set_num_threads(1)",
            )
        if name == "tensorbridge":
            continue
        apart = float((result - reference).abs().max()) / spacing
        section.facts[f"{name} against tensorbridge"] = f"{apart:.1f} ulp of the largest element"
        if apart > BOUND:
            section.add(
                "error",
                f"{name} and tensorbridge disagree",
                evidence=f"by {apart:.0f} units in the last place of the largest element; rounding explains {BOUND}",
                consequence="one of the two BLAS libraries computes wrongly on this processor",
                remedy="upgrade the library that disagrees with the others; for OpenBLAS try OPENBLAS_CORETYPE=Haswell",
            )
    if not section.findings:
        section.ok("all libraries agree, and with themselves")
    return section
