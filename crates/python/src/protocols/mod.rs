//! The ladder: how any object becomes a tensor.
//!
//! The first protocol that an object *has* decides; an error there is the answer.

pub(crate) mod numpy;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use tensorbridge::exchange::{ByteOrder, Reason, Request};
use tensorbridge::transfer::{self, Wanted};
use tensorbridge::{Access, Tensor};

use crate::enter::enter_detached;

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

/// Copies `source` into a fresh tensor that satisfies `request`: its byte order, dtype and
/// device changed in one go, its order of memory kept where it is dense. One traced event.
pub(crate) fn materialize(
    py: Python<'_>,
    source: &Tensor,
    byte_order: ByteOrder,
    request: &Request,
    reasons: &[Reason],
    access: Access,
    door: &'static str,
) -> PyResult<Tensor> {
    let wanted = Wanted {
        dtype: request.dtype.unwrap_or(source.dtype()),
        device: request.device.unwrap_or(source.device()),
        access,
    };
    enter_detached(py, source.nbytes(), || {
        transfer::materialize(source, byte_order, wanted, door, reasons)
    })
}
