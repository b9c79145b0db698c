//! Writing in place: the dtype and the address stay.
//!
//! A value of a higher kind (bool < int < float < complex) is a `TypeError`; within a kind it is
//! cast; a Python number must be representable. Everything is checked before the first write.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tensorbridge::ops::{Operand, indexing};
use tensorbridge::{Scalar, Tensor, transfer};

use super::{PyTensor, assigned};
use crate::arguments::tensor;
use crate::enter::enter_detached;

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

#[pymethods]
impl PyTensor {
    /// Writes `src`'s values, broadcast and cast within their kind, into this tensor's memory.
    ///
    /// `src`: anything `asarray` takes. `non_blocking` means nothing on the host. Overlapping memory is copied first. Raises `TypeError`
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
        assign(
            slf.py(),
            &slf.get().inner,
            &assigned::parse(src, slf.get().inner.dtype(), "copy_")?,
            "copy_",
        )?;
        Ok(slf.clone())
    }

    /// Writes one value into every element. `value`: a number, or a 0-d array or tensor; refused
    /// as `copy_` refuses.
    fn fill_<'py>(slf: &Bound<'py, Self>, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Self>> {
        let value = assigned::parse(value, slf.get().inner.dtype(), "fill_")?;
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

    /// Writes `value`, a number or a 0-d array or tensor, where `mask` (of dtype `bool`,
    /// broadcast) is true; refused as `copy_` refuses.
    fn masked_fill_<'py>(
        slf: &Bound<'py, Self>,
        mask: &Bound<'py, PyAny>,
        value: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, Self>> {
        let target = &slf.get().inner;
        let mask = tensor(mask, "masked_fill_")?;
        let value = assigned::parse(value, target.dtype(), "masked_fill_")?;
        enter_detached(slf.py(), target.nbytes(), || {
            indexing::masked_fill_into(target, &mask, &value)
        })?;
        Ok(slf.clone())
    }

    /// A copy with `value` where `mask` (of dtype `bool`, broadcast) is true; the dtype stays.
    fn masked_fill(
        &self,
        py: Python<'_>,
        mask: &Bound<'_, PyAny>,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<PyTensor> {
        let mask = tensor(mask, "masked_fill")?;
        let value = assigned::parse(value, self.inner.dtype(), "masked_fill")?;
        let bytes = self.inner.nbytes().max(mask.nbytes());
        enter_detached(py, bytes, || indexing::masked_fill(&self.inner, &mask, &value))
            .map(Self::new)
    }
}
