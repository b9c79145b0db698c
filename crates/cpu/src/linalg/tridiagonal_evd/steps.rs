//! Values and vectors of a small tridiagonal matrix by implicit `QL` steps of rotations.
//!
//! A. Dubrulle, R. S. Martin and J. H. Wilkinson, "The implicit QL algorithm", Numerische
//! Mathematik 12, 1968.

use crate::isa::{Isa, Work};
use crate::linalg::turn::{Turn, Vectors};

/// Rows of the largest matrix that is not divided. Measured.
pub(super) const SMALL: usize = 24;

/// Steps for one value before it is given up; about two are usual.
const PATIENCE: usize = 100;

/// What is negligible beside 1, and whose square is a number of full precision.
const NOTHING: f64 = 1e-140;

/// Decomposes the matrix of `d` and `e`, which are at most about 1: `d` becomes the values, in no
/// order. Says whether it converged.
pub(super) struct Decompose<'a> {
    pub(super) d: &'a mut [f64],
    pub(super) e: &'a mut [f64],
    /// The vectors, if they are wanted.
    pub(super) u: Option<&'a mut [f64]>,
}

impl Work for Decompose<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<I: Isa>(self) -> bool {
        let Self { d, e, u } = self;
        let n = d.len();
        let mut u = match u {
            Some(numbers) => Vectors { length: n, numbers },
            None => Vectors { length: 0, numbers: &mut [] },
        };
        u.identity();
        // Beside the largest element, as all errors are: smaller ones might never become so small
        // beside their neighbours.
        let largest = d.iter().chain(&*e).fold(0.0_f64, |most, value| most.max(value.abs()));
        let negligible = (f64::EPSILON * largest).max(NOTHING);
        for first in 0..n {
            let mut steps = 0;
            loop {
                let last = (first..n - 1).find(|&i| e[i].abs() <= negligible).unwrap_or(n - 1);
                if last == first {
                    break;
                }
                if steps == PATIENCE {
                    return false;
                }
                steps += 1;
                step::<I>(d, e, &mut u, [first, last]);
            }
        }
        true
    }
}

/// One step on rows `first` to `last`, which nothing joins to the next.
#[inline(always)]
fn step<I: Isa>(d: &mut [f64], e: &mut [f64], u: &mut Vectors<'_>, [first, last]: [usize; 2]) {
    // Wilkinson's shift: the value of the first two rows that is nearer to the first element.
    let half = (d[first + 1] - d[first]) / (2.0 * e[first]);
    let shift = d[first] - e[first] / (half + (half * half + 1.0).sqrt().copysign(half));
    let mut turn = Turn { cos: 1.0, sin: 1.0, length: d[last] - shift };
    let (mut lead, mut change) = (turn.length, 0.0);
    for i in (first..last).rev() {
        let (bulge, beside) = (turn.sin * e[i], turn.cos * e[i]);
        turn = Turn::of(lead, bulge);
        if i + 1 < last {
            e[i + 1] = turn.length;
        }
        let here = d[i + 1] - change;
        let mixed = (d[i] - here) * turn.sin + 2.0 * turn.cos * beside;
        change = turn.sin * mixed;
        d[i + 1] = here + change;
        lead = turn.cos * mixed - beside;
        u.rotate::<I>(i + 1, i, turn);
    }
    d[first] -= change;
    e[first] = lead;
}
