//! Small questions, and the number of threads.

use pyo3::prelude::*;
use tensorbridge::engines;

use crate::errors::OrRaise;
use crate::operand::Argument;
use crate::tensor::PyTensor;

/// Whether `obj` is a tensor of this library.
#[pyfunction]
#[pyo3(signature = (obj, /))]
fn is_tensor(obj: &Bound<'_, PyAny>) -> bool {
    obj.is_instance_of::<PyTensor>()
}

/// Whether the elements are real floating-point numbers.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn is_floating_point(py: Python<'_>, x: Argument) -> PyResult<bool> {
    Ok(x.tensor(py)?.dtype().is_float())
}

/// Whether the elements are complex numbers.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn is_complex(py: Python<'_>, x: Argument) -> PyResult<bool> {
    Ok(x.tensor(py)?.dtype().is_complex())
}

/// The number of threads that one operation may use.
///
/// At the start it is `TENSORBRIDGE_NUM_THREADS`, or the number of processors that this process
/// may run on.
#[pyfunction]
fn get_num_threads() -> usize {
    engines::num_threads()
}

/// Lets one operation use `count` threads, from the next operation on.
///
/// Results do not depend on it. Raises `ValueError` unless it is between 1 and 4096.
#[pyfunction]
#[pyo3(signature = (count, /))]
fn set_num_threads(py: Python<'_>, count: i64) -> PyResult<()> {
    engines::set_num_threads(usize::try_from(count).unwrap_or(0)).or_raise(py)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(is_tensor, module)?)?;
    module.add_function(wrap_pyfunction!(is_floating_point, module)?)?;
    module.add_function(wrap_pyfunction!(is_complex, module)?)?;
    module.add_function(wrap_pyfunction!(get_num_threads, module)?)?;
    module.add_function(wrap_pyfunction!(set_num_threads, module)?)
}
