//! The facts behind `t.memory`; the words are Python's.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;
use tensorbridge::layout::Order;

use crate::calling;
use crate::protocols::{Keeper, keeper};
use crate::tensor::PyTensor;

#[pymethods]
impl PyTensor {
    /// Where the bytes are and whose they are: a `Memory` with `origin` (the chain of owners),
    /// `address`, `extent`, `nbytes`, `strides`, `order`, `alignment`, `aligned`, `writable` (and
    /// `why_not`) and `shared_by`. It prints, and `to_dict()` gives plain values.
    ///
    /// `shared_by` counts the handles that tensorbridge has on this storage: this tensor, its
    /// views, and DLPack exports that another library still holds. Arrays are not counted, and
    /// neither are tensors that were made of the same array by another call, whose storage is
    /// another one; `tb.aliases(t)` finds those.
    #[getter]
    fn memory<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        static DESCRIBE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let py = slf.py();
        let describe = DESCRIBE.get_or_try_init(py, || {
            let module = calling::import(py, "tensorbridge.diagnostics.memory")?;
            PyResult::Ok(module.getattr("describe")?.unbind())
        })?;
        describe.bind(py).call1((slf, facts(slf)?))
    }
}

/// What only Rust knows of a tensor's memory.
fn facts<'py>(slf: &Bound<'py, PyTensor>) -> PyResult<Bound<'py, PyDict>> {
    let py = slf.py();
    let tensor = slf.get().tensor();
    let storage = tensor.storage();
    let facts = PyDict::new(py);
    facts.set_item("origin", storage.origin().to_string())?;
    facts.set_item("on_host", tensor.access().host)?;
    facts.set_item("references", storage.references())?;
    facts.set_item("storage_bytes", storage.len())?;
    facts.set_item("storage_writable", storage.access().write)?;
    facts.set_item("refusal", tensor.check_writable().err().map(|e| e.message().to_owned()))?;
    facts.set_item("c", tensor.is_contiguous(Order::C))?;
    facts.set_item("f", tensor.is_contiguous(Order::Fortran))?;
    facts.set_item("aligned", tensor.is_aligned())?;
    let reach = tensor.layout().reach(tensor.dtype().itemsize()).unwrap_or(0..0);
    facts.set_item("lowest", tensor.address().wrapping_add_signed(reach.start))?;
    facts.set_item("spanned", reach.len())?;
    let (owner, producer) = match keeper(py, tensor) {
        Some(Keeper::Object(object)) => (Some(object), None),
        Some(Keeper::Export(class)) => (None, Some(class)),
        None => (None, None),
    };
    facts.set_item("owner", owner)?;
    facts.set_item("producer", producer)?;
    Ok(facts)
}

/// Whether two tensors are handles on one storage.
#[pyfunction]
fn _same_storage(a: &Bound<'_, PyTensor>, b: &Bound<'_, PyTensor>) -> bool {
    a.get().tensor().storage().same(b.get().tensor().storage())
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_same_storage, module)?)
}
