"""Operators and elementwise functions, with NumPy as the oracle."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "floor_divide": operator.floordiv,
    "remainder": operator.mod,
    "pow": operator.pow,
}
BITWISE: dict[str, Callable[[Any, Any], Any]] = {
    "bitwise_and": operator.and_,
    "bitwise_or": operator.or_,
    "bitwise_xor": operator.xor,
}
SHIFTS: dict[str, Callable[[Any, Any], Any]] = {
    "bitwise_left_shift": operator.lshift,
    "bitwise_right_shift": operator.rshift,
}
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "equal": operator.eq,
    "not_equal": operator.ne,
    "less": operator.lt,
    "less_equal": operator.le,
    "greater": operator.gt,
    "greater_equal": operator.ge,
}
SHORT = {
    "equal": "eq",
    "not_equal": "ne",
    "less": "lt",
    "less_equal": "le",
    "greater": "gt",
    "greater_equal": "ge",
}
"""The comparisons' methods have PyTorch's short names only."""

OPERATORS = ARITHMETIC | BITWISE | SHIFTS | COMPARISONS
DTYPES = [
    "bool",
    "int8",
    "int16",
    "int32",
    "int64",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "float16",
    "float32",
    "float64",
    "complex64",
    "complex128",
]


def supported(name: str, dtype: str) -> bool:
    """Whether NumPy and the Array API give the operation a meaning."""
    kind = np.dtype(dtype).kind
    if name in BITWISE:
        return kind in "biu"
    if name in SHIFTS:
        return kind in "iu"
    if name in ("floor_divide", "remainder"):
        return kind in "iuf"
    if name in ("subtract", "pow"):
        return kind != "b"
    if name in ("less", "less_equal", "greater", "greater_equal"):
        return kind != "c"
    return True


def values(dtype: str, count: int, seed: int) -> np.ndarray:
    """Small values of a dtype, 0 and negative ones among them."""
    source = np.random.default_rng(seed)
    kind = np.dtype(dtype).kind
    if kind == "b":
        return source.integers(0, 2, count).astype(bool)
    if kind == "c":
        real, imaginary = source.integers(-5, 6, (2, count))
        return (real + 1j * imaginary).astype(dtype)
    low = 0 if kind == "u" else -7
    whole = source.integers(low, 8, count)
    return whole.astype(dtype) if kind in "iu" else (whole / 2).astype(dtype)


def layout(flat: np.ndarray, kind: str) -> np.ndarray:
    """The same 24 values as a (4, 6) array whose memory looks in one of many ways."""
    base = flat.reshape(4, 6)
    if kind == "fortran":
        return np.asfortranarray(base)
    if kind == "gaps":
        wide = np.zeros((8, 18), base.dtype)
        wide[::2, ::3] = base
        return wide[::2, ::3]
    if kind == "reversed":
        return np.ascontiguousarray(base[::-1, ::-1])[::-1, ::-1]
    if kind == "misaligned":
        memory = np.zeros(base.nbytes + 1, np.uint8)
        odd = memory[1:].view(base.dtype).reshape(4, 6)
        odd[...] = base
        return odd
    return base


LAYOUTS = ["c", "fortran", "gaps", "reversed", "misaligned"]


def same(result: tb.Tensor, answer: np.ndarray, exact: bool = True) -> None:
    array = result.numpy()
    assert array.shape == answer.shape
    if exact:
        np.testing.assert_array_equal(array, answer)
    else:
        tolerance = {"e": 2e-3, "f": 1e-6, "F": 1e-6}.get(array.dtype.char, 1e-13)
        np.testing.assert_allclose(array, answer, rtol=tolerance, atol=tolerance)


def run_numpy(function: Callable[..., Any], *arguments: Any) -> Any:
    with np.errstate(all="ignore"):
        return function(*arguments)


@given(
    name=st.sampled_from(sorted(OPERATORS)),
    dtype=st.sampled_from(DTYPES),
    layouts=st.tuples(st.sampled_from(LAYOUTS), st.sampled_from(LAYOUTS)),
    seed=st.integers(0, 2**32),
)
def test_every_operator_on_every_layout(
    name: str, dtype: str, layouts: tuple[str, str], seed: int
) -> None:
    a = layout(values(dtype, 24, seed), layouts[0])
    b = layout(values(dtype, 24, seed + 1), layouts[1])
    if name in SHIFTS or name == "pow":
        b = layout(np.abs(values(dtype, 24, seed + 1)), layouts[1])
    if np.dtype(dtype).kind in "iu" and name in ("floor_divide", "remainder"):
        b[b == 0] = 1
    x, y = tb.from_numpy(a), tb.from_numpy(b)
    function = OPERATORS[name]
    if not supported(name, dtype):
        for form in (function, getattr(tb, name)):
            with pytest.raises(TypeError):
                form(x, y)
        return
    answer = run_numpy(function, a, b)
    if name == "divide" and np.dtype(dtype).kind in "biu":
        answer = answer.astype(np.float32)
    exact = name not in ("pow", "divide") or np.dtype(dtype).kind in "iu"
    exact = exact and not (name == "multiply" and np.dtype(dtype).kind == "c")
    exact = exact and not (name in ("remainder", "floor_divide") and dtype == "float16")
    result = function(x, y)
    same(result, answer, exact)
    assert result.dtype == answer.dtype
    # Every form is the same operation, whoever stands on which side.
    for other in (function(x, b), function(a, y), getattr(tb, name)(a, y), getattr(tb, name)(x, b)):
        assert isinstance(other, tb.Tensor)
        np.testing.assert_array_equal(other.numpy(), result.numpy())
    method = getattr(x, SHORT.get(name, name))
    np.testing.assert_array_equal(method(y).numpy(), result.numpy())


@given(
    name=st.sampled_from(sorted(OPERATORS)),
    dtype=st.sampled_from(DTYPES),
    number=st.sampled_from([True, 0, 1, 2, 3, 0.5, 2.0, 1 + 2j]),
    seed=st.integers(0, 2**32),
)
def test_python_numbers_on_both_sides(name: str, dtype: str, number: Any, seed: int) -> None:
    a = values(dtype, 24, seed)
    x = tb.from_numpy(a)
    common = tb.result_type(x, number)
    if not supported(name, common.name):
        with pytest.raises(TypeError):
            OPERATORS[name](x, number)
        return
    function = OPERATORS[name]
    for left, right in [(a, number), (number, a)]:
        left, right = np.asarray(left).astype(common.name), np.asarray(right).astype(common.name)
        kind = right.dtype.kind
        if name in ("floor_divide", "remainder") and kind in "iu" and (right == 0).any():
            continue
        if (name == "pow" or name in SHIFTS) and kind in "iu" and (right.astype(object) < 0).any():
            continue
        answer = run_numpy(function, left, right)
        if name == "divide" and common.name in DTYPES[:9]:
            answer = answer.astype(np.float32)
        result = function(x, number) if left.ndim else function(number, x)
        exact = name in COMPARISONS or name in BITWISE or kind in "iu"
        same(result, answer, exact and name != "divide")


@pytest.mark.parametrize("dtype", DTYPES)
def test_unary(dtype: str) -> None:
    a = values(dtype, 24, 7)
    kind = np.dtype(dtype).kind
    for kind_of_layout in LAYOUTS:
        array = layout(a, kind_of_layout)
        x = tb.from_numpy(array)
        if kind == "b":
            for refused in (operator.neg, operator.pos, tb.negative, tb.positive):
                with pytest.raises(TypeError):
                    refused(x)
        else:
            for form in (operator.neg, tb.negative, tb.neg, tb.Tensor.neg):
                same(form(x), -array)
            for form in (operator.pos, tb.positive, tb.Tensor.positive):
                same(form(x), array)
                assert form(x).data_ptr() != x.data_ptr()
        for form in (abs, tb.abs, tb.absolute, tb.Tensor.absolute):
            same(form(x), np.abs(array), exact=kind != "c")
        if kind in "biu":
            for form in (operator.invert, tb.bitwise_invert, tb.bitwise_not):
                same(form(x), ~array)
        else:
            with pytest.raises(TypeError):
                operator.invert(x)
        same(tb.logical_not(x), np.logical_not(array))
        same(tb.conj(x), np.conj(array))
        same(tb.square(x), np.square(array), exact=kind != "c")


def test_names_that_mean_the_same() -> None:
    a = np.array([7, -7, 5], np.int32)
    x = tb.from_numpy(a)
    for result, answer in [(divmod(x, 3), divmod(a, 3)), (divmod(20, x), divmod(20, a))]:
        for ours, numpys in zip(result, answer, strict=True):
            same(ours, numpys)
    for one, other in [
        ("sub", "subtract"),
        ("mul", "multiply"),
        ("div", "divide"),
        ("true_divide", "divide"),
        ("power", "pow"),
        ("eq", "equal"),
        ("ne", "not_equal"),
        ("lt", "less"),
        ("le", "less_equal"),
        ("gt", "greater"),
        ("ge", "greater_equal"),
        ("clamp", "clip"),
    ]:
        assert getattr(tb, one) is getattr(tb, other)
    with pytest.raises(TypeError, match="three arguments"):
        pow(x, 2, 3)
    # PyTorch's method answers for whole tensors.
    assert x.equal(x) is True
    assert tb.equal(x, x).tolist() == [True, True, True]


def test_logic_and_choice() -> None:
    a = np.array([0.0, 1.5, np.nan, -0.0])
    b = np.array([1, 0, 2, 0], np.int8)
    x, y = tb.from_numpy(a), tb.from_numpy(b)
    for name in ("logical_and", "logical_or", "logical_xor"):
        for result in (getattr(tb, name)(x, y), getattr(x, name)(b), getattr(tb, name)(a, y)):
            same(result, getattr(np, name)(a, b))
            assert result.dtype == tb.bool
    bytes_of_bool = np.array([0, 1, 2, 255], np.uint8).view(bool)
    same(tb.logical_and(tb.from_numpy(bytes_of_bool), True), np.array([False, True, True, True]))
    same(tb.where(x > 0, x, 0), np.where(a > 0, a, 0))
    same(tb.where(a > 0, 1, y), np.where(a > 0, 1, b))
    same(x.where(y > 0, -1.0), np.where(b > 0, a, -1.0))
    with pytest.raises(TypeError, match="bool"):
        tb.where(y, x, x)
    with pytest.raises(TypeError, match="two choices"):
        tb.where(y > 0, x)


def test_clip() -> None:
    a = np.arange(-3, 4)
    x = tb.from_numpy(a.copy())
    for low, high in [(-1, 2), (None, 1), (0, None), (2, -2)]:
        same(tb.clip(x, low, high), a.clip(low, high))
        same(x.clamp(low, high), a.clip(low, high))
        same(x.clamp(min=low, max=high), a.clip(low, high))
    assert tb.clip(x).data_ptr() != x.data_ptr()
    same(x.clip(tb.zeros(7, dtype=tb.int64), 2), a.clip(0, 2))
    # Nothing is written when the second limit cannot be.
    with pytest.raises(TypeError):
        x.clamp_(0, 1.5)
    same(x, a)
    assert x.clamp_(0, 2) is x
    same(x, a.clip(0, 2))


@pytest.mark.parametrize("op", ["add", "subtract"])
def test_alpha(op: str) -> None:
    a, b = np.arange(4.0), np.arange(4.0)[::-1]
    x, y = tb.from_numpy(a), tb.from_numpy(b)
    function = {"add": np.add, "subtract": np.subtract}[op]
    same(getattr(tb, op)(x, y, alpha=3), function(a, 3 * b))
    same(getattr(x, op)(2, alpha=1.5), function(a, 3.0))
    assert getattr(tb.arange(3), op)(2, alpha=3).dtype == tb.int64
    x = tb.from_numpy(a.copy())
    assert getattr(x, op + "_")(y, alpha=2) is x
    same(x, function(a, 2 * b))
    with pytest.raises(TypeError, match="alpha"):
        tb.add(x, y, alpha="2")


class Stranger:
    """An object of another world that knows how to add."""

    def __radd__(self, other: Any) -> str:
        return "taken"

    def __rmul__(self, other: Any) -> str:
        return "taken"


def test_strangers_are_asked() -> None:
    x = tb.ones(3)
    assert x + Stranger() == "taken"
    assert x * Stranger() == "taken"
    for other in ([1, 2, 3], "text", None, object(), b"bytes", np.str_("text"), {}):
        for op in (operator.add, operator.sub, operator.and_, operator.lt, operator.matmul):
            with pytest.raises(TypeError, match=r"not supported|unsupported"):
                op(x, other)
        assert (x == other) is False
        assert (x != other) is True
    for name in ("__add__", "__radd__", "__iadd__", "__eq__", "__lt__", "__pow__", "__matmul__"):
        assert getattr(x, name)(None) is NotImplemented
    with pytest.raises(TypeError, match="asarray"):
        tb.add(x, [1, 2, 3])


def test_arrays_no_tensor_can_hold() -> None:
    x = tb.ones(2)
    for array in (np.array(["a", "b"]), np.array([1, None]), np.array([1, 2], "M8[s]")):
        with pytest.raises(TypeError, match="can't convert"):
            x + array
    with pytest.raises(TypeError, match=r"longdouble|long double"):
        x + np.longdouble(1)


def test_arrays_are_shared_and_swapped_ones_converted() -> None:
    x = tb.ones(3, dtype=tb.float64)
    with tb.trace() as events:
        same(x + np.arange(3.0), np.arange(3.0) + 1)
        same(x * np.float64(2), np.full(3, 2.0))
    assert all(event.action == "shared" for event in events)
    same(x + np.arange(3, dtype=">f8"), np.arange(3.0) + 1)
    same(x + np.arange(3, dtype=">i2"), np.arange(3.0) + 1)


def test_memory_order_of_results() -> None:
    base = np.arange(24.0).reshape(2, 3, 4)
    for axes in [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)]:
        array = base.transpose(axes)
        x = tb.from_numpy(array)
        for result, answer in [(x + 1, array + 1), (x + x, array + array), (-x, -array)]:
            assert result.strides == answer.strides
        assert (x < 3).strides == (array < 3).strides
    assert (tb.from_numpy(base[:, ::2]) + 1).is_contiguous()


def test_meta_tensors_have_shapes_alone() -> None:
    x = tb.ones(4, 1, dtype=tb.int8, device="meta")
    y = tb.zeros(3, device="meta")
    result = x + y
    assert (result.shape, result.dtype, str(result.device)) == ((4, 3), tb.float32, "meta")
    assert (x == 1).dtype == tb.bool
    assert (x @ tb.ones(1, 5, dtype=tb.int8, device="meta")).shape == (4, 5)
    with pytest.raises(tb.DeviceError):
        x + tb.zeros(3)
    with pytest.raises(tb.ShapeError):
        y + tb.zeros(4, device="meta")


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "int32", "uint8"])
def test_products(dtype: str) -> None:
    def make(*shape: int) -> np.ndarray:
        return values(dtype, int(np.prod(shape)), len(shape)).reshape(shape)

    for left, right in [
        ((3, 4), (4, 5)),
        ((4,), (4, 5)),
        ((3, 4), (4,)),
        ((4,), (4,)),
        ((2, 3, 4), (4, 5)),
        ((2, 1, 3, 4), (6, 4, 5)),
        ((3, 0), (0, 2)),
    ]:
        a, b = make(*left), make(*right)
        x, y = tb.from_numpy(a), tb.from_numpy(b)
        for result in (x @ y, a @ y, x @ b, tb.matmul(a, y), x.matmul(y)):
            same(result, np.asarray(a @ b), exact=False)
    a, b, v = make(3, 4), make(4, 5), make(4)
    x, y = tb.from_numpy(a), tb.from_numpy(b)
    same(tb.mm(x, y), a @ b, exact=False)
    same(x.mv(tb.from_numpy(v)), a @ v, exact=False)
    same(tb.dot(v, tb.from_numpy(v)), np.asarray(v @ v), exact=False)
    batch = make(2, 3, 4)
    same(tb.bmm(batch, make(2, 4, 5)), batch @ make(2, 4, 5), exact=False)
    same(tb.vecdot(x, x), np.vecdot(a, a), exact=False)
    same(tb.vecdot(x, x, axis=0), np.vecdot(a, a, axis=0), exact=False)
    assert tb.vecdot(x, x).dtype == np.dtype(dtype)
    for wrong in (
        lambda: x @ x,
        lambda: tb.mm(x, v),
        lambda: tb.mv(x, y),
        lambda: tb.dot(x, x),
        lambda: tb.bmm(batch, batch[:1]),
        lambda: tb.vecdot(x, y),
        lambda: x @ tb.tensor(2, dtype=getattr(tb, dtype)),
    ):
        with pytest.raises(tb.ShapeError):
            wrong()


def test_joining() -> None:
    a, b = np.arange(6).reshape(2, 3), np.arange(3.0).reshape(1, 3)
    same(tb.cat([tb.from_numpy(a), b]), np.concatenate([a, b]))
    same(tb.concat((a, a), axis=1), np.concatenate([a, a], axis=1))
    same(tb.cat([a, a], dim=-1), np.concatenate([a, a], axis=-1))
    same(tb.cat([a, a], 1), np.concatenate([a, a], 1))
    same(tb.concat([a, b], axis=None), np.concatenate([a, b], axis=None))
    same(tb.stack([a, a], dim=1), np.stack([a, a], axis=1))
    same(tb.stack([a, a], axis=-1), np.stack([a, a], axis=-1))
    out = tb.zeros(4, 3, dtype=tb.int64)
    assert tb.cat([a, a], out=out) is out
    same(out, np.concatenate([a, a]))
    for wrong, error in [
        (lambda: tb.cat([]), ValueError),
        (lambda: tb.cat([a, np.zeros((2, 2))]), tb.ShapeError),
        (lambda: tb.stack([a, b]), tb.ShapeError),
        (lambda: tb.cat([a], dim=2), IndexError),
        (lambda: tb.cat(3), TypeError),
        (lambda: tb.cat([a], out=tb.zeros(7)), tb.ShapeError),
    ]:
        with pytest.raises(error):
            wrong()


def test_integer_division_by_zero() -> None:
    x = tb.arange(3)
    for op in (operator.floordiv, operator.mod):
        with pytest.raises(ZeroDivisionError):
            op(x, 0)
        with pytest.raises(ZeroDivisionError):
            op(1, x)
    assert (x / 0).numpy()[1] == np.inf
    with pytest.raises(ValueError, match="negative"):
        x**-1
