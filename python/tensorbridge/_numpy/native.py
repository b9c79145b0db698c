"""Which of NumPy's functions run in tensorbridge, and how their arguments are spelled there.

A row of a table is NumPy's name and a function with NumPy's parameters, as far as tensorbridge
understands them; a call that uses any other parameter runs in NumPy. Names of tensorbridge are
looked up when the call is made.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

import tensorbridge as tb
from tensorbridge import Tensor

from . import linalg, numerics, sharing

#: Universal functions by NumPy's name, where tensorbridge's is another.
RENAMED = {
    "absolute": "abs",
    "power": "pow",
    "invert": "bitwise_invert",
    "left_shift": "bitwise_left_shift",
    "right_shift": "bitwise_right_shift",
    "conjugate": "conj",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "rint": "round",
}

#: Universal functions that mean the same in tensorbridge, wherever it has them.
ELEMENTWISE = """
    add subtract multiply divide floor_divide remainder power negative positive absolute square
    equal not_equal less less_equal greater greater_equal maximum minimum
    logical_and logical_or logical_xor logical_not
    bitwise_and bitwise_or bitwise_xor invert left_shift right_shift matmul vecdot conjugate
    sqrt exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan arctan2
    sinh cosh tanh arcsinh arccosh arctanh hypot copysign nextafter logaddexp reciprocal
    cbrt deg2rad rad2deg degrees radians floor ceil trunc sign signbit isnan isinf isfinite
    fmax fmin fmod gcd lcm heaviside ldexp float_power rint
"""

#: Reductions and scans that are functions of their own.
FOLDS = {
    ("add", "reduce"): "sum",
    ("multiply", "reduce"): "prod",
    ("maximum", "reduce"): "max",
    ("minimum", "reduce"): "min",
    ("logical_and", "reduce"): "all",
    ("logical_or", "reduce"): "any",
    ("add", "accumulate"): "cumulative_sum",
    ("multiply", "accumulate"): "cumulative_prod",
}

_UFUNCS = {
    getattr(np, name): RENAMED.get(name, name) for name in ELEMENTWISE.split() if hasattr(np, name)
}


def ufunc(function: np.ufunc) -> Callable[..., Any] | None:
    """tensorbridge's own form of a universal function, with `out=`, or `None`."""
    name = _UFUNCS.get(function)
    if name is not None:
        found = vars(tb).get(name)
        return found if found is None or takes_out(found) else into_out(found)
    pairs: dict[np.ufunc, Callable[..., Any]] = {np.divmod: divmod_, np.frexp: frexp_}
    return pairs.get(function)


@cache
def takes_out(function: Callable[..., Any]) -> bool:
    return "out" in inspect.signature(function).parameters


@cache
def into_out(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` with `out=`, by a copy."""

    def call(*operands: Any, out: Any = None) -> Any:
        result = function(*operands)
        if out is None:
            return result
        tb.asarray(out, copy=False).copy_(result)
        return out

    return call


def divmod_(x1: Any, x2: Any, out: Any = None) -> Any:
    if out is not None:
        raise TypeError("divmod() needs two outputs: `out` must be a tuple of two")
    return tb.floor_divide(x1, x2), tb.remainder(x1, x2)


def frexp_(x: Any, out: Any = None) -> Any:
    if out is not None:
        raise TypeError("frexp() needs two outputs: `out` must be a tuple of two")
    return tb.frexp(x)


def fold(function: np.ufunc, method: str) -> Callable[..., Any] | None:
    """tensorbridge's own form of `function.reduce` or `function.accumulate`, or `None`."""
    name = FOLDS.get((function.__name__, method))
    if name is None or getattr(np, function.__name__, None) is not function:
        return None
    if method == "accumulate":
        return lambda a, axis=0, dtype=None: run(name, a, axis=axis, **given(dtype=dtype))
    if name in ("sum", "prod"):
        return lambda a, axis=0, dtype=None, keepdims=False: run(
            name, a, axis=axis, keepdims=keepdims, **given(dtype=dtype)
        )
    return lambda a, axis=0, keepdims=False: run(name, a, axis=axis, keepdims=keepdims)


def understands(function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]) -> bool:
    """Whether a row of the table takes a call's arguments. NumPy has seen that none is missing."""
    code = getattr(function, "__wrapped__", function).__code__
    if len(args) > code.co_argcount and not code.co_flags & inspect.CO_VARARGS:
        return False
    return kwargs.keys() <= set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])


def function(called: Callable[..., Any]) -> Callable[..., Any] | None:
    """tensorbridge's own form of a function of NumPy, with NumPy's parameters, or `None`."""
    return FUNCTIONS.get(called)


def run(name: str, *args: Any, **kwargs: Any) -> Any:
    """Calls tensorbridge's function `name`; `NotImplemented` while there is none."""
    module, _, last = name.rpartition(".")
    found = vars(getattr(tb, module) if module else tb).get(last)
    return NotImplemented if found is None else found(*args, **kwargs)


def given(**options: Any) -> dict[str, Any]:
    """The options that are not `None`."""
    return {name: value for name, value in options.items() if value is not None}


def tensor(value: Any) -> Tensor:
    return value if isinstance(value, Tensor) else tb.asarray(value)


def tensors(values: Any) -> list[Tensor]:
    return [tensor(value) for value in values]


def mask(condition: Any) -> Tensor:
    found = tensor(condition)
    return found if found.dtype == tb.bool else found != 0


def reduction(name: str) -> Callable[..., Any]:
    return lambda a, axis=None, keepdims=False: run(name, tensor(a), axis=axis, keepdims=keepdims)


def accumulating(name: str) -> Callable[..., Any]:
    return lambda a, axis=None, dtype=None, keepdims=False: run(
        name, tensor(a), axis=axis, keepdims=keepdims, **given(dtype=dtype)
    )


def spread(name: str) -> Callable[..., Any]:
    return lambda a, axis=None, ddof=0, keepdims=False: run(
        name, tensor(a), axis=axis, correction=ddof, keepdims=keepdims
    )


def scan(name: str) -> Callable[..., Any]:
    """NumPy scans the flattened array where no axis is named."""

    def call(a: Any, axis: Any = None, dtype: Any = None) -> Any:
        a = tensor(a)
        if axis is None:
            a, axis = a.reshape(-1), 0
        return run(name, a, axis=axis, **given(dtype=dtype))

    return call


def cumulative(name: str) -> Callable[..., Any]:
    return lambda x, *, axis=None, dtype=None, include_initial=False: run(
        name, tensor(x), axis=axis, include_initial=include_initial, **given(dtype=dtype)
    )


def ordered(name: str) -> Callable[..., Any]:
    """NumPy sorts the flattened array where the axis is `None`; every kind of sort is stable."""

    def call(a: Any, axis: Any = -1, kind: Any = None, *, stable: Any = None) -> Any:
        a = tensor(a)
        return run(name, a.reshape(-1)) if axis is None else run(name, a, axis=axis)

    return call


def partitioned(name: str) -> Callable[..., Any]:
    """NumPy partitions the flattened array where the axis is `None`."""

    def call(a: Any, kth: Any, axis: Any = -1, kind: Any = "introselect") -> Any:
        a = tensor(a)
        if axis is None:
            a, axis = a.reshape(-1), -1
        return run(name, a, kth, axis)

    return call


def searchsorted(a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Any:
    return run("searchsorted", tensor(a), plain(v), side=side, sorter=sorter)


def isin(
    element: Any,
    test_elements: Any,
    assume_unique: bool = False,
    invert: bool = False,
    *,
    kind: Any = None,
) -> Any:
    return run("isin", plain(element), plain(test_elements), invert=invert)


def put(a: Any, ind: Any, v: Any, mode: Any = "raise") -> Any:
    ind, v = tensor(ind), tensor(v)
    # NumPy repeats values, and drops those that are too many.
    if mode != "raise" or type(a) is not Tensor or v.shape.numel() not in (1, ind.shape.numel()):
        return NotImplemented
    a.put_(ind, v.reshape(()) if v.shape.numel() == 1 else v)
    return None


def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any = -1) -> Any:
    if axis is None or type(arr) is not Tensor:
        return NotImplemented
    run("put_along_axis", arr, indices, plain(values), axis)
    return None


def unique(
    ar: Any,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: Any = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
) -> Any:
    wanted = {"return_index": return_index, "equal_nan": equal_nan, "axis": axis}
    return run("unique", tensor(ar), sorted, return_inverse, return_counts, **wanted)


def named(name: str) -> Callable[..., Any]:
    """The results under the names of NumPy's own type, which it does not publish."""

    def call(x: Any) -> Any:
        return type(getattr(np, name)(np.zeros(0)))(*run(name, tensor(x)))

    return call


def bincount(x: Any, /, weights: Any = None, minlength: Any = 0) -> Any:
    if weights is not None:
        weights = tensor(weights).to(tb.float64, casting="unsafe")
    return run("bincount", tensor(x), weights, minlength)


def histogram(
    a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> Any:
    weights = None if weights is None else tensor(weights)
    found = run("histogram", tensor(a), plain(bins), range, density, weights)
    return found if found is NotImplemented else tuple(found)


def like(name: str) -> Callable[..., Any]:
    return lambda a, dtype=None: run(name, tensor(a), **given(dtype=dtype))


def clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    return run("clip", tensor(a), low, high)


def where(condition: Any, *choices: Any) -> Any:
    if not choices:
        return nonzero(condition)
    # A bare list is an array of NumPy's.
    return run("where", mask(condition), *map(plain, choices))


def plain(value: Any) -> Any:
    return tb.asarray(value) if isinstance(value, (list, tuple)) else value


def nonzero(a: Any) -> Any:
    found = run("nonzero", tensor(a))
    return found if isinstance(found, tuple) else NotImplemented


def linspace(start: Any, stop: Any, num: Any = 50, endpoint: bool = True, dtype: Any = None) -> Any:
    if any(getattr(end, "ndim", 0) for end in (start, stop)):
        return NotImplemented
    return run("linspace", start, stop, num, endpoint=endpoint, **given(dtype=dtype))


def dot(a: Any, b: Any) -> Any:
    a, b = tensor(a), tensor(b)
    if a.ndim == 0 or b.ndim == 0:
        return run("multiply", a, b)
    return run("matmul", a, b) if b.ndim <= 2 else NotImplemented


def result_type(*arrays_and_dtypes: Any) -> Any:
    return np.dtype(tb.result_type(*arrays_and_dtypes))


def size(a: Any, axis: Any = None) -> Any:
    shape = tensor(a).shape
    return shape.numel() if axis is None else shape[axis]


def at_least(ndim: int) -> Callable[[Tensor], Tensor]:
    """NumPy's way of adding axes: rows first, then pages behind."""

    def call(a: Tensor) -> Tensor:
        if a.ndim == 0:
            return a.reshape((1,) * ndim)
        if a.ndim == 1 and ndim > 1:
            a = a.reshape((1, -1) if ndim == 2 else (1, -1, 1))
        elif a.ndim == 2 and ndim == 3:
            a = a.reshape((*a.shape, 1))
        return a

    return call


def at_least_row(name: str) -> Callable[..., Any]:
    """Of several arrays NumPy gives a list or a tuple, as it is old or new."""
    return lambda *arys: run(name, tensor(arys[0])) if len(arys) == 1 else NotImplemented


def hstack(tup: Any) -> Any:
    parts = [at_least(1)(part) for part in tensors(tup)]
    return run("concat", parts, axis=0 if parts and parts[0].ndim == 1 else 1)


def column_stack(tup: Any) -> Any:
    parts = [part if part.ndim > 1 else part.reshape((-1, 1)) for part in tensors(tup)]
    return run("concat", parts, axis=1)


def vstack(tup: Any) -> Any:
    return run("concat", [at_least(2)(part) for part in tensors(tup)], axis=0)


def dstack(tup: Any) -> Any:
    return run("concat", [at_least(3)(part) for part in tensors(tup)], axis=2)


def transpose(a: Any, axes: Any = None) -> Any:
    a = tensor(a)
    return run("permute_dims", a, tuple(range(a.ndim))[::-1] if axes is None else tuple(axes))


def swapaxes(a: Any, axis1: int, axis2: int) -> Any:
    a = tensor(a)
    axes = list(range(a.ndim))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return run("permute_dims", a, tuple(axes))


def squeeze(a: Any, axis: Any = None) -> Any:
    a = tensor(a)
    if axis is None:
        axis = tuple(number for number, length in enumerate(a.shape) if length == 1)
    return run("squeeze", a, axis)


def copyto(dst: Any, src: Any) -> Any:
    if type(dst) is not Tensor or not hasattr(dst, "copy_"):
        return NotImplemented
    dst.copy_(src if type(src) is Tensor else tb.asarray(src))
    return None


#: The modes of `np.pad` that tensorbridge has.
BORDERS = {"constant", "edge", "reflect", "symmetric", "wrap"}


def pad(array: Any, pad_width: Any, mode: Any = "constant", *, constant_values: Any = None) -> Any:
    if mode not in BORDERS or (constant_values is not None and mode != "constant"):
        return NotImplemented
    return run("pad", tensor(array), pad_width, mode, constant_values=constant_values)


def fourier(name: str) -> Callable[..., Any]:
    return lambda a, n=None, axis=-1, norm=None, out=None: run(
        f"fft.{name}", tensor(a), n, axis, norm, out=out
    )


def fouriers(name: str, default: Any = None) -> Callable[..., Any]:
    return lambda a, s=None, axes=default, norm=None, out=None: run(
        f"fft.{name}", tensor(a), s, axes, norm, out=out
    )


_ROWS: dict[str, Callable[..., Any]] = {
    # How many, how much.
    "sum": accumulating("sum"),
    "prod": accumulating("prod"),
    "mean": reduction("mean"),
    "max": reduction("max"),
    "min": reduction("min"),
    "amax": reduction("max"),
    "amin": reduction("min"),
    "all": reduction("all"),
    "any": reduction("any"),
    "argmax": reduction("argmax"),
    "argmin": reduction("argmin"),
    "count_nonzero": reduction("count_nonzero"),
    "std": spread("std"),
    "var": spread("var"),
    "nansum": accumulating("nansum"),
    "nanprod": accumulating("nanprod"),
    "nanmean": accumulating("nanmean"),
    "nanmax": reduction("nanmax"),
    "nanmin": reduction("nanmin"),
    "nanstd": spread("nanstd"),
    "nanvar": spread("nanvar"),
    "cumsum": scan("cumulative_sum"),
    "cumprod": scan("cumulative_prod"),
    "cumulative_sum": cumulative("cumulative_sum"),
    "cumulative_prod": cumulative("cumulative_prod"),
    # Where elements are, and which.
    "where": where,
    "nonzero": nonzero,
    "sort": ordered("sort"),
    "argsort": ordered("argsort"),
    "msort": lambda a: run("msort", tensor(a)),
    "searchsorted": searchsorted,
    "digitize": lambda x, bins, right=False: run("digitize", plain(x), tensor(bins), right),
    "isin": isin,
    "in1d": lambda ar1, ar2, assume_unique=False, invert=False, *, kind=None: run(
        "isin", tensor(ar1).reshape(-1), plain(ar2), invert=invert
    ),
    "partition": partitioned("partition"),
    "argpartition": partitioned("argpartition"),
    "lexsort": lambda keys, axis=-1: run("lexsort", keys, axis),
    "flatnonzero": lambda a: run("flatnonzero", tensor(a)),
    "put": put,
    "put_along_axis": put_along_axis,
    # Which, and how many.
    "unique": unique,
    "unique_values": lambda x: run("unique_values", tensor(x)),
    "unique_counts": named("unique_counts"),
    "unique_inverse": named("unique_inverse"),
    "unique_all": named("unique_all"),
    "intersect1d": lambda ar1, ar2, assume_unique=False: run(
        "intersect1d", tensor(ar1), tensor(ar2), assume_unique
    ),
    "union1d": lambda ar1, ar2: run("union1d", tensor(ar1), tensor(ar2)),
    "setdiff1d": lambda ar1, ar2, assume_unique=False: run(
        "setdiff1d", tensor(ar1), tensor(ar2), assume_unique
    ),
    "setxor1d": lambda ar1, ar2, assume_unique=False: run(
        "setxor1d", tensor(ar1), tensor(ar2), assume_unique
    ),
    "bincount": bincount,
    "histogram": histogram,
    "histogram_bin_edges": lambda a, bins=10, range=None, weights=None: run(
        "histogram_bin_edges", tensor(a), plain(bins), range
    ),
    "take": lambda a, indices, axis=None: run("take", tensor(a), indices, axis=axis),
    "take_along_axis": lambda arr, indices, axis: (
        NotImplemented if axis is None else run("take_along_axis", tensor(arr), indices, axis=axis)
    ),
    "argwhere": lambda a: run("argwhere", tensor(a)),
    "clip": clip,
    "fix": lambda x: run("trunc", tensor(x)),
    "sinc": lambda x: run("sinc", tensor(x)),
    "angle": lambda z: run("angle", tensor(z)),
    "isreal": lambda x: run("isreal", tensor(x)),
    "isposinf": lambda x: run("isposinf", tensor(x)),
    "isneginf": lambda x: run("isneginf", tensor(x)),
    "nan_to_num": lambda x, *, nan=0.0, posinf=None, neginf=None: run(
        "nan_to_num", tensor(x), nan, posinf, neginf
    ),
    "round": lambda a, decimals=0: run("round", tensor(a), decimals),
    "around": lambda a, decimals=0: run("round", tensor(a), decimals),
    # The same elements under another shape.
    "reshape": lambda a, shape: run("reshape", tensor(a), shape),
    "ravel": lambda a: run("reshape", tensor(a), (-1,)),
    "transpose": transpose,
    "matrix_transpose": lambda x: run("matrix_transpose", tensor(x)),
    "swapaxes": swapaxes,
    "moveaxis": lambda a, source, destination: run("moveaxis", tensor(a), source, destination),
    "expand_dims": lambda a, axis: run("expand_dims", tensor(a), axis),
    "squeeze": squeeze,
    "flip": lambda m, axis=None: run("flip", tensor(m), axis=axis),
    "fliplr": lambda m: run("fliplr", tensor(m)),
    "flipud": lambda m: run("flipud", tensor(m)),
    "diagonal": lambda a, offset=0, axis1=0, axis2=1: run(
        "diagonal", tensor(a), offset=offset, axis1=axis1, axis2=axis2
    ),
    "real": lambda val: run("real", tensor(val)),
    "imag": lambda val: run("imag", tensor(val)) if tensor(val).is_complex() else NotImplemented,
    "unstack": lambda x, *, axis=0: run("unstack", tensor(x), axis=axis),
    "roll": lambda a, shift, axis=None: run("roll", tensor(a), shift, axis=axis),
    "broadcast_to": lambda array, shape: run("broadcast_to", tensor(array), shape),
    "repeat": lambda a, repeats, axis=None: run("repeat", tensor(a), repeats, axis=axis),
    "tile": lambda A, reps: run("tile", tensor(A), reps),
    "pad": pad,
    "rot90": lambda m, k=1, axes=(0, 1): run("rot90", tensor(m), k, axes),
    "kron": lambda a, b: run("kron", tensor(a), tensor(b)),
    "atleast_1d": at_least_row("atleast_1d"),
    "atleast_2d": at_least_row("atleast_2d"),
    "atleast_3d": at_least_row("atleast_3d"),
    # Several as one.
    "concatenate": lambda arrays, axis=0: run("concat", tensors(arrays), axis=axis),
    "stack": lambda arrays, axis=0: run("stack", tensors(arrays), axis=axis),
    "hstack": hstack,
    "vstack": vstack,
    "row_stack": vstack,
    "dstack": dstack,
    "column_stack": column_stack,
    # New ones.
    "copy": lambda a: tensor(a).clone() if hasattr(Tensor, "clone") else NotImplemented,
    "copyto": copyto,
    "astype": lambda x, dtype, *, copy=True: run("astype", tensor(x), dtype, copy=copy),
    "empty_like": like("empty_like"),
    "zeros_like": like("zeros_like"),
    "ones_like": like("ones_like"),
    "full_like": lambda a, fill_value, dtype=None: run(
        "full_like", tensor(a), plain(fill_value), **given(dtype=dtype)
    ),
    "linspace": linspace,
    "tril": lambda m, k=0: run("tril", tensor(m), k=k),
    "triu": lambda m, k=0: run("triu", tensor(m), k=k),
    # Products.
    "dot": dot,
    "tensordot": lambda a, b, axes=2: run("tensordot", tensor(a), tensor(b), axes=axes),
    # Frequencies.
    **{f"fft.{name}": fourier(name) for name in ("fft", "ifft", "rfft", "irfft", "hfft", "ihfft")},
    **{f"fft.{name}": fouriers(name) for name in ("fftn", "ifftn", "rfftn", "irfftn")},
    **{f"fft.{name}": fouriers(name, (-2, -1)) for name in ("fft2", "ifft2", "rfft2", "irfft2")},
    "fft.fftshift": lambda x, axes=None: run("fft.fftshift", tensor(x), axes),
    "fft.ifftshift": lambda x, axes=None: run("fft.ifftshift", tensor(x), axes),
    # Questions.
    "shape": lambda a: tuple(tensor(a).shape),
    "ndim": lambda a: tensor(a).ndim,
    "size": size,
    "iscomplexobj": lambda x: tensor(x).is_complex(),
    "isrealobj": lambda x: not tensor(x).is_complex(),
    "result_type": result_type,
}


def resolve(name: str) -> Any:
    """NumPy's function of that name, `linalg.norm` say; `None` in a NumPy that has none."""
    found: Any = np
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


#: The rows by NumPy's functions; a NumPy without one of them is older or newer than this table.
FUNCTIONS = {
    found: row
    for name, row in (_ROWS | numerics.ROWS).items()
    if (found := resolve(name)) is not None
}
FUNCTIONS |= linalg.FUNCTIONS | sharing.FUNCTIONS
