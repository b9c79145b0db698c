//! Matrices as products of simpler ones.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use tensorbridge::ops::linalg;

use super::{compute, deliver};
use crate::named::named;
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;

/// The triangular factor of Hermitian positive definite matrices.
///
/// `x == L @ L.mH`, or, if `upper`, `x == U.mH @ U`; only that triangle of `x` is read. `out`
/// receives the result. Raises `ShapeError` unless the matrices are square, `LinAlgError` unless
/// they are positive definite.
#[pyfunction]
#[pyo3(signature = (x, /, *, upper=false, out=None))]
fn cholesky<'py>(
    py: Python<'py>,
    x: Argument<'_>,
    upper: bool,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let x = x.tensor(py)?;
    deliver(py, &[&x], out, || linalg::cholesky(&x, upper))
}

/// Whether `UPLO` names the upper triangle.
fn is_upper(triangle: &str) -> PyResult<bool> {
    match triangle {
        "L" | "l" => Ok(false),
        "U" | "u" => Ok(true),
        other => {
            Err(PyValueError::new_err(format!("UPLO argument must be 'L' or 'U', not {other:?}")))
        }
    }
}

/// Eigenvalues in ascending order and eigenvectors of symmetric or Hermitian matrices.
///
/// The named tuple `(eigenvalues, eigenvectors)`: real values, and orthonormal vectors in the
/// columns. `UPLO` says whether the lower (`"L"`) or the upper (`"U"`) triangle of `x` is read.
/// Raises `ShapeError` unless the matrices are square, `LinAlgError` where an element is not
/// finite.
#[pyfunction]
#[pyo3(signature = (x, /, UPLO="L"))]
#[allow(non_snake_case, reason = "the name in NumPy and PyTorch")]
fn eigh<'py>(py: Python<'py>, x: Argument<'_>, UPLO: &str) -> PyResult<Bound<'py, PyAny>> {
    let (x, upper) = (x.tensor(py)?, is_upper(UPLO)?);
    let found = compute(py, &[&x], || linalg::eigh(&x, upper))?;
    named(py, "EighResult", [found.values, found.vectors])
}

/// Eigenvalues of symmetric or Hermitian matrices, in ascending order.
///
/// `UPLO` says whether the lower (`"L"`) or the upper (`"U"`) triangle of `x` is read. `out`
/// receives the result. Raises as `tensorbridge.linalg.eigh`.
#[pyfunction]
#[pyo3(signature = (x, /, UPLO="L", *, out=None))]
#[allow(non_snake_case, reason = "the name in NumPy and PyTorch")]
fn eigvalsh<'py>(
    py: Python<'py>,
    x: Argument<'_>,
    UPLO: &str,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (x, upper) = (x.tensor(py)?, is_upper(UPLO)?);
    deliver(py, &[&x], out, || linalg::eigvalsh(&x, upper))
}

/// Eigenvalues and eigenvectors of any square matrices.
///
/// The named tuple `(eigenvalues, eigenvectors)`: both complex, the values in no order, the
/// vectors of length 1 in the columns. Raises `ShapeError` unless the matrices are square,
/// `LinAlgError` where an element is not finite.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn eig<'py>(py: Python<'py>, x: Argument<'_>) -> PyResult<Bound<'py, PyAny>> {
    let x = x.tensor(py)?;
    let found = compute(py, &[&x], || linalg::eig(&x))?;
    named(py, "EigResult", [found.values, found.vectors])
}

/// Eigenvalues of any square matrices: complex, in no order.
///
/// `out` receives the result. Raises as `tensorbridge.linalg.eig`.
#[pyfunction]
#[pyo3(signature = (x, /, *, out=None))]
fn eigvals<'py>(
    py: Python<'py>,
    x: Argument<'_>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let x = x.tensor(py)?;
    deliver(py, &[&x], out, || linalg::eigvals(&x))
}

/// The singular value decomposition: `x == U @ diag(S) @ Vh`.
///
/// The named tuple `(U, S, Vh)`: orthonormal columns, real values in descending order,
/// orthonormal rows. If `full_matrices`, `U` and `Vh` are square; else they have as many columns
/// and rows as there are values. Raises `ShapeError` for fewer than two axes, `LinAlgError` where
/// an element is not finite.
#[pyfunction]
#[pyo3(signature = (x, /, full_matrices=true))]
fn svd<'py>(py: Python<'py>, x: Argument<'_>, full_matrices: bool) -> PyResult<Bound<'py, PyAny>> {
    let x = x.tensor(py)?;
    let found = compute(py, &[&x], || linalg::svd(&x, full_matrices))?;
    named(py, "SVDResult", [found.u, found.s, found.vh])
}

/// The singular values, in descending order.
///
/// `out` receives the result. Raises as `tensorbridge.linalg.svd`.
#[pyfunction]
#[pyo3(signature = (x, /, *, out=None))]
fn svdvals<'py>(
    py: Python<'py>,
    x: Argument<'_>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let x = x.tensor(py)?;
    deliver(py, &[&x], out, || linalg::svdvals(&x))
}

/// The decomposition `x == Q @ R` into orthonormal columns and an upper triangular matrix.
///
/// The named tuple `(Q, R)`. `mode` is `"reduced"`, with as many columns in `Q` as the shorter side
/// is long, `"complete"`, with a square `Q`, or `"r"`: the reduced `R` alone, beside an empty `Q`.
/// Raises `ShapeError` for fewer than two axes, `ValueError` for another mode.
#[pyfunction]
#[pyo3(signature = (x, /, mode="reduced"))]
fn qr<'py>(py: Python<'py>, x: Argument<'_>, mode: &str) -> PyResult<Bound<'py, PyAny>> {
    let x = x.tensor(py)?;
    let (q, r) = match mode {
        "reduced" | "complete" => compute(py, &[&x], || linalg::qr(&x, mode == "complete"))?,
        "r" => compute(py, &[&x], || {
            let r = linalg::qr_r(&x)?;
            Ok((
                tensorbridge::ops::creation::full(
                    &[0],
                    tensorbridge::Scalar::Int(0),
                    r.dtype(),
                    r.device(),
                )?,
                r,
            ))
        })?,
        other => {
            return Err(PyValueError::new_err(format!(
                "qr received unrecognized mode {other:?} but expected one of 'reduced' (default), 'r', or 'complete'"
            )));
        }
    };
    named(py, "QRResult", [q, r])
}

/// The decomposition `x == P @ L @ U` with exchanged rows.
///
/// The named tuple `(P, L, U)`: `P` exchanges rows, `L` has ones on its diagonal and zeros above,
/// `U` has zeros below. Raises `ShapeError` for fewer than two axes.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn lu<'py>(py: Python<'py>, x: Argument<'_>) -> PyResult<Bound<'py, PyAny>> {
    let x = x.tensor(py)?;
    let factors = compute(py, &[&x], || linalg::lu(&x))?;
    named(py, "LUResult", factors)
}

/// The factors of `tensorbridge.linalg.lu` as LAPACK gives them.
///
/// The named tuple `(LU, pivots)`: both factors in one matrix, without the ones, and for each row
/// the one (from 1) that it was exchanged with, one after the other. Raises `ShapeError` for fewer
/// than two axes.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn lu_factor<'py>(py: Python<'py>, x: Argument<'_>) -> PyResult<Bound<'py, PyAny>> {
    let x = x.tensor(py)?;
    let (packed, pivots) = compute(py, &[&x], || linalg::lu_factor(&x))?;
    named(py, "LUFactorResult", [packed, pivots])
}

#[pymethods]
impl PyTensor {
    /// As `tensorbridge.linalg.cholesky`: the lower factor, or the `upper` one.
    #[pyo3(signature = (upper=false))]
    fn cholesky(&self, py: Python<'_>, upper: bool) -> PyResult<Self> {
        compute(py, &[self.tensor()], || linalg::cholesky(self.tensor(), upper)).map(Self::new)
    }
}

pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(cholesky, module)?)?;
    module.add_function(wrap_pyfunction!(eigh, module)?)?;
    module.add_function(wrap_pyfunction!(eigvalsh, module)?)?;
    module.add_function(wrap_pyfunction!(eig, module)?)?;
    module.add_function(wrap_pyfunction!(eigvals, module)?)?;
    module.add_function(wrap_pyfunction!(svd, module)?)?;
    module.add_function(wrap_pyfunction!(svdvals, module)?)?;
    module.add_function(wrap_pyfunction!(qr, module)?)?;
    module.add_function(wrap_pyfunction!(lu, module)?)?;
    module.add_function(wrap_pyfunction!(lu_factor, module)?)
}
