//! What the functions are made of: fused or separate products, polynomials, exact sums and
//! products, and the bits of a number.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::isa::Isa;

/// A real number of 32 or 64 bits, or several of them side by side.
pub(crate) trait Float:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + Add<Self::One, Output = Self>
    + Sub<Self::One, Output = Self>
    + Mul<Self::One, Output = Self>
{
    /// One of them.
    type One: Copy;
    /// The bits of one.
    type Bits: Copy;
    /// `2 ** k + 1` with `k` half the digits, rounded up: what splits a number in two of which
    /// products are exact.
    const SPLITTER: Self::One;
    /// The same one everywhere.
    fn all(one: Self::One) -> Self;
    fn mul_add(self, b: Self, c: Self) -> Self;
    fn abs(self) -> Self;
    fn copysign(self, sign: Self) -> Self;
    /// The same done to the bits: added to, …
    fn bits_plus(self, bits: Self::Bits) -> Self;
    /// … with others taken from them, …
    fn bits_minus(self, other: Self) -> Self;
    /// … some kept, …
    fn bits_and(self, bits: Self::Bits) -> Self;
    /// … flipped where another has them, …
    fn bits_xor(self, other: Self) -> Self;
    /// … moved up, …
    fn bits_up(self, places: u32) -> Self;
    /// … moved down, …
    fn bits_down(self, places: u32) -> Self;
    /// … and, as a whole number with a sign, rounded.
    fn bits_as_number(self) -> Self;
    /// `yes` where `self < bound`, else `no`.
    fn if_less(self, bound: Self, yes: Self, no: Self) -> Self;
    /// `yes` where `self == other`, else `no`.
    fn if_equal(self, other: Self, yes: Self, no: Self) -> Self;
    /// `yes` where the lowest bit is set, else `no`.
    fn if_odd(self, yes: Self, no: Self) -> Self;
}

macro_rules! float {
    ($type:ident $bits:ident $splitter:literal) => {
        impl Float for $type {
            type One = Self;
            type Bits = $bits;
            const SPLITTER: Self = $splitter;
            #[inline(always)]
            fn all(one: Self) -> Self {
                one
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                self.mul_add(b, c)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                self.abs()
            }
            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                self.copysign(sign)
            }
            #[inline(always)]
            fn bits_plus(self, bits: $bits) -> Self {
                Self::from_bits(self.to_bits().wrapping_add(bits))
            }
            #[inline(always)]
            fn bits_minus(self, other: Self) -> Self {
                Self::from_bits(self.to_bits().wrapping_sub(other.to_bits()))
            }
            #[inline(always)]
            fn bits_and(self, bits: $bits) -> Self {
                Self::from_bits(self.to_bits() & bits)
            }
            #[inline(always)]
            fn bits_xor(self, other: Self) -> Self {
                Self::from_bits(self.to_bits() ^ other.to_bits())
            }
            #[inline(always)]
            fn bits_up(self, places: u32) -> Self {
                Self::from_bits(self.to_bits() << places)
            }
            #[inline(always)]
            fn bits_down(self, places: u32) -> Self {
                Self::from_bits(self.to_bits() >> places)
            }
            #[inline(always)]
            fn bits_as_number(self) -> Self {
                self.to_bits().cast_signed() as Self
            }
            #[inline(always)]
            fn if_less(self, bound: Self, yes: Self, no: Self) -> Self {
                if self < bound { yes } else { no }
            }
            #[inline(always)]
            fn if_equal(self, other: Self, yes: Self, no: Self) -> Self {
                if self == other { yes } else { no }
            }
            #[inline(always)]
            fn if_odd(self, yes: Self, no: Self) -> Self {
                if self.to_bits() & 1 != 0 { yes } else { no }
            }
        }
    };
}

float! { f32 u32 4097.0 }
float! { f64 u64 134217729.0 }

/// `a * b + c`, rounded once where the tier can.
#[inline(always)]
pub(crate) fn fma<I: Isa, F: Float>(a: F, b: F, c: F) -> F {
    if I::FUSED { a.mul_add(b, c) } else { a * b + c }
}

/// `c[0] + c[1] x + c[2] x² + …`, four terms at a time (Estrin): as many products as one after
/// another and two more, and a third of the time that a result is waited for.
// Counted by hand: loops over an inclusive range are unrolled too late to be vectorised around.
#[inline(always)]
pub(crate) fn polynomial<I: Isa, F: Float, const N: usize>(x: F, c: &[F::One; N]) -> F {
    if N < 5 {
        return in_turn::<I, F, N>(x, c);
    }
    let square = x * x;
    let fourth = square * square;
    let mut k = (N - 1) / 4 * 4;
    let mut sum = F::all(c[k]);
    if N > k + 1 {
        sum = fma::<I, F>(F::all(c[k + 1]), x, sum);
    }
    if N == k + 3 {
        sum = fma::<I, F>(F::all(c[k + 2]), square, sum);
    }
    if N == k + 4 {
        sum = fma::<I, F>(square, fma::<I, F>(F::all(c[k + 3]), x, F::all(c[k + 2])), sum);
    }
    while k > 0 {
        k -= 4;
        let low = fma::<I, F>(F::all(c[k + 1]), x, F::all(c[k]));
        let high = fma::<I, F>(F::all(c[k + 3]), x, F::all(c[k + 2]));
        sum = fma::<I, F>(sum, fourth, fma::<I, F>(high, square, low));
    }
    sum
}

/// The same one after another (Horner): the fewest products, where others fill the waiting.
#[inline(always)]
pub(crate) fn in_turn<I: Isa, F: Float, const N: usize>(x: F, c: &[F::One; N]) -> F {
    terms::<I, F, N>(x, c, F::all(c[N - 1]))
}

/// `c[0] + c[1] x + … + x ** N`, likewise.
#[inline(always)]
pub(crate) fn monic<I: Isa, F: Float, const N: usize>(x: F, c: &[F::One; N]) -> F {
    terms::<I, F, N>(x, c, x + c[N - 1])
}

/// All terms but those of the first sum.
#[inline(always)]
fn terms<I: Isa, F: Float, const N: usize>(x: F, c: &[F::One; N], mut sum: F) -> F {
    let mut k = N - 1;
    while k > 0 {
        k -= 1;
        sum = fma::<I, F>(sum, x, F::all(c[k]));
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
