//! The one way from Python into Rust work: leave the interpreter, run, map the error.

use pyo3::prelude::*;
use tensorbridge::Result;

use crate::errors::to_python;

/// Work of fewer bytes than this runs attached: detaching costs more than it frees.
const DETACH_BYTES: usize = 1 << 15;

/// Runs `work` and maps its error.
///
/// # Errors
///
/// `work`'s, as a Python exception.
#[inline]
pub(crate) fn enter<T>(py: Python<'_>, work: impl FnOnce() -> Result<T>) -> PyResult<T> {
    work().map_err(|error| to_python(py, &error))
}

/// Runs `work`, detached from the interpreter when it is about `bytes` of memory or more than
/// a moment's worth. `work` must not touch Python objects.
///
/// # Errors
///
/// `work`'s, as a Python exception.
pub(crate) fn enter_detached<T: Send>(
    py: Python<'_>,
    bytes: usize,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    let result = if bytes < DETACH_BYTES { work() } else { py.detach(work) };
    result.map_err(|error| to_python(py, &error))
}
