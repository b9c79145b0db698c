//! What a function is: its value for one number, in the arithmetic of a tier.

use std::marker::PhantomData;

use super::float::Float;
use super::pack::{Pack, each};
use crate::isa::Isa;
use crate::loops::body::{Map1, Map2};

/// A function of one number. `value` has no branches, so that loops over it vectorise.
pub(crate) trait Function<T> {
    /// The value at `x`.
    fn value<I: Isa>(x: T) -> T;

    /// Whether `values` is more than `value` again and again.
    const PACKED: bool = false;

    /// The values at several places.
    #[inline(always)]
    fn values<I: Isa>(x: Pack<T>) -> Pack<T>
    where
        T: Copy,
    {
        each!(k => Self::value::<I>(x.0[k]))
    }

    /// Whether there are arguments for which `value` has no answer.
    const HAS_RARE: bool = false;

    /// Whether `x` is such an argument.
    #[inline(always)]
    fn is_rare(_: T) -> bool {
        false
    }

    /// The value at such an argument, however long it takes.
    fn rare_value(x: T) -> T {
        x
    }
}

/// A function that is written for one number or several.
pub(crate) trait Formula<T> {
    /// The value at `x`.
    fn of<I: Isa, F: Float<One = T, Bits = T::Bits>>(x: F) -> F
    where
        T: Float;

    /// As [`Function::PACKED`].
    const PACKED: bool = true;

    /// As [`Function::HAS_RARE`].
    const HAS_RARE: bool = false;

    /// As [`Function::is_rare`].
    #[inline(always)]
    fn is_rare(_: T) -> bool {
        false
    }

    /// As [`Function::rare_value`].
    fn rare_value(x: T) -> T {
        x
    }
}

macro_rules! by_formula {
    ($($type:ident)+) => {$(
        impl<G: Formula<$type>> Function<$type> for G {
            const PACKED: bool = G::PACKED;

            #[inline(always)]
            fn value<I: Isa>(x: $type) -> $type {
                G::of::<I, $type>(x)
            }

            #[inline(always)]
            fn values<I: Isa>(x: Pack<$type>) -> Pack<$type> {
                G::of::<I, Pack<$type>>(x)
            }

            const HAS_RARE: bool = G::HAS_RARE;

            #[inline(always)]
            fn is_rare(x: $type) -> bool {
                <G as Formula<$type>>::is_rare(x)
            }

            fn rare_value(x: $type) -> $type {
                <G as Formula<$type>>::rare_value(x)
            }
        }
    )+};
}

by_formula! { f32 f64 }

/// A function of two numbers, likewise, but for what is decided last.
pub(crate) trait Formula2<T> {
    /// The value at `(a, b)`.
    fn of<I: Isa, F: Float<One = T, Bits = T::Bits>>(a: F, b: F) -> F
    where
        T: Float;

    /// What is made of it.
    fn finish(a: T, b: T, value: T) -> T;
}

impl<G: Formula2<f64>> Function2<f64> for G {
    const PACKED: bool = true;

    #[inline(always)]
    fn value<I: Isa>(a: f64, b: f64) -> f64 {
        G::finish(a, b, G::of::<I, f64>(a, b))
    }

    #[inline(always)]
    fn values<I: Isa>(a: Pack<f64>, b: Pack<f64>) -> Pack<f64> {
        let value = G::of::<I, Pack<f64>>(a, b);
        each!(k => G::finish(a.0[k], b.0[k], value.0[k]))
    }
}

/// A function of two numbers, likewise.
pub(crate) trait Function2<T> {
    /// The value at `(a, b)`.
    fn value<I: Isa>(a: T, b: T) -> T;

    /// Whether `values` is more than `value` again and again.
    const PACKED: bool = false;

    /// The values at several places.
    #[inline(always)]
    fn values<I: Isa>(a: Pack<T>, b: Pack<T>) -> Pack<T>
    where
        T: Copy,
    {
        each!(k => Self::value::<I>(a.0[k], b.0[k]))
    }

    /// Whether there are arguments for which `value` has no answer.
    const HAS_RARE: bool = false;

    /// Whether `(a, b)` is such a pair.
    #[inline(always)]
    fn is_rare(_: T, _: T) -> bool {
        false
    }

    /// The value at such a pair, however long it takes.
    fn rare_value(a: T, _: T) -> T {
        a
    }
}

/// An operation that is the same in every tier.
pub(super) struct Plain<F>(PhantomData<F>);

impl<F: Map1<In = T, Out = T>, T> Function<T> for Plain<F> {
    #[inline(always)]
    fn value<I: Isa>(x: T) -> T {
        F::apply(x)
    }
}

impl<F: Map2<In = T, Out = T>, T> Function2<T> for Plain<F> {
    #[inline(always)]
    fn value<I: Isa>(a: T, b: T) -> T {
        F::apply(a, b)
    }
}
