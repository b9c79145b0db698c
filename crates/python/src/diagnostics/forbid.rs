//! `tensorbridge.no_copies()`: copies become errors where they would be made.

use std::sync::Mutex;

use pyo3::prelude::*;
use pyo3::types::PyType;
use tensorbridge::diagnostics::forbid::{self, Forbidden};

/// Turns every copy that nobody asked for into a `CopyError`, at the line that causes it.
///
/// ```python
/// with tb.no_copies():
///     t.T.reshape(-1)  # CopyError: the operation needs dense memory
/// ```
///
/// A copy was asked for by `copy=True`, `tensor`, `clone`, `copy_`, assignment, `to` and the casts
/// by name; with `explicit=True` these are errors, too. Nothing has been written when the error
/// is raised. Results of arithmetic are no copies. Counts on the thread that entered it, may be
/// nested, and costs nothing while nobody uses it. What NumPy's own functions copy inside is
/// NumPy's, and is not heard here.
#[pyclass(name = "no_copies", module = "tensorbridge", frozen)]
struct PyNoCopies {
    forbidden: Forbidden,
    /// What was forbidden before, scope by scope.
    before: Mutex<Vec<Forbidden>>,
}

#[pymethods]
impl PyNoCopies {
    #[new]
    #[pyo3(signature = (*, explicit=false))]
    fn new(explicit: bool) -> Self {
        let forbidden = if explicit { Forbidden::All } else { Forbidden::Implicit };
        Self { forbidden, before: Mutex::default() }
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        let this = slf.get();
        let before = forbid::enter(this.forbidden);
        this.before.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(before);
        slf
    }

    #[pyo3(signature = (_kind=None, _value=None, _traceback=None))]
    fn __exit__(
        &self,
        _kind: Option<&Bound<'_, PyType>>,
        _value: Option<&Bound<'_, PyAny>>,
        _traceback: Option<&Bound<'_, PyAny>>,
    ) {
        let before = self.before.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop();
        if let Some(before) = before {
            forbid::leave(before);
        }
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyNoCopies>()
}
