//! Powers in double precision, whatever the operands are.

use tensorbridge_core::op::Binary;
use tensorbridge_core::{DType, Device, Result, Tensor};

use super::{Op, Operand, Operation, creation, result_dtype};
use crate::exchange::Reason;
use crate::transfer;

/// `a ** b` in `float64`, or `complex128` where either is complex. Fresh, or into `out`.
///
/// # Errors
///
/// As [`super::binary`]; with `out` as [`super::binary_into`].
pub fn float_power<'a>(
    a: impl Into<Operand<'a>>,
    b: impl Into<Operand<'a>>,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    let (a, b) = (a.into(), b.into());
    let promoted = result_dtype([&a, &b].into_iter())?;
    let dtype = if promoted.is_complex() { DType::Complex128 } else { DType::Float64 };
    let wide = |operand: Operand| -> Result<Operand> {
        Ok(match operand {
            Operand::Tensor(tensor) => {
                let reason = Reason::Promote { from: tensor.dtype(), to: dtype };
                transfer::cast(&tensor, dtype, "float_power", reason)?.into()
            }
            Operand::PythonScalar(value) => creation::full(&[], value, dtype, Device::CPU)?.into(),
        })
    };
    let inputs = [wide(a)?, wide(b)?];
    Op { operation: Operation::Binary(Binary::Power), inputs: &inputs, out }.run()
}
