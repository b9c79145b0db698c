//! Angles in other units: degrees, and half turns, in which `sinc` counts.

use super::circular::{Angle, both};
use super::float::{fast_two_sum, fma, product_rest, two_product};
use super::function::Function;
use crate::isa::{Isa, Separate};

pub(super) struct DegreesToRadians;
pub(super) struct RadiansToDegrees;
pub(super) struct Sinc;

/// Constants and what they lack.
const PI: [f64; 2] = [std::f64::consts::PI, 1.2246467991473532e-16];
const DEGREE: [f64; 2] = [0.017453292519943295, 2.9486522708701687e-19];
const RADIAN: [f64; 2] = [57.29577951308232, -1.9878495670576283e-15];

macro_rules! scaled {
    ($($name:ident by $factor:ident;)+) => {$(
        impl Function<f64> for $name {
            #[inline(always)]
            fn value<I: Isa>(x: f64) -> f64 {
                let value = fma::<I, f64>(x, $factor[0], x * $factor[1]);
                // Zeros keep their signs, and infinities have no rest.
                if x != 0.0 && x.abs() < f64::INFINITY { value } else { x }
            }
        }

        impl Function<f32> for $name {
            #[inline(always)]
            fn value<I: Isa>(x: f32) -> f32 {
                (f64::from(x) * $factor[0]) as f32
            }
        }
    )+};
}

scaled! {
    DegreesToRadians by DEGREE;
    RadiansToDegrees by RADIAN;
}

/// Adding this rounds to a multiple of 1/2, and leaves twice that number in the lowest bits.
const ROUND: f64 = 3377699720527872.0;
/// Where it does.
const LIMIT: f64 = 1e15;

/// `sin(π turned)`, for `turned` below [`LIMIT`], over `π x`.
#[inline(always)]
fn sinc<I: Isa>(half_turns: f64, x: f64) -> f64 {
    let whole = half_turns + ROUND;
    let part = half_turns - (whole - ROUND);
    let (r, low) = two_product::<I, f64>(part, PI[0]);
    let low = fma::<I, f64>(part, PI[1], low);
    let (sin, cos) = both::<I, f64>(Angle { quadrant: whole, r, low });
    let quadrant = whole.to_bits();
    let [over, rest] = if quadrant & 1 != 0 { cos } else { sin };
    let (over, over_low) = fast_two_sum(over, rest);
    let (under, under_low) = two_product::<I, f64>(x, PI[0]);
    let under_low = fma::<I, f64>(x, PI[1], under_low);
    let inverse = 1.0 / under;
    let value = over * inverse;
    let rest =
        fma::<I, f64>(value, under_low, product_rest::<I, f64>(value, under, over)) - over_low;
    let value = fma::<I, f64>(rest, -inverse, value);
    let value = f64::from_bits(value.to_bits() ^ (quadrant & 2) << 62);
    // Beside 0 what was left of the sine is in no range.
    if x.abs() < 1e-150 { 1.0 } else { value }
}

impl Function<f64> for Sinc {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        sinc::<I>(x, x)
    }

    const HAS_RARE: bool = true;

    #[inline(always)]
    fn is_rare(x: f64) -> bool {
        x.abs() > LIMIT && x.abs() < f64::INFINITY
    }

    fn rare_value(x: f64) -> f64 {
        // From here on all numbers are whole.
        if x.abs() > 1e16 { 0.0 } else { sinc::<Separate>(x % 2.0, x) }
    }
}

impl Function<f32> for Sinc {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        sinc::<I>(x.into(), x.into()) as f32
    }

    const HAS_RARE: bool = true;

    #[inline(always)]
    fn is_rare(x: f32) -> bool {
        <Self as Function<f64>>::is_rare(x.into())
    }

    fn rare_value(x: f32) -> f32 {
        <Self as Function<f64>>::rare_value(x.into()) as f32
    }
}
