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
const PIECE: usize = 1024;

/// Accumulators: what hides the latency of an addition.
const LANES: usize = 32;

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
    // SAFETY: the caller's contract.
    match from.dtype {
        DType::Float32 => unsafe { of::<f32>(op, from, axis, out) },
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
    let (len, size) = (lines.len, size_of::<T>() as isize);
    lines.share(1, &|range, _| {
        let mut piece = [T::ZERO; PIECE];
        for index in range {
            let line = lines.get(index);
            let pieces = || (0..len).step_by(PIECE).map(|start| (start, PIECE.min(len - start)));
            let steps = [lines.out_step, lines.from_step];
            let places =
                |start: usize| [at(line.out, steps[0], start), at(line.from, steps[1], start)];
            let memory = piece.as_mut_ptr().cast::<u8>();
            // SAFETY: the caller's contract; the piece is our own memory.
            unsafe {
                let mut greatest = T::LEAST;
                for (start, count) in pieces() {
                    let [_, from] = places(start);
                    greatest = greatest.greater(seen::<Greatest<T>>(from, steps[1], count));
                }
                // A sum of infinities is one; their shares have no answer.
                if op == Softmax::Sum && greatest.is_infinite() {
                    greatest = T::ZERO;
                }
                let base = std::ptr::from_mut(&mut greatest).cast::<u8>();
                let mut sum = 0.0;
                for (start, count) in pieces() {
                    let [out, from] = places(start);
                    // The exponentials stay where they are the result's.
                    let (to, step) = match op {
                        Softmax::Shares => (out, steps[0]),
                        _ => (memory, size),
                    };
                    (loops.subtract)(count, &[to, from, base], &[step, steps[1], 0]);
                    (loops.exp)(count, &[to, to], &[step, step]);
                    sum += seen::<Sum<T>>(to, step, count).wide();
                }
                let mut sum = match op {
                    Softmax::Shares => T::narrow(sum),
                    _ => T::narrow(sum.ln()),
                };
                let total = std::ptr::from_mut(&mut sum).cast::<u8>();
                match op {
                    Softmax::Shares => {
                        (loops.divide)(len, &[line.out, line.out, total], &[steps[0], steps[0], 0])
                    }
                    Softmax::Logarithms => {
                        for (start, count) in pieces() {
                            let [out, from] = places(start);
                            let operands = [out, from, base];
                            (loops.subtract)(count, &operands, &[steps[0], steps[1], 0]);
                            (loops.subtract)(count, &[out, out, total], &[steps[0], steps[0], 0]);
                        }
                    }
                    Softmax::Sum => {
                        line.out.cast::<T>().write_unaligned(greatest.plus(sum));
                    }
                }
            }
        }
        Ok(())
    })
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
