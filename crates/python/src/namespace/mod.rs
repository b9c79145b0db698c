//! The functions of `tensorbridge`, one file per chapter.

mod doors;
mod manipulation;

use pyo3::prelude::*;

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    doors::register(module)?;
    manipulation::register(module)
}
