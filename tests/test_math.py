"""The functions of analysis of real numbers: a unit in the last place, and every special value."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tensorbridge as tb
from samples import views

INF, NAN = math.inf, math.nan


def logistic(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def logaddexp0(x: Any) -> Any:
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))


def elementwise(function: Callable[[float], float]) -> Callable[[Any], Any]:
    return lambda x: np.array([function(float(value)) for value in x.flat]).reshape(x.shape)


def gelu(x: float) -> float:
    return x * math.erfc(-x / math.sqrt(2)) / 2


#: What each function is in the arithmetic of its argument, over which interval, and how many
#: units in the last place are allowed: one, and half of the reference's own.
ONE: dict[str, tuple[Callable[[Any], Any], float, float]] = {
    "exp": (np.exp, -80, 80),
    "exp2": (np.exp2, -120, 120),
    "expm1": (np.expm1, -80, 80),
    "log": (np.log, 0, 9),
    "log2": (np.log2, 0, 9),
    "log10": (np.log10, 0, 9),
    "log1p": (np.log1p, -1, 9),
    "sqrt": (np.sqrt, 0, 9),
    "rsqrt": (lambda x: 1 / np.sqrt(x), 0, 9),
    "cbrt": (np.cbrt, -9, 9),
    "reciprocal": (lambda x: 1 / x, -9, 9),
    "sin": (np.sin, -99, 99),
    "cos": (np.cos, -99, 99),
    "tan": (np.tan, -99, 99),
    "asin": (np.arcsin, -1, 1),
    "acos": (np.arccos, -1, 1),
    "atan": (np.arctan, -9, 9),
    "sinh": (np.sinh, -80, 80),
    "cosh": (np.cosh, -80, 80),
    "tanh": (np.tanh, -9, 9),
    "asinh": (np.arcsinh, -9, 9),
    "acosh": (np.arccosh, 1, 9),
    "atanh": (np.arctanh, -1, 1),
    "sigmoid": (logistic, -80, 80),
    "silu": (lambda x: x * logistic(x), -80, 80),
    "softplus": (logaddexp0, -80, 80),
    "logsigmoid": (lambda x: -logaddexp0(-x), -80, 80),
    "deg2rad": (lambda x: x * (4 * np.arctan(x.dtype.type(1)) / 180), -720, 720),
    "rad2deg": (lambda x: x * (180 / (4 * np.arctan(x.dtype.type(1)))), -9, 9),
}
#: The same where the reference is of `float64` only.
NARROW: dict[str, tuple[Callable[[Any], Any], float, float]] = {
    "erf": (elementwise(math.erf), -5, 5),
    "erfc": (elementwise(math.erfc), -5, 9),
    "gelu": (elementwise(gelu), -9, 9),
    "sinc": (np.sinc, -9, 9),
}
TWO: dict[str, tuple[Callable[[Any, Any], Any], float, float]] = {
    "atan2": (np.arctan2, -9, 9),
    "hypot": (np.hypot, -9, 9),
    "logaddexp": (lambda a, b: np.maximum(a, b) + np.log1p(np.exp(-np.abs(a - b))), -80, 80),
    "pow": (np.power, 0, 9),
    "xlogy": (lambda a, b: np.where(a == 0, 0, a * np.log(b)), 0, 9),
}

#: Whether this machine has floats of more than 64 bits.
WIDE = np.finfo(np.longdouble).nmant > 60


def drawn(low: float, high: float, dtype: str, seed: int) -> np.ndarray:
    """Numbers of an interval, near 0 in all magnitudes."""
    source = np.random.default_rng(seed)
    even = source.uniform(low, high, 300)
    small = source.choice([-1, 1], 100) * 2.0 ** source.uniform(-40, 0, 100)
    small = np.clip(small, low, high)
    return np.concatenate([even, small]).astype(dtype)


def errors(ours: np.ndarray, reference: Any) -> Any:
    """In units in the last place of the reference, as a float of the dtype."""
    units = np.spacing(np.abs(reference).astype(ours.dtype)).astype(reference.dtype)
    return np.abs(ours.astype(reference.dtype) - reference) / units


def check(name: str, exact: Callable[..., Any], arguments: list[np.ndarray], wide: Any) -> None:
    ours = getattr(tb, name)(*map(tb.from_numpy, arguments)).numpy()
    with np.errstate(all="ignore"):
        reference = exact(*(argument.astype(wide) for argument in arguments))
        finite = np.isfinite(reference.astype(ours.dtype))
        assert np.array_equal(np.isfinite(ours), finite)
        error = np.where(finite, errors(ours, reference), 0)
    worst = int(np.argmax(error))
    assert error[worst] <= ULPS.get(name, 1.01), [argument[worst] for argument in arguments]


#: Small sums of exponentials are rounded almost twice.
ULPS = {
    "erfinv": 2.0,
    "logaddexp": 1.25,
    "logsigmoid": 1.25,
    "softplus": 1.25,
}


@pytest.mark.parametrize("name", sorted(ONE | NARROW))
@settings(max_examples=10)
@given(seed=st.integers(0, 2**20))
def test_float32(name: str, seed: int) -> None:
    exact, low, high = (ONE | NARROW)[name]
    check(name, exact, [drawn(low, high, "f4", seed)], np.float64)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(ONE | NARROW | TWO))
def test_a_value_does_not_depend_on_its_place(name: str, dtype: str) -> None:
    """Packs of numbers, and what is left of them, are computed by the same operations."""
    function, two = getattr(tb, name), name in TWO
    _, low, high = (ONE | NARROW | TWO)[name]
    arguments = [drawn(low, high, dtype, seed) for seed in range(1 + two)]
    whole = function(*map(tb.from_numpy, arguments)).numpy()
    for start, stop in ((0, 127), (0, 128), (100, 357), (3, 4)):
        part = function(*(tb.from_numpy(argument[start:stop]) for argument in arguments))
        np.testing.assert_array_equal(part.numpy(), whole[start:stop])


@pytest.mark.skipif(not WIDE, reason="there are no floats of more than 64 bits here")
@pytest.mark.parametrize("name", sorted(ONE))
@settings(max_examples=10)
@given(seed=st.integers(0, 2**20))
def test_float64(name: str, seed: int) -> None:
    exact, low, high = ONE[name]
    check(name, exact, [drawn(low, high, "f8", seed)], np.longdouble)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(TWO))
@settings(max_examples=10)
@given(seed=st.integers(0, 2**20))
def test_functions_of_two_numbers(name: str, dtype: str, seed: int) -> None:
    if dtype == "float64" and not WIDE:
        pytest.skip("there are no floats of more than 64 bits here")
    exact, low, high = TWO[name]
    arguments = [drawn(low, high, dtype, seed), drawn(low, high, dtype, seed + 1)]
    check(name, exact, arguments, np.float64 if dtype == "float32" else np.longdouble)


@pytest.mark.parametrize("name", ["erf", "erfc", "gelu"])
@settings(max_examples=10)
@given(seed=st.integers(0, 2**20))
def test_float64_beside_the_c_library(name: str, seed: int) -> None:
    exact, low, high = NARROW[name]
    argument = drawn(low, high, "f8", seed)
    ours = getattr(tb, name)(tb.from_numpy(argument)).numpy()
    # Both have errors; the reference of `gelu` rounds its argument, too.
    np.testing.assert_allclose(ours, exact(argument), rtol=1e-15 if name != "gelu" else 2e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_erfinv_takes_erf_back(dtype: str) -> None:
    # Where `erf` is not flat, which would hide what the inverse loses.
    x = np.linspace(-2, 2, 4001).astype(dtype)
    wide = elementwise(math.erf)(x.astype("f8"))
    # The error of a rounded argument, by the slope of the inverse.
    slope = math.sqrt(math.pi) / 2 * np.exp(x.astype("f8") ** 2)
    y = wide.astype(dtype)
    error = np.abs(tb.erfinv(tb.from_numpy(y)).numpy().astype("f8") - x)
    unit = np.finfo(dtype).eps
    assert (error <= unit * (2 * np.abs(x) + slope * np.abs(y)) + 1e-300).all()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_cube_roots_of_cubes(dtype: str) -> None:
    count = 255 if dtype == "float32" else 100_000
    whole = np.arange(-count, count, dtype=dtype)
    assert tb.cbrt(tb.from_numpy(whole**3)).tolist() == whole.tolist()
    assert tb.cbrt(tb.tensor(27.0)).item() == 3
    thirds = 2.0 ** np.arange(-1074 if dtype == "float64" else -147, 120, 3)
    assert (tb.cbrt(tb.from_numpy(thirds.astype(dtype))).numpy() ** 3 == thirds).all()


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", sorted(set(ONE | NARROW) | {"erfinv", "relu"}))
def test_halves_are_rounded_once(name: str, dtype: str) -> None:
    bits = tb.arange(65536, dtype=tb.int32).to(tb.uint16).view(getattr(tb, dtype))
    function = getattr(tb, name)
    ours, wide = function(bits), function(bits.to(tb.float32)).to(bits.dtype)
    assert ours.dtype == bits.dtype
    same = (ours == wide) | (tb.isnan(ours) & tb.isnan(wide))
    assert tb.all(same).item()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", sorted(set(ONE | NARROW | TWO) | {"erfinv", "relu"}))
def test_every_layout_gives_the_same_bits(name: str, dtype: str) -> None:
    table = ONE | NARROW | TWO
    _, low, high = table.get(name, (None, -0.99, 0.99))
    argument = drawn(low, high, dtype, 7).reshape(20, 20)
    others = [drawn(low, high, dtype, 8).reshape(20, 20)] if name in TWO else []
    function = getattr(tb, name)
    expected = function(tb.from_numpy(argument), *others).numpy()
    for looks, view in views(argument).items():
        assert function(tb.from_numpy(view), *others).numpy().tobytes() == expected.tobytes(), looks
        out = tb.from_numpy(view.copy(order="K"))
        assert function(out, *others, out=out) is out
        assert out.numpy().tobytes() == expected.tobytes()
        tensor = tb.from_numpy(view.copy())
        assert getattr(tensor, name + "_")(*others) is tensor
        assert tensor.numpy().tobytes() == expected.tobytes()


SPECIAL: dict[str, list[tuple[float, float]]] = {
    "rsqrt": [(0.0, INF), (-0.0, -INF), (INF, 0.0), (-1.0, NAN), (-INF, NAN), (4.0, 0.5)],
    "cbrt": [(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -INF), (-8.0, -2.0)],
    "sinc": [(0.0, 1.0), (-0.0, 1.0), (1.0, -0.0), (2.0**60, 0.0), (INF, NAN), (0.5, 2 / math.pi)],
    "deg2rad": [(180.0, math.pi), (-0.0, -0.0), (INF, INF), (-INF, -INF)],
    "rad2deg": [(math.pi, 180.0), (-0.0, -0.0), (INF, INF), (-INF, -INF)],
    "erfinv": [(0.0, 0.0), (-0.0, -0.0), (1.0, INF), (-1.0, -INF), (1.5, NAN), (INF, NAN)],
    "erf": [(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0)],
    "erfc": [(0.0, 1.0), (INF, 0.0), (-INF, 2.0)],
    "sigmoid": [(0.0, 0.5), (INF, 1.0), (-INF, 0.0)],
    "logsigmoid": [(INF, -0.0), (-INF, -INF), (-1000.0, -1000.0)],
    "softplus": [(INF, INF), (-INF, 0.0), (1000.0, 1000.0)],
    "silu": [(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -0.0), (-1e30, -0.0)],
    "gelu": [(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -0.0)],
    "relu": [(INF, INF), (-INF, 0.0), (-1.0, 0.0), (2.0, 2.0)],
    "exp": [(INF, INF), (-INF, 0.0), (0.0, 1.0), (-0.0, 1.0)],
    "log": [(0.0, -INF), (-0.0, -INF), (INF, INF), (-1.0, NAN), (1.0, 0.0)],
    "tanh": [(-0.0, -0.0), (INF, 1.0), (-INF, -1.0)],
}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("name", sorted(SPECIAL))
def test_special_values(name: str, dtype: str) -> None:
    for argument, expected in [*SPECIAL[name], (NAN, NAN)]:
        if math.isfinite(argument) and abs(argument) > 60000 and dtype == "float16":
            continue
        x = tb.tensor([argument] * 9, dtype=getattr(tb, dtype))
        for result in (getattr(tb, name)(x), getattr(tb, name)(x[:1])):
            for value in result.tolist():
                if math.isnan(expected):
                    assert math.isnan(value), (argument, value)
                else:
                    assert value == pytest.approx(expected, rel=0.01, abs=1e-300)
                    assert math.copysign(1, value) == math.copysign(1, expected), (argument, value)


def tanh_gelu(x: np.ndarray) -> np.ndarray:
    wide = x.astype(np.longdouble)
    inner = np.sqrt(2 / np.longdouble(np.pi)) * (wide + np.longdouble("0.044715") * wide**3)
    # Half of `1 + tanh(z)`, which cancels, is the logistic function of `2 z`.
    return wide / (1 + np.exp(-2 * inner))


@pytest.mark.parametrize(("dtype", "low"), [("float32", -6), ("float64", -20)])
def test_gelu_by_tanh(dtype: str, low: float) -> None:
    x = drawn(low, 9, dtype, 3)
    expected = tanh_gelu(x)
    t = tb.from_numpy(x)
    ours = tb.gelu(t, approximate="tanh")
    rtol = 1e-6 if dtype == "float32" else 1e-13 if WIDE else 1e-12
    np.testing.assert_allclose(ours.numpy(), expected.astype(dtype), rtol=rtol)
    out = tb.empty_like(t)
    assert tb.gelu(t, "tanh", out=out) is out
    assert out.tolist() == ours.tolist() == t.gelu(approximate="tanh").tolist()
    assert tb.gelu(input=t, approximate="none").tolist() == tb.gelu(t).tolist() == t.gelu().tolist()
    assert t.clone().gelu_("tanh").tolist() == ours.tolist()
    # The two are no further apart than is known of the approximation.
    assert 1e-5 < float(abs(tb.gelu(t) - ours).max()) < 5e-4
    for name in ("float16", "bfloat16"):
        half = t.to(getattr(tb, name))
        np.testing.assert_allclose(
            half.gelu("tanh").to(tb.float64).numpy(),
            tanh_gelu(half.to(tb.float64).numpy()).astype(np.float64),
            rtol=0.01,
            atol=1e-4,
        )


def test_gelu_by_tanh_at_its_ends() -> None:
    ends = tb.tensor([0.0, -0.0, INF, -INF, 1e30, -1e30, NAN], dtype=tb.float64)
    for t in (ends, ends.to(tb.float32)):
        found = t.gelu("tanh").tolist()
        assert str(found) == str([0.0, -0.0, INF, -0.0, t[4].item(), -0.0, NAN])
    with pytest.raises(ValueError, match='either none or tanh, and it is "erf"'):
        ends.gelu("erf")
    with pytest.raises(TypeError, match="not defined for complex64"):
        tb.gelu(tb.tensor([1j]), "tanh")


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize(
    ("beta", "threshold"), [(1, 20), (0.5, None), (3.0, 2), (-2, 1), (1, None)]
)
def test_softplus_of_a_slope_and_a_threshold(
    dtype: str, beta: float, threshold: float | None
) -> None:
    t = tb.from_numpy(drawn(-60, 60, "float64", 5)).to(getattr(tb, dtype))
    x = t.to(tb.float64).numpy()
    expected = logaddexp0(beta * x) / beta
    if threshold is not None:
        expected = np.where(beta * x > threshold, x, expected)
    ours = tb.softplus(t, beta, threshold)
    assert ours.dtype == t.dtype
    rtol = {"float16": 2e-3, "bfloat16": 1e-2, "float32": 1e-5, "float64": 1e-13}[dtype]
    atol = 1e-4 if dtype == "float16" else 1e-40
    np.testing.assert_allclose(ours.to(tb.float64).numpy(), expected, rtol=rtol, atol=atol)
    keywords = {"beta": beta, "threshold": threshold}
    assert t.softplus(**keywords).tolist() == ours.tolist()
    out = tb.empty_like(t)
    assert tb.softplus(input=t, **keywords, out=out) is out
    assert out.tolist() == ours.tolist()
    copy = t.clone()
    assert copy.softplus_(**keywords) is copy
    assert copy.tolist() == ours.tolist()


def test_softplus_of_other_dtypes() -> None:
    assert tb.softplus(tb.tensor([1, 30]), threshold=20).dtype == tb.float32
    assert tb.softplus(tb.tensor([1, 30]), threshold=20)[1].item() == 30
    whole = tb.tensor([1, 2])
    with pytest.raises(TypeError, match="can't be cast"):
        whole.softplus_(2)
    assert whole.tolist() == [1, 2]
    with pytest.raises(TypeError, match="not defined for complex64"):
        tb.softplus(tb.tensor([1j]), 2)
    with pytest.raises(TypeError, match="`beta` must be a"):
        tb.softplus(whole, "2")


def test_xlogy() -> None:
    zero, other = tb.tensor([0.0, -0.0, 0.0, 0.0, 1.0, NAN]), [0.0, 0.0, INF, NAN, 0.0, 1.0]
    found = tb.xlogy(zero, tb.tensor(other)).tolist()
    assert found[:3] == [0, 0, 0]
    assert math.isnan(found[3])
    assert found[4] == -INF
    assert math.isnan(found[5])
    assert tb.xlogy(2, tb.tensor([1.0, math.e])).tolist() == pytest.approx([0, 2])


def test_dtypes() -> None:
    whole = tb.tensor([-2, 0, 3])
    assert tb.relu(whole).tolist() == [0, 0, 3]
    assert tb.relu(whole).dtype == tb.int64
    assert tb.relu(tb.tensor([0, 200], dtype=tb.uint8)).tolist() == [0, 200]
    for name in ("cbrt", "deg2rad", "sinc", "gelu", "silu", "softplus", "logsigmoid"):
        assert getattr(tb, name)(whole).dtype == tb.float32, name
        with pytest.raises(TypeError, match="not defined for complex64"):
            getattr(tb, name)(tb.tensor([1j]))
    for name in ("relu", "erfinv"):
        with pytest.raises(TypeError, match="not defined for complex64"):
            getattr(tb, name)(tb.tensor([1j]))
    with pytest.raises(TypeError, match="not defined for bool"):
        tb.relu(tb.tensor([True]))
    with pytest.raises(TypeError, match="not defined for complex64"):
        tb.xlogy(tb.tensor([1j]), 2)
    assert tb.rsqrt(tb.tensor([-4 + 0j, 3 + 4j])).tolist() == pytest.approx([-0.5j, 0.4 - 0.2j])
    assert tb.rsqrt(tb.empty((2, 3), device="meta")).shape == (2, 3)
    assert tb.radians is tb.deg2rad
    assert tb.degrees is tb.rad2deg
