//! The handle: a storage, a layout over it, a dtype and a permission.

use std::ops::Range;
use std::ptr::NonNull;

use crate::layout::{Order, Overlap};
use crate::storage::Shared;
use crate::storage::host::{self, Fill};
use crate::{Access, DType, Device, DeviceKind, Error, Layout, Result, Storage, grants, interrupt};

/// An immutable handle on shared, mutable bytes. Cloning shares the bytes.
#[derive(Clone, Debug)]
pub struct Tensor {
    storage: Shared,
    layout: Layout,
    dtype: DType,
    access: Access,
}

impl Tensor {
    /// Joins a layout to a storage.
    ///
    /// # Errors
    ///
    /// `Value` when the layout reaches a byte outside the storage: this check establishes
    /// \[reach\].
    pub fn new(storage: Shared, layout: Layout, dtype: DType) -> Result<Self> {
        let reach = layout.reach(dtype.itemsize())?;
        let low = layout.offset().checked_add_signed(reach.start);
        let high = layout.offset().checked_add_signed(reach.end);
        let fits = low.is_some() && high.is_some_and(|high| high <= storage.len());
        // Where nothing is reached, any offset will do.
        if !fits && !reach.is_empty() {
            return Err(outside(&storage, &layout, &reach));
        }
        Ok(Self::from_checked(storage, layout, dtype))
    }

    /// Joins a layout to a storage that is known to hold everything it reaches: [reach].
    #[inline(always)]
    pub(crate) fn from_checked(storage: Shared, layout: Layout, dtype: DType) -> Self {
        let access = storage.access();
        Self { storage, layout, dtype, access }
    }

    /// A fresh tensor with the layout of [`Layout::contiguous`].
    ///
    /// # Errors
    ///
    /// `Memory` or `Value` when there can be no such tensor; `Device` for CUDA.
    pub fn allocate(shape: &[usize], dtype: DType, device: Device, fill: Fill) -> Result<Self> {
        Self::allocate_as(Layout::contiguous(shape, dtype.itemsize())?, dtype, device, fill)
    }

    /// A fresh tensor with a given dense layout at offset 0.
    ///
    /// # Errors
    ///
    /// As [`Tensor::allocate`].
    pub fn allocate_as(layout: Layout, dtype: DType, device: Device, fill: Fill) -> Result<Self> {
        // As many bytes as the layout reaches, from the first on: [reach].
        let reach = layout.reach(dtype.itemsize())?;
        if !reach.is_empty() && (reach.start < 0 || layout.offset() != 0) {
            return Err(Error::runtime("the layout of a fresh tensor starts at its lowest byte"));
        }
        let bytes = reach.end.unsigned_abs();
        let storage = match device.kind {
            DeviceKind::Cpu => host::allocate(bytes, fill)?,
            DeviceKind::Meta => Storage::meta(bytes),
            DeviceKind::Cuda => return Err(device_unavailable(device)),
        };
        Ok(Self::from_checked(storage, layout, dtype))
    }

    /// Another layout over the same storage, with this tensor's permission.
    ///
    /// # Errors
    ///
    /// As [`Tensor::new`].
    pub fn with_layout(&self, layout: Layout) -> Result<Self> {
        self.with_layout_as(layout, self.dtype)
    }

    /// Another layout and dtype over the same storage, with this tensor's permission.
    ///
    /// # Errors
    ///
    /// As [`Tensor::new`].
    pub fn with_layout_as(&self, layout: Layout, dtype: DType) -> Result<Self> {
        let mut view = Self::new(self.storage.clone(), layout, dtype)?;
        view.access = self.access;
        Ok(view)
    }

    /// Another layout over the same storage, with this tensor's permission: as
    /// [`Tensor::with_layout`], where what that checks is known.
    ///
    /// # Safety
    ///
    /// \[reach\]: `layout` reaches no byte that this tensor's does not.
    #[inline(always)]
    #[must_use]
    pub unsafe fn within(&self, layout: Layout) -> Self {
        debug_assert!(self.with_layout(layout.clone()).is_ok());
        Self { storage: self.storage.clone(), layout, dtype: self.dtype, access: self.access }
    }

    /// The same tensor with no more than `access`.
    #[must_use]
    pub fn restricted(mut self, access: Access) -> Self {
        self.access = self.access.and(access);
        self
    }

    /// The storage.
    #[inline]
    #[must_use]
    pub fn storage(&self) -> &Shared {
        &self.storage
    }

    /// Shape, byte strides and offset.
    #[inline]
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Elements along each axis.
    #[inline]
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        self.layout.shape()
    }

    /// Bytes between elements along each axis.
    #[inline]
    #[must_use]
    pub fn strides(&self) -> &[isize] {
        self.layout.strides()
    }

    /// Type of the elements.
    #[inline]
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Where the bytes live.
    #[inline]
    #[must_use]
    pub fn device(&self) -> Device {
        self.storage.device()
    }

    /// What this handle may do with the bytes.
    #[inline]
    #[must_use]
    pub fn access(&self) -> Access {
        self.access
    }

    /// Number of axes.
    #[inline]
    #[must_use]
    pub fn ndim(&self) -> usize {
        self.layout.ndim()
    }

    /// Number of elements.
    #[inline]
    #[must_use]
    pub fn count(&self) -> usize {
        self.layout.count()
    }

    /// Bytes of all elements, gaps not counted.
    #[inline]
    #[must_use]
    pub fn nbytes(&self) -> usize {
        self.count() * self.dtype.itemsize()
    }

    /// Whether the elements lie densely in `order`.
    #[must_use]
    pub fn is_contiguous(&self, order: Order) -> bool {
        self.layout.is_contiguous(order, self.dtype.itemsize())
    }

    /// Whether every element lies at a multiple of its dtype's alignment.
    #[must_use]
    pub fn is_aligned(&self) -> bool {
        let alignment = self.dtype.alignment();
        self.count() == 0
            || (self.address().is_multiple_of(alignment)
                && self.shape().iter().zip(self.strides()).all(|(&length, &stride)| {
                    length == 1 || stride.unsigned_abs().is_multiple_of(alignment)
                }))
    }

    /// The address of element `[0, …, 0]` as a number, for people and protocols.
    #[inline]
    #[must_use]
    pub fn address(&self) -> usize {
        self.read_address().addr()
    }

    /// The address of element `[0, …, 0]`. Reading through it needs \[alive\], held while the
    /// tensor lives, and `access().host`.
    #[inline]
    #[must_use]
    pub fn read_address(&self) -> *mut u8 {
        self.storage.base().as_ptr().wrapping_add(self.layout.offset())
    }

    /// The address of element `[0, …, 0]`, to write: the only grant of \[permit\].
    ///
    /// # Errors
    ///
    /// `Value` for a read-only tensor, or one whose elements overlap one another.
    pub fn write_address(&self) -> Result<NonNull<u8>> {
        self.check_writable()?;
        self.storage.bump_version();
        interrupt::writing(|| self.storage.owner().born(), self.shape(), self.dtype);
        grants::granted(self);
        // The base is not null and the offset stays inside the block or one past it.
        NonNull::new(self.read_address())
            .ok_or_else(|| Error::runtime("the tensor is at address 0"))
    }

    /// Checks that this tensor may be written, without granting anything.
    ///
    /// # Errors
    ///
    /// As [`Tensor::write_address`].
    pub fn check_writable(&self) -> Result<()> {
        if !self.access.write {
            return Err(Error::value(
                "the tensor is read-only, and this operation would write to it",
            )
            .hint("work on a copy: `t.clone()`"));
        }
        if self.layout.overlaps_itself(self.dtype.itemsize()) != Overlap::Disjoint {
            return Err(Error::runtime(
                "unsupported operation: more than one element of the written-to tensor refers to a single memory location",
            )
            .hint("work on a copy: `t.clone()`"));
        }
        Ok(())
    }
}

#[cold]
fn outside(storage: &Storage, layout: &Layout, reach: &Range<isize>) -> Error {
    let offset = layout.offset() as i128;
    Error::value(format!(
        "shape {:?} with byte strides {:?} from byte {offset} reaches bytes {}..{} of a storage of {} bytes",
        layout.shape(),
        layout.strides(),
        offset + reach.start as i128,
        offset + reach.end as i128,
        storage.len()
    ))
}

/// The error of a device that this process cannot use.
#[must_use]
pub fn device_unavailable(device: Device) -> Error {
    Error::device(format!(
        "Found no NVIDIA driver that tensorbridge can use: `{device}` was asked for, and this version computes on `cpu` and `meta`"
    ))
    .hint("use `cpu`; `tb.cuda.is_available()` tells in advance")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(shape: &[usize]) -> Tensor {
        Tensor::allocate(shape, DType::Float32, Device::CPU, Fill::Zero).unwrap()
    }

    #[test]
    fn reach_is_checked() {
        let whole = tensor(&[2, 3]);
        let layout = |shape: &[usize], strides: &[isize], offset| {
            Layout::new(shape, strides, offset).unwrap()
        };
        assert!(whole.with_layout(layout(&[6], &[4], 0)).is_ok());
        assert!(whole.with_layout(layout(&[6], &[-4], 20)).is_ok());
        assert!(whole.with_layout(layout(&[7], &[4], 0)).is_err());
        assert!(whole.with_layout(layout(&[6], &[4], 1)).is_err());
        assert!(whole.with_layout(layout(&[6], &[-4], 16)).is_err());
        assert!(whole.with_layout(layout(&[0], &[4], 1 << 40)).is_ok());
        assert!(whole.with_layout_as(layout(&[3], &[8], 0), DType::Float64).is_ok());
        assert!(whole.with_layout_as(layout(&[3], &[8], 4), DType::Float64).is_err());
    }

    #[test]
    fn read_only_handles_grant_no_write() {
        let whole = tensor(&[3]);
        assert!(whole.write_address().is_ok());
        assert_eq!(whole.storage().version(), 1);
        let frozen = whole.clone().restricted(Access::READ_ONLY);
        assert!(frozen.write_address().is_err());
        assert!(frozen.with_layout(frozen.layout().flip(0)).unwrap().write_address().is_err());
        assert_eq!(whole.storage().version(), 1);
    }

    #[test]
    fn overlapping_handles_grant_no_write() {
        let whole = tensor(&[1]);
        let expanded = whole.with_layout(whole.layout().broadcast_to(&[4]).unwrap()).unwrap();
        assert!(expanded.write_address().is_err());
    }

    #[test]
    fn meta_owns_nothing() {
        let meta = Tensor::allocate(&[1 << 40], DType::Float64, Device::META, Fill::Zero).unwrap();
        assert!(!meta.access().host);
        assert_eq!(meta.storage().origin(), crate::Origin::Meta);
    }
}
