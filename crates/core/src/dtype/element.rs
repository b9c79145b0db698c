//! The Rust types that a tensor's elements may be.

use super::DType;

/// A boolean as memory holds it: a byte that is true when it is not 0.
///
/// NumPy may hand over bytes such as 2 or 255 (`uint8_array.view(bool)`), which a Rust `bool`
/// must never hold; so no `bool` ever refers to tensor memory.
#[derive(Clone, Copy, Debug, Default)]
#[repr(transparent)]
pub struct Bool(pub u8);

impl Bool {
    /// The truth value.
    #[inline(always)]
    #[must_use]
    pub fn get(self) -> bool {
        self.0 != 0
    }
}

impl From<bool> for Bool {
    #[inline(always)]
    fn from(value: bool) -> Self {
        Self(u8::from(value))
    }
}

impl PartialEq for Bool {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

mod sealed {
    pub trait Sealed {}
}

/// A type that tensor memory can hold.
///
/// # Safety
///
/// Sealed. Every bit pattern of the type's size is a valid value, the type has no padding, and
/// `DTYPE.itemsize()` is its size; so any reachable bytes may be read as it, aligned or not.
pub unsafe trait Element: Copy + Send + Sync + 'static + sealed::Sealed {
    /// The dtype whose elements these are.
    const DTYPE: DType;
}

macro_rules! implement_element {
    ([] $(($variant:ident, $type:ty, $($rest:tt)*))+) => {
        $(
            impl sealed::Sealed for $type {}
            // SAFETY: integers, IEEE floats, pairs of floats and a transparent byte: plain
            // data without padding, valid for every bit pattern.
            unsafe impl Element for $type {
                const DTYPE: DType = DType::$variant;
            }
        )+
    };
}

crate::for_each_dtype!([implement_element]);
