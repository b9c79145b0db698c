//! Reductions: functions and methods under the names of PyTorch, NumPy and the Array API.

use pyo3::prelude::*;
use tensorbridge::op::Reduce;
use tensorbridge::ops::{self, Op, Operation, Reduction};
use tensorbridge::{DType, Dims, Result, Tensor};

use super::reducing::reducing;
use crate::arguments::{Ints, either};
use crate::dtype;
use crate::enter::enter_detached;
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;

/// Over which axes, and what becomes of them: `dim=` or `axis=`, `keepdim=` or `keepdims=`.
pub(super) struct Along {
    pub(super) axes: Option<Dims<isize>>,
    pub(super) keepdims: bool,
}

impl Along {
    pub(super) fn parse(
        dim: Option<Ints>,
        keepdim: bool,
        axis: Option<Ints>,
        keepdims: Option<bool>,
    ) -> PyResult<Self> {
        let axes = either("reduction", dim, axis)?.map(|axes| Dims::from_slice(&axes));
        Ok(Self { axes, keepdims: keepdims.unwrap_or(keepdim) })
    }
}

/// Runs `work` on `bytes` of memory with the output it was given, and gives that back as it was
/// given, or what is fresh.
pub(super) fn into<'py>(
    py: Python<'py>,
    bytes: usize,
    out: Option<Out<'py>>,
    work: impl FnOnce(Option<&Tensor>) -> Result<Tensor> + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let target = out.as_ref().map(|out| &out.tensor);
    let result = enter_detached(py, bytes, || work(target))?;
    match out {
        Some(out) => Ok(out.into_object()),
        None => Ok(PyTensor::new(result).into_pyobject(py)?.into_any()),
    }
}

pub(super) fn reduce<'py>(
    py: Python<'py>,
    op: Reduce,
    tensor: &Tensor,
    along: Along,
    dtype: Option<DType>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    into(py, tensor.nbytes(), out, |out| {
        let reduction = Reduction { op, axes: along.axes, keepdims: along.keepdims, dtype };
        Op { operation: Operation::Reduce(reduction), inputs: &[tensor.into()], out }.run()
    })
}

fn reduce_as<'py>(
    py: Python<'py>,
    op: Reduce,
    tensor: &Tensor,
    along: Along,
    dtype: Option<&Bound<'py, PyAny>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    reduce(py, op, tensor, along, dtype::parse_optional(dtype)?, out)
}

/// A mean, of the signature of [`ops::mean`].
type Mean = fn(&Tensor, Option<&[isize]>, bool, Option<DType>, Option<&Tensor>) -> Result<Tensor>;

fn mean_as<'py>(
    py: Python<'py>,
    mean: Mean,
    tensor: &Tensor,
    along: Along,
    dtype: Option<&Bound<'py, PyAny>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let dtype = dtype::parse_optional(dtype)?;
    into(py, tensor.nbytes(), out, |out| {
        mean(tensor, along.axes.as_deref(), along.keepdims, dtype, out)
    })
}

/// Function and method of each reduction that has a `dtype=`.
macro_rules! accumulating {
    ($($(#[doc = $doc:literal])+ $name:ident = |$py:ident, $x:ident, $along:ident, $dtype:ident, $out:ident| $run:expr;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// `axis` (or `dim`) is one axis, several, or `None` for all; `keepdims` (or
            /// `keepdim`) leaves reduced axes with length 1; `dtype` is what is computed in and
            /// returned; `out` receives the result. Raises `IndexError` for an axis that is not
            /// there.
            #[pyfunction]
            #[pyo3(
                signature = (x, /, dim=None, keepdim=false, *, axis=None, keepdims=None, dtype=None, out=None)
            )]
            #[allow(clippy::too_many_arguments)]
            fn $name<'py>(
                $py: Python<'py>,
                x: Argument,
                dim: Option<Ints>,
                keepdim: bool,
                axis: Option<Ints>,
                keepdims: Option<bool>,
                dtype: Option<&Bound<'py, PyAny>>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let $along = Along::parse(dim, keepdim, axis, keepdims)?;
                let ($x, $dtype, $out) = (&x.tensor($py)?, dtype, out);
                $run
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            $(#[doc = $doc])+
            ///
            /// `dim` (or `axis`) is one axis, several, or `None` for all; `keepdim` (or `keepdims`)
            /// leaves reduced axes with length 1; `dtype` is what is computed in and returned;
            /// `out` receives the result.
            #[pyo3(
                signature = (dim=None, keepdim=false, *, axis=None, keepdims=None, dtype=None, out=None)
            )]
            #[allow(clippy::too_many_arguments)]
            fn $name<'py>(
                &self,
                $py: Python<'py>,
                dim: Option<Ints>,
                keepdim: bool,
                axis: Option<Ints>,
                keepdims: Option<bool>,
                dtype: Option<&Bound<'py, PyAny>>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let $along = Along::parse(dim, keepdim, axis, keepdims)?;
                let ($x, $dtype, $out) = (self.tensor(), dtype, out);
                $run
            }
        )+}

        fn register_accumulating(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

accumulating! {
    /// The sum. Integers and bool are counted in the widest integer of their sign.
    sum = |py, x, along, dtype, out| reduce_as(py, Reduce::Sum, x, along, dtype, out);
    /// The product. Integers and bool are counted in the widest integer of their sign.
    prod = |py, x, along, dtype, out| reduce_as(py, Reduce::Product, x, along, dtype, out);
    /// The arithmetic mean, of integers in the default floating-point dtype; NaN of nothing.
    mean = |py, x, along, dtype, out| mean_as(py, ops::mean, x, along, dtype, out);
    /// The sum of what is not NaN; 0 of nothing.
    nansum = |py, x, along, dtype, out| reduce_as(py, Reduce::NanSum, x, along, dtype, out);
    /// The product of what is not NaN; 1 of nothing.
    nanprod = |py, x, along, dtype, out| reduce_as(py, Reduce::NanProduct, x, along, dtype, out);
    /// The arithmetic mean of what is not NaN; NaN of nothing.
    nanmean = |py, x, along, dtype, out| mean_as(py, ops::nan_mean, x, along, dtype, out);
}

// Reductions that keep their dtype, or give `bool` or counts.
reducing! {
    register_choosing, Ints, Along::parse,
    "\n\
    `axis` (or `dim`) is one axis, several, or `None` for all; `keepdims` (or\n\
    `keepdim`) leaves reduced axes with length 1; `out` receives the result. Raises\n\
    `IndexError` for an axis that is not there.",
    "\n\
    `dim` (or `axis`) is one axis, several, or `None` for all; `keepdim` (or `keepdims`)\n\
    leaves reduced axes with length 1; `out` receives the result.";
    /// The greatest element; NaN if any is. The values alone, as in the Array API.
    max = |py, x, along, out| reduce(py, Reduce::Max, x, along, None, out);
    /// The least element; NaN if any is. The values alone, as in the Array API.
    min = |py, x, along, out| reduce(py, Reduce::Min, x, along, None, out);
    /// The greatest element; NaN if any is.
    amax = |py, x, along, out| reduce(py, Reduce::Max, x, along, None, out);
    /// The least element; NaN if any is.
    amin = |py, x, along, out| reduce(py, Reduce::Min, x, along, None, out);
    /// Whether all elements are true (not 0); true of nothing.
    all = |py, x, along, out| reduce(py, Reduce::All, x, along, None, out);
    /// Whether any element is true (not 0); false of nothing.
    any = |py, x, along, out| reduce(py, Reduce::Any, x, along, None, out);
    /// How many elements are true (not 0).
    count_nonzero = |py, x, along, out| reduce(py, Reduce::Count, x, along, None, out);
    /// The greatest of what is not NaN; NaN if nothing is.
    nanmax = |py, x, along, out| reduce(py, Reduce::NanMax, x, along, None, out);
    /// The least of what is not NaN; NaN if nothing is.
    nanmin = |py, x, along, out| reduce(py, Reduce::NanMin, x, along, None, out);
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_accumulating(module)?;
    register_choosing(module)
}
