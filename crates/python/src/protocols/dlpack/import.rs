//! A producer's memory to a tensor: take over, read the facts, let the law decide.

use pyo3::exceptions::{PyBufferError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;
use tensorbridge::diagnostics::trace::{self, Watch};
use tensorbridge::exchange::{ByteOrder, CopyMode, Facts, Form, Request, SourceDType, typestr};
use tensorbridge::{DType, Device, Error, Tensor};

use super::capsule::{self, Taken, invalid_capsule};
use super::producer::{Producer, Wish};
use crate::errors::OrRaise;
use crate::protocols::{self, Offer, numpy, type_name};
use crate::tensor::PyTensor;

const DOOR: &str = "from_dlpack";

/// The door `from_dlpack`: a producer, a capsule, an ndarray or a tensor of our own.
///
/// # Errors
///
/// `RuntimeError` in PyTorch's words for anything else; `BufferError` for memory that DLPack
/// cannot describe or that no tensor can hold; `CopyError`; whatever the producer raises.
pub(crate) fn from_dlpack<'py>(
    object: &Bound<'py, PyAny>,
    request: &Request,
) -> PyResult<Bound<'py, PyTensor>> {
    let py = object.py();
    let watch = trace::watch();
    let wrap = |tensor| PyTensor::new(tensor).into_pyobject(py);
    // NumPy's own fields say all that its capsule would say, in a fraction of the time.
    match numpy::import_into(object, request, DOOR, watch, wrap) {
        Ok(Some(tensor)) => Ok(tensor),
        Ok(None) => from_producer(object, request, watch).and_then(wrap),
        Err(error) => Err(as_buffer_error(py, error)),
    }
}

fn from_producer(object: &Bound<'_, PyAny>, request: &Request, watch: Watch) -> PyResult<Tensor> {
    let py = object.py();
    if let Ok(tensor) = object.cast::<PyTensor>() {
        return protocols::own(py, tensor.get().tensor(), request, DOOR, watch);
    }
    // Capsules are asked first: on one, every other question is a slow no.
    let taken = if object.is_instance_of::<PyCapsule>() {
        capsule::consume(object)?
    } else {
        let no_producer = || {
            invalid_capsule(
                "`tb.asarray(x)` takes arrays of any library, buffers, sequences and scalars",
            )
        };
        let producer = Producer::of(object)?.ok_or_else(no_producer)?;
        ask(&producer, request)?.ok_or_else(|| {
            PyBufferError::new_err(format!(
                "Unsupported device_type: {} is not in host memory — hint: pass `device=\"cpu\"` to have it copied, or bring it to the host in its own library",
                type_name(object)
            ))
        })?
    };
    accept(py, taken, request, DOOR, watch)
}

/// The rung of the ladder: a tensor of `object` if it has `__dlpack__`, is on the host (or is
/// explicitly wanted there), and has a dtype that a tensor can hold.
///
/// A dtype that none can hold is left in `refusal`, for the next rung may know better.
///
/// # Errors
///
/// As [`from_dlpack`], but for dtypes.
pub(crate) fn import(
    object: &Bound<'_, PyAny>,
    request: &Request,
    door: &'static str,
    watch: Watch,
    refusal: &mut Option<PyErr>,
) -> PyResult<Option<Tensor>> {
    let py = object.py();
    // A capsule is for `from_dlpack`, where consuming it is what was asked for.
    if object.is_instance_of::<PyCapsule>() {
        return Ok(None);
    }
    let Some(producer) = Producer::of(object)? else {
        return Ok(None);
    };
    let taken = match ask(&producer, request) {
        Ok(Some(taken)) => taken,
        Ok(None) => return Ok(None),
        Err(error) if is_about_dtype(object, &error) => {
            *refusal = Some(error);
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    if let SourceDType::Unsupported(_) = taken.dtype().or_raise(py)? {
        *refusal = taken.describe().or_raise(py).err();
        return Ok(None);
    }
    accept(py, taken, request, door, watch).map(Some)
}

/// The producer's managed tensor, or `None` when it is not on the host and is not wanted there.
fn ask(producer: &Producer<'_, '_>, request: &Request) -> PyResult<Option<Taken>> {
    let object = producer.object;
    let py = object.py();
    if let Some(taken) = producer.ask_table() {
        return Ok(Some(taken));
    }
    if !producer.is_on_host()? {
        if request.device != Some(Device::CPU) {
            return Ok(None);
        }
        if request.copy == CopyMode::Never {
            let error = Error::copy(format!(
                "can't alias {}, which is not in host memory, on device 'cpu': a transfer is a copy",
                type_name(object)
            ));
            return Err(error.hint("pass `copy=None`")).or_raise(py);
        }
        return producer.ask(Wish { copy: None, to_host: true }).map(Some);
    }
    match request.copy {
        CopyMode::IfNeeded => producer.ask(Wish::default()),
        CopyMode::Never => producer.ask(Wish { copy: Some(false), ..Wish::default() }),
        // One copy is enough, and only our own is sure to be one: producers share memory when
        // asked for a copy by a keyword they ignore. The producer copies what it cannot share.
        CopyMode::Always => match producer.ask(Wish::default()) {
            Err(error) if error.is_instance_of::<PyBufferError>(py) => {
                producer.ask(Wish { copy: Some(true), ..Wish::default() })
            }
            answer => answer,
        },
    }
    .map(Some)
}

/// Decides about memory that has been taken over, and makes the tensor.
pub(super) fn accept(
    py: Python<'_>,
    taken: Taken,
    request: &Request,
    door: &'static str,
    watch: Watch,
) -> PyResult<Tensor> {
    let described = taken.describe().or_raise(py)?;
    let offer = Offer {
        facts: Facts {
            dtype: SourceDType::Known(described.dtype),
            byte_order: ByteOrder::Native,
            permission: described.permission,
            device: described.device,
            form: Form::Memory,
        },
        address: described.address,
        shape: &described.shape,
        strides: &described.strides,
        type_name: described.dtype.name(),
    };
    if !described.is_copied {
        // SAFETY: [alive]: the producer keeps the described memory until the deleter is called,
        // which dropping `taken` does.
        return unsafe { offer.accept(py, taken, request, door, watch) };
    }
    if request.copy == CopyMode::Never {
        let error = Error::copy("the producer made a copy, and `copy=False` forbids it");
        return Err(error.hint("pass `copy=None`")).or_raise(py);
    }
    // The memory is ours alone already, and the event is a copy.
    let request = Request { copy: CopyMode::IfNeeded, ..*request };
    // SAFETY: as above.
    let tensor = unsafe { offer.accept(py, taken, &request, door, Watch::OFF) }?;
    if watch.is_on() && tensor.address() == described.address.addr() {
        let mut event = trace::Event::of(trace::Action::Copied, door, &tensor);
        event.note = Some("the producer made the copy".to_owned());
        watch.record(event);
    }
    Ok(tensor)
}

/// The class that DLPack has for a dtype it does not know.
fn as_buffer_error(py: Python<'_>, error: PyErr) -> PyErr {
    if !error.is_instance_of::<PyTypeError>(py) {
        return error;
    }
    PyBufferError::new_err(error.value(py).to_string())
}

/// Whether a producer's `BufferError` is about a dtype: then its own `dtype` is none of ours.
fn is_about_dtype(object: &Bound<'_, PyAny>, error: &PyErr) -> bool {
    let py = object.py();
    if !error.is_instance_of::<PyBufferError>(py) {
        return false;
    }
    let Ok(Some(dtype)) = object.getattr_opt(intern!(py, "dtype")) else {
        return false;
    };
    let name = dtype.to_string();
    let native = (typestr::parse(&name))
        .is_some_and(|parsed| matches!(parsed, (SourceDType::Known(_), ByteOrder::Native)));
    !native && name.parse::<DType>().is_err()
}
