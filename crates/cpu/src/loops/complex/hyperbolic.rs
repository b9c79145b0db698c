//! Hyperbolic and circular functions; the circular ones are the hyperbolic ones, turned.

use tensorbridge_core::dtype::Complex64;

use super::exponential::{exp_times, is_usual};
use super::{NAN, functions, pair, turned, turned_back};
use crate::isa::Isa;
use crate::loops::math::real;

/// From here on `e ** -x` is lost beside `e ** x`.
const LARGE: f64 = 22.0;

/// `sinh(x) cos(y) + cosh(x) sin(y) j`, as C99 G.6.2.5.
pub(super) fn sinh(z: Complex64) -> Complex64 {
    let Complex64 { re, im } = z;
    if im == 0.0 {
        return pair(re.sinh(), im);
    }
    if !im.is_finite() {
        return match re {
            0.0 => pair(re, f64::NAN),
            re if re.is_infinite() => pair(re, f64::NAN),
            _ => NAN,
        };
    }
    let (sin, cos) = im.sin_cos();
    if re.abs() < LARGE {
        pair(re.sinh() * cos, re.cosh() * sin)
    } else {
        pair(exp_times(re.abs(), (0.5 * cos).copysign(cos * re)), exp_times(re.abs(), 0.5 * sin))
    }
}

/// `cosh(x) cos(y) + sinh(x) sin(y) j`, as C99 G.6.2.4.
pub(super) fn cosh(z: Complex64) -> Complex64 {
    let Complex64 { re, im } = z;
    if im == 0.0 {
        // The sign of a zero that stands for sinh(x) sin(y).
        return pair(re.cosh(), im * 1_f64.copysign(re));
    }
    if !im.is_finite() {
        return match re {
            0.0 => pair(f64::NAN, 0_f64.copysign(re)),
            re if re.is_infinite() => pair(f64::INFINITY, f64::NAN),
            _ => NAN,
        };
    }
    let (sin, cos) = im.sin_cos();
    if re.abs() < LARGE {
        pair(re.cosh() * cos, re.sinh() * sin)
    } else {
        pair(exp_times(re.abs(), 0.5 * cos), exp_times(re.abs(), (0.5 * sin).copysign(sin * re)))
    }
}

/// The quotient of the two, as C99 G.6.2.6 with the correction of defect report 471: W. Kahan,
/// "Branch cuts for complex elementary functions" (1987), which neither overflows nor cancels.
pub(super) fn tanh(z: Complex64) -> Complex64 {
    let Complex64 { re, im } = z;
    if re.is_nan() {
        return pair(re, if im == 0.0 { im } else { f64::NAN });
    }
    if re.is_infinite() {
        // C turns the sign of the zero with sin(2 y); the Array API does not.
        return pair(1_f64.copysign(re), 0_f64.copysign(im));
    }
    if !im.is_finite() {
        return pair(if re == 0.0 { re } else { f64::NAN }, f64::NAN);
    }
    if re.abs() >= LARGE {
        let power = (-re.abs()).exp();
        let (sin, cos) = im.sin_cos();
        return pair(1_f64.copysign(re), 4.0 * sin * cos * power * power);
    }
    let tan = im.tan();
    let beta = 1.0 + tan * tan;
    let sinh = re.sinh();
    let cosh = (1.0 + sinh * sinh).sqrt();
    let denominator = 1.0 + beta * sinh * sinh;
    pair(beta * cosh * sinh / denominator, tan / denominator)
}

/// `-i sinh(i z)`
pub(super) fn sin(z: Complex64) -> Complex64 {
    turned_back(sinh(turned(z)))
}

/// `cosh(i z)`
pub(super) fn cos(z: Complex64) -> Complex64 {
    cosh(turned(z))
}

/// `-i tanh(i z)`
pub(super) fn tan(z: Complex64) -> Complex64 {
    turned_back(tanh(turned(z)))
}

#[inline(always)]
fn usual_sinh<I: Isa>(z: Complex64) -> Complex64 {
    let (sin, cos) = real::sin_cos::<I>(z.im);
    pair(real::sinh::<I>(z.re) * cos, real::cosh::<I>(z.re) * sin)
}

#[inline(always)]
fn usual_cosh<I: Isa>(z: Complex64) -> Complex64 {
    let (sin, cos) = real::sin_cos::<I>(z.im);
    pair(real::cosh::<I>(z.re) * cos, real::sinh::<I>(z.re) * sin)
}

#[inline(always)]
fn usual_tanh<I: Isa>(z: Complex64) -> Complex64 {
    let tan = real::tan::<I>(z.im);
    let sinh = real::sinh::<I>(z.re);
    let beta = 1.0 + tan * tan;
    let cosh = (1.0 + sinh * sinh).sqrt();
    let scale = 1.0 / (1.0 + beta * sinh * sinh);
    let re = beta * cosh * sinh * scale;
    pair(if z.re.abs() < LARGE { re } else { 1_f64.copysign(z.re) }, tan * scale)
}

functions! {
    Sinh = sinh;
    usual(z) is_usual(z.re, z.im, 700.0) => usual_sinh::<I>(z);
    Cosh = cosh;
    usual(z) is_usual(z.re, z.im, 700.0) => usual_cosh::<I>(z);
    Tanh = tanh;
    usual(z) is_usual(z.re, z.im, 300.0) => usual_tanh::<I>(z);
    Sin = sin;
    usual(z) is_usual(z.im, z.re, 700.0) => turned_back(usual_sinh::<I>(turned(z)));
    Cos = cos;
    usual(z) is_usual(z.im, z.re, 700.0) => usual_cosh::<I>(turned(z));
    Tan = tan;
    usual(z) is_usual(z.im, z.re, 300.0) => turned_back(usual_tanh::<I>(turned(z)));
}
