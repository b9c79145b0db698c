//! Products of floats and complex numbers.

use faer::linalg::matmul::matmul;
use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par};
use tensorbridge_core::{DType, Result};

use super::{Matrix, Product, copy};
use crate::scratch::Scratch;
use crate::{loops, pool};

impl Product {
    /// # Safety
    ///
    /// As [`super::matmul`]; the elements are of type `T`.
    pub(super) unsafe fn floats<T: ComplexField>(&self, threads: usize) {
        let product = *self;
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
        let mut wide = [
            Scratch::try_new(bytes(m, k))?,
            Scratch::try_new(bytes(k, n))?,
            Scratch::try_new(bytes(m, n))?,
        ];
        let [a, b, out] = wide.each_mut().map(Scratch::address);
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
            product.floats::<f32>(threads);
            copy([m, n], self.out, product.out, narrow)
        }
    }
}
