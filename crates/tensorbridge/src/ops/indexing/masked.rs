//! Masks that broadcast.

use tensorbridge_core::layout::broadcast_shapes;
use tensorbridge_core::op::Reduce;
use tensorbridge_core::{Error, Result, Tensor};

use super::super::searching::flat;
use super::super::{self as ops, Op, Operand, Operation, Reduction, reduce, views};
use super::{Index, fitted, get_as, offered, set};
use crate::values::item;

fn check_mask(mask: &Tensor, operation: &str) -> Result<()> {
    if mask.dtype().is_bool() {
        return Ok(());
    }
    Err(Error::dtype(format!(
        "{operation}: expected a boolean mask, but got a tensor with dtype {}",
        mask.dtype()
    ))
    .hint("compare first: `mask != 0`"))
}

fn broadcast(tensor: &Tensor, shape: &[usize]) -> Result<Tensor> {
    tensor.with_layout(tensor.layout().broadcast_to(shape)?)
}

/// The elements where `mask` is true, in C order, after both are broadcast together: a fresh
/// tensor of one axis.
///
/// # Errors
///
/// `Type` unless `mask` is `bool`; `Shape` where they do not broadcast.
pub fn masked_select(tensor: &Tensor, mask: &Tensor) -> Result<Tensor> {
    check_mask(mask, "masked_select")?;
    let shape = broadcast_shapes(&[tensor.shape(), mask.shape()])
        .map_err(|error| error.of("masked_select"))?;
    let index = Index::Mask(broadcast(mask, &shape)?.into());
    get_as(&broadcast(tensor, &shape)?, &[index], "masked_select")
}

/// A copy of `tensor` with `value`, a number or a 0-d tensor, where `mask` is true, after both
/// are broadcast together.
///
/// # Errors
///
/// As [`masked_select`], and as [`super::set`] for `value`.
pub fn masked_fill(tensor: &Tensor, mask: &Tensor, value: &Operand<'_>) -> Result<Tensor> {
    check_mask(mask, "masked_fill")?;
    let value = element(tensor, value, "masked_fill")?;
    ops::select(mask, &value, tensor)
}

/// Writes `value`, a number or a 0-d tensor, to `target` where `mask`, broadcast to its shape,
/// is true.
///
/// # Errors
///
/// As [`masked_fill`]. Nothing has been written then.
pub fn masked_fill_into(target: &Tensor, mask: &Tensor, value: &Operand<'_>) -> Result<()> {
    check_mask(mask, "masked_fill_")?;
    let mask = broadcast(mask, target.shape())?;
    let value = element(target, value, "masked_fill_")?;
    let inputs = &[Operand::from(&mask), Operand::from(&value), Operand::from(target)];
    Op { operation: Operation::Select, inputs, out: Some(target) }.run().map(drop)
}

/// `value` as one element of `tensor`'s dtype.
fn element(tensor: &Tensor, value: &Operand<'_>, operation: &'static str) -> Result<Tensor> {
    if !value.shape().is_empty() {
        return Err(Error::shape(format!(
            "masked_fill only supports a 0-dimensional value tensor, but got tensor with {} dimension(s)",
            value.shape().len()
        ))
        .hint("several values: `t[mask] = values`, or `tb.where(mask, values, t)`"));
    }
    fitted(tensor, &offered(tensor, value)?, operation)
}

/// Writes the elements of `source`, one after another in C order, to `target` where `mask`,
/// broadcast to its shape, is true.
///
/// # Errors
///
/// As [`masked_fill`]; `Shape` where `source` has too few. Nothing has been written then.
pub fn masked_scatter_into(target: &Tensor, mask: &Tensor, source: &Tensor) -> Result<()> {
    check_mask(mask, "masked_scatter_")?;
    let mask = broadcast(mask, target.shape())?;
    let (count, line) = (count(&mask)?, flat(source, "masked_scatter_")?);
    if line.count() < count {
        return Err(Error::shape(format!(
            "masked_scatter: expected self and source to have enough elements: source has {}, and mask is true at {count}",
            line.count()
        )));
    }
    let part = views::narrow(&line, 0, 0, count as isize)?;
    set(target, &[Index::Mask(mask.into())], &Operand::from(&part))
}

/// How many elements are true.
fn count(mask: &Tensor) -> Result<usize> {
    let sum = reduce(Reduction::all(Reduce::Sum), mask)?;
    Ok(item(&sum)?.cast::<i64>() as usize)
}
