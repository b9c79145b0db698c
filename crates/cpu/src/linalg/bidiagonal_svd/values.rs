//! The singular values of a bidiagonal matrix alone, each to a few units of its own last place.
//!
//! K. V. Fernando and B. N. Parlett, "Accurate singular values and differential qd algorithms",
//! Numerische Mathematik 67, 1994, and B. N. Parlett and O. A. Marques, "An implementation of the
//! dqds algorithm (positive case)", Linear Algebra and its Applications 309, 2000: the squares of
//! the elements, `q` of the diagonal and `e` beside it, are transformed by shifts that keep all of
//! them positive, until the last `e` vanishes. The last `q` and the sum of the shifts are then the
//! square of a singular value.

use super::bisection::bisect;
use super::shift::{self, Shift};
use super::sweep::{Sweep, safe, sweep};

/// Sweeps for each value before the rest is bisected; three are usual.
const PATIENCE: usize = 60;

/// A part of the matrix that nothing couples to the rest.
struct Block {
    first: usize,
    end: usize,
    /// Which of the two pairs of arrays holds it.
    side: usize,
    /// What has been subtracted from the squares of its values, and what rounding left of that.
    sum: f64,
    rest: f64,
}

impl Block {
    /// Counts a shift.
    fn add(&mut self, shift: f64) {
        let (large, small) = if shift < self.sum { (self.sum, shift) } else { (shift, self.sum) };
        let small = small + self.rest;
        let sum = large + small;
        self.rest = small - (sum - large);
        self.sum = sum;
    }
}

/// The two pairs of arrays that sweeps go back and forth between.
struct Arrays<'a> {
    q: [&'a mut [f64]; 2],
    e: [&'a mut [f64]; 2],
}

/// Numbers that [`singular_values`] works in, for `n` values.
pub(in crate::linalg) const fn workspace(n: usize) -> usize {
    4 * n
}

/// Replaces `diagonal` by the singular values of the upper (or lower) bidiagonal matrix of
/// `diagonal` and `beside`, the largest first. All elements are finite; `beside` is shorter by
/// one, and is overwritten. `epsilon` is the relative error that is negligible, not under
/// that of `f64`.
pub(in crate::linalg) fn singular_values(
    diagonal: &mut [f64],
    beside: &[f64],
    epsilon: f64,
    work: &mut [f64],
) {
    let n = diagonal.len();
    let largest = diagonal.iter().chain(beside).fold(0.0_f64, |most, value| most.max(value.abs()));
    if n == 0 || largest == 0.0 {
        return;
    }
    // Squares as large as sums of a few of them allow: so the least are kept best.
    let exponent = 500 - exponent(largest);
    let scaled = |value: f64| scale(value, exponent);
    let (q0, work) = work.split_at_mut(n);
    let (q1, work) = work.split_at_mut(n);
    let (e0, e1) = work.split_at_mut(n);
    let e1 = &mut e1[..n];
    for (q, value) in q0.iter_mut().zip(&*diagonal) {
        *q = scaled(*value).powi(2);
    }
    for (e, value) in e0.iter_mut().zip(beside) {
        *e = scaled(*value).powi(2);
    }
    let mut arrays = Arrays { q: [q0, q1], e: [e0, e1] };
    let tolerance = (64.0 * epsilon).powi(2);
    // Blocks are shorter with each split, so as many as the matrix has rows are enough; the rest
    // of a split is put off.
    let mut blocks = vec![Block { first: 0, end: n, side: 0, sum: 0.0, rest: 0.0 }];
    while let Some(block) = blocks.pop() {
        solve(block, &mut arrays, diagonal, tolerance, &mut blocks);
    }
    for value in diagonal.iter_mut() {
        *value = scale(value.max(0.0).sqrt(), -exponent);
    }
    diagonal.sort_unstable_by(|a, b| b.total_cmp(a));
}

/// The exponent of a positive number.
fn exponent(value: f64) -> i32 {
    if value < f64::MIN_POSITIVE {
        return exponent(value * 2.0_f64.powi(64)) - 64;
    }
    ((value.to_bits() >> 52) & 0x7FF) as i32 - 1023
}

/// `value` times a power of two, which may be out of the range of powers.
fn scale(value: f64, exponent: i32) -> f64 {
    let half = exponent / 2;
    value * 2.0_f64.powi(half) * 2.0_f64.powi(exponent - half)
}

/// Writes the squares of the values of one block, in no order, or puts the parts that it falls
/// into upon `blocks`.
fn solve(
    mut block: Block,
    arrays: &mut Arrays<'_>,
    values: &mut [f64],
    tolerance: f64,
    blocks: &mut Vec<Block>,
) {
    let mut last = None;
    let mut deflated = 0;
    let mut left = PATIENCE * (block.end - block.first);
    let mut strategy = Shift::default();
    loop {
        let [q0, q1] = arrays.q.each_mut().map(|q| &mut **q);
        let [e0, e1] = arrays.e.each_mut().map(|e| &mut **e);
        let (q, e, before) = if block.side == 0 { (q0, e0, e1) } else { (q1, e1, e0) };
        while let Some(count) =
            deflate(&block, q, e, last.as_ref().map(|_| &*before), values, tolerance)
        {
            block.end -= count;
            deflated += count;
            if block.end == block.first {
                return;
            }
        }
        let (first, end) = (block.first, block.end);
        if left == 0 {
            bisect(&q[first..end], &e[first..end - 1], block.sum, &mut values[first..end]);
            return;
        }
        left -= 1;
        if split(&block, q, e, before, tolerance, last.as_ref(), blocks) {
            return;
        }
        // The least value is found first at the end that is smaller.
        let turn = last.as_ref().is_none_or(|last: &Sweep| last.least <= 0.0) || deflated > 0;
        if turn && 1.5 * q[first] < q[end - 1] {
            q[first..end].reverse();
            e[first..end - 1].reverse();
            last = None;
        }
        let (q, e) = (&q[first..end], &e[first..end - 1]);
        let shift = match &last {
            Some(last) => strategy.next(q, e, last, deflated),
            None => shift::first(q, e),
        };
        last = Some(step(&mut block, arrays, shift, tolerance));
        deflated = 0;
    }
}

/// Transforms a block by a shift that is about `shift` but keeps it positive.
fn step(block: &mut Block, arrays: &mut Arrays<'_>, mut shift: f64, tolerance: f64) -> Sweep {
    let (first, end) = (block.first, block.end);
    let [q0, q1] = arrays.q.each_mut().map(|q| &mut q[first..end]);
    let [e0, e1] = arrays.e.each_mut().map(|e| &mut e[first..end - 1]);
    let (q, e, to_q, to_e) = match block.side {
        0 => (&*q0, &*e0, q1, e1),
        _ => (&*q1, &*e1, q0, e0),
    };
    let n = q.len();
    let mut failures = 0;
    let seen = loop {
        // A shift that the sum would not feel; what is below it is rounding then.
        let floor = f64::EPSILON * (block.sum + shift);
        if shift < 0.5 * floor {
            shift = 0.0;
        }
        let mut seen = sweep(q, e, to_q, to_e, shift, floor);
        if seen.least >= 0.0 && seen.last.is_finite() {
            break seen;
        }
        if shift == 0.0 || failures > 3 {
            // Some quotient left the range: slower, with quotients of at most 1.
            shift = 0.0;
            break safe(q, e, to_q, to_e);
        }
        failures += 1;
        if seen.least < 0.0
            && seen.least_but_one > 0.0
            && to_e[n - 2] < tolerance.sqrt() * (block.sum + seen.last_but_one)
            && seen.last.abs() < tolerance.sqrt() * block.sum
        {
            // It has converged, but for a rounding.
            to_q[n - 1] = 0.0;
            seen.least = 0.0;
            seen.last = 0.0;
            break seen;
        }
        shift = if failures > 2 || !seen.last.is_finite() {
            0.0
        } else if seen.least_but_one > 0.0 {
            // Only the last is negative: this is just above the least value.
            ((shift + seen.least) * (1.0 - 2.0 * f64::EPSILON)).max(0.0)
        } else {
            0.25 * shift
        };
    };
    block.side = 1 - block.side;
    block.add(shift);
    seen
}

/// Writes the value or the two values at the end of a block if they are found, and says how many.
fn deflate(
    block: &Block,
    q: &[f64],
    e: &[f64],
    before: Option<&[f64]>,
    values: &mut [f64],
    tolerance: f64,
) -> Option<usize> {
    let Block { first, end, sum, .. } = *block;
    let last = end - 1;
    let negligible = |i: usize| before.is_some_and(|before| before[i] <= tolerance * q[i]);
    if last == first || e[last - 1] <= tolerance * (sum + q[last]) || negligible(last - 1) {
        values[last] = q[last] + sum;
        return Some(1);
    }
    if last - 1 == first || e[last - 2] <= tolerance * sum || negligible(last - 2) {
        let (large, small) = pair(q[last - 1], e[last - 1], q[last], tolerance);
        values[last - 1] = large + sum;
        values[last] = small + sum;
        return Some(2);
    }
    None
}

/// The squares of the values of two rows.
fn pair(mut large: f64, e: f64, mut small: f64, tolerance: f64) -> (f64, f64) {
    if small > large {
        std::mem::swap(&mut large, &mut small);
    }
    let half = 0.5 * ((large - small) + e);
    if e > small * tolerance && half != 0.0 {
        let s = small * (e / half);
        let s = if s <= half {
            small * (e / (half * (1.0 + (1.0 + s / half).sqrt())))
        } else {
            small * (e / (half + half.sqrt() * (half + s).sqrt()))
        };
        let sum = large + (s + e);
        small *= large / sum;
        large = sum;
    }
    (large, small)
}

/// Cuts a block where something beside the diagonal is negligible, and says whether it did.
fn split(
    block: &Block,
    q: &[f64],
    e: &[f64],
    before: &[f64],
    tolerance: f64,
    last: Option<&Sweep>,
    blocks: &mut Vec<Block>,
) -> bool {
    let Block { first, end, side, sum, rest } = *block;
    // The largest `q` is at most the first after some sweeps; a cheap test that often says no.
    if last.is_some_and(|last| last.least_e > tolerance * last.most_q.max(sum)) {
        return false;
    }
    let bound = tolerance * sum;
    let swept = last.is_some();
    let mut start = first;
    for place in first..end - 1 {
        if e[place] <= bound || (swept && before[place] <= tolerance * q[place]) {
            blocks.push(Block { first: start, end: place + 1, side, sum, rest });
            start = place + 1;
        }
    }
    if start == first {
        return false;
    }
    blocks.push(Block { first: start, end, side, sum, rest });
    true
}
