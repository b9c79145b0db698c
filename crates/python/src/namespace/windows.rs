//! Windows, what slides along vectors, and lines between points.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use tensorbridge::ops::{self, Overlap, views};

use crate::arguments::{Ints, Source};
use crate::enter::{enter, enter_detached};
use crate::operand::{Argument, number};
use crate::tensor::PyTensor;

/// Windows that slide along axes, their elements in new axes at the end: a view.
///
/// `window_shape` is the lengths of the windows, one for each `axis`, or for each of all axes. The
/// view is read-only, for windows overlap; `writeable` leaves it as `x` is, as far as memory that
/// meets itself may be written at all. Raises `ValueError` for windows that do not fit, `IndexError`
/// for an axis that is not there.
#[pyfunction]
#[pyo3(signature = (x, /, window_shape, axis=None, *, writeable=false))]
fn sliding_window_view(
    py: Python<'_>,
    x: Source,
    window_shape: Ints,
    axis: Option<Ints>,
    writeable: bool,
) -> PyResult<PyTensor> {
    enter(py, || ops::sliding_windows(x.0.tensor(), &window_shape, axis.as_deref(), writeable))
        .map(PyTensor::new)
}

/// Windows of `size` elements along axis `dimension`, `step` apart, as a last axis: a view.
///
/// As `Tensor.unfold`. Raises `RuntimeError` for a window longer than the axis.
#[pyfunction]
#[pyo3(signature = (x, /, dimension, size, step))]
fn unfold(
    py: Python<'_>,
    x: Source,
    dimension: isize,
    size: isize,
    step: isize,
) -> PyResult<PyTensor> {
    enter(py, || views::unfold(x.0.tensor(), dimension, size, step)).map(PyTensor::new)
}

fn overlap(mode: &str) -> PyResult<Overlap> {
    match mode {
        "full" => Ok(Overlap::Full),
        "same" => Ok(Overlap::Same),
        "valid" => Ok(Overlap::Valid),
        other => Err(PyValueError::new_err(format!(
            "there is no mode {other:?} — hint: \"full\", \"same\" or \"valid\""
        ))),
    }
}

/// Function of each way to slide one vector along another.
macro_rules! sliding {
    ($($(#[doc = $doc:literal])+ $name:ident = $mode:literal $signature:literal;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// `mode` says how much is kept: `"full"` wherever they overlap, `"same"` as much as the
            /// longer one, `"valid"` where the shorter one lies within the longer. Fresh. Raises
            /// `ShapeError` unless both are vectors, `ValueError` where one has no elements.
            #[pyfunction]
            #[pyo3(
                signature = (a, v, /, mode=$mode),
                text_signature = $signature
            )]
            fn $name(py: Python<'_>, a: Source, v: Source, mode: &str) -> PyResult<PyTensor> {
                let (a, v, overlap) = (a.0.tensor(), v.0.tensor(), overlap(mode)?);
                let work = a.nbytes().saturating_mul(v.count());
                enter_detached(py, work, || ops::$name(a, v, overlap)).map(PyTensor::new)
            }
        )+

        fn register_sliding(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

sliding! {
    /// The sums of the products of the elements of the vectors `a` and `v` whose places make a number:
    /// of polynomials, the coefficients of the product.
    convolve = "full" "(a, v, /, mode='full')";
    /// The sums of the products of the elements of the vector `a` and of `v` conjugated, for every
    /// shift.
    correlate = "valid" "(a, v, /, mode='valid')";
}

/// At `x` the function that is linear between the points `(xp, fp)`, whose `xp` ascend.
///
/// Beyond them it is `left` and `right`, by default the first and the last of `fp`. Fresh, computed
/// in `float64`; of the dtype of `x` and `fp`, of integers the default one. Raises `ShapeError` unless
/// `xp` and `fp` are vectors of one length, `ValueError` where they are empty.
#[pyfunction]
#[pyo3(signature = (x, xp, fp, /, left=None, right=None))]
fn interp(
    py: Python<'_>,
    x: Argument<'_>,
    xp: Source,
    fp: Source,
    left: Option<&Bound<'_, PyAny>>,
    right: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyTensor> {
    let left = left.map(|left| number(left, "left")).transpose()?;
    let right = right.map(|right| number(right, "right")).transpose()?;
    let bytes = x.0.tensor().map_or(0, tensorbridge::Tensor::nbytes).saturating_mul(16);
    enter_detached(py, bytes, || ops::interpolate(x.0, xp.0.tensor(), fp.0.tensor(), left, right))
        .map(PyTensor::new)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_sliding(module)?;
    module.add_function(wrap_pyfunction!(sliding_window_view, module)?)?;
    module.add_function(wrap_pyfunction!(unfold, module)?)?;
    module.add_function(wrap_pyfunction!(interp, module)?)
}
