//! A matrix times a vector, where the matrix is dense along the contracted axis: sums of products
//! of two lines, many products at a time.

use std::marker::PhantomData;

use tensorbridge_core::{DType, Result};

use super::sum::{Sum, Wrapping};
use super::{Matrix, Product, SERIAL};
use crate::isa::{Kernel, compile};
use crate::loops::body::{at, load, store};
use crate::pool::{self, Shared};
use crate::scratch::Scratch;

/// Bytes of the products that are added side by side: eight of the widest registers.
const LANES: usize = 256;

/// Products that are added side by side where fewer are left.
const FEW: usize = 8;

impl Product {
    /// As a matrix times a vector, if it is one with dense rows, of a dtype that is worth it.
    pub(super) fn as_vector(&self) -> Option<Self> {
        let size = self.dtype.itemsize() as isize;
        let dense = |product: &Self| product.n == 1 && product.a.steps[1] == size;
        let worth = matches!(
            self.dtype,
            DType::Float32
                | DType::Float64
                | DType::Int32
                | DType::Int64
                | DType::UInt32
                | DType::UInt64
        );
        [*self, self.turned()].into_iter().find(|product| worth && dense(product))
    }

    /// # Safety
    ///
    /// As [`super::matmul`], for what [`Product::as_vector`] gave.
    ///
    /// # Errors
    ///
    /// No memory for the vector; `Interrupted`.
    pub(super) unsafe fn by_vector(&self, threads: usize) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe {
            match self.dtype {
                DType::Float32 => self.lines::<f32, { LANES / 4 }>(threads),
                DType::Float64 => self.lines::<f64, { LANES / 8 }>(threads),
                DType::Int32 | DType::UInt32 => {
                    self.lines::<Wrapping<i32, i32>, { LANES / 4 }>(threads)
                }
                _ => self.lines::<Wrapping<i64, i64>, { LANES / 8 }>(threads),
            }
        }
    }

    unsafe fn lines<S: Sum, const LANES: usize>(&self, threads: usize) -> Result<()> {
        let Self { m, k, b, .. } = *self;
        let size = size_of::<S>();
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
        let rows = (SERIAL / k.max(1)).clamp(1, m);
        let shared = Shared(product);
        let run = compile::<Lines<S, LANES>>();
        pool::for_each(threads, m.div_ceil(rows), &|task| {
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

struct Lines<S, const LANES: usize>(PhantomData<S>);

impl<S: Sum, const LANES: usize> Kernel for Lines<S, LANES> {
    type Task = Product;

    #[inline(always)]
    unsafe fn run(product: &Product) {
        for row in 0..product.m {
            let (line, out) = (product.a.at(row, 0).address, product.out.at(row, 0).address);
            // SAFETY: the caller's: a row of the matrix and the vector, both dense.
            unsafe {
                let sum: S = line_sum::<S, LANES>(product.k, line, product.b.address);
                store(out, 0, sum.narrow());
            }
        }
    }
}

/// The sum of the products of two dense lines.
// Through indices: zipped arrays are left scalar.
#[allow(clippy::needless_range_loop)]
#[inline(always)]
unsafe fn line_sum<S: Sum, const LANES: usize>(length: usize, a: *mut u8, b: *mut u8) -> S {
    let along = |line: *mut u8, place: usize| line.wrapping_add(place * size_of::<S::Item>());
    let mut sums = [S::ZERO; LANES];
    let mut place = 0;
    // SAFETY: the caller's.
    unsafe {
        while place + LANES <= length {
            let left: [S::Item; LANES] = load(along(a, place), 0);
            let right: [S::Item; LANES] = load(along(b, place), 0);
            for lane in 0..LANES {
                sums[lane] = sums[lane].add(S::widen(left[lane]), S::widen(right[lane]));
            }
            place += LANES;
        }
        let mut width = LANES;
        while width > FEW {
            width /= 2;
            for lane in 0..width {
                sums[lane] = sums[lane].join(sums[lane + width]);
            }
        }
        while place + FEW <= length {
            let left: [S::Item; FEW] = load(along(a, place), 0);
            let right: [S::Item; FEW] = load(along(b, place), 0);
            for lane in 0..FEW {
                sums[lane] = sums[lane].add(S::widen(left[lane]), S::widen(right[lane]));
            }
            place += FEW;
        }
        let mut sum = sums[..FEW].iter().fold(S::ZERO, |sum, &other| sum.join(other));
        while place < length {
            sum = sum.add(S::widen(load(a, place)), S::widen(load(b, place)));
            place += 1;
        }
        sum
    }
}
