//! The mean and the spread of what is not NaN.

use tensorbridge_core::op::{Binary, Reduce, Unary};
use tensorbridge_core::{DType, Dims, Result, Scalar, Tensor};

use super::moments::{Spread, finish, mean, spread};
use super::reduction::{check_result, wide};
use super::{Op, Operation, Reduction, binary, binary_into, reduce, select, unary};
use crate::exchange::Reason;
use crate::transfer;

/// How many elements along the axes are not NaN.
fn present(tensor: &Tensor, axes: Option<&[isize]>, keepdims: bool) -> Result<Tensor> {
    let there = unary(Unary::Invert, &unary(Unary::IsNan, tensor)?)?;
    let axes = axes.map(Dims::from_slice);
    reduce(Reduction { op: Reduce::Count, axes, keepdims, dtype: None }, &there)
}

fn has_nan(dtype: DType) -> bool {
    dtype.is_float() || dtype.is_complex()
}

/// The mean of what is not NaN: NaN of nothing.
///
/// # Errors
///
/// As [`mean`].
pub fn nan_mean(
    tensor: &Tensor,
    axes: Option<&[isize]>,
    keepdims: bool,
    dtype: Option<DType>,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    if !has_nan(tensor.dtype()) {
        return mean(tensor, axes, keepdims, dtype, out);
    }
    let result = dtype.unwrap_or(tensor.dtype());
    let reduction = Reduction {
        op: Reduce::NanSum,
        axes: axes.map(Dims::from_slice),
        keepdims,
        dtype: Some(wide(result)),
    };
    check_result(out, &reduction, tensor, result, "nanmean")?;
    let sum = reduce(reduction, tensor)?;
    binary_into(Binary::Divide, &sum, &present(tensor, axes, keepdims)?, &sum)?;
    finish(sum, result, "nanmean", out)
}

/// The variance or standard deviation of what is not NaN. NaN where the correction leaves
/// nothing.
///
/// # Errors
///
/// As [`spread`].
pub fn nan_spread(
    told: Spread,
    tensor: &Tensor,
    axes: Option<&[isize]>,
    keepdims: bool,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    let from = tensor.dtype();
    if !has_nan(from) {
        return spread(told, tensor, axes, keepdims, out);
    }
    let (name, result) = (if told.root { "nanstd" } else { "nanvar" }, from.real());
    let axes_of = || axes.map(Dims::from_slice);
    let reduction = Reduction { op: Reduce::NanSum, axes: axes_of(), keepdims, dtype: None };
    check_result(out, &reduction, tensor, result, name)?;
    let to = wide(from);
    let wider = transfer::cast(tensor, to, name, Reason::Promote { from, to })?;
    let mean = nan_mean(&wider, axes, true, None, None)?;
    let distance = unary(Unary::Absolute, &binary(Binary::Subtract, &wider, &mean)?)?;
    let squares = binary(Binary::Multiply, &distance, &distance)?;
    let dtype = Some(DType::Float64);
    let sum = reduce(Reduction { op: Reduce::NanSum, axes: axes_of(), keepdims, dtype }, &squares)?;
    let count = present(tensor, axes, keepdims)?;
    let count = transfer::cast(
        &count,
        DType::Float64,
        name,
        Reason::Promote { from: DType::Int64, to: DType::Float64 },
    )?;
    let left = binary(Binary::Subtract, &count, Scalar::Float(told.correction))?;
    // Where nothing is left there is no spread.
    let enough = super::compare(tensorbridge_core::op::Compare::Greater, &left, Scalar::Int(0))?;
    let left = select(&enough, &left, Scalar::Float(f64::NAN))?;
    binary_into(Binary::Divide, &sum, &left, &sum)?;
    if told.root {
        let inputs = &[(&sum).into()];
        Op { operation: Operation::Unary(Unary::Sqrt), inputs, out: Some(&sum) }.run()?;
    }
    finish(sum, result, name, out)
}
