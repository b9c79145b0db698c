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

use super::scale::{multiply, normalize};

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
    if d.iter().chain(&*e).all(|&element| element == 0.0) {
        d.fill(0.0);
    }
    let back = normalize(d, e);
    let done = divide::divide(d, e, merge::Part { values: &mut *values, u, v, room }, par);
    multiply(values, back);
    done
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_vectors;
