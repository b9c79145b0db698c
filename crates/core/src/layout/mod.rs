//! Shape, byte strides and offset: where each element of a tensor lies, and nothing else.

mod contiguity;
mod equation;
mod extent;
pub mod nest;
mod overlap;
mod shape;
mod view;

pub use contiguity::Order;
pub(crate) use extent::check_reach;
pub use overlap::{Overlap, may_overlap, overlap, overlap_within};
pub use shape::{broadcast_shapes, element_count, normalize_axis};
pub use view::Slice;

use smallvec::SmallVec;

use crate::{Error, Result};

/// The most axes a tensor can have; NumPy 2's limit.
pub const MAX_NDIM: usize = 64;

/// One number per axis, kept inline up to four axes (`NCHW`). Two more would push a `Tensor`
/// past the size that compilers move in registers, which costs every crossing more than the
/// rare allocation does.
pub type Dims<T> = SmallVec<[T; 4]>;

/// The numbers of `slice`, one per axis. For the few axes that tensors have, a short loop costs
/// a crossing less than a call to `memcpy`.
#[inline(always)]
fn dims<T: Copy + Default>(slice: &[T]) -> Dims<T> {
    // Spelled out by length, so that each case is a few vector moves: numbers stored one by one
    // and then moved as vectors would stall the processor's store forwarding.
    let zero = T::default();
    let inline = match *slice {
        [] => [zero; 4],
        [a] => [a, zero, zero, zero],
        [a, b] => [a, b, zero, zero],
        [a, b, c] => [a, b, c, zero],
        [a, b, c, d] => [a, b, c, d],
        _ => return spilled(slice),
    };
    Dims::from_buf_and_len(inline, slice.len())
}

#[cold]
fn spilled<T: Copy>(slice: &[T]) -> Dims<T> {
    Dims::from_slice(slice)
}

/// Shape, signed strides and offset. Strides and offset are in **bytes**.
///
/// `offset` is the distance of element `[0, …, 0]` from the start of the storage; with a
/// negative stride it is not the lowest byte.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout {
    shape: Dims<usize>,
    strides: Dims<isize>,
    offset: usize,
}

impl Clone for Layout {
    /// As two `dims`: every view and every handle is a clone first.
    #[inline]
    fn clone(&self) -> Self {
        Self::of_checked(&self.shape, &self.strides, self.offset)
    }
}

/// Checks that `shape` and `strides` can be those of a layout, as [`Layout::new`] says.
pub(crate) fn check(shape: &[usize], strides: &[isize]) -> Result<()> {
    if shape.len() != strides.len() {
        return Err(Error::value(format!(
            "{} strides for {} axes: there must be one stride per axis",
            strides.len(),
            shape.len()
        )));
    }
    element_count(shape).map(drop)
}

impl Layout {
    /// A layout from its parts.
    ///
    /// # Errors
    ///
    /// `Value` when there are more than [`MAX_NDIM`] axes, a stride per axis is not given, or
    /// the number of elements does not fit in `isize`.
    pub fn new(shape: &[usize], strides: &[isize], offset: usize) -> Result<Self> {
        check(shape, strides)?;
        Ok(Self::of_checked(shape, strides, offset))
    }

    /// As [`Layout::new`], of parts to keep.
    ///
    /// # Errors
    ///
    /// As [`Layout::new`].
    #[inline]
    pub fn of(shape: Dims<usize>, strides: Dims<isize>, offset: usize) -> Result<Self> {
        check(&shape, &strides)?;
        Ok(Self::from_parts(shape, strides, offset))
    }

    /// The dense layout of `shape` in C order (last axis fastest), from offset 0.
    ///
    /// # Errors
    ///
    /// As [`Layout::new`], and `Value` when the bytes do not fit in `isize`.
    pub fn contiguous(shape: &[usize], itemsize: usize) -> Result<Self> {
        let (mut layout, mut step) = Self::without_strides(shape, itemsize)?;
        for (stride, &length) in layout.strides.iter_mut().zip(shape).rev() {
            *stride = advance(&mut step, length);
        }
        Ok(layout)
    }

    /// The dense layout of `shape` with `order` naming the axes from fastest to slowest.
    pub(crate) fn dense(
        shape: &[usize],
        itemsize: usize,
        order: impl Iterator<Item = usize>,
    ) -> Result<Self> {
        let (mut layout, mut step) = Self::without_strides(shape, itemsize)?;
        for axis in order {
            layout.strides[axis] = advance(&mut step, shape[axis]);
        }
        Ok(layout)
    }

    /// A layout to be given dense strides, and the first of them.
    #[inline]
    fn without_strides(shape: &[usize], itemsize: usize) -> Result<(Self, isize)> {
        let count = element_count(shape)?;
        if count.checked_mul(itemsize).is_none_or(|bytes| bytes > isize::MAX as usize) {
            return Err(Error::memory(format!(
                "a tensor of shape {shape:?} with {itemsize}-byte elements is larger than the address space"
            )));
        }
        let strides = match shape.len() {
            ndim @ 0..=4 => Dims::from_buf_and_len([0; 4], ndim),
            ndim => Dims::from_elem(0, ndim),
        };
        Ok((Self { shape: dims(shape), strides, offset: 0 }, itemsize as isize))
    }

    /// A layout of parts that [`check`] has seen.
    #[inline(always)]
    pub(crate) fn of_checked(shape: &[usize], strides: &[isize], offset: usize) -> Self {
        Self { shape: dims(shape), strides: dims(strides), offset }
    }

    /// A layout whose parts are known to be consistent: a view of one that was checked.
    pub(crate) fn from_parts(shape: Dims<usize>, strides: Dims<isize>, offset: usize) -> Self {
        debug_assert_eq!(shape.len(), strides.len());
        Self { shape, strides, offset }
    }

    /// Elements along each axis.
    #[inline]
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Bytes from one element to the next along each axis.
    #[inline]
    #[must_use]
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// Bytes from the start of the storage to element `[0, …, 0]`.
    #[inline]
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Number of axes.
    #[inline]
    #[must_use]
    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// Number of elements.
    #[inline]
    #[must_use]
    pub fn count(&self) -> usize {
        self.shape.iter().product()
    }

    /// The same layout counted from another origin.
    #[must_use]
    pub fn with_offset(self, offset: usize) -> Self {
        Self { offset, ..self }
    }
}

/// The stride of an axis of `length`, and in `step` that of the next one out.
fn advance(step: &mut isize, length: usize) -> isize {
    // An empty axis must not make the outer strides 0: NumPy counts it as 1 here.
    let outer = step.saturating_mul(length.max(1) as isize);
    std::mem::replace(step, outer)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The byte offset of every element from element `[0, …, 0]`, in C order: the naive model
    /// that every property test compares with.
    pub(super) fn offsets(layout: &Layout) -> Vec<isize> {
        let mut offsets = vec![0];
        for (&length, &stride) in layout.shape().iter().zip(layout.strides()) {
            offsets = offsets
                .into_iter()
                .flat_map(|start| (0..length as isize).map(move |index| start + index * stride))
                .collect();
        }
        offsets
    }

    #[test]
    fn contiguous_strides() {
        assert_eq!(Layout::contiguous(&[2, 3, 4], 8).unwrap().strides(), [96, 32, 8]);
        assert_eq!(Layout::contiguous(&[2, 0, 4], 8).unwrap().strides(), [32, 32, 8]);
        assert_eq!(Layout::contiguous(&[], 8).unwrap().strides(), [0_isize; 0]);
        assert!(Layout::contiguous(&[1 << 60, 2], 16).is_err());
        assert!(Layout::contiguous(&[1 << 60], 8).is_err());
        assert!(Layout::contiguous(&[isize::MAX as usize], 1).is_ok());
        assert!(Layout::new(&[1], &[], 0).is_err());
        assert_eq!(Layout::new(&[2], &[8], 16).unwrap().with_offset(24).offset(), 24);
    }
}
