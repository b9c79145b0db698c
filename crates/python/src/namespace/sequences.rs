//! Sequences at equal ratios, powers side by side, and every choice of several elements.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use tensorbridge::{DType, Device, Result, Scalar, Tensor, ops};

use super::options::{Options, length};
use crate::arguments::Source;
use crate::enter::enter_detached;
use crate::operand::{number, real};
use crate::tensor::PyTensor;

/// What `stop` and `num` mean, under PyTorch's names `end` and `steps`, too.
fn ends<'py>(
    function: &str,
    start: &Bound<'py, PyAny>,
    stop: Option<&Bound<'py, PyAny>>,
    num: Option<isize>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<([Scalar; 2], usize)> {
    let named = |name: &str| -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(keywords) = keywords else { return Ok(None) };
        let value = keywords.get_item(name)?;
        if value.is_some() {
            keywords.del_item(name)?;
        }
        Ok(value)
    };
    let steps = named("steps")?.map(|steps| steps.extract::<isize>()).transpose()?;
    let Some(stop) = stop.cloned().or(named("end")?) else {
        return Err(PyTypeError::new_err(format!("{function}() needs a start and a stop")));
    };
    let count = length(num.or(steps).unwrap_or(50), "number of steps")?;
    Ok(([number(start, "start")?, number(&stop, "stop")?], count))
}

fn made<'py>(
    py: Python<'py>,
    options: Options<'py>,
    count: usize,
    make: impl FnOnce(DType, Device) -> Result<Tensor> + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let (dtype, device) = (options.float(), options.device());
    let tensor = enter_detached(py, count.saturating_mul(64), || make(dtype, device))?;
    options.finish(py, tensor)
}

/// `base` to the power of `num` numbers from `start` to `stop` at equal distances.
///
/// `stop` is the last exponent, or with `endpoint=False` the one after. Computed in `float64`; `dtype`
/// is the default floating-point dtype, `device` the host. PyTorch's name for `num` is `steps`, for
/// `stop` `end`. Raises `TypeError` for complex numbers.
#[pyfunction]
#[pyo3(
    signature = (start, stop=None, num=None, endpoint=None, base=None, **keywords),
    text_signature = "(start, stop, num=50, endpoint=True, base=10.0, *, dtype=None, device=None, **options)"
)]
#[allow(clippy::too_many_arguments)]
fn logspace<'py>(
    py: Python<'py>,
    start: &Bound<'py, PyAny>,
    stop: Option<&Bound<'py, PyAny>>,
    num: Option<isize>,
    endpoint: Option<&Bound<'py, PyAny>>,
    base: Option<&Bound<'py, PyAny>>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (ends, count) = ends("logspace", start, stop, num, keywords)?;
    let options = Options::parse("logspace", keywords)?;
    // PyTorch's fourth parameter is the base, which is no bool.
    let (endpoint, base) = match endpoint {
        Some(given) if !given.is_instance_of::<pyo3::types::PyBool>() && base.is_none() => {
            (true, real(given, "base")?)
        }
        endpoint => (
            endpoint.map_or(Ok(true), |given| given.is_truthy())?,
            base.map_or(Ok(10.0), |base| real(base, "base"))?,
        ),
    };
    made(py, options, count, |dtype, device| {
        ops::logspace(ends, count, endpoint, base, dtype, device)
    })
}

/// `num` numbers from `start` to `stop` at equal ratios; both ends are exact.
///
/// `stop` is the last of them, or with `endpoint=False` the one after. Computed in `float64`; `dtype`
/// is the default floating-point dtype, `device` the host. Raises `ValueError` where an end is 0 or
/// the signs differ, `TypeError` for complex numbers.
#[pyfunction]
#[pyo3(
    signature = (start, stop=None, num=None, endpoint=true, **keywords),
    text_signature = "(start, stop, num=50, endpoint=True, *, dtype=None, device=None, **options)"
)]
fn geomspace<'py>(
    py: Python<'py>,
    start: &Bound<'py, PyAny>,
    stop: Option<&Bound<'py, PyAny>>,
    num: Option<isize>,
    endpoint: bool,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (ends, count) = ends("geomspace", start, stop, num, keywords)?;
    let options = Options::parse("geomspace", keywords)?;
    made(py, options, count, |dtype, device| ops::geomspace(ends, count, endpoint, dtype, device))
}

/// The matrix of the powers of a vector's elements, a row for each.
///
/// `N` is the number of columns, as many as rows by default; exponents fall to 0, or with
/// `increasing` rise from it. Fresh, of the dtype of `x`; of bool `int64`. Raises `ShapeError` unless
/// `x` is a vector.
#[pyfunction]
#[pyo3(signature = (x, /, N=None, increasing=false))]
#[allow(non_snake_case)]
fn vander(py: Python<'_>, x: Source, N: Option<isize>, increasing: bool) -> PyResult<PyTensor> {
    let x = x.0.tensor();
    let count = N.map_or(Ok(x.count()), |count| length(count, "N"))?;
    enter_detached(py, x.nbytes().saturating_mul(count), || ops::vandermonde(x, count, increasing))
        .map(PyTensor::new)
}

/// Every choice of `r` elements of the vector `x`, in order of their places, each a row.
///
/// `with_replacement` lets an element be chosen more than once. Fresh. Raises `ShapeError` unless
/// `x` is a vector, `ValueError` for a negative `r`, `MemoryError` for more choices than memory.
#[pyfunction]
#[pyo3(signature = (x, /, r=2, with_replacement=false))]
fn combinations(py: Python<'_>, x: Source, r: isize, with_replacement: bool) -> PyResult<PyTensor> {
    let size = length(r, "r")?;
    enter_detached(py, usize::MAX, || ops::combinations(x.0.tensor(), size, with_replacement))
        .map(PyTensor::new)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(logspace, module)?)?;
    module.add_function(wrap_pyfunction!(geomspace, module)?)?;
    module.add_function(wrap_pyfunction!(vander, module)?)?;
    module.add_function(wrap_pyfunction!(combinations, module)?)
}
