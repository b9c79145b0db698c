//! The mean, and how far elements lie from it.

use tensorbridge_core::op::{Binary, Reduce, Unary};
use tensorbridge_core::{DType, Dims, Error, Result, Scalar, Tensor};

use super::reduction::{check_result, mask, wide};
use super::{Op, Operation, Reduction, binary_into, default_dtype, reduce, views};
use crate::exchange::Reason;
use crate::transfer;

/// How many elements of `tensor` make one of the result.
fn count(tensor: &Tensor, axes: Option<&[isize]>) -> Result<usize> {
    let mask = mask(axes, tensor.ndim())?;
    Ok(tensor.shape().iter().zip(mask).filter(|(_, gone)| *gone).map(|(n, _)| n).product())
}

/// The arithmetic mean: a fresh tensor, or into `out`. Of a floating-point or complex dtype, of
/// integers the default dtype. Of no elements it is NaN.
///
/// # Errors
///
/// `Index` and `Value` as [`reduce`]; `Type` for a `dtype` that is neither floating-point nor
/// complex. For `out` as [`super::binary_into`].
pub fn mean(
    tensor: &Tensor,
    axes: Option<&[isize]>,
    keepdims: bool,
    dtype: Option<DType>,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    let from = tensor.dtype();
    let exact = !from.is_float() && !from.is_complex();
    let result = dtype.unwrap_or(if exact { default_dtype() } else { from });
    if !result.is_float() && !result.is_complex() {
        return Err(Error::dtype(format!(
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: {result}"
        ))
        .hint("name one: `dtype=tb.float64`"));
    }
    // Where the sum itself might round or overflow, it is taken in a wider dtype.
    let accumulator = match wide(result) {
        DType::Float32 if exact => DType::Float64,
        dtype => dtype,
    };
    let count = count(tensor, axes)?;
    let axes = axes.map(Dims::from_slice);
    let reduction = Reduction { op: Reduce::Sum, axes, keepdims, dtype: Some(accumulator) };
    check_result(out, &reduction, tensor, result, "mean")?;
    let sum = reduce(reduction, tensor)?;
    binary_into(Binary::Divide, &sum, Scalar::Float(count as f64), &sum)?;
    finish(sum, result, "mean", out)
}

/// How a spread is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The square root of the variance: the standard deviation.
    pub root: bool,
    /// What is taken off the number of elements before dividing by it.
    pub correction: f64,
}

/// The variance or standard deviation: a fresh tensor, or into `out`. Real; of integers of the
/// default dtype. Where the correction leaves no elements, it is NaN or infinite.
///
/// # Errors
///
/// As [`mean`].
pub fn spread(
    spread: Spread,
    tensor: &Tensor,
    axes: Option<&[isize]>,
    keepdims: bool,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    let from = tensor.dtype();
    let exact = !from.is_float() && !from.is_complex();
    let result = if exact { default_dtype() } else { from.real() };
    let name = if spread.root { "std" } else { "var" };
    let count = count(tensor, axes)?;
    let axes = axes.map(Dims::from_slice);
    let reduction = Reduction { op: Reduce::Deviations, axes, keepdims, dtype: None };
    check_result(out, &reduction, tensor, result, name)?;
    let sum = if from.is_complex() {
        // Distances in the plane: the squares of both parts.
        let sum = reduce(reduction.clone(), &views::real(tensor)?)?;
        binary_into(Binary::Add, &sum, &reduce(reduction, &views::imag(tensor)?)?, &sum)?
    } else {
        reduce(reduction, tensor)?
    };
    // As NumPy has it: no fewer than none are left.
    let left = (count as f64 - spread.correction).max(0.0);
    binary_into(Binary::Divide, &sum, Scalar::Float(left), &sum)?;
    if spread.root {
        let inputs = &[(&sum).into()];
        Op { operation: Operation::Unary(Unary::Sqrt), inputs, out: Some(&sum) }.run()?;
    }
    finish(sum, result, name, out)
}

/// `tensor`, which is fresh, as `dtype` or into `out`.
pub(super) fn finish(
    tensor: Tensor,
    dtype: DType,
    name: &'static str,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    match out {
        Some(out) => {
            transfer::place(out, &tensor, name)?;
            Ok(out.clone())
        }
        None => {
            let reason = Reason::Cast { from: tensor.dtype(), to: dtype };
            transfer::cast(&tensor, dtype, name, reason)
        }
    }
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::ErrorKind;

    use super::*;
    use crate::ops::testing::{tensor, values};

    fn mean_of(tensor: &Tensor, axes: Option<&[isize]>) -> Tensor {
        mean(tensor, axes, false, None, None).unwrap()
    }

    #[test]
    fn means() {
        let a = tensor(&[2, 2], &[1., 2., 3., 5.], DType::Int32);
        let all = mean_of(&a, None);
        assert_eq!((all.dtype(), values(&all)), (DType::Float32, vec![2.75]));
        assert_eq!(values(&mean_of(&a, Some(&[0]))), [2., 3.5]);
        let half = mean_of(&tensor(&[4], &[60000.0; 4], DType::Float16), None);
        assert_eq!((half.dtype(), values(&half)), (DType::Float16, vec![60000.0]));
        let error = mean(&a, None, false, Some(DType::Int8), None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Type);
        assert!(values(&mean_of(&tensor(&[0, 3], &[], DType::Float32), None))[0].is_nan());
    }

    #[test]
    fn variances() {
        let a = tensor(&[2, 2], &[1., 2., 3., 6.], DType::Int32);
        let of = |root, correction, axes| {
            values(&spread(Spread { root, correction }, &a, axes, false, None).unwrap())
        };
        assert_eq!(of(false, 0.0, None), [3.5]);
        assert_eq!(of(false, 1.0, Some(&[0][..])), [2., 8.]);
        assert_eq!(of(true, 1.0, Some(&[1][..]))[0], f64::from(0.5_f32.sqrt()));
        assert_eq!(of(false, 5.0, None), [f64::INFINITY]);
        let far = tensor(&[3], &[1e9, 1e9 + 1.0, 1e9 + 2.0], DType::Float64);
        let far = spread(Spread { root: false, correction: 1.0 }, &far, None, false, None);
        assert_eq!(values(&far.unwrap()), [1.0]);
    }
}
