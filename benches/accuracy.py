"""The largest error of every function of analysis, in units in the last place.

    python benches/accuracy.py [--samples N] [--seed N] [name …]

Each function is asked at drawn numbers, of which half are spread evenly over where it is
interesting and half over all magnitudes, and compared with mpmath's value to 40 digits and more. A
unit in the last place is the distance of the two floats around the true value; subnormal results
count in the least one. Of a complex number the error is the distance from the true value, in the
unit of its magnitude. Needs mpmath; prints the table of `docs/accuracy.md`.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass

import mpmath as mp
import numpy as np

import tensorbridge as tb

#: Reals of more digits than any result needs; sums of exponentials cancel many.
mp.mp.prec = 200


@dataclass(frozen=True)
class Function:
    """A function's true value, and where it is asked."""

    exact: Callable
    #: Where arguments are spread evenly.
    even: tuple[float, float]
    #: The exponents of 2 over which their magnitudes are spread.
    wide: tuple[float, float] = (-60, 10)
    #: Whether they are positive.
    positive: bool = False


def gelu(x: mp.mpf) -> mp.mpf:
    """`x` times the distribution function of the normal distribution."""
    return x * mp.erfc(-x / mp.sqrt(2)) / 2


def logistic(x: mp.mpf) -> mp.mpf:
    """The logistic function."""
    return 1 / (1 + mp.exp(-x))


ONE = {
    "acos": Function(mp.acos, (-1, 1), (-60, 0)),
    "acosh": Function(mp.acosh, (1, 4), (0, 100), True),
    "asin": Function(mp.asin, (-1, 1), (-60, 0)),
    "asinh": Function(mp.asinh, (-4, 4), (-60, 100)),
    "atan": Function(mp.atan, (-4, 4), (-60, 60)),
    "atanh": Function(mp.atanh, (-1, 1), (-60, 0)),
    "cbrt": Function(mp.cbrt, (0.1, 30), (-120, 120), True),
    "cos": Function(mp.cos, (-20, 20), (-60, 100)),
    "cosh": Function(mp.cosh, (-5, 5), (-60, 9.4)),
    "deg2rad": Function(mp.radians, (-400, 400)),
    "erf": Function(mp.erf, (-3, 3), (-60, 3)),
    "erfc": Function(mp.erfc, (-3, 27), (-60, 4.7)),
    "erfinv": Function(mp.erfinv, (-1, 1), (-60, 0)),
    "exp": Function(mp.exp, (-5, 5), (-60, 9.4)),
    "exp2": Function(lambda x: mp.power(2, x), (-5, 5), (-60, 10)),
    "expm1": Function(mp.expm1, (-5, 5), (-60, 9.4)),
    "gelu": Function(gelu, (-38, 5), (-60, 5)),
    "log": Function(mp.log, (0.3, 3), (-120, 120), True),
    "log10": Function(mp.log10, (0.3, 3), (-120, 120), True),
    "log1p": Function(mp.log1p, (-1, 3), (-60, 0)),
    "log2": Function(lambda x: mp.log(x, 2), (0.3, 3), (-120, 120), True),
    "logsigmoid": Function(lambda x: -mp.log1p(mp.exp(-x)), (-40, 40), (-60, 9.4)),
    "rad2deg": Function(mp.degrees, (-7, 7)),
    "reciprocal": Function(lambda x: 1 / x, (-4, 4), (-60, 60)),
    "rsqrt": Function(lambda x: 1 / mp.sqrt(x), (0.1, 4), (-120, 120), True),
    "sigmoid": Function(logistic, (-40, 40), (-60, 9.4)),
    "silu": Function(lambda x: x * logistic(x), (-40, 40), (-60, 9.4)),
    "sin": Function(mp.sin, (-20, 20), (-60, 100)),
    "sinc": Function(mp.sincpi, (-10, 10), (-60, 20)),
    "sinh": Function(mp.sinh, (-5, 5), (-60, 9.4)),
    "softplus": Function(lambda x: mp.log1p(mp.exp(x)), (-40, 40), (-60, 9.4)),
    "sqrt": Function(mp.sqrt, (0.1, 4), (-120, 120), True),
    "tan": Function(mp.tan, (-20, 20), (-60, 100)),
    "tanh": Function(mp.tanh, (-5, 5), (-60, 5)),
}

TWO = {
    "atan2": Function(mp.atan2, (-4, 4), (-60, 60)),
    "hypot": Function(mp.hypot, (-4, 4), (-60, 60)),
    "logaddexp": Function(lambda a, b: mp.log(mp.exp(a) + mp.exp(b)), (-40, 40), (-20, 9)),
    "pow": Function(mp.power, (0, 8), (-8, 7), True),
    "xlogy": Function(lambda a, b: a * mp.log(b), (0, 8), (-60, 60), True),
}

COMPLEX = {
    "acos": mp.acos,
    "acosh": mp.acosh,
    "asin": mp.asin,
    "asinh": mp.asinh,
    "atan": mp.atan,
    "atanh": mp.atanh,
    "cos": mp.cos,
    "cosh": mp.cosh,
    "exp": mp.exp,
    "exp2": lambda z: mp.power(2, z),
    "expm1": mp.expm1,
    "log": mp.log,
    "log10": mp.log10,
    "log1p": lambda z: mp.log(1 + z),
    "log2": lambda z: mp.log(z) / mp.log(2),
    "reciprocal": lambda z: 1 / z,
    "rsqrt": lambda z: 1 / mp.sqrt(z),
    "sigmoid": logistic,
    "sin": mp.sin,
    "sinh": mp.sinh,
    "sqrt": mp.sqrt,
    "tan": mp.tan,
    "tanh": mp.tanh,
}
COMPLEX_TWO = {"divide": lambda a, b: a / b, "multiply": lambda a, b: a * b, "pow": mp.power}


def drawn(of: Function, dtype: str, count: int, source: np.random.Generator) -> np.ndarray:
    """Arguments."""
    even = source.uniform(*of.even, count // 2)
    wide = 2.0 ** source.uniform(*of.wide, count - count // 2)
    if not of.positive:
        wide *= source.choice([-1, 1], wide.size)
    return np.concatenate([even, wide]).astype(dtype)


def unit(exact: mp.mpf, digits: int, least: int) -> mp.mpf:
    """The unit in the last place of a true value."""
    exponent = least if exact == 0 else max(mp.frexp(exact)[1] - digits, least)
    return mp.ldexp(1, exponent)


def largest(
    name: str, exact: Callable, arguments: list[np.ndarray], dtype: str
) -> tuple[float, tuple]:
    """The largest error, and where."""
    real = np.finfo(dtype)
    digits, least = real.nmant + 1, int(math.log2(real.smallest_subnormal))
    with np.errstate(all="ignore"):
        results = getattr(tb, name)(*map(tb.from_numpy, arguments)).numpy()
    worst, where = 0.0, ()
    for index, result in enumerate(results.tolist()):
        point = tuple(argument[index].item() for argument in arguments)
        try:
            true = exact(*map(mp.mpmathify, point))
        except (ZeroDivisionError, ValueError):
            continue
        size = abs(true)
        if not mp.isfinite(size) or size > real.max:
            continue
        error = abs(mp.mpmathify(result) - true) / unit(size, digits, least)
        if not error <= worst:
            worst, where = float(error), point
    return worst, where


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--samples", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--where", action="store_true", help="say at which arguments")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    source = np.random.default_rng(options.seed)

    def line(name: str, exact: Callable, of: list[Function], dtypes: tuple[str, str]) -> str:
        cells = []
        for dtype in dtypes:
            if dtype.startswith("c"):
                real = "float32" if dtype == "complex64" else "float64"
                parts = [drawn(PART, real, options.samples, source) for _ in range(2 * len(of))]
                arguments = [
                    (re + 1j * source.permutation(im)).astype(dtype)
                    for re, im in zip(parts[::2], parts[1::2], strict=True)
                ]
            else:
                arguments = [drawn(one, dtype, options.samples, source) for one in of]
                arguments[1:] = map(source.permutation, arguments[1:])
            error, where = largest(name, exact, arguments, dtype)
            cells.append(f"{error:.2f}" + (f" at {where}" if options.where else ""))
        return f"| `{name}` | {' | '.join(cells)} |"

    def wanted(name: str) -> bool:
        return not options.names or name in options.names

    print("| function | `float32` | `float64` |\n|---|---|---|")
    for name, of in sorted((ONE | TWO).items()):
        if wanted(name):
            print(line(name, of.exact, [of] * (1 + (name in TWO)), ("float32", "float64")))
    print("\n| function | `complex64` | `complex128` |\n|---|---|---|")
    for name, exact in sorted((COMPLEX | COMPLEX_TWO).items()):
        if wanted(name):
            both = [PART] * (1 + (name in COMPLEX_TWO))
            print(line(name, exact, both, ("complex64", "complex128")), flush=True)


#: A part of a complex argument.
PART = Function(abs, (-4, 4), (-40, 6))

if __name__ == "__main__":
    main()
