//! Division whose quotient is rounded towards zero.

use smallvec::SmallVec;
use tensorbridge_core::op::{Binary, Compare, Unary};
use tensorbridge_core::{Error, Result, Scalar, Tensor};

use super::{Op, Operand, Operation, binary, compare, result_dtype, select, unary};

/// `a / b` without its fraction: fresh, or into `out`. Integers stay integers.
///
/// # Errors
///
/// `Type` for complex numbers and bool, `ZeroDivision` for integers; else as [`binary`], and with
/// `out` as [`super::binary_into`].
pub fn divide_truncated<'a>(
    a: impl Into<Operand<'a>>,
    b: impl Into<Operand<'a>>,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    let (a, b) = (a.into(), b.into());
    let dtype = result_dtype([&a, &b].into_iter())?;
    if dtype.is_complex() {
        return Err(Error::dtype(format!(
            "`divide` with a `rounding_mode` is not defined for {dtype}"
        ))
        .hint("complex numbers have no order: leave `rounding_mode` out"));
    }
    let (operation, inputs) =
        if dtype.is_float() { truncated_floats(a, b)? } else { truncated_integers(a, b)? };
    Op { operation, inputs: &inputs, out }.run()
}

/// The last step of a computation, which alone may write into what others see.
type Last = (Operation, SmallVec<[Operand<'static>; 3]>);

/// The floor, and one more where it lies below a negative quotient.
fn truncated_integers(a: Operand<'_>, b: Operand<'_>) -> Result<Last> {
    let floor = binary(Binary::FloorDivide, a.clone(), b.clone())?;
    let inexact = compare(Compare::NotEqual, binary(Binary::Multiply, &floor, b)?, a)?;
    let negative = compare(Compare::Less, &floor, Scalar::Int(0))?;
    let step = binary(Binary::BitwiseAnd, &inexact, &negative)?;
    let inputs = SmallVec::from_iter([floor.into(), step.into()]);
    Ok((Operation::Binary(Binary::Add), inputs))
}

/// The floor of the quotient's size, with its sign; what is not finite stays.
fn truncated_floats(a: Operand<'_>, b: Operand<'_>) -> Result<Last> {
    let quotient = binary(Binary::Divide, a, b)?;
    let size = unary(Unary::Absolute, &quotient)?;
    let finite = compare(Compare::Less, &size, Scalar::Float(f64::INFINITY))?;
    let floor = binary(Binary::FloorDivide, &size, Scalar::Float(1.0))?;
    let negative = compare(Compare::Less, &quotient, Scalar::Float(0.0))?;
    let signed = select(&negative, &unary(Unary::Negative, &floor)?, &floor)?;
    let inputs = SmallVec::from_iter([finite.into(), signed.into(), quotient.into()]);
    Ok((Operation::Select, inputs))
}
