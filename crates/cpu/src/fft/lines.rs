//! The lines of two operands along one axis, a block of neighbours at a time.

use std::ops::Range;

use tensorbridge_core::{Dims, Operand};

/// What the lines of a block take at most, in bytes: they stay in the second-level cache.
const BLOCK: usize = 1 << 17;

/// More neighbours than this share no more cache lines.
const MOST: usize = 16;

/// The lines of two operands.
pub(super) struct Lines {
    /// The other axes; neighbours lie along the last.
    lengths: Dims<usize>,
    steps: Dims<[isize; 2]>,
    /// Lines of a block.
    lanes: usize,
}

/// A block: byte offsets of its first lines from the first elements, how many lines there are, and
/// the steps from one to the next.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub(super) starts: [isize; 2],
    pub(super) lanes: usize,
    pub(super) steps: [isize; 2],
}

impl Lines {
    /// The lines along `axis` of operands that have one shape but for it. `bytes` is what one line
    /// of work takes.
    pub(super) fn new(operands: [&Operand<'_>; 2], axis: usize, bytes: usize) -> Self {
        let step = |axis: usize| operands.map(|operand| operand.strides[axis]);
        let fineness = |step: [isize; 2]| {
            let [from, out] = step.map(isize::unsigned_abs);
            from.min(out)
        };
        let length = |axis: usize| operands[1].shape[axis];
        let ndim = operands[1].shape.len();
        let mut others: Dims<usize> =
            (0..ndim).filter(|&other| other != axis && length(other) > 1).collect();
        // Neighbours share cache lines where another axis is finer than the transform's.
        let finest = others.iter().copied().min_by_key(|&other| fineness(step(other)));
        let lanes = match finest {
            Some(finest) if fineness(step(finest)) < fineness(step(axis)) => {
                others.retain(|other| *other != finest);
                others.push(finest);
                (BLOCK / bytes.max(1)).clamp(1, MOST)
            }
            _ => 1,
        };
        Self {
            lengths: others.iter().map(|&other| length(other)).collect(),
            steps: others.iter().map(|&other| step(other)).collect(),
            lanes,
        }
    }

    /// How many lines there are.
    pub(super) fn count(&self) -> usize {
        self.lengths.iter().product()
    }

    /// The most lines that a block has.
    pub(super) fn lanes(&self) -> usize {
        self.lanes
    }

    /// How many blocks there are.
    pub(super) fn blocks(&self) -> usize {
        let (last, outer) = self.split();
        last.div_ceil(self.lanes) * outer.iter().product::<usize>()
    }

    /// The length of the last axis, and the others.
    fn split(&self) -> (usize, &[usize]) {
        self.lengths.split_last().map_or((1, &[][..]), |(&last, outer)| (last, outer))
    }

    /// Some of the blocks.
    pub(super) fn walk(&self, blocks: Range<usize>) -> impl Iterator<Item = Block> {
        let (last, outer) = self.split();
        let each = last.div_ceil(self.lanes);
        let along = self.steps.last().copied().unwrap_or([0; 2]);
        blocks.map(move |block| {
            let first = block % each * self.lanes;
            let mut starts = along.map(|step| step.wrapping_mul(first as isize));
            let mut rest = block / each;
            for (&length, steps) in outer.iter().zip(&self.steps).rev() {
                let index = (rest % length) as isize;
                rest /= length;
                for (start, step) in starts.iter_mut().zip(steps) {
                    *start = start.wrapping_add(step.wrapping_mul(index));
                }
            }
            Block { starts, lanes: self.lanes.min(last - first), steps: along }
        })
    }
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::DType;

    use super::*;

    #[test]
    fn every_line_is_visited_once() {
        let shape = [3, 5, 70];
        for axis in 0..3 {
            let operand = Operand {
                address: std::ptr::null_mut(),
                shape: &shape,
                strides: &[350 * 8, 70 * 8, 8],
                dtype: DType::Complex64,
            };
            let lines = Lines::new([&operand; 2], axis, 8 * shape[axis]);
            let mut found = Vec::new();
            for block in lines.walk(0..lines.blocks()) {
                assert!(block.lanes <= lines.lanes());
                for lane in 0..block.lanes as isize {
                    found.push(block.starts[0] + lane * block.steps[0]);
                }
            }
            found.sort_unstable();
            let mut expected: Vec<isize> = (0..1050)
                .filter(|index| [index / 350, index / 70 % 5, index % 70][axis] == 0)
                .map(|index| index * 8)
                .collect();
            expected.sort_unstable();
            assert_eq!(found, expected, "axis {axis}");
            assert_eq!(lines.count(), expected.len());
        }
    }
}
