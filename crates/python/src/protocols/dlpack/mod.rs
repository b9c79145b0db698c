//! DLPack, in both directions: capsules, `__dlpack__`, and the C exchange API.

mod capsule;
mod exchange_api;
mod export;
mod import;
mod producer;

pub(super) use capsule::Taken;
pub(crate) use exchange_api::table;
pub(crate) use export::{device, export};
pub(crate) use import::{from_dlpack, import};
