//! Masks as bits: read once, counted, and walked one set bit after another.
//!
//! A mask is read into memory of our own, so that whoever changes it meanwhile changes nothing;
//! the counts say where each piece of a result begins, so that threads can share it.

use tensorbridge_core::{Error, Result};

use crate::isa::{Kernel, compile};
use crate::loops::body::{at, load, store};
use crate::pool::{self, Shared};

/// Elements of a piece, with a count of its own: whole words.
const PIECE: usize = 1 << 14;

/// The words of a piece.
const WORDS: usize = PIECE / 64;

/// A mask over elements counted in C order.
pub struct Bits {
    words: Vec<u64>,
    /// How many bits are set in front of each piece, and in all.
    before: Vec<usize>,
}

/// The truth of 64 bytes, or of `len` and then zeros.
#[inline(always)]
unsafe fn word(bytes: *mut u8, len: usize) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let mut word = 0;
    let mut first = 0;
    while first < len {
        // SAFETY: the caller's: `len` bytes.
        let eight: u64 = unsafe {
            match len - first {
                8.. => load(bytes.wrapping_add(first), 0),
                rest => (0..rest).fold(0, |all, place| {
                    all | u64::from(load::<u8>(bytes, first + place)) << (8 * place)
                }),
            }
        };
        // The highest bit of every byte that is not 0; a product brings them together.
        let truth = ((((eight & LOW) + LOW) | eight) & !LOW) >> 7;
        word |= truth.wrapping_mul(0x0102_0408_1020_4080) >> 56 << first;
        first += 8;
    }
    word
}

struct Read {
    bytes: *mut u8,
    len: usize,
    words: *mut u64,
    count: *mut usize,
}

impl Kernel for Read {
    type Task = Self;

    #[inline(always)]
    unsafe fn run(&Self { bytes, len, words, count }: &Self) {
        let mut sum = 0;
        for place in 0..len.div_ceil(64) {
            // SAFETY: the caller's: `len` bytes, a word for every 64 of them.
            unsafe {
                let bytes = bytes.add(place * 64);
                let word = match len - place * 64 {
                    64.. => word(bytes, 64),
                    rest => word(bytes, rest),
                };
                words.add(place).write(word);
                sum += word.count_ones() as usize;
            }
        }
        // SAFETY: the caller's: a place for it.
        unsafe { count.write(sum) };
    }
}

impl Bits {
    /// Reads `len` bytes, which are true where they are not 0.
    ///
    /// # Errors
    ///
    /// `Memory`, `Interrupted`.
    ///
    /// # Safety
    ///
    /// \[reach\] and \[alive\] for the bytes, in host memory.
    pub unsafe fn read(bytes: *mut u8, len: usize) -> Result<Self> {
        let (count, pieces) = (len.div_ceil(64), len.div_ceil(PIECE));
        let (mut words, mut before) = (Vec::new(), Vec::new());
        words
            .try_reserve_exact(count)
            .and_then(|()| before.try_reserve_exact(pieces + 1))
            .map_err(|_| Error::memory(format!("cannot allocate the bits of {len} elements")))?;
        words.resize(count, 0_u64);
        before.resize(pieces + 1, 0_usize);
        let shared = Shared((bytes, words.as_mut_ptr(), before.as_mut_ptr()));
        pool::for_each(threads(len), pieces, &|piece| {
            let (bytes, words, counts) = shared.get();
            let read = Read {
                bytes: bytes.wrapping_add(piece * PIECE),
                len: PIECE.min(len - piece * PIECE),
                words: words.wrapping_add(piece * WORDS),
                count: counts.wrapping_add(piece),
            };
            // SAFETY: the caller's; pieces have words and counts of their own.
            unsafe { compile::<Read>()(&read) };
        })?;
        let mut sum = 0;
        for count in &mut before {
            sum += std::mem::replace(count, sum);
        }
        Ok(Self { words, before })
    }

    /// How many bits are set.
    #[must_use]
    pub fn count(&self) -> usize {
        self.before.last().copied().unwrap_or(0)
    }

    /// Calls `work(piece, set)` for all pieces in which a bit is set, on several threads; `set`
    /// are set in front of it.
    fn each_piece(&self, work: &(dyn Fn(usize, usize) + Sync)) -> Result<()> {
        let pieces = self.before.len() - 1;
        pool::for_each(threads(self.words.len() * 64), pieces, &|piece| {
            if self.before[piece] < self.before[piece + 1] {
                work(piece, self.before[piece]);
            }
        })
    }

    /// Moves elements of `size` bytes between `masked`, one for each bit, and `packed`, one for
    /// each set bit; each is an address and the bytes from element to element.
    ///
    /// # Errors
    ///
    /// `Interrupted`.
    ///
    /// # Safety
    ///
    /// \[reach\] and \[alive\] for all of these elements and \[permit\] for those written: the packed
    /// ones, or with `unpack` the masked ones. \[alias\]: they are disjoint.
    pub unsafe fn transfer(
        &self,
        size: usize,
        masked: (*mut u8, isize),
        packed: (*mut u8, isize),
        unpack: bool,
    ) -> Result<()> {
        let run = transfer_of(size, unpack);
        let shared = Shared((masked.0, packed.0));
        self.each_piece(&|piece, set| {
            let (from, to) = shared.get();
            let start = piece * WORDS;
            let task = Transfer {
                words: self.words[start..].as_ptr(),
                count: WORDS.min(self.words.len() - start),
                masked: (at(from, masked.1, piece * PIECE), masked.1),
                packed: (at(to, packed.1, set), packed.1),
            };
            // SAFETY: the caller's; pieces have elements of their own.
            unsafe { run(&task) };
        })
    }

    /// Writes the place of every set bit, times `factor`, to `out`.
    ///
    /// # Errors
    ///
    /// `Interrupted`.
    ///
    /// # Safety
    ///
    /// `out` has room for [`Bits::count`] numbers, and nobody else knows of it.
    pub unsafe fn places<N: Number>(&self, factor: isize, out: *mut N) -> Result<()> {
        let shared = Shared(out);
        self.each_piece(&|piece, set| {
            let start = piece * WORDS;
            let places = Places {
                words: self.words[start..].as_ptr(),
                count: WORDS.min(self.words.len() - start),
                first: piece * PIECE,
                factor,
                out: shared.get().wrapping_add(set),
            };
            // SAFETY: the caller's; pieces write places of their own.
            unsafe { compile::<Places<N>>()(&places) };
        })
    }
}

/// What a place can be written as.
pub trait Number: Copy + Send + Sync {
    /// The number of this value.
    fn of(value: isize) -> Self;
}

impl Number for isize {
    #[inline(always)]
    fn of(value: isize) -> Self {
        value
    }
}

impl Number for i64 {
    #[inline(always)]
    fn of(value: isize) -> Self {
        value as Self
    }
}

fn threads(len: usize) -> usize {
    pool::num_threads().min(len / (4 * PIECE)).max(1)
}

/// Calls `work` with the place of each set bit.
#[inline(always)]
unsafe fn each_set(words: *const u64, count: usize, mut work: impl FnMut(usize)) {
    for place in 0..count {
        // SAFETY: the caller's: `count` words.
        let mut word = unsafe { words.add(place).read() };
        while word != 0 {
            work(place * 64 + word.trailing_zeros() as usize);
            word &= word - 1;
        }
    }
}

struct Transfer {
    words: *const u64,
    count: usize,
    masked: (*mut u8, isize),
    packed: (*mut u8, isize),
}

struct Move<T, const UNPACK: bool>(std::marker::PhantomData<T>);

impl<T: Copy, const UNPACK: bool> Kernel for Move<T, UNPACK> {
    type Task = Transfer;

    #[inline(always)]
    unsafe fn run(&Transfer { words, count, masked, packed }: &Transfer) {
        let size = size_of::<T>() as isize;
        let mut next = 0;
        let mut run = |masked_step: isize, packed_step: isize| {
            // SAFETY: the caller's: an element for each bit, and for each set bit.
            unsafe {
                each_set(words, count, |place| {
                    let masked = at(masked.0, masked_step, place);
                    let packed = at(packed.0, packed_step, next);
                    match UNPACK {
                        true => store::<T>(masked, 0, load(packed, 0)),
                        false => store::<T>(packed, 0, load(masked, 0)),
                    }
                    next += 1;
                });
            }
        };
        match (masked.1 == size, packed.1) {
            (true, step) if step == size => run(size, size),
            (true, 0) => run(size, 0),
            _ => run(masked.1, packed.1),
        }
    }
}

fn transfer_of(size: usize, unpack: bool) -> unsafe fn(&Transfer) {
    macro_rules! sized {
        ($($size:pat => $type:ty,)+) => {
            match (size, unpack) {
                $(($size, false) => compile::<Move<$type, false>>(),
                ($size, true) => compile::<Move<$type, true>>(),)+
            }
        };
    }
    sized! { 1 => u8, 2 => u16, 4 => u32, 8 => u64, _ => u128, }
}

struct Places<N> {
    words: *const u64,
    count: usize,
    first: usize,
    factor: isize,
    out: *mut N,
}

impl<N: Number> Kernel for Places<N> {
    type Task = Self;

    #[inline(always)]
    unsafe fn run(&Self { words, count, first, factor, out }: &Self) {
        let mut next = out;
        // SAFETY: the caller's: a place in `out` for each set bit.
        unsafe {
            each_set(words, count, |place| {
                next.write(N::of(((first + place) as isize).wrapping_mul(factor)));
                next = next.add(1);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_come_and_go_where_bits_are_set() {
        for len in [0, 1, 7, 8, 63, 64, 65, 1000, 3 * PIECE + 5] {
            let truth = |place: usize| place.wrapping_mul(2_654_435_761) >> 7 & 3 == 0;
            let mut bytes: Vec<u8> =
                (0..len).map(|p| if truth(p) { 1 + p as u8 % 255 } else { 0 }).collect();
            // SAFETY: all of `bytes`.
            let bits = unsafe { Bits::read(bytes.as_mut_ptr(), len) }.unwrap();
            let set: Vec<usize> = (0..len).filter(|&place| truth(place)).collect();
            assert_eq!(bits.count(), set.len());
            let mut places = vec![0_isize; set.len()];
            // SAFETY: a place for each set bit.
            unsafe { bits.places(-3, places.as_mut_ptr()) }.unwrap();
            assert!(places.iter().zip(&set).all(|(&found, &place)| found == -3 * place as isize));
            let mut values: Vec<u32> = (0..len as u32).collect();
            let mut packed = vec![0_u32; set.len()];
            let masked = (values.as_mut_ptr().cast::<u8>(), 4);
            // SAFETY: an element for each bit, and for each set bit.
            unsafe { bits.transfer(4, masked, (packed.as_mut_ptr().cast(), 4), false) }.unwrap();
            assert!(packed.iter().zip(&set).all(|(&found, &place)| found == place as u32));
            let mut one = u32::MAX;
            // SAFETY: as above; the one element is repeated.
            unsafe { bits.transfer(4, masked, ((&raw mut one).cast(), 0), true) }.unwrap();
            let expected = |place: usize| if truth(place) { u32::MAX } else { place as u32 };
            assert!(values.iter().enumerate().all(|(place, &value)| value == expected(place)));
        }
    }
}
