//! Counting: `bincount`, `histogram` and their relatives.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyString;
use tensorbridge::ops::histogram::{self as counting, Bins};
use tensorbridge::{DType, Result, Tensor, transfer};

use super::options::length;
use crate::arguments::tensor;
use crate::enter::enter_detached;
use crate::named::named;
use crate::tensor::PyTensor;

/// What counting looks at.
const PASSES: usize = 4;

fn run<T: Send>(
    py: Python<'_>,
    x: &Tensor,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    enter_detached(py, x.nbytes().saturating_mul(PASSES), work)
}

fn optional(
    object: Option<&Bound<'_, PyAny>>,
    operation: &'static str,
) -> PyResult<Option<Tensor>> {
    object.map(|object| tensor(object, operation)).transpose()
}

/// How often each number from 0 on occurs in `x`, a tensor of one axis of non-negative integers:
/// a fresh tensor of `int64`, of `minlength` elements at least.
///
/// With `weights`, of the shape of `x`, the sums of the weights beside each number, in their
/// dtype, or in `float64` where that is no float. They are added in `float64`.
///
/// Raises `TypeError` for other dtypes and shapes, `ValueError` for a negative number.
#[pyfunction]
#[pyo3(signature = (x, weights=None, minlength=0))]
fn bincount(
    x: &Bound<'_, PyAny>,
    weights: Option<&Bound<'_, PyAny>>,
    minlength: isize,
) -> PyResult<PyTensor> {
    let (py, x, weights) = (x.py(), tensor(x, "bincount")?, optional(weights, "bincount")?);
    let least = length(minlength, "minlength")?;
    run(py, &x, || counting::count_numbers(&x, weights.as_ref(), least)).map(PyTensor::new)
}

/// `bins=`: a number, a rule's name, or edges.
fn bins(object: Option<&Bound<'_, PyAny>>, default: usize) -> PyResult<Bins> {
    let Some(object) = object else { return Ok(Bins::Count(default)) };
    if let Ok(name) = object.cast::<PyString>() {
        return Ok(Bins::Rule(name.to_str()?.to_owned()));
    }
    if let Ok(count) = object.extract::<isize>() {
        return length(count, "`bins`").map(Bins::Count);
    }
    let edges = tensor(object, "histogram")?;
    if edges.ndim() == 0 {
        return Err(PyTypeError::new_err("`bins` must be an integer, a string, or an array"));
    }
    Ok(Bins::Edges(edges))
}

/// How many values of `x` lie in each bin, and the edges of the bins: a named tuple `(hist,
/// bin_edges)` of fresh tensors, as `numpy.histogram` gives.
///
/// `bins` is the number of bins of equal width, a tensor of ascending edges, or the name of a rule
/// that chooses the number: `"auto"`, `"doane"`, `"fd"`, `"rice"`, `"scott"`, `"sqrt"`,
/// `"sturges"`. `range` is the lower and the upper end, by default those of `x`; values outside do
/// not count. Each bin holds its lower edge, the last one its upper edge too. `hist` is `int64`;
/// with `weights` (or `weight`), of the shape of `x`, the sums of these in their dtype; with
/// `density` scaled, in `float64`, so that the area is 1.
///
/// Raises `ValueError` for a range that is not finite and edges that descend, `ShapeError` for
/// weights of another shape.
#[pyfunction]
#[pyo3(signature = (x, bins=None, range=None, density=None, weights=None, *, weight=None))]
fn histogram<'py>(
    x: &Bound<'py, PyAny>,
    bins: Option<&Bound<'py, PyAny>>,
    range: Option<(f64, f64)>,
    density: Option<bool>,
    weights: Option<&Bound<'py, PyAny>>,
    weight: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, x, bins) = (x.py(), tensor(x, "histogram")?, self::bins(bins, 10)?);
    let weights = optional(weights.or(weight), "histogram")?;
    let density = density.unwrap_or(false);
    let both = run(py, &x, || counting::histogram(&x, &bins, range, density, weights.as_ref()))?;
    named(py, "Histogram", both)
}

/// The edges of the bins that `histogram` counts in: a fresh tensor.
///
/// `bins` and `range` are as there; `weights` do not matter.
#[pyfunction]
#[pyo3(signature = (x, bins=None, range=None, weights=None))]
fn histogram_bin_edges(
    x: &Bound<'_, PyAny>,
    bins: Option<&Bound<'_, PyAny>>,
    range: Option<(f64, f64)>,
    weights: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyTensor> {
    let _ = weights;
    let (py, x, bins) = (x.py(), tensor(x, "histogram_bin_edges")?, self::bins(bins, 10)?);
    run(py, &x, || counting::bin_edges(&x, &bins, range)).map(PyTensor::new)
}

/// How many values of `x` lie in each of `bins` bins of equal width from `min` to `max`, both 0
/// for the ends of `x`: a fresh tensor of the dtype of `x`. Values outside do not count.
#[pyfunction]
#[pyo3(signature = (x, bins=100, min=0.0, max=0.0))]
fn histc(x: &Bound<'_, PyAny>, bins: isize, min: f64, max: f64) -> PyResult<PyTensor> {
    let (py, x, count) = (x.py(), tensor(x, "histc")?, length(bins, "`bins`")?);
    let range = (min != 0.0 || max != 0.0).then_some((min, max));
    run(py, &x, || {
        let [counts, _] = counting::histogram(&x, &Bins::Count(count), range, false, None)?;
        let reason = tensorbridge::exchange::Reason::Cast { from: DType::Int64, to: x.dtype() };
        transfer::cast(&counts, x.dtype(), "histc", reason)
    })
    .map(PyTensor::new)
}

#[pymethods]
impl PyTensor {
    /// As `tensorbridge.bincount`.
    #[pyo3(signature = (weights=None, minlength=0))]
    fn bincount(
        slf: &Bound<'_, Self>,
        weights: Option<&Bound<'_, PyAny>>,
        minlength: isize,
    ) -> PyResult<Self> {
        bincount(slf, weights, minlength)
    }

    /// As `tensorbridge.histc`.
    #[pyo3(signature = (bins=100, min=0.0, max=0.0))]
    fn histc(slf: &Bound<'_, Self>, bins: isize, min: f64, max: f64) -> PyResult<Self> {
        histc(slf, bins, min, max)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(bincount, module)?)?;
    module.add_function(wrap_pyfunction!(histogram, module)?)?;
    module.add_function(wrap_pyfunction!(histogram_bin_edges, module)?)?;
    module.add_function(wrap_pyfunction!(histc, module)?)
}
