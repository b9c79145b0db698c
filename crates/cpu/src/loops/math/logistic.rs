//! What is made of `1 + e ** x`: the logistic function, its logarithm, and sums of exponentials
//! in logarithms.

use super::exponential::wide::{self, ROUND, powers};
use super::exponential::{Reduced, clamp, reduce_sum, short_exp2};
use super::float::{fast_two_sum, fma, product_rest, two_sum};
use super::function::{Function, Function2};
use super::logarithm::{log_of_sum, short_log_of};
use crate::isa::Isa;

pub(super) struct Sigmoid;
pub(crate) struct LogAddExp;

impl Function<f64> for Sigmoid {
    /// With `e` for `e ** -|x|`: `1 / (1 + e)`, or `e / (1 + e)` below 0.
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let Reduced { whole, r, low } = wide::reduce::<I>(clamp(-x.abs(), -746.0, 0.0));
        let (e, rounded) = fast_two_sum(1.0, r);
        let (e, e_low) = fast_two_sum(e, wide::rest::<I>(r, low, rounded));
        let (a, b) = powers(whole);
        let (under, rounded) = fast_two_sum(1.0, e * a * b);
        let under_low = fma::<I, f64>(e_low * a, b, rounded);
        let below = x < 0.0;
        let (over, over_low) = if below { (e, e_low) } else { (1.0, 0.0) };
        let whole = if below { whole } else { ROUND.to_bits() };
        let inverse = 1.0 / under;
        let value = over * inverse;
        let rest =
            fma::<I, f64>(value, under_low, product_rest::<I, f64>(value, under, over)) - over_low;
        let (a, b) = powers(whole);
        fma::<I, f64>(rest, -inverse, value) * a * b
    }
}

impl Function<f32> for Sigmoid {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        let e = short_exp2::<I>(f64::from(clamp(-x.abs(), -104.0, 0.0)) * std::f64::consts::LOG2_E);
        ((if x < 0.0 { e } else { 1.0 }) / (1.0 + e)) as f32
    }
}

/// The greater, the lesser; either NaN, both NaN.
macro_rules! ordered {
    ($a:expr, $b:expr) => {
        if $a < $b { ($b, $a) } else { ($a, $b) }
    };
}

impl Function2<f64> for LogAddExp {
    #[inline(always)]
    fn value<I: Isa>(a: f64, b: f64) -> f64 {
        let (high, low) = ordered!(a, b);
        let (gap, rounded) = two_sum(low, -high);
        let equal = high == low;
        let (gap, rounded) = if equal { (0.0, 0.0) } else { (gap, rounded) };
        let distant = gap < -700.0;
        let gap = clamp(gap, -700.0, 0.0);
        let Reduced { whole, r, low } = reduce_sum::<I>(gap, if distant { 0.0 } else { rounded });
        let (e, rounded) = fast_two_sum(1.0, r);
        let (e, e_low) = fast_two_sum(e, wide::rest::<I>(r, low, rounded));
        let scale = wide::power(whole);
        let (sum, rounded) = fast_two_sum(1.0, e * scale);
        let (more, rest) = log_of_sum::<I>(sum, fma::<I, f64>(e_low, scale, rounded), 0.0);
        let (sum, rounded) = two_sum(high, more);
        let value = if high.abs() < f64::INFINITY { sum + (rounded + rest) } else { high };
        let value = if distant { high } else { value };
        if low.is_nan() { low } else { value }
    }
}

impl Function2<f32> for LogAddExp {
    #[inline(always)]
    fn value<I: Isa>(a: f32, b: f32) -> f32 {
        let (high, low) = ordered!(f64::from(a), f64::from(b));
        let gap = if high == low { 0.0 } else { low - high };
        let e = short_exp2::<I>(clamp(gap, -200.0, 0.0) * std::f64::consts::LOG2_E);
        let value = high + short_log_of::<I>(1.0 + e, e);
        (if low.is_nan() { low } else { value }) as f32
    }
}
