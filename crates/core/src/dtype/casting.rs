//! Which casts are allowed by dtype alone: NumPy's rules, and one that loses nothing.

use std::str::FromStr;

use super::{DType, Kind};
use crate::{Error, Result};

/// A rule for casts, from the strictest to none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Casting {
    /// No value may change; of dtypes: every value of the one is a value of the other.
    Exact,
    /// NumPy's `safe`: the kind and the width suffice. `int64` to `float64` counts as safe.
    Safe,
    /// NumPy's `same_kind`: safe, or not to a lower kind (bool < unsigned < signed < float <
    /// complex).
    SameKind,
    /// Any cast.
    Unsafe,
}

impl Casting {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Exact, Self::Safe, Self::SameKind, Self::Unsafe];

    /// The name: `exact`, `safe`, `same_kind`, `unsafe`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Safe => "safe",
            Self::SameKind => "same_kind",
            Self::Unsafe => "unsafe",
        }
    }

    /// Whether any values of `from` may be cast to `to`, whatever they are. `bfloat16` counts as
    /// a float of 8 bits of precision in `float32`'s range.
    #[must_use]
    pub fn allows(self, from: DType, to: DType) -> bool {
        match self {
            Self::Exact => holds(to, from),
            // NumPy calls the integers of 64 bits safe in the floats of 64.
            Self::Safe => holds(to, from) || (from.is_integer() && precision(to) == 53),
            Self::SameKind => Self::Safe.allows(from, to) || order(from) <= order(to),
            Self::Unsafe => true,
        }
    }
}

impl FromStr for Casting {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|casting| casting.name() == name).ok_or_else(|| {
            Error::value(format!(
                "casting must be one of 'exact', 'safe', 'same_kind', 'unsafe' (got '{name}')"
            ))
        })
    }
}

/// Bits of the significand of a floating-point or complex dtype, the leading one counted; 0 for
/// others.
#[must_use]
pub fn precision(dtype: DType) -> i32 {
    match dtype.real() {
        DType::Float16 => 11,
        DType::BFloat16 => 8,
        DType::Float32 => 24,
        DType::Float64 => 53,
        _ => 0,
    }
}

/// The exponents of the least normal number of a floating-point dtype, and of the power of two
/// above its greatest: IEEE 754, and bfloat16 in float32's range.
#[must_use]
pub fn exponents(dtype: DType) -> (i32, i32) {
    match dtype.real() {
        DType::Float16 => (-14, 16),
        DType::BFloat16 | DType::Float32 => (-126, 128),
        _ => (-1022, 1024),
    }
}

/// Whether every value of `inner` is a value of `outer`.
fn holds(outer: DType, inner: DType) -> bool {
    let bits = |dtype: DType| dtype.itemsize() as i32 * 8;
    match (inner.kind(), outer.kind()) {
        (Kind::Bool, _) => true,
        (Kind::Signed, Kind::Signed) | (Kind::Unsigned, Kind::Unsigned) => {
            bits(inner) <= bits(outer)
        }
        (Kind::Unsigned, Kind::Signed) => bits(inner) < bits(outer),
        // The least signed integer is a power of two.
        (Kind::Signed, Kind::Float | Kind::Complex) => bits(inner) - 1 <= precision(outer),
        (Kind::Unsigned, Kind::Float | Kind::Complex) => bits(inner) <= precision(outer),
        (Kind::Float, Kind::Float | Kind::Complex) | (Kind::Complex, Kind::Complex) => {
            let ((low, high), (outer_low, outer_high)) = (exponents(inner), exponents(outer));
            precision(inner) <= precision(outer) && outer_low <= low && high <= outer_high
        }
        _ => false,
    }
}

/// The place of a dtype's kind in NumPy's order.
fn order(dtype: DType) -> u8 {
    match dtype.kind() {
        Kind::Bool => 0,
        Kind::Unsigned => 1,
        Kind::Signed => 2,
        Kind::Float => 3,
        Kind::Complex => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_to_themselves() {
        for casting in Casting::ALL {
            assert_eq!(casting.name().parse::<Casting>().unwrap(), casting);
        }
        assert!("no".parse::<Casting>().unwrap_err().to_string().contains("same_kind"));
    }

    #[test]
    fn each_rule_allows_what_the_stricter_one_does() {
        for from in DType::ALL {
            for to in DType::ALL {
                let allowed = Casting::ALL.map(|rule| rule.allows(from, to));
                assert!(allowed.is_sorted(), "{from} {to} {allowed:?}");
                assert_eq!(allowed[0] && Casting::Exact.allows(to, from), from == to);
            }
        }
    }

    #[test]
    fn the_pairs_that_differ() {
        use DType::{BFloat16, Bool, Float16, Float64, Int8, Int64, UInt8};
        let allowed = |from, to| Casting::ALL.map(|rule| rule.allows(from, to));
        assert_eq!(allowed(Int64, Float64), [false, true, true, true]);
        assert_eq!(allowed(Int64, Float16), [false, false, true, true]);
        assert_eq!(allowed(Int8, UInt8), [false, false, false, true]);
        assert_eq!(allowed(UInt8, BFloat16), [true; 4]);
        assert_eq!(allowed(Float16, BFloat16), [false, false, true, true]);
        assert_eq!(allowed(Bool, Int8), [true; 4]);
    }
}
