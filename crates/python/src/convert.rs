//! Arguments and results of other extensions' functions: any array in, a tensor out.

use std::ops::Deref;

use pyo3::Borrowed;
use pyo3::exceptions::PyBufferError;
use pyo3::prelude::*;
use pyo3::types::PyMemoryView;
use tensorbridge::Tensor;
use tensorbridge::exchange::{Request, dlpack};

use crate::calling;
use crate::errors::to_python;
use crate::protocols;
use crate::tensor::PyTensor;

/// A tensor as an argument or result of a `#[pyfunction]`.
///
/// As an argument it takes whatever `tensorbridge.asarray` takes, and shares the memory if it
/// can. As a result it is a `tensorbridge.Tensor` over the same memory, made by the installed
/// `tensorbridge` package through the protocols: two extensions are compiled apart, so types of
/// one mean nothing to the other.
///
/// ```
/// use pyo3::prelude::*;
/// use tensorbridge_python::Array;
///
/// /// The array with its first axis reversed: a view, whatever library it came from.
/// #[pyfunction]
/// fn reversed(x: Array) -> tensorbridge_python::Result<Array> {
///     Ok(tensorbridge::ops::views::flip(&x, &[0])?.into())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Array(pub Tensor);

impl Deref for Array {
    type Target = Tensor;

    fn deref(&self) -> &Tensor {
        &self.0
    }
}

impl From<Tensor> for Array {
    fn from(tensor: Tensor) -> Self {
        Self(tensor)
    }
}

impl FromPyObject<'_, '_> for Array {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, '_, PyAny>) -> PyResult<Self> {
        let request = Request::default();
        let py = object.py();
        protocols::import(&object, &request, "argument")
            .or_else(|error| match PyMemoryView::from(&object) {
                // DLPack counts strides in elements and refuses what a buffer can describe.
                Ok(view) if error.is_instance_of::<PyBufferError>(py) => {
                    protocols::import(&view, &request, "argument")
                }
                _ => Err(error),
            })
            .map(Self)
    }
}

impl<'py> IntoPyObject<'py> for Array {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let describable = dlpack::check_exportable(&self.0).is_ok();
        let own = PyTensor::new(self.0).into_pyobject(py)?.into_any();
        let package = calling::import(py, "tensorbridge")?;
        if own.get_type().is(&package.getattr("Tensor")?) {
            return Ok(own);
        }
        // Our copy of the class speaks every protocol; the package's own door reads them. DLPack
        // comes first there, and cannot describe every layout; a bare buffer can.
        let offer = if describable { own } else { PyMemoryView::from(&own)?.into_any() };
        package.call_method1("asarray", (offer,))
    }
}

/// A [`tensorbridge::Error`] on its way to becoming a Python exception, so that functions of
/// other extensions can use `?`.
#[derive(Debug)]
pub struct Raise(tensorbridge::Error);

/// The result of a `#[pyfunction]` that computes on tensors.
pub type Result<T, E = Raise> = std::result::Result<T, E>;

impl From<tensorbridge::Error> for Raise {
    fn from(error: tensorbridge::Error) -> Self {
        Self(error)
    }
}

impl From<Raise> for PyErr {
    fn from(Raise(error): Raise) -> Self {
        Python::attach(|py| to_python(py, &error))
    }
}
