//! The elements at some places of each ordered line, without ordering the others.
//!
//! In a long line a sample brackets the places, and one pass keeps the words between the brackets,
//! some of a hundred (R. W. Floyd and R. L. Rivest, "Expected time bounds for selection", 1975).
//! Among those, and in short lines, quickselect finds the places. Where a bracket misses its
//! place, the whole line is searched.

use tensorbridge_core::op::Sorting;
use tensorbridge_core::{Error, Operand, Result};

use super::lines::{Lines, Memory};
use super::values::Codec;
use super::word::Word;
use crate::isa::{Kernel, compile};
use crate::loops::body::at;
use crate::loops::kinds::with_ordered;
use crate::pool::{self, Shared};

/// Lines from this length on are sampled.
const LONG: usize = 1 << 14;

/// The words of a sample.
const SAMPLE: usize = 1 << 10;

/// Words that are looked at while they are in the first cache.
const BLOCK: usize = 1 << 10;

/// What a task is at most, in words: some milliseconds, after which an interruption is noticed.
const LARGEST: usize = 1 << 20;

/// Writes into `out`, which has `from`'s dtype and shape but for `axis`, where it is as long as
/// `ranks`, the elements at the places `ranks` of each ordered line of `from`.
///
/// # Errors
///
/// `Type` for complex numbers, `Memory`, `Interrupted`.
///
/// # Safety
///
/// [reach], [alive] and [permit]; `out` is fresh; `ranks` ascend and are below the line's length.
pub(crate) unsafe fn ranked(
    from: Operand<'_>,
    axis: usize,
    ranks: &[usize],
    out: Operand<'_>,
) -> Result<()> {
    if out.shape.contains(&0) {
        return Ok(());
    }
    with_ordered!(from.dtype, T => {
        // SAFETY: the caller's contract.
        unsafe { ranked_as(&Codec::of::<T>(Sorting::default()), from, axis, ranks, out) }
    })
    .unwrap_or_else(|| Err(Error::dtype(format!("order is not defined for {}", from.dtype))))
}

unsafe fn ranked_as<W: Word>(
    codec: &Codec<W>,
    from: Operand<'_>,
    axis: usize,
    ranks: &[usize],
    out: Operand<'_>,
) -> Result<()> {
    let lines = Lines::new(&from, &out, axis);
    let len = lines.len;
    let size = size_of::<W>() as isize;
    lines.share(1, &|range, threads| {
        let memory = Memory::new::<W>(len + ranks.len())?;
        let words = memory.words::<W>();
        for index in range {
            let line = lines.get(index);
            // SAFETY: the caller's contract; the memory is our own, of so many words.
            unsafe {
                let found = words.add(len);
                let row = Row { codec, first: line.from, step: lines.from_step, len, words };
                row.find(ranks, std::slice::from_raw_parts_mut(found, ranks.len()), threads)?;
                let operands = [line.out, found.cast()];
                (codec.store)(ranks.len(), &operands, &[lines.out_step, size]);
            }
        }
        Ok(())
    })
}

/// A line, and memory for as many words.
struct Row<'a, W> {
    codec: &'a Codec<W>,
    first: *mut u8,
    step: isize,
    len: usize,
    words: *mut W,
}

impl<W: Word> Row<'_, W> {
    /// Reads `count` elements from the one at `start` on, each `stride` places after the last.
    ///
    /// # Safety
    ///
    /// They are in the line, and there is room for so many words.
    unsafe fn load(&self, words: *mut W, start: usize, stride: usize, count: usize) {
        let from = at(self.first, self.step, start);
        let steps = [size_of::<W>() as isize, self.step * stride as isize];
        // SAFETY: the caller's contract.
        unsafe { (self.codec.load)(count, &[words.cast(), from], &steps) };
    }

    unsafe fn find(&self, ranks: &[usize], found: &mut [W], threads: usize) -> Result<()> {
        let mut done = 0;
        if self.len >= LONG {
            let mut sample = [W::LEAST; SAMPLE];
            // An odd stride meets all columns of a matrix whose rows are a power of 2.
            let stride = (self.len / SAMPLE - 1) | 1;
            // SAFETY: so many elements are in the line.
            unsafe { self.load(sample.as_mut_ptr(), 0, stride, SAMPLE) };
            sample.sort_unstable();
            while done < ranks.len() {
                let first = ranks[done];
                let near = ranks[done..].iter().take_while(|&&rank| rank - first <= self.len / 64);
                let end = done + near.count();
                // SAFETY: the caller's contract.
                let hit = unsafe {
                    self.bracket(&sample, &ranks[done..end], &mut found[done..end], threads)?
                };
                if !hit {
                    break;
                }
                done = end;
            }
        }
        if done < ranks.len() {
            // SAFETY: the whole line, and memory for it.
            let words = unsafe {
                self.load(self.words, 0, 1, self.len);
                std::slice::from_raw_parts_mut(self.words, self.len)
            };
            select(words, 0, &ranks[done..], &mut found[done..]);
        }
        Ok(())
    }

    /// Finds places that are near each other between two words of the sample, if they are there.
    unsafe fn bracket(
        &self,
        sample: &[W; SAMPLE],
        ranks: &[usize],
        found: &mut [W],
        threads: usize,
    ) -> Result<bool> {
        let (first, last) = (ranks[0], ranks[ranks.len() - 1]);
        // Three standard deviations of how many words of a sample are less.
        let around = |rank: usize| {
            let share = rank as f64 / self.len as f64;
            let center = share * SAMPLE as f64;
            let margin = 3.0 + 3.0 * (center * (1.0 - share)).sqrt();
            (center - margin, center + margin)
        };
        let (low, high) = (around(first).0, around(last).1.ceil() as usize);
        let low = if low < 0.0 { W::LEAST } else { sample[low as usize] };
        let high = sample.get(high).copied().unwrap_or(W::GREATEST);
        let parts = threads.max(self.len.div_ceil(LARGEST));
        let part = self.len.div_ceil(parts);
        let parts = self.len.div_ceil(part);
        let mut counts = vec![[0_usize; 2]; parts];
        let shared = Shared((self, counts.as_mut_ptr()));
        pool::for_each(threads, parts, &|task| {
            let (row, counts) = shared.get();
            let (start, end) = (task * part, row.len.min((task + 1) * part));
            let filter = compile::<Filter<W>>();
            let mut block = [W::LEAST; BLOCK];
            let mut count = [0; 2];
            for place in (start..end).step_by(BLOCK) {
                let len = BLOCK.min(end - place);
                // SAFETY: elements of the line; each part keeps its words in memory of its own.
                unsafe {
                    row.load(block.as_mut_ptr(), place, 1, len);
                    let kept = row.words.add(start);
                    let words = block.as_ptr();
                    filter(&Filter { words, len, low, high, kept, count: &raw mut count });
                }
            }
            // SAFETY: a place for each task.
            unsafe { *counts.add(task) = count };
        })?;
        let below: usize = counts.iter().map(|[below, _]| below).sum();
        let mut kept = 0;
        for (task, &[_, count]) in counts.iter().enumerate() {
            // SAFETY: so many words were kept there, and those before are no more than places.
            unsafe { self.words.add(kept).copy_from(self.words.add(task * part), count) };
            kept += count;
        }
        let hit = below <= first && last < below + kept;
        if hit {
            // SAFETY: so many words were kept.
            let words = unsafe { std::slice::from_raw_parts_mut(self.words, kept) };
            select(words, below, ranks, found);
        }
        Ok(hit)
    }
}

/// Keeps the words from `low` to `high`, and counts them and those below.
struct Filter<W> {
    words: *const W,
    len: usize,
    low: W,
    high: W,
    kept: *mut W,
    /// How many were below, and how many were kept.
    count: *mut [usize; 2],
}

impl<W: Word> Kernel for Filter<W> {
    type Task = Self;

    #[inline(always)]
    unsafe fn run(&Self { words, len, low, high, kept, count }: &Self) {
        // SAFETY: the caller's: `len` words, and a place for the counts.
        let (words, [mut below, mut next]) =
            unsafe { (std::slice::from_raw_parts(words, len), *count) };
        for &word in words {
            // SAFETY: no more words are kept than were seen, for which there is room.
            unsafe { *kept.add(next) = word };
            next += usize::from((low <= word) & (word <= high));
            below += usize::from(word < low);
        }
        // SAFETY: as above.
        unsafe { *count = [below, next] };
    }
}

/// Finds the words at places of the order, counted from `before`, by quickselect from the middle
/// place outwards.
fn select<W: Word>(words: &mut [W], before: usize, ranks: &[usize], found: &mut [W]) {
    let middle = ranks.len() / 2;
    let Some(&rank) = ranks.get(middle) else { return };
    let (left, &mut word, right) = words.select_nth_unstable(rank - before);
    // Places that are asked for twice are one.
    let start = ranks[..middle].partition_point(|&other| other < rank);
    let end = middle + ranks[middle..].partition_point(|&other| other == rank);
    found[start..end].fill(word);
    select(left, before, &ranks[..start], &mut found[..start]);
    select(right, rank + 1, &ranks[end..], &mut found[end..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensorbridge_core::DType;

    fn ranked_of(line: &[f32], ranks: &[usize]) -> Vec<f32> {
        let mut out = vec![0.0_f32; ranks.len()];
        let shapes = ([line.len()], [ranks.len()]);
        let operand = |address: *mut f32, shape| Operand {
            address: address.cast(),
            shape,
            strides: &[4],
            dtype: DType::Float32,
        };
        let from = operand(line.as_ptr().cast_mut(), &shapes.0);
        // SAFETY: operands over arrays of their size; the places ascend, below the length.
        unsafe { ranked(from, 0, ranks, operand(out.as_mut_ptr(), &shapes.1)).unwrap() };
        out
    }

    #[test]
    fn places_are_those_of_a_sorted_line() {
        let mut state = 1_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32
        };
        for len in [1, 2, 1000, LONG, 100_003] {
            let noise: Vec<f32> = (0..len).map(|_| random()).collect();
            let few: Vec<f32> = noise.iter().map(|value| value % 3.0).collect();
            // The sample sees no more than zeros.
            let stride = (len / SAMPLE).saturating_sub(1) | 1;
            let hidden: Vec<f32> = (0..len)
                .map(|place| if place % stride == 0 { 0.0 } else { noise[place] })
                .collect();
            for line in [noise, few, hidden] {
                let mut sorted = line.clone();
                sorted.sort_unstable_by(f32::total_cmp);
                let last = len - 1;
                for ranks in [vec![0], vec![last], vec![last / 2, (last / 2 + 1).min(last)]] {
                    let answer: Vec<f32> = ranks.iter().map(|&rank| sorted[rank]).collect();
                    assert_eq!(ranked_of(&line, &ranks), answer, "{len} {ranks:?}");
                }
                let all = [0, 0, last / 10, last / 3, last / 3, last];
                assert_eq!(ranked_of(&line, &all), all.map(|rank| sorted[rank]), "{len}");
            }
        }
    }

    #[test]
    fn nan_is_last() {
        let line = [f32::NAN, 1.0, f32::INFINITY, -0.5];
        assert_eq!(ranked_of(&line, &[0, 2]), [-0.5, f32::INFINITY]);
        assert!(ranked_of(&line, &[3])[0].is_nan());
    }
}
