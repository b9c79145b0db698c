//! Sorted elements.

use std::marker::PhantomData;

use tensorbridge_core::op::Sorting;
use tensorbridge_core::{Error, Operand, Result};

use super::gap::Gap;
use super::key::Key;
use super::lines::{Lines, Memory, Side, side_by_side};
use super::radix::{self, Finish, GRAIN, Range, Words};
use super::survey::{Survey, holds_both, survey};
use super::word::Word;
use super::{counting, network};
use crate::isa::pick;
use crate::loops::Loop;
use crate::loops::body::{Map1, One};
use crate::loops::kinds::with_ordered;
use crate::nest::{self, Cost};
use crate::pool::{self, Shared};
use crate::strided;

/// The key of an element, inverted for the descending order.
struct ToKey<T, const DESCENDING: bool>(PhantomData<T>);

impl<T: Key, const DESCENDING: bool> Map1 for ToKey<T, DESCENDING> {
    type In = T;
    type Out = T::Word;
    #[inline(always)]
    fn apply(a: T) -> T::Word {
        if DESCENDING { a.key().inverted() } else { a.key() }
    }
}

struct OfKey<T, const DESCENDING: bool>(PhantomData<T>);

impl<T: Key, const DESCENDING: bool> Map1 for OfKey<T, DESCENDING> {
    type In = T::Word;
    type Out = T;
    #[inline(always)]
    fn apply(key: T::Word) -> T {
        T::of_key(if DESCENDING { key.inverted() } else { key })
    }
}

/// How the elements of a dtype become words and words elements.
pub(super) struct Codec<W> {
    /// Operands `[words, elements]`.
    pub(super) load: Loop<2>,
    /// Operands `[elements, words]`.
    pub(super) store: Loop<2>,
    /// The bytes of an element.
    size: usize,
    /// Whether words are elements as they are.
    plain: bool,
    /// The words of the two zeros, the lesser first, and whether these must keep their order.
    zeros: Option<(W, W)>,
    stable: bool,
}

impl<W: Word> Codec<W> {
    pub(super) fn of<T: Key<Word = W>>(sorting: Sorting) -> Self {
        let stable = sorting.stable;
        let (load, store, zeros) = if sorting.descending {
            let zeros = T::ZEROS.map(|(low, high)| (high.inverted(), low.inverted()));
            (pick::<2, One<ToKey<T, true>>>(), pick::<2, One<OfKey<T, true>>>(), zeros)
        } else {
            (pick::<2, One<ToKey<T, false>>>(), pick::<2, One<OfKey<T, false>>>(), T::ZEROS)
        };
        let plain = T::PLAIN && !sorting.descending;
        Self { load, store, size: size_of::<T>(), plain, zeros, stable }
    }
}

/// Writes into `out`, which has `from`'s shape and dtype, the elements of each line of `from`
/// along `axis` in order.
///
/// # Errors
///
/// `Type` for complex numbers, `Memory`.
///
/// # Safety
///
/// [reach], [alive] and [permit]; `out` is fresh: nobody else knows of its memory.
pub(crate) unsafe fn sort(
    sorting: Sorting,
    from: Operand<'_>,
    axis: usize,
    out: Operand<'_>,
) -> Result<()> {
    if out.shape.contains(&0) {
        return Ok(());
    }
    with_ordered!(from.dtype, T => {
        // SAFETY: the caller's contract.
        unsafe { sort_as(&Codec::of::<T>(sorting), from, axis, out) }
    })
    .unwrap_or_else(|| Err(Error::dtype(format!("`sort` is not defined for {}", from.dtype))))
}

unsafe fn sort_as<W: Word>(
    codec: &Codec<W>,
    from: Operand<'_>,
    axis: usize,
    out: Operand<'_>,
) -> Result<()> {
    let lines = Lines::new(&from, &out, axis);
    if lines.len <= network::LONGEST && lines.count >= W::LANES / 2 {
        // SAFETY: the caller's contract; ranges are disjoint.
        return lines.share(W::LANES, &|range, _| unsafe { sort_short(codec, &lines, range) });
    }
    let (size, cost) = (size_of::<W>(), Cost(2 * size_of::<W>() + codec.size));
    // The result serves as memory for words where they are as large and side by side.
    let direct = codec.size == size && out.strides[axis] == size as isize;
    let memory = Memory::new::<W>(if direct { 0 } else { lines.count * lines.len })?;
    let strides = side_by_side(out.shape, axis, size);
    let words = match direct {
        true => out,
        false => {
            let address = memory.words::<W>().cast();
            Operand { address, strides: &strides, dtype: W::DTYPE, ..out }
        }
    };
    // SAFETY: the caller's contract; the words are his result or our own memory.
    unsafe {
        nest::run(out.shape, [strided(&words), strided(&from)], cost, codec.load)?;
        let lines = Lines::new(&words, &words, axis);
        lines.share(1, &|range, threads| {
            let scratch = Memory::new::<W>(lines.len)?;
            for index in range {
                let data: *mut W = lines.get(index).out.cast();
                let words = Words { data, scratch: scratch.words(), len: lines.len };
                let data = Shared(data);
                let finish = |start, words: *mut W, len| {
                    let place = data.get().add(start);
                    if direct && !codec.plain {
                        (codec.store)(len, &[place.cast(), words.cast()], &[size as isize; 2]);
                    } else if place != words {
                        place.copy_from_nonoverlapping(words, len);
                    }
                };
                sort_line(codec, words, threads, &finish)?;
            }
            Ok(())
        })?;
        if !direct {
            nest::run(out.shape, [strided(&out), strided(&words)], cost, codec.store)?;
        }
    }
    Ok(())
}

/// Sorts one line of words.
///
/// # Safety
///
/// As [`radix::sort`].
unsafe fn sort_line<W: Word>(
    codec: &Codec<W>,
    words: Words<W>,
    threads: usize,
    finish: Finish<'_, W>,
) -> Result<()> {
    let Words { data, len, .. } = words;
    // SAFETY: the caller's contract.
    let seen = unsafe { survey(data, len, codec.zeros, threads)? };
    let both = codec.stable && !seen.pair.contains(&0);
    let Some(zeros) = codec.zeros.filter(|_| !seen.rises && both) else {
        if seen.rises || seen.falls {
            if !seen.rises {
                // SAFETY: the caller's contract.
                unsafe { std::slice::from_raw_parts_mut(data, len) }.reverse();
            }
            return in_parts(data, len, threads, finish);
        }
        // SAFETY: the caller's contract.
        return unsafe { arrange(codec, words, seen, threads, finish) };
    };
    // Both zeros are there: they are written as they stood.
    let count = seen.pair[0] + seen.pair[1];
    let kept = Memory::new::<W>(count)?;
    let is_zero = |word: W| word == zeros.0 || word == zeros.1;
    // SAFETY: `len` words, of which the survey has counted so many.
    unsafe {
        let mut end = kept.words::<W>();
        for place in 0..len {
            let word = *data.add(place);
            if is_zero(word) {
                *end = word;
                end = end.add(1);
            }
        }
    }
    let kept = Shared(kept.words::<W>());
    let finish = |start: usize, words: *mut W, len: usize| {
        let (first, last) = (start.max(seen.below), (start + len).min(seen.below + count));
        if first < last {
            // SAFETY: places of this piece, and of the zeros that were kept.
            unsafe {
                let from = kept.get().add(first - seen.below);
                words.add(first - start).copy_from_nonoverlapping(from, last - first);
            }
        }
        finish(start, words, len);
    };
    // SAFETY: the caller's contract.
    unsafe { arrange(codec, words, seen, threads, &finish) }
}

unsafe fn arrange<W: Word>(
    codec: &Codec<W>,
    words: Words<W>,
    seen: Survey<W>,
    threads: usize,
    finish: Finish<'_, W>,
) -> Result<()> {
    let (data, mut range) = (words.data, seen.range);
    // SAFETY: the caller's contract, which is that of `radix::sort`.
    unsafe {
        if counting::suits(words.len, range) {
            return counting::sort(data, words.len, range, threads, finish);
        }
        let Some(gap) = codec.zeros.and_then(|zeros| Gap::of(&seen, zeros, 0)) else {
            return radix::sort(words, 0, range, threads, finish);
        };
        in_parts(data, words.len, threads, &|_, words, len| gap.close_all(words, len))?;
        range = Range { least: gap.close(range.least), greatest: gap.close(range.greatest) };
        radix::sort(words, 0, range, threads, &|start, words, len| {
            gap.open_all(words, len);
            finish(start, words, len);
        })
    }
}

/// Calls `finish` for all words where they stand.
fn in_parts<W: Word>(
    words: *mut W,
    len: usize,
    threads: usize,
    finish: Finish<'_, W>,
) -> Result<()> {
    let parts = threads.min(len / GRAIN).max(1);
    let part = len.div_ceil(parts);
    let words = Shared(words);
    pool::for_each(parts, parts, &|task| {
        let start = (task * part).min(len);
        finish(start, words.get().wrapping_add(start), part.min(len - start));
    })
}

/// Sorts lines that are short, as many at once as there are lanes.
unsafe fn sort_short<W: Word>(
    codec: &Codec<W>,
    lines: &Lines,
    range: std::ops::Range<usize>,
) -> Result<()> {
    let count = lines.len * W::LANES;
    let memory = Memory::new::<W>(count)?;
    let words = memory.words::<W>();
    // SAFETY: our own memory. Every lane holds words, however few the lines.
    unsafe { words.write_bytes(0, count) };
    let mut kept: Vec<W> = Vec::new();
    for first in range.clone().step_by(W::LANES) {
        let group = first..range.end.min(first + W::LANES);
        // SAFETY: the caller's contract: the lines are in reach.
        lines.rows(group.clone(), words, Side::From, |len, addresses, steps| unsafe {
            (codec.load)(len, &addresses, &steps);
        });
        // SAFETY: `count` words.
        let both = |&zeros: &_| codec.stable && unsafe { holds_both(words, count, zeros) };
        let zeros = codec.zeros.filter(both);
        // SAFETY: `count` words.
        let all = unsafe { std::slice::from_raw_parts_mut(words, count) };
        let is_zero = |word: &W| zeros.is_some_and(|(low, high)| *word == low || *word == high);
        kept.clear();
        if zeros.is_some() {
            for lane in 0..W::LANES {
                kept.extend(all[lane..].iter().step_by(W::LANES).copied().filter(is_zero));
            }
        }
        // SAFETY: `LANES` lines of words.
        unsafe { network::sort(words, lines.len) };
        // Both zeros are there: they are written as they stood.
        let mut kept = kept.iter();
        if zeros.is_some() {
            for lane in 0..W::LANES {
                let line = all[lane..].iter_mut().step_by(W::LANES);
                line.filter(|word| is_zero(word)).zip(&mut kept).for_each(|(to, &from)| *to = from);
            }
        }
        // SAFETY: the caller's contract; nobody else writes these lines.
        lines.rows(group, words, Side::Out, |len, [words, out], [step, out_step]| unsafe {
            (codec.store)(len, &[out, words], &[out_step, step]);
        });
    }
    Ok(())
}
