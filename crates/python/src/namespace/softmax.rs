//! Shares of exponentials: `softmax`, `log_softmax`, `logsumexp`.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use tensorbridge::op::Softmax;
use tensorbridge::{Tensor, ops};

use super::statistical::{Along, into};
use crate::arguments::{Ints, either};
use crate::dtype;
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;

/// How many times longer exponentials take than moving their memory.
const WEIGHT: usize = 4;

fn shares<'py>(
    py: Python<'py>,
    op: Softmax,
    x: &Tensor,
    axis: PyResult<Option<isize>>,
    dtype: Option<&Bound<'py, PyAny>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let axis = axis?.ok_or_else(|| {
        PyTypeError::new_err(format!(
            "{}() needs the axis whose shares make 1: `dim` or `axis` — hint: `dim=-1`",
            op.name()
        ))
    })?;
    let dtype = dtype::parse_optional(dtype)?;
    let bytes = x.nbytes().saturating_mul(WEIGHT);
    into(py, bytes, out, |out| ops::softmax(op, x, axis, dtype, out))
}

/// Function and method of each form of shares.
macro_rules! shares {
    ($($(#[doc = $doc:literal])+ $name:ident = $op:ident;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// `dim` (or `axis`) is the axis; `dtype` is what is computed in and returned; `out`
            /// receives the result. The greatest element is taken off first, so nothing overflows;
            /// 16-bit floats are computed in `float32`, integers give the default floating-point
            /// dtype. Raises `IndexError` for an axis that is not there, `TypeError` for complex
            /// numbers.
            #[pyfunction]
            #[pyo3(signature = (x, /, dim=None, *, axis=None, dtype=None, out=None))]
            fn $name<'py>(
                py: Python<'py>,
                x: Argument,
                dim: Option<isize>,
                axis: Option<isize>,
                dtype: Option<&Bound<'py, PyAny>>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let axis = either(stringify!($name), dim, axis);
                shares(py, Softmax::$op, &x.tensor(py)?, axis, dtype, out)
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            $(#[doc = $doc])+
            ///
            /// `dim` (or `axis`) is the axis; `dtype` is what is computed in and returned; `out`
            /// receives the result.
            #[pyo3(signature = (dim=None, *, axis=None, dtype=None, out=None))]
            fn $name<'py>(
                &self,
                py: Python<'py>,
                dim: Option<isize>,
                axis: Option<isize>,
                dtype: Option<&Bound<'py, PyAny>>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let axis = either(stringify!($name), dim, axis);
                shares(py, Softmax::$op, self.tensor(), axis, dtype, out)
            }
        )+}

        fn register_shares(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

shares! {
    /// `exp(x) / sum(exp(x))` along an axis: positive numbers whose sum is 1.
    softmax = Shares;
    /// `x - logsumexp(x)` along an axis: the logarithm of `softmax`.
    log_softmax = Logarithms;
}

fn sum<'py>(
    py: Python<'py>,
    x: &Tensor,
    along: &Along,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let bytes = x.nbytes().saturating_mul(WEIGHT);
    let axes = along.axes.as_deref();
    into(py, bytes, out, |out| ops::log_sum_exp(x, axes, along.keepdims, out))
}

/// `log(sum(exp(x)))` without overflow; `-inf` of nothing.
///
/// `dim` (or `axis`) is one axis, several, or `None` for all; `keepdim` (or `keepdims`) leaves
/// reduced axes with length 1; `out` receives the result. 16-bit floats are computed in `float32`,
/// integers give the default floating-point dtype. Raises `IndexError` for an axis that is not
/// there, `TypeError` for complex numbers.
#[pyfunction]
#[pyo3(signature = (x, /, dim=None, keepdim=false, *, axis=None, keepdims=None, out=None))]
fn logsumexp<'py>(
    py: Python<'py>,
    x: Argument,
    dim: Option<Ints>,
    keepdim: bool,
    axis: Option<Ints>,
    keepdims: Option<bool>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    sum(py, &x.tensor(py)?, &Along::parse(dim, keepdim, axis, keepdims)?, out)
}

#[pymethods]
impl PyTensor {
    /// As `tensorbridge.logsumexp`.
    #[pyo3(signature = (dim=None, keepdim=false, *, axis=None, keepdims=None, out=None))]
    fn logsumexp<'py>(
        &self,
        py: Python<'py>,
        dim: Option<Ints>,
        keepdim: bool,
        axis: Option<Ints>,
        keepdims: Option<bool>,
        out: Option<Out<'py>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        sum(py, self.tensor(), &Along::parse(dim, keepdim, axis, keepdims)?, out)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_shares(module)?;
    module.add_function(wrap_pyfunction!(logsumexp, module)?)
}
