//! Shares of exponentials: each line in one go, a piece at a time while it is in the first cache.
//!
//! The greatest element is taken off before the exponential, so that nothing overflows and the
//! greatest share is exact.

use tensorbridge_core::op::{Binary, Softmax, Unary};
use tensorbridge_core::{DType, Operand, Result};

use crate::isa::{Kernel, compile};
use crate::loops::body::{at, load};
use crate::loops::{self, Loop};
use crate::sort::Lines;
use crate::undefined;

/// The elements of a piece.
const PIECE: usize = 2048;

/// Accumulators: what hides the latency of an addition.
const LANES: usize = 16;

/// Writes what `op` says of each line of `from` along `axis` into that of `out`, or its place.
///
/// # Errors
///
/// `NotImplemented` for a dtype other than `float32` and `float64`, `Interrupted`.
///
/// # Safety
///
/// [reach], [alive], [permit] and [alias]: `out` is fresh, of `from`'s dtype and shape but of
/// length 1 along `axis` where `op` sums up.
pub(crate) unsafe fn softmax(
    op: Softmax,
    from: Operand<'_>,
    axis: usize,
    out: Operand<'_>,
) -> Result<()> {
    if from.shape.contains(&0) {
        return Ok(());
    }
    match from.dtype {
        // SAFETY: the caller's contract.
        DType::Float32 => unsafe { of::<f32>(op, from, axis, out) },
        // SAFETY: the caller's contract.
        DType::Float64 => unsafe { of::<f64>(op, from, axis, out) },
        dtype => Err(undefined(&op, dtype)),
    }
}

/// The loops of a dtype.
struct Loops {
    subtract: Loop<3>,
    divide: Loop<3>,
    exp: Loop<2>,
}

impl Loops {
    fn of(dtype: DType) -> Option<Self> {
        Some(Self {
            subtract: loops::binary(Binary::Subtract, dtype)?,
            divide: loops::binary(Binary::Divide, dtype)?,
            exp: loops::unary(Unary::Exp, dtype)?,
        })
    }
}

unsafe fn of<T: Float>(
    op: Softmax,
    from: Operand<'_>,
    axis: usize,
    out: Operand<'_>,
) -> Result<()> {
    let loops = Loops::of(from.dtype).ok_or_else(|| undefined(&op, from.dtype))?;
    let lines = Lines::new(&from, &out, axis);
    // Short lines share a piece, so that exponentials are taken of many at once.
    let together = (PIECE / lines.len).max(1);
    lines.share(1, &|range, _| {
        let mut piece = [T::ZERO; PIECE];
        let mut bases = [T::ZERO; PIECE];
        for first in range.clone().step_by(together) {
            let group = first..range.end.min(first + together);
            // SAFETY: the caller's contract; a group of lines fits the pieces, or is one line.
            unsafe {
                match lines.len <= PIECE {
                    true => short(op, &loops, &lines, group, &mut piece, &mut bases),
                    false => long(op, &loops, &lines, first, &mut piece),
                }
            }
        }
        Ok(())
    })
}

/// The address of a number.
fn one<T>(number: &mut T) -> *mut u8 {
    std::ptr::from_mut(number).cast()
}

/// What is taken off each element: the greatest, unless sums of infinities are to be one.
fn base<T: Float>(op: Softmax, greatest: T) -> T {
    match op {
        Softmax::Sum if greatest.is_infinite() => T::ZERO,
        _ => greatest,
    }
}

/// Lines that fit a piece together.
unsafe fn short<T: Float>(
    op: Softmax,
    loops: &Loops,
    lines: &Lines,
    group: std::ops::Range<usize>,
    piece: &mut [T; PIECE],
    bases: &mut [T; PIECE],
) {
    let (len, size) = (lines.len, size_of::<T>() as isize);
    let (step, out_step) = (lines.from_step, lines.out_step);
    let memory = piece.as_mut_ptr();
    let row = |place: usize| memory.wrapping_add(place * len).cast::<u8>();
    // SAFETY: the caller's: `len` elements of each line, and memory for those of the group.
    unsafe {
        for (place, index) in group.clone().enumerate() {
            let from = lines.get(index).from;
            let greatest = &mut bases[place];
            *greatest = base(op, seen::<Greatest<T>>(from, step, len));
            (loops.subtract)(len, &[row(place), from, one(greatest)], &[size, step, 0]);
        }
        (loops.exp)(group.len() * len, &[memory.cast(), memory.cast()], &[size, size]);
        for (place, index) in group.enumerate() {
            let line = lines.get(index);
            let mut sum = seen::<Sum<T>>(row(place), size, len);
            if op == Softmax::Shares {
                let operands = [line.out, row(place), one(&mut sum)];
                (loops.divide)(len, &operands, &[out_step, size, 0]);
                continue;
            }
            let (base, mut sum) = (&mut bases[place], T::narrow(sum.wide().ln()));
            if op == Softmax::Sum {
                line.out.cast::<T>().write_unaligned(base.plus(sum));
                continue;
            }
            (loops.subtract)(len, &[line.out, line.from, one(base)], &[out_step, step, 0]);
            (loops.subtract)(len, &[line.out, line.out, one(&mut sum)], &[out_step, out_step, 0]);
        }
    }
}

/// A line of several pieces, one after another.
unsafe fn long<T: Float>(
    op: Softmax,
    loops: &Loops,
    lines: &Lines,
    index: usize,
    piece: &mut [T; PIECE],
) {
    let (len, size, line) = (lines.len, size_of::<T>() as isize, lines.get(index));
    let (step, out_step) = (lines.from_step, lines.out_step);
    let pieces = || (0..len).step_by(PIECE).map(|start| (start, PIECE.min(len - start)));
    let from = |start: usize| at(line.from, step, start);
    let out = |start: usize| at(line.out, out_step, start);
    // SAFETY: the caller's: `len` elements; the piece is our own memory.
    unsafe {
        let greatest = pieces().fold(T::LEAST, |greatest, (start, count)| {
            greatest.greater(seen::<Greatest<T>>(from(start), step, count))
        });
        let mut base = base(op, greatest);
        let mut sum = 0.0;
        for (start, count) in pieces() {
            // The exponentials stay where they are the result's.
            let (to, to_step) = match op {
                Softmax::Shares => (out(start), out_step),
                _ => (piece.as_mut_ptr().cast(), size),
            };
            (loops.subtract)(count, &[to, from(start), one(&mut base)], &[to_step, step, 0]);
            (loops.exp)(count, &[to, to], &[to_step, to_step]);
            sum += seen::<Sum<T>>(to, to_step, count).wide();
        }
        match op {
            Softmax::Shares => {
                let mut sum = T::narrow(sum);
                let operands = [line.out, line.out, one(&mut sum)];
                (loops.divide)(len, &operands, &[out_step, out_step, 0]);
            }
            Softmax::Logarithms => {
                let mut sum = T::narrow(sum.ln());
                for (start, count) in pieces() {
                    let operands = [out(start), from(start), one(&mut base)];
                    (loops.subtract)(count, &operands, &[out_step, step, 0]);
                    let operands = [out(start), out(start), one(&mut sum)];
                    (loops.subtract)(count, &operands, &[out_step, out_step, 0]);
                }
            }
            Softmax::Sum => {
                line.out.cast::<T>().write_unaligned(base.plus(T::narrow(sum.ln())));
            }
        }
    }
}

/// What the lines are made of.
trait Float: Copy + 'static {
    const ZERO: Self;
    const LEAST: Self;
    fn greater(self, other: Self) -> Self;
    fn plus(self, other: Self) -> Self;
    fn is_infinite(self) -> bool;
    fn wide(self) -> f64;
    fn narrow(value: f64) -> Self;
}

macro_rules! floats {
    ($($type:ty)+) => {$(
        impl Float for $type {
            const ZERO: Self = 0.0;
            const LEAST: Self = Self::NEG_INFINITY;

            /// Passes over NaN, which the differences will show.
            #[inline(always)]
            fn greater(self, other: Self) -> Self {
                if other > self { other } else { self }
            }

            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self + other
            }

            fn is_infinite(self) -> bool {
                Self::is_infinite(self)
            }

            fn wide(self) -> f64 {
                f64::from(self)
            }

            fn narrow(value: f64) -> Self {
                value as Self
            }
        }
    )+};
}

floats! { f32 f64 }

/// Elements to be summed up in one number.
struct Seen<T> {
    from: *mut u8,
    step: isize,
    len: usize,
    out: *mut T,
}

/// What one number is made of elements.
trait Fold {
    type Item: Float;
    const START: Self::Item;
    fn fold(a: Self::Item, b: Self::Item) -> Self::Item;
}

struct Greatest<T>(std::marker::PhantomData<T>);
struct Sum<T>(std::marker::PhantomData<T>);

impl<T: Float> Fold for Greatest<T> {
    type Item = T;
    const START: T = T::LEAST;
    #[inline(always)]
    fn fold(a: T, b: T) -> T {
        a.greater(b)
    }
}

impl<T: Float> Fold for Sum<T> {
    type Item = T;
    const START: T = T::ZERO;
    #[inline(always)]
    fn fold(a: T, b: T) -> T {
        a.plus(b)
    }
}

struct Look<F>(std::marker::PhantomData<F>);

impl<F: Fold> Kernel for Look<F> {
    type Task = Seen<F::Item>;

    #[inline(always)]
    unsafe fn run(&Seen { from, step, len, out }: &Self::Task) {
        if len < LANES {
            // SAFETY: the caller's: `len` elements in reach, and a place for the result.
            unsafe {
                let element = |index| load(at(from, step, index), 0);
                out.write((0..len).fold(F::START, |sum, index| F::fold(sum, element(index))));
            }
            return;
        }
        let mut lanes = [F::START; LANES];
        let mut done = 0;
        // SAFETY: the caller's: `len` elements in reach, and a place for the result.
        unsafe {
            if step == size_of::<F::Item>() as isize {
                while done + LANES <= len {
                    for (lane, kept) in lanes.iter_mut().enumerate() {
                        *kept = F::fold(*kept, load(from, done + lane));
                    }
                    done += LANES;
                }
            }
            for index in done..len {
                let lane = &mut lanes[index % LANES];
                *lane = F::fold(*lane, load(at(from, step, index), 0));
            }
            let mut width = LANES / 2;
            while width > 0 {
                for lane in 0..width {
                    lanes[lane] = F::fold(lanes[lane], lanes[lane + width]);
                }
                width /= 2;
            }
            out.write(lanes[0]);
        }
    }
}

/// The one number that `F` makes of elements.
///
/// # Safety
///
/// [reach] and [alive] for `len` elements.
unsafe fn seen<F: Fold>(from: *mut u8, step: isize, len: usize) -> F::Item {
    let mut out = F::START;
    // SAFETY: the caller's.
    unsafe { compile::<Look<F>>()(&Seen { from, step, len, out: &raw mut out }) };
    out
}
