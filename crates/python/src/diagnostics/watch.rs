//! The machinery behind `tensorbridge.watch`: writes that are heard, and bytes that are compared.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tensorbridge::diagnostics::changes::{Elements, compare};
use tensorbridge::diagnostics::writes::{Place, Watcher};
use tensorbridge::storage::host::Fill;
use tensorbridge::{Device, Tensor, transfer};

use super::aliases::Scopes;
use super::lines::{self, Said};
use crate::enter::enter_detached;
use crate::tensor::PyTensor;

/// Hears the writes that tensorbridge does to the memory of some tensors.
#[pyclass(name = "_Watcher", module = "tensorbridge", frozen)]
struct PyWatcher {
    watcher: Arc<Watcher>,
    /// While it hears, new tensors are kept track of.
    scopes: Scopes,
}

#[pymethods]
impl PyWatcher {
    #[new]
    fn new(tensors: Vec<PyRef<'_, PyTensor>>) -> Self {
        let places = tensors.iter().map(|tensor| Place::of(tensor.tensor())).collect();
        Self { watcher: Watcher::new(places), scopes: Scopes::default() }
    }

    /// Starts hearing, and keeping track of new tensors.
    fn start(&self) {
        self.scopes.begin();
        self.watcher.start();
    }

    /// Stops hearing.
    fn stop(&self) {
        self.watcher.stop();
        self.scopes.end();
    }

    /// What changed in `now` since the dense copy `before` was taken of it: a dictionary with
    /// `all` and `unexplained` elements, `writes` (caller, times, how many changed elements each
    /// reaches) of those that may have reached any element, and `missed`, the number of writes
    /// that were too many to keep.
    fn compare<'py>(
        &self,
        py: Python<'py>,
        before: &Bound<'py, PyTensor>,
        now: &Bound<'py, PyTensor>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let (before, now) = (before.get().tensor(), now.get().tensor());
        let mut heard = self.watcher.heard();
        let place = Place::of(now);
        heard.writes.retain(|write| write.place.meets(&place));
        let changes = enter_detached(py, now.nbytes(), || compare(before, now, &heard.writes))?;
        let writes: Vec<(Option<Said>, u64, usize)> = heard
            .writes
            .iter()
            .zip(&changes.by)
            .map(|(write, &by)| (write.caller.as_deref().map(lines::said), write.times, by))
            .collect();
        let found = PyDict::new(py);
        found.set_item("all", elements(py, &changes.all)?)?;
        found.set_item("unexplained", elements(py, &changes.unexplained)?)?;
        found.set_item("writes", writes)?;
        found.set_item("missed", heard.missed)?;
        Ok(found)
    }
}

/// A dense copy of a tensor in C order, which no trace hears and nobody forbids.
#[pyfunction]
fn _snapshot(py: Python<'_>, tensor: &Bound<'_, PyTensor>) -> PyResult<PyTensor> {
    let tensor = tensor.get().tensor();
    let copied = enter_detached(py, tensor.nbytes(), || {
        let (shape, dtype) = (tensor.shape(), tensor.dtype());
        let copy = Tensor::allocate(shape, dtype, Device::CPU, Fill::Uninitialized)?;
        transfer::place(&copy, tensor, "watch")?;
        Ok(copy)
    });
    copied.map(PyTensor::new)
}

fn elements<'py>(py: Python<'py>, elements: &Elements) -> PyResult<Bound<'py, PyDict>> {
    let runs: Vec<_> = elements.runs.iter().map(|run| (run.start, run.end)).collect();
    let found = PyDict::new(py);
    found.set_item("count", elements.count)?;
    found.set_item("runs", runs)?;
    found.set_item("last", elements.last)?;
    found.set_item("axes", elements.axes())?;
    found.set_item("grid", elements.is_grid())?;
    Ok(found)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_snapshot, module)?)?;
    module.add_class::<PyWatcher>()
}
