//! Matrices in tridiagonal and bidiagonal form: real ones by passes of our own, complex ones by
//! `faer`'s. Both store the result, and the reflections that lead to it, as `faer` does.

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::evd::tridiag::{tridiag_in_place, tridiag_in_place_scratch};
use faer::linalg::svd::bidiag::{bidiag_in_place, bidiag_in_place_scratch};
use faer::{MatMut, Par};
use tensorbridge_core::dtype::{Complex32, Complex64};

/// Numbers whose matrices are reduced.
pub(super) trait Reduction: Sized {
    /// Whether the result is the same however the work is cut. What `faer` makes of it is.
    const SAME: bool;

    fn tridiagonal_scratch(n: usize, par: Par) -> StackReq;

    /// Reduces the symmetric or Hermitian matrix in the lower triangle of `a`: the tridiagonal one
    /// comes onto the diagonal and below it, the vectors of the reflections, without their leading
    /// ones, below that, and their triangular factors into `factors`, as many in a block as it has
    /// rows. What is above the diagonal is lost.
    fn tridiagonal(a: MatMut<'_, Self>, factors: MatMut<'_, Self>, par: Par, stack: &mut MemStack);

    fn bidiagonal_scratch(m: usize, n: usize, par: Par) -> StackReq;

    /// Reduces `a`, which has no more columns than rows: the bidiagonal matrix comes onto the
    /// diagonal and above it, the vectors of the reflections from the left below it and those from
    /// the right, as rows, beside it, without their leading ones, and their triangular factors into
    /// `left` and `right`, as many in a block as these have rows.
    fn bidiagonal(
        a: MatMut<'_, Self>,
        left: MatMut<'_, Self>,
        right: MatMut<'_, Self>,
        par: Par,
        stack: &mut MemStack,
    );
}

/// `faer`'s, with its parameters.
mod complex {
    use faer::traits::ComplexField;

    use super::*;

    pub(super) fn tridiagonalize_scratch<T: ComplexField>(n: usize, par: Par) -> StackReq {
        tridiag_in_place_scratch::<T>(n, par, Default::default())
    }

    pub(super) fn tridiagonalize<T: ComplexField>(
        a: MatMut<'_, T>,
        factors: MatMut<'_, T>,
        par: Par,
        stack: &mut MemStack,
    ) {
        tridiag_in_place(a, factors, par, stack, Default::default());
    }

    pub(super) fn bidiagonalize_scratch<T: ComplexField>(m: usize, n: usize, par: Par) -> StackReq {
        bidiag_in_place_scratch::<T>(m, n, par, Default::default())
    }

    pub(super) fn bidiagonalize<T: ComplexField>(
        a: MatMut<'_, T>,
        left: MatMut<'_, T>,
        right: MatMut<'_, T>,
        par: Par,
        stack: &mut MemStack,
    ) {
        bidiag_in_place(a, left, right, par, stack, Default::default());
    }
}

/// Passes of our own.
mod real {
    pub(super) use super::super::bidiagonal::{bidiagonalize, bidiagonalize_scratch};
    pub(super) use super::super::tridiagonal::{tridiagonalize, tridiagonalize_scratch};
}

macro_rules! reductions {
    ($($type:ident: $source:ident, $same:literal;)+) => {$(
        impl Reduction for $type {
            const SAME: bool = $same;

            fn tridiagonal_scratch(n: usize, par: Par) -> StackReq {
                $source::tridiagonalize_scratch::<Self>(n, par)
            }

            fn tridiagonal(
                a: MatMut<'_, Self>,
                factors: MatMut<'_, Self>,
                par: Par,
                stack: &mut MemStack,
            ) {
                $source::tridiagonalize(a, factors, par, stack);
            }

            fn bidiagonal_scratch(m: usize, n: usize, par: Par) -> StackReq {
                $source::bidiagonalize_scratch::<Self>(m, n, par)
            }

            fn bidiagonal(
                a: MatMut<'_, Self>,
                left: MatMut<'_, Self>,
                right: MatMut<'_, Self>,
                par: Par,
                stack: &mut MemStack,
            ) {
                $source::bidiagonalize(a, left, right, par, stack);
            }
        }
    )+};
}

reductions! {
    f32: real, true;
    f64: real, true;
    Complex32: complex, false;
    Complex64: complex, false;
}
