//! The bridge: facts about foreign memory in, a tensor or a refusal out.
//!
//! Protocol readers (the Python crate, DLPack) gather [`Facts`] and decide nothing. [`plan`]
//! decides and touches nothing. [`adopt`] joins the memory to a tensor and checks every number
//! that came from outside.

pub mod dlpack;
mod facts;
pub mod format;
mod plan;
mod reason;
mod request;
pub mod typestr;

pub use facts::{ByteOrder, Facts, Form, Permission, SourceDType, Unsupported};
pub use plan::{Plan, plan};
pub use reason::{Reason, Reasons};
pub use request::{CopyMode, Request};
pub use tensorbridge_core::{Checked, Foreign, adopt};
