//! Matrix products: packed panels for integers and bool, blocks for the wide floats and complex
//! numbers, `f32` for the 16-bit floats (so that sums round once), and `faer` for what is too small
//! or too narrow for blocks.

#[cfg(target_arch = "x86_64")]
mod blocks;
#[cfg(target_arch = "x86_64")]
mod entry;
mod floats;
mod integers;
#[cfg(target_arch = "x86_64")]
mod pack;
mod sum;
#[cfg(test)]
mod tests;
mod tiny;
mod update;
mod vectors;

use tensorbridge_core::dtype::{Complex32, Complex64};
use tensorbridge_core::layout::nest::Nest;
use tensorbridge_core::{DType, Operand, Result, interrupt};

use tiny::Batch;
pub(crate) use update::Left;

use crate::pool;

/// Multiply-adds of real numbers below which a second thread costs more than it helps.
const SERIAL: usize = 1 << 21;

/// Multiply-adds of one piece of a product, some tenths of a second, after which an interruption
/// is noticed, and the rows or columns that make a piece worth its while.
const PIECE: usize = 1 << 33;
const SIDE: usize = 512;

/// A matrix in memory.
#[derive(Clone, Copy)]
struct Matrix {
    address: *mut u8,
    /// Byte steps from row to row and from column to column.
    steps: [isize; 2],
}

impl Matrix {
    /// The matrix from element `[row, column]` on.
    #[inline(always)]
    fn at(self, row: usize, column: usize) -> Self {
        let by = self.steps[0].wrapping_mul(row as isize);
        let along = self.steps[1].wrapping_mul(column as isize);
        Self { address: self.address.wrapping_offset(by).wrapping_offset(along), ..self }
    }
}

/// One product: `(m, k) @ (k, n)`.
#[derive(Clone, Copy)]
struct Product {
    dtype: DType,
    m: usize,
    n: usize,
    k: usize,
    a: Matrix,
    b: Matrix,
    out: Matrix,
}

// SAFETY: addresses and numbers. The caller of `matmul` holds [reach], [alive], [permit] and
// [alias]; threads write different rows or different products.
unsafe impl Send for Product {}
// SAFETY: as for `Send`.
unsafe impl Sync for Product {}

/// `out = a @ b` over the last two axes, for each index of the others.
///
/// # Safety
///
/// [reach], [alive] and [permit]; `out` is disjoint from the inputs. Every operand is aligned,
/// and its strides are whole numbers of elements.
///
/// # Errors
///
/// `Interrupted`: not all of `out` has been written.
pub(crate) unsafe fn matmul(a: Operand<'_>, b: Operand<'_>, out: Operand<'_>) -> Result<()> {
    if out.shape.contains(&0) {
        return Ok(());
    }
    let axes = out.shape.len() - 2;
    let matrix = |operand: &Operand<'_>| Matrix {
        address: operand.address,
        steps: [operand.strides[axes], operand.strides[axes + 1]],
    };
    let mut first = Product {
        dtype: out.dtype,
        m: out.shape[axes],
        n: out.shape[axes + 1],
        k: a.shape[axes + 1],
        a: matrix(&a),
        b: matrix(&b),
        out: matrix(&out),
    };
    let batches: Nest<3> = Nest::in_order(
        &out.shape[..axes],
        [&out.strides[..axes], &a.strides[..axes], &b.strides[..axes]],
    );
    // One right matrix for all, and left matrices that follow one another: one tall product.
    if batches.steps.iter().all(|steps| steps[2] == 0) {
        let rows: Nest<2> =
            Nest::in_order(&out.shape[..=axes], [&out.strides[..=axes], &a.strides[..=axes]]);
        if rows.lengths.len() <= 1 {
            let (length, [out_step, a_step]) = rows.inner();
            first.m = length;
            (first.out.steps[0], first.a.steps[0]) = (out_step, a_step);
            // SAFETY: the caller's contract.
            return unsafe { first.run(pool::num_threads()) };
        }
    }
    let count: usize = batches.lengths.iter().product();
    let whole = first;
    let product = |index: usize| { &whole }.moved(&batches, index);
    if first.work() < SERIAL {
        let batch = (SERIAL / first.work().max(1)).max(1);
        let threads = if count * first.work() < SERIAL { 1 } else { pool::num_threads() };
        pool::for_each_weighing(count * first.work(), threads, count.div_ceil(batch), &|task| {
            let (first, end) = (task * batch, count.min((task + 1) * batch));
            // SAFETY: the caller's contract; tasks write different products.
            unsafe {
                if !(Batch { product: *{ &whole }, batches: &batches, first, end }).run() {
                    for index in first..end {
                        // What interrupts it is asked again, and reported, after the task.
                        product(index).run(1).ok();
                    }
                }
            }
        })
    } else {
        for index in 0..count {
            // SAFETY: the caller's contract.
            unsafe { product(index).run(pool::num_threads())? };
        }
        Ok(())
    }
}

impl Product {
    /// Multiply-adds.
    fn work(&self) -> usize {
        self.m.saturating_mul(self.n).saturating_mul(self.k)
    }

    /// Multiply-adds of real numbers.
    fn effort(&self) -> usize {
        self.work().saturating_mul(if self.dtype.is_complex() { 4 } else { 1 })
    }

    /// The product number `index` of a batch.
    fn moved(&self, batches: &Nest<3>, mut index: usize) -> Self {
        let mut moved = *self;
        for (&length, steps) in batches.lengths.iter().zip(&batches.steps).rev() {
            let by = (index % length) as isize;
            index /= length;
            moved.step(steps.map(|step| step.wrapping_mul(by)));
        }
        moved
    }

    /// The same product of the transposed matrices.
    fn turned(&self) -> Self {
        let turned =
            |matrix: Matrix| Matrix { steps: [matrix.steps[1], matrix.steps[0]], ..matrix };
        Self {
            m: self.n,
            n: self.m,
            a: turned(self.b),
            b: turned(self.a),
            out: turned(self.out),
            ..*self
        }
    }

    /// Moves each matrix by these bytes.
    #[inline(always)]
    fn step(&mut self, steps: [isize; 3]) {
        self.out.address = self.out.address.wrapping_offset(steps[0]);
        self.a.address = self.a.address.wrapping_offset(steps[1]);
        self.b.address = self.b.address.wrapping_offset(steps[2]);
    }

    /// The halves of the longer side.
    fn halves(&self) -> [Self; 2] {
        let (mut first, mut second) = (*self, *self);
        if self.m > self.n {
            first.m = self.m / 2;
            second.m -= first.m;
            for matrix in [&mut second.a, &mut second.out] {
                *matrix = matrix.at(first.m, 0);
            }
        } else {
            first.n = self.n / 2;
            second.n -= first.n;
            for matrix in [&mut second.b, &mut second.out] {
                *matrix = matrix.at(0, first.n);
            }
        }
        [first, second]
    }

    unsafe fn run(&self, threads: usize) -> Result<()> {
        if self.work() > PIECE && self.m.max(self.n) >= 2 * SIDE {
            // SAFETY: the caller's contract, for each half.
            return self.halves().iter().try_for_each(|half| unsafe { half.run(threads) });
        }
        interrupt::check()?;
        if let Some(product) = self.as_vector() {
            // SAFETY: the caller's contract.
            return unsafe { product.by_vector(threads) };
        }
        let threads = if self.effort() < SERIAL { 1 } else { threads };
        // SAFETY: the caller's contract.
        unsafe {
            #[cfg(target_arch = "x86_64")]
            if let Some(tiles) = self.in_blocks() {
                return self.blocks(tiles, threads);
            }
            match self.dtype {
                DType::Float32 => self.floats::<f32>(threads),
                DType::Float64 => self.floats::<f64>(threads),
                DType::Complex64 => self.floats::<Complex32>(threads),
                DType::Complex128 => self.floats::<Complex64>(threads),
                DType::Float16 | DType::BFloat16 => self.through_f32(threads),
                _ => self.integers(threads),
            }
        }
    }
}
