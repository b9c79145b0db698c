//! Picking along one axis.

use tensorbridge_core::engine::Operand as Prepared;
use tensorbridge_core::layout::{Order, broadcast_shapes, normalize_axis};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{Dims, Error, Layout, Result, Tensor};

use super::picks::{Part, Picks};
use super::{Index, along, get_as, pick};
use crate::diagnostics::forbid::permit;
use crate::diagnostics::trace::watch;
use crate::exchange::Reason;
use crate::transfer;

/// Checks that a tensor can index.
pub(super) fn check_integers(indices: &Tensor, operation: &str) -> Result<()> {
    if indices.dtype().is_integer() {
        return Ok(());
    }
    Err(Error::index(format!(
        "{operation}: indices must be of an integer dtype, and these are {}",
        indices.dtype()
    ))
    .hint("cast them: `.to(tb.int64)`; for a mask: `t[mask]`"))
}

/// The elements of `axis` that `indices` (of any shape) names, whose axes replace it: a fresh
/// tensor. Without an axis, of the flattened tensor. Negative indices count from the end.
///
/// # Errors
///
/// `Index` for an index out of bounds, a dtype that cannot index, or an axis that is not there.
pub fn take(tensor: &Tensor, indices: &Tensor, axis: Option<isize>) -> Result<Tensor> {
    check_integers(indices, "take")?;
    let index = Index::Integer(indices.clone().into());
    match axis {
        Some(axis) => {
            let axis = normalize_axis(axis, tensor.ndim())?;
            get_as(tensor, &along(axis, index), "take")
        }
        None => get_as(&flat(tensor)?, &[index], "take"),
    }
}

fn flat(tensor: &Tensor) -> Result<Tensor> {
    let shape = [tensor.count()];
    if let Some(layout) = tensor.layout().reshape(&shape)? {
        return tensor.with_layout(layout);
    }
    let dense = transfer::contiguous(tensor, Order::C, "take", Reason::Layout)?;
    dense.with_layout(Layout::contiguous(&shape, tensor.dtype().itemsize())?)
}

/// The elements of axis `dim` that the vector `index` names: a fresh tensor.
///
/// # Errors
///
/// As [`take`]; `Index` where `index` has more than one axis.
pub fn index_select(tensor: &Tensor, dim: isize, index: &Tensor) -> Result<Tensor> {
    check_integers(index, "index_select")?;
    if index.ndim() > 1 {
        return Err(Error::index(format!(
            "index_select(): Index is supposed to be a vector, and has shape {:?}",
            index.shape()
        ))
        .hint("`tb.take(t, index, axis=dim)` takes indices of any shape"));
    }
    let index = index.with_layout(
        index
            .layout()
            .reshape(&[index.count()])?
            .unwrap_or_else(|| unreachable!("one axis at most reshapes to one axis")),
    )?;
    if tensor.ndim() == 0 {
        normalize_axis(dim, 1)?;
        let line = tensor.with_layout(tensor.layout().unsqueeze(0)?)?;
        let picked = get_as(&line, &[Index::Integer(index.into())], "index_select")?;
        return match picked.count() {
            1 => picked.with_layout(picked.layout().squeeze(0)),
            _ => Ok(picked),
        };
    }
    let axis = normalize_axis(dim, tensor.ndim())?;
    get_as(tensor, &along(axis, Index::Integer(index.into())), "index_select")
}

/// The elements that `index` names along `dim`, one at a time: `out[i, j] = t[index[i, j], j]`
/// for `dim` 0. A fresh tensor of `index`'s shape, which is no longer than `tensor`'s along the
/// other axes.
///
/// # Errors
///
/// As [`take`]; `Shape` where the shapes do not fit.
pub fn gather(tensor: &Tensor, dim: isize, index: &Tensor) -> Result<Tensor> {
    check_integers(index, "gather")?;
    if index.ndim() != tensor.ndim() {
        return Err(Error::shape(format!(
            "gather: Index tensor must have the same number of dimensions as input tensor: {} and {}",
            index.ndim(),
            tensor.ndim()
        )));
    }
    if tensor.ndim() == 0 {
        return index_select(tensor, dim, index);
    }
    let axis = normalize_axis(dim, tensor.ndim())?;
    let fits = |other: usize| other == axis || index.shape()[other] <= tensor.shape()[other];
    if let Some(other) = (0..tensor.ndim()).find(|&other| !fits(other)) {
        return Err(Error::shape(format!(
            "gather: Size does not match at dimension {other} expected index {:?} to be no larger than self {:?} apart from dimension {axis}",
            index.shape(),
            tensor.shape()
        )));
    }
    pick_along(tensor, axis, index, "gather")
}

/// The elements that `indices` names along `axis`, one at a time, with the other axes of
/// `tensor` and `indices` broadcast together: what puts the result of `argsort` to use.
///
/// # Errors
///
/// As [`take`]; `Shape` where the shapes do not fit.
pub fn take_along_axis(tensor: &Tensor, indices: &Tensor, axis: isize) -> Result<Tensor> {
    check_integers(indices, "take_along_axis")?;
    if indices.ndim() != tensor.ndim() {
        return Err(Error::shape(format!(
            "take_along_axis: the tensor has {} axes and the indices have {}: they must have the same number",
            tensor.ndim(),
            indices.ndim()
        )));
    }
    let axis = normalize_axis(axis, tensor.ndim())?;
    let one_at = |tensor: &Tensor| {
        let mut shape = tensor.shape().to_vec();
        shape[axis] = 1;
        shape
    };
    let shape = broadcast_shapes(&[&one_at(tensor), &one_at(indices)])?;
    let spread = |tensor: &Tensor| {
        let mut shape = shape.clone();
        shape[axis] = tensor.shape()[axis];
        tensor.with_layout(tensor.layout().broadcast_to(&shape)?)
    };
    pick_along(&spread(tensor)?, axis, &spread(indices)?, "take_along_axis")
}

/// `out[…, j, …] = tensor[…, index[…, j, …], …]`; other axes are no longer than `tensor`'s.
fn pick_along(
    tensor: &Tensor,
    axis: usize,
    index: &Tensor,
    operation: &'static str,
) -> Result<Tensor> {
    let (shape, strides) = (tensor.shape(), tensor.strides());
    if let Some(result) = one_by_one(tensor, axis, index, operation)? {
        return Ok(result);
    }
    let mut parts = vec![Part::of_integers(index, axis, shape[axis], strides[axis])?];
    for other in (0..tensor.ndim()).filter(|&other| other != axis) {
        parts.push(Part::whole(other, tensor.ndim(), index.shape()[other], strides[other]));
    }
    let corner = Layout::new(&[], &[], tensor.layout().offset())?;
    pick(tensor, &corner, Picks::together(parts, 0)?, operation)
}

/// The same where all is at hand, each index checked when it is read; `None` where an index is
/// outside, which is yet to be named.
fn one_by_one(
    tensor: &Tensor,
    axis: usize,
    index: &Tensor,
    operation: &'static str,
) -> Result<Option<Tensor>> {
    let (length, stride) = (tensor.shape()[axis], tensor.strides()[axis]);
    if !tensor.access().host || !index.access().host || index.count() == 0 || length == 0 {
        return Ok(None);
    }
    permit(operation, &[Reason::Index])?;
    let watch = watch();
    let (dtype, device) = (tensor.dtype(), tensor.device());
    let result = Tensor::allocate(index.shape(), dtype, device, Fill::Uninitialized)?;
    let mut strides = Dims::from_slice(tensor.strides());
    strides[axis] = 0;
    let from = Prepared { shape: index.shape(), strides: &strides, ..Prepared::read(tensor) };
    let (places, out) = (Prepared::read(index), Prepared::write(&result)?);
    // SAFETY: [reach]: the other axes are no longer than the tensor's, and on this one places are
    // checked. [alive]: all live here. [permit] and [alias]: the result is fresh.
    let inside = unsafe { tensorbridge_cpu::take::take(from, places, (length, stride), out)? };
    watch.copied(operation, &[Reason::Index], &result);
    Ok(inside.then_some(result))
}
