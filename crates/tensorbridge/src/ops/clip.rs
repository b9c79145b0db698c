//! Limits on both sides.

use smallvec::SmallVec;
use tensorbridge_core::op::{Binary, Ternary, Unary};
use tensorbridge_core::scalar::integer_range;
use tensorbridge_core::{DType, Error, Result, Scalar, Tensor};

use super::{Op, Operand, Operation, result_dtype};

/// `min(max(a, low), high)`, with `None` for no limit; NaN if any is. Fresh, or into `out`.
///
/// A Python integer that the dtype cannot hold is no limit where no element lies beyond it.
///
/// # Errors
///
/// As [`super::binary`]; with `out` as [`super::binary_into`].
pub fn clip<'a>(
    a: impl Into<Operand<'a>>,
    low: Option<Operand<'a>>,
    high: Option<Operand<'a>>,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    let a = a.into();
    let dtype = result_dtype([Some(&a), low.as_ref(), high.as_ref()].into_iter().flatten())?;
    if dtype.is_complex() {
        return Err(Error::dtype(format!("`clip` is not defined for {dtype}"))
            .hint("complex numbers have no order"));
    }
    let low = low.filter(|low| !beyond(low, dtype, |limit, (least, _)| limit < least));
    let high = high.filter(|high| !beyond(high, dtype, |limit, (_, greatest)| limit > greatest));
    let (operation, inputs): (_, SmallVec<[Operand<'_>; 3]>) = match (low, high) {
        (Some(low), Some(high)) => {
            (Operation::Ternary(Ternary::Clip), SmallVec::from_iter([a, low, high]))
        }
        (Some(low), None) => (Operation::Binary(Binary::Maximum), SmallVec::from_iter([a, low])),
        (None, Some(high)) => (Operation::Binary(Binary::Minimum), SmallVec::from_iter([a, high])),
        (None, None) => return unlimited(a, out),
    };
    Op { operation, inputs: &inputs, out }.run()
}

/// Whether a limit is an integer that `dtype` cannot hold, on the side that `outside` asks for.
fn beyond(limit: &Operand<'_>, dtype: DType, outside: impl Fn(i128, (i128, i128)) -> bool) -> bool {
    match limit {
        Operand::PythonScalar(Scalar::Int(limit)) if dtype.is_integer() => {
            outside(*limit, integer_range(dtype))
        }
        _ => false,
    }
}

/// The same values in fresh memory, or in `out`.
fn unlimited(a: Operand<'_>, out: Option<&Tensor>) -> Result<Tensor> {
    let (operation, inputs): (_, SmallVec<[Operand<'_>; 2]>) = match result_dtype([&a].into_iter())?
    {
        DType::Bool => (
            Operation::Binary(Binary::Maximum),
            SmallVec::from_iter([a, Scalar::Bool(false).into()]),
        ),
        _ => (Operation::Unary(Unary::Positive), SmallVec::from_iter([a])),
    };
    Op { operation, inputs: &inputs, out }.run()
}
