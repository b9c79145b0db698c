//! Where the elements are that are not 0.

use tensorbridge_core::layout::Order;
use tensorbridge_core::op::Compare;
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Device, Error, Result, Scalar, Tensor};
use tensorbridge_cpu::coordinates;
use tensorbridge_cpu::mask::Bits;

use super::super::compare;
use crate::exchange::Reason;
use crate::transfer;
use crate::values::check_readable;

/// Which elements are not 0, counted in C order.
fn bits(tensor: &Tensor) -> Result<Bits> {
    check_readable(tensor)?;
    let mask = match tensor.dtype().is_bool() {
        true => tensor.clone(),
        false => compare(Compare::NotEqual, tensor, Scalar::Bool(false))?,
    };
    let mask = transfer::contiguous(&mask, Order::C, "nonzero", Reason::Layout)?;
    // SAFETY: [reach] and [alive]: a dense tensor, alive here; its memory is the host's.
    unsafe { Bits::read(mask.read_address(), mask.count()) }
}

fn integers(shape: &[usize]) -> Result<Tensor> {
    Tensor::allocate(shape, DType::Int64, Device::CPU, Fill::Uninitialized)
}

/// The places of set bits.
fn places(bits: &Bits) -> Result<Vec<isize>> {
    let mut places = Vec::new();
    places.try_reserve_exact(bits.count()).map_err(|_| {
        Error::memory(format!("cannot allocate the places of {} elements", bits.count()))
    })?;
    // SAFETY: room for so many has been reserved, and each is written.
    unsafe {
        bits.places(1, places.as_mut_ptr())?;
        places.set_len(bits.count());
    }
    Ok(places)
}

/// Where the elements are that are not 0, counted in C order: a fresh `int64` vector.
///
/// # Errors
///
/// `NotImplemented` for a meta tensor, `Memory`.
pub fn flat_nonzero(tensor: &Tensor) -> Result<Tensor> {
    let bits = bits(tensor)?;
    let result = integers(&[bits.count()])?;
    // SAFETY: a fresh tensor with an element for each.
    unsafe { bits.places(1, result.write_address()?.cast::<i64>().as_ptr())? };
    Ok(result)
}

/// The indices of the elements that are not 0, in C order: one fresh `int64` vector per axis.
///
/// # Errors
///
/// `Value` for a 0-d tensor, which has no axes to index; `NotImplemented` for a meta tensor.
pub fn nonzero(tensor: &Tensor) -> Result<Vec<Tensor>> {
    let shape = tensor.shape();
    match shape.len() {
        0 => {
            return Err(Error::value("nonzero: a 0-d tensor has no axes to index")
                .hint("give it one: `t.reshape(1)`; or ask `bool(t)`"));
        }
        1 => return Ok(vec![flat_nonzero(tensor)?]),
        _ => {}
    }
    let places = places(&bits(tensor)?)?;
    let along = |axis: usize| {
        let result = integers(&[places.len()])?;
        let out = result.write_address()?.cast::<i64>().as_ptr();
        // SAFETY: a fresh tensor with an element for each place, which are below the count.
        unsafe { coordinates::along(&places, shape, axis, out, 1)? };
        Ok(result)
    };
    (0..shape.len()).map(along).collect()
}

/// The indices of the elements that are not 0, in C order: a fresh `int64` tensor with a row for
/// each of them and a column for each axis.
///
/// # Errors
///
/// `NotImplemented` for a meta tensor.
pub fn argwhere(tensor: &Tensor) -> Result<Tensor> {
    let (shape, places) = (tensor.shape(), places(&bits(tensor)?)?);
    let result = integers(&[places.len(), shape.len()])?;
    let out = result.write_address()?.cast::<i64>().as_ptr();
    for axis in 0..shape.len() {
        // SAFETY: a fresh tensor with a row for each place, which are below the count.
        unsafe {
            coordinates::along(&places, shape, axis, out.wrapping_add(axis), shape.len())?;
        }
    }
    Ok(result)
}
