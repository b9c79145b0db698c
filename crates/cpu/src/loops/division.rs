//! Quotients rounded to whole numbers, and what they leave.
//!
//! `//` and `%` round towards minus infinity, with the sign of the divisor, as in Python, except
//! that `//` of infinities is `floor(a / b)`, as the Array API prefers. `fmod` rounds towards
//! zero, with the sign of the dividend.

use std::marker::PhantomData;

use tensorbridge_core::DType;
use tensorbridge_core::dtype::{bf16, f16};
use tensorbridge_core::op::Binary;

use super::Loop;
use super::body::{Map2, Two};
use super::half::{Half, round_to_odd};
use super::kinds::{with_integer, with_real};
use super::math::function::Function2;
use super::math::two;
use crate::isa::{Isa, pick};

/// The loop of `op` on `dtype`; operands `[out, a, b]`. `None` where it has no meaning.
pub(crate) fn binary(op: Binary, dtype: DType) -> Option<Loop<3>> {
    match op {
        Binary::FloorDivide => with_real!(dtype, T => pick::<3, Two<FloorDivide<T>>>()),
        Binary::Remainder => {
            two::<Rest>(dtype).or_else(|| with_integer!(dtype, T => pick::<3, Two<Remainder<T>>>()))
        }
        Binary::Fmod => {
            two::<Modulus>(dtype).or_else(|| with_integer!(dtype, T => pick::<3, Two<Fmod<T>>>()))
        }
        _ => None,
    }
}

struct FloorDivide<T>(PhantomData<T>);
struct Remainder<T>(PhantomData<T>);
struct Fmod<T>(PhantomData<T>);

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
        FloorDivide(a, b) <$type as FloorDivision>::divide(a, b);
        Remainder(a, b) a.wrapping_sub(<$type as FloorDivision>::divide(a, b).wrapping_mul(b));
        Fmod(a, b) if b == 0 { 0 } else { a.wrapping_rem(b) };
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

/// The whole number below `a / b`. A quotient of 24 bits by 24 is either whole or at least
/// 2^-24, relatively, from the nearest whole number, so that its rounding to 53 bits moves it
/// past none below 2^29; those above are rounded to 24 bits anyway.
#[inline(always)]
fn floor_quotient(a: f32, b: f32) -> f64 {
    (f64::from(a) / f64::from(b)).floor()
}

/// Whether an `f64` quotient is below 2^52, and neither operand infinite, NaN or a zero divisor.
#[inline(always)]
fn is_usual(a: f64, b: f64) -> bool {
    const WHOLE: f64 = (1_u64 << 52) as f64;
    // By a product on the side that cannot overflow.
    (a.abs() * (1.0 / WHOLE) < b.abs()) & (b.abs() < f64::INFINITY)
}

/// The usual quotient rounded down, and what it leaves. A quotient that was rounded up to a whole
/// number leaves less than nothing; the difference is exact where that shows.
#[inline(always)]
fn floor_with_rest(a: f64, b: f64) -> (f64, f64) {
    let quotient = (a / b).floor();
    let rest = (-quotient).mul_add(b, a);
    let above = rest != 0.0 && (rest < 0.0) != (b < 0.0);
    if above { (quotient - 1.0, rest + b) } else { (quotient, rest) }
}

meaning! { f32: FloorDivide(a, b) floor_quotient(a, b) as f32; }
meaning! { f64:
    FloorDivide(a, b) {
        let quotient = (a / b).floor();
        let exact = floor_with_rest(a, b).0;
        if is_usual(a, b) { exact } else { quotient }
    };
}
meaning! { f16: FloorDivide(a, b) f16::narrow(round_to_odd(floor_quotient(a.widen(), b.widen()))); }
meaning! { bf16: FloorDivide(a, b) bf16::narrow(round_to_odd(floor_quotient(a.widen(), b.widen()))); }

/// What division rounded down leaves.
struct Rest;
/// What division rounded towards zero leaves.
struct Modulus;

/// `rest`, left of a division rounded towards zero, for one that rounds down.
macro_rules! of_floor {
    ($rest:expr, $b:expr) => {{
        let (rest, b) = ($rest, $b);
        let moved = if (rest < 0.0) != (b < 0.0) { rest + b } else { rest };
        if rest == 0.0 { rest.copysign(b) } else { moved }
    }};
}

macro_rules! floats {
    ($($float:ident $name:ident($a:ident, $b:ident) $value:expr, usual $usual:expr, else $complete:expr;)+) => {$(
        impl Function2<$float> for $name {
            #[inline(always)]
            fn value<I: Isa>($a: $float, $b: $float) -> $float {
                $value
            }

            const HAS_RARE: bool = true;

            #[inline(always)]
            fn is_rare($a: $float, $b: $float) -> bool {
                !$usual
            }

            fn rare_value($a: $float, $b: $float) -> $float {
                $complete
            }
        }
    )+};
}

/// Whether an `f32` quotient is below 2^28, and neither operand infinite, NaN or a zero divisor:
/// then its product with `b` has at most 53 bits, and `f64` has the rest exactly.
#[inline(always)]
fn is_short(a: f32, b: f32) -> bool {
    let limit = f64::from(b.abs()) * f64::from(1_u32 << 28);
    (f64::from(a.abs()) < limit) & (b.abs() < f32::INFINITY)
}

floats! {
    f32 Rest(a, b) {
        let rest = f64::from(a) - floor_quotient(a, b) * f64::from(b);
        (if rest == 0.0 { rest.copysign(b.into()) } else { rest }) as f32
    }, usual is_short(a, b), else of_floor!(a % b, b);

    f32 Modulus(a, b) {
        let (a, b) = (f64::from(a), f64::from(b));
        (a - (a / b).trunc() * b).copysign(a) as f32
    }, usual is_short(a, b), else a % b;

    f64 Rest(a, b) {
        let rest = floor_with_rest(a, b).1;
        if rest == 0.0 { rest.copysign(b) } else { rest }
    }, usual is_usual(a, b), else of_floor!(a % b, b);

    f64 Modulus(a, b) {
        let (size, divisor) = (a.abs(), b.abs());
        let rest = (-(size / divisor).trunc()).mul_add(divisor, size);
        (if rest < 0.0 { rest + divisor } else { rest }).copysign(a)
    }, usual is_usual(a, b), else a % b;
}
