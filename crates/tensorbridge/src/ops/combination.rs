//! Tensors made of several by repeating one along the axes of another.

use tensorbridge_core::op::Binary;
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{Dims, Error, Layout, Result, Scalar, Tensor};

use super::{Operand, binary_into, creation, result_dtype};
use crate::transfer;

fn joint(tensors: &[Tensor]) -> Result<tensorbridge_core::DType> {
    let operands: Vec<Operand<'_>> = tensors.iter().map(Operand::from).collect();
    result_dtype(operands.iter())
}

/// The Kronecker product: `out[i * p + k] = a[i] * b[k]` along each axis, where `p` is `b`'s
/// length; the shorter shape counts as if it had ones in front. Fresh memory in C order.
///
/// # Errors
///
/// `Type` where the dtypes do not promote, `Value` beyond 64 axes, `Memory` when there is no room.
pub fn kron(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let ndim = a.ndim().max(b.ndim());
    let mut shape: Dims<usize> = Dims::new();
    // Axes of length 1 are left out, so that there are never too many.
    let mut whole: Dims<usize> = Dims::new();
    let (mut a_steps, mut b_steps): (Dims<isize>, Dims<isize>) = (Dims::new(), Dims::new());
    for place in 0..ndim {
        let axis = |tensor: &Tensor| match (place + tensor.ndim()).checked_sub(ndim) {
            Some(axis) => (tensor.shape()[axis], tensor.strides()[axis]),
            None => (1, 0),
        };
        let ((outer, outer_step), (inner, inner_step)) = (axis(a), axis(b));
        shape.push(outer.checked_mul(inner).ok_or_else(|| {
            Error::value(format!("kron: {outer} times {inner} are more than an axis can have"))
        })?);
        if outer != 1 {
            whole.push(outer);
            a_steps.push(outer_step);
            b_steps.push(0);
        }
        if inner != 1 {
            whole.push(inner);
            a_steps.push(0);
            b_steps.push(inner_step);
        }
    }
    let dtype = joint(&[a.clone(), b.clone()])?;
    let device = transfer::same_device([a, b])?;
    let result = Tensor::allocate(&shape, dtype, device, Fill::Uninitialized)?;
    if result.count() > 0 {
        let a = a.with_layout(Layout::new(&whole, &a_steps, a.layout().offset())?)?;
        let b = b.with_layout(Layout::new(&whole, &b_steps, b.layout().offset())?)?;
        let out = result.with_layout(Layout::contiguous(&whole, dtype.itemsize())?)?;
        binary_into(Binary::Multiply, &a, &b, &out)?;
    }
    Ok(result)
}

/// Every row that takes one element of each vector, the last changing fastest: a fresh matrix. Of
/// one vector, itself.
///
/// # Errors
///
/// `Value` without tensors, `Shape` unless they are vectors, `Type` where the dtypes do not promote.
pub fn cartesian_product(tensors: &[Tensor]) -> Result<Tensor> {
    if let Some(tensor) = tensors.iter().find(|tensor| tensor.ndim() != 1) {
        return Err(Error::shape(format!(
            "cartesian_prod: Expect a 1D vector, but got shape {:?}",
            tensor.shape()
        )));
    }
    let (dtype, device) = match tensors {
        [] => return Err(Error::value("cartesian_prod expects at least one tensor")),
        [only] => return Ok(only.clone()),
        _ => (joint(tensors)?, transfer::same_device(tensors)?),
    };
    let mut grid: Dims<usize> = tensors.iter().map(Tensor::count).collect();
    let rows = tensorbridge_core::layout::element_count(&grid)?;
    let ndim = grid.len();
    grid.push(ndim);
    let result = Tensor::allocate(&grid, dtype, device, Fill::Uninitialized)?;
    for (place, tensor) in tensors.iter().enumerate() {
        let column = result.with_layout(result.layout().select(ndim, place))?;
        let mut layout = tensor.layout().clone();
        for _ in place + 1..ndim {
            layout = layout.unsqueeze(layout.ndim())?;
        }
        transfer::place(&column, &tensor.with_layout(layout)?, "cartesian_prod")?;
    }
    result.with_layout(Layout::contiguous(&[rows, ndim], dtype.itemsize())?)
}

/// The matrix with these on its diagonal, one after the other, and zeros elsewhere: matrices,
/// vectors as rows, 0-d tensors. Fresh memory.
///
/// # Errors
///
/// `Shape` for more than two axes, `Type` where the dtypes do not promote.
pub fn block_diagonal(tensors: &[Tensor]) -> Result<Tensor> {
    let size = |tensor: &Tensor| match *tensor.shape() {
        [] => Ok([1, 1]),
        [columns] => Ok([1, columns]),
        [rows, columns] => Ok([rows, columns]),
        ref shape => Err(Error::shape(format!(
            "block_diag: Input tensors must have 2 or fewer dimensions. Got shape {shape:?}"
        ))),
    };
    let sizes = tensors.iter().map(size).collect::<Result<Vec<_>>>()?;
    let (rows, columns) =
        sizes.iter().fold((0, 0), |(rows, columns), &[down, along]| (rows + down, columns + along));
    let (dtype, device) = match tensors {
        [] => (super::default_dtype(), tensorbridge_core::Device::CPU),
        _ => (joint(tensors)?, transfer::same_device(tensors)?),
    };
    let zero = Scalar::Bool(false);
    let shape = if tensors.is_empty() { [1, 0] } else { [rows, columns] };
    let result = creation::full(&shape, zero, dtype, device)?;
    let (mut row, mut column) = (0, 0);
    for (tensor, &[down, along]) in tensors.iter().zip(&sizes) {
        let mut layout = result.layout().clone();
        for (axis, start, length) in [(0, row, down), (1, column, along)] {
            let slice = tensorbridge_core::layout::Slice { start, step: 1, length };
            layout = layout.slice(axis, slice);
        }
        transfer::place(&result.with_layout(layout)?, tensor, "block_diag")?;
        (row, column) = (row + down, column + along);
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::DType;

    use super::*;
    use crate::ops::testing::{tensor, values};

    #[test]
    fn products_of_two_and_of_many() {
        let a = tensor(&[2], &[1., 2.], DType::Int8);
        let b = tensor(&[1, 2], &[3., 4.], DType::Int16);
        let found = kron(&a, &b).unwrap();
        assert_eq!((found.shape(), found.dtype()), (&[1, 4][..], DType::Int16));
        assert_eq!(values(&found), [3., 4., 6., 8.]);
        let rows = cartesian_product(&[a.clone(), tensor(&[2], &[5., 6.], DType::Int8)]).unwrap();
        assert_eq!(values(&rows), [1., 5., 1., 6., 2., 5., 2., 6.]);
        assert!(cartesian_product(std::slice::from_ref(&b)).is_err());
        assert!(cartesian_product(&[]).is_err());
        let blocks = block_diagonal(&[tensor(&[], &[9.], DType::Int8), b]).unwrap();
        assert_eq!(values(&blocks), [9., 0., 0., 0., 3., 4.]);
        assert_eq!(block_diagonal(&[]).unwrap().shape(), [1, 0]);
    }
}
