//! The error function, its complement, and `gelu`.
//!
//! With `erfcx(a) = e ** a² erfc(a)`, the product `(1 + 2a) erfcx(a)` is nearly constant over all
//! `a >= 0`, and a polynomial of `q = (a - K) / (a + K)` (Shepherd and Laframboise, "Chebyshev
//! approximation of (1 + 2x) exp(x²) erfc x", Mathematics of Computation 36, 1981; coefficients
//! our own, by Remez' exchange). `f32` computes in `f64`, with fewer terms, but for `erf`.

use super::exponential::wide::{self, powers};
use super::exponential::{Reduced, clamp, narrow, narrow_exp2m1, reduce_sum, short_exp};
use super::float::{
    fast_two_sum, fma, in_turn, monic, polynomial, product_rest, two_product, two_sum,
};
use super::function::{Formula, Function};
use super::pack::{Pack, each};
use crate::isa::Isa;

pub(super) struct Erf;
pub(super) struct Erfc;
pub(super) struct Gelu;

/// A polynomial of `q` whose first coefficient is a sum, and roughly its derivative.
struct Flat<const N: usize, const M: usize> {
    k: f64,
    first: [f64; 2],
    second: f64,
    others: [f64; N],
    slope: [f64; M],
}

/// `(1 + 2a) e ** a² erfc(a)` for `a` from 1/2 to 28.
const ERFC: Flat<20, 3> = Flat {
    k: 3.5,
    first: [1.2423492448711544, -1.0429194060989727e-17],
    second: -0.14000918013761943,
    others: [
        -0.010555596332218347,
        0.09751909515325928,
        -0.11508959816018827,
        0.08798315382484197,
        -0.048823325827987644,
        0.019099330942840224,
        -0.004215019906868753,
        -0.0003022678823250084,
        0.0005643844127939744,
        -0.00012151238710121562,
        -4.27822188817408e-05,
        2.4260786025092502e-05,
        2.328299741210692e-06,
        -3.8140072611723414e-06,
        -4.4253804394057115e-08,
        5.995834480861497e-07,
        -7.896541645255226e-09,
        -9.254558700990807e-08,
        5.558973710151256e-10,
        1.023430732556783e-08,
    ],
    slope: [-0.182, -0.283, 0.641],
};

/// `(1 + a) e ** (a²/2) erfc(a / √2) / 2` for `0 <= a <= 39`.
const GELU: Flat<21, 4> = Flat {
    k: 5.5,
    first: [0.45722751116333127, 2.6560400989559423e-18],
    second: -0.08833898904448793,
    others: [
        0.03618652602924513,
        0.002215025124790453,
        -0.021413634567699527,
        0.024305078466292457,
        -0.018229966319485126,
        0.010221481362708288,
        -0.0042524009268459124,
        0.0011587134576464325,
        -8.147081968111232e-05,
        -9.055957290188748e-05,
        3.885871720819237e-05,
        -4.848633474099873e-07,
        -4.693806962546075e-06,
        1.059587454565922e-06,
        4.4857765160247237e-07,
        -2.1476724238541641e-07,
        -4.2820427346811323e-08,
        3.437473084440336e-08,
        6.051442163455086e-09,
        -3.938658952963741e-09,
        -1.09079231634657e-09,
    ],
    slope: [-0.1, 0.182, 0.119, -0.413],
};

/// `e ** a² erfc(a)` for `NEAR <= a² <= 36` with `K` of 1.5, as exact as `erf` needs it.
const ERF_FAR: [f64; 13] = [
    0.3215854164543175,
    -0.49086875319768014,
    0.19449060550161262,
    -0.009284478887330656,
    -0.018629389164656767,
    -0.0004471922841668521,
    0.002883685781173648,
    0.0008607301432268388,
    -0.000295888721167595,
    -0.00031012555535067367,
    -7.056690106089139e-05,
    4.36692510828604e-05,
    4.74209200762919e-05,
];

/// `erf(a) / a - 1` in powers of `3/4 - a²`, of which little cancels, for `a² <= NEAR`.
const NEAR: f64 = 1.25;
const ERF_NEAR: [f64; 13] = [
    -0.10010880203447822,
    0.2445884137465581,
    0.06691888796466272,
    0.01513114470010249,
    0.0028472083349784,
    0.0004554912389776621,
    6.318505355084193e-05,
    7.72533370058264e-06,
    8.436963930931629e-07,
    8.321270833938133e-08,
    7.4751025666761e-09,
    6.176130265890879e-10,
    5.3066520503733876e-11,
];

/// The flat polynomial at `a`, as a sum.
#[inline(always)]
fn flat<I: Isa, F: wide::Real, const N: usize, const M: usize>(a: F, of: &Flat<N, M>) -> (F, F) {
    // q = 2a / (a + K) - 1, whose rounding error matters where the polynomial is steep.
    let (q, low) = fast_two_sum(F::all(-1.0), a * 2.0 / (a + of.k));
    // Two terms exactly, and the others.
    let (linear, rounded) = two_product::<I, F>(q, F::all(of.second));
    let (p, lost) = fast_two_sum(F::all(of.first[0]), linear);
    let rest = fma::<I, F>(q * q, polynomial::<I, F, _>(q, &of.others), rounded + of.first[1]);
    let rest = fma::<I, F>(low, polynomial::<I, F, _>(q, &of.slope), rest);
    fast_two_sum(p, rest + lost)
}

/// `erf(a) / a - 1`
#[inline(always)]
fn erf_near<I: Isa, F: wide::Real>(square: F) -> F {
    polynomial::<I, F, _>(-square + 0.75, &ERF_NEAR)
}

/// `e ** -(square + low) * (p + p_low) / (c + d)` as `2 ** whole` times a sum.
#[inline(always)]
fn damped<I: Isa, F: wide::Real>(
    (square, low): (F, F),
    (p, p_low): (F, F),
    (under, under_low): (F, F),
) -> (F, F, F) {
    let Reduced { whole, r, low } = reduce_sum::<I, F>(-square, -low);
    let (e, rounded) = fast_two_sum(F::all(1.0), r);
    let (e, e_low) = fast_two_sum(e, wide::rest::<I, F>(r, low, rounded));
    let (over, rounded) = two_product::<I, F>(e, p);
    let over_low = fma::<I, F>(e, p_low, fma::<I, F>(e_low, p, rounded));
    let inverse = F::all(1.0) / under;
    let value = over * inverse;
    let rest = fma::<I, F>(value, under_low, product_rest::<I, F>(value, under, over)) - over_low;
    (whole, value, -rest * inverse)
}

impl Function<f64> for Erfc {
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let a = clamp(x.abs(), 0.0, 28.0);
        let (whole, value, low) = damped::<I, f64>(
            two_product::<I, f64>(a, a),
            flat::<I, _, _, _>(a, &ERFC),
            two_sum(1.0, 2.0 * a),
        );
        let (up, down) = powers(whole);
        let far = (value + low) * up * down;
        let far = if x < 0.0 { 2.0 - far } else { far };
        // 1 - x - x (erf(x) / x - 1)
        let (near, rounded) = fast_two_sum(1.0, -x);
        let near = near + fma::<I, f64>(-x, erf_near::<I, f64>(x * x), rounded);
        if a < 0.5 { near } else { far }
    }
}

impl Formula<f64> for Gelu {
    /// `max(x, 0) - h(|x|)` with `h(a) = a erfc(a / √2) / 2`.
    #[inline(always)]
    fn of<I: Isa, F: wide::Real>(x: F) -> F {
        let a = clamp(x.abs(), 0.0, 39.0);
        let (square, low) = two_product::<I, F>(a, a);
        let p = flat::<I, F, _, _>(a, &GELU);
        let under = two_sum(F::all(1.0), a);
        let (whole, value, low) = damped::<I, F>((square * 0.5, low * 0.5), p, under);
        let (high, rounded) = two_product::<I, F>(a, value);
        let low = fma::<I, F>(a, low, rounded);
        let (up, down) = powers(whole);
        let (difference, rounded) = fast_two_sum(x, -(high * up * down));
        let above = difference + fma::<I, F>(low * up, -down, rounded);
        let above = F::all(39.0).if_less(x, x, above);
        x.if_less(F::all(0.0), -(high + low) * up * down, above)
    }
}

impl Formula<f64> for Erf {
    #[inline(always)]
    fn of<I: Isa, F: wide::Real>(x: F) -> F {
        const K: f64 = 1.5;
        let a = clamp(x.abs(), 0.0, 6.0);
        let (square, low) = two_product::<I, F>(a, a);
        // Its derivative is about -1/4.
        let near = fma::<I, F>(low, F::all(-0.25), erf_near::<I, F>(square));
        let near = fma::<I, F>(a, near, a);
        let Reduced { whole, r, low } = reduce_sum::<I, F>(-square, -low);
        let e = r + wide::rest::<I, F>(r, low, F::all(0.0)) + 1.0;
        let e = e * polynomial::<I, F, _>((a - K) / (a + K), &ERF_FAR);
        let far = fma::<I, F>(e, -wide::power(whole, 0), F::all(1.0));
        square.if_less(F::all(NEAR), near, far).copysign(x)
    }
}

/// `erf(a) / a - 1` in powers of `a²` for `a <= 0.9`, and the logarithm of `8 erfc(a)` to base 2 in
/// powers of `a - 1` for `0.9 <= a <= 3.93`, as exact as `erf` needs it.
const NARROW_ERF_NEAR: [f32; 2] = [0.12837917, -0.37612632];
const NARROW_ERF_NEAR_REST: [f32; 5] =
    [0.112837024, -0.026860978, 0.0052068494, -0.00082231837, 8.7537774e-5];
const NARROW_ERF_FAR: [f32; 7] =
    [0.3315833, -3.8072257, -1.2163447, -0.05994318, 0.01438161, -0.002710209, 0.00028543285];

/// `(a + 3) e ** a² erfc(a)` in powers of `q` with `K` of 3, for `a <= 10.1`.
const SHORT_ERFC: [f64; 11] = [
    1.0740069078276147,
    -0.8833944778009885,
    0.5902282833354769,
    -0.31046629085814526,
    0.11952932885006126,
    -0.026837268164596008,
    -0.0012272075956138004,
    0.003071272391168988,
    -0.0004851303753223148,
    -0.00031406768445882215,
    6.9906362720655755e-06,
];

/// `2 ** r` for `|r| <= 1/2`, and the quotient of two polynomials of `a` that is
/// `e ** (a²/2) erfc(a / √2) / 2` for `0 <= a <= 14.7`. The powers and the dividend are in units of
/// their last coefficients, which are left out and divide the divisor.
const SHORT_GELU_POWER: [f64; 6] = [
    6513.240371029871,
    4514.634344870628,
    1564.6528018826223,
    361.50649122983185,
    62.647196127160484,
    8.727025768166591,
];
const SHORT_GELU_OVER: [f64; 4] =
    [121.01121058699853, 106.17860074824787, 44.42214753581852, 9.859482043427992];
const SHORT_GELU_UNDER: [f64; 6] = [
    1576350.1944261198,
    2640879.6642682417,
    1897598.5237561013,
    741342.0487100283,
    160978.52831512564,
    16326.089221756563,
];

/// The polynomial at `a`, divided by `a + k`.
#[inline(always)]
fn short_flat<I: Isa, const N: usize>(a: f64, k: f64, of: &[f64; N]) -> f64 {
    let inverse = 1.0 / (a + k);
    polynomial::<I, f64, _>((a - k) * inverse, of) * inverse
}

impl Formula<f32> for Erf {
    #[inline(always)]
    fn of<I: Isa, F: narrow::Real>(x: F) -> F {
        let a = clamp(x.abs(), 0.0, 3.93);
        // The first two terms one after the other: in two chains they would round as often, but
        // to more.
        let [first, second] = NARROW_ERF_NEAR;
        let square = a * a;
        let rest = polynomial::<I, F, _>(square, &NARROW_ERF_NEAR_REST);
        let near = fma::<I, F>(rest, square, F::all(second));
        let near = fma::<I, F>(near, square, F::all(first));
        let near = fma::<I, F>(a, near, a);
        let far = narrow_exp2m1::<I, F>(polynomial::<I, F, _>(a - 1.0, &NARROW_ERF_FAR), 3);
        a.if_less(F::all(0.9), near, far).copysign(x)
    }
}

impl Function<f32> for Erfc {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        let a = f64::from(clamp(x.abs(), 0.0, 10.3));
        let value = short_exp::<I>(-a * a) * short_flat::<I, _>(a, 3.0, &SHORT_ERFC);
        (if x < 0.0 { 2.0 - value } else { value }) as f32
    }
}

/// As [`Gelu`] of `f64` is, but no more exact than `f32` needs it.
#[inline(always)]
fn short_gelu<I: Isa, F: wide::Real>(x: F) -> F {
    const HALF: f64 = 0.5 * std::f64::consts::LOG2_E;
    let bound = F::all(14.7);
    // NaN comes in again at the end.
    let a = x.abs().if_less(bound, x.abs(), bound);
    let square = a * a;
    let whole = fma::<I, F>(square, F::all(HALF), F::all(wide::ROUND));
    let r = fma::<I, F>(square, F::all(-HALF), whole - wide::ROUND);
    // The whole number goes to the exponent.
    let e = monic::<I, F, _>(r, &SHORT_GELU_POWER).bits_minus(whole.bits_up(52));
    let over = a * e * monic::<I, F, _>(a, &SHORT_GELU_OVER);
    let zero = F::all(0.0);
    x.if_less(zero, zero, x) - over / in_turn::<I, F, _>(a, &SHORT_GELU_UNDER)
}

impl Function<f32> for Gelu {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        short_gelu::<I, f64>(f64::from(x)) as f32
    }

    const PACKED: bool = true;

    #[inline(always)]
    fn values<I: Isa>(x: Pack<f32>) -> Pack<f32> {
        let value = short_gelu::<I, Pack<f64>>(each!(k => f64::from(x.0[k])));
        each!(k => value.0[k] as f32)
    }
}
