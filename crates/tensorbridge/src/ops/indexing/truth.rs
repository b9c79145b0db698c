//! `t[mask]` with a mask over all of a tensor's elements: no offsets are needed where these lie
//! evenly, for the bits of the mask say which are meant.

use tensorbridge_core::layout::Order;
use tensorbridge_core::layout::nest::Nest;
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{Result, Tensor};
use tensorbridge_cpu::mask::Bits;

use super::super::Operand;
use super::{assigned, heard};
use crate::diagnostics::forbid::permit;
use crate::diagnostics::trace::watch;
use crate::exchange::Reason;
use crate::transfer;

/// The bits of `mask`, and the distance of `tensor`'s elements in C order, where these are even.
fn evenly(tensor: &Tensor, mask: &Tensor) -> Result<Option<(Bits, isize)>> {
    let host = tensor.access().host && mask.access().host;
    if !host || mask.ndim() == 0 || mask.shape() != tensor.shape() {
        return Ok(None);
    }
    let nest = Nest::in_order(tensor.shape(), [tensor.strides()]);
    if nest.lengths.len() > 1 {
        return Ok(None);
    }
    let mask = transfer::contiguous(mask, Order::C, "getitem", Reason::Layout)?;
    // SAFETY: [reach] and [alive]: a dense tensor, alive here; its memory is the host's.
    let bits = unsafe { Bits::read(mask.read_address(), mask.count())? };
    let (_, [step]) = nest.inner();
    Ok(Some((bits, step)))
}

/// The elements where `mask` is true, or `None` where another way must be found.
pub(super) fn get(
    tensor: &Tensor,
    mask: &Tensor,
    operation: &'static str,
) -> Result<Option<Tensor>> {
    let watch = watch();
    let Some((bits, step)) = evenly(tensor, mask)? else { return Ok(None) };
    permit(operation, &[Reason::Index])?;
    let (dtype, size) = (tensor.dtype(), tensor.dtype().itemsize());
    let result = Tensor::allocate(&[bits.count()], dtype, tensor.device(), Fill::Uninitialized)?;
    let packed = (result.write_address()?.as_ptr(), size as isize);
    // SAFETY: [reach]: an element for each bit, and for each set bit. [alive]: both live here.
    // [permit] and [alias]: the result is fresh.
    unsafe { bits.transfer(size, (tensor.read_address(), step), packed, false)? };
    watch.copied(operation, &[Reason::Index], &result);
    Ok(Some(result))
}

/// Writes `value` where `mask` is true, or says that another way must be found.
pub(super) fn set(target: &Tensor, mask: &Tensor, value: &Operand<'_>) -> Result<bool> {
    let watch = watch();
    let Some((bits, step)) = evenly(target, mask)? else { return Ok(false) };
    permit("setitem", &[Reason::Assign])?;
    let value = assigned(target, value, &[bits.count()], "setitem")?;
    let size = target.dtype().itemsize();
    let packed = (value.read_address(), value.strides()[0]);
    let masked = (target.write_address()?.as_ptr(), step);
    // SAFETY: [reach]: an element for each bit, and for each set bit. [alive]: both live here.
    // [permit]: granted for all of `target`. [alias]: `assigned`.
    unsafe { bits.transfer(size, masked, packed, true)? };
    heard(&watch, "setitem", target, &value);
    Ok(true)
}
