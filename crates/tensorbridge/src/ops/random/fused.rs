//! Loops whose multiply-adds are one instruction, where the processor has it.
//!
//! The streams are defined with fused steps. Without the instruction each step is a call into
//! the mathematical library: the same bits, many times slower.

use super::cephes;
use super::normal::BLOCK;

/// Functions of a slice and two numbers, compiled for any processor and for one with fused
/// multiply-adds, and chosen among when they are called.
macro_rules! fused {
    ($($(#[$doc:meta])* fn $name:ident($slice:ident: $type:ty, $($number:ident: $number_type:ty),+) $body:block)+) => {$(
        $(#[$doc])*
        pub(super) fn $name($slice: $type, $($number: $number_type),+) {
            #[inline(always)]
            fn body($slice: $type, $($number: $number_type),+) $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn with_instructions($slice: $type, $($number: $number_type),+) {
                body($slice, $($number),+);
            }

            #[cfg(target_arch = "x86_64")]
            if std::arch::is_x86_feature_detected!("avx2")
                && std::arch::is_x86_feature_detected!("fma")
            {
                // SAFETY: the processor has both features, as was just seen.
                return unsafe { with_instructions($slice, $($number),+) };
            }
            body($slice, $($number),+);
        }
    )+};
}

fused! {
    /// `x * width + from` of every element.
    fn scale_f32(out: &mut [f32], width: f32, from: f32) {
        out.iter_mut().for_each(|x| *x = x.mul_add(width, from));
    }

    /// `x * width + from` of every element.
    fn scale_f64(out: &mut [f64], width: f64, from: f64) {
        out.iter_mut().for_each(|x| *x = x.mul_add(width, from));
    }

    /// Turns blocks of 16 single-precision uniforms into normal samples.
    fn transform_f32(blocks: &mut [[f32; BLOCK]], mean: f32, std: f32) {
        for block in blocks {
            let (first, second) = block.split_at_mut(BLOCK / 2);
            for (a, b) in first.iter_mut().zip(second) {
                let radius = (-2.0 * cephes::ln(1.0 - *a)).sqrt();
                let (sine, cosine) = cephes::sin_cos(std::f32::consts::TAU * *b);
                *a = (radius * cosine).mul_add(std, mean);
                *b = (radius * sine).mul_add(std, mean);
            }
        }
    }

    /// Turns blocks of 16 double-precision uniforms into normal samples.
    fn transform_f64(blocks: &mut [[f64; BLOCK]], mean: f64, std: f64) {
        for block in blocks {
            let (first, second) = block.split_at_mut(BLOCK / 2);
            for (a, b) in first.iter_mut().zip(second) {
                let radius = (-2.0 * (1.0 - *a).ln()).sqrt();
                let angle = std::f64::consts::TAU * *b;
                *a = (radius * angle.cos()).mul_add(std, mean);
                *b = (radius * angle.sin()).mul_add(std, mean);
            }
        }
    }
}
