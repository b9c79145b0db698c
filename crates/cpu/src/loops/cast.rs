//! Every dtype to every other, as a C cast would, with the undefined cases defined.
//!
//! A float outside the range of an integer dtype, or NaN, gives what x86 gives and NumPy shows
//! there: through `int32` for the small dtypes and `int64` for the large ones, the least value
//! of those standing for "no such integer", then wrapped. `bool` is 0 or 1. A real number has
//! imaginary part 0; a complex number loses its own.

use std::marker::PhantomData;

use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::{Bool, DType, Element, with_dtype};

use super::Loop;
use super::body::{Map1, One};
use super::half::{Half, narrow_to_halves, round_to_odd, widen_halves};
use crate::isa::pick;

/// The loop that casts `from` to `to`; operands `[out, a]`.
pub(crate) fn cast(from: DType, to: DType) -> Loop<2> {
    match (from, to) {
        (DType::Float16, DType::Float32) => widen_halves(),
        (DType::Float32, DType::Float16) => narrow_to_halves(),
        _ => with_dtype!(from, A => with_dtype!(to, B => pick::<2, One<Cast<A, B>>>())),
    }
}

struct Cast<A, B>(PhantomData<(A, B)>);

impl<A: CastTo<B> + Element, B: Element> Map1 for Cast<A, B> {
    type In = A;
    type Out = B;
    #[inline(always)]
    fn apply(a: A) -> B {
        a.cast()
    }
}

/// The cast of one element.
pub(crate) trait CastTo<B> {
    fn cast(self) -> B;
}

/// A float to an integer: what no integer can hold gives the least one of the width that the
/// conversion goes through.
pub(crate) trait Truncate: Copy {
    fn through_i32(self) -> i32;
    fn through_i64(self) -> i64;
    fn through_u64(self) -> u64;
}

macro_rules! truncate {
    ($($type:ty)+) => {$(
        impl Truncate for $type {
            #[inline(always)]
            fn through_i32(self) -> i32 {
                let fits = self > -2147483649.0 && self < 2147483648.0;
                let inside = if fits { self } else { 0.0 };
                // SAFETY: `inside` is 0 or truncates to an `i32`; `as` would compare once more.
                let whole = unsafe { inside.to_int_unchecked() };
                if fits { whole } else { i32::MIN }
            }

            #[inline(always)]
            fn through_i64(self) -> i64 {
                let fits = (-9223372036854775808.0..9223372036854775808.0).contains(&self);
                let inside = if fits { self } else { 0.0 };
                // SAFETY: `inside` is 0 or truncates to an `i64`.
                let whole = unsafe { inside.to_int_unchecked() };
                if fits { whole } else { i64::MIN }
            }

            #[inline(always)]
            fn through_u64(self) -> u64 {
                const HALF: $type = 9223372036854775808.0;
                if self >= HALF {
                    ((self - HALF).through_i64() as u64) ^ (1 << 63)
                } else {
                    self.through_i64() as u64
                }
            }
        }
    )+};
}

truncate! { f32 f64 }

/// `impl CastTo` for every pair of two lists, by one expression in `value`.
macro_rules! pairs {
    ([$($from:ty),+] -> $to:tt, $value:ident => $cast:expr) => {
        $(pairs! { @from $from, $to, $value => $cast })+
    };
    (@from $from:ty, [$($to:ty),+], $value:ident => $cast:expr) => {$(
        impl CastTo<$to> for $from {
            #[inline(always)]
            fn cast(self) -> $to {
                let $value = self;
                $cast as $to
            }
        }
    )+};
}

pairs! { [i8, i16, i32, i64, u8, u16, u32, u64] -> [i8, i16, i32, i64, u8, u16, u32, u64, f32, f64], value => value }
pairs! { [f32, f64] -> [f32, f64], value => value }
pairs! { [f32, f64] -> [i8, i16, i32, u8, u16], value => value.through_i32() }
pairs! { [f32, f64] -> [i64, u32], value => value.through_i64() }
pairs! { [f32, f64] -> [u64], value => value.through_u64() }

/// The rest goes through those: each line says `from -> to` and how.
macro_rules! through {
    ($($from:ty => [$($to:ty),+] |$value:ident| $cast:expr;)+) => {$($(
        impl CastTo<$to> for $from {
            #[inline(always)]
            fn cast(self) -> $to {
                let $value = self;
                $cast
            }
        }
    )+)+};
}

through! {
    i8 => [f16, bf16] |value| Half::narrow(value as f32);
    i16 => [f16, bf16] |value| Half::narrow(value as f32);
    i32 => [f16, bf16] |value| Half::narrow(round_to_odd(value as f64));
    i64 => [f16, bf16] |value| Half::narrow(round_to_odd(value as f64));
    u8 => [f16, bf16] |value| Half::narrow(value as f32);
    u16 => [f16, bf16] |value| Half::narrow(value as f32);
    u32 => [f16, bf16] |value| Half::narrow(round_to_odd(value as f64));
    u64 => [f16, bf16] |value| Half::narrow(round_to_odd(value as f64));
    f32 => [f16, bf16] |value| Half::narrow(value);
    f64 => [f16, bf16] |value| Half::narrow(round_to_odd(value));
    f16 => [i8, i16, i32, i64, u8, u16, u32, u64, f32, f64] |value| value.widen().cast();
    bf16 => [i8, i16, i32, i64, u8, u16, u32, u64, f32, f64] |value| value.widen().cast();
    f16 => [bf16] |value| Half::narrow(value.widen());
    bf16 => [f16] |value| Half::narrow(value.widen());
    f16 => [f16] |value| value;
    bf16 => [bf16] |value| value;
    Bool => [i8, i16, i32, i64, u8, u16, u32, u64, f16, bf16, f32, f64] |value| u8::from(value.get()).cast();
    Bool => [Bool] |value| value;
    f16 => [Bool] |value| Bool::from(value.widen() != 0.0);
    bf16 => [Bool] |value| Bool::from(value.widen() != 0.0);
    f32 => [Bool] |value| Bool::from(value != 0.0);
    f64 => [Bool] |value| Bool::from(value != 0.0);
    Complex32 => [Bool] |value| Bool::from(value.re != 0.0 || value.im != 0.0);
    Complex64 => [Bool] |value| Bool::from(value.re != 0.0 || value.im != 0.0);
    Complex32 => [i8, i16, i32, i64, u8, u16, u32, u64, f16, bf16, f32, f64] |value| value.re.cast();
    Complex64 => [i8, i16, i32, i64, u8, u16, u32, u64, f16, bf16, f32, f64] |value| value.re.cast();
    Complex32 => [Complex32] |value| value;
    Complex64 => [Complex64] |value| value;
    Complex32 => [Complex64] |value| Complex64::new(value.re.cast(), value.im.cast());
    Complex64 => [Complex32] |value| Complex32::new(value.re.cast(), value.im.cast());
}

macro_rules! integers_to_bool {
    ($($from:ty)+) => { through! { $($from => [Bool] |value| Bool::from(value != 0);)+ } };
}
integers_to_bool! { i8 i16 i32 i64 u8 u16 u32 u64 }

macro_rules! reals_to_complex {
    ($($from:ty)+) => {
        through! { $(
            $from => [Complex32] |value| Complex32::new(value.cast(), 0.0);
            $from => [Complex64] |value| Complex64::new(value.cast(), 0.0);
        )+ }
    };
}
reals_to_complex! { Bool i8 i16 i32 i64 u8 u16 u32 u64 f16 bf16 f32 f64 }
