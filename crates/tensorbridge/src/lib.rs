//! Tensors that share memory with NumPy and every other array library.
//!
//! Facts about foreign memory come in as an [`exchange::Facts`]; one pure function,
//! [`exchange::plan`], decides to share, copy or refuse; [`exchange::adopt`] makes the tensor.
//! What crossed the bridge is computed on by [`ops`]; [`transfer`] is the only place where
//! bytes are copied, and [`diagnostics`] records every copy and crossing.

pub mod casting;
pub mod diagnostics;
pub mod engines;
pub mod exchange;
pub mod ops;
pub mod text;
pub mod transfer;
pub mod values;

pub use tensorbridge_core::{
    Access, Bool, Casting, DType, Device, DeviceKind, Dims, Element, Error, ErrorKind, KeepAlive,
    Kind, Layout, MAX_NDIM, Origin, Result, Scalar, Storage, Tensor, device_unavailable, dtype,
    interrupt, layout, op, scalar, storage, with_dtype,
};
