//! A Python object as the owner of memory.

use std::mem::ManuallyDrop;

use pyo3::prelude::*;
use tensorbridge::{KeepAlive, Origin};

use crate::attach::attached;

/// Keeps one reference to a Python object for as long as a storage lives.
pub(crate) struct PyOwner {
    object: ManuallyDrop<Py<PyAny>>,
    origin: Origin,
}

impl PyOwner {
    pub(crate) fn new(object: Bound<'_, PyAny>, origin: Origin) -> Self {
        Self { object: ManuallyDrop::new(object.unbind()), origin }
    }
}

impl KeepAlive for PyOwner {
    fn origin(&self) -> Origin {
        self.origin
    }
}

impl Drop for PyOwner {
    fn drop(&mut self) {
        // The last tensor may die on any thread, and after the interpreter. Without an
        // interpreter the reference is leaked: touching a finalised object would crash.
        attached(|py| {
            // SAFETY: `object` is taken exactly once, here.
            unsafe { ManuallyDrop::take(&mut self.object) }.drop_ref(py);
        });
    }
}
