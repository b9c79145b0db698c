//! Reductions over any axes.
//!
//! The elements of each output are cut into blocks by rules that look at shape and strides
//! alone, blocks are folded by whichever thread is free, and their accumulators are merged
//! pairwise in order: so the result never depends on the number of threads, and the error of a
//! long float sum grows with the logarithm of its length.
//!
//! Neighbouring outputs form a strip, whose accumulators stay in the cache. Where memory runs
//! along a kept axis, a strip takes row after row; where it runs along a reduced axis, each
//! output takes its own run. Elements that lie neither way, or are of another dtype than the
//! fold takes, are laid out densely first, a cacheful at a time.

use std::sync::atomic::{AtomicBool, Ordering};

use tensorbridge_core::layout::Dims;
use tensorbridge_core::layout::nest::Nest;
use tensorbridge_core::{Operand, Result};

use crate::loops::{self, Folding, Loop, Merge, Tile};
use crate::pool;
use crate::scratch::{Scratch, Shared};

/// Bytes of accumulators side by side in one strip: they stay in the first-level cache.
const STRIP: usize = 8192;

/// Elements of one output with a run of its own that are laid out densely and folded before
/// accumulators merge pairwise.
const RUN: usize = 4096;

/// Rows that a strip takes before accumulators merge pairwise, if they are this many elements.
const ROWS: usize = 64;
const TILE: usize = 8192;

/// Elements that are laid out densely at a time, and outputs in a strip of them.
const STAGE: usize = 16384;
const STAGE_STRIP: usize = 512;

/// Elements in one block, the unit of work of a thread; and the most blocks of a strip.
const BLOCK: usize = 1 << 16;
const BLOCKS: usize = 64;

/// Elements in a block at most: some milliseconds, after which Ctrl-C is looked for.
const LONGEST: usize = 1 << 22;

/// Reduced loops shorter than this are folded together with the one outside.
const SHORT: usize = 16;

/// The least work to share among threads, in bytes.
const GRAIN: usize = 1 << 20;

/// How a strip takes elements.
#[derive(Clone, Copy)]
enum Reading {
    /// Each output its own dense run.
    Along,
    /// Row after dense row.
    Across,
    /// As those, from a dense copy made by this loop.
    Staged { cast: Loop<2>, across: bool },
}

/// The work of a reduction, prepared.
struct Plan<'a> {
    folding: &'a Folding,
    from: *mut u8,
    out: *mut u8,
    reading: Reading,
    /// Reduced loops, over the input.
    reduced: Nest<1>,
    /// The innermost reduced loop that runs as one with the loop outside it: its length and step.
    short: (usize, isize),
    /// Kept loops, over the input and the output, without the one along the strip.
    kept: Nest<2>,
    /// Outputs along the strip's axis, and their steps in the input and the output.
    along: (usize, [isize; 2]),
    /// Outputs per strip.
    strip: usize,
    /// Elements of each output.
    depth: usize,
    /// Elements of each output in one block, and in one run that is folded without merging.
    block: usize,
    serial: usize,
    /// Copies or casts results into the output.
    deliver: Loop<2>,
}

// SAFETY: addresses and numbers. The caller of `reduce` holds [reach], [alive], [permit] and
// [alias]; tasks write different outputs and different accumulators.
unsafe impl Sync for Plan<'_> {}

/// Reduces `from` into `out`, of the same rank with length 1 along the reduced axes. The results
/// are cast to `out`'s dtype.
///
/// # Safety
///
/// [reach], [alive], [permit] and [alias] for both operands.
///
/// # Errors
///
/// `Interrupted`: not all of `out` has been written. `Memory`: nothing has been.
pub(crate) unsafe fn reduce(folding: &Folding, from: Operand<'_>, out: Operand<'_>) -> Result<()> {
    if out.shape.contains(&0) {
        return Ok(());
    }
    let plan = &Plan::new(folding, &from, &out);
    let blocks = plan.depth.div_ceil(plan.block).max(1);
    let strips = plan.along.0.div_ceil(plan.strip);
    let units = plan.kept.lengths.iter().product::<usize>() * strips;
    // Accumulators of every block, where an output has several.
    let several = blocks > 1;
    let row = plan.row();
    let bytes = units.saturating_mul(blocks).saturating_mul(row);
    let mut partials = Scratch::try_new(if several { bytes } else { 0 })?;
    let place = &Shared(partials.address());
    // Small blocks are handed out several at a time.
    let weight = plan.block.min(plan.depth).max(1) * plan.strip;
    let batch = (BLOCK / 2 / weight).max(1);
    let total = units * blocks;
    let moved = total.saturating_mul(weight).saturating_mul(from.dtype.itemsize());
    let threads = if moved < GRAIN { 1 } else { pool::num_threads() };
    let settled = AtomicBool::new(false);
    pool::for_each(threads, total.div_ceil(batch), &|task| {
        let mut scratch = Scratch::new(plan.scratch());
        for piece in task * batch..total.min((task + 1) * batch) {
            let (unit, block) = (piece / blocks, piece % blocks);
            // SAFETY: the caller's contract; each piece has its own partials and outputs.
            unsafe {
                let sums = scratch.address();
                if settled.load(Ordering::Relaxed) {
                    (folding.start)(plan.place(unit).2, sums);
                } else if plan.fold_block(unit, block, sums) && units == 1 {
                    settled.store(true, Ordering::Relaxed);
                }
                if several {
                    let partial = place.0.wrapping_add(piece * row);
                    std::ptr::copy_nonoverlapping(sums, partial, row);
                } else {
                    plan.write(unit, sums, sums.wrapping_add(row));
                }
            }
        }
    })?;
    if several {
        let mut results = Scratch::new(row);
        for unit in 0..units {
            let first = partials.address().wrapping_add(unit * blocks * row);
            let columns = plan.place(unit).2;
            // Pairwise: neighbours, then neighbours of neighbours.
            let mut distance = 1;
            while distance < blocks {
                for block in (0..blocks - distance).step_by(2 * distance) {
                    let into = first.wrapping_add(block * row);
                    let from = into.wrapping_add(distance * row);
                    // SAFETY: both lie in `partials`, and all threads are done with it.
                    unsafe { (folding.merge)(&Merge { columns, into, from }) };
                }
                distance *= 2;
            }
            // SAFETY: the caller's contract.
            unsafe { plan.write(unit, first, results.address()) };
        }
    }
    Ok(())
}

/// The axes of a reduction, sorted by what becomes of them.
#[derive(Default)]
struct Axes {
    reduced: (Dims<usize>, Dims<isize>),
    kept: (Dims<usize>, Dims<isize>, Dims<isize>),
}

impl<'a> Plan<'a> {
    fn new(folding: &'a Folding, from: &Operand<'_>, out: &Operand<'_>) -> Self {
        let (mut from_address, mut out_address) = (from.address, out.address);
        let mut axes = Axes::default();
        for axis in 0..from.shape.len() {
            let (length, mut step, mut out_step) =
                (from.shape[axis], from.strides[axis], out.strides[axis]);
            let gone = out.shape[axis] == 1 && length != 1;
            // Backwards is forwards from the other end, unless places are counted.
            if step < 0 && length > 0 && !(gone && folding.positional) {
                let last = (length - 1) as isize;
                from_address = from_address.wrapping_offset(step.wrapping_mul(last));
                step = step.wrapping_neg();
                if !gone {
                    out_address = out_address.wrapping_offset(out_step.wrapping_mul(last));
                    out_step = out_step.wrapping_neg();
                }
            }
            if gone {
                axes.reduced.0.push(length);
                axes.reduced.1.push(step);
            } else {
                axes.kept.0.push(length);
                axes.kept.1.push(step);
                axes.kept.2.push(out_step);
            }
        }
        let depth: usize = axes.reduced.0.iter().product();
        let mut reduced = match folding.positional {
            true => Nest::in_order(&axes.reduced.0, [&axes.reduced.1]),
            false => Nest::new(&axes.reduced.0, [&axes.reduced.1]),
        };
        let mut kept = Nest::new(&axes.kept.0, [&axes.kept.1, &axes.kept.2]);
        let along = kept.inner();
        kept.lengths.pop();
        kept.steps.pop();

        let item = from.dtype.itemsize() as isize;
        let same = from.dtype == folding.input;
        let (inner, [step]) = reduced.inner();
        let (outputs, [kept_step, _]) = along;
        let rows_are_runs = (1..step.unsigned_abs()).contains(&kept_step.unsigned_abs())
            || inner < SHORT && outputs > inner && step != item;
        let scattered =
            inner < SHORT && outputs < SHORT && reduced.lengths.len() > 1 && !folding.positional;
        let reading = match (same, outputs > 1 && rows_are_runs) {
            (true, false) if step == item && !scattered || depth <= 1 => Reading::Along,
            (true, true) if kept_step == item => Reading::Across,
            (_, across) => {
                let cast = if same {
                    loops::copy(from.dtype.itemsize())
                } else {
                    loops::cast(from.dtype, folding.input)
                };
                Reading::Staged { cast, across }
            }
        };
        let mut short = (1, 0);
        if let (Reading::Staged { across: false, .. }, true, Some(outer)) =
            (reading, inner < SHORT && !folding.positional, reduced.lengths.len().checked_sub(2))
        {
            short = (inner, step);
            reduced.lengths.pop();
            reduced.steps.pop();
            reduced.lengths[outer] *= inner;
        }

        let widest = (STRIP / folding.size).min(outputs);
        // No more blocks than it takes to share them out, or to stop in time.
        let rows = |strip: usize| {
            let units = kept.lengths.iter().product::<usize>() * outputs.div_ceil(strip);
            (depth / (BLOCKS / units).max(1)).clamp(2 * BLOCK / strip, LONGEST / strip)
        };
        let (strip, serial, block) = match reading {
            Reading::Along => (widest.min(BLOCK / depth.clamp(1, BLOCK)), folding.run, BLOCK),
            Reading::Staged { across: false, .. } => {
                let strip = widest.min(STAGE / depth.clamp(1, STAGE));
                (strip, (RUN / short.0).max(1) * short.0, BLOCK)
            }
            Reading::Across => (widest, ROWS.max(TILE / widest), rows(widest)),
            Reading::Staged { across: true, .. } => {
                let strip = widest.min(STAGE_STRIP);
                (strip, STAGE / strip, rows(strip))
            }
        };
        Self {
            folding,
            from: from_address,
            out: out_address,
            reading,
            reduced,
            short,
            kept,
            along,
            strip,
            depth,
            block: block.next_multiple_of(serial),
            serial,
            deliver: if folding.output == out.dtype {
                loops::copy(out.dtype.itemsize())
            } else {
                loops::cast(folding.output, out.dtype)
            },
        }
    }

    /// Bytes of the accumulators of a strip.
    fn row(&self) -> usize {
        (self.folding.header + self.strip * self.folding.size).next_multiple_of(16)
    }

    /// Rows of accumulators that pairwise merging of one block needs at once.
    fn levels(&self) -> usize {
        let runs = self.block.min(self.depth).div_ceil(self.serial).max(1);
        runs.ilog2() as usize + 2
    }

    /// Bytes that a thread needs: accumulators, and room for elements laid out densely.
    fn scratch(&self) -> usize {
        let stage = match self.reading {
            Reading::Staged { .. } => {
                self.serial.min(self.depth) * self.strip * self.folding.input.itemsize()
            }
            _ => 0,
        };
        self.levels() * self.row() + stage
    }

    /// The first output of `unit` in the input and in the output, and how many follow it.
    fn place(&self, unit: usize) -> (*mut u8, *mut u8, usize) {
        let strips = self.along.0.div_ceil(self.strip);
        let (mut index, first) = (unit / strips, unit % strips * self.strip);
        let (mut from, mut out) = (self.from, self.out);
        let mut advance = |[from_step, out_step]: [isize; 2], by: usize| {
            from = from.wrapping_offset(from_step.wrapping_mul(by as isize));
            out = out.wrapping_offset(out_step.wrapping_mul(by as isize));
        };
        for (&length, &steps) in self.kept.lengths.iter().zip(&self.kept.steps).rev() {
            advance(steps, index % length);
            index /= length;
        }
        advance(self.along.1, first);
        (from, out, self.strip.min(self.along.0 - first))
    }

    /// Folds one block of one unit into the accumulators at the start of `scratch`. Whether no
    /// further block can change them.
    unsafe fn fold_block(&self, unit: usize, block: usize, scratch: *mut u8) -> bool {
        let (from, _, columns) = self.place(unit);
        let row = self.row();
        let slot = |level: usize| scratch.wrapping_add(level * row);
        let stage = slot(self.levels());
        let merge = |into, from| Merge { columns, into, from };
        let end = self.depth.min((block + 1) * self.block);
        let (mut top, mut runs, mut settled) = (0, 0_usize, false);
        // SAFETY: the caller's contract; the slots lie in `scratch`, which has `levels` of them,
        // and the stage behind them.
        unsafe {
            for start in (block * self.block..end).step_by(self.serial) {
                let sums = slot(top);
                (self.folding.start)(columns, sums);
                self.fold_run(from, columns, start..end.min(start + self.serial), sums, stage);
                (top, runs) = (top + 1, runs + 1);
                // Like carrying in binary: equal numbers of runs merge.
                let mut carry = runs;
                while carry.is_multiple_of(2) {
                    top -= 1;
                    (self.folding.merge)(&merge(slot(top - 1), slot(top)));
                    carry /= 2;
                }
                settled = self.folding.settled.is_some_and(|settled| settled(columns, sums));
                if settled {
                    break;
                }
            }
            if top == 0 {
                (self.folding.start)(columns, slot(0));
            }
            for level in (1..top).rev() {
                (self.folding.merge)(&merge(slot(level - 1), slot(level)));
            }
        }
        settled
    }

    /// Folds some elements of `columns` outputs into their accumulators.
    unsafe fn fold_run(
        &self,
        from: *mut u8,
        columns: usize,
        elements: std::ops::Range<usize>,
        sums: *mut u8,
        stage: *mut u8,
    ) {
        let (length, [step]) = self.reduced.inner();
        let outer = self.reduced.lengths.len().saturating_sub(1);
        let mut element = elements.start;
        while element < elements.end {
            let (mut index, within) = (element / length, element % length);
            let steps = (within / self.short.0) as isize;
            let mut at = from.wrapping_offset(step.wrapping_mul(steps));
            for axis in (0..outer).rev() {
                let (length, [step]) = (self.reduced.lengths[axis], self.reduced.steps[axis]);
                at = at.wrapping_offset(step.wrapping_mul((index % length) as isize));
                index /= length;
            }
            let rows = (length - within).min(elements.end - element);
            // SAFETY: the caller's contract.
            unsafe { self.fold_tile(at, rows, columns, step, sums, stage) };
            element += rows;
        }
    }

    /// Folds `rows` elements, `step` apart, of each of `columns` outputs.
    unsafe fn fold_tile(
        &self,
        from: *mut u8,
        rows: usize,
        columns: usize,
        step: isize,
        sums: *mut u8,
        stage: *mut u8,
    ) {
        let across = self.along.1[0];
        let size = self.folding.input.itemsize();
        let tile = |from, pitch| Tile { from, rows, columns, pitch, sums };
        let moved = |from: *mut u8, step: isize, index: usize| {
            from.wrapping_offset(step.wrapping_mul(index as isize))
        };
        // SAFETY: the caller's contract; the stage has room for what is laid out in it.
        unsafe {
            match self.reading {
                Reading::Along => (self.folding.along)(&tile(from, across)),
                Reading::Across => (self.folding.across)(&tile(from, step)),
                Reading::Staged { cast, across: false } => {
                    let (short, short_step) = self.short;
                    let long = rows / short;
                    for column in 0..columns {
                        let from = moved(from, across, column);
                        for index in 0..short {
                            let to = stage.wrapping_add((column * rows + index * long) * size);
                            let from = moved(from, short_step, index);
                            cast(long, &[to, from], &[size as isize, step]);
                        }
                    }
                    let pitch = if self.along.0 == 1 { 0 } else { rows * size };
                    (self.folding.along)(&tile(stage, pitch as isize));
                }
                Reading::Staged { cast, across: true } => {
                    let pitch = columns * size;
                    for row in 0..rows {
                        let to = stage.wrapping_add(row * pitch);
                        cast(columns, &[to, moved(from, step, row)], &[size as isize, across]);
                    }
                    (self.folding.across)(&tile(stage, pitch as isize));
                }
            }
        }
    }

    /// Writes the accumulators of one unit into the output, by way of `results`.
    unsafe fn write(&self, unit: usize, sums: *mut u8, results: *mut u8) {
        let (_, out, columns) = self.place(unit);
        let steps = [self.along.1[1], self.folding.output.itemsize() as isize];
        // SAFETY: the caller's contract for the output; the accumulators and results are our own
        // memory, and a row of the one has room for a row of the other.
        unsafe {
            (self.folding.finish)(columns, sums, results);
            (self.deliver)(columns, &[out, results], &steps);
        }
    }
}
