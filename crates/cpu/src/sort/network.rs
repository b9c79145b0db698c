//! Sorting many short lines at once, one beside another.
//!
//! Batcher's merge exchange ("Sorting networks and their applications", 1968; D. Knuth, "The Art
//! of Computer Programming" 3, 5.2.2, algorithm M) compares and exchanges the same pairs of places
//! whatever the words are, so that one vector instruction serves a place of many lines.

use super::word::Word;
use crate::isa::{Kernel, compile};

/// The longest lines that are sorted by a network: the comparisons grow by the square of the
/// logarithm.
pub(super) const LONGEST: usize = 512;

struct Network<W> {
    words: *mut W,
    len: usize,
}

/// Sorts [`Word::LANES`] lines of `len` words each: word `p` of line `k` is at `p * LANES + k`.
///
/// # Safety
///
/// `words` is all of that, initialised, and nobody else's.
pub(super) unsafe fn sort<W: Word>(words: *mut W, len: usize) {
    // SAFETY: the caller's contract.
    unsafe { compile::<Network<W>>()(&Network { words, len }) };
}

impl<W: Word> Kernel for Network<W> {
    type Task = Self;

    #[inline(always)]
    unsafe fn run(&Self { words, len }: &Self) {
        // Before a round the words of each block of `sorted` stand in order, after it those of
        // blocks twice as long.
        let mut sorted = 1;
        while sorted < len {
            let mut distance = sorted;
            while distance > 0 {
                for start in (distance % sorted..len).step_by(2 * distance) {
                    // The partners of a run begin a block only where they begin the next one.
                    if distance < sorted && (start + distance) % (2 * sorted) == 0 {
                        continue;
                    }
                    for place in start..(start + distance).min(len.saturating_sub(distance)) {
                        // SAFETY: the caller's: `place + distance` is below `len`.
                        unsafe {
                            W::exchange(
                                words.add(place * W::LANES),
                                words.add((place + distance) * W::LANES),
                            );
                        }
                    }
                }
                distance /= 2;
            }
            sorted *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<W: Word + std::fmt::Debug>(of: impl Fn(u32) -> W) {
        let mut state = 1_u32;
        for len in (1..70).chain([127, 128, 129, 500]) {
            let mut words: Vec<W> = (0..len * W::LANES)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    of(state >> 16)
                })
                .collect();
            let line = |words: &[W], lane: usize| -> Vec<W> {
                words[lane..].iter().step_by(W::LANES).copied().collect()
            };
            let mut expected: Vec<_> = (0..W::LANES).map(|lane| line(&words, lane)).collect();
            expected.iter_mut().for_each(|line| line.sort());
            // SAFETY: all of `words`.
            unsafe { sort(words.as_mut_ptr(), len) };
            for (lane, expected) in expected.iter().enumerate() {
                assert_eq!(line(&words, lane), *expected, "{len} {lane}");
            }
        }
    }

    #[test]
    fn lines_of_every_length() {
        check(|number| number as i16);
        check(|number| number as i32 - 30_000);
        check(|number| i64::from(number % 50));
    }
}
