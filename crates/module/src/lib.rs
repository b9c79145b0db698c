//! The shared library behind `import tensorbridge`: the module's name and nothing else.

use pyo3::prelude::*;

/// The compiled part of tensorbridge; import `tensorbridge` instead.
#[pymodule(gil_used = false)]
fn _tensorbridge(module: &Bound<'_, PyModule>) -> PyResult<()> {
    tensorbridge_python::register(module)
}
