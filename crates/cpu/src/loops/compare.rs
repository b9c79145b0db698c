//! What the comparisons mean for one element. Complex numbers have no order.

use std::marker::PhantomData;

use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::op::Compare;
use tensorbridge_core::{Bool, DType, with_dtype};

use super::Loop;
use super::body::{Map2, Two};
use super::half::Half;
use super::kinds::with_ordered;
use crate::isa::pick;

/// The loop of `op` on `dtype`; operands `[out, a, b]`. `None` where it has no meaning.
pub(crate) fn compare(op: Compare, dtype: DType) -> Option<Loop<3>> {
    match op {
        Compare::Equal => Some(with_dtype!(dtype, T => pick::<3, Two<Equal<T>>>())),
        Compare::NotEqual => Some(with_dtype!(dtype, T => pick::<3, Two<NotEqual<T>>>())),
        Compare::Less => with_ordered!(dtype, T => pick::<3, Two<Less<T>>>()),
        Compare::LessEqual => with_ordered!(dtype, T => pick::<3, Two<LessEqual<T>>>()),
        // Greater is less with the operands exchanged: see `Cpu::compare`.
        Compare::Greater | Compare::GreaterEqual => None,
    }
}

struct Equal<T>(PhantomData<T>);
struct NotEqual<T>(PhantomData<T>);
struct Less<T>(PhantomData<T>);
struct LessEqual<T>(PhantomData<T>);

macro_rules! meaning {
    ($($name:ident $operator:tt [$($type:ty),+] $read:expr;)+) => {$($(
        impl Map2 for $name<$type> {
            type In = $type;
            type Out = Bool;
            #[inline(always)]
            fn apply(a: $type, b: $type) -> Bool {
                Bool::from($read(a) $operator $read(b))
            }
        }
    )+)+};
}

macro_rules! comparisons {
    ($([$($type:ty),+] $read:expr;)+) => {$(meaning! {
        Equal == [$($type),+] $read;
        NotEqual != [$($type),+] $read;
        Less < [$($type),+] $read;
        LessEqual <= [$($type),+] $read;
    })+};
}

comparisons! {
    [i8, i16, i32, i64, u8, u16, u32, u64, f32, f64] std::convert::identity;
    [f16, bf16] Half::widen;
    [Bool] Bool::get;
}

meaning! {
    Equal == [Complex32, Complex64] std::convert::identity;
    NotEqual != [Complex32, Complex64] std::convert::identity;
}
