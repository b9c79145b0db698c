//! Matrix products of vectors, matrices and batches of matrices.

use tensorbridge_core::engine::Operand as Prepared;
use tensorbridge_core::layout::broadcast_shapes;
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Dims, Error, Layout, Result, Tensor};

use super::elementwise::check_out;
use super::{Op, Operand, deliver, result_dtype};
use crate::engines::engine;
use crate::exchange::Reason;
use crate::transfer;

pub(super) fn run(op: &Op<'_>) -> Result<Tensor> {
    let [Operand::Tensor(a), Operand::Tensor(b)] = op.inputs else {
        return Err(Error::dtype("matmul expects two tensors, and a number was given")
            .hint("multiply by a number with `*`"));
    };
    let device = transfer::same_device([&**a, &**b])?;
    let dtype = result_dtype(op.inputs.iter())?;
    check_lengths(a, b)?;
    // A vector is one row on the left and one column on the right.
    let (a_rows, b_columns) = (a.ndim() > 1, b.ndim() > 1);
    let a_layout = if a_rows { a.layout().clone() } else { a.layout().unsqueeze(0)? };
    let b_layout = if b_columns { b.layout().clone() } else { b.layout().unsqueeze(1)? };
    let (a_axes, b_axes) = (a_layout.ndim() - 2, b_layout.ndim() - 2);
    let batch = broadcast_shapes(&[&a_layout.shape()[..a_axes], &b_layout.shape()[..b_axes]])
        .map_err(|error| error.of(&format!("matmul of {:?} and {:?}", a.shape(), b.shape())))?;
    let whole = |rows: usize, columns: usize| -> Dims<usize> {
        batch.iter().copied().chain([rows, columns]).collect()
    };
    let (m, k) = (a_layout.shape()[a_axes], a_layout.shape()[a_axes + 1]);
    let n = b_layout.shape()[b_axes + 1];
    let (a_shape, b_shape, full) = (whole(m, k), whole(k, n), whole(m, n));
    let mut shape = full.clone();
    if !b_columns {
        shape.pop();
    }
    if !a_rows {
        shape.remove(batch.len());
    }
    if let Some(out) = op.out {
        check_out(out, &shape, dtype, "matmul")?;
        transfer::same_device([a, out])?;
    }
    let a = operand(&a.with_layout(a_layout)?, dtype)?;
    let b = operand(&b.with_layout(b_layout)?, dtype)?;
    let (a_layout, b_layout) =
        (a.layout().broadcast_to(&a_shape)?, b.layout().broadcast_to(&b_shape)?);
    let in_place = op.out.filter(|out| takes_products(out, dtype, [&a, &b]));
    let result = match in_place {
        // With the axes that stand in for a vector's.
        Some(out) => {
            let mut layout = out.layout().clone();
            if !a_rows {
                layout = layout.unsqueeze(batch.len())?;
            }
            if !b_columns {
                layout = layout.unsqueeze(full.len() - 1)?;
            }
            out.with_layout(layout)?
        }
        None => Tensor::allocate(&full, dtype, device, Fill::Uninitialized)?,
    };
    let read = |tensor: &Tensor| tensor.read_address();
    let operand = |address, layout| prepared(address, layout, dtype);
    // SAFETY: [reach] and [alive]: tensors that live here, broadcast by strides of 0. [permit]:
    // `Operand::write`. [alias]: the result is fresh, or `takes_products` said that no input
    // overlaps it. All are aligned, with whole strides: `operand` and `takes_products` saw to it.
    unsafe {
        engine(device)?.matmul(
            operand(read(&a), &a_layout),
            operand(read(&b), &b_layout),
            Prepared::write(&result)?,
        )?;
    }
    if let Some(out) = in_place {
        return Ok(out.clone());
    }
    // The same elements without the axes that stood in for a vector's.
    let layout = Layout::contiguous(&shape, dtype.itemsize())?;
    deliver(result.with_layout(layout)?, op)
}

/// Whether products of `dtype` can be written to `out` as they are computed.
fn takes_products(out: &Tensor, dtype: DType, inputs: [&Tensor; 2]) -> bool {
    out.dtype() == dtype
        && out.is_aligned()
        && out.layout().strides_are_whole(dtype.itemsize())
        && !inputs.iter().any(|input| transfer::touches(out, input))
}

fn prepared<'a>(address: *mut u8, layout: &'a Layout, dtype: DType) -> Prepared<'a> {
    Prepared { address, shape: layout.shape(), strides: layout.strides(), dtype }
}

/// `tensor` as `dtype`, aligned and with strides of whole elements, copied only where needed.
fn operand(tensor: &Tensor, dtype: DType) -> Result<Tensor> {
    let reason = Reason::Promote { from: tensor.dtype(), to: dtype };
    let tensor = transfer::cast(tensor, dtype, "matmul", reason)?;
    if !tensor.layout().strides_are_whole(dtype.itemsize()) {
        return transfer::clone_dense(&tensor, "matmul", Reason::Strides);
    }
    if !tensor.is_aligned() {
        return transfer::clone_dense(&tensor, "matmul", Reason::Alignment);
    }
    Ok(tensor)
}

/// Checks that the inner lengths agree, in PyTorch's words.
fn check_lengths(a: &Tensor, b: &Tensor) -> Result<()> {
    let (Some(&inner), Some(_)) = (a.shape().last(), b.shape().last()) else {
        return Err(Error::shape(format!(
            "both arguments to matmul need to be at least 1D, but they are {}D and {}D",
            a.ndim(),
            b.ndim()
        ))
        .hint("multiply by a 0-d tensor with `*`"));
    };
    let other = b.shape()[b.ndim().saturating_sub(2)];
    if inner == other {
        return Ok(());
    }
    let error = match (a.ndim(), b.ndim()) {
        (1, 1) => Error::shape(format!(
            "matmul: inconsistent tensor size, expected tensor [{inner}] and src [{other}] to have the same number of elements, but got {inner} and {other} elements respectively"
        )),
        (2, 2) => Error::shape(format!(
            "matmul: mat1 and mat2 shapes cannot be multiplied ({}x{} and {}x{})",
            a.shape()[0],
            a.shape()[1],
            b.shape()[0],
            b.shape()[1]
        )),
        _ => Error::shape(format!(
            "matmul: mat1 and mat2 shapes cannot be multiplied ({:?} and {:?}): {inner} columns against {other} rows",
            a.shape(),
            b.shape()
        )),
    };
    Err(error.hint(
        "the last axis of the first must be as long as the second-to-last of the second; transpose one with `t.mT`",
    ))
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::{DType, ErrorKind, Layout, Tensor};

    use crate::ops::testing::{tensor, values};
    use crate::ops::{Op, Operation, matmul};

    #[test]
    fn vectors_matrices_and_batches() {
        let a = tensor(&[2, 3], &[1., 2., 3., 4., 5., 6.], DType::Float32);
        let v = tensor(&[3], &[1., 0., -1.], DType::Int16);
        let by_vector = matmul(&a, &v).unwrap();
        assert_eq!((by_vector.shape(), values(&by_vector)), (&[2][..], vec![-2., -2.]));
        let dot = matmul(&v, &v).unwrap();
        assert_eq!((dot.ndim(), dot.dtype(), values(&dot)), (0, DType::Int16, vec![2.]));
        let turned = a.with_layout(a.layout().reversed_axes()).unwrap();
        assert_eq!(values(&matmul(&a, &turned).unwrap()), [14., 32., 32., 77.]);
        assert_eq!(values(&matmul(&v, &turned).unwrap()), [-2., -2.]);
        let batch = tensor(&[2, 1, 1, 2], &[1., 2., 3., 4.], DType::Float64);
        let other = tensor(&[3, 2, 1], &[1., 1., 2., 2., 3., 3.], DType::Float64);
        let products = matmul(&batch, &other).unwrap();
        assert_eq!(products.shape(), [2, 3, 1, 1]);
        assert_eq!(values(&products), [3., 6., 9., 7., 14., 21.]);
    }

    #[test]
    fn unaligned_operands_are_copied() {
        let bytes = tensor(&[25], &[0.0; 25], DType::UInt8);
        let layout = Layout::new(&[2, 3], &[12, 4], 1).unwrap();
        let odd = bytes.with_layout_as(layout, DType::Float32).unwrap();
        assert!(!odd.is_aligned());
        crate::transfer::fill(&odd, tensorbridge_core::Scalar::Int(1)).unwrap();
        let column = tensor(&[3, 1], &[1., 2., 3.], DType::Float32);
        assert_eq!(values(&matmul(&odd, &column).unwrap()), [6., 6.]);
    }

    #[test]
    fn outputs_are_written_in_place_unless_they_are_inputs() {
        let a = tensor(&[2, 2], &[1., 2., 3., 4.], DType::Float32);
        let v = tensor(&[2], &[1., -1.], DType::Float32);
        let into = |a: &Tensor, b: &Tensor, out: &Tensor| {
            let inputs = &[a.into(), b.into()];
            Op { operation: Operation::Matmul, inputs, out: Some(out) }.run().unwrap()
        };
        let target = tensor(&[2], &[9., 9.], DType::Float32);
        let result = into(&a, &v, &target);
        assert_eq!(result.address(), target.address());
        assert_eq!(values(&target), [-1., -1.]);
        let wide = tensor(&[2], &[9., 9.], DType::Float64);
        into(&v, &a, &wide);
        assert_eq!(values(&wide), [-2., -2.]);
        into(&a, &a, &a);
        assert_eq!(values(&a), [7., 10., 15., 22.]);
    }

    #[test]
    fn mismatches_name_both_shapes() {
        let a = tensor(&[2, 3], &[0.0; 6], DType::Float32);
        let error = matmul(&a, &a).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Shape);
        assert_eq!(
            error.message(),
            "matmul: mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"
        );
        let number = tensor(&[], &[1.0], DType::Float32);
        assert!(matmul(&a, &number).unwrap_err().message().contains("at least 1D"));
        let v = tensor(&[2], &[0.0; 2], DType::Float32);
        assert_eq!(matmul(&a, &v).unwrap_err().kind(), ErrorKind::Shape);
        let batches = tensor(&[2, 3, 1], &[0.0; 6], DType::Float32);
        let others = tensor(&[3, 1, 2], &[0.0; 6], DType::Float32);
        assert!(matmul(&batches, &others).unwrap_err().message().contains("matmul of [2, 3, 1]"));
    }
}
