//! Memory that lasts as long as a piece of work: a little of it on the stack.

use std::alloc::{Layout, handle_alloc_error};
use std::mem::MaybeUninit;

use tensorbridge_core::storage::host::{self, Fill};
use tensorbridge_core::{Error, Result, storage};

/// Units of 16 bytes that are there without asking the allocator.
const INLINE: usize = 32;

/// Uninitialised memory, aligned to 16 bytes.
pub(crate) struct Scratch {
    inline: [MaybeUninit<u128>; INLINE],
    heap: Vec<MaybeUninit<u128>>,
}

impl Scratch {
    pub(crate) fn new(bytes: usize) -> Self {
        let units = bytes.div_ceil(size_of::<u128>());
        let heap = if units > INLINE { Vec::with_capacity(units) } else { Vec::new() };
        Self { inline: [MaybeUninit::uninit(); INLINE], heap }
    }

    /// As [`Scratch::new`], of a size that depends on the size of tensors.
    pub(crate) fn try_new(bytes: usize) -> Result<Self> {
        let units = bytes.div_ceil(size_of::<u128>());
        let mut heap = Vec::new();
        if units > INLINE {
            heap.try_reserve_exact(units).map_err(|_| no_memory(bytes))?;
        }
        Ok(Self { inline: [MaybeUninit::uninit(); INLINE], heap })
    }

    /// Where it starts; the value must not move while the address is used.
    pub(crate) fn address(&mut self) -> *mut u8 {
        match self.heap.capacity() {
            0 => self.inline.as_mut_ptr().cast(),
            _ => self.heap.as_mut_ptr().cast(),
        }
    }
}

/// As [`Scratch`], aligned to a line of the caches, of memory that waited for the next that asks:
/// the system takes longer to give pages than short work takes to fill them.
pub(crate) struct Kept(storage::Shared);

impl Kept {
    /// Of a bounded size.
    pub(crate) fn new(bytes: usize) -> Self {
        Self::try_new(bytes).unwrap_or_else(|_| {
            handle_alloc_error(Layout::array::<u8>(bytes).unwrap_or(Layout::new::<u8>()))
        })
    }

    /// Of a size that depends on the size of tensors.
    pub(crate) fn try_new(bytes: usize) -> Result<Self> {
        host::allocate(bytes, Fill::Uninitialized).map(Self).map_err(|_| no_memory(bytes))
    }

    pub(crate) fn address(&self) -> *mut u8 {
        self.0.base().as_ptr()
    }
}

fn no_memory(bytes: usize) -> Error {
    Error::memory(format!("cannot allocate {bytes} bytes of partial results"))
        .hint("compute along one axis after another")
}

/// An address for several threads, each of which writes its own part.
pub(crate) struct Shared(pub(crate) *mut u8);

// SAFETY: only an address; whoever shares it says who writes where.
unsafe impl Sync for Shared {}
