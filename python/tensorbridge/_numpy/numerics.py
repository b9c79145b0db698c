"""Statistics, sequences, sums of products and slopes of NumPy on tensors: rows as in `native`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import tensorbridge as tb
from tensorbridge import Tensor


def tensor(value: Any) -> Tensor:
    return value if isinstance(value, Tensor) else tb.asarray(value)


def median(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda a, axis=None, out=None, overwrite_input=False, keepdims=False: function(
        tensor(a), axis=axis, keepdims=keepdims, out=out
    )


def quantile(function: Callable[..., Any]) -> Callable[..., Any]:
    def call(
        a: Any,
        q: Any,
        axis: Any = None,
        out: Any = None,
        overwrite_input: bool = False,
        method: Any = "linear",
        keepdims: Any = False,
    ) -> Any:
        return function(tensor(a), q, axis=axis, keepdims=keepdims, method=method, out=out)

    return call


def cov(
    m: Any,
    y: Any = None,
    rowvar: bool = True,
    bias: bool = False,
    ddof: Any = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Any:
    return tb.cov(m, y, rowvar, bias, ddof, fweights, aweights, dtype=dtype)


def average(
    a: Any, axis: Any = None, weights: Any = None, returned: Any = False, *, keepdims: Any = False
) -> Any:
    return tb.average(a, axis, weights, returned=returned, keepdims=keepdims)


def logspace(
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: bool = True,
    base: Any = 10.0,
    dtype: Any = None,
) -> Any:
    if any(getattr(value, "ndim", 0) for value in (start, stop, base)):
        return NotImplemented
    return tb.logspace(start, stop, num, endpoint, base, dtype=dtype)


def geomspace(
    start: Any, stop: Any, num: Any = 50, endpoint: bool = True, dtype: Any = None
) -> Any:
    if any(getattr(end, "ndim", 0) or np.iscomplexobj(end) for end in (start, stop)):
        return NotImplemented
    return tb.geomspace(start, stop, num, endpoint, dtype=dtype)


def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: Any = 1) -> Any:
    found = tb.gradient(f, *varargs, axis=axis, edge_order=edge_order)
    # A list, in old versions.
    return type(np.gradient(np.zeros((2, 2))))(found) if isinstance(found, tuple) else found


def interp(x: Any, xp: Any, fp: Any, left: Any = None, right: Any = None) -> Any:
    return tb.interp(tensor(x), xp, fp, left, right)


def sliding_window_view(
    x: Any, window_shape: Any, axis: Any = None, *, subok: bool = False, writeable: bool = False
) -> Any:
    return tb.sliding_window_view(x, window_shape, axis, writeable=writeable)


def einsum(*operands: Any, out: Any = None, dtype: Any = None, optimize: Any = False) -> Any:
    # NumPy's order, all at once, is one of its own; every order has the same answer.
    return tb.einsum(*operands, out=out, dtype=dtype, optimize=optimize or True)


ROWS: dict[str, Callable[..., Any]] = {
    "median": median(tb.median),
    "nanmedian": median(tb.nanmedian),
    "quantile": quantile(tb.quantile),
    "nanquantile": quantile(tb.nanquantile),
    "percentile": quantile(tb.percentile),
    "nanpercentile": quantile(tb.nanpercentile),
    "average": average,
    "cov": cov,
    "corrcoef": lambda x, y=None, rowvar=True, *, dtype=None: tb.corrcoef(
        x, y, rowvar, dtype=dtype
    ),
    "ptp": lambda a, axis=None, out=None, keepdims=False: tb.ptp(
        tensor(a), axis=axis, keepdims=keepdims, out=out
    ),
    "logspace": logspace,
    "geomspace": geomspace,
    "vander": lambda x, N=None, increasing=False: tb.vander(x, N, increasing),
    "convolve": lambda a, v, mode="full": tb.convolve(a, v, mode),
    "correlate": lambda a, v, mode="valid": tb.correlate(a, v, mode),
    "gradient": gradient,
    "interp": interp,
    "einsum": einsum,
    "lib.stride_tricks.sliding_window_view": sliding_window_view,
}
