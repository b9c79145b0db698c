//! The two answers to "how big": `shape`, a `Size`, and `size`, a callable `int`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

use super::PyTensor;
use crate::calling;
use crate::fresh;

static SIZE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static COUNT: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

fn class<'py>(
    py: Python<'py>,
    cell: &'static PyOnceLock<Py<PyAny>>,
    name: &str,
) -> PyResult<&'py Bound<'py, PyAny>> {
    let class = cell.get_or_try_init(py, || {
        Ok::<_, PyErr>(calling::import(py, "tensorbridge._size")?.getattr(name)?.unbind())
    })?;
    Ok(class.bind(py))
}

/// A `tensorbridge.Size`: a tuple of lengths.
pub(crate) fn size<'py>(py: Python<'py>, shape: &[usize]) -> PyResult<Bound<'py, PyAny>> {
    let class = class(py, &SIZE, "Size")?.cast::<PyType>()?;
    // Past the class's own `__new__`, which looks at every item.
    fresh::tuple_of(class, shape.len(), |axis| Ok(fresh::int(py, shape[axis] as i64)?.into_any()))
        .map(Bound::into_any)
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
