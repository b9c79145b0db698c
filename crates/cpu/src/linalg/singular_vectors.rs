//! The singular value decomposition of a matrix that is not wider than high.
//!
//! A bidiagonal form by reflections, its decomposition by division, and the reflections applied to
//! the vectors of that.

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::qr::no_pivoting::factor::recommended_block_size;
use faer::linalg::temp_mat_scratch;
use faer::{MatMut, MatRef, Par};

use super::Field;
use super::batch::scratch;
use super::bidiagonal_svd::{Real, decompose};
use super::field::identity;
use super::orthogonal::{factor, factor_scratch};
use super::reflections;

/// Whether one side is so much the longer that a triangle is cut off first: T. F. Chan, "An
/// improved algorithm for computing the singular value decomposition", ACM Transactions on
/// Mathematical Software 8, 1982, who finds the ratio too.
pub(super) const fn is_tall(long: usize, short: usize) -> bool {
    6 * long > 11 * short
}

/// The room that [`decomposition`] works in.
pub(super) fn room<T: Field>(long: usize, short: usize, par: Par) -> StackReq {
    let tall = is_tall(long, short);
    let height = if tall { short } else { long };
    let [outer, inner] = [long, height].map(|rows| recommended_block_size::<T>(rows, short));
    let triangle = if tall { short } else { 0 };
    StackReq::all_of(&[
        temp_mat_scratch::<T>(outer, triangle),
        temp_mat_scratch::<T>(triangle, triangle),
        temp_mat_scratch::<T>(inner, short).array(2),
        temp_mat_scratch::<f64>(short, 1).array(3),
        temp_mat_scratch::<T>(short, 1).array(2),
        temp_mat_scratch::<T::Real>(short, short).array(4),
        StackReq::any_of(&[
            T::bidiagonal_scratch(height, short, par),
            factor_scratch::<T>(long, short, outer),
            reflections::sequence_need::<T>(long, outer.max(inner), long),
        ]),
    ])
}

/// Decomposes `a`, whose elements are finite, and overwrites it: the values descend, `u` has as
/// many columns as `a` or as many as it has rows, and `v`, square, is conjugated: `a = u s vᵀ`.
/// Says whether the values converged.
pub(super) fn decomposition<T: Field>(
    mut a: MatMut<'_, T>,
    mut put: impl FnMut(usize, f64),
    mut u: MatMut<'_, T>,
    mut v: MatMut<'_, T>,
    par: Par,
    stack: &mut MemStack,
) -> bool {
    let (long, short) = (a.nrows(), a.ncols());
    if short == 0 {
        identity(u);
        return true;
    }
    let tall = is_tall(long, short);
    let height = if tall { short } else { long };
    let [outer, inner] = [long, height].map(|rows| recommended_block_size::<T>(rows, short));
    let triangle = if tall { short } else { 0 };
    scratch! {
        stack: factors, T, outer, triangle; r, T, triangle, triangle;
        left, T, inner, short; right, T, inner, short - 1;
        d, f64, short, 1; e, f64, short, 1; values, f64, short, 1;
        rows, T, short, 1; columns, T, short, 1;
        ur, T::Real, short, short; vr, T::Real, short, short;
        room, T::Real, short, short; more, T::Real, short, short;
    }
    if tall {
        factor(a.as_mut(), factors.as_mut(), par, stack);
        r.fill(T::zero_impl());
        for j in 0..short {
            r.as_mut()
                .col_mut(j)
                .subrows_mut(0, j + 1)
                .copy_from(a.as_ref().col(j).subrows(0, j + 1));
        }
    }
    let mut b = if tall { r.as_mut() } else { a.as_mut() };
    T::bidiagonal(b.as_mut(), left.as_mut(), right.as_mut(), par, stack);

    let [d, e, values] = [d, e, values].map(slice);
    bidiagonal(b.as_ref(), d, e, rows.as_mut(), columns.as_mut());
    let e = &mut e[..short - 1];
    let mut order: Vec<usize> = (0..short).collect();
    let done =
        decompose(d, e, values, ur.as_mut(), vr.as_mut(), [room.as_mut(), more.as_mut()], par);
    order.sort_unstable_by(|&a, &b| values[b].total_cmp(&values[a]).then(a.cmp(&b)));
    for (index, &from) in order.iter().enumerate() {
        put(index, values[from]);
    }

    place(u.as_mut(), ur.as_ref(), &order, rows.as_ref());
    place(v.as_mut(), vr.as_ref(), &order, columns.as_ref());
    let full = u.ncols();
    let inner_columns = if tall { short } else { full };
    reflections::sequence(
        b.as_ref(),
        left.as_ref(),
        u.as_mut().submatrix_mut(0, 0, height, inner_columns),
        par,
        stack,
    );
    // The reflections of columns stand in rows, and are conjugated as the vectors are.
    let n = short - 1;
    reflections::sequence(
        b.as_ref().transpose().submatrix(1, 0, n, n),
        right.as_ref(),
        v.subrows_mut(1, n),
        par,
        stack,
    );
    if tall {
        reflections::sequence(a.as_ref(), factors.as_ref(), u, par, stack);
    }
    done
}

/// The bidiagonal part of `b`, real, and the units that rows and columns are multiplied with to
/// become it again: `b = rows · real · columns`.
fn bidiagonal<T: Field>(
    b: MatRef<'_, T>,
    d: &mut [f64],
    e: &mut [f64],
    mut rows: MatMut<'_, T>,
    mut columns: MatMut<'_, T>,
) {
    // A number's absolute value, and what that is multiplied with to give the number.
    let polar = |value: T| {
        let [re, im] = value.parts();
        let size = if T::IS_REAL { re } else { re.hypot(im) };
        let unit = if T::IS_REAL || size == 0.0 { [1.0, 0.0] } else { [re / size, im / size] };
        (size, unit)
    };
    let times = |[a, b]: [f64; 2], [c, d]: [f64; 2]| [a * c - b * d, a * d + b * c];
    let conjugate = |[re, im]: [f64; 2]| [re, -im];
    let mut column = [1.0, 0.0];
    for j in 0..d.len() {
        if j > 0 {
            let (size, unit) = polar(b[(j - 1, j)]);
            e[j - 1] = size;
            column = times(unit, conjugate(rows[(j - 1, 0)].parts()));
        }
        let (size, unit) = polar(b[(j, j)]);
        d[j] = size;
        columns[(j, 0)] = T::of(column);
        rows[(j, 0)] = T::of(times(unit, conjugate(column)));
    }
}

/// Writes real vectors in this order, multiplied by the units of their elements, and then those of
/// the identity.
pub(super) fn place<T: Field>(
    mut to: MatMut<'_, T>,
    from: MatRef<'_, T::Real>,
    order: &[usize],
    units: MatRef<'_, T>,
) {
    to.fill(T::zero_impl());
    for (j, &source) in order.iter().enumerate() {
        let (from, mut to) = (from.col(source), to.as_mut().col_mut(j));
        for i in 0..order.len() {
            let [re, im] = units[(i, 0)].parts();
            let value = from[i].wide();
            to[i] = T::of([re * value, im * value]);
        }
    }
    for j in order.len()..to.ncols() {
        to[(j, j)] = T::one_impl();
    }
}

/// The elements of the only column of a matrix.
pub(super) fn slice(matrix: MatMut<'_, f64>) -> &mut [f64] {
    matrix.col_mut(0).try_as_col_major_mut().expect("columns are dense").as_slice_mut()
}
