//! Writing in place: the dtype and the address stay.
//!
//! A value of a higher kind (bool < int < float < complex) is a `TypeError`; within a kind it is
//! cast; a Python number must be representable. Everything is checked before the first write.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tensorbridge::ops::{Operand, indexing};
use tensorbridge::{Casting, Scalar, Tensor, transfer};

use super::{PyTensor, assigned};
use crate::arguments::tensor;
use crate::casting;
use crate::enter::enter_detached;

/// Writes `value` into every element of `target`, broadcast.
fn assign(
    py: Python<'_>,
    target: &Tensor,
    value: &Operand,
    casting: Option<Casting>,
    operation: &'static str,
) -> PyResult<()> {
    enter_detached(py, target.nbytes(), || transfer::assign(target, value, casting, operation))
}

#[pymethods]
impl PyTensor {
    /// Writes `src`'s values, broadcast and cast within their kind, into this tensor's memory.
    ///
    /// `src`: anything `asarray` takes. `non_blocking` means nothing on the host. Overlapping memory
    /// is copied first. `casting`: a rule for the cast instead of that of kinds: `"exact"` lets no
    /// value change, `"safe"` and `"same_kind"` are NumPy's, `"unsafe"` casts as C does.
    ///
    /// Raises `TypeError` for values of a higher kind (cast them: `src.to(t.dtype)`) and for dtypes
    /// that `casting` forbids, `InexactError` for a value that would change under
    /// `casting="exact"`, `OverflowError` for a Python number out of range, `ShapeError` where the
    /// shapes do not broadcast, `ValueError` for a read-only tensor, `RuntimeError` for one whose
    /// elements overlap. Nothing is written then.
    #[pyo3(signature = (src, non_blocking=false, *, casting=None))]
    fn copy_<'py>(
        slf: &Bound<'py, Self>,
        src: &Bound<'py, PyAny>,
        non_blocking: bool,
        casting: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        let _ = non_blocking;
        let target = &slf.get().inner;
        let rule = casting::rule(casting)?;
        let src = assigned::parse_by(src, target.dtype(), rule, "copy_")?;
        assign(slf.py(), target, &src, rule, "copy_")?;
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
        assign(slf.py(), &slf.get().inner, &value, casting::rule(None)?, "fill_")?;
        Ok(slf.clone())
    }

    /// Writes 0 into every element.
    fn zero_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Self>> {
        let zero = Operand::PythonScalar(Scalar::Int(0));
        assign(slf.py(), &slf.get().inner, &zero, None, "zero_")?;
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
