//! `softplus` with a slope and a threshold.

use tensorbridge_core::dtype::promote::inexact;
use tensorbridge_core::op::{Binary, Compare, Unary};
use tensorbridge_core::{Result, Scalar, Tensor};

use super::elementwise::check_out;
use super::{
    Op, Operand, Operation, accumulator, binary, compare, converted, default_dtype, select, unary,
};
use crate::transfer;

/// `log(1 + e ** (beta * x)) / beta`, and with a threshold `x` itself where `beta * x` is greater: a
/// fresh tensor, or into `out`. Computed in `float32` for 16-bit floats; of integers in the default
/// dtype.
///
/// # Errors
///
/// `Type` for complex numbers; for `out` as [`super::binary_into`].
pub fn softplus(
    x: &Tensor,
    beta: f64,
    threshold: Option<f64>,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    if beta == 1.0 && threshold.is_none() {
        let inputs = &[Operand::from(x)];
        return Op { operation: Operation::Unary(Unary::Softplus), inputs, out }.run();
    }
    let dtype = inexact(x.dtype(), default_dtype());
    if let Some(out) = out {
        check_out(out, x.shape(), dtype, "softplus")?;
    }
    let x = converted(x, accumulator(dtype), "softplus")?;
    let scaled = binary(Binary::Multiply, &x, Scalar::Float(beta))?;
    let soft = binary(Binary::Divide, &unary(Unary::Softplus, &scaled)?, Scalar::Float(beta))?;
    let result = match threshold {
        Some(most) => select(&compare(Compare::Greater, &scaled, Scalar::Float(most))?, &x, &soft)?,
        None => soft,
    };
    match out {
        Some(out) => {
            transfer::place(out, &result, "softplus")?;
            Ok(out.clone())
        }
        None => converted(&result, dtype, "softplus"),
    }
}
