//! Error classes, one to one: an [`ErrorKind`] is an exception type.

use pyo3::exceptions::{
    PyAttributeError, PyBufferError, PyIndexError, PyKeyboardInterrupt, PyMemoryError,
    PyNotImplementedError, PyOverflowError, PyRuntimeError, PyTypeError, PyValueError,
    PyZeroDivisionError,
};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};
use tensorbridge::{Error, ErrorKind};

static COPY_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static SHAPE_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static ABSENT_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static RANGE_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static DEVICE_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static INEXACT_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static LINALG_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static TOO_HARD_ERROR: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// A library exception; two built-in parents let the `except` clauses of both the NumPy and
/// the PyTorch world catch it.
fn define(
    cell: &'static PyOnceLock<Py<PyType>>,
    bases: &[Bound<'_, PyType>],
    name: &str,
    doc: &str,
) -> PyResult<&'static Py<PyType>> {
    let py = bases[0].py();
    cell.get_or_try_init(py, || {
        let attributes = PyDict::new(py);
        attributes.set_item("__module__", "tensorbridge")?;
        attributes.set_item("__doc__", doc)?;
        let arguments = (name, PyTuple::new(py, bases)?, attributes);
        Ok(py.get_type::<PyType>().call1(arguments)?.cast_into::<PyType>()?.unbind())
    })
}

fn copy_error(py: Python<'_>) -> PyResult<&'static Py<PyType>> {
    let bases = [py.get_type::<PyValueError>(), py.get_type::<PyBufferError>()];
    define(&COPY_ERROR, &bases, "CopyError", "A copy would be needed, and it was forbidden.")
}

fn shape_error(py: Python<'_>) -> PyResult<&'static Py<PyType>> {
    let bases = [py.get_type::<PyValueError>(), py.get_type::<PyRuntimeError>()];
    define(&SHAPE_ERROR, &bases, "ShapeError", "Shapes that do not fit together.")
}

/// An `AttributeError`, so that `hasattr` says no, and a `RuntimeError`, which is what PyTorch
/// raises when memory that has been shared would have to move.
pub(crate) fn absent_error(py: Python<'_>) -> PyResult<&'static Py<PyType>> {
    let bases = [py.get_type::<PyAttributeError>(), py.get_type::<PyRuntimeError>()];
    let doc = "A method of PyTorch that tensors leave out on purpose.";
    define(&ABSENT_ERROR, &bases, "AbsentError", doc)
}

fn range_error(py: Python<'_>) -> PyResult<&'static Py<PyType>> {
    let bases = [
        py.get_type::<PyOverflowError>(),
        py.get_type::<PyValueError>(),
        py.get_type::<PyRuntimeError>(),
    ];
    define(&RANGE_ERROR, &bases, "RangeError", "A value that its destination cannot represent.")
}

fn inexact_error(py: Python<'_>) -> PyResult<&'static Py<PyType>> {
    let bases = [py.get_type::<PyValueError>(), py.get_type::<PyRuntimeError>()];
    let doc = "A cast would change a value, and `casting=\"exact\"` allows none to change.";
    define(&INEXACT_ERROR, &bases, "InexactError", doc)
}

fn device_error(py: Python<'_>) -> PyResult<&'static Py<PyType>> {
    let bases = [py.get_type::<PyRuntimeError>()];
    define(&DEVICE_ERROR, &bases, "DeviceError", "A device that cannot be used.")
}

/// A `ValueError` as NumPy's error of this name, and a `RuntimeError` as PyTorch's.
fn linalg_error(py: Python<'_>) -> PyResult<&'static Py<PyType>> {
    let bases = [py.get_type::<PyValueError>(), py.get_type::<PyRuntimeError>()];
    let doc = "A matrix that linear algebra has no answer for, as an inverse of a singular one.";
    define(&LINALG_ERROR, &bases, "LinAlgError", doc)
}

/// A `RuntimeError`, as NumPy's error of this name is.
pub(crate) fn too_hard_error(py: Python<'_>) -> PyResult<&'static Py<PyType>> {
    let bases = [py.get_type::<PyRuntimeError>()];
    let doc = "A question whose answer takes more work than was allowed.";
    define(&TOO_HARD_ERROR, &bases, "TooHardError", doc)
}

/// The exception for `error`, message and hint together.
#[cold]
pub(crate) fn to_python(py: Python<'_>, error: &Error) -> PyErr {
    let text = error.to_string();
    let own = |class: PyResult<&Py<PyType>>| match class {
        Ok(class) => PyErr::from_type(class.bind(py).clone(), (text.clone(),)),
        Err(failure) => failure,
    };
    match error.kind() {
        ErrorKind::Value => PyValueError::new_err(text),
        ErrorKind::Type => PyTypeError::new_err(text),
        ErrorKind::Index => PyIndexError::new_err(text),
        ErrorKind::Buffer => PyBufferError::new_err(text),
        ErrorKind::Memory => PyMemoryError::new_err(text),
        ErrorKind::NotImplemented => PyNotImplementedError::new_err(text),
        ErrorKind::Runtime => PyRuntimeError::new_err(text),
        ErrorKind::ZeroDivision => PyZeroDivisionError::new_err(text),
        ErrorKind::Interrupted => PyKeyboardInterrupt::new_err(text),
        ErrorKind::Copy => own(copy_error(py)),
        ErrorKind::Inexact => own(inexact_error(py)),
        ErrorKind::Overflow => own(range_error(py)),
        ErrorKind::Device => own(device_error(py)),
        ErrorKind::Shape => own(shape_error(py)),
        ErrorKind::LinearAlgebra => own(linalg_error(py)),
    }
}

/// Converts inside a chain of `?` on `tensorbridge::Result`.
pub(crate) trait OrRaise<T> {
    /// The value, or the error as an exception.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for tensorbridge::Result<T> {
    #[inline]
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| to_python(py, &error))
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add("CopyError", copy_error(py)?)?;
    module.add("ShapeError", shape_error(py)?)?;
    module.add("AbsentError", absent_error(py)?)?;
    module.add("LinAlgError", linalg_error(py)?)?;
    module.add("InexactError", inexact_error(py)?)?;
    module.add("TooHardError", too_hard_error(py)?)?;
    module.add("RangeError", range_error(py)?)?;
    module.add("DeviceError", device_error(py)?)
}
