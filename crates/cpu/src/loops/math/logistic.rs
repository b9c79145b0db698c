//! What is made of `1 + e ** x`: the logistic function, its logarithm, and sums of exponentials
//! in logarithms.

use super::exponential::wide::{self, ROUND, powers};
use super::exponential::{Reduced, clamp, reduce_sum, short_exp};
use super::float::{fast_two_sum, fma, product_rest, two_product, two_sum};
use super::function::{Function, Function2};
use super::logarithm::{log_of_sum, short_log_of};
use crate::isa::Isa;

pub(super) struct Sigmoid;
pub(super) struct Silu;
pub(super) struct Softplus;
pub(super) struct LogSigmoid;
pub(crate) struct LogAddExp;

/// With `e` for `e ** -|x|`: `1 / (1 + e)`, or `e / (1 + e)` below 0, as `2 ** n` times a sum.
#[inline(always)]
fn logistic<I: Isa>(x: f64) -> (f64, f64, u64) {
    let Reduced { whole, r, low } = wide::reduce::<I>(clamp(-x.abs(), -760.0, 0.0));
    let (e, rounded) = fast_two_sum(1.0, r);
    let (e, e_low) = fast_two_sum(e, wide::rest::<I>(r, low, rounded));
    let (a, b) = powers(whole);
    let (under, rounded) = fast_two_sum(1.0, e * a * b);
    let under_low = fma::<I, f64>(e_low * a, b, rounded);
    let below = x < 0.0;
    let (over, over_low) = if below { (e, e_low) } else { (1.0, 0.0) };
    let inverse = 1.0 / under;
    let value = over * inverse;
    let rest =
        fma::<I, f64>(value, under_low, product_rest::<I, f64>(value, under, over)) - over_low;
    (value, -rest * inverse, if below { whole } else { ROUND.to_bits() })
}

impl Function<f64> for Sigmoid {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let (value, low, n) = logistic::<I>(x);
        let (a, b) = powers(n);
        (value + low) * a * b
    }
}

impl Function<f64> for Silu {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let (value, low, n) = logistic::<I>(x);
        let x = clamp(x, -760.0, f64::INFINITY);
        let (product, rounded) = two_product::<I, f64>(x, value);
        let (a, b) = powers(n);
        let value = (product + fma::<I, f64>(x, low, rounded)) * a * b;
        if x > 40.0 || x == 0.0 { x } else { value }
    }
}

impl Function<f32> for Silu {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        // Beyond 120 nothing is left of it below 0, and all of it above.
        let over = f64::from(clamp(x, -120.0, f32::INFINITY));
        let e = short_exp::<I>(-f64::from(clamp(x, -120.0, 120.0)));
        (over / (1.0 + e)) as f32
    }
}

impl Function<f32> for Sigmoid {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        let e = short_exp::<I>(-f64::from(clamp(x, -105.0, 105.0)));
        (1.0 / (1.0 + e)) as f32
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
        let e = short_exp::<I>(clamp(gap, -200.0, 0.0));
        let value = high + short_log_of::<I>(1.0 + e, e);
        (if low.is_nan() { low } else { value }) as f32
    }
}

macro_rules! of_zero {
    ($($type:ident)+) => {$(
        impl Function<$type> for Softplus {
            #[inline(always)]
            fn value<I: Isa>(x: $type) -> $type {
                LogAddExp::value::<I>(x, 0.0)
            }
        }

        impl Function<$type> for LogSigmoid {
            #[inline(always)]
            fn value<I: Isa>(x: $type) -> $type {
                -LogAddExp::value::<I>(-x, 0.0)
            }
        }
    )+};
}

of_zero! { f32 f64 }
