//! The methods of the DLPack protocol.

use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::PyTensor;
use crate::protocols::dlpack;

#[pymethods]
impl PyTensor {
    /// A DLPack capsule over the same memory, for another library's `from_dlpack`.
    ///
    /// `stream`: `None` or -1. `max_version`: the newest `(major, minor)` that the consumer
    /// reads; from `(1, 0)` on the capsule has a version and can say that it is read-only.
    /// `dl_device`: `None` or `(1, 0)`, the host. `copy`: `None` and `False` share, `True`
    /// copies.
    ///
    /// Raises `BufferError` where DLPack cannot describe the memory as it lies (strides that are
    /// no multiple of the item size, misaligned elements, a read-only tensor without
    /// `max_version`, a meta tensor); all but the last have the remedy `copy=True`.
    #[pyo3(signature = (*, stream=None, max_version=None, dl_device=None, copy=None))]
    fn __dlpack__<'py>(
        slf: &Bound<'py, Self>,
        stream: Option<&Bound<'py, PyAny>>,
        max_version: Option<&Bound<'py, PyAny>>,
        dl_device: Option<&Bound<'py, PyAny>>,
        copy: Option<bool>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let tensor = slf.get().tensor();
        dlpack::export(slf.py(), tensor, stream, max_version, dl_device, copy)
    }

    /// DLPack's `(device_type, device_id)`: `(1, 0)` is the host.
    ///
    /// Raises `ValueError` for a meta tensor.
    fn __dlpack_device__(&self) -> PyResult<(i32, u32)> {
        dlpack::device(self.tensor())
    }

    /// The functions by which other extensions exchange tensors without Python calls.
    #[classattr]
    fn __dlpack_c_exchange_api__(py: Python<'_>) -> PyResult<Bound<'_, PyCapsule>> {
        dlpack::table(py)
    }
}
