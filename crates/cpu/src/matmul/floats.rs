//! Products of floats and complex numbers by `faer`.

use faer::linalg::matmul::matmul;
use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par};
use tensorbridge_core::{DType, Result};

use super::{Matrix, Product};
use crate::loops;
use crate::loops::Loop;
use crate::nest::{self, Cost, Strided};
use crate::pool::{self, Shared};
use crate::scratch::Scratch;

/// Columns of the output, and multiply-adds, that are worth laying out the left matrix anew.
const MANY: usize = 64;
const LARGE: usize = 1 << 24;

/// Multiply-adds of real numbers that make a piece worth a thread, and a product worth more pieces
/// than threads; rows or columns that a piece has about at least, and of what their number is a
/// multiple.
const SHARE: usize = 1 << 20;
const MUCH: usize = 1 << 26;
const SIDE: usize = 16;
const TILE: usize = 8;

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
        // Each element is summed in the same order, however the output is cut: `faer` cuts the
        // contracted axis by its length alone. It has other methods for vectors and small products,
        // which no piece is.
        let Self { m, n, .. } = product;
        let length = m.max(n);
        // Each piece packs the whole of the other matrix. Two for each thread where that is little,
        // as one may come late.
        let each = if self.effort() < MUCH { 1 } else { 2 };
        let most = (length / SIDE).min(each * threads);
        let pieces = if threads == 1 { 1 } else { (self.effort() / SHARE).min(most).max(1) };
        let edge = |piece: usize| match piece {
            piece if piece == pieces => length,
            piece => length * piece / pieces / TILE * TILE,
        };
        let shared = Shared(product);
        pool::for_each(threads, pieces, &|piece| {
            let whole = shared.get();
            let (first, count) = (edge(piece), edge(piece + 1) - edge(piece));
            let part = if m < n {
                Product { n: count, b: whole.b.at(0, first), out: whole.out.at(0, first), ..whole }
            } else {
                Product { m: count, a: whole.a.at(first, 0), out: whole.out.at(first, 0), ..whole }
            };
            // SAFETY: the caller's contract, for a part of the output.
            unsafe { part.by_faer::<T>() };
        })?;
        drop(memory);
        Ok(())
    }

    /// # Safety
    ///
    /// As [`Product::floats`].
    unsafe fn by_faer<T: ComplexField>(&self) {
        let Self { m, n, k, a, b, out, .. } = *self;
        let whole = |matrix: Matrix| matrix.steps.map(|step| step / size_of::<T>() as isize);
        let [a_steps, b_steps, out_steps] = [a, b, out].map(whole);
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
                Par::Seq,
            );
        }
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
