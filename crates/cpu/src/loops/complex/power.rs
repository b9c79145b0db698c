//! Powers.

use tensorbridge_core::dtype::Complex64;

use super::arithmetic::{magnitude, reciprocal};
use super::exponential::{exp, exp_times};
use super::logarithm::log;
use super::{NAN, pair};
use crate::isa::Isa;
use crate::loops::math::function::Function2;

/// `a ** b`: small whole exponents by squaring, as exact as products are; else
/// `exp(b * log(a))`, whose special values it has, with the magnitude by a real power where the
/// logarithm would lose its digits.
fn power(a: Complex64, b: Complex64) -> Complex64 {
    if b.re == 0.0 && b.im == 0.0 {
        return pair(1.0, 0.0);
    }
    if a.re == 0.0 && a.im == 0.0 {
        // 0 to a power that grows or turns it has no value.
        return if b.re > 0.0 { pair(0.0, 0.0) } else { NAN };
    }
    if b.im == 0.0 && b.re.abs() < 100.0 && b.re.trunc() == b.re {
        return whole_power(a, b.re as i32);
    }
    let log = log(a);
    let real = b.re * log.re - b.im * log.im;
    let angle = b.im * log.re + b.re * log.im;
    if !(real.is_finite() && angle.is_finite()) {
        return exp(pair(real, angle));
    }
    let size = magnitude(a.re, a.im).powf(b.re) * (-b.im * log.im).exp();
    if angle == 0.0 {
        return pair(size, angle);
    }
    let (sin, cos) = angle.sin_cos();
    if log.re.abs() < 0.5 || !size.is_normal() {
        return pair(exp_times(real, cos), exp_times(real, sin));
    }
    pair(size * cos, size * sin)
}

fn whole_power(a: Complex64, exponent: i32) -> Complex64 {
    let (mut square, mut rest) = (a, exponent.unsigned_abs());
    let mut result = None;
    loop {
        if rest & 1 == 1 {
            result = Some(result.map_or(square, |result: Complex64| result * square));
        }
        rest >>= 1;
        if rest == 0 {
            break;
        }
        square = square * square;
    }
    let result = result.unwrap_or(pair(1.0, 0.0));
    if exponent < 0 { reciprocal(result) } else { result }
}

/// `a ** b`
pub(super) struct Power;

impl Function2<Complex64> for Power {
    #[inline(always)]
    fn value<I: Isa>(a: Complex64, b: Complex64) -> Complex64 {
        power(a, b)
    }
}
