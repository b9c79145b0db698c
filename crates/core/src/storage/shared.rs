//! A counted reference to a storage.

use std::ops::Deref;
use std::process::abort;
use std::ptr::NonNull;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::atomic::fence;

use super::Storage;

/// One of the references that keep a storage.
///
/// An `Arc` without weak references: whoever holds the only reference knows so from a plain load,
/// and frees without the two atomic exchanges of an `Arc`, which cost a crossing a tenth of its
/// time. Most storages never have a second one.
pub struct Shared(NonNull<Storage>);

// SAFETY: a reference to a storage, which is `Send` and `Sync`, and the right to drop it, on any
// thread.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    /// Takes the one reference with which a storage begins.
    ///
    /// # Safety
    ///
    /// `storage` came from a `Box`, and counts the reference given here and no other.
    pub(super) unsafe fn from_raw(storage: NonNull<Storage>) -> Self {
        Self(storage)
    }

    /// Whether there is no other reference. Then there can be none before this one is cloned.
    #[inline]
    #[must_use]
    pub fn is_only(&self) -> bool {
        // What those did who dropped theirs has happened.
        self.references.load(Acquire) == 1
    }

    /// How many references there are: a number that may be old when it arrives.
    #[must_use]
    pub fn references(&self) -> usize {
        self.references.load(Relaxed)
    }

    /// Whether both are references to one storage.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        self.0.addr() == other.0.addr()
    }
}

impl Deref for Shared {
    type Target = Storage;

    #[inline]
    fn deref(&self) -> &Storage {
        // SAFETY: this reference keeps the storage.
        unsafe { self.0.as_ref() }
    }
}

impl Clone for Shared {
    #[inline]
    fn clone(&self) -> Self {
        // As in `Arc`: who has a reference can lend it to others without ordering anything.
        if self.references.fetch_add(1, Relaxed) > isize::MAX as usize {
            abort();
        }
        Self(self.0)
    }
}

impl Drop for Shared {
    #[inline]
    fn drop(&mut self) {
        if !self.is_only() {
            if self.references.fetch_sub(1, Release) != 1 {
                return;
            }
            fence(Acquire);
        }
        // SAFETY: the last reference to what came from a `Box`.
        drop(unsafe { Box::from_raw(self.0.as_ptr()) });
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Storage::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::{Access, Device, KeepAlive, Origin};

    struct Counter(Arc<AtomicUsize>);

    impl KeepAlive for Counter {
        fn origin(&self) -> Origin {
            Origin::Rust
        }
    }

    impl Drop for Counter {
        fn drop(&mut self) {
            self.0.fetch_add(1, Relaxed);
        }
    }

    fn storage() -> (Shared, Arc<AtomicUsize>) {
        let dropped = Arc::default();
        let owner = Counter(Arc::clone(&dropped));
        let base = NonNull::dangling();
        // SAFETY: no bytes.
        let storage = unsafe { Storage::adopt(base, 0, Device::CPU, Access::READ_WRITE, owner) };
        (storage, dropped)
    }

    #[test]
    fn the_last_reference_drops_the_owner() {
        let (first, dropped) = storage();
        assert!(first.is_only());
        let second = first.clone();
        assert!(!first.is_only() && first.same(&second));
        drop(first);
        assert!(second.is_only());
        assert_eq!(dropped.load(Relaxed), 0);
        drop(second);
        assert_eq!(dropped.load(Relaxed), 1);
    }

    #[test]
    fn threads_drop_it_once() {
        let (storage, dropped) = storage();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let mine = storage.clone();
                scope.spawn(move || {
                    for _ in 0..100 {
                        drop(mine.clone());
                    }
                });
            }
            drop(storage);
        });
        assert_eq!(dropped.load(Relaxed), 1);
    }
}
