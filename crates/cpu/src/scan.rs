//! Running reductions along one axis.
//!
//! Where memory runs across the axis, lines side by side are scanned together, row after row.
//! Where it runs along it, each line is cut into blocks by a rule that looks at its length
//! alone: a block is scanned from nothing, and the sum of the blocks before it is added. So
//! blocks can be shared among threads once their totals are known, and the result never depends
//! on how many threads there are.

use tensorbridge_core::{Operand, Result};

use crate::lines::{Lines, moved};
use crate::loops::{Rows, Run, Scanning};
use crate::pool;
use crate::scratch::{Scratch, Shared};

/// Elements in one block of a line.
const BLOCK: usize = 1 << 15;

/// Elements that are laid out densely at a time.
const STAGE: usize = 4096;

/// Bytes of sums side by side: they stay in the first-level cache.
const STRIP: usize = 8192;

/// The least work to share among threads, in elements, and tasks for each thread.
const GRAIN: usize = 1 << 17;
const TASKS: usize = 4;

/// Blocks in a line that are one task: some milliseconds, after which Ctrl-C is looked for.
const LONG: usize = 64;

/// The work of a scan, prepared.
struct Plan<'a> {
    scanning: &'a Scanning,
    lines: Lines,
}

/// Scans `from` along `axis` into `out`, of the same shape. Results are cast to `out`'s dtype.
///
/// # Safety
///
/// [reach], [alive], [permit] and [alias] for both operands.
///
/// # Errors
///
/// `Interrupted`: not all of `out` has been written. `Memory`: nothing has been.
pub(crate) unsafe fn scan(
    scanning: &Scanning,
    axis: usize,
    from: Operand<'_>,
    out: Operand<'_>,
) -> Result<()> {
    if out.shape.contains(&0) {
        return Ok(());
    }
    let plan = &Plan { scanning, lines: Lines::new(axis, scanning.dtype, &from, &out) };
    let (groups, beside, length) = (plan.lines.groups(), plan.lines.beside.0, plan.lines.length);
    let total = groups * beside * length;
    let threads = if total < GRAIN { 1 } else { pool::num_threads() };
    if plan.lines.across {
        let size = scanning.dtype.itemsize();
        // Columns do not depend on one another: any strips give the same results.
        let wanted = beside.div_ceil((threads * TASKS).div_ceil(groups));
        let strip = wanted.next_multiple_of(64 / size).min(STRIP / size).min(beside);
        let strips = beside.div_ceil(strip);
        return pool::for_each(threads, groups * strips, &|task| {
            let first = task % strips * strip;
            let columns = strip.min(beside - first);
            // SAFETY: the caller's contract; tasks have different columns.
            unsafe { plan.scan_rows(task / strips, first, columns) };
        });
    }
    let lines = groups * beside;
    let blocks = length.div_ceil(BLOCK);
    if blocks == 1 || threads > 1 && lines >= threads * TASKS && blocks <= LONG {
        let batch = (BLOCK / length).max(1);
        return pool::for_each(threads, lines.div_ceil(batch), &|task| {
            for line in task * batch..lines.min((task + 1) * batch) {
                let mut base = plan.nothing();
                for block in 0..blocks {
                    // SAFETY: the caller's contract; tasks have different lines.
                    unsafe { plan.scan_next(line, block, &mut base) };
                }
            }
        });
    }
    if threads == 1 {
        let mut base = plan.nothing();
        let base = &Shared((&raw mut base).cast());
        return pool::for_each(1, lines * blocks, &|task| {
            let (line, block) = (task / blocks, task % blocks);
            // SAFETY: the caller's contract; one thread does all tasks, in order.
            unsafe {
                let base = &mut *base.0.cast::<Item>();
                if block == 0 {
                    *base = plan.nothing();
                }
                plan.scan_next(line, block, base);
            }
        });
    }
    // The totals of all blocks but the last, then the sums before each, then the results.
    let mut bases = Scratch::try_new(lines * blocks * size_of::<Item>())?;
    let bases = &Shared(bases.address());
    let base =
        |line: usize, block: usize| bases.0.cast::<Item>().wrapping_add(line * blocks + block);
    pool::for_each(threads, lines * (blocks - 1), &|task| {
        let (line, block) = (task / (blocks - 1), task % (blocks - 1));
        // SAFETY: the caller's contract; each task has a total of its own.
        unsafe {
            let total = plan.scan_block(line, block, &mut plan.nothing(), false);
            base(line, block + 1).write(total);
        }
    })?;
    for line in 0..lines {
        // SAFETY: `bases` is our own, and all threads are done with it.
        unsafe {
            let mut sum = plan.nothing();
            base(line, 0).write(sum);
            for block in 1..blocks {
                (scanning.merge)(sum.0.as_mut_ptr(), base(line, block).cast());
                base(line, block).write(sum);
            }
        }
    }
    pool::for_each(threads, lines * blocks, &|task| {
        let (line, block) = (task / blocks, task % blocks);
        // SAFETY: the caller's contract; blocks have different outputs and sums.
        unsafe { plan.scan_block(line, block, &mut *base(line, block), true) };
    })
}

/// A sum of any dtype.
#[derive(Clone, Copy)]
#[repr(C, align(16))]
struct Item([u8; 16]);

impl Plan<'_> {
    /// The sum of no elements.
    fn nothing(&self) -> Item {
        let mut item = Item([0; 16]);
        // SAFETY: the contract of `Scanning`: an item holds a sum of any dtype.
        unsafe { (self.scanning.start)(1, item.0.as_mut_ptr()) };
        item
    }

    /// Scans one block of one line, added to `base`, which is moved on.
    unsafe fn scan_next(&self, line: usize, block: usize, base: &mut Item) {
        // SAFETY: the caller's contract; both sums are our own.
        unsafe {
            let mut total = self.scan_block(line, block, base, true);
            (self.scanning.merge)(base.0.as_mut_ptr(), total.0.as_mut_ptr());
        }
    }

    /// Scans one block of one line, added to `base`, or looks for its total alone. Gives the
    /// total.
    unsafe fn scan_block(&self, line: usize, block: usize, base: &mut Item, store: bool) -> Item {
        let Lines { length, steps, beside, load, store: into, .. } = self.lines;
        let [from, out] = self.lines.place(line / beside.0, line % beside.0);
        let size = self.scanning.dtype.itemsize();
        let mut total = self.nothing();
        let (start, end) = (block * BLOCK, length.min((block + 1) * BLOCK));
        let staged = load.is_some() || store && into.is_some();
        let piece = if staged { STAGE } else { BLOCK };
        let mut stage = Scratch::new(if staged { STAGE.min(length) * size } else { 0 });
        let (base, running) = (base.0.as_mut_ptr(), total.0.as_mut_ptr());
        // SAFETY: the caller's contract; the stage has room for STAGE elements.
        unsafe {
            for first in (start..end).step_by(piece) {
                let len = piece.min(end - first);
                let (from, out) = (moved(from, steps[0], first), moved(out, steps[1], first));
                let stage = stage.address();
                let mut run = Run { from, to: out, len, base, running };
                if let Some(load) = load {
                    load(len, &[stage, from], &[size as isize, steps[0]]);
                    run.from = stage;
                }
                match into {
                    _ if !store => (self.scanning.total)(&run),
                    None => (self.scanning.along)(&run),
                    Some(into) => {
                        run.to = stage;
                        (self.scanning.along)(&run);
                        into(len, &[out, stage], &[steps[1], size as isize]);
                    }
                }
            }
        }
        total
    }

    /// Scans some lines of one group.
    unsafe fn scan_rows(&self, group: usize, first: usize, columns: usize) {
        let Lines { length, steps, beside, load, store, .. } = self.lines;
        let [from, out] = self.lines.place(group, first);
        let size = self.scanning.dtype.itemsize();
        let row = (columns * size).next_multiple_of(16);
        let staged = load.is_some() || store.is_some();
        let mut scratch = Scratch::new(row * if staged { 2 } else { 1 });
        let sums = scratch.address();
        let stage = sums.wrapping_add(row);
        let [from_pitch, to_pitch] = steps;
        let mut rows = Rows { from, to: out, rows: length, columns, from_pitch, to_pitch, sums };
        // SAFETY: the caller's contract; the scratch has room for two rows.
        unsafe {
            (self.scanning.start)(columns, sums);
            if !staged {
                return (self.scanning.across)(&rows);
            }
            rows.rows = 1;
            for index in 0..length {
                let (from, out) = (moved(from, steps[0], index), moved(out, steps[1], index));
                (rows.from, rows.to) = (from, out);
                if let Some(load) = load {
                    load(columns, &[stage, from], &[size as isize, beside.1[0]]);
                    rows.from = stage;
                }
                if let Some(store) = store {
                    rows.to = stage;
                    (self.scanning.across)(&rows);
                    store(columns, &[out, stage], &[beside.1[1], size as isize]);
                } else {
                    (self.scanning.across)(&rows);
                }
            }
        }
    }
}
