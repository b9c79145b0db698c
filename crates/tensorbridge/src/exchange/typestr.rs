//! NumPy type strings: `<f4`, `|b1`, `>c16`.

use tensorbridge_core::DType;

use super::{ByteOrder, SourceDType, Unsupported};

/// What a NumPy kind character and width mean to us.
#[must_use]
pub fn classify(kind: u8, itemsize: usize) -> SourceDType {
    match DType::from_numpy_kind(kind, itemsize) {
        Some(dtype) => SourceDType::Known(dtype),
        None => SourceDType::Unsupported(match kind {
            b'O' => Unsupported::Object,
            b'U' | b'S' | b'a' | b'T' => Unsupported::Text,
            b'M' | b'm' => Unsupported::Time,
            b'f' | b'c' => Unsupported::LongDouble,
            b'V' => Unsupported::Structured,
            _ => Unsupported::Other,
        }),
    }
}

/// The byte order that a NumPy order character means for elements of `itemsize` bytes.
#[must_use]
pub fn byte_order(order: u8, itemsize: usize) -> ByteOrder {
    let swapped = if cfg!(target_endian = "little") { b'>' } else { b'<' };
    if order == swapped && itemsize > 1 { ByteOrder::Swapped } else { ByteOrder::Native }
}

/// Parses a type string, or `None` when it is none.
#[must_use]
pub fn parse(text: &str) -> Option<(SourceDType, ByteOrder)> {
    let (order, rest) = match text.as_bytes() {
        [order @ (b'<' | b'>' | b'=' | b'|'), rest @ ..] => (*order, rest),
        rest => (b'=', rest),
    };
    let (&kind, digits) = rest.split_first()?;
    let digits = std::str::from_utf8(digits).ok()?;
    // Time units follow the width: `<M8[ns]`.
    let digits = digits.split('[').next()?;
    let itemsize: usize = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    Some((classify(kind, itemsize), byte_order(order, itemsize)))
}

/// The type string of a dtype in this machine's byte order; `bfloat16` goes as its bytes.
#[must_use]
pub fn of(dtype: DType) -> String {
    let order = match dtype.itemsize() {
        1 => '|',
        _ if cfg!(target_endian = "little") => '<',
        _ => '>',
    };
    format!("{order}{}", dtype.numpy_typestr().unwrap_or("V2"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dtype_parses_back() {
        for dtype in DType::ALL.into_iter().filter(|dtype| dtype.numpy_typestr().is_some()) {
            assert_eq!(parse(&of(dtype)), Some((SourceDType::Known(dtype), ByteOrder::Native)));
        }
    }

    #[test]
    fn foreign_types_are_classified() {
        let parsed = |text| parse(text).unwrap();
        assert_eq!(parsed(">f4"), (SourceDType::Known(DType::Float32), ByteOrder::Swapped));
        assert_eq!(parsed(">u1"), (SourceDType::Known(DType::UInt8), ByteOrder::Native));
        for (text, what) in [
            ("|O", Unsupported::Object),
            ("<U5", Unsupported::Text),
            ("|S5", Unsupported::Text),
            ("<M8[ns]", Unsupported::Time),
            ("<f16", Unsupported::LongDouble),
            ("<c32", Unsupported::LongDouble),
            ("|V12", Unsupported::Structured),
            ("<i3", Unsupported::Other),
        ] {
            assert_eq!(parsed(text).0, SourceDType::Unsupported(what), "{text}");
        }
        for text in ["", "<", "<fx", "<f99999999999999999999999"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
