//! What may be written into a tensor: one reading for `t[index] = value`, `copy_` and their kin.

use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use tensorbridge::DType;
use tensorbridge::casting::{self, Casting};
use tensorbridge::exchange::Request;
use tensorbridge::ops::Operand;

use super::PyTensor;
use crate::errors::OrRaise;
use crate::operand::{exact_number, subclass_number};
use crate::protocols::{self, numpy};

/// Reads `object` as values for a tensor of `dtype`.
///
/// A NumPy scalar is a number like Python's here: it must be representable. Arrays come without
/// a copy, whatever their strides. Lists come in `dtype` itself, so that nothing is rounded on
/// the way, after it is seen that they hold nothing of a higher kind.
///
/// # Errors
///
/// `TypeError` for what has no numbers in it or those of a higher kind, `OverflowError` and
/// `ValueError` for those that `dtype` cannot hold.
pub(crate) fn parse<'a>(
    object: &'a Bound<'_, PyAny>,
    dtype: DType,
    operation: &'static str,
) -> PyResult<Operand<'a>> {
    parse_by(object, dtype, casting::in_force(), operation)
}

/// As [`parse`], where `casting` is the rule for casts.
///
/// # Errors
///
/// As [`parse`], and what the rule says of values that are cast here.
pub(crate) fn parse_by<'a>(
    object: &'a Bound<'_, PyAny>,
    dtype: DType,
    casting: Option<Casting>,
    operation: &'static str,
) -> PyResult<Operand<'a>> {
    if let Ok(tensor) = object.cast::<PyTensor>() {
        return Ok(tensor.get().tensor().into());
    }
    if let Some(number) = exact_number(object)? {
        return Ok(number.into());
    }
    if let Some((number, from)) = numpy::read_scalar(object)? {
        if let Some(rule) = casting {
            casting::check_dtypes(rule, from, dtype).or_raise(object.py())?;
        }
        return Ok(number.into());
    }
    if let Some(number) = subclass_number(object)? {
        return Ok(number.into());
    }
    let as_found = Request { casting, ..Request::default() };
    let as_wanted = Request { dtype: Some(dtype), ..as_found };
    if casting.is_some() && is_sequence(object) {
        // The rule judges each value, before any dtype but that of the tensor has rounded it.
        return protocols::import(object, &as_wanted, operation).map(Operand::from);
    }
    let found = protocols::import(object, &as_found, operation)
        .map_err(|error| no_value(object, dtype, error))?;
    if found.dtype() == dtype || !is_sequence(object) {
        return Ok(found.into());
    }
    if found.dtype().kind().rank() > dtype.kind().rank() {
        // The rule of assignment says so, in its own words.
        return Ok(found.into());
    }
    protocols::import(object, &as_wanted, operation).map(Operand::from)
}

fn is_sequence(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>()
}

/// What has no dtype at all is no value either; PyTorch says so in these words.
fn no_value(object: &Bound<'_, PyAny>, dtype: DType, error: PyErr) -> PyErr {
    let py = object.py();
    if !error.get_type(py).is(py.get_type::<PyRuntimeError>()) {
        return error;
    }
    match object.get_type().name() {
        Ok(name) => {
            let refusal = PyTypeError::new_err(format!(
                "can't assign a {name} to a tensor of {dtype} — hint: numbers, arrays, buffers and nested sequences of these can be assigned"
            ));
            refusal.set_cause(py, Some(error));
            refusal
        }
        Err(error) => error,
    }
}
