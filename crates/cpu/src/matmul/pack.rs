//! Lines of a matrix side by side, whatever way they lie in memory.

use std::arch::x86_64::{
    _mm256_loadu_pd, _mm256_loadu_ps, _mm256_permute2f128_pd, _mm256_permute2f128_ps,
    _mm256_setzero_pd, _mm256_setzero_ps, _mm256_shuffle_ps, _mm256_storeu_pd, _mm256_storeu_ps,
    _mm256_unpackhi_pd, _mm256_unpackhi_ps, _mm256_unpacklo_pd, _mm256_unpacklo_ps,
};

use super::Matrix;
use crate::loops::body::{at, load, store};

/// The most lines that are turned together.
const MOST: usize = 8;

/// What is moved as one, whatever it means.
pub(super) trait Unit: Copy {
    const ZERO: Self;

    /// Lines that are turned together, and steps of each.
    const RUN: usize;

    /// Writes the first element of each of [`Unit::RUN`] lines side by side at `to`, and those that
    /// follow `width` elements further on each.
    ///
    /// # Safety
    ///
    /// There are as many steps, and room for them, and the processor has AVX.
    unsafe fn turn(lines: [*mut u8; MOST], to: *mut u8, width: usize);
}

impl Unit for [f64; 2] {
    const ZERO: Self = [0.0; 2];
    const RUN: usize = 1;

    #[inline(always)]
    unsafe fn turn([line, ..]: [*mut u8; MOST], to: *mut u8, _width: usize) {
        // SAFETY: the caller's.
        unsafe { store::<Self>(to, 0, load(line, 0)) };
    }
}

macro_rules! unit {
    ($type:ident: $run:literal, |$lines:ident, $put:ident| $turn:block) => {
        impl Unit for $type {
            const ZERO: Self = 0.0;
            const RUN: usize = $run;

            #[allow(clippy::needless_range_loop)]
            #[inline(always)]
            unsafe fn turn($lines: [*mut u8; MOST], to: *mut u8, width: usize) {
                let to = to.cast::<$type>();
                macro_rules! $put {
                    ($step:expr) => {
                        to.wrapping_add($step * width)
                    };
                }
                // SAFETY: the caller's.
                unsafe { $turn }
            }
        }
    };
}

// Through indices, without closures, which would not be compiled for AVX.
unit! { f32: 8, |lines, put| {
    let mut rows = [_mm256_setzero_ps(); 8];
    for index in 0..8 {
        rows[index] = _mm256_loadu_ps(lines[index].cast());
    }
    // Pairs of lines, and then fours, within each half of a register.
    let mut pairs = rows;
    for index in [0, 2, 4, 6] {
        pairs[index] = _mm256_unpacklo_ps(rows[index], rows[index + 1]);
        pairs[index + 1] = _mm256_unpackhi_ps(rows[index], rows[index + 1]);
    }
    let mut fours = pairs;
    for index in [0, 4] {
        for half in 0..2 {
            let (one, other) = (pairs[index + half], pairs[index + half + 2]);
            fours[index + 2 * half] = _mm256_shuffle_ps::<0x44>(one, other);
            fours[index + 2 * half + 1] = _mm256_shuffle_ps::<0xee>(one, other);
        }
    }
    for step in 0..4 {
        let value = _mm256_permute2f128_ps::<0x20>(fours[step], fours[step + 4]);
        _mm256_storeu_ps(put!(step), value);
    }
    for step in 0..4 {
        let value = _mm256_permute2f128_ps::<0x31>(fours[step], fours[step + 4]);
        _mm256_storeu_ps(put!(step + 4), value);
    }
}}

unit! { f64: 4, |lines, put| {
    let mut rows = [_mm256_setzero_pd(); 4];
    for index in 0..4 {
        rows[index] = _mm256_loadu_pd(lines[index].cast());
    }
    let mut pairs = rows;
    for index in [0, 2] {
        pairs[index] = _mm256_unpacklo_pd(rows[index], rows[index + 1]);
        pairs[index + 1] = _mm256_unpackhi_pd(rows[index], rows[index + 1]);
    }
    for step in 0..2 {
        let value = _mm256_permute2f128_pd::<0x20>(pairs[step], pairs[step + 2]);
        _mm256_storeu_pd(put!(step), value);
    }
    for step in 0..2 {
        let value = _mm256_permute2f128_pd::<0x31>(pairs[step], pairs[step + 2]);
        _mm256_storeu_pd(put!(step + 2), value);
    }
}}

/// Lines of a matrix, and where they come to lie side by side.
pub(super) struct Packing {
    /// Steps from line to line, and along a line.
    pub(super) from: Matrix,
    pub(super) lines: usize,
    pub(super) steps: usize,
    pub(super) to: *mut u8,
}

impl Packing {
    /// Puts lines side by side, up to `WIDTH` of them, and anything where there are none.
    ///
    /// # Safety
    ///
    /// [reach] and [alive] for the lines, of which there is one at least; `to` has room for `WIDTH`
    /// lines of `steps` steps, and for a register more. The processor has AVX.
    // Through indices: else the loops are left scalar.
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    pub(super) unsafe fn run<T: Unit, const WIDTH: usize>(&self) {
        let Self { from, lines, steps, to } = *self;
        let size = size_of::<T>();
        let mut step = 0;
        // SAFETY: the caller's.
        unsafe {
            if lines == WIDTH && from.steps[0] == size as isize {
                while step < steps {
                    let values: [T; WIDTH] = load(at(from.address, from.steps[1], step), 0);
                    store(to, step, values);
                    step += 1;
                }
            } else if from.steps[1] == size as isize {
                while step + T::RUN <= steps {
                    // From the last lines on: what they write too much is written over.
                    for group in (0..WIDTH.div_ceil(T::RUN)).rev() {
                        let first = group * T::RUN;
                        let to = to.wrapping_add((step * WIDTH + first) * size);
                        let mut run = [from.address; MOST];
                        for index in 0..T::RUN {
                            run[index] = from.at((first + index).min(lines - 1), step).address;
                        }
                        T::turn(run, to, WIDTH);
                    }
                    step += T::RUN;
                }
            }
            while step < steps {
                // In memory: a register put together there would have to wait for its parts.
                store(to, step, [T::ZERO; WIDTH]);
                for line in 0..lines.min(WIDTH) {
                    store::<T>(to, step * WIDTH + line, load(from.at(line, step).address, 0));
                }
                step += 1;
            }
        }
    }
}
