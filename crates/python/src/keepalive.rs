//! A Python object as the owner of memory.

use std::mem::ManuallyDrop;
use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::prelude::*;
use tensorbridge::{KeepAlive, Origin};

use crate::attach::attached;

/// Keeps one reference to a Python object for as long as a storage lives.
pub(crate) struct PyOwner {
    object: ManuallyDrop<Py<PyAny>>,
    origin: Origin,
    /// Whether the drop that follows is known to happen attached.
    attached: AtomicBool,
}

impl PyOwner {
    pub(crate) fn new(object: Bound<'_, PyAny>, origin: Origin) -> Self {
        let object = ManuallyDrop::new(object.unbind());
        Self { object, origin, attached: AtomicBool::new(false) }
    }

    /// The object.
    pub(crate) fn object(&self) -> &Py<PyAny> {
        &self.object
    }
}

impl KeepAlive for PyOwner {
    fn origin(&self) -> Origin {
        self.origin
    }

    #[inline]
    fn will_drop_attached(&self) {
        self.attached.store(true, Ordering::Relaxed);
    }
}

impl Drop for PyOwner {
    fn drop(&mut self) {
        let known = *self.attached.get_mut();
        // SAFETY: `object` is taken exactly once: one of the two calls below, once at most.
        let mut release =
            |py: Python<'_>| unsafe { ManuallyDrop::take(&mut self.object) }.drop_ref(py);
        if known {
            // SAFETY: `will_drop_attached` was told so.
            return release(unsafe { Python::assume_attached() });
        }
        // The last tensor may die on any thread, and after the interpreter. Without an
        // interpreter the reference is leaked: touching a finalised object would crash.
        attached(release);
    }
}
