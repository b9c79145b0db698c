"""Rounding, signs and questions about single numbers, with NumPy as the oracle."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tensorbridge as tb
from layouts import COMPLEX, DTYPES, FLOATS, LAYOUTS, NUMBERS, REALS, layout, same_bits, values

ROUNDING = ["floor", "ceil", "trunc", "round", "sign"]
QUESTIONS = ["isnan", "isinf", "isfinite", "signbit"]
SEEDS = st.integers(0, 2**32)


def refused(name: str, dtype: str) -> bool:
    return name in ("floor", "ceil", "trunc", "signbit") and dtype in COMPLEX


def oracle(name: str, array: np.ndarray) -> np.ndarray:
    """NumPy's answer; of integers and bool what the standard asks for."""
    kind = array.dtype.kind
    if name == "signbit" and kind in "biu":
        return np.zeros(array.shape, bool) if kind != "i" else array < 0
    if (kind in "iu" and name in ROUNDING[:4]) or (kind == "b" and name in ROUNDING):
        return array.copy()
    if name == "sign" and kind == "c":
        with np.errstate(all="ignore"):
            # NumPy overflows, loses the digits of subnormal magnitudes, and misses some NaN.
            sign = np.sign(array.astype(np.clongdouble))
            sign[np.isnan(array)] = complex(np.nan, np.nan)
            return sign.astype(array.dtype)
    with np.errstate(all="ignore"):
        return getattr(np, name)(array)


@pytest.mark.parametrize("name", ROUNDING + QUESTIONS)
@given(dtype=st.sampled_from(DTYPES), kind=st.sampled_from(LAYOUTS), seed=SEEDS)
def test_every_function_on_every_layout(name: str, dtype: str, kind: str, seed: int) -> None:
    array = layout(values(dtype, 24, seed), kind)
    x = tb.from_numpy(array)
    if refused(name, dtype):
        for form in (getattr(tb, name), getattr(tb.Tensor, name)):
            with pytest.raises(TypeError, match="parts"):
                form(x)
        return
    answer = oracle(name, array)
    result = getattr(tb, name)(x)
    if name == "sign" and dtype in COMPLEX:
        np.testing.assert_allclose(result.numpy(), answer, rtol=3e-7 if dtype[7] == "6" else 4e-16)
        return
    same_bits(result, answer)
    same_bits(getattr(x, name)(), answer)
    out = np.empty((4, 6), answer.dtype, order="F")
    assert getattr(tb, name)(array, out=out) is out
    same_bits(out, answer)
    if name in ROUNDING and array.flags.writeable:
        assert getattr(x, name + "_")() is x
        same_bits(array, answer)


@given(
    dtype=st.sampled_from(FLOATS[1:] + COMPLEX),
    decimals=st.integers(-12, 12),
    kind=st.sampled_from(LAYOUTS),
    seed=SEEDS,
)
def test_decimals_of_floats(dtype: str, decimals: int, kind: str, seed: int) -> None:
    array = layout(values(dtype, 24, seed), kind)
    with np.errstate(all="ignore"):
        answer = np.round(array, decimals)
    # What overflows on NumPy's way has no such places.
    for got, given_ in ((answer.real, array.real), (answer.imag, array.imag)):
        if dtype in COMPLEX or got is answer.real:
            lost = ~np.isfinite(got) & np.isfinite(given_)
            got[lost] = given_[lost]
    result = tb.round(tb.from_numpy(array), decimals)
    same_bits(result, answer)
    same_bits(tb.from_numpy(array).round(decimals=decimals), answer)
    same_bits(np.round(tb.from_numpy(array), decimals), answer)


@given(dtype=st.sampled_from(REALS), decimals=st.integers(-21, 3), seed=SEEDS)
def test_decimals_of_integers_are_exact(dtype: str, decimals: int, seed: int) -> None:
    array = values(dtype, 24, seed)
    x = tb.from_numpy(array)
    if decimals < {"int64": -18, "uint64": -19}.get(dtype, -99):
        with pytest.raises(OverflowError, match="larger than any"):
            tb.round(x, decimals)
        return
    bits = 8 * array.itemsize
    places = [round(int(value), decimals) % 2**bits for value in array]
    wrapped = np.array(places, f"uint{bits}").view(dtype)
    same_bits(tb.round(x, decimals), wrapped)
    out = np.empty(24, dtype)
    assert tb.round(x, decimals=decimals, out=out) is out
    same_bits(out, wrapped)
    assert x.round_(decimals) is x
    same_bits(array, wrapped)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_decimals_of_half_precision(dtype: str) -> None:
    every = tb.arange(65536, dtype=tb.int64).to(tb.uint16).view(getattr(tb, dtype))
    every = every[tb.isfinite(every)]
    wide = every.to(tb.float32).numpy()
    for decimals in (-5, -2, 1, 3, 7, 40):
        result = tb.round(every, decimals)
        assert result.dtype == every.dtype
        if decimals == 40:
            visible = np.abs(wide) > 1e-30
            same_bits(result.to(tb.float32).numpy()[visible], wide[visible])
            continue
        nearest = [float(round(Fraction(float(value)), decimals)) for value in wide[::97]]
        expected = tb.tensor(nearest, dtype=tb.float64).to(every.dtype)
        np.testing.assert_allclose(
            result[::97].to(tb.float32),
            expected.to(tb.float32),
            atol=10.0**-decimals * 1e-3,
            rtol=1e-2,
        )


def test_ends_of_the_exponents() -> None:
    huge = tb.tensor([1e308, -1.5e308, np.inf, np.nan, 1.25], dtype=tb.float64)
    same_bits(huge.round(300), huge.numpy())
    same_bits(huge.round(400), huge.numpy())
    assert tb.round(tb.tensor([1e38, 3e38]), -38).tolist() == tb.tensor([1e38, 3e38]).tolist()
    assert tb.round(tb.tensor([3e38, -7.0]), -39).tolist() == [0.0, -0.0]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("name", ROUNDING + QUESTIONS)
def test_every_half(dtype: str, name: str) -> None:
    every = tb.arange(65536, dtype=tb.int64).to(tb.uint16).view(getattr(tb, dtype))
    wide = every.to(tb.float32).numpy()
    answer = oracle(name, wide)
    result = getattr(tb, name)(every)
    assert result.dtype == (tb.bool if name in QUESTIONS else every.dtype)
    same_bits(result if name in QUESTIONS else result.to(tb.float32), answer)


@pytest.mark.parametrize("name", ROUNDING + QUESTIONS)
def test_numbers_and_empty_tensors(name: str) -> None:
    assert getattr(tb, name)(2.5).item() == oracle(name, np.array(2.5)).item()
    for dtype in NUMBERS:
        if not refused(name, dtype):
            empty = getattr(tb, name)(tb.zeros((0, 3), dtype=getattr(tb, dtype)))
            assert empty.shape == (0, 3)
            meta = getattr(tb, name)(tb.zeros((2, 3), dtype=getattr(tb, dtype), device="meta"))
            assert (meta.shape, meta.dtype) == ((2, 3), empty.dtype)


def test_read_only_outputs_are_refused() -> None:
    array = np.array([1.5, 2.5])
    array.flags.writeable = False
    x = tb.from_numpy(array)
    for call in (x.round_, x.floor_, x.sign_, lambda: tb.round(x, 2, out=array)):
        with pytest.raises(ValueError, match="read-only"):
            call()
    with pytest.raises(TypeError, match="result type"):
        tb.round(tb.tensor([1.5]), out=tb.zeros(1, dtype=tb.int32))
