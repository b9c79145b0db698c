//! `tensorbridge.device`, and everything a `device=` accepts.

use std::cell::RefCell;

use pyo3::basic::CompareOp;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};
use tensorbridge::{Device, DeviceKind};

use crate::errors::OrRaise;
use crate::tensor::PyTensor;

/// Where a tensor's bytes live: `device("cpu")`, `device("meta")`, `device("cuda", 0)`.
#[pyclass(name = "device", module = "tensorbridge", frozen)]
pub(crate) struct PyDevice(pub(crate) Device);

#[pymethods]
impl PyDevice {
    #[new]
    #[pyo3(signature = (r#type, index=None))]
    fn new(r#type: &Bound<'_, PyAny>, index: Option<i64>) -> PyResult<Self> {
        let mut device = parse(r#type)?;
        if let Some(index) = index {
            // Parsing the string refuses, in its words, what is no number of a device.
            let text = format!("{}:{index}", device.type_name());
            device = text.parse().or_raise(r#type.py())?;
        }
        Ok(Self(device))
    }

    /// `"cpu"`, `"meta"` or `"cuda"`.
    #[getter]
    fn r#type(&self) -> &'static str {
        self.0.type_name()
    }

    /// Which GPU; `None` where there is only one device of the kind.
    #[getter]
    fn index(&self) -> Option<u32> {
        (self.0.kind == DeviceKind::Cuda).then_some(self.0.index)
    }

    fn __repr__(&self) -> String {
        match self.index() {
            Some(index) => format!("device(type='{}', index={index})", self.0.type_name()),
            None => format!("device(type='{}')", self.0.type_name()),
        }
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __hash__(&self) -> u64 {
        (self.0.kind as u64) << 32 | u64::from(self.0.index)
    }

    fn __richcmp__(&self, other: &Bound<'_, PyAny>, op: CompareOp) -> PyResult<Py<PyAny>> {
        let py = other.py();
        // The Array API compares devices with strings.
        let equal = match parse(other) {
            Ok(device) => device == self.0,
            Err(_) => false,
        };
        Ok(match op {
            CompareOp::Eq => equal.into_pyobject(py)?.to_owned().into_any().unbind(),
            CompareOp::Ne => (!equal).into_pyobject(py)?.to_owned().into_any().unbind(),
            _ => py.NotImplemented(),
        })
    }

    /// Makes this the default device of the current thread until the block ends.
    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        DEFAULTS.with_borrow_mut(|defaults| defaults.push(slf.get().0));
        slf
    }

    #[pyo3(signature = (_kind=None, _value=None, _traceback=None))]
    fn __exit__(
        &self,
        _kind: Option<&Bound<'_, PyType>>,
        _value: Option<&Bound<'_, PyAny>>,
        _traceback: Option<&Bound<'_, PyAny>>,
    ) {
        DEFAULTS.with_borrow_mut(Vec::pop);
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> (Bound<'py, pyo3::types::PyType>, (String,)) {
        (slf.get_type(), (slf.get().0.to_string(),))
    }
}

thread_local! {
    /// The default devices of this thread: what `set_default_device` said, then one for each
    /// `with device:` block that has been entered.
    static DEFAULTS: RefCell<Vec<Device>> = const { RefCell::new(Vec::new()) };
}

/// Where new tensors are made when nothing says otherwise.
pub(crate) fn default() -> Device {
    DEFAULTS.with_borrow(|defaults| defaults.last().copied().unwrap_or(Device::CPU))
}

/// The device that data goes to at a door that may copy: what was asked for, else the default
/// device, unless the data is a tensor, which stays where it is.
pub(crate) fn wish(
    asked: Option<&Bound<'_, PyAny>>,
    data: &Bound<'_, PyAny>,
) -> PyResult<Option<Device>> {
    let asked = parse_optional(asked)?;
    let default = || {
        let device = default();
        (device != Device::CPU && !data.is_instance_of::<PyTensor>()).then_some(device)
    };
    Ok(asked.or_else(default))
}

/// The device where new tensors of the current thread are made when nothing says otherwise.
#[pyfunction]
fn get_default_device() -> PyDevice {
    PyDevice(default())
}

/// Sets the device where new tensors of the current thread are made, also those that `tensor`,
/// `as_tensor` and `asarray` make of other data; `None` means the host.
///
/// `from_numpy`, `from_dlpack` and `frombuffer` share, and ask nobody. `with tb.device(...):`
/// says it for a block.
#[pyfunction]
#[pyo3(signature = (device, /))]
fn set_default_device(device: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    let device = parse_optional(device)?.unwrap_or(Device::CPU);
    DEFAULTS.with_borrow_mut(|defaults| match defaults.last_mut() {
        Some(last) => *last = device,
        None => defaults.push(device),
    });
    Ok(())
}

/// The device that a `device=` argument means: ours or a string.
pub(crate) fn parse(object: &Bound<'_, PyAny>) -> PyResult<Device> {
    if let Ok(device) = object.cast::<PyDevice>() {
        return Ok(device.get().0);
    }
    if let Ok(text) = object.cast::<PyString>() {
        return text.to_str()?.parse().or_raise(object.py());
    }
    Err(PyTypeError::new_err(format!(
        "a device is a `tensorbridge.device` or a string, not {} — hint: `\"cpu\"`, `\"meta\"` or `\"cuda:0\"`",
        object.get_type().name()?
    )))
}

/// As [`parse`], with `None` for no wish.
pub(crate) fn parse_optional(object: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Device>> {
    object.filter(|object| !object.is_none()).map(parse).transpose()
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyDevice>()?;
    module.add_function(wrap_pyfunction!(get_default_device, module)?)?;
    module.add_function(wrap_pyfunction!(set_default_device, module)?)
}
