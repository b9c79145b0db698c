//! A matrix times a vector, where one axis of the matrix is dense: each element is read once.
//!
//! Along the contracted axis: sums of products of lines and the vector, several lines and many
//! products at a time. Along the other: several lines are added to all sums at a time.

use std::marker::PhantomData;

use tensorbridge_core::{DType, Result};

use super::sum::{Fused, Sum, Wrapping};
use super::{Matrix, Product, SERIAL};
use crate::isa::{Kernel, Tier, compile, tier};
use crate::loops::body::{at, load, store};
use crate::pool::{self, Shared};
use crate::scratch::{Kept, Scratch};

/// Bytes of the products of one line that are added side by side, where there is but one line, and
/// where there are several: eight of the widest registers together.
const LANES: usize = 256;
const SHORT: usize = LANES / LINES;

/// Lines that are read together.
const LINES: usize = 4;

/// Bytes of a matrix below which a second thread costs more than it helps.
const ALONE: usize = 1 << 19;

/// Products that are added side by side where fewer are left.
const FEW: usize = 8;

/// Bytes of a line of the caches.
const LINE: usize = 64;

/// Bytes of a matrix that may be in the caches, where pieces of lines shorter than a page are read
/// no faster by two threads than lines by one.
const CACHED: usize = 1 << 23;
const PAGE: usize = 1 << 12;

/// Lines that are added together to sums, and bytes of the sums, which stay in the first-level
/// cache.
const ADDED: usize = 4;
const SUMS: usize = 16 << 10;

impl Product {
    /// As a matrix times a vector, if it is one with a dense axis, of a dtype that is worth it.
    pub(super) fn as_vector(&self) -> Option<Self> {
        let size = self.dtype.itemsize() as isize;
        let sides = [*self, self.turned()];
        let dense = |axis: usize| {
            let dense = |side: &&Self| side.n == 1 && side.a.steps[axis] == size;
            sides.iter().filter(dense).find(|side| axis == 1 || side.m > 1).copied()
        };
        let worth = matches!(
            self.dtype,
            DType::Float32
                | DType::Float64
                | DType::Int32
                | DType::Int64
                | DType::UInt32
                | DType::UInt64
        );
        worth.then(|| dense(1).or_else(|| dense(0))).flatten()
    }

    /// # Safety
    ///
    /// As [`super::matmul`], for what [`Product::as_vector`] gave.
    ///
    /// # Errors
    ///
    /// No memory for the vector; `Interrupted`.
    pub(super) unsafe fn by_vector(&self, threads: usize) -> Result<()> {
        let fused = tier() > Tier::Baseline;
        // SAFETY: the caller's contract.
        unsafe {
            match self.dtype {
                DType::Float32 if fused => {
                    self.vector::<Fused<f32>, { LANES / 4 }, { SHORT / 4 }>(threads)
                }
                DType::Float64 if fused => {
                    self.vector::<Fused<f64>, { LANES / 8 }, { SHORT / 8 }>(threads)
                }
                DType::Float32 => self.vector::<f32, { LANES / 4 }, { SHORT / 4 }>(threads),
                DType::Float64 => self.vector::<f64, { LANES / 8 }, { SHORT / 8 }>(threads),
                DType::Int32 | DType::UInt32 => {
                    self.vector::<Wrapping<i32, i32>, { LANES / 4 }, { SHORT / 4 }>(threads)
                }
                _ => self.vector::<Wrapping<i64, i64>, { LANES / 8 }, { SHORT / 8 }>(threads),
            }
        }
    }

    unsafe fn vector<S: Sum, const LANES: usize, const SHORT: usize>(
        &self,
        threads: usize,
    ) -> Result<()> {
        let Self { m, k, b, .. } = *self;
        let size = size_of::<S>();
        let bytes = m.saturating_mul(k).saturating_mul(size);
        let threads = if bytes < ALONE { 1 } else { threads };
        let mut dense = Scratch::new(0);
        let mut product = *self;
        if b.steps[0] != size as isize {
            dense = Scratch::try_new(k.saturating_mul(size))?;
            product.b = Matrix { address: dense.address(), steps: [size as isize, 0] };
            for place in 0..k {
                // SAFETY: the caller's contract; `dense` has room for `k` elements.
                unsafe {
                    let value: S::Item = load(at(b.address, b.steps[0], place), 0);
                    store(product.b.address, place, value);
                }
            }
        }
        let few = |times: usize| (times * SERIAL / k.max(1)).min(m.div_ceil(threads));
        let shared = Shared(product);
        let (rows, run) = if product.a.steps[1] != size as isize {
            let least = if bytes < CACHED { PAGE } else { LINE };
            (few(8).clamp(least / size, SUMS / size), compile::<Columns<S>>())
        } else if m < LINES {
            (few(1).max(1), compile::<Lines<S, LANES, 1>>())
        } else {
            (few(1).next_multiple_of(LINES), compile::<Lines<S, SHORT, LINES>>())
        };
        pool::for_each_weighing(bytes, threads, m.div_ceil(rows), &|task| {
            let whole = shared.get();
            let first = task * rows;
            let part = Product {
                m: rows.min(m - first),
                a: whole.a.at(first, 0),
                out: whole.out.at(first, 0),
                ..whole
            };
            // SAFETY: the caller's contract, for some rows.
            unsafe { run(&part) };
        })?;
        drop(dense);
        Ok(())
    }
}

struct Columns<S>(PhantomData<S>);

impl<S: Sum> Kernel for Columns<S> {
    type Task = Product;

    #[inline(always)]
    unsafe fn run(&Product { m, k, a, b, out, .. }: &Product) {
        let sums = Kept::new(m * size_of::<S>());
        let sums = sums.address();
        let mut step = 0;
        // SAFETY: the caller's: lines of `m` elements, `k` of them, and a vector of `k`.
        unsafe {
            for row in 0..m {
                store(sums, row, S::ZERO);
            }
            while step + ADDED <= k {
                add_lines::<S, ADDED>(m, a.at(0, step), b.at(step, 0).address, sums);
                step += ADDED;
            }
            while step < k {
                add_lines::<S, 1>(m, a.at(0, step), b.at(step, 0).address, sums);
                step += 1;
            }
            for row in 0..m {
                let sum: S = load(sums, row);
                store(out.at(row, 0).address, 0, sum.narrow());
            }
        }
    }
}

/// Adds columns of `a`, dense ones, times factors, to sums.
// Through indices: zipped arrays are left scalar.
#[allow(clippy::needless_range_loop)]
#[inline(always)]
unsafe fn add_lines<S: Sum, const COUNT: usize>(
    length: usize,
    a: Matrix,
    factors: *mut u8,
    sums: *mut u8,
) {
    let mut lines = [a.address; COUNT];
    for index in 0..COUNT {
        lines[index] = a.at(0, index).address;
    }
    // SAFETY: the caller's.
    unsafe {
        let factors: [S::Item; COUNT] = load(factors, 0);
        for place in 0..length {
            let mut sum: S = load(sums, place);
            for index in 0..COUNT {
                sum = sum.add(S::widen(load(lines[index], place)), S::widen(factors[index]));
            }
            store(sums, place, sum);
        }
    }
}

struct Lines<S, const LANES: usize, const LINES: usize>(PhantomData<S>);

impl<S: Sum, const LANES: usize, const LINES: usize> Kernel for Lines<S, LANES, LINES> {
    type Task = Product;

    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    unsafe fn run(&Product { m, k, a, b, out, .. }: &Product) {
        let mut row = 0;
        // SAFETY: the caller's: rows of the matrix and the vector, both dense. A row is summed in
        // the same order in either way.
        unsafe {
            while row + LINES <= m {
                let sums: [S; LINES] = line_sums::<S, LANES, LINES>(k, a.at(row, 0), b.address);
                for line in 0..LINES {
                    store(out.at(row + line, 0).address, 0, sums[line].narrow());
                }
                row += LINES;
            }
            while row < m {
                let [sum]: [S; 1] = line_sums::<S, LANES, 1>(k, a.at(row, 0), b.address);
                store(out.at(row, 0).address, 0, sum.narrow());
                row += 1;
            }
        }
    }
}

/// The sums of the products of dense rows and a dense line.
// Through indices: zipped arrays are left scalar.
#[allow(clippy::needless_range_loop)]
#[inline(always)]
unsafe fn line_sums<S: Sum, const LANES: usize, const LINES: usize>(
    length: usize,
    a: Matrix,
    b: *mut u8,
) -> [S; LINES] {
    let along = |line: *mut u8, place: usize| line.wrapping_add(place * size_of::<S::Item>());
    let mut lines = [a.address; LINES];
    for line in 0..LINES {
        lines[line] = a.at(line, 0).address;
    }
    let mut sums = [[S::ZERO; LANES]; LINES];
    let mut place = 0;
    // SAFETY: the caller's.
    unsafe {
        while place + LANES <= length {
            let right: [S::Item; LANES] = load(along(b, place), 0);
            for line in 0..LINES {
                let left: [S::Item; LANES] = load(along(lines[line], place), 0);
                for lane in 0..LANES {
                    sums[line][lane] =
                        sums[line][lane].add(S::widen(left[lane]), S::widen(right[lane]));
                }
            }
            place += LANES;
        }
        let mut whole = [S::ZERO; LINES];
        for line in 0..LINES {
            let (sums, mut place, mut width) = (&mut sums[line], place, LANES);
            while width > FEW {
                width /= 2;
                for lane in 0..width {
                    sums[lane] = sums[lane].join(sums[lane + width]);
                }
            }
            while place + FEW <= length {
                let left: [S::Item; FEW] = load(along(lines[line], place), 0);
                let right: [S::Item; FEW] = load(along(b, place), 0);
                for lane in 0..FEW {
                    sums[lane] = sums[lane].add(S::widen(left[lane]), S::widen(right[lane]));
                }
                place += FEW;
            }
            let mut sum = sums[..FEW].iter().fold(S::ZERO, |sum, &other| sum.join(other));
            while place < length {
                sum = sum.add(S::widen(load(lines[line], place)), S::widen(load(b, place)));
                place += 1;
            }
            whole[line] = sum;
        }
        whole
    }
}
