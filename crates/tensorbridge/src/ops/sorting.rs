//! Sorting along an axis.

use tensorbridge_core::engine::Operand as Prepared;
use tensorbridge_core::layout::normalize_axis;
use tensorbridge_core::op::Sorting;
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Error, Result, Tensor};

use super::elementwise::check_out;
use super::indexing::take_along_axis;
use super::{Op, Operand, Operation, deliver};
use crate::engines::engine;

/// The elements of `tensor` along `axis` in order: a fresh tensor.
///
/// # Errors
///
/// `Index` for an axis that `tensor` does not have, `Memory`.
pub fn sort(tensor: &Tensor, axis: isize, sorting: Sorting) -> Result<Tensor> {
    let inputs = &[Operand::from(tensor)];
    Op { operation: Operation::Sort(axis, sorting), inputs, out: None }.run()
}

/// The indices that put `tensor` in order along `axis`: a fresh `int64` tensor of its shape.
///
/// # Errors
///
/// As [`sort`].
pub fn argsort(tensor: &Tensor, axis: isize, sorting: Sorting) -> Result<Tensor> {
    let inputs = &[Operand::from(tensor)];
    Op { operation: Operation::Argsort(axis, sorting), inputs, out: None }.run()
}

/// The one tensor that an operation takes.
pub(super) fn input<'a>(op: &'a Op<'_>) -> Result<&'a Tensor> {
    match op.inputs {
        [Operand::Tensor(tensor)] => Ok(tensor),
        _ => Err(Error::dtype(format!("{} expects one tensor", op.operation.name()))),
    }
}

/// `axis` counted from the front; a 0-d tensor may be sorted along "its" axis, as in PyTorch.
pub(super) fn line_axis(axis: isize, tensor: &Tensor) -> Result<Option<usize>> {
    match (tensor.ndim(), axis) {
        (0, 0 | -1) => Ok(None),
        (ndim, axis) => normalize_axis(axis, ndim).map(Some),
    }
}

/// A fresh tensor of `tensor`'s shape, and of its order of memory where that is dense.
pub(super) fn fresh(tensor: &Tensor, dtype: DType) -> Result<Tensor> {
    let layout = tensor.layout().dense_like(tensor.dtype().itemsize(), dtype.itemsize())?;
    Tensor::allocate_as(layout, dtype, tensor.device(), Fill::Uninitialized)
}

pub(super) fn run(op: &Op<'_>, axis: isize, sorting: Sorting) -> Result<Tensor> {
    let tensor = input(op)?;
    let axis = line_axis(axis, tensor)?;
    if let Some(out) = op.out {
        check_out(out, tensor.shape(), tensor.dtype(), "sort")?;
    }
    let complex = tensor.dtype().is_complex() && tensor.access().host;
    if let Some(axis) = axis.filter(|_| complex) {
        let places = argsort(tensor, axis as isize, sorting)?;
        return deliver(take_along_axis(tensor, &places, axis as isize)?, op);
    }
    let result = fresh(tensor, tensor.dtype())?;
    let (from, out) = (Prepared::read(tensor), Prepared::write(&result)?);
    let engine = engine(tensor.device())?;
    // SAFETY: [reach] and [alive]: both are tensors, alive here. [permit] and [alias]: the
    // result is fresh.
    unsafe {
        match axis {
            Some(axis) => engine.sort(sorting, from, axis, out)?,
            None => engine.copy(from, out)?,
        }
    }
    deliver(result, op)
}

pub(super) fn run_places(op: &Op<'_>, axis: isize, sorting: Sorting) -> Result<Tensor> {
    let tensor = input(op)?;
    let axis = line_axis(axis, tensor)?;
    if let Some(out) = op.out {
        check_out(out, tensor.shape(), DType::Int64, "argsort")?;
    }
    let result = fresh(tensor, DType::Int64)?;
    let (from, out) = (Prepared::read(tensor), Prepared::write(&result)?);
    let engine = engine(tensor.device())?;
    // SAFETY: as above.
    unsafe {
        match axis {
            Some(axis) => engine.argsort(sorting, from, axis, out)?,
            None => engine.fill(out, tensorbridge_core::Scalar::Int(0))?,
        }
    }
    deliver(result, op)
}
