//! `t[index]` and `t[index] = value`.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use tensorbridge::ops::Operand;
use tensorbridge::ops::indexing::{self, Index};

use super::{PyTensor, assigned, index_parse};
use crate::enter::{enter, enter_detached};

/// Bytes that an index makes somebody look at; nothing for a view.
fn weight(indices: &[Index]) -> usize {
    let bytes = |index: &Index| match index {
        Index::Mask(tensor) | Index::Integer(tensor) => tensor.nbytes(),
        _ => 0,
    };
    indices.iter().map(bytes).fold(0, usize::saturating_add)
}

#[pymethods]
impl PyTensor {
    /// The elements that `index` names.
    ///
    /// Integers, slices (of any step), `None`, `...` and tuples of these give a view: it shares
    /// this tensor's memory and costs the same for any size. Boolean masks and integer arrays
    /// (arrays, tensors, lists, of any integer dtype) pick elements: a fresh tensor, with the
    /// picked axes where NumPy puts them.
    ///
    /// Raises `IndexError` for an index out of bounds, too many of them, a mask of another shape,
    /// or an object that cannot index.
    fn __getitem__(&self, index: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Some(view) = index_parse::plain(&self.inner, index)? {
            return Ok(Self::new(view));
        }
        let indices = index_parse::parse(index)?;
        let picking = weight(&indices);
        let result = if picking == 0 {
            enter(index.py(), || indexing::get(&self.inner, &indices))
        } else {
            let bytes = picking.max(self.inner.nbytes());
            enter_detached(index.py(), bytes, || indexing::get(&self.inner, &indices))
        };
        result.map(Self::new)
    }

    /// Writes `value`, broadcast, to the elements that `index` names, in place.
    ///
    /// `value` may be a number, an array of any library and any strides, a tensor or nested
    /// lists. It is cast within its kind (bool < int < float < complex); a value that overlaps
    /// this tensor is read first; where an element is named twice, the last value stays.
    ///
    /// Raises what `t[index]` raises; `TypeError` for values of a higher kind; `OverflowError`
    /// for a number or list that the dtype cannot hold; `ShapeError` for a value that does not
    /// broadcast; `ValueError` for a read-only tensor. Nothing has been written then.
    fn __setitem__(&self, index: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let indices = index_parse::parse(index)?;
        let value = assigned::parse(value, self.inner.dtype(), "setitem")?;
        let one = matches!(indices.as_slice(), [Index::Int(_)]) && self.inner.ndim() <= 1;
        let bytes = match &value {
            _ if one => 0,
            Operand::Tensor(tensor) => tensor.nbytes().max(self.inner.nbytes()),
            Operand::PythonScalar(_) => self.inner.nbytes(),
        };
        enter_detached(index.py(), bytes, || indexing::set(&self.inner, &indices, &value))
    }

    fn __delitem__(&self, _index: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "Tensor does not support deleting items — hint: `tb.concat([t[:i], t[i + 1:]])` leaves one out",
        ))
    }
}
