"""Angles, infinities, NaN and their replacements, halves of floats, and functions of three numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from layouts import COMPLEX, DTYPES, FLOATS, LAYOUTS, NUMBERS, REALS, layout, same_bits, values

SEEDS = st.integers(0, 2**32)
KINDS = st.sampled_from(LAYOUTS)


def quiet(function: Any, *arguments: Any, **options: Any) -> Any:
    with np.errstate(all="ignore"):
        return function(*arguments, **options)


@given(dtype=st.sampled_from(DTYPES), kind=KINDS, seed=SEEDS)
def test_angles(dtype: str, kind: str, seed: int) -> None:
    array = layout(values(dtype, 24, seed), kind)
    result = tb.angle(tb.from_numpy(array))
    if dtype in DTYPES[:9]:
        assert result.dtype == tb.float32
        array = array.astype(np.float32)
    answer = quiet(np.angle, array)
    assert result.dtype == answer.dtype
    rtol = 4 * np.finfo(answer.dtype).eps
    np.testing.assert_allclose(result.numpy(), answer, rtol=rtol)
    out = np.empty(answer.shape, answer.dtype)
    assert tb.angle(array, out=out) is out
    np.testing.assert_array_equal(out, result.numpy())
    assert tb.angle(-1.0).item() == pytest.approx(math.pi)
    assert tb.angle(-1j).item() == pytest.approx(-math.pi / 2)


@given(dtype=st.sampled_from(DTYPES), kind=KINDS, seed=SEEDS)
def test_real_numbers_and_infinities(dtype: str, kind: str, seed: int) -> None:
    array = layout(values(dtype, 24, seed), kind)
    x = tb.from_numpy(array)
    same_bits(tb.isreal(x), np.isreal(array))
    same_bits(x.isreal(), np.isreal(array))
    for name in ("isposinf", "isneginf"):
        if dtype in COMPLEX:
            with pytest.raises(TypeError, match="sign"):
                getattr(tb, name)(x)
            continue
        answer = getattr(np, name)(array)
        same_bits(getattr(tb, name)(x), answer)
        same_bits(getattr(x, name)(), answer)
        out = np.empty(answer.shape, bool)
        assert getattr(tb, name)(array, out=out) is out
        same_bits(out, answer)


@given(
    dtype=st.sampled_from(DTYPES),
    kind=KINDS,
    nan=st.sampled_from([0.0, 2.5, math.inf]),
    positive=st.sampled_from([None, 7.0, -math.inf]),
    negative=st.sampled_from([None, -9.0, math.inf]),
    seed=SEEDS,
)
def test_replacements(
    dtype: str, kind: str, nan: float, positive: float | None, negative: float | None, seed: int
) -> None:
    array = layout(values(dtype, 24, seed), kind)
    x = tb.from_numpy(array)
    answer = np.nan_to_num(array, nan=nan, posinf=positive, neginf=negative)
    same_bits(tb.nan_to_num(x, nan, positive, negative), answer)
    same_bits(x.nan_to_num(nan=nan, posinf=positive, neginf=negative), answer)
    out = np.empty(answer.shape, answer.dtype)
    assert tb.nan_to_num(array, nan, positive, negative, out=out) is out
    same_bits(out, answer)
    if array.flags.writeable:
        assert x.nan_to_num_(nan, positive, negative) is x
        same_bits(array, answer)


@given(dtype=st.sampled_from(FLOATS), kind=KINDS, seed=SEEDS)
def test_halves_of_floats(dtype: str, kind: str, seed: int) -> None:
    array = layout(values(dtype, 24, seed), kind)
    mantissa, exponent = tb.frexp(tb.from_numpy(array))
    answer, power = quiet(np.frexp, array)
    same_bits(mantissa, answer)
    finite = np.isfinite(array)
    assert exponent.dtype == tb.int32
    np.testing.assert_array_equal(exponent.numpy()[finite], power[finite])
    assert (exponent.numpy()[~finite] == 0).all()
    back = tb.ldexp(mantissa, exponent)
    same_bits(back, array.copy())
    assert [t.tolist() for t in tb.from_numpy(np.arange(3)).frexp()] == [[0, 0.5, 0.5], [0, 1, 2]]


@given(dtype=st.sampled_from(FLOATS), kind=KINDS, seed=SEEDS, width=st.sampled_from([3, 40, 2200]))
def test_ldexp_rounds_once(dtype: str, kind: str, seed: int, width: int) -> None:
    array = layout(values(dtype, 24, seed), kind)
    powers = np.random.default_rng(seed).integers(-width, width, (4, 6)).astype(np.int32)
    if dtype == "float16":
        powers %= 1000
    answer = quiet(np.ldexp, array, powers)
    same_bits(tb.ldexp(tb.from_numpy(array), powers), answer)
    same_bits(np.ldexp(tb.from_numpy(array), powers), answer)


def test_ldexp_of_other_exponents() -> None:
    np.testing.assert_allclose(tb.ldexp(tb.tensor([3.0]), 0.5), [3 * math.sqrt(2)], rtol=1e-6)
    assert tb.ldexp(tb.tensor([1, 2]), 3).tolist() == [8.0, 16.0]
    assert tb.ldexp(tb.tensor([1.0]), tb.tensor([200])).item() == math.inf
    assert tb.ldexp(tb.tensor([1.0, -1.0]), -tb.inf).tolist() == [0.0, -0.0]


@given(
    name=st.sampled_from(["fmax", "fmin", "heaviside", "frac"]),
    dtype=st.sampled_from(REALS + FLOATS),
    kinds=st.tuples(KINDS, KINDS),
    seed=SEEDS,
)
def test_choices(name: str, dtype: str, kinds: tuple[str, str], seed: int) -> None:
    a, b = values(dtype, 24, seed), values(dtype, 24, seed + 3)
    if dtype in FLOATS:
        # A signalling NaN comes out of the fmax of C, and of some loops of NumPy's.
        a[np.isnan(a)], b[np.isnan(b)] = np.nan, np.nan
    a, b = layout(a, kinds[0]), layout(b, kinds[1])
    x, y = tb.from_numpy(a), tb.from_numpy(b)
    if name == "frac":
        if dtype in FLOATS:
            same_bits(tb.frac(x), quiet(lambda: a - np.trunc(a)))
        return
    answer = quiet(getattr(np, name), a, b)
    if name == "heaviside":
        # Integers become the default dtype.
        result = tb.heaviside(x, y)
        answer = answer if dtype in FLOATS else answer.astype(np.float32)
        assert result.dtype == answer.dtype
        np.testing.assert_allclose(result.numpy(), answer, rtol=1e-6)
        return
    for result in (getattr(tb, name)(x, y), getattr(x, name)(b)):
        # The order of signed zeros is nobody's.
        np.testing.assert_array_equal(result.numpy(), answer)
    if a.flags.writeable:
        getattr(x, name + "_")(y)
        np.testing.assert_array_equal(a, answer)


@given(
    dtype=st.sampled_from(NUMBERS),
    kinds=st.tuples(KINDS, KINDS, KINDS),
    value=st.sampled_from([None, 2, -3]),
    seed=SEEDS,
)
def test_sums_with_products_and_quotients(
    dtype: str, kinds: tuple[str, str, str], value: int | None, seed: int
) -> None:
    a, b, c = (layout(values(dtype, 24, seed + n), kind) for n, kind in enumerate(kinds))
    x, y, z = map(tb.from_numpy, (a, b, c))
    factor = 1 if value is None else value
    if np.dtype(dtype).kind == "u" and factor < 0:
        return
    exact = dtype not in (*COMPLEX, "float16")

    def close(result: Any, answer: np.ndarray) -> None:
        assert result.dtype == answer.dtype
        if exact:
            np.testing.assert_array_equal(np.asarray(result), answer)

    product = quiet(lambda: a + (b * np.dtype(dtype).type(factor)) * c)
    close(tb.addcmul(x, y, z, value=value), product)
    close(x.addcmul(b, c, value=value), product)
    if dtype in REALS:
        assert tb.addcdiv(x, y, z, value=value).dtype == tb.float32
    else:
        close(
            tb.addcdiv(x, y, z, value=value),
            quiet(lambda: a + (b * np.dtype(dtype).type(factor)) / c),
        )
    if a.flags.writeable:
        assert x.addcmul_(y, z, value=value) is x
        close(x, product)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "complex64", "complex128"])
def test_points_between_two(dtype: str) -> None:
    source = np.random.default_rng(3)
    a, b = (source.uniform(-5, 5, 1000).astype(dtype) for _ in range(2))
    x, y = tb.from_numpy(a), tb.from_numpy(b)
    same_bits(tb.lerp(x, y, 0), a)
    same_bits(tb.lerp(x, y, 1), b)
    for weight in (0.25, 0.5, 0.75, 2.0, tb.tensor([0.125] * 1000).to(x.dtype)):
        answer = a + (b - a) * np.asarray(weight).astype(dtype)
        for result in (tb.lerp(x, y, weight), x.lerp(y, weight)):
            np.testing.assert_allclose(
                result.numpy(), answer, rtol=4e-3, atol=4e-3 if dtype == "float16" else 1e-5
            )
    assert x.lerp_(y, 1) is x
    same_bits(a, b)


def test_float_power() -> None:
    for a, b in [
        (np.arange(1, 4), 2),
        (np.float32([1, 2]), np.int8([2, -1])),
        (np.arange(1, 3), -1),
    ]:
        answer = np.float_power(a, b)
        for result in (tb.float_power(tb.from_numpy(a), b), tb.from_numpy(a).float_power(b)):
            np.testing.assert_allclose(result.numpy(), answer, rtol=1e-15)
            assert result.dtype == tb.float64
    assert tb.float_power(tb.tensor([1j]), 2).dtype == tb.complex128
    assert tb.float_power(2, 0.5).item() == math.sqrt(2)
    with pytest.raises(TypeError):
        tb.float_power(tb.tensor([2.0]), 2, out=tb.zeros(1, dtype=tb.int64))


def test_angles_and_friends_without_memory() -> None:
    x = tb.zeros((2, 3), device="meta")
    for result in (tb.angle(x), tb.nan_to_num(x), tb.isposinf(x), tb.lerp(x, x, 0.5), tb.frac(x)):
        assert (result.shape, result.device.type) == ((2, 3), "meta")
    assert tb.frexp(x)[1].dtype == tb.int32
