"""Tensors on their way to NumPy, and arrays on their way back.

On the way there a tensor is an array over the same memory. NumPy has no arithmetic for bfloat16,
with or without `ml_dtypes`, so such a tensor goes as a float32 copy, and what it makes of that is
rounded back; where a function only moves elements, it goes as the 16-bit integers that its
memory also is, and nothing is copied.

On the way back arrays and NumPy's numbers become tensors, without a copy. What no tensor can hold
(text, objects, dates, `longdouble`) and what is no array stays as it is.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

import numpy as np

import tensorbridge as tb
from tensorbridge import Tensor

#: NumPy's codes of the dtypes that a tensor can hold, whatever the byte order.
HELD = frozenset("?bhilqBHILQefdFD")


class Bfloat16(enum.Enum):
    """What NumPy sees of a bfloat16 tensor."""

    VALUES = enum.auto()
    """Its numbers, as a float32 copy."""

    BITS = enum.auto()
    """Its memory, as uint16."""


class Crossing:
    """The way to NumPy and back of the arguments of one call."""

    def __init__(self, bfloat16: Bfloat16 = Bfloat16.VALUES) -> None:
        self._bfloat16 = bfloat16
        self._pairs: dict[int, tuple[np.ndarray, Tensor]] = {}
        self._arrays: dict[int, np.ndarray] = {}
        self._narrow = self._wider = self._asked = False

    def array(self, tensor: Tensor) -> np.ndarray:
        """The array that stands for `tensor`, the same one each time."""
        known = self._arrays.get(id(tensor))
        if known is not None:
            return known
        array: np.ndarray
        if tensor.dtype != tb.bfloat16:
            array = tensor.numpy()
            self._saw(array.dtype)
        else:
            self._narrow = True
            if self._bfloat16 is Bfloat16.BITS:
                array = tensor.view(tb.uint16).numpy()
            else:
                array = tb.astype(tensor, tb.float32).numpy()
        # Both stay alive with the pair, so that neither number is given away meanwhile.
        self._pairs[id(array)] = array, tensor
        self._arrays[id(tensor)] = array
        return array

    def there(self, value: Any) -> Any:
        """`value` with every tensor in it as an array: in lists, tuples and dicts at any depth."""
        if type(value) is Tensor:
            return self.array(value)
        if isinstance(value, tb.dtype):
            if value != tb.bfloat16:
                return np.dtype(value)
            self._narrow = self._asked = True
            return np.dtype(np.float32)
        if isinstance(value, (np.ndarray, np.generic)):
            self._saw(value.dtype)
            return value
        return rebuilt(value, self.there)

    def back(self, value: Any) -> Any:
        """`value` with every array in it as a tensor; a tensor's own array is that tensor again."""
        if type(value) is np.ndarray:
            pair = self._pairs.get(id(value))
            return pair[1] if pair is not None else self._tensor(value)
        if isinstance(value, np.generic):
            return self._tensor(np.asarray(value))
        return rebuilt(value, self.back)

    def settle(self, *written: Any) -> None:
        """Carries what NumPy wrote into float32 copies of these tensors back to them."""
        for tensor in written:
            if type(tensor) is Tensor and tensor.dtype == tb.bfloat16:
                array = self._arrays.get(id(tensor))
                if array is not None and array.dtype == np.float32:
                    tensor.copy_(tb.from_numpy(array), casting="unsafe")

    def _saw(self, dtype: np.dtype) -> None:
        self._wider = self._wider or dtype.kind in "fc"

    def _tensor(self, array: np.ndarray) -> Any:
        result = to_tensor(array)
        if not self._narrow or type(result) is not Tensor:
            return result
        if self._bfloat16 is Bfloat16.BITS:
            return result.view(tb.bfloat16) if result.dtype == tb.uint16 else result
        is_image = result.dtype == tb.float32 and (self._asked or not self._wider)
        return tb.astype(result, tb.bfloat16, casting="unsafe") if is_image else result


def is_held(dtype: np.dtype) -> bool:
    """Whether a tensor can hold elements of `dtype`."""
    return dtype.char in HELD or dtype.name == "bfloat16"


def to_tensor(array: np.ndarray) -> Any:
    """The tensor over `array`, or `array` itself where its elements fit in no tensor."""
    return tb.asarray(array) if is_held(array.dtype) else array


def array_wrap(array: Any) -> Any:
    """The answer of `Tensor.__array_wrap__`: a tensor over what NumPy computed."""
    return to_tensor(np.asarray(array))


def rebuilt(value: Any, change: Callable[[Any], Any]) -> Any:
    """`value` with `change` applied to its items, if it is a list, tuple or dict.

    A container in which nothing changes is passed on as it is, and a named tuple keeps its class.
    """
    if isinstance(value, dict):
        changed = {key: change(item) for key, item in value.items()}
        return changed if any(changed[key] is not value[key] for key in changed) else value
    if not isinstance(value, (list, tuple)):
        return value
    items = [change(item) for item in value]
    if all(new is old for new, old in zip(items, value, strict=True)):
        return value
    if isinstance(value, list):
        return items
    make = getattr(type(value), "_make", tuple)
    return make(items)
