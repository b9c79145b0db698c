//! Taking elements along one axis by index, in the loops of any other operation: the indices are
//! an operand, and what is taken from is another, whose steps along that axis are in a context
//! beside it. Each index is read once, and checked before it leads anywhere.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};

use tensorbridge_core::{DType, Dims, Element, Error, Operand, Result};

use crate::isa::{Body, pick};
use crate::loops::Loop;
use crate::loops::body::{at, load, store};
use crate::nest::{self, Cost, Strided};
use crate::strided;

/// The axis that is taken from.
struct Axis {
    len: usize,
    stride: isize,
    /// Whether an index was outside.
    failed: AtomicBool,
}

/// An integer that may be an index.
pub(crate) trait Place: Element {
    /// Its place on an axis of `len` elements, or some number that is no less; negative ones
    /// count from the end.
    fn place(self, len: usize) -> usize;
}

macro_rules! signed {
    ($($type:ty)+) => {$(
        impl Place for $type {
            #[inline(always)]
            fn place(self, len: usize) -> usize {
                let index = self as isize;
                // `len` where the sign is set.
                index.wrapping_add(index >> (isize::BITS - 1) & len as isize) as usize
            }
        }
    )+};
}

macro_rules! unsigned {
    ($($type:ty)+) => {$(
        impl Place for $type {
            #[inline(always)]
            fn place(self, _: usize) -> usize {
                usize::try_from(self).unwrap_or(usize::MAX)
            }
        }
    )+};
}

signed! { i8 i16 i32 i64 }
unsigned! { u8 u16 u32 u64 }

/// The loop of taking elements of `T` by indices of `I`; operands `[out, indices, from, axis]`.
struct Take<I, T>(PhantomData<(I, T)>);

impl<I: Place, T: Copy> Body<4> for Take<I, T> {
    #[inline(always)]
    unsafe fn run(len: usize, addresses: &[*mut u8; 4], steps: &[isize; 4]) {
        let &[out, indices, from, axis] = addresses;
        // SAFETY: the contract of `Loop`; the axis is the caller's, and the same for all.
        let &Axis { len: end, stride, ref failed } = unsafe { &*axis.cast::<Axis>() };
        let size = size_of::<T>() as isize;
        let mut bad = false;
        // The place of an index, or 0: there is an element, or `take` would not be here.
        let mut place = |index: I| {
            let place = index.place(end);
            let inside = place < end;
            bad |= !inside;
            if inside { place } else { 0 }
        };
        // SAFETY: the contract of `Loop`: every index below `len` is in reach of all operands; a
        // place below `end` is in reach of what is taken from.
        unsafe {
            if steps[1] == 0 {
                let from = at(from, stride, place(load(indices, 0)));
                for index in 0..len {
                    let value: T = load(at(from, steps[2], index), 0);
                    store(at(out, steps[0], index), 0, value);
                }
            } else if (steps[0], steps[1], steps[2], stride)
                == (size, size_of::<I>() as isize, 0, size)
            {
                for index in 0..len {
                    store(out, index, load::<T>(from, place(load(indices, index))));
                }
            } else {
                for index in 0..len {
                    let from = at(from, steps[2], index);
                    let place = place(load(at(indices, steps[1], index), 0));
                    let value: T = load(at(from, stride, place), 0);
                    store(at(out, steps[0], index), 0, value);
                }
            }
        }
        if bad {
            failed.store(true, Ordering::Relaxed);
        }
    }
}

fn body(indices: DType, size: usize) -> Result<Loop<4>> {
    macro_rules! sized {
        ($index:ty) => {
            match size {
                1 => pick::<4, Take<$index, u8>>(),
                2 => pick::<4, Take<$index, u16>>(),
                4 => pick::<4, Take<$index, u32>>(),
                8 => pick::<4, Take<$index, u64>>(),
                _ => pick::<4, Take<$index, u128>>(),
            }
        };
    }
    Ok(match indices {
        DType::Int8 => sized!(i8),
        DType::Int16 => sized!(i16),
        DType::Int32 => sized!(i32),
        DType::Int64 => sized!(i64),
        DType::UInt8 => sized!(u8),
        DType::UInt16 => sized!(u16),
        DType::UInt32 => sized!(u32),
        DType::UInt64 => sized!(u64),
        other => return Err(Error::dtype(format!("{other} cannot index"))),
    })
}

/// `out[j…] = from[j…, indices[j…]]`, where the axis at the end is one of `len` elements with
/// `stride` bytes between them, and the other steps may be 0. Whether all indices were inside;
/// else `out` is in no defined state.
///
/// # Errors
///
/// `Type` unless the indices are integers; `Interrupted`.
///
/// # Safety
///
/// \[reach\], \[alive\], \[permit\] and \[alias\]; `from` and `out` have one dtype.
pub unsafe fn take(
    from: Operand<'_>,
    indices: Operand<'_>,
    (len, stride): (usize, isize),
    out: Operand<'_>,
) -> Result<bool> {
    let size = out.dtype.itemsize();
    let body = body(indices.dtype, size)?;
    if out.shape.contains(&0) || len == 0 {
        return Ok(indices.shape.contains(&0) || len > 0);
    }
    let mut axis = Axis { len, stride, failed: AtomicBool::new(false) };
    let zeros: Dims<isize> = Dims::from_elem(0, out.shape.len());
    let context = Strided { address: (&raw mut axis).cast(), strides: &zeros };
    let operands = [strided(&out), strided(&indices), strided(&from), context];
    let cost = Cost(2 * size + indices.dtype.itemsize());
    // SAFETY: the caller's contract; the axis outlives the call.
    unsafe { nest::run(out.shape, operands, cost, body)? };
    Ok(!axis.failed.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line<T: Element>(values: &mut [T]) -> Operand<'static> {
        const STRIDES: [&[isize]; 9] = [&[0], &[1], &[2], &[0], &[4], &[0], &[0], &[0], &[8]];
        let shape = Vec::leak(vec![values.len()]);
        let strides = STRIDES[size_of::<T>()];
        Operand { address: values.as_mut_ptr().cast(), shape, strides, dtype: T::DTYPE }
    }

    #[test]
    fn indices_are_checked_and_count_from_either_end() {
        let mut from = [10_i32, 20, 30];
        let mut out = [0_i32; 4];
        let zero = |operand: Operand<'static>| Operand { strides: &[0], shape: &[4], ..operand };
        for (mut indices, expected) in [
            ([0_i64, 2, -1, -3], Some([10, 30, 30, 10])),
            ([0, 3, 0, 0], None),
            ([0, -4, 0, 0], None),
            ([i64::MIN, 0, 0, 0], None),
        ] {
            // SAFETY: operands over arrays of their size.
            let inside = unsafe {
                take(zero(line(&mut from)), line(&mut indices), (3, 4), line(&mut out)).unwrap()
            };
            assert_eq!(inside, expected.is_some(), "{indices:?}");
            assert!(expected.is_none_or(|expected| out == expected));
        }
        let mut indices = [u64::MAX, 0, 0, 0];
        // SAFETY: as above.
        let inside = unsafe {
            take(zero(line(&mut from)), line(&mut indices), (3, 4), line(&mut out)).unwrap()
        };
        assert!(!inside);
    }
}
