//! Small questions, the number of threads, and the memory that waits.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tensorbridge::engines;
use tensorbridge::storage::host;

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

/// Gives freed memory that waits for reuse back to the system.
///
/// Blocks of 64 KiB and more are kept for the next result of about that size: no more bytes than
/// tensors hold in such blocks, or 64 MiB where that is less, and 1 GiB at most. When memory runs
/// out they are given back without being asked for.
#[pyfunction]
fn empty_cache() {
    host::release();
}

/// Bytes of tensorbridge's own blocks of 64 KiB and more: a dictionary with `live`, what tensors
/// (and whoever shares their memory) hold, and `cached`, what waits for reuse.
#[pyfunction]
fn memory_stats(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let (live, cached) = host::large_bytes();
    let stats = PyDict::new(py);
    stats.set_item("live", live)?;
    stats.set_item("cached", cached)?;
    Ok(stats)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(is_tensor, module)?)?;
    module.add_function(wrap_pyfunction!(is_floating_point, module)?)?;
    module.add_function(wrap_pyfunction!(is_complex, module)?)?;
    module.add_function(wrap_pyfunction!(empty_cache, module)?)?;
    module.add_function(wrap_pyfunction!(memory_stats, module)?)?;
    module.add_function(wrap_pyfunction!(get_num_threads, module)?)?;
    module.add_function(wrap_pyfunction!(set_num_threads, module)?)
}
