//! What is made of `1 + e ** x`: the logistic function, its logarithm, and sums of exponentials
//! in logarithms.

use super::exponential::{Reduced, clamp, narrow, reduce_sum, short_exp, wide};
use super::float::{fast_two_sum, fma, product_rest, two_product, two_sum};
use super::function::{Formula, Function, Function2};
use super::logarithm::{log_of_sum, short_log_of};
use crate::isa::Isa;

pub(super) struct Sigmoid;
pub(super) struct Silu;
pub(super) struct GeluTanh;
pub(super) struct Softplus;
pub(super) struct LogSigmoid;
pub(crate) struct LogAddExp;

macro_rules! logistic {
    ($($type:ident $module:ident $name:ident, $least:literal $most:literal;)+) => {$(
        /// With `e ** -x = 2 ** -n e`: `2 ** n / (2 ** n + e)`, as the inverse, what it is too
        /// great by, in itself, and `2 ** n` as two factors. Beyond the bounds it is 0 or 1.
        #[inline(always)]
        fn $name<I: Isa, F: $module::Real>(x: F) -> (F, F, (F, F)) {
            let Reduced { whole, r, low } = $module::reduce::<I, F>(clamp(x, $least, $most));
            let one = F::all(1.0);
            let (e, rounded) = fast_two_sum(one, -r);
            let (e, e_low) = fast_two_sum(e, $module::curve::<I, F>(-r, rounded - low));
            let factors = $module::powers(whole);
            let power = factors.0 * factors.1;
            let (more, less) = (e.if_less(power, power, e), e.if_less(power, e, power));
            let (under, rounded) = fast_two_sum(more, less);
            let inverse = one / under;
            let rest = product_rest::<I, F>(inverse, under, one);
            (inverse, fma::<I, F>(inverse, rounded + e_low, rest), factors)
        }

        impl Formula<$type> for Sigmoid {
            #[inline(always)]
            fn of<I: Isa, F: $module::Real>(x: F) -> F {
                let (value, rest, (a, b)) = $name::<I, F>(x);
                fma::<I, F>(value, -rest, value) * a * b
            }
        }
    )+};
}

logistic! {
    f64 wide logistic, -760.0 40.0;
    f32 narrow narrow_logistic, -105.0 20.0;
}

impl Function<f64> for Silu {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let (value, rest, (a, b)) = logistic::<I, f64>(x);
        let x = clamp(x, -760.0, f64::INFINITY);
        let (product, rounded) = two_product::<I, f64>(x, value);
        let value = (product + fma::<I, f64>(product, -rest, rounded)) * a * b;
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

/// What [`GeluTanh`] takes the logistic function of: twice what its definition (Hendrycks and
/// Gimpel, 2016, and PyTorch's) takes `tanh` of, for `(1 + tanh(z)) / 2` is the function of `2 z`.
#[inline(always)]
fn twice(x: f64) -> f64 {
    /// `sqrt(8 / pi)`
    const FIRST: f64 = 1.595_769_121_605_730_8;
    /// `0.044715 * sqrt(8 / pi)`
    const THIRD: f64 = 0.071_354_816_272_600_25;
    x * (FIRST + THIRD * (x * x))
}

impl Function<f64> for GeluTanh {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        // Below -22 nothing is left of it.
        let x = clamp(x, -40.0, f64::INFINITY);
        let (value, rest, (a, b)) = logistic::<I, f64>(twice(x));
        let value = x * fma::<I, f64>(value, -rest, value) * a * b;
        if x > 40.0 || x == 0.0 { x } else { value }
    }
}

impl Function<f32> for GeluTanh {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        let x = f64::from(clamp(x, -40.0, f32::INFINITY));
        let e = short_exp::<I>(-clamp(twice(x), -120.0, 120.0));
        (x / (1.0 + e)) as f32
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
        let Reduced { whole, r, low } =
            reduce_sum::<I, f64>(gap, if distant { 0.0 } else { rounded });
        let (e, rounded) = fast_two_sum(1.0, r);
        let (e, e_low) = fast_two_sum(e, wide::rest::<I, f64>(r, low, rounded));
        let scale = wide::power(whole, 0);
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
