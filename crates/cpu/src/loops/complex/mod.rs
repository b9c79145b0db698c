//! The functions of analysis for complex numbers.
//!
//! Each has two forms, both for pairs of `f64`. The complete one, a plain function, knows every
//! exception: values where a part is zero, infinite or NaN are those of C99's Annex G, which the
//! Array API's text follows; where that text leaves it (`tanh`) or has more (`expm1`), the text
//! decides. The usual one has no branches, so that loops over it vectorise; it is made of the
//! real functions in `math`, and answers wherever the parts are moderate.
//!
//! `complex64` is computed as `complex128` and rounded, which leaves nothing of the cancellation
//! that 24 bits would suffer.

mod arithmetic;
mod exponential;
mod hyperbolic;
mod inverse;
mod logarithm;
mod power;
mod root;

use tensorbridge_core::DType;
use tensorbridge_core::dtype::{Complex32, Complex64};
use tensorbridge_core::op::{Binary, Unary};

use super::Loop;
use super::math::{one_complex, two_complex};

pub(super) use arithmetic::{divide, magnitude, magnitude_f32};

/// `re + im j`
#[inline(always)]
pub(super) fn pair(re: f64, im: f64) -> Complex64 {
    Complex64::new(re, im)
}

/// Neither part has a value.
const NAN: Complex64 = Complex64::new(f64::NAN, f64::NAN);

/// `i a`
#[inline(always)]
fn turned(a: Complex64) -> Complex64 {
    pair(-a.im, a.re)
}

/// `-i a`
#[inline(always)]
fn turned_back(a: Complex64) -> Complex64 {
    pair(a.im, -a.re)
}

/// The parts exchanged: what turning does to an odd function that commutes with `conj`.
#[inline(always)]
fn exchanged(a: Complex64) -> Complex64 {
    pair(a.im, a.re)
}

#[inline(always)]
pub(super) fn wide(a: Complex32) -> Complex64 {
    pair(a.re.into(), a.im.into())
}

#[inline(always)]
pub(super) fn narrow(a: Complex64) -> Complex32 {
    Complex32::new(a.re as f32, a.im as f32)
}

/// The greater of the sizes of both parts; of a number and NaN whichever.
#[inline(always)]
fn size(a: Complex64) -> f64 {
    let (re, im) = (a.re.abs(), a.im.abs());
    if re < im { im } else { re }
}

/// Whether squares of the parts neither overflow nor all vanish.
#[inline(always)]
fn is_moderate(a: Complex64) -> bool {
    let size = size(a);
    // A sum, for the part that may be NaN.
    (size > 1e-140) & (a.re.abs() + a.im.abs() < 1e150)
}

/// Functions with their two forms: the complete one, and the usual one where a condition holds.
macro_rules! functions {
    ($(
        $name:ident = $complete:path;
        usual($z:ident) $usual:expr => $value:expr;
    )+) => {$(
        pub(super) struct $name;

        impl $crate::loops::math::function::Function<tensorbridge_core::dtype::Complex64> for $name {
            #[inline(always)]
            fn value<I: $crate::isa::Isa>(
                $z: tensorbridge_core::dtype::Complex64,
            ) -> tensorbridge_core::dtype::Complex64 {
                $value
            }

            const HAS_RARE: bool = true;

            #[inline(always)]
            fn is_rare($z: tensorbridge_core::dtype::Complex64) -> bool {
                !$usual
            }

            fn rare_value(
                z: tensorbridge_core::dtype::Complex64,
            ) -> tensorbridge_core::dtype::Complex64 {
                $complete(z)
            }
        }
    )+};
}

use functions;

/// The loop of `op` on `dtype`; operands `[out, a]`. `None` where it has no meaning.
pub(crate) fn unary(op: Unary, dtype: DType) -> Option<Loop<2>> {
    match op {
        Unary::Reciprocal => one_complex::<arithmetic::Reciprocal>(dtype),
        Unary::Sign => one_complex::<arithmetic::Sign>(dtype),
        Unary::Sqrt => one_complex::<root::Sqrt>(dtype),
        Unary::ReciprocalSqrt => one_complex::<root::ReciprocalSqrt>(dtype),
        Unary::Exp => one_complex::<exponential::Exp>(dtype),
        Unary::Exp2 => one_complex::<exponential::Exp2>(dtype),
        Unary::Expm1 => one_complex::<exponential::Expm1>(dtype),
        Unary::Sigmoid => one_complex::<exponential::Sigmoid>(dtype),
        Unary::Log => one_complex::<logarithm::Log>(dtype),
        Unary::Log2 => one_complex::<logarithm::Log2>(dtype),
        Unary::Log10 => one_complex::<logarithm::Log10>(dtype),
        Unary::Log1p => one_complex::<logarithm::Log1p>(dtype),
        Unary::Sinh => one_complex::<hyperbolic::Sinh>(dtype),
        Unary::Cosh => one_complex::<hyperbolic::Cosh>(dtype),
        Unary::Tanh => one_complex::<hyperbolic::Tanh>(dtype),
        Unary::Sin => one_complex::<hyperbolic::Sin>(dtype),
        Unary::Cos => one_complex::<hyperbolic::Cos>(dtype),
        Unary::Tan => one_complex::<hyperbolic::Tan>(dtype),
        Unary::Asinh => one_complex::<inverse::Asinh>(dtype),
        Unary::Acosh => one_complex::<inverse::Acosh>(dtype),
        Unary::Atanh => one_complex::<inverse::Atanh>(dtype),
        Unary::Asin => one_complex::<inverse::Asin>(dtype),
        Unary::Acos => one_complex::<inverse::Acos>(dtype),
        Unary::Atan => one_complex::<inverse::Atan>(dtype),
        _ => None,
    }
}

/// The loop of `op` on `dtype`; operands `[out, a, b]`. `None` where it has no meaning, or is
/// simple enough for `arithmetic`.
pub(crate) fn binary(op: Binary, dtype: DType) -> Option<Loop<3>> {
    match op {
        Binary::Divide => two_complex::<arithmetic::Divided>(dtype),
        Binary::Power => two_complex::<power::Power>(dtype),
        _ => None,
    }
}
