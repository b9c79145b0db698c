//! Common divisors and multiples of integers. Both are positive, and wrap.

use std::marker::PhantomData;

use tensorbridge_core::DType;
use tensorbridge_core::op::Binary;

use super::Loop;
use super::body::{Map2, Two};
use super::kinds::with_integer;
use crate::isa::pick;

/// The loop of `op` on `dtype`; operands `[out, a, b]`. `None` where it has no meaning.
pub(crate) fn binary(op: Binary, dtype: DType) -> Option<Loop<3>> {
    match op {
        Binary::Gcd => with_integer!(dtype, T => pick::<3, Two<Gcd<T>>>()),
        Binary::Lcm => with_integer!(dtype, T => pick::<3, Two<Lcm<T>>>()),
        _ => None,
    }
}

struct Gcd<T>(PhantomData<T>);
struct Lcm<T>(PhantomData<T>);

/// The greatest common divisor (J. Stein, 1967): halvings and differences instead of divisions.
#[inline(always)]
fn gcd(mut a: u64, mut b: u64) -> u64 {
    if a == 0 || b == 0 {
        return a | b;
    }
    let twos = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    while b != 0 {
        b >>= b.trailing_zeros();
        (a, b) = (a.min(b), a.abs_diff(b));
    }
    a << twos
}

macro_rules! integers {
    ($([$($type:ty)+] $size:expr;)+) => {$($(
        impl Map2 for Gcd<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            fn apply(a: $type, b: $type) -> $type {
                gcd($size(a) as u64, $size(b) as u64) as $type
            }
        }

        impl Map2 for Lcm<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            fn apply(a: $type, b: $type) -> $type {
                let (a, b) = ($size(a) as u64, $size(b) as u64);
                // 0 has no other multiple, and no divisor to divide by.
                let divisor = gcd(a, b).max(1);
                (a / divisor).wrapping_mul(b) as $type
            }
        }
    )+)+};
}

integers! {
    [i8] i8::unsigned_abs;
    [i16] i16::unsigned_abs;
    [i32] i32::unsigned_abs;
    [i64] i64::unsigned_abs;
    [u8 u16 u32 u64] std::convert::identity;
}
