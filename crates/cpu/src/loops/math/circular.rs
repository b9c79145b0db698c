//! Sine, cosine and tangent: what is left of the angle beyond a multiple of π/2 (Cody and Waite
//! 1980; for huge angles Payne and Hanek 1983, in `huge.rs`), and a polynomial of that. `f32`
//! computes in `f64`, with fewer terms; sine and cosine in `f32`, where products can be exact.

use super::exponential::narrow;
use super::exponential::wide::{ROUND, Real};
use super::float::{Float, fast_two_sum, fma, polynomial, product_rest, two_product};
use super::function::{Formula, Function};
use super::huge;
use super::pack::{Pack, each};
use crate::isa::{Isa, Separate};

pub(super) struct Sin;
pub(super) struct Cos;
pub(super) struct Tan;

/// π/2 in parts of 33 digits and the rest: products with `n` up to 2^20 are exact.
const PI_2: [f64; 4] =
    [1.5707963267341256, 6.077100506303966e-11, 2.0222662487111665e-21, 8.4784276603689e-32];
/// What `n` is small enough for.
const LIMIT: f64 = 1.6e6;

/// The same for `f32`.
const SHORT_PI_2: [f64; 2] = [1.5707963267341256, 6.077100506506192e-11];
/// Up to here the errors of [`narrow_turned`] are below a unit in the last place.
const SHORT_LIMIT: f32 = 1e6;

/// `(sin(r) / r - 1) / r²` and `(cos(r) - 1 + r²/2) / r⁴` in powers of `r²`, for `|r| < π/4`.
const SIN: [f64; 6] = [
    -0.16666666666666666,
    0.008333333333331295,
    -0.00019841269837062405,
    2.7557316212105944e-06,
    -2.505114921480542e-08,
    1.5919134415764795e-10,
];
const COS: [f64; 6] = [
    0.041666666666666664,
    -0.0013888888888887057,
    2.480158729845373e-05,
    -2.755731715520326e-07,
    2.0876127254854872e-09,
    -1.1381505501983146e-11,
];

/// The same for `f32`, of 24 digits each: what is beyond the first multiple is exact if the
/// product is not rounded.
const NARROW_PI_2: [f32; 3] = [1.5707964, -4.371139e-8, -1.7151245e-15];
const NARROW_SIN: [f32; 3] = [-0.16666654, 0.008332098, -0.00019506026];
const NARROW_COS: [f32; 3] = [0.041666646, -0.0013887291, 2.4428644e-5];

/// `sin(r) / r` and `cos(r)` in powers of `r²`, for `f32`.
const SHORT_SIN: [f64; 5] = [
    1.0,
    -0.16666666640788658,
    0.008333329303864783,
    -0.00019839311953358897,
    2.71811859983368e-06,
];
const SHORT_COS: [f64; 5] = [
    1.0,
    -0.49999999694374886,
    0.041666620345699366,
    -0.0013886681286404013,
    2.4383533247087844e-05,
];

/// An angle as `n π/2 + r + low`.
#[derive(Clone, Copy)]
pub(super) struct Angle<F> {
    /// `n` in the lowest bits.
    pub(super) quadrant: F,
    pub(super) r: F,
    pub(super) low: F,
}

#[inline(always)]
fn reduce<I: Isa, F: Real>(x: F) -> Angle<F> {
    let whole = fma::<I, F>(x, F::all(std::f64::consts::FRAC_2_PI), F::all(ROUND));
    let n = whole - ROUND;
    let first = fma::<I, F>(n, F::all(-PI_2[0]), x);
    let product = n * PI_2[1];
    let second = first - product;
    // Exact, and 0 where the difference was.
    let rounded = (first - second) - product;
    let rest = rounded - n * PI_2[2];
    let r = second + rest;
    let low = fma::<I, F>(n, F::all(-PI_2[3]), (second - r) + rest);
    Angle { quadrant: whole, r, low }
}

/// The sine and the cosine of `r + low`, each as a sum.
#[inline(always)]
pub(super) fn both<I: Isa, F: Real>(Angle { r, low, .. }: Angle<F>) -> ([F; 2], [F; 2]) {
    let one = F::all(1.0);
    let square = r * r;
    let half = square * 0.5;
    let near = one - half;
    let sin = fma::<I, F>(r * square, polynomial::<I, F, _>(square, &SIN), low * near);
    let rounded = (one - near) - half;
    let cos = fma::<I, F>(
        square * square,
        polynomial::<I, F, _>(square, &COS),
        fma::<I, F>(r, -low, rounded),
    );
    ([r, sin], [near, cos])
}

/// The sine of an angle that has been turned on by so many right angles.
#[inline(always)]
fn turned<I: Isa, F: Real>(angle: Angle<F>, quarters: u64) -> F {
    let (sin, cos) = both::<I, F>(angle);
    let quadrant = angle.quadrant.bits_plus(quarters);
    let value = quadrant.if_odd(cos[0] + cos[1], sin[0] + sin[1]);
    value.bits_xor(quadrant.bits_and(2).bits_up(62))
}

/// The sine and the cosine of an angle of at most [`LIMIT`].
#[inline(always)]
pub(super) fn sin_cos<I: Isa>(x: f64) -> (f64, f64) {
    let angle = reduce::<I, f64>(x);
    let sin = turned::<I, f64>(angle, 0);
    (if x == 0.0 { x } else { sin }, turned::<I, f64>(angle, 1))
}

#[inline(always)]
fn quotient<I: Isa, F: Real>(angle: Angle<F>, _: u64) -> F {
    let (sin, cos) = both::<I, F>(angle);
    let (sin, sin_low) = fast_two_sum(sin[0], sin[1]);
    // What rounding the square took from the cosine.
    let rounded = product_rest::<I, F>(angle.r, angle.r, angle.r * angle.r);
    let (cos, cos_low) = fast_two_sum(cos[0], fma::<I, F>(rounded, F::all(-0.5), cos[1]));
    let odd = angle.quadrant;
    let (over, over_low) = (odd.if_odd(cos, sin), odd.if_odd(cos_low, sin_low));
    let (under, under_low) = (odd.if_odd(sin, cos), odd.if_odd(sin_low, cos_low));
    let inverse = F::all(1.0) / under;
    let value = over * inverse;
    let rest = fma::<I, F>(value, under_low, product_rest::<I, F>(value, under, over)) - over_low;
    let value = fma::<I, F>(rest, -inverse, value);
    value.bits_xor(angle.quadrant.bits_up(63))
}

macro_rules! circular {
    ($($name:ident $function:ident, $quarters:expr, $zero:expr;)+) => {$(
        impl Formula<f64> for $name {
            #[inline(always)]
            fn of<I: Isa, F: Real>(x: F) -> F {
                let value = $function::<I, F>(reduce::<I, F>(x), $quarters);
                if $zero { x.if_equal(F::all(0.0), x, value) } else { value }
            }

            // It has more to do than to wait for: packs took longer.
            const PACKED: bool = false;

            const HAS_RARE: bool = true;

            #[inline(always)]
            fn is_rare(x: f64) -> bool {
                x.abs() > LIMIT && x.abs() < f64::INFINITY
            }

            fn rare_value(x: f64) -> f64 {
                $function::<Separate, f64>(huge::reduce(x), $quarters)
            }
        }
    )+};
}

circular! {
    Sin turned, 0, true;
    Cos turned, 1, false;
    Tan quotient, 0, true;
}

/// The quadrant, the sine and the cosine of what is beyond it.
#[inline(always)]
fn short<I: Isa>(x: f32) -> (u64, f64, f64) {
    let x = f64::from(x);
    let whole = fma::<I, f64>(x, std::f64::consts::FRAC_2_PI, ROUND);
    let n = whole - ROUND;
    let r = fma::<I, f64>(n, -SHORT_PI_2[1], fma::<I, f64>(n, -SHORT_PI_2[0], x));
    let square = r * r;
    let sin = r * polynomial::<I, f64, _>(square, &SHORT_SIN);
    (whole.to_bits(), sin, polynomial::<I, f64, _>(square, &SHORT_COS))
}

/// The sine of an angle that has been turned on by so many right angles, in `f32`.
#[inline(always)]
fn narrow_turned<I: Isa, F: narrow::Real>(x: F, quarters: u32) -> F {
    let (one, [first, second, third]) = (F::all(1.0), NARROW_PI_2);
    let whole = fma::<I, F>(x, F::all(std::f32::consts::FRAC_2_PI), F::all(narrow::ROUND));
    let n = whole - narrow::ROUND;
    let first = fma::<I, F>(n, F::all(-first), x);
    let (product, product_low) = two_product::<I, F>(n, F::all(second));
    let r = first - product;
    let rounded = ((first - r) - product) - product_low;
    let low = fma::<I, F>(n, F::all(-third), rounded);
    let square = r * r;
    let half = square * 0.5;
    let near = one - half;
    let sin = polynomial::<I, F, _>(square, &NARROW_SIN);
    let sin = r + fma::<I, F>(r * square, sin, low * near);
    let cos = polynomial::<I, F, _>(square, &NARROW_COS);
    let rounded = fma::<I, F>(r, -low, (one - near) - half);
    let cos = near + fma::<I, F>(square * square, cos, rounded);
    let quadrant = whole.bits_plus(quarters);
    let value = quadrant.if_odd(cos, sin);
    value.bits_xor(quadrant.bits_and(2).bits_up(30))
}

#[inline(always)]
fn short_turned<I: Isa>(x: f32, quarters: u64) -> f32 {
    let (quadrant, sin, cos) = short::<I>(x);
    let quadrant = quadrant.wrapping_add(quarters);
    let value = if quadrant & 1 != 0 { cos } else { sin };
    f64::from_bits(value.to_bits() ^ (quadrant & 2) << 62) as f32
}

#[inline(always)]
fn short_quotient<I: Isa>(x: f32) -> f32 {
    let (quadrant, sin, cos) = short::<I>(x);
    let odd = quadrant & 1 != 0;
    (if odd { -cos } else { sin } / if odd { sin } else { cos }) as f32
}

macro_rules! short_circular {
    ($($name:ident $quarters:literal)+) => {$(
        impl Function<f32> for $name {
            #[inline(always)]
            fn value<I: Isa>(x: f32) -> f32 {
                let value = if I::FUSED {
                    narrow_turned::<I, f32>(x, $quarters)
                } else {
                    short_turned::<I>(x, $quarters)
                };
                if $quarters == 0 && x == 0.0 { x } else { value }
            }

            const PACKED: bool = true;

            #[inline(always)]
            fn values<I: Isa>(x: Pack<f32>) -> Pack<f32> {
                if !I::FUSED {
                    return each!(k => Self::value::<I>(x.0[k]));
                }
                let value = narrow_turned::<I, Pack<f32>>(x, $quarters);
                if $quarters == 0 { x.if_equal(Pack::all(0.0), x, value) } else { value }
            }

            const HAS_RARE: bool = true;

            #[inline(always)]
            fn is_rare(x: f32) -> bool {
                is_long(x)
            }

            fn rare_value(x: f32) -> f32 {
                <Self as Function<f64>>::rare_value(x.into()) as f32
            }
        }
    )+};
}

short_circular! { Sin 0 Cos 1 }

impl Function<f32> for Tan {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        let value = short_quotient::<I>(x);
        if x == 0.0 { x } else { value }
    }

    const HAS_RARE: bool = true;

    #[inline(always)]
    fn is_rare(x: f32) -> bool {
        is_long(x)
    }

    fn rare_value(x: f32) -> f32 {
        <Self as Function<f64>>::rare_value(x.into()) as f32
    }
}

/// Whether an angle is beyond the limit.
#[inline(always)]
fn is_long(x: f32) -> bool {
    x.abs() > SHORT_LIMIT && x.abs() < f32::INFINITY
}
