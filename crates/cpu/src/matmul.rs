//! Matrix products: `gemm` for the wide floats and complex numbers, `f32` for the 16-bit floats
//! (so that sums round once), and a blocked loop for integers and bool.

use gemm::{Parallelism, gemm};
use tensorbridge_core::dtype::{Complex32, Complex64};
use tensorbridge_core::layout::nest::Nest;
use tensorbridge_core::{DType, Element, Operand, Result, Scalar, interrupt};

use crate::nest::{self, Cost, Strided};
use crate::{Item, loops, pool};

/// Multiply-adds below which a second thread costs more than it helps.
const SERIAL: usize = 1 << 21;

/// Multiply-adds of one piece of a product, some tenths of a second, after which an interruption
/// is noticed, and the rows or columns that make a piece worth its while.
const PIECE: usize = 1 << 33;
const SIDE: usize = 512;

/// Rows of the right matrix, and elements of each, that a block of the integer loop uses: they
/// stay in the second-level cache while all rows of the left matrix pass.
const DEPTH: usize = 64;
const WIDTH: usize = 1024;

/// A matrix in memory.
#[derive(Clone, Copy)]
struct Matrix {
    address: *mut u8,
    /// Byte steps from row to row and from column to column.
    steps: [isize; 2],
}

impl Matrix {
    /// The matrix from element `[row, column]` on.
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
    let product = |index: usize| first.moved(&batches, index);
    if first.work() < SERIAL && count > 1 {
        let batch = (SERIAL / first.work().max(1)).max(1);
        let threads = if count * first.work() < SERIAL { 1 } else { pool::num_threads() };
        pool::for_each(threads, count.div_ceil(batch), &|task| {
            for index in task * batch..count.min((task + 1) * batch) {
                // SAFETY: the caller's contract; tasks write different products.
                // What interrupts it is asked again, and reported, after the task.
                unsafe { product(index).run(1) }.ok();
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

    /// The product number `index` of a batch.
    fn moved(&self, batches: &Nest<3>, mut index: usize) -> Self {
        let mut moved = *self;
        for (&length, steps) in batches.lengths.iter().zip(&batches.steps).rev() {
            let by = (index % length) as isize;
            index /= length;
            for (matrix, step) in
                [&mut moved.out, &mut moved.a, &mut moved.b].into_iter().zip(steps)
            {
                matrix.address = matrix.address.wrapping_offset(step.wrapping_mul(by));
            }
        }
        moved
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
        let threads = if self.work() < SERIAL { 1 } else { threads };
        // SAFETY: the caller's contract.
        unsafe {
            match self.dtype {
                DType::Float32 => self.gemm(0.0_f32, 1.0, threads),
                DType::Float64 => self.gemm(0.0_f64, 1.0, threads),
                DType::Complex64 => {
                    self.gemm(Complex32::new(0.0, 0.0), Complex32::new(1.0, 0.0), threads)
                }
                DType::Complex128 => {
                    self.gemm(Complex64::new(0.0, 0.0), Complex64::new(1.0, 0.0), threads)
                }
                DType::Float16 | DType::BFloat16 => self.through_f32(threads),
                _ => self.integers(threads),
            }
        }
    }

    unsafe fn gemm<T: Element>(&self, zero: T, one: T, threads: usize) -> Result<()> {
        let whole = |step: isize| step / size_of::<T>() as isize;
        let product = *self;
        pool::install(threads, move |threads| {
            let Self { m, n, k, a, b, out, .. } = { product };
            let parallelism =
                if threads > 1 { Parallelism::Rayon(threads) } else { Parallelism::None };
            // SAFETY: the caller's contract; strides in elements, columns before rows.
            unsafe {
                gemm(
                    m,
                    n,
                    k,
                    out.address.cast::<T>(),
                    whole(out.steps[1]),
                    whole(out.steps[0]),
                    false,
                    a.address.cast::<T>(),
                    whole(a.steps[1]),
                    whole(a.steps[0]),
                    b.address.cast::<T>(),
                    whole(b.steps[1]),
                    whole(b.steps[0]),
                    zero,
                    one,
                    false,
                    false,
                    false,
                    parallelism,
                );
            }
        });
        Ok(())
    }

    /// Widens both matrices, multiplies, and rounds the result.
    unsafe fn through_f32(&self, threads: usize) -> Result<()> {
        let Self { m, n, k, .. } = *self;
        let mut wide: [Vec<f32>; 3] = [vec![0.0; m * k], vec![0.0; k * n], vec![0.0; m * n]];
        let [a, b, out] = wide.each_mut().map(|matrix| matrix.as_mut_ptr().cast::<u8>());
        let dense = |address, columns: usize| Matrix { address, steps: [columns as isize * 4, 4] };
        let product = Self {
            dtype: DType::Float32,
            a: dense(a, k),
            b: dense(b, n),
            out: dense(out, n),
            ..*self
        };
        let (widen, narrow) =
            (loops::cast(self.dtype, DType::Float32), loops::cast(DType::Float32, self.dtype));
        // SAFETY: the caller's contract; the wide matrices are our own, dense, of these sizes.
        unsafe {
            copy([m, k], product.a, self.a, widen)?;
            copy([k, n], product.b, self.b, widen)?;
            product.gemm(0.0_f32, 1.0, threads)?;
            copy([m, n], self.out, product.out, narrow)
        }
    }

    /// Adds multiples of rows of the right matrix to rows of the output, block by block.
    unsafe fn integers(&self, threads: usize) -> Result<()> {
        let Self { dtype, m, n, k, mut b, out, .. } = *self;
        let size = dtype.itemsize() as isize;
        // Kept until the last task is done.
        let mut packed: Vec<u64>;
        // SAFETY: the caller's contract; the packed copy is our own, dense, of this size.
        unsafe {
            if b.steps[1] != size && m > 1 {
                packed = vec![0; (k * n * size as usize).div_ceil(8)];
                let dense = Matrix {
                    address: packed.as_mut_ptr().cast(),
                    steps: [n as isize * size, size],
                };
                copy([k, n], dense, b, loops::copy(size as usize))?;
                b = dense;
            }
            let mut zero = Item::new(Scalar::Int(0), dtype);
            let zeros = Matrix { address: zero.0.as_mut_ptr(), steps: [0, 0] };
            copy([m, n], out, zeros, loops::copy(size as usize))?;
        }
        let product = Self { b, ..*self };
        let add = loops::multiply_add(dtype);
        // Every task takes some rows of the output.
        let rows = (SERIAL / (n * k).max(1)).clamp(1, m).max(m / 256);
        pool::for_each(threads, m.div_ceil(rows), &|task| {
            // The whole product, so that the closure holds what is `Sync`.
            let Self { a, b, out, .. } = *{ &product };
            for left in (0..n).step_by(WIDTH) {
                let width = WIDTH.min(n - left);
                for top in (0..k).step_by(DEPTH) {
                    for row in task * rows..m.min((task + 1) * rows) {
                        for inner in top..k.min(top + DEPTH) {
                            let addresses =
                                [out.at(row, left), a.at(row, inner), b.at(inner, left)]
                                    .map(|matrix| matrix.address);
                            // SAFETY: the caller's contract: all indices are in range.
                            unsafe {
                                add(width, &addresses, &[out.steps[1], 0, b.steps[1]]);
                            }
                        }
                    }
                }
            }
        })
    }
}

/// Copies or casts a matrix.
unsafe fn copy(shape: [usize; 2], to: Matrix, from: Matrix, body: loops::Loop<2>) -> Result<()> {
    let operands = [&to, &from].map(|matrix| Strided {
        address: matrix.address,
        strides: &matrix.steps,
        size: 0,
    });
    // SAFETY: the caller's contract.
    unsafe { nest::run(&shape, operands, Cost(8), body) }
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::scalar::FromScalar;
    use tensorbridge_core::{Engine, with_dtype};

    use super::*;

    /// `(m, k) @ (k, n)` of small integers in every dtype, against the definition.
    fn check(dtype: DType, batch: usize, m: usize, k: usize, n: usize, turned: bool) {
        let size = dtype.itemsize();
        let value = |index: usize| ((index * 7 + index / 5) % 4) as i128;
        let make = |count: usize| {
            let mut bytes = vec![0_u128; (count * size).div_ceil(16).max(1)];
            for index in 0..count {
                let item = Item::new(Scalar::Int(value(index)), dtype);
                let address = bytes.as_mut_ptr().cast::<u8>().wrapping_add(index * size);
                // SAFETY: in range of `bytes`.
                unsafe { std::ptr::copy_nonoverlapping(item.0.as_ptr(), address, size) };
            }
            bytes
        };
        let (mut a, mut b) = (make(batch * m * k), make(k * n));
        let mut out = make(batch * m * n);
        let step = size as isize;
        let b_strides =
            if turned { [0, step, k as isize * step] } else { [0, n as isize * step, step] };
        let shapes = [[batch, m, k], [batch, k, n], [batch, m, n]];
        let dense = |[_, rows, columns]: [usize; 3]| {
            [(rows * columns) as isize * step, columns as isize * step, step]
        };
        let strides = [dense(shapes[0]), b_strides, dense(shapes[2])];
        let operand = |place: usize, address: *mut u128| Operand {
            address: address.cast(),
            shape: &shapes[place],
            strides: &strides[place],
            dtype,
        };
        // SAFETY: three vectors of our own with these layouts.
        unsafe {
            let engine = crate::Cpu;
            let out = operand(2, out.as_mut_ptr());
            engine.matmul(operand(0, a.as_mut_ptr()), operand(1, b.as_mut_ptr()), out).unwrap();
        }
        for index in 0..batch * m * n {
            let (row, column) = (index / n, index % n);
            let sum: i128 = (0..k)
                .map(|inner| {
                    let right = if turned { column * k + inner } else { inner * n + column };
                    value(row * k + inner) * value(right)
                })
                .sum();
            let address = out.as_mut_ptr().cast::<u8>().wrapping_add(index * size);
            let (found, expected) = with_dtype!(dtype, T => {
                let expected: T = FromScalar::from_scalar(Scalar::Int(sum));
                // SAFETY: in range of `out`, and aligned like its start.
                let found: T = unsafe { address.cast::<T>().read() };
                (found.to_scalar(), expected.to_scalar())
            });
            assert_eq!(found, expected, "{dtype} {batch}x{m}x{k}x{n} at {index}");
        }
    }

    #[test]
    fn every_dtype_equals_the_definition() {
        for dtype in DType::ALL {
            for (batch, m, k, n) in [(1, 1, 1, 1), (1, 3, 0, 2), (2, 5, 7, 4), (3, 1, 70, 1)] {
                check(dtype, batch, m, k, n, false);
                check(dtype, batch, m, k, n, true);
            }
        }
        for dtype in [DType::Int32, DType::Float32, DType::Complex128, DType::BFloat16] {
            check(dtype, 1, 70, 80, 90, false);
            check(dtype, 4, 40, 65, 33, true);
        }
    }
}
