//! What code written for PyTorch asks about gradients, answered: there are none.

use pyo3::exceptions::PyNotImplementedError;
use pyo3::prelude::*;

use super::PyTensor;

fn refuse() -> PyErr {
    PyNotImplementedError::new_err(
        "requires_grad=True: tensorbridge computes no gradients — hint: share the memory with PyTorch, `torch.from_dlpack(t)`, and let it compute them",
    )
}

#[pymethods]
impl PyTensor {
    /// Always `False`; only `False` can be set.
    #[getter]
    fn requires_grad(&self) -> bool {
        false
    }

    #[setter]
    fn set_requires_grad(&self, value: bool) -> PyResult<()> {
        if value { Err(refuse()) } else { Ok(()) }
    }

    /// The tensor itself. Raises `NotImplementedError` for `requires_grad=True`.
    #[pyo3(signature = (requires_grad=true))]
    fn requires_grad_<'py>(
        slf: &Bound<'py, Self>,
        requires_grad: bool,
    ) -> PyResult<Bound<'py, Self>> {
        if requires_grad { Err(refuse()) } else { Ok(slf.clone()) }
    }

    /// Always `True`: no tensor is the result of a recorded operation.
    #[getter]
    fn is_leaf(&self) -> bool {
        true
    }

    /// Always `None`.
    #[getter]
    fn grad(&self) -> Option<Py<PyAny>> {
        None
    }

    #[setter]
    fn set_grad(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        if value.is_none() { Ok(()) } else { Err(refuse()) }
    }

    /// Always `None`.
    #[getter]
    fn grad_fn(&self) -> Option<Py<PyAny>> {
        None
    }

    /// A new handle on the same memory, in place: the tensor itself.
    fn detach_<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        slf.clone()
    }
}
