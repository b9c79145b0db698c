//! Reductions over any axes.
//!
//! The elements of each output are cut into blocks by rules that look at shape and strides
//! alone, blocks are folded by whichever thread is free, and their accumulators are merged
//! pairwise in order: so the result never depends on the number of threads, and the error of a
//! long float sum grows with the logarithm of its length.
//!
//! Where memory runs along a kept axis, a strip of neighbouring outputs is folded row by row;
//! where it runs along a reduced axis, each output folds its own run.

use tensorbridge_core::layout::Dims;
use tensorbridge_core::layout::nest::Nest;
use tensorbridge_core::{Error, Operand, Result};

use crate::loops::{self, Folding, Loop};
use crate::{Item, pool};

/// Bytes of accumulators side by side in one strip: they stay in the first-level cache.
const STRIP: usize = 8192;

/// Elements that are folded one after another before accumulators merge pairwise: of one
/// output with a run of its own (whose lanes are folded apart already), and in a strip.
const RUN: usize = 4096;
const ROWS: usize = 128;

/// Elements in one block, the unit of work of a thread.
const BLOCK: usize = 1 << 16;

/// The work of a reduction, prepared.
struct Plan<'a> {
    folding: &'a Folding,
    /// Bytes of one accumulator.
    size: usize,
    /// One accumulator of nothing.
    start: Item,
    from: *mut u8,
    out: *mut u8,
    out_size: usize,
    /// Reduced loops, over the input.
    reduced: Nest<1>,
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
    /// Casts or copies accumulators into the output.
    finish: Loop<2>,
}

// SAFETY: addresses and numbers. The caller of `reduce` holds [reach], [alive], [permit] and
// [alias]; tasks write different outputs and different accumulators.
unsafe impl Sync for Plan<'_> {}

/// Reduces `from` into `out`, of the same rank with length 1 along the reduced axes. The
/// accumulators are cast to `out`'s dtype.
///
/// # Safety
///
/// [reach], [alive], [permit] and [alias] for both operands.
///
/// # Errors
///
/// `Interrupted`: not all of `out` has been written.
pub(crate) unsafe fn reduce(folding: &Folding, from: Operand<'_>, out: Operand<'_>) -> Result<()> {
    if out.shape.contains(&0) {
        return Ok(());
    }
    let plan = Plan::new(folding, &from, &out);
    let blocks = plan.depth.div_ceil(plan.block).max(1);
    let strips = plan.along.0.div_ceil(plan.strip);
    let units = plan.kept.lengths.iter().product::<usize>() * strips;
    // Accumulators of every block, where an output has several.
    let several = blocks > 1;
    let mut partials =
        Scratch::new(if several { units * blocks * plan.strip } else { 0 }, plan.size)?;
    let place = Shared(partials.address());
    let place = &place;
    // Small blocks are handed out several at a time.
    let weight = plan.block.min(plan.depth).max(1) * plan.strip;
    let batch = (BLOCK / 2 / weight).max(1);
    let total = units * blocks;
    let tasks = total.div_ceil(batch);
    let threads = if total * weight < 4 * BLOCK { 1 } else { pool::num_threads() };
    let plan = &plan;
    pool::for_each(threads, tasks, &|task| {
        // Some ten kilobytes.
        let mut scratch = Scratch(vec![0; words(plan.levels() * plan.strip * plan.size)]);
        for piece in task * batch..total.min((task + 1) * batch) {
            let (unit, block) = (piece / blocks, piece % blocks);
            // SAFETY: the caller's contract; each piece has its own partials and outputs.
            unsafe {
                plan.fold_block(unit, block, scratch.address());
                if several {
                    let bytes = plan.strip * plan.size;
                    let partial = place.0.wrapping_add(piece * bytes);
                    std::ptr::copy_nonoverlapping(scratch.address(), partial, bytes);
                } else {
                    plan.write(unit, scratch.address());
                }
            }
        }
    })?;
    if several {
        let bytes = plan.strip * plan.size;
        for unit in 0..units {
            let first = partials.address().wrapping_add(unit * blocks * bytes);
            // Pairwise: neighbours, then neighbours of neighbours.
            let mut distance = 1;
            while distance < blocks {
                for block in (0..blocks - distance).step_by(2 * distance) {
                    let low = first.wrapping_add(block * bytes);
                    // SAFETY: both lie in `partials`, and all threads are done with it.
                    unsafe { plan.merge(plan.strip, low, low.wrapping_add(distance * bytes)) };
                }
                distance *= 2;
            }
            // SAFETY: the caller's contract.
            unsafe { plan.write(unit, first) };
        }
    }
    Ok(())
}

fn words(bytes: usize) -> usize {
    bytes.div_ceil(size_of::<u128>())
}

/// Memory for accumulators of any dtype.
struct Scratch(Vec<u128>);

impl Scratch {
    fn new(count: usize, size: usize) -> Result<Self> {
        let (bytes, mut memory) = (count.saturating_mul(size), Vec::new());
        memory.try_reserve_exact(words(bytes)).map_err(|_| {
            Error::memory(format!("cannot allocate {bytes} bytes of partial results"))
                .hint("reduce along one axis after another")
        })?;
        memory.resize(words(bytes), 0);
        Ok(Self(memory))
    }

    fn address(&mut self) -> *mut u8 {
        self.0.as_mut_ptr().cast()
    }
}

/// An address for several threads, each of which writes its own part.
struct Shared(*mut u8);

// SAFETY: only an address; see `reduce` for who writes where.
unsafe impl Sync for Shared {}

impl<'a> Plan<'a> {
    fn new(folding: &'a Folding, from: &Operand<'_>, out: &Operand<'_>) -> Self {
        let (mut reduced_shape, mut kept_shape) = (Dims::new(), Dims::new());
        let (mut reduced, mut kept) = (Dims::new(), (Dims::new(), Dims::new()));
        for axis in 0..from.shape.len() {
            if out.shape[axis] == 1 && from.shape[axis] != 1 {
                reduced_shape.push(from.shape[axis]);
                reduced.push(from.strides[axis]);
            } else {
                kept_shape.push(from.shape[axis]);
                kept.0.push(from.strides[axis]);
                kept.1.push(out.strides[axis]);
            }
        }
        let depth = reduced_shape.iter().product();
        let reduced = Nest::new(&reduced_shape, [&reduced[..]]);
        let mut kept = Nest::new(&kept_shape, [&kept.0[..], &kept.1[..]]);
        // Fold rows of a strip where the input runs along a kept axis, or each output has so
        // few elements that a run of its own would be all overhead.
        let (outputs, [kept_step, _]) = kept.inner();
        let (_, [reduced_step]) = reduced.inner();
        let in_strips = outputs >= 4
            && ((1..reduced_step.unsigned_abs()).contains(&kept_step.unsigned_abs())
                || depth < 16 && outputs > depth);
        let mut along = (1, [0, 0]);
        if in_strips {
            along = kept.inner();
            kept.lengths.pop();
            kept.steps.pop();
        }
        let size = folding.accumulator.itemsize();
        let strip = along.0.min(STRIP / size);
        let (block, serial) = if in_strips {
            ((2 * BLOCK / strip).next_multiple_of(ROWS), ROWS)
        } else {
            (BLOCK, RUN)
        };
        Self {
            folding,
            size,
            start: Item::new(folding.start, folding.accumulator),
            from: from.address,
            out: out.address,
            out_size: out.dtype.itemsize(),
            reduced,
            kept,
            along,
            strip,
            depth,
            block,
            serial,
            finish: if folding.accumulator == out.dtype {
                loops::copy(size)
            } else {
                loops::cast(folding.accumulator, out.dtype)
            },
        }
    }

    /// Strips of accumulators that pairwise merging of one block needs at once.
    fn levels(&self) -> usize {
        let runs = self.block.min(self.depth).div_ceil(self.serial).max(1);
        runs.ilog2() as usize + 2
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

    /// Folds one block of one unit's elements into the accumulators at `scratch`.
    unsafe fn fold_block(&self, unit: usize, block: usize, scratch: *mut u8) {
        let (from, _, count) = self.place(unit);
        let bytes = self.strip * self.size;
        let slot = |level: usize| scratch.wrapping_add(level * bytes);
        let end = self.depth.min((block + 1) * self.block);
        let (mut top, mut runs) = (0, 0_usize);
        // SAFETY: the caller's contract; the slots lie in `scratch`, which has `levels` of them.
        unsafe {
            for start in (block * self.block..end).step_by(self.serial) {
                self.reset(count, slot(top));
                self.fold_run(from, count, start, end.min(start + self.serial), slot(top));
                (top, runs) = (top + 1, runs + 1);
                // Like carrying in binary: equal numbers of runs merge.
                let mut carry = runs;
                while carry.is_multiple_of(2) {
                    top -= 1;
                    self.merge(count, slot(top - 1), slot(top));
                    carry /= 2;
                }
            }
            if top == 0 {
                self.reset(count, slot(0));
            }
            for level in (1..top).rev() {
                self.merge(count, slot(level - 1), slot(level));
            }
        }
    }

    /// Folds elements `start..end` of `count` outputs into their accumulators.
    unsafe fn fold_run(
        &self,
        from: *mut u8,
        count: usize,
        start: usize,
        end: usize,
        sums: *mut u8,
    ) {
        let (length, [step]) = self.reduced.inner();
        let outer = self.reduced.lengths.len().saturating_sub(1);
        let mut element = start;
        while element < end {
            let (mut index, within) = (element / length, element % length);
            let mut at = from.wrapping_offset(step.wrapping_mul(within as isize));
            for axis in (0..outer).rev() {
                let (length, [step]) = (self.reduced.lengths[axis], self.reduced.steps[axis]);
                at = at.wrapping_offset(step.wrapping_mul((index % length) as isize));
                index /= length;
            }
            let run = (length - within).min(end - element);
            // SAFETY: the caller's contract; `sums` holds a strip of accumulators.
            unsafe {
                if self.strip == 1 {
                    (self.folding.fold)(run, &[sums, at], &[0, step]);
                } else {
                    let steps = [self.size as isize, self.along.1[0]];
                    for row in 0..run {
                        let at = at.wrapping_offset(step.wrapping_mul(row as isize));
                        (self.folding.fold)(count, &[sums, at], &steps);
                    }
                }
            }
            element += run;
        }
    }

    unsafe fn reset(&self, count: usize, sums: *mut u8) {
        for index in 0..count {
            let sum = sums.wrapping_add(index * self.size);
            // SAFETY: `sums` holds a strip of accumulators; an item holds any of them.
            unsafe { std::ptr::copy_nonoverlapping(self.start.0.as_ptr(), sum, self.size) };
        }
    }

    unsafe fn merge(&self, count: usize, sums: *mut u8, others: *mut u8) {
        let step = self.size as isize;
        // SAFETY: both are strips of accumulators in memory of our own, and disjoint.
        unsafe { (self.folding.merge)(count, &[sums, sums, others], &[step; 3]) };
    }

    /// Writes the accumulators of one unit into the output.
    unsafe fn write(&self, unit: usize, sums: *mut u8) {
        let (_, out, count) = self.place(unit);
        let out_step = if count == 1 { self.out_size as isize } else { self.along.1[1] };
        // SAFETY: the caller's contract for the output; the accumulators are our own memory.
        unsafe { (self.finish)(count, &[out, sums], &[out_step, self.size as isize]) };
    }
}
