//! What the tiles of a product are summed from: real and complex numbers.

use std::ops::Sub;

use tensorbridge_core::dtype::{Complex32, Complex64};

use super::pack::Unit;
use super::sum::Sum;
use crate::loops::body::{load, store};

/// An entry of a matrix.
pub(super) trait Entry: Sum + Sub<Output = Self> + 'static {
    /// As wide as an entry.
    type Unit: Unit;

    /// Makes of a packed panel of the right matrix, `COLUMNS` entries for each step, what
    /// [`Entry::sums`] reads.
    ///
    /// # Safety
    ///
    /// As many steps have been packed at `panel`.
    unsafe fn arrange<const COLUMNS: usize>(panel: *mut u8, steps: usize);

    /// The sums of a tile: products of `ROWS` entries of a left panel, and the first `WIDTH` of
    /// `COLUMNS` of a right one, for every step.
    ///
    /// # Safety
    ///
    /// Both panels hold `steps` steps.
    unsafe fn sums<const ROWS: usize, const COLUMNS: usize, const WIDTH: usize>(
        steps: usize,
        left: *mut u8,
        right: *mut u8,
    ) -> [[Self; WIDTH]; ROWS];
}

macro_rules! real {
    ($($type:ident)+) => {$(
        impl Entry for $type {
            type Unit = Self;

            #[inline(always)]
            unsafe fn arrange<const COLUMNS: usize>(_panel: *mut u8, _steps: usize) {}

            // Through indices, without closures: else they do not stay in registers.
            #[allow(clippy::needless_range_loop)]
            #[inline(always)]
            unsafe fn sums<const ROWS: usize, const COLUMNS: usize, const WIDTH: usize>(
                steps: usize,
                left: *mut u8,
                right: *mut u8,
            ) -> [[Self; WIDTH]; ROWS] {
                let mut sums = [[0.0; WIDTH]; ROWS];
                for step in 0..steps {
                    let line = right.wrapping_add(step * COLUMNS * size_of::<Self>());
                    // SAFETY: the caller's.
                    let left: [Self; ROWS] = unsafe { load(left, step) };
                    // SAFETY: the same.
                    let right: [Self; WIDTH] = unsafe { load(line, 0) };
                    for row in 0..ROWS {
                        for column in 0..WIDTH {
                            sums[row][column] = left[row].mul_add(right[column], sums[row][column]);
                        }
                    }
                }
                sums
            }
        }
    )+};
}

real! { f32 f64 }

macro_rules! complex {
    ($($type:ident of $part:ident, $unit:ty;)+) => {$(
        impl Entry for $type {
            type Unit = $unit;

            /// The real parts of a step, and behind them the imaginary ones: registers of each.
            #[allow(clippy::needless_range_loop)]
            #[inline(always)]
            unsafe fn arrange<const COLUMNS: usize>(panel: *mut u8, steps: usize) {
                for step in 0..steps {
                    let line = panel.wrapping_add(step * COLUMNS * size_of::<Self>());
                    // SAFETY: the caller's.
                    let entries: [[$part; 2]; COLUMNS] = unsafe { load(line, 0) };
                    let (mut real, mut imaginary) = ([0.0; COLUMNS], [0.0; COLUMNS]);
                    for column in 0..COLUMNS {
                        [real[column], imaginary[column]] = entries[column];
                    }
                    // SAFETY: the caller's: both are as long as what they replace.
                    unsafe {
                        store(line, 0, real);
                        store(line, 1, imaginary);
                    }
                }
            }

            #[allow(clippy::needless_range_loop)]
            #[inline(always)]
            unsafe fn sums<const ROWS: usize, const COLUMNS: usize, const WIDTH: usize>(
                steps: usize,
                left: *mut u8,
                right: *mut u8,
            ) -> [[Self; WIDTH]; ROWS] {
                let (mut real, mut imaginary) = ([[0.0; WIDTH]; ROWS], [[0.0; WIDTH]; ROWS]);
                for step in 0..steps {
                    let line = right.wrapping_add(step * COLUMNS * size_of::<Self>());
                    let behind = line.wrapping_add(COLUMNS * size_of::<$part>());
                    // SAFETY: the caller's.
                    let left: [[$part; 2]; ROWS] = unsafe { load(left, step) };
                    // SAFETY: the same.
                    let first: [$part; WIDTH] = unsafe { load(line, 0) };
                    // SAFETY: the same.
                    let second: [$part; WIDTH] = unsafe { load(behind, 0) };
                    for row in 0..ROWS {
                        let [a, b] = left[row];
                        // One loop for each term, which becomes a few instructions.
                        for column in 0..WIDTH {
                            real[row][column] = a.mul_add(first[column], real[row][column]);
                        }
                        for column in 0..WIDTH {
                            real[row][column] = (-b).mul_add(second[column], real[row][column]);
                        }
                        for column in 0..WIDTH {
                            let sum = imaginary[row][column];
                            imaginary[row][column] = a.mul_add(second[column], sum);
                        }
                        for column in 0..WIDTH {
                            let sum = imaginary[row][column];
                            imaginary[row][column] = b.mul_add(first[column], sum);
                        }
                    }
                }
                let mut sums = [[Self::ZERO; WIDTH]; ROWS];
                for row in 0..ROWS {
                    for column in 0..WIDTH {
                        sums[row][column] = Self::new(real[row][column], imaginary[row][column]);
                    }
                }
                sums
            }
        }
    )+};
}

complex! {
    Complex32 of f32, f64;
    Complex64 of f64, [f64; 2];
}
