//! Joins the decompositions of two halves by the row between them.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::deflate::{Columns, Deflated, Entry, Support, deflate, rotate};
use super::real::Real;
use super::rotations::Turn;
use super::secular::{Correct, Find, PART, Root, Write};
use crate::isa::perform;
use crate::linalg::cut;

/// Columns of a product that are computed together, and roots that are: sizes, and not the number
/// of threads, say what is cut.
const BLOCK: usize = 256;
const ROOTS: usize = 32;

/// Values below which threads would rather wait.
const MANY: usize = 192;

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
    let par = if n < MANY { Par::Seq } else { par };
    let mut columns = Columns { u, v, top };
    values[top] = 0.0;
    let largest = values.iter().fold(before.abs().max(after.abs()), |most, value| most.max(*value));
    // Squares stay in range. Where all is 0, so are the values, whatever is solved.
    let (down, up) = match largest {
        0.0 => (1.0, 0.0),
        _ => (power(-exponent(largest)), power(exponent(largest))),
    };
    let (first, entries) = row(&mut columns, values, down, [before, after]);
    let tolerance = if largest == 0.0 { 1.0 } else { 8.0 * R::EPSILON * largest * down };
    let Deflated { kept, found } = deflate(first, entries, tolerance, &mut columns);
    let k = kept.len();
    let Columns { u, v, .. } = columns;

    let poles: Vec<f64> = kept.iter().map(|entry| entry.value).collect();
    let mut z: Vec<f64> = kept.iter().map(|entry| entry.z).collect();
    let roots = solve(&poles, &z, par);
    correct(&poles, &roots, &mut z, par);
    for (value, root) in values.iter_mut().zip(&roots) {
        *value = root.value(&poles) * up;
    }
    for (value, entry) in values[k..].iter_mut().zip(&found) {
        *value = entry.value * up;
    }

    let groups = Groups::of(&kept);
    let order = |numbers: &[f64]| groups.order.iter().map(|&i| numbers[i]).collect::<Vec<_>>();
    let grouped = Grouped {
        poles: &poles,
        roots: &roots,
        ordered_poles: &order(&poles),
        ordered_row: &order(&z),
        zero: groups.order.iter().position(|&i| i == 0).expect("it is one of them"),
    };
    let mut vectors = vectors.as_mut().submatrix_mut(0, 0, k, k);
    let columns = || groups.order.iter().map(|&i| &kept[i]).chain(&found);

    grouped.write(vectors.as_mut(), false, par);
    let mut right = gathered.as_mut().submatrix_mut(0, 0, m, n);
    for (to, entry) in columns().enumerate() {
        gather(right.as_mut(), to, v.as_ref(), entry, [top + 1, top + 1]);
    }
    groups.multiply(right.as_ref(), vectors.as_ref(), v.subcols_mut(0, n), [top + 1, top + 1], par);

    grouped.write(vectors.as_mut(), true, par);
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
        middle[j] = if j < k { vectors[(grouped.zero, j)] } else { R::narrow(0.0) };
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

/// The exponent of a positive number, so far as powers of it and their inverses are numbers.
fn exponent(value: f64) -> i32 {
    (((value.to_bits() >> 52) & 0x7FF) as i32 - 1023).clamp(-1000, 1000)
}

fn power(exponent: i32) -> f64 {
    2.0_f64.powi(exponent)
}

fn solve(poles: &[f64], z: &[f64], par: Par) -> Vec<Root> {
    let squares: Vec<f64> = z.iter().map(|z| z * z).collect();
    let mut roots = vec![Root::default(); poles.len()];
    cut::pieces(par, &mut roots, ROOTS, |index, roots| {
        let mut room = vec![0.0; poles.len()];
        perform(Find { d: poles, squares: &squares, first: index * ROOTS, roots, room: &mut room });
    });
    roots
}

fn correct(poles: &[f64], roots: &[Root], z: &mut [f64], par: Par) {
    cut::pieces(par, z, PART, |index, row| {
        perform(Correct { d: poles, roots, first: index * PART, row });
    });
}

/// The kept columns in the order in which they are multiplied: those that are 0 below first, those
/// that are 0 above last.
struct Groups {
    order: Vec<usize>,
    /// How many of the first are 0 below, and where the columns that are 0 above begin.
    top: usize,
    bottom: usize,
}

impl Groups {
    fn of(kept: &[Entry]) -> Self {
        let with = |support| (0..kept.len()).filter(move |&i| kept[i].support == support);
        let mut order: Vec<usize> = with(Support::Top).collect();
        let top = order.len();
        order.extend(with(Support::Both));
        let bottom = order.len();
        order.extend(with(Support::Bottom));
        Self { order, top, bottom }
    }

    /// `out = gathered * vectors` above and below, where there are `rows[0]` rows above and the
    /// rows below begin at `rows[1]`. The columns without vectors are copied.
    fn multiply<R: Real>(
        &self,
        gathered: MatRef<'_, R>,
        vectors: MatRef<'_, R>,
        out: MatMut<'_, R>,
        rows: [usize; 2],
        par: Par,
    ) {
        let k = self.order.len();
        let [upper, lower] = rows;
        let height = out.nrows();
        let (out, mut found) = out.split_at_col_mut(k);
        found.copy_from(gathered.subcols(k, found.ncols()));
        let block = |index: usize, out: MatMut<'_, R>| {
            let vectors = vectors.subcols(index * BLOCK, out.ncols());
            let (above, below) = out.split_at_row_mut(lower);
            let product = |mut out: MatMut<'_, R>, a: MatRef<'_, R>, b: MatRef<'_, R>| {
                if a.ncols() == 0 {
                    out.fill(R::narrow(0.0));
                    return;
                }
                matmul(out, Accum::Replace, a, b, R::narrow(1.0), Par::Seq);
            };
            product(
                above.subrows_mut(0, upper),
                gathered.submatrix(0, 0, upper, self.bottom),
                vectors.subrows(0, self.bottom),
            );
            product(
                below,
                gathered.submatrix(lower, self.top, height - lower, k - self.top),
                vectors.subrows(self.top, k - self.top),
            );
        };
        cut::columns(par, out, BLOCK, block);
    }
}

/// Copies the column of `entry`, whose halves end and begin at these rows.
fn gather<R: Real>(
    mut to: MatMut<'_, R>,
    column: usize,
    from: MatRef<'_, R>,
    entry: &Entry,
    [upper, lower]: [usize; 2],
) {
    let rows = from.nrows();
    let mut to = to.as_mut().col_mut(column);
    let from = from.col(entry.column);
    if entry.support == Support::Bottom {
        to.as_mut().subrows_mut(0, lower).fill(R::narrow(0.0));
    } else {
        to.as_mut().subrows_mut(0, upper).copy_from(from.subrows(0, upper));
    }
    if entry.support == Support::Top {
        to.subrows_mut(upper, rows - upper).fill(R::narrow(0.0));
    } else {
        to.subrows_mut(lower, rows - lower).copy_from(from.subrows(lower, rows - lower));
    }
}

/// A join that is solved.
struct Grouped<'a> {
    poles: &'a [f64],
    roots: &'a [Root],
    ordered_poles: &'a [f64],
    ordered_row: &'a [f64],
    /// Where the element of the pole 0 stands.
    zero: usize,
}

impl Grouped<'_> {
    /// Writes the right or the left vectors.
    fn write<R: Real>(&self, vectors: MatMut<'_, R>, left: bool, par: Par) {
        let k = self.roots.len();
        cut::columns(par, vectors, ROOTS, |index, mut vectors| {
            let mut room = vec![0.0; k];
            for j in 0..vectors.ncols() {
                let root = self.roots[index * ROOTS + j];
                let column = vectors.as_mut().col_mut(j);
                let column = column.try_as_col_major_mut().expect("columns are dense");
                perform(Write {
                    root,
                    d: self.ordered_poles,
                    row: self.ordered_row,
                    pole: self.poles[root.pole],
                    first: left.then_some(self.zero),
                    vector: column.as_slice_mut(),
                    room: &mut room,
                });
            }
        });
    }
}
