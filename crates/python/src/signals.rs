//! Which thread Python's signal handlers run on.

use std::cell::Cell;

use pyo3::prelude::*;

thread_local! {
    /// Whether this thread is Python's main thread, once it has been asked.
    static MAIN: Cell<Option<bool>> = const { Cell::new(None) };
}

/// Whether signals are handled on this thread. Only there may long work look for them: any
/// other thread may be a daemon, which must not attach when the interpreter ends.
#[inline]
pub(crate) fn arrive_here(py: Python<'_>) -> bool {
    MAIN.get().unwrap_or_else(|| {
        let answer = is_main(py).unwrap_or(false);
        MAIN.set(Some(answer));
        answer
    })
}

#[cold]
fn is_main(py: Python<'_>) -> PyResult<bool> {
    let threading = py.import("threading")?;
    let main = threading.call_method0("main_thread")?.getattr("ident")?;
    threading.call_method0("get_ident")?.eq(main)
}

/// A forked child's only thread is its main thread.
#[pyfunction]
fn after_fork() {
    MAIN.set(None);
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let os = py.import("os")?;
    if !os.hasattr("register_at_fork")? {
        return Ok(());
    }
    let keywords = pyo3::types::PyDict::new(py);
    keywords.set_item("after_in_child", wrap_pyfunction!(after_fork, module)?)?;
    os.call_method("register_at_fork", (), Some(&keywords)).map(drop)
}
