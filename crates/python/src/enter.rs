//! The one way from Python into Rust work: leave the interpreter, run, map the error.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use tensorbridge::{ErrorKind, Result, interrupt};

use crate::attach::attached;
use crate::diagnostics::caller;
use crate::errors::to_python;
use crate::signals;

/// Work of fewer bytes than this runs attached: detaching costs more than it frees.
const DETACH_BYTES: usize = 1 << 15;

/// Runs `work` and maps its error.
///
/// # Errors
///
/// `work`'s, as a Python exception.
#[inline]
pub(crate) fn enter<T>(py: Python<'_>, work: impl FnOnce() -> Result<T>) -> PyResult<T> {
    let _calling = caller(py);
    work().map_err(|error| to_python(py, &error))
}

/// Runs `work`, detached from the interpreter when it is about `bytes` of memory or more than
/// a moment's worth. `work` must not touch Python objects.
///
/// Signals that arrive meanwhile are handled between blocks of work where it is the main thread
/// that waits; if a handler raises, as Ctrl-C's does, the work ends early.
///
/// # Errors
///
/// `work`'s, as a Python exception; whatever a signal handler raised.
pub(crate) fn enter_detached<T: Send>(
    py: Python<'_>,
    bytes: usize,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    if bytes < DETACH_BYTES {
        return enter(py, work);
    }
    let _calling = caller(py);
    if !signals::arrive_here(py) {
        return py.detach(work).map_err(|error| to_python(py, &error));
    }
    let raised = Mutex::new(None);
    let handle = || {
        let error = attached(|py| py.check_signals().err()).flatten();
        let stop = error.is_some();
        *raised.lock().unwrap_or_else(PoisonError::into_inner) = error;
        stop
    };
    let result = py.detach(|| interrupt::watched(&handle, work));
    match (raised.into_inner().unwrap_or_else(PoisonError::into_inner), result) {
        (None, result) => result.map_err(|error| to_python(py, &error)),
        (Some(raised), Err(error))
            if error.kind() == ErrorKind::Interrupted && error.remedy().is_some() =>
        {
            // Memory that others see holds old and new elements.
            raised.add_note(py, error.to_string())?;
            Err(raised)
        }
        (Some(raised), _) => Err(raised),
    }
}
