//! The decomposition of a bidiagonal matrix from those of its halves.

use faer::{MatMut, Par};

use super::merge::{Part, merge};
use super::real::Real;
use super::rotations::{Decompose, SMALL};
use crate::isa::perform;
use crate::linalg::halves::{both, narrow};

/// Rows of the smallest matrices, which are decomposed in less memory.
const TINY: usize = 8;

/// Decomposes the upper bidiagonal matrix of `d` and `e` into `part`, and says whether that
/// converged. `d` and `e` are at most about 1, and overwritten; `e` has an element more where the
/// matrix has a column more.
pub(super) fn divide<R: Real>(
    d: &mut [f64],
    e: &mut [f64],
    mut part: Part<'_, R>,
    par: Par,
) -> bool {
    let n = d.len();
    if n <= SMALL {
        return leaf(d, e, part);
    }
    let top = n / 2;
    let (before, after) = (d[top], e[top]);
    {
        let (upper, lower) = halves(&mut part, top);
        let (d_upper, d_lower) = d.split_at_mut(top);
        let (e_upper, e_lower) = e.split_at_mut(top);
        let upper = || divide(d_upper, e_upper, upper, par);
        let lower = || divide(&mut d_lower[1..], &mut e_lower[1..], lower, par);
        if !both(n, par, upper, lower) {
            return false;
        }
    }
    merge(part, top, before, after, par);
    true
}

/// The parts above and below row `top`; the former has a column more than rows.
fn halves<'a, R: Real>(part: &'a mut Part<'_, R>, top: usize) -> (Part<'a, R>, Part<'a, R>) {
    let cut = |matrix: MatMut<'a, R>, rows: usize, skipped: usize| {
        let (upper, _, _, lower) = matrix.split_at_mut(rows, rows);
        let (height, width) = (lower.nrows() - skipped, lower.ncols() - skipped);
        (upper, lower.submatrix_mut(skipped, skipped, height, width))
    };
    let (upper_values, lower_values) = part.values.split_at_mut(top);
    let (upper_u, lower_u) = cut(part.u.as_mut(), top, 1);
    let (upper_v, lower_v) = cut(part.v.as_mut(), top + 1, 0);
    let [one, other] = part.room.each_mut().map(|room| cut(room.as_mut(), top + 1, 0));
    (
        Part { values: upper_values, u: upper_u, v: upper_v, room: [one.0, other.0] },
        Part { values: &mut lower_values[1..], u: lower_u, v: lower_v, room: [one.1, other.1] },
    )
}

fn leaf<R: Real>(d: &mut [f64], e: &mut [f64], part: Part<'_, R>) -> bool {
    // Small batches of tiny matrices would feel a large memory cleared.
    if d.len() <= TINY {
        small(d, e, part, &mut [0.0; room(TINY)])
    } else {
        small(d, e, part, &mut [0.0; room(SMALL)])
    }
}

/// The numbers of both vectors.
const fn room(n: usize) -> usize {
    n * n + (n + 1) * (n + 1)
}

fn small<R: Real>(d: &mut [f64], e: &mut [f64], part: Part<'_, R>, numbers: &mut [f64]) -> bool {
    let (n, m) = (d.len(), part.v.nrows());
    let (u, numbers) = numbers.split_at_mut(n * n);
    let v = &mut numbers[..m * m];
    let done = perform(Decompose { d: &mut *d, e, u: &mut *u, v: &mut *v });
    part.values.copy_from_slice(d);
    narrow(part.u, u);
    narrow(part.v, v);
    done
}
