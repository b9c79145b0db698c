//! Inverse hyperbolic and circular functions.
//!
//! T. E. Hull, T. F. Fairgrieve and P. T. P. Tang, "Implementing the complex arcsine and
//! arccosine functions using exception handling", ACM TOMS 23 (1997), with the thresholds and
//! the special values of FreeBSD's `catrig.c` (msun, S. Montgomery-Smith, BSD licence).

use std::f64::consts::{E, FRAC_PI_2, LN_2};

use tensorbridge_core::dtype::Complex64;

use super::{NAN, exchanged, functions, pair};
use crate::isa::Isa;
use crate::loops::math::real;

const EPSILON: f64 = f64::EPSILON;
/// Beyond this, 1 is lost beside `z ** 2`.
const LARGE: f64 = 1.0 / EPSILON;
/// Below this, `z ** 3` is lost beside `z`: sqrt(6 eps) / 4 and sqrt(3 eps) / 2.
const SMALL: f64 = 9.1e-9;
const SMALL_TANGENT: f64 = 1.29e-8;
/// What FRAC_PI_2 lacks.
const FRAC_PI_2_REST: f64 = 6.123233995736766e-17;
/// Where the squares of subnormal numbers would be lost, and of large ones overflow.
const FOUR_SQRT_MIN: f64 = f64::from_bits((1023 - 509) << 52);
const SQRT_MIN: f64 = f64::from_bits((1023 - 511) << 52);
const QUARTER_SQRT_MAX: f64 = f64::from_bits((1023 + 509) << 52);
/// The crossovers of Hull, Fairgrieve and Tang.
const A_CROSSOVER: f64 = 10.0;
const B_CROSSOVER: f64 = 0.6417;

/// Half of `hypot(a, b) - b`, without cancellation.
fn half_excess(a: f64, b: f64, hypot: f64) -> f64 {
    if b < 0.0 {
        (hypot - b) / 2.0
    } else if b == 0.0 {
        a / 2.0
    } else {
        a * a / (hypot + b) / 2.0
    }
}

/// How the angle is told: by its sine or by a point on its leg.
enum Angle {
    Sine(f64),
    Leg { opposite: f64, adjacent: f64 },
}

/// The real part of `asinh(x + y j)` and the angle that its imaginary part is, for `x` and `y`
/// of at least 0 and moderate size.
fn hard_work(x: f64, y: f64) -> (f64, Angle) {
    let (r, s) = (x.hypot(y + 1.0), x.hypot(y - 1.0));
    let a = f64::max(0.5 * (r + s), 1.0);
    let real = if a >= A_CROSSOVER {
        (a + (a * a - 1.0).sqrt()).ln()
    } else if y == 1.0 && x < EPSILON * EPSILON / 128.0 {
        x.sqrt()
    } else if x >= EPSILON * (y - 1.0).abs() {
        let excess = half_excess(x, 1.0 + y, r) + half_excess(x, 1.0 - y, s);
        (excess + (excess * (a + 1.0)).sqrt()).ln_1p()
    } else if y < 1.0 {
        x / ((1.0 - y) * (1.0 + y)).sqrt()
    } else {
        ((y - 1.0) + ((y - 1.0) * (y + 1.0)).sqrt()).ln_1p()
    };
    if y < FOUR_SQRT_MIN {
        let leg = Angle::Leg { opposite: y * (2.0 / EPSILON), adjacent: a * (2.0 / EPSILON) };
        return (real, leg);
    }
    let sine = y / a;
    if sine <= B_CROSSOVER {
        return (real, Angle::Sine(sine));
    }
    let (opposite, adjacent) = if y == 1.0 && x < EPSILON / 128.0 {
        (y, x.sqrt() * (0.5 * (a + y)).sqrt())
    } else if x >= EPSILON * (y - 1.0).abs() {
        let excess = half_excess(x, y + 1.0, r) + half_excess(x, y - 1.0, s);
        (y, (excess * (a + y)).sqrt())
    } else if y > 1.0 {
        let scale = 4.0 / EPSILON / EPSILON;
        (y * scale, x * scale * y / ((y + 1.0) * (y - 1.0)).sqrt())
    } else {
        (y, ((1.0 - y) * (1.0 + y)).sqrt())
    };
    (real, Angle::Leg { opposite, adjacent })
}

/// The logarithm of a number that is larger than [`LARGE`].
fn log_of_large(z: Complex64) -> Complex64 {
    let (re, im) = (z.re.abs(), z.im.abs());
    let (large, small) = if re < im { (im, re) } else { (re, im) };
    let magnitude = if large > f64::MAX / 2.0 {
        (z.re / E).hypot(z.im / E).ln() + 1.0
    } else if large > QUARTER_SQRT_MAX || small < SQRT_MIN {
        z.re.hypot(z.im).ln()
    } else {
        0.5 * (large * large + small * small).ln()
    };
    pair(magnitude, z.im.atan2(z.re))
}

/// The inverse hyperbolic sine, as C99 G.6.2.2.
pub(super) fn asinh(z: Complex64) -> Complex64 {
    let Complex64 { re, im } = z;
    let (x, y) = (re.abs(), im.abs());
    if re.is_nan() || im.is_nan() {
        return if re.is_infinite() {
            pair(re, f64::NAN)
        } else if im.is_infinite() {
            pair(im, f64::NAN)
        } else if im == 0.0 {
            pair(f64::NAN, im)
        } else {
            NAN
        };
    }
    if x > LARGE || y > LARGE {
        let log = log_of_large(if re.is_sign_negative() { -z } else { z });
        return pair((log.re + LN_2).copysign(re), log.im.copysign(im));
    }
    if x < SMALL && y < SMALL {
        return z;
    }
    let (real, angle) = hard_work(x, y);
    let angle = match angle {
        Angle::Sine(sine) => sine.asin(),
        Angle::Leg { opposite, adjacent } => opposite.atan2(adjacent),
    };
    pair(real.copysign(re), angle.copysign(im))
}

/// The inverse sine: `-i asinh(i z)`, written with the parts exchanged.
pub(super) fn asin(z: Complex64) -> Complex64 {
    exchanged(asinh(exchanged(z)))
}

/// The inverse cosine, as C99 G.6.1.1.
pub(super) fn acos(z: Complex64) -> Complex64 {
    let Complex64 { re, im } = z;
    let (x, y) = (re.abs(), im.abs());
    if re.is_nan() || im.is_nan() {
        return if re.is_infinite() {
            pair(f64::NAN, f64::NEG_INFINITY)
        } else if im.is_infinite() {
            pair(f64::NAN, -im)
        } else if re == 0.0 {
            pair(FRAC_PI_2, f64::NAN)
        } else {
            NAN
        };
    }
    let below = |size: f64| if im.is_sign_negative() { size } else { -size };
    if x > LARGE || y > LARGE {
        let log = log_of_large(z);
        return pair(log.im.abs(), below(log.re + LN_2));
    }
    if re == 1.0 && im == 0.0 {
        return pair(0.0, -im);
    }
    if x < SMALL && y < SMALL {
        return pair(FRAC_PI_2 - (re - FRAC_PI_2_REST), -im);
    }
    let (size, angle) = hard_work(y, x);
    let angle = match angle {
        Angle::Sine(sine) => sine.copysign(re).acos(),
        Angle::Leg { opposite, adjacent } => adjacent.atan2(opposite.copysign(re)),
    };
    pair(angle, below(size))
}

/// The inverse hyperbolic cosine, as C99 G.6.2.1 with the correction of defect report 471: the
/// inverse cosine turned into the right half plane.
pub(super) fn acosh(z: Complex64) -> Complex64 {
    let Complex64 { re, im } = acos(z);
    if re.is_nan() {
        return pair(im.abs(), re);
    }
    pair(im.abs(), re.copysign(z.im))
}

/// `x / (x * x + y * y)` without overflow.
fn real_part_of_reciprocal(x: f64, y: f64) -> f64 {
    let exponent = |value: f64| ((value.to_bits() >> 52) & 0x7ff) as i64;
    let (of_x, of_y) = (exponent(x), exponent(y));
    const CUTOFF: i64 = 53 / 2 + 1;
    if of_x - of_y >= CUTOFF || x.is_infinite() {
        1.0 / x
    } else if of_y - of_x >= CUTOFF {
        x / y / y
    } else if of_x <= 1023 + 512 - CUTOFF {
        x / (x * x + y * y)
    } else {
        let scale = f64::from_bits((0x7ff - of_x as u64) << 52);
        let (x, y) = (x * scale, y * scale);
        x / (x * x + y * y) * scale
    }
}

/// The inverse hyperbolic tangent, as C99 G.6.2.3.
pub(super) fn atanh(z: Complex64) -> Complex64 {
    let Complex64 { re, im } = z;
    let (x, y) = (re.abs(), im.abs());
    if im == 0.0 && x <= 1.0 {
        return pair((0.5 * (2.0 * x / (1.0 - x)).ln_1p()).copysign(re), im);
    }
    if re == 0.0 {
        return pair(re, im.atan());
    }
    if re.is_nan() || im.is_nan() {
        return if re.is_infinite() {
            pair(0_f64.copysign(re), f64::NAN)
        } else if im.is_infinite() {
            pair(0_f64.copysign(re), FRAC_PI_2.copysign(im))
        } else {
            NAN
        };
    }
    if x > LARGE || y > LARGE {
        return pair(real_part_of_reciprocal(re, im), FRAC_PI_2.copysign(im));
    }
    if x < SMALL_TANGENT && y < SMALL_TANGENT {
        return z;
    }
    let real = if x == 1.0 && y < EPSILON {
        0.5 * (LN_2 - y.ln())
    } else {
        let square = if y < SQRT_MIN { 0.0 } else { y * y };
        (4.0 * x / ((x - 1.0) * (x - 1.0) + square)).ln_1p() / 4.0
    };
    let twice = if x == 1.0 {
        2_f64.atan2(-y)
    } else if y < EPSILON {
        (2.0 * y).atan2((1.0 - x) * (1.0 + x))
    } else {
        (2.0 * y).atan2((1.0 - x) * (1.0 + x) - y * y)
    };
    pair(real.copysign(re), (0.5 * twice).copysign(im))
}

/// The inverse tangent: `-i atanh(i z)`, written with the parts exchanged.
pub(super) fn atan(z: Complex64) -> Complex64 {
    exchanged(atanh(exchanged(z)))
}

/// Whether the squares in [`parts`] neither overflow nor vanish.
#[inline(always)]
fn is_usual(z: Complex64) -> bool {
    let visible = |part: f64| (part == 0.0) | (part.abs() > 1e-140);
    visible(z.re) & visible(z.im) & (z.re.abs() + z.im.abs() < 1e140)
}

/// [`half_excess`] without branches, for `hypot` of `a` and `b`.
#[inline(always)]
fn usual_half_excess(a: f64, b: f64, hypot: f64) -> f64 {
    let sum = hypot + b;
    let quotient = if sum > 0.0 { a * (a / sum) } else { 0.0 };
    0.5 * if b < 0.0 { hypot - b } else { quotient }
}

/// The real part of `asinh(x + y j)` and the leg beside `y` whose angle is its imaginary part,
/// for `x` and `y` of at least 0: [`hard_work`] without its shortcuts.
#[inline(always)]
fn parts<I: Isa>(x: f64, y: f64) -> (f64, f64) {
    let (above, below) = (y + 1.0, y - 1.0);
    let r = (x * x + above * above).sqrt();
    let s = (x * x + below * below).sqrt();
    let a = 0.5 * (r + s);
    let a = if a < 1.0 { 1.0 } else { a };
    let far = usual_half_excess(x, above, r);
    let excess = far + usual_half_excess(x, -below, s);
    let real = real::ln_1p::<I>(excess + (excess * (a + 1.0)).sqrt());
    let leg = far + usual_half_excess(x, below, s);
    (real, (leg * (a + y)).sqrt())
}

#[inline(always)]
fn usual_asinh<I: Isa>(z: Complex64) -> Complex64 {
    let (real, adjacent) = parts::<I>(z.re.abs(), z.im.abs());
    let angle = real::atan2::<I>(z.im.abs(), adjacent);
    pair(real.copysign(z.re), angle.copysign(z.im))
}

/// The angle of the inverse cosine and the size of its other part.
#[inline(always)]
fn usual_acos<I: Isa>(z: Complex64) -> (f64, f64) {
    let (size, adjacent) = parts::<I>(z.im.abs(), z.re.abs());
    (real::atan2::<I>(adjacent, z.re), size)
}

#[inline(always)]
fn usual_atanh<I: Isa>(z: Complex64) -> Complex64 {
    let (x, y) = (z.re.abs(), z.im.abs());
    let real = real::ln_1p::<I>(4.0 * x / ((x - 1.0) * (x - 1.0) + y * y)) / 4.0;
    let twice = real::atan2::<I>(2.0 * y, (1.0 - x) * (1.0 + x) - y * y);
    pair(real.copysign(z.re), (0.5 * twice).copysign(z.im))
}

functions! {
    Asinh = asinh;
    usual(z) is_usual(z) => usual_asinh::<I>(z);
    Asin = asin;
    usual(z) is_usual(z) => exchanged(usual_asinh::<I>(exchanged(z)));
    Acos = acos;
    usual(z) is_usual(z) => {
        let (angle, size) = usual_acos::<I>(z);
        pair(angle, if z.im.is_sign_negative() { size } else { -size })
    };
    Acosh = acosh;
    usual(z) is_usual(z) => {
        let (angle, size) = usual_acos::<I>(z);
        pair(size, angle.copysign(z.im))
    };
    Atanh = atanh;
    usual(z) is_usual(z) => usual_atanh::<I>(z);
    Atan = atan;
    usual(z) is_usual(z) => exchanged(usual_atanh::<I>(exchanged(z)));
}
