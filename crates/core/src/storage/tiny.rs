//! Tiny blocks of host memory: a storage and its bytes in one allocation.
//!
//! Allocating costs an operation on a few elements more than computing them; here it is done once
//! a result, not twice.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize};

use super::host::{ALIGNMENT, Fill, GRANTED};
use super::{Access, KeepAlive, Origin, Shared, Storage};
use crate::{Device, interrupt};

/// What aligning the bytes may take of them.
const SLACK: usize = ALIGNMENT - GRANTED;

/// The bytes themselves, as the owner of the storage in front of them. Aligned to [`GRANTED`].
#[repr(C, align(16))]
struct Inside<const N: usize> {
    bytes: UnsafeCell<[MaybeUninit<u8>; N]>,
    /// The call it was allocated in, for [`interrupt`].
    born: u64,
}

const _: () = assert!(align_of::<Inside<1>>() == GRANTED);

// SAFETY: nothing is done with the bytes here; whoever reaches them through the storage holds
// [alive] and [permit].
unsafe impl<const N: usize> Sync for Inside<N> {}

impl<const N: usize> KeepAlive for Inside<N> {
    fn origin(&self) -> Origin {
        Origin::Own
    }

    fn born(&self) -> u64 {
        self.born
    }
}

/// A storage of `len` bytes, aligned to [`ALIGNMENT`]; `None` for more than are tiny.
#[inline]
pub(super) fn allocate(len: usize, fill: Fill) -> Option<Shared> {
    Some(match len.saturating_add(SLACK) {
        0..=128 => inside::<128>(len, fill),
        129..=256 => inside::<256>(len, fill),
        257..=512 => inside::<512>(len, fill),
        _ => return None,
    })
}

fn inside<const N: usize>(len: usize, fill: Fill) -> Shared {
    // No box any more: the base points into it.
    let storage =
        Box::into_raw(Box::<Storage<Inside<N>>>::new_uninit()).cast::<Storage<Inside<N>>>();
    // SAFETY: memory for a storage, which nobody else has seen: its fields, the bytes behind them,
    // of which `len` fit from the first aligned one on, and then the storage with its reference.
    // [alive]: the bytes are part of what they are kept by.
    unsafe {
        let bytes = (&raw mut (*storage).owner.bytes).cast::<u8>();
        let base = bytes.add(bytes.align_offset(ALIGNMENT));
        if fill == Fill::Zero {
            base.write_bytes(0, len);
        }
        (&raw mut (*storage).base).write(NonNull::new_unchecked(base));
        (&raw mut (*storage).len).write(len);
        (&raw mut (*storage).device).write(Device::CPU);
        (&raw mut (*storage).access).write(Access::READ_WRITE);
        (&raw mut (*storage).version).write(AtomicU64::new(0));
        (&raw mut (*storage).exported).write(AtomicBool::new(false));
        (&raw mut (*storage).references).write(AtomicUsize::new(1));
        (&raw mut (*storage).owner.born).write(interrupt::number());
        Shared::from_raw(NonNull::new_unchecked(storage as *mut Storage))
    }
}
