//! The structures of `dlpack.h` 1.3, byte for byte.
//!
//! Names are the header's own. Everything up to `flags` stays where it is in every version, so
//! that a consumer can always call the deleter.

use std::ffi::{c_char, c_int, c_void};

/// The version whose structures these are.
pub const VERSION: DLPackVersion = DLPackVersion { major: 1, minor: 3 };

/// Flag: the consumer must not write.
pub const READ_ONLY: u64 = 1;
/// Flag: the producer made a copy, which the consumer alone uses.
pub const IS_COPIED: u64 = 1 << 1;
/// Flag: elements of less than a byte have a byte each.
pub const IS_SUBBYTE_TYPE_PADDED: u64 = 1 << 2;

/// `kDLCPU`: host memory.
pub const CPU: i32 = 1;
/// `kDLCUDA`: memory of an NVIDIA GPU.
pub const CUDA: i32 = 2;
/// `kDLCUDAHost`: host memory that CUDA has pinned.
pub const CUDA_HOST: i32 = 3;
/// `kDLROCMHost`: host memory that ROCm has pinned.
pub const ROCM_HOST: i32 = 11;

/// A version of the header.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DLPackVersion {
    /// Another number means another layout of [`DLManagedTensorVersioned`].
    pub major: u32,
    /// Another number means more constants and the same layout.
    pub minor: u32,
}

/// Where memory is.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DLDevice {
    /// `DLDeviceType`; any number may arrive here, so it is no enum.
    pub device_type: i32,
    /// Which one of its kind; 0 for host memory.
    pub device_id: i32,
}

/// The type of the elements.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DLDataType {
    /// `DLDataTypeCode`.
    pub code: u8,
    /// Bits of one lane.
    pub bits: u8,
    /// Lanes of one element; 1 but for vector types.
    pub lanes: u16,
}

/// A tensor without its ownership.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct DLTensor {
    /// Where the memory starts; element `[0, …, 0]` is `byte_offset` further on.
    pub data: *mut c_void,
    /// Where the memory is.
    pub device: DLDevice,
    /// Number of axes.
    pub ndim: i32,
    /// Type of the elements.
    pub dtype: DLDataType,
    /// `ndim` lengths.
    pub shape: *mut i64,
    /// `ndim` strides in elements. Null before version 1.2: dense in C order.
    pub strides: *mut i64,
    /// Bytes from `data` to element `[0, …, 0]`.
    pub byte_offset: u64,
}

/// A tensor with its ownership, as of version 0: it cannot say that it is read-only.
#[repr(C)]
#[derive(Debug)]
pub struct DLManagedTensor {
    /// The tensor.
    pub dl_tensor: DLTensor,
    /// The producer's own.
    pub manager_ctx: *mut c_void,
    /// Releases the tensor and this structure; may be null.
    pub deleter: Option<unsafe extern "C" fn(*mut Self)>,
}

/// A tensor with its ownership.
#[repr(C)]
#[derive(Debug)]
pub struct DLManagedTensorVersioned {
    /// The version of this structure.
    pub version: DLPackVersion,
    /// The producer's own.
    pub manager_ctx: *mut c_void,
    /// Releases the tensor and this structure; may be null.
    pub deleter: Option<unsafe extern "C" fn(*mut Self)>,
    /// [`READ_ONLY`], [`IS_COPIED`], [`IS_SUBBYTE_TYPE_PADDED`].
    pub flags: u64,
    /// The tensor.
    pub dl_tensor: DLTensor,
}

/// How an allocator reports its failure: context, name of an exception class, message.
pub type SetError = unsafe extern "C" fn(*mut c_void, *const c_char, *const c_char);
/// A new tensor of the dtype, shape and device of a prototype.
pub type Allocator = unsafe extern "C" fn(
    *mut DLTensor,
    *mut *mut DLManagedTensorVersioned,
    *mut c_void,
    Option<SetError>,
) -> c_int;
/// A Python tensor as a managed one.
pub type FromPyObject =
    unsafe extern "C" fn(*mut c_void, *mut *mut DLManagedTensorVersioned) -> c_int;
/// A managed tensor, which is stolen, as a Python tensor.
pub type ToPyObject =
    unsafe extern "C" fn(*mut DLManagedTensorVersioned, *mut *mut c_void) -> c_int;
/// A Python tensor lent for the moment.
pub type Lend = unsafe extern "C" fn(*mut c_void, *mut DLTensor) -> c_int;
/// The stream that a device currently works on.
pub type CurrentWorkStream = unsafe extern "C" fn(i32, i32, *mut *mut c_void) -> c_int;

/// The head of [`DLPackExchangeAPI`], the same in every version.
#[repr(C)]
#[derive(Debug)]
pub struct DLPackExchangeAPIHeader {
    /// The version of the table.
    pub version: DLPackVersion,
    /// The table of an older major version, or null.
    pub prev_api: *mut Self,
}

/// The functions behind a type's `__dlpack_c_exchange_api__`. All return 0, or -1 with a Python
/// exception set (the allocator reports through its [`SetError`]).
#[repr(C)]
#[derive(Debug)]
pub struct DLPackExchangeAPI {
    /// Version and predecessor.
    pub header: DLPackExchangeAPIHeader,
    /// Never null in an honest table, like all of these but one; null is checked all the same.
    pub managed_tensor_allocator: Option<Allocator>,
    /// Exports without synchronising streams.
    pub managed_tensor_from_py_object_no_sync: Option<FromPyObject>,
    /// Imports without synchronising streams.
    pub managed_tensor_to_py_object_no_sync: Option<ToPyObject>,
    /// Lends without synchronising streams; may be null.
    pub dltensor_from_py_object_no_sync: Option<Lend>,
    /// The stream to launch work on.
    pub current_work_stream: Option<CurrentWorkStream>,
}

// SAFETY: a table is constant from its making until the process ends, by the protocol.
unsafe impl Sync for DLPackExchangeAPI {}

#[cfg(test)]
mod tests {
    use std::mem::offset_of;

    use super::*;

    #[test]
    #[cfg(target_pointer_width = "64")]
    fn layouts_are_those_of_the_header() {
        assert_eq!((size_of::<DLPackVersion>(), size_of::<DLDevice>()), (8, 8));
        assert_eq!((size_of::<DLDataType>(), offset_of!(DLDataType, lanes)), (4, 2));

        assert_eq!(size_of::<DLTensor>(), 48);
        assert_eq!(offset_of!(DLTensor, data), 0);
        assert_eq!(offset_of!(DLTensor, device), 8);
        assert_eq!(offset_of!(DLTensor, ndim), 16);
        assert_eq!(offset_of!(DLTensor, dtype), 20);
        assert_eq!(offset_of!(DLTensor, shape), 24);
        assert_eq!(offset_of!(DLTensor, strides), 32);
        assert_eq!(offset_of!(DLTensor, byte_offset), 40);

        assert_eq!(size_of::<DLManagedTensor>(), 64);
        assert_eq!(offset_of!(DLManagedTensor, manager_ctx), 48);
        assert_eq!(offset_of!(DLManagedTensor, deleter), 56);

        assert_eq!(size_of::<DLManagedTensorVersioned>(), 80);
        assert_eq!(offset_of!(DLManagedTensorVersioned, manager_ctx), 8);
        assert_eq!(offset_of!(DLManagedTensorVersioned, deleter), 16);
        assert_eq!(offset_of!(DLManagedTensorVersioned, flags), 24);
        assert_eq!(offset_of!(DLManagedTensorVersioned, dl_tensor), 32);

        assert_eq!(size_of::<DLPackExchangeAPI>(), 56);
        assert_eq!(offset_of!(DLPackExchangeAPI, managed_tensor_allocator), 16);
        assert_eq!(offset_of!(DLPackExchangeAPI, current_work_stream), 48);
    }
}
