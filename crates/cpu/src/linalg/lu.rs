//! `L @ U` of a matrix with its rows exchanged.

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::lu::partial_pivoting::factor::{lu_in_place, lu_in_place_scratch};
use faer::linalg::temp_mat_scratch;
use faer::perm::PermRef;
use faer::{MatMut, MatRef, Par};

use super::Field;
use super::batch::{Place, Routine, scratch};
use super::blocked::lu_is_ours;
use super::field::elements;

/// What is known of the factors of a matrix, which are in its memory.
pub(super) struct Factors<'a> {
    /// Row `i` of the product is row `rows[i]` of the matrix.
    pub(super) rows: PermRef<'a, usize>,
    /// Whether that order is an odd permutation.
    pub(super) odd: bool,
    /// 0, or the place (from 1) of the first pivot that is 0.
    pub(super) zero: i32,
}

/// The memory that [`factorize`] works in; the order of the rows comes on top.
pub(super) fn need<T: Field>(m: usize, n: usize, par: Par) -> StackReq {
    if lu_is_ours::<T>(m, n) {
        return T::lu_scratch(m);
    }
    lu_in_place_scratch::<usize, T>(m, n, par, Default::default())
}

/// The memory of an order of `m` rows.
pub(super) fn order(m: usize) -> StackReq {
    StackReq::new::<usize>(m.saturating_mul(2))
}

/// Factorizes the matrix at `from` into `a`; `order` has twice as many places as there are rows.
///
/// `faer` multiplies with the reciprocals of pivots, which are not finite where a pivot is 0 or
/// hardly more. Such a matrix is done again, more slowly: divided by its pivots, and a column
/// without one left as it is, as LAPACK has it.
///
/// # Safety
///
/// [reach] and [alive] for `from`, whose elements are of type `T` and whose shape is that of `a`.
pub(super) unsafe fn factorize<'a, T: Field>(
    from: Place,
    mut a: MatMut<'_, T>,
    order: &'a mut [usize],
    par: Par,
    stack: &mut MemStack,
) -> Factors<'a> {
    let m = a.nrows();
    let (rows, places) = order.split_at_mut(m);
    // SAFETY: the caller's contract.
    unsafe { from.read(a.as_mut()) };
    let mut odd = if lu_is_ours::<T>(m, a.ncols()) {
        T::lu(a.as_mut(), places, par.degree(), stack);
        follow(places, rows)
    } else {
        let (info, _) = lu_in_place(a.as_mut(), rows, places, par, stack, Default::default());
        info.transposition_count % 2 == 1
    };
    // What is not finite makes what it is multiplied with so, down to a pivot, if one is there.
    let finite = |index| a[(index, index)].finite();
    let regular = zero_pivot(a.as_ref()) == 0
        && (0..m.min(a.ncols())).all(finite)
        && (m == a.ncols() || elements(a.as_ref()).all(|value| value.finite()));
    if !regular {
        // SAFETY: the caller's contract.
        unsafe { from.read(a.as_mut()) };
        odd = with_care(a.as_mut(), rows);
        for (place, &row) in rows.iter().enumerate() {
            places[row] = place;
        }
    }
    let zero = zero_pivot(a.as_ref());
    // SAFETY: both paths leave a permutation of `0..m` and its inverse.
    let rows = unsafe { PermRef::new_unchecked(rows, places, m) };
    Factors { rows, odd, zero }
}

/// The order of rows that exchanges lead to, and, in their place, the place of each row. Returns
/// whether it is an odd permutation.
fn follow(exchanges: &mut [usize], rows: &mut [usize]) -> bool {
    rows.iter_mut().enumerate().for_each(|(place, row)| *row = place);
    let mut odd = false;
    for (place, &other) in exchanges.iter().enumerate() {
        rows.swap(place, other);
        odd ^= place != other;
    }
    for (place, &row) in rows.iter().enumerate() {
        exchanges[row] = place;
    }
    odd
}

/// 0, or the place (from 1) of the first pivot that is 0.
fn zero_pivot<T: Field>(factors: MatRef<'_, T>) -> i32 {
    let k = factors.nrows().min(factors.ncols());
    let zero = (0..k).find(|&index| factors[(index, index)] == T::zero_impl());
    zero.map_or(0, |index| index as i32 + 1)
}

/// Column after column, by division. Returns whether the order of rows is an odd permutation.
fn with_care<T: Field>(mut a: MatMut<'_, T>, rows: &mut [usize]) -> bool {
    let (m, n) = (a.nrows(), a.ncols());
    for (place, row) in rows.iter_mut().enumerate() {
        *row = place;
    }
    let size = |value: T| value.parts().iter().map(|part| part.abs()).sum::<f64>();
    let mut odd = false;
    for step in 0..m.min(n) {
        // The largest; a NaN is larger than any number, so that it is not lost.
        let (mut pivot, mut largest) = (step, size(a[(step, step)]));
        for row in step + 1..m {
            let found = size(a[(row, step)]);
            if found > largest || (found.is_nan() && !largest.is_nan()) {
                (pivot, largest) = (row, found);
            }
        }
        if largest == 0.0 {
            continue;
        }
        if pivot != step {
            rows.swap(pivot, step);
            odd = !odd;
            for column in 0..n {
                let (one, other) = (a[(pivot, column)], a[(step, column)]);
                (a[(pivot, column)], a[(step, column)]) = (other, one);
            }
        }
        for row in step + 1..m {
            let factor = a[(row, step)] / a[(step, step)];
            a[(row, step)] = factor;
            for column in step + 1..n {
                let less = factor * a[(step, column)];
                a[(row, column)] -= less;
            }
        }
    }
    odd
}

/// The factors themselves.
pub(super) struct Lu {
    pub(super) m: usize,
    pub(super) n: usize,
}

impl<T: Field> Routine<T> for Lu {
    const SAME: bool = true;

    fn crew(&self) -> bool {
        lu_is_ours::<T>(self.m, self.n)
    }

    fn work(&self) -> usize {
        self.m.saturating_mul(self.n).saturating_mul(self.m.min(self.n))
    }

    fn scratch(&self, par: Par) -> StackReq {
        let Self { m, n } = *self;
        let exchanges = StackReq::new::<usize>(m.saturating_mul(2));
        let own = temp_mat_scratch::<T>(m, n).and(order(m));
        own.and(need::<T>(m, n, par).or(exchanges))
    }

    unsafe fn run(
        &self,
        inputs: &[Place],
        outputs: &[Place],
        par: Par,
        stack: &mut MemStack,
    ) -> i32 {
        let Self { m, n } = *self;
        scratch! { stack: a, T, m, n; }
        let (mut order, stack) = stack.make_with(2 * m, |_| 0_usize);
        // SAFETY: the caller's contract: `(m, n)` of type `T`.
        let factors = unsafe { factorize(inputs[0], a.as_mut(), &mut order, par, stack) };
        let rows = factors.rows.arrays().0;
        // What stands where while the exchanges are found that lead to this order.
        let (mut at, _) = stack.make_with(2 * m, |index| index % m.max(1));
        let (standing, places) = at.split_at_mut(m);
        // SAFETY: the caller's contract: `(m, n)` of type `T`, `int64` (m), `int32` (k).
        unsafe {
            outputs[0].write(a.as_ref());
            for (place, &row) in rows.iter().enumerate() {
                outputs[1].put(place, row as i64);
            }
            for place in 0..m.min(n) {
                let other = places[rows[place]];
                outputs[2].put(place, other as i32 + 1);
                standing.swap(place, other);
                places[standing[place]] = place;
                places[standing[other]] = other;
            }
        }
        factors.zero
    }
}
