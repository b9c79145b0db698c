//! A register full of real numbers, by name: the passes of this folder add several columns at a
//! time, and a compiler that is left to find the vectors looks for them across the columns.

use faer::traits::RealField;

use super::Field;

/// `f32` and `f64`.
pub(super) trait Real:
    Field<Real = Self> + RealField + std::ops::Add<Output = Self> + std::ops::Neg<Output = Self>
{
    const ZERO: Self;
    const ONE: Self;
    const HALF: Self;
    /// How much the product with a row may be magnified: what was too small for it is still far
    /// below the errors of rounding.
    const LARGE: Self;

    /// The number without its sign.
    fn size(self) -> Self;

    /// A register of a processor that has fused multiply-adds.
    type Register: Vector<Self>;
}

/// Some numbers of type `T`.
pub(super) trait Vector<T>: Copy {
    /// How many.
    const LANES: usize;

    /// The same number in all lanes.
    ///
    /// # Safety
    ///
    /// Of this and the others: the processor has the registers. Addresses are those of as many
    /// numbers as there are lanes, to read or to write.
    unsafe fn splat(value: T) -> Self;
    unsafe fn load(from: *const T) -> Self;
    unsafe fn store(self, to: *mut T);
    unsafe fn add(self, other: Self) -> Self;

    /// `self * factor + other`.
    unsafe fn fused(self, factor: Self, other: Self) -> Self;

    /// The sum of all lanes.
    unsafe fn sum(self) -> T;
}

/// One number, on processors without such registers.
impl<T: Real> Vector<T> for T {
    const LANES: usize = 1;

    #[inline(always)]
    unsafe fn splat(value: T) -> Self {
        value
    }

    #[inline(always)]
    unsafe fn load(from: *const T) -> Self {
        // SAFETY: the caller's contract.
        unsafe { *from }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut T) {
        // SAFETY: the caller's contract.
        unsafe { *to = self }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self + other
    }

    #[inline(always)]
    unsafe fn fused(self, factor: Self, other: Self) -> Self {
        self * factor + other
    }

    #[inline(always)]
    unsafe fn sum(self) -> T {
        self
    }
}

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64 as arch;

#[cfg(target_arch = "aarch64")]
use std::arch::aarch64 as arch;

macro_rules! real {
    ($($type:ident: $large:literal, $register:ty;)+) => {$(
        impl Real for $type {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const HALF: Self = 0.5;
            const LARGE: Self = $large;
            type Register = $register;

            #[inline(always)]
            fn size(self) -> Self {
                self.abs()
            }
        }
    )+};
}

#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
macro_rules! vector {
    ($register:ident of $lanes:literal $type:ident:
     $splat:ident $load:ident $store:ident $add:ident $fused:ident) => {
        impl Vector<$type> for arch::$register {
            const LANES: usize = $lanes;

            #[inline(always)]
            unsafe fn splat(value: $type) -> Self {
                // SAFETY: the caller's contract.
                unsafe { arch::$splat(value) }
            }

            #[inline(always)]
            unsafe fn load(from: *const $type) -> Self {
                // SAFETY: the caller's contract.
                unsafe { arch::$load(from) }
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut $type) {
                // SAFETY: the caller's contract.
                unsafe { arch::$store(to, self) }
            }

            #[inline(always)]
            unsafe fn add(self, other: Self) -> Self {
                // SAFETY: the caller's contract.
                unsafe { arch::$add(self, other) }
            }

            #[inline(always)]
            unsafe fn fused(self, factor: Self, other: Self) -> Self {
                // SAFETY: the caller's contract.
                #[cfg(target_arch = "x86_64")]
                unsafe {
                    arch::$fused(self, factor, other)
                }
                // SAFETY: the caller's contract.
                #[cfg(target_arch = "aarch64")]
                unsafe {
                    arch::$fused(other, self, factor)
                }
            }

            /// Halves first.
            #[inline(always)]
            unsafe fn sum(self) -> $type {
                let mut lanes = [0.0; $lanes];
                // SAFETY: the caller's contract.
                unsafe { self.store(lanes.as_mut_ptr()) };
                let mut width = lanes.len();
                while width > 1 {
                    width /= 2;
                    for lane in 0..width {
                        lanes[lane] += lanes[lane + width];
                    }
                }
                lanes[0]
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
mod registers {
    use super::*;

    real! { f32: 1e18, arch::__m256; f64: 1e150, arch::__m256d; }
    vector! { __m256 of 8 f32:
    _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps _mm256_add_ps _mm256_fmadd_ps }
    vector! { __m256d of 4 f64:
    _mm256_set1_pd _mm256_loadu_pd _mm256_storeu_pd _mm256_add_pd _mm256_fmadd_pd }
}

#[cfg(target_arch = "aarch64")]
mod registers {
    use super::*;

    real! { f32: 1e18, arch::float32x4_t; f64: 1e150, arch::float64x2_t; }
    vector! { float32x4_t of 4 f32: vdupq_n_f32 vld1q_f32 vst1q_f32 vaddq_f32 vfmaq_f32 }
    vector! { float64x2_t of 2 f64: vdupq_n_f64 vld1q_f64 vst1q_f64 vaddq_f64 vfmaq_f64 }
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
real! { f32: 1e18, f32; f64: 1e150, f64; }
