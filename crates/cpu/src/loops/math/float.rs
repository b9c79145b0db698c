//! What the functions are made of: fused or separate products, polynomials, exact sums and
//! products, and the bits of a number.

use std::ops::{Add, Div, Mul, Neg, Sub};

use tensorbridge_core::Element;

use crate::isa::Isa;

/// A real number of 32 or 64 bits.
pub(crate) trait Float:
    Element
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// `2 ** k + 1` with `k` half the digits, rounded up: what splits a number in two of which
    /// products are exact.
    const SPLITTER: Self;
    fn mul_add(self, b: Self, c: Self) -> Self;
}

macro_rules! float {
    ($type:ident $splitter:literal) => {
        impl Float for $type {
            const SPLITTER: Self = $splitter;
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                self.mul_add(b, c)
            }
        }
    };
}

float! { f32 4097.0 }
float! { f64 134217729.0 }

/// `a * b + c`, rounded once where the tier can.
#[inline(always)]
pub(crate) fn fma<I: Isa, F: Float>(a: F, b: F, c: F) -> F {
    if I::FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// `c[0] + c[1] x + c[2] x² + …`, four terms at a time (Estrin): as many products as one after
/// another and two more, and a third of the time that a result is waited for.
// Counted by hand: loops over an inclusive range are unrolled too late to be vectorised around.
#[inline(always)]
pub(crate) fn polynomial<I: Isa, F: Float, const N: usize>(x: F, c: &[F; N]) -> F {
    if N < 5 {
        let (mut k, mut sum) = (N - 1, c[N - 1]);
        while k > 0 {
            k -= 1;
            sum = fma::<I, F>(sum, x, c[k]);
        }
        return sum;
    }
    let square = x * x;
    let fourth = square * square;
    let mut k = (N - 1) / 4 * 4;
    let mut sum = c[k];
    if N > k + 1 {
        sum = fma::<I, F>(c[k + 1], x, sum);
    }
    if N == k + 3 {
        sum = fma::<I, F>(c[k + 2], square, sum);
    }
    if N == k + 4 {
        sum = fma::<I, F>(fma::<I, F>(c[k + 3], x, c[k + 2]), square, sum);
    }
    while k > 0 {
        k -= 4;
        let low = fma::<I, F>(c[k + 1], x, c[k]);
        let high = fma::<I, F>(c[k + 3], x, c[k + 2]);
        sum = fma::<I, F>(sum, fourth, fma::<I, F>(high, square, low));
    }
    sum
}

/// `a + b` as the nearest number and the rest (Knuth).
#[inline(always)]
pub(crate) fn two_sum<F: Float>(a: F, b: F) -> (F, F) {
    let sum = a + b;
    let other = sum - a;
    (sum, (a - (sum - other)) + (b - other))
}

/// As [`two_sum`], where `a` is the greater in magnitude (Dekker).
#[inline(always)]
pub(crate) fn fast_two_sum<F: Float>(a: F, b: F) -> (F, F) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// The upper and the lower half of a number's digits (Veltkamp).
#[inline(always)]
fn split<F: Float>(a: F) -> (F, F) {
    let scaled = a * F::SPLITTER;
    let high = scaled - (scaled - a);
    (high, a - high)
}

/// `a * b` as the nearest number and the rest.
#[inline(always)]
pub(crate) fn two_product<I: Isa, F: Float>(a: F, b: F) -> (F, F) {
    let product = a * b;
    (product, product_rest::<I, F>(a, b, product))
}

/// `a * b - product`, exactly, where `product` is about `a * b`.
#[inline(always)]
pub(crate) fn product_rest<I: Isa, F: Float>(a: F, b: F, product: F) -> F {
    if I::FUSED {
        a.mul_add(b, -product)
    } else {
        let ((a, low_a), (b, low_b)) = (split(a), split(b));
        ((a * b - product) + a * low_b + low_a * b) + low_a * low_b
    }
}
