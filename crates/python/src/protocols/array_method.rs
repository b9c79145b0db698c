//! `__array__`, coming in: an object that makes an ndarray of itself.

use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use tensorbridge::diagnostics::trace::Watch;
use tensorbridge::exchange::{CopyMode, Request};
use tensorbridge::{Error, Tensor};

use super::{noted, numpy, type_name};
use crate::calling;
use crate::errors::to_python;

/// A tensor from `object` if it has `__array__`, else `None`.
///
/// # Errors
///
/// Whatever the method raises; `TypeError` when it returns no ndarray; `CopyError` when sharing
/// was asked for and the method cannot promise it.
pub(super) fn import(
    object: &Bound<'_, PyAny>,
    request: &Request,
    door: &'static str,
    watch: Watch,
) -> PyResult<Option<Tensor>> {
    let py = object.py();
    let Some(method) = object.getattr_opt(intern!(py, "__array__"))? else {
        return Ok(None);
    };
    let result = if request.copy == CopyMode::Never {
        // Only the method knows whether its array is the object's memory.
        let arguments = PyDict::new(py);
        arguments.set_item(intern!(py, "copy"), false)?;
        calling::call(&method, &PyTuple::empty(py), Some(&arguments)).map_err(|error| {
            if !error.is_instance_of::<PyTypeError>(py) {
                return error;
            }
            let refusal = to_python(
                py,
                &Error::copy(format!(
                    "`__array__` of {} has no `copy=False`, so nobody can promise that it shares",
                    type_name(object)
                ))
                .hint("pass `copy=None`"),
            );
            refusal.set_cause(py, Some(error));
            refusal
        })
    } else {
        calling::call(&method, &PyTuple::empty(py), None)
    };
    let array = result.map_err(|error| {
        noted(py, error, format!("tensorbridge.{door} asked {} for its array", type_name(object)))
    })?;
    match numpy::import(&array, request, door, watch)? {
        Some(tensor) => Ok(Some(tensor)),
        None => Err(PyTypeError::new_err(format!(
            "`__array__` of {} must return an ndarray, not {}",
            type_name(object),
            type_name(&array)
        ))),
    }
}
