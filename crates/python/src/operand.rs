//! What may stand beside a tensor in an operation: the one place where operands are read.
//!
//! | object                              | operand                                          |
//! |-------------------------------------|--------------------------------------------------|
//! | `Tensor`                            | itself                                           |
//! | ndarray                             | its memory, shared; copied if of the other byte order |
//! | NumPy scalar                        | a 0-d tensor of its own dtype                    |
//! | Python `bool` `int` `float` `complex` | a number whose dtype gives way                 |
//! | anything else                       | none: Python asks the other object               |

use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyComplex, PyFloat, PyInt, PyString};
use tensorbridge::diagnostics::trace;
use tensorbridge::dtype::Complex64;
use tensorbridge::exchange::Request;
use tensorbridge::ops::{Operand, creation, result_dtype};
use tensorbridge::{Device, Scalar, Tensor, ops};

use crate::enter::enter;
use crate::protocols::numpy;
use crate::tensor::PyTensor;

/// The operand that `object` is, or `None` for an object of another world.
///
/// # Errors
///
/// `TypeError` for arrays whose elements no tensor can hold, `OverflowError` for an `int` beyond
/// 128 bits.
#[inline]
pub(crate) fn parse<'a>(object: Borrowed<'a, '_, PyAny>) -> PyResult<Option<Operand<'a>>> {
    if let Ok(tensor) = object.cast::<PyTensor>() {
        return Ok(Some(tensor.get().tensor().into()));
    }
    if let Some(number) = exact_number(&object)? {
        return Ok(Some(number.into()));
    }
    if let Some(tensor) = from_numpy(&object)? {
        return Ok(Some(tensor.into()));
    }
    Ok(subclass_number(&object)?.map(Operand::from))
}

/// What [`parse`] reads without asking anybody: a tensor, or a number of Python's own.
#[inline]
pub(crate) fn plain<'a>(object: Borrowed<'a, '_, PyAny>) -> Option<Operand<'a>> {
    if let Ok(tensor) = object.cast::<PyTensor>() {
        return Some(tensor.get().tensor().into());
    }
    exact_number(&object).ok().flatten().map(Operand::from)
}

/// A number of exactly one of Python's own types. `np.float64` is a `float` too, but of NumPy.
#[inline]
pub(crate) fn exact_number(object: &Bound<'_, PyAny>) -> PyResult<Option<Scalar>> {
    Ok(Some(if let Ok(value) = object.cast_exact::<PyFloat>() {
        Scalar::Float(value.value())
    } else if let Ok(value) = object.cast_exact::<PyInt>() {
        Scalar::Int(integer(value)?)
    } else if let Ok(value) = object.cast_exact::<PyBool>() {
        Scalar::Bool(value.is_true())
    } else if let Ok(value) = object.cast_exact::<PyComplex>() {
        Scalar::Complex(Complex64::new(value.real(), value.imag()))
    } else {
        return Ok(None);
    }))
}

/// A number of a Python subclass, such as `IntEnum`.
pub(crate) fn subclass_number(object: &Bound<'_, PyAny>) -> PyResult<Option<Scalar>> {
    Ok(Some(if let Ok(value) = object.cast::<PyInt>() {
        Scalar::Int(integer(value)?)
    } else if let Ok(value) = object.cast::<PyFloat>() {
        Scalar::Float(value.value())
    } else if let Ok(value) = object.cast::<PyComplex>() {
        Scalar::Complex(Complex64::new(value.real(), value.imag()))
    } else {
        return Ok(None);
    }))
}

fn integer(value: &Bound<'_, PyInt>) -> PyResult<i128> {
    if let Ok(value) = value.extract::<i64>() {
        return Ok(value.into());
    }
    value.extract::<i128>().map_err(|_| {
        PyOverflowError::new_err(format!(
            "the integer {value} is larger than any dtype holds — hint: `float(value)` rounds it"
        ))
    })
}

/// An ndarray as the tensor over its memory, a NumPy scalar as a 0-d tensor of its dtype.
fn from_numpy(object: &Bound<'_, PyAny>) -> PyResult<Option<Tensor>> {
    let request = Request::default();
    if let Some(tensor) = numpy::import(object, &request, "operand", trace::watch())? {
        return Ok(Some(tensor));
    }
    // `np.str_` and `np.bytes_` are text first; every other scalar has a value or an error.
    if object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>() {
        return Ok(None);
    }
    let Some((value, dtype)) = numpy::read_scalar(object)? else {
        return Ok(None);
    };
    enter(object.py(), || creation::full(&[], value, dtype, Device::CPU)).map(Some)
}

/// An argument of an operator. Failing to be one makes Python ask the other object; an error
/// found while reading one is kept, to be raised.
pub(crate) struct Peer<'a>(pub(crate) PyResult<Operand<'a>>);

/// The object belongs to another world.
pub(crate) struct Stranger;

impl From<Stranger> for PyErr {
    fn from(Stranger: Stranger) -> Self {
        PyTypeError::new_err("not an operand")
    }
}

impl<'a, 'py> FromPyObject<'a, 'py> for Peer<'a> {
    type Error = Stranger;

    #[inline]
    fn extract(object: Borrowed<'a, 'py, PyAny>) -> Result<Self, Stranger> {
        match parse(object) {
            Ok(Some(operand)) => Ok(Self(Ok(operand))),
            Ok(None) => Err(Stranger),
            Err(error) => Ok(Self(Err(error))),
        }
    }
}

/// An argument of a function: an operand, or a `TypeError` that says what is one.
pub(crate) struct Argument<'a>(pub(crate) Operand<'a>);

impl<'a, 'py> FromPyObject<'a, 'py> for Argument<'a> {
    type Error = PyErr;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> PyResult<Self> {
        match parse(object)? {
            Some(operand) => Ok(Self(operand)),
            None => Err(PyTypeError::new_err(format!(
                "expected a tensor, an ndarray or a number, and got {} — hint: `tb.asarray(x)` makes a tensor of it",
                object.get_type().name()?
            ))),
        }
    }
}

impl Argument<'_> {
    /// The operand as a tensor; a Python number becomes a 0-d one of its default dtype.
    pub(crate) fn tensor(self, py: Python<'_>) -> PyResult<Tensor> {
        match self.0 {
            Operand::Tensor(tensor) => Ok(tensor.into_owned()),
            Operand::PythonScalar(value) => enter(py, || {
                let dtype = result_dtype([Operand::from(value)].iter())?;
                creation::full(&[], value, dtype, Device::CPU)
            }),
        }
    }
}

/// The plain number that `object` is: Python's, NumPy's, or the one element of a 0-d array or
/// tensor. For parameters, which have no say in dtypes.
pub(crate) fn number(object: &Bound<'_, PyAny>, name: &str) -> PyResult<Scalar> {
    if let Some(number) = exact_number(object)? {
        return Ok(number);
    }
    let ndim = object.getattr("ndim").and_then(|ndim| ndim.extract::<usize>());
    if let (Ok(0), Ok(item)) = (ndim, object.getattr("item"))
        && let Some(number) = exact_number(&item.call0()?)?
    {
        return Ok(number);
    }
    match subclass_number(object)? {
        Some(number) => Ok(number),
        None => Err(PyTypeError::new_err(format!(
            "`{name}` must be a number, not {}",
            object.get_type().name()?
        ))),
    }
}

/// As [`number`], of a real number as `f64`.
pub(crate) fn real(object: &Bound<'_, PyAny>, name: &str) -> PyResult<f64> {
    match number(object, name)? {
        Scalar::Complex(value) => {
            Err(PyTypeError::new_err(format!("`{name}` must be a real number, not {value}")))
        }
        other => Ok(other.cast()),
    }
}

/// Where a function writes: `out=`, a tensor or an ndarray, which is returned as given.
pub(crate) struct Out<'py> {
    object: Bound<'py, PyAny>,
    /// The memory.
    pub(crate) tensor: Tensor,
}

impl<'py> Out<'py> {
    /// The object as it was given.
    pub(crate) fn into_object(self) -> Bound<'py, PyAny> {
        self.object
    }
}

/// What `operation` resulted in, as Python sees it: `out` with the values, or a tensor of its own.
///
/// # Errors
///
/// As [`ops::place`].
pub(crate) fn deliver<'py>(
    py: Python<'py>,
    result: Tensor,
    out: Option<Out<'py>>,
    operation: &'static str,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(out) = out else {
        return Ok(PyTensor::new(result).into_pyobject(py)?.into_any());
    };
    enter(py, || ops::place(&out.tensor, &result, operation))?;
    Ok(out.into_object())
}

impl<'py> FromPyObject<'_, 'py> for Out<'py> {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let object = object.to_owned();
        if let Ok(tensor) = object.cast::<PyTensor>() {
            let tensor = tensor.get().tensor().clone();
            return Ok(Self { object, tensor });
        }
        match numpy::import(&object, &Request::SHARE, "out", trace::watch())? {
            Some(tensor) => Ok(Self { object, tensor }),
            None => Err(PyTypeError::new_err(format!(
                "`out` must be a tensor or an ndarray, not {}",
                object.get_type().name()?
            ))),
        }
    }
}
