//! Joins the decompositions of two halves by the row between them.

use faer::{MatMut, Par};

use super::deflate::{Columns, deflate};
use super::real::Real;
use crate::linalg::halves::{
    Deflated, Entry, Groups, Join, Support, correct, gather, range, rotate, solve, workers,
};
use crate::linalg::secular::{Root, Squared};
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
    let par = workers(n, par);
    let mut columns = Columns { u, v, top };
    values[top] = 0.0;
    let largest = values.iter().fold(before.abs().max(after.abs()), |most, value| most.max(*value));
    let (down, up) = range(largest);
    let (first, entries) = row(&mut columns, values, down, [before, after]);
    let tolerance = if largest == 0.0 { 1.0 } else { 8.0 * R::EPSILON * largest * down };
    let Deflated { kept, found } = deflate(first, entries, tolerance, &mut columns);
    let k = kept.len();
    let Columns { u, v, .. } = columns;

    let poles: Vec<_> = kept.iter().map(|entry| Squared(entry.value)).collect();
    let mut z: Vec<f64> = kept.iter().map(|entry| entry.z).collect();
    let roots = solve(&poles, &z, par);
    correct(&poles, &roots, &mut z, par);
    for (value, root) in values.iter_mut().zip(&roots) {
        *value = size(&poles, *root) * up;
    }
    for (value, entry) in values[k..].iter_mut().zip(&found) {
        *value = entry.value * up;
    }

    let groups = Groups::of(&kept);
    let join = Join::of(&groups, &poles, &z, &roots);
    // Where the element of the pole 0 stands.
    let zero = groups.order.iter().position(|&i| i == 0).expect("it is one of them");
    let mut vectors = vectors.as_mut().submatrix_mut(0, 0, k, k);
    let columns = || groups.order.iter().map(|&i| &kept[i]).chain(&found);

    join.write(vectors.as_mut(), None, par);
    let mut right = gathered.as_mut().submatrix_mut(0, 0, m, n);
    for (to, entry) in columns().enumerate() {
        gather(right.as_mut(), to, v.as_ref(), entry, [top + 1, top + 1]);
    }
    groups.multiply(right.as_ref(), vectors.as_ref(), v.subcols_mut(0, n), [top + 1, top + 1], par);

    join.write(vectors.as_mut(), Some(zero), par);
    let mut left = gathered.submatrix_mut(0, 0, n, n);
    for (to, entry) in columns().enumerate() {
        gather(left.as_mut(), to, u.as_ref(), entry, [top, top + 1]);
        if entry.column == top {
            left.as_mut().col_mut(to).fill(R::narrow(0.0));
        }
    }
    let mut u = u;
    groups.multiply(left.as_ref(), vectors.as_ref(), u.as_mut(), [top, top + 1], par);
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

/// The value whose square the root is.
fn size(poles: &[Squared], root: Root) -> f64 {
    let Squared(pole) = poles[root.pole];
    pole + root.offset / (pole + (pole * pole + root.offset).max(0.0).sqrt())
}
