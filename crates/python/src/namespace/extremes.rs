//! Where the extremes are, and both at once: `argmax`, `argmin`, `aminmax`.

use pyo3::prelude::*;
use tensorbridge::op::Reduce;
use tensorbridge::ops::{self, Reduction};
use tensorbridge::{Dims, Tensor};

use super::reducing::reducing;
use super::statistical::{Along, reduce};
use crate::arguments::either;
use crate::enter::enter_detached;
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;

/// The one axis that was named, or all.
fn along(
    dim: Option<isize>,
    keepdim: bool,
    axis: Option<isize>,
    keepdims: Option<bool>,
) -> PyResult<Along> {
    let axes = either("reduction", dim, axis)?.map(|axis| Dims::from_elem(axis, 1));
    Ok(Along { axes, keepdims: keepdims.unwrap_or(keepdim) })
}

reducing! {
    register_places, isize, along,
    "\n\
    `int64` indices along `axis` (or `dim`), of the flattened tensor where that is\n\
    `None`; `keepdims` (or `keepdim`) leaves the axis with length 1; `out` receives the\n\
    result. Raises `IndexError` for an axis that is not there, `ValueError` where there\n\
    are no elements, `TypeError` for complex numbers.",
    "\n\
    `int64` indices along `dim` (or `axis`), of the flattened tensor where that is\n\
    `None`; `keepdim` (or `keepdims`) leaves the axis with length 1; `out` receives the\n\
    result.";
    /// Where the greatest element is: the first of several, and the first NaN if there is one.
    argmax = |py, x, along, out| reduce(py, Reduce::ArgMax, x, along, None, out);
    /// Where the least element is: the first of several, and the first NaN if there is one.
    argmin = |py, x, along, out| reduce(py, Reduce::ArgMin, x, along, None, out);
}

fn both(py: Python<'_>, x: &Tensor, along: Along) -> PyResult<(PyTensor, PyTensor)> {
    let Along { axes, keepdims } = along;
    let of = |op| ops::reduce(Reduction { op, axes: axes.clone(), keepdims, dtype: None }, x);
    enter_detached(py, x.nbytes(), || {
        Ok((PyTensor::new(of(Reduce::Min)?), PyTensor::new(of(Reduce::Max)?)))
    })
}

/// The least and the greatest element; NaN if any is.
///
/// A tuple of two tensors. `dim` is one axis, or `None` for all; `keepdim` leaves it with length
/// 1. Raises `IndexError` for an axis that is not there, `ValueError` where there are no elements.
#[pyfunction]
#[pyo3(signature = (x, /, *, dim=None, keepdim=false))]
fn aminmax(
    py: Python<'_>,
    x: Argument,
    dim: Option<isize>,
    keepdim: bool,
) -> PyResult<(PyTensor, PyTensor)> {
    both(py, &x.tensor(py)?, along(dim, keepdim, None, None)?)
}

#[pymethods]
impl PyTensor {
    /// As `tensorbridge.aminmax`.
    #[pyo3(signature = (*, dim=None, keepdim=false))]
    fn aminmax(
        &self,
        py: Python<'_>,
        dim: Option<isize>,
        keepdim: bool,
    ) -> PyResult<(PyTensor, PyTensor)> {
        both(py, self.tensor(), along(dim, keepdim, None, None)?)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_places(module)?;
    module.add_function(wrap_pyfunction!(aminmax, module)?)
}
