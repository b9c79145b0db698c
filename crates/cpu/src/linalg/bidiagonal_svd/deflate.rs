//! Which values and vectors of two halves stay as they are when the halves are joined.
//!
//! Gu and Eisenstat's two cases: an element of the dense row that is negligible, and values so
//! close that a rotation makes one of their elements 0.

use faer::MatMut;

use super::real::Real;
use super::rotations::Turn;

/// Where the elements of a vector that are not 0 stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Support {
    Top,
    Both,
    Bottom,
}

/// A value of one of the halves.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) value: f64,
    /// The element of the dense row below which it stands.
    pub(super) z: f64,
    /// The column of its vectors.
    pub(super) column: usize,
    pub(super) support: Support,
}

/// What of a join is left to be solved, in ascending order, and what is not.
pub(super) struct Deflated {
    pub(super) kept: Vec<Entry>,
    pub(super) found: Vec<Entry>,
}

/// The columns of left and right vectors, which are cut into halves by `left` and `right` rows.
pub(super) struct Columns<'a, R> {
    pub(super) u: MatMut<'a, R>,
    pub(super) v: MatMut<'a, R>,
    /// Rows of the upper half of `u`; `v` has one more, and `u` one between its halves.
    pub(super) top: usize,
}

impl<R: Real> Columns<'_, R> {
    /// Writes the zeros of vectors that are about to lose them.
    pub(super) fn complete(&mut self, column: usize, support: Support) {
        let top = self.top;
        let halves = |matrix: MatMut<'_, R>, upper: usize, lower: usize| {
            let column = matrix.col_mut(column);
            let rows = column.nrows();
            match support {
                Support::Top => column.subrows_mut(upper, rows - upper).fill(R::narrow(0.0)),
                Support::Bottom => column.subrows_mut(0, lower).fill(R::narrow(0.0)),
                Support::Both => {}
            }
        };
        halves(self.u.as_mut(), top, top + 1);
        halves(self.v.as_mut(), top + 1, top + 1);
    }

    fn rotate(&mut self, first: usize, second: usize, turn: Turn) {
        rotate(self.u.as_mut(), first, second, turn);
        rotate(self.v.as_mut(), first, second, turn);
    }
}

/// Turns two columns towards each other.
pub(super) fn rotate<R: Real>(mut matrix: MatMut<'_, R>, first: usize, second: usize, turn: Turn) {
    let (cos, sin) = (R::narrow(turn.cos), R::narrow(turn.sin));
    for row in 0..matrix.nrows() {
        let (x, y) = (matrix[(row, first)], matrix[(row, second)]);
        matrix[(row, first)] = cos * x + sin * y;
        matrix[(row, second)] = cos * y - sin * x;
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
                columns.complete(one.column, one.support);
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
