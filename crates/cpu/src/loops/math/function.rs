//! What a function is: its value for one number, in the arithmetic of a tier.

use std::marker::PhantomData;

use crate::isa::Isa;
use crate::loops::body::Map2;

/// A function of one number. `value` has no branches, so that loops over it vectorise.
pub(crate) trait Function<T> {
    /// The value at `x`.
    fn value<I: Isa>(x: T) -> T;

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

/// A function of two numbers, likewise.
pub(crate) trait Function2<T> {
    /// The value at `(a, b)`.
    fn value<I: Isa>(a: T, b: T) -> T;

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

impl<F: Map2<In = T, Out = T>, T> Function2<T> for Plain<F> {
    #[inline(always)]
    fn value<I: Isa>(a: T, b: T) -> T {
        F::apply(a, b)
    }
}
