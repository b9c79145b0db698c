//! Rounding to whole numbers, the sign, and what is above 0.
//!
//! Of integers and `bool` the rounding functions are the identity, which needs no loop.

use std::marker::PhantomData;

use tensorbridge_core::DType;
use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::op::{Binary, Unary};

use super::body::{Map1, Map2, One, Two};
use super::half::Half;
use super::kinds::{with_float, with_inexact, with_number, with_real};
use super::{Loop, math};
use crate::isa::pick;

/// The loop of `op` on `dtype`; operands `[out, a]`. `None` where it has no meaning, or is the
/// identity.
pub(crate) fn unary(op: Unary, dtype: DType) -> Option<Loop<2>> {
    match op {
        Unary::Floor => with_float!(dtype, T => pick::<2, One<Floor<T>>>()),
        Unary::Ceil => with_float!(dtype, T => pick::<2, One<Ceil<T>>>()),
        Unary::Trunc => with_float!(dtype, T => pick::<2, One<Trunc<T>>>()),
        Unary::Round => with_inexact!(dtype, T => pick::<2, One<Round<T>>>()),
        Unary::Fraction => with_float!(dtype, T => pick::<2, One<Fraction<T>>>()),
        Unary::Sign => with_real!(dtype, T => pick::<2, One<Sign<T>>>()),
        Unary::Relu if dtype == DType::Float16 => Some(math::halves_of_one::<Relu<f32>>()),
        Unary::Relu => with_real!(dtype, T => pick::<2, One<Relu<T>>>()),
        _ => None,
    }
}

/// The loop of `op` on `dtype`; operands `[out, a, b]`. `None` where it has no meaning.
pub(crate) fn binary(op: Binary, dtype: DType) -> Option<Loop<3>> {
    match op {
        Binary::RoundFraction => with_inexact!(dtype, T => pick::<3, Two<RoundFraction<T>>>()),
        Binary::RoundMultiple => with_number!(dtype, T => pick::<3, Two<RoundMultiple<T>>>()),
        _ => None,
    }
}

struct Floor<T>(PhantomData<T>);
struct Ceil<T>(PhantomData<T>);
struct Trunc<T>(PhantomData<T>);
struct Round<T>(PhantomData<T>);
struct Fraction<T>(PhantomData<T>);
struct Sign<T>(PhantomData<T>);
struct Relu<T>(PhantomData<T>);

macro_rules! meaning {
    ($type:ty: $($name:ident($a:ident) $value:expr;)+) => {$(
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

macro_rules! integers {
    ($($type:ty)+: $a:ident $sign:expr) => {$(meaning! { $type:
        Sign($a) $sign;
        Relu($a) $a.max(0);
    })+};
}

integers! { i8 i16 i32 i64: a a.signum() }
integers! { u8 u16 u32 u64: a a.min(1) }

macro_rules! floats {
    ($($type:ty)+) => {$(meaning! { $type:
        Floor(a) a.floor();
        Ceil(a) a.ceil();
        Trunc(a) a.trunc();
        Round(a) a.round_ties_even();
        Fraction(a) a - a.trunc();
        // Both zeros give +0, NaN itself.
        Sign(a) {
            let sign = if a > 0.0 { 1.0 } else if a < 0.0 { -1.0 } else { 0.0 };
            if a.is_nan() { a } else { sign }
        };
        Relu(a) if a < 0.0 { 0.0 } else { a };
    })+};
}

floats! { f32 f64 }

/// Exact through `f32`: none of the results has more digits than its argument.
macro_rules! halves {
    ($($type:ty)+) => {$(halves! { @all $type: Floor Ceil Trunc Round Fraction Sign Relu })+};
    (@all $type:ty: $($name:ident)+) => {
        meaning! { $type: $($name(a) Half::narrow($name::<f32>::apply(a.widen()));)+ }
    };
}

halves! { f16 bf16 }

meaning! { Complex32:
    Round(a) Complex32::new(Round::<f32>::apply(a.re), Round::<f32>::apply(a.im));
}

meaning! { Complex64:
    Round(a) Complex64::new(Round::<f64>::apply(a.re), Round::<f64>::apply(a.im));
}

struct RoundFraction<T>(PhantomData<T>);
struct RoundMultiple<T>(PhantomData<T>);

macro_rules! meaning_of_two {
    ($type:ty: $($name:ident($a:ident, $b:ident) $value:expr;)+) => {$(
        impl Map2 for $name<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            fn apply($a: $type, $b: $type) -> $type {
                $value
            }
        }
    )+};
}

macro_rules! to_places {
    ($($type:ty)+) => {$(meaning_of_two! { $type:
        RoundFraction(a, b) {
            let rounded = (a * b).round_ties_even() / b;
            if rounded.is_finite() { rounded } else { a }
        };
        RoundMultiple(a, b) {
            let rounded = (a / b).round_ties_even() * b;
            if rounded.is_finite() { rounded } else { a }
        };
    })+};
}

to_places! { f32 f64 }

macro_rules! to_places_through_f32 {
    ($($type:ty)+) => {$(to_places_through_f32! { @all $type: RoundFraction RoundMultiple })+};
    (@all $type:ty: $($name:ident)+) => {
        meaning_of_two! { $type:
            $($name(a, b) Half::narrow($name::<f32>::apply(a.widen(), b.widen()));)+
        }
    };
}

to_places_through_f32! { f16 bf16 }

macro_rules! to_places_by_parts {
    ($($type:ty, $part:ty;)+) => {$(
        to_places_by_parts! { @all $type, $part: RoundFraction RoundMultiple }
    )+};
    (@all $type:ty, $part:ty: $($name:ident)+) => {
        meaning_of_two! { $type: $($name(a, b) <$type>::new(
            $name::<$part>::apply(a.re, b.re),
            $name::<$part>::apply(a.im, b.re),
        );)+ }
    };
}

to_places_by_parts! { Complex32, f32; Complex64, f64; }

/// Exact, and wrapping where the multiple does not fit. `b` is an even positive number; whatever
/// a racing writer makes of it is harmless.
macro_rules! to_multiples {
    ($($type:ty)+) => {$(meaning_of_two! { $type:
        RoundMultiple(a, b) {
            let b = b.max(2);
            let (below, rest) = (a.div_euclid(b), a.rem_euclid(b));
            let up = rest > b / 2 || (rest == b / 2 && below & 1 == 1);
            below.wrapping_add(<$type>::from(up)).wrapping_mul(b)
        };
    })+};
}

to_multiples! { i8 i16 i32 i64 u8 u16 u32 u64 }
