//! `tensorbridge.trace()` and the events it hears.

use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList, PyTuple, PyType};
use tensorbridge::diagnostics::trace::{Action, Event, Log, set_locator};

use super::aliases::Scopes;
use super::lines;
use crate::attach::attached;
use crate::calling;
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

    /// When it was over: seconds since the first event of the process.
    #[getter]
    fn at(&self) -> f64 {
        self.0.at.as_secs_f64()
    }

    /// The file of the line that caused it, or `None`.
    #[getter]
    fn file(&self) -> Option<&str> {
        self.0.line.as_ref().map(|line| line.file.as_str())
    }

    /// The number of the line that caused it, or `None`.
    #[getter]
    fn line(&self) -> Option<u32> {
        self.0.line.as_ref().map(|line| line.number)
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
        let row = self.row();
        format!("{:<8} {:<14} {}", row[0], row[1], row[2..].join(" ")).trim_end().to_owned()
    }
}

impl PyEvent {
    /// The columns of a table: action, operation, what, bytes, time, line, why.
    fn row(&self) -> [String; 7] {
        let event = &self.0;
        let what = event
            .dtype
            .map(|dtype| format!("{dtype} {:?}", event.shape.as_slice()))
            .unwrap_or_default();
        let bytes = event.dtype.map(|_| format!("{} B", event.bytes)).unwrap_or_default();
        let line = event.line.as_ref().map_or_else(String::new, |line| {
            // What a notebook calls a cell's file is a number.
            let name = match line.file.rsplit(['/', '\\']).next() {
                Some(name) if !line.file.contains("ipykernel_") => name,
                _ => "cell",
            };
            format!("{name}:{}", line.number)
        });
        let mut why =
            if event.reasons.is_empty() { String::new() } else { format!("({})", self.why()) };
        if let Some(note) = &event.note {
            why += &format!("{}[{note}]", if why.is_empty() { "" } else { " " });
        }
        let time = format!("{:.1} µs", event.elapsed.as_secs_f64() * 1e6);
        [event.action.name().to_owned(), event.operation.to_string(), what, bytes, time, line, why]
    }

    /// Everything about it as plain Python data.
    fn data<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let data = PyDict::new(py);
        data.set_item("action", self.action())?;
        data.set_item("operation", self.operation())?;
        data.set_item("reasons", self.reasons())?;
        data.set_item("why", self.why())?;
        data.set_item("origin", self.origin())?;
        data.set_item("dtype", self.0.dtype.map(|dtype| dtype.name()))?;
        data.set_item("shape", PyList::new(py, &self.0.shape)?)?;
        data.set_item("bytes", self.bytes())?;
        data.set_item("at", self.at())?;
        data.set_item("seconds", self.seconds())?;
        data.set_item("file", self.file())?;
        data.set_item("line", self.line())?;
        data.set_item("note", self.note())?;
        Ok(data)
    }
}

/// Rows under one another, each column as wide as it must be.
fn table(rows: &[[String; 7]]) -> Vec<String> {
    let mut widths = [0; 7];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; 7]| {
        let mut text = String::new();
        for (place, (cell, width)) in row.iter().zip(widths).enumerate() {
            let gap = " ".repeat(width - cell.chars().count());
            // Numbers stand at the right of their column.
            text += &if matches!(place, 3 | 4) { gap + cell } else { cell.clone() + &gap };
            text += "  ";
        }
        text.trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// Tells Python's logger `tensorbridge` of an event.
fn tell_logger(event: &Event) {
    attached(|py| {
        let told = calling::import(py, "tensorbridge._logged")
            .and_then(|module| module.call_method1("tell", (PyEvent(event.clone()),)));
        if let Err(error) = told {
            error.write_unraisable(py, None);
        }
    });
}

/// Records every crossing and every copy while it is entered.
///
/// ```python
/// with tb.trace() as events:
///     t = tb.from_numpy(a)
/// print(events)
/// ```
///
/// The object is a sequence of events and stays readable afterwards: it prints as a table,
/// `totals()` adds up, `to_json()` and `to_chrome()` export. Events of all threads are heard, with
/// the line of the caller. NumPy functions that are called on tensors are events, too, as
/// `computed`; what they copy inside is NumPy's. With `log=True` the logger `tensorbridge` is told
/// of each event as well; `TENSORBRIDGE_TRACE=1` in the environment does that from the start.
/// While nothing is traced, a crossing pays one relaxed load.
#[pyclass(name = "trace", module = "tensorbridge", frozen)]
struct PyTrace {
    log: Arc<Log>,
    told: Option<Arc<Log>>,
    /// Inside, new tensors are kept track of.
    scopes: Scopes,
}

impl PyTrace {
    /// The events heard so far.
    fn list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let events = self.log.events().into_iter().map(|event| Py::new(py, PyEvent(event)));
        Ok(PyList::new(py, events.collect::<PyResult<Vec<_>>>()?)?.into_any())
    }
}

#[pymethods]
impl PyTrace {
    #[new]
    #[pyo3(signature = (*args, log=false), text_signature = "(*, log=False)")]
    fn new(args: &Bound<'_, PyTuple>, log: bool) -> PyResult<Self> {
        // PyTorch's and NumPy's function of this name is another one.
        if !args.is_empty() {
            return Err(PyTypeError::new_err(
                "trace() records what crosses the bridge, and takes no arguments but `log=` — hint: `t.diagonal().sum()` is the trace of a matrix",
            ));
        }
        let told = log.then(|| Log::telling(Box::new(tell_logger)));
        Ok(Self { log: Log::new(), told, scopes: Scopes::default() })
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        let this = slf.get();
        this.scopes.begin();
        this.log.start();
        if let Some(told) = &this.told {
            told.start();
        }
        slf
    }

    #[pyo3(signature = (_kind=None, _value=None, _traceback=None))]
    fn __exit__(
        &self,
        _kind: Option<&Bound<'_, PyType>>,
        _value: Option<&Bound<'_, PyAny>>,
        _traceback: Option<&Bound<'_, PyAny>>,
    ) {
        self.log.stop();
        if let Some(told) = &self.told {
            told.stop();
        }
        self.scopes.end();
    }

    /// For each action that happened: how often, how many bytes, how many seconds.
    fn totals<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let totals = PyDict::new(py);
        let events = self.log.events();
        for action in [Action::Shared, Action::Copied, Action::Refused, Action::Computed] {
            let mut of_it = events.iter().filter(|event| event.action == action).peekable();
            if of_it.peek().is_none() {
                continue;
            }
            let (mut count, mut bytes, mut seconds) = (0_u64, 0_usize, 0.0);
            for event in of_it {
                count += 1;
                bytes += event.bytes;
                seconds += event.elapsed.as_secs_f64();
            }
            let sums = PyDict::new(py);
            sums.set_item("count", count)?;
            sums.set_item("bytes", bytes)?;
            sums.set_item("seconds", seconds)?;
            totals.set_item(action.name(), sums)?;
        }
        Ok(totals)
    }

    /// The events as JSON text: a list of objects with the attributes of `Event`.
    fn to_json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let events = self.log.events().into_iter().map(|event| PyEvent(event).data(py));
        let list = PyList::new(py, events.collect::<PyResult<Vec<_>>>()?)?;
        py.import("json")?.call_method1("dumps", (list,))
    }

    /// The events as JSON text in Chrome's trace format, for `chrome://tracing` and Perfetto.
    fn to_chrome<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let list = PyList::empty(py);
        for event in self.log.events() {
            let event = PyEvent(event);
            let slice = PyDict::new(py);
            slice.set_item("name", event.operation())?;
            slice.set_item("cat", event.action())?;
            // A complete event: start and duration in microseconds.
            slice.set_item("ph", "X")?;
            slice.set_item("ts", (event.at() - event.seconds()).max(0.0) * 1e6)?;
            slice.set_item("dur", event.seconds() * 1e6)?;
            slice.set_item("pid", std::process::id())?;
            slice.set_item("tid", 0)?;
            slice.set_item("args", event.data(py)?)?;
            list.append(slice)?;
        }
        let document = PyDict::new(py);
        document.set_item("traceEvents", list)?;
        py.import("json")?.call_method1("dumps", (document,))
    }

    fn __len__(&self) -> usize {
        self.log.events().len()
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
        let events = self.log.events();
        let rows: Vec<_> = events.into_iter().map(|event| PyEvent(event).row()).collect();
        let mut lines = vec![format!("{} events", rows.len())];
        lines.extend(table(&rows));
        lines.join("\n")
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyEvent>()?;
    module.add_class::<PyTrace>()?;
    set_locator(lines::here);
    if std::env::var("TENSORBRIDGE_TRACE").is_ok_and(|value| !matches!(value.as_str(), "" | "0")) {
        Log::telling(Box::new(tell_logger)).start();
    }
    Ok(())
}
