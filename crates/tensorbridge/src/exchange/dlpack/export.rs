//! A tensor handed out.
//!
//! The managed tensor is one block that also holds its shape, its strides and a reference to the
//! storage; its deleter frees the block, on any thread, with or without an interpreter.

use std::ffi::c_void;
use std::ptr::NonNull;

use tensorbridge_core::storage::Shared;
use tensorbridge_core::{DType, Dims, Error, Result, Tensor};

use super::abi::{self, DLDataType, DLDevice, DLManagedTensor, DLManagedTensorVersioned, DLTensor};
use crate::exchange::Reason;

/// A managed tensor and everything it points to.
#[repr(C)]
struct Block<M> {
    managed: M,
    shape: Dims<i64>,
    strides: Dims<i64>,
    /// [alive] for as long as the consumer keeps the block.
    _storage: Shared,
}

/// The managed tensor of `tensor`, as of version 0. The caller owns it: its deleter must be
/// called once.
///
/// # Errors
///
/// As [`check_exportable`], and `Buffer` for a read-only tensor: this version cannot say so.
pub fn export_legacy(tensor: &Tensor) -> Result<NonNull<DLManagedTensor>> {
    check_exportable(tensor)?;
    if !tensor.access().write {
        return Err(Error::buffer(
            "Cannot export readonly array since signalling readonly is unsupported by this version of DLPack",
        )
        .hint("pass `max_version=(1, 0)`, or ask for a copy: `copy=True`"));
    }
    let managed = DLManagedTensor {
        dl_tensor: describe(tensor)?,
        manager_ctx: std::ptr::null_mut(),
        deleter: Some(delete),
    };
    let block = block(tensor, managed);
    // SAFETY: the block was just made and nobody else knows it.
    unsafe { point(&raw mut (*block.as_ptr()).managed.dl_tensor, block) }
    Ok(block.cast())
}

/// The managed tensor of `tensor`, with version and flags. The caller owns it: its deleter must
/// be called once. `is_copied` is the flag of that name: the caller made `tensor` for this.
///
/// # Errors
///
/// As [`check_exportable`].
pub fn export_versioned(
    tensor: &Tensor,
    is_copied: bool,
) -> Result<NonNull<DLManagedTensorVersioned>> {
    check_exportable(tensor)?;
    let read_only = if tensor.access().write { 0 } else { abi::READ_ONLY };
    let managed = DLManagedTensorVersioned {
        version: abi::VERSION,
        manager_ctx: std::ptr::null_mut(),
        deleter: Some(delete),
        flags: read_only | if is_copied { abi::IS_COPIED } else { 0 },
        dl_tensor: describe(tensor)?,
    };
    let block = block(tensor, managed);
    // SAFETY: the block was just made and nobody else knows it.
    unsafe { point(&raw mut (*block.as_ptr()).managed.dl_tensor, block) }
    Ok(block.cast())
}

/// Whether DLPack can describe `tensor` where it lies. Negative strides it can.
///
/// # Errors
///
/// `Buffer` with reason and remedy for a tensor without data, for strides that are no whole
/// number of elements, and for elements that are not aligned.
pub fn check_exportable(tensor: &Tensor) -> Result<()> {
    let dtype = tensor.dtype();
    if tensor.device().dlpack_type().is_none() {
        return Err(Error::buffer(format!("Cannot pack tensors on {}", tensor.device()))
            .hint("a meta tensor has a shape and no data; make one with data first"));
    }
    if tensor.count() == 0 {
        return Ok(());
    }
    if !tensor.layout().strides_are_whole(dtype.itemsize()) {
        return Err(Error::buffer(format!(
            "DLPack only supports strides which are a multiple of itemsize: the strides are {:?} bytes, and an element has {}",
            tensor.strides(),
            dtype.itemsize()
        ))
        .hint(Reason::Strides.remedy()));
    }
    if !tensor.address().is_multiple_of(dtype.alignment()) {
        return Err(Error::buffer(format!(
            "DLPack only supports aligned data: the address {:#x} is no multiple of {}",
            tensor.address(),
            dtype.alignment()
        ))
        .hint(Reason::Alignment.remedy()));
    }
    Ok(())
}

/// Everything about `tensor` but the places of shape and strides.
fn describe(tensor: &Tensor) -> Result<DLTensor> {
    let device = tensor.device();
    let device_type = device
        .dlpack_type()
        .ok_or_else(|| Error::buffer(format!("Cannot pack tensors on {device}")))?;
    Ok(DLTensor {
        data: tensor.read_address().cast::<c_void>(),
        device: DLDevice { device_type, device_id: device.index as i32 },
        ndim: tensor.ndim() as i32,
        dtype: data_type(tensor.dtype()),
        shape: std::ptr::null_mut(),
        strides: std::ptr::null_mut(),
        byte_offset: 0,
    })
}

fn data_type(dtype: DType) -> DLDataType {
    let (code, bits) = dtype.dlpack();
    DLDataType { code, bits, lanes: 1 }
}

/// Puts everything that the consumer will look at in one place. `managed` comes first in the
/// block, so that a pointer to it is a pointer to the block.
fn block<M>(tensor: &Tensor, managed: M) -> NonNull<Block<M>> {
    tensor.storage().mark_exported();
    let block = Box::new(Block {
        managed,
        shape: tensor.shape().iter().map(|&length| length as i64).collect(),
        strides: element_strides(tensor),
        _storage: tensor.storage().clone(),
    });
    NonNull::from(Box::leak(block))
}

/// The strides counted in elements. A stride that no element is reached by counts as in a dense
/// tensor where it is negative or not whole: some consumers look at it all the same.
fn element_strides(tensor: &Tensor) -> Dims<i64> {
    let itemsize = tensor.dtype().itemsize() as isize;
    let mut strides: Dims<i64> =
        tensor.strides().iter().map(|&stride| (stride / itemsize) as i64).collect();
    let empty = tensor.count() == 0;
    let mut dense: i64 = 1;
    for (axis, (&length, &stride)) in tensor.shape().iter().zip(tensor.strides()).enumerate().rev()
    {
        if (empty || length == 1) && (stride < 0 || stride % itemsize != 0) {
            strides[axis] = dense;
        }
        dense = dense.saturating_mul(length.max(1) as i64);
    }
    strides
}

/// Points the description at the block's own shape and strides.
///
/// # Safety
///
/// `tensor` lies in `block`, which is valid, and which nobody else knows yet.
unsafe fn point<M>(tensor: *mut DLTensor, block: NonNull<Block<M>>) {
    // SAFETY: by this function's contract; the block does not move any more.
    unsafe {
        (*tensor).shape = (*block.as_ptr()).shape.as_mut_ptr();
        (*tensor).strides = (*block.as_ptr()).strides.as_mut_ptr();
    }
}

/// The deleter of both kinds.
///
/// # Safety
///
/// `managed` came from this file, and this is the only call with it.
unsafe extern "C" fn delete<M>(managed: *mut M) {
    // SAFETY: by this function's contract `managed` is the start of a block that was leaked
    // here. Dropping the storage leaks what an interpreter that is gone would have to free.
    drop(unsafe { Box::from_raw(managed.cast::<Block<M>>()) });
}
