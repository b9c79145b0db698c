//! Covariances, correlations, weighted averages and ranges, as NumPy spells them.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use tensorbridge::exchange::Reason;
use tensorbridge::ops::{self, Covariance};
use tensorbridge::{DType, Tensor, transfer};

use super::statistical::{Along, into};
use crate::arguments::{Ints, Source};
use crate::dtype;
use crate::enter::enter_detached;
use crate::operand::{Argument, Out, real};
use crate::tensor::PyTensor;

/// How many times longer these take than reading their memory.
const WEIGHT: usize = 8;

/// Runs `work` on a tensor and, perhaps, another one; the result is cast to `dtype`.
fn measured(
    py: Python<'_>,
    x: &Tensor,
    y: Option<&Tensor>,
    dtype: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(&Tensor, Option<&Tensor>) -> tensorbridge::Result<Tensor> + Send,
) -> PyResult<PyTensor> {
    let dtype: Option<DType> = dtype::parse_optional(dtype)?;
    let bytes = x.nbytes() + y.map_or(0, Tensor::nbytes);
    enter_detached(py, bytes.saturating_mul(WEIGHT), || {
        let cast = |tensor: &Tensor| match dtype {
            Some(to) => {
                transfer::cast(tensor, to, "cov", Reason::Cast { from: tensor.dtype(), to })
            }
            None => Ok(tensor.clone()),
        };
        work(&cast(x)?, y.map(cast).transpose()?.as_ref())
    })
    .map(PyTensor::new)
}

/// `correction=`, or NumPy's `ddof=`, or what `bias=` says.
fn correction(
    bias: bool,
    ddof: Option<&Bound<'_, PyAny>>,
    correction: Option<&Bound<'_, PyAny>>,
) -> PyResult<f64> {
    match (ddof, correction) {
        (Some(_), Some(_)) => {
            Err(PyTypeError::new_err("cov() got both `ddof` and `correction`, which mean the same"))
        }
        (Some(given), None) => real(given, "ddof"),
        (None, Some(given)) => real(given, "correction"),
        (None, None) => Ok(if bias { 0.0 } else { 1.0 }),
    }
}

/// The covariance matrix of variables; of one variable its variance, without axes.
///
/// `m` has the variables in rows and observations in columns, or with `rowvar=False` the other way
/// round; a vector is one variable. The variables of `y` follow. `correction` (or `ddof`) is taken off
/// the number of observations before dividing by it: 1, or 0 with `bias=True`. `fweights`, integers,
/// say how often each observation was made, `aweights` how much it counts. `dtype` is what is
/// computed in; integers give the default floating-point dtype.
///
/// Raises `ShapeError` for more than two axes or numbers of observations that differ, `ValueError` for
/// negative weights, `TypeError` for `fweights` that are no integers.
#[pyfunction]
#[pyo3(signature = (m, /, y=None, rowvar=true, bias=false, ddof=None, fweights=None, aweights=None, *, dtype=None, correction=None))]
#[allow(clippy::too_many_arguments)]
fn cov(
    py: Python<'_>,
    m: Source,
    y: Option<Source>,
    rowvar: bool,
    bias: bool,
    ddof: Option<&Bound<'_, PyAny>>,
    fweights: Option<Source>,
    aweights: Option<Source>,
    dtype: Option<&Bound<'_, PyAny>>,
    correction: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyTensor> {
    let correction = self::correction(bias, ddof, correction)?;
    measured(py, m.0.tensor(), y.as_ref().map(|y| y.0.tensor()), dtype, |x, y| {
        let frequencies = fweights.as_ref().map(|weights| weights.0.tensor());
        let importances = aweights.as_ref().map(|weights| weights.0.tensor());
        ops::covariance(x, y, Covariance { rows: rowvar, correction, frequencies, importances })
    })
}

/// The correlation coefficients of Pearson of variables, from -1 to 1.
///
/// `x` has the variables in rows and observations in columns, or with `rowvar=False` the other way
/// round. The variables of `y` follow. `dtype` is what is computed in; integers give the default
/// floating-point dtype. Raises `ShapeError` as `cov`.
#[pyfunction]
#[pyo3(signature = (x, /, y=None, rowvar=true, *, dtype=None))]
fn corrcoef(
    py: Python<'_>,
    x: Source,
    y: Option<Source>,
    rowvar: bool,
    dtype: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyTensor> {
    measured(py, x.0.tensor(), y.as_ref().map(|y| y.0.tensor()), dtype, |x, y| {
        ops::correlation(x, y, rowvar)
    })
}

/// The average of `a` over axes, with weights: `sum(a * weights) / sum(weights)`.
///
/// `axis` (or `dim`) is one axis, several, or `None` for all; `weights` has the shape of `a`, or its
/// lengths along `axis`, and without them it is the mean; `keepdims` leaves reduced axes with length
/// 1. With `returned` a tuple of the average and the sum of the weights. Raises `ZeroDivisionError`
/// where weights sum to zero, `ShapeError` for weights of another shape.
#[pyfunction]
#[pyo3(signature = (a, /, axis=None, weights=None, returned=false, *, keepdims=false, dim=None))]
#[allow(clippy::too_many_arguments)]
fn average<'py>(
    py: Python<'py>,
    a: Source,
    axis: Option<Ints>,
    weights: Option<Source>,
    returned: bool,
    keepdims: bool,
    dim: Option<Ints>,
) -> PyResult<Bound<'py, PyAny>> {
    let along = Along::parse(dim, false, axis, Some(keepdims))?;
    let (a, weights) = (a.0.tensor(), weights.as_ref().map(|weights| weights.0.tensor()));
    let axes = along.axes.as_deref();
    let [found, sums] =
        enter_detached(py, a.nbytes(), || ops::average(a, axes, weights, along.keepdims))?;
    let found = PyTensor::new(found).into_pyobject(py)?.into_any();
    match returned {
        true => Ok((found, PyTensor::new(sums)).into_pyobject(py)?.into_any()),
        false => Ok(found),
    }
}

/// The greatest element less the least; NaN if any is.
///
/// `axis` (or `dim`) is one axis, several, or `None` for all; `keepdims` (or `keepdim`) leaves
/// reduced axes with length 1; `out` receives the result. Integers wrap, as in `max - min`. Raises
/// `IndexError` for an axis that is not there, `ValueError` where there are no elements, `TypeError`
/// for bool and complex numbers.
#[pyfunction]
#[pyo3(signature = (x, /, dim=None, keepdim=false, *, axis=None, keepdims=None, out=None))]
fn ptp<'py>(
    py: Python<'py>,
    x: Argument,
    dim: Option<Ints>,
    keepdim: bool,
    axis: Option<Ints>,
    keepdims: Option<bool>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let along = Along::parse(dim, keepdim, axis, keepdims)?;
    let x = x.tensor(py)?;
    into(py, x.nbytes(), out, |out| {
        ops::peak_to_peak(&x, along.axes.as_deref(), along.keepdims, out)
    })
}

#[pymethods]
impl PyTensor {
    /// As `tensorbridge.cov`, with `correction`, `fweights` and `aweights`.
    #[pyo3(signature = (*, correction=None, fweights=None, aweights=None))]
    fn cov(
        &self,
        py: Python<'_>,
        correction: Option<&Bound<'_, PyAny>>,
        fweights: Option<Source>,
        aweights: Option<Source>,
    ) -> PyResult<Self> {
        let correction = self::correction(false, None, correction)?;
        measured(py, self.tensor(), None, None, |x, _| {
            let frequencies = fweights.as_ref().map(|weights| weights.0.tensor());
            let importances = aweights.as_ref().map(|weights| weights.0.tensor());
            ops::covariance(
                x,
                None,
                Covariance { rows: true, correction, frequencies, importances },
            )
        })
    }

    /// As `tensorbridge.corrcoef`.
    fn corrcoef(&self, py: Python<'_>) -> PyResult<Self> {
        measured(py, self.tensor(), None, None, |x, _| ops::correlation(x, None, true))
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(cov, module)?)?;
    module.add_function(wrap_pyfunction!(corrcoef, module)?)?;
    module.add_function(wrap_pyfunction!(average, module)?)?;
    module.add_function(wrap_pyfunction!(ptp, module)?)
}
