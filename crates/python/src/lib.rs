//! How Python sees tensorbridge. The only crate that knows PyO3.
//!
//! `protocols` reads and writes foreign objects, `tensor` is the class, `namespace` the
//! functions beside it.

mod arguments;
mod convert;
mod device;
mod diagnostics;
mod dtype;
mod enter;
mod errors;
mod formats;
mod keepalive;
mod namespace;
mod protocols;
mod tensor;

use pyo3::prelude::*;

pub use convert::{Array, Raise, Result};
pub use dtype::PyDType;
pub use tensor::PyTensor;

/// Puts every class and function into the extension module.
///
/// # Errors
///
/// Whatever Python raises while the names are set.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    errors::register(module)?;
    dtype::register(module)?;
    device::register(module)?;
    formats::register(module)?;
    tensor::register(module)?;
    namespace::register(module)?;
    diagnostics::register(module)
}
