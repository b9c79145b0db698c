//! Values and vectors of real symmetric tridiagonal matrices.
//!
//! The matrix is divided into halves down to small ones (`divide`), which steps of rotations
//! decompose (`steps`), and these are joined again (`merge`). Errors are relative to the largest
//! value, as LAPACK's are.

mod deflate;
mod divide;
mod merge;
mod steps;

use faer::{MatMut, Par};

use super::bidiagonal_svd::Real;
use super::scale::{multiply, normalize};
use crate::isa::perform;
use steps::Decompose;

/// Decomposes the matrix that has `d` on its diagonal and `e`, none of them negative, on both sides
/// of it: `d` becomes the values, in no order, and `u` the vector of each; `e` is overwritten.
/// `room` is as large as `u`, twice. Says whether the values converged. The result does not depend
/// on `par`.
pub(super) fn decompose<R: Real>(
    d: &mut [f64],
    e: &mut [f64],
    u: MatMut<'_, R>,
    room: [MatMut<'_, R>; 2],
    par: Par,
) -> bool {
    let back = normalize(d, e);
    let done = divide::divide(d, e, merge::Part { u, room }, par);
    multiply(d, back);
    done
}

/// The values alone of a matrix so small that steps are the fastest, as [`decompose`] has them.
pub(super) fn values(d: &mut [f64], e: &mut [f64]) -> bool {
    let back = normalize(d, e);
    let done = perform(Decompose { d: &mut *d, e, u: None });
    multiply(d, back);
    done
}

#[cfg(test)]
mod tests;
