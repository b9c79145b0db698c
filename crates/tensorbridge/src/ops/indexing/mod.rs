//! Indexing as NumPy: integers, slices, new axes and the ellipsis give views; masks and integer
//! tensors pick elements, by copies when reading and in place when writing.
//!
//! An index is first *resolved* to strides and byte offsets, every one of them checked
//! (`resolve`, `picks`). Reading and writing then cannot fail half-way, and whatever happens to
//! the index tensors meanwhile cannot matter.

mod masked;
mod nonzero;
mod picks;
pub mod plain;
mod resolve;
mod scatter;
mod take;
mod truth;

pub use masked::{masked_fill, masked_fill_into, masked_scatter_into, masked_select};
pub use nonzero::{argwhere, flat_nonzero, nonzero};
pub use scatter::{
    Combine, index_add_into, index_copy_into, index_fill_into, index_put_into, put_along_into,
    put_into, scatter_into,
};
pub use take::{gather, index_select, take, take_along_axis};

use tensorbridge_core::engine::{Operand as Prepared, Picked};
use tensorbridge_core::op::Binary;
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{Dims, Error, Layout, Result, Tensor};

use self::picks::{Axis, Picks, Places};
use self::resolve::{Resolved, resolve};
use super::Operand;
use crate::casting;
use crate::diagnostics::forbid::permit;
use crate::diagnostics::trace::{Action, Event, Watch, watch};
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
    /// all or nothing along a new axis. Boxed, as the next: these are few, and large.
    Mask(Box<Tensor>),
    /// An integer tensor: picks these elements of an axis.
    Integer(Box<Tensor>),
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
    if let [Index::Mask(mask)] = indices
        && let Some(result) = truth::get(tensor, mask, operation)?
    {
        return Ok(result);
    }
    let Resolved { layout, picks } = resolve(tensor, indices)?;
    match picks {
        // SAFETY: [reach]: elements of `tensor`, in an order and under a shape of their own.
        None => Ok(unsafe { tensor.within(layout) }),
        Some(picks) => pick(tensor, &layout, *picks, operation),
    }
}

/// Copies into a fresh tensor what `picks` names of `tensor`, for each element of `layout`, which
/// has the axes that are not picked from.
fn pick(
    tensor: &Tensor,
    layout: &Layout,
    mut picks: Picks,
    operation: &'static str,
) -> Result<Tensor> {
    permit(operation, &[Reason::Index])?;
    let watch = watch();
    let shape = picks.shape_in(layout.shape());
    let result = Tensor::allocate(&shape, tensor.dtype(), tensor.device(), Fill::Uninitialized)?;
    let (shape, strides) = (picks.first(&shape), picks.first(result.strides()));
    let out = Prepared { shape: &shape, strides: &strides, ..Prepared::write(&result)? };
    let address = element(tensor, tensor.read_address(), layout);
    if !pick_along_one(address, layout, &picks, out, &result)? {
        let offsets = picks.offsets()?;
        if result.access().host {
            let from = Picked { address, offsets, strides: layout.strides() };
            // SAFETY: [reach]: an offset is the sum of checked indices into the axes that
            // `layout` has lost, so together they lead to elements of `tensor`. [alive]: both
            // live here. [permit] and [alias]: the result is fresh.
            unsafe { engine(tensor.device())?.gather(from, out)? };
        }
    }
    watch.copied(operation, &[Reason::Index], &result);
    Ok(result)
}

/// Takes what indices of one axis pick, each checked when it is read. Not where another way is
/// needed: where there is nothing to be written, or an index is outside, which is yet to be named.
fn pick_along_one(
    address: *mut u8,
    layout: &Layout,
    picks: &Picks,
    out: Prepared<'_>,
    result: &Tensor,
) -> Result<bool> {
    let Places::Axis(Axis { indices, length, stride, .. }) = &picks.places else {
        return Ok(false);
    };
    if !result.access().host || result.count() == 0 || *length == 0 {
        return Ok(false);
    }
    let join = |picked: &[isize], whole: &[isize]| -> Dims<isize> {
        picked.iter().chain(whole).copied().collect()
    };
    let (picked, whole) = (indices.ndim(), layout.ndim());
    let index_strides = join(indices.strides(), &vec![0; whole]);
    let from_strides = join(&vec![0; picked], layout.strides());
    let index = Prepared { strides: &index_strides, shape: out.shape, ..Prepared::read(indices) };
    let from = Prepared { address, strides: &from_strides, ..out };
    // SAFETY: [reach]: `layout` without the axis, and on that axis what is checked. [alive]: all
    // live here. [permit] and [alias]: the result is fresh.
    unsafe { tensorbridge_cpu::take::take(from, index, (*length, *stride), out) }
}

/// Where element `[0, …, 0]` of `layout` is, when that of `tensor` is at `address`.
fn element(tensor: &Tensor, address: *mut u8, layout: &Layout) -> *mut u8 {
    address.wrapping_add(layout.offset().wrapping_sub(tensor.layout().offset()))
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
    if let [Index::Mask(mask)] = indices
        && truth::set(target, mask, value)?
    {
        return Ok(());
    }
    let Resolved { layout, picks } = resolve(target, indices)?;
    let Some(picks) = picks else {
        let view = target.with_layout(layout)?;
        let spread = match value {
            Operand::PythonScalar(number) => Operand::PythonScalar(*number),
            Operand::Tensor(value) => spread(value, view.shape())?.into(),
        };
        return transfer::assign(&view, &spread, casting::in_force(), "setitem");
    };
    put(target, &layout, *picks, value)
}

/// Writes `value` to what `picks` names of `target`: see [`pick`].
fn put(target: &Tensor, layout: &Layout, picks: Picks, value: &Operand<'_>) -> Result<()> {
    put_as(target, layout, picks, value, None, "setitem")
}

/// As [`put`], or with `fold` a sum, product, minimum or maximum of what is there and `value`.
fn put_as(
    target: &Tensor,
    layout: &Layout,
    mut picks: Picks,
    value: &Operand<'_>,
    fold: Option<Binary>,
    operation: &'static str,
) -> Result<()> {
    permit(operation, &[Reason::Assign])?;
    let watch = watch();
    picks.offsets()?;
    let shape = picks.shape_in(layout.shape());
    let value = assigned(target, value, &shape, operation)?;
    if target.access().host {
        let (shape, strides) = (picks.first(&shape), picks.first(value.strides()));
        let from = Prepared { shape: &shape, strides: &strides, ..Prepared::read(&value) };
        let address = element(target, target.write_address()?.as_ptr(), layout);
        let to = Picked { address, offsets: picks.offsets()?, strides: layout.strides() };
        let engine = engine(target.device())?;
        // SAFETY: [reach]: as in `pick`. [alive]: both live here. [permit]: granted for all of
        // `target`. [alias]: `assigned`.
        unsafe {
            match fold {
                None => engine.scatter(from, to)?,
                Some(op) => engine.accumulate(op, from, to)?,
            }
        }
    }
    heard(&watch, operation, target, &value);
    Ok(())
}

/// `value` as it is written into `target`: broadcast to `shape`, cast, and apart from it.
fn assigned(
    target: &Tensor,
    value: &Operand<'_>,
    shape: &[usize],
    operation: &'static str,
) -> Result<Tensor> {
    let value = spread(&offered(target, value)?, shape)?;
    target.check_writable()?;
    apart(&fitted(target, &value, operation)?, target)
}

/// `value` as a tensor, if it may be cast to `target`'s dtype.
fn offered(target: &Tensor, value: &Operand<'_>) -> Result<Tensor> {
    casting::check_assigned(casting::in_force(), value, target.dtype())?;
    match value {
        Operand::PythonScalar(number) => {
            let cell = Tensor::allocate(&[], target.dtype(), target.device(), Fill::Zero)?;
            transfer::overwrite(&cell, *number)?;
            Ok(cell)
        }
        Operand::Tensor(value) => {
            transfer::same_device([target, value])?;
            Ok(Tensor::clone(value))
        }
    }
}

/// `value` in `target`'s dtype.
fn fitted(target: &Tensor, value: &Tensor, operation: &'static str) -> Result<Tensor> {
    let reason = Reason::Promote { from: value.dtype(), to: target.dtype() };
    transfer::cast(value, target.dtype(), operation, reason)
}

/// Tells who watches that `value` was written into `target`.
fn heard(watch: &Watch, operation: &'static str, target: &Tensor, value: &Tensor) {
    if watch.is_on() {
        let mut event = Event::of(Action::Copied, operation, target);
        event.reasons = Reasons::from_slice(&[Reason::Assign]);
        event.bytes = value.nbytes();
        event.shape = Dims::from_slice(value.shape());
        watch.record(event);
    }
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
    if transfer::touches(value, target) {
        return transfer::clone_dense(value, "setitem", Reason::Overlap);
    }
    Ok(value.clone())
}

/// `axis` of `ndim` axes taken out, others whole: the start of an index along one axis.
fn along(axis: usize, index: Index) -> Vec<Index> {
    let mut indices = vec![Index::WHOLE; axis];
    indices.push(index);
    indices
}

#[cfg(test)]
mod tests;
