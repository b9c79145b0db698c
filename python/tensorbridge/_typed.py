"""PyTorch's tensor types of one dtype: `FloatTensor`, `LongTensor` and their siblings.

They are no classes of their own. `isinstance(t, FloatTensor)` asks for the dtype,
`FloatTensor(data)` is `tensor(data, dtype=float32)`, and `t.type(FloatTensor)` casts.
"""

from __future__ import annotations

from . import _tensorbridge as tb

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class OfDType(type):
    """The type of these types: membership is a question of dtype."""

    dtype: tb.dtype

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, tb.Tensor) and instance.dtype == cls.dtype

    def __call__(cls, *arguments: Any) -> tb.Tensor:
        """A tensor of this dtype: of the data given, or with the lengths given as ints."""
        if len(arguments) == 1 and not isinstance(arguments[0], int):
            return tb.tensor(arguments[0], dtype=cls.dtype)
        return tb.zeros(arguments or (0,), dtype=cls.dtype)


def _define(name: str, dtype: tb.dtype) -> OfDType:
    doc = f"Tensors of dtype {dtype.name}, as PyTorch names them."
    return OfDType(name, (), {"__doc__": doc, "__module__": "tensorbridge", "dtype": dtype})


BoolTensor = _define("BoolTensor", tb.bool)
ByteTensor = _define("ByteTensor", tb.uint8)
CharTensor = _define("CharTensor", tb.int8)
ShortTensor = _define("ShortTensor", tb.int16)
IntTensor = _define("IntTensor", tb.int32)
LongTensor = _define("LongTensor", tb.int64)
HalfTensor = _define("HalfTensor", tb.float16)
BFloat16Tensor = _define("BFloat16Tensor", tb.bfloat16)
FloatTensor = _define("FloatTensor", tb.float32)
DoubleTensor = _define("DoubleTensor", tb.float64)
ComplexFloatTensor = _define("ComplexFloatTensor", tb.complex64)
ComplexDoubleTensor = _define("ComplexDoubleTensor", tb.complex128)
