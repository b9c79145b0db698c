//! The inverse circular functions: a polynomial near 0, to which the other arguments are brought
//! by a square root or a quotient whose rounding errors are kept. `f32` computes in `f64`.

use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

use super::exponential::clamp;
use super::float::{fast_two_sum, fma, polynomial, product_rest, two_sum};
use super::function::{Function, Function2};
use crate::isa::Isa;

pub(super) struct Asin;
pub(super) struct Acos;
pub(super) struct Atan;
pub(super) struct Atan2;

/// What the constant of that name lacks.
const PI_LOW: f64 = 1.2246467991473532e-16;
const PI_2_LOW: f64 = 6.123233995736766e-17;
const PI_4_LOW: f64 = 3.061616997868383e-17;

/// `(asin(r) / r - 1) / r²` in powers of `r²`, for `|r| <= 1/2`.
const ASIN: [f64; 13] = [
    0.16666666666666669,
    0.07499999999998082,
    0.04464285714685709,
    0.030381944106381384,
    0.022372174069959703,
    0.017352368660149296,
    0.013971544247755555,
    0.011476140458830528,
    0.010341531198272937,
    0.005380898149968584,
    0.017600526869943796,
    -0.01515168176946014,
    0.028955265982185886,
];

/// `(atan(r) / r - 1) / r²` in powers of `r²`, for `|r| <= tan(π/8)`.
const ATAN: [f64; 12] = [
    -0.3333333333333333,
    0.19999999999998924,
    -0.14285714285527554,
    0.11111111095970783,
    -0.09090908398838189,
    0.07692288001768731,
    -0.06666297854372068,
    0.05877665098066895,
    -0.0522225197722166,
    0.04518157743226508,
    -0.033793422080023866,
    0.015500181811445368,
];

/// `asin(r) / r` for `|r| <= 1/2` and `atan(r) / r` for `|r| <= 1`, in powers of `r²`, for `f32`.
const SHORT_ASIN: [f64; 7] = [
    1.0,
    0.16666659991282984,
    0.07500504185995976,
    0.04451695473022893,
    0.03180772296646477,
    0.014438585879789204,
    0.03751647831752265,
];
const SHORT_ATAN: [f64; 11] = [
    1.0,
    -0.3333332689956411,
    0.1999967112366452,
    -0.14279833063753752,
    0.11058223773944884,
    -0.08811091760980952,
    0.0674159809987048,
    -0.044689956165045654,
    0.02253987988662891,
    -0.007317962778955696,
    0.0011137900379556407,
];

/// `asin(a)` as a sum for `a <= 1/2`, else `acos(a)`.
#[inline(always)]
fn arc<I: Isa>(a: f64) -> (f64, f64) {
    let great = a > 0.5;
    let square = if great { 0.5 * (1.0 - a) } else { a * a };
    let root = square.sqrt();
    let rest = -product_rest::<I, f64>(root, root, square) * (0.5 / root);
    let (r, rest) = if great { (root, if root > 0.0 { rest } else { 0.0 }) } else { (a, 0.0) };
    let low = fma::<I, f64>(r * square, polynomial::<I, f64, _>(square, &ASIN), rest);
    if great { (r + r, low + low) } else { (r, low) }
}

impl Function<f64> for Asin {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let a = x.abs();
        let (r, low) = arc::<I>(a);
        let (high, rounded) = fast_two_sum(FRAC_PI_2, -r);
        let value = if a > 0.5 { high + (rounded + (PI_2_LOW - low)) } else { r + low };
        value.copysign(x)
    }
}

impl Function<f64> for Acos {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let a = x.abs();
        let great = a > 0.5;
        let (r, low) = arc::<I>(a);
        // What is added to or taken from: 0 or π for a great `x`, else π/2.
        let (base, base_low) = if great {
            if x > 0.0 { (0.0, 0.0) } else { (PI, PI_LOW) }
        } else {
            (FRAC_PI_2, PI_2_LOW)
        };
        let minus = (x > 0.0) != great;
        let (r, low) = if minus { (-r, -low) } else { (r, low) };
        let (high, rounded) = fast_two_sum(base, r);
        high + (rounded + (base_low + low))
    }
}

/// The angle of the point `(x, y)` of the first quadrant, as a sum; not both are 0.
#[inline(always)]
fn angle<I: Isa>(y: f64, x: f64) -> (f64, f64) {
    const EIGHTH: f64 = 0.41421356237309503;
    let low = y < EIGHTH * x;
    let high = EIGHTH * y > x;
    // Turned by 0, by a quarter or by half a right angle.
    let (sum, sum_low) = two_sum(y, x);
    let (difference, difference_low) = two_sum(y, -x);
    let (over, over_low) = (
        if low {
            y
        } else if high {
            -x
        } else {
            difference
        },
        if low || high { 0.0 } else { difference_low },
    );
    let (under, under_low) = (
        if low {
            x
        } else if high {
            y
        } else {
            sum
        },
        if low || high { 0.0 } else { sum_low },
    );
    let base = if low {
        0.0
    } else if high {
        FRAC_PI_2
    } else {
        FRAC_PI_4
    };
    let base_low = if low {
        0.0
    } else if high {
        PI_2_LOW
    } else {
        PI_4_LOW
    };
    let inverse = 1.0 / under;
    let t = over * inverse;
    let rest = fma::<I, f64>(t, under_low, product_rest::<I, f64>(t, under, over)) - over_low;
    let square = t * t;
    let more = fma::<I, f64>(t * square, polynomial::<I, f64, _>(square, &ATAN), -rest * inverse);
    let (sum, rounded) = fast_two_sum(base, t);
    (sum, rounded + (base_low + more))
}

impl Function<f64> for Atan {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let (high, low) = angle::<I>(clamp(x.abs(), 0.0, 1e30), 1.0);
        let value = if x.abs() < 1e-9 { x.abs() } else { high + low };
        value.copysign(x)
    }
}

/// Powers of 2.
const SHRINK: f64 = 1.0 / GROW;
const GROW: f64 = (1_u128 << 100) as f64
    * (1_u128 << 100) as f64
    * (1_u128 << 100) as f64
    * (1_u128 << 100) as f64
    * (1_u128 << 100) as f64
    * (1_u128 << 100) as f64;

impl Function2<f64> for Atan2 {
    #[inline(always)]
    fn value<I: Isa>(y: f64, x: f64) -> f64 {
        let (a, b) = (y.abs(), x.abs());
        let most = if a > b { a } else { b };
        // To where neither a sum overflows nor the remainder of a quotient vanishes.
        let scale = if most > 1e290 { SHRINK } else { 1.0 };
        let scale = if most < 1e90 { GROW } else { scale };
        // Of infinities only which there are counts; (0, 0) lies to the right.
        let unbounded = most == f64::INFINITY;
        let a = if unbounded { if a == most { 1.0 } else { 0.0 } } else { a * scale };
        let b = if unbounded { if b == most { 1.0 } else { 0.0 } } else { b * scale };
        let b = if most == 0.0 { 1.0 } else { b };
        let (high, low) = angle::<I>(a, b);
        let (left, rounded) = fast_two_sum(PI, -high);
        let left = left + (rounded + (PI_LOW - low));
        let value = if x.is_sign_negative() { left } else { high + low };
        let value = value.copysign(y);
        if x.is_nan() || y.is_nan() { x + y } else { value }
    }
}

impl Function<f32> for Asin {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        let (great, value) = short_arc::<I>(x);
        (if great { FRAC_PI_2 - value } else { value } as f32).copysign(x)
    }
}

impl Function<f32> for Acos {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        let (great, value) = short_arc::<I>(x);
        let signed = if x > 0.0 { value } else { -value };
        let base = if x > 0.0 { 0.0 } else { PI };
        (if great { base + signed } else { FRAC_PI_2 - signed }) as f32
    }
}

/// `asin |x|` where it is at most 1/2, else `acos |x|`, and which.
#[inline(always)]
fn short_arc<I: Isa>(x: f32) -> (bool, f64) {
    let a = f64::from(x.abs());
    let great = a > 0.5;
    let square = if great { 0.5 * (1.0 - a) } else { a * a };
    let r = if great { 2.0 * square.sqrt() } else { a };
    (great, r * polynomial::<I, f64, _>(square, &SHORT_ASIN))
}

/// The angle of the point `(x, y)` of the first quadrant, for `f32`.
#[inline(always)]
fn short_angle<I: Isa>(y: f64, x: f64) -> f64 {
    let steep = y > x;
    let t = if steep { x } else { y } / if steep { y } else { x };
    let value = t * polynomial::<I, f64, _>(t * t, &SHORT_ATAN);
    if steep { FRAC_PI_2 - value } else { value }
}

impl Function<f32> for Atan {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        (short_angle::<I>(x.abs().into(), 1.0) as f32).copysign(x)
    }
}

impl Function2<f32> for Atan2 {
    #[inline(always)]
    fn value<I: Isa>(y: f32, x: f32) -> f32 {
        let (a, b) = (f64::from(y.abs()), f64::from(x.abs()));
        // Equal infinities lie on the diagonal; (0, 0) lies to the right.
        let diagonal = a == b && a == f64::INFINITY;
        let (a, b) = if diagonal { (1.0, 1.0) } else { (a, b) };
        let value = short_angle::<I>(a, if a + b == 0.0 { 1.0 } else { b });
        let value = if x.is_sign_negative() { PI - value } else { value };
        let value = (value as f32).copysign(y);
        if x.is_nan() || y.is_nan() { x + y } else { value }
    }
}
