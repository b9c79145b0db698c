//! Linear algebra: products at the top level, and the module `tensorbridge.linalg`.

mod decompositions;
mod matmul;
mod norms;
mod products;
mod solving;
mod sums;

use pyo3::prelude::*;
use tensorbridge::ops::linalg::Cutoff;
use tensorbridge::ops::{Operand, creation, result_dtype};
use tensorbridge::{Device, Result, Tensor, ops};

use crate::enter::enter_detached;
use crate::errors::OrRaise;
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;

/// How many times longer linear algebra takes than reading its memory, at least.
const WEIGHT: usize = 8;

/// Runs `work` on `inputs`, detached from the interpreter when they are not small.
fn compute<T: Send>(
    py: Python<'_>,
    inputs: &[&Tensor],
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    let bytes: usize = inputs.iter().map(|tensor| tensor.nbytes().saturating_mul(WEIGHT)).sum();
    enter_detached(py, bytes, work)
}

/// As [`compute`], for a result that goes into `out` where one is given.
fn deliver<'py>(
    py: Python<'py>,
    inputs: &[&Tensor],
    out: Option<Out<'py>>,
    work: impl FnOnce() -> Result<Tensor> + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(out) = out else { return fresh(py, compute(py, inputs, work)?) };
    compute(py, inputs, || ops::place(&out.tensor, &work()?, "linalg"))?;
    Ok(out.into_object())
}

fn fresh(py: Python<'_>, tensor: Tensor) -> PyResult<Bound<'_, PyAny>> {
    Ok(PyTensor::new(tensor).into_pyobject(py)?.into_any())
}

/// Two factors as tensors; a Python number takes the dtype that both promote to.
fn pair(py: Python<'_>, a: Argument<'_>, b: Argument<'_>) -> PyResult<[Tensor; 2]> {
    let dtype = result_dtype([&a.0, &b.0].into_iter()).or_raise(py)?;
    let tensor = |operand: Operand<'_>| match operand {
        Operand::Tensor(tensor) => Ok(tensor.into_owned()),
        Operand::PythonScalar(value) => {
            value.check_fits(dtype)?;
            creation::full(&[], value, dtype, Device::CPU)
        }
    };
    Ok([tensor(a.0).or_raise(py)?, tensor(b.0).or_raise(py)?])
}

/// What `rtol=` and `atol=` say is taken for 0.
fn cutoff(relative: Option<Argument<'_>>, absolute: Option<Argument<'_>>) -> Cutoff {
    let owned = |argument: Argument<'_>| match argument.0 {
        Operand::Tensor(tensor) => Operand::from(tensor.into_owned()),
        Operand::PythonScalar(number) => Operand::from(number),
    };
    Cutoff { relative: relative.map(owned), absolute: absolute.map(owned) }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let linalg = PyModule::new(py, "tensorbridge.linalg")?;
    linalg.setattr("__doc__", "The functions of `tensorbridge.linalg`; import that instead.")?;
    matmul::register(module)?;
    products::register(module, &linalg)?;
    sums::register(module)?;
    decompositions::register(&linalg)?;
    solving::register(module, &linalg)?;
    norms::register(module, &linalg)?;
    module.add("_linalg", linalg)
}
