//! Untyped bytes with an owner, a permission and a device.

mod access;
mod cache;
pub mod host;
mod owner;
mod shared;
mod tiny;

pub use access::Access;
pub use owner::{KeepAlive, Origin};
pub use shared::Shared;

use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use crate::Device;

/// A block of memory, kept valid by its owner for as long as the storage lives.
///
/// The owner is the unsized tail, so that a storage of any origin is one allocation behind
/// [`Shared`].
pub struct Storage<O: ?Sized + KeepAlive = dyn KeepAlive> {
    base: NonNull<u8>,
    len: usize,
    device: Device,
    access: Access,
    /// Bumped by every grant of a write address; what a later tape or watcher compares.
    version: AtomicU64,
    /// Set once the memory has been handed to another library; such a block never moves and is
    /// never recycled while the storage lives.
    exported: AtomicBool,
    /// How many [`Shared`] there are.
    references: AtomicUsize,
    owner: O,
}

// SAFETY: a storage is an address and a number of bytes. The bytes are read and written only
// through raw pointers under [alive] and [permit]; `KeepAlive` requires `Send + Sync` of the
// owner. Racing writers of the same bytes are the user's, as in NumPy (SEMANTICS.md).
unsafe impl<O: ?Sized + KeepAlive> Send for Storage<O> {}
// SAFETY: as for `Send`; all other fields are immutable or atomic.
unsafe impl<O: ?Sized + KeepAlive> Sync for Storage<O> {}

impl Storage {
    /// Wraps `len` bytes at `base` that `owner` keeps alive.
    ///
    /// # Safety
    ///
    /// \[alive\]: where `access.host` is true, the `len` bytes at `base` stay readable, and where
    /// `access.write` is true writable, until `owner` is dropped, on any thread.
    #[inline(always)]
    pub unsafe fn adopt<O: KeepAlive>(
        base: NonNull<u8>,
        len: usize,
        device: Device,
        access: Access,
        owner: O,
    ) -> Shared {
        let storage: Box<Self> = Box::new(Storage {
            base,
            len,
            device,
            access,
            version: AtomicU64::new(0),
            exported: AtomicBool::new(false),
            references: AtomicUsize::new(1),
            owner,
        });
        // SAFETY: from a box, with one reference, which is this.
        unsafe { Shared::from_raw(NonNull::from(Box::leak(storage))) }
    }

    /// A storage of the `meta` device: `len` bytes that are nowhere.
    #[must_use]
    pub fn meta(len: usize) -> Shared {
        struct Nothing;
        impl KeepAlive for Nothing {
            fn origin(&self) -> Origin {
                Origin::Meta
            }
        }
        let access = Access { write: true, host: false };
        // SAFETY: without `access.host` nobody may dereference the address.
        unsafe { Self::adopt(NonNull::dangling(), len, Device::META, access, Nothing) }
    }

    /// The lowest byte. Dereferencing it needs \[alive\] and \[permit\].
    #[inline]
    #[must_use]
    pub fn base(&self) -> NonNull<u8> {
        self.base
    }

    /// Bytes in the block.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the block has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Where the bytes live.
    #[inline]
    #[must_use]
    pub fn device(&self) -> Device {
        self.device
    }

    /// What may be done with the bytes through any handle.
    #[inline]
    #[must_use]
    pub fn access(&self) -> Access {
        self.access
    }

    /// Who gave us this memory.
    #[must_use]
    pub fn origin(&self) -> Origin {
        self.owner.origin()
    }

    /// The owner.
    #[inline]
    #[must_use]
    pub fn owner(&self) -> &dyn KeepAlive {
        &self.owner
    }

    /// How many write addresses have been granted so far.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Relaxed)
    }

    pub(crate) fn bump_version(&self) {
        self.version.fetch_add(1, Ordering::Relaxed);
    }

    /// Records that another library now holds this memory.
    #[inline]
    pub fn mark_exported(&self) {
        self.exported.store(true, Ordering::Relaxed);
    }

    /// Whether another library has been handed this memory.
    #[must_use]
    pub fn is_exported(&self) -> bool {
        self.exported.load(Ordering::Relaxed)
    }
}

impl std::fmt::Debug for Storage {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Storage")
            .field("base", &self.base)
            .field("len", &self.len)
            .field("device", &self.device)
            .field("access", &self.access)
            .field("origin", &self.origin())
            .finish_non_exhaustive()
    }
}
