//! NumPy, in both directions. Nothing outside this folder touches its C API.

mod capi;
mod dtype;
mod export;
mod import;
mod scalar;

pub(crate) use capi::loaded;
pub(crate) use dtype::{classify, descriptor};
pub(crate) use export::{check_host, export};
pub(super) use import::ArrayOwner;
pub(crate) use import::{import, import_into, not_an_array, place};
pub(crate) use scalar::{is_scalar, read_scalar};
