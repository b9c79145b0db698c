//! Elements as words: what order means for each dtype.
//!
//! Numbers are ordered by value, `false` before `true`. NaN is greater than any number, whatever
//! its sign. The keys of floats are their bits, those of negative numbers inverted so that they
//! descend (M. Herf, "Radix Tricks", 2001), then turned so that the NaN of negative sign follow
//! the others.

use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::{Bool, Element};

use super::word::Word;

/// An element that has an order.
pub(crate) trait Key: Element {
    /// Holds its keys.
    type Word: Word;

    /// Whether its bits are those of its key.
    const PLAIN: bool = false;

    /// The keys of -0.0 and of 0.0, where there are two zeros.
    const ZEROS: Option<(Self::Word, Self::Word)> = None;

    /// A word of its own for every bit pattern (for every truth value of a `bool`), ordered as
    /// the elements are.
    fn key(self) -> Self::Word;

    /// The element with this key.
    fn of_key(key: Self::Word) -> Self;

    /// As [`Key::key`], but one word for both zeros and one for all NaN.
    fn rank(self) -> Self::Word;
}

macro_rules! integers {
    ($($type:ty: $word:ty, $flip:expr, $plain:expr;)+) => {$(
        impl Key for $type {
            type Word = $word;
            const PLAIN: bool = $plain;

            #[inline(always)]
            fn key(self) -> $word {
                (self ^ $flip) as $word
            }

            #[inline(always)]
            fn of_key(key: $word) -> Self {
                key as Self ^ $flip
            }

            #[inline(always)]
            fn rank(self) -> $word {
                self.key()
            }
        }
    )+};
}

integers! {
    i8: i16, 0, false;
    i16: i16, 0, true;
    i32: i32, 0, true;
    i64: i64, 0, true;
    u8: i16, 0, false;
    u16: i16, 1 << 15, false;
    u32: i32, 1 << 31, false;
    u64: i64, 1 << 63, false;
}

impl Key for Bool {
    type Word = i16;

    #[inline(always)]
    fn key(self) -> i16 {
        i16::from(self.get())
    }

    #[inline(always)]
    fn of_key(key: i16) -> Self {
        Self(key as u8)
    }

    #[inline(always)]
    fn rank(self) -> i16 {
        self.key()
    }
}

/// `$infinity` is the bit pattern of the positive one: greater magnitudes are NaN.
macro_rules! floats {
    ($($type:ty: $word:ty, $infinity:expr;)+) => {$(
        impl Key for $type {
            type Word = $word;
            const ZEROS: Option<($word, $word)> = {
                let turn = <$word>::MAX - $infinity;
                Some((-1 - turn, -turn))
            };

            #[inline(always)]
            fn key(self) -> $word {
                let bits = self.to_bits() as $word;
                let ordered = bits ^ (bits >> (<$word>::BITS - 1) & <$word>::MAX);
                ordered.wrapping_sub(<$word>::MAX - $infinity)
            }

            #[inline(always)]
            fn of_key(key: $word) -> Self {
                let ordered = key.wrapping_add(<$word>::MAX - $infinity);
                let bits = ordered ^ (ordered >> (<$word>::BITS - 1) & <$word>::MAX);
                Self::from_bits(bits as _)
            }

            #[inline(always)]
            fn rank(self) -> $word {
                let magnitude = self.to_bits() as $word & <$word>::MAX;
                let key = if magnitude == 0 { Self::from_bits(0).key() } else { self.key() };
                if magnitude > $infinity { <$word>::MAX } else { key }
            }
        }
    )+};
}

floats! {
    f16: i16, 0x7c00;
    bf16: i16, 0x7f80;
    f32: i32, 0x7f80_0000;
    f64: i64, 0x7ff0_0000_0000_0000;
}

/// An element whose place in an order a word tells, or begins to tell.
pub(crate) trait Prefix: Element {
    /// Tells all of it; elements that are equal there are equal.
    type Rank: Copy + Ord;

    /// Whether the word tells all of it, too.
    const EXACT: bool;

    /// The prefix of zero, where there are many between it and those of common numbers.
    const ZERO: Option<i64>;

    /// No greater than that of a greater element.
    fn prefix(self) -> i64;

    fn rank(self) -> Self::Rank;
}

macro_rules! reals {
    ($($type:ty)+) => {$(
        impl Prefix for $type {
            type Rank = <Self as Key>::Word;
            const EXACT: bool = true;
            const ZERO: Option<i64> = match <Self as Key>::ZEROS {
                Some((_, zero)) => Some(zero as i64),
                None => None,
            };

            #[inline(always)]
            fn prefix(self) -> i64 {
                i64::from(Key::rank(self))
            }

            #[inline(always)]
            fn rank(self) -> Self::Rank {
                Key::rank(self)
            }
        }
    )+};
}

reals! { Bool i8 i16 i32 i64 u8 u16 u32 u64 f16 bf16 f32 f64 }

/// NumPy's order of complex numbers: by the real part, then by the imaginary part; those with a
/// NaN behind the others, first where it is the imaginary part, then where it is the real one,
/// then where it is both.
macro_rules! complex {
    ($($type:ty: $part:ty, $prefix:expr;)+) => {$(
        impl Prefix for $type {
            type Rank = (u8, <$part as Key>::Word, <$part as Key>::Word);
            const EXACT: bool = false;
            const ZERO: Option<i64> = None;

            #[inline(always)]
            fn prefix(self) -> i64 {
                let prefix: fn(i64, i64) -> i64 = $prefix;
                match u8::from(self.re.is_nan()) * 2 + u8::from(self.im.is_nan()) {
                    0 => prefix(self.re.prefix(), self.im.prefix()),
                    nan => i64::MAX - 3 + i64::from(nan),
                }
            }

            #[inline(always)]
            fn rank(self) -> Self::Rank {
                let nan = u8::from(self.re.is_nan()) * 2 + u8::from(self.im.is_nan());
                (nan, Key::rank(self.re), Key::rank(self.im))
            }
        }
    )+};
}

complex! {
    Complex32: f32, |re, im| (re << 32) + (im - i64::from(i32::MIN));
    Complex64: f64, |re, _| re;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// NaN after everything, zeros equal.
    fn compare(a: f64, b: f64) -> std::cmp::Ordering {
        a.partial_cmp(&b).unwrap_or_else(|| a.is_nan().cmp(&b.is_nan()))
    }

    fn check<T: Key + std::fmt::Debug>(
        patterns: impl Iterator<Item = T>,
        value: impl Fn(T) -> f64,
    ) {
        let all: Vec<T> = patterns.collect();
        for &a in &all {
            let back = T::of_key(a.key());
            assert!(
                back.key() == a.key()
                    && (value(back).to_bits() == value(a).to_bits() || value(a).is_nan()),
                "{a:?}"
            );
            for &b in all.iter().step_by(97) {
                let order = compare(value(a), value(b));
                assert_eq!(a.rank().cmp(&b.rank()), order, "{a:?} {b:?}");
                if order.is_ne() {
                    assert_eq!(a.key().cmp(&b.key()), order, "{a:?} {b:?}");
                }
            }
        }
    }

    #[test]
    fn keys_are_ordered_as_values_are() {
        check((0..=u16::MAX).step_by(7).map(f16::from_bits), f16::to_f64);
        check((0..=u16::MAX).step_by(7).map(bf16::from_bits), bf16::to_f64);
        check((0..1 << 13).map(|bits| f32::from_bits(bits << 19 | bits & 1)), f64::from);
        check((0..1 << 13).map(|bits| f64::from_bits(bits << 51 | bits & 1)), |value| value);
        check((i8::MIN..=i8::MAX).chain([0]), f64::from);
        check((0..=u16::MAX).step_by(31), f64::from);
        check((0..=u32::MAX).step_by(1 << 21), f64::from);
        check((0..1 << 11).map(|bits| u64::MAX - (bits << 53)), |value| value as f64);
        check((0..=255).map(Bool), |value| f64::from(u8::from(value.get())));
    }

    #[test]
    fn zeros_have_the_keys_that_are_said() {
        assert_eq!(f32::ZEROS, Some(((-0.0_f32).key(), 0.0_f32.key())));
        assert_eq!(f64::ZEROS, Some(((-0.0_f64).key(), 0.0_f64.key())));
        assert_eq!(f16::ZEROS, Some((f16::NEG_ZERO.key(), f16::ZERO.key())));
        assert_eq!(bf16::ZEROS, Some((bf16::NEG_ZERO.key(), bf16::ZERO.key())));
    }
}
