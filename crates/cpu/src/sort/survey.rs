//! What words look like before they are sorted: how far apart they are, and whether they are in
//! order already.

use tensorbridge_core::Result;

use super::radix::{GRAIN, Range};
use super::word::Word;
use crate::isa::{Kernel, compile};
use crate::pool::{self, Shared};

/// What was seen of some words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Survey<W> {
    pub(super) range: Range<W>,
    /// The bits in which any differ from the first.
    pub(super) differing: W,
    /// None is less than the one before it.
    pub(super) rises: bool,
    /// None is greater than the one before it.
    pub(super) falls: bool,
    /// How many are less than both words of `pair`, and how many equal each.
    pub(super) below: usize,
    pub(super) pair: [usize; 2],
    /// The greatest that is less than both, and the least that is greater.
    pub(super) low: W,
    pub(super) high: W,
}

impl<W: Word> Survey<W> {
    /// What is seen of these words and, after them, those of `other`; the words beside the seam
    /// are `last` and `first`.
    fn then(self, other: Self, last: W, first: W) -> Self {
        let Range { least, greatest } = other.range;
        Self {
            range: Range {
                least: self.range.least.min(least),
                greatest: self.range.greatest.max(greatest),
            },
            differing: self.differing.either(other.differing).either(last.differing(first)),
            rises: self.rises && other.rises && last <= first,
            falls: self.falls && other.falls && last >= first,
            below: self.below + other.below,
            pair: [self.pair[0] + other.pair[0], self.pair[1] + other.pair[1]],
            low: self.low.max(other.low),
            high: self.high.min(other.high),
        }
    }
}

struct Task<W> {
    words: *const W,
    len: usize,
    /// Two neighbouring words to be counted, the lesser first.
    pair: Option<(W, W)>,
    out: *mut Survey<W>,
}

/// Words that are looked at several times while they are in the first cache.
const BLOCK: usize = 1024;

struct Look<W>(std::marker::PhantomData<W>);

impl<W: Word> Kernel for Look<W> {
    type Task = Task<W>;

    #[inline(always)]
    unsafe fn run(&Task { words, len, pair, out }: &Task<W>) {
        // SAFETY: the caller's: `len` words, at least one.
        let first = unsafe { words.read() };
        let (mut least, mut greatest, mut differing) = (first, first, first.differing(first));
        let (mut rises, mut falls) = (true, true);
        let (mut below, mut counts) = (0, [0; 2]);
        let (mut low, mut high) = (W::LEAST, W::GREATEST);
        for start in (0..len).step_by(BLOCK) {
            let end = len.min(start + BLOCK);
            // SAFETY: the caller's.
            let block = unsafe { std::slice::from_raw_parts(words.add(start), end - start) };
            for &word in block {
                least = least.min(word);
                greatest = greatest.max(word);
                differing = differing.either(word.differing(first));
            }
            if rises || falls {
                // With the first word of the next block.
                let pairs = (end + 1).min(len) - start - 1;
                let (mut up, mut down) = (true, true);
                for place in start..start + pairs {
                    // SAFETY: the caller's: both are below `len`.
                    let (a, b) = unsafe { (*words.add(place), *words.add(place + 1)) };
                    up &= a <= b;
                    down &= a >= b;
                }
                rises &= up;
                falls &= down;
            }
            if let Some(pair) = pair {
                let (mut less, mut lesser, mut greater) = (0_u32, 0_u32, 0_u32);
                for &word in block {
                    less += u32::from(word < pair.0);
                    lesser += u32::from(word == pair.0);
                    greater += u32::from(word == pair.1);
                    low = low.max(if word < pair.0 { word } else { W::LEAST });
                    high = high.min(if word > pair.1 { word } else { W::GREATEST });
                }
                below += less as usize;
                counts = [counts[0] + lesser as usize, counts[1] + greater as usize];
            }
        }
        let range = Range { least, greatest };
        let survey = Survey { range, differing, rises, falls, below, pair: counts, low, high };
        // SAFETY: the caller's: a place for it.
        unsafe { out.write(survey) };
    }
}

/// Looks at `len` words, at least one; `pair` are two words to be counted, the lesser first.
///
/// # Errors
///
/// `Interrupted`.
///
/// # Safety
///
/// They are initialised, and nobody writes them.
pub(super) unsafe fn survey<W: Word>(
    words: *const W,
    len: usize,
    pair: Option<(W, W)>,
    threads: usize,
) -> Result<Survey<W>> {
    let look = |words: *const W, len: usize| {
        let mut out = std::mem::MaybeUninit::uninit();
        // SAFETY: the caller's; the kernel writes `out`.
        unsafe {
            compile::<Look<W>>()(&Task { words, len, pair, out: out.as_mut_ptr() });
            out.assume_init()
        }
    };
    let parts = threads.min(len / GRAIN);
    if parts < 2 {
        return Ok(look(words, len));
    }
    let part = len.div_ceil(parts);
    let parts = len.div_ceil(part);
    let mut seen: Vec<Option<Survey<W>>> = vec![None; parts];
    let shared = Shared((words, seen.as_mut_ptr()));
    pool::for_each(parts, parts, &|task| {
        let (words, seen) = shared.get();
        let start = task * part;
        // SAFETY: the caller's; each task has a place of its own.
        unsafe { *seen.add(task) = Some(look(words.add(start), part.min(len - start))) };
    })?;
    let mut seen = seen.into_iter().flatten().enumerate();
    let (_, first) = seen.next().unwrap_or_else(|| unreachable!("there is a first part"));
    Ok(seen.fold(first, |before, (task, after)| {
        // SAFETY: the caller's; a part but the first begins behind another.
        let (last, first) = unsafe { (*words.add(task * part - 1), *words.add(task * part)) };
        before.then(after, last, first)
    }))
}

struct Search<W> {
    words: *const W,
    len: usize,
    pair: (W, W),
    found: *mut bool,
}

impl<W: Word> Kernel for Search<W> {
    type Task = Self;

    #[inline(always)]
    unsafe fn run(&Self { words, len, pair, found }: &Self) {
        // SAFETY: the caller's: `len` words.
        let words = unsafe { std::slice::from_raw_parts(words, len) };
        let (mut low, mut high) = (0_u32, 0_u32);
        for block in words.chunks(BLOCK) {
            for &word in block {
                low |= u32::from(word == pair.0);
                high |= u32::from(word == pair.1);
            }
        }
        // SAFETY: the caller's: a place for it.
        unsafe { found.write(low & high != 0) };
    }
}

/// Whether both words of `pair` are among `len` words.
///
/// # Safety
///
/// They are initialised, and nobody writes them.
pub(super) unsafe fn holds_both<W: Word>(words: *const W, len: usize, pair: (W, W)) -> bool {
    let mut found = false;
    // SAFETY: the caller's.
    unsafe { compile::<Search<W>>()(&Search { words, len, pair, found: &raw mut found }) };
    found
}
