//! The functions that take a number apart by its bits: `copysign` and `nextafter`.

use std::marker::PhantomData;

use tensorbridge_core::DType;
use tensorbridge_core::dtype::{bf16, f16};

use crate::isa::pick;
use crate::loops::Loop;
use crate::loops::body::{Map2, Two};

struct CopySign<T>(PhantomData<T>);
struct NextAfter<T>(PhantomData<T>);

macro_rules! bits {
    ($($type:ident $integer:ident $sign:literal;)+) => {$(
        impl Map2 for CopySign<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            fn apply(a: $type, b: $type) -> $type {
                $type::from_bits(a.to_bits() & !$sign | b.to_bits() & $sign)
            }
        }

        impl Map2 for NextAfter<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            fn apply(a: $type, b: $type) -> $type {
                const INFINITY: $integer = $type::INFINITY.to_bits();
                let (from, to) = (a.to_bits(), b.to_bits());
                let (size, other) = (from & !$sign, to & !$sign);
                // In the order of numbers; both zeros are one.
                let rank = |bits: $integer, size: $integer| {
                    let size = size as i64;
                    if bits & $sign == 0 { size } else { size.wrapping_neg() }
                };
                let (here, there) = (rank(from, size), rank(to, other));
                let away = (here < there) == (from & $sign == 0);
                let next = if size == 0 {
                    to & $sign | 1
                } else if away {
                    from.wrapping_add(1)
                } else {
                    from.wrapping_sub(1)
                };
                let next = if here == there { to } else { next };
                // A NaN answers with itself.
                let next = if other > INFINITY { to } else { next };
                $type::from_bits(if size > INFINITY { from } else { next })
            }
        }
    )+};
}

bits! {
    f16 u16 0x8000;
    bf16 u16 0x8000;
    f32 u32 0x8000_0000;
    f64 u64 0x8000_0000_0000_0000;
}

macro_rules! loops {
    ($($function:ident $name:ident;)+) => {$(
        /// The loop on `dtype`; operands `[out, a, b]`.
        pub(super) fn $function(dtype: DType) -> Option<Loop<3>> {
            Some(match dtype {
                DType::Float16 => pick::<3, Two<$name<f16>>>(),
                DType::BFloat16 => pick::<3, Two<$name<bf16>>>(),
                DType::Float32 => pick::<3, Two<$name<f32>>>(),
                DType::Float64 => pick::<3, Two<$name<f64>>>(),
                _ => return None,
            })
        }
    )+};
}

loops! {
    copy_sign CopySign;
    next_after NextAfter;
}
