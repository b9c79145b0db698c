//! `divide`, which has a choice of rounding.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use tensorbridge::Tensor;
use tensorbridge::op::Binary;
use tensorbridge::ops::{self, Operand, Operation};

use super::elementwise::{fresh, plain_binary};
use crate::enter::enter;
use crate::front::front;
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;
use crate::tensor::operators::run;

fn divided(
    py: Python<'_>,
    [a, b]: [Operand; 2],
    rounding: Option<&str>,
    out: Option<&Tensor>,
) -> PyResult<Tensor> {
    let operation = match rounding {
        None => Binary::Divide,
        Some("floor") => Binary::FloorDivide,
        Some("trunc") => return enter(py, || ops::divide_truncated(a, b, out)),
        Some(other) => {
            return Err(PyRuntimeError::new_err(format!(
                "div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{other}'"
            )));
        }
    };
    run(py, Operation::Binary(operation), &[a, b], out)
}

/// `x1 / x2`; integers become the default floating-point dtype.
///
/// `rounding_mode="trunc"` drops the fraction, `"floor"` rounds towards minus infinity as `//`
/// does; integers then stay integers.
///
/// Takes tensors, ndarrays and numbers, which are broadcast and promoted together. `out`
/// receives the result, if its dtype is of no lower kind.
#[pyfunction]
#[pyo3(signature = (x1, x2, /, *, rounding_mode=None, out=None))]
fn divide<'py>(
    py: Python<'py>,
    x1: Argument,
    x2: Argument,
    rounding_mode: Option<&str>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let into = out.as_ref().map(|out| &out.tensor);
    let result = divided(py, [x1.0, x2.0], rounding_mode, into)?;
    match out {
        Some(out) => Ok(out.into_object()),
        None => fresh(py, result),
    }
}

#[pymethods]
impl PyTensor {
    /// `self / other`; integers become the default floating-point dtype.
    ///
    /// `rounding_mode="trunc"` drops the fraction, `"floor"` rounds towards minus infinity;
    /// integers then stay integers.
    #[pyo3(signature = (other, *, rounding_mode=None))]
    fn divide(
        &self,
        py: Python<'_>,
        other: Argument,
        rounding_mode: Option<&str>,
    ) -> PyResult<Self> {
        divided(py, [self.tensor().into(), other.0], rounding_mode, None).map(Self::new)
    }

    /// As `divide`, but writes into this tensor, whose dtype and memory stay, and returns it.
    #[pyo3(signature = (other, *, rounding_mode=None))]
    fn divide_<'py>(
        slf: Bound<'py, Self>,
        other: Argument,
        rounding_mode: Option<&str>,
    ) -> PyResult<Bound<'py, Self>> {
        let this = slf.get().tensor();
        divided(slf.py(), [this.into(), other.0], rounding_mode, Some(this))?;
        Ok(slf)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    front!(module, divide, |py, both| plain_binary(py, Operation::Binary(Binary::Divide), both))
}
