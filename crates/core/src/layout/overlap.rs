//! Whether two layouts, or two elements of one layout, touch the same bytes.

use super::equation::{Found, Term, Work, reaches};
use super::{Dims, Layout};
use crate::Result;

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

impl From<Found> for Overlap {
    fn from(found: Found) -> Self {
        match found {
            Found::One => Self::Shared,
            Found::Nothing => Self::Disjoint,
            Found::Limit => Self::Unknown,
        }
    }
}

/// Trials that an answer may take where copying is the alternative: far fewer than a copy costs,
/// and far more than strides of real arrays need.
const MAX_WORK: u64 = 1 << 12;

/// The same where a refusal is the alternative.
const MAX_WORK_ALONE: u64 = 1 << 16;

/// The bounds test: whether the byte ranges of two layouts at these addresses intersect.
/// Never wrong when it says no.
#[must_use]
pub fn may_overlap(a: (usize, &Layout, usize), b: (usize, &Layout, usize)) -> bool {
    if a.1.count() == 0 || b.1.count() == 0 {
        return false;
    }
    match (ends(a), ends(b)) {
        (Some(a), Some(b)) => a.0 <= b.1 && b.0 <= a.1,
        // A layout whose reach overflows never joined a storage; say "maybe" of it.
        _ => true,
    }
}

/// Addresses of the lowest and of the highest byte of a layout with elements.
fn ends((address, layout, itemsize): (usize, &Layout, usize)) -> Option<(i128, i128)> {
    let reach = layout.reach(itemsize).ok()?;
    Some((address as i128 + reach.start as i128, address as i128 + reach.end as i128 - 1))
}

/// Whether any byte belongs to both layouts: exact, but for strides that make it a long search.
/// `a` and `b` are `(address of element [0, …, 0], layout, itemsize)`.
#[must_use]
pub fn overlap(a: (usize, &Layout, usize), b: (usize, &Layout, usize)) -> Overlap {
    overlap_within(a, b, MAX_WORK).unwrap_or(Overlap::Unknown)
}

/// [`overlap`] with at most `work` trials.
///
/// # Errors
///
/// `Interrupted` where somebody said stop.
pub fn overlap_within(
    a: (usize, &Layout, usize),
    b: (usize, &Layout, usize),
    work: u64,
) -> Result<Overlap> {
    if !may_overlap(a, b) {
        return Ok(Overlap::Disjoint);
    }
    let (Some((low, _)), Some((_, high))) = (ends(a), ends(b)) else { return Ok(Overlap::Unknown) };
    // A byte of `a`, counted up from its lowest, is one of `b`, counted down from its highest, where
    // the two distances add up to that between these ends. Each is a sum of multiples of strides,
    // and of a place inside an element.
    let distance = high - low;
    let inside = (a.2 + b.2) as i128 - 2;
    let terms = terms(a.1).chain(terms(b.1));
    Ok(reaches(terms, distance - inside, distance, &mut Work(work))?.into())
}

fn terms(layout: &Layout) -> impl Iterator<Item = Term> {
    let axes = layout.shape().iter().zip(layout.strides());
    axes.map(|(&length, stride)| term(stride.unsigned_abs(), length - 1))
}

fn term(stride: usize, steps: usize) -> Term {
    Term { coefficient: stride as u64, bound: steps as u64 }
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
        meets_itself(&axes, itemsize)
    }
}

/// Whether two elements of a layout share a byte; `axes` by stride, each longer than 1.
fn meets_itself(axes: &[(usize, usize)], itemsize: usize) -> Overlap {
    // Two elements differ by so many steps along each axis. In the axis of the largest stride along
    // which they differ at all, count from the lower element: a positive number of steps there, any
    // number along the axes below, and together less than an element.
    let mut work = Work(MAX_WORK_ALONE);
    let mut below = 0_i128;
    let mut answer = Overlap::Disjoint;
    for (place, &(stride, length)) in axes.iter().enumerate() {
        // From the least sum on: no step too few and the axes below all the way back.
        let nearest = below - stride as i128;
        let terms = axes[..place].iter().map(|&(stride, length)| term(stride, 2 * (length - 1)));
        let terms = terms.chain([term(stride, length - 2)]);
        let inside = itemsize as i128 - 1;
        match reaches(terms, nearest - inside, nearest + inside, &mut work) {
            Ok(Found::Nothing) => {}
            Ok(Found::One) => return Overlap::Shared,
            Ok(Found::Limit) | Err(_) => answer = Overlap::Unknown,
        }
        below += stride as i128 * (length as i128 - 1);
    }
    answer
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::super::tests::offsets;
    use super::*;

    fn layout(axes: Vec<(usize, isize)>) -> Layout {
        let (shape, strides): (Vec<_>, Vec<_>) = axes.into_iter().unzip();
        Layout::new(&shape, &strides, 0).unwrap()
    }

    /// Every byte of a layout.
    fn bytes(address: usize, layout: &Layout, itemsize: usize) -> impl Iterator<Item = isize> {
        let places = offsets(layout).into_iter();
        places.flat_map(move |place| (0..itemsize).map(move |i| (address + i) as isize + place))
    }

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
        assert_eq!(self_overlap(&[1 << 20, 2, 2], &[16, 8, 12]), Overlap::Disjoint);
        assert_eq!(self_overlap(&[1 << 20, 3, 2], &[16, 8, 12]), Overlap::Shared);
    }

    #[test]
    fn halves_of_huge_layouts_are_told_apart() {
        let rows = 1 << 20;
        let half = Layout::new(&[rows, rows], &[2 << 23, 16], 0).unwrap();
        assert_eq!(overlap((64, &half, 8), (72, &half, 8)), Overlap::Disjoint);
        assert_eq!(overlap((64, &half, 8), (71, &half, 8)), Overlap::Shared);
        let back = Layout::new(&[rows, rows], &[-(2 << 23), 16], 0).unwrap();
        let last = 72 + (rows - 1) * (2 << 23);
        assert_eq!(overlap((64, &half, 8), (last, &back, 8)), Overlap::Disjoint);
    }

    #[test]
    fn what_is_too_hard_is_unknown() {
        let side = 1049;
        let a = Layout::new(&[side, side, side], &[36_674, 61_119, 85_569], 0).unwrap();
        let b = Layout::new(&[side, side], &[12_223, 12_224], 0).unwrap();
        let question = |work| overlap_within((1, &a, 1), (64_023_026, &b, 1), work).unwrap();
        assert_eq!(question(3), Overlap::Unknown);
        assert_eq!(question(0), Overlap::Unknown);
    }

    proptest! {
        #[test]
        fn equals_brute_force(
            a in prop::collection::vec((0_usize..5, -20_isize..20), 0..4),
            b in prop::collection::vec((0_usize..5, -20_isize..20), 0..4),
            sizes in (1_usize..9, 1_usize..9),
            distance in 0_usize..100,
        ) {
            let (a, b) = (layout(a), layout(b));
            let touched: HashSet<_> = bytes(1000, &a, sizes.0).collect();
            let shared = bytes(1000 + distance, &b, sizes.1).any(|byte| touched.contains(&byte));
            let expected = if shared { Overlap::Shared } else { Overlap::Disjoint };
            let (a, b) = ((1000, &a, sizes.0), (1000 + distance, &b, sizes.1));
            prop_assert_eq!(overlap_within(a, b, u64::MAX).unwrap(), expected);
            prop_assert_eq!(overlap_within(b, a, u64::MAX).unwrap(), expected);
            prop_assert!(may_overlap(a, b) || !shared);
        }

        #[test]
        fn self_overlap_equals_brute_force(
            axes in prop::collection::vec((1_usize..5, -20_isize..20), 0..4),
            itemsize in 1_usize..5,
        ) {
            let layout = layout(axes);
            let mut seen = HashSet::new();
            let clash = bytes(1000, &layout, itemsize).any(|byte| !seen.insert(byte));
            let expected = if clash { Overlap::Shared } else { Overlap::Disjoint };
            prop_assert_eq!(layout.overlaps_itself(itemsize), expected);
        }
    }
}
