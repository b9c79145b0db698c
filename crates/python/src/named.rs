//! Results of several tensors, under the names of `tensorbridge._results`.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tensorbridge::Tensor;

use crate::calling;
use crate::tensor::PyTensor;

/// The tensors as the named tuple `class`.
///
/// # Errors
///
/// Where the package is not complete.
pub(crate) fn named<'py>(
    py: Python<'py>,
    class: &str,
    tensors: impl IntoIterator<Item = Tensor>,
) -> PyResult<Bound<'py, PyAny>> {
    let fields = tuple(py, tensors)?;
    calling::call(&calling::import(py, "tensorbridge._results")?.getattr(class)?, &fields, None)
}

/// The tensors as a tuple.
///
/// # Errors
///
/// `MemoryError`.
pub(crate) fn tuple<'py>(
    py: Python<'py>,
    tensors: impl IntoIterator<Item = Tensor>,
) -> PyResult<Bound<'py, PyTuple>> {
    let tensors = tensors.into_iter().map(|tensor| Bound::new(py, PyTensor::new(tensor)));
    PyTuple::new(py, tensors.collect::<PyResult<Vec<_>>>()?)
}
