//! Rounding to a number of decimal places.

use tensorbridge_core::op::{Binary, Unary};
use tensorbridge_core::scalar::integer_range;
use tensorbridge_core::{DType, Error, Result, Scalar, Tensor};

use super::{Op, Operand, Operation, deliver, result_dtype};
use crate::exchange::Reason;
use crate::transfer;

/// The most decimal places, either way: the exponents of `float64` end there.
const PLACES: u64 = 308;

/// `a` rounded to `decimals` places behind the point, or before it where that is negative; ties
/// to even. Fresh, or into `out`.
///
/// Floats are rounded as NumPy does it, `round(a * power) / power`, the 16-bit ones in `float32`;
/// an element that overflows on the way has no such places and stays. Integers are rounded
/// exactly, and wrap.
///
/// # Errors
///
/// `Overflow` for a power of ten beyond a 64-bit dtype; as [`super::unary`], and with `out` as
/// [`super::binary_into`].
pub fn round<'a>(a: impl Into<Operand<'a>>, decimals: i64, out: Option<&Tensor>) -> Result<Tensor> {
    let a = a.into();
    let dtype = result_dtype([&a].into_iter())?;
    let whole = dtype.is_integer() || dtype.is_bool();
    let plain = Operation::Unary(Unary::Round);
    if decimals == 0 || (decimals > 0 && whole) {
        return Op { operation: plain, inputs: &[a], out }.run();
    }
    let (compute, power) = match whole {
        true => integer_power(decimals, dtype)?,
        false => float_power(decimals, dtype),
    };
    let binary = if decimals > 0 { Binary::RoundFraction } else { Binary::RoundMultiple };
    let operation = Operation::Binary(binary);
    if compute == dtype {
        return Op { operation, inputs: &[a, power.into()], out }.run();
    }
    let cast = |tensor: &Tensor, from, to| {
        transfer::cast(tensor, to, "round", Reason::Promote { from, to })
    };
    let wide = match &a {
        Operand::Tensor(tensor) => cast(tensor, dtype, compute)?.into(),
        Operand::PythonScalar(number) => (*number).into(),
    };
    let rounded = Op { operation, inputs: &[wide, power.into()], out: None }.run()?;
    deliver(cast(&rounded, compute, dtype)?, &Op { operation: plain, inputs: &[], out })
}

/// The dtype that integers are rounded in, and the power of ten.
fn integer_power(decimals: i64, dtype: DType) -> Result<(DType, Scalar)> {
    let wide = if dtype.itemsize() == 8 { dtype } else { DType::Int64 };
    // Beyond twice the range of a narrower dtype every power gives 0.
    let exponent = decimals.unsigned_abs();
    let exponent = if wide == dtype { exponent } else { exponent.min(18) };
    let power = u32::try_from(exponent).ok().and_then(|exponent| 10_i128.checked_pow(exponent));
    match power.filter(|&power| power <= integer_range(wide).1) {
        Some(power) => {
            let fits = dtype.is_integer() && power <= integer_range(dtype).1;
            Ok((if fits { dtype } else { wide }, Scalar::Int(power)))
        }
        None => Err(Error::overflow(format!("10 ** {exponent} is larger than any {dtype}"))
            .hint("round fewer places, or cast to a floating-point dtype first")),
    }
}

/// The dtype that floats and complex numbers are rounded in, and the power of ten.
fn float_power(decimals: i64, dtype: DType) -> (DType, Scalar) {
    let exponent = decimals.unsigned_abs().min(PLACES);
    let beyond_f32 = exponent > 38;
    let compute = match dtype {
        DType::Complex64 if beyond_f32 => DType::Complex128,
        DType::Float16 | DType::BFloat16 if !beyond_f32 => DType::Float32,
        DType::Float16 | DType::BFloat16 | DType::Float32 if beyond_f32 => DType::Float64,
        dtype => dtype,
    };
    // The nearest power, where products of tens would drift.
    let power = format!("1e{exponent}").parse().unwrap_or(f64::INFINITY);
    (compute, Scalar::Float(power))
}
