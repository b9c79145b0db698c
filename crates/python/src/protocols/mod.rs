//! The ladder: how any object becomes a tensor.
//!
//! The first protocol that an object *has* decides; an error there is the answer.

pub(crate) mod numpy;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use tensorbridge::exchange::{ByteOrder, Reason, Request};
use tensorbridge::{Access, Tensor};

/// Makes a tensor of `object` by the first rung that applies.
pub(crate) fn import(
    object: &Bound<'_, PyAny>,
    request: &Request,
    door: &'static str,
) -> PyResult<Tensor> {
    if let Some(tensor) = numpy::import(object, request, door)? {
        return Ok(tensor);
    }
    Err(PyTypeError::new_err(format!(
        "{door}: {} cannot become a tensor",
        object.get_type().name()?
    )))
}

/// Copies `source` into a fresh tensor that satisfies `request`.
pub(crate) fn materialize(
    _py: Python<'_>,
    _source: &Tensor,
    _byte_order: ByteOrder,
    _request: &Request,
    _reasons: &[Reason],
    _access: Access,
    _door: &'static str,
) -> PyResult<Tensor> {
    Err(PyTypeError::new_err("copies are not connected yet"))
}
