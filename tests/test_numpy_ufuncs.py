"""Universal functions with tensors, every one of them, and their methods."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

import tensorbridge as tb
from numpy_calls import assert_no_array_left, assert_same, computed, has, plain

UFUNCS = {
    name: function
    for name in dir(np)
    if isinstance(function := getattr(np, name), np.ufunc) and not name.startswith("_")
}

#: The path of a ufunc is its name here, as soon as tensorbridge has it; all others run in NumPy.
NATIVE = {
    "add": "add", "subtract": "subtract", "multiply": "multiply", "divide": "divide",
    "floor_divide": "floor_divide", "remainder": "remainder", "power": "pow",
    "divmod": "floor_divide", "negative": "negative", "positive": "positive", "absolute": "abs",
    "square": "square", "equal": "equal", "not_equal": "not_equal", "less": "less",
    "less_equal": "less_equal", "greater": "greater", "greater_equal": "greater_equal",
    "maximum": "maximum", "minimum": "minimum", "logical_and": "logical_and",
    "logical_or": "logical_or", "logical_xor": "logical_xor", "logical_not": "logical_not",
    "bitwise_and": "bitwise_and", "bitwise_or": "bitwise_or", "bitwise_xor": "bitwise_xor",
    "invert": "bitwise_invert", "left_shift": "bitwise_left_shift",
    "right_shift": "bitwise_right_shift", "matmul": "matmul", "vecdot": "vecdot",
    "conjugate": "conj", "sqrt": "sqrt", "exp": "exp", "exp2": "exp2", "expm1": "expm1",
    "log": "log", "log2": "log2", "log10": "log10", "log1p": "log1p", "sin": "sin", "cos": "cos",
    "tan": "tan", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "arcsinh": "asinh", "arccosh": "acosh",
    "arctanh": "atanh", "hypot": "hypot", "copysign": "copysign", "nextafter": "nextafter",
    "logaddexp": "logaddexp", "reciprocal": "reciprocal", "floor": "floor", "ceil": "ceil",
    "trunc": "trunc", "sign": "sign", "signbit": "signbit", "isnan": "isnan", "isinf": "isinf",
    "isfinite": "isfinite", "fmax": "fmax", "fmin": "fmin", "fmod": "fmod", "gcd": "gcd",
    "lcm": "lcm", "heaviside": "heaviside", "ldexp": "ldexp", "frexp": "frexp", "rint": "round",
    "float_power": "float_power", "cbrt": "cbrt", "deg2rad": "deg2rad", "rad2deg": "rad2deg",
    "degrees": "rad2deg", "radians": "deg2rad",
}  # fmt: skip

REAL = np.array([[0.5, 0.25, 0.75], [0.125, 0.625, 0.375]], np.float32)
OTHER = np.array([[0.75, 0.5, 0.25], [0.5, 0.125, 0.875]], np.float32)
WHOLE = np.array([[1, 2, 3], [4, 5, 6]], np.int32)
SQUARE = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 10]], np.float32)
VECTOR = np.array([1, 2, 3], np.float32)


def samples(function):
    """Arguments in the domain of a ufunc."""
    match function.__name__:
        case "matmul":
            return [REAL, SQUARE]
        case "matvec":
            return [SQUARE, VECTOR]
        case "vecmat":
            return [VECTOR, SQUARE]
        case "ldexp":
            return [REAL, WHOLE]
        case "arccosh":
            return [REAL + 1]
    # Dates alone: refused for tensors and arrays of numbers alike.
    if function is np.isnat:
        return [REAL]
    whole = not any(loop.startswith("f") for loop in function.types)
    return ([WHOLE, WHOLE[::-1].copy()] if whole else [REAL, OTHER])[: function.nin]


def tensor(values, dtype=None):
    return tb.from_numpy(np.array(values, dtype))


@pytest.mark.parametrize("name", UFUNCS)
def test_every_ufunc(name):
    function = UFUNCS[name]
    arguments = samples(function)
    if function is np.isnat:
        with pytest.raises(TypeError):
            function(*map(tb.from_numpy, arguments))
        return
    theirs = function(*arguments)
    with tb.trace() as events:
        ours = function(*map(tb.from_numpy, arguments))
    native = NATIVE.get(function.__name__)
    ran_natively = native is not None and has(f"tb.{native}")
    assert computed(events) == ([] if ran_natively else [f"numpy.{function.__name__}"])
    assert_no_array_left(ours, theirs)
    assert_same(plain(ours), plain(theirs))
    if ran_natively and function.nout == 1:
        own = getattr(tb, native)(*map(tb.from_numpy, arguments))
        assert own.numpy().tobytes() == ours.numpy().tobytes()


@pytest.mark.parametrize("name", ["sin", "logaddexp", "cbrt", "fabs", "spacing", "add"])
def test_arrays_beside_tensors(name):
    function = UFUNCS[name]
    arguments = [tb.from_numpy(REAL), OTHER][: function.nin]
    assert type(function(*arguments)) is tb.Tensor
    assert type(function(*reversed(arguments))) is tb.Tensor


# Promotion: one table, whoever computes.


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("int64", "float32", "float32"),
        ("int8", "float16", "float16"),
        ("float32", "float64", "float64"),
        ("int64", "int64", "float32"),
        ("bool", "int8", "float32"),
        ("uint8", "int8", "float32"),
        ("bfloat16", "bfloat16", "bfloat16"),
        ("bfloat16", "float16", "float32"),
        ("int32", "bfloat16", "bfloat16"),
    ],
)
def test_promotion_of_what_needs_real_numbers(first, second, expected):
    a = tb.ones(3, dtype=first)
    b = tb.ones(3, dtype=second)
    expected = getattr(tb, expected)
    for function in (np.arctan2, np.logaddexp2, np.copysign, np.heaviside):
        assert function(a, b).dtype == expected, function
        assert function(b, a).dtype == expected, function
        assert function.outer(a, b).dtype == expected, function


def test_promotion_of_what_takes_integers():
    a, b = tensor([12, 18], np.int32), tensor([8, 27], np.int64)
    assert np.gcd(a, b).dtype == tb.int64
    assert np.gcd(a, b).tolist() == [4, 9]
    assert np.gcd(a, 4).dtype == tb.int32
    assert np.fmax(a, 2.5).dtype == tb.float32
    assert np.fmod(a, True).dtype == tb.int32
    with pytest.raises(TypeError, match="uint64"):
        np.gcd(a, tensor([1], np.uint64))
    with pytest.raises(OverflowError):
        np.gcd(tensor([1], np.uint8), 300)
    with pytest.raises(TypeError):
        np.gcd(a, 2.5)


@pytest.mark.parametrize("dtype", ["bool", "int8", "int64", "uint8", "uint64"])
def test_integers_become_the_default_dtype(dtype):
    x = tb.ones(2, dtype=dtype)
    for function in (np.sin, np.cbrt, np.spacing, np.deg2rad, np.exp):
        assert function(x).dtype == tb.float32, function
    tb.set_default_dtype(tb.float64)
    try:
        assert np.cbrt(x).dtype == tb.float64
    finally:
        tb.set_default_dtype(tb.float32)


def test_functions_with_a_dtype_of_their_own_keep_it():
    assert np.float_power(tensor([2], np.int64), 3).dtype == tb.float64
    assert np.float_power(tensor([2.0], np.float32), 3).dtype == tb.float64
    assert np.ldexp(tensor([1.0], np.float32), tensor([2])).dtype == tb.float32
    assert np.ldexp(tensor([1]), 2).dtype == tb.float32
    # An integer beyond the precision of float32 arrives whole.
    assert np.float_power(tensor([2**40 + 1]), 1).item() == 2**40 + 1


def test_truth_comes_as_bool():
    x = tensor([1.0, np.nan, np.inf])
    for function in (np.isnan, np.isfinite, np.isinf, np.signbit, np.logical_not):
        assert function(x).dtype == tb.bool
    assert np.isnan(x).tolist() == [False, True, False]
    assert np.isnan(tensor([1, 2])).tolist() == [False, False]


def test_results_without_axes_are_tensors():
    s = tensor(0.25, np.float32)
    for result in (np.cbrt(s), np.fabs(s), np.add(s, 1), np.logaddexp(s, s), *np.modf(s)):
        assert type(result) is tb.Tensor
        assert result.shape == ()
        assert result.dtype == tb.float32
    # A tensor without axes counts fully in promotion, on every NumPy.
    assert np.logaddexp(tensor(1.0, np.float64), tensor([1.0], np.float32)).dtype == tb.float64


def test_two_results():
    fraction, whole = np.modf(tensor([1.5, -2.25]))
    assert (fraction.tolist(), whole.tolist()) == ([0.5, -0.25], [1, -2])
    mantissa, exponent = np.frexp(tensor([8.0], np.float32))
    assert (mantissa.item(), exponent.item()) == (0.5, 4)
    assert exponent.dtype == tb.int32
    quotient, rest = np.divmod(tensor([7, -7]), 2)
    assert (quotient.tolist(), rest.tolist()) == ([3, -4], [1, 1])


def test_bfloat16_goes_through_float32():
    x = tb.astype(tensor([0.1, 0.7]), tb.bfloat16)
    wide = tb.astype(x, tb.float32)
    for function in (np.cbrt, np.fabs, np.sinc, np.arctan, np.rint):
        ours = function(x)
        assert ours.dtype == tb.bfloat16
        assert ours.tolist() == tb.astype(function(wide), tb.bfloat16).tolist()
    assert np.fabs(wide, dtype=tb.bfloat16).dtype == tb.bfloat16
    out = tb.zeros(2, dtype=tb.bfloat16)
    assert np.fabs(x, out=out) is out
    assert out.tolist() == np.fabs(x).tolist()
    out = tb.zeros(2, dtype=tb.bfloat16)
    np.add.at(out, [0, 0], 1)
    assert out.tolist() == [2, 0]


# Keywords.


def test_out():
    x = tensor([0.25, 1.0])
    out, array = tensor([0.0, 0.0]), np.zeros(2)
    address = out.data_ptr()
    for function in (np.cbrt, np.fabs, np.sin, np.negative, np.positive):
        assert function(x, out=out) is out
        assert function(x, out=array) is array
        assert out.tolist() == array.tolist() == function(x).tolist()
    assert out.data_ptr() == address
    assert np.fabs(np.array([-2.0, 3.0]), out=out) is out
    assert out.tolist() == pytest.approx([2, 3])
    assert np.add(np.ones(2), 1, out=out) is out
    assert np.add(x, x, array) is array
    one, other = tensor([0.0, 0.0]), np.zeros(2)
    results = np.modf(x, out=(one, other))
    assert results[0] is one
    assert results[1] is other
    results = np.modf(x, out=(one, None))
    assert results[0] is one
    assert type(results[1]) is tb.Tensor


def test_out_follows_the_law_of_in_place():
    real, whole = tensor([0.5, 1.5]), tensor([3, 5], np.int64)
    for function in (np.cbrt, np.fabs, np.negative):
        with pytest.raises(TypeError, match="can't be cast"):
            function(real, out=whole)
    assert whole.tolist() == [3, 5]
    small = tensor([0, 0], np.uint8)
    assert np.gcd(whole, 3, out=small) is small
    assert small.tolist() == [3, 1]
    narrow = tensor([0.0, 0.0], np.float16)
    assert np.fabs(tensor([-2.0, 1.0]), out=narrow) is narrow
    assert narrow.tolist() == [2, 1]
    assert np.cbrt(tensor([8.0, 1.0]), out=narrow) is narrow
    assert narrow.tolist() == [2, 1]
    with pytest.raises(TypeError, match="can't be cast"):
        np.fabs(real, out=np.zeros(2, int))
    frozen = np.zeros(2)
    frozen.flags.writeable = False
    for target in (frozen, tb.from_numpy(frozen)):
        with pytest.raises((ValueError, RuntimeError), match="read-only"):
            np.fabs(real, out=target)


def test_overlap_of_input_and_output():
    x = tensor([1.0, 8.0, 27.0, 64.0])
    np.cbrt(x, out=x)
    assert x.tolist() == pytest.approx([1, 2, 3, 4])
    array = x.numpy()
    np.hypot(tb.from_numpy(array[:-1]), 0, out=tb.from_numpy(array[1:]))
    assert x.tolist() == pytest.approx([1, 1, 2, 3])


def test_where():
    x, out = tensor([1.0, 8.0]), tensor([7.0, 7.0])
    mask = tensor([True, False])
    assert np.fabs(x, out=out, where=mask) is out
    assert out.tolist() == [1, 7]
    assert np.negative(x, out=out, where=mask) is out
    assert out.tolist() == [-1, 7]
    assert np.add.reduce(x, where=mask).item() == 1
    assert np.add(x, 1, where=True).tolist() == [2, 9]


def test_dtype_and_casting():
    x = tensor([1, 2], np.int32)
    assert np.add(x, 1, dtype=np.float64).dtype == tb.float64
    assert np.add(x, 1, dtype=tb.float32).dtype == tb.float32
    assert np.fabs(x, dtype=np.float64).dtype == tb.float64
    assert np.add(x, 1.5, dtype=np.float32, casting="unsafe").dtype == tb.float32
    with pytest.raises(TypeError):
        np.add(x, 1, dtype=np.int8, casting="no")
    assert np.add(x, x, casting="no").dtype == tb.int32


def test_axes_of_generalised_functions():
    a = tensor(np.arange(6.0).reshape(2, 3))
    b = tensor(np.arange(6.0).reshape(2, 3))
    expected = np.matmul(a.numpy(), b.numpy(), axes=[(0, 1), (1, 0), (0, 1)])
    result = np.matmul(a, b, axes=[(0, 1), (1, 0), (0, 1)])
    assert type(result) is tb.Tensor
    assert result.numpy().tolist() == expected.tolist()


# Methods.


@pytest.mark.parametrize(
    "name", ["add", "multiply", "maximum", "minimum", "logical_or", "logaddexp", "hypot"]
)
def test_reduce_accumulate_reduceat(name):
    function = UFUNCS[name]
    x = tb.from_numpy(REAL)
    for keywords in (
        {},
        {"axis": 1},
        {"axis": None} if name != "hypot" else {},
        {"keepdims": True},
    ):
        theirs, ours = function.reduce(REAL, **keywords), function.reduce(x, **keywords)
        assert type(ours) is tb.Tensor
        assert_same(plain(ours), theirs)
    assert_same(plain(function.accumulate(x, axis=1)), function.accumulate(REAL, axis=1))
    assert_same(
        plain(function.reduceat(x, [0, 1], axis=1)), function.reduceat(REAL, [0, 1], axis=1)
    )
    out = tb.zeros(3, dtype=tb.bool if name == "logical_or" else tb.float32)
    assert function.reduce(x, out=out) is out
    assert_same(plain(out), function.reduce(REAL))


def test_reductions_of_integers():
    x = tensor([1, 2, 3], np.int8)
    assert np.add.reduce(x).dtype == tb.int64
    assert np.add.reduce(x, initial=10).item() == 16
    assert np.add.reduce(x, dtype=np.float32).dtype == tb.float32
    assert np.logaddexp.reduce(x).dtype == tb.float32
    with pytest.raises(TypeError, match="can't be cast"):
        np.logaddexp.reduce(x, out=tensor(0, np.int64))


def test_outer():
    a, b = tensor([1, 2]), np.array([0.5, 1.5, 2.5], np.float32)
    for function in (np.add, np.hypot, np.multiply, np.less):
        result = function.outer(a, b)
        assert type(result) is tb.Tensor
        assert result.shape == (2, 3)
        assert_same(plain(result), function.outer(a.numpy().astype(np.float32), b))
        assert function.outer(b, a).shape == (3, 2)
    assert np.add.outer(a, 1).tolist() == [2, 3]


def test_at_writes_in_place():
    x = tensor([1.0, 2.0, 3.0], np.float32)
    assert np.add.at(x, [0, 0, 2], 1) is None
    assert x.tolist() == [3, 2, 4]
    np.add.at(x, tensor([1, 1]), tensor([1, 2]))
    assert x.tolist() == [3, 5, 4]
    np.negative.at(x, tensor([True, False, False]))
    assert x.tolist() == [-3, 5, 4]
    array = np.zeros(2)
    np.add.at(array, tensor([1, 1]), tensor([1.0, 2.0]))
    assert array.tolist() == [0, 3]
    small = tensor([1, 2], np.uint8)
    np.add.at(small, [0], tensor([5]))
    assert small.tolist() == [6, 2]
    with pytest.raises(TypeError, match="can't be cast"):
        np.add.at(small, [0], 0.5)
    assert small.tolist() == [6, 2]
    with pytest.raises(IndexError):
        np.add.at(small, [2], 1)


# Others.


class Answering:
    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        return "answered"


class Silent:
    __array_ufunc__ = None


class Stranger:
    """As a tensor of another library: an array to NumPy, no array of NumPy's."""

    def __array__(self, dtype=None, copy=None):
        return np.ones(2)


def test_other_libraries_answer_for_themselves():
    x = tensor([1.0, 2.0])
    for function in (np.add, np.hypot):
        assert function(x, Answering()) == "answered"
        assert function(Answering(), x) == "answered"
        for other in (Silent(), Stranger(), "text", None, object()):
            with pytest.raises(TypeError):
                function(x, other)
            with pytest.raises(TypeError):
                function(other, x)


def test_user_functions():
    x = tensor([1.0, 2.0])
    doubled = np.frompyfunc(lambda value: value * 2, 1, 1)(x)
    assert type(doubled) is np.ndarray
    assert doubled.tolist() == [2, 4]


def test_sequences_are_arrays():
    x = tensor([1.0, 2.0], np.float32)
    assert np.add(x, [1, 2]).tolist() == [2, 4]
    assert np.hypot([3.0, 0.0], x).dtype == tb.float32


def test_meta_and_foreign_dtypes():
    meta = tb.empty((2,), device="meta")
    assert np.add(meta, meta).shape == (2,)
    with pytest.raises(TypeError, match="meta"):
        np.spacing(meta)
    for function in (np.add, np.logaddexp2):
        with pytest.raises(TypeError):
            function(tensor([1.0]), np.array([object()]))
        with pytest.raises(TypeError):
            function(tensor([1.0]), np.array(["2020-01-01"], "M8[D]"))


def test_numpy_warns_about_numbers_as_ever():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning):
            np.fmod.reduce(tensor([1.0, 0.0]))
