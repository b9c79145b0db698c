//! In which order, if any, a layout fills its bytes without gaps.

use super::{Dims, Layout};
use crate::Result;

/// A memory order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// Last axis fastest.
    C,
    /// First axis fastest.
    Fortran,
}

impl Layout {
    /// Whether the elements lie densely in `order`. Axes of length 1 may have any stride, and
    /// an empty layout is contiguous in every order.
    #[must_use]
    pub fn is_contiguous(&self, order: Order, itemsize: usize) -> bool {
        match order {
            Order::C => is_dense(self.axes().rev(), itemsize),
            Order::Fortran => is_dense(self.axes(), itemsize),
        }
    }

    /// Whether every stride is a multiple of `itemsize`, so that it can be counted in elements.
    /// Strides that no element is reached by do not count.
    #[must_use]
    pub fn strides_are_whole(&self, itemsize: usize) -> bool {
        self.count() == 0
            || self
                .shape
                .iter()
                .zip(&self.strides)
                .all(|(&length, &stride)| length == 1 || stride % itemsize as isize == 0)
    }

    /// The axes from fastest to slowest if they fill memory densely in some order, else `None`.
    /// This is what NumPy's order `K` preserves.
    #[must_use]
    pub fn dense_order(&self, itemsize: usize) -> Option<Dims<usize>> {
        if self.is_contiguous(Order::C, itemsize) {
            return Some((0..self.ndim()).rev().collect());
        }
        let mut order: Dims<usize> = (0..self.ndim()).rev().collect();
        order.sort_by_key(|&axis| self.strides[axis].unsigned_abs());
        let axes = order.iter().map(|&axis| (self.shape[axis], self.strides[axis]));
        is_dense(axes, itemsize).then_some(order)
    }

    /// A fresh dense layout for a result of this shape: in this layout's own order where that
    /// is dense, else in C order.
    ///
    /// # Errors
    ///
    /// As [`Layout::contiguous`].
    pub fn dense_like(&self, itemsize: usize, result_itemsize: usize) -> Result<Self> {
        match self.dense_order(itemsize) {
            Some(order) => Self::dense(&self.shape, result_itemsize, order.into_iter()),
            None => Self::contiguous(&self.shape, result_itemsize),
        }
    }

    /// Length and stride of each axis.
    #[inline]
    fn axes(&self) -> impl DoubleEndedIterator<Item = (usize, isize)> + ExactSizeIterator {
        self.shape.iter().copied().zip(self.strides.iter().copied())
    }
}

/// Whether axes, from the fastest to the slowest, fill memory without gaps; all of them do if one
/// is empty.
#[inline]
fn is_dense(axes: impl Iterator<Item = (usize, isize)>, itemsize: usize) -> bool {
    let (mut expected, mut dense) = (itemsize as isize, true);
    for (length, stride) in axes {
        if length == 0 {
            return true;
        }
        dense &= length == 1 || stride == expected;
        expected = expected.saturating_mul(length as isize);
    }
    dense
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(shape: &[usize], strides: &[isize]) -> Layout {
        Layout::new(shape, strides, 0).unwrap()
    }

    #[test]
    fn size_one_axes_are_free() {
        assert!(layout(&[1, 3], &[-12, 4]).is_contiguous(Order::C, 4));
        assert!(layout(&[1, 3], &[-12, 4]).is_contiguous(Order::Fortran, 4));
        assert!(layout(&[0, 3], &[7, -5]).is_contiguous(Order::C, 4));
        assert!(!layout(&[2, 3], &[4, 8]).is_contiguous(Order::C, 4));
        assert!(layout(&[2, 3], &[4, 8]).is_contiguous(Order::Fortran, 4));
        assert!(!layout(&[3], &[-4]).is_contiguous(Order::C, 4));
    }

    #[test]
    fn dense_order_keeps_a_permutation() {
        let permuted = layout(&[2, 3, 4], &[4, 32, 8]);
        assert_eq!(permuted.dense_order(4).unwrap().as_slice(), [0, 2, 1]);
        let wide = permuted.dense_like(4, 8).unwrap();
        assert_eq!(wide.strides(), [8, 64, 16]);
        let gapped = layout(&[2, 2], &[16, 4]);
        assert_eq!(gapped.dense_order(4), None);
        assert_eq!(gapped.dense_like(4, 4).unwrap().strides(), [8, 4]);
        assert_eq!(layout(&[3], &[-4]).dense_order(4), None);
    }

    #[test]
    fn whole_strides() {
        assert!(!layout(&[3], &[12]).strides_are_whole(8));
        assert!(layout(&[1], &[12]).strides_are_whole(8));
        assert!(layout(&[3, 0], &[12, 1]).strides_are_whole(8));
        assert!(layout(&[3], &[-16]).strides_are_whole(8));
    }
}
