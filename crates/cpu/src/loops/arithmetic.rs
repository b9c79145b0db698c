//! What the binary operations mean for one element.
//!
//! Integers wrap. The 16-bit floats compute in `f32`.

use std::marker::PhantomData;

use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::op::Binary;
use tensorbridge_core::{Bool, DType, with_dtype};

use super::body::{Map2, Two};
use super::half::Half;
use super::kinds::{with_bits, with_float, with_integer, with_number, with_ordered};
use super::power::{Power, power_integer};
use super::{Loop, complex, division, divisors, exponents, math, rounding};
use crate::isa::pick;

/// The loop of `op` on `dtype`; operands `[out, a, b]`. `None` where it has no meaning.
pub(crate) fn binary(op: Binary, dtype: DType) -> Option<Loop<3>> {
    if dtype == DType::Float16
        && let Some(body) = halves(op)
    {
        return Some(body);
    }
    match op {
        Binary::Add => Some(with_dtype!(dtype, T => pick::<3, Two<Add<T>>>())),
        Binary::Subtract => with_number!(dtype, T => pick::<3, Two<Subtract<T>>>()),
        Binary::Multiply => Some(with_dtype!(dtype, T => pick::<3, Two<Multiply<T>>>())),
        Binary::Divide | Binary::Power if dtype.is_complex() => complex::binary(op, dtype),
        Binary::Divide => with_float!(dtype, T => pick::<3, Two<Divide<T>>>()),
        Binary::FloorDivide | Binary::Remainder | Binary::Fmod => division::binary(op, dtype),
        Binary::Power if dtype.is_integer() => {
            with_integer!(dtype, T => pick::<3, Two<Power<T>>>())
        }
        Binary::BitwiseAnd => with_bits!(dtype, T => pick::<3, Two<And<T>>>()),
        Binary::BitwiseOr => with_bits!(dtype, T => pick::<3, Two<Or<T>>>()),
        Binary::BitwiseXor => with_bits!(dtype, T => pick::<3, Two<Xor<T>>>()),
        Binary::LeftShift => with_integer!(dtype, T => pick::<3, Two<LeftShift<T>>>()),
        Binary::RightShift => with_integer!(dtype, T => pick::<3, Two<RightShift<T>>>()),
        Binary::Maximum => with_ordered!(dtype, T => pick::<3, Two<Maximum<T>>>()),
        Binary::Minimum => with_ordered!(dtype, T => pick::<3, Two<Minimum<T>>>()),
        Binary::Fmax => with_ordered!(dtype, T => pick::<3, Two<Fmax<T>>>()),
        Binary::Fmin => with_ordered!(dtype, T => pick::<3, Two<Fmin<T>>>()),
        Binary::Heaviside => with_float!(dtype, T => pick::<3, Two<Heaviside<T>>>()),
        Binary::Gcd | Binary::Lcm => divisors::binary(op, dtype),
        Binary::Ldexp => exponents::binary(op, dtype),
        Binary::Power
        | Binary::Atan2
        | Binary::Hypot
        | Binary::CopySign
        | Binary::NextAfter
        | Binary::LogAddExp
        | Binary::TimesLog => math::binary(op, dtype),
        Binary::RoundFraction | Binary::RoundMultiple => rounding::binary(op, dtype),
    }
}

/// The loop of `op` on `float16`, of which vectors are converted, if it is one of these.
fn halves(op: Binary) -> Option<Loop<3>> {
    Some(match op {
        Binary::Add => math::halves::<Add<f32>>(),
        Binary::Subtract => math::halves::<Subtract<f32>>(),
        Binary::Multiply => math::halves::<Multiply<f32>>(),
        Binary::Divide => math::halves::<Divide<f32>>(),
        Binary::Maximum => math::halves::<Maximum<f32>>(),
        Binary::Minimum => math::halves::<Minimum<f32>>(),
        Binary::Fmax => math::halves::<Fmax<f32>>(),
        Binary::Fmin => math::halves::<Fmin<f32>>(),
        _ => return None,
    })
}

macro_rules! operations {
    ($($name:ident)+) => {$(
        pub(crate) struct $name<T>(PhantomData<T>);
    )+};
}

operations! {
    Add Subtract Multiply Divide And Or Xor LeftShift RightShift Maximum Minimum Fmax Fmin Heaviside
}

/// Gives each named operation its meaning for one type.
macro_rules! meaning {
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

macro_rules! integers {
    ($($type:ty)+) => {$(meaning! { $type:
        Add(a, b) a.wrapping_add(b);
        Subtract(a, b) a.wrapping_sub(b);
        Multiply(a, b) a.wrapping_mul(b);
        Power(a, b) power_integer!($type, a, b);
        And(a, b) a & b;
        Or(a, b) a | b;
        Xor(a, b) a ^ b;
        // An amount outside 0..bits shifts every bit out, and none but the sign in.
        LeftShift(a, b) match u32::try_from(b) {
            Ok(amount) if amount < <$type>::BITS => a << amount,
            _ => 0,
        };
        RightShift(a, b) match u32::try_from(b) {
            Ok(amount) if amount < <$type>::BITS => a >> amount,
            _ => a >> (<$type>::BITS - 1) >> 1_u32.min(<$type>::BITS - 1),
        };
        Maximum(a, b) a.max(b);
        Minimum(a, b) a.min(b);
        Fmax(a, b) a.max(b);
        Fmin(a, b) a.min(b);
    })+};
}

integers! { i8 i16 i32 i64 u8 u16 u32 u64 }

meaning! { Bool:
    Add(a, b) Bool::from(a.get() | b.get());
    Multiply(a, b) Bool::from(a.get() & b.get());
    And(a, b) Bool::from(a.get() & b.get());
    Or(a, b) Bool::from(a.get() | b.get());
    Xor(a, b) Bool::from(a.get() ^ b.get());
    Maximum(a, b) Bool::from(a.get() | b.get());
    Minimum(a, b) Bool::from(a.get() & b.get());
    Fmax(a, b) Bool::from(a.get() | b.get());
    Fmin(a, b) Bool::from(a.get() & b.get());
}

macro_rules! floats {
    ($($type:ty)+) => {$(meaning! { $type:
        Add(a, b) a + b;
        Subtract(a, b) a - b;
        Multiply(a, b) a * b;
        Divide(a, b) a / b;
        Maximum(a, b) if a >= b || a.is_nan() { a } else { b };
        Minimum(a, b) if a <= b || a.is_nan() { a } else { b };
        Fmax(a, b) if a >= b || b.is_nan() { a } else { b };
        Fmin(a, b) if a <= b || b.is_nan() { a } else { b };
        Heaviside(a, b) {
            let step = if a > 0.0 { 1.0 } else { 0.0 };
            if a == 0.0 { b } else if a.is_nan() { a } else { step }
        };
    })+};
}

floats! { f32 f64 }

macro_rules! halves {
    ($($type:ty)+) => {$(
        halves! { @all $type: Add Subtract Multiply Divide Maximum Minimum Fmax Fmin Heaviside }
    )+};
    (@all $type:ty: $($name:ident)+) => {
        meaning! { $type: $($name(a, b) Half::narrow($name::<f32>::apply(a.widen(), b.widen()));)+ }
    };
}

halves! { f16 bf16 }

macro_rules! complexes {
    ($($type:ty)+) => {$(meaning! { $type:
        Add(a, b) <$type>::new(a.re + b.re, a.im + b.im);
        Subtract(a, b) <$type>::new(a.re - b.re, a.im - b.im);
        Multiply(a, b) <$type>::new(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re);
    })+};
}

complexes! { Complex32 Complex64 }
