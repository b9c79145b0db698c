//! One number of any kind, exactly: never "everything is f64".

use crate::dtype::{Complex64, DType, Kind};
use crate::{Bool, Element, Error, Result};

/// A single value, wide enough for every dtype of its kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    /// A truth value.
    Bool(bool),
    /// An integer; `i128` holds all of `int64` and `uint64`.
    Int(i128),
    /// A real number.
    Float(f64),
    /// A complex number.
    Complex(Complex64),
}

impl Scalar {
    /// The kind's place in bool < int < float < complex.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Bool(_) => 0,
            Self::Int(_) => 1,
            Self::Float(_) => 2,
            Self::Complex(_) => 3,
        }
    }

    /// The value as an element of `T`, as a C cast would: integers wrap, floats round, floats
    /// truncate towards zero into integers, a complex number loses its imaginary part.
    #[must_use]
    pub fn cast<T: FromScalar>(self) -> T {
        T::from_scalar(self)
    }

    /// Checks that `dtype` can represent this value: same or lower kind, integers in range, and
    /// of real numbers in an integer dtype the whole ones. Rounding between float widths is
    /// allowed, overflow to infinity too.
    ///
    /// # Errors
    ///
    /// `Type` when the kind is too high, `Overflow` when the value is out of range; both name
    /// the value.
    pub fn check_fits(self, dtype: DType) -> Result<()> {
        let range = |low: i128, high: i128, value: i128, shown: &dyn std::fmt::Display| {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            Err(Error::overflow(format!(
                "value cannot be converted to type {dtype} without overflow: {shown} is outside [{low}, {high}]"
            )))
        };
        let (low, high) = match dtype.kind() {
            Kind::Signed | Kind::Unsigned => integer_range(dtype),
            _ => (0, 1),
        };
        match (self, dtype.kind()) {
            (Self::Bool(_), _) => Ok(()),
            (Self::Int(_) | Self::Float(_), Kind::Float | Kind::Complex)
            | (Self::Complex(_), Kind::Complex) => Ok(()),
            (Self::Int(value), _) => range(low, high, value, &value),
            (Self::Float(value), _) if value.fract() == 0.0 => {
                range(low, high, value as i128, &format_args!("{value:?}"))
            }
            (Self::Float(value), _) => {
                Err(Error::dtype(format!("a float does not fit {dtype}: {value:?} is no integer"))
                    .hint(
                        "round it yourself (`int(value)`), or cast the tensor: `.to(tb.float64)`",
                    ))
            }
            (Self::Complex(value), _) => Err(Error::dtype(format!(
                "a complex number does not fit {dtype}: {}{:+}j would lose its imaginary part",
                value.re, value.im
            ))
            .hint("pass `value.real`, or cast the tensor: `.to(tb.complex128)`")),
        }
    }
}

/// The least and greatest value of an integer dtype.
///
/// # Panics
///
/// When `dtype` is not an integer dtype.
#[must_use]
pub fn integer_range(dtype: DType) -> (i128, i128) {
    assert!(dtype.is_integer(), "{dtype} is not an integer dtype");
    let bits = dtype.itemsize() as u32 * 8;
    match dtype.kind() {
        Kind::Unsigned => (0, (1 << bits) - 1),
        _ => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
    }
}

/// Elements that a [`Scalar`] casts to and from.
pub trait FromScalar: Element {
    /// The C cast of `scalar`.
    fn from_scalar(scalar: Scalar) -> Self;
    /// The value, exactly.
    fn to_scalar(self) -> Scalar;
}

impl FromScalar for Bool {
    fn from_scalar(scalar: Scalar) -> Self {
        Self::from(match scalar {
            Scalar::Bool(value) => value,
            Scalar::Int(value) => value != 0,
            Scalar::Float(value) => value != 0.0,
            Scalar::Complex(value) => value.re != 0.0 || value.im != 0.0,
        })
    }

    fn to_scalar(self) -> Scalar {
        Scalar::Bool(self.get())
    }
}

macro_rules! integers {
    ($($type:ty),+) => {$(
        impl FromScalar for $type {
            fn from_scalar(scalar: Scalar) -> Self {
                match scalar {
                    Scalar::Bool(value) => Self::from(value),
                    Scalar::Int(value) => value as Self,
                    Scalar::Float(value) => value as i128 as Self,
                    Scalar::Complex(value) => value.re as i128 as Self,
                }
            }

            fn to_scalar(self) -> Scalar {
                Scalar::Int(i128::from(self))
            }
        }
    )+};
}

integers!(i8, i16, i32, i64, u8, u16, u32, u64);

fn real(scalar: Scalar) -> f64 {
    match scalar {
        Scalar::Bool(value) => f64::from(u8::from(value)),
        Scalar::Int(value) => value as f64,
        Scalar::Float(value) => value,
        Scalar::Complex(value) => value.re,
    }
}

macro_rules! floats {
    ($($type:ty, $from:expr, $to:expr);+ $(;)?) => {$(
        impl FromScalar for $type {
            fn from_scalar(scalar: Scalar) -> Self {
                // An integer rounds once, straight into its destination.
                match scalar {
                    Scalar::Int(value) if Self::DTYPE == DType::Float32 => {
                        ($from)(f64::from(value as f32))
                    }
                    other => ($from)(real(other)),
                }
            }

            fn to_scalar(self) -> Scalar {
                Scalar::Float(($to)(self))
            }
        }
    )+};
}

floats! {
    crate::dtype::f16, crate::dtype::f16::from_f64, crate::dtype::f16::to_f64;
    crate::dtype::bf16, crate::dtype::bf16::from_f64, crate::dtype::bf16::to_f64;
    f32, |value: f64| value as f32, f64::from;
    f64, |value: f64| value, |value: f64| value;
}

macro_rules! complexes {
    ($($type:ty, $part:ty);+ $(;)?) => {$(
        impl FromScalar for $type {
            fn from_scalar(scalar: Scalar) -> Self {
                let imaginary = if let Scalar::Complex(value) = scalar { value.im } else { 0.0 };
                Self::new(<$part>::from_scalar(Scalar::Float(real(scalar))), imaginary as $part)
            }

            fn to_scalar(self) -> Scalar {
                Scalar::Complex(Complex64::new(f64::from(self.re), f64::from(self.im)))
            }
        }
    )+};
}

complexes! { crate::dtype::Complex32, f32; crate::dtype::Complex64, f64; }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn casts_as_c_does() {
        assert_eq!(Scalar::Int(300).cast::<u8>(), 44);
        assert_eq!(Scalar::Int(-1).cast::<u64>(), u64::MAX);
        assert_eq!(Scalar::Int(i128::from(u64::MAX)).cast::<u64>(), u64::MAX);
        assert_eq!(Scalar::Float(-2.7).cast::<i16>(), -2);
        assert!(Scalar::Float(f64::NAN).cast::<Bool>().get());
        assert_eq!(Scalar::Complex(Complex64::new(1.5, 2.0)).cast::<f32>(), 1.5);
    }

    #[test]
    fn fits_names_the_value() {
        assert!(Scalar::Int(255).check_fits(DType::UInt8).is_ok());
        let error = Scalar::Int(300).check_fits(DType::UInt8).unwrap_err().to_string();
        assert!(error.contains("300"), "{error}");
        assert!(Scalar::Float(2.7).check_fits(DType::Int64).is_err());
        assert!(Scalar::Float(2.0).check_fits(DType::Int64).is_ok());
        assert!(Scalar::Float(-1.0).check_fits(DType::UInt8).is_err());
        assert!(Scalar::Float(1e300).check_fits(DType::Int64).is_err());
        assert!(Scalar::Float(f64::NAN).check_fits(DType::Int64).is_err());
        assert!(Scalar::Float(1e300).check_fits(DType::Float16).is_ok());
        assert!(Scalar::Complex(Complex64::new(0.0, 1.0)).check_fits(DType::Float64).is_err());
        assert!(Scalar::Bool(true).check_fits(DType::Complex64).is_ok());
    }
}
