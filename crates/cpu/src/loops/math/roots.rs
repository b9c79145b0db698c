//! Roots, reciprocals and distances.

use super::exponential::wide::{ROUND, power};
use super::float::{fast_two_sum, fma, polynomial, product_rest, two_product};
use super::function::{Function, Function2};
use super::logarithm::exponent_and_rest_of_any;
use crate::isa::Isa;

pub(super) struct Sqrt;
pub(super) struct ReciprocalSqrt;
pub(super) struct CubeRoot;
pub(super) struct Reciprocal;
pub(super) struct Hypot;

macro_rules! exact {
    ($($name:ident($x:ident) $value:expr;)+) => {$(
        exact! { @ f32 $name($x) $value }
        exact! { @ f64 $name($x) $value }
    )+};
    (@ $type:ident $name:ident($x:ident) $value:expr) => {
        impl Function<$type> for $name {
            #[inline(always)]
            fn value<I: Isa>($x: $type) -> $type {
                $value
            }
        }
    };
}

// The processor rounds both correctly.
exact! {
    Sqrt(x) x.sqrt();
    Reciprocal(x) 1.0 / x;
}

impl Function<f64> for ReciprocalSqrt {
    /// The reciprocal of the root, corrected by what both miss.
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        const UP: f64 = f64::from_bits((1023 + 200) << 52);
        const BACK: f64 = f64::from_bits((1023 + 100) << 52);
        // The rests of small numbers are in range.
        let small = x < 1e-250;
        let a = if small { x * UP } else { x };
        let root = a.sqrt();
        let value = 1.0 / root;
        let missed = product_rest::<I, f64>(root, root, a) * value;
        let left = fma::<I, f64>(0.5 * missed, value, -product_rest::<I, f64>(value, root, 1.0));
        let exact = fma::<I, f64>(value, left, value);
        let value = if value > 0.0 && value < f64::INFINITY { exact } else { value };
        if small { value * BACK } else { value }
    }
}

impl Function<f32> for ReciprocalSqrt {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        (1.0 / f64::from(x).sqrt()) as f32
    }
}

/// The cube root of numbers from √½ to √2, by interpolation at Chebyshev's nodes.
const CUBE_ROOT: [f64; 4] =
    [0.49515345405776395, 0.7317953965293592, -0.2827043645567611, 0.05581122472051606];
/// The cube roots of 1/2, 1 and 2.
const OCTAVES: [f64; 3] = [0.7937005259840998, 1.0, 1.2599210498948732];

/// `x > 0` as `2 ** 3n m`, its root as `2 ** n t` with `t` near that of `m`: `m`, `t` and `n`.
#[inline(always)]
fn cube_root<I: Isa>(x: f64) -> (f64, f64, f64) {
    let (k, near_one) = exponent_and_rest_of_any(x);
    let whole = fma::<I, f64>(k, 1.0 / 3.0, ROUND);
    let octave = k - 3.0 * (whole - ROUND);
    let pick = |low: f64, middle: f64, high: f64| {
        let value = if octave < 0.0 { low } else { middle };
        if octave > 0.0 { high } else { value }
    };
    // A step of Halley's.
    let t = polynomial::<I, f64, _>(near_one, &CUBE_ROOT);
    let cube = t * t * t;
    let t = t * (fma::<I, f64>(2.0, near_one, cube) / fma::<I, f64>(2.0, cube, near_one));
    let t = t * pick(OCTAVES[0], OCTAVES[1], OCTAVES[2]);
    (near_one * pick(0.5, 1.0, 2.0), t, whole)
}

impl Function<f64> for CubeRoot {
    /// And one of Newton's, by the exact cube: where the root is a number of few digits it is met.
    #[inline(always)]
    fn value<I: Isa>(x: f64) -> f64 {
        let a = x.abs();
        let (m, t, n) = cube_root::<I>(a);
        let (square, square_low) = two_product::<I, f64>(t, t);
        let (cube, cube_low) = two_product::<I, f64>(square, t);
        let more = (cube - m) + fma::<I, f64>(square_low, t, cube_low);
        let value = (t - more / (3.0 * square)) * power(n, 0);
        if a > 0.0 && a < f64::INFINITY { value.copysign(x) } else { x }
    }
}

impl Function<f32> for CubeRoot {
    #[inline(always)]
    fn value<I: Isa>(x: f32) -> f32 {
        let a = f64::from(x.abs());
        let (_, t, n) = cube_root::<I>(a);
        let value = (t * power(n, 0)) as f32;
        if a > 0.0 && a < f64::INFINITY { value.copysign(x) } else { x }
    }
}

impl Function2<f32> for Hypot {
    #[inline(always)]
    fn value<I: Isa>(a: f32, b: f32) -> f32 {
        let (a, b) = (f64::from(a.abs()), f64::from(b.abs()));
        let value = (a * a + b * b).sqrt();
        (if a == f64::INFINITY || b == f64::INFINITY { f64::INFINITY } else { value }) as f32
    }
}

impl Function2<f64> for Hypot {
    /// The root of the exact sum of squares, corrected by what it misses (Borges, "An improved
    /// algorithm for hypot(a, b)", 2019).
    #[inline(always)]
    fn value<I: Isa>(a: f64, b: f64) -> f64 {
        let (a, b) = (a.abs(), b.abs());
        let (most, least) = if a < b { (b, a) } else { (a, b) };
        let scale = if most > 1e150 { 1.0 / GREAT } else { 1.0 };
        let scale = if most < 1e-150 { GREAT } else { scale };
        let (x, y) = (most * scale, least * scale);
        let (square, low) = two_product::<I, f64>(x, x);
        let (other, other_low) = two_product::<I, f64>(y, y);
        let (sum, rounded) = fast_two_sum(square, other);
        let root = sum.sqrt();
        let rest = rounded + (low + other_low) - product_rest::<I, f64>(root, root, sum);
        let value = root + rest * (0.5 / root);
        let value = if most > 0.0 { value / scale } else { most };
        let unbounded = a == f64::INFINITY || b == f64::INFINITY;
        let value = if unbounded { f64::INFINITY } else { value };
        if !unbounded && (a.is_nan() || b.is_nan()) { a + b } else { value }
    }
}

/// 2 ** 600
const GREAT: f64 = {
    let third = (1_u128 << 100) as f64 * (1_u128 << 100) as f64;
    third * third * third
};
