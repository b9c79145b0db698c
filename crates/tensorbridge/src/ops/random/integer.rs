//! Uniformly distributed integers.
//!
//! A sample is the remainder of a random word by the width of the range. The
//! slight preference for small remainders is kept below about 6 % by taking
//! two words from a width of 2²⁸ on.

use super::generator::Generator;

/// The least width for which a sample takes 64 random bits.
const WIDE: u64 = 1 << 28;

/// Significand bits of single precision, through which PyTorch converts
/// integers to the 16-bit formats.
const SINGLE: u32 = 24;

/// The uniform distribution of `randint(low, high)`.
///
/// Samples are `i64`; PyTorch converts them to the tensor's type, whatever it
/// is. Ranges beyond that type are for the caller to refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UniformInt {
    low: i64,
    /// The number of values, 0 standing for all 2⁶⁴ of them.
    width: u64,
}

impl UniformInt {
    /// The integers of `low..high`, or nothing when there are none.
    #[must_use]
    pub fn new(low: i64, high: i64) -> Option<Self> {
        let width = high.wrapping_sub(low).cast_unsigned();
        (low < high).then_some(Self { low, width })
    }

    /// The integers of `low..=last`, or nothing when there are none.
    ///
    /// This is `random_(low, None)`, with the type's greatest integer as `last`.
    #[must_use]
    pub fn inclusive(low: i64, last: i64) -> Option<Self> {
        let width = last.wrapping_sub(low).cast_unsigned().wrapping_add(1);
        (low <= last).then_some(Self { low, width })
    }

    /// The integers of `low..high` for a tensor of a floating-point type with
    /// `digits` significand bits: 8, 11, 24 or 53.
    ///
    /// A bound is moved inwards where rounding to the type would carry the
    /// extreme sample outside the range.
    #[must_use]
    pub fn for_float(low: i64, high: i64, digits: u32) -> Option<Self> {
        if low >= high {
            return None;
        }
        Self::new(raised(low, digits), lowered(high, digits))
    }

    /// Draws one sample.
    pub fn sample(&self, generator: &mut Generator) -> i64 {
        let offset = match self.width {
            0 => generator.random64(),
            width if width < WIDE => u64::from(generator.random()) % width,
            width => generator.random64() % width,
        };
        self.low.wrapping_add_unsigned(offset)
    }
}

/// The range that `random_()` covers when it is given no bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NaturalRange {
    /// All non-negative numbers of an integer type with that many value bits:
    /// 1 for `bool`, 8 for `uint8`, 7 for `int8`, 63 for `int64`.
    Integer(u32),
    /// The integers from 0 to `2^digits` inclusive, for a floating-point type
    /// with that many significand bits.
    Float(u32),
}

impl NaturalRange {
    /// Draws one sample: 64 bits for `int64` and `float64`, 32 for all others.
    pub fn sample(self, generator: &mut Generator) -> i64 {
        let (bits, modulus) = match self {
            Self::Integer(bits) => (bits, 1_u64 << bits),
            Self::Float(digits) => (digits, (1_u64 << digits) + 1),
        };
        let word = if bits > 32 { generator.random64() } else { generator.random().into() };
        (word % modulus).cast_signed()
    }
}

/// A lower bound moved up, where the type would round its successor below it.
fn raised(low: i64, digits: u32) -> i64 {
    let second = through_float(low + 1, digits);
    if second < low { second + spacing(low + 1, digits) } else { low }
}

/// An upper bound moved down, where the type would round its predecessor up to it.
fn lowered(high: i64, digits: u32) -> i64 {
    let last = through_float(high - 1, digits);
    if last >= high { last - spacing(high - 1, digits) } else { high }
}

/// The distance between floating-point numbers of the magnitude of `value`,
/// which must exceed `2^digits`.
fn spacing(value: i64, digits: u32) -> i64 {
    1 << (value.unsigned_abs().ilog2() + 1 - digits)
}

/// Converts to a floating-point type and back.
fn through_float(value: i64, digits: u32) -> i64 {
    let rounded =
        if digits > SINGLE { value as f64 } else { f64::from(rounded_to(value as f32, digits)) };
    // What lies outside the 64-bit integers converts to their least on x86.
    if rounded >= -(i64::MIN as f64) { i64::MIN } else { rounded as i64 }
}

/// Rounds a finite number to fewer significand bits, ties to even.
fn rounded_to(value: f32, digits: u32) -> f32 {
    let dropped = SINGLE - digits;
    if dropped == 0 {
        return value;
    }
    let bits = value.to_bits();
    let half = (1 << (dropped - 1)) - 1 + ((bits >> dropped) & 1);
    f32::from_bits((bits + half) >> dropped << dropped)
}

#[cfg(test)]
mod tests {
    use super::{Generator, UniformInt};

    #[test]
    fn empty_ranges_are_refused() {
        assert_eq!(UniformInt::new(3, 3), None);
        assert_eq!(UniformInt::inclusive(3, 2), None);
        assert_eq!(UniformInt::for_float(3, 3, 24), None);
    }

    #[test]
    fn float_bounds_move_inwards() {
        let half = UniformInt::for_float(0, 65_504, 11);
        assert_eq!(half, UniformInt::new(0, 65_472));
        assert_eq!(UniformInt::for_float(0, 2_048, 11), UniformInt::new(0, 2_048));
    }

    #[test]
    fn the_whole_of_64_bits_is_a_range() {
        let all = UniformInt::inclusive(i64::MIN, i64::MAX).expect("not empty");
        let (mut a, mut b) = (Generator::new(1), Generator::new(1));
        assert_eq!(all.sample(&mut a), i64::MIN.wrapping_add_unsigned(b.random64()));
    }
}
