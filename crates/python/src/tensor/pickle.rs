//! Pickles: the elements as one buffer, in band or out of band, and how to read them.
//!
//! A pickle holds the elements of its tensor and nothing else of the storage. Tensors dense in C
//! or Fortran order go out as the memory they are; others are made dense first, traced.
//! `tensorbridge._pickle` has the versioned function that pickles name.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyMemoryView, PyString, PyTuple};
use tensorbridge::exchange::Reason;
use tensorbridge::layout::Order;
use tensorbridge::storage::host::Fill;
use tensorbridge::{Access, DType, Device, Layout, Tensor, transfer};

use super::PyTensor;
use crate::calling;
use crate::enter::{enter, enter_detached};
use crate::errors::OrRaise;
use crate::protocols::buffer;

/// The first protocol with out-of-band buffers.
const OUT_OF_BAND: i32 = 5;

/// `tensor` dense in an order that a pickle can name, with the name.
fn dense(tensor: &Tensor) -> tensorbridge::Result<(Tensor, &'static str)> {
    if tensor.is_contiguous(Order::Fortran) && !tensor.is_contiguous(Order::C) {
        return Ok((tensor.clone(), "F"));
    }
    let dense = transfer::contiguous(tensor, Order::C, "pickle", Reason::Layout)?;
    Ok((dense.restricted(tensor.access()), "C"))
}

/// The bytes of a dense tensor, as a tensor: `bfloat16` has no buffer format, its bytes have.
fn bytes(dense: &Tensor) -> tensorbridge::Result<Tensor> {
    let layout = Layout::new(&[dense.nbytes()], &[1], dense.layout().offset())?;
    dense.with_layout_as(layout, DType::UInt8)
}

#[pymethods]
impl PyTensor {
    fn __reduce_ex__<'py>(
        &self,
        py: Python<'py>,
        protocol: i32,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (dense, order) = match self.inner.access().host {
            true => enter_detached(py, self.inner.nbytes(), || dense(&self.inner))?,
            false => (self.inner.clone(), "C"),
        };
        let buffer = if !dense.access().host {
            py.None().into_bound(py)
        } else {
            // A view: a tensor of one integer is a length to `bytearray`.
            let bytes = PyTensor::new(bytes(&dense).or_raise(py)?).into_pyobject(py)?;
            let bytes = PyMemoryView::from(&bytes)?.into_any();
            if protocol >= OUT_OF_BAND {
                py.import("pickle")?.getattr("PickleBuffer")?.call1((bytes,))?
            } else if dense.access().write {
                // What can be written comes back as what can be written.
                PyByteArray::from(&bytes)?.into_any()
            } else {
                py.get_type::<PyBytes>().call1((bytes,))?
            }
        };
        let rebuild = calling::import(py, "tensorbridge._pickle")?.getattr("rebuild_tensor_v1")?;
        let shape = PyTuple::new(py, self.inner.shape())?;
        let arguments = (buffer, self.inner.dtype().name(), shape, order);
        Ok((rebuild, arguments.into_pyobject(py)?))
    }
}

/// The tensor that a pickle describes, over the memory of `buffer`.
///
/// Raises `ValueError` where the buffer does not have exactly the bytes that dtype and shape
/// call for.
#[pyfunction]
fn _rebuild_tensor(
    py: Python<'_>,
    buffer: &Bound<'_, PyAny>,
    dtype: &Bound<'_, PyString>,
    shape: Vec<usize>,
    order: &str,
) -> PyResult<PyTensor> {
    let dtype: DType = dtype.to_cow()?.parse().or_raise(py)?;
    let refuse =
        |what: String| PyValueError::new_err(format!("not the pickle of a tensor: {what}"));
    let layout = match order {
        "C" => Layout::contiguous(&shape, dtype.itemsize()),
        "F" => {
            let reversed: Vec<_> = shape.iter().rev().copied().collect();
            Layout::contiguous(&reversed, dtype.itemsize()).map(|layout| layout.reversed_axes())
        }
        other => return Err(refuse(format!("there is no order `{other}`"))),
    }
    .map_err(|error| refuse(error.to_string()))?;
    let tensor = |storage: Tensor| enter(py, || storage.with_layout_as(layout.clone(), dtype));
    if buffer.is_none() {
        let meta = enter(py, || {
            Tensor::allocate_as(layout.clone(), dtype, Device::META, Fill::Uninitialized)
        })?;
        return Ok(PyTensor::new(meta));
    }
    let view = PyMemoryView::from(buffer)?;
    let found: usize = view.getattr("nbytes")?.extract()?;
    let wanted = layout.count() * dtype.itemsize();
    if found != wanted {
        return Err(refuse(format!(
            "{dtype} of shape {shape:?} takes {wanted} bytes, and the buffer has {found}"
        )));
    }
    if wanted == 0 {
        let empty = enter(py, || Tensor::allocate(&[0], DType::UInt8, Device::CPU, Fill::Zero))?;
        let readonly = view.getattr("readonly")?.extract()?;
        let access = if readonly { Access::READ_ONLY } else { Access::READ_WRITE };
        return tensor(empty.restricted(access)).map(PyTensor::new);
    }
    tensor(buffer::from_flat(buffer, DType::UInt8, -1, 0, None)?).map(PyTensor::new)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // Set, not added: what is added is public.
    module.setattr("_rebuild_tensor", wrap_pyfunction!(_rebuild_tensor, module)?)
}
