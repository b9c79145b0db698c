//! Values and vectors of a small bidiagonal matrix by implicit `QR` steps of rotations.
//!
//! G. H. Golub and W. Kahan, "Calculating the singular values and pseudo-inverse of a matrix",
//! SIAM Journal on Numerical Analysis 2, 1965, with the steps without a shift of J. Demmel and
//! W. Kahan, "Accurate singular values of bidiagonal matrices", SIAM Journal on Scientific and
//! Statistical Computing 11, 1990, wherever a shift would not be felt.

use crate::isa::{Isa, Work};
use crate::linalg::turn::{NONE, Turn, Vectors};

/// Rows of the largest matrix that is not divided: twice as many take as long, and lose more bits.
pub(super) const SMALL: usize = 16;

/// Steps for each value before it is given up; about two are usual.
const PATIENCE: usize = 100;

/// Decomposes the upper bidiagonal matrix of `d` and `e`, whose last `e`, where there are as many
/// as `d`, stands in a column of its own. `d` becomes the values, in no order. All elements are
/// at most about 1. Says whether it converged.
pub(super) struct Decompose<'a> {
    pub(super) d: &'a mut [f64],
    pub(super) e: &'a mut [f64],
    /// The left vectors and the right ones, of which there is one more where a column is.
    pub(super) u: &'a mut [f64],
    pub(super) v: &'a mut [f64],
}

impl Work for Decompose<'_> {
    type Output = bool;

    #[inline(always)]
    fn run<I: Isa>(self) -> bool {
        let Self { d, e, u, v } = self;
        let u = Vectors { length: d.len(), numbers: u };
        let v = Vectors { length: d.len() + usize::from(e.len() == d.len()), numbers: v };
        decompose::<I>(d, e, u, v)
    }
}

#[inline(always)]
fn decompose<I: Isa>(d: &mut [f64], e: &mut [f64], mut u: Vectors<'_>, mut v: Vectors<'_>) -> bool {
    let n = d.len();
    u.identity();
    v.identity();
    if e.len() == n {
        // The last column is turned into those before it.
        let mut extra = e[n - 1];
        for k in (0..n).rev() {
            let turn = Turn::of(d[k], extra);
            d[k] = turn.length;
            v.rotate::<I>(k, n, turn);
            if k > 0 {
                extra = -turn.sin * e[k - 1];
                e[k - 1] *= turn.cos;
            }
        }
    }
    let e = &mut e[..n - 1];
    let norm = d.iter().chain(&*e).fold(0.0_f64, |most, value| most.max(value.abs()));
    let floor = norm * f64::EPSILON / 64.0;
    let mut end = n - 1;
    let mut left = PATIENCE * n;
    loop {
        let negligible = |i: usize| {
            e[i].abs() <= floor || e[i].abs() <= f64::EPSILON * 0.5 * (d[i].abs() + d[i + 1].abs())
        };
        while end > 0 && negligible(end - 1) {
            end -= 1;
        }
        if end == 0 {
            break;
        }
        let first = (0..end).rev().find(|&i| negligible(i)).map_or(0, |i| i + 1);
        if left == 0 {
            return false;
        }
        left -= 1;
        let (block, beside) = (&mut d[first..=end], &mut e[first..end]);
        if block[0].abs() >= block[end - first].abs() {
            step::<I, false>(block, beside, &mut v, &mut u, first);
        } else {
            // From the other end: the matrix turned by half, and transposed.
            block.reverse();
            beside.reverse();
            step::<I, true>(block, beside, &mut u, &mut v, end);
            block.reverse();
            beside.reverse();
        }
    }
    for (i, value) in d.iter_mut().enumerate() {
        if value.is_sign_negative() {
            *value = -*value;
            let length = v.length;
            v.numbers[i * length..][..length].iter_mut().for_each(|x| *x = -*x);
        }
    }
    true
}

/// One step from the first row to the last: rotations of columns, which turn the vectors `right`,
/// and of rows, which turn `left`; those of the first row are number `start`, and the others
/// follow, or come before.
// No closures: they would not be compiled for the tier.
#[inline(always)]
fn step<I: Isa, const BACK: bool>(
    d: &mut [f64],
    e: &mut [f64],
    right: &mut Vectors<'_>,
    left: &mut Vectors<'_>,
    start: usize,
) {
    let (mut at, one) = (start, if BACK { usize::MAX } else { 1 });
    let last = d.len() - 1;
    let shift = smaller(d[last - 1], e[last - 1], d[last]);
    let ratio = shift / d[0];
    // Without a shift, one step finds the value 0 that a 0 on the diagonal means.
    let singular = d.contains(&0.0);
    if singular || !(ratio * ratio >= f64::EPSILON && ratio.is_finite()) {
        let (mut columns, mut rows) = (NONE, NONE);
        for i in 0..last {
            columns = Turn::of(d[i] * columns.cos, e[i]);
            if i > 0 {
                e[i - 1] = rows.sin * columns.length;
            }
            rows = Turn::of(rows.cos * columns.length, d[i + 1] * columns.sin);
            d[i] = rows.length;
            right.rotate::<I>(at, at.wrapping_add(one), columns);
            left.rotate::<I>(at, at.wrapping_add(one), rows);
            at = at.wrapping_add(one);
        }
        let rest = d[last] * columns.cos;
        d[last] = rest * rows.cos;
        e[last - 1] = rest * rows.sin;
        return;
    }
    let mut f = (d[0].abs() - shift) * (1.0_f64.copysign(d[0]) + shift / d[0]);
    let mut g = e[0];
    for i in 0..last {
        let columns = Turn::of(f, g);
        if i > 0 {
            e[i - 1] = columns.length;
        }
        f = columns.cos * d[i] + columns.sin * e[i];
        e[i] = columns.cos * e[i] - columns.sin * d[i];
        g = columns.sin * d[i + 1];
        d[i + 1] *= columns.cos;
        let rows = Turn::of(f, g);
        d[i] = rows.length;
        f = rows.cos * e[i] + rows.sin * d[i + 1];
        d[i + 1] = rows.cos * d[i + 1] - rows.sin * e[i];
        if i + 1 < last {
            g = rows.sin * e[i + 1];
            e[i + 1] *= rows.cos;
        }
        right.rotate::<I>(at, at.wrapping_add(one), columns);
        left.rotate::<I>(at, at.wrapping_add(one), rows);
        at = at.wrapping_add(one);
    }
    e[last - 1] = f;
}

/// The smaller singular value of a triangle of three numbers.
fn smaller(a: f64, b: f64, c: f64) -> f64 {
    let (a, b, c) = (a.abs(), b.abs(), c.abs());
    let (least, most) = (a.min(c), a.max(c));
    if least == 0.0 {
        return 0.0;
    }
    if b < most {
        let sum = 1.0 + least / most;
        let difference = (most - least) / most;
        let square = (b / most) * (b / most);
        return least
            * (2.0 / ((sum * sum + square).sqrt() + (difference * difference + square).sqrt()));
    }
    let ratio = most / b;
    if ratio == 0.0 {
        return least * most / b;
    }
    let sum = (1.0 + least / most) * ratio;
    let difference = ((most - least) / most) * ratio;
    let half = least / ((1.0 + sum * sum).sqrt() + (1.0 + difference * difference).sqrt());
    2.0 * (half * ratio)
}
