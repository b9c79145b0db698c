//! Which values and vectors of two halves stay as they are when the halves are joined.
//!
//! Gu and Eisenstat's two cases: an element of the dense row that is negligible, and values so
//! close that a rotation makes one of their elements 0.

use faer::MatMut;

use super::real::Real;
use crate::linalg::halves::{Deflated, Entry, Support, complete, rotate};
use crate::linalg::turn::Turn;

/// The columns of left and right vectors, which are cut into halves by `left` and `right` rows.
pub(super) struct Columns<'a, R> {
    pub(super) u: MatMut<'a, R>,
    pub(super) v: MatMut<'a, R>,
    /// Rows of the upper half of `u`; `v` has one more, and `u` one between its halves.
    pub(super) top: usize,
}

impl<R: Real> Columns<'_, R> {
    /// Writes the zeros of vectors that are about to lose them.
    pub(super) fn complete(&mut self, entry: &Entry) {
        let (upper, lower) = (self.top, self.top + 1);
        complete(self.u.as_mut(), entry, [upper, lower]);
        complete(self.v.as_mut(), entry, [lower, lower]);
    }

    fn rotate(&mut self, first: usize, second: usize, turn: Turn) {
        rotate(self.u.as_mut(), first, second, turn);
        rotate(self.v.as_mut(), first, second, turn);
    }
}

/// Sorts out `entries`, of which the value of the first is 0. `tolerance` is an error of values
/// that is negligible.
pub(super) fn deflate<R: Real>(
    mut first: Entry,
    mut entries: Vec<Entry>,
    tolerance: f64,
    columns: &mut Columns<'_, R>,
) -> Deflated {
    entries.sort_unstable_by(|a, b| a.value.total_cmp(&b.value).then(a.column.cmp(&b.column)));
    if first.z.abs() <= tolerance {
        first.z = tolerance;
    }
    let mut kept = Vec::with_capacity(entries.len() + 1);
    let mut found = Vec::with_capacity(entries.len());
    kept.push(first);
    let mut last: Option<Entry> = None;
    for mut entry in entries {
        if entry.z.abs() <= tolerance {
            found.push(entry);
            continue;
        }
        let Some(mut before) = last.replace(entry) else { continue };
        if entry.value - before.value > tolerance {
            kept.push(before);
            continue;
        }
        if entry.support != before.support {
            for one in [&mut entry, &mut before] {
                columns.complete(one);
                one.support = Support::Both;
            }
        }
        let turn = Turn::of(entry.z, before.z);
        columns.rotate(entry.column, before.column, turn);
        (entry.z, before.z) = (turn.length, 0.0);
        found.push(before);
        last = Some(entry);
    }
    kept.extend(last);
    // Poles are apart, that of the first row at 0 from the others too.
    if let Some(second) = kept.get_mut(1) {
        second.value = second.value.max(0.5 * tolerance);
    }
    Deflated { kept, found }
}
