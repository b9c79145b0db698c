//! Four numbers side by side. A function is a chain of operations that each wait for the one
//! before, longer than what a processor looks ahead: four chains, operation by operation in turn,
//! take much less than four times as long.

use std::ops::{Add, Div, Mul, Neg, Sub};

use super::float::Float;

/// Four numbers.
#[derive(Clone, Copy)]
pub(crate) struct Pack<T>(pub(crate) [T; 4]);

/// The same of each place. Written out, since a call or a loop would be taken apart too late for
/// the loop around it to be vectorised.
macro_rules! each {
    ($place:ident => $value:expr) => {
        $crate::loops::math::pack::Pack([
            {
                let $place = 0;
                $value
            },
            {
                let $place = 1;
                $value
            },
            {
                let $place = 2;
                $value
            },
            {
                let $place = 3;
                $value
            },
        ])
    };
}

pub(crate) use each;

macro_rules! operators {
    ($type:ident: $($trait:ident $name:ident $sign:tt)+) => {$(
        impl $trait for Pack<$type> {
            type Output = Self;
            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                each!(k => self.0[k] $sign other.0[k])
            }
        }
        impl $trait<$type> for Pack<$type> {
            type Output = Self;
            #[inline(always)]
            fn $name(self, other: $type) -> Self {
                each!(k => self.0[k] $sign other)
            }
        }
    )+};
}

macro_rules! pack {
    ($($type:ident)+) => {$(
        operators! { $type: Add add + Sub sub - Mul mul * Div div / }

        impl Neg for Pack<$type> {
            type Output = Self;
            #[inline(always)]
            fn neg(self) -> Self {
                each!(k => -self.0[k])
            }
        }

        impl Float for Pack<$type> {
            type One = $type;
            type Bits = <$type as Float>::Bits;
            const SPLITTER: $type = <$type as Float>::SPLITTER;
            #[inline(always)]
            fn all(one: $type) -> Self {
                Self([one; 4])
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                each!(k => self.0[k].mul_add(b.0[k], c.0[k]))
            }
            #[inline(always)]
            fn abs(self) -> Self {
                each!(k => self.0[k].abs())
            }
            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                each!(k => self.0[k].copysign(sign.0[k]))
            }
            #[inline(always)]
            fn bits_plus(self, bits: Self::Bits) -> Self {
                each!(k => self.0[k].bits_plus(bits))
            }
            #[inline(always)]
            fn bits_minus(self, other: Self) -> Self {
                each!(k => self.0[k].bits_minus(other.0[k]))
            }
            #[inline(always)]
            fn bits_and(self, bits: Self::Bits) -> Self {
                each!(k => self.0[k].bits_and(bits))
            }
            #[inline(always)]
            fn bits_xor(self, other: Self) -> Self {
                each!(k => self.0[k].bits_xor(other.0[k]))
            }
            #[inline(always)]
            fn bits_up(self, places: u32) -> Self {
                each!(k => self.0[k].bits_up(places))
            }
            #[inline(always)]
            fn bits_down(self, places: u32) -> Self {
                each!(k => self.0[k].bits_down(places))
            }
            #[inline(always)]
            fn bits_as_number(self) -> Self {
                each!(k => self.0[k].bits_as_number())
            }
            #[inline(always)]
            fn if_less(self, bound: Self, yes: Self, no: Self) -> Self {
                each!(k => self.0[k].if_less(bound.0[k], yes.0[k], no.0[k]))
            }
            #[inline(always)]
            fn if_equal(self, other: Self, yes: Self, no: Self) -> Self {
                each!(k => self.0[k].if_equal(other.0[k], yes.0[k], no.0[k]))
            }
            #[inline(always)]
            fn if_odd(self, yes: Self, no: Self) -> Self {
                each!(k => self.0[k].if_odd(yes.0[k], no.0[k]))
            }
        }
    )+};
}

pack! { f32 f64 }
