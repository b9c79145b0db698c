//! Products of vectors and tensors, and the powers of matrices.

use pyo3::prelude::*;
use pyo3::types::{PyAny, PyTuple};
use tensorbridge::ops::linalg::{self, Contracted};
use tensorbridge::{DType, Dims, Tensor};

use super::{compute, deliver, pair};
use crate::arguments::{self, Ints};
use crate::dtype;
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;

/// The sums of products along `axis`, counted from the end, the first factor conjugated.
///
/// PyTorch calls it `dim`. The other axes are broadcast. `out` receives the result. Raises `ShapeError` where the vectors
/// have different lengths.
#[pyfunction]
#[pyo3(signature = (x1, x2, /, *, axis=-1, dim=None, out=None), text_signature = "(x1, x2, /, *, axis=-1, dim=None, out=None)")]
fn vecdot<'py>(
    py: Python<'py>,
    x1: Argument<'_>,
    x2: Argument<'_>,
    axis: isize,
    dim: Option<isize>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (a, b, axis) = (x1.tensor(py)?, x2.tensor(py)?, dim.unwrap_or(axis));
    deliver(py, &[&a, &b], out, || linalg::vecdot(&a, &b, axis))
}

/// Reads `axes`: a number, or two sequences of axes.
fn contracted(axes: &Bound<'_, PyAny>) -> PyResult<Contracted> {
    if let Ok(count) = axes.extract::<usize>() {
        return Ok(Contracted::Count(count));
    }
    let [left, right]: [Bound<'_, PyAny>; 2] = axes.extract().map_err(|_| {
        pyo3::exceptions::PyValueError::new_err(format!(
            "tensordot: `axes` must be a number of axes or two sequences of axes, and is {axes}"
        ))
    })?;
    let axes = |given: Bound<'_, PyAny>| -> PyResult<Dims<isize>> {
        Ok(Dims::from_slice(&given.extract::<Ints>()?))
    };
    Ok(Contracted::Pairs(axes(left)?, axes(right)?))
}

/// The sums of products along pairs of axes.
///
/// `axes` is a number, of the last axes of the first factor and the first axes of the second, or
/// two sequences of axes; PyTorch calls it `dims`. The result has the other axes of the first
/// factor, then those of the second. `out` receives it. Raises `ShapeError` where the lengths of a
/// pair differ.
#[pyfunction]
#[pyo3(signature = (x1, x2, /, axes=None, *, dims=None, out=None), text_signature = "(x1, x2, /, axes=2, *, dims=None, out=None)")]
fn tensordot<'py>(
    py: Python<'py>,
    x1: Argument<'_>,
    x2: Argument<'_>,
    axes: Option<&Bound<'py, PyAny>>,
    dims: Option<&Bound<'py, PyAny>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let axes = match axes.or(dims) {
        Some(axes) => contracted(axes)?,
        None => Contracted::Count(2),
    };
    let (a, b) = (x1.tensor(py)?, x2.tensor(py)?);
    deliver(py, &[&a, &b], out, || linalg::tensordot(&a, &b, &axes))
}

/// Functions and methods of two factors.
macro_rules! two {
    ($($(#[doc = $doc:literal])+ $name:ident;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// Takes tensors, ndarrays and numbers, which are promoted together. `out` receives
            /// the result.
            #[pyfunction]
            #[pyo3(signature = (x1, x2, /, *, out=None))]
            fn $name<'py>(
                py: Python<'py>,
                x1: Argument<'_>,
                x2: Argument<'_>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let [a, b] = pair(py, x1, x2)?;
                deliver(py, &[&a, &b], out, || linalg::$name(&a, &b))
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            $(#[doc = $doc])+
            fn $name(&self, py: Python<'_>, other: Argument<'_>) -> PyResult<Self> {
                let [a, b] = pair(py, Argument(self.tensor().into()), other)?;
                compute(py, &[&a, &b], || linalg::$name(&a, &b)).map(Self::new)
            }
        )+}

        fn register_two(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

two! {
    /// The matrix of the products of each element of a vector with each element of another one.
    outer;
    /// The sums of products along the last axes; with a number its multiples.
    inner;
    /// The sum of the products of all elements, the first factor conjugated.
    vdot;
    /// The product of Kronecker: a block `x1[i, …] * x2` for each element of the first factor.
    kron;
}

/// The vectors at right angles to pairs of vectors of three elements.
///
/// `axis`, or `dim`, is the vectors', counted from the end; the other axes are broadcast. `out`
/// receives the result. Raises `ShapeError` where the axis is not of length 3.
#[pyfunction]
#[pyo3(signature = (x1, x2, /, *, axis=-1, dim=None, out=None), text_signature = "(x1, x2, /, *, axis=-1, dim=None, out=None)")]
fn cross<'py>(
    py: Python<'py>,
    x1: Argument<'_>,
    x2: Argument<'_>,
    axis: isize,
    dim: Option<isize>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (a, b, axis) = (x1.tensor(py)?, x2.tensor(py)?, dim.unwrap_or(axis));
    deliver(py, &[&a, &b], out, || linalg::cross(&a, &b, axis))
}

/// The diagonals of the matrices in the last two axes, or of those in `dim1` and `dim2`: a view.
///
/// `offset` counts from the main diagonal, upwards. The result's last axis runs along them.
/// Raises `IndexError` where `x` has not these axes.
#[pyfunction]
#[pyo3(signature = (x, /, *, offset=0, dim1=-2, dim2=-1), text_signature = "(x, /, *, offset=0, dim1=-2, dim2=-1)")]
fn diagonal(
    py: Python<'_>,
    x: Argument<'_>,
    #[pyo3(from_py_with = crate::arguments::diagonal)] offset: isize,
    dim1: isize,
    dim2: isize,
) -> PyResult<PyTensor> {
    let x = x.tensor(py)?;
    crate::enter::enter(py, || tensorbridge::ops::views::diagonal(&x, offset, dim1, dim2))
        .map(PyTensor::new)
}

fn trace_of<'py>(
    py: Python<'py>,
    x: &Tensor,
    offset: isize,
    dtype: Option<DType>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    deliver(py, &[], out, || linalg::trace(x, offset, dtype))
}

/// The sums of the diagonals of the matrices in the last two axes.
///
/// `offset` counts from the main diagonal, upwards. `dtype` is what is summed up in: of integers
/// the widest of their sign. `out` receives the result.
#[pyfunction]
#[pyo3(signature = (x, /, *, offset=0, dtype=None, out=None))]
fn trace<'py>(
    py: Python<'py>,
    x: Argument<'_>,
    #[pyo3(from_py_with = crate::arguments::diagonal)] offset: isize,
    dtype: Option<&Bound<'py, PyAny>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let dtype = dtype::parse_optional(dtype)?;
    trace_of(py, &x.tensor(py)?, offset, dtype, out)
}

/// The product of the square matrices with themselves, `n` times: of their inverses if `n` is
/// below 0, and the identity if it is 0.
///
/// `out` receives the result. Raises `ShapeError` unless the matrices are square, `LinAlgError`
/// for a negative power of a singular one.
#[pyfunction]
#[pyo3(signature = (x, n, /, *, out=None))]
fn matrix_power<'py>(
    py: Python<'py>,
    x: Argument<'_>,
    n: i64,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let x = x.tensor(py)?;
    deliver(py, &[&x], out, || linalg::power(&x, n))
}

/// `e` to the power of the square matrices `x`.
///
/// By scaling and squaring with Padé's approximants (Higham, 2005). Raises `ShapeError` unless
/// the matrices are square.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn matrix_exp(py: Python<'_>, x: Argument<'_>) -> PyResult<PyTensor> {
    let x = x.tensor(py)?;
    compute(py, &[&x], || linalg::exponential(&x)).map(PyTensor::new)
}

/// The product of the sequence `tensors` of two or more matrices, in the order that takes the
/// fewest multiplications.
///
/// The first and the last may be vectors: a row and a column. `out` receives the result. Raises
/// `ValueError` for fewer than two, `ShapeError` where lengths do not fit.
#[pyfunction]
#[pyo3(signature = (tensors, /, *, out=None))]
fn multi_dot<'py>(
    py: Python<'py>,
    tensors: &Bound<'py, PyAny>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let tensors = arguments::tensors(tensors)?;
    let inputs: Vec<&Tensor> = tensors.iter().collect();
    deliver(py, &inputs, out, || linalg::multi_dot(&tensors))
}

/// The product of `matrices`, in the order that takes the fewest multiplications.
///
/// Raises `ValueError` for fewer than two, `ShapeError` where lengths do not fit.
#[pyfunction]
#[pyo3(signature = (*matrices))]
fn chain_matmul(py: Python<'_>, matrices: &Bound<'_, PyTuple>) -> PyResult<PyTensor> {
    let matrices = arguments::tensors(matrices)?;
    let inputs: Vec<&Tensor> = matrices.iter().collect();
    compute(py, &inputs, || linalg::multi_dot(&matrices)).map(PyTensor::new)
}

#[pymethods]
impl PyTensor {
    /// The sum of the main diagonal of a matrix; `tensorbridge.linalg.trace` takes batches.
    fn trace<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        trace_of(py, self.tensor(), 0, None, None)
    }

    /// As `tensorbridge.matrix_power`.
    fn matrix_power(&self, py: Python<'_>, n: i64) -> PyResult<Self> {
        compute(py, &[self.tensor()], || linalg::power(self.tensor(), n)).map(Self::new)
    }

    /// As `tensorbridge.matrix_exp`.
    fn matrix_exp(&self, py: Python<'_>) -> PyResult<Self> {
        compute(py, &[self.tensor()], || linalg::exponential(self.tensor())).map(Self::new)
    }
}

/// Puts functions into both modules under one name.
macro_rules! both {
    ($top:ident $linalg:ident: $($name:ident)+) => {$(
        $top.add_function(wrap_pyfunction!($name, $top)?)?;
        $linalg.add(stringify!($name), $top.getattr(stringify!($name))?)?;
    )+};
}

pub(super) fn register(top: &Bound<'_, PyModule>, module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_two(top)?;
    both! { top module: vecdot tensordot matrix_power matrix_exp }
    top.add_function(wrap_pyfunction!(cross, top)?)?;
    for name in ["matmul", "outer", "matrix_transpose", "cross"] {
        module.add(name, top.getattr(name)?)?;
    }
    top.add_function(wrap_pyfunction!(chain_matmul, top)?)?;
    let class = top.py().get_type::<PyTensor>();
    class.setattr("ger", class.getattr("outer")?)?;
    top.add("ger", top.getattr("outer")?)?;
    // At the top level these are other functions: of any two axes, and of events.
    module.add_function(wrap_pyfunction!(diagonal, module)?)?;
    module.add_function(wrap_pyfunction!(trace, module)?)?;
    module.add_function(wrap_pyfunction!(multi_dot, module)?)
}
