//! The functions of one and two numbers that real analysis is made of.

use pyo3::prelude::*;
use tensorbridge::op::Binary;
use tensorbridge::ops::Operation;

use super::elementwise::alias;
use super::tables::{binary, unary};

unary! {
    /// `e ** x`
    exp exp_ = Exp;
    /// `2 ** x`
    exp2 exp2_ = Exp2;
    /// `e ** x - 1`, exact near 0.
    expm1 expm1_ = Expm1;
    /// The natural logarithm.
    log log_ = Log;
    /// The logarithm to base 2.
    log2 log2_ = Log2;
    /// The logarithm to base 10.
    log10 log10_ = Log10;
    /// `log(1 + x)`, exact near 0.
    log1p log1p_ = Log1p;
    /// The square root.
    sqrt sqrt_ = Sqrt;
    /// `1 / sqrt(x)`, rounded once.
    rsqrt rsqrt_ = ReciprocalSqrt;
    /// The cube root, exact where that has few digits.
    cbrt cbrt_ = CubeRoot;
    /// `1 / x`
    reciprocal reciprocal_ = Reciprocal;
    /// The sine of an angle in radians.
    sin sin_ = Sin;
    /// The cosine of an angle in radians.
    cos cos_ = Cos;
    /// The tangent of an angle in radians.
    tan tan_ = Tan;
    /// Degrees in radians.
    deg2rad deg2rad_ = DegreesToRadians;
    /// Radians in degrees.
    rad2deg rad2deg_ = RadiansToDegrees;
    /// `sin(pi * x) / (pi * x)`, and 1 at 0.
    sinc sinc_ = Sinc;
    /// The arc sine, in radians.
    asin asin_ = Asin;
    /// The arc cosine, in radians.
    acos acos_ = Acos;
    /// The arc tangent, in radians.
    atan atan_ = Atan;
    /// The hyperbolic sine.
    sinh sinh_ = Sinh;
    /// The hyperbolic cosine.
    cosh cosh_ = Cosh;
    /// The hyperbolic tangent.
    tanh tanh_ = Tanh;
    /// The inverse hyperbolic sine.
    asinh asinh_ = Asinh;
    /// The inverse hyperbolic cosine.
    acosh acosh_ = Acosh;
    /// The inverse hyperbolic tangent.
    atanh atanh_ = Atanh;
    /// The error function.
    erf erf_ = Erf;
    /// `1 - erf(x)`, exact where that is small.
    erfc erfc_ = Erfc;
    /// The inverse of the error function.
    erfinv erfinv_ = ErfInverse;
    /// `1 / (1 + e ** -x)`
    sigmoid sigmoid_ = Sigmoid;
    /// The logarithm of the sigmoid, `-log(1 + e ** -x)`, without overflow.
    logsigmoid logsigmoid_ = LogSigmoid;
    /// `x * sigmoid(x)`
    silu silu_ = Silu;
    /// The greater of `x` and 0; NaN stays.
    relu relu_ = Relu;
    /// Rounded towards minus infinity.
    floor floor_ = Floor;
    /// Rounded towards plus infinity.
    ceil ceil_ = Ceil;
    /// Rounded towards zero.
    trunc trunc_ = Trunc;
    /// What `trunc` leaves: `x - trunc(x)`, with the sign of `x`.
    frac frac_ = Fraction;
    /// -1, 0 or 1, as the element is; of a complex number `x / abs(x)`.
    sign sign_ = Sign;
}

binary! {
    /// The angle of the point `(x2, x1)`, in radians.
    atan2 atan2_ = Operation::Binary(Binary::Atan2);
    /// `sqrt(x1 ** 2 + x2 ** 2)` without overflow.
    hypot hypot_ = Operation::Binary(Binary::Hypot);
    /// The magnitude of `x1` with the sign of `x2`.
    copysign copysign_ = Operation::Binary(Binary::CopySign);
    /// The next number after `x1` towards `x2`.
    nextafter nextafter_ = Operation::Binary(Binary::NextAfter);
    /// `x1 * 2 ** x2`, rounded once.
    ldexp ldexp_ = Operation::Binary(Binary::Ldexp);
    /// `log(exp(x1) + exp(x2))` without overflow.
    logaddexp logaddexp_ = Operation::Binary(Binary::LogAddExp);
    /// `x1 * log(x2)`, and 0 where `x1` is 0 and `x2` not NaN.
    xlogy xlogy_ = Operation::Binary(Binary::TimesLog);
}

/// The same functions and methods under other names of PyTorch and NumPy.
const ALIASES: [(&str, &str); 11] = [
    ("arccos", "acos"),
    ("arccosh", "acosh"),
    ("arcsin", "asin"),
    ("arcsinh", "asinh"),
    ("arctan", "atan"),
    ("arctan2", "atan2"),
    ("arctanh", "atanh"),
    ("degrees", "rad2deg"),
    ("fix", "trunc"),
    ("radians", "deg2rad"),
    ("sgn", "sign"),
];

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_unary(module)?;
    register_binary(module)?;
    alias(module, &ALIASES)
}
