//! The two answers to "how big": `shape`, a `Size`, and `size`, a callable `int`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;

use super::PyTensor;

static SIZE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static NEW: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static COUNT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

fn class<'py>(
    py: Python<'py>,
    cell: &'static PyOnceLock<Py<PyAny>>,
    name: &str,
) -> PyResult<&'py Bound<'py, PyAny>> {
    let class = cell.get_or_try_init(py, || {
        Ok::<_, PyErr>(py.import("tensorbridge._size")?.getattr(name)?.unbind())
    })?;
    Ok(class.bind(py))
}

/// A `tensorbridge.Size`: a tuple of lengths.
pub(crate) fn size<'py>(py: Python<'py>, shape: &[usize]) -> PyResult<Bound<'py, PyAny>> {
    // Past the class's own `__new__`, which looks at every item.
    let new = NEW.get_or_try_init(py, || {
        Ok::<_, PyErr>(py.get_type::<PyTuple>().getattr("__new__")?.unbind())
    })?;
    new.bind(py).call1((class(py, &SIZE, "Size")?, PyTuple::new(py, shape)?))
}

/// Whether `object` is a `tensorbridge.Size`.
pub(super) fn is_size(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    object.is_instance(class(object.py(), &SIZE, "Size")?)
}

/// The number of elements of a tensor, callable as PyTorch's `size(dim=None)`.
pub(super) fn count<'py>(tensor: &Bound<'py, PyTensor>) -> PyResult<Bound<'py, PyAny>> {
    let py = tensor.py();
    let inner = tensor.get().tensor();
    class(py, &COUNT, "Count")?.call1((inner.count(), size(py, inner.shape())?))
}
