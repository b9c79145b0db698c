//! Real numbers in half the work: the even ones as real and the odd ones as imaginary parts of
//! half as many complex numbers, and what their transform has to do with the wanted one.
//!
//! With `m = length / 2`, `E` and `O` the transforms of the even and the odd elements and
//! `w = e**(-2πi k/length)`: the packed transform is `Z[k] = E[k] + i O[k]`, the wanted one
//! `X[k] = E[k] + w O[k]`, and both determine `E[k] = (Z[k] + conj Z[m-k]) / 2` and
//! `O[k] = (Z[k] - conj Z[m-k]) / 2i`. (Sorensen, Jones, Heideman, Burrus: Real-Valued Fast Fourier
//! Transform Algorithms, IEEE ASSP 35 (1987), section II B.)

use std::marker::PhantomData;

use rustfft::num_complex::Complex;

use super::plans::Real;
use crate::isa::{self, Body};

/// The packed transform, `m` numbers of `row`, becomes the first `m + 1` of the wanted one.
///
/// # Safety
///
/// `row` has room for `m + 1`, `twiddles` has `(m - 1) / 2`; both are ours alone.
pub(super) unsafe fn unpack<T: Real>(row: *mut Complex<T>, m: usize, twiddles: &[Complex<T>]) {
    // SAFETY: the caller's contract.
    unsafe {
        let first = *row;
        *row = Complex::new(first.re + first.im, T::zero());
        *row.add(m) = Complex::new(first.re - first.im, T::zero());
        // `Body` has no constant operands.
        let addresses = [row.cast(), twiddles.as_ptr().cast_mut().cast()];
        isa::pick::<2, Unpack<T>>()(m, &addresses, &[0; 2]);
    }
}

/// The first `m` numbers of a transform in `row`, and the next one, `last`, become the packed
/// transform, twice as large.
///
/// # Safety
///
/// `row` has `m`, `twiddles` `(m - 1) / 2`; both are ours alone.
pub(super) unsafe fn pack<T: Real>(
    row: *mut Complex<T>,
    m: usize,
    last: Complex<T>,
    twiddles: &[Complex<T>],
) {
    // SAFETY: the caller's contract.
    unsafe {
        let first = *row;
        *row = Complex::new(first.re + last.re, first.re - last.re);
        let addresses = [row.cast(), twiddles.as_ptr().cast_mut().cast()];
        isa::pick::<2, Pack<T>>()(m, &addresses, &[0; 2]);
    }
}

/// The numbers `1..m` of a row.
struct Pairs<'a, T> {
    /// The lower half, and the upper: partners count from its end.
    lower: &'a mut [Complex<T>],
    upper: &'a mut [Complex<T>],
    /// The one in the middle, its own partner, where there is one.
    middle: &'a mut [Complex<T>],
    twiddles: &'a [Complex<T>],
}

/// # Safety
///
/// As [`pack`] and [`unpack`].
#[inline(always)]
unsafe fn pairs<'a, T: Real>(m: usize, &[row, twiddles]: &[*mut u8; 2]) -> Pairs<'a, T> {
    let count = m.saturating_sub(1) / 2;
    let start = row.cast::<Complex<T>>().wrapping_add(1);
    // SAFETY: the caller's contract; three parts that do not touch.
    unsafe {
        Pairs {
            lower: std::slice::from_raw_parts_mut(start, count),
            upper: std::slice::from_raw_parts_mut(start.wrapping_add(m - 1 - count), count),
            middle: std::slice::from_raw_parts_mut(start.wrapping_add(count), m - 1 - 2 * count),
            twiddles: std::slice::from_raw_parts(twiddles.cast::<Complex<T>>(), count),
        }
    }
}

struct Unpack<T>(PhantomData<T>);

impl<T: Real> Body<2> for Unpack<T> {
    #[inline(always)]
    unsafe fn run(m: usize, addresses: &[*mut u8; 2], _: &[isize; 2]) {
        // SAFETY: `unpack`'s contract.
        let Pairs { lower, upper, middle, twiddles } = unsafe { pairs::<T>(m, addresses) };
        let half = T::nearest(0.5);
        for ((a, b), w) in lower.iter_mut().zip(upper.iter_mut().rev()).zip(twiddles) {
            let sum = Complex::new((a.re + b.re) * half, (a.im - b.im) * half);
            let difference = Complex::new(a.re - b.re, a.im + b.im);
            let turned = Complex::new(
                difference.re * w.re - difference.im * w.im,
                difference.re * w.im + difference.im * w.re,
            );
            *a = Complex::new(sum.re + turned.re, sum.im + turned.im);
            *b = Complex::new(sum.re - turned.re, turned.im - sum.im);
        }
        for middle in middle {
            middle.im = -middle.im;
        }
    }
}

struct Pack<T>(PhantomData<T>);

impl<T: Real> Body<2> for Pack<T> {
    #[inline(always)]
    unsafe fn run(m: usize, addresses: &[*mut u8; 2], _: &[isize; 2]) {
        // SAFETY: `pack`'s contract.
        let Pairs { lower, upper, middle, twiddles } = unsafe { pairs::<T>(m, addresses) };
        let two = T::nearest(2.0);
        for ((a, b), w) in lower.iter_mut().zip(upper.iter_mut().rev()).zip(twiddles) {
            let sum = Complex::new(a.re + b.re, a.im - b.im);
            let difference = Complex::new((a.re - b.re) * two, (a.im + b.im) * two);
            let turned = Complex::new(
                difference.re * w.re + difference.im * w.im,
                difference.im * w.re - difference.re * w.im,
            );
            *a = Complex::new(sum.re + turned.re, sum.im + turned.im);
            *b = Complex::new(sum.re - turned.re, turned.im - sum.im);
        }
        for middle in middle {
            *middle = Complex::new(middle.re * two, -middle.im * two);
        }
    }
}
