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
    /// `Value` when the range does not fit in `isize`: strides such as no real memory has.
    pub fn reach(&self, itemsize: usize) -> Result<Range<isize>> {
        if self.shape.contains(&0) {
            return Ok(0..0);
        }
        let (mut low, mut high): (i128, i128) = (0, itemsize as i128);
        for (&length, &stride) in self.shape.iter().zip(&self.strides) {
            // length < 2^63 and |stride| <= 2^63, so a product fits in i128, and so does the
            // sum of 64 of them (2^126 * 64 does not: hence the check in the loop).
            let span = (length as i128 - 1) * stride as i128;
            if span < 0 {
                low += span
            } else {
                high += span
            }
            if low < isize::MIN as i128 || high > isize::MAX as i128 {
                return Err(Error::value(format!(
                    "shape {:?} with byte strides {:?} reaches beyond the address space",
                    self.shape(),
                    self.strides()
                )));
            }
        }
        Ok(low as isize..high as isize)
    }
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
