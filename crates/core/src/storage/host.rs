//! Host memory of our own: aligned to a cache line, uninitialised or zeroed.

use std::alloc::{self, Layout as AllocLayout};
use std::ptr::NonNull;

use super::{Access, KeepAlive, Origin, Shared, Storage, cache, tiny};
use crate::{Device, Error, Result, interrupt};

/// Alignment of every block, in bytes: one cache line, and the widest vector register.
pub const ALIGNMENT: usize = 64;

/// What the allocator aligns to without being asked. Asking for more would take its slow path,
/// where zeroed memory is written instead of left to the operating system.
pub(super) const GRANTED: usize = 16;

/// A block from the global allocator; a large one may wait for reuse when it is dropped. The
/// storage begins at its first multiple of [`ALIGNMENT`].
struct HostBlock {
    start: NonNull<u8>,
    /// Bytes from the storage's beginning that may be used.
    capacity: usize,
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
        if self.capacity < cache::SMALLEST {
            free(self.start, self.capacity);
        } else {
            cache::put(self.start, self.capacity, free);
        }
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
pub fn allocate(len: usize, fill: Fill) -> Result<Shared> {
    if let Some(tiny) = tiny::allocate(len, fill) {
        return Ok(tiny);
    }
    let (start, capacity) = if len < cache::SMALLEST { small(len, fill) } else { large(len, fill) }
        .ok_or_else(|| {
            Error::memory(format!("cannot allocate {len} bytes of host memory")).hint(
                "free tensors and arrays that are no longer needed, or work in smaller pieces",
            )
        })?;
    let skipped = start.as_ptr().align_offset(ALIGNMENT);
    // SAFETY: at most `ALIGNMENT - GRANTED` bytes in, of which the block has that many to spare.
    let base = unsafe { start.add(skipped) };
    let block = HostBlock { start, capacity, born: interrupt::number() };
    // SAFETY: [alive]: `block` frees the bytes only when it is dropped.
    Ok(unsafe { Storage::adopt(base, len, Device::CPU, Access::READ_WRITE, block) })
}

fn small(len: usize, fill: Fill) -> Option<(NonNull<u8>, usize)> {
    Some((fresh(len, fill)?, len))
}

/// A block that waits, or a fresh one.
#[inline(never)]
fn large(len: usize, fill: Fill) -> Option<(NonNull<u8>, usize)> {
    let capacity = cache::capacity(len)?;
    let start = match cache::take(capacity) {
        Some(start) => {
            if fill == Fill::Zero {
                // SAFETY: a block of our own, of at least this many bytes.
                unsafe { start.write_bytes(0, len + ALIGNMENT - GRANTED) };
            }
            start
        }
        None => {
            let start = fresh(capacity, fill).or_else(|| {
                release();
                fresh(capacity, fill)
            })?;
            prefer_huge_pages(start, capacity);
            start
        }
    };
    cache::born(capacity);
    Some((start, capacity))
}

/// What the allocator is asked for, so that `capacity` bytes remain from the first multiple of
/// [`ALIGNMENT`] on. A block of no bytes still gets an address of its own.
fn request(capacity: usize) -> Option<AllocLayout> {
    let size = capacity.max(1).checked_add(ALIGNMENT - GRANTED)?;
    AllocLayout::from_size_align(size, GRANTED).ok()
}

fn fresh(capacity: usize, fill: Fill) -> Option<NonNull<u8>> {
    let layout = request(capacity)?;
    // SAFETY: the layout has a non-zero size.
    NonNull::new(unsafe {
        match fill {
            Fill::Uninitialized => alloc::alloc(layout),
            Fill::Zero => alloc::alloc_zeroed(layout),
        }
    })
}

/// Gives a block of [`fresh`] back to the allocator.
fn free(start: NonNull<u8>, capacity: usize) {
    if let Some(layout) = request(capacity) {
        // SAFETY: `fresh` got `start` from the global allocator with this very layout; only its
        // last user, or the cache, still knew it.
        unsafe { alloc::dealloc(start.as_ptr(), layout) }
    }
}

/// Whether a block for `len` bytes waits for reuse. Such a block is written faster by all threads
/// than zeroed by [`allocate`]; without one, the system's zero pages cost nothing yet.
#[must_use]
pub fn is_warm(len: usize) -> bool {
    len >= cache::SMALLEST && cache::capacity(len).is_some_and(cache::holds)
}

/// Gives all freed blocks that wait for reuse back to the allocator.
pub fn release() {
    cache::clear(free);
}

/// Bytes of live large blocks, and of those that wait for reuse.
#[must_use]
pub fn large_bytes() -> (usize, usize) {
    cache::bytes()
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
        for len in [0, 1, 63, 64, 80, 81, 208, 209, 464, 465, 4097] {
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
