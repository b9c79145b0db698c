"""Universal functions: `np.add(a, t)`, `a += t`, `np.arctan2.outer(t, u)`, `np.add.at(t, i, 1)`."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

import tensorbridge as tb
from tensorbridge import Tensor

from . import native
from .convert import HELD, Crossing

#: bool < integer < float < complex; what is neither has no place in the order.
RANK = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}

#: Types that tensorbridge's functions take as they are.
PLAIN = {Tensor, np.ndarray, bool, int, float, complex, *(np.dtype(code).type for code in HELD)}

#: Keywords that change nothing with these values.
DEFAULTS = {"where": True, "dtype": None}

Answer = tuple[Any, "str | None"]
UNKNOWN: Answer = NotImplemented, None


def array_ufunc(
    ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]
) -> Answer:
    """The answer of `Tensor.__array_ufunc__`; `NotImplemented` beside objects of other libraries."""
    # By far the most calls: an operator between tensors, arrays and numbers.
    if not kwargs and method == "__call__" and PLAIN.issuperset(map(type, inputs)):
        function = native.ufunc(ufunc)
        if function is not None:
            return function(*inputs), None
    # What says no more than the default does not stand in the way of the native function.
    kwargs = {
        name: value
        for name, value in kwargs.items()
        if name not in DEFAULTS or value is not DEFAULTS[name]
    }
    out = kwargs.pop("out", ())
    if not all(target is None or known_array(target) for target in out):
        return UNKNOWN
    if method in ("__call__", "outer"):
        return elementwise(ufunc, method, inputs, out, kwargs)
    if method == "at":
        return scattered(ufunc, *inputs)
    return folded(ufunc, method, inputs, out, kwargs)


def known_array(value: Any) -> bool:
    """Whether `value` is a tensor, or an ndarray whose class leaves functions to NumPy."""
    return type(value) is Tensor or (
        isinstance(value, np.ndarray) and type(value).__array_ufunc__ is np.ndarray.__array_ufunc__
    )


def operand(value: Any) -> Any:
    """`value` as a tensor or a Python number, or `NotImplemented` for an object of another library."""
    if type(value) is Tensor:
        return value
    if isinstance(value, (np.generic, list, tuple)) or known_array(value):
        return tb.asarray(value)
    return value if isinstance(value, (bool, int, float, complex)) else NotImplemented


def apart(a: Any, b: Any) -> Any:
    """`a` with its axes before those of `b`, so that each element meets each."""
    if type(a) is not Tensor or type(b) is not Tensor or b.ndim == 0:
        return a
    return a.reshape((*a.shape, *(1,) * b.ndim))


def qualified(ufunc: np.ufunc, method: str) -> str:
    """The name of a function as a reader would write it."""
    name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
    return f"numpy.{name}" if getattr(np, ufunc.__name__, None) is ufunc else name


def elementwise(
    ufunc: np.ufunc,
    method: str,
    inputs: tuple[Any, ...],
    out: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Answer:
    """`ufunc(*inputs)`, and `ufunc.outer(a, b)`, which is that with the axes of `b` set apart."""
    operands = [operand(value) for value in inputs]
    if any(value is NotImplemented for value in operands):
        return UNKNOWN
    function = native.ufunc(ufunc)
    if function is not None and not kwargs and len(out) <= 1:
        if method == "outer":
            operands[0] = apart(*operands)
        return function(*operands, out=out[0] if out else None), None

    crossing = Crossing()
    if {"dtype", "sig", "signature"} & kwargs.keys():
        arrays, dtypes = crossing.there(operands), None
    else:
        arrays, dtypes = promoted(ufunc, operands, crossing)
    targets = tuple(None if target is None else crossing.there(target) for target in out)
    if any(target is not None for target in out) and "casting" not in kwargs and dtypes:
        for dtype, target in zip(dtypes, out, strict=True):
            check_kind(dtype, target)
        kwargs["casting"] = "unsafe"
    kwargs = crossing.there(kwargs)
    if targets:
        kwargs["out"] = targets
    results = getattr(ufunc, method)(*arrays, **kwargs)
    return deliver(results, out, crossing), qualified(ufunc, method)


def folded(
    ufunc: np.ufunc,
    method: str,
    inputs: tuple[Any, ...],
    out: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Answer:
    """`ufunc.reduce(a)`, `ufunc.accumulate(a)` and `ufunc.reduceat(a, indices)`."""
    source = operand(inputs[0])
    if source is NotImplemented:
        return UNKNOWN
    if type(source) is not Tensor:
        source = tb.asarray(source)
    function = native.fold(ufunc, method)
    if function is not None and not out:
        result = (
            function(source, **kwargs)
            if native.understands(function, (source,), kwargs)
            else NotImplemented
        )
        if result is not NotImplemented:
            return result, None

    crossing = Crossing()
    array = crossing.there(source)
    if "dtype" not in kwargs:
        dtypes = ufunc.resolve_dtypes((None, array.dtype, None), reduction=True)
        if RANK.get(array.dtype.kind, 3) < 2 <= RANK.get(dtypes[-1].kind, 0):
            array = crossing.there(tb.astype(source, tb.get_default_dtype(), casting="unsafe"))
            dtypes = ufunc.resolve_dtypes((None, array.dtype, None), reduction=True)
        for target in out:
            check_kind(dtypes[-1], target)
    kwargs = crossing.there(kwargs)
    if out:
        kwargs["out"] = crossing.there(out)
    results = getattr(ufunc, method)(array, *crossing.there(inputs[1:]), **kwargs)
    return deliver(results, out, crossing), qualified(ufunc, method)


def scattered(ufunc: np.ufunc, target: Any, indices: Any, *rest: Any) -> Answer:
    """`ufunc.at(target, indices, b)`: in place, every index counted as often as it occurs."""
    values = [operand(value) for value in rest]
    if not known_array(target) or any(value is NotImplemented for value in values):
        return UNKNOWN
    crossing = Crossing()
    array = crossing.there(target)
    if not array.flags.writeable:
        # `at` does not look: it would write, or crash on a read-only mapping.
        raise ValueError(
            "the array is read-only, and this operation would write to it"
            " — hint: work on a copy: `t.clone()`"
        )
    for number, value in enumerate(values):
        result = tb.result_type(target, value)
        check_kind(np.dtype(tb.float32 if result == tb.bfloat16 else result), target)
        values[number] = np.asarray(crossing.there(value)).astype(array.dtype, copy=False)
    ufunc.at(array, crossing.there(indices), *values)
    crossing.settle(target)
    return None, qualified(ufunc, "at")


def promoted(
    ufunc: np.ufunc, operands: list[Any], crossing: Crossing
) -> tuple[list[np.ndarray], tuple[np.dtype, ...]]:
    """The operands as arrays of the dtypes that tensorbridge computes in, and the results' dtypes."""
    dtypes = [tb.result_type(value) for value in operands]
    if len(operands) > 1 and is_uniform(ufunc):
        dtypes = [tb.result_type(*operands)] * len(operands)
    taken, results = loop(ufunc, tuple(dtypes), tb.get_default_dtype())
    arrays = [
        crossing.there(cast(value, dtype)) for value, dtype in zip(operands, taken, strict=True)
    ]
    return arrays, results


@cache
def loop(
    ufunc: np.ufunc, dtypes: tuple[tb.dtype, ...], default: tb.dtype
) -> tuple[tuple[tb.dtype, ...], tuple[np.dtype, ...]]:
    """The dtypes of inputs and results of the loop that runs for inputs of `dtypes`."""
    found = resolved(ufunc, dtypes)
    # An integer where a real number is needed becomes the default dtype, not float64.
    real = tuple(
        default if RANK[host(dtype).kind] < 2 <= RANK.get(taken.kind, 0) else dtype
        for dtype, taken in zip(dtypes, found, strict=False)
    )
    if real != dtypes:
        found_for_real = resolved(ufunc, real)
        # Unless the function computes in nothing else, as `float_power` does.
        if found_for_real[: ufunc.nin] == tuple(map(host, real)):
            dtypes, found = real, found_for_real
    return dtypes, found[ufunc.nin :]


def cast(value: Any, dtype: tb.dtype) -> Tensor:
    if type(value) is Tensor:
        return tb.astype(value, dtype, copy=False, casting="unsafe")
    return tb.full((), value, dtype=dtype)


def host(dtype: tb.dtype) -> np.dtype:
    """The dtype in which NumPy computes for `dtype`."""
    return np.dtype(np.float32) if dtype == tb.bfloat16 else np.dtype(dtype)


def resolved(ufunc: np.ufunc, dtypes: tuple[tb.dtype, ...]) -> tuple[np.dtype, ...]:
    """The dtypes of the loop that NumPy takes: inputs, then outputs."""
    return ufunc.resolve_dtypes((*map(host, dtypes), *(None,) * ufunc.nout))


@cache
def is_uniform(ufunc: np.ufunc) -> bool:
    """Whether all inputs of every numeric loop have one dtype: not so of `ldexp`."""
    inputs = (loop.split("->")[0] for loop in ufunc.types)
    return all(len(set(loop)) == 1 for loop in inputs if not set(loop) & set("OmM"))


def check_kind(result: np.dtype, target: Any) -> None:
    """Refuses to write a result of a higher kind into `target`, before anything is written."""
    if target is None:
        return
    rank = RANK.get(result.kind)
    allowed = RANK.get(np.dtype(target.dtype).kind if target.dtype != tb.bfloat16 else "f")
    if rank is not None and allowed is not None and rank > allowed:
        name = np.dtype(target.dtype).name if target.dtype != tb.bfloat16 else "bfloat16"
        raise TypeError(
            f"result type {result.name} can't be cast to the desired output type {name} — hint: "
            f"compute without `out=`, and cast the result with `.to(tb.{name})`"
        )


def deliver(results: Any, out: tuple[Any, ...], crossing: Crossing) -> Any:
    """The results as tensors; those written into `out` as they were given."""
    crossing.settle(*out)
    if not isinstance(results, tuple):
        return out[0] if out and out[0] is not None else crossing.back(results)
    out = out or (None,) * len(results)
    return tuple(
        crossing.back(result) if target is None else target
        for result, target in zip(results, out, strict=True)
    )
