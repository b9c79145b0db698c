//! Logarithms: with `x = 2 ** k (1 + f)`, a polynomial of `s = f / (2 + f)` (the method of
//! fdlibm, Sun 1993; coefficients our own). `f32` computes in `f64`, with fewer terms; its natural
//! logarithm in `f32`, with a polynomial of `f`.

use super::exponential::narrow;
use super::exponential::wide::Real;
use super::float::{fast_two_sum, fma, polynomial, two_product, two_sum};
use super::function::{Formula, Function, Function2};
use crate::isa::Isa;

pub(super) struct Log;
pub(super) struct Log2;
pub(super) struct Log10;
pub(super) struct Log1p;
pub(super) struct TimesLog;

/// A constant in two parts; products of the first with any exponent are exact.
const LN_2: [f64; 2] = [0.6931471803691238, 1.9082149292705877e-10];
const LOG10_2: [f64; 2] = [0.3010299955494702, 1.1451100898021838e-10];

/// A constant and what it lacks.
const LOG2_E: [f64; 2] = [std::f64::consts::LOG2_E, 2.0355273740931033e-17];
const LOG10_E: [f64; 2] = [std::f64::consts::LOG10_E, 1.098319650216765e-17];

/// `(log((1 + s) / (1 - s)) / s - 2) / s²` in powers of `s²`, for `|s| < 0.1716`.
const SERIES: [f64; 7] = [
    0.666666666666667,
    0.39999999999899827,
    0.28571428625939216,
    0.2222221113408715,
    0.18182889402939845,
    0.15331708423646465,
    0.14616639772385515,
];

/// The same for `f32`.
const SHORT_SERIES: [f64; 4] =
    [0.6666666655403825, 0.4000012213027904, 0.28550793658066137, 0.2333110090340745];

/// `1 + f` begins here.
const SQRT_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
const ONE: u64 = 0x3ff0_0000_0000_0000;
const MANTISSA: u64 = (1 << 52) - 1;
/// As the bits of a number, this plus a whole number `n` is `2 ** 52 + n`.
const WHOLE: u64 = 0x4330_0000_0000_0000;

/// `k` and `1 + f` for a positive normal number.
#[inline(always)]
pub(super) fn exponent_and_rest<F: Real>(x: F) -> (F, F) {
    let moved = x.bits_plus(ONE - SQRT_HALF);
    let k = moved.bits_down(52).bits_plus(WHOLE) - (4503599627370496.0 + 1023.0);
    (k, moved.bits_and(MANTISSA).bits_plus(SQRT_HALF))
}

/// The same for any positive number.
#[inline(always)]
pub(super) fn exponent_and_rest_of_any<F: Real>(x: F) -> (F, F) {
    let least = F::all(f64::MIN_POSITIVE);
    let (k, rest) = exponent_and_rest(x.if_less(least, x * 18014398509481984.0, x));
    (x.if_less(least, k - 54.0, k), rest)
}

/// `f²/2` and, as two factors, what is to be added to `f - f²/2` to make it `log(1 + f)`.
#[inline(always)]
fn factors<I: Isa, F: Real>(f: F) -> (F, F, F) {
    let s = f / (f + 2.0);
    let z = s * s;
    let half_square = f * 0.5 * f;
    (half_square, s, fma::<I, F>(z, polynomial::<I, F, _>(z, &SERIES), half_square))
}

/// The same, multiplied.
#[inline(always)]
fn tail<I: Isa>(f: f64) -> (f64, f64) {
    let (half_square, s, more) = factors::<I, f64>(f);
    (half_square, s * more)
}

/// `log(1 + f)` for `f32`.
#[inline(always)]
fn short<I: Isa>(f: f64) -> f64 {
    let s = f / (2.0 + f);
    let z = s * s;
    s * fma::<I, f64>(z, polynomial::<I, f64, _>(z, &SHORT_SERIES), 2.0)
}

/// A value, or the logarithm of 0, of infinity and of what has none.
macro_rules! complete {
    ($F:ident $float:ident, $x:expr, $value:expr) => {{
        let (x, value): ($F, $F) = ($x, $value);
        let zero = $F::all(0.0);
        let value = x.if_less($F::all($float::INFINITY), value, x);
        let limit = x.if_equal(zero, $F::all($float::NEG_INFINITY), $F::all($float::NAN));
        zero.if_less(x, value, limit)
    }};
}

#[inline(always)]
fn complete<F: Real>(x: F, value: F) -> F {
    complete!(F f64, x, value)
}

/// `log((u + low) * 2 ** octaves)` as a sum, for a normal `u > 0`, where `low` is a rounding error
/// of `u`.
#[inline(always)]
pub(super) fn log_of_sum<I: Isa>(u: f64, low: f64, octaves: f64) -> (f64, f64) {
    let (k, rest) = exponent_and_rest(u);
    let k = k + octaves;
    let f = rest - 1.0;
    // 2 ** (1 - k), or 0 for the greatest `k`, whose `low` does not matter.
    let power = u.to_bits().wrapping_add(ONE - SQRT_HALF) & !MANTISSA;
    let scale = f64::from_bits((2 * ONE + (1 << 52)).wrapping_sub(power));
    // low / u, roughly.
    let c = low * scale * fma::<I, f64>(f, fma::<I, f64>(f, 0.4, -0.49), 0.5);
    let (half_square, t) = tail::<I>(f);
    let (high, rounded) = fast_two_sum(k * LN_2[0], f);
    (high, rounded + (fma::<I, f64>(k, LN_2[1], t + c) - half_square))
}

/// The logarithm of a positive number as a sum, whose first is nearly all of it.
#[inline(always)]
fn log_as_sum<I: Isa, F: Real>(x: F) -> (F, F) {
    let (k, rest) = exponent_and_rest_of_any(x);
    let f = rest - 1.0;
    let (half_square, s, more) = factors::<I, F>(f);
    let (high, low) = fast_two_sum(k * LN_2[0], f);
    let rest = fma::<I, F>(k, F::all(LN_2[1]), low) - half_square;
    (high, fma::<I, F>(s, more, rest))
}

impl Formula<f64> for Log {
    #[inline(always)]
    fn of<I: Isa, F: Real>(x: F) -> F {
        let (high, rest) = log_as_sum::<I, F>(x);
        complete(x, high + rest)
    }
}

impl Function<f64> for Log1p {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let (u, low) = two_sum(1.0, x);
        let (high, rest) = log_of_sum::<I>(u, low, 0.0);
        let value = complete(u, high + rest);
        if x.abs() < f64::EPSILON / 4.0 { x } else { value }
    }
}

/// `k * per_octave + log(1 + f) * scale`
#[inline(always)]
fn to_base<I: Isa>(x: f64, per_octave: [f64; 2], scale: [f64; 2]) -> f64 {
    let (k, rest) = exponent_and_rest_of_any(x);
    let f = rest - 1.0;
    let (half_square, t) = tail::<I>(f);
    let (high, low) = fast_two_sum(f, -half_square);
    let low = low + t;
    let (product, rounded) = two_product::<I, f64>(high, scale[0]);
    let rest = fma::<I, f64>(low, scale[0], fma::<I, f64>(high, scale[1], rounded));
    let (sum, rounded) = fast_two_sum(k * per_octave[0], product);
    complete(x, sum + (fma::<I, f64>(k, per_octave[1], rounded) + rest))
}

impl Function<f64> for Log2 {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        to_base::<I>(x, [1.0, 0.0], LOG2_E)
    }
}

impl Function<f64> for Log10 {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        to_base::<I>(x, LOG10_2, LOG10_E)
    }
}

/// As [`to_base`], for `f32`.
#[inline(always)]
fn short_to_base<I: Isa>(x: f64, per_octave: f64, scale: f64) -> f64 {
    let (k, rest) = exponent_and_rest(x);
    complete(x, fma::<I, f64>(k, per_octave, short::<I>(rest - 1.0) * scale))
}

/// `(log(1 + f) - f + f²/2) / f³` for `2/3 <= 1 + f < 4/3`.
const NARROW: [f32; 8] = [
    0.33333215,
    -0.24999785,
    0.20010474,
    -0.1668113,
    0.14004514,
    -0.12175549,
    0.13996677,
    -0.12925941,
];

/// ln 2 in two parts, divided by 2 ** 23; products of the first with `k` are exact.
const NARROW_LN_2: [f32; 2] = [0.69314575 / 8388608.0, 1.4286068e-6 / 8388608.0];

impl Formula<f32> for Log {
    #[inline(always)]
    fn of<I: Isa, F: narrow::Real>(x: F) -> F {
        /// The bits of 2/3.
        const LEAST: u32 = 0x3f2a_aaab;
        let least = F::all(f32::MIN_POSITIVE);
        let scaled = x.if_less(least, x * 8388608.0, x);
        // The exponent where it is, which is 2 ** 23 times itself.
        let power = scaled.bits_plus(LEAST.wrapping_neg()).bits_and(0xff80_0000);
        let f = scaled.bits_minus(power) - 1.0;
        let k = power.bits_as_number();
        let k = x.if_less(least, k - 23.0 * 8388608.0, k);
        let (high, low) = fast_two_sum(k * NARROW_LN_2[0], f);
        let low = fma::<I, F>(k, F::all(NARROW_LN_2[1]), low);
        let curve = fma::<I, F>(f, polynomial::<I, F, _>(f, &NARROW), F::all(-0.5));
        complete!(F f32, x, high + fma::<I, F>(f * f, curve, low))
    }
}

impl Function<f32> for Log2 {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        short_to_base::<I>(x.into(), 1.0, LOG2_E[0]) as f32
    }
}

impl Function<f32> for Log10 {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        short_to_base::<I>(x.into(), std::f64::consts::LOG10_2, LOG10_E[0]) as f32
    }
}

impl Function<f32> for Log1p {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        let sum = 1.0 + f64::from(x);
        let value = complete(sum, short_log_of::<I>(sum, x.into())) as f32;
        if x == 0.0 { x } else { value }
    }
}

/// `log(1 + f)` for `f32`, where `sum` is `1 + f` rounded.
#[inline(always)]
pub(super) fn short_log_of<I: Isa>(sum: f64, f: f64) -> f64 {
    let (k, rest) = exponent_and_rest(sum);
    // Near 0 the sum has lost what `f` has.
    let f = if k == 0.0 { f } else { rest - 1.0 };
    fma::<I, f64>(k, std::f64::consts::LN_2, short::<I>(f))
}

/// The logarithm is not rounded before it is multiplied. Of 0, 0 but for NaN.
impl Function2<f64> for TimesLog {
    #[inline(always)]
    fn value<I: Isa>(a: f64, b: f64) -> f64 {
        let (high, rest) = log_as_sum::<I, f64>(b);
        let (sum, low) = fast_two_sum(high, rest);
        let log = complete(b, sum);
        let (product, rounded) = two_product::<I, f64>(a, log);
        let value = product + fma::<I, f64>(a, low, rounded);
        // Of infinities there is no rest, and 0 keeps its sign.
        let value = if value.is_nan() || product == 0.0 { product } else { value };
        times(a, b, value)
    }
}

impl Function2<f32> for TimesLog {
    #[inline(always)]
    fn value<I: Isa>(a: f32, b: f32) -> f32 {
        let log = short_to_base::<I>(b.into(), std::f64::consts::LN_2, 1.0);
        times(a.into(), b.into(), f64::from(a) * log) as f32
    }
}

/// `value`, which is `a log(b)`, where it is not 0 times something.
#[inline(always)]
fn times(a: f64, b: f64, value: f64) -> f64 {
    let none = if b.is_nan() { b } else { 0.0 };
    if a == 0.0 { none } else { value }
}
