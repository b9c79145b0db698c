//! Indexing as NumPy: integers, slices, new axes and the ellipsis give views; masks and integer
//! tensors pick elements, by copies when reading and in place when writing.
//!
//! An index is first *resolved* to strides and byte offsets, every one of them checked
//! (`resolve`, `picks`). Reading and writing then cannot fail half-way, and whatever happens to
//! the index tensors meanwhile cannot matter.

mod masked;
mod nonzero;
mod picks;
mod resolve;
mod take;

pub use masked::{masked_fill, masked_fill_into, masked_select};
pub use nonzero::{argwhere, nonzero};
pub use take::{gather, index_select, take, take_along_axis};

use tensorbridge_core::engine::{Operand as Prepared, Picked};
use tensorbridge_core::layout::may_overlap;
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{Error, Layout, Result, Tensor};

use self::picks::Picks;
use self::resolve::{Resolved, resolve};
use super::Operand;
use crate::diagnostics::forbid::permit;
use crate::diagnostics::trace::{Action, Event, watch};
use crate::engines::engine;
use crate::exchange::{Reason, Reasons};
use crate::transfer;

/// One item of an index.
#[derive(Clone, Debug)]
pub enum Index {
    /// Picks one element of an axis and drops the axis.
    Int(isize),
    /// Takes a slice of an axis, as Python resolves it.
    Slice {
        /// First index.
        start: Option<isize>,
        /// One past the last index.
        stop: Option<isize>,
        /// Distance; not 0.
        step: Option<isize>,
    },
    /// Adds an axis of length 1.
    NewAxis,
    /// Stands for as many whole axes as are left over.
    Ellipsis,
    /// A `bool` tensor: picks where it is true, over as many axes as it has. A 0-d mask picks
    /// all or nothing along a new axis.
    Mask(Tensor),
    /// An integer tensor: picks these elements of an axis.
    Integer(Tensor),
}

impl Index {
    /// A whole axis.
    pub(crate) const WHOLE: Self = Self::Slice { start: None, stop: None, step: None };
}

/// `tensor[indices]`: a view, or a fresh dense tensor where a mask or an integer tensor picks.
///
/// The axes that are picked by masks and integer tensors (and by integers beside them) are
/// replaced by the axes to which those broadcast together: in place where they stand side by
/// side, else in front of all others.
///
/// # Errors
///
/// `Index` for an index out of bounds, too many of them, a mask of another shape, or index
/// tensors that do not broadcast together; `Type` for one of a dtype that cannot index; `Value`
/// for a step of 0.
pub fn get(tensor: &Tensor, indices: &[Index]) -> Result<Tensor> {
    get_as(tensor, indices, "getitem")
}

fn get_as(tensor: &Tensor, indices: &[Index], operation: &'static str) -> Result<Tensor> {
    let Resolved { layout, picks } = resolve(tensor, indices)?;
    match picks {
        None => tensor.with_layout(layout),
        Some(picks) => pick(tensor, &layout, &picks, operation),
    }
}

/// Copies into a fresh tensor what `picks` names of `tensor`, for each element of `layout`, which
/// has the axes that are not picked from.
fn pick(
    tensor: &Tensor,
    layout: &Layout,
    picks: &Picks,
    operation: &'static str,
) -> Result<Tensor> {
    permit(operation, &[Reason::Index])?;
    let watch = watch();
    let shape = picks.shape_in(layout.shape());
    let result = Tensor::allocate(&shape, tensor.dtype(), tensor.device(), Fill::Uninitialized)?;
    if result.access().host {
        let (shape, strides) = (picks.first(&shape), picks.first(result.strides()));
        let out = Prepared { shape: &shape, strides: &strides, ..Prepared::write(&result)? };
        let from = picked(tensor, tensor.read_address(), layout, picks);
        // SAFETY: [reach]: an offset is the sum of checked indices into the axes that `layout`
        // has lost, so together they lead to elements of `tensor`. [alive]: both live here.
        // [permit] and [alias]: the result is fresh.
        unsafe { engine(tensor.device())?.gather(from, out)? };
    }
    watch.copied(operation, &[Reason::Index], &result);
    Ok(result)
}

/// `picks` from element `[0, …, 0]` of `layout`, where that of `tensor` is at `address`.
fn picked<'a>(
    tensor: &Tensor,
    address: *mut u8,
    layout: &'a Layout,
    picks: &'a Picks,
) -> Picked<'a> {
    let moved = layout.offset().wrapping_sub(tensor.layout().offset());
    let address = address.wrapping_add(moved);
    Picked { address, offsets: &picks.offsets, strides: layout.strides() }
}

/// `target[indices] = value`, broadcast to the shape of `target[indices]`; leading axes of
/// length 1 of `value` may be too many. Where `value` overlaps `target` the result is as if it
/// had been copied first; where an element is named twice, the last value stays.
///
/// # Errors
///
/// As [`get`]; `Shape` where `value` does not broadcast; `Type` where its kind is higher than
/// `target`'s (bool < int < float < complex); for a Python number `Type` or `Overflow` where
/// `target`'s dtype cannot represent it; `Value` or `Runtime` where `target` must not be
/// written; `Device` where they are on different devices. Nothing has been written then.
pub fn set(target: &Tensor, indices: &[Index], value: &Operand<'_>) -> Result<()> {
    let Resolved { layout, picks } = resolve(target, indices)?;
    let Some(picks) = picks else {
        let view = target.with_layout(layout)?;
        return match value {
            Operand::PythonScalar(number) => transfer::fill(&view, *number),
            Operand::Tensor(value) => {
                transfer::copy_into(&view, &spread(value, view.shape())?, "setitem")
            }
        };
    };
    put(target, &layout, &picks, value)
}

/// Writes `value` to what `picks` names of `target`: see [`pick`].
fn put(target: &Tensor, layout: &Layout, picks: &Picks, value: &Operand<'_>) -> Result<()> {
    permit("setitem", &[Reason::Assign])?;
    let watch = watch();
    let shape = picks.shape_in(layout.shape());
    let value = match value {
        Operand::PythonScalar(number) => {
            let cell = Tensor::allocate(&[], target.dtype(), target.device(), Fill::Zero)?;
            transfer::fill(&cell, *number)?;
            cell
        }
        Operand::Tensor(value) => {
            transfer::check_kind(value.dtype(), target.dtype())?;
            transfer::same_device([target, value])?;
            Tensor::clone(value)
        }
    };
    let value = spread(&value, &shape)?;
    target.check_writable()?;
    let reason = Reason::Promote { from: value.dtype(), to: target.dtype() };
    let value = transfer::cast(&value, target.dtype(), "setitem", reason)?;
    let value = apart(&value, target)?;
    if target.access().host {
        let (shape, strides) = (picks.first(&shape), picks.first(value.strides()));
        let from = Prepared { shape: &shape, strides: &strides, ..Prepared::read(&value) };
        let to = picked(target, target.write_address()?.as_ptr(), layout, picks);
        // SAFETY: [reach]: as in `pick`. [alive]: both live here. [permit]: granted for all of
        // `target`. [alias]: `apart`.
        unsafe { engine(target.device())?.scatter(from, to)? };
    }
    if watch.is_on() {
        let mut event = Event::of(Action::Copied, "setitem", target);
        event.reasons = Reasons::from_slice(&[Reason::Assign]);
        event.bytes = value.nbytes();
        event.shape = shape;
        watch.record(event);
    }
    Ok(())
}

/// `value` repeated to `shape`; leading axes of length 1 may be too many.
fn spread(value: &Tensor, shape: &[usize]) -> Result<Tensor> {
    let mut layout = value.layout().clone();
    while layout.ndim() > shape.len() && layout.shape()[0] == 1 {
        layout = layout.squeeze(0);
    }
    let layout = layout.broadcast_to(shape).map_err(|_| {
        Error::shape(format!(
            "shape mismatch: value tensor of shape {:?} cannot be broadcast to indexing result of shape {shape:?}",
            value.shape()
        ))
        .hint("axes are matched from the last one; each pair must be equal or the value's have a 1")
    })?;
    value.with_layout(layout)
}

/// `value` itself where no byte of `target` belongs to it, else a copy.
fn apart(value: &Tensor, target: &Tensor) -> Result<Tensor> {
    let place = |tensor: &Tensor| (tensor.address(), tensor.dtype().itemsize());
    let ((a, a_size), (b, b_size)) = (place(value), place(target));
    if may_overlap((a, value.layout(), a_size), (b, target.layout(), b_size)) {
        return transfer::clone_dense(value, "setitem", Reason::Overlap);
    }
    Ok(value.clone())
}

/// A fresh `int64` tensor of `shape` with `values` in C order.
fn integers(shape: &[usize], values: impl ExactSizeIterator<Item = i64>) -> Result<Tensor> {
    use tensorbridge_core::{DType, Device};
    let result = Tensor::allocate(shape, DType::Int64, Device::CPU, Fill::Uninitialized)?;
    assert_eq!(values.len(), result.count());
    let address = result.write_address()?.cast::<i64>();
    for (place, value) in values.take(result.count()).enumerate() {
        // SAFETY: [reach]: `place` is below the number of elements of a dense tensor. [alive]
        // and [permit]: it is fresh.
        unsafe { address.add(place).write(value) };
    }
    Ok(result)
}

/// `axis` of `ndim` axes taken out, others whole: the start of an index along one axis.
fn along(axis: usize, index: Index) -> Vec<Index> {
    let mut indices = vec![Index::WHOLE; axis];
    indices.push(index);
    indices
}

#[cfg(test)]
mod tests;
