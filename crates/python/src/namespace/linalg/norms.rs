//! Norms of vectors and matrices.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyString;
use tensorbridge::ops::linalg::{self, Norm};

use super::{compute, deliver};
use crate::arguments::{Ints, either};
use crate::dtype;
use crate::operand::{Argument, Out, real};
use crate::tensor::PyTensor;

/// Reads `ord=`.
fn order(given: &Bound<'_, PyAny>) -> PyResult<Norm> {
    let Ok(text) = given.cast::<PyString>() else {
        return Ok(Norm::Order(real(given, "ord")?));
    };
    match text.to_str()? {
        "fro" => Ok(Norm::Frobenius),
        "nuc" => Ok(Norm::Nuclear),
        other => Err(PyValueError::new_err(format!(
            "Invalid norm order {other:?} — hint: 'fro', 'nuc' or a number"
        ))),
    }
}

/// Norms of vectors: `sum(abs(x) ** ord) ** (1 / ord)` along `axis`.
///
/// `ord` is a number; infinity is the greatest magnitude, minus infinity the least, and 0 counts
/// what is not 0. `axis` (PyTorch's name: `dim`) is one or several, and `None` all of them. If
/// `keepdims` (`keepdim`), they stay, with length 1. `dtype` is what is computed in; results are
/// real. `out` receives the result. Raises `ValueError` for the infinities of nothing.
#[pyfunction]
#[pyo3(signature = (x, /, ord=None, dim=None, keepdim=false, *, axis=None, keepdims=None, dtype=None, out=None), text_signature = "(x, /, ord=2, dim=None, keepdim=False, *, axis=None, keepdims=None, dtype=None, out=None)")]
#[allow(clippy::too_many_arguments, reason = "the parameters of two worlds")]
fn vector_norm<'py>(
    py: Python<'py>,
    x: Argument<'_>,
    ord: Option<&Bound<'py, PyAny>>,
    dim: Option<Ints>,
    keepdim: bool,
    axis: Option<Ints>,
    keepdims: Option<bool>,
    dtype: Option<&Bound<'py, PyAny>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let order = ord.map_or(Ok(2.0), |ord| real(ord, "ord"))?;
    let axes = either("vector_norm", dim, axis)?;
    let dtype = dtype::parse_optional(dtype)?;
    let x = x.tensor(py)?;
    deliver(py, &[&x], out, || {
        linalg::vector_norm(&x, order, axes.as_deref(), keepdims.unwrap_or(keepdim), dtype)
    })
}

/// Norms of the matrices in two axes.
///
/// `ord` is `"fro"`, the root of the sum of squares; `"nuc"`, the sum of the singular values; 2 and
/// -2, the greatest and the least of them; 1 and -1, the greatest and the least sum of magnitudes
/// of a column; infinity and minus infinity, of a row. `axis` (PyTorch's name: `dim`) is the
/// matrices' two axes, the last ones. If `keepdims` (`keepdim`), they stay, with length 1. `dtype`
/// is what is computed in; results are real. `out` receives the result. Raises `ValueError` for
/// another order.
#[pyfunction]
#[pyo3(signature = (x, /, ord=None, dim=None, keepdim=false, *, axis=None, keepdims=None, dtype=None, out=None), text_signature = "(x, /, ord='fro', dim=(-2, -1), keepdim=False, *, axis=None, keepdims=None, dtype=None, out=None)")]
#[allow(clippy::too_many_arguments, reason = "the parameters of two worlds")]
fn matrix_norm<'py>(
    py: Python<'py>,
    x: Argument<'_>,
    ord: Option<&Bound<'py, PyAny>>,
    dim: Option<Ints>,
    keepdim: bool,
    axis: Option<Ints>,
    keepdims: Option<bool>,
    dtype: Option<&Bound<'py, PyAny>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let order = ord.map_or(Ok(Norm::Frobenius), order)?;
    let axes = match either("matrix_norm", dim, axis)?.as_deref() {
        None => [-2, -1],
        Some(&[rows, columns]) => [rows, columns],
        Some(other) => {
            return Err(PyValueError::new_err(format!(
                "matrix_norm: a matrix has two axes, and {other:?} are given"
            )));
        }
    };
    let dtype = dtype::parse_optional(dtype)?;
    let x = x.tensor(py)?;
    deliver(py, &[&x], out, || {
        linalg::matrix_norm(&x, order, axes, keepdims.unwrap_or(keepdim), dtype)
    })
}

/// A norm of vectors or matrices, as NumPy and PyTorch choose.
///
/// Without `ord` the root of the sum of all squares along `axis` (PyTorch's name: `dim`), or of all
/// elements. With it, of vectors along one axis (`vector_norm`), of matrices along two
/// (`matrix_norm`); without an axis `x` itself must be a vector or a matrix. `keepdims`
/// (`keepdim`), `dtype` and `out` as there.
#[pyfunction]
#[pyo3(signature = (x, /, ord=None, dim=None, keepdim=false, *, axis=None, keepdims=None, dtype=None, out=None))]
#[allow(clippy::too_many_arguments, reason = "the parameters of two worlds")]
fn norm<'py>(
    py: Python<'py>,
    x: Argument<'_>,
    ord: Option<&Bound<'py, PyAny>>,
    dim: Option<Ints>,
    keepdim: bool,
    axis: Option<Ints>,
    keepdims: Option<bool>,
    dtype: Option<&Bound<'py, PyAny>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let order = ord.map(order).transpose()?;
    let axes = either("norm", dim, axis)?;
    if axes.as_ref().is_some_and(|axes| axes.len() > 2) && order.is_some() {
        return Err(PyValueError::new_err(
            "norm: with an order, name one axis of vectors or two of matrices",
        ));
    }
    let dtype = dtype::parse_optional(dtype)?;
    let x = x.tensor(py)?;
    deliver(py, &[&x], out, || {
        linalg::norm(&x, order, axes.as_deref(), keepdims.unwrap_or(keepdim), dtype)
    })
}

/// How much solutions magnify errors: a norm of the matrices times that of their inverses.
///
/// `p` is an order of `matrix_norm`, and 2, the greatest by the least singular value, if it is
/// `None`. Infinite for singular matrices. `out` receives the result. Raises `ShapeError` where an
/// inverse is needed and the matrices are not square, `LinAlgError` for matrices of no elements.
#[pyfunction]
#[pyo3(signature = (x, /, p=None, *, out=None))]
fn cond<'py>(
    py: Python<'py>,
    x: Argument<'_>,
    p: Option<&Bound<'py, PyAny>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let order = p.map_or(Ok(Norm::Order(2.0)), order)?;
    let x = x.tensor(py)?;
    deliver(py, &[&x], out, || linalg::cond(&x, order))
}

/// PyTorch's `p`: `"fro"` is the root of the sum of squares along any axes.
fn exponent(p: Option<&Bound<'_, PyAny>>) -> PyResult<f64> {
    let Some(p) = p else { return Ok(2.0) };
    match order(p)? {
        Norm::Order(order) => Ok(order),
        Norm::Frobenius => Ok(2.0),
        Norm::Nuclear => Err(PyTypeError::new_err(
            "norm: 'nuc' is a norm of matrices — hint: `tb.linalg.matrix_norm(t, 'nuc')`",
        )),
    }
}

#[pymethods]
impl PyTensor {
    /// `sum(abs(t) ** p) ** (1 / p)` along `dim`, or of all elements; as
    /// `tensorbridge.linalg.vector_norm`. If `keepdim`, the axes stay, with length 1; `dtype` is
    /// what is computed in.
    #[pyo3(signature = (p=None, dim=None, keepdim=false, dtype=None), text_signature = "($self, p=2, dim=None, keepdim=False, dtype=None)")]
    fn norm(
        &self,
        py: Python<'_>,
        p: Option<&Bound<'_, PyAny>>,
        dim: Option<Ints>,
        keepdim: bool,
        dtype: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let order = exponent(p)?;
        let dtype = dtype::parse_optional(dtype)?;
        let x = self.tensor();
        compute(py, &[x], || linalg::vector_norm(x, order, dim.as_deref(), keepdim, dtype))
            .map(Self::new)
    }
}

/// `sum(abs(input) ** p) ** (1 / p)` along `dim`, or of all elements: PyTorch's older name of
/// `tensorbridge.linalg.vector_norm`.
///
/// If `keepdim`, the axes stay, with length 1. `dtype` is what is computed in. `out` receives the
/// result.
#[pyfunction(name = "norm")]
#[pyo3(signature = (input, p=None, dim=None, keepdim=false, out=None, dtype=None), text_signature = "(input, p=2, dim=None, keepdim=False, out=None, dtype=None)")]
fn flat_norm<'py>(
    py: Python<'py>,
    input: Argument<'_>,
    p: Option<&Bound<'py, PyAny>>,
    dim: Option<Ints>,
    keepdim: bool,
    out: Option<Out<'py>>,
    dtype: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let order = exponent(p)?;
    let dtype = dtype::parse_optional(dtype)?;
    let x = input.tensor(py)?;
    deliver(py, &[&x], out, || linalg::vector_norm(&x, order, dim.as_deref(), keepdim, dtype))
}

pub(super) fn register(top: &Bound<'_, PyModule>, module: &Bound<'_, PyModule>) -> PyResult<()> {
    top.add_function(wrap_pyfunction!(flat_norm, top)?)?;
    module.add_function(wrap_pyfunction!(vector_norm, module)?)?;
    module.add_function(wrap_pyfunction!(matrix_norm, module)?)?;
    module.add_function(wrap_pyfunction!(norm, module)?)?;
    module.add_function(wrap_pyfunction!(cond, module)?)
}
