//! `a ** b` of real numbers.

use super::function::Function2;
use crate::isa::Isa;

pub(super) struct Power;

impl Function2<f32> for Power {
    #[inline(always)]
    fn value<I: Isa>(a: f32, b: f32) -> f32 {
        a.powf(b)
    }
}

impl Function2<f64> for Power {
    #[inline(always)]
    fn value<I: Isa>(a: f64, b: f64) -> f64 {
        a.powf(b)
    }
}
