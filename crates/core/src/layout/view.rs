//! Views: new shapes over the same bytes. Nothing here copies or can fail to share.

use super::{Dims, Layout, element_count, normalize_axis};
use crate::{Error, Result};

/// A resolved slice of one axis: `length` elements from `start` in steps of `step`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    /// Index of the first element.
    pub start: usize,
    /// Distance between elements; negative walks backwards.
    pub step: isize,
    /// Number of elements.
    pub length: usize,
}

impl Slice {
    /// Resolves Python's `start:stop:step` against an axis, as `slice.indices` does.
    ///
    /// # Errors
    ///
    /// `Value` when `step` is 0.
    #[inline]
    pub fn resolve(
        start: Option<isize>,
        stop: Option<isize>,
        step: Option<isize>,
        axis_length: usize,
    ) -> Result<Self> {
        let step = step.unwrap_or(1);
        if step == 0 {
            return Err(Error::value("slice step cannot be zero"));
        }
        let length = axis_length as isize;
        let (lowest, highest) = if step > 0 { (0, length) } else { (-1, length - 1) };
        let clip = |bound: isize| {
            let bound = if bound < 0 { bound.saturating_add(length) } else { bound };
            bound.clamp(lowest, highest)
        };
        let start = start.map_or(if step > 0 { lowest } else { highest }, clip);
        let stop = stop.map_or(if step > 0 { highest } else { lowest }, clip);
        let distance = if step > 0 { stop - start } else { start - stop };
        let count = match step {
            _ if distance <= 0 => 0,
            // A division is the longest part of a slice.
            1 => distance as usize,
            _ => (distance as usize - 1) / step.unsigned_abs() + 1,
        };
        Ok(Self { start: start.max(0) as usize, step, length: count })
    }
}

impl Layout {
    fn check_axis(&self, axis: usize) {
        debug_assert!(axis < self.ndim(), "axes are normalized by the caller");
    }

    /// The offset moved by `index` elements along `axis`; `index` is in range.
    fn moved(&self, axis: usize, index: usize) -> usize {
        self.offset.wrapping_add_signed(self.strides[axis].wrapping_mul(index as isize))
    }

    /// Takes `slice` of `axis`.
    #[inline]
    #[must_use]
    pub fn slice(&self, axis: usize, slice: Slice) -> Self {
        self.check_axis(axis);
        let mut view = self.clone();
        view.shape[axis] = slice.length;
        // A stride is used only between two elements; one that would overflow never is.
        view.strides[axis] = self.strides[axis].wrapping_mul(slice.step);
        if slice.length > 0 && !self.shape.contains(&0) {
            view.offset = self.moved(axis, slice.start);
        }
        view
    }

    /// Drops `axis`, keeping its element `index` (in range).
    #[inline]
    #[must_use]
    pub fn select(&self, axis: usize, index: usize) -> Self {
        self.check_axis(axis);
        let offset = if self.shape.contains(&0) { self.offset } else { self.moved(axis, index) };
        if axis == 0 {
            return Self::of_checked(&self.shape[1..], &self.strides[1..], offset);
        }
        let mut view = Self { offset, ..self.clone() };
        view.shape.remove(axis);
        view.strides.remove(axis);
        view
    }

    /// Reverses `axis`.
    #[must_use]
    pub fn flip(&self, axis: usize) -> Self {
        let length = self.shape[axis];
        self.slice(axis, Slice { start: length.saturating_sub(1), step: -1, length })
    }

    /// Inserts an axis of length 1 before `axis` (`0..=ndim`).
    ///
    /// # Errors
    ///
    /// `Value` beyond 64 axes.
    pub fn unsqueeze(&self, axis: usize) -> Result<Self> {
        let mut view = self.clone();
        // The stride NumPy and PyTorch give a new axis does not matter for reaching elements;
        // this one keeps a contiguous layout's strides canonical.
        let stride = match (self.shape.get(axis), self.strides.get(axis)) {
            (Some(&length), Some(&stride)) => stride.wrapping_mul(length as isize),
            _ => self.strides.last().copied().unwrap_or(0).min(1),
        };
        view.shape.insert(axis, 1);
        view.strides.insert(axis, stride);
        element_count(&view.shape)?;
        Ok(view)
    }

    /// Removes `axis`, which has length 1.
    #[must_use]
    pub fn squeeze(&self, axis: usize) -> Self {
        debug_assert_eq!(self.shape[axis], 1);
        self.select(axis, 0)
    }

    /// Reorders the axes: axis `k` of the view is axis `axes[k]` of this layout.
    ///
    /// # Errors
    ///
    /// `Value` when `axes` is not a permutation of the axes.
    pub fn permute(&self, axes: &[isize]) -> Result<Self> {
        let refuse = |why: String| {
            Error::value(format!("permute of {} axes with {axes:?}: {why}", self.ndim()))
        };
        if axes.len() != self.ndim() {
            return Err(refuse(format!("{} axes are named", axes.len())));
        }
        let mut seen = [false; super::MAX_NDIM];
        let (mut shape, mut strides) = (Dims::new(), Dims::new());
        for &axis in axes {
            let axis = normalize_axis(axis, self.ndim())?;
            if std::mem::replace(&mut seen[axis], true) {
                return Err(refuse(format!("axis {axis} is named twice")));
            }
            shape.push(self.shape[axis]);
            strides.push(self.strides[axis]);
        }
        Ok(Self::from_parts(shape, strides, self.offset))
    }

    /// Reverses the order of the axes.
    #[inline]
    #[must_use]
    pub fn reversed_axes(&self) -> Self {
        let mut view = self.clone();
        view.shape.reverse();
        view.strides.reverse();
        view
    }

    /// Exchanges two axes.
    #[must_use]
    pub fn swap_axes(&self, a: usize, b: usize) -> Self {
        let mut view = self.clone();
        view.shape.swap(a, b);
        view.strides.swap(a, b);
        view
    }

    /// Repeats axes of length 1 (stride 0) and adds leading axes until the shape is `shape`.
    ///
    /// # Errors
    ///
    /// `Shape` when this shape does not broadcast to `shape`.
    pub fn broadcast_to(&self, shape: &[usize]) -> Result<Self> {
        element_count(shape)?;
        let refuse = || {
            Error::shape(format!("shape {:?} does not broadcast to {shape:?}", self.shape()))
                .hint("axes are matched from the last one; only axes of length 1 can be repeated")
        };
        let lead = shape.len().checked_sub(self.ndim()).ok_or_else(refuse)?;
        let mut strides: Dims<isize> = smallvec::smallvec![0; lead];
        for (axis, (&have, &want)) in self.shape.iter().zip(&shape[lead..]).enumerate() {
            strides.push(match (have, want) {
                (have, want) if have == want => self.strides[axis],
                (1, _) => 0,
                _ => return Err(refuse()),
            });
        }
        Ok(Self::from_parts(Dims::from_slice(shape), strides, self.offset))
    }

    /// The same elements in C order under another shape, or `None` when no strides can say so.
    ///
    /// # Errors
    ///
    /// `Shape` when the number of elements differs.
    pub fn reshape(&self, shape: &[usize]) -> Result<Option<Self>> {
        let (count, wanted) = (self.count(), element_count(shape)?);
        if count != wanted {
            return Err(Error::shape(format!(
                "shape '{shape:?}' is invalid for input of size {count}"
            )));
        }
        let mut strides: Dims<isize> = smallvec::smallvec![0; shape.len()];
        if count == 0 {
            // No element is reached; give the strides a fresh tensor would have.
            let mut step = self.strides.last().copied().filter(|&stride| stride > 0).unwrap_or(1);
            for (stride, &length) in strides.iter_mut().zip(shape).rev() {
                *stride = step;
                step = step.saturating_mul(length.max(1) as isize);
            }
            return Ok(Some(Self::from_parts(Dims::from_slice(shape), strides, self.offset)));
        }
        // Runs of old axes that lie evenly after one another, slowest first. Axes of length 1
        // vanish: their strides reach nothing.
        let mut runs: Dims<(usize, isize)> = Dims::new();
        for (&length, &stride) in self.shape.iter().zip(&self.strides) {
            match runs.last_mut() {
                _ if length == 1 => {}
                Some((run, step)) if *step == stride.wrapping_mul(length as isize) => {
                    *run *= length;
                    *step = stride;
                }
                _ => runs.push((length, stride)),
            }
        }
        // Cut the runs into the new axes, from the back; a run can be cut in any way.
        let mut axis = shape.len();
        let mut step = self.strides.last().copied().unwrap_or(0);
        let mut cut = |run: usize, run_step: isize| {
            let mut left = run;
            step = run_step;
            while left > 1 {
                axis = axis.checked_sub(1)?;
                if !left.is_multiple_of(shape[axis]) {
                    return None;
                }
                strides[axis] = step;
                step = step.wrapping_mul(shape[axis] as isize);
                left /= shape[axis];
            }
            Some(())
        };
        for &(run, run_step) in runs.iter().rev() {
            if cut(run, run_step).is_none() {
                return Ok(None);
            }
        }
        // Only axes of length 1 are left.
        for stride in &mut strides[..axis] {
            *stride = step;
        }
        Ok(Some(Self::from_parts(Dims::from_slice(shape), strides, self.offset)))
    }

    /// The same bytes read as elements of another size: the last axis grows or shrinks.
    ///
    /// # Errors
    ///
    /// `Value` when the last axis is not dense or does not divide evenly.
    pub fn reinterpret(&self, itemsize: usize, new_itemsize: usize) -> Result<Self> {
        if itemsize == new_itemsize {
            return Ok(self.clone());
        }
        let Some(last) = self.ndim().checked_sub(1) else {
            return Err(Error::value(format!(
                "view of a 0-d tensor of {itemsize}-byte elements as {new_itemsize}-byte elements"
            ))
            .hint("reshape it to one axis first: `t.reshape(1)`"));
        };
        let reached = self.count() != 0 && self.shape[last] != 1;
        if reached && self.strides[last] != itemsize as isize {
            return Err(Error::value(format!(
                "view as {new_itemsize}-byte elements: the last axis has a stride of {} bytes, and must have {itemsize}",
                self.strides[last]
            ))
            .hint("make it dense first: `t.contiguous()`"));
        }
        let bytes = self.shape[last].checked_mul(itemsize).ok_or_else(|| {
            Error::value("view: the last axis has more bytes than the address space")
        })?;
        if !bytes.is_multiple_of(new_itemsize) {
            return Err(Error::value(format!(
                "view: the last axis has {bytes} bytes, which is no multiple of {new_itemsize}"
            )));
        }
        let mut view = self.clone();
        view.shape[last] = bytes / new_itemsize;
        view.strides[last] = new_itemsize as isize;
        element_count(&view.shape)?;
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::offsets;
    use super::*;

    fn contiguous(shape: &[usize]) -> Layout {
        Layout::contiguous(shape, 4).unwrap()
    }

    /// Offsets from the start of the storage, so that moved origins compare.
    fn places(layout: &Layout) -> Vec<isize> {
        offsets(layout).into_iter().map(|place| place + layout.offset() as isize).collect()
    }

    #[test]
    fn slices_resolve_as_python_does() {
        for (start, stop, step, expected) in [
            (None, None, None, vec![0, 1, 2, 3, 4]),
            (None, None, Some(-1), vec![4, 3, 2, 1, 0]),
            (Some(-3), Some(99), Some(2), vec![2, 4]),
            (Some(3), Some(0), Some(-2), vec![3, 1]),
            (Some(9), None, None, vec![]),
            (Some(-9), Some(-9), Some(-1), vec![]),
            (Some(isize::MIN), Some(isize::MAX), Some(isize::MAX), vec![0]),
            (Some(isize::MAX), Some(isize::MIN), Some(isize::MIN), vec![4]),
        ] {
            let slice = Slice::resolve(start, stop, step, 5).unwrap();
            let view = contiguous(&[5]).slice(0, slice);
            let found: Vec<_> = places(&view).iter().map(|place| place / 4).collect();
            assert_eq!(found, expected, "{start:?}:{stop:?}:{step:?}");
        }
        assert!(Slice::resolve(None, None, Some(0), 5).is_err());
    }

    #[test]
    fn flip_walks_backwards() {
        let flipped = contiguous(&[2, 3]).flip(1);
        assert_eq!(places(&flipped), [8, 4, 0, 20, 16, 12]);
        assert_eq!(contiguous(&[0]).flip(0).count(), 0);
    }

    #[test]
    fn permute_refuses_what_is_no_permutation() {
        let layout = contiguous(&[2, 3, 4]);
        assert_eq!(layout.permute(&[2, 0, -2]).unwrap().shape(), [4, 2, 3]);
        for axes in [&[0, 1][..], &[0, 1, 1], &[0, 1, 3], &[0, 1, 2, 2]] {
            assert!(layout.permute(axes).is_err(), "{axes:?}");
        }
    }

    #[test]
    fn reshape_shares_where_strides_allow() {
        let shares = |layout: &Layout, shape: &[usize]| layout.reshape(shape).unwrap().is_some();
        assert!(shares(&contiguous(&[4, 6]), &[2, 2, 3, 2]));
        assert!(!shares(&contiguous(&[4, 6]).reversed_axes(), &[24]));
        assert!(shares(&contiguous(&[4, 6]).reversed_axes(), &[3, 2, 4]));
        assert!(shares(&contiguous(&[6]).flip(0), &[2, 3]));
        assert!(shares(&contiguous(&[1]).broadcast_to(&[6]).unwrap(), &[2, 3]));
        assert!(shares(&contiguous(&[0, 3]), &[5, 0]));
        assert!(contiguous(&[4]).reshape(&[3]).is_err());
    }

    #[test]
    fn reinterpret_scales_the_last_axis() {
        assert_eq!(contiguous(&[2, 4]).reinterpret(4, 8).unwrap().shape(), [2, 2]);
        assert_eq!(contiguous(&[2, 4]).reinterpret(4, 1).unwrap().shape(), [2, 16]);
        assert!(contiguous(&[2, 3]).reinterpret(4, 8).is_err());
        assert!(contiguous(&[2, 4]).reversed_axes().reinterpret(4, 8).is_err());
        assert!(contiguous(&[]).reinterpret(4, 8).is_err());
        // A stride by which no element is reached does not matter.
        let empty = Layout::new(&[3, 0], &[1, 7], 0).unwrap();
        assert_eq!(empty.reinterpret(4, 1).unwrap().shape(), [3, 0]);
    }

    proptest! {
        #[test]
        fn reshape_keeps_every_element_in_place(
            factors in prop::collection::vec(1_usize..4, 0..5),
            cut in prop::collection::vec(0_usize..3, 0..6),
            order in prop::collection::vec(0_usize..5, 0..5),
            flips in prop::collection::vec(any::<bool>(), 5),
        ) {
            let mut layout = contiguous(&factors);
            for (axis, &other) in order.iter().enumerate() {
                if axis < layout.ndim() && other < layout.ndim() {
                    layout = layout.swap_axes(axis, other);
                }
            }
            for axis in (0..layout.ndim()).filter(|&axis| flips[axis]) {
                layout = layout.flip(axis);
            }
            // A new shape with the same count: group the old axes and sprinkle ones.
            let mut shape = vec![1];
            for (axis, &length) in layout.shape().iter().enumerate() {
                match cut.get(axis) {
                    Some(0) => *shape.last_mut().unwrap() *= length,
                    Some(1) => shape.extend([1, length]),
                    _ => shape.push(length),
                }
            }
            match layout.reshape(&shape).unwrap() {
                Some(view) => prop_assert_eq!(places(&view), places(&layout)),
                None => prop_assert!(!layout.is_contiguous(crate::layout::Order::C, 4)),
            }
        }

        #[test]
        fn slicing_equals_slicing_the_list(
            length in 0_usize..8,
            start in prop::option::of(-10_isize..10),
            stop in prop::option::of(-10_isize..10),
            step in prop::option::of((-4_isize..4).prop_filter("non-zero", |step| *step != 0)),
        ) {
            let slice = Slice::resolve(start, stop, step, length).unwrap();
            let mut expected = Vec::new();
            let stride = step.unwrap_or(1);
            let n = length as isize;
            let wrap = |bound: isize| if bound < 0 { bound + n } else { bound };
            let mut index = match (start, stride > 0) {
                (Some(bound), true) => wrap(bound).clamp(0, n),
                (Some(bound), false) => wrap(bound).clamp(-1, n - 1),
                (None, true) => 0,
                (None, false) => n - 1,
            };
            let end = match (stop, stride > 0) {
                (Some(bound), true) => wrap(bound).clamp(0, n),
                (Some(bound), false) => wrap(bound).clamp(-1, n - 1),
                (None, true) => n,
                (None, false) => -1,
            };
            while if stride > 0 { index < end } else { index > end } {
                expected.push(index * 4);
                index += stride;
            }
            prop_assert_eq!(places(&contiguous(&[length]).slice(0, slice)), expected);
        }
    }
}
