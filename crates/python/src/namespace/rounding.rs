//! `round`, to whole numbers or to decimal places.

use pyo3::prelude::*;
use tensorbridge::Tensor;
use tensorbridge::ops::{self, Operand};

use super::elementwise::fresh;
use crate::enter::enter_detached;
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;
use crate::tensor::operators::weight;

fn rounded(py: Python<'_>, x: Operand, decimals: i64, out: Option<&Tensor>) -> PyResult<Tensor> {
    enter_detached(py, weight(&x), || ops::round(x, decimals, out))
}

/// The nearest whole number, ties to the even one; of complex numbers part by part.
///
/// `decimals` asks for places behind the point, or before it where it is negative. Floats are
/// rounded as NumPy does it, `round(x * 10 ** decimals) / 10 ** decimals`, the 16-bit ones in
/// `float32`; integers exactly. `x` is a tensor, an ndarray or a number; the dtype stays. `out`
/// receives the result, if its dtype is of no lower kind.
#[pyfunction]
#[pyo3(signature = (x, /, decimals=0, *, out=None))]
fn round<'py>(
    py: Python<'py>,
    x: Argument,
    decimals: i64,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let result = rounded(py, x.0, decimals, out.as_ref().map(|out| &out.tensor))?;
    match out {
        Some(out) => Ok(out.into_object()),
        None => fresh(py, result),
    }
}

#[pymethods]
impl PyTensor {
    /// As the function `tensorbridge.round`: `decimals` places, ties to even.
    #[pyo3(signature = (decimals=0))]
    fn round(&self, py: Python<'_>, decimals: i64) -> PyResult<Self> {
        rounded(py, self.tensor().into(), decimals, None).map(Self::new)
    }

    /// As `round`, with its `decimals`, but writes into this tensor and returns it.
    #[pyo3(signature = (decimals=0))]
    fn round_(slf: Bound<'_, Self>, decimals: i64) -> PyResult<Bound<'_, Self>> {
        let this = slf.get().tensor();
        rounded(slf.py(), this.into(), decimals, Some(this))?;
        Ok(slf)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(round, module)?)
}
