//! What a tensor is: a dtype, a layout, a storage, and the handle that joins them.
//!
//! This crate computes nothing and knows neither Python nor threads nor SIMD.
//!
//! # Contract
//!
//! Every `SAFETY` comment in the workspace cites one of four invariants by name:
//!
//! * **\[reach\]** every byte that a tensor's layout can address lies inside its storage.
//!   Established by [`Tensor::new`] and [`Checked::adopt`], the only ways to join a layout to a storage.
//! * **\[alive\]** the storage's owner keeps the memory valid until it is dropped. Promised by
//!   whoever called [`Storage::adopt`], and by construction for memory from [`storage::host`].
//! * **\[permit\]** memory is written only through a tensor whose [`Access::write`] is true, and
//!   dereferenced by the host only where [`Access::host`] is. [`Tensor::write_address`] is the
//!   one function that grants a write address.
//! * **\[alias\]** an output is fresh memory, or exactly one of the inputs (same address, same
//!   strides), or disjoint from all of them. Established before any kernel is called.

mod adopt;
pub mod device;
pub mod dtype;
pub mod engine;
pub mod error;
pub mod grants;
pub mod interrupt;
pub mod layout;
pub mod op;
pub mod scalar;
pub mod storage;
mod tensor;

pub use adopt::{Checked, Foreign, adopt};
pub use device::{Device, DeviceKind};
pub use dtype::{Bool, Casting, DType, Element, Kind};
pub use engine::{Engine, Operand, Picked};
pub use error::{Error, ErrorKind, Result};
pub use layout::{Dims, Layout, MAX_NDIM};
pub use scalar::Scalar;
pub use storage::{Access, KeepAlive, Origin, Storage};
pub use tensor::{Tensor, device_unavailable};
