//! The functions of analysis for complex numbers.
//!
//! Each is written once, for pairs of `f64`; `complex64` is computed there and rounded, which
//! leaves nothing of the cancellation that 24 bits would suffer. Values where a part is zero,
//! infinite or NaN are those of C99's Annex G, which the Array API's text follows; where that
//! text leaves it (`expm1`, which C has not), the text decides.
//!
//! Real numbers are handled by their own functions wherever an imaginary part is ±0, so that a
//! complex tensor without imaginary parts has its real counterpart's values.

mod arithmetic;
mod exponential;
mod hyperbolic;
mod inverse;
mod logarithm;
mod power;
mod root;

use std::marker::PhantomData;

use tensorbridge_core::DType;
use tensorbridge_core::dtype::{Complex32, Complex64};
use tensorbridge_core::op::Unary;

use super::Loop;
use super::body::{Map1, One};
use crate::isa::pick;

pub(super) use arithmetic::{divide, magnitude};
pub(super) use power::power;

/// `re + im j`
pub(super) fn pair(re: f64, im: f64) -> Complex64 {
    Complex64::new(re, im)
}

/// Neither part has a value.
const NAN: Complex64 = Complex64::new(f64::NAN, f64::NAN);

/// `i a`
fn turned(a: Complex64) -> Complex64 {
    pair(-a.im, a.re)
}

/// `-i a`
fn turned_back(a: Complex64) -> Complex64 {
    pair(a.im, -a.re)
}

pub(super) fn wide(a: Complex32) -> Complex64 {
    pair(a.re.into(), a.im.into())
}

pub(super) fn narrow(a: Complex64) -> Complex32 {
    Complex32::new(a.re as f32, a.im as f32)
}

macro_rules! functions {
    ($($name:ident = $function:path;)+) => {
        $(
            struct $name<T>(PhantomData<T>);

            impl Map1 for $name<Complex64> {
                type In = Complex64;
                type Out = Complex64;
                #[inline(always)]
                fn apply(a: Complex64) -> Complex64 {
                    $function(a)
                }
            }

            impl Map1 for $name<Complex32> {
                type In = Complex32;
                type Out = Complex32;
                #[inline(always)]
                fn apply(a: Complex32) -> Complex32 {
                    narrow($function(wide(a)))
                }
            }
        )+

        /// The loop of `op` on `dtype`; operands `[out, a]`. `None` where it has no meaning.
        pub(crate) fn unary(op: Unary, dtype: DType) -> Option<Loop<2>> {
            match (op, dtype) {
                $(
                    (Unary::$name, DType::Complex64) => Some(pick::<2, One<$name<Complex32>>>()),
                    (Unary::$name, DType::Complex128) => Some(pick::<2, One<$name<Complex64>>>()),
                )+
                _ => None,
            }
        }
    };
}

functions! {
    Reciprocal = arithmetic::reciprocal;
    Sqrt = root::sqrt;
    Exp = exponential::exp;
    Exp2 = exponential::exp2;
    Expm1 = exponential::expm1;
    Sigmoid = exponential::sigmoid;
    Log = logarithm::log;
    Log2 = logarithm::log2;
    Log10 = logarithm::log10;
    Log1p = logarithm::log1p;
    Sinh = hyperbolic::sinh;
    Cosh = hyperbolic::cosh;
    Tanh = hyperbolic::tanh;
    Sin = hyperbolic::sin;
    Cos = hyperbolic::cos;
    Tan = hyperbolic::tan;
    Asinh = inverse::asinh;
    Acosh = inverse::acosh;
    Atanh = inverse::atanh;
    Asin = inverse::asin;
    Acos = inverse::acos;
    Atan = inverse::atan;
}
