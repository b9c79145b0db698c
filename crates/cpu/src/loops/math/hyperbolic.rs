//! Hyperbolic functions from the exponential as a sum of two numbers, and their inverses from the
//! logarithm of such a sum, so that only the last step rounds. `f32` computes in `f64`.

use super::exponential::wide::{self, ROUND, power};
use super::exponential::{Reduced, clamp, narrow, short_exp2, short_exp2m1};
use super::float::{fast_two_sum, fma, product_rest, two_product, two_sum};
use super::function::{Formula, Function};
use super::logarithm::{log_of_sum, short_log_of};
use crate::isa::Isa;

pub(super) struct Sinh;
pub(super) struct Cosh;
pub(super) struct Tanh;
pub(super) struct Asinh;
pub(super) struct Acosh;
pub(super) struct Atanh;

/// `e ** x / 4` and `e ** -x / 4` as sums, for `0 <= x < 711`.
#[inline(always)]
fn quarters<I: Isa>(x: f64) -> ([f64; 2], [f64; 2]) {
    let Reduced { whole, r, low } = wide::reduce::<I, f64>(x);
    let (up, rounded) = fast_two_sum(1.0, r);
    let up_low = wide::rest::<I, f64>(r, low, rounded);
    let (up, up_low) = fast_two_sum(up, up_low);
    let down = 1.0 / up;
    let down_low = -down * fma::<I, f64>(down, up_low, product_rest::<I, f64>(down, up, 1.0));
    let scale = power(whole, -2);
    // Beyond 2 ** -100 the second is nothing beside the first.
    let n = whole - ROUND;
    let n = if n > 100.0 { 100.0 } else { n };
    let inverse = power(ROUND - 2.0 - n, 0);
    ([up * scale, up_low * scale], [down * inverse, down_low * inverse])
}

impl Function<f64> for Sinh {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let (up, down) = quarters::<I>(clamp(x.abs(), 0.0, 710.6));
        let (high, rounded) = fast_two_sum(up[0], -down[0]);
        let value = 2.0 * (high + (rounded + (up[1] - down[1])));
        let value = if x.abs() < 1e-9 { x.abs() } else { value };
        value.copysign(x)
    }
}

impl Function<f64> for Cosh {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let (up, down) = quarters::<I>(clamp(x.abs(), 0.0, 710.6));
        let (high, rounded) = fast_two_sum(up[0], down[0]);
        2.0 * (high + (rounded + (up[1] + down[1])))
    }
}

macro_rules! tanh {
    ($($type:ident $module:ident, to $least:literal itself, from $most:literal 1;)+) => {$(
        impl Formula<$type> for Tanh {
            /// With `e` for `e ** 2x - 1`: `e / (e + 2)`.
            #[inline(always)]
            fn of<I: Isa, F: $module::Real>(x: F) -> F {
                let one = F::all(1.0);
                let (half, low) = $module::half_expm1::<I, F>(clamp(x.abs(), 0.0, $most) * 2.0);
                let (half, low) = fast_two_sum(half, low);
                let (under, rounded) = two_sum(half, one);
                let under_low = rounded + low;
                let inverse = one / under;
                let value = half * inverse;
                let rest = product_rest::<I, F>(value, under, half);
                let rest = fma::<I, F>(value, under_low, rest) - low;
                let value = fma::<I, F>(rest, -inverse, value);
                x.abs().if_less(F::all($least), x.abs(), value).copysign(x)
            }
        }
    )+};
}

tanh! {
    f64 wide, to 1e-9 itself, from 22.0 1;
    f32 narrow, to 1e-4 itself, from 10.0 1;
}

/// The square root of `a + low`, as a sum.
#[inline(always)]
fn sqrt_of_sum<I: Isa>(a: f64, low: f64) -> (f64, f64) {
    let root = a.sqrt();
    let rest = (low - product_rest::<I, f64>(root, root, a)) * (0.5 / root);
    (root, if a > 0.0 { rest } else { 0.0 })
}

impl Function<f64> for Asinh {
    /// `log(x + sqrt(x² + 1))`
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let a = x.abs();
        let (square, low) = two_product::<I, f64>(a, a);
        let (sum, rounded) = two_sum(1.0, square);
        let (root, root_low) = sqrt_of_sum::<I>(sum, rounded + low);
        let (u, rounded) = two_sum(root, a);
        // Of great numbers the double, whose half keeps the range.
        let great = a > 1e9;
        let (u, low) = if great { (a, 0.0) } else { (u, rounded + root_low) };
        let (high, rest) = log_of_sum::<I>(u, low, if great { 1.0 } else { 0.0 });
        let value = high + rest;
        let value = if a < f64::INFINITY { value } else { a };
        let value = if a < 1e-9 { a } else { value };
        value.copysign(x)
    }
}

impl Function<f64> for Acosh {
    /// `log(x + sqrt(x² - 1))`
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let (square, low) = two_product::<I, f64>(x, x);
        let (sum, rounded) = fast_two_sum(square, -1.0);
        let (sum, low) = fast_two_sum(sum, rounded + low);
        let (root, root_low) = sqrt_of_sum::<I>(sum, low);
        let (u, rounded) = fast_two_sum(x, root);
        let great = x > 1e9;
        let (u, low) = if great { (x, 0.0) } else { (u, rounded + root_low) };
        let (high, rest) = log_of_sum::<I>(u, low, if great { 1.0 } else { 0.0 });
        let value = high + rest;
        let value = if x < f64::INFINITY { value } else { x };
        if x < 1.0 { f64::NAN } else { value }
    }
}

impl Function<f64> for Atanh {
    /// `log((1 + x) / (1 - x)) / 2`
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let a = x.abs();
        let (over, over_low) = fast_two_sum(1.0, a);
        let (under, under_low) = fast_two_sum(1.0, -a);
        let inverse = 1.0 / under;
        let u = over * inverse;
        let rest = fma::<I, f64>(u, under_low, product_rest::<I, f64>(u, under, over)) - over_low;
        let (u, low) = fast_two_sum(u, -rest * inverse);
        let (high, rest) = log_of_sum::<I>(u, low, 0.0);
        let value = 0.5 * (high + rest);
        let value = if a < 1e-9 { a } else { value };
        let limit = if a == 1.0 { f64::INFINITY } else { f64::NAN };
        (if a < 1.0 { value } else { limit }).copysign(x)
    }
}

/// `|x|` in octaves, at most 200.
#[inline(always)]
fn octaves(x: f32) -> f64 {
    f64::from(clamp(x.abs(), 0.0, 130.0)) * std::f64::consts::LOG2_E
}

impl Function<f32> for Sinh {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        let e = short_exp2m1::<I>(octaves(x));
        let value = 0.5 * (e + e / (e + 1.0));
        (value as f32).copysign(x)
    }
}

impl Function<f32> for Cosh {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        let e = short_exp2::<I>(octaves(x));
        (0.5 * (e + 1.0 / e)) as f32
    }
}

impl Function<f32> for Asinh {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        let a = f64::from(x.abs());
        let square = a * a;
        // x + sqrt(x² + 1) - 1, exact near 0.
        let more = a + square / (1.0 + (square + 1.0).sqrt());
        let value = short_log_of::<I>(1.0 + more, more) as f32;
        (if a < f64::INFINITY { value } else { x }).copysign(x)
    }
}

impl Function<f32> for Acosh {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        let x = f64::from(x);
        let above = x - 1.0;
        let more = above + (above * (x + 1.0)).sqrt();
        let value = short_log_of::<I>(1.0 + more, more);
        let value = if x < f64::INFINITY { value } else { x };
        (if x < 1.0 { f64::NAN } else { value }) as f32
    }
}

impl Function<f32> for Atanh {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        let a = f64::from(x.abs());
        let more = 2.0 * a / (1.0 - a);
        let value = 0.5 * short_log_of::<I>(1.0 + more, more);
        let limit = if a == 1.0 { f64::INFINITY } else { f64::NAN };
        ((if a < 1.0 { value } else { limit }) as f32).copysign(x)
    }
}
