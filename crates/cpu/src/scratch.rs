//! Memory that lasts as long as a piece of work: a little of it on the stack.

use std::cell::RefCell;
use std::mem::MaybeUninit;

use tensorbridge_core::{Error, Result};

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

/// Bytes that a thread keeps of one piece of memory at most.
const KEPT: usize = 6 << 20;

thread_local! {
    /// What [`Kept`] has given back.
    static FREE: RefCell<Vec<Vec<MaybeUninit<u128>>>> = const { RefCell::new(Vec::new()) };
}

/// As [`Scratch`], of memory that the thread keeps for the next that asks: the system takes longer
/// to give pages than short work takes to fill them. The last that is given back is taken first.
pub(crate) struct Kept(Vec<MaybeUninit<u128>>);

impl Kept {
    /// Of a bounded size.
    pub(crate) fn new(bytes: usize) -> Self {
        let units = bytes.div_ceil(size_of::<u128>());
        Self(Self::large(units).unwrap_or_else(|| Vec::with_capacity(units)))
    }

    /// Of a size that depends on the size of tensors.
    pub(crate) fn try_new(bytes: usize) -> Result<Self> {
        let units = bytes.div_ceil(size_of::<u128>());
        let mut memory = Self::large(units).unwrap_or_default();
        memory.try_reserve_exact(units).map_err(|_| no_memory(bytes))?;
        Ok(Self(memory))
    }

    /// What was given back last, if it is large enough.
    fn large(units: usize) -> Option<Vec<MaybeUninit<u128>>> {
        FREE.with_borrow_mut(Vec::pop).filter(|memory| memory.capacity() >= units)
    }

    /// Where the first line of the cache that is whole starts, of 64 bytes.
    pub(crate) fn address(&mut self) -> *mut u8 {
        let address = self.0.as_mut_ptr().cast::<u8>();
        address.wrapping_add(address.align_offset(64))
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let memory = std::mem::take(&mut self.0);
        if memory.capacity() <= KEPT / size_of::<u128>() {
            // Nothing is kept by a thread that ends.
            FREE.try_with(|free| free.borrow_mut().push(memory)).ok();
        }
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
