//! A real symmetric matrix, reduced to tridiagonal form by reflections from both sides.
//!
//! After Dongarra, Sorensen and Hammarling, "Block reduction of matrices to condensed forms for
//! eigenvalue computations" (1989), which is LAPACK's `sytrd`: within a panel of columns the rest
//! of the matrix is only read, once for each column; what the panel does to it is done at its
//! end, as one product of matrices.

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::householder::make_householder_in_place;
use faer::linalg::temp_mat_scratch;
use faer::{ColMut, MatMut, MatRef, Par};

use super::batch::scratch;
use super::panel::{NARROW, PANEL, Part, SMALL, TASKS, join, take, tasks, threads};
use super::passes::{Columns, Products, Subtract, Symmetric, dense};
use super::vector::Real;
use crate::pool::{self, Shared};

pub(super) fn tridiagonalize_scratch<T: Real>(n: usize, _: Par) -> StackReq {
    StackReq::all_of(&[
        temp_mat_scratch::<T>(n, 2 * PANEL),
        temp_mat_scratch::<T>(n, 2 * PANEL),
        temp_mat_scratch::<T>(n, tasks(n * n / 2)),
    ])
}

/// Reduces the symmetric matrix in the lower triangle of `a`, on any number of threads with the
/// same result, which is stored as [`super::reduction`] says.
pub(super) fn tridiagonalize<T: Real>(
    mut a: MatMut<'_, T>,
    mut factors: MatMut<'_, T>,
    par: Par,
    stack: &mut MemStack,
) {
    let n = a.nrows();
    scratch! { stack: pairs, T, n, 2 * PANEL; turned, T, n, 2 * PANEL; parts, T, n, tasks(n * n / 2); }
    let _ = stack;
    let (threads, mut start) = (threads(par), 0);
    while start + 1 < n {
        let width = if n - start > SMALL { PANEL } else { NARROW }.min(n - 1 - start);
        for i in 0..width {
            let k = start + i;
            let tau = step(a.as_mut(), pairs.as_mut(), parts.as_mut(), k, i, threads);
            factors[(0, k)] = tau;
        }
        start += width;
        let mut turned = turned.as_mut().get_mut(start.., ..2 * width);
        for j in 0..2 * width {
            turned
                .as_mut()
                .col_mut(j)
                .copy_from(pairs.as_ref().col(j ^ 1).subrows(start, n - start));
        }
        let (rest, pairs) = (a.as_mut().get_mut(start.., start..), pairs.as_ref());
        take(rest, pairs.get(start.., ..2 * width), turned.as_ref(), Part::Lower, threads);
    }
    if n > 1 {
        join(factors, a.as_ref().submatrix(1, 0, n - 1, n - 1), threads);
    }
}

/// Reduces column `k`, after `i` others of its panel. Gives its `tau`.
fn step<T: Real>(
    mut a: MatMut<'_, T>,
    pairs: MatMut<'_, T>,
    parts: MatMut<'_, T>,
    k: usize,
    i: usize,
    threads: usize,
) -> T {
    let next = k + 1;
    let (before, own) = pairs.split_at_col_mut(2 * i);
    let mut others = [T::ZERO; 2 * PANEL];
    let others = &mut others[..2 * i];
    for (j, other) in others.iter_mut().enumerate() {
        *other = before[(k, j ^ 1)];
    }
    let before = Columns::of(before.as_ref());
    let column = dense(a.as_mut().col_mut(k));
    Subtract { a: before, factors: others, from: k, y: column }.run();
    let (head, tail) = column[next..].split_first_mut().expect("a row is below");
    let tau = make_householder_in_place(head, ColMut::from_slice_mut(tail)).tau;
    let (v, w) = own.split_at_col_mut(1);
    let (v, w) = (dense(v.col_mut(0)), dense(w.col_mut(0)));
    v[next] = T::ONE;
    v[next + 1..].copy_from_slice(tail);

    // w = A v, of which A - (the pairs before) is meant.
    multiply(a.as_ref(), next, v, w, parts, threads);
    Products { a: before, x: v, from: next, to: others }.run();
    others.as_chunks_mut().0.iter_mut().for_each(|[v, w]| std::mem::swap(v, w));
    Subtract { a: before, factors: others, from: next, y: w }.run();

    let inverse = T::ONE / tau;
    w[next..].iter_mut().for_each(|w| *w *= inverse);
    let mut half = [T::ZERO];
    Products { a: Columns::one(w), x: v, from: next, to: &mut half }.run();
    half[0] = half[0] * inverse * T::HALF;
    Subtract { a: Columns::one(v), factors: &half, from: next, y: w }.run();
    tau
}

/// `p = A v`, from row and column `first` on.
fn multiply<T: Real>(
    a: MatRef<'_, T>,
    first: usize,
    v: &[T],
    p: &mut [T],
    parts: MatMut<'_, T>,
    threads: usize,
) {
    let n = a.nrows();
    let columns = Columns::of(a);
    let tasks = tasks((n - first).pow(2) / 2);
    p[first..].fill(T::ZERO);
    if tasks == 1 {
        return Symmetric { a: columns, columns: first..n, v, p }.run();
    }
    // Triangles of which each is as much smaller than the one before.
    let length = (n - first) as f64;
    let at =
        |task: usize| n - (length * (1.0 - task as f64 / tasks as f64).sqrt()).round() as usize;
    let (address, step) = (Shared(parts.as_ptr_mut()), parts.col_stride());
    // One who is interrupted computes nothing that anybody sees.
    let _ = pool::for_each_weighing(size_of::<T>() * n * n / 2, threads, tasks, &|task| {
        // SAFETY: a column of `parts`, which is borrowed and has as many; each task has its own.
        let part = unsafe {
            std::slice::from_raw_parts_mut(address.get().offset(task as isize * step), n)
        };
        part[first..].fill(T::ZERO);
        Symmetric { a: columns, columns: at(task)..at(task + 1), v, p: part }.run();
    });
    let parts = Columns::of(parts.as_ref());
    Subtract { a: parts, factors: &[-T::ONE; TASKS][..tasks], from: first, y: p }.run();
}

#[cfg(test)]
mod tests {
    use faer::Mat;

    use super::super::passes::model::{identity, largest, random, reflect, with_memory};
    use super::*;

    /// Reduces the lower triangle of `a` and compares with it what the reflections make of the
    /// result. What is above the diagonal is not to be looked at.
    fn check<T: Real>(a: &Mat<f64>) {
        let n = a.nrows();
        let mut reduced =
            Mat::from_fn(n, n, |i, j| T::of([if i < j { f64::NAN } else { a[(i, j)] }, 0.0]));
        let mut taus = Mat::<T>::zeros(1, n.saturating_sub(1));
        with_memory(tridiagonalize_scratch::<T>(n, Par::Seq), |stack| {
            tridiagonalize(reduced.as_mut(), taus.as_mut(), Par::Seq, stack);
        });
        let mut q = identity(n);
        let mut whole = Mat::from_fn(n, n, |i, j| {
            let (i, j) = (i.max(j), i.min(j));
            if i - j > 1 { 0.0 } else { reduced[(i, j)].parts()[0] }
        });
        if n > 1 {
            let vectors = reduced.as_ref().submatrix(1, 0, n - 1, n - 1);
            let apply = |matrix: &mut Mat<f64>| {
                reflect(vectors, taus.as_ref(), matrix.as_mut().subrows_mut(1, n - 1));
            };
            apply(&mut q);
            apply(&mut whole);
            whole = whole.transpose().to_owned();
            apply(&mut whole);
        }
        let near = T::epsilon_impl().parts()[0] * 30.0 * (n as f64).sqrt();
        let off = largest((q.transpose() * &q - identity(n)).as_ref());
        assert!(off <= near, "{n}: {off:e} from orthogonal");
        let same = Mat::from_fn(n, n, |i, j| a[(i.max(j), i.min(j))]);
        let off = largest((whole - &same).as_ref());
        assert!(off <= near * largest(same.as_ref()), "{n}: {off:e} away");
    }

    #[test]
    fn it_is_the_same_matrix() {
        for n in (0..36).chain([47, 48, 49, 64, 97]) {
            check::<f64>(&random(n, n, 1.0));
            check::<f32>(&random(n, n, 1.0));
        }
        for size in [1e-150, 1e150] {
            check::<f64>(&random(40, 40, size));
        }
    }

    #[test]
    fn zeros_need_no_reflections() {
        for n in [1, 5, 40, 97] {
            check::<f64>(&Mat::zeros(n, n));
            check::<f64>(&identity(n));
            let a = random(n, n, 1.0);
            check::<f64>(&Mat::from_fn(
                n,
                n,
                |i, j| if i.abs_diff(j) > 1 { 0.0 } else { a[(i, j)] },
            ));
            let gap = |i: usize, j: usize| i % 3 == 1 || j % 3 == 1;
            check::<f64>(&Mat::from_fn(n, n, |i, j| if gap(i, j) { 0.0 } else { a[(i, j)] }));
        }
    }

    #[test]
    fn it_ends_with_nan() {
        let mut a = random(50, 50, 1.0);
        a[(30, 20)] = f64::NAN;
        let mut taus = Mat::zeros(1, 49);
        with_memory(tridiagonalize_scratch::<f64>(50, Par::Seq), |stack| {
            tridiagonalize(a.as_mut(), taus.as_mut(), Par::Seq, stack);
        });
        assert!(a[(49, 49)].is_nan());
    }

    #[test]
    fn threads_change_nothing() {
        let n = 520;
        let run = |threads: usize| {
            let (mut a, mut factors) = (random(n, n, 1.0), Mat::zeros(8, n - 1));
            let par = if threads == 1 { Par::Seq } else { Par::rayon(threads) };
            with_memory(tridiagonalize_scratch::<f64>(n, par), |stack| {
                tridiagonalize(a.as_mut(), factors.as_mut(), par, stack);
            });
            Mat::from_fn(n, n, |i, j| if i < j { 0.0 } else { a[(i, j)] })
        };
        assert!(tasks(n * n / 2) > 1);
        assert_eq!(run(1), run(2));
        assert_eq!(run(1), run(5));
    }
}
