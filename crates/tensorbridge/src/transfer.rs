//! The only place where the bytes of tensors are copied. Each copy has a reason, and is heard
//! by whoever watches [`diagnostics::trace`](crate::diagnostics::trace).

mod foreign;

pub use foreign::{Part, Wanted, assemble, materialize};

use tensorbridge_core::engine::Operand;
use tensorbridge_core::layout::{Order, Overlap, Slice, overlap};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{
    DType, Device, DeviceKind, Error, Layout, Result, Scalar, Tensor, device_unavailable,
};

use crate::casting::{self, Casting};
use crate::diagnostics::forbid::permit;
use crate::diagnostics::trace::watch;
use crate::engines::engine;
use crate::exchange::Reason;
use crate::ops::Operand as Value;

/// `tensor` itself where it is dense in `order`, else a dense copy.
///
/// # Errors
///
/// `Memory` when there is no room for the copy.
pub fn contiguous(
    tensor: &Tensor,
    order: Order,
    operation: &'static str,
    reason: Reason,
) -> Result<Tensor> {
    if tensor.is_contiguous(order) {
        return Ok(tensor.clone());
    }
    let size = tensor.dtype().itemsize();
    let layout = match order {
        Order::C => Layout::contiguous(tensor.shape(), size)?,
        Order::Fortran => {
            let reversed: Vec<_> = tensor.shape().iter().rev().copied().collect();
            Layout::contiguous(&reversed, size)?.reversed_axes()
        }
    };
    copied(tensor, layout, tensor.dtype(), operation, reason)
}

/// `tensor` itself where it has `dtype`, else a copy cast to it, in the same order of memory
/// where that is dense. Casts follow C, with the undefined cases defined.
///
/// # Errors
///
/// `Memory` when there is no room for the copy.
pub fn cast(
    tensor: &Tensor,
    dtype: DType,
    operation: &'static str,
    reason: Reason,
) -> Result<Tensor> {
    if tensor.dtype() == dtype {
        return Ok(tensor.clone());
    }
    copied(tensor, dense(tensor, dtype)?, dtype, operation, reason)
}

/// A copy in memory of its own, writable, in the same order of memory where that is dense and
/// in C order where it is not.
///
/// # Errors
///
/// `Memory` when there is no room for the copy.
pub fn clone_dense(tensor: &Tensor, operation: &'static str, reason: Reason) -> Result<Tensor> {
    copied(tensor, dense(tensor, tensor.dtype())?, tensor.dtype(), operation, reason)
}

/// A copy in memory of its own, writable, in C order.
///
/// # Errors
///
/// `Memory` when there is no room for the copy.
pub fn copy_contiguous(tensor: &Tensor, operation: &'static str, reason: Reason) -> Result<Tensor> {
    let layout = Layout::contiguous(tensor.shape(), tensor.dtype().itemsize())?;
    copied(tensor, layout, tensor.dtype(), operation, reason)
}

/// `tensor` itself where it is on `device`, else a copy there.
///
/// # Errors
///
/// `Device` for a device that cannot be used; `NotImplemented` from the meta device, where
/// there is nothing to copy.
pub fn to_device(tensor: &Tensor, device: Device, operation: &'static str) -> Result<Tensor> {
    let from = tensor.device();
    if from == device {
        return Ok(tensor.clone());
    }
    match (from.kind, device.kind) {
        (DeviceKind::Cuda, _) => Err(device_unavailable(from)),
        (_, DeviceKind::Cuda) => Err(device_unavailable(device)),
        (DeviceKind::Meta, _) => {
            Err(Error::not_implemented("Cannot copy out of meta tensor; no data!")
                .hint("make a tensor with data: `tb.empty_like(t, device=\"cpu\")`"))
        }
        _ => {
            let reasons = [Reason::Transfer { from, to: device }];
            permit(operation, &reasons)?;
            let watch = watch();
            let layout = dense(tensor, tensor.dtype())?;
            let result = Tensor::allocate_as(layout, tensor.dtype(), device, Fill::Uninitialized)?;
            watch.copied(operation, &reasons, &result);
            Ok(result)
        }
    }
}

/// Writes the values of `source`, broadcast to `target`'s shape, into `target`'s memory, cast by
/// the rule in force, or else inside its kind. Where the two overlap, the result is as if `source`
/// had been copied first.
///
/// # Errors
///
/// `Shape` when `source` does not broadcast to `target`; `Type` when its kind is higher (bool <
/// int < float < complex), or what [`casting::check`] says; `Value` or `Runtime` when `target`
/// must not be written; `Device` when they are on different devices. Nothing has been written
/// then.
pub fn copy_into(target: &Tensor, source: &Tensor, operation: &'static str) -> Result<()> {
    assign(target, &source.into(), casting::in_force(), operation)
}

/// As [`copy_into`], for a tensor or a number, cast by `rule`.
///
/// # Errors
///
/// As [`copy_into`] and [`fill`]; for a number `Inexact` where `rule` says so.
pub fn assign(
    target: &Tensor,
    value: &Value<'_>,
    rule: Option<Casting>,
    operation: &'static str,
) -> Result<()> {
    match value {
        Value::PythonScalar(number) => {
            casting::check_assigned(rule, value, target.dtype())?;
            overwrite(target, *number)
        }
        Value::Tensor(source) => {
            permit(operation, &[Reason::Assign])?;
            let watch = watch();
            place_by(rule, target, source, operation)?;
            watch.copied(operation, &[Reason::Assign], target);
            Ok(())
        }
    }
}

/// As [`copy_into`] outside every scope, for the results of operations: no copy that anybody
/// could have avoided.
///
/// # Errors
///
/// As [`copy_into`].
pub fn place(target: &Tensor, source: &Tensor, operation: &'static str) -> Result<()> {
    place_by(None, target, source, operation)
}

fn place_by(
    rule: Option<Casting>,
    target: &Tensor,
    source: &Tensor,
    operation: &'static str,
) -> Result<()> {
    if rule.is_none() {
        casting::check_kind(source.dtype(), target.dtype())?;
    }
    same_device([target, source])?;
    let layout = source.layout().broadcast_to(target.shape())?;
    target.check_writable()?;
    if let Some(rule) = rule {
        casting::check(rule, source, target.dtype())?;
    }
    let source = detach_overlap(&source.with_layout(layout)?, target, operation)?;
    // SAFETY: [reach] and [alive]: both are tensors, alive here. [permit]: `Operand::write`.
    // [alias]: `detach_overlap`.
    unsafe { engine(target.device())?.copy(Operand::read(&source), Operand::write(target)?) }
}

/// Copies elements of one axis to other places of it: those of `from` to those of `to`, or a
/// single one to all.
///
/// # Errors
///
/// `Value` or `Runtime` when `tensor` must not be written, or the places are not other ones.
pub(crate) fn place_along(
    tensor: &Tensor,
    axis: usize,
    from: Slice,
    to: Slice,
    operation: &'static str,
) -> Result<()> {
    let ends = |slice: Slice| {
        let last = slice.start as isize + slice.step * (slice.length as isize - 1);
        (last.min(slice.start as isize), last.max(slice.start as isize))
    };
    let ((low, high), (to_low, to_high)) = (ends(from), ends(to));
    if from.length == 0 || to.length == 0 || tensor.count() == 0 {
        return Ok(());
    }
    if low <= to_high && to_low <= high {
        return Err(Error::runtime(format!("{operation}: {from:?} and {to:?} share places")));
    }
    let part = |slice| tensor.with_layout(tensor.layout().slice(axis, slice));
    let (source, target) = (part(from)?, part(to)?);
    let source = source.with_layout(source.layout().broadcast_to(target.shape())?)?;
    tensor.check_writable()?;
    // SAFETY: [reach] and [alive]: both are tensors, alive here. [permit]: `Operand::write`.
    // [alias]: other places of one axis are other bytes, because a tensor that may be written does
    // not overlap itself.
    unsafe { engine(tensor.device())?.copy(Operand::read(&source), Operand::write(&target)?) }
}

/// Writes `value` into every element of `target`.
///
/// # Errors
///
/// `Type` or `Overflow` when `target`'s dtype cannot represent `value`; `Value` or `Runtime`
/// when `target` must not be written. Nothing has been written then.
pub fn fill(target: &Tensor, value: Scalar) -> Result<()> {
    value.check_fits(target.dtype())?;
    overwrite(target, value)
}

/// As [`fill`], with whatever a cast makes of `value`.
pub(crate) fn overwrite(target: &Tensor, value: Scalar) -> Result<()> {
    // SAFETY: [reach] and [alive]: a tensor, alive here. [permit]: `Operand::write`.
    unsafe { engine(target.device())?.fill(Operand::write(target)?, value) }
}

/// `input` itself where writing `out` cannot disturb it: it is disjoint from `out`, or the very
/// same elements. Else a copy. This establishes \[alias\].
///
/// # Errors
///
/// `Memory` when there is no room for the copy.
pub fn detach_overlap(input: &Tensor, out: &Tensor, operation: &'static str) -> Result<Tensor> {
    if !disturbs(out, input) {
        return Ok(input.clone());
    }
    clone_dense(input, operation, Reason::Overlap)
}

/// Whether writing `out` while `input` is being read could change what is read. Not when they
/// are disjoint or the very same elements; when in doubt, yes.
pub(crate) fn disturbs(out: &Tensor, input: &Tensor) -> bool {
    out.access().host && !same_elements(input, out) && touches(input, out)
}

/// Whether two tensors share a byte; when in doubt, yes.
pub(crate) fn touches(a: &Tensor, b: &Tensor) -> bool {
    let place = |tensor: &Tensor| (tensor.address(), tensor.dtype().itemsize());
    let ((a_address, a_size), (b_address, b_size)) = (place(a), place(b));
    overlap((a_address, a.layout(), a_size), (b_address, b.layout(), b_size)) != Overlap::Disjoint
}

/// Whether each element of one is the same element of the other, of the same size.
fn same_elements(a: &Tensor, b: &Tensor) -> bool {
    a.address() == b.address()
        && a.dtype().itemsize() == b.dtype().itemsize()
        && a.shape() == b.shape()
        && a.shape()
            .iter()
            .zip(a.strides().iter().zip(b.strides()))
            .all(|(&length, (a, b))| length == 1 || a == b)
}

/// The device that all of these are on.
///
/// # Errors
///
/// `Device` naming two of the devices.
pub(crate) fn same_device<'a>(tensors: impl IntoIterator<Item = &'a Tensor>) -> Result<Device> {
    let mut devices = tensors.into_iter().map(Tensor::device);
    let first = devices.next().unwrap_or(Device::CPU);
    match devices.find(|&device| device != first) {
        None => Ok(first),
        Some(other) => Err(Error::device(format!(
            "Expected all tensors to be on the same device, but found at least two devices, {first} and {other}!"
        ))
        .hint(format!("move one of them: `t.to(\"{first}\")`"))),
    }
}

/// A dense layout for `tensor`'s elements as `dtype`, in its own order where it has one.
fn dense(tensor: &Tensor, dtype: DType) -> Result<Layout> {
    tensor.layout().dense_like(tensor.dtype().itemsize(), dtype.itemsize())
}

fn copied(
    tensor: &Tensor,
    layout: Layout,
    dtype: DType,
    operation: &'static str,
    reason: Reason,
) -> Result<Tensor> {
    permit(operation, &[reason])?;
    let watch = watch();
    let result = Tensor::allocate_as(layout, dtype, tensor.device(), Fill::Uninitialized)?;
    // SAFETY: [reach] and [alive]: both are tensors, alive here. [permit] and [alias]: the
    // result is fresh.
    unsafe {
        engine(tensor.device())?.copy(Operand::read(tensor), Operand::write(&result)?)?;
    }
    watch.copied(operation, &[reason], &result);
    Ok(result)
}
