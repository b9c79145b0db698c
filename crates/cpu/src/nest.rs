//! The driver: N axes to one, tiles where operands disagree on the fastest axis, and threads.
//!
//! It knows addresses, steps and a function pointer; no dtype and no operation.

use tensorbridge_core::layout::Dims;
use tensorbridge_core::layout::nest::Nest;

use crate::loops::Loop;
use crate::pool;

/// What a block of work must weigh to be worth another thread, in bytes moved.
const GRAIN: usize = 1 << 19;

/// Blocks per thread: enough for a slow core to be helped, few enough to cost nothing.
const BLOCKS_PER_THREAD: usize = 4;

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
pub(crate) unsafe fn run<const N: usize>(
    shape: &[usize],
    operands: [Strided<'_>; N],
    cost: Cost,
    body: Loop<N>,
) {
    if shape.contains(&0) {
        return;
    }
    let addresses = operands.map(|operand| operand.address);
    // One short axis needs no plan.
    if let &[length] = shape
        && length.saturating_mul(cost.0) < GRAIN
    {
        let steps = operands.map(|operand| operand.strides[0]);
        // SAFETY: the caller's contract.
        unsafe { body(length, &addresses, &steps) };
        return;
    }
    let nest = Nest::new(shape, operands.map(|operand| operand.strides));
    let mut work = Work { lengths: nest.lengths, steps: nest.steps, addresses, tiled: false };
    work.arrange();
    let weight = work.lengths.iter().product::<usize>().saturating_mul(cost.0);
    let threads = match weight / GRAIN {
        0 | 1 => 1,
        blocks => pool::num_threads().min(blocks),
    };
    if threads == 1 {
        // SAFETY: the caller's contract.
        unsafe { work.walk(body) };
        return;
    }
    let (axis, length) = work.split(threads, weight);
    let tasks = work.lengths[axis].div_ceil(length);
    let work = &work;
    pool::for_each(threads, tasks, &|task| {
        // SAFETY: the caller's contract; tasks cover disjoint parts of `axis`.
        unsafe { work.part(axis, task * length, length).walk(body) }
    });
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

    /// The axis to divide among threads and the length of one piece.
    fn split(&self, threads: usize, weight: usize) -> (usize, usize) {
        let pieces = (threads * BLOCKS_PER_THREAD).min(weight / GRAIN * 2).max(threads);
        let axis = (0..self.lengths.len())
            .find(|&axis| self.lengths[axis] >= pieces)
            .or_else(|| (0..self.lengths.len()).max_by_key(|&axis| self.lengths[axis]))
            .unwrap_or(0);
        let length = self.lengths[axis].div_ceil(pieces);
        // Whole tiles, and whole cache lines of a dense output.
        let unit = if axis + 2 < self.lengths.len() { 1 } else { TILE_ROWS };
        (axis, if length > unit { length.next_multiple_of(unit) } else { length })
    }

    fn part(&self, axis: usize, start: usize, length: usize) -> Self {
        let mut part = self.clone();
        part.lengths[axis] = length.min(self.lengths[axis] - start);
        part.addresses = moved(&self.addresses, &self.steps[axis], start);
        part
    }

    unsafe fn walk(&self, body: Loop<N>) {
        let inner = if self.tiled { 2 } else { 1 };
        // SAFETY: the caller's contract.
        unsafe { self.walk_from(0, self.lengths.len().saturating_sub(inner), self.addresses, body) }
    }

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
fn moved<const N: usize>(
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
