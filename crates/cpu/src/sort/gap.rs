//! The emptiness around zero.
//!
//! Half of all floats are less than 1: between the negative and the positive numbers of most data
//! lie more keys than there are among them. Closing the gap leaves digits to what is there.

use super::survey::Survey;
use super::word::Word;
use crate::isa::{Kernel, compile};

/// Two runs of words that do not occur, on both sides of the words of zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gap<W> {
    /// The words of the two zeros, the lesser first.
    zeros: (W, W),
    /// How far the zeros move down, and how far all that is greater does.
    by: (usize, usize),
}

impl<W: Word> Gap<W> {
    /// The gap around `zeros` in what was seen, if it is worth closing. Words keep the lowest
    /// `low` bits that they have in common.
    pub(super) fn of(seen: &Survey<W>, zeros: (W, W), low: u32) -> Option<Self> {
        let whole = |distance: usize| distance.saturating_sub(1) >> low << low;
        let below = if seen.below == 0 { 0 } else { zeros.0.above(seen.low, 0) };
        let above = match seen.range.greatest > zeros.1 {
            true => seen.high.above(zeros.1, 0),
            false => 0,
        };
        let alone = seen.below == 0 && seen.pair == [0, 0];
        let (below, above) = (whole(below), if alone { 0 } else { whole(above) });
        let all = seen.range.greatest.above(seen.range.least, 0);
        (below + above > all / 4).then_some(Self { zeros, by: (below, below + above) })
    }

    /// The word that stands for `word` when the gap is closed.
    #[inline(always)]
    pub(super) fn close(self, word: W) -> W {
        let by = if word > self.zeros.1 { self.by.1 } else { self.by.0 };
        word.minus(if word < self.zeros.0 { 0 } else { by })
    }

    #[inline(always)]
    fn open(self, word: W) -> W {
        let (zero, above) = (self.zeros.0.minus(self.by.0), self.zeros.1.minus(self.by.0));
        let by = if word > above { self.by.1 } else { self.by.0 };
        word.plus(if word < zero { 0 } else { by })
    }

    /// Closes the gap in `len` words.
    ///
    /// # Safety
    ///
    /// They are initialised and nobody else's.
    pub(super) unsafe fn close_all(self, words: *mut W, len: usize) {
        // SAFETY: the caller's.
        unsafe { compile::<Move<W, false>>()(&Move { gap: self, words, len }) };
    }

    /// Opens the gap again.
    ///
    /// # Safety
    ///
    /// As [`Gap::close_all`].
    pub(super) unsafe fn open_all(self, words: *mut W, len: usize) {
        // SAFETY: the caller's.
        unsafe { compile::<Move<W, true>>()(&Move { gap: self, words, len }) };
    }
}

struct Move<W, const OPEN: bool> {
    gap: Gap<W>,
    words: *mut W,
    len: usize,
}

impl<W: Word, const OPEN: bool> Kernel for Move<W, OPEN> {
    type Task = Self;

    #[inline(always)]
    unsafe fn run(&Self { gap, words, len }: &Self) {
        for place in 0..len {
            // SAFETY: the caller's: `len` words.
            let word = unsafe { &mut *words.add(place) };
            *word = if OPEN { gap.open(*word) } else { gap.close(*word) };
        }
    }
}
