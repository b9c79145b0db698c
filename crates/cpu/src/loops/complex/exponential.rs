//! The exponential function and what is made of it.

use std::f64::consts::LN_2;

use tensorbridge_core::dtype::Complex64;

use super::arithmetic::{divide, reciprocal};
use super::hyperbolic::tanh;
use super::{NAN, functions, pair};
use crate::loops::math::float::{fma, two_product};
use crate::loops::math::real::{self, TURNS};

/// `e ** x * factor`, which is in range more often than `e ** x` is.
///
/// Halves and quarters of `x` are exact, so that only the rounding of few products is added.
pub(super) fn exp_times(x: f64, factor: f64) -> f64 {
    grown(f64::exp, x, 709.0, factor)
}

/// `grow(x) * factor` for an exponential function that overflows above `limit`.
fn grown(grow: impl Fn(f64) -> f64, x: f64, limit: f64, factor: f64) -> f64 {
    if x <= limit || x.is_nan() {
        grow(x) * factor
    } else if x <= 2.0 * limit {
        let half = grow(0.5 * x);
        half * factor * half
    } else {
        let quarter = grow(0.25 * x);
        quarter * factor * quarter * quarter * quarter
    }
}

/// `e ** z`, as C99 G.6.3.1.
pub(super) fn exp(z: Complex64) -> Complex64 {
    if z.im == 0.0 {
        return pair(z.re.exp(), z.im);
    }
    if !z.im.is_finite() {
        return without_direction(z.re, 0.0);
    }
    let (sin, cos) = z.im.sin_cos();
    pair(exp_times(z.re, cos), exp_times(z.re, sin))
}

/// The exponential of a number whose imaginary part names no direction: 0 and infinity have an
/// answer all the same. `shift` is what is subtracted from it.
fn without_direction(re: f64, shift: f64) -> Complex64 {
    if re == f64::NEG_INFINITY {
        pair(0.0 - shift, 0.0)
    } else if re == f64::INFINITY {
        pair(re, f64::NAN)
    } else {
        NAN
    }
}

/// What `LN_2` lacks.
const LN_2_REST: f64 = 2.3190468138462996e-17;

/// `2 ** z`
pub(super) fn exp2(z: Complex64) -> Complex64 {
    if z.im == 0.0 {
        return pair(z.re.exp2(), z.im);
    }
    if !z.im.is_finite() {
        return without_direction(z.re, 0.0);
    }
    let angle = z.im * LN_2;
    let rest = z.im.mul_add(LN_2, -angle) + z.im * LN_2_REST;
    let (sin, cos) = angle.sin_cos();
    let (sin, cos) = (sin + rest * cos, cos - rest * sin);
    pair(grown(f64::exp2, z.re, 1023.0, cos), grown(f64::exp2, z.re, 1023.0, sin))
}

/// `e ** z - 1`: the real part from `expm1(x) cos(y) - 2 sin(y / 2) ** 2`, whose terms are small
/// where the result is.
pub(super) fn expm1(z: Complex64) -> Complex64 {
    if z.im == 0.0 {
        // Of either zero the Array API asks for +0.
        return pair(if z.re == 0.0 { 0.0 } else { z.re.exp_m1() }, z.im);
    }
    if !z.im.is_finite() {
        return without_direction(z.re, 1.0);
    }
    let (sin, cos) = z.im.sin_cos();
    let im = exp_times(z.re, sin);
    if z.re > 40.0 {
        return pair(exp_times(z.re, cos) - 1.0, im);
    }
    let half = (0.5 * z.im).sin();
    pair(z.re.exp_m1() * cos - 2.0 * half * half, im)
}

/// `1 / (1 + e ** -z)`, with an exponential that does not grow; around the poles on the
/// imaginary axis, where that sum cancels, `(1 + tanh(z / 2)) / 2`.
pub(super) fn sigmoid(z: Complex64) -> Complex64 {
    if z.re.abs() < 1.0 && z.im.is_finite() {
        let half = tanh(pair(0.5 * z.re, 0.5 * z.im));
        return pair(0.5 + 0.5 * half.re, 0.5 * half.im);
    }
    if z.re < 0.0 {
        let power = exp(z);
        return divide(power, pair(1.0 + power.re, power.im));
    }
    let power = exp(-z);
    reciprocal(pair(1.0 + power.re, power.im))
}

/// Whether a real exponential and the circular functions of the other part are in range.
#[inline(always)]
pub(super) fn is_usual(growing: f64, angle: f64, limit: f64) -> bool {
    (growing.abs() < limit) & (angle.abs() < TURNS)
}

functions! {
    Exp = exp;
    usual(z) is_usual(z.re, z.im, 700.0) => {
        let (sin, cos) = real::sin_cos::<I>(z.im);
        let size = real::exp::<I>(z.re);
        pair(size * cos, size * sin)
    };

    Exp2 = exp2;
    usual(z) is_usual(z.re, z.im, 1000.0) => {
        let (angle, low) = two_product::<I, f64>(z.im, LN_2);
        let low = fma::<I, f64>(z.im, LN_2_REST, low);
        let (sin, cos) = real::sin_cos::<I>(angle);
        let size = real::exp2::<I>(z.re);
        pair(size * (cos - low * sin), size * fma::<I, f64>(low, cos, sin))
    };

    Expm1 = expm1;
    usual(z) is_usual(z.re, z.im, 700.0) => {
        let (sin, cos) = real::sin_cos::<I>(z.im);
        let (half, _) = real::sin_cos::<I>(0.5 * z.im);
        let more = real::exp_m1::<I>(z.re);
        let re = more * cos - 2.0 * half * half;
        pair(if z.re == 0.0 && z.im == 0.0 { 0.0 } else { re }, real::exp::<I>(z.re) * sin)
    };

    // Of `w = e ** -|x| e ** ±y j` the sum `1 + w`, whose real part is small where `cos(y)` is
    // near -1: as `1 + cos(y)`, and what the exponential lacks.
    Sigmoid = sigmoid;
    usual(z) is_usual(z.re, z.im, 700.0) => {
        let (sin, cos) = real::sin_cos::<I>(z.im);
        let (_, half) = real::sin_cos::<I>(0.5 * z.im);
        let less = real::exp_m1::<I>(-z.re.abs());
        let size = real::exp::<I>(-z.re.abs());
        let positive = z.re >= 0.0;
        let (w_re, w_im) = (size * cos, if positive { -size * sin } else { size * sin });
        let (re, im) = (fma::<I, f64>(less, cos, 2.0 * half * half), w_im);
        // Over it 1, or `w` itself: `w` times the conjugate of `1 + w` has its imaginary part.
        let scale = 1.0 / (re * re + im * im);
        let above = if positive { re } else { w_re * re + w_im * im };
        pair(above * scale, if positive { -im } else { im } * scale)
    };
}
