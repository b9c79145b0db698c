//! Writing in place: the dtype and the address stay.
//!
//! A value of a higher kind (bool < int < float < complex) is a `TypeError`; within a kind it is
//! cast; a Python number must be representable. Everything is checked before the first write.

use pyo3::exceptions::{PyOverflowError, PyRuntimeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyComplex, PyFloat, PyInt};
use smallvec::SmallVec;
use tensorbridge::dtype::Complex64;
use tensorbridge::layout::broadcast_shapes;
use tensorbridge::ops::{Op, Operand, Operation};
use tensorbridge::storage::host::Fill;
use tensorbridge::{Scalar, Tensor, transfer};

use super::PyTensor;
use crate::arguments::tensor;
use crate::enter::enter_detached;

/// A Python number of exactly one of Python's own classes. (`numpy.float64` is a `float` too,
/// and has a dtype of its own.)
fn python_number(object: &Bound<'_, PyAny>) -> PyResult<Option<Scalar>> {
    Ok(Some(if let Ok(value) = object.cast_exact::<PyBool>() {
        Scalar::Bool(value.is_true())
    } else if let Ok(value) = object.cast_exact::<PyInt>() {
        Scalar::Int(value.extract().map_err(|_| {
            PyOverflowError::new_err(format!("the integer {value} is larger than any dtype holds"))
        })?)
    } else if let Ok(value) = object.cast_exact::<PyFloat>() {
        Scalar::Float(value.value())
    } else if let Ok(value) = object.cast_exact::<PyComplex>() {
        Scalar::Complex(Complex64::new(value.real(), value.imag()))
    } else {
        return Ok(None);
    }))
}

/// A value to write: a Python number, or a tensor of anything else.
fn operand(object: &Bound<'_, PyAny>, operation: &'static str) -> PyResult<Operand> {
    Ok(match python_number(object)? {
        Some(number) => Operand::PythonScalar(number),
        None => Operand::Tensor(tensor(object, operation)?),
    })
}

/// Writes `value` into every element of `target`, broadcast.
fn assign(
    py: Python<'_>,
    target: &Tensor,
    value: &Operand,
    operation: &'static str,
) -> PyResult<()> {
    enter_detached(py, target.nbytes(), || match value {
        Operand::PythonScalar(number) => transfer::fill(target, *number),
        Operand::Tensor(source) => transfer::copy_into(target, source, operation),
    })
}

/// `out = mask ? value : input`.
fn mask_into(
    input: &Tensor,
    mask: Tensor,
    value: Operand,
    out: &Tensor,
) -> tensorbridge::Result<()> {
    if let Operand::PythonScalar(number) = value {
        number.check_fits(out.dtype())?;
    }
    let inputs = SmallVec::from_iter([mask.into(), value, input.into()]);
    Op { operation: Operation::Select, inputs, out: Some(out) }.run().map(drop)
}

#[pymethods]
impl PyTensor {
    /// Writes `src`'s values, broadcast and cast within their kind, into this tensor's memory.
    ///
    /// `src`: anything `asarray` takes. Overlapping memory is copied first. Raises `TypeError`
    /// for values of a higher kind (cast them: `src.to(t.dtype)`), `OverflowError` for a Python
    /// number out of range, `ShapeError` where the shapes do not broadcast, `ValueError` for a
    /// read-only tensor, `RuntimeError` for one whose elements overlap. Nothing is written then.
    #[pyo3(signature = (src, non_blocking=false))]
    fn copy_<'py>(
        slf: &Bound<'py, Self>,
        src: &Bound<'py, PyAny>,
        non_blocking: bool,
    ) -> PyResult<Bound<'py, Self>> {
        let _ = non_blocking;
        assign(slf.py(), &slf.get().inner, &operand(src, "copy_")?, "copy_")?;
        Ok(slf.clone())
    }

    /// Writes one value into every element. `value`: a number, or a 0-d array or tensor; refused
    /// as `copy_` refuses.
    fn fill_<'py>(slf: &Bound<'py, Self>, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Self>> {
        let value = operand(value, "fill_")?;
        if !value.shape().is_empty() {
            return Err(PyRuntimeError::new_err(format!(
                "fill_ only supports 0-dimension value tensor but got tensor with {} dimensions. — hint: `t.copy_(value)` broadcasts",
                value.shape().len()
            )));
        }
        assign(slf.py(), &slf.get().inner, &value, "fill_")?;
        Ok(slf.clone())
    }

    /// Writes 0 into every element.
    fn zero_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Self>> {
        let zero = Operand::PythonScalar(Scalar::Int(0));
        assign(slf.py(), &slf.get().inner, &zero, "zero_")?;
        Ok(slf.clone())
    }

    /// Writes `value` where `mask` (of dtype `bool`, broadcast) is true.
    fn masked_fill_<'py>(
        slf: &Bound<'py, Self>,
        mask: &Bound<'py, PyAny>,
        value: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, Self>> {
        let target = &slf.get().inner;
        let (mask, value) = (tensor(mask, "masked_fill_")?, operand(value, "masked_fill_")?);
        enter_detached(slf.py(), target.nbytes(), || mask_into(target, mask, value, target))?;
        Ok(slf.clone())
    }

    /// A copy with `value` where `mask` (of dtype `bool`, broadcast) is true; the dtype stays.
    fn masked_fill(
        &self,
        py: Python<'_>,
        mask: &Bound<'_, PyAny>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<PyTensor> {
        let (mask, value) = (tensor(mask, "masked_fill")?, operand(value, "masked_fill")?);
        enter_detached(py, self.inner.nbytes(), || {
            let shape = broadcast_shapes(&[self.inner.shape(), mask.shape(), value.shape()])?;
            let (dtype, device) = (self.inner.dtype(), self.inner.device());
            let out = Tensor::allocate(&shape, dtype, device, Fill::Uninitialized)?;
            mask_into(&self.inner, mask, value, &out)?;
            Ok(Self::new(out))
        })
    }
}
