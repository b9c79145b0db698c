//! The decomposition of a tridiagonal matrix from those of its halves.

use faer::{MatMut, Par};

use super::merge::{Part, merge};
use super::steps::{Decompose, SMALL};
use crate::isa::perform;
use crate::linalg::bidiagonal_svd::Real;
use crate::linalg::halves::{both, narrow};

/// Decomposes the matrix of `d` and `e` into `part`: `d` becomes the values. Says whether that
/// converged. `d` and `e` are at most about 1, and `e` is overwritten.
pub(super) fn divide<R: Real>(
    d: &mut [f64],
    e: &mut [f64],
    mut part: Part<'_, R>,
    par: Par,
) -> bool {
    let n = d.len();
    if n <= SMALL {
        return leaf(d, e, part.u);
    }
    let top = n / 2;
    let beside = e[top - 1];
    // What is left of the matrix is the square of one row, times the element between the halves.
    d[top - 1] -= beside;
    d[top] -= beside;
    {
        let (upper, lower) = halves(&mut part, top);
        let (d_upper, d_lower) = d.split_at_mut(top);
        let (e_upper, e_lower) = e.split_at_mut(top);
        let upper = || divide(d_upper, &mut e_upper[..top - 1], upper, par);
        let lower = || divide(d_lower, e_lower, lower, par);
        if !both(n, par, upper, lower) {
            return false;
        }
    }
    merge(d, part, top, beside, par);
    true
}

/// The parts above and below row `top`.
fn halves<'a, R: Real>(part: &'a mut Part<'_, R>, top: usize) -> (Part<'a, R>, Part<'a, R>) {
    let cut = |matrix: MatMut<'a, R>| {
        let (upper, _, _, lower) = matrix.split_at_mut(top, top);
        (upper, lower)
    };
    let (upper, lower) = cut(part.u.as_mut());
    let [one, other] = part.room.each_mut().map(|room| cut(room.as_mut()));
    (Part { u: upper, room: [one.0, other.0] }, Part { u: lower, room: [one.1, other.1] })
}

fn leaf<R: Real>(d: &mut [f64], e: &mut [f64], u: MatMut<'_, R>) -> bool {
    let n = d.len();
    let mut numbers = [0.0; SMALL * SMALL];
    let done = perform(Decompose { d, e, u: Some(&mut numbers[..n * n]) });
    narrow(u, &numbers);
    done
}
