//! How far elements lie from their mean: `var` and `std`, alone and with the mean.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyBool;
use tensorbridge::Tensor;
use tensorbridge::ops::{self, Spread};

use super::statistical::{Along, into};
use crate::arguments::Ints;
use crate::enter::enter_detached;
use crate::operand::{Argument, Out, real};
use crate::tensor::PyTensor;

/// `correction=` of the Array API, or PyTorch's `unbiased=`, which is a correction of 1. The
/// default is the Array API's: none.
fn correction(correction: Option<&Bound<'_, PyAny>>, unbiased: Option<bool>) -> PyResult<f64> {
    match (correction, unbiased) {
        (Some(_), Some(_)) => Err(PyTypeError::new_err(
            "got both `correction` and `unbiased`, which mean the same — hint: `unbiased=True` is `correction=1`",
        )),
        (Some(correction), None) => real(correction, "correction"),
        (None, unbiased) => Ok(f64::from(u8::from(unbiased == Some(true)))),
    }
}

/// PyTorch's `x.var(False)` is `x.var(unbiased=False)`: the axes, and whether it is unbiased.
fn first(
    dim: Option<&Bound<'_, PyAny>>,
    unbiased: Option<bool>,
) -> PyResult<(Option<Ints>, Option<bool>)> {
    match dim.map(|dim| (dim, dim.cast::<PyBool>())) {
        None => Ok((None, unbiased)),
        Some((_, Ok(flag))) if unbiased.is_none() => Ok((None, Some(flag.is_true()))),
        Some((dim, _)) => Ok((Some(dim.extract()?), unbiased)),
    }
}

type Measure =
    fn(Spread, &Tensor, Option<&[isize]>, bool, Option<&Tensor>) -> tensorbridge::Result<Tensor>;

fn run<'py>(
    py: Python<'py>,
    measure: Measure,
    x: &Tensor,
    along: Along,
    spread: Spread,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    into(py, x.nbytes(), out, |out| measure(spread, x, along.axes.as_deref(), along.keepdims, out))
}

/// Function and method of each measure.
macro_rules! spreads {
    ($($(#[doc = $doc:literal])+ $name:ident $python:literal = $measure:path, $root:literal;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// `axis` (or `dim`) is one axis, several, or `None` for all; `keepdims` (or
            /// `keepdim`) leaves reduced axes with length 1; `correction` is taken off the number
            /// of elements before dividing by it (PyTorch's `unbiased=True` is 1); `out` receives
            /// the result. Raises `IndexError` for an axis that is not there.
            #[pyfunction]
            #[pyo3(
                name = $python,
                signature = (x, /, dim=None, unbiased=None, keepdim=false, *, axis=None, correction=None, keepdims=None, out=None)
            )]
            #[allow(clippy::too_many_arguments)]
            fn $name<'py>(
                py: Python<'py>,
                x: Argument,
                dim: Option<&Bound<'py, PyAny>>,
                unbiased: Option<bool>,
                keepdim: bool,
                axis: Option<Ints>,
                correction: Option<&Bound<'py, PyAny>>,
                keepdims: Option<bool>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let (dim, unbiased) = first(dim, unbiased)?;
                let along = Along::parse(dim, keepdim, axis, keepdims)?;
                let correction = self::correction(correction, unbiased)?;
                run(py, $measure, &x.tensor(py)?, along, Spread { root: $root, correction }, out)
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            $(#[doc = $doc])+
            ///
            /// `dim` (or `axis`) is one axis, several, or `None` for all; `keepdim` (or `keepdims`)
            /// leaves reduced axes with length 1; `correction` is taken off the number of elements
            /// before dividing by it (PyTorch's `unbiased=True` is 1); `out` receives the result.
            #[pyo3(
                name = $python,
                signature = (dim=None, unbiased=None, keepdim=false, *, axis=None, correction=None, keepdims=None, out=None)
            )]
            #[allow(clippy::too_many_arguments)]
            fn $name<'py>(
                &self,
                py: Python<'py>,
                dim: Option<&Bound<'py, PyAny>>,
                unbiased: Option<bool>,
                keepdim: bool,
                axis: Option<Ints>,
                correction: Option<&Bound<'py, PyAny>>,
                keepdims: Option<bool>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let (dim, unbiased) = first(dim, unbiased)?;
                let along = Along::parse(dim, keepdim, axis, keepdims)?;
                let correction = self::correction(correction, unbiased)?;
                run(py, $measure, self.tensor(), along, Spread { root: $root, correction }, out)
            }
        )+}

        fn register_spreads(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

spreads! {
    /// The variance: the mean of the squared distances from the mean. Real; of integers in the
    /// default floating-point dtype.
    variance "var" = ops::spread, false;
    /// The standard deviation: the square root of the variance. Real; of integers in the default
    /// floating-point dtype.
    deviation "std" = ops::spread, true;
    /// The variance of what is not NaN, as `var` measures it.
    nanvar "nanvar" = ops::nan_spread, false;
    /// The standard deviation of what is not NaN, as `std` measures it.
    nanstd "nanstd" = ops::nan_spread, true;
}

/// Function of each measure that comes with the mean.
macro_rules! with_mean {
    ($($(#[doc = $doc:literal])+ $name:ident = $root:literal;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// A tuple of two tensors. `axis` (or `dim`) is one axis, several, or `None` for all;
            /// `keepdims` (or `keepdim`) leaves reduced axes with length 1; `correction` is taken
            /// off the number of elements before dividing by it (PyTorch's `unbiased=True` is 1).
            /// Raises `IndexError` for an axis that is not there.
            #[pyfunction]
            #[pyo3(
                signature = (x, /, dim=None, unbiased=None, keepdim=false, *, axis=None, correction=None, keepdims=None)
            )]
            #[allow(clippy::too_many_arguments)]
            fn $name(
                py: Python<'_>,
                x: Argument,
                dim: Option<&Bound<'_, PyAny>>,
                unbiased: Option<bool>,
                keepdim: bool,
                axis: Option<Ints>,
                correction: Option<&Bound<'_, PyAny>>,
                keepdims: Option<bool>,
            ) -> PyResult<(PyTensor, PyTensor)> {
                let (dim, unbiased) = first(dim, unbiased)?;
                let along = Along::parse(dim, keepdim, axis, keepdims)?;
                let correction = self::correction(correction, unbiased)?;
                let spread = Spread { root: $root, correction };
                let x = &x.tensor(py)?;
                enter_detached(py, x.nbytes(), || {
                    let axes = along.axes.as_deref();
                    let spread = ops::spread(spread, x, axes, along.keepdims, None)?;
                    let mean = ops::mean(x, axes, along.keepdims, None, None)?;
                    Ok((PyTensor::new(spread), PyTensor::new(mean)))
                })
            }
        )+

        fn register_with_mean(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

with_mean! {
    /// The variance, as `var` gives it, and the mean.
    var_mean = false;
    /// The standard deviation, as `std` gives it, and the mean.
    std_mean = true;
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_spreads(module)?;
    register_with_mean(module)
}
