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
    /// `steps` steps of `COLUMNS` entries have been packed at `panel`, which nobody else uses.
    unsafe fn arrange<const COLUMNS: usize>(panel: *mut u8, steps: usize);

    /// The sums of a tile: products of `ROWS` entries of a left panel, and the first `WIDTH` of
    /// `COLUMNS` of a right one, for every step.
    ///
    /// # Safety
    ///
    /// Both panels hold `steps` steps, and the right one has been arranged.
    unsafe fn sums<const ROWS: usize, const COLUMNS: usize, const WIDTH: usize>(
        steps: usize,
        left: *mut u8,
        right: *mut u8,
    ) -> [[Self; WIDTH]; ROWS];
}

/// Numbers of which an entry consists.
trait Real: Sum {
    /// `self + a * b`, rounded once.
    fn fused(self, a: Self, b: Self) -> Self;
}

/// As [`Entry::sums`], of numbers.
///
/// # Safety
///
/// As [`Entry::sums`].
// Through indices, without closures: else they do not stay in registers.
#[allow(clippy::needless_range_loop)]
#[inline(always)]
unsafe fn products<T: Real, const ROWS: usize, const COLUMNS: usize, const WIDTH: usize>(
    steps: usize,
    left: *mut u8,
    right: *mut u8,
) -> [[T; WIDTH]; ROWS] {
    let mut sums = [[T::ZERO; WIDTH]; ROWS];
    for step in 0..steps {
        let line = right.wrapping_add(step * COLUMNS * size_of::<T>());
        // SAFETY: the caller's: both sides hold `steps` steps.
        let (left, right): ([T; ROWS], [T; WIDTH]) = unsafe { (load(left, step), load(line, 0)) };
        for row in 0..ROWS {
            for column in 0..WIDTH {
                sums[row][column] = sums[row][column].fused(left[row], right[column]);
            }
        }
    }
    sums
}

macro_rules! real {
    ($($type:ident)+) => {$(
        impl Real for $type {
            #[inline(always)]
            fn fused(self, a: Self, b: Self) -> Self {
                a.mul_add(b, self)
            }
        }

        impl Entry for $type {
            type Unit = Self;

            #[inline(always)]
            unsafe fn arrange<const COLUMNS: usize>(_panel: *mut u8, _steps: usize) {}

            #[inline(always)]
            unsafe fn sums<const ROWS: usize, const COLUMNS: usize, const WIDTH: usize>(
                steps: usize,
                left: *mut u8,
                right: *mut u8,
            ) -> [[Self; WIDTH]; ROWS] {
                // SAFETY: the caller's.
                unsafe { products::<Self, ROWS, COLUMNS, WIDTH>(steps, left, right) }
            }
        }
    )+};
}

real! { f32 f64 }

/// `(a + bi)(c + di)` in the loop of real products: a left panel has `a` and `b` of each entry side
/// by side as twice as many rows, a right one all `c` and then all `d` of a step as twice as many
/// columns. What they sum, `ac`, `ad`, `bc` and `bd`, is joined at the end.
macro_rules! complex {
    ($($type:ident of $part:ident, $unit:ty:
        $($rows:literal by $columns:literal in $twice_rows:literal by $twice_columns:literal),+;
    )+) => {$(
        impl Entry for $type {
            type Unit = $unit;

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
                    // SAFETY: the caller's: together they are as long as what they replace.
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
                let mut sums = [[Self::ZERO; WIDTH]; ROWS];
                match (ROWS, COLUMNS) {
                    $(($rows, $columns) => {
                        // SAFETY: the caller's: panels of twice as many numbers.
                        let parts = unsafe {
                            products::<$part, $twice_rows, $twice_columns, $twice_columns>(
                                steps, left, right,
                            )
                        };
                        // By way of memory: else the loop is cut to the form of what follows it.
                        let parts = std::hint::black_box(&parts);
                        for row in 0..ROWS {
                            let [first, second] = [&parts[2 * row], &parts[2 * row + 1]];
                            for column in 0..WIDTH {
                                let behind = column + $columns;
                                let real = first[column] - second[behind];
                                sums[row][column] = Self::new(real, first[behind] + second[column]);
                            }
                        }
                    })+
                    _ => unreachable!("the tiles of `Tiles::of`"),
                }
                sums
            }
        }
    )+};
}

complex! {
    Complex32 of f32, f64: 3 by 8 in 6 by 16, 6 by 16 in 12 by 32;
    Complex64 of f64, [f64; 2]: 3 by 4 in 6 by 8, 6 by 8 in 12 by 16;
}
