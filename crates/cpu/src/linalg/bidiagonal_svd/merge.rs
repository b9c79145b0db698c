//! Joins the decompositions of two halves by the row between them.

use faer::{MatMut, Par};

use super::deflate::{Columns, deflate};
use super::real::Real;
use crate::linalg::halves::{Entry, Join, Support, range, rotate};
use crate::linalg::secular::Squared;
use crate::linalg::turn::Turn;

/// A part of a bidiagonal matrix, its decomposition, and room for two matrices as large.
pub(super) struct Part<'a, R> {
    pub(super) values: &'a mut [f64],
    /// As many rows as values.
    pub(super) u: MatMut<'a, R>,
    /// One more where the part has a column more than rows; then the last vector has no value.
    pub(super) v: MatMut<'a, R>,
    pub(super) room: [MatMut<'a, R>; 2],
}

/// Joins what is above row `top` and what is below it, both decomposed in their places: `before`
/// and `after` are the elements of that row.
pub(super) fn merge<R: Real>(part: Part<'_, R>, top: usize, before: f64, after: f64, par: Par) {
    let Part { values, u, v, room: [mut gathered, mut vectors] } = part;
    let (n, m) = (u.nrows(), v.nrows());
    let mut columns = Columns { u, v, top };
    values[top] = 0.0;
    let largest = values.iter().fold(before.abs().max(after.abs()), |most, value| most.max(*value));
    let (down, up) = range(largest);
    let (first, entries) = row(&mut columns, values, down, [before, after]);
    let tolerance = if largest == 0.0 { 1.0 } else { 8.0 * R::EPSILON * largest * down };
    let join = Join::<Squared>::solve(deflate(first, entries, tolerance, &mut columns), par);
    let Columns { mut u, v, .. } = columns;
    join.values(values, up);

    let (k, halves) = (join.solved(), [top + 1, top + 1]);
    let mut vectors = vectors.as_mut().submatrix_mut(0, 0, k, k);
    join.write(vectors.as_mut(), None);
    let mut right = gathered.as_mut().submatrix_mut(0, 0, m, n);
    join.gather(right.as_mut(), v.as_ref(), halves);
    join.multiply(right.as_ref(), vectors.as_ref(), v.subcols_mut(0, n), halves);

    // Where the element of the pole 0 stands, whose left vector is the row between the halves.
    let (zero, halves) = (join.first(), [top, top + 1]);
    join.write(vectors.as_mut(), Some(zero));
    let mut left = gathered.submatrix_mut(0, 0, n, n);
    join.gather(left.as_mut(), u.as_ref(), halves);
    left.as_mut().col_mut(zero).fill(R::narrow(0.0));
    join.multiply(left.as_ref(), vectors.as_ref(), u.as_mut(), halves);
    let mut middle = u.row_mut(top);
    for j in 0..n {
        middle[j] = if j < k { vectors[(zero, j)] } else { R::narrow(0.0) };
    }
}

/// The dense row, its first element first, and all values, times `factor`: the vectors without values are turned until only one
/// of them has a part in it.
fn row<R: Real>(
    columns: &mut Columns<'_, R>,
    values: &[f64],
    factor: f64,
    row: [f64; 2],
) -> (Entry, Vec<Entry>) {
    let [before, after] = row.map(|element| element * factor);
    let top = columns.top;
    let (n, m) = (columns.u.nrows(), columns.v.nrows());
    let entries = (0..n).filter(|&column| column != top).map(|column| {
        let (z, support) = if column < top {
            (before * columns.v[(top, column)].wide(), Support::Top)
        } else {
            (after * columns.v[(top + 1, column)].wide(), Support::Bottom)
        };
        Entry { value: values[column] * factor, z, column, support }
    });
    let entries = entries.collect();
    let mut first = Entry {
        value: 0.0,
        z: before * columns.v[(top, top)].wide(),
        column: top,
        support: Support::Top,
    };
    if m > n {
        let turn = Turn::of(first.z, after * columns.v[(top + 1, n)].wide());
        let v = &mut columns.v;
        v.as_mut().col_mut(top).subrows_mut(top + 1, m - top - 1).fill(R::narrow(0.0));
        v.as_mut().col_mut(n).subrows_mut(0, top + 1).fill(R::narrow(0.0));
        rotate(v.as_mut(), top, n, turn);
        (first.z, first.support) = (turn.length, Support::Both);
    }
    (first, entries)
}
