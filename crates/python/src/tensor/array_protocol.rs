//! NumPy's own ways to ask: `__array__`, `__array_interface__`, `__array_priority__`.

use pyo3::exceptions::PyAttributeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use tensorbridge::diagnostics::trace::{self, Action, Event};
use tensorbridge::exchange::{Reason, Reasons, SourceDType, typestr};
use tensorbridge::layout::Order;
use tensorbridge::{DType, Error, transfer};

use super::PyTensor;
use crate::calling;
use crate::enter::enter_detached;
use crate::errors::to_python;
use crate::protocols::numpy;

#[pymethods]
impl PyTensor {
    /// An ndarray of this tensor: shared, unless `dtype` or `copy=True` calls for a copy.
    ///
    /// `dtype` is anything that NumPy takes for one. `copy`: `None` copies if `dtype` differs,
    /// `False` raises `CopyError` then, `True` always copies. Raises `TypeError` for a tensor
    /// that is not on the CPU, or of a dtype that NumPy does not have.
    #[pyo3(signature = (dtype=None, copy=None))]
    fn __array__<'py>(
        slf: &Bound<'py, Self>,
        dtype: Option<&Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let wanted = match dtype.filter(|dtype| !dtype.is_none()) {
            Some(dtype) => Some(calling::import(py, "numpy")?.getattr("dtype")?.call1((dtype,))?),
            None => None,
        };
        let tensor = slf.get().tensor();
        numpy::check_host(tensor)?;
        if let Some(wanted) = &wanted
            && tensor.dtype() == DType::BFloat16
            && let (SourceDType::Known(to), _) = numpy::classify(wanted)?
            && to != DType::BFloat16
        {
            // Cast here: NumPy may not know the dtype at all.
            let reason = Reason::Cast { from: tensor.dtype(), to };
            if copy == Some(false) {
                return Err(to_python(py, &reason.refusal()));
            }
            let cast = enter_detached(py, tensor.nbytes(), || {
                transfer::cast(tensor, to, "__array__", reason)
            })?;
            let array = numpy::export(&PyTensor::new(cast).into_pyobject(py)?)?;
            return array.call_method1(intern!(py, "astype"), (wanted,));
        }
        let array = numpy::export(slf)?;
        let same = match &wanted {
            Some(wanted) => array.getattr(intern!(py, "dtype"))?.eq(wanted)?,
            None => true,
        };
        if same && copy != Some(true) {
            return Ok(array);
        }
        if copy == Some(false) {
            return Err(to_python(
                py,
                &Error::copy(format!(
                    "Unable to avoid copy while creating an array as requested: a tensor of {} is no array of {}",
                    tensor.dtype(),
                    wanted.map_or_else(String::new, |wanted| wanted.to_string())
                ))
                .hint("use `np.asarray(t, dtype=...)`, which copies if needed"),
            ));
        }
        let watch = trace::watch();
        let result = match &wanted {
            Some(wanted) => array.call_method1(intern!(py, "astype"), (wanted,))?,
            None => array.call_method1(intern!(py, "copy"), ("K",))?,
        };
        if watch.is_on() {
            let mut event = Event::of(Action::Copied, "__array__", tensor);
            event.reasons = Reasons::from_slice(&[Reason::Requested]);
            event.bytes = result.getattr(intern!(py, "nbytes"))?.extract()?;
            event.note = wanted.map(|wanted| format!("as numpy dtype {wanted}"));
            watch.record(event);
        }
        Ok(result)
    }

    /// The memory as NumPy's array interface, version 3, describes it. A tensor without bytes
    /// here, or of a dtype that NumPy has no name for, has no such attribute.
    #[getter]
    fn __array_interface__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let py = slf.py();
        let tensor = slf.get().tensor();
        if !tensor.access().host || tensor.dtype().numpy_typestr().is_none() {
            return Err(PyAttributeError::new_err(format!(
                "a tensor of {} on {} has no `__array_interface__`",
                tensor.dtype(),
                tensor.device()
            )));
        }
        // The address leaves as a number, and pointers are made of it elsewhere.
        let address = tensor.read_address().expose_provenance();
        let interface = PyDict::new(py);
        let name = typestr::of(tensor.dtype());
        interface.set_item("version", 3)?;
        interface.set_item("shape", PyTuple::new(py, tensor.shape())?)?;
        interface.set_item("typestr", &name)?;
        interface.set_item("descr", [("", &name)])?;
        interface.set_item("data", (address, !tensor.access().write))?;
        // As NumPy does it: no strides are those of C order. Readers that know no others
        // (Pillow's) then take the memory as it is, instead of a copy.
        let strides = match tensor.is_contiguous(Order::C) {
            true => None,
            false => Some(PyTuple::new(py, tensor.strides())?),
        };
        interface.set_item("strides", strides)?;
        tensor.storage().mark_exported();
        Ok(interface)
    }

    /// Above an ndarray's, as PyTorch has it.
    #[classattr]
    fn __array_priority__() -> u32 {
        1000
    }
}
