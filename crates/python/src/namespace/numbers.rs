//! What numbers are and what stands for them: angles, real ones, infinities, NaN, their halves,
//! and powers in double precision.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tensorbridge::op::Unary;
use tensorbridge::ops::{self, Operand, Operation, Replacements};
use tensorbridge::{Result, Tensor};

use super::elementwise::fresh;
use crate::enter::enter_detached;
use crate::operand::{Argument, Out, real};
use crate::tensor::PyTensor;
use crate::tensor::operators::{run, weight};

/// Runs `work` into `out`, which is then returned as given, or into fresh memory.
fn into<'py>(
    py: Python<'py>,
    bytes: usize,
    out: Option<Out<'py>>,
    work: impl FnOnce(Option<&Tensor>) -> Result<Tensor> + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let tensor = out.as_ref().map(|out| out.tensor.clone());
    let result = enter_detached(py, bytes, || work(tensor.as_ref()))?;
    match out {
        Some(out) => Ok(out.into_object()),
        None => fresh(py, result),
    }
}

/// The angle of each number in the complex plane, in radians from -pi to pi; of real numbers 0,
/// or pi where the sign bit is set.
///
/// `x` is a tensor, an ndarray or a number; integers become the default dtype, complex numbers
/// its real one. `out` receives the result.
#[pyfunction]
#[pyo3(signature = (x, /, *, out=None))]
fn angle<'py>(py: Python<'py>, x: Argument, out: Option<Out<'py>>) -> PyResult<Bound<'py, PyAny>> {
    into(py, weight(&x.0), out, |out| ops::angle(x.0, out))
}

/// Whether the imaginary part of each element is 0. `x` is a tensor, an ndarray or a number.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn isreal<'py>(py: Python<'py>, x: Argument) -> PyResult<Bound<'py, PyAny>> {
    into(py, weight(&x.0), None, |_| ops::is_real(x.0))
}

/// Whether each element is positive infinity. `x` is a tensor, an ndarray or a real number. The
/// result is `bool`; `out` receives it.
#[pyfunction]
#[pyo3(signature = (x, /, *, out=None))]
fn isposinf<'py>(
    py: Python<'py>,
    x: Argument,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    into(py, weight(&x.0), out, |out| ops::is_infinity(x.0, f64::INFINITY, out))
}

/// Whether each element is negative infinity. `x` is a tensor, an ndarray or a real number. The
/// result is `bool`; `out` receives it.
#[pyfunction]
#[pyo3(signature = (x, /, *, out=None))]
fn isneginf<'py>(
    py: Python<'py>,
    x: Argument,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    into(py, weight(&x.0), out, |out| ops::is_infinity(x.0, f64::NEG_INFINITY, out))
}

fn replacements(
    nan: Option<&Bound<'_, PyAny>>,
    posinf: Option<&Bound<'_, PyAny>>,
    neginf: Option<&Bound<'_, PyAny>>,
) -> PyResult<Replacements> {
    let number =
        |value: Option<&Bound<'_, PyAny>>, name| value.map(|value| real(value, name)).transpose();
    Ok(Replacements {
        nan: number(nan, "nan")?.unwrap_or(0.0),
        positive: number(posinf, "posinf")?,
        negative: number(neginf, "neginf")?,
    })
}

/// Numbers in the place of what is none: `nan` for NaN, `posinf` and `neginf` for the
/// infinities, by default the greatest and the least number of the dtype; part by part of
/// complex numbers.
///
/// `x` is a tensor, an ndarray or a number. `out` receives the result.
#[pyfunction]
#[pyo3(signature = (x, /, nan=None, posinf=None, neginf=None, *, out=None))]
fn nan_to_num<'py>(
    py: Python<'py>,
    x: Argument,
    nan: Option<&Bound<'py, PyAny>>,
    posinf: Option<&Bound<'py, PyAny>>,
    neginf: Option<&Bound<'py, PyAny>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let by = replacements(nan, posinf, neginf)?;
    into(py, weight(&x.0), out, |out| ops::nan_to_num(x.0, by, out))
}

/// The mantissa, from 0.5 to 1 in size, and the exponent of each element:
/// `x == mantissa * 2 ** exponent`. Zeros, infinities and NaN are their own mantissas.
///
/// `x` is a tensor, an ndarray or a real number; the exponents are `int32`.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn frexp<'py>(py: Python<'py>, x: Argument) -> PyResult<Bound<'py, PyTuple>> {
    let half = |op| run(py, Operation::Unary(op), std::slice::from_ref(&x.0), None);
    let halves = [half(Unary::Mantissa)?, half(Unary::Exponent)?];
    PyTuple::new(py, halves.map(PyTensor::new))
}

/// `x1 ** x2` in `float64`, or in `complex128` where either is complex.
///
/// Takes tensors, ndarrays and numbers, which are broadcast together. `out` receives the result.
#[pyfunction]
#[pyo3(signature = (x1, x2, /, *, out=None))]
fn float_power<'py>(
    py: Python<'py>,
    x1: Argument,
    x2: Argument,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    into(py, weight(&x1.0) + weight(&x2.0), out, |out| ops::float_power(x1.0, x2.0, out))
}

#[pymethods]
impl PyTensor {
    /// As the function `tensorbridge.angle`.
    fn angle<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        angle(py, Argument(self.tensor().into()), None)
    }

    /// As the function `tensorbridge.isreal`.
    fn isreal<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        isreal(py, Argument(self.tensor().into()))
    }

    /// As the function `tensorbridge.isposinf`.
    fn isposinf<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        isposinf(py, Argument(self.tensor().into()), None)
    }

    /// As the function `tensorbridge.isneginf`.
    fn isneginf<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        isneginf(py, Argument(self.tensor().into()), None)
    }

    /// As the function `tensorbridge.nan_to_num`, with its `nan`, `posinf` and `neginf`.
    #[pyo3(signature = (nan=None, posinf=None, neginf=None))]
    fn nan_to_num<'py>(
        &self,
        py: Python<'py>,
        nan: Option<&Bound<'py, PyAny>>,
        posinf: Option<&Bound<'py, PyAny>>,
        neginf: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        nan_to_num(py, Argument(self.tensor().into()), nan, posinf, neginf, None)
    }

    /// As `nan_to_num`, with its `nan`, `posinf` and `neginf`, but writes into this tensor and
    /// returns it.
    #[pyo3(signature = (nan=None, posinf=None, neginf=None))]
    fn nan_to_num_<'py>(
        slf: Bound<'py, Self>,
        nan: Option<&Bound<'py, PyAny>>,
        posinf: Option<&Bound<'py, PyAny>>,
        neginf: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        let by = replacements(nan, posinf, neginf)?;
        let this = slf.get().tensor();
        enter_detached(slf.py(), this.nbytes(), || ops::nan_to_num(this, by, Some(this)))?;
        Ok(slf)
    }

    /// As the function `tensorbridge.frexp`.
    fn frexp<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        frexp(py, Argument(self.tensor().into()))
    }

    /// As the function `tensorbridge.float_power`.
    fn float_power<'py>(&self, py: Python<'py>, other: Argument) -> PyResult<Bound<'py, PyAny>> {
        float_power(py, Argument(Operand::from(self.tensor())), other, None)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(angle, module)?)?;
    module.add_function(wrap_pyfunction!(isreal, module)?)?;
    module.add_function(wrap_pyfunction!(isposinf, module)?)?;
    module.add_function(wrap_pyfunction!(isneginf, module)?)?;
    module.add_function(wrap_pyfunction!(nan_to_num, module)?)?;
    module.add_function(wrap_pyfunction!(frexp, module)?)?;
    module.add_function(wrap_pyfunction!(float_power, module)?)
}
