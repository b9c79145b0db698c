//! The dtypes: fifteen element types, each with its names in every protocol.

pub mod casting;
mod element;
pub mod promote;
mod table;

pub use casting::Casting;
pub use element::{Bool, Element};
pub use half::{bf16, f16};
pub use num_complex::{Complex32, Complex64};

use std::fmt;
use std::str::FromStr;

use crate::{Error, Result, for_each_dtype};

/// The kinds of number, ordered: a result of a higher kind does not fit a lower one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `bool`.
    Bool,
    /// `int8` to `int64`.
    Signed,
    /// `uint8` to `uint64`.
    Unsigned,
    /// `float16`, `bfloat16`, `float32`, `float64`.
    Float,
    /// `complex64`, `complex128`.
    Complex,
}

impl Kind {
    /// bool < integer < float < complex, with both kinds of integer on one step.
    #[must_use]
    pub fn rank(self) -> u8 {
        match self {
            Self::Bool => 0,
            Self::Signed | Self::Unsigned => 1,
            Self::Float => 2,
            Self::Complex => 3,
        }
    }
}

macro_rules! define_dtype {
    ([] $(($variant:ident, $type:ty, $name:literal, $kind:ident, $numpy:literal, ($code:literal, $bits:literal), $buffer:literal))+) => {
        /// The type of a tensor's elements.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum DType {
            $(#[doc = concat!("`", $name, "`.")] $variant,)+
        }

        impl DType {
            /// Every dtype, in the table's order.
            pub const ALL: [Self; [$(stringify!($variant)),+].len()] = [$(Self::$variant),+];

            /// The name: `float32`.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The kind of number.
            #[must_use]
            pub const fn kind(self) -> Kind {
                match self { $(Self::$variant => Kind::$kind,)+ }
            }

            /// Bytes of one element.
            #[must_use]
            pub const fn itemsize(self) -> usize {
                match self { $(Self::$variant => size_of::<$type>(),)+ }
            }

            /// The alignment, in bytes, that aligned loads of an element need.
            #[must_use]
            pub const fn alignment(self) -> usize {
                match self { $(Self::$variant => align_of::<$type>(),)+ }
            }

            /// NumPy's type string without the byte order (`f4`), or `None` for `bfloat16`.
            #[must_use]
            pub const fn numpy_typestr(self) -> Option<&'static str> {
                match self { $(Self::$variant => if $numpy.is_empty() { None } else { Some($numpy) },)+ }
            }

            /// DLPack's `(code, bits)`; lanes are always 1.
            #[must_use]
            pub const fn dlpack(self) -> (u8, u8) {
                match self { $(Self::$variant => ($code, $bits),)+ }
            }

            /// The PEP 3118 format of one element, or `None` for `bfloat16`. NUL-terminated.
            #[must_use]
            pub const fn buffer_format(self) -> Option<&'static std::ffi::CStr> {
                match self {
                    $(Self::$variant => if $buffer.is_empty() { None } else {
                        match std::ffi::CStr::from_bytes_with_nul(concat!($buffer, "\0").as_bytes()) {
                            Ok(format) => Some(format),
                            Err(_) => None,
                        }
                    },)+
                }
            }
        }
    };
}

for_each_dtype!([define_dtype]);

impl DType {
    /// The dtype that DLPack calls `(code, bits, lanes)`.
    #[must_use]
    pub fn from_dlpack(code: u8, bits: u8, lanes: u16) -> Option<Self> {
        (lanes == 1).then_some(())?;
        Self::ALL.into_iter().find(|dtype| dtype.dlpack() == (code, bits))
    }

    /// The dtype of a NumPy kind character and width in bytes: `('f', 4)` is `float32`.
    #[must_use]
    pub fn from_numpy_kind(kind: u8, itemsize: usize) -> Option<Self> {
        Some(match (kind, itemsize) {
            (b'b', 1) => Self::Bool,
            (b'i', 1) => Self::Int8,
            (b'i', 2) => Self::Int16,
            (b'i', 4) => Self::Int32,
            (b'i', 8) => Self::Int64,
            (b'u', 1) => Self::UInt8,
            (b'u', 2) => Self::UInt16,
            (b'u', 4) => Self::UInt32,
            (b'u', 8) => Self::UInt64,
            (b'f', 2) => Self::Float16,
            (b'f', 4) => Self::Float32,
            (b'f', 8) => Self::Float64,
            (b'c', 8) => Self::Complex64,
            (b'c', 16) => Self::Complex128,
            _ => return None,
        })
    }

    /// Whether this is `bool`.
    #[must_use]
    pub fn is_bool(self) -> bool {
        self.kind() == Kind::Bool
    }

    /// Whether this is a signed or unsigned integer (not `bool`).
    #[must_use]
    pub fn is_integer(self) -> bool {
        matches!(self.kind(), Kind::Signed | Kind::Unsigned)
    }

    /// Whether this is a real floating-point dtype.
    #[must_use]
    pub fn is_float(self) -> bool {
        self.kind() == Kind::Float
    }

    /// Whether this is complex.
    #[must_use]
    pub fn is_complex(self) -> bool {
        self.kind() == Kind::Complex
    }

    /// The dtype of the real and imaginary parts; a real dtype is its own.
    #[must_use]
    pub fn real(self) -> Self {
        match self {
            Self::Complex64 => Self::Float32,
            Self::Complex128 => Self::Float64,
            real => real,
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.name())
    }
}

impl FromStr for DType {
    type Err = Error;

    /// Parses a dtype's own name, with or without `torch.` or `tensorbridge.` in front.
    fn from_str(text: &str) -> Result<Self> {
        let name = text
            .strip_prefix("torch.")
            .or_else(|| text.strip_prefix("tensorbridge."))
            .unwrap_or(text);
        Self::ALL.into_iter().find(|dtype| dtype.name() == name).ok_or_else(|| {
            let known: Vec<_> = Self::ALL.iter().map(|dtype| dtype.name()).collect();
            Error::dtype(format!("`{text}` is not a dtype of tensorbridge"))
                .hint(format!("one of {}", known.join(", ")))
        })
    }
}

/// Runs `$body` with `$T` bound to the Rust element type of a run-time dtype.
///
/// ```
/// use tensorbridge_core::{DType, with_dtype};
/// let size = with_dtype!(DType::Complex64, T => size_of::<T>());
/// assert_eq!(size, 8);
/// ```
#[macro_export]
macro_rules! with_dtype {
    ($dtype:expr, $T:ident => $body:expr) => {
        $crate::for_each_dtype!([$crate::with_dtype_arms] ($dtype) $T ($body))
    };
}

/// The arms of [`with_dtype!`]; not for direct use.
#[doc(hidden)]
#[macro_export]
macro_rules! with_dtype_arms {
    ([($dtype:expr) $T:ident ($body:expr)] $(($variant:ident, $type:ty, $($rest:tt)*))+) => {
        $crate::with_dtype_match!(($dtype) $T ($body) $(($variant, $type))+)
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! with_dtype_match {
    (($dtype:expr) $T:ident $body:tt $(($variant:ident, $type:ty))+) => {
        match $dtype { $($crate::DType::$variant => { type $T = $type; $body })+ }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses_to_itself() {
        for dtype in DType::ALL {
            assert_eq!(dtype.name().parse::<DType>().unwrap(), dtype);
            assert_eq!(format!("torch.{dtype}").parse::<DType>().unwrap(), dtype);
        }
        assert!("float8".parse::<DType>().unwrap_err().to_string().contains("float32"));
    }

    #[test]
    fn protocols_agree_with_the_table() {
        for dtype in DType::ALL {
            let (code, bits) = dtype.dlpack();
            assert_eq!(usize::from(bits), dtype.itemsize() * 8);
            assert_eq!(DType::from_dlpack(code, bits, 1), Some(dtype));
            assert_eq!(DType::from_dlpack(code, bits, 2), None);
            if let Some(typestr) = dtype.numpy_typestr() {
                let (kind, size) = (typestr.as_bytes()[0], typestr[1..].parse().unwrap());
                assert_eq!(DType::from_numpy_kind(kind, size), Some(dtype));
            }
        }
        assert_eq!(DType::BFloat16.buffer_format(), None);
        assert_eq!(DType::Complex64.buffer_format().unwrap().to_bytes(), b"Zf");
    }

    #[test]
    fn dispatch_binds_the_element_type() {
        for dtype in DType::ALL {
            assert_eq!(with_dtype!(dtype, T => <T as Element>::DTYPE), dtype);
        }
    }
}
