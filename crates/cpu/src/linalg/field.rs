//! The four types that linear algebra computes in.

use std::ops::{AddAssign, Div, Mul, SubAssign};

use faer::traits::ComplexField;
use faer::{MatMut, MatRef};
use tensorbridge_core::Element;
use tensorbridge_core::dtype::{Complex32, Complex64};

use super::bidiagonal_svd::Real;
use super::blocked::Blocked;
use super::eigen::General;
use super::reduction::Reduction;

/// `f32`, `f64` and the complex numbers made of them.
pub(super) trait Field:
    Element
    + General
    + Blocked
    + Reduction
    + ComplexField<Real: Element + Real>
    + AddAssign
    + SubAssign
    + Mul<Output = Self>
    + Div<Output = Self>
{
    /// Real and imaginary part.
    fn parts(self) -> [f64; 2];

    /// The number of these parts, rounded; a real number has no imaginary part.
    fn of(parts: [f64; 2]) -> Self;

    /// The real number of this precision nearest to `value`.
    fn real(value: f64) -> Self::Real;

    /// Whether it is neither NaN nor an infinity.
    fn finite(self) -> bool {
        self.parts().iter().all(|part| part.is_finite())
    }
}

macro_rules! fields {
    ($($real:ident $complex:ident;)+) => {$(
        impl Field for $real {
            #[inline(always)]
            fn parts(self) -> [f64; 2] {
                [f64::from(self), 0.0]
            }

            #[inline(always)]
            fn of([re, _]: [f64; 2]) -> Self {
                re as $real
            }

            #[inline(always)]
            fn real(value: f64) -> $real {
                value as $real
            }
        }

        impl Field for $complex {
            #[inline(always)]
            fn parts(self) -> [f64; 2] {
                [f64::from(self.re), f64::from(self.im)]
            }

            #[inline(always)]
            fn of([re, im]: [f64; 2]) -> Self {
                $complex::new(re as $real, im as $real)
            }

            #[inline(always)]
            fn real(value: f64) -> $real {
                value as $real
            }
        }
    )+};
}

fields! { f32 Complex32; f64 Complex64; }

/// Every element of a matrix, column by column.
pub(super) fn elements<'a, T: Field>(matrix: MatRef<'a, T>) -> impl Iterator<Item = T> + 'a {
    (0..matrix.ncols()).flat_map(move |j| (0..matrix.nrows()).map(move |i| matrix[(i, j)]))
}

/// Changes every element of a matrix.
pub(super) fn change<T: Field>(mut matrix: MatMut<'_, T>, mut to: impl FnMut(T) -> T) {
    for j in 0..matrix.ncols() {
        for i in 0..matrix.nrows() {
            matrix[(i, j)] = to(matrix[(i, j)]);
        }
    }
}

/// Conjugates every element of a matrix.
pub(super) fn conjugate<T: Field>(matrix: MatMut<'_, T>) {
    if !T::IS_REAL {
        change(matrix, |value| T::conj_impl(&value));
    }
}

/// Writes ones onto the diagonal and zeros beside it.
pub(super) fn identity<T: Field>(mut matrix: MatMut<'_, T>) {
    matrix.fill(T::zero_impl());
    matrix.diagonal_mut().fill(T::one_impl());
}
