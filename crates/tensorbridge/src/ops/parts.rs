//! The angle of complex numbers, and whether they are real.

use tensorbridge_core::op::{Binary, Compare, Unary};
use tensorbridge_core::{Result, Scalar, Tensor};

use super::{Op, Operand, Operation, binary, compare, unary, views};

/// The angle of `a` in the plane, from -pi to pi: of real numbers 0 or pi. Fresh, or into `out`.
///
/// # Errors
///
/// As [`binary`]; with `out` as [`super::binary_into`].
pub fn angle<'a>(a: impl Into<Operand<'a>>, out: Option<&Tensor>) -> Result<Tensor> {
    let inputs = match a.into() {
        Operand::Tensor(a) if a.dtype().is_complex() => {
            [views::imag(&a)?.into(), views::real(&a)?.into()]
        }
        Operand::PythonScalar(Scalar::Complex(a)) => {
            [Scalar::Float(a.im).into(), Scalar::Float(a.re).into()]
        }
        a => [Scalar::Int(0).into(), a],
    };
    Op { operation: Operation::Binary(Binary::Atan2), inputs: &inputs, out }.run()
}

/// Whether the imaginary part is 0: a fresh `bool` tensor.
///
/// # Errors
///
/// `Memory` when there is no room for it.
pub fn is_real<'a>(a: impl Into<Operand<'a>>) -> Result<Tensor> {
    match a.into() {
        Operand::Tensor(a) if a.dtype().is_complex() => {
            compare(Compare::Equal, views::imag(&a)?, Scalar::Int(0))
        }
        Operand::PythonScalar(Scalar::Complex(a)) => {
            compare(Compare::Equal, Scalar::Float(a.im), Scalar::Int(0))
        }
        // NaN is a real number here; so is every other one.
        a => {
            let never = binary(Binary::BitwiseAnd, unary(Unary::IsNan, a)?, Scalar::Bool(false))?;
            unary(Unary::Invert, never)
        }
    }
}
