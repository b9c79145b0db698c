//! Logarithms. The imaginary part is the angle; the real part is the logarithm of the magnitude,
//! which near 1 comes from `|z| ** 2 - 1` in twice the digits, as everywhere near 0 only that
//! difference keeps any.

use std::f64::consts::{LN_2, LOG2_E, LOG10_2, LOG10_E};

use tensorbridge_core::dtype::Complex64;

use super::{functions, is_moderate, pair};
use crate::isa::{Isa, Separate};
use crate::loops::math::float::{two_product, two_sum};
use crate::loops::math::real;

/// 2 ** 64
const UP: f64 = f64::from_bits((1023 + 64) << 52);

/// A base of logarithms.
struct Base {
    log: fn(f64) -> f64,
    /// The logarithm of e.
    of_e: f64,
    /// The logarithm of 2.
    of_two: f64,
}

/// The natural logarithm, as C99 G.6.3.2.
pub(super) fn log(z: Complex64) -> Complex64 {
    in_base(z, &Base { log: f64::ln, of_e: 1.0, of_two: LN_2 })
}

/// The logarithm to base 2.
pub(super) fn log2(z: Complex64) -> Complex64 {
    in_base(z, &Base { log: f64::log2, of_e: LOG2_E, of_two: 1.0 })
}

/// The logarithm to base 10.
pub(super) fn log10(z: Complex64) -> Complex64 {
    in_base(z, &Base { log: f64::log10, of_e: LOG10_E, of_two: LOG10_2 })
}

fn in_base(z: Complex64, base: &Base) -> Complex64 {
    pair(log_magnitude(z, base), z.im.atan2(z.re) * base.of_e)
}

/// The logarithm of `|z|`.
fn log_magnitude(z: Complex64, base: &Base) -> f64 {
    let (re, im) = (z.re.abs(), z.im.abs());
    let (large, small) = if re < im { (im, re) } else { (re, im) };
    if small == 0.0 {
        return (base.log)(large);
    }
    if (0.5..=1.5).contains(&large) && small <= 1.5 {
        let excess = squares_less_one(large, small);
        if excess.abs() < 0.75 {
            return 0.5 * excess.ln_1p() * base.of_e;
        }
    }
    // Out of the way of overflow, and of the lost digits of subnormals.
    if large > 8e307 {
        return (base.log)((0.5 * re).hypot(0.5 * im)) + base.of_two;
    }
    if large < 1e-290 {
        return (base.log)((UP * re).hypot(UP * im)) - 64.0 * base.of_two;
    }
    (base.log)(re.hypot(im))
}

/// `large ** 2 + small ** 2 - 1`, each square with its rounding error.
fn squares_less_one(large: f64, small: f64) -> f64 {
    let (a, a_rest) = two_product::<Separate, f64>(large, large);
    let (b, b_rest) = two_product::<Separate, f64>(small, small);
    // `a - 1` is exact from 0.5 to 2, and its error below is of no account there.
    let (sum, rest) = two_sum(a - 1.0, b);
    sum + (rest + a_rest + b_rest)
}

/// `x (2 + x) + y ** 2` as a sum.
#[inline(always)]
fn excess<I: Isa>(z: Complex64) -> (f64, f64) {
    let (a, a_rest) = two_product::<I, f64>(z.re, z.re);
    let (b, b_rest) = two_product::<I, f64>(z.im, z.im);
    let (first, first_rest) = two_sum(2.0 * z.re, a);
    let (sum, rest) = two_sum(first, b);
    (sum, rest + first_rest + a_rest + b_rest)
}

/// `log(1 + z)`: near 0 from `x (2 + x) + y ** 2`, the excess of `|1 + z| ** 2` over 1.
pub(super) fn log1p(z: Complex64) -> Complex64 {
    let Complex64 { re, im } = z;
    if im == 0.0 && re >= -1.0 {
        return pair(re.ln_1p(), im);
    }
    let moved = pair(1.0 + re, im);
    if re.abs() < 2.5 && im.abs() < 1.5 {
        let (excess, rest) = excess::<Separate>(z);
        let excess = excess + rest;
        if excess.abs() < 0.75 {
            return pair(0.5 * excess.ln_1p(), im.atan2(moved.re));
        }
    }
    log(moved)
}

/// The logarithm of a moderate number: half that of the square of its magnitude, as a sum, which
/// near 1 keeps all its digits.
#[inline(always)]
fn usual_log<I: Isa>(z: Complex64) -> Complex64 {
    let (a, a_rest) = two_product::<I, f64>(z.re, z.re);
    let (b, b_rest) = two_product::<I, f64>(z.im, z.im);
    let (sum, rest) = two_sum(a, b);
    let re = 0.5 * real::ln_of_sum::<I>(sum, rest + (a_rest + b_rest));
    pair(re, real::atan2::<I>(z.im, z.re))
}

functions! {
    Log = log;
    usual(z) is_moderate(z) => usual_log::<I>(z);

    // Numbers without an imaginary part have exact logarithms.
    Log2 = log2;
    usual(z) is_moderate(z) & (z.im != 0.0) => {
        let log = usual_log::<I>(z);
        pair(log.re * LOG2_E, log.im * LOG2_E)
    };

    Log10 = log10;
    usual(z) is_moderate(z) & (z.im != 0.0) => {
        let log = usual_log::<I>(z);
        pair(log.re * LOG10_E, log.im * LOG10_E)
    };

    // Near 0 the square of the magnitude is 1 and the excess; farther away that of `1 + z`.
    Log1p = log1p;
    usual(z) is_moderate(z) & (z.im != 0.0) => {
        let (moved, moved_rest) = two_sum(1.0, z.re);
        let (excess, excess_rest) = excess::<I>(z);
        let (near, near_rest) = two_sum(1.0, excess);
        let (a, a_rest) = two_product::<I, f64>(moved, moved);
        let (b, b_rest) = two_product::<I, f64>(z.im, z.im);
        let (far, far_rest) = two_sum(a, b);
        let far_rest = far_rest + (a_rest + b_rest) + 2.0 * moved * moved_rest;
        let (sum, rest) = if z.re.abs() < 0.5 {
            (near, near_rest + excess_rest)
        } else {
            (far, far_rest)
        };
        pair(0.5 * real::ln_of_sum::<I>(sum, rest), real::atan2::<I>(z.im, moved))
    };
}
