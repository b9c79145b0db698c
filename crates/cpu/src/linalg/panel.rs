//! Reductions in panels of columns: what one panel leaves to be done at its end, and how the work
//! is shared out.

use faer::linalg::householder::upgrade_householder_factor;
use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

use super::passes::{Columns, Subtract, dense};
use super::vector::Real;
use crate::pool::{self, Shared};

/// Columns of a panel, and where so few are left that nothing is gained from a product of
/// matrices at its end. Measured.
pub(super) const PANEL: usize = 16;
pub(super) const NARROW: usize = 4;
pub(super) const SMALL: usize = 32;

/// Columns that the end of a panel updates together. Measured.
const BLOCK: usize = 64;

/// Elements of the rest of a matrix that are worth a second thread; and of what one of the tasks
/// reads at least, of which there are so many at most.
const SHARED: usize = 100_000;
const TASK: usize = 1 << 16;
pub(super) const TASKS: usize = 32;

/// How many tasks read so many elements. Sums follow the tasks, and these the size alone: the
/// result is the same with any number of threads.
pub(super) fn tasks(elements: usize) -> usize {
    if elements < SHARED { 1 } else { (elements / TASK).min(TASKS) }
}

/// How many threads there are, where work is cut for so many.
pub(super) fn threads(par: Par) -> usize {
    match par.degree() {
        0 | 1 => 1,
        degree => degree.min(rayon::current_num_threads()),
    }
}

/// Makes triangular factors of blocks of reflections: their `tau`s are in the first row of
/// `factors`, and their vectors, each shorter by one than the one before, in `vectors`.
pub(super) fn join<T: Real>(factors: MatMut<'_, T>, vectors: MatRef<'_, T>, threads: usize) {
    let (block, count) = (factors.nrows(), factors.ncols());
    if block == 1 {
        return;
    }
    let shared = Shared((factors.as_ptr_mut(), factors.row_stride(), factors.col_stride()));
    let task = |task: usize| {
        let first = task * block;
        let width = block.min(count - first);
        let (address, down, along) = shared.get();
        // SAFETY: a part of `factors`, which is borrowed; each task has its own columns.
        let mut factor = unsafe {
            let address = address.offset(first as isize * along);
            MatMut::from_raw_parts_mut(address, width, width, down, along)
        };
        for k in 1..width {
            factor[(k, k)] = factor[(0, k)];
        }
        let vectors = vectors.get(first.., first..first + width);
        upgrade_householder_factor(factor, vectors, width, 1, Par::Seq);
    };
    let weight = size_of::<T>() * vectors.nrows() * count;
    // One who is interrupted computes nothing that anybody sees.
    let _ = pool::for_each_weighing(weight, threads, count.div_ceil(block), &task);
}

/// What is wanted of a matrix.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// Nothing above the diagonal, which may be lost.
    Lower,
}

/// `to -= left rightᵀ`
pub(super) fn take<T: Real>(
    mut to: MatMut<'_, T>,
    left: MatRef<'_, T>,
    right: MatRef<'_, T>,
    part: Part,
    threads: usize,
) {
    let (m, n) = (to.nrows(), to.ncols());
    let top = |j: usize| if part == Part::Lower { j } else { 0 };
    if n <= SMALL {
        for j in 0..n {
            let mut factors = [T::ZERO; 2 * PANEL];
            let factors = &mut factors[..left.ncols()];
            for (c, factor) in factors.iter_mut().enumerate() {
                *factor = right[(j, c)];
            }
            let y = dense(to.as_mut().col_mut(j));
            Subtract { a: Columns::of(left), factors, from: top(j), y }.run();
        }
        return;
    }
    let shared = Shared((to.as_ptr_mut(), to.col_stride()));
    let task = |block: usize| {
        let j = block * BLOCK;
        let (rows, columns) = (m - top(j), BLOCK.min(n - j));
        let (address, step) = shared.get();
        // SAFETY: a part of `to`, which is borrowed; each task has its own columns.
        let to = unsafe {
            let address = address.offset(j as isize * step).add(top(j));
            MatMut::from_raw_parts_mut(address, rows, columns, 1, step)
        };
        let (left, right) = (left.subrows(top(j), rows), right.subrows(j, columns).transpose());
        matmul(to, Accum::Add, left, right, -T::ONE, Par::Seq);
    };
    // One who is interrupted computes nothing that anybody sees.
    let _ = pool::for_each_weighing(size_of::<T>() * m * n, threads, n.div_ceil(BLOCK), &task);
}
