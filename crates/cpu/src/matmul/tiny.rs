//! Products of very small matrices, of which there may be many.

use std::marker::PhantomData;

use tensorbridge_core::DType;
use tensorbridge_core::dtype::{Complex32, Complex64};
use tensorbridge_core::layout::nest::Nest;

use super::Product;
use super::sum::{Any, Fused, Sum, Wrapping};
use crate::isa::{Kernel, Tier, compile, tier};
use crate::loops::body::{at, load, store};

/// Multiply-adds of the largest product that is worth no packing.
const LARGEST: usize = 1 << 10;

/// Products `first..end` of a batch.
pub(super) struct Batch<'a> {
    pub(super) product: Product,
    pub(super) batches: &'a Nest<3>,
    pub(super) first: usize,
    pub(super) end: usize,
}

impl Batch<'_> {
    /// Computes the products, if they are small enough for it.
    ///
    /// # Safety
    ///
    /// As [`super::matmul`].
    pub(super) unsafe fn run(&self) -> bool {
        if self.product.work() > LARGEST {
            return false;
        }
        let dtype = self.product.dtype;
        let run = match (dtype, dtype.itemsize()) {
            (DType::Float16 | DType::BFloat16, _) => return false,
            (DType::Float32, _) if tier() > Tier::Baseline => compile::<Tiny<'_, Fused<f32>>>(),
            (DType::Float64, _) if tier() > Tier::Baseline => compile::<Tiny<'_, Fused<f64>>>(),
            (DType::Float32, _) => compile::<Tiny<'_, f32>>(),
            (DType::Float64, _) => compile::<Tiny<'_, f64>>(),
            (DType::Complex64, _) => compile::<Tiny<'_, Complex32>>(),
            (DType::Complex128, _) => compile::<Tiny<'_, Complex64>>(),
            (DType::Bool, _) => compile::<Tiny<'_, Any>>(),
            (_, 1) => compile::<Tiny<'_, Wrapping<i8, i16>>>(),
            (_, 2) => compile::<Tiny<'_, Wrapping<i16, i16>>>(),
            (_, 4) => compile::<Tiny<'_, Wrapping<i32, i32>>>(),
            _ => compile::<Tiny<'_, Wrapping<i64, i64>>>(),
        };
        // SAFETY: the caller's contract; the elements are of the dtype's type.
        unsafe { run(self) };
        true
    }
}

struct Tiny<'a, S>(PhantomData<(&'a (), S)>);

impl<'a, S: Sum> Kernel for Tiny<'a, S> {
    type Task = Batch<'a>;

    #[inline(always)]
    unsafe fn run(batch: &Batch<'a>) {
        let (length, steps) = batch.batches.inner();
        let mut index = batch.first;
        while index < batch.end {
            // As far as the innermost axis of the batch goes.
            let end = batch.end.min(index + length - index % length);
            let mut product = batch.product.moved(batch.batches, index);
            while index < end {
                // SAFETY: the caller's.
                unsafe { whole::<S>(&product) };
                product.step(steps);
                index += 1;
            }
        }
    }
}

/// A whole product.
#[inline(always)]
unsafe fn whole<S: Sum>(product: &Product) {
    let mut row = 0;
    // SAFETY: the caller's: rows of the product.
    unsafe {
        while row + 4 <= product.m {
            rows::<S, 4>(product, row);
            row += 4;
        }
        if row + 2 <= product.m {
            rows::<S, 2>(product, row);
            row += 2;
        }
        if row < product.m {
            rows::<S, 1>(product, row);
        }
    }
}

/// Some rows of the product.
#[inline(always)]
unsafe fn rows<S: Sum, const ROWS: usize>(product: &Product, row: usize) {
    let size = size_of::<S::Item>() as isize;
    let dense = product.b.steps[1] == size && product.out.steps[1] == size;
    let mut column = 0;
    // SAFETY: the caller's: columns of the product, dense where several are taken together.
    unsafe {
        while dense && column + 8 <= product.n {
            block::<S, ROWS, 8>(product, row, column);
            column += 8;
        }
        if dense && column + 4 <= product.n {
            block::<S, ROWS, 4>(product, row, column);
            column += 4;
        }
        while column < product.n {
            block::<S, ROWS, 1>(product, row, column);
            column += 1;
        }
    }
}

/// A block of the product, summed in registers.
// Through indices, without closures: else the loops are left scalar.
#[allow(clippy::needless_range_loop)]
#[inline(always)]
unsafe fn block<S: Sum, const ROWS: usize, const COLUMNS: usize>(
    product: &Product,
    row: usize,
    column: usize,
) {
    let Product { k, a, b, out, .. } = *product;
    let mut sums = [[S::ZERO; COLUMNS]; ROWS];
    let mut lines = [a.address; ROWS];
    for index in 0..ROWS {
        lines[index] = a.at(row + index, 0).address;
    }
    let top = b.at(0, column).address;
    // SAFETY: the caller's.
    unsafe {
        for place in 0..k {
            let right: [S::Item; COLUMNS] = load(at(top, b.steps[0], place), 0);
            for index in 0..ROWS {
                let left = S::widen(load(at(lines[index], a.steps[1], place), 0));
                for lane in 0..COLUMNS {
                    sums[index][lane] = sums[index][lane].add(left, S::widen(right[lane]));
                }
            }
        }
        for index in 0..ROWS {
            let mut narrow = [S::ZERO.narrow(); COLUMNS];
            for lane in 0..COLUMNS {
                narrow[lane] = sums[index][lane].narrow();
            }
            store(out.at(row + index, column).address, 0, narrow);
        }
    }
}
