//! A tensor as a capsule, by the Array API's rules.

use pyo3::exceptions::{PyAssertionError, PyBufferError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyInt};
use tensorbridge::diagnostics::trace;
use tensorbridge::exchange::Reason;
use tensorbridge::exchange::dlpack::{export_legacy, export_versioned};
use tensorbridge::{Device, Tensor, device_unavailable, transfer};

use super::capsule;
use crate::enter::enter_detached;
use crate::errors::{OrRaise, to_python};
use crate::protocols::type_name;

const DOOR: &str = "__dlpack__";

/// The capsule that `__dlpack__` returns.
///
/// # Errors
///
/// `BufferError` with a remedy for what DLPack cannot describe; PyTorch's classes for arguments
/// that make no sense.
pub(crate) fn export<'py>(
    py: Python<'py>,
    tensor: &Tensor,
    stream: Option<&Bound<'py, PyAny>>,
    max_version: Option<&Bound<'py, PyAny>>,
    dl_device: Option<&Bound<'py, PyAny>>,
    copy: Option<bool>,
) -> PyResult<Bound<'py, PyCapsule>> {
    if let Some(stream) = stream {
        check_stream(stream)?;
    }
    if let Some(device) = dl_device {
        check_device(device)?;
    }
    let versioned = match max_version {
        Some(version) => major(version)? >= 1,
        None => false,
    };
    let watch = trace::watch();
    let copied;
    let (tensor, is_copied) = if copy == Some(true) && tensor.access().host {
        copied = enter_detached(py, tensor.nbytes(), || {
            transfer::clone_dense(tensor, DOOR, Reason::Requested)
        })?;
        (&copied, true)
    } else {
        (tensor, false)
    };
    let capsule = if versioned {
        capsule::versioned(py, export_versioned(tensor, is_copied).or_raise(py)?)?
    } else {
        capsule::legacy(py, export_legacy(tensor).or_raise(py)?)?
    };
    if !is_copied {
        watch.shared(DOOR, tensor);
    }
    Ok(capsule)
}

/// DLPack's pair for the device of `tensor`.
///
/// # Errors
///
/// `ValueError` for a meta tensor: DLPack has no word for nowhere.
pub(crate) fn device(tensor: &Tensor) -> PyResult<(i32, u32)> {
    let device = tensor.device();
    match device.dlpack_type() {
        Some(kind) => Ok((kind, device.index)),
        None => Err(PyValueError::new_err(format!(
            "Unknown device type {} for Dlpack — hint: a meta tensor has a shape and no data",
            device.type_name()
        ))),
    }
}

/// Host memory has no streams: -1 and `None` say so.
fn check_stream(stream: &Bound<'_, PyAny>) -> PyResult<()> {
    if !stream.is_exact_instance_of::<PyInt>() {
        return Err(PyTypeError::new_err("stream must be ``int`` or ``none``"));
    }
    match stream.extract::<i64>() {
        Ok(-1) => Ok(()),
        _ => Err(PyAssertionError::new_err("stream should be None on cpu.")),
    }
}

fn check_device(device: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = device.py();
    let (kind, index): (i64, i64) = device.extract().map_err(|_| {
        PyTypeError::new_err(format!(
            "dl_device must be a pair of ints or None, not {} — hint: `(1, 0)` is the host",
            type_name(device)
        ))
    })?;
    match (kind, index) {
        (1, 0) => Ok(()),
        (2, index) => {
            let index = u32::try_from(index).unwrap_or(0);
            let device = Device { kind: tensorbridge::DeviceKind::Cuda, index };
            Err(to_python(py, &device_unavailable(device)))
        }
        (1, index) => Err(PyBufferError::new_err(format!(
            "Unsupported device_id: {index}: there is one host, number 0"
        ))),
        (kind, _) => Err(PyBufferError::new_err(format!(
            "Unsupported device_type: {kind} — hint: `(1, 0)` is the host"
        ))),
    }
}

/// The major version that a consumer understands.
fn major(version: &Bound<'_, PyAny>) -> PyResult<u64> {
    version.extract::<(u64, u64)>().map(|(major, _)| major).map_err(|_| {
        PyTypeError::new_err(format!(
            "max_version must be a pair of ints or None, not {} — hint: `max_version=(1, 0)`",
            type_name(version)
        ))
    })
}
