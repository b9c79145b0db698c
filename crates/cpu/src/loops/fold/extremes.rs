//! The least and the greatest element; NaN if any is.
//!
//! A comparison that NaN fails keeps it out of the extremes, at one instruction for each
//! vector; whether there was any is asked of two vectors at once, beside it.

use std::marker::PhantomData;

use tensorbridge_core::DType;
use tensorbridge_core::op::Reduce;

use super::super::body::{load, store};
use super::ranked::{End, High, Low, Ranked, best_of, with_ranked};
use super::{Folding, Merge, Reducer, Tile, of};

/// How to find the extremes of elements of `compute`, of 16-bit floats as `float32`.
pub(super) fn folding(op: Reduce, compute: DType) -> Option<Folding> {
    match op {
        Reduce::Min => with_ranked!(compute, T => of::<Extreme<Low, T>>()),
        _ => with_ranked!(compute, T => of::<Extreme<High, T>>()),
    }
}

struct Extreme<E, T>(PhantomData<(E, T)>);

/// An accumulator with the best of further elements; NaN stays, and comes where `nan` says so.
#[inline(always)]
fn taken<E: End, T: Ranked>(sum: T, best: T, nan: bool) -> T {
    if nan { T::NAN } else { E::better(best, sum) }
}

impl<E: End, T: Ranked> Reducer for Extreme<E, T> {
    type In = T;
    type Out = T;
    const RUN: usize = 1 << 16;

    unsafe fn start(columns: usize, sums: *mut u8) {
        for column in 0..columns {
            // SAFETY: the contract of `Reducer`.
            unsafe { store(sums, column, E::worst::<T>()) };
        }
    }

    #[inline(always)]
    unsafe fn along(tile: &Tile) {
        for column in 0..tile.columns {
            let from = tile.run(column);
            // SAFETY: the contract of `Reducer`.
            unsafe {
                let (best, nan) = match size_of::<T>() {
                    1 => best_of::<E, T, 128>(from, tile.rows),
                    2 => best_of::<E, T, 64>(from, tile.rows),
                    4 => best_of::<E, T, 32>(from, tile.rows),
                    _ => best_of::<E, T, 16>(from, tile.rows),
                };
                store(tile.sums, column, taken::<E, T>(load(tile.sums, column), best, nan));
            }
        }
    }

    #[inline(always)]
    unsafe fn across(tile: &Tile) {
        let sums = tile.sums;
        let mut row = 0;
        // SAFETY: the contract of `Reducer`.
        unsafe {
            while tile.rows - row >= 4 {
                let [a, b, c, d] = [0, 1, 2, 3].map(|index| tile.run(row + index));
                for column in 0..tile.columns {
                    let (a, b): (T, T) = (load(a, column), load(b, column));
                    let (c, d): (T, T) = (load(c, column), load(d, column));
                    let nan = T::is_set(T::unordered(a, b) | T::unordered(c, d));
                    let best = E::better(E::better(a, b), E::better(c, d));
                    store(sums, column, taken::<E, T>(load(sums, column), best, nan));
                }
                row += 4;
            }
            for row in row..tile.rows {
                let from = tile.run(row);
                for column in 0..tile.columns {
                    let value: T = load(from, column);
                    let nan = T::is_set(T::unordered(value, value));
                    store(sums, column, taken::<E, T>(load(sums, column), value, nan));
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn merge(merge: &Merge) {
        for column in 0..merge.columns {
            // SAFETY: the contract of `Reducer`.
            unsafe {
                let (sum, other): (T, T) = (load(merge.into, column), load(merge.from, column));
                let nan = T::is_set(T::unordered(other, other));
                store(merge.into, column, taken::<E, T>(sum, other, nan));
            }
        }
    }
}
