//! Searching what is in order, and questions of membership: `searchsorted`, `isin`, and theirs.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use tensorbridge::exchange::Reason;
use tensorbridge::ops::{self, Operand, indexing};
use tensorbridge::{DType, Result, Tensor, transfer};

use super::options::Options;
use crate::arguments::tensor;
use crate::enter::{enter, enter_detached};
use crate::operand::{self, Out};
use crate::tensor::PyTensor;

/// An operand, or what can become a tensor.
fn values<'a>(object: &'a Bound<'_, PyAny>, operation: &'static str) -> PyResult<Operand<'a>> {
    match operand::parse(object.as_borrowed())? {
        Some(operand) => Ok(operand),
        None => tensor(object, operation).map(Operand::from),
    }
}

/// Searching looks at a line as often as it has bits.
fn weight(values: &Operand<'_>, line: &Tensor) -> usize {
    let count = values.tensor().map_or(1, Tensor::count);
    count.saturating_mul(64).max(line.nbytes())
}

fn search<'py>(
    py: Python<'py>,
    line: &Tensor,
    sought: &Operand<'_>,
    right: bool,
    sorter: Option<&Tensor>,
    short: bool,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let into = out.as_ref().map(|out| &out.tensor);
    let places = enter_detached(py, weight(sought, line), || -> Result<Tensor> {
        let places = ops::search_sorted(line, sought, right, sorter, into)?;
        if !short || into.is_some() {
            return Ok(places);
        }
        let reason = Reason::Cast { from: DType::Int64, to: DType::Int32 };
        transfer::cast(&places, DType::Int32, "searchsorted", reason)
    })?;
    match out {
        Some(out) => Ok(out.into_object()),
        None => Ok(PyTensor::new(places).into_pyobject(py)?.into_any()),
    }
}

/// Whether to search behind equal elements: `side=`, or PyTorch's `right=`.
fn side(side: Option<&str>, right: Option<bool>) -> PyResult<bool> {
    let named = match side {
        None => None,
        Some("left") => Some(false),
        Some("right") => Some(true),
        Some(other) => {
            return Err(PyValueError::new_err(format!(
                "searchsorted(): side can only be 'left' or 'right' but got {other}"
            )));
        }
    };
    match (named, right) {
        (Some(false), Some(true)) => Err(PyValueError::new_err(
            "searchsorted(): side and right can't be set to opposites, got side of left while right was True",
        )),
        (named, right) => Ok(named.or(right).unwrap_or(false)),
    }
}

/// Where in `x1`, which is in ascending order, the elements of `x2` would stand: a fresh `int64`
/// tensor of the shape of `x2`.
///
/// With `side="left"`, the default, in front of the elements that are equal, with `side="right"`
/// (or `right=True`) behind them. `x1` has one axis, or several, and then its lines serve those
/// of `x2`, which has the same other axes. `x2` may be a number. `sorter` has the indices that put
/// `x1` in order, as `argsort` gives them. NaN is greater than any number, as in `sort`. Integers
/// are compared with floats in `float64`. `out_int32` makes the result `int32`; `out` receives it.
///
/// Raises `ShapeError` for shapes that do not fit, `IndexError` for a `sorter` out of bounds,
/// `TypeError` for dtypes that do not promote.
#[pyfunction]
#[pyo3(signature = (x1, x2, /, *, side=None, sorter=None, right=None, out_int32=false, out=None))]
fn searchsorted<'py>(
    x1: &Bound<'py, PyAny>,
    x2: &Bound<'py, PyAny>,
    side: Option<&str>,
    sorter: Option<&Bound<'py, PyAny>>,
    right: Option<bool>,
    out_int32: bool,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let line = tensor(x1, "searchsorted")?;
    let sorter = sorter.map(|sorter| tensor(sorter, "searchsorted")).transpose()?;
    let right = self::side(side, right)?;
    let sought = values(x2, "searchsorted")?;
    search(x1.py(), &line, &sought, right, sorter.as_ref(), out_int32, out)
}

/// The number of the bin that each element of `input`, a tensor or a number, falls into, where
/// `boundaries`, of one axis, lie between the bins in ascending order: a fresh `int64` tensor.
///
/// A boundary belongs to the bin below it, or with `right` to the one above. `out_int32` makes the
/// result `int32`; `out` receives it. As `searchsorted(boundaries, input)`.
#[pyfunction]
#[pyo3(signature = (input, boundaries, *, out_int32=false, right=false, out=None))]
fn bucketize<'py>(
    input: &Bound<'py, PyAny>,
    boundaries: &Bound<'py, PyAny>,
    out_int32: bool,
    right: bool,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (line, sought) = (tensor(boundaries, "bucketize")?, values(input, "bucketize")?);
    search(input.py(), &line, &sought, right, None, out_int32, out)
}

/// The number of the bin that each element of `x` falls into, where `bins`, of one axis, has the
/// edges in ascending or descending order: a fresh `int64` tensor of the shape of `x`.
///
/// Bin 0 is in front of the first edge. A bin holds its lower edge, or with `right` its upper one.
///
/// Raises `ValueError` for edges that both ascend and descend.
#[pyfunction]
#[pyo3(signature = (x, bins, right=false))]
fn digitize(x: &Bound<'_, PyAny>, bins: &Bound<'_, PyAny>, right: bool) -> PyResult<PyTensor> {
    let (line, sought) = (tensor(bins, "digitize")?, values(x, "digitize")?);
    enter_detached(x.py(), weight(&sought, &line), || ops::digitize(&line, &sought, right))
        .map(PyTensor::new)
}

/// Whether each element of `x1` equals an element of `x2`, or with `invert` none: a fresh `bool`
/// tensor of the shape of `x1`.
///
/// One of the two may be a number. NaN equals nothing. Integers are compared with floats in
/// `float64`. `assume_unique` changes nothing. Raises `TypeError` for dtypes that do not promote.
#[pyfunction]
#[pyo3(signature = (x1, x2, /, *, invert=false, assume_unique=false))]
fn isin(
    x1: &Bound<'_, PyAny>,
    x2: &Bound<'_, PyAny>,
    invert: bool,
    assume_unique: bool,
) -> PyResult<PyTensor> {
    let _ = assume_unique;
    let (sought, among) = (values(x1, "isin")?, values(x2, "isin")?);
    let bytes = |operand: &Operand<'_>| operand.tensor().map_or(0, Tensor::nbytes);
    let bytes = bytes(&sought).max(bytes(&among)).saturating_mul(8);
    enter_detached(x1.py(), bytes, || ops::is_in(&sought, &among, invert)).map(PyTensor::new)
}

/// Where the elements of the flattened `x` are that are not 0: a fresh `int64` tensor of one axis.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn flatnonzero(x: &Bound<'_, PyAny>) -> PyResult<PyTensor> {
    let (py, x) = (x.py(), tensor(x, "flatnonzero")?);
    enter_detached(py, x.nbytes(), || indexing::flat_nonzero(&x)).map(PyTensor::new)
}

/// The places of a triangle, as the two rows of a tensor.
fn triangle<'py>(
    py: Python<'py>,
    function: &'static str,
    sides: (isize, Option<isize>, isize),
    upper: bool,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = Options::parse(function, options)?;
    let (dtype, device) = (options.dtype_or(DType::Int64), options.device());
    let (rows, columns, offset) = sides;
    let places = enter(py, || {
        let places = ops::triangle(rows, columns.unwrap_or(rows), offset, upper)?;
        let reason = Reason::Cast { from: DType::Int64, to: dtype };
        transfer::to_device(
            &transfer::cast(&places, dtype, "triangle", reason)?,
            device,
            "triangle",
        )
    })?;
    options.finish(py, places)
}

/// The places of the lower triangle of a matrix of `row` rows and `col` columns, as many by
/// default: a fresh tensor of two rows, the row numbers and the column numbers, in C order.
///
/// The triangle ends at the diagonal `offset` above the main one. `options`: `dtype`, by default
/// `int64`, `device`. `x[tuple(tb.tril_indices(n))]` picks these elements of `x`.
#[pyfunction]
#[pyo3(signature = (row, col=None, offset=0, **options))]
fn tril_indices<'py>(
    py: Python<'py>,
    row: isize,
    col: Option<isize>,
    offset: isize,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    triangle(py, "tril_indices", (row, col, offset), false, options)
}

/// The places of the upper triangle of a matrix of `row` rows and `col` columns, as many by
/// default: a fresh tensor of two rows, the row numbers and the column numbers, in C order.
///
/// The triangle begins at the diagonal `offset` above the main one. `options`: `dtype`, by default
/// `int64`, `device`.
#[pyfunction]
#[pyo3(signature = (row, col=None, offset=0, **options))]
fn triu_indices<'py>(
    py: Python<'py>,
    row: isize,
    col: Option<isize>,
    offset: isize,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    triangle(py, "triu_indices", (row, col, offset), true, options)
}

#[pymethods]
impl PyTensor {
    /// Where in this tensor, which is in ascending order, the elements of `values` would stand, as
    /// `tensorbridge.searchsorted` finds with `side`, `right` and `sorter`.
    #[pyo3(signature = (values, *, side=None, sorter=None, right=None))]
    fn searchsorted<'py>(
        slf: &Bound<'py, Self>,
        values: &Bound<'py, PyAny>,
        side: Option<&str>,
        sorter: Option<&Bound<'py, PyAny>>,
        right: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        searchsorted(slf, values, side, sorter, right, false, None)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(searchsorted, module)?)?;
    module.add_function(wrap_pyfunction!(bucketize, module)?)?;
    module.add_function(wrap_pyfunction!(digitize, module)?)?;
    module.add_function(wrap_pyfunction!(isin, module)?)?;
    module.add_function(wrap_pyfunction!(flatnonzero, module)?)?;
    module.add_function(wrap_pyfunction!(tril_indices, module)?)?;
    module.add_function(wrap_pyfunction!(triu_indices, module)?)
}
