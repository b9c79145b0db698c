//! Square roots, reciprocals and distances.

use super::float::{fast_two_sum, product_rest, two_product};
use super::function::{Function, Function2};
use crate::isa::Isa;

pub(super) struct Sqrt;
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
