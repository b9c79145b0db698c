//! DLPack: the C structures and their way in and out.
//!
//! `abi` says what crosses; `import` takes a managed tensor over, trusts its ownership alone and
//! checks the rest; `export` hands a tensor out. Capsules and `__dlpack__` belong to Python.

pub mod abi;
mod export;
mod import;

pub use export::{check_exportable, export_legacy, export_versioned};
pub use import::{Description, Managed};

#[cfg(test)]
mod tests;
