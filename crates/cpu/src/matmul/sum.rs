//! What a sum of products means for each dtype.

use std::marker::PhantomData;

use tensorbridge_core::dtype::{Complex32, Complex64};

/// How an element is summed.
pub(super) trait Sum: Copy {
    /// The element in memory.
    type Item: Copy;
    const ZERO: Self;
    fn widen(item: Self::Item) -> Self;
    fn narrow(self) -> Self::Item;
    /// `self + a * b`.
    fn add(self, a: Self, b: Self) -> Self;
    /// `self + other`, of elements.
    fn join(self, other: Self) -> Self;
}

/// Sums of `Item` in `In`, modulo what `Item` holds.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Wrapping<Item, In>(In, PhantomData<Item>);

macro_rules! wrapping {
    ($($item:ident in $sum:ident;)+) => {$(
        impl Sum for Wrapping<$item, $sum> {
            type Item = $item;
            const ZERO: Self = Self(0, PhantomData);

            #[inline(always)]
            fn widen(item: $item) -> Self {
                Self($sum::from(item), PhantomData)
            }

            #[inline(always)]
            fn narrow(self) -> $item {
                self.0 as $item
            }

            #[inline(always)]
            fn add(self, a: Self, b: Self) -> Self {
                Self(self.0.wrapping_add(a.0.wrapping_mul(b.0)), PhantomData)
            }

            #[inline(always)]
            fn join(self, other: Self) -> Self {
                Self(self.0.wrapping_add(other.0), PhantomData)
            }
        }
    )+};
}

macro_rules! own {
    ($($item:ty: $zero:expr;)+) => {$(
        impl Sum for $item {
            type Item = $item;
            const ZERO: Self = $zero;

            #[inline(always)]
            fn widen(item: $item) -> Self {
                item
            }

            #[inline(always)]
            fn narrow(self) -> $item {
                self
            }

            #[inline(always)]
            fn add(self, a: Self, b: Self) -> Self {
                self + a * b
            }

            #[inline(always)]
            fn join(self, other: Self) -> Self {
                self + other
            }
        }
    )+};
}

own! {
    f32: 0.0;
    f64: 0.0;
    Complex32: Complex32::new(0.0, 0.0);
    Complex64: Complex64::new(0.0, 0.0);
}

/// Floats whose products are not rounded before they are added, for processors with an instruction
/// that does so.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Fused<T>(T);

macro_rules! fused {
    ($($item:ident)+) => {$(
        impl Sum for Fused<$item> {
            type Item = $item;
            const ZERO: Self = Self(0.0);

            #[inline(always)]
            fn widen(item: $item) -> Self {
                Self(item)
            }

            #[inline(always)]
            fn narrow(self) -> $item {
                self.0
            }

            #[inline(always)]
            fn add(self, a: Self, b: Self) -> Self {
                Self(a.0.mul_add(b.0, self.0))
            }

            #[inline(always)]
            fn join(self, other: Self) -> Self {
                Self(self.0 + other.0)
            }
        }
    )+};
}

fused! { f32 f64 }

// The low bits of sums and products do not depend on signs.
wrapping! { i8 in i16; i16 in i16; i32 in i32; i64 in i64; }

/// Whether any product of two was true.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Any(u8);

impl Sum for Any {
    type Item = u8;
    const ZERO: Self = Self(0);

    #[inline(always)]
    fn widen(item: u8) -> Self {
        Self(u8::from(item != 0))
    }

    #[inline(always)]
    fn narrow(self) -> u8 {
        self.0
    }

    #[inline(always)]
    fn add(self, a: Self, b: Self) -> Self {
        Self(self.0 | a.0 & b.0)
    }

    #[inline(always)]
    fn join(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
