//! Host memory of our own: aligned to a cache line, uninitialised or zeroed.

use std::alloc::{self, Layout as AllocLayout};
use std::ptr::NonNull;
use std::sync::Arc;

use super::{Access, KeepAlive, Origin, Storage};
use crate::{Device, Error, Result, interrupt};

/// Alignment of every block, in bytes: one cache line, and the widest vector register.
pub const ALIGNMENT: usize = 64;

/// What the allocator aligns to without being asked. Asking for more would take its slow path,
/// where zeroed memory is written instead of left to the operating system.
const GRANTED: usize = 16;

/// A block from the global allocator, freed on drop. The storage begins at its first multiple
/// of [`ALIGNMENT`].
struct HostBlock {
    start: NonNull<u8>,
    layout: AllocLayout,
    /// The call it was allocated in, for [`interrupt`].
    born: u64,
}

// SAFETY: the block is an address that only its storage uses; the allocator is thread-safe.
unsafe impl Send for HostBlock {}
// SAFETY: no method of a shared block touches the memory.
unsafe impl Sync for HostBlock {}

impl KeepAlive for HostBlock {
    fn origin(&self) -> Origin {
        Origin::Own
    }

    fn born(&self) -> u64 {
        self.born
    }
}

impl Drop for HostBlock {
    fn drop(&mut self) {
        // SAFETY: `allocate` got `start` from the global allocator with this very layout.
        unsafe { alloc::dealloc(self.start.as_ptr(), self.layout) }
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
    let size = len.max(1).checked_add(ALIGNMENT - GRANTED).ok_or_else(no_memory)?;
    let layout = AllocLayout::from_size_align(size, GRANTED).map_err(|_| no_memory())?;
    // SAFETY: the layout has a non-zero size.
    let start = unsafe {
        match fill {
            Fill::Uninitialized => alloc::alloc(layout),
            Fill::Zero => alloc::alloc_zeroed(layout),
        }
    };
    let start = NonNull::new(start).ok_or_else(no_memory)?;
    let skipped = start.as_ptr().align_offset(ALIGNMENT);
    // SAFETY: at most `ALIGNMENT - GRANTED` bytes in, of which the block has that many to spare.
    let base = unsafe { start.add(skipped) };
    // A cache of freed blocks would go here and in `HostBlock::drop`: the first touch of fresh
    // pages costs a large result about as much again as computing it.
    prefer_huge_pages(base, len);
    let block = HostBlock { start, layout, born: interrupt::number() };
    // SAFETY: [alive]: `block` frees the bytes only when it is dropped.
    Ok(unsafe { Storage::adopt(base, len, Device::CPU, Access::READ_WRITE, block) })
}

/// Asks the system to back a large block with huge pages, which are touched for the first time
/// 512 times less often. Advice only: failure changes nothing.
#[cfg(all(target_os = "linux", not(miri)))]
fn prefer_huge_pages(base: NonNull<u8>, len: usize) {
    /// Below this, a block hardly contains a whole huge page.
    const LARGE: usize = 4 << 20;
    const PAGE: usize = 4096;
    const MADV_HUGEPAGE: std::ffi::c_int = 14;
    unsafe extern "C" {
        fn madvise(
            address: *mut std::ffi::c_void,
            length: usize,
            advice: std::ffi::c_int,
        ) -> std::ffi::c_int;
    }
    if len < LARGE {
        return;
    }
    let skipped = base.as_ptr().align_offset(PAGE);
    // SAFETY: the range lies inside the block, which is ours; this advice changes no bytes.
    unsafe { madvise(base.as_ptr().wrapping_add(skipped).cast(), len - skipped, MADV_HUGEPAGE) };
}

#[cfg(not(all(target_os = "linux", not(miri))))]
fn prefer_huge_pages(_: NonNull<u8>, _: usize) {}

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
    #[cfg_attr(miri, ignore = "Miri ends the program where an allocator would return null")]
    fn too_large_is_an_error() {
        assert!(allocate(usize::MAX, Fill::Uninitialized).is_err());
        assert!(allocate(isize::MAX as usize - 63, Fill::Zero).is_err());
    }
}
