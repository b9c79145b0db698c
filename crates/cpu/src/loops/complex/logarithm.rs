//! Logarithms. The imaginary part is the angle; the real part is the logarithm of the magnitude,
//! which near 1 comes from `|z| ** 2 - 1` in twice the digits, as everywhere near 0 only that
//! difference keeps any.

use std::f64::consts::{LN_2, LOG2_E, LOG10_2, LOG10_E};

use tensorbridge_core::dtype::Complex64;

use super::pair;

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
    let ((a, a_rest), (b, b_rest)) = (square(large), square(small));
    let (sum, rest) = sum(a - 1.0, b);
    // `a - 1` is exact from 0.5 to 2, and its error below is of no account there.
    sum + (rest + a_rest + b_rest)
}

/// A square and what its rounding lost (T. J. Dekker, 1971).
fn square(a: f64) -> (f64, f64) {
    let square = a * a;
    (square, a.mul_add(a, -square))
}

/// A sum and what its rounding lost (D. E. Knuth, TAOCP 2, 4.2.2).
fn sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let other = sum - a;
    (sum, (a - (sum - other)) + (b - other))
}

/// `log(1 + z)`: near 0 from `x (2 + x) + y ** 2`, the excess of `|1 + z| ** 2` over 1.
pub(super) fn log1p(z: Complex64) -> Complex64 {
    let Complex64 { re, im } = z;
    if im == 0.0 && re >= -1.0 {
        return pair(re.ln_1p(), im);
    }
    let moved = pair(1.0 + re, im);
    if re.abs() < 2.5 && im.abs() < 1.5 {
        let ((a, a_rest), (b, b_rest)) = (square(re), square(im));
        let (first, first_rest) = sum(2.0 * re, a);
        let (excess, rest) = sum(first, b);
        let excess = excess + (rest + first_rest + a_rest + b_rest);
        if excess.abs() < 0.75 {
            return pair(0.5 * excess.ln_1p(), im.atan2(moved.re));
        }
    }
    log(moved)
}
