"""`floor_divide`, `remainder` and `fmod`: exact for finite numbers, the standard's for the others."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from layouts import FLOATS, LAYOUTS, REALS, layout, same_bits, values

INF, NAN = math.inf, math.nan

#: The standard's text, case by case: dividend, divisor, `//`, `%`.
CASES = [
    (NAN, 2.0, NAN, NAN),
    (2.0, NAN, NAN, NAN),
    (INF, INF, NAN, NAN),
    (INF, -INF, NAN, NAN),
    (-INF, INF, NAN, NAN),
    (-INF, -INF, NAN, NAN),
    (0.0, 0.0, NAN, NAN),
    (-0.0, 0.0, NAN, NAN),
    (0.0, -0.0, NAN, NAN),
    (-0.0, -0.0, NAN, NAN),
    (0.0, 2.0, 0.0, 0.0),
    (-0.0, 2.0, -0.0, 0.0),
    (0.0, -2.0, -0.0, -0.0),
    (-0.0, -2.0, 0.0, -0.0),
    (0.0, INF, 0.0, 0.0),
    (-0.0, INF, -0.0, 0.0),
    (0.0, -INF, -0.0, -0.0),
    (-0.0, -INF, 0.0, -0.0),
    (2.0, 0.0, INF, NAN),
    (2.0, -0.0, -INF, NAN),
    (-2.0, 0.0, -INF, NAN),
    (-2.0, -0.0, INF, NAN),
    (INF, 0.0, INF, NAN),
    (-INF, 0.0, -INF, NAN),
    (INF, 2.0, INF, NAN),
    (INF, -2.0, -INF, NAN),
    (-INF, 2.0, -INF, NAN),
    (-INF, -2.0, INF, NAN),
    (2.0, INF, 0.0, 2.0),
    (2.0, -INF, -0.0, -INF),
    (-2.0, INF, -0.0, INF),
    (-2.0, -INF, 0.0, -2.0),
    (1.0, 0.1, 9.0, 1.0 % 0.1),
    (-1.0, 0.1, -10.0, -1.0 % 0.1),
    (-5e-324, 1.0, -1.0, 1.0),
    (6.0, -3.0, -2.0, -0.0),
    (-6.0, -3.0, 2.0, -0.0),
    (1.7e308, 5e-324, INF, 0.0),
]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("length", [1, 1000])
def test_every_case_of_the_standard(dtype: str, length: int) -> None:
    for a, b, quotient, rest in CASES:
        small = all(math.isnan(x) or abs(x) in (0.0, 2.0, 3.0, 6.0, INF) for x in (a, b))
        if dtype != "float64" and not small:
            continue
        x, y = (tb.full((length,), v, dtype=getattr(tb, dtype)) for v in (a, b))
        for result, answer in [
            (x // y, quotient),
            (tb.floor_divide(x, b), quotient),
            (tb.floor_divide(a, y), quotient),
            (x.clone().floor_divide_(y), quotient),
            (operator.ifloordiv(x.clone(), y), quotient),
            (x % y, rest),
            (tb.remainder(x, b), rest),
            (operator.imod(x.clone(), y), rest),
        ]:
            assert result.dtype == x.dtype
            same_bits(result.to(tb.float64), np.full(length, answer))


def exact(a: Any, b: Any) -> tuple[Fraction, Fraction, Fraction]:
    """The quotient rounded down, what it leaves, and what one rounded towards zero leaves."""
    a, b = Fraction(a), Fraction(b)
    down, towards = Fraction(math.floor(a / b)), Fraction(math.trunc(a / b))
    return down, a - down * b, a - towards * b


def nearest(value: Fraction, dtype: str) -> np.generic:
    """`value` rounded to a dtype: to `float16` from `float32`, in which it is computed."""
    with np.errstate(over="ignore"):
        near = np.float64(float(value) if abs(value) < 2**1024 else INF)
        return near.astype(np.float32).astype(dtype) if dtype == "float16" else near.astype(dtype)


@given(
    dtype=st.sampled_from(FLOATS),
    kinds=st.tuples(*[st.sampled_from(LAYOUTS)] * 2),
    spread=st.sampled_from([1, 20, 60, 200]),
    seed=st.integers(0, 2**32),
)
def test_finite_floats_are_exact(
    dtype: str, kinds: tuple[str, str], spread: int, seed: int
) -> None:
    source = np.random.default_rng(seed)
    exponents = {"float16": 4, "float32": 50, "float64": 300}[dtype]
    spread = min(spread, exponents)

    def numbers() -> np.ndarray:
        whole = source.integers(1, 30, 24) * source.choice([-1, 1], 24)
        some = np.where(source.random(24) < 0.5, whole, source.uniform(-8, 8, 24))
        return (some * 2.0 ** source.integers(-spread, spread, 24)).astype(dtype)

    a, b = layout(numbers(), kinds[0]), layout(numbers(), kinds[1])
    if not (np.isfinite(a).all() and np.isfinite(b).all() and (b != 0).all()):
        return
    x, y = tb.from_numpy(a), tb.from_numpy(b)
    floors, rests, towards = (f(x, y).numpy() for f in (tb.floor_divide, tb.remainder, tb.fmod))
    for index in np.ndindex(a.shape):
        down, rest, other = exact(float(a[index]), float(b[index]))
        eps = np.finfo(dtype).eps
        with np.errstate(over="ignore"):
            assert abs(float(floors[index]) - float(down)) <= eps * abs(float(down)) or np.isinf(
                nearest(down, dtype)
            )
        if abs(down) < 1 / eps:
            assert floors[index] == nearest(down, dtype)
        assert rests[index] == nearest(rest, dtype)
        assert math.copysign(1, rests[index]) == math.copysign(1, b[index])
        assert towards[index] == nearest(other, dtype)
        assert math.copysign(1, towards[index]) == math.copysign(1, a[index])


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("position", [0, 300, 999])
def test_one_unusual_operand_among_many(dtype: str, position: int) -> None:
    a = np.arange(1000).astype(dtype) / 8
    b = np.full(1000, 3, dtype)
    for dividend, divisor in [(INF, 3), (NAN, 3), (1, 0), (5, INF), (60000, 6e-8)]:
        a[position], b[position] = dividend, divisor
        for name in ("remainder", "fmod"):
            with np.errstate(all="ignore"):
                answer = getattr(np, name)(a, b)
            for strided in (False, True):
                x, y = tb.from_numpy(a.copy()), tb.from_numpy(b.copy())
                if strided:
                    x, y = (tb.stack([t, t], axis=1)[:, 0] for t in (x, y))
                same_bits(getattr(tb, name)(x, y), answer)
                same_bits(getattr(x, name + "_")(y), answer)


@given(
    dtype=st.sampled_from(REALS),
    kinds=st.tuples(*[st.sampled_from(LAYOUTS)] * 2),
    seed=st.integers(0, 2**32),
)
def test_integers(dtype: str, kinds: tuple[str, str], seed: int) -> None:
    a = layout(values(dtype, 24, seed), kinds[0])
    b = values(dtype, 24, seed + 5)
    b[b == 0] = 3
    b = layout(b, kinds[1])
    x, y = tb.from_numpy(a), tb.from_numpy(b)
    functions: dict[str, Callable[[int, int], int]] = {
        "floor_divide": operator.floordiv,
        "remainder": operator.mod,
        "fmod": lambda a, b: a - b * (abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)),
        "gcd": math.gcd,
        "lcm": math.lcm,
    }
    bits = 8 * a.itemsize
    for name, function in functions.items():
        pairs = zip(a.ravel().tolist(), b.ravel().tolist(), strict=True)
        answer = np.array([function(*pair) % 2**bits for pair in pairs], f"uint{bits}")
        same_bits(getattr(tb, name)(x, y), answer.view(dtype).reshape(a.shape))
        same_bits(getattr(x, name)(b), answer.view(dtype).reshape(a.shape))


def test_integers_by_zero() -> None:
    x = tb.arange(5)
    for name in ("floor_divide", "remainder", "fmod"):
        with pytest.raises(ZeroDivisionError, match="zero"):
            getattr(tb, name)(x, tb.tensor([1, 2, 0, 1, 1]))
        with pytest.raises(ZeroDivisionError):
            getattr(x, name + "_")(0)
    assert x.tolist() == [0, 1, 2, 3, 4]
    assert tb.gcd(x, 0).tolist() == [0, 1, 2, 3, 4]
    assert tb.lcm(x, 0).tolist() == [0] * 5
    for name in ("gcd", "lcm"):
        with pytest.raises(TypeError, match="integers"):
            getattr(tb, name)(x, 1.5)
    for name in ("fmod", "remainder", "floor_divide"):
        with pytest.raises(TypeError, match="order"):
            getattr(tb, name)(tb.tensor([1j]), 1)
        with pytest.raises(TypeError, match="int64"):
            getattr(tb, name)(tb.tensor([True]), True)
