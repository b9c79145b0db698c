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

use std::f64::consts::TAU;

use super::fused::{transform_f32, transform_f64};
use super::generator::Generator;
use super::uniform::{unit_f32, unit_f64};

/// Samples in a block; shorter fills are drawn one at a time.
pub(super) const BLOCK: usize = 16;

/// Fills `out` with normal samples, as `normal_` does for `float32`.
pub fn normal_f32(generator: &mut Generator, out: &mut [f32], mean: f64, std: f64) {
    if out.len() < BLOCK {
        normal_serial(generator, out, mean, std, narrow);
    } else {
        let (mean, std) = (narrow(mean), narrow(std));
        fill_blocks(generator, out, unit_f32, |blocks| transform_f32(blocks, mean, std));
    }
}

/// Fills `out` with normal samples, as `normal_` does for `float64`.
pub fn normal_f64(generator: &mut Generator, out: &mut [f64], mean: f64, std: f64) {
    if out.len() < BLOCK {
        normal_serial(generator, out, mean, std, |sample| sample);
    } else {
        fill_blocks(generator, out, unit_f64, |blocks| transform_f64(blocks, mean, std));
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
    let mut fill = |block: &mut [T; BLOCK]| {
        let mut samples = std::array::from_fn(|_| unit_f32(generator));
        transform_f32(std::slice::from_mut(&mut samples), mean, std);
        *block = samples.map(&round);
    };
    let (blocks, rest) = out.as_chunks_mut();
    let ragged = !rest.is_empty();
    blocks.iter_mut().for_each(&mut fill);
    if ragged && let Some(last) = out.last_chunk_mut() {
        fill(last);
    }
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
    let angle = TAU * unit_f64(generator);
    let radius = (-2.0 * (-unit_f64(generator)).ln_1p()).sqrt();
    generator.next_normal_f64 = Some(radius * angle.sin());
    radius * angle.cos()
}

/// Fills `out` with uniforms and transforms it block by block; a ragged end is
/// replaced by one more block.
fn fill_blocks<T>(
    generator: &mut Generator,
    out: &mut [T],
    draw: impl Fn(&mut Generator) -> T,
    transform: impl Fn(&mut [[T; BLOCK]]),
) {
    out.fill_with(|| draw(generator));
    let (blocks, rest) = out.as_chunks_mut();
    let ragged = !rest.is_empty();
    transform(blocks);
    if ragged && let Some(last) = out.last_chunk_mut() {
        last.fill_with(|| draw(generator));
        transform(std::slice::from_mut(last));
    }
}

/// Rounds to single precision.
fn narrow(value: f64) -> f32 {
    value as f32
}
