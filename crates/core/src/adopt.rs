//! From foreign memory to a tensor: the one place where numbers from outside are checked.

use std::ops::Range;
use std::ptr::NonNull;

use crate::{Access, DType, Device, Error, KeepAlive, Layout, Result, Storage, Tensor, layout};

/// A block of foreign memory as its giver describes it; nothing in it is trusted yet.
#[derive(Clone, Copy, Debug)]
pub struct Foreign<'a> {
    /// Address of element `[0, …, 0]`.
    pub address: *mut u8,
    /// Elements along each axis.
    pub shape: &'a [usize],
    /// Bytes between elements along each axis.
    pub strides: &'a [isize],
    /// Type of the elements.
    pub dtype: DType,
    /// Where the memory is.
    pub device: Device,
    /// What may be done with it.
    pub access: Access,
}

/// A description of foreign memory whose every number has been checked.
#[derive(Clone, Debug)]
pub struct Checked<'a> {
    foreign: Foreign<'a>,
    /// The bytes reached, from element `[0, …, 0]`.
    reach: Range<isize>,
}

impl<'a> Foreign<'a> {
    /// Checks everything that can be checked without touching the memory.
    ///
    /// # Errors
    ///
    /// `Value` for a null address under elements, more than 64 axes, or a reach that overflows
    /// the address space.
    #[inline]
    pub fn check(self) -> Result<Checked<'a>> {
        let Foreign { address, shape, strides, dtype, .. } = self;
        let reach = layout::check_reach(shape, strides, dtype.itemsize())?;
        let fits = match address.addr() {
            0 => reach.is_empty(),
            address => {
                reach.start.unsigned_abs() < address
                    && address.checked_add(reach.end as usize).is_some()
            }
        };
        if fits { Ok(Checked { foreign: self, reach }) } else { Err(self.impossible()) }
    }

    #[cold]
    fn impossible(&self) -> Error {
        if self.address.is_null() {
            return Error::value(format!(
                "the address is null, and shape {:?} has elements there",
                self.shape
            ))
            .hint("the object that exported this memory is broken or was released");
        }
        Error::value(format!(
            "shape {:?} with byte strides {:?} from address {:p} leaves the address space",
            self.shape, self.strides, self.address
        ))
    }
}

impl Checked<'_> {
    /// Makes a tensor of the memory without touching a byte of it. `owner` is dropped with the
    /// last tensor over the memory.
    ///
    /// # Safety
    ///
    /// \[alive\]: if the shape has elements, the bytes they reach stay valid, and writable if
    /// `access.write`, until `owner` is dropped. A giver that lies about this cannot be
    /// detected: a dangling address looks like any other.
    #[inline(always)]
    pub unsafe fn adopt<O: KeepAlive>(self, owner: O) -> Tensor {
        let Self { foreign, reach } = self;
        // The storage starts at the lowest byte reached, so that offsets are never negative.
        let base = NonNull::new(foreign.address.wrapping_offset(reach.start))
            .unwrap_or(NonNull::dangling());
        let len = (reach.end - reach.start).unsigned_abs();
        // SAFETY: [alive] for exactly the bytes `base..base + len`, by this function's contract.
        let storage = unsafe { Storage::adopt(base, len, foreign.device, foreign.access, owner) };
        // [reach]: the storage is exactly what the layout reaches.
        let offset = reach.start.unsigned_abs();
        let layout = Layout::of_checked(foreign.shape, foreign.strides, offset);
        Tensor::from_checked(storage, layout, foreign.dtype)
    }
}

/// [`Foreign::check`] and [`Checked::adopt`] together; `owner` is dropped at once when the
/// check fails.
///
/// # Safety
///
/// As [`Checked::adopt`].
///
/// # Errors
///
/// As [`Foreign::check`].
pub unsafe fn adopt<O: KeepAlive>(foreign: &Foreign<'_>, owner: O) -> Result<Tensor> {
    // SAFETY: by this function's contract.
    foreign.check().map(|checked| unsafe { checked.adopt(owner) })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use crate::Origin;

    use super::*;

    struct Counter(Arc<AtomicUsize>);

    impl KeepAlive for Counter {
        fn origin(&self) -> Origin {
            Origin::Rust
        }
    }

    impl Drop for Counter {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn attempt(address: *mut u8, shape: &[usize], strides: &[isize]) -> (Result<Tensor>, usize) {
        let dropped = Arc::new(AtomicUsize::new(0));
        let foreign = Foreign {
            address,
            shape,
            strides,
            dtype: DType::Float32,
            device: Device::CPU,
            access: Access::READ_WRITE,
        };
        // SAFETY: these tests read no memory through the tensor.
        let tensor = unsafe { adopt(&foreign, Counter(Arc::clone(&dropped))) };
        let released = dropped.load(Ordering::SeqCst);
        (tensor, released)
    }

    #[test]
    fn negative_strides_start_at_the_lowest_byte() {
        let mut memory = [0_f32; 6];
        let last = (&raw mut memory[5]).cast::<u8>();
        let (tensor, released) = attempt(last, &[6], &[-4]);
        let tensor = tensor.unwrap();
        assert_eq!(released, 0);
        assert_eq!(tensor.address(), last.addr());
        assert_eq!(tensor.storage().base().as_ptr().addr(), (&raw mut memory).addr());
        assert_eq!((tensor.storage().len(), tensor.layout().offset()), (24, 20));
    }

    #[test]
    fn what_cannot_be_is_refused_and_released() {
        let mut memory = [0_f32; 6];
        let address = (&raw mut memory).cast::<u8>();
        let null = std::ptr::null_mut();
        for (address, shape, strides) in [
            (null, &[3_usize][..], &[4_isize][..]),
            (address, &[3], &[isize::MAX]),
            (address, &[3], &[isize::MIN]),
            (address, &[usize::MAX, 2], &[4, 4]),
            (address, &[3, 3], &[4]),
            (address, &[1; 65], &[4; 65]),
            (std::ptr::without_provenance_mut(4), &[3], &[-4]),
        ] {
            let (tensor, released) = attempt(address, shape, strides);
            assert!(tensor.is_err(), "{shape:?} {strides:?}");
            assert_eq!(released, 1);
        }
    }

    #[test]
    fn nothing_is_asked_of_an_empty_tensor() {
        let (tensor, _) = attempt(std::ptr::null_mut(), &[0, 3], &[isize::MAX, -4]);
        assert_eq!(tensor.unwrap().storage().len(), 0);
    }
}
