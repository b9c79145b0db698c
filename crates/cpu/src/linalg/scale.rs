//! Keeps searches for values away from overflow and underflow: a matrix of extreme size is
//! multiplied by a power of two first, which rounds nothing, and its values by the inverse.

use faer::{MatMut, MatRef};

use super::field::{Field, change, elements};

/// Scales `matrix` where its size asks for it. Returns what its values are to be multiplied
/// with, or `None` where an element is not finite.
pub(super) fn balance<T: Field>(matrix: MatMut<'_, T>) -> Option<f64> {
    let largest = largest(matrix.as_ref());
    if !largest.is_finite() {
        return None;
    }
    // A quarter of the exponents: squares and a few sums of them stay in range.
    let single = size_of::<T::Real>() == size_of::<f32>();
    let (safe, most) = if single { (32, 120) } else { (256, 1000) };
    let exponent = exponent(largest);
    if exponent.abs() <= safe {
        return Some(1.0);
    }
    Some(divide(matrix, exponent.clamp(-most, most)))
}

/// The largest part of an element; infinite where one is not finite.
fn largest<T: Field>(matrix: MatRef<'_, T>) -> f64 {
    let sizes = elements(matrix).flat_map(|value| value.parts().map(f64::abs));
    sizes.fold(0.0, |most, size| if size.is_nan() { f64::INFINITY } else { most.max(size) })
}

/// Multiplies the diagonals of a matrix by a power of two, so that its elements are at most about 1:
/// nothing overflows, and what is negligible is so beside 1. Returns the factors, one after the
/// other, that undo it for its values.
pub(super) fn normalize(d: &mut [f64], e: &mut [f64]) -> [f64; 2] {
    let largest = d.iter().chain(&*e).fold(0.0_f64, |most, value| most.max(value.abs()));
    // In two steps, as one power might not be a number.
    let factors =
        |exponent: i32| [exponent / 2, exponent - exponent / 2].map(|half| 2.0_f64.powi(half));
    let exponent = exponent(largest);
    multiply(d, factors(-exponent));
    multiply(e, factors(-exponent));
    factors(exponent)
}

/// Multiplies by both factors, one after the other.
pub(super) fn multiply(numbers: &mut [f64], [first, second]: [f64; 2]) {
    for number in numbers {
        *number = *number * first * second;
    }
}

/// Of a number; 0 for 0.
fn exponent(largest: f64) -> i32 {
    if largest == 0.0 { 0 } else { largest.log2().floor() as i32 }
}

/// Divides by a power of two, which is returned.
fn divide<T: Field>(matrix: MatMut<'_, T>, exponent: i32) -> f64 {
    let (down, up) = (2.0_f64.powi(-exponent), 2.0_f64.powi(exponent));
    change(matrix, |value| T::of(value.parts().map(|part| part * down)));
    up
}
