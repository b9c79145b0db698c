//! Type promotion: one table for operators, functions and ufuncs alike.
//!
//! Inside a kind this is the lattice of the Array API standard. Across kinds float beats
//! integer beats bool and the float's own dtype wins (`int64 + float32` is `float32`), as in
//! PyTorch; NumPy would widen to `float64`.

use super::{DType, Kind};
use crate::{Error, Result};

/// The dtype of `a op b` for two arrays.
///
/// # Errors
///
/// A `Type` error for a signed integer with `uint64`: no integer dtype holds both.
pub fn promote(a: DType, b: DType) -> Result<DType> {
    use DType::{BFloat16, Complex64, Complex128, Float16, Float32, Float64};
    if a == b {
        return Ok(a);
    }
    let (low, high) = if a.kind() <= b.kind() { (a, b) } else { (b, a) };
    Ok(match (low.kind(), high.kind()) {
        (Kind::Signed, Kind::Signed) | (Kind::Unsigned, Kind::Unsigned) => low.max(high),
        (Kind::Signed, Kind::Unsigned) => return mixed_sign(low, high),
        (Kind::Float, Kind::Float) => match (low, high) {
            (Float16, BFloat16) | (BFloat16, Float16) => Float32,
            _ => low.max(high),
        },
        (Kind::Complex, Kind::Complex) => Complex128,
        (Kind::Float, Kind::Complex) => {
            if low == Float64 {
                Complex128
            } else {
                Complex64.max(high)
            }
        }
        // bool with anything, integer with float or complex: the higher kind's own dtype.
        _ => high,
    })
}

fn mixed_sign(signed: DType, unsigned: DType) -> Result<DType> {
    let (signed_bits, unsigned_bits) = (signed.itemsize(), unsigned.itemsize());
    Ok(if signed_bits > unsigned_bits {
        signed
    } else {
        match unsigned_bits {
            1 => DType::Int16,
            2 => DType::Int32,
            4 => DType::Int64,
            _ => {
                return Err(Error::dtype(format!(
                    "{signed} and {unsigned} have no common integer dtype"
                ))
                .hint(format!(
                    "cast one of them: `.to(tb.{signed})` or `.to(tb.{unsigned})`; \
                     or both to `tb.float64` and accept rounding above 2**53"
                )));
            }
        }
    })
}

/// A Python scalar's kind: weak, it takes the array's dtype where that can hold its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weak {
    /// A Python `bool`.
    Bool,
    /// A Python `int`.
    Int,
    /// A Python `float`.
    Float,
    /// A Python `complex`.
    Complex,
}

/// The dtype of `array op python_scalar`; `default` is the default floating-point dtype.
#[must_use]
pub fn promote_weak(array: DType, scalar: Weak, default: DType) -> DType {
    match (array.kind(), scalar) {
        (_, Weak::Bool) | (Kind::Float, Weak::Int | Weak::Float) | (Kind::Complex, _) => array,
        (Kind::Signed | Kind::Unsigned, Weak::Int) => array,
        (Kind::Bool, Weak::Int) => DType::Int64,
        (_, Weak::Float) => default,
        (Kind::Float, Weak::Complex) => complex_of(array),
        (_, Weak::Complex) => complex_of(default),
    }
}

/// The dtype in which an operation that needs a real or complex number computes: integers and
/// bool become the default floating-point dtype.
#[must_use]
pub fn inexact(dtype: DType, default: DType) -> DType {
    if dtype.kind().rank() < Kind::Float.rank() { default } else { dtype }
}

/// The complex dtype whose parts can hold `dtype`.
#[must_use]
pub fn complex_of(dtype: DType) -> DType {
    match dtype {
        DType::Float64 | DType::Complex128 => DType::Complex128,
        _ => DType::Complex64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commutes_and_is_idempotent() {
        for a in DType::ALL {
            assert_eq!(promote(a, a).unwrap(), a);
            for b in DType::ALL {
                assert_eq!(promote(a, b).ok(), promote(b, a).ok(), "{a} {b}");
            }
        }
    }

    /// The standard's tables, written out.
    #[test]
    fn matches_the_array_api_tables() {
        let parse = |name: &str| name.parse::<DType>().unwrap();
        for row in [
            "int8 int8 int8",
            "int8 int16 int16",
            "int8 int32 int32",
            "int8 int64 int64",
            "int16 int32 int32",
            "int16 int64 int64",
            "int32 int64 int64",
            "uint8 uint16 uint16",
            "uint8 uint32 uint32",
            "uint8 uint64 uint64",
            "uint16 uint32 uint32",
            "uint16 uint64 uint64",
            "uint32 uint64 uint64",
            "int8 uint8 int16",
            "int8 uint16 int32",
            "int8 uint32 int64",
            "int16 uint8 int16",
            "int16 uint16 int32",
            "int16 uint32 int64",
            "int32 uint8 int32",
            "int32 uint16 int32",
            "int32 uint32 int64",
            "int64 uint8 int64",
            "int64 uint16 int64",
            "int64 uint32 int64",
            "float32 float64 float64",
            "float32 complex64 complex64",
            "float32 complex128 complex128",
            "float64 complex64 complex128",
            "float64 complex128 complex128",
            "complex64 complex128 complex128",
            // Beyond the standard.
            "float16 bfloat16 float32",
            "float16 float32 float32",
            "bfloat16 float64 float64",
            "int64 float16 float16",
            "int64 float32 float32",
            "uint64 bfloat16 bfloat16",
            "bool int8 int8",
            "bool uint64 uint64",
            "bool complex64 complex64",
            "int64 complex64 complex64",
            "float16 complex64 complex64",
        ] {
            let names: Vec<_> = row.split(' ').map(parse).collect();
            assert_eq!(promote(names[0], names[1]).unwrap(), names[2], "{row}");
        }
        for signed in [DType::Int8, DType::Int16, DType::Int32, DType::Int64] {
            let error = promote(DType::UInt64, signed).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::Type);
            assert!(error.remedy().unwrap().contains("uint64"), "{error}");
        }
    }

    #[test]
    fn python_scalars_are_weak() {
        let default = DType::Float32;
        for (array, scalar, expected) in [
            (DType::Bool, Weak::Bool, DType::Bool),
            (DType::Bool, Weak::Int, DType::Int64),
            (DType::UInt8, Weak::Int, DType::UInt8),
            (DType::UInt8, Weak::Float, DType::Float32),
            (DType::Float16, Weak::Float, DType::Float16),
            (DType::Float64, Weak::Complex, DType::Complex128),
            (DType::Float16, Weak::Complex, DType::Complex64),
            (DType::Int64, Weak::Complex, DType::Complex64),
            (DType::Complex64, Weak::Float, DType::Complex64),
        ] {
            assert_eq!(promote_weak(array, scalar, default), expected, "{array} {scalar:?}");
        }
        assert_eq!(promote_weak(DType::Int8, Weak::Float, DType::Float64), DType::Float64);
    }
}
