//! Keeps searches for values away from overflow and underflow: a matrix of extreme size is
//! multiplied by a power of two first, which rounds nothing, and its values by the inverse.

use faer::MatMut;

use super::field::{Field, change, elements};

/// Scales `matrix` where its size asks for it. Returns what its values are to be multiplied
/// with, or `None` where an element is not finite.
pub(super) fn balance<T: Field>(mut matrix: MatMut<'_, T>) -> Option<f64> {
    let mut largest = 0.0_f64;
    for value in elements(matrix.as_ref()) {
        let [re, im] = value.parts().map(f64::abs);
        if !value.finite() {
            return None;
        }
        largest = largest.max(re).max(im);
    }
    // A quarter of the exponents: squares and a few sums of them stay in range.
    let single = size_of::<T::Real>() == size_of::<f32>();
    let (safe, most) = if single { (32, 120) } else { (256, 1000) };
    let exponent = if largest == 0.0 { 0 } else { largest.log2().floor() as i32 };
    if exponent.abs() <= safe {
        return Some(1.0);
    }
    let exponent = exponent.clamp(-most, most);
    let (down, up) = (2.0_f64.powi(-exponent), 2.0_f64.powi(exponent));
    change(matrix.as_mut(), |value| T::of(value.parts().map(|part| part * down)));
    Some(up)
}
