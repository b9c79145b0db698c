//! A real matrix, reduced to bidiagonal form by reflections from the left and from the right.
//!
//! After Dongarra, Sorensen and Hammarling, "Block reduction of matrices to condensed forms for
//! eigenvalue computations" (1989), which is LAPACK's `gebrd`, and Howell, Demmel, Fulton,
//! Hammarling and Marmol, "Cache efficient bidiagonalization using BLAS 2.5 operators" (2008):
//! within a panel of columns the rest of the matrix is only read, and once for both reflections
//! of a step. For the product with the vector of the second is known from the product with the
//! row that it is made of, and this row column by column from the first.

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::householder::make_householder_in_place;
use faer::linalg::temp_mat_scratch;
use faer::{ColMut, MatMut, MatRef, Par};

use super::batch::scratch;
use super::panel::{NARROW, PANEL, Part, SMALL, TASKS, join, take, tasks, threads};
use super::passes::{Columns, Products, Subtract, Sweep, dense};
use super::vector::Real;
use crate::pool::{self, Shared};

/// Rows that the passes begin at: a whole number of registers.
const EVEN: usize = 8;

pub(super) fn bidiagonalize_scratch<T: Real>(m: usize, n: usize, _: Par) -> StackReq {
    StackReq::all_of(&[
        temp_mat_scratch::<T>(m, 2 * PANEL),
        temp_mat_scratch::<T>(n, 2 * PANEL),
        temp_mat_scratch::<T>(n, 1),
        temp_mat_scratch::<T>(m, tasks(m * n)),
    ])
}

/// Reduces `a`, which has no more columns than rows, on any number of threads with the same
/// result. Results and reflections are stored as [`super::reduction`] says.
pub(super) fn bidiagonalize<T: Real>(
    mut a: MatMut<'_, T>,
    mut left: MatMut<'_, T>,
    mut right: MatMut<'_, T>,
    par: Par,
    stack: &mut MemStack,
) {
    let (m, n) = (a.nrows(), a.ncols());
    scratch! { stack:
        tall, T, m, 2 * PANEL;
        wide, T, n, 2 * PANEL;
        row, T, n, 1;
        parts, T, m, tasks(m * n);
    }
    let _ = stack;
    let (threads, mut start) = (threads(par), 0);
    while start < n {
        let width = if n - start > SMALL { PANEL } else { NARROW }.min(n - start);
        for i in 0..width {
            let k = start + i;
            let mut step = Step {
                k,
                i,
                a: a.as_mut(),
                tall: tall.as_mut(),
                wide: wide.as_mut(),
                line: dense(row.as_mut().col_mut(0)),
                parts: parts.as_mut(),
                threads,
            };
            left[(0, k)] = step.column();
            if k + 1 < n {
                right[(0, k)] = step.row(left[(0, k)]);
            }
        }
        for j in start + 1..n {
            for i in 0..width.min(j - start - 1) {
                a[(start + i, j)] = wide[(j, 2 * i + 1)];
            }
        }
        start += width;
        let rest = a.as_mut().get_mut(start.., start..);
        let tall = tall.as_ref().get(start.., ..2 * width);
        let wide = wide.as_ref().get(start.., ..2 * width);
        take(rest, tall, wide, Part::Whole, threads);
    }
    join(left, a.as_ref().subcols(0, n), threads);
    if n > 1 {
        join(right, a.as_ref().get(..n - 1, 1..).transpose(), threads);
    }
}

/// One column and one row, after `i` others of their panel.
struct Step<'a, T> {
    k: usize,
    i: usize,
    a: MatMut<'a, T>,
    /// Pairs of vectors whose products, of one in each, are still to be taken from the matrix:
    /// `u` and `z` of every step, `y` and `v`.
    tall: MatMut<'a, T>,
    wide: MatMut<'a, T>,
    line: &'a mut [T],
    parts: MatMut<'a, T>,
    threads: usize,
}

impl<T: Real> Step<'_, T> {
    /// Reduces the column to its first element. Gives the `tau`.
    fn column(&mut self) -> T {
        let Self { k, i, .. } = *self;
        let (before, own) = self.tall.as_mut().split_at_col_mut(2 * i);
        let mut factors = [T::ZERO; 2 * PANEL];
        let factors = &mut factors[..2 * i];
        for (j, factor) in factors.iter_mut().enumerate() {
            *factor = self.wide[(k, j)];
        }
        let a = Columns::of(before.as_ref());
        let column = dense(self.a.as_mut().col_mut(k));
        Subtract { a, factors, from: k, y: column }.run();
        let (head, tail) = column[k..].split_first_mut().expect("no more columns than rows");
        let tau = make_householder_in_place(head, ColMut::from_slice_mut(tail)).tau;
        let u = dense(own.col_mut(0));
        u[k / EVEN * EVEN..k].fill(T::ZERO);
        u[k] = T::ONE;
        u[k + 1..].copy_from_slice(tail);
        tau
    }

    /// Reduces the row beside the diagonal to its first element, after the reflection from the
    /// left, of which `tau` is. Gives its own.
    fn row(&mut self, tau: T) -> T {
        let Self { k, i, threads, .. } = *self;
        let (next, row) = (k + 1, &mut *self.line);
        let (tall, own) = self.tall.as_mut().split_at_col_mut(2 * i + 1);
        let (left, z) = (Columns::of(tall.as_ref()), dense(own.col_mut(0)));
        let u = left.from(2 * i, 0);
        let (wide, own) = self.wide.as_mut().split_at_col_mut(2 * i);
        let (y, v) = own.split_at_col_mut(1);
        let (y, v) = (dense(y.col_mut(0)), dense(v.col_mut(0)));
        let before = Columns::of(wide.as_ref());
        let mut factors = [T::ZERO; 2 * PANEL];

        // What the pairs before make of `uᵀ A` and of the row.
        let pairs = &mut factors[..2 * i];
        Products { a: left, x: u, from: k, to: pairs }.run();
        y[next..].fill(T::ZERO);
        Subtract { a: before, factors: pairs, from: next, y }.run();
        for (j, pair) in pairs.iter_mut().enumerate() {
            *pair = tall[(k, j)];
        }
        row[next..].fill(T::ZERO);
        Subtract { a: before, factors: pairs, from: next, y: row }.run();

        // y = uᵀ A / tau; the row less y; z = A row.
        let sides = Sides { u, inverse: T::ONE / tau, y, row, z };
        sweep(self.a.as_ref(), k, sides, self.parts.as_mut(), threads);

        let (head, tail) = row[next..].split_first_mut().expect("a column beside it");
        let made = make_householder_in_place(head, ColMut::from_slice_mut(tail));
        let (size, inverse) = (*head, T::ONE / made.tau);
        v[next] = T::ONE;
        v[next + 1..].copy_from_slice(tail);
        if inverse == T::ZERO {
            z[next..].fill(T::ZERO);
        } else {
            // The vector is the row, less `size` at its head, times `scale`.
            let scale = made.head_with_beta_inv;
            let a = Columns::of(self.a.as_ref());
            if T::abs_impl(&scale) < T::LARGE {
                let first = [size];
                Subtract { a: a.after(next), factors: &first, from: next, y: z }.run();
                z[next..].iter_mut().for_each(|z| *z *= scale);
            } else {
                z[next..].fill(T::ZERO);
                let minus = row;
                for j in next..v.len() {
                    minus[j] = -v[j];
                }
                Subtract { a: a.after(next), factors: &minus[next..], from: next, y: z }.run();
            }
            let pairs = &mut factors[..2 * i + 1];
            let (those, own) = pairs.split_at_mut(2 * i);
            Products { a: before, x: v, from: next, to: those }.run();
            Products { a: Columns::one(y), x: v, from: next, to: own }.run();
            Subtract { a: left, factors: pairs, from: next, y: z }.run();
            z[next..].iter_mut().for_each(|z| *z *= inverse);
        }
        self.a[(k, next)] = size;
        made.tau
    }
}

/// What a pass over the columns beside column `k` reads and writes.
struct Sides<'a, T> {
    u: &'a [T],
    inverse: T,
    y: &'a mut [T],
    row: &'a mut [T],
    z: &'a mut [T],
}

/// [`Sweep`], over all these columns.
fn sweep<T: Real>(
    a: MatRef<'_, T>,
    k: usize,
    sides: Sides<'_, T>,
    parts: MatMut<'_, T>,
    threads: usize,
) {
    let (m, n) = (a.nrows(), a.ncols());
    let (first, from, a) = (k + 1, k / EVEN * EVEN, Columns::of(a));
    let Sides { u, inverse, y, row, z } = sides;
    let (y, row) = (&mut y[first..], &mut row[first..]);
    let tasks = tasks((m - k) * (n - first));
    z[from..].fill(T::ZERO);
    if tasks == 1 {
        return Sweep { a, first, from, k, u, inverse, y, row, z }.run();
    }
    let length = (n - first).div_ceil(tasks);
    let shared = Shared((y.as_mut_ptr(), row.as_mut_ptr(), parts.as_ptr_mut()));
    let step = parts.col_stride();
    let task = |task: usize| {
        let (start, end) = (task * length, (n - first).min((task + 1) * length));
        let (y, row, part) = shared.get();
        // SAFETY: elements of `y` and `row` and a column of `parts`, which are borrowed; each task
        // has its own.
        let (y, row, z) = unsafe {
            (
                std::slice::from_raw_parts_mut(y.add(start), end - start),
                std::slice::from_raw_parts_mut(row.add(start), end - start),
                std::slice::from_raw_parts_mut(part.offset(task as isize * step), m),
            )
        };
        z[from..].fill(T::ZERO);
        Sweep { a, first: first + start, from, k, u, inverse, y, row, z }.run();
    };
    // One who is interrupted computes nothing that anybody sees.
    let _ = pool::for_each_weighing(size_of::<T>() * m * n, threads, tasks, &task);
    let parts = Columns::of(parts.as_ref());
    Subtract { a: parts, factors: &[-T::ONE; TASKS][..tasks], from, y: z }.run();
}

#[cfg(test)]
mod tests {
    use faer::Mat;

    use super::super::passes::model::{identity, largest, random, reflect, with_memory};
    use super::*;

    /// Reduces `a` and compares with it what the reflections make of the result.
    fn check<T: Real>(a: &Mat<f64>) {
        let (m, n) = (a.nrows(), a.ncols());
        let mut reduced = Mat::from_fn(m, n, |i, j| T::of([a[(i, j)], 0.0]));
        let (mut left, mut right) =
            (Mat::<T>::zeros(1, n), Mat::<T>::zeros(1, n.saturating_sub(1)));
        with_memory(bidiagonalize_scratch::<T>(m, n, Par::Seq), |stack| {
            bidiagonalize(reduced.as_mut(), left.as_mut(), right.as_mut(), Par::Seq, stack);
        });
        let (mut u, mut v) = (identity(m), identity(n));
        let mut whole =
            Mat::from_fn(
                m,
                n,
                |i, j| {
                    if i == j || i + 1 == j { reduced[(i, j)].parts()[0] } else { 0.0 }
                },
            );
        reflect(reduced.as_ref(), left.as_ref(), u.as_mut());
        reflect(reduced.as_ref(), left.as_ref(), whole.as_mut());
        whole = whole.transpose().to_owned();
        if n > 1 {
            let vectors = reduced.as_ref().get(..n - 1, 1..).transpose();
            reflect(vectors, right.as_ref(), v.as_mut().subrows_mut(1, n - 1));
            reflect(vectors, right.as_ref(), whole.as_mut().subrows_mut(1, n - 1));
        }
        let near = T::epsilon_impl().parts()[0] * 30.0 * (m as f64).sqrt();
        for (q, side) in [(u, m), (v, n)] {
            let off = largest((q.transpose() * &q - identity(side)).as_ref());
            assert!(off <= near, "{m}, {n}: {off:e} from orthogonal");
        }
        let off = largest((whole.transpose() - a).as_ref());
        assert!(off <= near * largest(a.as_ref()), "{m}, {n}: {off:e} away");
    }

    #[test]
    fn it_is_the_same_matrix() {
        for n in (0..36).chain([47, 48, 49, 64, 97]) {
            check::<f64>(&random(n, n, 1.0));
            check::<f32>(&random(n, n, 1.0));
        }
        for (m, n) in [(5, 0), (5, 1), (7, 3), (50, 20), (70, 69), (100, 40)] {
            check::<f64>(&random(m, n, 1.0));
            check::<f32>(&random(m, n, 1.0));
        }
    }

    #[test]
    fn extreme_rows_are_not_lost() {
        for size in [1e-150, 1e-300, 1e120] {
            check::<f64>(&random(40, 40, size));
        }
        let a = random(60, 60, 1.0);
        for base in [0.5_f64, 0.01] {
            let graded = |i: usize, j: usize| a[(i, j)] * base.powi((i + j) as i32);
            check::<f64>(&Mat::from_fn(60, 60, graded));
            check::<f32>(&Mat::from_fn(60, 60, graded));
            check::<f32>(&Mat::from_fn(60, 60, |i, j| graded(i, 0).abs() + graded(0, j)));
        }
    }

    #[test]
    fn zeros_need_no_reflections() {
        for n in [1, 5, 40, 97] {
            check::<f64>(&Mat::zeros(n, n));
            check::<f64>(&identity(n));
            let a = random(n, n, 1.0);
            let only = |keep: fn(usize, usize) -> bool| {
                Mat::from_fn(n, n, |i, j| if keep(i, j) { a[(i, j)] } else { 0.0 })
            };
            check::<f64>(&only(|i, j| i == j || i + 1 == j));
            check::<f64>(&only(|i, j| i % 3 != 1 && j % 3 != 1));
            check::<f64>(&only(|i, j| i > 2 && j > 30));
        }
    }

    #[test]
    fn threads_change_nothing() {
        let (m, n) = (500, 400);
        let run = |threads: usize| {
            let mut a = random(m, n, 1.0);
            let (mut left, mut right) = (Mat::zeros(8, n), Mat::zeros(8, n - 1));
            let par = if threads == 1 { Par::Seq } else { Par::rayon(threads) };
            with_memory(bidiagonalize_scratch::<f64>(m, n, Par::Seq), |stack| {
                bidiagonalize(a.as_mut(), left.as_mut(), right.as_mut(), par, stack);
            });
            a
        };
        assert!(tasks(m * n) > 1);
        assert_eq!(run(1), run(2));
        assert_eq!(run(1), run(5));
    }
}
