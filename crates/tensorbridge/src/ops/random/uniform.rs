//! Uniformly distributed floating-point numbers.
//!
//! A draw keeps as many low random bits as the type has significand bits and
//! scales them to `[0, 1)`: 24 bits of one word for single precision, 53 bits
//! of two words for double. The 16-bit formats are drawn in single precision
//! and rounded.

use super::fused::{scale_f32, scale_f64};
use super::generator::Generator;

/// Spacing of the single-precision draws.
const STEP_F32: f32 = 1.0 / (1_u32 << 24) as f32;

/// Samples of a 16-bit format that are drawn in single precision at a time.
const CHUNK: usize = 256;

/// Spacing of the double-precision draws.
const STEP_F64: f64 = 1.0 / (1_u64 << 53) as f64;

/// Fills `out` with samples of `[from, to)`, as `uniform_` does for `float32`.
pub fn uniform_f32(generator: &mut Generator, out: &mut [f32], from: f32, to: f32) {
    out.fill_with(|| unit_f32(generator));
    scale_f32(out, to - from, from);
    out.iter_mut().for_each(|sample| *sample = excluding(to, from, *sample));
}

/// Fills `out` with samples of `[from, to)`, as `uniform_` does for `float64`.
pub fn uniform_f64(generator: &mut Generator, out: &mut [f64], from: f64, to: f64) {
    out.fill_with(|| unit_f64(generator));
    scale_f64(out, to - from, from);
    out.iter_mut().for_each(|sample| *sample = excluding(to, from, *sample));
}

/// Fills `out` with samples of `[from, to)` rounded by `round`, as `uniform_`
/// does for the 16-bit formats.
///
/// The bounds are in single precision; they are rounded only to recognise a
/// sample that rounding has raised to the excluded bound.
pub fn uniform_reduced<T: Copy + PartialEq>(
    generator: &mut Generator,
    out: &mut [T],
    from: f32,
    to: f32,
    round: impl Fn(f32) -> T,
) {
    let (first, end) = (round(from), round(to));
    for part in out.chunks_mut(CHUNK) {
        let samples = &mut [0.0; CHUNK][..part.len()];
        samples.fill_with(|| unit_f32(generator));
        scale_f32(samples, to - from, from);
        for (slot, &sample) in part.iter_mut().zip(&*samples) {
            *slot = excluding(end, first, round(sample));
        }
    }
}

/// Draws a single-precision number of `[0, 1)`.
#[inline(always)]
pub(super) fn unit_f32(generator: &mut Generator) -> f32 {
    (generator.random() & 0x00ff_ffff) as f32 * STEP_F32
}

/// Draws a double-precision number of `[0, 1)`.
#[inline(always)]
pub(super) fn unit_f64(generator: &mut Generator) -> f64 {
    (generator.random64() & 0x001f_ffff_ffff_ffff) as f64 * STEP_F64
}

/// The sample, or the first value when rounding made it the excluded end.
#[inline(always)]
fn excluding<T: Copy + PartialEq>(end: T, first: T, sample: T) -> T {
    if sample == end { first } else { sample }
}
