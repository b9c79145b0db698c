//! The keywords that creation functions share, read in one place.

use pyo3::exceptions::{PyNotImplementedError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use tensorbridge::{DType, Device, Dims, Error, Tensor, ops};

use crate::arguments::Ints;
use crate::errors::OrRaise;
use crate::formats::PyLayout;
use crate::generator::PyGenerator;
use crate::operand::{Out, deliver};
use crate::{device, dtype};

/// `dtype= device= out= generator= requires_grad= pin_memory= layout= memory_format=`.
#[derive(Default)]
pub(crate) struct Options<'py> {
    function: &'static str,
    pub(crate) dtype: Option<DType>,
    device: Option<Device>,
    out: Option<Out<'py>>,
    pub(crate) generator: Option<Bound<'py, PyGenerator>>,
}

impl<'py> Options<'py> {
    /// Reads the keywords that `function` was given beyond its own.
    ///
    /// # Errors
    ///
    /// `TypeError` for other names, `NotImplementedError` for wishes that cannot be met.
    pub(crate) fn parse(
        function: &'static str,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Options<'py>> {
        let mut options = Options { function, ..Options::default() };
        for (name, value) in keywords.into_iter().flatten() {
            let name = name.cast_into::<PyString>()?;
            if value.is_none() {
                continue;
            }
            match name.to_str()? {
                "dtype" => options.dtype = Some(dtype::parse(&value)?),
                "device" => options.device = Some(device::parse(&value)?),
                "out" => options.out = Some(value.extract()?),
                "generator" => options.generator = Some(value.cast_into()?),
                "requires_grad" if value.is_truthy()? => {
                    return Err(PyNotImplementedError::new_err(
                        "tensorbridge computes no gradients: `requires_grad=True` is not supported — hint: leave it out",
                    ));
                }
                "pin_memory" if value.is_truthy()? => {
                    return Err(PyNotImplementedError::new_err(
                        "tensorbridge has no pinned memory: `pin_memory=True` is not supported — hint: leave it out",
                    ));
                }
                "layout" if !value.is_instance_of::<PyLayout>() => {
                    return Err(PyTypeError::new_err(format!(
                        "every tensor is strided: `layout={value}` is not supported — hint: `layout=tb.strided`",
                    )));
                }
                "requires_grad" | "pin_memory" | "layout" | "memory_format" => {}
                other => {
                    return Err(PyTypeError::new_err(format!(
                        "{function}() got an unexpected keyword argument '{other}'"
                    )));
                }
            }
        }
        Ok(options)
    }

    /// What is missing is as `like` has it.
    pub(crate) fn or_like(mut self, like: &Tensor) -> Self {
        self.dtype = self.dtype.or(Some(like.dtype()));
        self.device = self.device.or(Some(like.device()));
        self
    }

    /// The dtype asked for, or that of `out`, or `default`.
    pub(crate) fn dtype_or(&self, default: DType) -> DType {
        let out = self.out.as_ref().map(|out| out.tensor.dtype());
        self.dtype.or(out).unwrap_or(default)
    }

    /// The dtype asked for, or that of `out`, or the default floating-point dtype.
    pub(crate) fn float(&self) -> DType {
        self.dtype_or(ops::default_dtype())
    }

    /// The device asked for, or that of `out`, or the default device.
    pub(crate) fn device(&self) -> Device {
        let out = self.out.as_ref().map(|out| out.tensor.device());
        self.device.or(out).unwrap_or_else(device::default)
    }

    /// The result as Python sees it: `out` with the values of `tensor`, or `tensor`.
    pub(crate) fn finish(self, py: Python<'py>, tensor: Tensor) -> PyResult<Bound<'py, PyAny>> {
        deliver(py, tensor, self.out, self.function)
    }
}

/// A shape given as `f(2, 3)`, `f((2, 3))`, `f(shape=(2, 3))` or `f(size=(2, 3))`, which two
/// keywords are taken out of `keywords`.
pub(crate) fn shape_of(
    function: &str,
    spread: &Bound<'_, PyTuple>,
    keywords: Option<&Bound<'_, PyDict>>,
) -> PyResult<Dims<usize>> {
    let mut named = None;
    for name in ["shape", "size"] {
        if let Some(keywords) = keywords
            && let Some(shape) = keywords.get_item(name)?
        {
            keywords.del_item(name)?;
            named = Some(shape.extract()?);
        }
    }
    lengths(spread.py(), &Ints::required(function, "shape", spread, named)?)
}

/// The lengths that a shape is made of.
pub(crate) fn lengths(py: Python<'_>, ints: &[isize]) -> PyResult<Dims<usize>> {
    let length = |&length: &isize| {
        usize::try_from(length).map_err(|_| {
            Error::shape(format!(
                "Trying to create tensor with negative dimension {length}: {ints:?}"
            ))
        })
    };
    ints.iter().map(length).collect::<tensorbridge::Result<_>>().or_raise(py)
}

/// The one length that `count` is.
pub(crate) fn length(count: isize, name: &str) -> PyResult<usize> {
    usize::try_from(count)
        .map_err(|_| PyValueError::new_err(format!("{name} must be non-negative, and is {count}")))
}
