//! What the operations on three elements mean.

use std::marker::PhantomData;

use tensorbridge_core::op::Ternary;
use tensorbridge_core::{DType, Element};

use super::Loop;
use super::arithmetic::{Maximum, Minimum};
use super::body::{Map2, Map3, Three};
use super::kinds::with_ordered;
use crate::isa::pick;

/// The loop of `op` on `dtype`; operands `[out, a, b, c]`. `None` where it has no meaning.
pub(crate) fn ternary(op: Ternary, dtype: DType) -> Option<Loop<4>> {
    match op {
        Ternary::Clip => with_ordered!(dtype, T => pick::<4, Three<Clip<T>>>()),
    }
}

struct Clip<T>(PhantomData<T>);

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
