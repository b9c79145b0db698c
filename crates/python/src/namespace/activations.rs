//! `gelu` and `softplus`, the activation functions that have forms.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use tensorbridge::op::Unary;
use tensorbridge::ops::{self, Operand, Operation};

use super::elementwise::{call, in_place, plain_unary};
use super::statistical::into;
use crate::front::front;
use crate::operand::{Argument, Out, real};
use crate::tensor::PyTensor;
use crate::tensor::operators::run;

/// How many times longer `softplus` takes than moving its memory.
const WEIGHT: usize = 6;

/// The form of `gelu` that `approximate` names.
fn form(approximate: &str) -> PyResult<Operation> {
    match approximate {
        "none" => Ok(Operation::Unary(Unary::Gelu)),
        "tanh" => Ok(Operation::Unary(Unary::GeluTanh)),
        other => Err(PyValueError::new_err(format!(
            "approximate argument must be either none or tanh, and it is {other:?}"
        ))),
    }
}

/// `x * (1 + erf(x / sqrt(2))) / 2`, exact below 0, too.
///
/// `x` is a tensor, an ndarray or a number. With `approximate='tanh'`, not `'none'`, it is
/// `x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x ** 3))) / 2` (Hendrycks and Gimpel, 2016). `out`
/// receives the result, if its dtype is of no lower kind. Raises `ValueError` for another form.
#[pyfunction]
#[pyo3(signature = (x, /, approximate="none", *, out=None))]
fn gelu<'py>(
    py: Python<'py>,
    x: Argument,
    approximate: &str,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    call(py, form(approximate)?, &[x.0], out)
}

/// `log(1 + e ** (beta * x)) / beta` without overflow.
///
/// `x` is a tensor, an ndarray or a number, `beta` a number. With a `threshold` it is `x` itself
/// where `beta * x` is greater; PyTorch's is 20, for its formula overflows. `out` receives the
/// result, if its dtype is of no lower kind.
#[pyfunction]
#[pyo3(signature = (x, /, beta=None, threshold=None, *, out=None))]
fn softplus<'py>(
    py: Python<'py>,
    x: Argument,
    beta: Option<&Bound<'py, PyAny>>,
    threshold: Option<&Bound<'py, PyAny>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let Some((beta, threshold)) = bent(beta, threshold)? else {
        return call(py, Operation::Unary(Unary::Softplus), &[x.0], out);
    };
    let x = x.tensor(py)?;
    let bytes = x.nbytes().saturating_mul(WEIGHT);
    into(py, bytes, out, |out| ops::softplus(&x, beta, threshold, out))
}

/// The slope and the threshold, where either is given.
fn bent(
    beta: Option<&Bound<'_, PyAny>>,
    threshold: Option<&Bound<'_, PyAny>>,
) -> PyResult<Option<(f64, Option<f64>)>> {
    if beta.is_none() && threshold.is_none() {
        return Ok(None);
    }
    let beta = beta.map_or(Ok(1.0), |beta| real(beta, "beta"))?;
    Ok(Some((beta, threshold.map(|most| real(most, "threshold")).transpose()?)))
}

#[pymethods]
impl PyTensor {
    /// `x * (1 + erf(x / sqrt(2))) / 2`, or with `approximate='tanh'` the same by `tanh`. As
    /// `tensorbridge.gelu`.
    #[pyo3(signature = (approximate="none"))]
    fn gelu(&self, py: Python<'_>, approximate: &str) -> PyResult<Self> {
        run(py, form(approximate)?, &[Operand::from(self.tensor())], None).map(Self::new)
    }

    /// As `gelu`, of `approximate`; writes into this tensor, whose dtype and memory stay, and
    /// returns it.
    #[pyo3(signature = (approximate="none"))]
    fn gelu_<'py>(slf: Bound<'py, Self>, approximate: &str) -> PyResult<Bound<'py, Self>> {
        in_place(slf, form(approximate)?, None)
    }

    /// `log(1 + e ** (beta * x)) / beta` without overflow; `x` itself where `beta * x` is above
    /// `threshold`. As `tensorbridge.softplus`.
    #[pyo3(signature = (beta=None, threshold=None))]
    fn softplus<'py>(
        slf: &Bound<'py, Self>,
        beta: Option<&Bound<'py, PyAny>>,
        threshold: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        softplus(slf.py(), slf.extract()?, beta, threshold, None)
    }

    /// As `softplus`, of `beta` and `threshold`; writes into this tensor, whose dtype and memory
    /// stay, and returns it.
    #[pyo3(signature = (beta=None, threshold=None))]
    fn softplus_<'py>(
        slf: &Bound<'py, Self>,
        beta: Option<&Bound<'py, PyAny>>,
        threshold: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let out = slf.extract()?;
        softplus(slf.py(), slf.extract()?, beta, threshold, Some(out))
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    front!(module, gelu, |py, objects| plain_unary(py, Unary::Gelu, objects))?;
    front!(module, softplus, |py, objects| plain_unary(py, Unary::Softplus, objects))
}
