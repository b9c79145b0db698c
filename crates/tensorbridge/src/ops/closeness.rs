//! Whether elements are equal, or as near as rounding leaves them.

use tensorbridge_core::op::{Binary, Compare, Reduce, Unary};
use tensorbridge_core::{DType, Error, Result, Scalar, Tensor};

use super::{Operand, Reduction, binary, compare, reduce, result_dtype, unary};
use crate::exchange::Reason;
use crate::{transfer, values};

/// How far two elements may lie apart: `absolute + relative * |b|`.
#[derive(Clone, Copy, Debug)]
pub struct Tolerance {
    /// What is allowed for each unit of the second element.
    pub relative: f64,
    /// What is allowed anyway.
    pub absolute: f64,
    /// Whether NaN is close to NaN.
    pub equal_nan: bool,
}

impl Tolerance {
    fn check(self) -> Result<()> {
        for (name, value) in [("rtol", self.relative), ("atol", self.absolute)] {
            // NaN is no tolerance either.
            if value.is_nan() || value < 0.0 {
                return Err(Error::value(format!(
                    "{name} must be greater than or equal to zero, but got {value:?}"
                )));
            }
        }
        Ok(())
    }
}

/// Whether each pair of elements is equal or near: a fresh `bool` tensor of the broadcast shape.
///
/// An infinity is close to itself alone.
///
/// # Errors
///
/// `Value` for a tolerance below zero; `Shape` where the shapes do not broadcast, `Type` where
/// the dtypes do not promote.
pub fn is_close<'a>(
    a: impl Into<Operand<'a>>,
    b: impl Into<Operand<'a>>,
    tolerance: Tolerance,
) -> Result<Tensor> {
    tolerance.check()?;
    let (a, b) = (a.into(), b.into());
    let equal = compare(Compare::Equal, a.clone(), b.clone())?;
    let dtype = wide(result_dtype([&a, &b].into_iter())?);
    let (a, b) = (widened(a, dtype)?, widened(b, dtype)?);
    let distance = unary(Unary::Absolute, binary(Binary::Subtract, a.clone(), b.clone())?)?;
    let size = unary(Unary::Absolute, b.clone())?;
    let relative = binary(Binary::Multiply, &size, Scalar::Float(tolerance.relative))?;
    let allowed = binary(Binary::Add, &relative, Scalar::Float(tolerance.absolute))?;
    let near = compare(Compare::LessEqual, &distance, &allowed)?;
    let finite = compare(Compare::Less, &size, Scalar::Float(f64::INFINITY))?;
    let near = binary(Binary::BitwiseAnd, &near, &finite)?;
    let close = binary(Binary::BitwiseOr, &equal, &near)?;
    if !tolerance.equal_nan {
        return Ok(close);
    }
    let nan = |x: Operand<'_>| compare(Compare::NotEqual, x.clone(), x);
    let both = binary(Binary::BitwiseAnd, &nan(a)?, &nan(b)?)?;
    binary(Binary::BitwiseOr, &close, &both)
}

/// Whether [`is_close`] is true of every pair.
///
/// # Errors
///
/// As [`is_close`]; `NotImplemented` for tensors without values.
pub fn all_close<'a>(
    a: impl Into<Operand<'a>>,
    b: impl Into<Operand<'a>>,
    tolerance: Tolerance,
) -> Result<bool> {
    every(&is_close(a, b, tolerance)?)
}

/// Whether two tensors have one shape and equal elements; dtypes are promoted together.
///
/// # Errors
///
/// `Type` where the dtypes do not promote; `NotImplemented` for tensors without values.
pub fn all_equal<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<bool> {
    let (a, b) = (a.into(), b.into());
    Ok(a.shape() == b.shape() && every(&compare(Compare::Equal, a, b)?)?)
}

fn every(answers: &Tensor) -> Result<bool> {
    let all = Reduction { op: Reduce::All, axes: None, keepdims: false, dtype: None };
    Ok(values::item(&reduce(all, answers)?)? == Scalar::Bool(true))
}

/// Where a difference neither overflows nor loses the tolerance to rounding.
fn wide(dtype: DType) -> DType {
    match dtype {
        DType::Float16 | DType::BFloat16 => DType::Float32,
        dtype if dtype.is_bool() || dtype.is_integer() => DType::Float64,
        dtype => dtype,
    }
}

fn widened(operand: Operand<'_>, dtype: DType) -> Result<Operand<'_>> {
    Ok(match operand {
        Operand::Tensor(tensor) => {
            let reason = Reason::Promote { from: tensor.dtype(), to: dtype };
            transfer::cast(&tensor, dtype, "isclose", reason)?.into()
        }
        Operand::PythonScalar(value) => Operand::PythonScalar(match value {
            Scalar::Bool(_) | Scalar::Int(_) => Scalar::Float(value.cast()),
            other => other,
        }),
    })
}
