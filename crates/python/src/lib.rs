//! How Python sees tensorbridge. The only crate that knows PyO3.
//!
//! `protocols` reads and writes foreign objects, `tensor` is the class, `namespace` the
//! functions beside it.

mod aliases;
mod arguments;
mod attach;
mod calling;
mod casting;
mod convert;
mod device;
mod diagnostics;
mod dtype;
mod enter;
mod errors;
mod formats;
mod fresh;
mod front;
mod generator;
mod keepalive;
mod named;
mod namespace;
mod operand;
mod protocols;
mod signals;
mod tensor;

use pyo3::exceptions::PyImportError;
use pyo3::ffi;
use pyo3::prelude::*;

pub use convert::{Array, Raise, Result};
pub use dtype::PyDType;
pub use tensor::PyTensor;

/// Puts every class and function into the extension module.
///
/// # Errors
///
/// `ImportError` in a sub-interpreter; whatever Python raises while the names are set.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    check_interpreter()?;
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    errors::register(module)?;
    signals::register(module)?;
    dtype::register(module)?;
    casting::register(module)?;
    device::register(module)?;
    formats::register(module)?;
    tensor::register(module)?;
    generator::register(module)?;
    namespace::register(module)?;
    let linalg = module.getattr("_linalg")?.cast_into::<PyModule>()?;
    tensor::absent::register(&linalg)?;
    aliases::accept(&[(module, false), (&linalg, true)])?;
    diagnostics::register(module)
}

/// Classes and cached objects live in statics: they belong to the main interpreter.
fn check_interpreter() -> PyResult<()> {
    // SAFETY: attached, so there is a current interpreter; its state outlives the call.
    let id = unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) };
    if id == 0 {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "tensorbridge cannot be imported in a sub-interpreter: its objects belong to the main one — hint: use threads or processes",
    ))
}
