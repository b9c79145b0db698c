//! From foreign memory to a tensor: the one place where numbers from outside are checked.

use std::ptr::NonNull;

use tensorbridge_core::{Access, DType, Device, Error, KeepAlive, Layout, Result, Storage, Tensor};

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

/// Makes a tensor of foreign memory without touching a byte of it. `owner` is dropped with the
/// last tensor over the memory, or at once when this fails.
///
/// # Safety
///
/// [alive]: if `shape` has elements, the bytes they reach from `address` by `strides` stay
/// valid, and writable if `access.write`, until `owner` is dropped. A giver that lies about
/// this cannot be detected (a dangling address looks like any other); everything that *can* be
/// checked is.
///
/// # Errors
///
/// `Value` for a null address under elements, more than 64 axes, or a reach that overflows the
/// address space.
pub unsafe fn adopt<O: KeepAlive>(foreign: &Foreign<'_>, owner: O) -> Result<Tensor> {
    let layout = Layout::new(foreign.shape, foreign.strides, 0)?;
    let reach = layout.reach(foreign.dtype.itemsize())?;
    let address = foreign.address.addr();
    if !reach.is_empty() {
        if foreign.address.is_null() {
            return Err(Error::value(format!(
                "the address is null, and shape {:?} has elements there",
                foreign.shape
            ))
            .hint("the object that exported this memory is broken or was released"));
        }
        let low = address as i128 + reach.start as i128;
        let high = address as i128 + reach.end as i128;
        if low <= 0 || high > usize::MAX as i128 {
            return Err(Error::value(format!(
                "shape {:?} with byte strides {:?} from address {address:#x} leaves the address space",
                foreign.shape, foreign.strides
            )));
        }
    }
    // The storage starts at the lowest byte reached, so that offsets are never negative.
    let base =
        NonNull::new(foreign.address.wrapping_offset(reach.start)).unwrap_or(NonNull::dangling());
    let len = (reach.end - reach.start).unsigned_abs();
    // SAFETY: [alive] for exactly the bytes `base..base + len`, by this function's contract.
    let storage = unsafe { Storage::adopt(base, len, foreign.device, foreign.access, owner) };
    Tensor::new(storage, layout.with_offset(reach.start.unsigned_abs()), foreign.dtype)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tensorbridge_core::Origin;

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
            (4 as *mut u8, &[3], &[-4]),
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
