//! Magnitudes and quotients that overflow and underflow only where the result does.

use tensorbridge_core::dtype::Complex64;

use super::{NAN, functions, is_moderate, pair, size};
use crate::isa::Isa;
use crate::loops::math::function::Function2;

/// Powers of two that bring numbers to where squares and quotients are safe, and back.
const DOWN: f64 = f64::from_bits((1023 - 600) << 52);
const UP: f64 = f64::from_bits((1023 + 600) << 52);
/// Sizes whose products with ratios neither overflow nor lose digits.
const NORMAL: std::ops::Range<f64> = 1e-290..4e307;

macro_rules! magnitudes {
    ($($name:ident $float:ident: above $large:literal by $down:expr, below $small:literal by $up:expr;)+) => {$(
        /// `sqrt(re ** 2 + im ** 2)`; infinite if a part is, even beside NaN. Without branches, so
        /// that loops over it vectorise.
        #[inline(always)]
        pub(in super::super) fn $name(re: $float, im: $float) -> $float {
            let (re, im) = (re.abs(), im.abs());
            let large = if re < im { im } else { re };
            let scale = if large > $large { $down } else { 1.0 };
            let scale = if large < $small { $up } else { scale };
            let back = if large > $large { $up } else { 1.0 };
            let back = if large < $small { $down } else { back };
            let (a, b) = (re * scale, im * scale);
            let size = (a * a + b * b).sqrt() * back;
            let unbounded = (re == $float::INFINITY) | (im == $float::INFINITY);
            if unbounded { $float::INFINITY } else { size }
        }
    )+};
}

magnitudes! {
    magnitude f64: above 1e150 by DOWN, below 1e-140 by UP;
    magnitude_f32 f32:
        above 1e18 by f32::from_bits((127 - 100) << 23), below 1e-15 by f32::from_bits((127 + 100) << 23);
}

/// `a / b`: R. L. Smith, "Algorithm 116: complex division" (1962), as NumPy has it; where that
/// loses a term or overflows, M. Baudin and R. L. Smith, "A robust complex division in Scilab"
/// (2012). A real or imaginary divisor divides the parts.
#[inline]
pub(in super::super) fn divide(a: Complex64, b: Complex64) -> Complex64 {
    let (re, im) = (b.re.abs(), b.im.abs());
    if im == 0.0 {
        // The sign of a divisor that is 0 says nothing: there are many directions around it.
        let divisor = if re == 0.0 { re } else { b.re };
        return pair(a.re / divisor, a.im / divisor);
    }
    if re == 0.0 {
        return pair(a.im / b.im, -(a.re / b.im));
    }
    let size = if re < im { im } else { re };
    let dividend = a.re.abs().max(a.im.abs());
    if NORMAL.contains(&size) && NORMAL.contains(&dividend) {
        return smith(a, b);
    }
    let scale = |size: f64| match size {
        size if size < NORMAL.start => (UP, DOWN),
        size if size >= NORMAL.end && size.is_finite() => (0.0625, 16.0),
        _ => (1.0, 1.0),
    };
    let ((of_a, back), (of_b, _)) = (scale(dividend), scale(size));
    let quotient = smith(pair(a.re * of_a, a.im * of_a), pair(b.re * of_b, b.im * of_b));
    let back = back * of_b;
    pair(quotient.re * back, quotient.im * back)
}

#[inline]
fn smith(a: Complex64, b: Complex64) -> Complex64 {
    if b.re.abs() >= b.im.abs() {
        let ratio = b.im / b.re;
        let scale = 1.0 / (b.re + b.im * ratio);
        let (more, less) = match ratio {
            // The ratio was too small for a number; its products may not be.
            0.0 => (b.im * (a.im / b.re), b.im * (a.re / b.re)),
            ratio => (a.im * ratio, a.re * ratio),
        };
        pair((a.re + more) * scale, (a.im - less) * scale)
    } else {
        let ratio = b.re / b.im;
        let scale = 1.0 / (b.im + b.re * ratio);
        let (more, less) = match ratio {
            0.0 => (b.re * (a.re / b.im), b.re * (a.im / b.im)),
            ratio => (a.re * ratio, a.im * ratio),
        };
        pair((more + a.im) * scale, (less - a.re) * scale)
    }
}

/// `1 / a`
pub(super) fn reciprocal(a: Complex64) -> Complex64 {
    divide(pair(1.0, 0.0), a)
}

/// `a / |a|`: the limit along the axis for one infinite part, NaN for two, 0 for 0.
fn sign(a: Complex64) -> Complex64 {
    let size = size(a);
    if a.re.is_nan() || a.im.is_nan() || (a.re.is_infinite() && a.im.is_infinite()) {
        return NAN;
    }
    if size == 0.0 {
        return pair(0.0, 0.0);
    }
    if size.is_infinite() {
        let part =
            |part: f64| if part.is_infinite() { part.signum() } else { 0_f64.copysign(part) };
        return pair(part(a.re), part(a.im));
    }
    // The last bits of the magnitude, and the magnitude, in range.
    let scale = match size {
        size if size < 1e-140 => UP,
        size if size > 1e307 => 0.25,
        _ => 1.0,
    };
    let (re, im) = (a.re * scale, a.im * scale);
    let size = magnitude(re, im);
    pair(re / size, im / size)
}

functions! {
    Reciprocal = reciprocal;
    usual(z) is_moderate(z) => {
        let upright = z.re.abs() < z.im.abs();
        let (more, less) = if upright { (z.im, z.re) } else { (z.re, z.im) };
        let ratio = less / more;
        let scale = 1.0 / (more + less * ratio);
        let (re, im) = if upright { (ratio * scale, scale) } else { (scale, ratio * scale) };
        pair(re, -im)
    };

    Sign = sign;
    usual(z) is_moderate(z) => {
        let size = (z.re * z.re + z.im * z.im).sqrt();
        pair(z.re / size, z.im / size)
    };
}

/// `a / b`
pub(super) struct Divided;

impl Function2<Complex64> for Divided {
    /// As [`smith`], with quotients where that has products: real divisors divide exactly.
    #[inline(always)]
    fn value<I: Isa>(a: Complex64, b: Complex64) -> Complex64 {
        let upright = b.re.abs() < b.im.abs();
        let (more, less) = if upright { (b.im, b.re) } else { (b.re, b.im) };
        let (u, v) = if upright { (a.im, a.re) } else { (a.re, a.im) };
        let ratio = less / more;
        let divisor = more + less * ratio;
        let (sum, difference) = (u + v * ratio, v - u * ratio);
        // Without a second part nothing is added, not even to the sign of a zero.
        let (sum, difference) = if less == 0.0 { (u, v) } else { (sum, difference) };
        let im = difference / divisor;
        pair(sum / divisor, if upright { -im } else { im })
    }

    const HAS_RARE: bool = true;

    #[inline(always)]
    fn is_rare(a: Complex64, b: Complex64) -> bool {
        let dividend = size(a);
        let small = (dividend < 1e-290) & (dividend != 0.0);
        small | !(is_moderate(b) & (a.re.abs() + a.im.abs() < 1e150))
    }

    fn rare_value(a: Complex64, b: Complex64) -> Complex64 {
        divide(a, b)
    }
}
