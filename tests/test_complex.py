"""Functions of complex numbers: special values from the standard's text, accuracy by exact means."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from layouts import COMPLEX, LAYOUTS, layout, values

INF, NAN, PI = math.inf, math.nan, math.pi

#: Of `a + b j`: the answer, with `?` before parts whose sign the standard leaves open. Values of
#: other quadrants follow by symmetry: every function commutes with `conj`, the odd ones with `-`.
TABLE: dict[str, list[tuple[float, float, Any, Any]]] = {
    "sqrt": [
        (0.0, 0.0, 0.0, 0.0),
        (-0.0, 0.0, 0.0, 0.0),
        (3.0, INF, INF, INF),
        (NAN, INF, INF, INF),
        (-INF, INF, INF, INF),
        (3.0, NAN, NAN, NAN),
        (-INF, 3.0, 0.0, INF),
        (INF, 3.0, INF, 0.0),
        (-INF, NAN, NAN, "?inf"),
        (INF, NAN, INF, NAN),
        (NAN, 3.0, NAN, NAN),
        (NAN, 0.0, NAN, NAN),
        (NAN, NAN, NAN, NAN),
    ],
    "exp": [
        (0.0, 0.0, 1.0, 0.0),
        (-0.0, 0.0, 1.0, 0.0),
        (3.0, INF, NAN, NAN),
        (3.0, NAN, NAN, NAN),
        (INF, 0.0, INF, 0.0),
        (-INF, 2.0, -0.0, 0.0),
        (INF, 2.0, -INF, INF),
        (-INF, INF, "?0", "?0"),
        (INF, INF, "?inf", NAN),
        (-INF, NAN, "?0", "?0"),
        (INF, NAN, "?inf", NAN),
        (NAN, 0.0, NAN, 0.0),
        (NAN, 3.0, NAN, NAN),
        (NAN, NAN, NAN, NAN),
    ],
    "expm1": [
        (0.0, 0.0, 0.0, 0.0),
        (-0.0, 0.0, 0.0, 0.0),
        (3.0, INF, NAN, NAN),
        (3.0, NAN, NAN, NAN),
        (INF, 0.0, INF, 0.0),
        (-INF, 2.0, -1.0, 0.0),
        (INF, 2.0, -INF, INF),
        (-INF, INF, -1.0, "?0"),
        (INF, INF, "?inf", NAN),
        (-INF, NAN, -1.0, "?0"),
        (INF, NAN, "?inf", NAN),
        (NAN, 0.0, NAN, 0.0),
        (NAN, 3.0, NAN, NAN),
        (NAN, NAN, NAN, NAN),
    ],
    "log": [
        (-0.0, 0.0, -INF, PI),
        (0.0, 0.0, -INF, 0.0),
        (3.0, INF, INF, PI / 2),
        (3.0, NAN, NAN, NAN),
        (-INF, 3.0, INF, PI),
        (INF, 3.0, INF, 0.0),
        (-INF, INF, INF, 3 * PI / 4),
        (INF, INF, INF, PI / 4),
        (INF, NAN, INF, NAN),
        (-INF, NAN, INF, NAN),
        (NAN, 3.0, NAN, NAN),
        (NAN, INF, INF, NAN),
        (NAN, NAN, NAN, NAN),
    ],
    "log1p": [
        (-1.0, 0.0, -INF, 0.0),
        (3.0, INF, INF, PI / 2),
        (3.0, NAN, NAN, NAN),
        (-INF, 3.0, INF, PI),
        (INF, 3.0, INF, 0.0),
        (-INF, INF, INF, 3 * PI / 4),
        (INF, INF, INF, PI / 4),
        (INF, NAN, INF, NAN),
        (-INF, NAN, INF, NAN),
        (NAN, 3.0, NAN, NAN),
        (NAN, INF, INF, NAN),
        (NAN, NAN, NAN, NAN),
        (0.0, 0.0, 0.0, 0.0),
        (-0.0, 0.0, -0.0, 0.0),
    ],
    "sinh": [
        (0.0, 0.0, 0.0, 0.0),
        (0.0, INF, "?0", NAN),
        (0.0, NAN, "?0", NAN),
        (3.0, INF, NAN, NAN),
        (3.0, NAN, NAN, NAN),
        (INF, 0.0, INF, 0.0),
        (INF, 2.0, -INF, INF),
        (INF, INF, "?inf", NAN),
        (INF, NAN, "?inf", NAN),
        (NAN, 0.0, NAN, 0.0),
        (NAN, 3.0, NAN, NAN),
        (NAN, NAN, NAN, NAN),
    ],
    "cosh": [
        (0.0, 0.0, 1.0, 0.0),
        (0.0, INF, NAN, "?0"),
        (0.0, NAN, NAN, "?0"),
        (3.0, INF, NAN, NAN),
        (3.0, NAN, NAN, NAN),
        (INF, 0.0, INF, 0.0),
        (INF, 2.0, -INF, INF),
        (INF, INF, "?inf", NAN),
        (INF, NAN, INF, NAN),
        (NAN, 0.0, NAN, "?0"),
        (NAN, 3.0, NAN, NAN),
        (NAN, NAN, NAN, NAN),
    ],
    "tanh": [
        (0.0, 0.0, 0.0, 0.0),
        (3.0, INF, NAN, NAN),
        (0.0, INF, 0.0, NAN),
        (3.0, NAN, NAN, NAN),
        (0.0, NAN, 0.0, NAN),
        (INF, 2.0, 1.0, 0.0),
        (INF, 1.0, 1.0, 0.0),
        (INF, INF, 1.0, "?0"),
        (INF, NAN, 1.0, "?0"),
        (NAN, 0.0, NAN, 0.0),
        (NAN, 3.0, NAN, NAN),
        (NAN, NAN, NAN, NAN),
    ],
    "asinh": [
        (0.0, 0.0, 0.0, 0.0),
        (3.0, INF, INF, PI / 2),
        (3.0, NAN, NAN, NAN),
        (INF, 3.0, INF, 0.0),
        (INF, INF, INF, PI / 4),
        (INF, NAN, INF, NAN),
        (NAN, 0.0, NAN, 0.0),
        (NAN, 3.0, NAN, NAN),
        (NAN, INF, "?inf", NAN),
        (NAN, NAN, NAN, NAN),
    ],
    "acos": [
        (0.0, 0.0, PI / 2, -0.0),
        (-0.0, 0.0, PI / 2, -0.0),
        (0.0, NAN, PI / 2, NAN),
        (-0.0, NAN, PI / 2, NAN),
        (3.0, INF, PI / 2, -INF),
        (3.0, NAN, NAN, NAN),
        (-INF, 3.0, PI, -INF),
        (INF, 3.0, 0.0, -INF),
        (-INF, INF, 3 * PI / 4, -INF),
        (INF, INF, PI / 4, -INF),
        (INF, NAN, NAN, "?inf"),
        (-INF, NAN, NAN, "?inf"),
        (NAN, 3.0, NAN, NAN),
        (NAN, INF, NAN, -INF),
        (NAN, NAN, NAN, NAN),
        (1.0, 0.0, 0.0, -0.0),
    ],
    "acosh": [
        (0.0, 0.0, 0.0, PI / 2),
        (-0.0, 0.0, 0.0, PI / 2),
        (3.0, INF, INF, PI / 2),
        (3.0, NAN, NAN, NAN),
        (0.0, NAN, NAN, "?" + repr(PI / 2)),
        (-INF, 3.0, INF, PI),
        (INF, 3.0, INF, 0.0),
        (-INF, INF, INF, 3 * PI / 4),
        (INF, INF, INF, PI / 4),
        (INF, NAN, INF, NAN),
        (-INF, NAN, INF, NAN),
        (NAN, 3.0, NAN, NAN),
        (NAN, INF, INF, NAN),
        (NAN, NAN, NAN, NAN),
    ],
    "atanh": [
        (0.0, 0.0, 0.0, 0.0),
        (0.0, NAN, 0.0, NAN),
        (1.0, 0.0, INF, 0.0),
        (3.0, INF, 0.0, PI / 2),
        (3.0, NAN, NAN, NAN),
        (INF, 3.0, 0.0, PI / 2),
        (INF, INF, 0.0, PI / 2),
        (INF, NAN, 0.0, NAN),
        (NAN, 3.0, NAN, NAN),
        (NAN, INF, "?0", PI / 2),
        (NAN, NAN, NAN, NAN),
    ],
    "abs": [
        (INF, NAN, INF, 0.0),
        (NAN, -INF, INF, 0.0),
        (0.0, -3.5, 3.5, 0.0),
        (-3.5, -0.0, 3.5, 0.0),
        (NAN, 3.0, NAN, 0.0),
        (3.0, NAN, NAN, 0.0),
        (NAN, NAN, NAN, 0.0),
        (-0.0, 0.0, 0.0, 0.0),
        (5e-324, 0.0, 5e-324, 0.0),
    ],
    "sign": [
        (-0.0, 0.0, 0.0, "?0"),
        (0.0, 0.0, 0.0, "?0"),
        (NAN, 3.0, NAN, NAN),
        (INF, NAN, NAN, NAN),
        (3.0, NAN, NAN, NAN),
        (3.0, 0.0, 1.0, 0.0),
        (-INF, 3.0, -1.0, 0.0),
        (5e-324, 0.0, 1.0, 0.0),
        (1.7e308, 0.0, 1.0, 0.0),
    ],
    "sigmoid": [
        (INF, 3.0, 1.0, "?0"),
        (-INF, INF, "?0", "?0"),
        (0.0, 0.0, 0.5, 0.0),
        (NAN, NAN, NAN, NAN),
    ],
    "reciprocal": [
        (2.0, 0.0, 0.5, "?0"),
        (0.0, 2.0, "?0", -0.5),
        (INF, 3.0, "?0", "?0"),
        (1e-310, 1e-310, 5e309, -5e309),
        (1.5e308, -1.5e308, 0.5 / 1.5e308, 0.5 / 1.5e308),
        (NAN, NAN, NAN, NAN),
    ],
}

ODD = {"sinh", "tanh", "asinh", "atanh"}


def matches(part: float, expected: Any, rtol: float) -> bool:
    """Whether a part is as the table has it, the signs of zeros included."""
    if isinstance(expected, str):
        part, expected = abs(part), float(expected[1:])
    if math.isnan(expected):
        return math.isnan(part)
    close = part == expected or abs(part - expected) <= rtol * abs(expected)
    return close and (math.copysign(1, part) == math.copysign(1, expected))


def call(function: Callable[..., tb.Tensor], a: float, b: float, dtype: str) -> complex:
    result = function(tb.complex(*(tb.tensor([part], dtype=part_of(dtype)) for part in (a, b))))
    return complex(result.item())


def part_of(dtype: str) -> tb.dtype:
    return tb.float32 if dtype == "complex64" else tb.float64


def negated(expected: Any) -> Any:
    return expected if isinstance(expected, str) else -expected


@pytest.mark.parametrize("dtype", COMPLEX)
@pytest.mark.parametrize("name", TABLE)
def test_special_values_and_their_reflections(name: str, dtype: str) -> None:
    function, rtol = getattr(tb, name), 1e-6 if dtype == "complex64" else 1e-15
    for a, b, real, imag in TABLE[name]:
        if dtype == "complex64" and any(0 < abs(x) < 1e-45 or 1e39 < abs(x) < INF for x in (a, b)):
            continue
        if dtype == "complex64" and 1e39 < abs(real if isinstance(real, float) else 0) < INF:
            continue
        cases = [(a, b, real, imag), (a, -b, real, imag if name == "abs" else negated(imag))]
        if name in ODD:
            cases += [(-x, -y, negated(u), negated(v)) for x, y, u, v in cases]
        for x, y, u, v in cases:
            found = call(function, x, y, dtype)
            for part, expected in ((found.real, u), (found.imag, v)):
                assert matches(part, expected, rtol), (x, y, found, u, v)


@pytest.mark.parametrize("dtype", COMPLEX)
@pytest.mark.parametrize(
    ("circular", "hyperbolic"),
    [("sin", "sinh"), ("tan", "tanh"), ("asin", "asinh"), ("atan", "atanh"), ("cos", "cosh")],
)
def test_circular_functions_are_turned_hyperbolic_ones(
    circular: str, hyperbolic: str, dtype: str
) -> None:
    points = [0.0, -0.0, 0.5, -1.0, 3.0, -25.0, 800.0, INF, -INF, NAN]
    for a in points:
        for b in points:
            found = call(getattr(tb, circular), a, b, dtype)
            turned = call(getattr(tb, hyperbolic), -b, a, dtype)
            back = turned if circular == "cos" else complex(turned.imag, -turned.real)
            if cmath.isnan(found):
                # The sign of what stands beside NaN is nobody's.
                found, back = (complex(abs(z.real), abs(z.imag)) for z in (found, back))
            for one, other in ((found.real, back.real), (found.imag, back.imag)):
                assert np.array_equal(one, other, equal_nan=True), (a, b, found, back)
                assert math.isnan(one) or math.copysign(1, one) == math.copysign(1, other), (a, b)


#: The functions that Python's `cmath` has, whose answers are good to a few units in the last place.
CMATH = [
    "sqrt",
    "exp",
    "log",
    "log10",
    "sin",
    "cos",
    "tan",
    "sinh",
    "cosh",
    "tanh",
    "asin",
    "acos",
    "atan",
    "asinh",
    "acosh",
    "atanh",
]


@pytest.mark.parametrize("name", CMATH)
@given(
    dtype=st.sampled_from(COMPLEX),
    kind=st.sampled_from(LAYOUTS),
    scale=st.sampled_from([1e-300, 1e-20, 1e-8, 1e-3, 1.0, 20.0, 300.0, 1e8, 1e20, 1e300]),
    seed=st.integers(0, 2**32),
)
def test_every_function_on_every_layout(
    name: str, dtype: str, kind: str, scale: float, seed: int
) -> None:
    source = np.random.default_rng(seed)
    parts = source.uniform(-1, 1, (2, 24)) * scale
    if dtype == "complex64":
        parts = np.clip(parts, -1e38, 1e38)
    array = layout((parts[0] + 1j * parts[1]).astype(dtype), kind)
    x = tb.from_numpy(array)
    result = getattr(tb, name)(x)
    assert result.dtype == x.dtype
    found = result.numpy()
    rtol = 4e-7 if dtype == "complex64" else 4e-15
    for index in np.ndindex(array.shape):
        try:
            answer = getattr(cmath, name)(complex(array[index]))
        except ValueError:
            continue
        except OverflowError:
            assert not cmath.isfinite(complex(found[index]))
            continue
        with np.errstate(over="ignore"):
            answer = np.asarray(answer).astype(dtype)[()]
        if not np.isfinite(answer):
            continue
        assert abs(complex(found[index]) - complex(answer)) <= rtol * abs(complex(answer)) + 1e-45
    np.testing.assert_array_equal(getattr(x, name)().numpy(), found)
    out = np.empty_like(array)
    assert getattr(tb, name)(array, out=out) is out
    np.testing.assert_array_equal(out, found)
    if array.flags.writeable:
        assert getattr(x, name + "_")() is x
        np.testing.assert_array_equal(array, found)


def test_no_cancellation_near_the_unit_circle() -> None:
    # To 30 digits: log(|0.6 + 0.8 j|) of the nearest doubles, and log1p of points where
    # |1 + z| is 1 but for a trifle (mpmath).
    z = tb.tensor(complex(0.6, 0.8), dtype=tb.complex128)
    assert tb.log(z).real.item() == pytest.approx(2.2204460492503132e-17, rel=1e-13)
    small = tb.tensor(complex(-5e-9, 1e-4), dtype=tb.complex128)
    assert tb.log1p(small).real.item() == pytest.approx(1.2500000374604557e-17, rel=1e-13)
    for tiny in (1e-300, 1e-20, 1e-9):
        z = tb.tensor(complex(tiny, tiny), dtype=tb.complex128)
        for name in ("expm1", "log1p", "sinh", "tanh", "asinh", "atanh", "asin", "atan"):
            found = getattr(tb, name)(z).item()
            assert abs(found - z.item()) <= 1e-8 * abs(z.item()), name


@pytest.mark.parametrize("real", [-600.0, -80.0, -3.0, -1e-9, 1e-9, 3.0, 80.0, 600.0])
@pytest.mark.parametrize("imag", [0.5, -2.0, 3.14159, 100.0])
def test_expm1_and_sigmoid_far_from_0_and_near_the_poles(real: float, imag: float) -> None:
    z = tb.tensor([complex(real, imag)], dtype=tb.complex128)
    power = cmath.exp(complex(-abs(real), -imag if real > 0 else imag))
    expected = 1 / (1 + power) if real > 0 else power / (1 + power)
    assert tb.sigmoid(z).item() == pytest.approx(expected, rel=1e-9)
    assert tb.sigmoid(z).imag.item() == pytest.approx(expected.imag, rel=1e-9)
    found = tb.expm1(z).item()
    assert found == pytest.approx(cmath.exp(complex(real, imag)) - 1, rel=1e-14)
    assert found.imag == pytest.approx(cmath.exp(complex(real, imag)).imag, rel=1e-14)


@pytest.mark.parametrize("dtype", COMPLEX)
@given(seed=st.integers(0, 2**32), scale=st.sampled_from([1.0, 1e-150, 1e150, 3e-308, 1e308]))
def test_quotients_are_those_of_fractions(dtype: str, seed: int, scale: float) -> None:
    from fractions import Fraction

    source = np.random.default_rng(seed)
    a, b = source.uniform(-1, 1, (2, 24, 2))
    limit = 1.0 if dtype == "complex128" else 1e-20
    a, b = ((x * (scale * limit if scale > 1 else scale)) for x in (a, b))
    if dtype == "complex64":
        a, b = np.clip(a, -1e38, 1e38), np.clip(b, -1e38, 1e38)
    a, b = (x[:, 0].astype(dtype) + 1j * x[:, 1].astype(dtype) for x in (a, b))
    a, b = a.astype(dtype), b.astype(dtype)
    if not (np.isfinite(a).all() and (b != 0).all()):
        return
    found = (tb.from_numpy(a) / tb.from_numpy(b)).numpy()
    rtol = 3e-7 if dtype == "complex64" else 2e-15
    for x, y, z in zip(a.tolist(), b.tolist(), found.tolist(), strict=True):
        p, q, r, s = (Fraction(part) for part in (x.real, x.imag, y.real, y.imag))
        size = r * r + s * s
        exact = complex(float((p * r + q * s) / size), float((q * r - p * s) / size))
        assert abs(z - exact) <= rtol * abs(exact), (x, y, z, exact)


def test_divisors_of_one_part_divide_the_parts() -> None:
    a = tb.complex(
        tb.tensor([1.0, tb.inf, -0.0, 2.0**127]), tb.tensor([tb.inf, 2.0, 4.0, -(2.0**127)])
    )
    assert (a / 2).real.tolist() == [0.5, tb.inf, -0.0, 2.0**126]
    found = (a / tb.tensor([2j] * 4, dtype=tb.complex64)).imag
    assert found.tolist() == [-0.5, -tb.inf, 0.0, -(2.0**126)]
    zero = tb.tensor([0j], dtype=tb.complex128)
    assert (tb.tensor([1 - 1j], dtype=tb.complex128) / zero).item() == complex(tb.inf, -tb.inf)


@pytest.mark.parametrize("dtype", COMPLEX)
@given(
    seed=st.integers(0, 2**32), exponent=st.sampled_from([0.5, 2.0, 3.0, -1.0, 7.5, 1j, -2 + 1j])
)
def test_powers(dtype: str, seed: int, exponent: complex) -> None:
    source = np.random.default_rng(seed)
    array = (source.uniform(-3, 3, 24) + 1j * source.uniform(-3, 3, 24)).astype(dtype)
    found = (tb.from_numpy(array) ** exponent).numpy()
    for x, z in zip(array.tolist(), found.tolist(), strict=True):
        assert abs(z - x**exponent) <= (1e-6 if dtype == "complex64" else 1e-14) * abs(z)


def test_powers_of_zero_and_whole_exponents() -> None:
    zero = tb.tensor([0j], dtype=tb.complex128)
    assert (zero**0).item() == 1
    assert (zero**2.5).item() == 0
    assert (zero ** (1 + 1j)).item() == 0
    assert cmath.isnan((zero**-1).item())
    z = tb.tensor([1 + 2j], dtype=tb.complex128)
    assert [(z**n).item() for n in (1, 2, 3)] == [1 + 2j, -3 + 4j, -11 - 2j]
    assert (tb.tensor([-2 + 0j], dtype=tb.complex128) ** 3).item() == -8
    # The exact power of a whole base, far beyond what a logarithm keeps.
    large = tb.tensor([1e3 + 0j], dtype=tb.complex128) ** 101.5
    assert large.item() == pytest.approx(1e3**101.5, rel=1e-14)
    assert large.imag.item() == 0


@pytest.mark.parametrize("dtype", COMPLEX)
def test_real_numbers_keep_their_functions_values(dtype: str) -> None:
    part = part_of(dtype)
    numbers = tb.tensor([0.25, 0.5, 0.75, 1.0, 2.0, 8.0, 100.0], dtype=part)
    for name in ("sqrt", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sinh", "cosh"):
        found = getattr(tb, name)(tb.complex(numbers, tb.zeros_like(numbers)))
        np.testing.assert_allclose(found.real, getattr(tb, name)(numbers), rtol=2e-7)
        assert (found.imag == 0).all()
    assert tb.log2(tb.tensor([8 + 0j, 2.0**-1070], dtype=tb.complex128)).real.tolist() == [3, -1070]
    assert tb.log10(tb.tensor([1000 + 0j], dtype=tb.complex128)).real.item() == 3


@given(dtype=st.sampled_from(COMPLEX), kind=st.sampled_from(LAYOUTS), seed=st.integers(0, 2**32))
def test_magnitudes(dtype: str, kind: str, seed: int) -> None:
    array = layout(values(dtype, 24, seed), kind)
    with np.errstate(all="ignore"):
        wide = np.hypot(array.real.astype(np.longdouble), array.imag.astype(np.longdouble))
        answer = wide.astype(array.real.dtype)
    found = tb.abs(tb.from_numpy(array)).numpy()
    assert found.dtype == answer.dtype
    np.testing.assert_allclose(found, answer, rtol=2 * np.finfo(answer.dtype).eps, atol=0)


@pytest.mark.parametrize("name", ["floor", "ceil", "trunc", "signbit", "erf", "erfc", "frac"])
def test_what_has_no_complex_meaning_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match="parts"):
        getattr(tb, name)(tb.tensor([1j]))
