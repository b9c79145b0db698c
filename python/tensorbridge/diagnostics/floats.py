"""The number that is stored where a decimal was written: `show_float`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from typing import Any

import tensorbridge as tb

#: Bits of the exponent and of the fraction, by dtype: IEEE 754, and bfloat16.
FORMATS = {"float16": (5, 10), "bfloat16": (8, 7), "float32": (8, 23), "float64": (11, 52)}


@dataclass(frozen=True)
class Stored:
    """A decimal as a floating-point dtype holds it. Prints what there is to know."""

    #: What was written.
    written: str
    dtype: tb.dtype
    #: The stored number, as an exact decimal.
    exact: str
    #: The stored number; Python's `float` holds each of them.
    value: float
    #: Sign, exponent and fraction as bits.
    bits: str
    #: The neighbours below and above, as exact decimals.
    below: str
    above: str
    #: Stored minus written, as a decimal.
    error: str
    #: The same in units of the last place.
    ulps: float

    def __str__(self) -> str:
        sign, exponent, fraction = self.bits.split()
        lines = [
            f"{self.written} as {self.dtype.name}",
            f"  stored    {self.exact}",
            f"  error     {self.error}"
            + (f"  ({self.ulps:+.3f} ulp)" if self.ulps else "  (exact)"),
            f"  below     {self.below}",
            f"  above     {self.above}",
            f"  bits      {sign} {exponent} {fraction}  (sign, exponent, fraction)",
        ]
        if self.ulps:
            lines.append(
                "  why       a float is a whole number times a power of 2, and this decimal is none"
            )
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


def digits(value: Fraction) -> str:
    """A dyadic fraction as its exact decimal."""
    with localcontext(Context(prec=2000)):
        return format(Decimal(value.numerator) / Decimal(value.denominator), "f")


def neighbour(value: float, dtype: tb.dtype, direction: int) -> float:
    """The next number of a dtype, upwards or downwards."""
    integer = {2: tb.int16, 4: tb.int32, 8: tb.int64}[dtype.itemsize]
    number = tb.tensor(value, dtype=dtype, casting="unsafe")
    if value == 0:
        least = tb.tensor([1], dtype=integer).view(dtype).item()
        return direction * float(least)
    step = direction if value > 0 else -direction
    bits = number.reshape(1).view(integer) + step
    return float(bits.view(dtype).item())


def show_float(value: Any, dtype: Any = None) -> Stored:
    """The number that `dtype` stores for `value`."""
    target = tb.get_default_dtype() if dtype is None else tb.empty(0, dtype=dtype).dtype
    if target.name not in FORMATS:
        raise TypeError(
            f"show_float() shows floating-point dtypes, and {target.name} is none — hint: one of {', '.join(FORMATS)}"
        )
    text = (
        value.strip() if isinstance(value, str) else repr(getattr(value, "item", lambda: value)())
    )
    written = Fraction(text) if isinstance(value, str) else Fraction(repr(float(text)))
    tensor = rounded(written, target)
    if written == 0 and text.startswith("-"):
        tensor = -tensor
    stored = float(tensor.item())
    exponent, fraction = FORMATS[target.name]
    unsigned = {2: tb.uint16, 4: tb.uint32, 8: tb.uint64}[target.itemsize]
    pattern = format(tensor.reshape(1).view(unsigned).item(), f"0{1 + exponent + fraction}b")
    below, above = (neighbour(stored, target, direction) for direction in (-1, 1))
    spacing = (
        Fraction(above) - Fraction(stored)
        if above != float("inf")
        else Fraction(stored) - Fraction(below)
    )
    error = Fraction(stored) - written
    return Stored(
        written=text,
        dtype=target,
        exact=digits(Fraction(stored)),
        value=stored,
        bits=f"{pattern[0]} {pattern[1 : 1 + exponent]} {pattern[1 + exponent :]}",
        below=show(below),
        above=show(above),
        error=format(Decimal(error.numerator) / Decimal(error.denominator), ".3g")
        if error
        else "0",
        ulps=float(error / spacing),
    )


def show(value: float) -> str:
    """A neighbour as its exact decimal; an infinity as itself."""
    return digits(Fraction(value)) if abs(value) != float("inf") else str(value)


def rounded(value: Fraction, dtype: tb.dtype) -> tb.Tensor:
    """The nearest number of a dtype, rounded once."""
    # From the nearest double the narrower dtypes would round twice: pick the nearer neighbour.
    first = tb.tensor(float(value), dtype=tb.float64).to(dtype, casting="unsafe")
    candidates = [float(first.item())]
    if abs(candidates[0]) == float("inf"):
        raise OverflowError(
            f"{float(value)!r} is beyond the range of {dtype.name} — hint: the largest is {tb.finfo(dtype).max!r}"
        )
    candidates += [neighbour(candidates[0], dtype, direction) for direction in (-1, 1)]
    finite = [number for number in candidates if abs(number) != float("inf")]
    best = min(finite, key=lambda number: abs(Fraction(number) - value))
    tie = [n for n in finite if abs(Fraction(n) - value) == abs(Fraction(best) - value)]
    return tb.tensor(candidates[0] if candidates[0] in tie else best, dtype=dtype, casting="unsafe")
