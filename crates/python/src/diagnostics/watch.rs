//! The machinery behind `tensorbridge.watch`: writes that are heard, and bytes that are compared.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tensorbridge::diagnostics::changes::{Elements, compare};
use tensorbridge::diagnostics::writes::{Place, Watcher};

use super::aliases;
use super::lines::{self, Said};
use crate::enter::enter_detached;
use crate::tensor::PyTensor;

/// Hears the writes that tensorbridge does to the memory of some tensors.
#[pyclass(name = "_Watcher", module = "tensorbridge", frozen)]
struct PyWatcher(Arc<Watcher>);

#[pymethods]
impl PyWatcher {
    #[new]
    fn new(tensors: Vec<PyRef<'_, PyTensor>>) -> Self {
        Self(Watcher::new(tensors.iter().map(|tensor| Place::of(tensor.tensor())).collect()))
    }

    /// Starts hearing, and keeping track of new tensors.
    fn start(&self) {
        aliases::begin();
        self.0.start();
    }

    /// Stops hearing.
    fn stop(&self) {
        self.0.stop();
        aliases::end();
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
        let mut heard = self.0.heard();
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
    module.add_class::<PyWatcher>()
}
