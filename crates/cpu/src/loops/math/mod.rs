//! The functions of analysis for real numbers. The 16-bit floats compute in `f32`.

mod angles;
mod circular;
mod erf_inverse;
mod exponential;
pub(super) mod float;
pub(super) mod function;
mod halves;
mod huge;
mod hyperbolic;
mod inverse;
mod logarithm;
mod logistic;
mod normal;
mod pack;
mod power;
pub(super) mod real;
mod roots;
mod sign;
mod staging;

use tensorbridge_core::DType;
use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::op::{Binary, Unary};

use super::{Loop, body};
use crate::isa::{pick, pick_tiered};

pub(super) use function::Function2;
pub(super) use logistic::LogAddExp;

use function::Function;
use staging::{Map, Map2};

fn one<F: Function<f32> + Function<f64>>(dtype: DType) -> Option<Loop<2>> {
    Some(match dtype {
        DType::Float16 => pick::<2, Map<F, f16>>(),
        DType::BFloat16 => pick::<2, Map<F, bf16>>(),
        DType::Float32 => pick::<2, Map<F, f32>>(),
        DType::Float64 => pick::<2, Map<F, f64>>(),
        _ => return None,
    })
}

/// The loop of a function of two floats on `dtype`; operands `[out, a, b]`.
pub(super) fn two<F: Function2<f32> + Function2<f64>>(dtype: DType) -> Option<Loop<3>> {
    Some(match dtype {
        DType::Float16 => pick::<3, Map2<F, f16>>(),
        DType::BFloat16 => pick::<3, Map2<F, bf16>>(),
        DType::Float32 => pick::<3, Map2<F, f32>>(),
        DType::Float64 => pick::<3, Map2<F, f64>>(),
        _ => return None,
    })
}

/// The loop on `float16` of what is said of `float32`; operands `[out, a, b]`.
pub(super) fn halves<F: body::Map2<In = f32, Out = f32>>() -> Loop<3> {
    pick_tiered::<3, halves::Two<function::Plain<F>>>()
}

/// Likewise of one number; operands `[out, a]`.
pub(super) fn halves_of_one<F: body::Map1<In = f32, Out = f32>>() -> Loop<2> {
    pick_tiered::<2, halves::One<function::Plain<F>>>()
}

/// The loop of a function of complex numbers on `dtype`; operands `[out, a]`.
pub(super) fn one_complex<F: Function<Complex64>>(dtype: DType) -> Option<Loop<2>> {
    Some(match dtype {
        DType::Complex64 => pick::<2, Map<F, Complex32>>(),
        DType::Complex128 => pick::<2, Map<F, Complex64>>(),
        _ => return None,
    })
}

/// The loop of a function of two complex numbers on `dtype`; operands `[out, a, b]`.
pub(super) fn two_complex<F: Function2<Complex64>>(dtype: DType) -> Option<Loop<3>> {
    Some(match dtype {
        DType::Complex64 => pick::<3, Map2<F, Complex32>>(),
        DType::Complex128 => pick::<3, Map2<F, Complex64>>(),
        _ => return None,
    })
}

/// The loop of `op` on `dtype`; operands `[out, a]`. `None` where it has no meaning.
pub(crate) fn unary(op: Unary, dtype: DType) -> Option<Loop<2>> {
    match op {
        Unary::Reciprocal => one::<roots::Reciprocal>(dtype),
        Unary::Sqrt if dtype == DType::Float16 => {
            Some(pick_tiered::<2, halves::One<roots::Sqrt>>())
        }
        Unary::Sqrt => one::<roots::Sqrt>(dtype),
        Unary::ReciprocalSqrt => one::<roots::ReciprocalSqrt>(dtype),
        Unary::CubeRoot => one::<roots::CubeRoot>(dtype),
        Unary::Exp => one::<exponential::Exp>(dtype),
        Unary::Exp2 => one::<exponential::Exp2>(dtype),
        Unary::Expm1 => one::<exponential::Expm1>(dtype),
        Unary::Log => one::<logarithm::Log>(dtype),
        Unary::Log2 => one::<logarithm::Log2>(dtype),
        Unary::Log10 => one::<logarithm::Log10>(dtype),
        Unary::Log1p => one::<logarithm::Log1p>(dtype),
        Unary::Sin => one::<circular::Sin>(dtype),
        Unary::Cos => one::<circular::Cos>(dtype),
        Unary::Tan => one::<circular::Tan>(dtype),
        Unary::DegreesToRadians => one::<angles::DegreesToRadians>(dtype),
        Unary::RadiansToDegrees => one::<angles::RadiansToDegrees>(dtype),
        Unary::Sinc => one::<angles::Sinc>(dtype),
        Unary::Asin => one::<inverse::Asin>(dtype),
        Unary::Acos => one::<inverse::Acos>(dtype),
        Unary::Atan => one::<inverse::Atan>(dtype),
        Unary::Sinh => one::<hyperbolic::Sinh>(dtype),
        Unary::Cosh => one::<hyperbolic::Cosh>(dtype),
        Unary::Tanh => one::<hyperbolic::Tanh>(dtype),
        Unary::Asinh => one::<hyperbolic::Asinh>(dtype),
        Unary::Acosh => one::<hyperbolic::Acosh>(dtype),
        Unary::Atanh => one::<hyperbolic::Atanh>(dtype),
        Unary::Erf => one::<normal::Erf>(dtype),
        Unary::Erfc => one::<normal::Erfc>(dtype),
        Unary::ErfInverse => one::<erf_inverse::ErfInverse>(dtype),
        Unary::Sigmoid => one::<logistic::Sigmoid>(dtype),
        Unary::LogSigmoid => one::<logistic::LogSigmoid>(dtype),
        Unary::Softplus => one::<logistic::Softplus>(dtype),
        Unary::Silu => one::<logistic::Silu>(dtype),
        Unary::Gelu => one::<normal::Gelu>(dtype),
        Unary::GeluTanh => one::<logistic::GeluTanh>(dtype),
        _ => None,
    }
}

/// The loop of `op` on `dtype`; operands `[out, a, b]`. `None` where it has no meaning.
pub(crate) fn binary(op: Binary, dtype: DType) -> Option<Loop<3>> {
    match op {
        Binary::Power => two::<power::Power>(dtype),
        Binary::Atan2 => two::<inverse::Atan2>(dtype),
        Binary::Hypot => two::<roots::Hypot>(dtype),
        Binary::LogAddExp => two::<logistic::LogAddExp>(dtype),
        Binary::TimesLog => two::<logarithm::TimesLog>(dtype),
        Binary::CopySign => sign::copy_sign(dtype),
        Binary::NextAfter => sign::next_after(dtype),
        _ => None,
    }
}
