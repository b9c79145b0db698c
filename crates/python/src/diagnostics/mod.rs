//! What the bridge tells about itself: events, predictions, measurements, prohibitions.

mod exactness;
mod forbid;
mod lines;
mod plan;
mod trace;

use pyo3::prelude::*;

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    trace::register(module)?;
    plan::register(module)?;
    exactness::register(module)?;
    forbid::register(module)
}
