//! Memory of tensor objects that died, for the next ones.
//!
//! A crossing that is used and dropped, as most are, then takes no block from the interpreter's
//! allocator and gives none back. The interpreter's own classes (`float`, `tuple`, `list`) do the
//! same.

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr::null_mut;

use pyo3::impl_::pyclass::{PyClassImpl, PyClassItems};
use pyo3::prelude::*;
use pyo3::{ffi, inventory};

use super::PyTensor;

/// How many objects' memory is kept.
const KEPT: usize = 64;

/// Whether attached threads run one at a time, as the interpreter's lock makes them. Where there is
/// no lock an object begins with more than a count and a class, and nothing is kept.
const LOCKED: bool = size_of::<ffi::PyObject>() == 2 * size_of::<usize>();

struct Spare {
    memory: [*mut c_void; KEPT],
    count: usize,
}

/// Touched by attached threads only.
struct Attached(UnsafeCell<Spare>);

// SAFETY: with the interpreter's lock attached threads run one at a time, and without it nothing
// is touched. Nothing that may give the lock away is called in between.
unsafe impl Sync for Attached {}

static SPARE: Attached = Attached(UnsafeCell::new(Spare { memory: [null_mut(); KEPT], count: 0 }));

/// Memory for a tensor object, as the collector's allocator gives it: behind its header, tracked by
/// nobody.
#[inline]
pub(super) fn take(_: Python<'_>) -> Option<*mut c_void> {
    if !LOCKED {
        return None;
    }
    // SAFETY: attached, and therefore alone.
    let spare = unsafe { &mut *SPARE.0.get() };
    spare.count = spare.count.checked_sub(1)?;
    Some(spare.memory[spare.count])
}

/// The class's `tp_free`: what an object without a value, no longer tracked, is given back by.
unsafe extern "C" fn free(memory: *mut c_void) {
    if LOCKED {
        // SAFETY: objects are freed attached, and therefore alone.
        let spare = unsafe { &mut *SPARE.0.get() };
        if let Some(place) = spare.memory.get_mut(spare.count) {
            *place = memory;
            spare.count += 1;
            return;
        }
    }
    // SAFETY: an object of the class, from the collector's allocator.
    unsafe { ffi::PyObject_GC_Del(memory) }
}

// What `#[pymethods]` makes of its methods, for a slot that it has no name for.
inventory::submit! {
    <PyTensor as PyClassImpl>::Inventory::new(PyClassItems {
        methods: &[],
        slots: &[ffi::PyType_Slot { slot: ffi::Py_tp_free, pfunc: free as *mut c_void }],
    })
}
