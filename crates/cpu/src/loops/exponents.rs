//! The two halves of a float: `a = mantissa * 2 ** exponent` with the mantissa from 0.5 to 1.

use std::marker::PhantomData;

use tensorbridge_core::DType;
use tensorbridge_core::dtype::{bf16, f16};
use tensorbridge_core::op::{Binary, Unary};

use super::Loop;
use super::body::{Map1, Map2, One, Two};
use super::half::{Half, round_to_odd};
use super::kinds::with_float;
use crate::isa::pick;

/// The loop of `op` on `dtype`; operands `[out, a]`. `None` where it has no meaning.
pub(crate) fn unary(op: Unary, dtype: DType) -> Option<Loop<2>> {
    match op {
        Unary::Mantissa => with_float!(dtype, T => pick::<2, One<Mantissa<T>>>()),
        Unary::Exponent => with_float!(dtype, T => pick::<2, One<Exponent<T>>>()),
        _ => None,
    }
}

/// The loop of `op` on `dtype`; operands `[out, a, b]`. `None` where it has no meaning.
pub(crate) fn binary(op: Binary, dtype: DType) -> Option<Loop<3>> {
    match op {
        Binary::Ldexp => with_float!(dtype, T => pick::<3, Two<Ldexp<T>>>()),
        _ => None,
    }
}

struct Mantissa<T>(PhantomData<T>);
struct Exponent<T>(PhantomData<T>);
struct Ldexp<T>(PhantomData<T>);

const EXPONENT: u64 = 0x7ff << 52;

/// The halves of a number, exactly; zeros, infinities and NaN keep to themselves, with 0.
#[inline(always)]
fn halves(a: f64) -> (f64, i32) {
    let subnormal = a.abs() < f64::MIN_POSITIVE;
    let normal = if subnormal { a * (1_u64 << 54) as f64 } else { a };
    let bits = normal.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1022 - if subnormal { 54 } else { 0 };
    let mantissa = f64::from_bits((bits & !EXPONENT) | 1022 << 52);
    if a == 0.0 || !a.is_finite() { (a, 0) } else { (mantissa, exponent) }
}

/// 2 to a whole power from -1022 to 1023.
#[inline(always)]
fn power_of_two(exponent: f64) -> f64 {
    f64::from_bits(((exponent + 1023.0) as u64) << 52)
}

/// `a * 2 ** b`, rounded once: what remains of the power behind two steps is the last to round.
/// A power that is not whole has no exact way.
#[inline(always)]
fn scaled(a: f64, b: f64) -> f64 {
    if b.trunc() != b {
        return a * b.exp2();
    }
    let b = b.clamp(-2200.0, 2200.0);
    if b >= 0.0 {
        let (first, rest) = (b.min(1023.0), (b - 1023.0).max(0.0));
        let (second, third) = (rest.min(1023.0), (rest - 1023.0).max(0.0));
        a * power_of_two(first) * power_of_two(second) * power_of_two(third)
    } else {
        // Down to where the number is still normal, then the last step into the subnormals.
        let (mantissa, exponent) = halves(a);
        let whole = f64::from(exponent) + b;
        if whole >= -1021.0 {
            mantissa * power_of_two(whole)
        } else {
            mantissa * power_of_two((whole + 60.0).max(-1022.0)) * power_of_two(-60.0)
        }
    }
}

macro_rules! floats {
    ($($type:ty: $wide:expr, $narrow:expr;)+) => {$(
        impl Map1 for Mantissa<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            fn apply(a: $type) -> $type {
                $narrow(halves($wide(a)).0)
            }
        }

        impl Map1 for Exponent<$type> {
            type In = $type;
            type Out = i32;
            #[inline(always)]
            fn apply(a: $type) -> i32 {
                halves($wide(a)).1
            }
        }

        impl Map2 for Ldexp<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            fn apply(a: $type, b: $type) -> $type {
                $narrow(scaled($wide(a), $wide(b)))
            }
        }
    )+};
}

floats! {
    f16: |a: f16| f64::from(a.widen()), |a| f16::narrow(round_to_odd(a));
    bf16: |a: bf16| f64::from(a.widen()), |a| bf16::narrow(round_to_odd(a));
    f32: f64::from, |a| a as f32;
    f64: std::convert::identity, std::convert::identity;
}
