//! What the operations on three elements mean.

use std::marker::PhantomData;

use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::op::Ternary;
use tensorbridge_core::{DType, Element};

use super::Loop;
use super::arithmetic::{Maximum, Minimum};
use super::body::{Map2, Map3, Three};
use super::complex::{divide, narrow, wide};
use super::half::Half;
use super::kinds::{with_inexact, with_number, with_ordered};
use crate::isa::pick;

/// The loop of `op` on `dtype`; operands `[out, a, b, c]`. `None` where it has no meaning.
pub(crate) fn ternary(op: Ternary, dtype: DType) -> Option<Loop<4>> {
    match op {
        Ternary::Clip => with_ordered!(dtype, T => pick::<4, Three<Clip<T>>>()),
        Ternary::AddProduct => with_number!(dtype, T => pick::<4, Three<AddProduct<T>>>()),
        Ternary::AddQuotient => with_inexact!(dtype, T => pick::<4, Three<AddQuotient<T>>>()),
        Ternary::Lerp => with_inexact!(dtype, T => pick::<4, Three<Lerp<T>>>()),
    }
}

struct Clip<T>(PhantomData<T>);
struct AddProduct<T>(PhantomData<T>);
struct AddQuotient<T>(PhantomData<T>);
struct Lerp<T>(PhantomData<T>);

impl<T: Element> Map3 for Clip<T>
where
    Maximum<T>: Map2<In = T, Out = T>,
    Minimum<T>: Map2<In = T, Out = T>,
{
    type Item = T;
    #[inline(always)]
    fn apply(a: T, low: T, high: T) -> T {
        Minimum::<T>::apply(Maximum::<T>::apply(a, low), high)
    }
}

macro_rules! meaning {
    ($($type:ty)+: $name:ident($a:ident, $b:ident, $c:ident) $value:expr) => {$(
        impl Map3 for $name<$type> {
            type Item = $type;
            #[inline(always)]
            fn apply($a: $type, $b: $type, $c: $type) -> $type {
                $value
            }
        }
    )+};
}

meaning! { i8 i16 i32 i64 u8 u16 u32 u64:
    AddProduct(a, b, c) a.wrapping_add(b.wrapping_mul(c))
}

meaning! { f32 f64 Complex32 Complex64: AddProduct(a, b, c) a + b * c }
meaning! { f32 f64: AddQuotient(a, b, c) a + b / c }
meaning! { Complex32: AddQuotient(a, b, c) a + narrow(divide(wide(b), wide(c))) }
meaning! { Complex64: AddQuotient(a, b, c) a + divide(b, c) }

// From the nearer end, so that both ends are met exactly.
meaning! { f32 f64:
    Lerp(a, b, c) if c.abs() < 0.5 { a + c * (b - a) } else { b - (b - a) * (1.0 - c) }
}
meaning! { Complex32 Complex64:
    Lerp(a, b, c) if c.norm_sqr() < 0.25 { a + c * (b - a) } else { b - (b - a) * (1.0 - c) }
}

macro_rules! halves {
    ($($name:ident)+) => {$(
        meaning! { f16 bf16: $name(a, b, c)
            Half::narrow($name::<f32>::apply(a.widen(), b.widen(), c.widen()))
        }
    )+};
}

halves! { AddProduct AddQuotient Lerp }
