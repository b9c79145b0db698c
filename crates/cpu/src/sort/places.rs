//! The places of elements in sorted lines: which comes first, which next.
//!
//! A word is as much of an element's key as leaves room for its index below, so that no two are
//! equal and equal elements keep their order. Where the key had to be cut off, elements with the
//! same beginning are compared once more.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};

use tensorbridge_core::op::Sorting;
use tensorbridge_core::{DType, Error, Operand, Result, with_dtype};

use super::gap::Gap;
use super::key::{Key, Prefix};
use super::lines::{Lines, Memory, Side, side_by_side};
use super::network;
use super::radix::{self, GRAIN, Range, Words};
use super::survey::{Survey, survey};
use super::word::Word;
use crate::isa::{Kernel, compile, pick};
use crate::loops::body::{Map1, One, at, load};
use crate::loops::{self, Loop};
use crate::nest::{self, Cost};
use crate::pool::{self, Shared};
use crate::strided;

/// The prefix of an element, inverted for the descending order.
struct ToPrefix<T, const DESCENDING: bool>(PhantomData<T>);

impl<T: Prefix, const DESCENDING: bool> Map1 for ToPrefix<T, DESCENDING> {
    type In = T;
    type Out = i64;
    #[inline(always)]
    fn apply(a: T) -> i64 {
        if DESCENDING { a.prefix().inverted() } else { a.prefix() }
    }
}

/// The same of an element whose rank has 16 bits.
struct ToShort<T, const DESCENDING: bool>(PhantomData<T>);

impl<T: Key<Word = i16>, const DESCENDING: bool> Map1 for ToShort<T, DESCENDING> {
    type In = T;
    type Out = i32;
    #[inline(always)]
    fn apply(a: T) -> i32 {
        let rank = i32::from(a.rank());
        if DESCENDING { rank.inverted() } else { rank }
    }
}

/// The loop that makes words of elements, ordered as they are as far as 64 bits tell; operands
/// `[words, elements]`.
pub(crate) fn prefixes(dtype: DType) -> Loop<2> {
    codec(dtype, false).load
}

/// Puts words that begin with the same part of a key in order, by the elements at
/// `from + index * step`.
type Resolve = unsafe fn(from: *mut u8, step: isize, words: &mut [i64], bits: u32) -> Result<()>;

/// How the elements of a dtype become words.
pub(super) struct Codec {
    /// Operands `[words, elements]`.
    pub(super) load: Loop<2>,
    /// The same with words of 32 bits, where 16 hold a rank.
    short: Option<Loop<2>>,
    /// The bits of a prefix.
    bits: u32,
    /// Whether a prefix tells all.
    exact: bool,
    /// The prefixes around zero, where there is emptiness.
    zeros: Option<(i64, i64)>,
    resolve: Resolve,
}

impl Codec {
    /// Whether a word tells all of an element's rank.
    pub(super) fn is_exact(&self) -> bool {
        self.exact
    }

    fn of<T: Prefix, const DESCENDING: bool>() -> Self {
        let load = pick::<2, One<ToPrefix<T, DESCENDING>>>();
        let bits = if T::EXACT { size_of::<T::Rank>() as u32 * 8 } else { 64 };
        let zeros =
            T::ZERO.map(|zero| if DESCENDING { (!zero, !zero + 1) } else { (zero - 1, zero) });
        let resolve = resolve::<T, DESCENDING>;
        Self { load, short: None, bits, exact: T::EXACT, zeros, resolve }
    }
}

pub(super) fn codec(dtype: DType, descending: bool) -> Codec {
    let codec = with_dtype!(dtype, T => match descending {
        true => Codec::of::<T, true>(),
        false => Codec::of::<T, false>(),
    });
    macro_rules! short {
        ($($variant:ident $type:ty),+) => {
            match dtype {
                $(DType::$variant => Some(match descending {
                    true => pick::<2, One<ToShort<$type, true>>>(),
                    false => pick::<2, One<ToShort<$type, false>>>(),
                }),)+
                _ => None,
            }
        };
    }
    use tensorbridge_core::Bool;
    use tensorbridge_core::dtype::{bf16, f16};
    let short =
        short!(Bool Bool, Int8 i8, Int16 i16, UInt8 u8, UInt16 u16, Float16 f16, BFloat16 bf16);
    Codec { short, ..codec }
}

unsafe fn resolve<T: Prefix, const DESCENDING: bool>(
    from: *mut u8,
    step: isize,
    words: &mut [i64],
    bits: u32,
) -> Result<()> {
    let mut group: Vec<(T::Rank, i64)> = Vec::new();
    let mut start = 0;
    while start < words.len() {
        let same = |&&word: &&i64| word >> bits == words[start] >> bits;
        let count = 1 + words[start + 1..].iter().take_while(same).count();
        let end = start + count;
        if count > 1 {
            group.clear();
            group.try_reserve(count).map_err(|_| {
                Error::memory(format!("cannot allocate the keys of {count} elements"))
            })?;
            group.extend(words[start..end].iter().map(|&word| {
                let place = at(from, step, word.index(bits) as usize);
                // SAFETY: the caller's: the element of an index. It is read once.
                (unsafe { load::<T>(place, 0) }.rank(), word)
            }));
            group.sort_unstable_by(|(a, first), (b, second)| {
                let order = if DESCENDING { b.cmp(a) } else { a.cmp(b) };
                order.then(first.cmp(second))
            });
            for (word, (_, sorted)) in words[start..end].iter_mut().zip(&group) {
                *word = *sorted;
            }
        }
        start = end;
    }
    Ok(())
}

/// Cuts keys down to what leaves room for an index, and puts it below.
struct Pack<W> {
    words: *mut W,
    len: usize,
    /// The index of the first.
    first: usize,
    /// Words that have the same index.
    lanes: usize,
    cut: Cut<W>,
}

#[derive(Clone, Copy)]
struct Cut<W> {
    /// The gap that is closed.
    gap: Option<Gap<W>>,
    /// Which word then becomes 0, and the lowest bits that are left out; or all are kept.
    from: Option<(W, u32)>,
    /// The bits of an index.
    bits: u32,
}

impl<W: Word> Cut<W> {
    #[inline(always)]
    fn of(self, word: W, index: usize) -> W {
        let word = self.gap.map_or(word, |gap| gap.close(word));
        match self.from {
            Some((least, shift)) => {
                word.differing(word).plus(word.above(least, shift)).followed_by(index, self.bits)
            }
            None => word.followed_by(index, self.bits),
        }
    }
}

impl<W: Word> Kernel for Pack<W> {
    type Task = Self;

    #[inline(always)]
    unsafe fn run(&Self { words, len, first, lanes, cut }: &Self) {
        // SAFETY: the caller's: `len * lanes` words.
        let words = unsafe { std::slice::from_raw_parts_mut(words, len * lanes) };
        if lanes == 1 {
            for (place, word) in words.iter_mut().enumerate() {
                *word = cut.of(*word, first + place);
            }
            return;
        }
        for (place, row) in words.chunks_exact_mut(lanes).enumerate() {
            for word in row {
                *word = cut.of(*word, first + place);
            }
        }
    }
}

/// Leaves of each word its index.
struct Unpack<W> {
    words: *const W,
    len: usize,
    bits: u32,
    to: *mut W,
}

impl<W: Word> Kernel for Unpack<W> {
    type Task = Self;

    #[inline(always)]
    unsafe fn run(&Self { words, len, bits, to }: &Self) {
        for place in 0..len {
            // SAFETY: the caller's: `len` words at both places, which are one or disjoint.
            unsafe { to.add(place).write((*words.add(place)).index(bits)) };
        }
    }
}

/// The bits of an index of `len` elements.
fn index_bits(len: usize) -> u32 {
    usize::BITS - (len - 1).leading_zeros()
}

/// How words that look so are cut to make room for `bits` of index; and whether something is
/// lost.
fn cut(codec: &Codec, seen: &Survey<i64>, bits: u32) -> (Cut<i64>, bool) {
    let idle = if seen.differing == 0 { 0 } else { seen.differing.trailing_zeros() };
    let gap = codec.zeros.and_then(|zeros| Gap::of(seen, zeros, idle));
    let close = |word| gap.map_or(word, |gap| gap.close(word));
    let range = Range { least: close(seen.range.least), greatest: close(seen.range.greatest) };
    let lost = range.bits(idle).saturating_sub(63 - bits);
    (Cut { gap, from: Some((range.least, idle + lost)), bits }, lost > 0)
}

/// Writes into `out`, which has `from`'s shape and is `int64`, for each line of `from` along
/// `axis` the indices that put it in order. Equal elements keep their order.
///
/// # Errors
///
/// `Memory`.
///
/// # Safety
///
/// [reach], [alive] and [permit]; `out` is fresh: nobody else knows of its memory.
pub(crate) unsafe fn argsort(
    sorting: Sorting,
    from: Operand<'_>,
    axis: usize,
    out: Operand<'_>,
) -> Result<()> {
    if out.shape.contains(&0) {
        return Ok(());
    }
    let codec = &codec(from.dtype, sorting.descending);
    let lines = Lines::new(&from, &out, axis);
    if lines.len <= network::LONGEST {
        let bits = index_bits(lines.len);
        // SAFETY: the caller's contract; ranges are disjoint.
        unsafe {
            if let Some(load) = codec.short.filter(|_| lines.count >= i32::LANES / 2) {
                let loops = [load, loops::cast(DType::Int32, DType::Int64)];
                let plain = Cut { gap: None, from: None, bits };
                let cut = |_, _| Ok((plain, false));
                return lines.share(i32::LANES, &|range, _| {
                    sort_short::<i32>(loops, &lines, range, &cut, &|_, _| Ok(()))
                });
            }
            if lines.count >= i64::LANES / 2 {
                let loops = [codec.load, loops::copy(8)];
                let cut = |words: *mut i64, count: usize| match codec.bits {
                    64 => {
                        let seen = survey(words, count, codec.zeros, 1)?;
                        let (cut, lost) = cut(codec, &seen, bits);
                        Ok((cut, lost || !codec.exact))
                    }
                    _ => Ok((Cut { gap: None, from: None, bits }, false)),
                };
                let resolve = |group, words| resolve_short(codec, &lines, group, words, bits);
                return lines.share(i64::LANES, &|range, _| {
                    sort_short(loops, &lines, range, &cut, &resolve)
                });
            }
        }
    }
    let cost = Cost(8 + from.dtype.itemsize());
    let direct = out.strides[axis] == 8;
    let memory = Memory::new::<i64>(if direct { 0 } else { lines.count * lines.len })?;
    let strides = side_by_side(out.shape, axis, 8);
    let words = match direct {
        true => out,
        false => Operand { address: memory.words::<i64>().cast(), strides: &strides, ..out },
    };
    // SAFETY: the caller's contract; the words are his result or our own memory.
    unsafe {
        nest::run(out.shape, [strided(&words), strided(&from)], cost, codec.load)?;
        let lines = Lines::new(&from, &words, axis);
        lines.share(1, &|range, threads| {
            let scratch = Memory::new::<i64>(lines.len)?;
            for index in range {
                let line = lines.get(index);
                let words =
                    Words { data: line.out.cast(), scratch: scratch.words(), len: lines.len };
                sort_line(codec, words, [line.from, line.out], lines.from_step, threads)?;
            }
            Ok(())
        })?;
        if !direct {
            nest::run(out.shape, [strided(&out), strided(&words)], Cost(16), loops::copy(8))?;
        }
    }
    Ok(())
}

/// Replaces one line of words at `out` by indices; the elements are at `from`.
///
/// # Safety
///
/// As [`radix::sort`]; `from` is in reach.
unsafe fn sort_line(
    codec: &Codec,
    words: Words<i64>,
    [from, out]: [*mut u8; 2],
    step: isize,
    threads: usize,
) -> Result<()> {
    let Words { data, scratch, len } = words;
    // SAFETY: the caller's contract.
    let seen = unsafe { survey(data, len, codec.zeros, threads)? };
    let parts = threads.min(len / GRAIN).max(1);
    let part = len.div_ceil(parts);
    let shared = Shared((data, from, out.cast::<i64>()));
    let in_parts = |work: &(dyn Fn(usize, &mut [i64]) + Sync)| {
        pool::for_each(parts, parts, &|task| {
            let start = (task * part).min(len);
            // SAFETY: the caller's contract; tasks have parts of their own.
            work(start, unsafe {
                std::slice::from_raw_parts_mut(shared.get().0.add(start), part.min(len - start))
            });
        })
    };
    if seen.rises && codec.exact {
        return in_parts(&|start, part| {
            part.iter_mut().enumerate().for_each(|(place, word)| *word = (start + place) as i64);
        });
    }
    if seen.falls && codec.exact {
        // SAFETY: the caller's contract.
        unsafe { turn_round(std::slice::from_raw_parts_mut(data, len), scratch) };
        return Ok(());
    }
    let bits = index_bits(len);
    let (cut, lost) = cut(codec, &seen, bits);
    in_parts(&|first, part| {
        let (words, len) = (part.as_mut_ptr(), part.len());
        // SAFETY: a part.
        unsafe { compile::<Pack<i64>>()(&Pack { words, len, first, lanes: 1, cut }) };
    })?;
    let range = Range { least: 0, greatest: cut.of(seen.range.greatest, (1 << bits) - 1) };
    let failed = AtomicBool::new(false);
    let finish = |start: usize, words: *mut i64, len: usize| {
        let (_, from, out) = shared.get();
        // SAFETY: a piece, with all words that begin as one of it does; its place in the line.
        unsafe {
            if lost || !codec.exact {
                let words = std::slice::from_raw_parts_mut(words, len);
                if (codec.resolve)(from, step, words, bits).is_err() {
                    failed.store(true, Ordering::Relaxed);
                }
            }
            compile::<Unpack<i64>>()(&Unpack { words, len, bits, to: out.add(start) });
        }
    };
    // SAFETY: the caller's contract.
    unsafe { radix::sort(words, bits, range, threads, &finish)? };
    if failed.into_inner() {
        return Err(Error::memory("cannot allocate the keys of the elements that are sorted"));
    }
    Ok(())
}

/// Replaces words that fall by the indices that put them in order: backwards, equal ones
/// forwards.
unsafe fn turn_round(words: &mut [i64], scratch: *mut i64) {
    let mut end = words.len();
    let mut place = scratch;
    while end > 0 {
        let start = end - words[..end].iter().rev().take_while(|&&w| w == words[end - 1]).count();
        for index in start..end {
            // SAFETY: the caller's: as many words as there are.
            unsafe {
                place.write(index as i64);
                place = place.add(1);
            }
        }
        end = start;
    }
    // SAFETY: the caller's: as many words, disjoint.
    unsafe { words.as_mut_ptr().copy_from_nonoverlapping(scratch, words.len()) };
}

/// Sorts lines that are short, as many at once as there are lanes: `cut` sees how words make room
/// for indices, and whether something is lost, which `resolve` puts right afterwards.
unsafe fn sort_short<W: Word>(
    [load, store]: [Loop<2>; 2],
    lines: &Lines,
    range: std::ops::Range<usize>,
    cut: &dyn Fn(*mut W, usize) -> Result<(Cut<W>, bool)>,
    resolve: &dyn Fn(std::ops::Range<usize>, *mut W) -> Result<()>,
) -> Result<()> {
    let (len, count) = (lines.len, lines.len * W::LANES);
    let memory = Memory::new::<W>(count)?;
    let words = memory.words::<W>();
    // SAFETY: our own memory. Every lane holds words, however few the lines.
    unsafe { words.write_bytes(0, count) };
    for first in range.clone().step_by(W::LANES) {
        let group = first..range.end.min(first + W::LANES);
        // SAFETY: the caller's contract: the lines are in reach.
        lines.rows(group.clone(), words, Side::From, |len, addresses, steps| unsafe {
            load(len, &addresses, &steps);
        });
        let (cut, lost) = cut(words, count)?;
        let to = words;
        // SAFETY: `LANES` lines of words.
        unsafe {
            compile::<Pack<W>>()(&Pack { words, len, first: 0, lanes: W::LANES, cut });
            network::sort(words, len);
        }
        if lost {
            resolve(group.clone(), words)?;
        }
        // SAFETY: `LANES` lines of words.
        unsafe { compile::<Unpack<W>>()(&Unpack { words, len: count, bits: cut.bits, to }) };
        // SAFETY: the caller's contract; nobody else writes these lines of the result.
        lines.rows(group, words, Side::Out, |len, [words, out], [step, out_step]| unsafe {
            store(len, &[out, words], &[out_step, step]);
        });
    }
    Ok(())
}

/// Puts in order what was lost of the keys of lines that stand side by side.
unsafe fn resolve_short(
    codec: &Codec,
    lines: &Lines,
    group: std::ops::Range<usize>,
    words: *mut i64,
    bits: u32,
) -> Result<()> {
    let mut column = [0; network::LONGEST];
    let column = &mut column[..lines.len];
    for (lane, index) in group.enumerate() {
        // SAFETY: the caller's: a word for each place in each lane, and lines in reach.
        unsafe {
            for (place, word) in column.iter_mut().enumerate() {
                *word = *words.add(place * i64::LANES + lane);
            }
            (codec.resolve)(lines.get(index).from, lines.from_step, column, bits)?;
            for (place, &word) in column.iter().enumerate() {
                *words.add(place * i64::LANES + lane) = word;
            }
        }
    }
    Ok(())
}
