//! Joining tensors. Views that move nothing are methods of the layout.

use smallvec::SmallVec;
use tensorbridge_core::layout::normalize_axis;
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Dims, Error, Result, Tensor};

use super::elementwise::check_out;
use super::{Op, Operand, Operation, result_dtype};
use crate::exchange::Reason;
use crate::transfer;

/// The tensors one after another along `axis`: a fresh tensor of the promoted dtype, in C order.
/// With `axis` `None` they are flattened first.
///
/// # Errors
///
/// `Value` without tensors or for 0-d ones, `Shape` where other axes than `axis` differ, `Index`
/// for an axis that is not there, `Type` where the dtypes do not promote.
pub fn concatenate(tensors: &[Tensor], axis: Option<isize>) -> Result<Tensor> {
    let inputs = &tensors.iter().map(Operand::from).collect::<Vec<_>>();
    Op { operation: Operation::Concatenate(axis), inputs, out: None }.run()
}

/// The tensors side by side along a new axis before axis `axis` of the result: a fresh tensor of
/// the promoted dtype, in C order.
///
/// # Errors
///
/// `Value` without tensors, `Shape` where their shapes differ, `Index` for an axis that the
/// result does not have, `Type` where the dtypes do not promote.
pub fn stack(tensors: &[Tensor], axis: isize) -> Result<Tensor> {
    let inputs = &tensors.iter().map(Operand::from).collect::<Vec<_>>();
    Op { operation: Operation::Stack(axis), inputs, out: None }.run()
}

pub(super) fn run_concatenate(op: &Op<'_>, axis: Option<isize>) -> Result<Tensor> {
    let tensors = tensors(op)?;
    let Some(axis) = axis else {
        let flat = tensors.iter().map(|tensor| flattened(tensor)).collect::<Result<Vec<_>>>()?;
        return join(op, &flat, 0);
    };
    if let Some(place) = tensors.iter().position(|tensor| tensor.ndim() == 0) {
        return Err(Error::value(format!(
            "zero-dimensional tensor (at position {place}) cannot be concatenated"
        ))
        .hint("join 0-d tensors with `tb.stack`"));
    }
    let first = tensors[0];
    let axis = normalize_axis(axis, first.ndim())?;
    for (place, tensor) in tensors.iter().enumerate() {
        if tensor.ndim() != first.ndim() {
            return Err(Error::shape(format!(
                "concat: Tensors must have same number of dimensions: got {} and {}",
                first.ndim(),
                tensor.ndim()
            ))
            .hint(format!("tensor number {place} in the list has shape {:?}", tensor.shape())));
        }
        let differs = (0..first.ndim())
            .find(|&other| other != axis && tensor.shape()[other] != first.shape()[other]);
        if let Some(other) = differs {
            return Err(Error::shape(format!(
                "concat: Sizes of tensors must match except in dimension {axis}. Expected size {} but got size {} for tensor number {place} in the list",
                first.shape()[other],
                tensor.shape()[other]
            ))
            .hint(format!("their shapes are {:?} and {:?}", first.shape(), tensor.shape())));
        }
    }
    let tensors: Vec<_> = tensors.into_iter().cloned().collect();
    join(op, &tensors, axis)
}

pub(super) fn run_stack(op: &Op<'_>, axis: isize) -> Result<Tensor> {
    let tensors = tensors(op)?;
    let first = tensors[0];
    let axis = normalize_axis(axis, first.ndim() + 1)?;
    for (place, tensor) in tensors.iter().enumerate() {
        if tensor.shape() != first.shape() {
            return Err(Error::shape(format!(
                "stack expects each tensor to be equal size, but got {:?} at entry 0 and {:?} at entry {place}",
                first.shape(),
                tensor.shape()
            )));
        }
    }
    let tensors = tensors
        .iter()
        .map(|tensor| tensor.with_layout(tensor.layout().unsqueeze(axis)?))
        .collect::<Result<Vec<_>>>()?;
    join(op, &tensors, axis)
}

fn tensors<'a>(op: &'a Op<'_>) -> Result<SmallVec<[&'a Tensor; 4]>> {
    let name = op.operation.name();
    if op.inputs.is_empty() {
        return Err(Error::value(format!("{name} expects a non-empty list of Tensors")));
    }
    let tensors = op.inputs.iter().map(|operand| match operand {
        Operand::Tensor(tensor) => Ok(&**tensor),
        Operand::PythonScalar(_) => {
            Err(Error::dtype(format!("{name} expects tensors, and a number was given")))
        }
    });
    tensors.collect()
}

/// One axis, in C order; copied only where no strides can say so.
fn flattened(tensor: &Tensor) -> Result<Tensor> {
    let shape = [tensor.count()];
    let dense = match tensor.layout().reshape(&shape)? {
        Some(layout) => return tensor.with_layout(layout),
        None => {
            let order = tensorbridge_core::layout::Order::C;
            transfer::contiguous(tensor, order, "cat", Reason::Layout)?
        }
    };
    match dense.layout().reshape(&shape)? {
        Some(layout) => dense.with_layout(layout),
        None => Err(Error::runtime("a dense tensor has no flat view")),
    }
}

/// Writes tensors whose other axes agree one after another along `axis`.
fn join(op: &Op<'_>, tensors: &[Tensor], axis: usize) -> Result<Tensor> {
    let name = op.operation.name();
    let device = transfer::same_device(tensors.iter().chain(op.out))?;
    let dtype: DType = result_dtype(op.inputs.iter())?;
    let mut shape = Dims::from_slice(tensors[0].shape());
    shape[axis] = tensors
        .iter()
        .try_fold(0_usize, |sum, tensor| sum.checked_add(tensor.shape()[axis]))
        .ok_or_else(|| Error::value(format!("{name}: the result has too many elements")))?;
    // Into `out` directly, unless it feeds on itself.
    let (result, direct) = match op.out {
        Some(out) => {
            check_out(out, &shape, dtype, name)?;
            let clash = tensors.iter().any(|tensor| transfer::disturbs(out, tensor));
            (if clash { None } else { Some(out.clone()) }, !clash)
        }
        None => (None, false),
    };
    let result = match result {
        Some(out) => out,
        None => Tensor::allocate(&shape, dtype, device, Fill::Uninitialized)?,
    };
    let mut start = 0;
    for tensor in tensors {
        let length = tensor.shape()[axis];
        let slice = tensorbridge_core::layout::Slice { start, step: 1, length };
        let part = result.with_layout(result.layout().slice(axis, slice))?;
        transfer::place(&part, tensor, name)?;
        start += length;
    }
    if direct { Ok(result) } else { super::deliver(result, op) }
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::ErrorKind;

    use super::*;
    use crate::ops::testing::{tensor, values};

    #[test]
    fn joins_along_old_and_new_axes() {
        let a = tensor(&[1, 2], &[1., 2.], DType::UInt8);
        let b = tensor(&[2, 2], &[3., 4., 5., 6.], DType::Int8);
        let joined = concatenate(&[a.clone(), b.clone()], Some(0)).unwrap();
        assert_eq!((joined.dtype(), joined.shape()), (DType::Int16, &[3, 2][..]));
        assert_eq!(values(&joined), [1., 2., 3., 4., 5., 6.]);
        let turned = b.with_layout(b.layout().reversed_axes()).unwrap();
        let flat = concatenate(&[a.clone(), turned.clone()], None).unwrap();
        assert_eq!(values(&flat), [1., 2., 3., 5., 4., 6.]);
        let stacked = stack(&[b.clone(), turned], -1).unwrap();
        assert_eq!(stacked.shape(), [2, 2, 2]);
        assert_eq!(values(&stacked), [3., 3., 4., 5., 5., 4., 6., 6.]);
        for (error, kind) in [
            (concatenate(&[], Some(0)), ErrorKind::Value),
            (concatenate(&[a.clone(), b.clone()], Some(1)), ErrorKind::Shape),
            (concatenate(&[a.clone(), b.clone()], Some(2)), ErrorKind::Index),
            (stack(&[a.clone(), b], 0), ErrorKind::Shape),
            (concatenate(&[tensor(&[], &[1.], DType::Bool)], Some(0)), ErrorKind::Value),
        ] {
            assert_eq!(error.unwrap_err().kind(), kind);
        }
        assert_eq!(values(&stack(&[tensor(&[], &[1.], DType::Bool)], 0).unwrap()), [1.]);
    }

    #[test]
    fn an_output_may_be_an_input() {
        let whole = tensor(&[4], &[1., 2., 3., 4.], DType::Float32);
        let part = |start| {
            let slice = tensorbridge_core::layout::Slice { start, step: 1, length: 2 };
            whole.with_layout(whole.layout().slice(0, slice)).unwrap()
        };
        let inputs = &[part(2), part(0)].map(Operand::from);
        let op = Op { operation: Operation::Concatenate(Some(0)), inputs, out: Some(&whole) };
        assert_eq!(op.run().unwrap().address(), whole.address());
        assert_eq!(values(&whole), [3., 4., 1., 2.]);
    }
}
