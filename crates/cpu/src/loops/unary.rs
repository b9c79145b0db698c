//! What the unary operations mean for one element.

use std::marker::PhantomData;

use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::op::Unary;
use tensorbridge_core::{Bool, DType};

use super::body::{Map1, One};
use super::kinds::{with_bits, with_number};
use super::{Loop, complex, exponents, math, questions, rounding};
use crate::isa::pick;

/// The loop of `op` on `dtype`; operands `[out, a]`. `None` where it has no meaning, or is the
/// identity.
pub(crate) fn unary(op: Unary, dtype: DType) -> Option<Loop<2>> {
    match op {
        Unary::Positive => None,
        Unary::Negative => with_number!(dtype, T => pick::<2, One<Negative<T>>>()),
        Unary::Absolute => with_number!(dtype, T => pick::<2, One<Absolute<T>>>()),
        Unary::Invert => with_bits!(dtype, T => pick::<2, One<Invert<T>>>()),
        Unary::Conjugate => match dtype {
            DType::Complex64 => Some(pick::<2, One<Conjugate<Complex32>>>()),
            DType::Complex128 => Some(pick::<2, One<Conjugate<Complex64>>>()),
            _ => None,
        },
        Unary::Floor
        | Unary::Ceil
        | Unary::Trunc
        | Unary::Round
        | Unary::Fraction
        | Unary::Relu => rounding::unary(op, dtype),
        Unary::Sign if !dtype.is_complex() => rounding::unary(op, dtype),
        Unary::Mantissa | Unary::Exponent => exponents::unary(op, dtype),
        Unary::SignBit | Unary::IsNan | Unary::IsInf | Unary::IsFinite => {
            questions::unary(op, dtype)
        }
        _ if dtype.is_complex() => complex::unary(op, dtype),
        _ => math::unary(op, dtype),
    }
}

struct Negative<T>(PhantomData<T>);
struct Absolute<T>(PhantomData<T>);
struct Invert<T>(PhantomData<T>);
struct Conjugate<T>(PhantomData<T>);

macro_rules! meaning {
    ($([$($type:ty),+] $($name:ident($a:ident) $value:expr;)+)+) => {$(
        meaning! { @types [$($type),+] [$($name($a) $value;)+] }
    )+};
    (@types [$($type:ty),+] $body:tt) => { $(meaning! { @type $type, $body })+ };
    (@type $type:ty, [$($name:ident($a:ident) $value:expr;)+]) => {$(
        impl Map1 for $name<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            fn apply($a: $type) -> $type {
                $value
            }
        }
    )+};
}

meaning! {
    [i8, i16, i32, i64]
        Negative(a) a.wrapping_neg();
        Absolute(a) a.wrapping_abs();
        Invert(a) !a;
    [u8, u16, u32, u64]
        Negative(a) a.wrapping_neg();
        Absolute(a) a;
        Invert(a) !a;
    [Bool]
        Invert(a) Bool::from(!a.get());
    [f32, f64]
        Negative(a) -a;
        Absolute(a) a.abs();
    // The sign is a bit; nothing is rounded.
    [f16]
        Negative(a) f16::from_bits(a.to_bits() ^ 0x8000);
        Absolute(a) f16::from_bits(a.to_bits() & 0x7fff);
    [bf16]
        Negative(a) bf16::from_bits(a.to_bits() ^ 0x8000);
        Absolute(a) bf16::from_bits(a.to_bits() & 0x7fff);
    [Complex32]
        Negative(a) Complex32::new(-a.re, -a.im);
        Conjugate(a) Complex32::new(a.re, -a.im);
    [Complex64]
        Negative(a) Complex64::new(-a.re, -a.im);
        Conjugate(a) Complex64::new(a.re, -a.im);
}

/// The magnitude of a complex number is real.
macro_rules! magnitudes {
    ($($type:ty, $part:ty, $function:ident;)+) => {$(
        impl Map1 for Absolute<$type> {
            type In = $type;
            type Out = $part;
            #[inline(always)]
            fn apply(a: $type) -> $part {
                complex::$function(a.re, a.im)
            }
        }
    )+};
}

magnitudes! { Complex32, f32, magnitude_f32; Complex64, f64, magnitude; }
