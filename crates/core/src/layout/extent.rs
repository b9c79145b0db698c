//! Which bytes a layout can reach.

use std::ops::Range;

use super::Layout;
use crate::{Error, Result};

impl Layout {
    /// The bytes this layout reaches, relative to element `[0, …, 0]`: from the lowest byte of
    /// any element to one past the highest. Empty for an empty layout.
    ///
    /// # Errors
    ///
    /// `Value` when the range does not fit in `isize`: strides such as no real memory has; or
    /// when the bytes of all elements do not, however many share them: such an array no peer can
    /// describe.
    pub fn reach(&self, itemsize: usize) -> Result<Range<isize>> {
        reach(self.shape(), self.strides(), itemsize)
    }
}

/// [`Layout::reach`] of parts whose element count is known to fit.
#[inline]
pub(crate) fn reach(shape: &[usize], strides: &[isize], itemsize: usize) -> Result<Range<isize>> {
    let (mut low, mut high) = (0_isize, itemsize as isize);
    let mut bytes = itemsize as isize;
    let (mut reachable, mut describable) = (true, true);
    // Every view is checked here: one pass, one question at its end.
    for (&length, &stride) in shape.iter().zip(strides) {
        if length == 0 {
            return Ok(0..0);
        }
        let (span, too_long) = (length as isize - 1).overflowing_mul(stride);
        let end = if stride < 0 { &mut low } else { &mut high };
        let (moved, too_far) = end.overflowing_add(span);
        *end = moved;
        reachable &= !too_long & !too_far;
        let (product, too_many) = bytes.overflowing_mul(length as isize);
        bytes = product;
        describable &= !too_many;
    }
    match (reachable, describable) {
        (true, true) => Ok(low..high),
        (false, _) => Err(unreachable_strides(shape, strides)),
        (true, false) => Err(too_large(shape, itemsize)),
    }
}

#[cold]
fn unreachable_strides(shape: &[usize], strides: &[isize]) -> Error {
    Error::value(format!(
        "shape {shape:?} with byte strides {strides:?} reaches beyond the address space"
    ))
}

#[cold]
fn too_large(shape: &[usize], itemsize: usize) -> Error {
    Error::value(format!(
        "a tensor of shape {shape:?} with {itemsize}-byte elements is larger than the address space"
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn empty_reaches_nothing() {
        let layout = Layout::new(&[0, 3], &[isize::MAX, isize::MIN], 0).unwrap();
        assert_eq!(layout.reach(8).unwrap(), 0..0);
    }

    #[test]
    fn absurd_strides_are_refused() {
        for strides in [[isize::MAX, isize::MAX], [isize::MIN, isize::MIN], [isize::MIN, 0]] {
            assert!(Layout::new(&[3, 3], &strides, 0).unwrap().reach(8).is_err());
        }
        let many = Layout::new(&[2; 62], &[isize::MAX / 2; 62], 0).unwrap();
        assert!(many.reach(1).is_err());
    }

    #[test]
    fn repeated_elements_are_counted() {
        let repeated = Layout::new(&[1 << 30, 1 << 31], &[0, 0], 0).unwrap();
        assert_eq!(repeated.reach(2).unwrap(), 0..2);
        assert!(repeated.reach(4).is_err());
    }

    proptest! {
        #[test]
        fn equals_brute_force(
            axes in prop::collection::vec((0_usize..4, -40_isize..40), 0..4),
            itemsize in 1_usize..17,
        ) {
            let (shape, strides): (Vec<_>, Vec<_>) = axes.into_iter().unzip();
            let layout = Layout::new(&shape, &strides, 0).unwrap();
            let bytes: Vec<isize> = super::super::tests::offsets(&layout)
                .into_iter()
                .flat_map(|offset| offset..offset + itemsize as isize)
                .collect();
            let expected = match (bytes.iter().min(), bytes.iter().max()) {
                (Some(&low), Some(&high)) => low.min(0)..high + 1,
                _ => 0..0,
            };
            prop_assert_eq!(layout.reach(itemsize).unwrap(), expected);
        }
    }
}
