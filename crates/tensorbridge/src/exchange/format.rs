//! PEP 3118 format strings: `f`, `<i`, `Zd`.

use std::ffi::{c_int, c_long, c_longlong, c_short};

use tensorbridge_core::{DType, Kind};

use super::{ByteOrder, SourceDType, Unsupported};

/// What a format says about one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// The element type.
    pub dtype: SourceDType,
    /// Whether its bytes are in this machine's order.
    pub byte_order: ByteOrder,
    /// Bytes of one element, where the format alone tells.
    pub itemsize: Option<usize>,
}

/// Parses the format of one element, as the `struct` module and PEP 3118 define it. What is no
/// single number (records, sub-arrays, text, pointers) is classified, never rejected here.
#[must_use]
pub fn parse(format: &[u8]) -> Parsed {
    let mut rest = format.trim_ascii();
    let mut order = b'@';
    if let [first @ (b'@' | b'=' | b'<' | b'>' | b'!' | b'^'), tail @ ..] = rest {
        (order, rest) = (*first, tail.trim_ascii_start());
    }
    // `^` is native without alignment: the sizes of `@`.
    let native = matches!(order, b'@' | b'^');
    let big = matches!(order, b'>' | b'!');
    let foreign = matches!(order, b'<' | b'>' | b'!') && big != cfg!(target_endian = "big");
    // A count of one is no count.
    if let [b'1', tail @ ..] = rest
        && !tail.first().is_some_and(u8::is_ascii_digit)
    {
        rest = tail;
    }
    let dtype = match rest {
        [code] => number(*code, native),
        [b'Z', part] => complex(*part),
        _ => Err(unsupported(rest)),
    };
    match dtype {
        Ok(dtype) => Parsed {
            dtype: SourceDType::Known(dtype),
            byte_order: if foreign && dtype.itemsize() > 1 {
                ByteOrder::Swapped
            } else {
                ByteOrder::Native
            },
            itemsize: Some(dtype.itemsize()),
        },
        Err(what) => Parsed {
            dtype: SourceDType::Unsupported(what),
            byte_order: ByteOrder::Native,
            itemsize: None,
        },
    }
}

fn number(code: u8, native: bool) -> Result<DType, Unsupported> {
    let width = |native_size: usize, standard: usize| if native { native_size } else { standard };
    let (kind, itemsize) = match code {
        b'?' => return Ok(DType::Bool),
        b'b' => (Kind::Signed, 1),
        b'B' => (Kind::Unsigned, 1),
        b'h' => (Kind::Signed, width(size_of::<c_short>(), 2)),
        b'H' => (Kind::Unsigned, width(size_of::<c_short>(), 2)),
        b'i' => (Kind::Signed, width(size_of::<c_int>(), 4)),
        b'I' => (Kind::Unsigned, width(size_of::<c_int>(), 4)),
        b'l' => (Kind::Signed, width(size_of::<c_long>(), 4)),
        b'L' => (Kind::Unsigned, width(size_of::<c_long>(), 4)),
        b'q' => (Kind::Signed, width(size_of::<c_longlong>(), 8)),
        b'Q' => (Kind::Unsigned, width(size_of::<c_longlong>(), 8)),
        // `ssize_t` and `size_t` exist in native sizes only.
        b'n' if native => (Kind::Signed, size_of::<isize>()),
        b'N' if native => (Kind::Unsigned, size_of::<usize>()),
        b'e' => return Ok(DType::Float16),
        b'f' => return Ok(DType::Float32),
        b'd' => return Ok(DType::Float64),
        // Python 3.14's single letters for complex numbers.
        b'F' => return Ok(DType::Complex64),
        b'D' => return Ok(DType::Complex128),
        _ => return Err(unsupported(&[code])),
    };
    DType::ALL
        .into_iter()
        .find(|dtype| dtype.kind() == kind && dtype.itemsize() == itemsize)
        .ok_or(Unsupported::Other)
}

fn complex(part: u8) -> Result<DType, Unsupported> {
    match part {
        b'f' => Ok(DType::Complex64),
        b'd' => Ok(DType::Complex128),
        b'g' => Err(Unsupported::LongDouble),
        _ => Err(Unsupported::Other),
    }
}

/// What to call a format that is no number of ours.
fn unsupported(format: &[u8]) -> Unsupported {
    let counted = format.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(0);
    match &format[counted..] {
        [b'O', ..] => Unsupported::Object,
        [b's' | b'p' | b'c' | b'u' | b'w', ..] => Unsupported::Text,
        [b'g' | b'G'] => Unsupported::LongDouble,
        [b'T' | b'(' | b'x', ..] => Unsupported::Structured,
        [_, _, ..] => Unsupported::Structured,
        _ if counted > 0 => Unsupported::Structured,
        _ => Unsupported::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_own_format_parses_back() {
        for dtype in DType::ALL {
            if let Some(format) = dtype.buffer_format() {
                let parsed = parse(format.to_bytes());
                assert_eq!(parsed.dtype, SourceDType::Known(dtype));
                assert_eq!(parsed.byte_order, ByteOrder::Native);
                assert_eq!(parsed.itemsize, Some(dtype.itemsize()));
            }
        }
    }

    #[test]
    fn orders_and_sizes() {
        let foreign = if cfg!(target_endian = "big") { '<' } else { '>' };
        let swapped = parse(format!("{foreign}d").as_bytes());
        assert_eq!(swapped.dtype, SourceDType::Known(DType::Float64));
        assert_eq!(swapped.byte_order, ByteOrder::Swapped);
        assert_eq!(parse(format!("{foreign}B").as_bytes()).byte_order, ByteOrder::Native);
        for (format, dtype) in [
            ("=l", DType::Int32),
            ("<L", DType::UInt32),
            ("@q", DType::Int64),
            (" = i ", DType::Int32),
            ("1f", DType::Float32),
            ("@n", if size_of::<usize>() == 8 { DType::Int64 } else { DType::Int32 }),
            ("Zf", DType::Complex64),
            ("D", DType::Complex128),
            ("e", DType::Float16),
        ] {
            assert_eq!(parse(format.as_bytes()).dtype, SourceDType::Known(dtype), "{format}");
        }
    }

    #[test]
    fn what_is_no_number_is_classified() {
        for (format, what) in [
            ("O", Unsupported::Object),
            ("5s", Unsupported::Text),
            ("c", Unsupported::Text),
            ("3w", Unsupported::Text),
            ("g", Unsupported::LongDouble),
            ("Zg", Unsupported::LongDouble),
            ("T{i:x:f:y:}", Unsupported::Structured),
            ("(2,3)f", Unsupported::Structured),
            ("2f", Unsupported::Structured),
            ("12f", Unsupported::Structured),
            ("if", Unsupported::Structured),
            ("<n", Unsupported::Other),
            ("P", Unsupported::Other),
            ("", Unsupported::Other),
            ("<", Unsupported::Other),
            ("\u{fc}", Unsupported::Structured),
        ] {
            assert_eq!(parse(format.as_bytes()).dtype, SourceDType::Unsupported(what), "{format}");
        }
    }
}
