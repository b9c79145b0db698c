//! Reading single values, without kernels: exact, unaligned, and of any layout.

use tensorbridge_core::scalar::FromScalar;
use tensorbridge_core::{DeviceKind, Dims, Element, Error, Result, Scalar, Tensor, with_dtype};

/// The element at `offset` bytes from element `[0, …, 0]`.
///
/// # Safety
///
/// [reach]: an element of `tensor` lies there, and `tensor` is in host memory.
#[inline]
unsafe fn read(tensor: &Tensor, offset: isize) -> Scalar {
    let address = tensor.read_address();
    with_dtype!(tensor.dtype(), T => {
        // SAFETY: [reach] by the caller, [alive] while the tensor is borrowed; every bit
        // pattern is an element, aligned or not.
        unsafe { address.offset(offset).cast::<T>().read_unaligned() }.to_scalar()
    })
}

/// Checks that `tensor` has values that can be read here.
///
/// # Errors
///
/// `NotImplemented` for a meta tensor, `Device` for one on another device.
pub fn check_readable(tensor: &Tensor) -> Result<()> {
    if tensor.access().host {
        return Ok(());
    }
    Err(match tensor.device().kind {
        DeviceKind::Meta => Error::not_implemented("Cannot copy out of meta tensor; no data!")
            .hint("a meta tensor has a shape and a dtype, and no values"),
        _ => Error::device(format!("the values are on `{}`", tensor.device()))
            .hint("copy them to the host first: `t.cpu()`"),
    })
}

/// The value of a tensor of one element.
///
/// # Errors
///
/// `Runtime` for another number of elements; as [`check_readable`].
pub fn item(tensor: &Tensor) -> Result<Scalar> {
    if tensor.count() != 1 {
        return Err(Error::runtime(format!(
            "a Tensor with {} elements cannot be converted to Scalar",
            tensor.count()
        ))
        .hint("`t.tolist()` gives all of them; an index picks one: `t[0].item()`"));
    }
    check_readable(tensor)?;
    // SAFETY: [reach]: the one element lies at offset 0; host memory was checked.
    Ok(unsafe { read(tensor, 0) })
}

/// Every value, in C order.
///
/// # Errors
///
/// As [`check_readable`].
pub fn iter(tensor: &Tensor) -> Result<impl ExactSizeIterator<Item = Scalar>> {
    check_readable(tensor)?;
    // SAFETY: [reach]: `Walk` gives the places of elements; host memory was checked.
    Ok(Walk::over(tensor).map(|offset| unsafe { read(tensor, offset) }))
}

/// Every element, in C order, as the type it has: [`iter`] without looking at the dtype again.
///
/// # Errors
///
/// As [`check_readable`]; `Type` where `T` is not the type of the elements.
pub fn elements<T: Element>(tensor: &Tensor) -> Result<impl ExactSizeIterator<Item = T>> {
    check_readable(tensor)?;
    if tensor.dtype() != T::DTYPE {
        return Err(Error::dtype(format!(
            "elements of {} were asked for as {}",
            tensor.dtype(),
            T::DTYPE
        )));
    }
    let address = tensor.read_address();
    // SAFETY: [reach]: `Walk` gives the places of elements of `T`; [alive] while the tensor is
    // borrowed, and host memory was checked; every bit pattern is an element, aligned or not.
    Ok(Walk::over(tensor)
        .map(move |offset| unsafe { address.offset(offset).cast::<T>().read_unaligned() }))
}

/// The byte offset of every element from element `[0, …, 0]`, in C order.
struct Walk<'a> {
    shape: &'a [usize],
    strides: &'a [isize],
    index: Dims<usize>,
    offset: isize,
    left: usize,
}

impl<'a> Walk<'a> {
    fn over(tensor: &'a Tensor) -> Self {
        Self {
            shape: tensor.shape(),
            strides: tensor.strides(),
            index: Dims::from_elem(0, tensor.ndim()),
            offset: 0,
            left: tensor.count(),
        }
    }

    /// Moves on from the end of the innermost axis.
    fn carry(&mut self) {
        for axis in (0..self.index.len()).rev() {
            let (length, stride) = (self.shape[axis], self.strides[axis]);
            if self.index[axis] < length {
                break;
            }
            self.offset = self.offset.wrapping_sub(stride.wrapping_mul(length as isize));
            self.index[axis] = 0;
            if let Some(outer) = axis.checked_sub(1) {
                self.index[outer] += 1;
                self.offset = self.offset.wrapping_add(self.strides[outer]);
            }
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = isize;

    #[inline]
    fn next(&mut self) -> Option<isize> {
        self.left = self.left.checked_sub(1)?;
        let place = self.offset;
        if let (Some(index), [.., length], [.., stride]) =
            (self.index.last_mut(), self.shape, self.strides)
        {
            *index += 1;
            self.offset = place.wrapping_add(*stride);
            if *index == *length {
                self.carry();
            }
        }
        Some(place)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Walk<'_> {}

#[cfg(test)]
mod tests {
    use tensorbridge_core::storage::host::Fill;
    use tensorbridge_core::{Bool, DType, Device, Layout};

    use super::*;

    /// A tensor of `dtype` over these bytes, from byte `offset`.
    fn over(
        bytes: &[u8],
        dtype: DType,
        shape: &[usize],
        strides: &[isize],
        offset: usize,
    ) -> Tensor {
        let storage =
            Tensor::allocate(&[bytes.len()], DType::UInt8, Device::CPU, Fill::Zero).unwrap();
        let base = storage.write_address().unwrap();
        // SAFETY: [reach], [permit]: a fresh block of this length.
        unsafe { base.as_ptr().copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        storage.with_layout_as(Layout::new(shape, strides, offset).unwrap(), dtype).unwrap()
    }

    #[test]
    fn reads_what_is_misaligned_reversed_and_odd() {
        let mut bytes = vec![0xAA];
        for value in [1_i32, -2, 3] {
            bytes.extend(value.to_ne_bytes());
        }
        let t = over(&bytes, DType::Int32, &[3], &[-4], 9);
        let values: Vec<_> = iter(&t).unwrap().collect();
        assert_eq!(values, [Scalar::Int(3), Scalar::Int(-2), Scalar::Int(1)]);
        let t = over(&[0, 1, 2, 255], DType::Bool, &[2, 2], &[1, 2], 0);
        let values: Vec<_> = iter(&t).unwrap().collect();
        assert_eq!(values, [false, true, true, true].map(Scalar::Bool));
        assert!(Bool(255).get());
    }

    #[test]
    fn walks_every_axis_in_c_order() {
        let bytes: Vec<u8> = (0..60).collect();
        for (shape, strides) in [
            (&[2, 3, 4][..], &[12, 4, 1][..]),
            (&[4, 3, 2], &[1, 4, 12]),
            (&[3, 1, 2, 1], &[7, 99, -2, 99]),
            (&[2, 2], &[0, 0]),
            (&[5], &[3]),
            (&[], &[]),
        ] {
            let t = over(&bytes, DType::UInt8, shape, strides, 20);
            let mut expected = vec![20];
            for (&length, &stride) in shape.iter().zip(strides) {
                expected = expected
                    .iter()
                    .flat_map(|start| (0..length as isize).map(move |i| start + i * stride))
                    .collect();
            }
            let found: Vec<isize> = elements::<u8>(&t).unwrap().map(isize::from).collect();
            assert_eq!(found, expected);
            assert!(elements::<i8>(&t).is_err());
        }
    }

    #[test]
    fn counts_are_exact() {
        let empty = over(&[], DType::Int8, &[3, 0], &[7, 7], 0);
        assert_eq!(iter(&empty).unwrap().count(), 0);
        assert!(item(&empty).is_err());
        let big = over(&u64::MAX.to_ne_bytes(), DType::UInt64, &[], &[], 0);
        assert_eq!(item(&big).unwrap(), Scalar::Int(i128::from(u64::MAX)));
        assert_eq!(iter(&big).unwrap().len(), 1);
    }

    #[test]
    fn meta_has_no_values() {
        let meta = Tensor::allocate(&[1], DType::Int8, Device::META, Fill::Zero).unwrap();
        assert!(item(&meta).is_err());
        assert!(iter(&meta).is_err());
    }
}
