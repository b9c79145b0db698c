"""`array ∘ tensor`, `tensor ∘ array`, NumPy's numbers beside tensors, and in place."""

from __future__ import annotations

import itertools
import operator

import numpy as np
import pytest

import tensorbridge as tb
from numpy_calls import computed

ARITHMETIC = {
    operator.add: np.add,
    operator.sub: np.subtract,
    operator.mul: np.multiply,
    operator.truediv: np.true_divide,
    operator.floordiv: np.floor_divide,
    operator.mod: np.remainder,
    operator.pow: np.power,
}
COMPARISON = {
    operator.eq: np.equal,
    operator.ne: np.not_equal,
    operator.lt: np.less,
    operator.le: np.less_equal,
    operator.gt: np.greater,
    operator.ge: np.greater_equal,
}
BITWISE = {
    operator.and_: np.bitwise_and,
    operator.or_: np.bitwise_or,
    operator.xor: np.bitwise_xor,
    operator.lshift: np.left_shift,
    operator.rshift: np.right_shift,
}
IN_PLACE = {
    operator.iadd: operator.add,
    operator.isub: operator.sub,
    operator.imul: operator.mul,
    operator.itruediv: operator.truediv,
    operator.ifloordiv: operator.floordiv,
    operator.imod: operator.mod,
    operator.ipow: operator.pow,
}
DTYPES = [np.dtype(code).name for code in "?bhilBHILefdFD"]


def outcome(function, *arguments):
    """What a call gives: dtype, shape and bytes, or the class of its error."""
    try:
        result = function(*arguments)
    except Exception as error:
        return type(error)
    assert type(result) is tb.Tensor
    return result.dtype, result.shape, result.numpy().tobytes()


@pytest.mark.parametrize("function", [*ARITHMETIC, *COMPARISON, *BITWISE], ids=lambda f: f.__name__)
def test_both_orders_are_the_one_operation(function):
    """Operator, ufunc and tensorbridge's own function agree in dtype and bits, or in refusing."""
    ufunc = {**ARITHMETIC, **COMPARISON, **BITWISE}[function]
    for first, second in itertools.product(DTYPES, DTYPES):
        a, b = np.array([1, 2, 3]).astype(first), np.array([1, 3, 2]).astype(second)
        t, u = tb.from_numpy(a), tb.from_numpy(b)
        expected = outcome(function, t, u)
        for call in (function, ufunc):
            for pair in ((a, u), (t, b), (t, u)):
                assert outcome(call, *pair) == expected, (first, second, call)


@pytest.mark.parametrize("function", ARITHMETIC, ids=lambda f: f.__name__)
def test_numbers_of_numpy_have_their_dtype(function):
    for dtype, kind in itertools.product(
        DTYPES, (np.float64, np.float32, np.int64, np.bool_, np.complex64)
    ):
        t = tb.from_numpy(np.array([1, 2, 3]).astype(dtype))
        number, as_array = kind(1), np.asarray(kind(1))
        for pair in ((number, t), (t, number)):
            with_array = tuple(as_array if value is number else value for value in pair)
            assert outcome(function, *pair) == outcome(function, *with_array), (dtype, kind, pair)


def test_complex_numbers_of_numpy_keep_their_imaginary_part():
    t = tb.from_numpy(np.array([1, 2], np.float32))
    assert (t * np.complex64(1j)).tolist() == [1j, 2j]
    assert (np.complex64(1j) * t).tolist() == [1j, 2j]


def test_nothing_of_it_runs_in_numpy():
    a = np.ones((2, 2), np.float32)
    t = tb.from_numpy(a)
    with tb.trace() as events:
        for function in (*ARITHMETIC, *COMPARISON):
            function(a, t)
            function(np.float32(2), t)
        a @ t
        divmod(a, t)
        a += t
        a *= t
    assert computed(events) == []


def test_broadcasting_in_both_directions():
    a, t = np.ones((3, 1)), tb.from_numpy(np.arange(4.0))
    assert (a + t).shape == (t + a).shape == (3, 4)
    with pytest.raises((ValueError, RuntimeError)):
        np.ones(3) + t


def test_matrix_products():
    a = np.arange(6.0).reshape(2, 3)
    t = tb.from_numpy(np.arange(12.0).reshape(3, 4))
    assert type(a @ t) is tb.Tensor
    assert (a @ t).tolist() == (a @ t.numpy()).tolist()
    assert (t.T @ a.T).tolist() == (t.numpy().T @ a.T).tolist()
    square = np.eye(2)
    same = square
    square @= tb.from_numpy(np.array([[1.0, 2], [3, 4]]))
    assert square is same
    assert same.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("function", IN_PLACE, ids=lambda f: f.__name__)
def test_an_array_stays_that_array(function):
    array = np.array([7.0, 8.0, 9.0], np.float32)
    given, address = array, array.__array_interface__["data"]
    t = tb.from_numpy(np.array([2, 3, 4], np.float64))
    expected = IN_PLACE[function](array.astype(np.float64), t).numpy().astype(np.float32)
    array = function(array, t)
    assert array is given
    assert array.__array_interface__["data"] == address
    assert array.dtype == np.float32
    np.testing.assert_allclose(array, expected, rtol=1e-6)


@pytest.mark.parametrize("function", IN_PLACE, ids=lambda f: f.__name__)
def test_a_higher_kind_is_refused_before_anything_is_written(function):
    array = np.array([7, 8, 9])
    for target in (array, tb.from_numpy(array)):
        other = (
            tb.from_numpy(np.array([0.5, 1.5, 2.5]))
            if target is array
            else np.array([0.5, 1.5, 2.5])
        )
        with pytest.raises(TypeError):
            function(target, other)
        assert array.tolist() == [7, 8, 9]


def test_in_place_writes_where_it_points():
    array = np.zeros((4, 4), np.int32)
    view = array[::2, ::-1]
    view += tb.from_numpy(np.arange(8, dtype=np.int64).reshape(2, 4))
    assert array.tolist() == [[3, 2, 1, 0], [0] * 4, [7, 6, 5, 4], [0] * 4]
    t = tb.from_numpy(array)
    t += np.ones(4, np.int8)
    assert array[1].tolist() == [1, 1, 1, 1]
    assert t.data_ptr() == array.__array_interface__["data"][0]


def test_read_only_targets_are_refused():
    array = np.zeros(3)
    array.flags.writeable = False
    t = tb.from_numpy(np.ones(3))
    with pytest.raises((ValueError, RuntimeError), match="read-only"):
        array += t
    with pytest.raises((ValueError, RuntimeError), match="read-only"):
        np.add(t, 1, out=tb.from_numpy(array))
    assert array.tolist() == [0, 0, 0]


def test_overlapping_in_place():
    array = np.arange(5.0)
    array[1:] += tb.from_numpy(array[:-1])
    assert array.tolist() == [0, 1, 3, 5, 7]


def test_assignment_to_an_array():
    array = np.zeros(3)
    array[:] = tb.from_numpy(np.arange(3, dtype=np.float32))
    assert array.tolist() == [0, 1, 2]
    array[0] = tb.tensor(5)
    assert array[0] == 5


def test_indexing_an_array():
    array = np.arange(4.0)
    assert array[tb.from_numpy(np.array([0, 2]))].tolist() == [0, 2]
    assert array[tb.from_numpy(np.array([True, False, True, False]))].tolist() == [0, 2]
    assert array[tb.tensor(1)] == 1
    assert [10, 20, 30][tb.tensor(2)] == 30
    with pytest.raises(IndexError):
        array[tb.from_numpy(np.array([0.0]))]


class Foreign:
    """A tensor of another library beside ours: neither array nor number."""

    __array_priority__ = 1000

    def __array__(self, dtype=None, copy=None):
        return np.ones(2)


class Reflecting(Foreign):
    def __radd__(self, other):
        return "theirs"

    def __eq__(self, other):
        return "theirs"

    __hash__ = None


def test_unknown_peers_are_asked():
    t = tb.from_numpy(np.ones(2))
    assert t + Reflecting() == "theirs"
    assert (t == Reflecting()) == "theirs"
    for function in ARITHMETIC:
        with pytest.raises(TypeError):
            function(t, Foreign())
        with pytest.raises(TypeError):
            function(Foreign(), t)


def test_masked_arrays_answer_or_are_refused():
    t = tb.from_numpy(np.ones(2))
    masked = np.ma.array([1.0, 2.0], mask=[False, True])
    with pytest.raises(TypeError, match="mask"):
        t + masked
    with pytest.raises(TypeError, match="mask"):
        np.add(t, masked)
    with pytest.raises(TypeError, match="mask"):
        np.hypot(t, masked)


@pytest.mark.parametrize(
    "values",
    [np.array([object()]), np.array(["a"]), np.array(["2020"], "M8[Y]"), np.ones(1, np.longdouble)],
)
def test_arrays_that_no_tensor_can_hold_are_refused(values):
    t = tb.from_numpy(np.ones(1))
    for call in (lambda: t + values, lambda: values + t, lambda: np.hypot(values, t)):
        with pytest.raises(TypeError):
            call()
