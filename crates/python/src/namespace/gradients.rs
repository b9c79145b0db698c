//! `gradient`: slopes along axes.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tensorbridge::Tensor;
use tensorbridge::layout::normalize_axis;
use tensorbridge::ops::{self, Spacing};

use crate::arguments::{Ints, Source, either, reals};
use crate::enter::enter_detached;
use crate::errors::OrRaise;
use crate::named::tuple;
use crate::tensor::PyTensor;

/// A distance, or places.
fn spacing(given: &Bound<'_, PyAny>) -> PyResult<Spacing> {
    match reals(given, "spacing")? {
        (places, shape) if shape.is_empty() => Ok(Spacing::Even(places[0])),
        (places, shape) if shape.len() == 1 => Ok(Spacing::Places(places)),
        (_, shape) => Err(PyValueError::new_err(format!(
            "gradient: distances must be either scalars or 1d, and have shape {shape:?}"
        ))),
    }
}

/// The slopes of `f`, whose elements are a function's values at places along axes.
///
/// `spacings` are NumPy's: one distance for all axes, or for each axis a distance or the vector of its
/// places; PyTorch's `spacing=` is the same, one or a list of them. `axis` (or `dim`) is one axis,
/// several, or `None` for all. Inside, slopes are of second order; at the ends of the first, or with
/// `edge_order=2` of the second.
///
/// A fresh tensor, or a tuple of them, one for each axis, where there are several; of integers in the
/// default floating-point dtype. Raises `ValueError` for distances that do not fit or axes that are too
/// short, `IndexError` for axes that are not there.
#[pyfunction]
#[pyo3(signature = (f, /, *spacings, axis=None, edge_order=1, dim=None, spacing=None))]
fn gradient<'py>(
    py: Python<'py>,
    f: Source,
    spacings: &Bound<'py, PyTuple>,
    axis: Option<Ints>,
    edge_order: usize,
    dim: Option<Ints>,
    spacing: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let f = f.0.tensor();
    let axes: Vec<usize> = match either("gradient", dim, axis)? {
        Some(axes) => axes
            .iter()
            .map(|&axis| normalize_axis(axis, f.ndim()))
            .collect::<tensorbridge::Result<_>>()
            .or_raise(py)?,
        None => (0..f.ndim()).collect(),
    };
    let given: Vec<Bound<'py, PyAny>> = match spacing {
        Some(_) if !spacings.is_empty() => {
            return Err(PyTypeError::new_err("gradient() got distances twice"));
        }
        // A list of as many as there are axes is one for each.
        Some(list) if list.len().is_ok_and(|count| count == axes.len()) => {
            list.try_iter()?.collect::<PyResult<_>>()?
        }
        Some(one) => vec![one.clone()],
        None => spacings.iter().collect(),
    };
    let read = given.iter().map(self::spacing).collect::<PyResult<Vec<_>>>()?;
    let spacings: Vec<Spacing> = match &read[..] {
        [] => vec![Spacing::Even(1.0); axes.len()],
        [Spacing::Even(step)] => vec![Spacing::Even(*step); axes.len()],
        _ if read.len() == axes.len() => read,
        _ => {
            return Err(PyTypeError::new_err(format!(
                "gradient() got {} distances for {} axes",
                read.len(),
                axes.len()
            )));
        }
    };
    let found: Vec<Tensor> = enter_detached(py, f.nbytes().saturating_mul(axes.len()), || {
        let of = |(&axis, spacing)| ops::gradient(f, axis as isize, spacing, edge_order);
        axes.iter().zip(&spacings).map(of).collect()
    })?;
    match <[Tensor; 1]>::try_from(found) {
        Ok([only]) => Ok(PyTensor::new(only).into_pyobject(py)?.into_any()),
        Err(found) => Ok(tuple(py, found)?.into_any()),
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(gradient, module)?)
}
