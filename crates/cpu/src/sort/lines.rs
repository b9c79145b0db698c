//! The lines of two operands along one axis, and who sorts which.

use std::sync::Mutex;

use tensorbridge_core::layout::nest::Nest;
use tensorbridge_core::storage::Shared;
use tensorbridge_core::storage::host::{self, Fill};
use tensorbridge_core::{Dims, Error, Operand, Result};

use super::radix::GRAIN;
use super::word::Word;
use crate::loops::body::at;
use crate::pool;

/// What a task is at most, in words: some milliseconds, after which an interruption is noticed.
const LARGEST: usize = 1 << 20;

/// A line: where it is read, and where its result is written.
#[derive(Clone, Copy)]
pub(crate) struct Line {
    pub(crate) from: *mut u8,
    pub(crate) out: *mut u8,
}

/// Whether lines are read or written: the operand's place in a nest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Out = 0,
    From = 1,
}

/// All lines along an axis, in an order in which neighbours are close in memory.
pub(crate) struct Lines {
    first: Line,
    pub(crate) count: usize,
    /// The elements of each.
    pub(crate) len: usize,
    /// The bytes between them in a line that is read, and in one that is written.
    pub(crate) from_step: isize,
    pub(crate) out_step: isize,
    /// Steps from line to line of `[out, from]`.
    nest: Nest<2>,
}

// SAFETY: addresses alone; tasks on different threads write different lines.
unsafe impl Sync for Lines {}

impl Lines {
    /// Those of operands of one shape but for `axis`, along which a result may be shorter.
    pub(crate) fn new(from: &Operand<'_>, out: &Operand<'_>, axis: usize) -> Self {
        let others = |strides: &[isize]| -> Dims<isize> {
            let mut others = Dims::from_slice(strides);
            others.remove(axis);
            others
        };
        let mut shape = Dims::from_slice(out.shape);
        shape.remove(axis);
        Self {
            first: Line { from: from.address, out: out.address },
            count: shape.iter().product(),
            len: from.shape[axis],
            from_step: from.strides[axis],
            out_step: out.strides[axis],
            nest: Nest::new(&shape, [&others(out.strides), &others(from.strides)]),
        }
    }

    pub(crate) fn get(&self, mut index: usize) -> Line {
        let mut line = self.first;
        for (&length, &[out, from]) in self.nest.lengths.iter().zip(&self.nest.steps).rev() {
            line.out = at(line.out, out, index % length);
            line.from = at(line.from, from, index % length);
            index /= length;
        }
        line
    }

    /// Calls `run(count, [words, elements], steps)` for rows that together are all elements of
    /// the lines in `group`, of which word `p` of line `k` is at `p * LANES + k`: along the lines
    /// or across them, as they lie in memory.
    pub(super) fn rows<W: Word>(
        &self,
        group: std::ops::Range<usize>,
        words: *mut W,
        side: Side,
        mut run: impl FnMut(usize, [*mut u8; 2], [isize; 2]),
    ) {
        let size = size_of::<W>() as isize;
        let pick = |line: Line| if side == Side::Out { line.out } else { line.from };
        let step = if side == Side::Out { self.out_step } else { self.from_step };
        let distance = match (&self.nest.lengths[..], &self.nest.steps[..]) {
            ([], _) => Some(0),
            ([_], [steps]) => Some(steps[side as usize]),
            _ => None,
        };
        match distance.filter(|distance| distance.unsigned_abs() < step.unsigned_abs()) {
            Some(distance) => {
                let first = pick(self.get(group.start));
                for place in 0..self.len {
                    let row = words.wrapping_add(place * W::LANES);
                    run(group.len(), [row.cast(), at(first, step, place)], [size, distance]);
                }
            }
            None => {
                for (lane, index) in group.enumerate() {
                    let column = words.wrapping_add(lane);
                    let steps = [size * W::LANES as isize, step];
                    run(self.len, [column.cast(), pick(self.get(index))], steps);
                }
            }
        }
    }

    /// Calls `work(lines, threads)` for runs of lines that together are all, of whole multiples
    /// of `unit` but the last: on several threads where there are enough lines, else one after
    /// another with all threads.
    ///
    /// # Errors
    ///
    /// One of `work`'s; `Interrupted`.
    pub(crate) fn share(
        &self,
        unit: usize,
        work: &(dyn Fn(std::ops::Range<usize>, usize) -> Result<()> + Sync),
    ) -> Result<()> {
        let threads = pool::num_threads().min(self.count * self.len / GRAIN).max(1);
        let units = self.count.div_ceil(unit);
        if units < 2 * threads && self.len >= 2 * GRAIN {
            return work(0..self.count, threads);
        }
        let holding = |elements: usize| (elements / self.len).max(1).div_ceil(unit);
        let length = units.div_ceil(4 * threads).clamp(holding(GRAIN), holding(LARGEST)) * unit;
        let failure = Mutex::new(Ok(()));
        pool::for_each(threads, self.count.div_ceil(length), &|task| {
            let start = task * length;
            if let Err(error) = work(start..self.count.min(start + length), 1)
                && let Ok(mut failure) = failure.lock()
            {
                *failure = Err(error);
            }
        })?;
        failure.into_inner().unwrap_or_else(|_| Err(Error::runtime("a thread has failed")))
    }
}

/// The strides of dense words over `shape` with those along `axis` side by side.
pub(crate) fn side_by_side(shape: &[usize], axis: usize, size: usize) -> Dims<isize> {
    let mut strides: Dims<isize> = Dims::from_elem(0, shape.len());
    let mut step = size as isize;
    for axis in std::iter::once(axis).chain((0..shape.len()).rev().filter(|&other| other != axis)) {
        strides[axis] = step;
        step *= shape[axis] as isize;
    }
    strides
}

/// Memory for words, nobody else's.
pub(super) struct Memory(Shared);

impl Memory {
    /// Room for `count` words.
    ///
    /// # Errors
    ///
    /// `Memory`.
    pub(super) fn new<W: Word>(count: usize) -> Result<Self> {
        host::allocate(count.saturating_mul(size_of::<W>()), Fill::Uninitialized).map(Self)
    }

    /// Where it is.
    pub(super) fn words<W: Word>(&self) -> *mut W {
        self.0.base().as_ptr().cast()
    }
}
