//! Powers whose meaning takes more than a line.

use std::marker::PhantomData;

/// `a ** b`.
pub(crate) struct Power<T>(PhantomData<T>);

/// `a ** b` of integers by squaring, wrapping. Negative exponents were refused before the loop.
macro_rules! power_integer {
    ($type:ty, $a:expr, $b:expr) => {{
        let (mut square, mut exponent, mut result): ($type, $type, $type) = ($a, $b, 1);
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = result.wrapping_mul(square);
            }
            square = square.wrapping_mul(square);
            exponent >>= 1;
        }
        result
    }};
}

/// `a ** b` of complex numbers: small whole exponents by squaring, as exact as products are;
/// else through the logarithm.
macro_rules! power_complex {
    ($type:ty, $a:expr, $b:expr) => {{
        let (a, b): ($type, $type) = ($a, $b);
        if b.re == 0.0 && b.im == 0.0 {
            <$type>::new(1.0, 0.0)
        } else if a.re == 0.0 && a.im == 0.0 {
            if b.re > 0.0 {
                <$type>::new(0.0, 0.0)
            } else {
                // 0 to a power that grows it has no value.
                <$type>::new(f64::NAN as _, f64::NAN as _)
            }
        } else if b.im == 0.0 && b.re.abs() < 100.0 && b.re.trunc() == b.re {
            a.powi(b.re as i32)
        } else {
            a.powc(b)
        }
    }};
}

pub(crate) use {power_complex, power_integer};
