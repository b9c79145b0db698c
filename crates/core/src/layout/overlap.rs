//! Whether two layouts, or two elements of one layout, touch the same bytes.

use std::collections::HashSet;

use super::{Dims, Layout};

/// The answer to "do these share bytes?".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// No byte is shared.
    Disjoint,
    /// At least one byte is shared.
    Shared,
    /// Finding out would take more work than allowed; treat it as shared.
    Unknown,
}

/// Elements that an exact answer may enumerate before it gives up.
const MAX_WORK: usize = 1 << 16;

/// The bounds test: whether the byte ranges of two layouts at these addresses intersect.
/// Never wrong when it says no.
#[must_use]
pub fn may_overlap(a: (usize, &Layout, usize), b: (usize, &Layout, usize)) -> bool {
    let range = |(address, layout, itemsize): (usize, &Layout, usize)| {
        // A layout whose reach overflows never joined a storage; say "maybe" of it.
        let reach = layout.reach(itemsize).ok()?;
        Some((address as i128 + reach.start as i128, address as i128 + reach.end as i128))
    };
    if a.1.count() == 0 || b.1.count() == 0 {
        return false;
    }
    match (range(a), range(b)) {
        (Some((a_low, a_high)), Some((b_low, b_high))) => a_low < b_high && b_low < a_high,
        _ => true,
    }
}

/// Whether any byte belongs to both layouts: exact up to a bound on the work.
/// `a` and `b` are `(address of element [0, …, 0], layout, itemsize)`.
#[must_use]
pub fn overlap(a: (usize, &Layout, usize), b: (usize, &Layout, usize)) -> Overlap {
    if !may_overlap(a, b) {
        return Overlap::Disjoint;
    }
    if a.1.count().saturating_mul(a.2) > MAX_WORK || b.1.count().saturating_mul(b.2) > MAX_WORK {
        return Overlap::Unknown;
    }
    let touched: HashSet<i128> = bytes(a).collect();
    if bytes(b).any(|byte| touched.contains(&byte)) { Overlap::Shared } else { Overlap::Disjoint }
}

/// Every byte of a small layout.
fn bytes((address, layout, itemsize): (usize, &Layout, usize)) -> impl Iterator<Item = i128> {
    let mut places = vec![address as i128];
    for (&length, &stride) in layout.shape().iter().zip(layout.strides()) {
        places = places
            .into_iter()
            .flat_map(|start| (0..length as i128).map(move |index| start + index * stride as i128))
            .collect();
    }
    places.into_iter().flat_map(move |place| place..place + itemsize as i128)
}

/// Whether axes, given as `(step, length)` from the innermost outwards, nest like the digits of a
/// number: each step clears everything inside it.
fn nested(mut axes: impl Iterator<Item = (usize, usize)>, itemsize: usize) -> bool {
    let mut span = itemsize;
    axes.all(|(stride, length)| {
        let clears = stride >= span;
        span = stride.saturating_mul(length - 1).saturating_add(span);
        clears
    })
}

impl Layout {
    /// Whether two elements of this layout share a byte, as after `expand` or a sliding
    /// window. Writing through such a layout has no defined result.
    #[must_use]
    pub fn overlaps_itself(&self, itemsize: usize) -> Overlap {
        if self.count() <= 1 {
            return Overlap::Disjoint;
        }
        let axes = self
            .shape()
            .iter()
            .zip(self.strides())
            .filter(|&(&length, _)| length > 1)
            .map(|(&length, &stride)| (stride.unsigned_abs(), length));
        // Mostly the last axis is the innermost already, and nothing needs sorting.
        if nested(axes.clone().rev(), itemsize) {
            return Overlap::Disjoint;
        }
        let mut axes: Dims<(usize, usize)> = axes.collect();
        axes.sort_unstable();
        if nested(axes.iter().copied(), itemsize) {
            return Overlap::Disjoint;
        }
        if axes[0].0 < itemsize {
            return Overlap::Shared;
        }
        if self.count().saturating_mul(itemsize) > MAX_WORK {
            return Overlap::Unknown;
        }
        let mut seen = HashSet::new();
        let mut places = bytes((1 << 62, self, itemsize));
        if places.all(|byte| seen.insert(byte)) { Overlap::Disjoint } else { Overlap::Shared }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::offsets;
    use super::*;

    #[test]
    fn interleaved_columns_are_disjoint() {
        let column = Layout::new(&[4], &[8], 0).unwrap();
        assert_eq!(overlap((1000, &column, 4), (1004, &column, 4)), Overlap::Disjoint);
        assert_eq!(overlap((1000, &column, 4), (1002, &column, 4)), Overlap::Shared);
        assert!(may_overlap((1000, &column, 4), (1004, &column, 4)));
        let empty = Layout::new(&[0], &[8], 0).unwrap();
        assert!(!may_overlap((1000, &column, 4), (1000, &empty, 4)));
    }

    #[test]
    fn windows_overlap_themselves() {
        let self_overlap = |shape: &[usize], strides: &[isize]| {
            Layout::new(shape, strides, 0).unwrap().overlaps_itself(4)
        };
        assert_eq!(self_overlap(&[3, 3], &[4, 4]), Overlap::Shared);
        assert_eq!(self_overlap(&[3, 2], &[0, 4]), Overlap::Shared);
        assert_eq!(self_overlap(&[3, 2], &[8, -4]), Overlap::Disjoint);
        assert_eq!(self_overlap(&[3, 2], &[8, 12]), Overlap::Disjoint);
        assert_eq!(self_overlap(&[1, 2], &[0, 4]), Overlap::Disjoint);
        assert_eq!(self_overlap(&[1 << 20, 2, 2], &[16, 8, 12]), Overlap::Unknown);
    }

    proptest! {
        #[test]
        fn self_overlap_equals_brute_force(
            axes in prop::collection::vec((1_usize..5, -20_isize..20), 0..4),
            itemsize in 1_usize..5,
        ) {
            let (shape, strides): (Vec<_>, Vec<_>) = axes.into_iter().unzip();
            let layout = Layout::new(&shape, &strides, 0).unwrap();
            let mut seen = HashSet::new();
            let clash = offsets(&layout)
                .into_iter()
                .flat_map(|place| place..place + itemsize as isize)
                .any(|byte| !seen.insert(byte));
            let expected = if clash { Overlap::Shared } else { Overlap::Disjoint };
            prop_assert_eq!(layout.overlaps_itself(itemsize), expected);
        }
    }
}
