//! Discrete Fourier transforms along one axis.
//!
//! `rustfft` transforms one dense line of complex numbers. Here the lines along any axis of any
//! memory are brought to it and taken back, real numbers in half the work, by many threads.

mod halves;
mod line;
mod lines;
mod plans;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use rustfft::num_complex::Complex;
use tensorbridge_core::op::Fourier;
use tensorbridge_core::{DType, Operand, Result};

use self::line::{Line, Rows, Tile};
use self::lines::{Block, Lines};
use self::plans::{Key, Plan, Real, plan};
use crate::{pool, undefined};

/// Work below which a second thread costs more than it helps, and after which an interruption is
/// noticed, in nanoseconds or so.
const GRAIN: usize = 1 << 15;
const LARGEST: usize = 1 << 23;

/// Tasks per thread: enough for a slow core to be helped.
const TASKS_PER_THREAD: usize = 4;

/// Elements of a line that are moved before those of the next line: their cache lines are shared,
/// and few enough to stay even where they are a power of two apart and have one place to be.
const CHUNK: usize = 8;

/// What is between the input and the output of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Complex numbers to as many.
    Complex,
    /// Real numbers to the first half of their transform.
    Half,
    /// Real numbers to all of it.
    Whole,
    /// The first half of a transform to real numbers.
    Real,
}

/// `out = op(from)`.
///
/// # Safety
///
/// As [`Engine::fourier`](tensorbridge_core::Engine::fourier).
///
/// # Errors
///
/// `Interrupted`: not all of `out` has been written. `NotImplemented` for other dtypes.
pub(crate) unsafe fn fourier(op: Fourier, from: Operand<'_>, out: Operand<'_>) -> Result<()> {
    if out.shape.contains(&0) {
        return Ok(());
    }
    // SAFETY: the caller's contract.
    unsafe {
        match out.dtype.real() {
            DType::Float32 => Transform::<f32>::new(&op, &from, &out).run(&from, &out),
            DType::Float64 => Transform::<f64>::new(&op, &from, &out).run(&from, &out),
            _ => Err(undefined(&op, out.dtype)),
        }
    }
}

/// The transform of the lines along one axis.
struct Transform<T> {
    axis: usize,
    kind: Kind,
    /// How many numbers are transformed.
    length: usize,
    /// Whether they are real and an even number, two to one complex number.
    halved: bool,
    plan: Arc<Plan<T>>,
    /// Of each element as it is read; `None` for 1.
    scale: Option<T>,
    /// Whether the conjugates of the complex side are meant, because the plan has the other sign.
    conjugate: bool,
    /// How many elements of an input line count; the others are zeros.
    read: usize,
    /// How many complex numbers a line of work has.
    width: usize,
}

impl<T: Real> Transform<T> {
    fn new(op: &Fourier, from: &Operand<'_>, out: &Operand<'_>) -> Self {
        let &Fourier { axis, length, inverse, scale } = op;
        let kind = match (from.dtype.is_complex(), out.dtype.is_complex()) {
            (true, true) => Kind::Complex,
            (true, false) => Kind::Real,
            (false, _) if out.shape[axis] == length => Kind::Whole,
            (false, _) => Kind::Half,
        };
        let halved = kind != Kind::Complex && length.is_multiple_of(2);
        // Real numbers are transformed forwards, and come back backwards.
        let (used, backwards) = match kind {
            Kind::Complex => (length, inverse),
            Kind::Real => (length / 2 + 1, true),
            Kind::Half | Kind::Whole => (length, false),
        };
        let width = match kind {
            Kind::Half if halved => length / 2 + 1,
            Kind::Real if halved => length / 2,
            _ => length,
        };
        Self {
            axis,
            kind,
            length,
            halved,
            plan: plan(Key { length, halved, inverse: backwards }),
            scale: (scale != 1.0).then(|| T::nearest(scale)),
            conjugate: backwards != inverse,
            read: from.shape[axis].min(used),
            width,
        }
    }

    /// Whether a line of work can be in the output's own memory.
    fn is_direct(&self, out: &Operand<'_>) -> bool {
        let strides = out.strides.iter().fold(0, |all, stride| all | stride.unsigned_abs());
        out.strides[self.axis] == out.dtype.itemsize() as isize
            && (out.address.addr() | strides).is_multiple_of(align_of::<T>())
            && (self.halved || matches!(self.kind, Kind::Complex | Kind::Whole))
    }

    /// # Safety
    ///
    /// As [`fourier`].
    unsafe fn run(&self, from: &Operand<'_>, out: &Operand<'_>) -> Result<()> {
        let direct = self.is_direct(out);
        let lines = Lines::new([from, out], self.axis, self.width * size_of::<Complex<T>>());
        let one = self.length.saturating_mul(self.length.ilog2() as usize + 4) / 8;
        let work = one.saturating_mul(lines.count());
        let threads = pool::num_threads().min(work / GRAIN).max(1);
        let wanted = if threads == 1 { 1 } else { threads * TASKS_PER_THREAD };
        let tasks = wanted.max(work / LARGEST).min(lines.blocks());
        let ends = Ends {
            from: Line { address: from.address, step: from.strides[self.axis], beside: 0 },
            out: Line { address: out.address, step: out.strides[self.axis], beside: 0 },
            count: out.shape[self.axis],
        };
        pool::for_each(threads, tasks, &|task| {
            let mut scratch = zeros(self.plan.fft.get_inplace_scratch_len());
            let mut buffer = zeros(if direct { 0 } else { lines.lanes() * self.pitch() });
            let blocks = lines.blocks() * task / tasks..lines.blocks() * (task + 1) / tasks;
            for block in lines.walk(blocks) {
                // SAFETY: the caller's contract; every line is in one block of one task. The
                // buffer is ours; so is the output, and aligned and dense where it is direct.
                unsafe {
                    match direct {
                        true => self.direct(&ends, block, &mut scratch),
                        false => self.by_way_of(&mut buffer, &ends, block, &mut scratch),
                    }
                }
            }
        })
    }

    /// Transforms lines in the memory of the output.
    unsafe fn direct(&self, ends: &Ends, block: Block, scratch: &mut [Complex<T>]) {
        let (from, out) = ends.of(block);
        for lane in 0..block.lanes {
            let (from, out) = (from.lane(lane), out.lane(lane));
            let rows = Rows { first: out.address.cast(), pitch: 0 };
            // SAFETY: the caller's contract.
            unsafe {
                self.gather(from, rows, Tile { lanes: 1, range: 0..self.read });
                self.transform(from, rows.first, scratch);
            }
        }
    }

    /// Transforms lines in a buffer.
    unsafe fn by_way_of(
        &self,
        buffer: &mut [Complex<T>],
        ends: &Ends,
        block: Block,
        scratch: &mut [Complex<T>],
    ) {
        let (rows, lanes) = (Rows { first: buffer.as_mut_ptr(), pitch: self.pitch() }, block.lanes);
        let (from, out) = ends.of(block);
        let tiles = |count: usize| {
            let chunk = if lanes > 1 { CHUNK } else { count.max(1) };
            let ranges =
                (0..count).step_by(chunk).map(move |first| first..count.min(first + chunk));
            ranges.map(move |range| Tile { lanes, range })
        };
        // SAFETY: the caller's contract; the buffer has room for the lanes of a block.
        unsafe {
            tiles(self.read).for_each(|tile| self.gather(from, rows, tile));
            for lane in 0..lanes {
                self.transform(from.lane(lane), rows.row(lane), scratch);
            }
            tiles(ends.count).for_each(|tile| self.scatter(rows, out, tile));
        }
    }

    /// How far apart lines of work are: not by a power of two, whose multiples share few places of
    /// a cache.
    fn pitch(&self) -> usize {
        self.width + 8
    }
}

/// Where lines begin and end.
struct Ends {
    from: Line,
    out: Line,
    /// Elements of an output line.
    count: usize,
}

// SAFETY: addresses and numbers. Whoever starts the work holds [reach], [alive], [permit] and
// [alias]; tasks write different lines.
unsafe impl Sync for Ends {}

impl Ends {
    /// Both ends of the first line of a block, with the lines beside it.
    fn of(&self, block: Block) -> (Line, Line) {
        let side = |line: Line, side: usize| Line {
            beside: block.steps[side],
            ..line.moved(block.starts[side])
        };
        (side(self.from, 0), side(self.out, 1))
    }
}

fn zeros<T: Real>(count: usize) -> Vec<Complex<T>> {
    vec![Complex::default(); count]
}
