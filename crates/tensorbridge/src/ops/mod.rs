//! stub
use std::sync::atomic::{AtomicU8, Ordering};
use tensorbridge_core::{DType, Error, Result};
static DEFAULT: AtomicU8 = AtomicU8::new(DType::Float32 as u8);
/// default
#[must_use]
pub fn default_dtype() -> DType {
    DType::ALL[DEFAULT.load(Ordering::Relaxed) as usize]
}
/// set
/// # Errors
/// not float
pub fn set_default_dtype(d: DType) -> Result<()> {
    if !d.is_float() {
        return Err(Error::dtype("only floating-point types are supported as the default type"));
    }
    DEFAULT.store(d as u8, Ordering::Relaxed);
    Ok(())
}
