//! `L @ U` of a few columns of a real matrix, with rows exchanged.
//!
//! In halves, after Toledo, "Locality of reference in LU decomposition with partial pivoting"
//! (1997); the narrowest column by column, each less those before it in one pass.

use faer::linalg::matmul::matmul;
use faer::linalg::triangular_solve::solve_unit_lower_triangular_in_place;
use faer::{Accum, MatMut, Par};

use crate::isa::{Isa, Work, perform};
use crate::linalg::passes::{Columns, Subtract, dense};
use crate::linalg::vector::Real;

/// Columns that are worked on one by one.
const NARROW: usize = 8;

/// Factorizes a matrix with no more columns than rows. Row `i` was exchanged with row
/// `exchanges[i]`, one after the other.
pub(super) fn factorize<T: Real>(mut a: MatMut<'_, T>, exchanges: &mut [usize]) {
    let n = a.ncols();
    if n <= NARROW {
        return narrow(a, exchanges);
    }
    let half = (n / 2).next_multiple_of(NARROW);
    let (first, second) = exchanges.split_at_mut(half);
    factorize(a.as_mut().subcols_mut(0, half), first);
    // SAFETY: they are pivots of these rows.
    unsafe { exchange(a.as_mut().subcols_mut(half, n - half), 0, first) };
    let (top, mut right, left, mut rest) = a.as_mut().split_at_mut(half, half);
    solve_unit_lower_triangular_in_place(top.as_ref(), right.as_mut(), Par::Seq);
    matmul(rest.as_mut(), Accum::Add, left.as_ref(), right.as_ref(), -T::ONE, Par::Seq);
    factorize(rest, second);
    second.iter_mut().for_each(|row| *row += half);
    // SAFETY: as above.
    unsafe { exchange(a.as_mut().subcols_mut(0, half), half, second) };
}

/// Exchanges row `first + i` with row `exchanges[i]`, one after the other.
///
/// # Safety
///
/// The matrix has these rows.
pub(super) unsafe fn exchange<T: Real>(mut a: MatMut<'_, T>, first: usize, exchanges: &[usize]) {
    for j in 0..a.ncols() {
        let column = dense(a.as_mut().col_mut(j));
        debug_assert!(first + exchanges.len() <= column.len());
        debug_assert!(exchanges.iter().all(|&row| row < column.len()));
        let rows = column.as_mut_ptr();
        for (i, &row) in exchanges.iter().enumerate() {
            // SAFETY: rows of the column, as the caller says.
            unsafe { std::ptr::swap(rows.add(first + i), rows.add(row)) };
        }
    }
}

fn narrow<T: Real>(mut a: MatMut<'_, T>, exchanges: &mut [usize]) {
    for j in 0..a.ncols() {
        // SAFETY: rows that earlier columns have exchanged.
        unsafe { exchange(a.as_mut().subcols_mut(j, 1), 0, &exchanges[..j]) };
        let (before, own) = a.as_mut().split_at_col_mut(j);
        let column = dense(own.col_mut(0));
        let mut factors = [T::ZERO; NARROW];
        for i in 0..j {
            let mut value = column[i];
            for l in 0..i {
                value -= before[(i, l)] * factors[l];
            }
            (column[i], factors[i]) = (value, value);
        }
        let before = Columns::of(before.as_ref());
        Subtract { a: before, factors: &factors[..j], from: j, y: column }.run();
        let pivot = j + perform(Largest(&column[j..]));
        exchanges[j] = pivot;
        column.swap(j, pivot);
        let inverse = T::ONE / column[j];
        column[j + 1..].iter_mut().for_each(|value| *value *= inverse);
        // SAFETY: a row that has been exchanged above.
        unsafe { exchange(a.as_mut().subcols_mut(0, j), j, &exchanges[j..=j]) };
    }
}

/// Where the first of the largest numbers is, but for the sign.
struct Largest<'a, T>(&'a [T]);

/// Numbers that are looked at together.
const TOGETHER: usize = 16;

impl<T: Real> Work for Largest<'_, T> {
    type Output = usize;

    #[inline(always)]
    fn run<I: Isa>(self) -> usize {
        let (groups, rest) = self.0.as_chunks::<TOGETHER>();
        let mut most = [T::ZERO; TOGETHER];
        for group in groups {
            for lane in 0..TOGETHER {
                let size = group[lane].size();
                most[lane] = if size > most[lane] { size } else { most[lane] };
            }
        }
        let mut largest = T::ZERO;
        for size in most.into_iter().chain(rest.iter().map(|value| value.size())) {
            largest = if size > largest { size } else { largest };
        }
        for (index, group) in groups.iter().enumerate() {
            let mut found = false;
            for value in group {
                found |= value.size() == largest;
            }
            if found {
                let place = group.iter().position(|value| value.size() == largest);
                return index * TOGETHER + place.unwrap_or(0);
            }
        }
        let place = rest.iter().position(|value| value.size() == largest);
        place.map_or(0, |place| groups.len() * TOGETHER + place)
    }
}
