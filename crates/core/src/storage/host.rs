//! Host memory of our own: aligned to a cache line, uninitialised or zeroed.

use std::alloc::{self, Layout as AllocLayout};
use std::ptr::NonNull;
use std::sync::Arc;

use super::{Access, KeepAlive, Origin, Storage};
use crate::{Device, Error, Result};

/// Alignment of every block, in bytes: one cache line, and the widest vector register.
pub const ALIGNMENT: usize = 64;

/// A block from the global allocator, freed on drop.
struct HostBlock {
    base: NonNull<u8>,
    layout: AllocLayout,
}

// SAFETY: the block is an address that only its storage uses; the allocator is thread-safe.
unsafe impl Send for HostBlock {}
// SAFETY: no method of a shared block touches the memory.
unsafe impl Sync for HostBlock {}

impl KeepAlive for HostBlock {
    fn origin(&self) -> Origin {
        Origin::Own
    }
}

impl Drop for HostBlock {
    fn drop(&mut self) {
        // SAFETY: `allocate` got `base` from the global allocator with this very layout.
        unsafe { alloc::dealloc(self.base.as_ptr(), self.layout) }
    }
}

/// Whether fresh bytes must be zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// Whatever was there; the caller writes every byte before any is read.
    Uninitialized,
    /// Zeros, from the operating system's zero pages where it has them.
    Zero,
}

/// Allocates `len` bytes aligned to [`ALIGNMENT`].
///
/// # Errors
///
/// `Memory` when the allocator has no such block; nothing is aborted.
pub fn allocate(len: usize, fill: Fill) -> Result<Arc<Storage>> {
    let no_memory = || {
        Error::memory(format!("cannot allocate {len} bytes of host memory"))
            .hint("free tensors and arrays that are no longer needed, or work in smaller pieces")
    };
    // A block of no bytes still gets an address of its own.
    let layout = AllocLayout::from_size_align(len.max(1), ALIGNMENT).map_err(|_| no_memory())?;
    // SAFETY: the layout has a non-zero size.
    let base = unsafe {
        match fill {
            Fill::Uninitialized => alloc::alloc(layout),
            Fill::Zero => alloc::alloc_zeroed(layout),
        }
    };
    let base = NonNull::new(base).ok_or_else(no_memory)?;
    let block = HostBlock { base, layout };
    // SAFETY: [alive]: `block` frees the bytes only when it is dropped.
    Ok(unsafe { Storage::adopt(base, len, Device::CPU, Access::READ_WRITE, block) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_aligned_and_zeroed() {
        for len in [0, 1, 63, 64, 4097] {
            let storage = allocate(len, Fill::Zero).unwrap();
            assert_eq!(storage.base().as_ptr() as usize % ALIGNMENT, 0);
            assert_eq!(storage.len(), len);
            assert_eq!(storage.origin(), Origin::Own);
            for index in 0..len {
                // SAFETY: [alive] and in range.
                assert_eq!(unsafe { *storage.base().as_ptr().add(index) }, 0);
            }
        }
    }

    #[test]
    fn too_large_is_an_error() {
        assert!(allocate(usize::MAX, Fill::Uninitialized).is_err());
        assert!(allocate(isize::MAX as usize - 63, Fill::Zero).is_err());
    }
}
