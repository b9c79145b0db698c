//! What a cast would do to the values of a tensor, before it is done.

use tensorbridge_core::engine::Operand;
use tensorbridge_core::{DType, DeviceKind, Error, Result, Tensor};
pub use tensorbridge_cpu::exactness::{Exactness, Fate, Worst};

/// What casting `tensor` to `dtype` would do to each of its values. Nothing is written.
///
/// # Errors
///
/// `Device` for a tensor whose values are not on the host.
pub fn exactness(tensor: &Tensor, dtype: DType) -> Result<Exactness> {
    if tensor.device().kind != DeviceKind::Cpu {
        return Err(Error::device(format!(
            "exactness looks at values, and those of this tensor are on {}",
            tensor.device()
        ))
        .hint("move it first: `t.cpu()`"));
    }
    // SAFETY: [reach] and [alive]: a tensor that lives here, on the host.
    unsafe { tensorbridge_cpu::exactness::exactness(Operand::read(tensor), dtype) }
}
