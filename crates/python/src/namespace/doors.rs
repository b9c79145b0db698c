//! The ways in: `from_numpy`, `asarray`, `tensor`.

use pyo3::prelude::*;
use tensorbridge::exchange::{CopyMode, Request};

use crate::protocols::{self, numpy};
use crate::tensor::PyTensor;
use crate::{device, dtype};

/// The tensor over an ndarray's memory. Always shares, or refuses with reason and remedy.
///
/// Any strides (negative, zero, Fortran, not a multiple of the item size), any alignment, any
/// rank. A read-only array gives a read-only tensor. `writable`: `None` as the array says,
/// `False` read-only, `True` writable or a `CopyError`.
///
/// Raises `TypeError` for what is no ndarray and for dtypes no tensor can hold (object, text,
/// datetime, longdouble, structured, masked); `CopyError` (a `ValueError` and a `BufferError`)
/// for the other byte order.
#[pyfunction]
#[pyo3(signature = (a, /, *, writable=None))]
fn from_numpy<'py>(
    a: &Bound<'py, PyAny>,
    writable: Option<bool>,
) -> PyResult<Bound<'py, PyTensor>> {
    let request = Request { writable, ..Request::SHARE };
    let wrap = |tensor| Bound::new(a.py(), PyTensor::new(tensor));
    numpy::import_into(a, &request, "from_numpy", wrap)?.ok_or_else(|| numpy::not_an_array(a))
}

/// A tensor of `obj`, sharing its memory if it can.
///
/// `obj` may be a tensor, an ndarray, anything with `__dlpack__`, the buffer protocol,
/// `__array_interface__` or `__array__`, a NumPy or Python number, or nested sequences of all
/// these. `copy`: `None` shares if possible, `False` shares or raises `CopyError`, `True`
/// always copies. `dtype` and `device` as wished; a change of either is a copy. `writable`:
/// `None` as the source says, `False` read-only, `True` writable (by a copy if need be).
#[pyfunction]
#[pyo3(signature = (obj, /, *, dtype=None, device=None, copy=None, writable=None))]
fn asarray(
    obj: &Bound<'_, PyAny>,
    dtype: Option<&Bound<'_, PyAny>>,
    device: Option<&Bound<'_, PyAny>>,
    copy: Option<bool>,
    writable: Option<bool>,
) -> PyResult<PyTensor> {
    let request = Request {
        copy: copy.into(),
        dtype: dtype::parse_optional(dtype)?,
        device: device::parse_optional(device)?,
        writable,
    };
    protocols::import(obj, &request, "asarray").map(PyTensor::new)
}

/// A new tensor with the values of `obj`. Always copies; takes what `asarray` takes.
#[pyfunction]
#[pyo3(signature = (obj, /, *, dtype=None, device=None))]
fn tensor(
    obj: &Bound<'_, PyAny>,
    dtype: Option<&Bound<'_, PyAny>>,
    device: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyTensor> {
    let request = Request {
        copy: CopyMode::Always,
        dtype: dtype::parse_optional(dtype)?,
        device: device::parse_optional(device)?,
        writable: None,
    };
    protocols::import(obj, &request, "tensor").map(PyTensor::new)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(from_numpy, module)?)?;
    module.add_function(wrap_pyfunction!(asarray, module)?)?;
    module.add("as_tensor", module.getattr("asarray")?)?;
    module.add_function(wrap_pyfunction!(tensor, module)?)
}
