//! The error function and its complement, and `gelu`.

use super::function::Function;
use crate::isa::Isa;

pub(super) struct Erf;
pub(super) struct Erfc;
pub(super) struct Gelu;

impl Function<f64> for Erf {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        libm::erf(x)
    }
}

impl Function<f64> for Erfc {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        libm::erfc(x)
    }
}

impl Function<f64> for Gelu {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let value = 0.5 * x * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2);
        if x == f64::NEG_INFINITY { -0.0 } else { value }
    }
}

macro_rules! through_f64 {
    ($($name:ident)+) => {$(
        impl Function<f32> for $name {
            #[inline(always)]
            fn value<I: Isa>(x: f32) -> f32 {
                <Self as Function<f64>>::value::<I>(x.into()) as f32
            }
        }
    )+};
}

through_f64! { Erf Erfc Gelu }
