//! Who keeps memory alive, and what to call them.

use std::any::Any;
use std::fmt;

/// Whatever must live as long as a storage's bytes. Dropping it releases them.
pub trait KeepAlive: Any + Send + Sync {
    /// Who gave us this memory.
    fn origin(&self) -> Origin;

    /// The next thing that happens to this owner is its drop, on this thread, which is attached
    /// to the interpreter: an owner that would have to attach need not.
    #[inline]
    fn will_drop_attached(&self) {}

    /// The call that allocated the memory, for [`interrupt`](crate::interrupt): 0 for memory
    /// that no such call did.
    fn born(&self) -> u64 {
        0
    }
}

/// The giver of a block of memory, named for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Allocated by tensorbridge.
    Own,
    /// A NumPy array.
    Numpy,
    /// A DLPack capsule.
    Dlpack,
    /// An exporter of the buffer protocol.
    Buffer,
    /// An object with `__array_interface__`.
    ArrayInterface,
    /// A Rust owner handed over through the crate's API.
    Rust,
    /// Nowhere: a meta tensor.
    Meta,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Own => "tensorbridge",
            Self::Numpy => "numpy",
            Self::Dlpack => "dlpack",
            Self::Buffer => "buffer protocol",
            Self::ArrayInterface => "__array_interface__",
            Self::Rust => "rust",
            Self::Meta => "meta",
        })
    }
}
