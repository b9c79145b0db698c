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

pub(crate) use power_integer;
