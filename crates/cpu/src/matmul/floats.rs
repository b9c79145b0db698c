//! Products of floats and complex numbers.

use faer::linalg::matmul::matmul;
use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par};
use tensorbridge_core::{DType, Result};

use super::{Matrix, Product};
use crate::loops::Loop;
use crate::nest::{self, Cost, Strided};
use crate::scratch::Scratch;
use crate::{loops, pool};

/// Columns of the output, and multiply-adds, that are worth laying out the left matrix anew.
const MANY: usize = 64;
const LARGE: usize = 1 << 24;

impl Product {
    /// # Safety
    ///
    /// As [`super::matmul`]; the elements are of type `T`.
    ///
    /// # Errors
    ///
    /// No memory for rows laid out anew; `Interrupted`.
    pub(super) unsafe fn floats<T: ComplexField>(&self, threads: usize) -> Result<()> {
        let size = size_of::<T>() as isize;
        let mut product = *self;
        let mut memory = Scratch::new(0);
        // `faer` takes half as long again over large left matrices with dense columns.
        let columns = self.a.steps[0] == size && self.a.steps[1] != size;
        if columns && self.n >= MANY && self.work() >= LARGE {
            memory =
                Scratch::try_new(self.m.saturating_mul(self.k).saturating_mul(size_of::<T>()))?;
            product.a = Matrix { address: memory.address(), steps: [self.k as isize * size, size] };
            // SAFETY: the caller's contract; the memory is our own, dense, of this size.
            unsafe { copy([self.m, self.k], product.a, self.a, loops::copy(size_of::<T>()))? };
        }
        pool::install(threads, move |threads| {
            let Self { m, n, k, a, b, out, .. } = { product };
            let whole = |matrix: Matrix| matrix.steps.map(|step| step / size_of::<T>() as isize);
            let [a_steps, b_steps, out_steps] = [a, b, out].map(whole);
            let par = if threads > 1 { Par::rayon(threads) } else { Par::Seq };
            // SAFETY: the caller's contract: matrices of these shapes, with strides of whole
            // elements; the output is disjoint from both others.
            unsafe {
                let (a, b) = (a.address.cast::<T>(), b.address.cast::<T>());
                let out = out.address.cast::<T>();
                matmul(
                    MatMut::from_raw_parts_mut(out, m, n, out_steps[0], out_steps[1]),
                    Accum::Replace,
                    MatRef::from_raw_parts(a, m, k, a_steps[0], a_steps[1]),
                    MatRef::from_raw_parts(b, k, n, b_steps[0], b_steps[1]),
                    T::one_impl(),
                    par,
                );
            }
        });
        drop(memory);
        Ok(())
    }

    /// Widens both matrices, multiplies, and rounds the result.
    ///
    /// # Safety
    ///
    /// As [`super::matmul`], for 16-bit floats.
    ///
    /// # Errors
    ///
    /// No memory for the wide matrices; `Interrupted`.
    pub(super) unsafe fn through_f32(&self, threads: usize) -> Result<()> {
        let Self { m, n, k, .. } = *self;
        let bytes = |rows: usize, columns: usize| rows.saturating_mul(columns).saturating_mul(4);
        let mut memory = [
            Scratch::try_new(bytes(m, k))?,
            Scratch::try_new(bytes(k, n))?,
            Scratch::try_new(bytes(m, n))?,
        ];
        let [a, b, out] = memory.each_mut().map(Scratch::address);
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
            product.run(threads)?;
            copy([m, n], self.out, product.out, narrow)
        }
    }
}

/// Copies or casts a matrix.
unsafe fn copy(shape: [usize; 2], to: Matrix, from: Matrix, body: Loop<2>) -> Result<()> {
    let operands =
        [&to, &from].map(|matrix| Strided { address: matrix.address, strides: &matrix.steps });
    // SAFETY: the caller's contract.
    unsafe { nest::run(&shape, operands, Cost(8), body) }
}
