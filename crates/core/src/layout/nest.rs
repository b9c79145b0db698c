//! The joint loop nest of several layouts over one shape: fewest axes, smallest steps inside.
//!
//! Both engines walk operands that share a shape. The nest drops axes of length 1, orders the
//! rest so that the innermost steps are smallest, and merges axes that follow one another
//! evenly in *every* operand; a dense operation of any rank becomes one run.

use super::Dims;

/// A loop nest over `N` operands: lengths and per-operand byte steps, outermost first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nest<const N: usize> {
    /// Iterations of each loop.
    pub lengths: Dims<usize>,
    /// Byte step of each operand in each loop.
    pub steps: Dims<[isize; N]>,
}

impl<const N: usize> Nest<N> {
    /// The nest of operands with these strides over `shape`. The order of iteration is free
    /// (first operand first when steps tie); every index is visited exactly once.
    #[must_use]
    pub fn new(shape: &[usize], strides: [&[isize]; N]) -> Self {
        let mut loops: Dims<(usize, [isize; N])> = shape
            .iter()
            .enumerate()
            .filter(|&(_, &length)| length != 1)
            .map(|(axis, &length)| (length, strides.map(|strides| strides[axis])))
            .collect();
        // Stable: equal steps keep C order.
        loops.sort_by(|(_, a), (_, b)| {
            let weight = |steps: &[isize; N]| steps.map(isize::unsigned_abs);
            weight(b).cmp(&weight(a))
        });
        Self::merged(loops)
    }

    /// As [`Nest::new`], but visiting indices in C order: for reductions and scatters whose
    /// result depends on the order.
    #[must_use]
    pub fn in_order(shape: &[usize], strides: [&[isize]; N]) -> Self {
        Self::merged(
            shape
                .iter()
                .enumerate()
                .filter(|&(_, &length)| length != 1)
                .map(|(axis, &length)| (length, strides.map(|strides| strides[axis])))
                .collect(),
        )
    }

    fn merged(loops: Dims<(usize, [isize; N])>) -> Self {
        let mut nest = Self { lengths: Dims::new(), steps: Dims::new() };
        for (length, steps) in loops {
            if let (Some(outer), Some(outer_steps)) =
                (nest.lengths.last_mut(), nest.steps.last_mut())
            {
                let follows = outer_steps
                    .iter()
                    .zip(&steps)
                    .all(|(&outer, &inner)| outer == inner.wrapping_mul(length as isize));
                if follows {
                    *outer *= length;
                    *outer_steps = steps;
                    continue;
                }
            }
            nest.lengths.push(length);
            nest.steps.push(steps);
        }
        nest
    }

    /// The innermost loop: its length and steps. A 0-d nest is one iteration.
    #[must_use]
    pub fn inner(&self) -> (usize, [isize; N]) {
        match (self.lengths.last(), self.steps.last()) {
            (Some(&length), Some(&steps)) => (length, steps),
            _ => (1, [0; N]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dense_operands_become_one_run() {
        let nest = Nest::new(&[2, 3, 4], [&[96, 32, 8], &[48, 16, 4]]);
        assert_eq!(nest.inner(), (24, [8, 4]));
        assert_eq!(nest.lengths.len(), 1);
    }

    #[test]
    fn transposed_output_is_walked_in_its_own_order() {
        let nest = Nest::new(&[3, 5], [&[4, 12], &[4, 12]]);
        assert_eq!(nest.inner(), (15, [4, 4]));
    }

    #[test]
    fn in_order_keeps_c_order() {
        let nest = Nest::in_order(&[3, 5], [&[4, 12]]);
        assert_eq!(nest.lengths.as_slice(), [3, 5]);
    }

    #[test]
    fn scalars_are_one_iteration() {
        assert_eq!(Nest::new(&[], [&[], &[]]).inner(), (1, [0, 0]));
        assert_eq!(Nest::new(&[1, 1], [&[9, 9], &[7, 7]]).inner(), (1, [0, 0]));
    }
}
