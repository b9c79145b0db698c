//! The line of Python that an event came from: the innermost frame outside this package.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use tensorbridge::diagnostics::trace::Line;
use tensorbridge::diagnostics::writes::{self, Caller, Calling};

use crate::attach::attached;
use crate::calling;

/// The folder of the package, with a separator at its end.
static PACKAGE: PyOnceLock<String> = PyOnceLock::new();

/// The line that this thread's Python is at; `None` without an interpreter or a frame.
pub(super) fn here() -> Option<Line> {
    attached(|py| find(py).ok().flatten()).flatten()
}

fn find(py: Python<'_>) -> PyResult<Option<Line>> {
    let package = PACKAGE.get_or_try_init(py, || {
        let file: String = calling::import(py, "tensorbridge")?.getattr("__file__")?.extract()?;
        PyResult::Ok(file.trim_end_matches("__init__.py").to_owned())
    })?;
    let Ok(mut frame) = py.import("sys")?.call_method0("_getframe") else { return Ok(None) };
    while !frame.is_none() {
        let file: String = frame.getattr("f_code")?.getattr("co_filename")?.extract()?;
        if !file.starts_with(package.as_str()) {
            let number = frame.getattr("f_lineno")?.extract().unwrap_or(0);
            return Ok(Some(Line { file, number }));
        }
        frame = frame.getattr("f_back")?;
    }
    Ok(None)
}

/// Says for the work that follows who called, while somebody hears writes; else one relaxed load.
#[inline]
pub(crate) fn caller(py: Python<'_>) -> Option<Calling> {
    writes::are_heard().then(|| writes::calling(expression(py)))
}

/// The expression that this thread's Python is at: line, operation and text, found in Python.
#[cold]
pub(super) fn expression(py: Python<'_>) -> Option<Arc<Caller>> {
    static HERE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let here = HERE.get_or_try_init(py, || {
        let module = calling::import(py, "tensorbridge.diagnostics.callers")?;
        PyResult::Ok(module.getattr("here")?.unbind())
    });
    // Who called is worth no error: without an answer it stays unknown.
    let found = here.and_then(|here| here.bind(py).call0()).ok()?;
    let (file, line, operation, code, thread) = found.extract().ok()?;
    Some(Arc::new(Caller { file, line, operation, code, thread }))
}

/// A caller as Python sees it: `(file, line, operation, code, thread)`.
pub(super) type Said = (String, u32, String, String, String);

/// A caller for Python.
pub(super) fn said(caller: &Caller) -> Said {
    let Caller { file, line, operation, code, thread } = caller.clone();
    (file, line, operation, code, thread)
}
