"""Reductions of everything, of rows and of columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from measure import Bench, Case, compare, ours

import tensorbridge as tb

TABLE: list[tuple[str, Callable, Callable]] = [
    ("sum", np.sum, torch.sum),
    ("mean", np.mean, torch.mean),
    ("var", np.var, lambda x, **axis: torch.var(x, correction=0, **axis)),
    ("max", np.max, lambda x, axis=None: x.amax() if axis is None else x.amax(axis)),
    ("argmax", np.argmax, torch.argmax),
    ("any", np.any, torch.any),
    ("cumulative_sum", np.cumsum, torch.cumsum),
]


def cases(bench: Bench) -> Iterator[Case]:
    """Each reduction along each axis."""
    rows, columns = bench.size(500, 3000), bench.size(500, 3000)
    for shape, dtype in (
        ((2000, 2000), "float32"),
        ((2000, 2000), "float64"),
        ((rows, columns), "float32"),
    ):
        a = bench.array(shape, dtype)
        for name, numpy, other in TABLE:
            # Nothing is true, or the answer would be known at once.
            given = np.zeros(shape, np.bool_) if name == "any" else a
            yield from along(name, numpy, other, given, f"{shape[0]}×{shape[1]} {given.dtype}")


def along(name: str, numpy: Callable, other: Callable, a: np.ndarray, label: str) -> Iterator[Case]:
    """One reduction of everything, of rows, of columns."""
    function = ours(name)
    t, x = tb.from_numpy(a), torch.from_numpy(a)
    for where, axis in (("", None), (" of rows", 1), (" of columns", 0)):
        if axis is None and name == "cumulative_sum":
            t, x, axis, where = t.reshape(-1), x.reshape(-1), 0, ""
            yield case(name, function, numpy, other, a.reshape(-1), t, x, axis, f"{name} {label}")
            t, x = tb.from_numpy(a), torch.from_numpy(a)
            continue
        yield case(name, function, numpy, other, a, t, x, axis, f"{name}{where} {label}")


def case(
    name: str,
    function: Callable | None,
    numpy: Callable,
    other: Callable,
    a: np.ndarray,
    t: tb.Tensor,
    x: torch.Tensor,
    axis: int | None,
    label: str,
) -> Case:
    """One row."""
    peer: dict[str, int] = (
        {} if axis is None else {"dim": axis} if name != "max" else {"axis": axis}
    )
    mine = {} if axis is None else {"axis": axis}
    scans = name == "cumulative_sum"
    moved = a.nbytes * (2 if scans else 1)

    def exact(result: tb.Tensor) -> None:
        """NumPy's sums in float32 drift by more than ours: they are no oracle."""
        compare(result, np.cumsum(a, axis=axis, dtype=np.float64), 1e-3, 1e-6, label)

    return Case(
        label,
        None if function is None else lambda: function(t, **mine),
        lambda: numpy(a, axis=axis),
        lambda: other(x, **peer),
        moved,
        tolerance=(1e-3, 1e-5),
        function=name,
        check=exact if scans else None,
    )
