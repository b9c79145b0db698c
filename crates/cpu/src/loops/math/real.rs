//! The functions of one and two `f64`, for those that are made of them. None has branches, and
//! angles are at most [`TURNS`].

use super::circular::{self, Tan};
use super::exponential::{Exp, Exp2, Expm1};
use super::function::{Function, Function2};
use super::hyperbolic::{Cosh, Sinh};
use super::inverse::Atan2;
use super::logarithm::{self, Log1p};
use crate::isa::Isa;

/// The greatest angle.
pub(in crate::loops) const TURNS: f64 = 1.6e6;

macro_rules! of_one {
    ($($name:ident $function:ident;)+) => {$(
        #[inline(always)]
        pub(in crate::loops) fn $name<I: Isa>(x: f64) -> f64 {
            <$function as Function<f64>>::value::<I>(x)
        }
    )+};
}

of_one! {
    exp Exp;
    exp2 Exp2;
    exp_m1 Expm1;
    ln_1p Log1p;
    sinh Sinh;
    cosh Cosh;
    tan Tan;
}

#[inline(always)]
pub(in crate::loops) fn atan2<I: Isa>(y: f64, x: f64) -> f64 {
    <Atan2 as Function2<f64>>::value::<I>(y, x)
}

#[inline(always)]
pub(in crate::loops) fn sin_cos<I: Isa>(x: f64) -> (f64, f64) {
    circular::sin_cos::<I>(x)
}

/// `log(u + low)` for a normal `u > 0`, where `low` is beneath its digits.
#[inline(always)]
pub(in crate::loops) fn ln_of_sum<I: Isa>(u: f64, low: f64) -> f64 {
    let (high, rest) = logarithm::log_of_sum::<I>(u, low, 0.0);
    high + rest
}
