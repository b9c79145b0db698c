//! The sum of squared distances from the mean, each element read from memory once.
//!
//! A piece that stays in the cache is read twice: for its mean, and for the squares around it,
//! from which what rounding left of the mean is taken off again (the corrected two-pass
//! algorithm of Chan, Golub and LeVeque, "Algorithms for computing the sample variance", 1983).
//! Pieces merge by the same authors' formula, in `f64`. The count is a
//! row's, the rest each accumulator's own.

use std::marker::PhantomData;

use tensorbridge_core::{DType, Element};

use super::super::body::{load, store};
use super::{Folding, Merge, Reducer, Tile, of};

/// How to measure the spread of elements of `compute`, which is `float32` or `float64`.
pub(super) fn folding(compute: DType) -> Option<Folding> {
    Some(match compute {
        DType::Float32 => of::<Deviations<f32>>(),
        DType::Float64 => of::<Deviations<f64>>(),
        _ => return None,
    })
}

struct Deviations<T>(PhantomData<T>);

/// A float that is measured.
trait Real:
    Element
    + std::ops::AddAssign
    + std::ops::Add<Output = Self>
    + std::ops::Sub<Output = Self>
    + std::ops::Mul<Output = Self>
{
    const ZERO: Self;
    fn wide(self) -> f64;
    fn near(value: f64) -> Self;
}

macro_rules! reals {
    ($($type:ty)+) => {$(
        impl Real for $type {
            const ZERO: $type = 0.0;
            #[inline(always)]
            fn wide(self) -> f64 {
                self.into()
            }
            #[inline(always)]
            fn near(value: f64) -> $type {
                value as $type
            }
        }
    )+};
}

reals! { f32 f64 }

/// Elements of a run, and of a column, whose sums are taken in their own type.
const PIECE: usize = 1024;
/// Columns that are measured together.
const COLUMNS: usize = 128;
const LANES: usize = 32;

/// The mean of some elements and the sum of their squared distances from it. The mean is a
/// number near it and what that is off by, so that means which are far from 0 and near one
/// another keep their distance.
#[derive(Clone, Copy)]
struct Moments {
    count: f64,
    near: f64,
    off: f64,
    squares: f64,
}

impl Moments {
    /// From the sums of distances and of their squares around a number near the mean.
    #[inline(always)]
    fn around<T: Real>(near: T, count: f64, sum: T, squares: T) -> Self {
        let (sum, squares) = (sum.wide(), squares.wide());
        let off = sum / count;
        Self { count, near: near.wide(), off, squares: squares - sum * off }
    }

    /// Of the elements of both.
    #[inline(always)]
    fn and(self, other: Self) -> Self {
        let count = self.count + other.count;
        let distance = (other.near - self.near) + (other.off - self.off);
        let share = other.count / count;
        let joined = Self {
            count,
            near: self.near,
            off: self.off + distance * share,
            squares: self.squares + other.squares + distance * distance * self.count * share,
        };
        // Infinities are not weighed with nothing.
        if self.count == 0.0 { other } else { joined }
    }
}

#[inline(always)]
fn join<T: Real>(lanes: [T; LANES]) -> T {
    let mut eight = [T::ZERO; 8];
    for group in 0..LANES / 8 {
        for lane in 0..8 {
            eight[lane] += lanes[group * 8 + lane];
        }
    }
    let [a, b, c, d, e, f, g, h] = eight;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}

/// Runs `take(lane, value)` over a run, element `index` in lane `index % LANES`.
#[inline(always)]
unsafe fn each<T: Real>(from: *mut u8, len: usize, mut take: impl FnMut(usize, T)) {
    // SAFETY: the contract of `Reducer`.
    unsafe {
        for step in 0..len / LANES {
            let values: [T; LANES] = load(from, step);
            for (lane, &value) in values.iter().enumerate() {
                take(lane, value);
            }
        }
        for index in len / LANES * LANES..len {
            take(index % LANES, load(from, index));
        }
    }
}

/// The moments of a run of at most PIECE elements.
#[inline(always)]
unsafe fn measured<T: Real>(from: *mut u8, len: usize) -> Moments {
    // SAFETY: the caller's contract.
    unsafe {
        let mut sums = [T::ZERO; LANES];
        each::<T>(from, len, |lane, value| sums[lane] += value);
        let near = T::near(join(sums).wide() / len as f64);
        let (mut sums, mut squares) = ([T::ZERO; LANES], [T::ZERO; LANES]);
        each::<T>(from, len, |lane, value| {
            let distance = value - near;
            sums[lane] += distance;
            squares[lane] += distance * distance;
        });
        Moments::around(near, len as f64, join(sums), join(squares))
    }
}

/// A row of accumulators: the count, the numbers near the means, what those are off by, the sums
/// of squares.
#[derive(Clone, Copy)]
struct Row {
    columns: usize,
    sums: *mut u8,
}

impl Row {
    #[inline(always)]
    unsafe fn count(self) -> f64 {
        // SAFETY: the contract of `Reducer`.
        unsafe { load(self.sums, 0) }
    }

    #[inline(always)]
    unsafe fn set_count(self, count: f64) {
        // SAFETY: the contract of `Reducer`.
        unsafe { store(self.sums, 0, count) }
    }

    /// Where the numbers of one of three kinds are.
    #[inline(always)]
    fn numbers(self, kind: usize) -> *mut u8 {
        self.sums.wrapping_add((2 + kind * self.columns) * size_of::<f64>())
    }

    #[inline(always)]
    unsafe fn get(self, count: f64, column: usize) -> Moments {
        // SAFETY: the contract of `Reducer`.
        let [near, off, squares] =
            [0, 1, 2].map(|kind| unsafe { load(self.numbers(kind), column) });
        Moments { count, near, off, squares }
    }

    #[inline(always)]
    unsafe fn set(self, column: usize, moments: Moments) {
        // SAFETY: the contract of `Reducer`.
        unsafe {
            store(self.numbers(0), column, moments.near);
            store(self.numbers(1), column, moments.off);
            store(self.numbers(2), column, moments.squares);
        }
    }
}

impl<T: Real> Reducer for Deviations<T> {
    type In = T;
    type Out = f64;
    const HEADER: usize = 16;
    const SIZE: usize = 24;

    unsafe fn start(columns: usize, sums: *mut u8) {
        // SAFETY: the contract of `Reducer`.
        unsafe { std::ptr::write_bytes(sums, 0, Self::HEADER + columns * Self::SIZE) };
    }

    #[inline(always)]
    unsafe fn along(tile: &Tile) {
        let row = Row { columns: tile.columns, sums: tile.sums };
        // SAFETY: the contract of `Reducer`.
        unsafe {
            let count = row.count();
            for column in 0..tile.columns {
                let from = tile.run(column);
                let mut moments = row.get(count, column);
                for start in (0..tile.rows).step_by(PIECE) {
                    let from = from.wrapping_add(start * size_of::<T>());
                    moments = moments.and(measured::<T>(from, PIECE.min(tile.rows - start)));
                }
                row.set(column, moments);
            }
            row.set_count(count + tile.rows as f64);
        }
    }

    #[inline(always)]
    unsafe fn across(tile: &Tile) {
        let row = Row { columns: tile.columns, sums: tile.sums };
        let rows = tile.rows as f64;
        // SAFETY: the contract of `Reducer`.
        unsafe {
            let count = row.count();
            for first in (0..tile.columns).step_by(COLUMNS) {
                let width = COLUMNS.min(tile.columns - first);
                let mut near = [T::ZERO; COLUMNS];
                for index in 0..tile.rows {
                    let from = tile.run(index);
                    for (column, near) in near[..width].iter_mut().enumerate() {
                        *near += load(from, first + column);
                    }
                }
                for near in &mut near[..width] {
                    *near = T::near(near.wide() / rows);
                }
                let (mut sums, mut squares) = ([T::ZERO; COLUMNS], [T::ZERO; COLUMNS]);
                for index in 0..tile.rows {
                    let from = tile.run(index);
                    for column in 0..width {
                        let distance = load::<T>(from, first + column) - near[column];
                        sums[column] += distance;
                        squares[column] += distance * distance;
                    }
                }
                for column in 0..width {
                    let (sum, square) = (sums[column], squares[column]);
                    let here = Moments::around(near[column], rows, sum, square);
                    row.set(first + column, row.get(count, first + column).and(here));
                }
            }
            row.set_count(count + rows);
        }
    }

    #[inline(always)]
    unsafe fn merge(merge: &Merge) {
        let columns = merge.columns;
        let (into, from) = (Row { columns, sums: merge.into }, Row { columns, sums: merge.from });
        // SAFETY: the contract of `Reducer`.
        unsafe {
            let (count, other) = (into.count(), from.count());
            for column in 0..columns {
                into.set(column, into.get(count, column).and(from.get(other, column)));
            }
            into.set_count(count + other);
        }
    }

    unsafe fn finish(columns: usize, sums: *mut u8, out: *mut u8) {
        let row = Row { columns, sums };
        // SAFETY: the contract of `Reducer`; both are disjoint.
        unsafe { std::ptr::copy_nonoverlapping(row.numbers(2), out, columns * size_of::<f64>()) };
    }
}
