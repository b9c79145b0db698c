//! `a ** b` of real numbers: `2 ** (b log2 a)`, with the logarithm as a sum of two numbers, exact
//! to about 2^-66. `f32` computes in `f64`.

use super::exponential::wide::Real;
use super::exponential::{clamp, short_exp2, wide};
use super::float::{fast_two_sum, fma, polynomial, product_rest, two_product, two_sum};
use super::function::{Formula2, Function2};
use super::logarithm::{exponent_and_rest, exponent_and_rest_of_any};
use crate::isa::Isa;

pub(super) struct Power;

/// `atanh(s) / s = 1 + s² (1/3 + s² TAIL(s²))` for `|s| < 0.061`.
const THIRD: [f64; 2] = [0.3333333333333333, 1.850371707708594e-17];
const TAIL: [f64; 5] = [
    0.2000000000000001,
    0.1428571428558546,
    0.1111111138704778,
    0.09090702855123145,
    0.077551104383602,
];
/// Numbers near which those beside 1 are looked at, and their logarithms to base 2: the first
/// part of few digits.
const BELOW: (f64, [f64; 2]) = (51.0 / 64.0, [-0.32757465820759535, 1.7909093806595926e-10]);
const ABOVE: (f64, [f64; 2]) = (81.0 / 64.0, [0.3398500026669353, 2.176894011460715e-10]);
/// 2 / ln 2 and what the constant lacks.
const SCALE: [f64; 2] = [2.0 * std::f64::consts::LOG2_E, 4.0710547481862066e-17];

/// The same series for `f32`, times 2 / ln 2.
const SHORT: [f64; 5] = [
    2.8853900817900358,
    0.9617966733459927,
    0.5770835837201744,
    0.41167283327989607,
    0.34072757037072693,
];

/// What belongs to the number near which `m` is looked at.
#[inline(always)]
fn beside<F: Real>(m: F, below: f64, one: f64, above: f64) -> F {
    let value = m.if_less(F::all(0.9), F::all(below), F::all(one));
    F::all(1.13).if_less(m, F::all(above), value)
}

/// The logarithm to base 2 of `a >= 0`, as a sum; its second number means nothing where the
/// first is infinite.
#[inline(always)]
fn log2<I: Isa, F: Real>(a: F) -> (F, F) {
    let (k, m) = exponent_and_rest_of_any(a);
    let c = beside(m, BELOW.0, 1.0, ABOVE.0);
    let base = k + beside(m, BELOW.1[0], 0.0, ABOVE.1[0]);
    let base_low = beside(m, BELOW.1[1], 0.0, ABOVE.1[1]);
    // s = (m - c) / (m + c)
    let over = m - c;
    let (under, under_low) = two_sum(c, m);
    let inverse = F::all(1.0) / under;
    let s = over * inverse;
    let s_low = fma::<I, F>(s, under_low, product_rest::<I, F>(s, under, over)) * -inverse;
    let (z, rounded) = two_product::<I, F>(s, s);
    let z_low = fma::<I, F>(s + s, s_low, rounded);
    // t = z (1/3 + z TAIL(z))
    let (t, rounded) = two_product::<I, F>(z, F::all(THIRD[0]));
    let t_low = fma::<I, F>(z, F::all(THIRD[1]), rounded);
    let t_low = fma::<I, F>(z_low, F::all(THIRD[0]), t_low);
    let t_low = fma::<I, F>(z * z, polynomial::<I, F, _>(z, &TAIL), t_low);
    // s + s t
    let (more, rounded) = two_product::<I, F>(s, t);
    let more_low = fma::<I, F>(s, t_low, fma::<I, F>(s_low, t, rounded)) + s_low;
    let (sum, rounded) = fast_two_sum(s, more);
    let sum_low = rounded + more_low;
    let (log, rounded) = two_product::<I, F>(sum, F::all(SCALE[0]));
    let log_low = fma::<I, F>(sum_low, F::all(SCALE[0]), rounded);
    let log_low = fma::<I, F>(sum, F::all(SCALE[1]), log_low);
    let (log, rounded) = fast_two_sum(base, log);
    let (log, log_low) = fast_two_sum(log, rounded + (base_low + log_low));
    let log = a.if_less(F::all(f64::INFINITY), log, a);
    (a.if_equal(F::all(0.0), F::all(f64::NEG_INFINITY), log), log_low)
}

/// The sign of `a` and the exceptions of C99, section F.9.4.4, for the power of `|a|`.
macro_rules! signed {
    ($float:ident, $a:expr, $b:expr, $value:expr) => {{
        let (a, b, value): ($float, $float, $float) = ($a, $b, $value);
        // Numbers from here on have no fractions.
        const WHOLE: $float = 1.0 / $float::EPSILON;
        let size = b.abs();
        let whole = if size < WHOLE { (size + WHOLE) - WHOLE } else { size };
        let half = 0.5 * size;
        let even = if half < WHOLE { (half + WHOLE) - WHOLE } else { half } == half;
        let value = if a.abs() == 1.0 { 1.0 } else { value };
        let undefined = a < 0.0 && whole != size && a > $float::NEG_INFINITY;
        let value = if undefined { $float::NAN } else { value };
        let negative = a.is_sign_negative() && whole == size && !even;
        let value = if negative { -value } else { value };
        if b == 0.0 { 1.0 } else { value }
    }};
}

impl Formula2<f64> for Power {
    #[inline(always)]
    fn of<I: Isa, F: Real>(a: F, b: F) -> F {
        let (log, log_low) = log2::<I, F>(a.abs());
        let (product, rounded) = two_product::<I, F>(b, log);
        let low = fma::<I, F>(b, log_low, rounded);
        let low = product.abs().if_less(F::all(1100.0), low, F::all(0.0));
        wide::exp2_of_sum::<I, F>(clamp(product, -1100.0, 1100.0), low)
    }

    #[inline(always)]
    fn finish(a: f64, b: f64, value: f64) -> f64 {
        signed!(f64, a, b, value)
    }
}

impl Function2<f32> for Power {
    #[inline(always)]
    fn value<I: Isa>(a: f32, b: f32) -> f32 {
        let x = f64::from(a.abs());
        let (k, m) = exponent_and_rest(x);
        let s = (m - 1.0) / (m + 1.0);
        let log = fma::<I, f64>(s, polynomial::<I, f64, _>(s * s, &SHORT), k);
        let log = if x < f64::INFINITY { log } else { x };
        let log = if x == 0.0 { f64::NEG_INFINITY } else { log };
        let value = short_exp2::<I>(clamp(f64::from(b) * log, -200.0, 200.0));
        signed!(f32, a, b, value as f32)
    }
}
