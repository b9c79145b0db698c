//! The functions of `tensorbridge`, one file per chapter.

mod doors;

use pyo3::prelude::*;

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    doors::register(module)
}
