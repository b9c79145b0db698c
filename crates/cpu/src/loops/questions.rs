//! Questions about one number: NaN, infinite, finite, negative.

use std::marker::PhantomData;

use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::op::Unary;
use tensorbridge_core::{Bool, DType, Element};

use super::Loop;
use super::body::{Map1, One};
use super::half::Half;
use super::kinds::{with_bits, with_inexact, with_real};
use crate::isa::pick;

/// The loop of `op` on `dtype`; operands `[out, a]`, the output `bool`. `None` where it has no
/// meaning.
pub(crate) fn unary(op: Unary, dtype: DType) -> Option<Loop<2>> {
    match op {
        Unary::SignBit if dtype.is_bool() => Some(pick::<2, One<Never<Bool>>>()),
        Unary::SignBit => with_real!(dtype, T => pick::<2, One<SignBit<T>>>()),
        Unary::IsNan => {
            with_inexact!(dtype, T => pick::<2, One<IsNan<T>>>()).or_else(|| never(dtype))
        }
        Unary::IsInf => {
            with_inexact!(dtype, T => pick::<2, One<IsInf<T>>>()).or_else(|| never(dtype))
        }
        Unary::IsFinite => with_inexact!(dtype, T => pick::<2, One<IsFinite<T>>>())
            .or_else(|| with_bits!(dtype, T => pick::<2, One<Always<T>>>())),
        _ => None,
    }
}

fn never(dtype: DType) -> Option<Loop<2>> {
    with_bits!(dtype, T => pick::<2, One<Never<T>>>())
}

struct SignBit<T>(PhantomData<T>);
struct IsNan<T>(PhantomData<T>);
struct IsInf<T>(PhantomData<T>);
struct IsFinite<T>(PhantomData<T>);

/// The answer for every element.
struct Never<T>(PhantomData<T>);
struct Always<T>(PhantomData<T>);

impl<T: Element> Map1 for Never<T> {
    type In = T;
    type Out = Bool;
    #[inline(always)]
    fn apply(_: T) -> Bool {
        Bool::from(false)
    }
}

impl<T: Element> Map1 for Always<T> {
    type In = T;
    type Out = Bool;
    #[inline(always)]
    fn apply(_: T) -> Bool {
        Bool::from(true)
    }
}

macro_rules! meaning {
    ($([$($type:ty),+] $($name:ident($a:ident) $value:expr;)+)+) => {$(
        meaning! { @types [$($type),+] [$($name($a) $value;)+] }
    )+};
    (@types [$($type:ty),+] $body:tt) => { $(meaning! { @type $type, $body })+ };
    (@type $type:ty, [$($name:ident($a:ident) $value:expr;)+]) => {$(
        impl Map1 for $name<$type> {
            type In = $type;
            type Out = Bool;
            #[inline(always)]
            fn apply($a: $type) -> Bool {
                Bool::from($value)
            }
        }
    )+};
}

meaning! {
    [i8, i16, i32, i64]
        SignBit(a) a < 0;
    [u8, u16, u32, u64]
        SignBit(_a) false;
    [f32, f64]
        SignBit(a) a.is_sign_negative();
        IsNan(a) a.is_nan();
        IsInf(a) a.is_infinite();
        IsFinite(a) a.is_finite();
    [f16, bf16]
        SignBit(a) a.to_bits() >> 15 != 0;
        IsNan(a) a.widen().is_nan();
        IsInf(a) a.widen().is_infinite();
        IsFinite(a) a.widen().is_finite();
    [Complex32, Complex64]
        IsNan(a) a.re.is_nan() | a.im.is_nan();
        IsInf(a) a.re.is_infinite() | a.im.is_infinite();
        IsFinite(a) a.re.is_finite() & a.im.is_finite();
}
