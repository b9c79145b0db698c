"""What a cast does to values, told before it is done, and seen after."""

from __future__ import annotations

import math
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import tensorbridge as tb
from tensorbridge.diagnostics.exactness import FATES

DTYPES = [np.dtype(dtype) for dtype in tb.__array_namespace_info__().dtypes().values()]
DTYPES.append(np.dtype("float16"))


def count(a, dtype):
    """Counts by fate, without the zeros."""
    found = tb.exactness(a, dtype)
    return {fate: number for fate in FATES if (number := getattr(found, fate))}


@given(
    st.sampled_from(DTYPES).flatmap(
        lambda dtype: npst.arrays(dtype, npst.array_shapes(max_dims=3, min_side=0, max_side=6))
    ),
    st.sampled_from(DTYPES),
)
def test_exact_is_what_comes_back(a, target):
    found = tb.exactness(a, target)
    assert found.count == a.size == sum(getattr(found, fate) for fate in FATES)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        cast = tb.tensor(a).to(tb.asarray(np.zeros(0, target)).dtype).numpy()
    # Python's numbers compare exactly, integers with floats too.
    kept = [
        x == y or (x != x and y != y) or (x.real != x.real and target.kind == "c")
        for x, y in zip(a.ravel().tolist(), cast.ravel().tolist(), strict=True)
    ]
    if not (a.dtype.kind == "c" and np.isnan(a).any()):
        assert found.exact == sum(kept)
        first = kept.index(False) if False in kept else None
        assert (found.first is None) == (first is None)
        if first is not None:
            assert found.first.index == np.unravel_index(first, a.shape)
    assert found.lossless == (found.exact == a.size)


ALL = [*tb.__array_namespace_info__().dtypes().values(), tb.float16, tb.bfloat16]

#: Bits of the significand, the exponent of the least normal number and that above the greatest.
FORMATS = {
    "float16": (11, -14, 16),
    "bfloat16": (8, -126, 128),
    "float32": (24, -126, 128),
    "float64": (53, -1022, 1024),
}


def fate(value, target):
    """What becomes of a real number, by fractions: no cast of ours or NumPy's is asked."""
    special = isinstance(value, float) and not math.isfinite(value)
    if target.is_floating_point:
        if special or value == 0:
            return "exact"
        bits, least, beyond = FORMATS[target.name]
        f = abs(Fraction(value))
        # The spacing of neighbours at the number: at the least normal one below that.
        top = f.numerator.bit_length() - f.denominator.bit_length()
        top -= f < Fraction(2) ** top
        spacing = Fraction(2) ** (max(top, least) + 1 - bits)
        if round(f / spacing) * spacing >= Fraction(2) ** beyond:
            return "overflowed"
        if f % spacing == 0:
            return "exact"
        return "underflowed" if f < Fraction(2) ** least else "rounded"
    if target == tb.bool:
        return "exact" if value in (0, 1) else "truncated"
    if value != value:
        return "invalid"
    if special or abs(value) >= 1e38:
        return "overflowed"
    info = tb.iinfo(target)
    if int(value) < 0 == info.min:
        return "sign_lost"
    if not info.min <= int(value) <= info.max:
        return "overflowed"
    return "exact" if value == int(value) else "truncated"


WORDS = [
    0,
    1,
    0x3C00,
    0x7BFF,
    0x7F7FFFFF,
    0x3FB999999999999A,
    0x40C3880000000000,
    0x43E0000000000000,
]
WORDS += [2**64 - 1, 2**63, 2**53 + 1, 0x8000000000000001, 0x3690000000000000, 0x47EFFFFFF0000000]
words = st.lists(st.sampled_from(WORDS) | st.integers(0, 2**64 - 1), max_size=80)


@given(words, st.sampled_from(ALL), st.sampled_from(ALL), st.sampled_from([1, -1, 3]))
def test_every_fate_by_fractions(words, source, target, step):
    data = bytearray(b"".join(word.to_bytes(8, "little") for word in words))
    data = data[: len(data) // source.itemsize * source.itemsize]
    values = tb.frombuffer(data, dtype=source)[::step] if data else tb.zeros(0, dtype=source)
    found = tb.exactness(values, target)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        becomes = values.to(target).tolist()
    fates, errors = [], []
    for value, cast in zip(values.tolist(), becomes, strict=True):
        if source.is_complex:
            real = fate(value.real, target.to_real())
            if target.is_complex:
                other = fate(value.imag, target.to_real())
            else:
                other = "exact" if value.imag == 0 else "truncated"
            fates.append(max(real, other, key=list(FATES).index))
        else:
            fates.append(fate(value, target.to_real()))
            cast = cast.real
            if fates[-1] != "exact" and math.isfinite(value) and math.isfinite(cast):
                errors.append(abs(Fraction(value) - Fraction(cast)))
    expected = {name: fates.count(name) for name in FATES}
    assert {name: getattr(found, name) for name in FATES} == expected
    changed = [index for index, name in enumerate(fates) if name != "exact"]
    assert (found.first.index if found.first else None) == ((changed[0],) if changed else None)
    if not source.is_complex:
        largest = found.largest_absolute.error if found.largest_absolute else 0.0
        assert largest == (float(max(errors)) if errors else 0.0)


def test_each_fate():
    a = np.array([0.5, 0.1, 1e300, 1e-60])
    assert count(a, tb.float32) == {"exact": 1, "rounded": 1, "underflowed": 1, "overflowed": 1}
    assert count(np.array([1.0, 2.5, np.nan, -1.0]), tb.uint8) == {
        "exact": 1, "truncated": 1, "sign_lost": 1, "invalid": 1,
    }  # fmt: skip
    assert count(np.array([1 + 2j, 3]), tb.float64) == {"exact": 1, "truncated": 1}
    assert count(np.array([2**53 + 1]), tb.float64) == {"rounded": 1}
    assert count(np.array([2**53]), "float64") == {"exact": 1}
    assert count(np.array([-1, 300, 7]), tb.uint8) == {"exact": 1, "sign_lost": 1, "overflowed": 1}
    assert count(np.array([0, 1, 2]), tb.bool) == {"exact": 2, "truncated": 1}
    assert count(np.zeros((0, 3)), tb.int8) == {}


def test_errors_are_the_largest():
    a = np.array([[1.0, 0.1], [1e10 + 0.3, 1e-3]])
    found = tb.exactness(a, tb.float32)
    errors = np.abs(a - a.astype("f4").astype("f8"))
    assert found.largest_absolute.error == errors.max()
    assert found.largest_absolute.index == np.unravel_index(errors.argmax(), a.shape)
    assert found.largest_relative.error == (errors / a).max()
    assert found.largest_ulp.error == (errors / np.spacing(a.astype("f4")).astype("f8")).max()
    assert found.largest_ulp.error <= 0.5
    assert found.first.index == (0, 1)
    assert (found.first.value, found.first.becomes) == (0.1, float(np.float32(0.1)))


@pytest.mark.parametrize(
    "make", [lambda a: a[::-1], lambda a: a.T, lambda a: a[:, ::2], lambda a: a]
)
def test_strided_memory(make):
    a = make(np.random.default_rng(0).normal(size=(40, 30)) * 1e3)
    found = tb.exactness(a, tb.int16)
    assert found.truncated + found.exact == a.size
    errors = np.abs(a - np.trunc(a))
    assert found.largest_absolute.error == errors.max()
    assert found.largest_absolute.index == np.unravel_index(errors.argmax(), a.shape)


def test_the_number_of_threads_changes_nothing():
    a = np.random.default_rng(1).normal(size=300_000)
    threads = tb.get_num_threads()
    try:
        seen = []
        for number in (1, 2, 5):
            tb.set_num_threads(number)
            seen.append(tb.exactness(a, tb.float32))
        assert seen[0] == seen[1] == seen[2]
    finally:
        tb.set_num_threads(threads)


def test_it_prints_well():
    text = str(tb.exactness(np.array([0.1, 1e300, 2.0]), tb.float32))
    assert text.splitlines()[0] == "float64 to float32: not every value survives"
    for part in ("33.33 %", "rounded", "overflowed", "largest ulp"):
        assert part in text
    assert "every value stays the same" in repr(tb.exactness([1, 2], tb.float64))
    assert tb.exactness([1, 2], tb.int8)
    assert not tb.exactness([0.5], tb.int8)


def test_what_has_no_values_is_refused():
    with pytest.raises(tb.DeviceError, match="meta"):
        tb.exactness(tb.empty(3, device="meta"), tb.int8)
    with pytest.raises(TypeError):
        tb.exactness([1.0], "no dtype")


def test_a_tenth():
    shown = tb.show_float(0.1, tb.float32)
    assert shown.exact == "0.100000001490116119384765625"
    assert shown.bits == "0 01111011 10011001100110011001101"
    assert shown.below == "0.0999999940395355224609375"
    assert shown.error.startswith("1.49")
    text = str(shown)
    assert text.splitlines()[0] == "0.1 as float32"
    assert "power of 2" in text
    assert tb.show_float(0.5).ulps == 0
    assert "(exact)" in str(tb.show_float(0.5))


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["float64", "float32"]))
def test_stored_numbers_are_numpys(value, name):
    if name == "float32" and abs(value) > 3e38:
        return
    shown = tb.show_float(value, name)
    stored = np.dtype(name).type(value)
    assert Decimal(shown.exact) == Decimal(float(stored))
    for direction, text in ((-np.inf, shown.below), (np.inf, shown.above)):
        with np.errstate(all="ignore"):
            expected = float(np.nextafter(stored, np.dtype(name).type(direction)))
        assert (Decimal(text) if math.isfinite(expected) else float(text)) == (
            Decimal(expected) if math.isfinite(expected) else expected
        )
    integer = stored.view(f"u{stored.itemsize}")
    assert shown.bits.replace(" ", "") == format(int(integer), f"0{stored.itemsize * 8}b")


def test_decimals_as_text_are_taken_digit_by_digit():
    # A double would round this to a tie of float16 first.
    above_a_tie = "1.00048828125000000000000000001"
    assert tb.show_float(above_a_tie, tb.float16).exact == "1.0009765625"
    assert tb.show_float("1.00048828125", tb.float16).exact == "1"
    assert tb.show_float("0.1", tb.bfloat16).exact == "0.10009765625"


def test_what_no_float_holds():
    with pytest.raises(TypeError, match="floating-point"):
        tb.show_float(1, tb.int8)
    with pytest.raises(OverflowError, match="largest is 65504"):
        tb.show_float(1e6, tb.float16)
    with pytest.raises(ValueError, match="abc"):
        tb.show_float("abc")
