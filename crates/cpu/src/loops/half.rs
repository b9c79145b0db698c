//! The two 16-bit floats to and from `f32`, without branches so that loops over them vectorise;
//! runs of `float16` by the instructions for it, where there are such.

use tensorbridge_core::dtype::{bf16, f16};

use super::Loop;
use super::body::{at, load, store};
use crate::isa::{Isa, Tiered, pick_tiered};

/// A 16-bit float that computes through `f32`.
pub(crate) trait Half: Copy {
    /// The value, exactly.
    fn widen(self) -> f32;
    /// The nearest value, ties to even.
    fn narrow(value: f32) -> Self;
}

impl Half for f16 {
    #[inline(always)]
    fn widen(self) -> f32 {
        const EXPONENT: u32 = 0x7c00 << 13;
        let bits = u32::from(self.to_bits());
        let magnitude = (bits & 0x7fff) << 13;
        let rebiased = magnitude + ((127 - 15) << 23);
        // Subnormal: let a subtraction of normal numbers find the leading bit.
        let subnormal =
            (f32::from_bits(rebiased + (1 << 23)) - f32::from_bits(113 << 23)).to_bits();
        let value = match magnitude & EXPONENT {
            // NaN is made a quiet one, as processors do.
            EXPONENT => {
                let quiet = if magnitude == EXPONENT { 0 } else { 1 << 22 };
                (rebiased + ((128 - 16) << 23)) | quiet
            }
            0 => subnormal,
            _ => rebiased,
        };
        f32::from_bits(value | (bits & 0x8000) << 16)
    }

    #[inline(always)]
    fn narrow(value: f32) -> Self {
        /// 2^-1, whose last bit weighs as much as the least f16 subnormal.
        const ROUND: f32 = 0.5;
        let bits = value.to_bits();
        let magnitude = bits & 0x7fff_ffff;
        let normal =
            magnitude.wrapping_sub((127 - 15) << 23).wrapping_add(0xfff + ((magnitude >> 13) & 1))
                >> 13;
        let subnormal = (f32::from_bits(magnitude) + ROUND).to_bits().wrapping_sub(ROUND.to_bits());
        let nan = 0x7e00 | ((magnitude >> 13) & 0x3ff);
        let rounded = if magnitude > 0x7f80_0000 {
            nan
        } else if magnitude >= (127 + 16) << 23 {
            0x7c00
        } else if magnitude < 113 << 23 {
            subnormal
        } else {
            normal
        };
        Self::from_bits((rounded | (bits >> 16 & 0x8000)) as u16)
    }
}

impl Half for bf16 {
    #[inline(always)]
    fn widen(self) -> f32 {
        f32::from_bits(u32::from(self.to_bits()) << 16)
    }

    #[inline(always)]
    fn narrow(value: f32) -> Self {
        let bits = value.to_bits();
        let rounded = bits.wrapping_add(0x7fff + (bits >> 16 & 1)) >> 16;
        let nan = bits >> 16 | 0x40;
        Self::from_bits(if value.is_nan() { nan } else { rounded } as u16)
    }
}

/// The loop from `float16` to `float32`; operands `[out, a]`.
pub(crate) fn widen_halves() -> Loop<2> {
    pick_tiered::<2, Widen>()
}

/// The loop from `float32` to `float16`; operands `[out, a]`.
pub(crate) fn narrow_to_halves() -> Loop<2> {
    pick_tiered::<2, Narrow>()
}

struct Widen;
struct Narrow;

macro_rules! conversion {
    ($name:ident: $from:ty as $to:ty, $eight:ident, $value:ident => $one:expr) => {
        impl Tiered<2> for $name {
            #[inline(always)]
            unsafe fn run<I: Isa>(len: usize, &[out, a]: &[*mut u8; 2], steps: &[isize; 2]) {
                let (to, from) = (size_of::<$to>() as isize, size_of::<$from>() as isize);
                let mut index = 0;
                // SAFETY: the contract of `Loop`: every index below `len` is in reach of both
                // operands; the tier has the instructions.
                unsafe {
                    #[cfg(target_arch = "x86_64")]
                    if I::CONVERTS_HALVES && *steps == [to, from] {
                        while index + 8 <= len {
                            eight::$eight(at(out, to, index), at(a, from, index));
                            index += 8;
                        }
                    }
                    while index < len {
                        let $value = load::<$from>(at(a, steps[1], index), 0);
                        store::<$to>(at(out, steps[0], index), 0, $one);
                        index += 1;
                    }
                }
            }
        }
    };
}

conversion! { Widen: f16 as f32, widen, value => value.widen() }
conversion! { Narrow: f32 as f16, narrow, value => Half::narrow(value) }

/// `N` numbers, a multiple of eight, by instructions.
///
/// # Safety
///
/// [reach] and [alive] for them, and a tier that converts.
#[inline(always)]
pub(crate) unsafe fn widen_vectors<const N: usize>(from: *mut u8) -> [f32; N] {
    let mut wide = [0.0; N];
    for group in 0..N / 8 {
        let (to, from) = (at(wide.as_mut_ptr().cast(), 32, group), at(from, 16, group));
        // SAFETY: the caller's, and eight numbers of our own.
        #[cfg(target_arch = "x86_64")]
        unsafe {
            eight::widen(to, from);
        }
        #[cfg(not(target_arch = "x86_64"))]
        unreachable!("{to:?} {from:?}");
    }
    wide
}

/// The other way round.
///
/// # Safety
///
/// As [`widen_vectors`], and [permit].
#[inline(always)]
pub(crate) unsafe fn narrow_vectors<const N: usize>(to: *mut u8, wide: &[f32; N]) {
    for group in 0..N / 8 {
        let (to, from) = (at(to, 16, group), at(wide.as_ptr().cast_mut().cast(), 32, group));
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        unsafe {
            eight::narrow(to, from);
        }
        #[cfg(not(target_arch = "x86_64"))]
        unreachable!("{to:?} {from:?}");
    }
}

/// Eight numbers by one instruction.
#[cfg(target_arch = "x86_64")]
mod eight {
    use std::arch::x86_64::{
        _MM_FROUND_TO_NEAREST_INT, _mm_loadu_si128, _mm_storeu_si128, _mm256_cvtph_ps,
        _mm256_cvtps_ph, _mm256_loadu_ps, _mm256_storeu_ps,
    };

    /// # Safety
    ///
    /// [reach], [alive] and [permit] for eight elements of each, and a processor that can.
    #[inline]
    #[target_feature(enable = "avx,f16c")]
    pub(super) unsafe fn widen(out: *mut u8, a: *mut u8) {
        // SAFETY: the caller's.
        unsafe { _mm256_storeu_ps(out.cast(), _mm256_cvtph_ps(_mm_loadu_si128(a.cast()))) }
    }

    /// # Safety
    ///
    /// As [`widen`].
    #[inline]
    #[target_feature(enable = "avx,f16c")]
    pub(super) unsafe fn narrow(out: *mut u8, a: *mut u8) {
        // SAFETY: the caller's.
        unsafe {
            let eight = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(_mm256_loadu_ps(a.cast()));
            _mm_storeu_si128(out.cast(), eight);
        }
    }
}

/// `value` as `f32`, inexact results rounded to the neighbour with an odd last bit: rounding
/// that to 16 bits rounds only once.
#[inline(always)]
pub(crate) fn round_to_odd(value: f64) -> f32 {
    let near = value as f32;
    let back = f64::from(near);
    let bits = near.to_bits();
    // One towards zero where the magnitude was rounded up, so that `| 1` is the odd neighbour.
    let truncated = bits.wrapping_sub(u32::from(back.abs() > value.abs()));
    let exact = back == value || value.is_nan();
    f32::from_bits(if exact { bits } else { truncated | 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_half_widens_and_narrows_as_the_reference_does() {
        for bits in 0..=u16::MAX {
            let (half, brain) = (f16::from_bits(bits), bf16::from_bits(bits));
            let (wide, broad) = (half.widen(), brain.widen());
            assert_eq!(wide.is_nan(), half.is_nan());
            assert!(wide.to_bits() == half.to_f32().to_bits() || wide.is_nan(), "{bits:#x}");
            assert!(broad.to_bits() == brain.to_f32().to_bits() || broad.is_nan(), "{bits:#x}");
            assert!(f16::narrow(wide).to_bits() == bits || wide.is_nan());
            assert!(bf16::narrow(broad).to_bits() == bits || broad.is_nan());
        }
    }

    #[test]
    fn loops_convert_as_one_number_is_converted() {
        let mut halves: Vec<f16> = (0..=u16::MAX).map(f16::from_bits).collect();
        let mut wide = vec![0.0_f32; halves.len()];
        // Dense, with a rest; and every other.
        for (step, len) in [(1, halves.len() - 3), (2, halves.len() / 2)] {
            let (half, single) = (2 * step as isize, 4 * step as isize);
            let (small, great) = (halves.as_mut_ptr().cast(), wide.as_mut_ptr().cast());
            // SAFETY: `len` elements of both, `step` apart.
            unsafe { widen_halves()(len, &[great, small], &[single, half]) };
            for index in (0..len).map(|index| index * step) {
                assert_eq!(wide[index].to_bits(), halves[index].widen().to_bits());
            }
        }
        let mut wide: Vec<f32> = (0..1 << 16).map(|n| f32::from_bits(n * 65521)).collect();
        for (step, len) in [(1, wide.len() - 5), (2, wide.len() / 2)] {
            let (half, single) = (2 * step as isize, 4 * step as isize);
            let (small, great) = (halves.as_mut_ptr().cast(), wide.as_mut_ptr().cast());
            // SAFETY: as above.
            unsafe { narrow_to_halves()(len, &[small, great], &[half, single]) };
            for index in (0..len).map(|index| index * step) {
                assert_eq!(halves[index].to_bits(), f16::narrow(wide[index]).to_bits());
            }
        }
    }

    #[test]
    fn narrowing_rounds_to_even() {
        for pattern in 0..1_u32 << 20 {
            // Spread over all exponents, and around every tie.
            for value in [pattern << 12, (pattern << 12) + 1, (pattern << 12).wrapping_sub(1)] {
                let value = f32::from_bits(value);
                let (half, brain) = (f16::narrow(value), bf16::narrow(value));
                if value.is_nan() {
                    assert!(half.is_nan() && brain.is_nan());
                    continue;
                }
                assert_eq!(half.to_bits(), f16::from_f32(value).to_bits(), "{value:e}");
                assert_eq!(brain.to_bits(), bf16::from_f32(value).to_bits(), "{value:e}");
                // Just off a tie in `f64`: no neighbour is nearer, at ties included.
                let nudged = f64::from(value) * (1.0 + 1e-12);
                let once = f16::narrow(round_to_odd(nudged));
                if once.is_finite() && nudged != 0.0 {
                    let distance = |bits: u16| (f16::from_bits(bits).to_f64() - nudged).abs();
                    let bits = once.to_bits();
                    assert!(distance(bits) <= distance(bits.wrapping_add(1)), "{nudged:e}");
                    assert!(bits & 0x7fff == 0 || distance(bits) <= distance(bits - 1));
                }
            }
        }
    }
}
