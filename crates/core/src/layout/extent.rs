//! Which bytes a layout can reach.

use std::ops::Range;

use super::{Layout, MAX_NDIM, check};
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
    match try_reach(shape, strides, itemsize) {
        Some(reach) => Ok(reach),
        // A length of 0 further on would have said that nothing is reached.
        None if shape.contains(&0) => Ok(0..0),
        None => Err(unreachable_bytes(shape, strides, itemsize)),
    }
}

/// [`reach`] of parts that nobody has seen yet, which [`check`] looks at where this cannot.
#[inline]
pub(crate) fn check_reach(
    shape: &[usize],
    strides: &[isize],
    itemsize: usize,
) -> Result<Range<isize>> {
    // Elements that are reached are counted on the way, in bytes.
    match try_reach(shape, strides, itemsize) {
        Some(reach)
            if !reach.is_empty() && shape.len() == strides.len() && shape.len() <= MAX_NDIM =>
        {
            Ok(reach)
        }
        _ => {
            check(shape, strides)?;
            reach(shape, strides, itemsize)
        }
    }
}

/// The reach, or `None` where it, or the bytes of all elements, do not fit in `isize`. Empty at the
/// first axis of length 0.
#[inline(always)]
fn try_reach(shape: &[usize], strides: &[isize], itemsize: usize) -> Option<Range<isize>> {
    let (mut low, mut high) = (0_isize, itemsize as isize);
    let mut bytes = itemsize as isize;
    for (&length, &stride) in shape.iter().zip(strides) {
        let length = isize::try_from(length).ok()?;
        if length == 0 {
            return Some(0..0);
        }
        let span = (length - 1).checked_mul(stride)?;
        let end = if stride < 0 { &mut low } else { &mut high };
        *end = end.checked_add(span)?;
        bytes = bytes.checked_mul(length)?;
    }
    Some(low..high)
}

#[cold]
fn unreachable_bytes(shape: &[usize], strides: &[isize], itemsize: usize) -> Error {
    let bytes = shape.iter().try_fold(itemsize, |bytes, &length| bytes.checked_mul(length));
    Error::value(if bytes.is_none_or(|bytes| bytes > isize::MAX as usize) {
        format!(
            "a tensor of shape {shape:?} with {itemsize}-byte elements is larger than the address space"
        )
    } else {
        format!("shape {shape:?} with byte strides {strides:?} reaches beyond the address space")
    })
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
