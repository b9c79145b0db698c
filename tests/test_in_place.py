"""What is written into existing memory: in-place operators and methods, overlap, `out=`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tensorbridge as tb
from test_operators import LAYOUTS, layout, same, values

IN_PLACE = {
    "__iadd__": np.add,
    "__isub__": np.subtract,
    "__imul__": np.multiply,
    "__itruediv__": np.divide,
    "__ifloordiv__": np.floor_divide,
    "__imod__": np.remainder,
    "__ipow__": np.power,
    "__iand__": np.bitwise_and,
    "__ior__": np.bitwise_or,
    "__ixor__": np.bitwise_xor,
    "__ilshift__": np.left_shift,
    "__irshift__": np.right_shift,
}
METHODS = {
    "add_": np.add,
    "sub_": np.subtract,
    "mul_": np.multiply,
    "div_": np.divide,
    "floor_divide_": np.floor_divide,
    "remainder_": np.remainder,
    "pow_": np.power,
    "bitwise_and_": np.bitwise_and,
    "bitwise_or_": np.bitwise_or,
    "bitwise_xor_": np.bitwise_xor,
    "maximum_": np.maximum,
}


@pytest.mark.parametrize("name", [*IN_PLACE, *METHODS])
@pytest.mark.parametrize("kind_of_layout", LAYOUTS)
def test_in_place_keeps_memory_and_dtype(name: str, kind_of_layout: str) -> None:
    function = {**IN_PLACE, **METHODS}[name]
    dtype = "float64" if function is np.divide else "int16"
    array = layout(np.abs(values(dtype, 24, 3)) + 1, kind_of_layout)
    before, b = array.copy(), np.array([1, 2, 3, 1, 2, 3], dtype)
    x = tb.from_numpy(array)
    assert getattr(x, name)(b) is x
    assert (x.dtype, x.data_ptr()) == (np.dtype(dtype), array.ctypes.data)
    np.testing.assert_array_equal(array, function(before, b))
    getattr(x, name)(1)
    np.testing.assert_array_equal(array, function(function(before, b), 1))


def test_in_place_unary() -> None:
    a = np.array([1, -2, 3])
    x = tb.from_numpy(a)
    assert x.neg_().abs_().square_().negative_() is x
    np.testing.assert_array_equal(a, [-1, -4, -9])
    x.bitwise_not_()
    np.testing.assert_array_equal(a, [0, 3, 8])


@pytest.mark.parametrize(
    ("dtype", "other"),
    [
        ("int64", 1.5),
        ("int64", np.float32(1)),
        ("int64", np.ones(3)),
        ("bool", np.ones(3, np.int8)),
        ("float32", 1j),
        ("float32", np.complex64(1)),
        ("uint8", 300),
        ("uint8", -1),
    ],
)
def test_in_place_results_of_a_higher_kind_are_refused(dtype: str, other: Any) -> None:
    a = np.ones(3, dtype)
    x = tb.from_numpy(a)
    for name in ("__iadd__", "add_", "__imul__"):
        with pytest.raises((TypeError, OverflowError)) as caught:
            getattr(x, name)(other)
        if isinstance(other, int):
            assert str(other) in str(caught.value)
        elif dtype != "bool":
            assert ".to(" in str(caught.value)
    np.testing.assert_array_equal(a, np.ones(3, dtype), strict=True)
    if dtype == "int64":
        with pytest.raises(TypeError):
            x /= 2
        np.testing.assert_array_equal(a, [1, 1, 1])


def test_in_place_inside_a_kind_is_cast() -> None:
    a = np.array([100, 1], np.int8)
    x = tb.from_numpy(a)
    x += np.array([100, 1], np.int64)
    np.testing.assert_array_equal(a, np.array([-56, 2], np.int8))
    f = np.ones(2, np.float32)
    tensor = tb.from_numpy(f)
    tensor *= np.array([1e-3, 1e300])
    np.testing.assert_array_equal(f, np.array([1e-3, np.inf], np.float32))


def test_in_place_shapes_and_permissions() -> None:
    a = np.zeros((2, 3))
    x = tb.from_numpy(a)
    x += np.arange(3)
    np.testing.assert_array_equal(a, [[0, 1, 2]] * 2)
    with pytest.raises(tb.ShapeError):
        x += np.zeros((4, 2, 3))
    with pytest.raises(tb.ShapeError):
        x + np.zeros(4)
    a.flags.writeable = False
    frozen = tb.from_numpy(a)
    with pytest.raises(ValueError, match="read-only"):
        frozen += 1
    with pytest.raises(RuntimeError, match="single memory location"):
        tb.ones(1).expand(3).add_(1)
    np.testing.assert_array_equal(a, [[0, 1, 2]] * 2)


@pytest.mark.parametrize(
    ("target", "source"),
    [
        (np.s_[1:], np.s_[:-1]),
        (np.s_[:-1], np.s_[1:]),
        (np.s_[:], np.s_[::-1]),
        (np.s_[::2], np.s_[:5]),
        (np.s_[:5], np.s_[::2]),
        (np.s_[:, 1:], np.s_[:, :-1]),
        (np.s_[:], np.s_[0]),
        (np.s_[:], np.s_[:, :1]),
    ],
)
@pytest.mark.parametrize("dtype", ["float64", "int8"])
def test_overlapping_operands(target: Any, source: Any, dtype: str) -> None:
    answer, shared = (np.arange(81).reshape(9, 9).astype(dtype) for _ in range(2))
    answer[target] += answer[source]
    answer[target] -= 2 * answer[source]
    answer += answer.T
    tensor = tb.from_numpy(shared[target])
    tensor += tb.from_numpy(shared[source])
    tb.subtract(tensor, tb.from_numpy(shared[source]), alpha=2, out=tensor)
    tb.add(shared, shared.T, out=shared)
    np.testing.assert_array_equal(shared, answer)


def test_out() -> None:
    a = np.arange(3.0)
    x = tb.from_numpy(a)
    out = tb.zeros(3, dtype=tb.float64)
    assert tb.add(x, 1, out=out) is out
    same(out, a + 1)
    array = np.zeros(3)
    assert tb.multiply(x, x, out=array) is array
    np.testing.assert_array_equal(array, a * a)
    # `out` may be an input, and may be of another width.
    assert tb.subtract(x, 1, out=x) is x
    np.testing.assert_array_equal(a, [-1, 0, 1])
    narrow = tb.zeros(3, dtype=tb.float32)
    same(tb.add(x, 1, out=narrow), a + 1)
    for wrong in (tb.zeros(3, dtype=tb.int64), tb.zeros(4), "out", [0, 0, 0]):
        with pytest.raises((TypeError, tb.ShapeError)):
            tb.add(x, 1, out=wrong)
