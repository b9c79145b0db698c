//! Equality up to rounding, and of whole tensors: `isclose`, `allclose`, `array_equal`.

use pyo3::prelude::*;
use tensorbridge::ops::{self, Operand, Tolerance};

use super::elementwise::fresh;
use crate::enter::enter_detached;
use crate::operand::{Argument, real};
use crate::tensor::PyTensor;

/// The keywords `rtol=`, `atol=` and `equal_nan=`.
fn tolerance(
    rtol: Option<&Bound<'_, PyAny>>,
    atol: Option<&Bound<'_, PyAny>>,
    equal_nan: bool,
) -> PyResult<Tolerance> {
    let relative = rtol.map_or(Ok(1e-5), |rtol| real(rtol, "rtol"))?;
    let absolute = atol.map_or(Ok(1e-8), |atol| real(atol, "atol"))?;
    Ok(Tolerance { relative, absolute, equal_nan })
}

fn bytes(operands: [&Operand; 2]) -> usize {
    let one = |operand: &Operand| match operand {
        Operand::Tensor(tensor) => tensor.nbytes(),
        Operand::PythonScalar(_) => 0,
    };
    operands.into_iter().map(one).sum()
}

fn all_equal(py: Python<'_>, a: Operand, b: Operand) -> PyResult<bool> {
    enter_detached(py, bytes([&a, &b]), || ops::all_equal(a, b))
}

fn all_close(py: Python<'_>, a: Operand, b: Operand, tolerance: Tolerance) -> PyResult<bool> {
    enter_detached(py, bytes([&a, &b]), || ops::all_close(a, b, tolerance))
}

fn is_close(
    py: Python<'_>,
    a: Operand,
    b: Operand,
    tolerance: Tolerance,
) -> PyResult<tensorbridge::Tensor> {
    enter_detached(py, bytes([&a, &b]), || ops::is_close(a, b, tolerance))
}

/// Whether each pair of elements differs by no more than `atol + rtol * abs(x2)`.
///
/// `x1` and `x2`, tensors, ndarrays or numbers, are broadcast and promoted together. An infinity
/// is close to itself alone, and NaN to NaN if `equal_nan`. The result is a fresh `bool` tensor.
///
/// Raises `ValueError` for a tolerance below zero, `ShapeError` for shapes that do not broadcast.
#[pyfunction]
#[pyo3(
    signature = (x1, x2, /, rtol=None, atol=None, equal_nan=false),
    text_signature = "(x1, x2, /, rtol=1e-05, atol=1e-08, equal_nan=False)"
)]
fn isclose<'py>(
    py: Python<'py>,
    x1: Argument,
    x2: Argument,
    rtol: Option<&Bound<'py, PyAny>>,
    atol: Option<&Bound<'py, PyAny>>,
    equal_nan: bool,
) -> PyResult<Bound<'py, PyAny>> {
    fresh(py, is_close(py, x1.0, x2.0, tolerance(rtol, atol, equal_nan)?)?)
}

/// Whether `isclose(x1, x2, rtol, atol, equal_nan)` is true of all elements: a Python `bool`.
///
/// Raises `ValueError` for a tolerance below zero, `ShapeError` for shapes that do not broadcast.
#[pyfunction]
#[pyo3(
    signature = (x1, x2, /, rtol=None, atol=None, equal_nan=false),
    text_signature = "(x1, x2, /, rtol=1e-05, atol=1e-08, equal_nan=False)"
)]
fn allclose<'py>(
    py: Python<'py>,
    x1: Argument,
    x2: Argument,
    rtol: Option<&Bound<'py, PyAny>>,
    atol: Option<&Bound<'py, PyAny>>,
    equal_nan: bool,
) -> PyResult<bool> {
    all_close(py, x1.0, x2.0, tolerance(rtol, atol, equal_nan)?)
}

/// Whether two tensors, ndarrays or numbers have one shape and equal elements: a Python `bool`.
///
/// Dtypes are promoted together. NaN equals nothing. PyTorch calls it `equal`, which is also the
/// name of the method; the function `equal` answers element by element.
#[pyfunction]
#[pyo3(signature = (x1, x2, /))]
fn array_equal(py: Python<'_>, x1: Argument, x2: Argument) -> PyResult<bool> {
    all_equal(py, x1.0, x2.0)
}

#[pymethods]
impl PyTensor {
    /// Whether `other` has this shape and equal elements: a Python `bool`.
    ///
    /// The function `equal` of the Array API answers element by element, as `==` does.
    fn equal(&self, py: Python<'_>, other: Argument) -> PyResult<bool> {
        all_equal(py, self.tensor().into(), other.0)
    }

    /// Whether each element differs from that of `other` by at most `atol + rtol * abs(other)`, or
    /// both are NaN and `equal_nan`: a fresh `bool` tensor. As `tensorbridge.isclose`.
    #[pyo3(
        signature = (other, rtol=None, atol=None, equal_nan=false),
        text_signature = "($self, other, rtol=1e-05, atol=1e-08, equal_nan=False)"
    )]
    fn isclose(
        &self,
        py: Python<'_>,
        other: Argument,
        rtol: Option<&Bound<'_, PyAny>>,
        atol: Option<&Bound<'_, PyAny>>,
        equal_nan: bool,
    ) -> PyResult<Self> {
        let tolerance = tolerance(rtol, atol, equal_nan)?;
        is_close(py, self.tensor().into(), other.0, tolerance).map(Self::new)
    }

    /// Whether `isclose(other, rtol, atol, equal_nan)` is true of all elements: a Python `bool`.
    #[pyo3(
        signature = (other, rtol=None, atol=None, equal_nan=false),
        text_signature = "($self, other, rtol=1e-05, atol=1e-08, equal_nan=False)"
    )]
    fn allclose(
        &self,
        py: Python<'_>,
        other: Argument,
        rtol: Option<&Bound<'_, PyAny>>,
        atol: Option<&Bound<'_, PyAny>>,
        equal_nan: bool,
    ) -> PyResult<bool> {
        all_close(py, self.tensor().into(), other.0, tolerance(rtol, atol, equal_nan)?)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(isclose, module)?)?;
    module.add_function(wrap_pyfunction!(allclose, module)?)?;
    module.add_function(wrap_pyfunction!(array_equal, module)?)
}
