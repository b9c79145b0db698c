//! Single-precision logarithm, sine and cosine for the Box–Muller transform.
//!
//! PyTorch's vectorised `randn` evaluates the minimax polynomials of
//! S. L. Moshier's Cephes library. Near a zero of the cosine the last bit of
//! every step shows in the sample, so the steps are the same here, down to
//! which products are fused with the following sum.

use std::f32::consts::FRAC_1_SQRT_2;

/// Coefficients of `(ln(1 + x) - x + x²/2) / x³`, highest power first.
const LOG: [f32; 9] = [
    7.037_683_6e-2,
    -1.151_461e-1,
    1.167_699_87e-1,
    -1.242_014_1e-1,
    1.424_932_3e-1,
    -1.666_805_8e-1,
    2.000_071_4e-1,
    -2.499_999_4e-1,
    3.333_333e-1,
];

/// `ln 2` as a short leading part and the rest.
const LN_2: [f32; 2] = [355.0 / 512.0, -2.121_944_4e-4];

/// Coefficients of `(sin(x) - x) / x³` in `x²`, highest power first.
const SIN: [f32; 3] = [-1.951_529_6e-4, 8.332_161e-3, -1.666_665_5e-1];

/// Coefficients of `(cos(x) - 1 + x²/2) / x⁴` in `x²`, highest power first.
const COS: [f32; 3] = [2.443_315_7e-5, -1.388_731_6e-3, 4.166_664_6e-2];

/// `π/4` as three parts, the leading ones short enough for exact products.
const QUARTER_PI: [f32; 3] = [201.0 / 256.0, 2.418_756_5e-4, 3.774_895e-8];

/// `4/π`: eighth turns per radian.
const EIGHTHS: f32 = 1.273_239_5;

/// The natural logarithm of a normal number of `(0, 1]`.
#[inline(always)]
pub(super) fn ln(x: f32) -> f32 {
    // x = 2^exponent · (1 + m), the mantissa lying around 1.
    let (mut exponent, mantissa) = split(x);
    let m = if mantissa < FRAC_1_SQRT_2 {
        exponent -= 1.0;
        mantissa - 1.0 + mantissa
    } else {
        mantissa - 1.0
    };
    let square = m * m;
    let tail = (polynomial(&LOG, m) * m).mul_add(square, exponent * LN_2[1]);
    let tail = (-0.5_f32).mul_add(square, tail);
    exponent.mul_add(LN_2[0], m + tail)
}

/// The sine and the cosine of a moderate non-negative number.
#[inline(always)]
pub(super) fn sin_cos(x: f32) -> (f32, f32) {
    // The nearest multiple of a quarter turn, counted in eighths.
    let eighths = ((x * EIGHTHS) as i32 + 1) & !1;
    let x = QUARTER_PI.iter().fold(x, |x, part| (-part).mul_add(eighths as f32, x));

    let square = x * x;
    let sine = (polynomial(&SIN, square) * square).mul_add(x, x);
    let cosine = (polynomial(&COS, square) * square).mul_add(square, -0.5 * square) + 1.0;

    // Each odd quarter turn exchanges the two; each half turn negates them.
    let (sine, cosine) = if eighths & 2 == 0 { (sine, cosine) } else { (cosine, sine) };
    (negated_if(eighths & 4 != 0, sine), negated_if((eighths + 2) & 4 != 0, cosine))
}

/// Splits a normal number into its binary exponent and a mantissa of `[0.5, 1)`.
#[inline(always)]
fn split(x: f32) -> (f32, f32) {
    const EXPONENT: u32 = 0x7f80_0000;
    let bits = x.to_bits();
    let exponent = (bits >> 23) as f32 - 126.0;
    (exponent, f32::from_bits((bits & !EXPONENT) | 0.5_f32.to_bits()))
}

/// Changes the sign where told to, without a branch.
#[inline(always)]
fn negated_if(condition: bool, x: f32) -> f32 {
    f32::from_bits(x.to_bits() ^ (u32::from(condition) << 31))
}

/// Evaluates a polynomial by Horner's rule with fused steps.
#[inline(always)]
fn polynomial(coefficients: &[f32], x: f32) -> f32 {
    let (&leading, rest) = coefficients.split_first().unwrap_or((&0.0, &[]));
    rest.iter().fold(leading, |sum, &coefficient| sum.mul_add(x, coefficient))
}

#[cfg(test)]
mod tests {
    use super::{ln, sin_cos};

    #[test]
    fn close_to_the_true_functions() {
        for step in 1..=1_000_u16 {
            let x = f32::from(step) / 1_000.0;
            assert!((f64::from(ln(x)) - f64::from(x).ln()).abs() < 1e-6);
            let angle = x * std::f32::consts::TAU;
            let (sine, cosine) = sin_cos(angle);
            assert!((f64::from(sine) - f64::from(angle).sin()).abs() < 1e-7);
            assert!((f64::from(cosine) - f64::from(angle).cos()).abs() < 1e-7);
        }
    }

    #[test]
    fn exact_where_it_must_be() {
        assert_eq!(ln(1.0).to_bits(), 0);
        assert_eq!(sin_cos(0.0), (0.0, 1.0));
    }
}
