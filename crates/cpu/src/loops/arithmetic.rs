//! What the binary operations mean for one element.
//!
//! Integers wrap. The 16-bit floats compute in `f32`. `//` and `%` round towards minus
//! infinity, with the sign of the divisor, as in Python.

use std::marker::PhantomData;

use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::op::Binary;
use tensorbridge_core::{Bool, DType, Element, with_dtype};

use super::body::{Map2, Two, at, load, store};
use super::half::Half;
use super::kinds::{
    with_bits, with_exact, with_inexact, with_integer, with_number, with_ordered, with_real,
};
use super::power::{Power, power_complex, power_integer};
use super::{Loop, math, rounding};
use crate::isa::{Body, pick};

/// The loop of `op` on `dtype`; operands `[out, a, b]`. `None` where it has no meaning.
pub(crate) fn binary(op: Binary, dtype: DType) -> Option<Loop<3>> {
    match op {
        Binary::Add => Some(with_dtype!(dtype, T => pick::<3, Two<Add<T>>>())),
        Binary::Subtract => with_number!(dtype, T => pick::<3, Two<Subtract<T>>>()),
        Binary::Multiply => Some(with_dtype!(dtype, T => pick::<3, Two<Multiply<T>>>())),
        Binary::Divide => with_inexact!(dtype, T => pick::<3, Two<Divide<T>>>()),
        Binary::FloorDivide => with_real!(dtype, T => pick::<3, Two<FloorDivide<T>>>()),
        Binary::Remainder => with_real!(dtype, T => pick::<3, Two<Remainder<T>>>()),
        Binary::Power if !dtype.is_float() => with_exact!(dtype, T => pick::<3, Two<Power<T>>>()),
        Binary::BitwiseAnd => with_bits!(dtype, T => pick::<3, Two<And<T>>>()),
        Binary::BitwiseOr => with_bits!(dtype, T => pick::<3, Two<Or<T>>>()),
        Binary::BitwiseXor => with_bits!(dtype, T => pick::<3, Two<Xor<T>>>()),
        Binary::LeftShift => with_integer!(dtype, T => pick::<3, Two<LeftShift<T>>>()),
        Binary::RightShift => with_integer!(dtype, T => pick::<3, Two<RightShift<T>>>()),
        Binary::Maximum => with_ordered!(dtype, T => pick::<3, Two<Maximum<T>>>()),
        Binary::Minimum => with_ordered!(dtype, T => pick::<3, Two<Minimum<T>>>()),
        Binary::Power
        | Binary::Atan2
        | Binary::Hypot
        | Binary::CopySign
        | Binary::NextAfter
        | Binary::LogAddExp => math::binary(op, dtype),
        Binary::RoundFraction | Binary::RoundMultiple => rounding::binary(op, dtype),
    }
}

/// `out += a * b` with one `a` for all; operands `[out, a, b]`.
pub(crate) fn multiply_add(dtype: DType) -> Loop<3> {
    with_dtype!(dtype, T => pick::<3, MultiplyAdd<T>>())
}

struct MultiplyAdd<T>(PhantomData<T>);

impl<T: Element> Body<3> for MultiplyAdd<T>
where
    Add<T>: Map2<In = T, Out = T>,
    Multiply<T>: Map2<In = T, Out = T>,
{
    #[inline(always)]
    unsafe fn run(len: usize, &[out, a, b]: &[*mut u8; 3], steps: &[isize; 3]) {
        let size = size_of::<T>() as isize;
        // SAFETY: the contract of `Loop`: every index below `len` is in reach of all operands.
        unsafe {
            let a: T = load(a, 0);
            let sum = |out, b| Add::<T>::apply(out, Multiply::<T>::apply(a, b));
            if steps[0] == size && steps[2] == size {
                for index in 0..len {
                    store(out, index, sum(load(out, index), load(b, index)));
                }
            } else {
                for index in 0..len {
                    let out = at(out, steps[0], index);
                    store(out, 0, sum(load(out, 0), load(at(b, steps[2], index), 0)));
                }
            }
        }
    }
}

macro_rules! operations {
    ($($name:ident)+) => {$(
        pub(crate) struct $name<T>(PhantomData<T>);
    )+};
}

operations! {
    Add Subtract Multiply Divide FloorDivide Remainder And Or Xor LeftShift RightShift Maximum
    Minimum
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
        FloorDivide(a, b) <$type as FloorDivision>::divide(a, b);
        Remainder(a, b) a.wrapping_sub(<$type as FloorDivision>::divide(a, b).wrapping_mul(b));
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
    })+};
}

integers! { i8 i16 i32 i64 u8 u16 u32 u64 }

/// Division of integers, rounded towards minus infinity. A zero divisor was refused before the
/// loop; whatever a racing writer makes of it is harmless.
trait FloorDivision {
    fn divide(a: Self, b: Self) -> Self;
}

/// Through floats, which divide many at once. The quotient is exact enough: with integers of
/// `n` bits it is either whole or at least 2^-n, relatively, from the nearest whole number, and
/// the float has more bits than that. `shift` moves the type's range onto that of `i32`, the
/// one integer that every processor converts floats to many at once.
macro_rules! divided_as_floats {
    ($($type:ty, $float:ty, $shift:expr;)+) => {$(
        impl FloorDivision for $type {
            #[inline(always)]
            fn divide(a: $type, b: $type) -> $type {
                const SHIFT: $float = $shift;
                let quotient = (a as $float / b as $float).floor() - SHIFT;
                let fits = (-2147483648.0..2147483648.0).contains(&quotient);
                let inside = if fits { quotient } else { 0.0 };
                // SAFETY: `inside` is 0 or a whole number in the range of `i32`.
                let whole: i32 = unsafe { inside.to_int_unchecked() };
                // Only the least integer by -1 does not fit, and wraps to itself.
                let whole = if fits { whole } else { i32::MIN };
                whole.wrapping_add(SHIFT as i64 as i32) as $type
            }
        }
    )+};
}

divided_as_floats! {
    i8, f32, 0.0; u8, f32, 0.0; i16, f32, 0.0; u16, f32, 0.0; i32, f64, 0.0;
    u32, f64, 2147483648.0;
}

impl FloorDivision for i64 {
    #[inline(always)]
    fn divide(a: i64, b: i64) -> i64 {
        if b == 0 {
            return 0;
        }
        let (quotient, rest) = (a.wrapping_div(b), a.wrapping_rem(b));
        quotient.wrapping_sub(i64::from(rest != 0 && (rest < 0) != (b < 0)))
    }
}

impl FloorDivision for u64 {
    #[inline(always)]
    fn divide(a: u64, b: u64) -> u64 {
        a.checked_div(b).unwrap_or(0)
    }
}

meaning! { Bool:
    Add(a, b) Bool::from(a.get() | b.get());
    Multiply(a, b) Bool::from(a.get() & b.get());
    And(a, b) Bool::from(a.get() & b.get());
    Or(a, b) Bool::from(a.get() | b.get());
    Xor(a, b) Bool::from(a.get() ^ b.get());
    Maximum(a, b) Bool::from(a.get() | b.get());
    Minimum(a, b) Bool::from(a.get() & b.get());
}

macro_rules! floats {
    ($($type:ty)+) => {$(meaning! { $type:
        Add(a, b) a + b;
        Subtract(a, b) a - b;
        Multiply(a, b) a * b;
        Divide(a, b) a / b;
        FloorDivide(a, b) {
            if b == 0.0 {
                a / b
            } else {
                let rest = a % b;
                let below = rest != 0.0 && (rest < 0.0) != (b < 0.0);
                let quotient = (a - rest) / b - if below { 1.0 } else { 0.0 };
                let floor = quotient.floor();
                if quotient == 0.0 {
                    (0.0 as $type).copysign(a / b)
                } else if quotient - floor > 0.5 {
                    floor + 1.0
                } else {
                    floor
                }
            }
        };
        Remainder(a, b) {
            let rest = a % b;
            if rest == 0.0 {
                rest.copysign(b)
            } else if (rest < 0.0) != (b < 0.0) {
                rest + b
            } else {
                rest
            }
        };
        Maximum(a, b) if a >= b || a.is_nan() { a } else { b };
        Minimum(a, b) if a <= b || a.is_nan() { a } else { b };
    })+};
}

floats! { f32 f64 }

macro_rules! halves {
    ($($type:ty)+) => {$(
        halves! { @all $type: Add Subtract Multiply Divide FloorDivide Remainder Maximum Minimum }
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
        // Smith's method: no overflow where the result has none.
        Divide(a, b) {
            let (re, im) = (b.re.abs(), b.im.abs());
            if re == 0.0 && im == 0.0 {
                <$type>::new(a.re / re, a.im / re)
            } else if re >= im {
                let ratio = b.im / b.re;
                let scale = 1.0 / (b.re + b.im * ratio);
                <$type>::new((a.re + a.im * ratio) * scale, (a.im - a.re * ratio) * scale)
            } else {
                let ratio = b.re / b.im;
                let scale = 1.0 / (b.im + b.re * ratio);
                <$type>::new((a.re * ratio + a.im) * scale, (a.im * ratio - a.re) * scale)
            }
        };
        Power(a, b) power_complex!($type, a, b);
    })+};
}

complexes! { Complex32 Complex64 }
