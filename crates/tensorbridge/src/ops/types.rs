//! The dtypes of elementwise operations: what inputs are cast to, what comes out, what is refused.

use tensorbridge_core::dtype::promote::inexact;
use tensorbridge_core::op::{Binary, Compare, Ternary, Unary};
use tensorbridge_core::{DType, Error, Result};

use super::{Op, Operand, Operation, default_dtype, result_dtype};

/// The dtypes of one operation.
pub(super) struct Types {
    /// What the inputs are cast to.
    pub(super) compute: DType,
    /// What comes out.
    pub(super) result: DType,
}

impl Types {
    pub(super) fn of(op: &Op<'_>) -> Result<Self> {
        let first = usize::from(matches!(op.operation, Operation::Select));
        let promoted = result_dtype(op.inputs[first..].iter())?;
        let same = |dtype| Self { compute: dtype, result: dtype };
        Ok(match &op.operation {
            &Operation::Unary(unary) => {
                check_unary(unary, promoted)?;
                let compute = match needs(unary) {
                    Needs::Inexact | Needs::Exponent => inexact(promoted, default_dtype()),
                    _ => promoted,
                };
                let result = match needs(unary) {
                    Needs::Exponent => DType::Int32,
                    Needs::Question => DType::Bool,
                    Needs::Magnitude => compute.real(),
                    _ => compute,
                };
                Self { compute, result }
            }
            &Operation::Binary(binary) => {
                check_binary(binary, promoted)?;
                same(match binary {
                    Binary::Divide
                    | Binary::Atan2
                    | Binary::Hypot
                    | Binary::CopySign
                    | Binary::NextAfter
                    | Binary::Ldexp
                    | Binary::Heaviside
                    | Binary::LogAddExp
                    | Binary::TimesLog => inexact(promoted, default_dtype()),
                    _ => promoted,
                })
            }
            &Operation::Ternary(ternary) => {
                check_ternary(ternary, promoted)?;
                same(match ternary {
                    Ternary::AddQuotient | Ternary::Lerp => inexact(promoted, default_dtype()),
                    Ternary::Clip | Ternary::AddProduct => promoted,
                })
            }
            &Operation::Compare(compare) => {
                let ordered = !matches!(compare, Compare::Equal | Compare::NotEqual);
                if ordered && promoted.is_complex() {
                    return Err(no_meaning(op.operation.name(), promoted)
                        .hint("compare magnitudes (`abs(t)`) or parts (`t.real`, `t.imag`)"));
                }
                Self { compute: promoted, result: DType::Bool }
            }
            Operation::Select => {
                if let Operand::Tensor(condition) = &op.inputs[0]
                    && !condition.dtype().is_bool()
                {
                    return Err(Error::dtype(format!(
                        "where expected condition to be a boolean tensor, but got a tensor with dtype {}",
                        condition.dtype()
                    ))
                    .hint("compare first: `condition != 0`"));
                }
                same(promoted)
            }
            other => return Err(Error::runtime(format!("`{}` is not elementwise", other.name()))),
        })
    }
}

/// What a unary operation asks of its input's dtype and makes of it.
enum Needs {
    /// A float or complex number; integers become the default dtype.
    Inexact,
    /// A float; integers become the default dtype, and the result is `int32`.
    Exponent,
    /// Any dtype, and a real result.
    Magnitude,
    /// Any dtype, and a `bool` result.
    Question,
    /// Any dtype, and a result of that dtype.
    Any,
}

fn needs(op: Unary) -> Needs {
    use Unary::{
        Absolute, Ceil, Conjugate, Floor, Invert, IsFinite, IsInf, IsNan, Negative, Positive, Relu,
        Round, Sign, SignBit, Trunc,
    };
    match op {
        Positive | Negative | Invert | Conjugate | Floor | Ceil | Trunc | Round | Sign | Relu => {
            Needs::Any
        }
        Absolute => Needs::Magnitude,
        Unary::Exponent => Needs::Exponent,
        IsNan | IsInf | IsFinite | SignBit => Needs::Question,
        _ => Needs::Inexact,
    }
}

/// What to do where truth values have no answer.
const TO_INT: &str = "cast one operand to an integer dtype first: `.to(tb.int64)`";
/// What to do where complex numbers have none.
const PARTS: &str = "compute on the parts: `t.real`, `t.imag`";

fn no_meaning(name: &str, dtype: DType) -> Error {
    Error::dtype(format!("`{name}` is not defined for {dtype}"))
}

fn check_unary(op: Unary, dtype: DType) -> Result<()> {
    match op {
        Unary::Negative if dtype.is_bool() => {
            Err(Error::dtype("Negation, the `-` operator, on a bool tensor is not supported")
                .hint("to invert a mask, use the `~` operator"))
        }
        Unary::Positive if dtype.is_bool() => {
            Err(Error::dtype("The `+` operator, on a bool tensor is not supported")
                .hint("`t.clone()` copies, `t.to(tb.int64)` counts"))
        }
        Unary::Relu if dtype.is_bool() => Err(no_meaning(op.name(), dtype).hint(TO_INT)),
        Unary::Invert if !dtype.is_bool() && !dtype.is_integer() => {
            Err(no_meaning(op.name(), dtype).hint("bitwise operations work on integers and bool"))
        }
        Unary::Floor
        | Unary::Ceil
        | Unary::Trunc
        | Unary::Fraction
        | Unary::Mantissa
        | Unary::Exponent
        | Unary::SignBit
        | Unary::Erf
        | Unary::Erfc
        | Unary::Gelu
        | Unary::GeluTanh
        | Unary::CubeRoot
        | Unary::DegreesToRadians
        | Unary::RadiansToDegrees
        | Unary::Sinc
        | Unary::ErfInverse
        | Unary::LogSigmoid
        | Unary::Softplus
        | Unary::Silu
        | Unary::Relu
            if dtype.is_complex() =>
        {
            Err(no_meaning(op.name(), dtype).hint(PARTS))
        }
        _ => Ok(()),
    }
}

fn check_binary(op: Binary, dtype: DType) -> Result<()> {
    use Binary::{
        Atan2, BitwiseAnd, BitwiseOr, BitwiseXor, CopySign, FloorDivide, Fmax, Fmin, Fmod, Gcd,
        Heaviside, Hypot, Lcm, Ldexp, LeftShift, LogAddExp, Maximum, Minimum, NextAfter, Power,
        Remainder, RightShift, Subtract, TimesLog,
    };
    let refused = |hint| Err(no_meaning(op.name(), dtype).hint(hint));
    match op {
        Subtract if dtype.is_bool() => Err(Error::dtype(
            "Subtraction, the `-` operator, with two bool tensors is not supported",
        )
        .hint("use the `^` operator instead")),
        BitwiseAnd | BitwiseOr | BitwiseXor if !dtype.is_bool() && !dtype.is_integer() => {
            refused("bitwise operations work on integers and bool")
        }
        LeftShift | RightShift if !dtype.is_integer() => refused("shifts work on integers"),
        Gcd | Lcm if !dtype.is_integer() => refused("divisors are those of integers"),
        FloorDivide | Remainder | Fmod | Power if dtype.is_bool() => refused(TO_INT),
        FloorDivide | Remainder | Fmod | Maximum | Minimum | Fmax | Fmin | Heaviside
            if dtype.is_complex() =>
        {
            refused("complex numbers have no order")
        }
        Atan2 | Hypot | CopySign | NextAfter | LogAddExp | TimesLog | Ldexp
            if dtype.is_complex() =>
        {
            refused(PARTS)
        }
        _ => Ok(()),
    }
}

fn check_ternary(op: Ternary, dtype: DType) -> Result<()> {
    match op {
        Ternary::Clip if dtype.is_complex() => {
            Err(no_meaning(op.name(), dtype).hint("complex numbers have no order"))
        }
        Ternary::AddProduct if dtype.is_bool() => Err(no_meaning(op.name(), dtype).hint(TO_INT)),
        _ => Ok(()),
    }
}
