//! What code written for PyTorch asks about gradients, answered: there are none.

use pyo3::exceptions::{PyAttributeError, PyNotImplementedError};
use pyo3::prelude::*;

use super::PyTensor;
use crate::calling;
use crate::errors::absent_error;

fn refuse() -> PyErr {
    PyNotImplementedError::new_err(
        "requires_grad=True: tensorbridge computes no gradients — hint: share the memory with PyTorch, `torch.from_dlpack(t)`, and let it compute them",
    )
}

/// PyTorch's methods that would move memory which others may hold, and why they are not here.
fn absent(name: &str) -> Option<&'static str> {
    Some(match name {
        "resize_" | "resize_as_" | "set_" => {
            "memory that has been shared never moves — hint: `t.reshape(shape)` is a view where it can be, `tb.empty(shape)` is new memory"
        }
        "share_memory_" => {
            "memory that has been shared never moves — hint: create a `multiprocessing.shared_memory.SharedMemory` and look at it with `tb.frombuffer`"
        }
        "pin_memory" => {
            "memory that has been shared never moves — hint: pin it where it is allocated, and look at it with `tb.asarray`"
        }
        "backward" | "register_hook" | "retain_grad" => {
            "tensorbridge computes no gradients — hint: share the memory with PyTorch, `torch.from_dlpack(t)`"
        }
        _ => return None,
    })
}

/// Whether NumPy has what a tensor has not, and how it is called there.
fn left_to_numpy(py: Python<'_>, name: &str) -> PyResult<Option<String>> {
    // Protocols that are probed for are not functions.
    if name.starts_with('_') {
        return Ok(None);
    }
    calling::import(py, "tensorbridge._absent")?.call_method1("hint", (name,))?.extract()
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

    /// Asked only for names that are not there; says of some why.
    fn __getattr__(slf: &Bound<'_, Self>, name: &str) -> PyResult<Py<PyAny>> {
        let py = slf.py();
        let missing = format!("'Tensor' object has no attribute '{name}'");
        let error = match absent(name) {
            Some(why) => {
                PyErr::from_type(absent_error(py)?.bind(py).clone(), (format!("{missing}: {why}"),))
            }
            None => PyAttributeError::new_err(match left_to_numpy(py, name)? {
                Some(why) => format!("{missing}: {why}"),
                None => missing,
            }),
        };
        // From these Python suggests the name that was meant.
        let value = error.value(py);
        value.setattr("name", name)?;
        value.setattr("obj", slf)?;
        Err(error)
    }
}
