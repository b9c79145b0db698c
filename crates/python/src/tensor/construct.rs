//! `Tensor(...)`, PyTorch's oldest way to make one.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyTuple};
use tensorbridge::exchange::{CopyMode, Request};
use tensorbridge::ops::{creation, default_dtype};
use tensorbridge::{Device, Scalar};

use super::PyTensor;
use super::size::is_size;
use crate::arguments::Ints;
use crate::enter::enter;
use crate::namespace::lengths;
use crate::protocols::{self, numpy};

#[pymethods]
impl PyTensor {
    /// A new tensor of the default floating-point dtype on the host: with the values of the one
    /// argument `data`, or zeros of the shape that is given as ints or as a `Size`.
    ///
    /// `tensor` and `zeros` say which of the two is meant, and take a dtype and a device.
    #[new]
    #[pyo3(signature = (*args, **kwargs), text_signature = "(*args)")]
    fn construct(args: &Bound<'_, PyTuple>, kwargs: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let py = args.py();
        if kwargs.is_some() {
            return Err(PyTypeError::new_err(
                "Tensor() takes no keyword arguments — hint: `tb.tensor(data, dtype=...)` takes them",
            ));
        }
        let dtype = default_dtype();
        let zeros = |shape: &[usize]| {
            enter(py, || creation::full(shape, Scalar::Int(0), dtype, Device::CPU)).map(Self::new)
        };
        if args.is_empty() {
            return zeros(&[0]);
        }
        let first = args.get_item(0)?;
        if args.len() == 1 && is_size(&first)? {
            return zeros(&lengths(py, &first.extract::<Ints>()?)?);
        }
        if args.len() > 1 || is_length(&first)? {
            return zeros(&lengths(py, &args.as_any().extract::<Ints>()?)?);
        }
        let request = Request { copy: CopyMode::Always, dtype: Some(dtype), ..Request::default() };
        protocols::import(&first, &request, "Tensor").map(Self::new)
    }
}

/// Whether a lone argument is a length: an integer of Python's or NumPy's, and no array.
fn is_length(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(object.is_instance_of::<PyInt>()
        || matches!(numpy::read_scalar(object), Ok(Some((Scalar::Int(_), _)))))
}
