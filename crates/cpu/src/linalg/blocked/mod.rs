//! Large real matrices, factorized in panels of columns: the crew of threads takes what lies beyond
//! a panel block by block, and the next panel is factorized beside that.
//!
//! After Dongarra, Du Croz, Hammarling and Duff, "A set of level 3 basic linear algebra
//! subprograms" (1990), for the blocks, and Strazdins, "A comparison of lookahead and algorithmic
//! blocking techniques for parallel matrix factorization" (1998), for the panel ahead. The blocks
//! follow from the size alone: the result is the same with any number of threads.

mod cholesky;
mod lu;
mod pivots;

use std::ops::Range;

use faer::MatMut;
use faer::dyn_stack::{MemStack, StackReq};
use tensorbridge_core::dtype::{Complex32, Complex64};

use super::field::Field;
use super::vector::Real;
use crate::matmul::Left;

/// Columns of a panel, and of a block. Measured on one thread.
const PANEL: usize = 64;
const BLOCK: usize = 48;

/// Rows and columns from which on this is as fast as `faer` or faster, measured on one thread.
const LU: usize = 256;
const CHOLESKY: usize = 512;

/// Whether `L @ U` of a matrix of this type and shape is found here.
pub(super) fn lu_is_ours<T: Field>(m: usize, n: usize) -> bool {
    T::IS_REAL && m.min(n) >= LU
}

/// Whether the Cholesky factor of a matrix of this type and size is found here.
pub(super) fn cholesky_is_ours<T: Field>(n: usize) -> bool {
    T::IS_REAL && n >= CHOLESKY
}

/// Numbers whose large matrices are factorized here if they are real, else by `faer`.
pub(super) trait Blocked: Sized {
    /// The memory that [`Blocked::lu`] of a matrix of `m` rows works in.
    fn lu_scratch(m: usize) -> StackReq;

    /// `L @ U` of a matrix whose row `i` was exchanged with row `exchanges[i]`, one after the
    /// other. One who is interrupted leaves anything there, with exchanges that are in range.
    fn lu(a: MatMut<'_, Self>, exchanges: &mut [usize], threads: usize, stack: &mut MemStack);

    /// The memory that [`Blocked::cholesky`] works in.
    fn cholesky_scratch(n: usize) -> StackReq;

    /// The Cholesky factor of the symmetric matrix in the lower triangle of `a`; what is above is
    /// lost. Returns 0, or the place (from 1) of the first pivot that is not positive.
    fn cholesky(a: MatMut<'_, Self>, threads: usize, stack: &mut MemStack) -> i32;
}

macro_rules! blocked {
    ($($type:ident)+) => {$(
        impl Blocked for $type {
            fn lu_scratch(m: usize) -> StackReq {
                packed_scratch::<Self>(m)
            }

            fn lu(
                a: MatMut<'_, Self>,
                exchanges: &mut [usize],
                threads: usize,
                stack: &mut MemStack,
            ) {
                lu::factorize(a, exchanges, threads, stack);
            }

            fn cholesky_scratch(n: usize) -> StackReq {
                cholesky::scratch::<Self>(n)
            }

            fn cholesky(a: MatMut<'_, Self>, threads: usize, stack: &mut MemStack) -> i32 {
                cholesky::factorize(a, threads, stack)
            }
        }
    )+};
}

blocked! { f32 f64 }

macro_rules! complex {
    ($($type:ident)+) => {$(
        impl Blocked for $type {
            fn lu_scratch(_: usize) -> StackReq {
                StackReq::EMPTY
            }

            fn lu(_: MatMut<'_, Self>, _: &mut [usize], _: usize, _: &mut MemStack) {
                unreachable!("complex matrices are faer's");
            }

            fn cholesky_scratch(_: usize) -> StackReq {
                StackReq::EMPTY
            }

            fn cholesky(_: MatMut<'_, Self>, _: usize, _: &mut MemStack) -> i32 {
                unreachable!("complex matrices are faer's")
            }
        }
    )+};
}

complex! { Complex32 Complex64 }

/// The memory of two packed panels, of which one is read while the next is packed.
fn packed_scratch<T: Real>(m: usize) -> StackReq {
    StackReq::new_aligned::<u8>(Left::<T>::room(m, PANEL), ALIGNMENT).array(2)
}

/// What packed panels are aligned to: a line of the caches.
const ALIGNMENT: usize = 64;

/// That memory, and what else there is.
fn packed<T: Real>(m: usize, stack: &mut MemStack) -> ([*mut u8; 2], &mut MemStack) {
    let room = Left::<T>::room(m, PANEL);
    let (even, stack) = stack.make_aligned_uninit::<u8>(room, ALIGNMENT);
    let (odd, stack) = stack.make_aligned_uninit::<u8>(room, ALIGNMENT);
    ([even, odd].map(|memory| memory.as_mut_ptr().cast()), stack)
}

/// The panel after the columns before `end`, and the blocks after that, of `columns` columns: what
/// is ahead first.
fn beyond(end: usize, panels: usize, columns: usize) -> impl Fn(usize) -> Range<usize> {
    let next = (end + PANEL).min(panels);
    move |task: usize| match task {
        0 if next > end => end..next,
        _ => {
            let first = next + (task - usize::from(next > end)) * BLOCK;
            first..(first + BLOCK).min(columns)
        }
    }
}

/// How many these are.
fn count_beyond(end: usize, panels: usize, columns: usize) -> usize {
    let next = (end + PANEL).min(panels);
    usize::from(next > end) + (columns - next).div_ceil(BLOCK)
}

/// A matrix with dense columns, of which several threads take different parts.
#[derive(Clone, Copy)]
struct Whole<T> {
    address: *mut T,
    step: isize,
}

impl<T: Real> Whole<T> {
    fn of(a: MatMut<'_, T>) -> Self {
        assert_eq!(a.row_stride(), 1, "columns are dense");
        Self { address: a.as_ptr_mut(), step: a.col_stride() }
    }

    /// A part of the matrix.
    ///
    /// # Safety
    ///
    /// The matrix has these rows and columns, and is borrowed. As long as the part is in use,
    /// nobody else writes to it, nor reads it if it is written to.
    unsafe fn part<'a>(self, rows: Range<usize>, columns: Range<usize>) -> MatMut<'a, T> {
        // SAFETY: the caller's contract.
        unsafe {
            let address = self.address.add(rows.start).offset(columns.start as isize * self.step);
            MatMut::from_raw_parts_mut(address, rows.len(), columns.len(), 1, self.step)
        }
    }
}

#[cfg(test)]
mod tests;
