"""All other functions that NumPy dispatches: `np.concatenate`, `np.percentile`, `np.linalg.svd`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np

import tensorbridge as tb
from tensorbridge import Tensor

from . import native
from .convert import Bfloat16, Crossing, is_held, rebuilt

Answer = tuple[Any, "str | None"]

#: Functions that put elements elsewhere and never look at them; numbers in their arguments are
#: lengths and places.
_MOVING = """
    array_split atleast_1d atleast_2d atleast_3d broadcast_arrays broadcast_to copy delete diag
    diagflat diagonal dsplit expand_dims flip fliplr flipud hsplit matrix_transpose
    may_share_memory meshgrid moveaxis permute_dims ravel repeat reshape resize roll rollaxis
    rot90 shares_memory split squeeze swapaxes take take_along_axis tile transpose tril triu
    unstack vsplit
"""
MOVING = frozenset(_MOVING.split())

#: Functions that write into their first argument.
WRITING = {"copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask"}

#: The arguments among which dtypes are promoted, by position; a sequence stands for its items.
PROMOTING: dict[str, tuple[int, ...] | slice] = {
    "append": (0, 1),
    "block": (0,),
    "choose": (1,),
    "column_stack": (0,),
    "concatenate": (0,),
    "convolve": (0, 1),
    "correlate": (0, 1),
    "cross": (0, 1),
    "dot": (0, 1),
    "dstack": (0,),
    "einsum": slice(1, None),
    "hstack": (0,),
    "inner": (0, 1),
    "kron": (0, 1),
    "multi_dot": (0,),
    "outer": (0, 1),
    "row_stack": (0,),
    "select": (1,),
    "stack": (0,),
    "tensordot": (0, 1),
    "vdot": (0, 1),
    "vstack": (0,),
    "where": (1, 2),
}


def array_function(
    func: Callable[..., Any], types: Iterable[type], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Answer:
    """The answer of `Tensor.__array_function__`; `NotImplemented` beside arrays of other libraries."""
    if not all(map(known, types)):
        return NotImplemented, None
    row = native.function(func)
    if row is not None and native.understands(row, args, kwargs):
        result = row(*args, **kwargs)
        if result is not NotImplemented:
            return result, None
    return computed(func, args, kwargs), f"{func.__module__}.{func.__name__}"


def known(kind: type) -> bool:
    return kind is Tensor or (
        issubclass(kind, np.ndarray) and kind.__array_function__ is np.ndarray.__array_function__
    )


def computed(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What NumPy's function makes of the memory of its tensors."""
    name = func.__name__
    if name in PROMOTING and "dtype" not in kwargs:
        args = promoted(args, PROMOTING[name])
    crossing = Crossing(bits_or_values(name, args))
    # The function under NumPy's dispatch: a tensor hidden in an object of another library then
    # is that library's business, and no call comes back here.
    implementation = getattr(func, "_implementation", func)
    result = implementation(*crossing.there(args), **crossing.there(kwargs))
    out = target(func, args, kwargs)
    crossing.settle(*args[:1] if name in WRITING else (), out)
    return out if out is not None and result is crossing.there(out) else crossing.back(result)


def target(func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What a call gave as `out`, by name or by position."""
    position = position_of_out(func)
    if position is not None and position < len(args):
        return args[position]
    return kwargs.get("out")


@cache
def position_of_out(func: Callable[..., Any]) -> int | None:
    """Where a function takes `out` by position, if it does."""
    try:
        parameters = inspect.signature(func).parameters.values()
    except ValueError:  # Written in C, without a signature: `dot(a, b, out)`.
        return 2 if func is np.dot else None
    positional = [
        parameter.name
        for parameter in parameters
        if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    ]
    return positional.index("out") if "out" in positional else None


def bits_or_values(name: str, args: tuple[Any, ...]) -> Bfloat16:
    """How bfloat16 tensors go: as bits where nobody looks at them, and where no other array could
    be taken for such bits on the way back."""
    taken = any(getattr(leaf, "dtype", None) == np.uint16 for leaf in leaves(args))
    return Bfloat16.BITS if name in MOVING and not taken else Bfloat16.VALUES


def leaves(value: Any) -> list[Any]:
    """Everything in nested lists and tuples that is no list or tuple."""
    if not isinstance(value, (list, tuple)):
        return [value]
    return [leaf for item in value for leaf in leaves(item)]


def promoted(args: tuple[Any, ...], positions: tuple[int, ...] | slice) -> tuple[Any, ...]:
    """The arguments, those at `positions` cast to the dtype that all of them promote to.

    Left alone beside arrays that no tensor can hold, which NumPy knows best.
    """
    numbers = range(len(args))
    chosen = numbers[positions] if isinstance(positions, slice) else positions
    arrays = [
        leaf
        for number in numbers
        if number in chosen
        for leaf in leaves(args[number])
        if is_array(leaf)
    ]
    if not all(type(array) is Tensor or is_held(array.dtype) for array in arrays):
        return args
    if len({tb.result_type(array) for array in arrays}) < 2:
        return args
    dtype = tb.result_type(*arrays)

    def cast(value: Any) -> Any:
        if is_array(value):
            return tb.astype(value, dtype, copy=False, casting="unsafe")
        return rebuilt(value, cast)

    return tuple(cast(args[number]) if number in chosen else args[number] for number in numbers)


def is_array(value: Any) -> bool:
    return type(value) is Tensor or isinstance(value, (np.ndarray, np.generic))
