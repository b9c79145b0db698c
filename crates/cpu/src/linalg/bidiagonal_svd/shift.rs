//! Shifts just below the least value of a block, from what the last sweep saw of it.
//!
//! The cases are those of Parlett and Marques: how the least value is bounded depends on whether
//! one of the last three differences was the least, and on how many values were just found. Where
//! a sum that bounds a norm does not stay small, a fraction of the least difference has to do.

use super::sweep::Sweep;

/// What a sum of quotients may be for the bound to be worth more than a fraction.
const SMALL: f64 = 0.563;
/// Allowances for what sums leave out.
const MORE: f64 = 1.05;
const SLIGHTLY: f64 = 1.01;

/// What is remembered from shift to shift.
#[derive(Default)]
pub(super) struct Shift {
    /// The fraction taken last, if the last shift was a fraction for want of anything better.
    share: Option<f64>,
}

/// The shift of a block that nothing is known of: Gershgorin's bound, roughly.
pub(super) fn first(q: &[f64], e: &[f64]) -> f64 {
    let least = q.iter().fold(f64::INFINITY, |a, &b| if b < a { b } else { a });
    let most = e.iter().fold(0.0_f64, |a, &b| if b > a { b } else { a });
    (least - 2.0 * least.sqrt() * most.sqrt()).max(0.0)
}

impl Shift {
    /// The shift of the block of `q` and `e`, which `last` led to and which has since lost
    /// `deflated` values.
    pub(super) fn next(&mut self, q: &[f64], e: &[f64], last: &Sweep, deflated: usize) -> f64 {
        let share = self.share.take();
        match deflated {
            0 if last.least <= 0.0 => 0.0,
            0 if last.least == last.last || last.least == last.last_but_one => ended(q, e, last),
            0 if last.least == last.last_but_two => two_before(q, e, last),
            0 => {
                let share = share.map_or(0.25, |share| share + (1.0 - share) / 3.0);
                self.share = Some(share);
                share * last.least
            }
            1 => after_one(q, e, last),
            2 => after_two(q, e, last),
            _ => 0.0,
        }
    }
}

/// The sum of the products of `e[i] / q[i]` from `from` downwards, which bounds the square of the
/// norm of a vector whose element at `from + 1` is 1; `first` has been added already.
fn sum(
    q: &[f64],
    e: &[f64],
    from: Option<usize>,
    mut factor: f64,
    mut sum: f64,
    most: f64,
) -> Option<f64> {
    let Some(from) = from else { return Some(sum) };
    for i in (0..=from).rev() {
        if factor == 0.0 {
            break;
        }
        if e[i] > q[i] {
            return None;
        }
        let before = factor;
        factor *= e[i] / q[i];
        sum += factor;
        if 100.0 * factor.max(before) < sum || sum > most {
            break;
        }
    }
    Some(sum)
}

/// The bound where a norm's square is `1 + sum`.
fn bound(value: f64, sum: f64, otherwise: f64) -> f64 {
    let sum = MORE * sum;
    if sum < SMALL { value * (1.0 - sum.sqrt()) / (1.0 + sum) } else { otherwise }
}

/// The last difference or the one before it was the least.
fn ended(q: &[f64], e: &[f64], last: &Sweep) -> f64 {
    let n = q.len();
    if last.least == last.last && last.least_but_one == last.last_but_one {
        // Two values are about to be found: by the gap between them.
        let beside = q[n - 1].sqrt() * e[n - 2].sqrt();
        let before = q[n - 2].sqrt() * e[n - 3].sqrt();
        let other = q[n - 2] + e[n - 2];
        let gap = 0.75 * last.least_but_two - other;
        let gap = if gap > 0.0 && gap > before {
            other - last.last - (before / gap) * before
        } else {
            other - last.last - (beside + before)
        };
        if gap > 0.0 && gap > beside {
            return (last.last - (beside / gap) * beside).max(0.5 * last.least);
        }
        let mut shift = if last.last > beside { last.last - beside } else { 0.0 };
        if other > beside + before {
            shift = shift.min(other - (beside + before));
        }
        return shift.max(last.least / 3.0);
    }
    let quarter = 0.25 * last.least;
    let (value, sum) = if last.least == last.last {
        (last.last, sum(q, e, Some(n - 2), 1.0, 0.0, SMALL))
    } else {
        let ([.., old_q], [.., old_e]) = (last.old_q, last.old_e);
        if old_e > old_q {
            return quarter;
        }
        (last.last_but_one, sum(q, e, n.checked_sub(3), 1.0, old_e / old_q, SMALL))
    };
    sum.map_or(quarter, |sum| bound(value, sum, quarter))
}

/// The second difference before the last was the least.
fn two_before(q: &[f64], e: &[f64], last: &Sweep) -> f64 {
    let quarter = 0.25 * last.least;
    let ([q1, q2], [e1, e2]) = (last.old_q, last.old_e);
    if e1 > q1 || e2 > q2 {
        return quarter;
    }
    let first = (e1 / q1) * (1.0 + e2 / q2);
    sum(q, e, q.len().checked_sub(4), 1.0, first, SMALL)
        .map_or(quarter, |sum| bound(last.last_but_two, sum, quarter))
}

/// One value was found: the one before it is known as the last was.
fn after_one(q: &[f64], e: &[f64], last: &Sweep) -> f64 {
    if last.least_but_one != last.last_but_one {
        return 0.25 * last.least_but_one;
    }
    if last.least_but_two != last.last_but_two {
        return 0.5 * last.least_but_one;
    }
    let gap = |value: f64| 0.5 * last.least_but_two - value;
    by_gap(q, e, last.least_but_one, gap)
}

/// Two values were found.
fn after_two(q: &[f64], e: &[f64], last: &Sweep) -> f64 {
    let n = q.len();
    if last.least_but_two != last.last_but_two || 2.0 * e[n - 2] >= q[n - 2] {
        return 0.25 * last.least_but_two;
    }
    let gap = |value: f64| q[n - 2] + e[n - 3] - q[n - 3].sqrt() * e[n - 3].sqrt() - value;
    by_gap(q, e, last.least_but_two, gap)
}

/// By the norm of a vector and the gap to the next value.
fn by_gap(q: &[f64], e: &[f64], least: f64, gap: impl Fn(f64) -> f64) -> f64 {
    let third = least / 3.0;
    let Some(sum) = sum(q, e, Some(q.len() - 2), 1.0, 0.0, f64::INFINITY) else { return third };
    let norm = (MORE * sum).sqrt();
    let value = least / (1.0 + norm * norm);
    let gap = gap(value);
    if gap > 0.0 && gap > norm * value {
        third.max(value * (1.0 - SLIGHTLY * value * (norm / gap) * norm))
    } else {
        third.max(value * (1.0 - SLIGHTLY * norm))
    }
}
