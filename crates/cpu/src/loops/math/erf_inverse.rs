//! The inverse of the error function: polynomials of what M. B. Giles takes ("Approximating the
//! erfinv function", GPU Computing Gems, 2011), `w = -log(1 - y²)` and its root; coefficients our
//! own, by interpolation at Chebyshev's nodes. To `f64` a step of Halley's adds the other digits.

use super::exponential::short_exp2;
use super::float::{fma, polynomial};
use super::function::Function;
use super::logarithm::short_log_of;
use super::normal::{Erf, Erfc};
use crate::isa::Isa;

pub(super) struct ErfInverse;

/// The inverse over `y`, in powers of `w - 25/8`, for `w` up to `FAR`.
const FAR: f64 = 6.25;
const CENTRE: [f64; 13] = [
    1.6536545626831027,
    0.24015817844735166,
    -0.006033671032285515,
    -0.0007406910325430195,
    0.00018673466051691629,
    -1.389214124592301e-05,
    -1.3658217507589212e-06,
    4.2698513895053384e-07,
    -2.895896037948332e-08,
    -4.752745619151995e-09,
    1.0363882341451174e-09,
    5.688216479117087e-12,
    -1.2570814414523687e-11,
];

/// The inverse over `s = sqrt(w)`, in powers of `1/s - 1/4`, for `w` from there to 37.8.
const TAIL: [f64; 10] = [
    0.9599458959955466,
    -0.19819614394090554,
    0.08022801120706176,
    0.5536477647854543,
    -0.8731605654292669,
    0.8858825592722276,
    -3.498696262898465,
    -2.2105560059792166,
    1.9538093615351388,
    92.40021469996553,
];

/// The inverse at `a` from 0 to 1, to about 2^-30.
#[inline(always)]
fn short<I: Isa>(a: f64) -> f64 {
    let u = (1.0 - a) * (1.0 + a);
    let w = -short_log_of::<I>(u, -a * a);
    let near = a * polynomial::<I, f64, _>(w - 3.125, &CENTRE);
    let s = w.sqrt();
    let far = s * polynomial::<I, f64, _>(1.0 / s - 0.25, &TAIL);
    if w < FAR { near } else { far }
}

/// The value with the sign of `y`, or what there is from 1 on.
#[inline(always)]
fn complete(y: f64, value: f64) -> f64 {
    let a = y.abs();
    let limit = if a == 1.0 { f64::INFINITY } else { f64::NAN };
    let value = if a < 1.0 { value } else { limit };
    (if a == 0.0 { 0.0 } else { value }).copysign(y)
}

impl Function<f64> for ErfInverse {
    #[inline(always)]
    fn value<I: Isa>(y: f64) -> f64 {
        let a = y.abs();
        let x = short::<I>(a);
        // Of small results the distance from 0, of others that from 1.
        let near = Erf::value::<I>(x) - a;
        let far = (1.0 - a) - Erfc::value::<I>(x);
        let missed = if a < 0.5 { near } else { far };
        let slope = short_exp2::<I>(x * x * std::f64::consts::LOG2_E);
        let step = missed * (HALF_SQRT_PI * slope);
        let value = x - step / fma::<I, f64>(x, step, 1.0);
        complete(y, value)
    }
}

/// `sqrt(π) / 2`
const HALF_SQRT_PI: f64 = 0.886226925452758;

impl Function<f32> for ErfInverse {
    #[inline(always)]
    fn value<I: Isa>(y: f32) -> f32 {
        complete(y.into(), short::<I>(f64::from(y.abs()))) as f32
    }
}
