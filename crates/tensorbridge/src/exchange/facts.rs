//! What a protocol tells about the memory it offers, and nothing that it implies.

use tensorbridge_core::{DType, Device};

/// Everything that decides whether memory can be shared. Shape and strides are not here: no
/// shape and no strides ever keep host memory from being shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The type of the elements.
    pub dtype: SourceDType,
    /// Whether their bytes are in this machine's order.
    pub byte_order: ByteOrder,
    /// Whether the giver lets us write.
    pub permission: Permission,
    /// Where the memory is.
    pub device: Device,
    /// Whether there is memory at all.
    pub form: Form,
}

/// The element type as the source names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceDType {
    /// One of our dtypes.
    Known(DType),
    /// One that no tensor can hold.
    Unsupported(Unsupported),
}

/// Element types that no tensor can hold, by what can be done about them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unsupported {
    /// Python objects: often a ragged list, strings or `None` in the data.
    Object,
    /// Text or byte strings.
    Text,
    /// `datetime64` or `timedelta64`.
    Time,
    /// `longdouble` or `clongdouble`: 80- or 128-bit floats.
    LongDouble,
    /// A record of named fields.
    Structured,
    /// A masked array, whose mask a tensor would lose.
    Masked,
    /// Anything else.
    Other,
}

/// The order of the bytes of one element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// This machine's, or elements of one byte.
    Native,
    /// The other one.
    Swapped,
}

/// Whether the giver of the memory lets us write to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// It does.
    Writable,
    /// It says that it does not.
    ReadOnly,
    /// Its protocol cannot say (a legacy DLPack capsule).
    Unknown,
}

/// What the source is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Strided memory.
    Memory,
    /// Python numbers, alone or in sequences, or several pieces of memory: nothing to share.
    Values,
}
