//! Attaching to the interpreter from wherever the last reference to some memory dies.

use pyo3::ffi;
use pyo3::prelude::*;

/// Runs `work` attached to the interpreter, or not at all when there is none any more.
///
/// For drops and deleters, which any library may call on any thread at any time. PyO3's own
/// `Python::try_attach` takes a thread for attached whenever a call of ours is on its stack.
/// Below such a call, other libraries (PyTorch, as it frees a tensor) release the interpreter
/// and only then call our deleter; so CPython itself is asked here.
///
/// A Python reference in `work` must be dropped with `drop_ref` or as a `Bound`: PyO3 defers
/// the drop of a `Py` where it does not know that the thread is attached.
#[inline]
pub(crate) fn attached<R>(work: impl FnOnce(Python<'_>) -> R) -> Option<R> {
    // SAFETY: both may be called on any thread and at any time. A thread that CPython knows can
    // attach for as long as it is known, also while the interpreter goes: that is how module
    // globals die. Any other thread needs an interpreter in full life.
    unsafe {
        if ffi::PyGILState_GetThisThreadState().is_null() && ffi::Py_IsInitialized() == 0 {
            return None;
        }
    }
    /// Gives back what was taken, also when `work` panics.
    struct State(ffi::PyGILState_STATE);
    impl Drop for State {
        fn drop(&mut self) {
            // SAFETY: `Ensure` was called once for this value, on this thread.
            unsafe { ffi::PyGILState_Release(self.0) }
        }
    }
    // SAFETY: as above; `Ensure` may be nested and works whether the thread is attached or not.
    let state = State(unsafe { ffi::PyGILState_Ensure() });
    // SAFETY: `Ensure` has attached this thread, until `state` is dropped.
    let result = work(unsafe { Python::assume_attached() });
    drop(state);
    Some(result)
}
