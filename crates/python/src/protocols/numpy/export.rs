//! Tensor to ndarray: a new array over the same bytes, always.

use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use tensorbridge::diagnostics::trace;
use tensorbridge::{Device, DeviceKind, Tensor};

use super::capi::required;
use super::dtype::descriptor;
use crate::tensor::PyTensor;

/// A new ndarray with the tensor's address, shape, strides and dtype; the tensor is its base.
///
/// # Errors
///
/// `TypeError` for a tensor that is not on the host or has no NumPy dtype, `RuntimeError` for
/// more axes than this NumPy knows, `ImportError` without NumPy.
pub(crate) fn export<'py>(slf: &Bound<'py, PyTensor>) -> PyResult<Bound<'py, PyAny>> {
    let py = slf.py();
    let tensor = slf.get().tensor();
    let watch = trace::watch();
    if !tensor.access().host {
        return Err(not_on_host(tensor.device()));
    }
    let api = required(py)?;
    if tensor.ndim() > api.max_ndim() {
        return Err(PyRuntimeError::new_err(format!(
            "the tensor has {} axes, and arrays of NumPy {} have at most {} — hint: reshape it, or use NumPy 2",
            tensor.ndim(),
            api.version(),
            api.max_ndim()
        )));
    }
    let descriptor = descriptor(py, tensor.dtype())?;
    tensor.storage().mark_exported();
    // SAFETY: [alive]: the tensor object is the base, it is frozen and holds the storage;
    // [reach] bounds what the array can touch; [permit] is handed on as the flag.
    let array = unsafe {
        api.new_array(
            descriptor,
            tensor.shape(),
            tensor.strides(),
            tensor.read_address(),
            tensor.access().write,
            slf.clone().into_any(),
        )?
    };
    watch.shared("numpy", tensor);
    Ok(array)
}

/// PyTorch's refusal, which names the way out.
pub(crate) fn not_on_host(device: Device) -> PyErr {
    PyTypeError::new_err(match device.kind {
        DeviceKind::Meta => "can't convert meta device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first. — hint: a meta tensor has a shape and no data".to_owned(),
        _ => format!(
            "can't convert {device} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first."
        ),
    })
}

/// Whether a tensor's values can be read here.
pub(crate) fn check_host(tensor: &Tensor) -> PyResult<()> {
    if tensor.access().host { Ok(()) } else { Err(not_on_host(tensor.device())) }
}
