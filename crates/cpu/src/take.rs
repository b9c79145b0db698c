//! Taking elements along one axis by index, in the loops of any other operation: the indices are
//! an operand, and what is taken from is another, whose steps along that axis are in a context
//! beside it. Each index is read once, and checked before it leads anywhere.

use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};

use tensorbridge_core::{DType, Dims, Element, Error, Operand, Result};

use crate::isa::{Body, pick};
use crate::loops::Loop;
use crate::loops::body::{ahead, at, load, store};
use crate::nest::{self, Cost, Strided};

/// Indices that are checked together, before any of them is followed.
const BLOCK: usize = 32;

/// How many bytes before they are read memory is asked for indices: while those before them are
/// followed, the processor does not look ahead by itself.
const COMING: usize = 2048;

/// How many rows before they are moved memory is asked for them, where all of them are more bytes
/// than stay in a cache.
const AHEAD: usize = 8;
const CACHED: usize = 1 << 18;

/// The axis that is taken from.
struct Axis {
    len: usize,
    stride: isize,
    /// Bytes of a whole row, where rows are taken.
    row: usize,
    /// Whether an index was outside.
    failed: AtomicBool,
}

impl Axis {
    /// The place of an index, or 0: there is an element, or `take` would not be here.
    #[inline(always)]
    fn place(&self, index: impl Place, bad: &mut bool) -> usize {
        let place = index.place(self.len);
        let inside = place < self.len;
        *bad |= !inside;
        if inside { place } else { 0 }
    }
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

/// Takes as many whole blocks as `len` has by dense indices, from a dense axis. How many elements.
#[allow(clippy::needless_range_loop)]
#[inline(always)]
unsafe fn blocks<I: Place, T: Copy>(
    len: usize,
    [out, indices, from]: [*mut u8; 3],
    axis: &Axis,
    bad: &mut bool,
) -> usize {
    let end = axis.len;
    let mut done = 0;
    while len - done >= BLOCK {
        // SAFETY: the contract of `Loop`: every index below `len` is in reach of all operands; a
        // place below `end` is in reach of what is taken from.
        unsafe {
            let here = indices.wrapping_add(done * size_of::<I>());
            ahead(here.wrapping_add(COMING), BLOCK * size_of::<I>());
            let block: [I; BLOCK] = load(here, 0);
            let mut places = [0; BLOCK];
            let mut outside = 0;
            for lane in 0..BLOCK {
                places[lane] = block[lane].place(end);
                outside |= usize::from(places[lane] >= end);
            }
            if outside != 0 {
                *bad = true;
                places.iter_mut().filter(|place| **place >= end).for_each(|place| *place = 0);
            }
            for lane in 0..BLOCK {
                store(out, done + lane, load::<T>(from, places[lane]));
            }
        }
        done += BLOCK;
    }
    done
}

impl<I: Place, T: Copy> Body<4> for Take<I, T> {
    #[inline(always)]
    unsafe fn run(len: usize, addresses: &[*mut u8; 4], steps: &[isize; 4]) {
        let &[out, indices, from, axis] = addresses;
        // SAFETY: the contract of `Loop`; the axis is the caller's, and the same for all.
        let axis = unsafe { &*axis.cast::<Axis>() };
        let size = size_of::<T>() as isize;
        let mut bad = false;
        // SAFETY: as in `blocks`.
        unsafe {
            if steps[1] == 0 {
                let from = at(from, axis.stride, axis.place(load::<I>(indices, 0), &mut bad));
                for index in 0..len {
                    let value: T = load(at(from, steps[2], index), 0);
                    store(at(out, steps[0], index), 0, value);
                }
            } else {
                let dense = (steps[0], steps[1], steps[2], axis.stride)
                    == (size, size_of::<I>() as isize, 0, size);
                let done = match dense {
                    true => blocks::<I, T>(len, [out, indices, from], axis, &mut bad),
                    false => 0,
                };
                for index in done..len {
                    let from = at(from, steps[2], index);
                    let place = axis.place(load::<I>(at(indices, steps[1], index), 0), &mut bad);
                    let value: T = load(at(from, axis.stride, place), 0);
                    store(at(out, steps[0], index), 0, value);
                }
            }
        }
        if bad {
            axis.failed.store(true, Ordering::Relaxed);
        }
    }
}

/// The loop of taking whole rows of bytes by indices of `I`; operands `[out, indices, from, axis]`.
struct Rows<I>(PhantomData<I>);

impl<I: Place> Body<4> for Rows<I> {
    #[inline(always)]
    unsafe fn run(len: usize, addresses: &[*mut u8; 4], steps: &[isize; 4]) {
        let &[out, indices, from, axis] = addresses;
        // SAFETY: the contract of `Loop`; the axis is the caller's, and the same for all.
        let axis = unsafe { &*axis.cast::<Axis>() };
        let index = |at_row: usize| at(indices, steps[1], at_row);
        let ask = axis.len.saturating_mul(axis.row) > CACHED;
        let mut bad = false;
        for row in 0..len {
            // SAFETY: the contract of `Loop`: every index below `len` is in reach of all operands,
            // with a row at each place on the axis. What is only asked for may be anywhere.
            unsafe {
                if ask && row + AHEAD < len {
                    let place = load::<I>(index(row + AHEAD), 0).place(axis.len);
                    ahead(at(at(from, steps[2], row + AHEAD), axis.stride, place), axis.row);
                }
                let place = axis.place(load::<I>(index(row), 0), &mut bad);
                let from = at(at(from, steps[2], row), axis.stride, place);
                move_row(from, at(out, steps[0], row), axis.row);
            }
        }
        if bad {
            axis.failed.store(true, Ordering::Relaxed);
        }
    }
}

/// Copies a row of bytes: short ones without a call.
#[inline(always)]
unsafe fn move_row(from: *mut u8, out: *mut u8, row: usize) {
    // SAFETY: the caller's: both rows are in reach, and disjoint.
    unsafe {
        match row {
            4..8 => move_ends::<u32>(from, out, row),
            8..16 => move_ends::<u64>(from, out, row),
            16..32 => move_ends::<u128>(from, out, row),
            32..=512 => {
                for chunk in 0..row / 32 {
                    store::<[u64; 4]>(out, chunk, load(from, chunk));
                }
                move_ends::<[u64; 4]>(from, out, row);
            }
            _ => std::ptr::copy_nonoverlapping(from, out, row),
        }
    }
}

/// Copies the first and the last `T` of a row of at least one; they may overlap.
#[inline(always)]
unsafe fn move_ends<T: Copy>(from: *mut u8, out: *mut u8, row: usize) {
    let last = row - size_of::<T>();
    // SAFETY: the caller's: both rows are in reach, and disjoint.
    unsafe {
        let (first, end): (T, T) = (load(from, 0), load(from.wrapping_add(last), 0));
        store(out, 0, first);
        store(out.wrapping_add(last), 0, end);
    }
}

/// The loop for elements of `size` bytes, or for rows of so many.
fn body(indices: DType, size: usize) -> Result<Loop<4>> {
    macro_rules! sized {
        ($index:ty) => {
            match size {
                1 => pick::<4, Take<$index, u8>>(),
                2 => pick::<4, Take<$index, u16>>(),
                4 => pick::<4, Take<$index, u32>>(),
                8 => pick::<4, Take<$index, u64>>(),
                16 => pick::<4, Take<$index, u128>>(),
                _ => pick::<4, Rows<$index>>(),
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
    if out.shape.contains(&0) || len == 0 {
        body(indices.dtype, 1)?;
        return Ok(indices.shape.contains(&0) || len > 0);
    }
    let (ndim, row) = rows(&from, &indices, &out);
    let mut axis = Axis { len, stride, row, failed: AtomicBool::new(false) };
    let zeros: Dims<isize> = Dims::from_elem(0, ndim);
    let context = Strided { address: (&raw mut axis).cast(), strides: &zeros };
    let [out_rows, indices_of_rows, from_rows] = [&out, &indices, &from]
        .map(|operand| Strided { address: operand.address, strides: &operand.strides[..ndim] });
    let operands = [out_rows, indices_of_rows, from_rows, context];
    let cost = Cost(2 * row + indices.dtype.itemsize());
    // SAFETY: the caller's contract; the axis outlives the call.
    unsafe { nest::run(&out.shape[..ndim], operands, cost, body(indices.dtype, row)?)? };
    Ok(!axis.failed.into_inner())
}

/// How many axes are left when those at the end that are dense and whole, one index for all of
/// their elements, are made one row; and the bytes of a row.
fn rows(from: &Operand<'_>, indices: &Operand<'_>, out: &Operand<'_>) -> (usize, usize) {
    let (mut ndim, mut row) = (out.shape.len(), out.dtype.itemsize());
    while let Some(axis) = ndim.checked_sub(1)
        && indices.strides[axis] == 0
        && [from.strides[axis], out.strides[axis]] == [row as isize; 2]
    {
        (ndim, row) = (axis, row * out.shape[axis]);
    }
    (ndim, row)
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

    #[test]
    fn rows_of_any_width_are_taken_whole() {
        let from: Vec<u8> = (0..40 * 1100_usize).map(|byte| (byte * 7 / 3) as u8).collect();
        let mut indices = [0_i32, 39, -1, 7, 7, -40, 20, 3, 11, 25, 30, 38];
        for width in [1, 2, 3, 4, 7, 8, 12, 16, 20, 31, 32, 33, 100, 512, 513, 1100] {
            let mut out = vec![0_u8; indices.len() * width];
            let shape = [indices.len(), width];
            let operand =
                |address, strides| Operand { address, shape: &shape, strides, dtype: DType::UInt8 };
            let strides = [width as isize, 1];
            let places =
                Operand { dtype: DType::Int32, ..operand(indices.as_mut_ptr().cast(), &[4, 0]) };
            // SAFETY: operands over arrays of their size; what is taken from is only read.
            let inside = unsafe {
                let from = operand(from.as_ptr().cast_mut(), &[0, 1]);
                take(from, places, (40, 1100), operand(out.as_mut_ptr(), &strides)).unwrap()
            };
            assert!(inside);
            for (row, &index) in out.chunks(width).zip(&indices) {
                let first = index.rem_euclid(40) as usize * 1100;
                assert_eq!(row, &from[first..first + width], "{width}");
            }
        }
        indices[5] = -41;
        let mut out = [0_u8; 12 * 3];
        let shape = [12, 3];
        let operand = |address, strides, dtype| Operand { address, shape: &shape, strides, dtype };
        // SAFETY: as above.
        let inside = unsafe {
            let from = operand(from.as_ptr().cast_mut(), &[0, 1], DType::UInt8);
            let places = operand(indices.as_mut_ptr().cast(), &[4, 0], DType::Int32);
            take(from, places, (40, 1100), operand(out.as_mut_ptr(), &[3, 1], DType::UInt8))
                .unwrap()
        };
        assert!(!inside);
    }
}
