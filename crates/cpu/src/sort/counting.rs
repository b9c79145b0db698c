//! Sorting words that lie close together: they are counted, and written anew.

use super::radix::{Finish, GRAIN, Range};
use super::word::Word;
use crate::isa::{Kernel, compile};
use crate::pool::{self, Shared};
use tensorbridge_core::Result;

/// The most bits that may tell the words apart: the counts fit a second-level cache.
const BITS: u32 = 16;

/// Up to so many bits are counted in [`COPIES`] places, so that a count need not wait for the
/// one before it.
const SHORT: u32 = 9;
const COPIES: usize = 4;

/// Whether `len` words in `range` are sorted fastest by counting.
pub(super) fn suits<W: Word>(len: usize, range: Range<W>) -> bool {
    let bits = range.bits(0);
    bits <= BITS && len >= 1 << bits.max(8)
}

struct Count<W> {
    words: *const W,
    len: usize,
    least: W,
    bits: u32,
    counts: *mut usize,
}

impl<W: Word> Kernel for Count<W> {
    type Task = Self;

    #[inline(always)]
    unsafe fn run(&Self { words, len, least, bits, counts }: &Self) {
        // SAFETY: the caller's: `len` words, none less than `least` or out of `bits` from it, and
        // `counts` for all of these.
        unsafe {
            if bits > SHORT {
                for place in 0..len {
                    *counts.add((*words.add(place)).above(least, 0)) += 1;
                }
                return;
            }
            let mut copies = [[0_u32; 1 << SHORT]; COPIES];
            let mut start = 0;
            while start < len {
                let end = len.min(start + (1 << 30));
                for place in start..end {
                    let digit = (*words.add(place)).above(least, 0) & ((1 << SHORT) - 1);
                    copies[place % COPIES][digit] += 1;
                }
                for digit in 0..1 << bits {
                    for copy in &mut copies {
                        *counts.add(digit) += std::mem::take(&mut copy[digit]) as usize;
                    }
                }
                start = end;
            }
        }
    }
}

/// Sorts `len` words that [`suits`] has found suitable.
///
/// # Errors
///
/// `Interrupted`.
///
/// # Safety
///
/// They are initialised and in `range`; nobody else knows of them.
pub(super) unsafe fn sort<W: Word>(
    words: *mut W,
    len: usize,
    range: Range<W>,
    threads: usize,
    finish: Finish<'_, W>,
) -> Result<()> {
    let (least, bits) = (range.least, range.bits(0));
    let digits = 1_usize << bits;
    let parts = threads.min(len / GRAIN).max(1);
    let part = len.div_ceil(parts);
    let mut counts = vec![0_usize; parts * digits];
    let shared = Shared((words, counts.as_mut_ptr()));
    pool::for_each(parts, parts, &|task| {
        let (words, counts) = shared.get();
        let start = (task * part).min(len);
        let (words, counts) = (words.wrapping_add(start), counts.wrapping_add(task * digits));
        let count = Count { words, len: part.min(len - start), least, bits, counts };
        // SAFETY: the caller's; each task has counts of its own.
        unsafe { compile::<Count<W>>()(&count) };
    })?;
    // The place behind the words of each digit.
    let mut ends = counts;
    let mut sum = 0;
    for digit in 0..digits {
        sum += ends[digit..].iter().step_by(digits).sum::<usize>();
        ends[digit] = sum;
    }
    let (ends, shared) = (&ends[..digits], Shared(words));
    pool::for_each(parts, parts, &|task| {
        let start = (task * part).min(len);
        let end = len.min(start + part);
        let words = shared.get();
        let mut place = start;
        let first = ends.partition_point(|&end| end <= start);
        for (digit, &behind) in ends.iter().enumerate().skip(first) {
            if place == end {
                break;
            }
            let stop = behind.min(end);
            // SAFETY: the caller's: below `len`; each task writes a part of its own.
            unsafe {
                std::slice::from_raw_parts_mut(words.add(place), stop - place)
                    .fill(least.plus(digit));
            }
            place = stop;
        }
        finish(start, words.wrapping_add(start), end - start);
    })
}
