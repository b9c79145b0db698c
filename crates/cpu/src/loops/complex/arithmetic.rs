//! Magnitudes and quotients that overflow and underflow only where the result does.

use tensorbridge_core::dtype::Complex64;

use super::pair;

/// Powers of two that bring numbers to where squares and quotients are safe, and back.
const DOWN: f64 = f64::from_bits((1023 - 600) << 52);
const UP: f64 = f64::from_bits((1023 + 600) << 52);
/// Sizes whose products with ratios neither overflow nor lose digits.
const NORMAL: std::ops::Range<f64> = 1e-290..4e307;

/// `sqrt(re ** 2 + im ** 2)`; infinite if a part is, even beside NaN. Without branches, so that
/// loops over it vectorise.
#[inline(always)]
pub(in super::super) fn magnitude(re: f64, im: f64) -> f64 {
    let (re, im) = (re.abs(), im.abs());
    let large = if re < im { im } else { re };
    let (scale, back) = if large > 1e150 {
        (DOWN, UP)
    } else if large < 1e-140 {
        (UP, DOWN)
    } else {
        (1.0, 1.0)
    };
    let (a, b) = (re * scale, im * scale);
    let size = (a * a + b * b).sqrt() * back;
    if re == f64::INFINITY || im == f64::INFINITY { f64::INFINITY } else { size }
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
