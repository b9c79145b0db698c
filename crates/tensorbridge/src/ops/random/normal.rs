//! Normally distributed numbers by the polar form of two uniform ones.
//!
//! The transform is that of G. E. P. Box and M. E. Muller, "A note on the
//! generation of random normal deviates", Annals of Mathematical Statistics
//! 29(2), 1958. It is used in two ways, told apart by the number of samples:
//!
//! * fewer than 16: one at a time in double precision, whatever the type; the
//!   pair's second half is kept in the generator for the next such draw;
//! * 16 or more: in blocks of 16, the first eight uniforms giving the radii and
//!   the last eight the angles. When the length is no multiple of 16, the last
//!   16 samples are drawn afresh. The kept half is neither used nor dropped.

use std::f32::consts::TAU as TAU_F32;
use std::f64::consts::TAU as TAU_F64;

use super::cephes;
use super::fused::fused;
use super::generator::Generator;
use super::uniform::{unit_f32, unit_f64};

/// Samples in a block; shorter fills are drawn one at a time.
const BLOCK: usize = 16;

/// Fills `out` with normal samples, as `normal_` does for `float32`.
pub fn normal_f32(generator: &mut Generator, out: &mut [f32], mean: f64, std: f64) {
    if out.len() < BLOCK {
        normal_serial(generator, out, mean, std, narrow);
    } else {
        let (mean, std) = (narrow(mean), narrow(std));
        fused(|| fill_blocks(generator, out, unit_f32, |block| transform_f32(block, mean, std)));
    }
}

/// Fills `out` with normal samples, as `normal_` does for `float64`.
pub fn normal_f64(generator: &mut Generator, out: &mut [f64], mean: f64, std: f64) {
    if out.len() < BLOCK {
        normal_serial(generator, out, mean, std, |sample| sample);
    } else {
        fused(|| fill_blocks(generator, out, unit_f64, |block| transform_f64(block, mean, std)));
    }
}

/// Fills `out` with normal samples rounded by `round`, as `normal_` does for
/// the 16-bit formats.
///
/// The blocks are those of [`normal_f32`], but uniforms are drawn only for
/// whole blocks: a ragged fill leaves the generator at an earlier position.
pub fn normal_reduced<T: Copy>(
    generator: &mut Generator,
    out: &mut [T],
    mean: f64,
    std: f64,
    round: impl Fn(f32) -> T,
) {
    if out.len() < BLOCK {
        return normal_serial(generator, out, mean, std, |sample| round(narrow(sample)));
    }
    let (mean, std) = (narrow(mean), narrow(std));
    fused(|| {
        let mut fill = |block: &mut [T; BLOCK]| {
            let mut samples = std::array::from_fn(|_| unit_f32(generator));
            transform_f32(&mut samples, mean, std);
            *block = samples.map(&round);
        };
        let (blocks, rest) = out.as_chunks_mut();
        let ragged = !rest.is_empty();
        blocks.iter_mut().for_each(&mut fill);
        if ragged && let Some(last) = out.last_chunk_mut() {
            fill(last);
        }
    });
}

/// Fills `out` one sample at a time, as `normal_` does for fewer than 16
/// samples, or for any number in a tensor that is not contiguous.
pub fn normal_serial<T>(
    generator: &mut Generator,
    out: &mut [T],
    mean: f64,
    std: f64,
    round: impl Fn(f64) -> T,
) {
    out.fill_with(|| round(standard_normal(generator).mul_add(std, mean)));
}

/// Takes the kept half of a pair, or draws a pair and keeps its second half.
fn standard_normal(generator: &mut Generator) -> f64 {
    if let Some(kept) = generator.next_normal_f64.take() {
        return kept;
    }
    let angle = TAU_F64 * unit_f64(generator);
    let radius = (-2.0 * (-unit_f64(generator)).ln_1p()).sqrt();
    generator.next_normal_f64 = Some(radius * angle.sin());
    radius * angle.cos()
}

/// Fills `out` with uniforms and transforms it block by block; a ragged end is
/// replaced by one more block.
#[inline(always)]
fn fill_blocks<T>(
    generator: &mut Generator,
    out: &mut [T],
    draw: impl Fn(&mut Generator) -> T,
    transform: impl Fn(&mut [T; BLOCK]),
) {
    out.fill_with(|| draw(generator));
    let (blocks, rest) = out.as_chunks_mut();
    let ragged = !rest.is_empty();
    blocks.iter_mut().for_each(&transform);
    if ragged && let Some(last) = out.last_chunk_mut() {
        last.fill_with(|| draw(generator));
        transform(last);
    }
}

/// Turns 16 single-precision uniforms into normal samples.
#[inline(always)]
fn transform_f32(block: &mut [f32; BLOCK], mean: f32, std: f32) {
    let (first, second) = block.split_at_mut(BLOCK / 2);
    for (a, b) in first.iter_mut().zip(second) {
        let radius = (-2.0 * cephes::ln(1.0 - *a)).sqrt();
        let (sine, cosine) = cephes::sin_cos(TAU_F32 * *b);
        *a = (radius * cosine).mul_add(std, mean);
        *b = (radius * sine).mul_add(std, mean);
    }
}

/// Turns 16 double-precision uniforms into normal samples.
#[inline(always)]
fn transform_f64(block: &mut [f64; BLOCK], mean: f64, std: f64) {
    let (first, second) = block.split_at_mut(BLOCK / 2);
    for (a, b) in first.iter_mut().zip(second) {
        let radius = (-2.0 * (1.0 - *a).ln()).sqrt();
        let angle = TAU_F64 * *b;
        *a = (radius * angle.cos()).mul_add(std, mean);
        *b = (radius * angle.sin()).mul_add(std, mean);
    }
}

/// Rounds to single precision.
fn narrow(value: f64) -> f32 {
    value as f32
}
