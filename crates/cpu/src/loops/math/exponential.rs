//! `e ** x` and its kin: with `x = n ln 2 + r`, `2 ** n` times a polynomial of `r` (Cody and
//! Waite, Software Manual for the Elementary Functions, 1980). Every polynomial is the best in
//! floating-point coefficients (Brisebarre and Chevillard, 2007, as Sollya computes it).

use super::float::{Float, fast_two_sum, fma, polynomial, two_product};
use super::function::{Formula, Function};
use crate::isa::Isa;

pub(super) struct Exp;
pub(super) struct Exp2;
pub(super) struct Expm1;

/// `x` as `n ln 2 + r + low`.
pub(super) struct Reduced<F> {
    /// `n` in the lowest bits.
    pub(super) whole: F,
    pub(super) r: F,
    pub(super) low: F,
}

/// `x` between two bounds; NaN stays.
#[inline(always)]
pub(super) fn clamp<F: Float>(x: F, low: F::One, high: F::One) -> F {
    let (low, high) = (F::all(low), F::all(high));
    let x = high.if_less(x, high, x);
    x.if_less(low, low, x)
}

macro_rules! exponentials {
    ($float:ident $bits:ident $module:ident: digits $digits:literal, round $round:literal,
     bounds $least:literal $most:literal, bounds2 $least2:literal $most2:literal,
     ln_2 $ln_2:expr, ln_2_low $ln_2_low:literal, polynomial $polynomial:expr;) => {
        pub(super) mod $module {
            use super::*;

            /// One number or several.
            pub(in super::super) trait Real:
                Float<One = $float, Bits = $bits>
            {
            }
            impl<F: Float<One = $float, Bits = $bits>> Real for F {}

            /// Adding this rounds to a whole number, and leaves that number in the lowest bits.
            pub(in super::super) const ROUND: $float = $round;

            /// ln 2 in two parts; the first has so many zeros at its end that its products with
            /// `n` are exact.
            const LN_2: [$float; 2] = $ln_2;

            /// What is missing in the constant `LN_2` of the standard library.
            const LN_2_LOW: $float = $ln_2_low;

            /// `(e ** r - 1 - r - r²/2) / r³` for `|r| <= ln 2 / 2`.
            const POLYNOMIAL: &[$float; $polynomial.len()] = &$polynomial;

            /// 2 to the power of the whole number in the lowest bits, and some octaves more.
            #[inline(always)]
            pub(in super::super) fn power<F: Real>(whole: F, octaves: i32) -> F {
                let one = (1.0 as $float).to_bits();
                whole.bits_up($digits).bits_plus(one.wrapping_add((octaves as $bits) << $digits))
            }

            /// The same in two factors, neither of which overflows or vanishes.
            #[inline(always)]
            pub(in super::super) fn powers<F: Real>(whole: F) -> (F, F) {
                let half = whole.bits_down(1);
                (power(half, 0), power(whole.bits_minus(half), 0))
            }

            /// Reduces a number whose exponential is neither infinite nor 0.
            #[inline(always)]
            pub(in super::super) fn reduce<I: Isa, F: Real>(x: F) -> Reduced<F> {
                let whole = fma::<I, F>(x, F::all(std::$float::consts::LOG2_E), F::all(ROUND));
                let n = whole - ROUND;
                let high = fma::<I, F>(n, F::all(-LN_2[0]), x);
                let r = fma::<I, F>(n, F::all(-LN_2[1]), high);
                let low = fma::<I, F>(n, F::all(-LN_2[1]), high - r);
                Reduced { whole, r, low }
            }

            /// `e ** r - 1 - r + more`
            #[inline(always)]
            pub(in super::super) fn curve<I: Isa, F: Real>(r: F, more: F) -> F {
                let square = r * r;
                let cubic = polynomial::<I, F, _>(r, POLYNOMIAL);
                fma::<I, F>(square, F::all(0.5), fma::<I, F>(square * r, cubic, more))
            }

            /// `e ** (r + low) - 1 - r + more`
            #[inline(always)]
            pub(in super::super) fn rest<I: Isa, F: Real>(r: F, low: F, more: F) -> F {
                curve::<I, F>(r, fma::<I, F>(r, low, low + more))
            }

            impl Formula<$float> for Exp {
                #[inline(always)]
                fn of<I: Isa, F: Real>(x: F) -> F {
                    let x = clamp(x, $least, $most);
                    let whole = fma::<I, F>(x, F::all(std::$float::consts::LOG2_E), F::all(ROUND));
                    let n = whole - ROUND;
                    let r = fma::<I, F>(n, F::all(-LN_2[1]), fma::<I, F>(n, F::all(-LN_2[0]), x));
                    let (high, low) = fast_two_sum(F::all(1.0), r);
                    let (a, b) = powers(whole);
                    (high + curve::<I, F>(r, low)) * a * b
                }
            }

            /// `2 ** (x + more)` where it is not far beyond the range, `more` beneath the
            /// digits of `x`.
            #[inline(always)]
            pub(in super::super) fn exp2_of_sum<I: Isa, F: Real>(x: F, more: F) -> F {
                let whole = x + ROUND;
                let (part, more) = fast_two_sum(x - (whole - ROUND), more);
                let (r, low) = two_product::<I, F>(part, F::all(std::$float::consts::LN_2));
                let low = fma::<I, F>(part, F::all(LN_2_LOW), low);
                let low = fma::<I, F>(more, F::all(std::$float::consts::LN_2), low);
                let (high, rounded) = fast_two_sum(F::all(1.0), r);
                let (a, b) = powers(whole);
                (high + rest::<I, F>(r, low, rounded)) * a * b
            }

            impl Function<$float> for Exp2 {
                #[inline(always)]
                fn value<I: Isa>(x: $float) -> $float {
                    exp2_of_sum::<I, $float>(clamp(x, $least2, $most2), 0.0)
                }
            }

            impl Function<$float> for Expm1 {
                #[inline(always)]
                fn value<I: Isa>(x: $float) -> $float {
                    let (high, low) = half_expm1::<I, $float>(clamp(x, -60.0, $most));
                    let value = 2.0 * (high + low);
                    if x.abs() < $float::EPSILON / 2.0 { x } else { value }
                }
            }

            /// `(e ** x - 1) / 2` as a sum, for `x` not far below 0.
            #[inline(always)]
            pub(in super::super) fn half_expm1<I: Isa, F: Real>(x: F) -> (F, F) {
                let Reduced { whole, r, low } = reduce::<I, F>(x);
                let scale = power(whole, -1);
                let (base, beneath) = fast_two_sum(scale, F::all(-0.5));
                let (high, rounded) = fast_two_sum(base, scale * r);
                (high, fma::<I, F>(scale, rest::<I, F>(r, low, F::all(0.0)), rounded + beneath))
            }
        }
    };
}

exponentials! { f64 u64 wide: digits 52, round 6755399441055744.0,
    bounds -746.0 710.0, bounds2 -1076.0 1025.0,
    ln_2 [0.6931471803691238, 1.9082149292705877e-10], ln_2_low 2.3190468138462996e-17,
    polynomial [
        0.1666666666666668,
        0.04166666666666638,
        0.008333333333319258,
        0.001388888888905074,
        0.00019841269891878252,
        2.4801586991125162e-05,
        2.755723868447081e-06,
        2.755755476998083e-07,
        2.5110876083029494e-08,
        2.082993878148199e-09,
    ];
}

exponentials! { f32 u32 narrow: digits 23, round 12582912.0,
    bounds -104.0 89.0, bounds2 -151.0 129.0,
    ln_2 [0.69314575, 1.4286068e-06], ln_2_low -1.9046542e-9,
    polynomial [0.16666535, 0.041667253, 0.008367436, 0.0013862436];
}

/// As [`wide::reduce`], of a sum of two numbers, the second beneath the digits of the first.
#[inline(always)]
pub(super) fn reduce_sum<I: Isa, F: wide::Real>(x: F, more: F) -> Reduced<F> {
    let Reduced { whole, r, low } = wide::reduce::<I, F>(x);
    let (r, low) = fast_two_sum(r, low + more);
    Reduced { whole, r, low }
}

/// `2 ** r` in powers of `r`, for `|r| <= 1/2` and `f32`.
const SHORT: [f64; 7] = [
    1.0,
    0.6931472028809488,
    0.24022647910278486,
    0.05550332409621642,
    0.009618437606848943,
    0.0013398900195643595,
    0.00015353340933767508,
];

/// `2 ** (x scale)` for `f32`, where it is a normal `f64`.
#[inline(always)]
pub(super) fn short_power<I: Isa>(x: f64, scale: f64) -> f64 {
    let whole = fma::<I, f64>(x, scale, wide::ROUND);
    let r = fma::<I, f64>(x, scale, wide::ROUND - whole);
    let value = polynomial::<I, f64, _>(r, &SHORT);
    // The whole number goes to the exponent.
    f64::from_bits(value.to_bits().wrapping_add(whole.to_bits() << 52))
}

/// `2 ** x`, likewise.
#[inline(always)]
pub(super) fn short_exp2<I: Isa>(x: f64) -> f64 {
    short_power::<I>(x, 1.0)
}

/// `e ** x`, likewise.
#[inline(always)]
pub(super) fn short_exp<I: Isa>(x: f64) -> f64 {
    short_power::<I>(x, std::f64::consts::LOG2_E)
}

/// `2 ** x - 1`, likewise, as exact near 0.
#[inline(always)]
pub(super) fn short_exp2m1<I: Isa>(x: f64) -> f64 {
    let whole = x + wide::ROUND;
    let r = x - (whole - wide::ROUND);
    let scale = wide::power(whole, 0);
    fma::<I, f64>(scale, r * polynomial::<I, f64, _>(r, &SHORT_M1), scale - 1.0)
}

/// `2 ** (x - octaves) - 1` in `f32`, where the power is normal.
#[inline(always)]
pub(super) fn narrow_exp2m1<I: Isa, F: narrow::Real>(x: F, octaves: i32) -> F {
    let whole = x + narrow::ROUND;
    let r = x - (whole - narrow::ROUND);
    let scale = narrow::power(whole, -octaves);
    fma::<I, F>(scale, r * polynomial::<I, F, _>(r, &NARROW_M1), scale - 1.0)
}

/// `(2 ** r - 1) / r` for `|r| <= 1/2`.
const NARROW_M1: [f32; 6] =
    [std::f32::consts::LN_2, 0.24022576, 0.055503752, 0.00963006, 0.0013383165, 0.00011622106];

/// The same for `f64`.
const SHORT_M1: [f64; 7] = [
    0.6931471805815727,
    0.24022650920078487,
    0.05550410727580348,
    0.009618057031252583,
    0.0013333669460578429,
    0.00015461332206426114,
    1.5252719772015113e-05,
];
