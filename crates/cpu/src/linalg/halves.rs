//! Two halves of a matrix, both decomposed, and what joins of them share: which parts of their
//! vectors are 0, and how these are multiplied with the vectors of the join.
//!
//! After J. J. M. Cuppen, "A divide and conquer method for the symmetric tridiagonal
//! eigenproblem", Numerische Mathematik 36, 1981.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::bidiagonal_svd::Real;
use super::cut;
use super::secular::{Correct, Find, PART, Pole, Root, Write};
use super::turn::Turn;
use crate::isa::perform;

/// Columns of a product that are computed together, and roots that are: sizes, and not the number
/// of threads, say what is cut.
const BLOCK: usize = 256;
const ROOTS: usize = 32;

/// Values below which threads would rather wait.
const MANY: usize = 192;

/// Rows from which halves are worked on by different threads.
const LARGE: usize = 256;

/// Decomposes both halves of a matrix of `n` rows, and says whether that converged.
pub(super) fn both(
    n: usize,
    par: Par,
    upper: impl FnOnce() -> bool + Send,
    lower: impl FnOnce() -> bool + Send,
) -> bool {
    let done = match par {
        Par::Rayon(_) if n >= LARGE => rayon::join(upper, lower),
        _ => (upper(), lower()),
    };
    done.0 && done.1
}

/// Writes the vectors of a small matrix, one after the other in `numbers`.
pub(super) fn narrow<R: Real>(mut to: MatMut<'_, R>, numbers: &[f64]) {
    let rows = to.nrows();
    for j in 0..rows {
        for i in 0..rows {
            to[(i, j)] = R::narrow(numbers[j * rows + i]);
        }
    }
}

/// What a join whose largest number is this is multiplied with, so that squares stay in range, and
/// its values after it. Where all is 0, so are the values, whatever is solved.
pub(super) fn range(largest: f64) -> (f64, f64) {
    match largest {
        0.0 => (1.0, 0.0),
        _ => (power(-exponent(largest)), power(exponent(largest))),
    }
}

/// The exponent of a positive number, so far as powers of it and their inverses are numbers.
fn exponent(value: f64) -> i32 {
    (((value.to_bits() >> 52) & 0x7FF) as i32 - 1023).clamp(-1000, 1000)
}

fn power(exponent: i32) -> f64 {
    2.0_f64.powi(exponent)
}

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
    /// Its element of the row between the halves.
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

/// Turns two columns towards each other.
pub(super) fn rotate<R: Real>(mut matrix: MatMut<'_, R>, first: usize, second: usize, turn: Turn) {
    let (cos, sin) = (R::narrow(turn.cos), R::narrow(turn.sin));
    for row in 0..matrix.nrows() {
        let (x, y) = (matrix[(row, first)], matrix[(row, second)]);
        matrix[(row, first)] = cos * x + sin * y;
        matrix[(row, second)] = cos * y - sin * x;
    }
}

/// Writes the zeros of a vector that is about to lose them; its halves end and begin at these rows.
pub(super) fn complete<R: Real>(matrix: MatMut<'_, R>, entry: &Entry, [upper, lower]: [usize; 2]) {
    let column = matrix.col_mut(entry.column);
    let rows = column.nrows();
    match entry.support {
        Support::Top => column.subrows_mut(upper, rows - upper).fill(R::narrow(0.0)),
        Support::Bottom => column.subrows_mut(0, lower).fill(R::narrow(0.0)),
        Support::Both => {}
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
///
/// Its columns are multiplied in groups: those that are 0 below first, those that are 0 above last,
/// and after them those that are not multiplied.
pub(super) struct Join<P> {
    deflated: Deflated,
    /// In ascending order, as the roots.
    poles: Vec<P>,
    roots: Vec<Root>,
    /// Of the kept columns, in groups: which it is, its pole and its element of the row.
    order: Vec<usize>,
    ordered_poles: Vec<P>,
    ordered_row: Vec<f64>,
    /// How many of the first are 0 below, and where the columns that are 0 above begin.
    top: usize,
    bottom: usize,
    par: Par,
}

impl<P: Pole> Join<P> {
    pub(super) fn solve(deflated: Deflated, par: Par) -> Self {
        let Deflated { kept, found } = &deflated;
        let par = if kept.len() + found.len() < MANY { Par::Seq } else { par };
        let poles: Vec<_> = kept.iter().map(|entry| P::of(entry.value)).collect();
        let mut row: Vec<_> = kept.iter().map(|entry| entry.z).collect();
        let squares: Vec<_> = row.iter().map(|z| z * z).collect();
        let mut roots = vec![Root::default(); kept.len()];
        cut::pieces(par, &mut roots, ROOTS, |index, roots| {
            let (first, room) = (index * ROOTS, &mut vec![0.0; poles.len()]);
            perform(Find { d: &poles, squares: &squares, first, roots, room });
        });
        // Another row makes these roots exact.
        cut::pieces(par, &mut row, PART, |index, row| {
            perform(Correct { d: &poles, roots: &roots, first: index * PART, row });
        });

        let with = |support| (0..kept.len()).filter(move |&i| kept[i].support == support);
        let mut order: Vec<usize> = with(Support::Top).collect();
        let top = order.len();
        order.extend(with(Support::Both));
        let bottom = order.len();
        order.extend(with(Support::Bottom));
        let ordered_poles = order.iter().map(|&i| poles[i]).collect();
        let ordered_row = order.iter().map(|&i| row[i]).collect();
        Self { deflated, poles, roots, order, ordered_poles, ordered_row, top, bottom, par }
    }

    /// How many values have been solved; the others are those of the halves.
    pub(super) fn solved(&self) -> usize {
        self.roots.len()
    }

    /// Where the first of the kept columns stands.
    pub(super) fn first(&self) -> usize {
        self.order.iter().position(|&i| i == 0).expect("something was kept")
    }

    /// Writes the values, times `factor`.
    pub(super) fn values(&self, to: &mut [f64], factor: f64) {
        let solved = self.roots.iter().map(|root| self.poles[root.pole].value(root.offset));
        let found = self.deflated.found.iter().map(|entry| entry.value);
        for (to, value) in to.iter_mut().zip(solved.chain(found)) {
            *to = value * factor;
        }
    }

    /// Writes the vectors; left singular vectors where `first` says which element belongs to the
    /// row itself.
    pub(super) fn write<R: Real>(&self, vectors: MatMut<'_, R>, first: Option<usize>) {
        let k = self.roots.len();
        cut::columns(self.par, vectors, ROOTS, |index, mut vectors| {
            let mut room = vec![0.0; k];
            for j in 0..vectors.ncols() {
                let root = self.roots[index * ROOTS + j];
                let column = vectors.as_mut().col_mut(j);
                let column = column.try_as_col_major_mut().expect("columns are dense");
                perform(Write {
                    root,
                    d: &self.ordered_poles,
                    row: &self.ordered_row,
                    pole: self.poles[root.pole],
                    first,
                    vector: column.as_slice_mut(),
                    room: &mut room,
                });
            }
        });
    }

    /// Copies the columns of the halves, in groups; the halves end and begin at these rows.
    pub(super) fn gather<R: Real>(
        &self,
        mut to: MatMut<'_, R>,
        from: MatRef<'_, R>,
        rows: [usize; 2],
    ) {
        let Deflated { kept, found } = &self.deflated;
        for (column, entry) in self.order.iter().map(|&i| &kept[i]).chain(found).enumerate() {
            gather(to.as_mut(), column, from, entry, rows);
        }
    }

    /// `out = gathered * vectors` above and below, where there are `rows[0]` rows above and the
    /// rows below begin at `rows[1]`. The columns without vectors are copied.
    pub(super) fn multiply<R: Real>(
        &self,
        gathered: MatRef<'_, R>,
        vectors: MatRef<'_, R>,
        out: MatMut<'_, R>,
        rows: [usize; 2],
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
        cut::columns(self.par, out, BLOCK, block);
    }
}
