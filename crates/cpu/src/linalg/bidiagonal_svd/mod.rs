//! Singular values and vectors of real bidiagonal matrices.
//!
//! Values alone come from transformations (`values`); with vectors, the matrix is divided into
//! halves down to small ones (`divide`), which are joined again (`merge`).

mod bisection;
mod deflate;
mod divide;
mod merge;
mod real;
mod rotations;
mod shift;
mod sweep;
mod values;

use faer::{MatMut, Par};

pub(super) use real::Real;
pub(super) use values::{singular_values, workspace};

/// Decomposes the upper bidiagonal matrix of `d` and `e`, which are overwritten: writes its values
/// in no order, and the left and the right vector of each. `room` is as large as `u`, twice. Says
/// whether the values converged. The result does not depend on `par`.
pub(super) fn decompose<R: Real>(
    d: &mut [f64],
    e: &mut [f64],
    values: &mut [f64],
    u: MatMut<'_, R>,
    v: MatMut<'_, R>,
    room: [MatMut<'_, R>; 2],
    par: Par,
) -> bool {
    let largest = d.iter().chain(&*e).fold(0.0_f64, |most, value| most.max(value.abs()));
    if largest == 0.0 {
        d.fill(0.0);
    }
    // Squares of all of them stay in range.
    let exponent = if largest == 0.0 { 0 } else { largest.log2().floor() as i32 };
    let [(first, second), (first_back, second_back)] = [-exponent, exponent].map(|exponent| {
        let half = exponent / 2;
        (2.0_f64.powi(half), 2.0_f64.powi(exponent - half))
    });
    for value in d.iter_mut().chain(&mut *e) {
        *value = *value * first * second;
    }
    let done = divide::divide(d, e, merge::Part { values: &mut *values, u, v, room }, par);
    for value in values {
        *value = *value * first_back * second_back;
    }
    done
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_vectors;
