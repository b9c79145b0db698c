//! Sorting words by their digits, the most significant first.
//!
//! Many words are spread out over buckets of about the same size, on all threads; each bucket is
//! then settled by one thread in its caches: spread out once more, by as long a digit as leaves a
//! few words for each, and finished window by window. Digits count from the least word and begin
//! at the highest bit in which words differ, so that it does not matter where they lie, and little
//! how densely. Every move keeps the order of words with equal digits.

use std::mem::MaybeUninit;

use super::word::{WINDOW, Word};
use tensorbridge_core::Result;

use crate::isa::{Kernel, compile};
use crate::pool::{self, Shared};

/// Up to so many words are settled at once: they and their copies fit a second-level cache.
const SETTLED: usize = 1 << 14;

/// Many words are spread out over so many buckets, or up to twice as many: more are more places
/// than a processor can write to at once.
const BUCKETS: usize = 512;

/// Words per value of the first digit, and the longest such digit, as powers of two. Buckets are
/// made of neighbouring values.
const FINE: u32 = 7;
const FINE_BITS: u32 = 14;

/// The longest digit when settling, and when settling a bucket that is too full.
const SETTLE_BITS: [u32; 2] = [12, 9];

/// What is worth another thread, in words.
pub(super) const GRAIN: usize = 1 << 15;

/// The least and the greatest of some words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Range<W> {
    pub(super) least: W,
    pub(super) greatest: W,
}

impl<W: Word> Range<W> {
    /// That of `len` words, at least one.
    #[inline(always)]
    unsafe fn of(words: *const W, len: usize) -> Self {
        // SAFETY: the caller's: `len` words, initialised.
        unsafe {
            let (mut least, mut greatest) = (words.read(), words.read());
            for place in 0..len {
                least = least.min(words.add(place).read());
                greatest = greatest.max(words.add(place).read());
            }
            Self { least, greatest }
        }
    }

    /// How many bits above the lowest `low` tell its words apart.
    #[inline(always)]
    pub(super) fn bits(self, low: u32) -> u32 {
        let distance = self.greatest.above(self.least.truncated(low), low);
        usize::BITS - distance.leading_zeros()
    }
}

/// Where in a word a digit is.
#[derive(Clone, Copy)]
struct Digit<W> {
    base: W,
    shift: u32,
    bits: u32,
    /// Whether words with this digit in common have the whole key in common.
    last: bool,
}

impl<W: Word> Digit<W> {
    /// The first digit, of at most `bits` bits, of words whose key is above their lowest `low`
    /// bits. `None` where all have one key.
    #[inline(always)]
    fn first(range: Range<W>, low: u32, bits: u32) -> Option<Self> {
        let all = range.bits(low);
        let bits = bits.min(all);
        let base = range.least.truncated(low);
        (all > 0).then(|| Self { base, shift: low + all - bits, bits, last: bits == all })
    }

    #[inline(always)]
    fn of(self, word: W) -> usize {
        word.above(self.base, self.shift)
    }
}

/// Sorts `len` words at `data`, by way of `scratch`: words of equal keys keep their order, and
/// then are ordered by the bits below.
struct Settle<W> {
    data: *mut W,
    scratch: *mut W,
    len: usize,
    low: u32,
    range: Option<Range<W>>,
    depth: usize,
}

impl<W: Word> Kernel for Settle<W> {
    type Task = Self;

    #[inline(always)]
    unsafe fn run(task: &Self) {
        let &Self { data, scratch, len, low, .. } = task;
        // SAFETY: the caller's: `len` words at both places, disjoint, those of `data`
        // initialised. A digit is below `1 << bits`, a place below `len`: the words are those
        // that have been counted, for nobody else knows this memory.
        unsafe {
            if len <= WINDOW {
                sort_few(data, data, len);
                return;
            }
            let bits = (len.ilog2() - 1).min(SETTLE_BITS[task.depth.min(1)]);
            let range = task.range.unwrap_or_else(|| Range::of(data, len));
            let Some(digit) = Digit::first(range, low, bits) else { return };
            let mut counts = [MaybeUninit::<u32>::uninit(); 1 << SETTLE_BITS[0]];
            let counts = counts.as_mut_ptr().cast::<u32>();
            counts.write_bytes(0, 1 << digit.bits);
            for place in 0..len {
                *counts.add(digit.of(*data.add(place))) += 1;
            }
            let mut sum = 0;
            for count in 0..1 << digit.bits {
                sum += std::mem::replace(&mut *counts.add(count), sum);
            }
            for place in 0..len {
                let word = *data.add(place);
                let end = counts.add(digit.of(word));
                *scratch.add(*end as usize) = word;
                *end += 1;
            }
            if digit.last {
                data.copy_from_nonoverlapping(scratch, len);
                return;
            }
            // A window holds whole buckets, and the beginning of one that is sorted again.
            let mut start = 0;
            while start + WINDOW < len {
                let next = digit.of(*scratch.add(start + WINDOW));
                let end = if next == 0 { 0 } else { *counts.add(next - 1) as usize };
                if end > start {
                    W::sort_window(scratch.add(start), data.add(start));
                    start = end;
                    continue;
                }
                let end = *counts.add(next) as usize;
                compile::<Self>()(&Self {
                    data: scratch.add(start),
                    scratch: data.add(start),
                    len: end - start,
                    low,
                    range: None,
                    depth: task.depth + 1,
                });
                data.add(start).copy_from_nonoverlapping(scratch.add(start), end - start);
                start = end;
            }
            sort_few(scratch.add(start), data.add(start), len - start);
        }
    }
}

/// Sorts at most a window of words.
#[inline(always)]
unsafe fn sort_few<W: Word>(from: *const W, to: *mut W, len: usize) {
    let mut window = [W::GREATEST; WINDOW];
    let mut sorted = [W::GREATEST; WINDOW];
    // SAFETY: the caller's: `len` words at both places.
    unsafe {
        window.as_mut_ptr().copy_from_nonoverlapping(from, len);
        W::sort_window(window.as_ptr(), sorted.as_mut_ptr());
        to.copy_from_nonoverlapping(sorted.as_ptr(), len);
    }
}

/// Sorts `len` words in the caches of this thread; see [`sort`].
pub(super) unsafe fn settle<W: Word>(
    data: *mut W,
    scratch: *mut W,
    len: usize,
    low: u32,
    range: Option<Range<W>>,
) {
    if u32::try_from(len).is_err() {
        // SAFETY: the caller's: `len` words of his own, initialised.
        unsafe { std::slice::from_raw_parts_mut(data, len).sort() };
        return;
    }
    let task = Settle { data, scratch, len, low, range, depth: 0 };
    // SAFETY: the caller's contract.
    unsafe { compile::<Settle<W>>()(&task) };
}

/// Counts words by their digit.
struct Count<W> {
    digit: Digit<W>,
    from: *const W,
    len: usize,
    /// One for each digit.
    counts: *mut u32,
}

impl<W: Word> Kernel for Count<W> {
    type Task = Self;

    #[inline(always)]
    unsafe fn run(&Self { digit, from, len, counts }: &Self) {
        for place in 0..len {
            // SAFETY: the caller's: `len` words, initialised, a count for each digit.
            unsafe { *counts.add(digit.of(*from.add(place))) += 1 };
        }
    }
}

/// Moves words to the places that are kept for their bucket.
struct Spread<W> {
    digit: Digit<W>,
    from: *const W,
    len: usize,
    /// The bucket of each digit.
    buckets: *const u16,
    /// The next place in each bucket.
    places: *mut usize,
    to: *mut W,
}

impl<W: Word> Kernel for Spread<W> {
    type Task = Self;

    #[inline(always)]
    unsafe fn run(&Self { digit, from, len, buckets, places, to }: &Self) {
        for place in 0..len {
            // SAFETY: the caller's: `len` words, initialised; the places in a bucket are those of
            // the words that have been counted.
            unsafe {
                let word = *from.add(place);
                let next = places.add(usize::from(*buckets.add(digit.of(word))));
                *to.add(*next) = word;
                *next += 1;
            }
        }
    }
}

/// Buckets of neighbouring digits.
struct Buckets {
    /// That of each digit.
    of: Vec<u16>,
    /// The place of the first word of each, for each part of the words.
    places: Vec<usize>,
    /// The place behind the last word of each.
    ends: Vec<usize>,
}

impl Buckets {
    /// Those of about `target` words each, of which `counts` tells how many have each of `digits`
    /// digits, part by part.
    fn new(counts: &[u32], digits: usize, target: usize) -> Self {
        let mut of = Vec::with_capacity(digits);
        let mut ends: Vec<usize> = Vec::new();
        let (mut start, mut end) = (0, 0);
        for digit in 0..digits {
            let all = counts[digit..].iter().step_by(digits).map(|&count| count as usize);
            let next = end + all.sum::<usize>();
            if next - start > target && end > start {
                ends.push(end);
                start = end;
            }
            end = next;
            of.push(ends.len() as u16);
        }
        ends.push(end);
        let parts = counts.len() / digits;
        let mut places = vec![0; parts * ends.len()];
        for (counts, places) in counts.chunks(digits).zip(places.chunks_mut(ends.len())) {
            for (&count, &bucket) in counts.iter().zip(&of) {
                places[usize::from(bucket)] += count as usize;
            }
        }
        // Of the words of a bucket, those of an earlier part stand first.
        let mut sum = 0;
        for bucket in 0..ends.len() {
            for place in places[bucket..].iter_mut().step_by(ends.len()) {
                sum += std::mem::replace(place, sum);
            }
        }
        Self { of, places, ends }
    }
}

/// The range of some words, found as fast as this processor can.
struct Measure<W> {
    words: *const W,
    len: usize,
    range: *mut Range<W>,
}

impl<W: Word> Kernel for Measure<W> {
    type Task = Self;

    #[inline(always)]
    unsafe fn run(task: &Self) {
        // SAFETY: the caller's: `len` words, at least one, and a place for their range.
        unsafe { task.range.write(Range::of(task.words, task.len)) };
    }
}

/// What becomes of sorted words: called with the place of the first, their address and their
/// number, for pieces that together are all words.
pub(super) type Finish<'a, W> = &'a (dyn Fn(usize, *mut W, usize) + Sync);

/// Memory for `len` words, twice: those at `data` are sorted by way of `scratch`.
#[derive(Clone, Copy)]
pub(super) struct Words<W> {
    pub(super) data: *mut W,
    pub(super) scratch: *mut W,
    pub(super) len: usize,
}

/// Sorts words by the bits above the lowest `low`, and those that have these in common by the
/// bits below, if that is not their order already. `range` is that of all words.
///
/// # Errors
///
/// `Interrupted`.
///
/// # Safety
///
/// `data` is initialised and disjoint from `scratch`; nobody else knows of either.
pub(super) unsafe fn sort<W: Word>(
    words: Words<W>,
    low: u32,
    range: Range<W>,
    threads: usize,
    finish: Finish<'_, W>,
) -> Result<()> {
    let Words { data, scratch, len } = words;
    let bits = len.ilog2().saturating_sub(FINE).clamp(1, FINE_BITS);
    let digit = match Digit::first(range, low, bits) {
        Some(digit) if len > SETTLED => digit,
        _ => {
            // SAFETY: the caller's contract.
            unsafe { settle(data, scratch, len, low, Some(range)) };
            finish(0, data, len);
            return Ok(());
        }
    };
    let digits = 1 << digit.bits;
    let parts = threads.min(len / GRAIN).max(1 + (len >> 31));
    let part = len.div_ceil(parts);
    let mut counts = vec![0_u32; parts * digits];
    let shared = Shared((data, counts.as_mut_ptr()));
    pool::for_each(threads, parts, &|task| {
        let (data, counts) = shared.get();
        let start = (task * part).min(len);
        let (from, counts) = (data.wrapping_add(start), counts.wrapping_add(task * digits));
        // SAFETY: the caller's contract; each task reads a part and has counts of its own.
        unsafe {
            let len = part.min(len - start);
            compile::<Count<W>>()(&Count { digit, from, len, counts });
        }
    })?;
    // Digits that are whole keys need nothing else, if they are few.
    let done = digit.last && digits <= BUCKETS;
    let target = if done { 0 } else { len / BUCKETS };
    let Buckets { of, mut places, ends } = Buckets::new(&counts, digits, target);
    let shared = Shared((data, scratch, of.as_ptr(), places.as_mut_ptr()));
    pool::for_each(threads, parts, &|task| {
        let (data, to, buckets, places) = shared.get();
        let start = (task * part).min(len);
        let (from, places) = (data.wrapping_add(start), places.wrapping_add(task * ends.len()));
        // SAFETY: as above; each task writes to places of its own.
        unsafe {
            let len = part.min(len - start);
            compile::<Spread<W>>()(&Spread { digit, from, len, buckets, places, to });
        }
    })?;
    let shared = Shared((data, scratch));
    let settle = |bucket: usize, threads: usize| {
        let start = if bucket == 0 { 0 } else { ends[bucket - 1] };
        let (data, scratch) = shared.get();
        // SAFETY: the words of a bucket, which nobody else touches now.
        let (data, scratch, len) =
            unsafe { (scratch.add(start), data.add(start), ends[bucket] - start) };
        match len {
            0 => {}
            _ if done => finish(start, data, len),
            1..=SETTLED => {
                // SAFETY: as above.
                unsafe { settle(data, scratch, len, low, None) };
                finish(start, data, len);
            }
            _ => {
                let mut range = range;
                let measure = Measure { words: data, len, range: &raw mut range };
                // SAFETY: as above.
                unsafe {
                    compile::<Measure<W>>()(&measure);
                    let words = Words { data, scratch, len };
                    return sort(words, low, range, threads, &|place, data, len| {
                        finish(start + place, data, len);
                    });
                }
            }
        }
        Ok(())
    };
    // What one thread alone would be left with is shared out.
    let large = |bucket: usize| {
        let start = if bucket == 0 { 0 } else { ends[bucket - 1] };
        threads > 1 && !done && ends[bucket] - start > (len / threads / 2).max(2 * GRAIN)
    };
    (0..ends.len())
        .filter(|&bucket| large(bucket))
        .try_for_each(|bucket| settle(bucket, threads))?;
    pool::for_each(threads, ends.len(), &|bucket| {
        if !large(bucket)
            && let Err(error) = settle(bucket, 1)
        {
            // The caller was told to stop, and will be told again.
            drop(error);
        }
    })
}
