//! Where the elements are that are not 0.

use tensorbridge_core::engine::Operand as Prepared;
use tensorbridge_core::op::Compare;
use tensorbridge_core::{Error, Layout, Result, Scalar, Tensor};
use tensorbridge_cpu::indices::mask_offsets;

use super::super::compare;
use super::integers;
use crate::values::check_readable;

/// The positions of the elements that are not 0, counted in C order.
fn positions(tensor: &Tensor) -> Result<Vec<isize>> {
    check_readable(tensor)?;
    let mask = match tensor.dtype().is_bool() {
        true => tensor.clone(),
        false => compare(Compare::NotEqual, tensor, Scalar::Bool(false))?,
    };
    // Strides of one-byte elements count positions.
    let places = Layout::contiguous(mask.shape(), 1)?;
    // SAFETY: [reach] and [alive]: a tensor, alive here; its memory is the host's.
    unsafe { mask_offsets(Prepared::read(&mask), places.strides()) }
}

/// The index along `axis` of an element at a position counted in C order.
fn coordinate(shape: &[usize], axis: usize, position: isize) -> i64 {
    let inside: usize = shape[axis + 1..].iter().product();
    (position.unsigned_abs() / inside % shape[axis]) as i64
}

/// The indices of the elements that are not 0, in C order: one fresh `int64` vector per axis.
///
/// # Errors
///
/// `Value` for a 0-d tensor, which has no axes to index; `NotImplemented` for a meta tensor.
pub fn nonzero(tensor: &Tensor) -> Result<Vec<Tensor>> {
    let shape = tensor.shape();
    if shape.is_empty() {
        return Err(Error::value("nonzero: a 0-d tensor has no axes to index")
            .hint("give it one: `t.reshape(1)`; or ask `bool(t)`"));
    }
    let positions = positions(tensor)?;
    (0..shape.len())
        .map(|axis| {
            integers(
                &[positions.len()],
                positions.iter().map(|&position| coordinate(shape, axis, position)),
            )
        })
        .collect()
}

/// The indices of the elements that are not 0, in C order: a fresh `int64` tensor with a row for
/// each of them and a column for each axis.
///
/// # Errors
///
/// `NotImplemented` for a meta tensor.
pub fn argwhere(tensor: &Tensor) -> Result<Tensor> {
    let (shape, positions) = (tensor.shape(), positions(tensor)?);
    let count = positions.len() * shape.len();
    let entry = |place: usize| {
        let (row, axis) = (place / shape.len(), place % shape.len());
        coordinate(shape, axis, positions[row])
    };
    integers(&[positions.len(), shape.len()], (0..count).map(entry))
}
