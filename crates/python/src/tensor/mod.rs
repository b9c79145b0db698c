//! `tensorbridge.Tensor`: a frozen handle, its methods split by what a reader looks for.

pub(crate) mod absent;
mod array_protocol;
pub(crate) mod assigned;
mod attributes;
mod buffer;
mod cast;
mod construct;
mod conversion;
mod dlpack;
mod gradients;
pub(crate) mod index_parse;
mod indexing;
pub(crate) mod movement;
mod numpy_protocol;
pub(crate) mod object;
pub(crate) mod operators;
mod pickle;
pub(crate) mod size;
mod spare;
mod text;
pub(crate) mod values;
mod write;

use pyo3::prelude::*;
use tensorbridge::Tensor;

/// An n-dimensional array of one dtype over memory that it may share with others.
///
/// Tensors come from `from_numpy`, `asarray`, `tensor`, `from_dlpack`, `frombuffer` and the
/// creation functions. A tensor never changes which bytes it looks at; the bytes themselves can
/// change through any handle on them, unless the tensor is read-only.
// `extends = PyAny` is what a class extends anyway; said, it leaves the conversion to `object`.
#[pyclass(name = "Tensor", module = "tensorbridge", frozen, weakref, extends = PyAny)]
pub struct PyTensor {
    inner: Tensor,
    /// Whether this is the value inside a Python object, where it stays until that dies.
    in_object: bool,
}

impl PyTensor {
    /// Wraps a tensor for Python.
    #[inline]
    #[must_use]
    pub fn new(inner: Tensor) -> Self {
        Self { inner, in_object: false }
    }

    /// The tensor.
    #[inline]
    #[must_use]
    pub fn tensor(&self) -> &Tensor {
        &self.inner
    }
}

impl Drop for PyTensor {
    #[inline]
    fn drop(&mut self) {
        // A value inside an object is dropped when the interpreter frees the object, and an
        // interpreter does that attached. With the only reference here, the owner is dropped next.
        let storage = self.inner.storage();
        if self.in_object && storage.is_only() {
            storage.owner().will_drop_attached();
        }
    }
}

impl From<Tensor> for PyTensor {
    fn from(inner: Tensor) -> Self {
        Self::new(inner)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyTensor>()?;
    object::adopt_layout(module.py())?;
    pickle::register(module)?;
    text::register(module)
}
