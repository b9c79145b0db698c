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
use super::scale::exponent;
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
    in_range(d, e, |d, e| divide::divide(d, e, merge::Part { u, room }, par))
}

/// The values alone of a matrix so small that steps are the fastest, as [`decompose`] has them.
pub(super) fn values(d: &mut [f64], e: &mut [f64]) -> bool {
    in_range(d, e, |d, e| perform(Decompose { d, e, u: None }))
}

/// Does `work` on numbers that are at most about 1: nothing overflows, and what is negligible is
/// so beside 1.
fn in_range(
    d: &mut [f64],
    e: &mut [f64],
    work: impl FnOnce(&mut [f64], &mut [f64]) -> bool,
) -> bool {
    let largest = d.iter().chain(&*e).fold(0.0_f64, |most, value| most.max(value.abs()));
    let exponent = exponent(largest);
    let [(first, second), (first_back, second_back)] = [-exponent, exponent].map(|exponent| {
        let half = exponent / 2;
        (2.0_f64.powi(half), 2.0_f64.powi(exponent - half))
    });
    for value in d.iter_mut().chain(&mut *e) {
        *value = *value * first * second;
    }
    let done = work(d, e);
    for value in d {
        *value = *value * first_back * second_back;
    }
    done
}

#[cfg(test)]
mod tests;
