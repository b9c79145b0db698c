//! A managed tensor from outside, taken over.
//!
//! Only ownership is trusted: whoever hands over a managed tensor hands over its deleter, to be
//! called once. Every number in the description is checked before it is used.

use std::ptr::NonNull;

use tensorbridge_core::{
    Access, DType, Device, Dims, Error, Foreign, KeepAlive, MAX_NDIM, Origin, Result,
};

use super::abi::{self, DLManagedTensor, DLManagedTensorVersioned, DLTensor};
use crate::exchange::{Permission, SourceDType, Unsupported};

/// A managed tensor that is ours to release: dropping it calls the deleter.
#[derive(Debug)]
pub struct Managed(Raw);

#[derive(Clone, Copy, Debug)]
enum Raw {
    Legacy(NonNull<DLManagedTensor>),
    Versioned(NonNull<DLManagedTensorVersioned>),
}

// SAFETY: DLPack requires that the deleter may be called on any thread; the structure itself is
// only read.
unsafe impl Send for Managed {}
// SAFETY: as above; nothing is written through a shared reference.
unsafe impl Sync for Managed {}

/// What a managed tensor says about itself, every number checked but the address.
#[derive(Clone, Debug)]
pub struct Description {
    /// Address of element `[0, …, 0]`.
    pub address: *mut u8,
    /// Elements along each axis.
    pub shape: Dims<usize>,
    /// Bytes between elements along each axis.
    pub strides: Dims<isize>,
    /// Type of the elements.
    pub dtype: DType,
    /// Where the memory is.
    pub device: Device,
    /// Whether we may write.
    pub permission: Permission,
    /// Whether the producer made this memory for us alone.
    pub is_copied: bool,
}

impl Managed {
    /// Takes over a tensor of the first version of DLPack.
    ///
    /// # Safety
    ///
    /// `raw` points to a managed tensor that nobody else will release, and that lives until its
    /// deleter is called, which may be on any thread.
    #[must_use]
    pub unsafe fn legacy(raw: NonNull<DLManagedTensor>) -> Self {
        Self(Raw::Legacy(raw))
    }

    /// Takes over a tensor that knows its version.
    ///
    /// # Safety
    ///
    /// As [`Managed::legacy`].
    #[must_use]
    pub unsafe fn versioned(raw: NonNull<DLManagedTensorVersioned>) -> Self {
        Self(Raw::Versioned(raw))
    }

    /// The element type, before anything else is looked at.
    ///
    /// # Errors
    ///
    /// `Buffer` for a version whose layout is not known.
    pub fn dtype(&self) -> Result<SourceDType> {
        let dtype = self.tensor()?.0.dtype;
        let known = DType::from_dlpack(dtype.code, dtype.bits, dtype.lanes);
        Ok(known.map_or(SourceDType::Unsupported(Unsupported::Other), SourceDType::Known))
    }

    /// Reads and checks the description.
    ///
    /// # Errors
    ///
    /// `Buffer`, whatever is wrong: an unknown version, device or dtype, a null pointer where
    /// there must be something, a number that no tensor has.
    pub fn describe(&self) -> Result<Description> {
        let (tensor, flags) = self.tensor()?;
        let device = device(tensor.device)?;
        let dtype = dtype(tensor.dtype)?;
        let ndim = dimensions(&tensor)?;
        let read = |numbers: *mut i64| {
            // SAFETY: the producer keeps `ndim` numbers at a shape that is not null, and at
            // strides that are not null, for as long as the managed tensor lives. They are read
            // one by one: a careless producer may be writing them.
            (0..ndim).map(move |axis| unsafe { numbers.add(axis).read_unaligned() })
        };
        let shape = read(tensor.shape).map(length).collect::<Result<Dims<usize>>>()?;
        let strides = match tensor.strides.is_null() {
            true => compact_strides(&shape, dtype.itemsize())?,
            false => read(tensor.strides)
                .map(|stride| byte_stride(stride, dtype.itemsize()))
                .collect::<Result<Dims<isize>>>()?,
        };
        let address = address(&tensor)?;
        // With an offset this would not be null any more.
        if tensor.data.is_null() && !shape.contains(&0) {
            let shape = shape.as_slice();
            return Err(broken(format!("the DLPack tensor has shape {shape:?} and no data")));
        }
        let foreign = Foreign {
            address,
            shape: &shape,
            strides: &strides,
            dtype,
            device,
            access: Access::READ_ONLY,
        };
        foreign.check().map_err(|error| broken(error.message().to_owned()))?;
        let (permission, is_copied) = match flags {
            None => (Permission::Unknown, false),
            Some(flags) if flags & abi::READ_ONLY != 0 => {
                (Permission::ReadOnly, flags & abi::IS_COPIED != 0)
            }
            Some(flags) => (Permission::Writable, flags & abi::IS_COPIED != 0),
        };
        Ok(Description { address, shape, strides, dtype, device, permission, is_copied })
    }

    /// The tensor and, where the structure has them, the flags.
    fn tensor(&self) -> Result<(DLTensor, Option<u64>)> {
        // SAFETY: the structure lives until we call the deleter. Of a version that we do not
        // know, only `version` and `deleter` may be read.
        unsafe {
            match self.0 {
                Raw::Legacy(raw) => Ok(((*raw.as_ptr()).dl_tensor, None)),
                Raw::Versioned(raw) => {
                    let version = (*raw.as_ptr()).version;
                    if version.major != abi::VERSION.major {
                        return Err(Error::buffer(format!(
                            "the DLPack tensor has version {}.{}, and tensorbridge reads versions 1.x",
                            version.major, version.minor
                        ))
                        .hint("pass `max_version=(1, 0)` to the `__dlpack__` that made the capsule"));
                    }
                    Ok(((*raw.as_ptr()).dl_tensor, Some((*raw.as_ptr()).flags)))
                }
            }
        }
    }
}

impl KeepAlive for Managed {
    fn origin(&self) -> Origin {
        Origin::Dlpack
    }
}

impl Drop for Managed {
    fn drop(&mut self) {
        // SAFETY: this value owns the managed tensor and is dropped once; the deleter's place
        // is the same in every version.
        unsafe {
            match self.0 {
                Raw::Legacy(raw) => {
                    if let Some(deleter) = (*raw.as_ptr()).deleter {
                        deleter(raw.as_ptr());
                    }
                }
                Raw::Versioned(raw) => {
                    if let Some(deleter) = (*raw.as_ptr()).deleter {
                        deleter(raw.as_ptr());
                    }
                }
            }
        }
    }
}

/// Our device for DLPack's. Pinned host memory is host memory.
fn device(device: abi::DLDevice) -> Result<Device> {
    match device.device_type {
        abi::CPU | abi::CUDA_HOST | abi::ROCM_HOST => Ok(Device::CPU),
        other => Err(Error::buffer(format!(
            "Unsupported device_type: {other}: the DLPack tensor is not in host memory"
        ))
        .hint("bring it to the host first, in its own library")),
    }
}

fn dtype(dtype: abi::DLDataType) -> Result<DType> {
    DType::from_dlpack(dtype.code, dtype.bits, dtype.lanes).ok_or_else(|| {
        let known: Vec<_> = DType::ALL.iter().map(|dtype| dtype.name()).collect();
        Error::buffer(format!(
            "Unsupported dtype in DLTensor: {} of {} bits and {} lanes",
            code_name(dtype.code),
            dtype.bits,
            dtype.lanes
        ))
        .hint(format!("cast it in its own library to one of {}", known.join(", ")))
    })
}

/// The header's words for a type code.
fn code_name(code: u8) -> String {
    match code {
        0 => "signed integers".into(),
        1 => "unsigned integers".into(),
        2 => "floats".into(),
        3 => "opaque handles".into(),
        4 => "bfloats".into(),
        5 => "complex numbers".into(),
        6 => "bools".into(),
        7..=14 => "8-bit floats".into(),
        15 | 16 => "6-bit floats".into(),
        17 => "4-bit floats".into(),
        other => format!("type code {other}"),
    }
}

fn dimensions(tensor: &DLTensor) -> Result<usize> {
    match usize::try_from(tensor.ndim) {
        Ok(ndim) if ndim != 0 && tensor.shape.is_null() => {
            Err(broken(format!("the DLPack tensor has {ndim} axes and no shape")))
        }
        Ok(ndim) if ndim <= MAX_NDIM => Ok(ndim),
        _ => Err(broken(format!(
            "number of dimensions must be within [0, {MAX_NDIM}], and the DLPack tensor has {}",
            tensor.ndim
        ))),
    }
}

/// Where element `[0, …, 0]` is said to be.
fn address(tensor: &DLTensor) -> Result<*mut u8> {
    let offset = usize::try_from(tensor.byte_offset).ok();
    let fits = |offset: &usize| tensor.data.addr().checked_add(*offset).is_some();
    match offset.filter(fits) {
        Some(offset) => Ok(tensor.data.cast::<u8>().wrapping_add(offset)),
        None => Err(broken(format!(
            "a byte offset of {} from address {:#x} leaves the address space",
            tensor.byte_offset,
            tensor.data.addr()
        ))),
    }
}

fn length(length: i64) -> Result<usize> {
    usize::try_from(length)
        .map_err(|_| broken(format!("the DLPack tensor has an axis of length {length}")))
}

fn compact_strides(shape: &[usize], itemsize: usize) -> Result<Dims<isize>> {
    let layout = tensorbridge_core::Layout::contiguous(shape, itemsize)
        .map_err(|error| broken(error.message().to_owned()))?;
    Ok(Dims::from_slice(layout.strides()))
}

fn byte_stride(stride: i64, itemsize: usize) -> Result<isize> {
    isize::try_from(stride)
        .ok()
        .and_then(|stride| stride.checked_mul(itemsize as isize))
        .ok_or_else(|| {
            broken(format!(
                "a stride of {stride} elements of {itemsize} bytes leaves the address space"
            ))
        })
}

/// A description that no tensor can have.
fn broken(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::buffer(message).hint("the library that exported it is at fault")
}
