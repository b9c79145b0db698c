//! What the bridge tells about itself: events, predictions, measurements, prohibitions.

mod aliases;
mod exactness;
mod forbid;
mod lines;
mod memory;
mod plan;
mod trace;
mod watch;

use pyo3::prelude::*;

pub(crate) use aliases::born;
pub(crate) use lines::caller;

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    trace::register(module)?;
    memory::register(module)?;
    aliases::register(module)?;
    watch::register(module)?;
    plan::register(module)?;
    exactness::register(module)?;
    forbid::register(module)
}
