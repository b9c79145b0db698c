//! The driver: N axes to one, tiles where operands disagree on the fastest axis, and threads.
//!
//! It knows addresses, steps and a function pointer; no dtype and no operation.

use tensorbridge_core::Result;
use tensorbridge_core::layout::Dims;
use tensorbridge_core::layout::nest::Nest;

use crate::loops::Loop;
use crate::pool::{self, Order};

/// What a block of work must weigh to be worth another thread, in bytes moved.
const GRAIN: usize = 1 << 19;

/// Blocks per thread: enough for a slow core to be helped, few enough to cost nothing.
const BLOCKS_PER_THREAD: usize = 4;

/// What a block weighs at most, in bytes moved: a fraction of a cache, so that the end where one
/// sweep stopped is still there when the next begins.
const LARGEST: usize = 1 << 20;

/// The same for tiles, which jump about in memory and gain nothing by that: some milliseconds, after
/// which an interruption is noticed.
const LARGEST_IN_TILES: usize = 1 << 25;

/// Inner loops shorter than this are exchanged with a longer outer one.
const SHORT: usize = 16;

/// The tile of two loops that are dense in different operands. Measured: every line of the
/// operand read across is used whole while it is cached, and few enough pages are open at once
/// for the processor to remember where they are.
const TILE_ROWS: usize = 64;
const TILE_COLUMNS: usize = 128;

/// An operand of a nest: the address of its first element and its byte strides.
#[derive(Clone, Copy)]
pub(crate) struct Strided<'a> {
    pub(crate) address: *mut u8,
    pub(crate) strides: &'a [isize],
}

/// What an iteration costs, in bytes that memory could move in the same time.
#[derive(Clone, Copy)]
pub(crate) struct Cost(pub(crate) usize);

/// The loops in the order they will run, and the addresses they start from.
#[derive(Clone)]
struct Work<const N: usize> {
    lengths: Dims<usize>,
    steps: Dims<[isize; N]>,
    addresses: [*mut u8; N],
    /// Whether the two innermost loops run in tiles.
    tiled: bool,
}

// SAFETY: addresses and numbers. Whoever starts the work holds [reach], [alive], [permit] and
// [alias] for all of it, and blocks given to different threads write different elements.
unsafe impl<const N: usize> Sync for Work<N> {}

/// Calls `body` so that every index of `shape` is visited once. Operand 0 is the output, whose
/// order of memory is followed.
///
/// # Safety
///
/// As [`Loop`], for every operand over all of `shape`; no two indices share an element of
/// operand 0.
///
/// # Errors
///
/// `Interrupted`: not all of operand 0 has been written.
pub(crate) unsafe fn run<const N: usize>(
    shape: &[usize],
    operands: [Strided<'_>; N],
    cost: Cost,
    body: Loop<N>,
) -> Result<()> {
    if shape.contains(&0) {
        return Ok(());
    }
    let addresses = operands.map(|operand| operand.address);
    // One short axis needs no plan.
    if let &[length] = shape
        && length.saturating_mul(cost.0) < GRAIN
    {
        let steps = operands.map(|operand| operand.strides[0]);
        // SAFETY: the caller's contract.
        unsafe { body(length, &addresses, &steps) };
        return Ok(());
    }
    let nest = Nest::new(shape, operands.map(|operand| operand.strides));
    let mut work = Work { lengths: nest.lengths, steps: nest.steps, addresses, tiled: false };
    work.arrange();
    let weight = work.lengths.iter().product::<usize>().saturating_mul(cost.0);
    let threads = match weight / GRAIN {
        0 | 1 => 1,
        blocks => pool::num_threads().min(blocks),
    };
    let whole = if work.tiled { LARGEST_IN_TILES } else { pool::SWEEP };
    if threads == 1 && weight <= whole {
        // SAFETY: the caller's contract.
        unsafe { work.walk(body) };
        return Ok(());
    }
    let (work, cut) = (&work, work.cut(threads, weight));
    pool::for_each_in(Order::by_turns(weight), weight, threads, cut.tasks(), &|task| {
        // SAFETY: the caller's contract; tasks cover disjoint parts of the loops.
        unsafe { work.part(&cut, task).walk(body) }
    })
}

/// How loops are cut into tasks: for every index of the `depth` outermost loops the pieces, of
/// `length`, of loop `axis`, which is the next one or the one after.
struct Cut {
    depth: usize,
    outer: usize,
    axis: usize,
    pieces: usize,
    length: usize,
}

impl Cut {
    fn tasks(&self) -> usize {
        self.outer * self.pieces
    }
}

impl<const N: usize> Work<N> {
    /// Chooses the two innermost loops: a long one inside, and beside it the loop along which
    /// an input is dense where that is another one, so that both can be tiled.
    fn arrange(&mut self) {
        let Some(inner) = self.lengths.len().checked_sub(1).filter(|&inner| inner > 0) else {
            return;
        };
        if self.lengths[inner] < SHORT && self.lengths[inner - 1] > self.lengths[inner] {
            self.lengths.swap(inner, inner - 1);
            self.steps.swap(inner, inner - 1);
            return;
        }
        for operand in 1..N {
            let step = |axis: usize| self.steps[axis][operand].unsigned_abs();
            let dense = (0..inner)
                .filter(|&axis| step(axis) != 0 && self.lengths[axis] >= SHORT / 2)
                .min_by_key(|&axis| step(axis));
            if let Some(axis) = dense.filter(|&axis| step(axis) < step(inner)) {
                let (length, steps) = (self.lengths.remove(axis), self.steps.remove(axis));
                self.lengths.insert(inner - 1, length);
                self.steps.insert(inner - 1, steps);
                self.tiled = true;
                return;
            }
        }
    }

    /// Cuts the outermost loops, as many as it takes for enough pieces.
    fn cut(&self, threads: usize, weight: usize) -> Cut {
        let largest = if self.tiled { LARGEST_IN_TILES } else { LARGEST };
        let wanted = (threads * BLOCKS_PER_THREAD)
            .min(weight / GRAIN * 2)
            .max(threads)
            .max(weight.div_ceil(largest));
        let inner = if self.tiled { 2 } else { 1 };
        let (mut depth, mut outer) = (0, 1_usize);
        while depth + inner < self.lengths.len() && outer * self.lengths[depth] < wanted {
            outer *= self.lengths[depth];
            depth += 1;
        }
        // Of a tile the longer side.
        let short = |axis: usize| outer * self.lengths[axis] < wanted;
        let tile = self.tiled && depth + inner == self.lengths.len();
        let axis = if tile && short(depth) { depth + 1 } else { depth };
        let whole = self.lengths.get(axis).copied().unwrap_or(1);
        let length = whole.div_ceil(wanted.div_ceil(outer));
        // Whole tiles, and whole cache lines of a dense output.
        let unit = if axis + 2 < self.lengths.len() { 1 } else { TILE_ROWS };
        let length = if length > unit { length.next_multiple_of(unit) } else { length };
        Cut { depth, outer, axis, pieces: whole.div_ceil(length), length }
    }

    fn part(&self, cut: &Cut, task: usize) -> Self {
        let start = task % cut.pieces * cut.length;
        let mut part = Self {
            lengths: Dims::from_slice(&self.lengths[cut.depth..]),
            steps: Dims::from_slice(&self.steps[cut.depth..]),
            addresses: moved(&self.addresses, &self.steps[cut.axis], start),
            tiled: self.tiled,
        };
        part.lengths[cut.axis - cut.depth] = cut.length.min(self.lengths[cut.axis] - start);
        let mut index = task / cut.pieces;
        for axis in (0..cut.depth).rev() {
            let here = index % self.lengths[axis];
            part.addresses = moved(&part.addresses, &self.steps[axis], here);
            index /= self.lengths[axis];
        }
        part
    }

    unsafe fn walk(&self, body: Loop<N>) {
        // SAFETY: the caller's contract.
        unsafe { self.walk_from(0, self.lengths.len().saturating_sub(2), self.addresses, body) }
    }

    // Through indices: a row may be so short that every call counts.
    #[allow(clippy::needless_range_loop)]
    unsafe fn walk_from(&self, axis: usize, last: usize, at: [*mut u8; N], body: Loop<N>) {
        if axis < last {
            for index in 0..self.lengths[axis] {
                let at = moved(&at, &self.steps[axis], index);
                // SAFETY: the caller's contract.
                unsafe { self.walk_from(axis + 1, last, at, body) };
            }
            return;
        }
        match (&self.lengths[axis..], &self.steps[axis..]) {
            // SAFETY: the caller's contract.
            ([], _) => unsafe { body(1, &at, &[0; N]) },
            // SAFETY: the caller's contract.
            (&[length], [steps]) => unsafe { body(length, &at, steps) },
            (&[rows, columns], [row, column]) if !self.tiled => {
                let mut at = at;
                for _ in 0..rows {
                    // SAFETY: the caller's contract.
                    unsafe { body(columns, &at, column) };
                    for operand in 0..N {
                        at[operand] = at[operand].wrapping_offset(row[operand]);
                    }
                }
            }
            (&[rows, columns], [row, column]) => {
                for top in (0..rows).step_by(TILE_ROWS) {
                    for left in (0..columns).step_by(TILE_COLUMNS) {
                        let width = TILE_COLUMNS.min(columns - left);
                        let corner = moved(&at, column, left);
                        for index in top..rows.min(top + TILE_ROWS) {
                            // SAFETY: the caller's contract.
                            unsafe { body(width, &moved(&corner, row, index), column) };
                        }
                    }
                }
            }
            _ => unreachable!("at most two loops are left inside `last`"),
        }
    }
}

#[inline(always)]
pub(crate) fn moved<const N: usize>(
    addresses: &[*mut u8; N],
    steps: &[isize; N],
    index: usize,
) -> [*mut u8; N] {
    let mut moved = *addresses;
    for (address, step) in moved.iter_mut().zip(steps) {
        *address = address.wrapping_offset(step.wrapping_mul(index as isize));
    }
    moved
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// However loops are cut, the tasks visit every index once.
        #[test]
        fn tasks_cover_the_loops(
            lengths in prop::collection::vec(1_usize..70, 1..5),
            threads in 1_usize..9,
            grains in 1_usize..2000,
            tiled in any::<bool>(),
        ) {
            let count: usize = lengths.iter().product();
            prop_assume!(count < 200_000);
            let mut steps = Dims::from_elem([0_isize; 1], lengths.len());
            let mut step = 1;
            for (axis, length) in lengths.iter().enumerate().rev() {
                steps[axis] = [step];
                step *= *length as isize;
            }
            let mut seen = vec![0_u8; count];
            let work = Work {
                tiled: tiled && lengths.len() > 1,
                lengths: Dims::from_vec(lengths),
                steps,
                addresses: [seen.as_mut_ptr()],
            };
            let cut = work.cut(threads, grains * GRAIN);
            for task in 0..cut.tasks() {
                // SAFETY: the steps are those of `seen`.
                unsafe { work.part(&cut, task).walk(increment) };
            }
            prop_assert!(seen.iter().all(|&count| count == 1));
        }
    }

    unsafe fn increment(len: usize, &[at]: &[*mut u8; 1], &[step]: &[isize; 1]) {
        for index in 0..len {
            // SAFETY: the contract of `Loop`.
            unsafe { *at.wrapping_offset(step * index as isize) += 1 };
        }
    }
}
