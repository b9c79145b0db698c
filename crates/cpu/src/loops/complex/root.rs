//! The square root and its reciprocal.
//!
//! After the algorithm of FreeBSD's `csqrt` (msun, `s_csqrt.c`): one part from the half of
//! `|z| + |re|`, which cancels nothing, the other by division.

use tensorbridge_core::dtype::Complex64;

use super::arithmetic::{divide, magnitude};
use super::{NAN, functions, is_moderate, pair};

/// 2 ** 108, and 2 ** -54.
const UP: f64 = f64::from_bits((1023 + 108) << 52);
const BACK: f64 = f64::from_bits((1023 - 54) << 52);

/// The square root with a real part of at least +0, on the side of `im`'s sign.
pub(super) fn sqrt(z: Complex64) -> Complex64 {
    let Complex64 { re, im } = z;
    if re == 0.0 && im == 0.0 {
        return pair(0.0, im);
    }
    if im.is_infinite() {
        return pair(f64::INFINITY, im);
    }
    if re.is_nan() {
        return NAN;
    }
    if re.is_infinite() {
        let rest = if im.is_nan() { im } else { 0.0 };
        return if re < 0.0 { pair(rest, re.copysign(im)) } else { pair(re, rest.copysign(im)) };
    }
    if im.is_nan() {
        return NAN;
    }
    let size = re.abs().max(im.abs());
    // By powers of 4: out of the way of overflow, and of the lost digits of subnormals.
    let (scale, back) = if size > 4e307 {
        (0.25, 2.0)
    } else if size < 1e-290 {
        (UP, BACK)
    } else {
        (1.0, 1.0)
    };
    let (re, im) = (re * scale, im * scale);
    let root = ((re.abs() + magnitude(re, im)) * 0.5).sqrt();
    let other = im.abs() / (2.0 * root);
    let (re, im) = if re >= 0.0 { (root, other.copysign(im)) } else { (other, root.copysign(im)) };
    pair(re * back, im * back)
}

/// Of a zero and of infinities what the quotient gives.
fn reciprocal_sqrt(z: Complex64) -> Complex64 {
    divide(pair(1.0, 0.0), sqrt(z))
}

functions! {
    Sqrt = sqrt;
    usual(z) is_moderate(z) => {
        let root = (0.5 * (z.re.abs() + (z.re * z.re + z.im * z.im).sqrt())).sqrt();
        let other = z.im.abs() / (2.0 * root);
        let (re, im) = if z.re >= 0.0 { (root, other) } else { (other, root) };
        pair(re, im.copysign(z.im))
    };

    ReciprocalSqrt = reciprocal_sqrt;
    usual(z) is_moderate(z) => {
        let size = (z.re * z.re + z.im * z.im).sqrt();
        let root = (0.5 * (z.re.abs() + size)).sqrt();
        let other = z.im.abs() / (2.0 * root);
        let (re, im) = if z.re >= 0.0 { (root, other) } else { (other, root) };
        // The square of the root's magnitude.
        pair(re / size, -im.copysign(z.im) / size)
    };
}
