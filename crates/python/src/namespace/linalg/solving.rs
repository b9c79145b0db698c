//! Systems of equations, inverses, determinants and ranks.

use pyo3::prelude::*;
use tensorbridge::op::Unary;
use tensorbridge::ops::{self, linalg};
use tensorbridge::{Error, Result, Tensor};

use super::{compute, cutoff, deliver};
use crate::named::named;
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;

/// The solution `x` of `x1 @ x == x2`, or, unless `left`, of `x @ x1 == x2`.
///
/// `x1` is square. An `x2` of one axis is one right side for all matrices; else its last two axes
/// are several. `out` receives the result. Raises `ShapeError` where shapes do not fit,
/// `LinAlgError` for singular matrices.
#[pyfunction]
#[pyo3(signature = (x1, x2, /, *, left=true, out=None))]
fn solve<'py>(
    py: Python<'py>,
    x1: Argument<'_>,
    x2: Argument<'_>,
    left: bool,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (a, b) = (x1.tensor(py)?, x2.tensor(py)?);
    deliver(py, &[&a, &b], out, || linalg::solve(&a, &b, left))
}

/// The solution `x` of `x1 @ x == x2` for triangular `x1`, or, unless `left`, of `x @ x1 == x2`.
///
/// `upper` says which triangle of `x1` is read, `unitriangular` that its diagonal is taken as ones.
/// A zero on it divides by zero. `out` receives the result. Raises `ShapeError` where shapes do not
/// fit.
#[pyfunction]
#[pyo3(signature = (x1, x2, /, *, upper, left=true, unitriangular=false, out=None))]
fn solve_triangular<'py>(
    py: Python<'py>,
    x1: Argument<'_>,
    x2: Argument<'_>,
    upper: bool,
    left: bool,
    unitriangular: bool,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (a, b) = (x1.tensor(py)?, x2.tensor(py)?);
    deliver(py, &[&a, &b], out, || linalg::solve_triangular(&a, &b, upper, left, unitriangular))
}

/// The solution of `A @ x == B`, where `L` is the factor of `A` that `cholesky` gives.
///
/// `upper` says that it is the upper one. `out` receives the result. Raises `ShapeError` where
/// shapes do not fit.
#[pyfunction]
#[pyo3(signature = (B, L, /, upper=false, *, out=None))]
#[allow(non_snake_case, reason = "the names in PyTorch")]
fn cholesky_solve<'py>(
    py: Python<'py>,
    B: Argument<'_>,
    L: Argument<'_>,
    upper: bool,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (b, factor) = (B.tensor(py)?, L.tensor(py)?);
    deliver(py, &[&b, &factor], out, || linalg::cholesky_solve(&b, &factor, upper))
}

/// The inverse of the matrix whose factor `L` `cholesky` gives.
///
/// `upper` says that it is the upper one. `out` receives the result. Raises `ShapeError` unless
/// the factor is square.
#[pyfunction]
#[pyo3(signature = (L, /, upper=false, *, out=None))]
#[allow(non_snake_case, reason = "the name in PyTorch")]
fn cholesky_inverse<'py>(
    py: Python<'py>,
    L: Argument<'_>,
    upper: bool,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let factor = L.tensor(py)?;
    deliver(py, &[&factor], out, || linalg::cholesky_inverse(&factor, upper))
}

/// The solution of `A @ x == B`, where `LU` and `pivots` are what `lu_factor` makes of `A`.
///
/// `out` receives the result. Raises `ShapeError` where shapes do not fit, `ValueError` where the
/// pivots are no rows.
#[pyfunction]
#[pyo3(signature = (LU, pivots, B, /, *, out=None))]
#[allow(non_snake_case, reason = "the names in PyTorch")]
fn lu_solve<'py>(
    py: Python<'py>,
    LU: Argument<'_>,
    pivots: Argument<'_>,
    B: Argument<'_>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (packed, pivots, b) = (LU.tensor(py)?, pivots.tensor(py)?, B.tensor(py)?);
    deliver(py, &[&packed, &b], out, || linalg::lu_solve(&packed, &pivots, &b))
}

/// Functions of one square matrix.
macro_rules! one {
    ($($(#[doc = $doc:literal])+ $name:ident $call:path;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// `out` receives the result. Raises `ShapeError` unless the matrices are square.
            #[pyfunction]
            #[pyo3(signature = (x, /, *, out=None))]
            fn $name<'py>(
                py: Python<'py>,
                x: Argument<'_>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let x = x.tensor(py)?;
                deliver(py, &[&x], out, || $call(&x))
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            $(#[doc = $doc])+
            fn $name(&self, py: Python<'_>) -> PyResult<Self> {
                compute(py, &[self.tensor()], || $call(self.tensor())).map(Self::new)
            }
        )+}

        fn register_one(top: &Bound<'_, PyModule>) -> PyResult<()> {
            $(top.add_function(wrap_pyfunction!($name, top)?)?;)+
            Ok(())
        }
    };
}

one! {
    /// The inverses of square matrices; `LinAlgError` where one is singular.
    inverse linalg::inv;
    /// The determinants of square matrices; 1 of a matrix of no elements.
    det linalg::det;
    /// The logarithms of the determinants; NaN where one is below 0.
    logdet logdet_of;
}

fn logdet_of(x: &Tensor) -> Result<Tensor> {
    let (sign, logarithm) = linalg::slogdet(x)?;
    let sign = ops::unary(Unary::Log, &sign)?;
    ops::binary(tensorbridge::op::Binary::Add, &sign, &logarithm)
}

/// The signs of the determinants, and the logarithms of their magnitudes.
///
/// The named tuple `(sign, logabsdet)`; 0 and minus infinity of singular matrices. Raises
/// `ShapeError` unless the matrices are square.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn slogdet<'py>(py: Python<'py>, x: Argument<'_>) -> PyResult<Bound<'py, PyAny>> {
    let x = x.tensor(py)?;
    let (sign, logarithm) = compute(py, &[&x], || linalg::slogdet(&x))?;
    named(py, "SlogdetResult", [sign, logarithm])
}

/// The inverses of square matrices, singular ones among them.
///
/// The named tuple `(inverse, info)`: `info` is 0, or the place (from 1) of a pivot that is 0, and
/// the inverse then is no number. If `check_errors`, a singular matrix raises `LinAlgError`. Raises
/// `ShapeError` unless the matrices are square.
#[pyfunction]
#[pyo3(signature = (x, /, *, check_errors=false))]
fn inv_ex<'py>(
    py: Python<'py>,
    x: Argument<'_>,
    check_errors: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let x = x.tensor(py)?;
    let (inverse, info) = compute(py, &[&x], || {
        if check_errors {
            linalg::inv(&x)?;
        }
        linalg::inv_checked(&x)
    })?;
    named(py, "InvExResult", [inverse, info])
}

/// The pseudo-inverses of Moore and Penrose.
///
/// Singular values of no more than `rtol` times the greatest, or than `atol`, are taken for 0;
/// `rtol` is the longer side times the dtype's epsilon if it is `None`, and 0 beside an `atol`.
/// PyTorch and NumPy call it `rcond`, too. `hermitian` matrices are decomposed faster. `out`
/// receives the result. Raises as `tensorbridge.linalg.svd`.
#[pyfunction]
#[pyo3(signature = (x, /, rcond=None, hermitian=false, *, rtol=None, atol=None, out=None))]
fn pinv<'py>(
    py: Python<'py>,
    x: Argument<'_>,
    rcond: Option<Argument<'_>>,
    hermitian: bool,
    rtol: Option<Argument<'_>>,
    atol: Option<Argument<'_>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (x, cutoff) = (x.tensor(py)?, cutoff(rtol.or(rcond), atol));
    deliver(py, &[&x], out, || linalg::pinv(&x, &cutoff, hermitian))
}

/// The ranks: how many singular values are not taken for 0, as `int64`.
///
/// Those of no more than `rtol` times the greatest, or than `atol`, are; `rtol` is the longer side
/// times the dtype's epsilon if it is `None`, and 0 beside an `atol`, which NumPy and PyTorch call
/// `tol`, too. `hermitian` matrices are decomposed faster. `out` receives the result. Raises as
/// `tensorbridge.linalg.svd`.
#[pyfunction]
#[pyo3(signature = (x, /, tol=None, hermitian=false, *, rtol=None, atol=None, out=None))]
fn matrix_rank<'py>(
    py: Python<'py>,
    x: Argument<'_>,
    tol: Option<Argument<'_>>,
    hermitian: bool,
    rtol: Option<Argument<'_>>,
    atol: Option<Argument<'_>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (x, cutoff) = (x.tensor(py)?, cutoff(rtol, atol.or(tol)));
    deliver(py, &[&x], out, || linalg::rank(&x, &cutoff, hermitian))
}

/// The `x` with the least `|x1 @ x - x2|`, and among those the least `|x|`.
///
/// The named tuple `(solution, residuals, rank, singular_values)`: the residuals are the squares
/// for each right side, and empty where the system is not overdetermined or a matrix not of full
/// rank. Singular values of no more than `rcond` times the greatest are taken for 0: the longer
/// side times the dtype's epsilon if it is `None`. Raises `ShapeError` where shapes do not fit.
#[pyfunction]
#[pyo3(signature = (x1, x2, /, rcond=None))]
fn lstsq<'py>(
    py: Python<'py>,
    x1: Argument<'_>,
    x2: Argument<'_>,
    rcond: Option<Argument<'_>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (a, b, cutoff) = (x1.tensor(py)?, x2.tensor(py)?, cutoff(rcond, None));
    let found = compute(py, &[&a, &b], || linalg::least_squares(&a, &b, &cutoff))?;
    let fields = [found.solution, found.residuals, found.rank, found.values];
    named(py, "LstsqResult", fields)
}

/// A tensor as a matrix of its first `ind` axes by the others.
fn as_matrix(x: &Tensor, ind: usize) -> Result<Tensor> {
    let (left, right) = x.shape().split_at(ind.min(x.ndim()));
    let sides: [usize; 2] = [left.iter().product(), right.iter().product()];
    if ind == 0 || sides[0] != sides[1] {
        return Err(Error::shape(format!(
            "linalg: a tensor of shape {:?} is no square matrix of its first {ind} axes by the others",
            x.shape()
        )));
    }
    ops::views::reshape(x, &sides.map(|side| side as isize), "tensorinv")
}

/// The inverse of the tensor `x` for `tensordot` over `ind` axes.
///
/// The first `ind` axes of `x` have as many elements as the others. `out` receives the result.
/// Raises `ShapeError` where they have not, `LinAlgError` where there is no inverse.
#[pyfunction]
#[pyo3(signature = (x, /, ind=2, *, out=None))]
fn tensorinv<'py>(
    py: Python<'py>,
    x: Argument<'_>,
    ind: usize,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let x = x.tensor(py)?;
    deliver(py, &[&x], out, || {
        let inverse = linalg::inv(&as_matrix(&x, ind)?)?;
        let (left, right) = x.shape().split_at(ind);
        let shape: Vec<isize> = right.iter().chain(left).map(|&n| n as isize).collect();
        ops::views::reshape(&inverse, &shape, "tensorinv")
    })
}

/// The solution `x` of `tensordot(x1, x, x.ndim) == x2`.
///
/// `out` receives the result. Raises `ShapeError` where shapes do not fit, `LinAlgError` where
/// there is no solution.
#[pyfunction]
#[pyo3(signature = (x1, x2, /, *, out=None))]
fn tensorsolve<'py>(
    py: Python<'py>,
    x1: Argument<'_>,
    x2: Argument<'_>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (a, b) = (x1.tensor(py)?, x2.tensor(py)?);
    deliver(py, &[&a, &b], out, || {
        let shape: Vec<isize> = a.shape().iter().skip(b.ndim()).map(|&n| n as isize).collect();
        let flat = ops::views::reshape(&b, &[b.count() as isize], "tensorsolve")?;
        let x = linalg::solve(&as_matrix(&a, b.ndim())?, &flat, true)?;
        ops::views::reshape(&x, &shape, "tensorsolve")
    })
}

#[pymethods]
impl PyTensor {
    /// As `tensorbridge.linalg.slogdet`.
    fn slogdet<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slogdet(slf.py(), Argument(slf.get().tensor().into()))
    }

    /// As `tensorbridge.linalg.pinv`: singular values of no more than `rcond` times the greatest
    /// are taken for 0.
    #[pyo3(signature = (rcond=None))]
    fn pinverse(&self, py: Python<'_>, rcond: Option<Argument<'_>>) -> PyResult<Self> {
        let cutoff = cutoff(rcond, None);
        compute(py, &[self.tensor()], || linalg::pinv(self.tensor(), &cutoff, false)).map(Self::new)
    }
}

pub(super) fn register(top: &Bound<'_, PyModule>, module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_one(top)?;
    module.add("inv", top.getattr("inverse")?)?;
    module.add("det", top.getattr("det")?)?;
    top.add_function(wrap_pyfunction!(slogdet, top)?)?;
    module.add("slogdet", top.getattr("slogdet")?)?;
    top.add_function(wrap_pyfunction!(cholesky_solve, top)?)?;
    module.add("cholesky_solve", top.getattr("cholesky_solve")?)?;
    top.add_function(wrap_pyfunction!(cholesky_inverse, top)?)?;
    module.add_function(wrap_pyfunction!(solve, module)?)?;
    module.add_function(wrap_pyfunction!(solve_triangular, module)?)?;
    module.add_function(wrap_pyfunction!(lu_solve, module)?)?;
    module.add_function(wrap_pyfunction!(inv_ex, module)?)?;
    module.add_function(wrap_pyfunction!(pinv, module)?)?;
    top.add("pinverse", module.getattr("pinv")?)?;
    module.add_function(wrap_pyfunction!(matrix_rank, module)?)?;
    module.add_function(wrap_pyfunction!(lstsq, module)?)?;
    module.add_function(wrap_pyfunction!(tensorinv, module)?)?;
    module.add_function(wrap_pyfunction!(tensorsolve, module)?)
}
