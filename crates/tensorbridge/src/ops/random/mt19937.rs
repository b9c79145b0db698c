//! The Mersenne Twister MT19937.
//!
//! The recurrence and the tempering follow M. Matsumoto and T. Nishimura,
//! "Mersenne Twister: a 623-dimensionally equidistributed uniform pseudo-random
//! number generator", ACM TOMACS 8(1), 1998; the seeding is the authors'
//! improved one of 2002.

/// Words in the state: the degree of the recurrence.
pub(super) const WORDS: usize = 624;

/// Distance between a word and the one it is combined with.
const MIDDLE: usize = 397;

/// The bits of the twist matrix's last row.
const MATRIX: u32 = 0x9908_b0df;

/// The most significant bit, taken from the older word of a twisted pair.
const UPPER: u32 = 0x8000_0000;

/// Multiplier of the seeding recurrence.
const SEED_FACTOR: u32 = 1_812_433_253;

/// The 32-bit Mersenne Twister, with the seed it was started from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mt19937 {
    pub(super) seed: u64,
    pub(super) words: [u32; WORDS],
    /// Draws until the state must be twisted again, counting that one.
    pub(super) left: u32,
    /// The word that the next draw tempers, unless the state is twisted first.
    pub(super) next: u32,
}

impl Mt19937 {
    /// Starts an engine from the low 32 bits of `seed`; all 64 are remembered.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut words = [0; WORDS];
        let mut word = low_word(seed);
        for (index, slot) in (0..).zip(&mut words) {
            if index > 0 {
                word = SEED_FACTOR.wrapping_mul(word ^ (word >> 30)).wrapping_add(index);
            }
            *slot = word;
        }
        Self { seed, words, left: 1, next: 0 }
    }

    /// The seed, as given.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Draws 32 random bits.
    #[inline]
    pub fn next_u32(&mut self) -> u32 {
        self.left -= 1;
        if self.left == 0 {
            self.twist();
        }
        let word = self.words[self.next as usize];
        self.next += 1;
        temper(word)
    }

    /// Replaces all words by their successors in the recurrence.
    fn twist(&mut self) {
        let words = &mut self.words;
        for i in 0..WORDS - MIDDLE {
            words[i] = words[i + MIDDLE] ^ twisted(words[i], words[i + 1]);
        }
        for i in WORDS - MIDDLE..WORDS - 1 {
            words[i] = words[i + MIDDLE - WORDS] ^ twisted(words[i], words[i + 1]);
        }
        words[WORDS - 1] = words[MIDDLE - 1] ^ twisted(words[WORDS - 1], words[0]);
        (self.left, self.next) = (624, 0);
    }
}

/// The low 32 bits of a number.
fn low_word(number: u64) -> u32 {
    let [a, b, c, d, ..] = number.to_le_bytes();
    u32::from_le_bytes([a, b, c, d])
}

/// Multiplies the pair's joint word by the twist matrix.
fn twisted(older: u32, newer: u32) -> u32 {
    let joint = (older & UPPER) | (newer & !UPPER);
    (joint >> 1) ^ if newer & 1 == 1 { MATRIX } else { 0 }
}

/// Improves the equidistribution of a word's bits.
fn temper(mut word: u32) -> u32 {
    word ^= word >> 11;
    word ^= (word << 7) & 0x9d2c_5680;
    word ^= (word << 15) & 0xefc6_0000;
    word ^ (word >> 18)
}

#[cfg(test)]
mod tests {
    use super::Mt19937;

    /// The ten-thousandth draw from seed 5489, as the C++ standard states it.
    #[test]
    fn ten_thousandth_draw() {
        let mut engine = Mt19937::new(5489);
        let last = (0..10_000).map(|_| engine.next_u32()).last();
        assert_eq!(last, Some(4_123_659_995));
    }

    #[test]
    fn only_the_low_half_of_the_seed_counts() {
        let (mut low, mut high) = (Mt19937::new(5), Mt19937::new((1 << 32) + 5));
        assert_eq!(low.next_u32(), high.next_u32());
        assert_ne!(low.seed(), high.seed());
    }
}
