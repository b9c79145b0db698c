//! Products of floats and complex numbers.

use faer::linalg::matmul::matmul;
use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par};
use tensorbridge_core::{DType, Result};

use super::{Matrix, Product};
use crate::nest::{self, Cost, Strided};
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
        let (own, wide) = (self.dtype, DType::Float32);
        // SAFETY: the caller's contract; the wide matrices are our own, dense, of these sizes.
        unsafe {
            cast([m, k], (product.a, wide), (self.a, own))?;
            cast([k, n], (product.b, wide), (self.b, own))?;
            product.floats::<f32>(threads);
            cast([m, n], (self.out, own), (product.out, wide))
        }
    }
}

/// Casts a matrix; both are given with the dtypes of their elements.
unsafe fn cast(shape: [usize; 2], to: (Matrix, DType), from: (Matrix, DType)) -> Result<()> {
    let operands = [&to, &from].map(|(matrix, dtype)| Strided {
        address: matrix.address,
        strides: &matrix.steps,
        size: dtype.itemsize(),
    });
    // SAFETY: the caller's contract.
    unsafe { nest::run(&shape, operands, Cost(8), loops::cast(from.1, to.1)) }
}
