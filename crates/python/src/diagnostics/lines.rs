//! The line of Python that an event came from: the innermost frame outside this package.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use tensorbridge::diagnostics::trace::Line;

use crate::attach::attached;

/// The folder of the package, with a separator at its end.
static PACKAGE: PyOnceLock<String> = PyOnceLock::new();

/// The line that this thread's Python is at; `None` without an interpreter or a frame.
pub(super) fn here() -> Option<Line> {
    attached(|py| find(py).ok().flatten()).flatten()
}

fn find(py: Python<'_>) -> PyResult<Option<Line>> {
    let package = PACKAGE.get_or_try_init(py, || {
        let file: String = py.import("tensorbridge")?.getattr("__file__")?.extract()?;
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
