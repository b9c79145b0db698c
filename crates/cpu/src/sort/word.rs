//! The words that sorting moves: signed integers, ordered as the elements that they stand for.

use tensorbridge_core::Element;

/// A word. Signed, because that is what vector instructions compare.
pub(crate) trait Word: Element + Ord {
    /// The least word.
    const LEAST: Self;
    /// The greatest word.
    const GREATEST: Self;

    /// How many times `1 << shift` fits between `base`, which is no greater, and this word.
    fn above(self, base: Self, shift: u32) -> usize;

    /// The word so far above this one.
    fn plus(self, distance: usize) -> Self;

    /// The word so far below this one.
    fn minus(self, distance: usize) -> Self;

    /// The word moved up by `bits`, with `index` below.
    fn followed_by(self, index: usize, bits: u32) -> Self;

    /// The index below the word that [`Word::followed_by`] has moved up.
    fn index(self, bits: u32) -> Self;

    /// The word whose order among the inverted is the reverse.
    fn inverted(self) -> Self;

    /// The word with its lowest bits cleared.
    fn truncated(self, low: u32) -> Self;

    /// The bits in which the two differ.
    fn differing(self, other: Self) -> Self;

    /// The bits of either.
    fn either(self, other: Self) -> Self;

    /// The words that are compared at once where many lines are sorted side by side: what two
    /// vector registers hold.
    const LANES: usize;

    /// Gives each of the [`Word::LANES`] words at `a` the lesser of itself and the word at `b`
    /// beside it, which gets the greater.
    ///
    /// # Safety
    ///
    /// Both are that many words, disjoint and initialised.
    unsafe fn exchange(a: *mut Self, b: *mut Self);

    /// Sorts the [`WINDOW`] words at `from` into those at `to`.
    ///
    /// # Safety
    ///
    /// Both are [`WINDOW`] words, disjoint, the first initialised.
    unsafe fn sort_window(from: *const Self, to: *mut Self);
}

/// The words that are sorted at once, by counting for each how many are less.
pub(crate) const WINDOW: usize = 16;

/// Sorts a window in which words are equal: `ranks`, how many are less than each, leave holes
/// behind the first of equal ones.
#[cold]
#[inline(never)]
fn with_ties<W: Word>(words: &[W; WINDOW], ranks: [usize; WINDOW]) -> [W; WINDOW] {
    let mut sorted = [W::LEAST; WINDOW];
    for (place, &rank) in ranks.iter().enumerate() {
        sorted[rank] = words[place];
    }
    let mut greatest = W::LEAST;
    sorted.map(|word| {
        greatest = greatest.max(word);
        greatest
    })
}

macro_rules! words {
    ($($word:ty as $unsigned:ty, $exchange:expr;)+) => {$(
        impl Word for $word {
            const LEAST: Self = <$word>::MIN;
            const GREATEST: Self = <$word>::MAX;

            #[inline(always)]
            fn above(self, base: Self, shift: u32) -> usize {
                (self.wrapping_sub(base) as $unsigned >> shift) as usize
            }

            #[inline(always)]
            fn plus(self, distance: usize) -> Self {
                self.wrapping_add(distance as Self)
            }

            #[inline(always)]
            fn minus(self, distance: usize) -> Self {
                self.wrapping_sub(distance as Self)
            }

            #[inline(always)]
            fn followed_by(self, index: usize, bits: u32) -> Self {
                self << bits | index as Self
            }

            #[inline(always)]
            fn index(self, bits: u32) -> Self {
                self & ((1 << bits) - 1)
            }

            #[inline(always)]
            fn inverted(self) -> Self {
                !self
            }

            #[inline(always)]
            fn truncated(self, low: u32) -> Self {
                self >> low << low
            }

            #[inline(always)]
            fn differing(self, other: Self) -> Self {
                self ^ other
            }

            #[inline(always)]
            fn either(self, other: Self) -> Self {
                self | other
            }

            const LANES: usize = 64 / size_of::<$word>();

            #[inline(always)]
            unsafe fn exchange(a: *mut Self, b: *mut Self) {
                let (a, b) = (a.cast::<[Self; Self::LANES]>(), b.cast::<[Self; Self::LANES]>());
                // SAFETY: the caller's: so many words at both places.
                unsafe {
                    let (mut low, mut high) = (a.read(), b.read());
                    for lane in 0..Self::LANES {
                        let exchange: fn(Self, Self) -> (Self, Self) = $exchange;
                        (low[lane], high[lane]) = exchange(low[lane], high[lane]);
                    }
                    a.write(low);
                    b.write(high);
                }
            }

            #[inline(always)]
            unsafe fn sort_window(from: *const Self, to: *mut Self) {
                // SAFETY: the caller's: a whole window.
                let words: [Self; WINDOW] = unsafe { from.cast::<[Self; WINDOW]>().read() };
                let mut ranks = [0 as Self; WINDOW];
                for word in words {
                    for place in 0..WINDOW {
                        ranks[place] += Self::from(word < words[place]);
                    }
                }
                // Of different words the ranks are 0, 1, …
                if ranks.iter().sum::<Self>() as usize != WINDOW * (WINDOW - 1) / 2 {
                    let sorted = with_ties(&words, ranks.map(|rank| rank as usize));
                    // SAFETY: the caller's: a whole window.
                    unsafe { to.cast::<[Self; WINDOW]>().write(sorted) };
                    return;
                }
                for place in 0..WINDOW {
                    // SAFETY: the caller's: a whole window, and a rank counts other words in it.
                    unsafe { to.add(ranks[place] as usize).write(words[place]) };
                }
            }
        }
    )+};
}

words! {
    i16 as u16, |a, b| (a.min(b), a.max(b));
    i32 as u32, |a, b| (a.min(b), a.max(b));
    // There is no instruction for these, and this is what a compiler makes vectors of.
    i64 as u64, |a, b| {
        let exchanged = (a ^ b) & -i64::from(b < a);
        (a ^ exchanged, b ^ exchanged)
    };
}
