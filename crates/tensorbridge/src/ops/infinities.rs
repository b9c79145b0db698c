//! Infinities of one sign, and numbers in the place of what is not finite.

use tensorbridge_core::dtype::{bf16, f16};
use tensorbridge_core::op::{Compare, Unary};
use tensorbridge_core::{DType, Error, Result, Scalar, Tensor};

use super::{Op, Operand, Operation, clip, compare, result_dtype, select, unary, views};

/// Whether each element is the infinity of one sign, `infinity`. Fresh, or into `out`.
///
/// # Errors
///
/// `Type` for complex numbers; with `out` as [`super::binary_into`].
pub fn is_infinity<'a>(
    a: impl Into<Operand<'a>>,
    infinity: f64,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    let a = a.into();
    let dtype = result_dtype([&a].into_iter())?;
    if dtype.is_complex() {
        return Err(Error::dtype(format!("the infinities of {dtype} have no sign"))
            .hint("ask the parts: `t.real`, `t.imag`"));
    }
    if !dtype.is_float() {
        return Op { operation: Operation::Unary(Unary::IsInf), inputs: &[a], out }.run();
    }
    let inputs = [a, Scalar::Float(infinity).into()];
    Op { operation: Operation::Compare(Compare::Equal), inputs: &inputs, out }.run()
}

/// What stands for NaN and the two infinities; `None` is the dtype's greatest and least number.
#[derive(Clone, Copy, Debug)]
pub struct Replacements {
    /// For NaN.
    pub nan: f64,
    /// For the positive infinity.
    pub positive: Option<f64>,
    /// For the negative infinity.
    pub negative: Option<f64>,
}

/// `a` with numbers where it is not finite, part by part of complex numbers. Fresh, or into
/// `out`.
///
/// # Errors
///
/// As [`unary`]; with `out` as [`super::binary_into`].
pub fn nan_to_num<'a>(
    a: impl Into<Operand<'a>>,
    by: Replacements,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    let a = a.into();
    let dtype = result_dtype([&a].into_iter())?;
    if dtype.is_bool() || dtype.is_integer() {
        return Op { operation: Operation::Unary(Unary::Trunc), inputs: &[a], out }.run();
    }
    if dtype.is_complex() {
        let whole = unary(Unary::Positive, a)?;
        let parts = views::view_as_real(&whole)?;
        nan_to_num(&parts, by, Some(&parts))?;
        return Op { operation: Operation::Unary(Unary::Positive), inputs: &[whole.into()], out }
            .run();
    }
    let greatest = greatest(dtype);
    let bounded = match (by.positive, by.negative) {
        (None, None) => {
            let limit = |limit| Some(Scalar::Float(limit).into());
            clip(a, limit(-greatest), limit(greatest), None)?
        }
        (positive, negative) => {
            let replaced = |a: &Operand, infinity, number| {
                let found = compare(Compare::Equal, a.clone(), Scalar::Float(infinity))?;
                select(found, Scalar::Float(number), a.clone())
            };
            let above = replaced(&a, f64::INFINITY, positive.unwrap_or(greatest))?;
            // Found before the positive ones became numbers, or infinities of the other sign.
            let found = compare(Compare::Equal, a, Scalar::Float(f64::NEG_INFINITY))?;
            select(found, Scalar::Float(negative.unwrap_or(-greatest)), above)?
        }
    };
    let nan = unary(Unary::IsNan, &bounded)?;
    let inputs = [nan.into(), Scalar::Float(by.nan).into(), bounded.into()];
    Op { operation: Operation::Select, inputs: &inputs, out }.run()
}

/// The greatest finite number of a floating-point dtype.
fn greatest(dtype: DType) -> f64 {
    match dtype {
        DType::Float16 => f16::MAX.to_f64(),
        DType::BFloat16 => bf16::MAX.to_f64(),
        DType::Float32 => f32::MAX.into(),
        _ => f64::MAX,
    }
}
