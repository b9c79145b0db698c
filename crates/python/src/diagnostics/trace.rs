//! `tensorbridge.trace()` and the events it hears.

use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyIterator, PyList, PyTuple, PyType};
use tensorbridge::diagnostics::trace::{Event, Log};

use crate::dtype;

/// One thing the bridge did: shared, copied, refused, or had NumPy compute.
#[pyclass(name = "Event", module = "tensorbridge", frozen)]
struct PyEvent(Event);

#[pymethods]
impl PyEvent {
    /// `"shared"`, `"copied"`, `"refused"` or, where NumPy did the work, `"computed"`.
    #[getter]
    fn action(&self) -> &'static str {
        self.0.action.name()
    }

    /// The function or operation: `"from_numpy"`, `"contiguous"`, `"numpy.linalg.svd"`.
    #[getter]
    fn operation(&self) -> &str {
        &self.0.operation
    }

    /// The names of the reasons for a copy or a refusal; empty when shared.
    #[getter]
    fn reasons(&self) -> Vec<&'static str> {
        self.0.reasons.iter().map(|reason| reason.name()).collect()
    }

    /// The reasons as one sentence.
    #[getter]
    fn why(&self) -> String {
        self.0.reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    /// What would make it share.
    #[getter]
    fn remedies(&self) -> Vec<&'static str> {
        self.0.reasons.iter().map(|reason| reason.remedy()).collect()
    }

    /// Who owns the memory of the result, or `None`.
    #[getter]
    fn origin(&self) -> Option<String> {
        self.0.origin.map(|origin| origin.to_string())
    }

    /// The dtype of the result, or `None`.
    #[getter]
    fn dtype(&self, py: Python<'_>) -> PyResult<Option<Py<dtype::PyDType>>> {
        self.0.dtype.map(|dtype| dtype::instance(py, dtype)).transpose()
    }

    /// The shape of the result.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.0.shape)
    }

    /// Bytes copied, or shared instead of copied.
    #[getter]
    fn bytes(&self) -> usize {
        self.0.bytes
    }

    /// Duration in seconds.
    #[getter]
    fn seconds(&self) -> f64 {
        self.0.elapsed.as_secs_f64()
    }

    /// Anything else worth knowing, or `None`.
    #[getter]
    fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }

    fn __repr__(&self) -> String {
        let event = &self.0;
        let mut text = format!("{:<7} {:<14}", event.action.name(), event.operation);
        if let Some(dtype) = event.dtype {
            text += &format!(" {dtype} {:?} {} B", event.shape.as_slice(), event.bytes);
        }
        text += &format!(" {:.1} µs", event.elapsed.as_secs_f64() * 1e6);
        if !event.reasons.is_empty() {
            text += &format!(" ({})", self.why());
        }
        if let Some(note) = &event.note {
            text += &format!(" [{note}]");
        }
        text
    }
}

/// Records every crossing and every copy while it is entered.
///
/// ```python
/// with tb.trace() as events:
///     t = tb.from_numpy(a)
/// print(events)
/// ```
///
/// The object is a sequence of events and stays readable afterwards. Events of all threads are
/// heard. While nothing is traced, a crossing pays one relaxed load.
#[pyclass(name = "trace", module = "tensorbridge", frozen)]
struct PyTrace(Arc<Log>);

impl PyTrace {
    /// The events heard so far.
    fn list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let events = self.0.events().into_iter().map(|event| Py::new(py, PyEvent(event)));
        Ok(PyList::new(py, events.collect::<PyResult<Vec<_>>>()?)?.into_any())
    }
}

#[pymethods]
impl PyTrace {
    #[new]
    #[pyo3(signature = (*args), text_signature = "()")]
    fn new(args: &Bound<'_, PyTuple>) -> PyResult<Self> {
        // PyTorch's and NumPy's function of this name is another one.
        if !args.is_empty() {
            return Err(PyTypeError::new_err(
                "trace() records what crosses the bridge, and takes no arguments — hint: `t.diagonal().sum()` is the trace of a matrix",
            ));
        }
        Ok(Self(Log::new()))
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf.get().0.start();
        slf
    }

    #[pyo3(signature = (_kind=None, _value=None, _traceback=None))]
    fn __exit__(
        &self,
        _kind: Option<&Bound<'_, PyType>>,
        _value: Option<&Bound<'_, PyAny>>,
        _traceback: Option<&Bound<'_, PyAny>>,
    ) {
        self.0.stop();
    }

    fn __len__(&self) -> usize {
        self.0.events().len()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.list(py)?.try_iter()
    }

    fn __getitem__<'py>(
        &self,
        py: Python<'py>,
        index: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.list(py)?.get_item(index)
    }

    fn __repr__(&self) -> String {
        let events = self.0.events();
        let mut lines = vec![format!("{} events", events.len())];
        lines.extend(events.into_iter().map(|event| PyEvent(event).__repr__()));
        lines.join("\n")
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyEvent>()?;
    module.add_class::<PyTrace>()
}
