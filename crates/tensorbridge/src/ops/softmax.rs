//! Shares of exponentials along an axis, their logarithms, and logarithms of sums.

use tensorbridge_core::dtype::promote::inexact;
use tensorbridge_core::engine::Operand as Prepared;
use tensorbridge_core::op::{Binary, Reduce, Softmax, Unary};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Dims, Error, Result, Scalar, Tensor};

use super::elementwise::check_out;
use super::moments::finish;
use super::reduction::{check_result, mask};
use super::sorting::{fresh, line_axis};
use super::{
    Op, Operation, Reduction, accumulator, binary, binary_into, converted, default_dtype, reduce,
    select, unary, views,
};
use crate::engines::engine;

/// The dtype of a result for elements of `dtype`.
fn result(op: Softmax, dtype: DType) -> Result<DType> {
    if dtype.is_complex() {
        return Err(Error::dtype(format!("`{}` is not defined for {dtype}", op.name())).hint(
            "complex numbers have no greatest one, which keeps exponentials from overflowing",
        ));
    }
    Ok(inexact(dtype, default_dtype()))
}

fn over(op: Reduce, axes: Option<&[isize]>, keepdims: bool) -> Reduction {
    Reduction { op, axes: axes.map(Dims::from_slice), keepdims, dtype: None }
}

/// Whether the elements along `axis` lie side by side, so that a line is read in one go.
fn in_lines(tensor: &Tensor, axis: usize) -> bool {
    tensor.strides()[axis].unsigned_abs() == tensor.dtype().itemsize()
        || tensor
            .strides()
            .iter()
            .all(|step| step.unsigned_abs() >= tensor.strides()[axis].unsigned_abs())
}

/// `exp(a)` over its sum along `axis`, or the logarithm of that: a fresh tensor, or into `out`.
/// Computed in `float32` for 16-bit floats; of integers in the default dtype.
///
/// # Errors
///
/// `Index` for an axis that is not there, `Type` for complex numbers; for `out` as
/// [`super::binary_into`].
pub fn softmax(
    op: Softmax,
    tensor: &Tensor,
    axis: isize,
    dtype: Option<DType>,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    let name = op.name();
    let dtype = result(op, dtype.unwrap_or(tensor.dtype()))?;
    result(op, tensor.dtype())?;
    let axis = line_axis(axis, tensor)?;
    if let Some(out) = out {
        check_out(out, tensor.shape(), dtype, name)?;
    }
    let wide = match tensor.dtype().is_float() {
        true => accumulator(dtype),
        false => DType::Float64,
    };
    let from = converted(tensor, wide, name)?;
    let (from, axis) = match axis {
        Some(axis) => (from, axis),
        None => (views::unsqueeze(&from, 0)?, 0),
    };
    let found = match in_lines(&from, axis) {
        true => {
            let found = fresh(&from, wide)?;
            run(op, &from, axis, &found)?;
            found
        }
        false => by_steps(op, &from, axis as isize)?,
    };
    let found = if tensor.ndim() == 0 { views::squeeze(&found, None)? } else { found };
    finish(found, dtype, name, out)
}

fn run(op: Softmax, from: &Tensor, axis: usize, out: &Tensor) -> Result<()> {
    let (read, write) = (Prepared::read(from), Prepared::write(out)?);
    // SAFETY: [reach] and [alive]: tensors, alive here. [permit] and [alias]: the result is fresh.
    unsafe { engine(from.device())?.softmax(op, read, axis, write) }
}

/// The same over all lines at once, for lines that lie across the memory.
fn by_steps(op: Softmax, from: &Tensor, axis: isize) -> Result<Tensor> {
    if from.count() == 0 {
        return fresh(from, from.dtype());
    }
    let along = Some(&[axis][..]);
    let difference =
        binary(Binary::Subtract, from, &reduce(over(Reduce::Max, along, true), from)?)?;
    let exponentials = match op {
        Softmax::Shares => in_place(Unary::Exp, difference.clone())?,
        _ => unary(Unary::Exp, &difference)?,
    };
    let sum = reduce(over(Reduce::Sum, along, true), &exponentials)?;
    match op {
        Softmax::Shares => binary_into(Binary::Divide, &difference, &sum, &difference),
        _ => {
            let sum = in_place(Unary::Log, sum)?;
            binary_into(Binary::Subtract, &difference, &sum, &difference)
        }
    }
}

fn in_place(op: Unary, tensor: Tensor) -> Result<Tensor> {
    let inputs = &[(&tensor).into()];
    Op { operation: Operation::Unary(op), inputs, out: Some(&tensor) }.run()
}

/// `log(Σ exp(a))` over axes, all of them if `None`: a fresh tensor, or into `out`. Of nothing it
/// is `-inf`.
///
/// # Errors
///
/// As [`softmax`].
pub fn log_sum_exp(
    tensor: &Tensor,
    axes: Option<&[isize]>,
    keepdims: bool,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    let op = Softmax::Sum;
    let dtype = result(op, tensor.dtype())?;
    check_result(out, &over(Reduce::Sum, axes, keepdims), tensor, dtype, op.name())?;
    let reduced = mask(axes, tensor.ndim())?;
    let from = converted(tensor, accumulator(tensor.dtype()), op.name())?;
    let gone: Dims<isize> =
        (0..tensor.ndim()).filter(|&axis| reduced[axis]).map(|axis| axis as isize).collect();
    let found = match *gone {
        [axis] if in_lines(&from, axis as usize) => {
            let mut shape = Dims::from_slice(from.shape());
            shape[axis as usize] = 1;
            let found = match from.shape()[axis as usize] {
                0 => nothing(&shape, &from)?,
                _ => {
                    let fill = Fill::Uninitialized;
                    let found = Tensor::allocate(&shape, from.dtype(), from.device(), fill)?;
                    run(op, &from, axis as usize, &found)?;
                    found
                }
            };
            if keepdims { found } else { views::squeeze_exactly(&found, &gone)? }
        }
        _ => sum_by_steps(&from, &gone, keepdims)?,
    };
    finish(found, dtype, op.name(), out)
}

fn nothing(shape: &[usize], like: &Tensor) -> Result<Tensor> {
    let least = Scalar::Float(f64::NEG_INFINITY);
    super::creation::full(shape, least, like.dtype(), like.device())
}

fn sum_by_steps(from: &Tensor, axes: &[isize], keepdims: bool) -> Result<Tensor> {
    let along = Some(axes);
    let squeezed = |tensor: Tensor| match keepdims {
        true => Ok(tensor),
        false => views::squeeze_exactly(&tensor, axes),
    };
    if axes.iter().any(|&axis| from.shape()[axis as usize] == 0) {
        // Sums of nothing have the shape.
        let sum = reduce(over(Reduce::Sum, along, keepdims), from)?;
        return nothing(sum.shape(), from);
    }
    let greatest = reduce(over(Reduce::Max, along, true), from)?;
    // A sum of infinities is one.
    let base = select(&unary(Unary::IsFinite, &greatest)?, &greatest, Scalar::Float(0.0))?;
    let exponentials = in_place(Unary::Exp, binary(Binary::Subtract, from, &base)?)?;
    let sum = in_place(Unary::Log, reduce(over(Reduce::Sum, along, true), &exponentials)?)?;
    squeezed(binary_into(Binary::Add, &sum, &base, &sum)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{tensor, values};

    fn near(found: &[f64], answer: &[f64]) -> bool {
        found.iter().zip(answer).all(|(a, b)| (a - b).abs() < 1e-6 || a == b)
    }

    #[test]
    fn lines_along_and_across_the_memory() {
        let t = tensor(&[2, 3], &[0., 1., 2., 1000., 1000., -1000.], DType::Float32);
        let shares = values(&softmax(Softmax::Shares, &t, 1, None, None).unwrap());
        assert!(near(&shares, &[0.090_030_57, 0.244_728_47, 0.665_240_96, 0.5, 0.5, 0.0]));
        let across = views::permute(&t, &[1, 0]).unwrap();
        let other = softmax(Softmax::Shares, &across, 0, None, None).unwrap();
        assert!(near(&values(&views::permute(&other, &[1, 0]).unwrap()), &shares));
        let sums = values(&log_sum_exp(&t, Some(&[1]), false, None).unwrap());
        assert!(near(&sums[..1], &[2.407_605_9]), "{sums:?}");
        assert!((sums[1] - 1_000.693_147).abs() < 1e-4, "{sums:?}");
    }

    #[test]
    fn infinities() {
        let infinity = f64::INFINITY;
        let t = tensor(&[2, 2], &[infinity, 1., -infinity, -infinity], DType::Float64);
        let sums = values(&log_sum_exp(&t, Some(&[1]), false, None).unwrap());
        assert_eq!(sums, [infinity, -infinity]);
        assert_eq!(values(&log_sum_exp(&t, None, false, None).unwrap()), [infinity]);
        let none = tensor(&[0], &[], DType::Float64);
        assert_eq!(values(&log_sum_exp(&none, None, false, None).unwrap()), [-infinity]);
        assert!(
            softmax(Softmax::Shares, &tensor(&[1], &[0.], DType::Complex64), 0, None, None)
                .is_err()
        );
    }
}
