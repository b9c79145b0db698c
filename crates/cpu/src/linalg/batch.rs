//! From a batch of operands to one matrix at a time, and the threads that share them.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};

use faer::dyn_stack::{MemStack, StackReq};
use faer::{MatMut, MatRef, Par};
use tensorbridge_core::{Element, Error, Operand, Result, interrupt};

use super::Field;
use crate::nest::{self, Cost, Strided};
use crate::scratch::Kept;
use crate::{loops, pool};

/// What a task should do at least, in multiply-adds.
const TASK: usize = 1 << 17;

/// Up to so many large matrices are worked on one after another, each by all threads.
const FEW: usize = 4;

/// Work on one matrix, in multiply-adds, that is worth cutting, and what a piece of more than two
/// is at least. More pieces of smaller matrices cost one thread up to a third of its time.
const LARGE: usize = 1 << 24;
const PIECE: usize = 1 << 32;
const PIECES: usize = 16;

/// How `work` on one matrix is cut. Where `faer`'s sums follow the pieces, these follow from the
/// work alone: the result is the same with any number of threads.
fn pieces(work: usize, same: bool, threads: usize) -> Par {
    match work {
        0..LARGE => Par::Seq,
        _ if !same => Par::rayon((work / PIECE).clamp(2, PIECES)),
        _ if threads == 1 => Par::Seq,
        _ => Par::rayon(threads),
    }
}

/// How a product with `columns` columns is cut where the result must not tell: with few it is not.
pub(super) fn wide(columns: usize, par: Par) -> Par {
    if columns < 8 { Par::Seq } else { par }
}

/// One matrix in memory; a vector is a column, and a number a matrix of one element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    address: *mut u8,
    shape: [usize; 2],
    /// Byte steps from row to row and from column to column.
    steps: [isize; 2],
}

impl Place {
    /// The matrix number `index` of `operand`, which has `axes` axes of batches.
    fn of(operand: &Operand<'_>, axes: usize, mut index: usize) -> Self {
        let mut address = operand.address;
        let (batch, own) = operand.shape.split_at(axes);
        let (steps, own_steps) = operand.strides.split_at(axes);
        for (&length, &step) in batch.iter().zip(steps).rev() {
            address = address.wrapping_offset(step.wrapping_mul((index % length) as isize));
            index /= length;
        }
        let (shape, steps) = match (own, own_steps) {
            (&[rows, columns], &[down, along]) => ([rows, columns], [down, along]),
            (&[rows], &[down]) => ([rows, 1], [down, 0]),
            _ => ([1, 1], [0, 0]),
        };
        Self { address, shape, steps }
    }

    /// The number of rows.
    pub(super) fn rows(self) -> usize {
        self.shape[0]
    }

    /// The transposed matrix.
    pub(super) fn transposed(self) -> Self {
        let ([rows, columns], [down, along]) = (self.shape, self.steps);
        Self { shape: [columns, rows], steps: [along, down], ..self }
    }

    /// The part of this shape from element `[row, column]` on.
    pub(super) fn part(self, [row, column]: [usize; 2], shape: [usize; 2]) -> Self {
        let along = self.steps[1].wrapping_mul(column as isize);
        Self { address: self.at(row).wrapping_offset(along), shape, ..self }
    }

    /// Copies the matrix, of `to`'s shape.
    ///
    /// # Safety
    ///
    /// [reach] and [alive], and its elements are of type `T`.
    pub(super) unsafe fn read<T: Element>(self, to: MatMut<'_, T>) {
        let target = Place {
            address: to.as_ptr_mut().cast(),
            shape: [to.nrows(), to.ncols()],
            steps: steps::<T>(to.row_stride(), to.col_stride()),
        };
        // SAFETY: the caller's contract; `to` is borrowed for us alone.
        unsafe { target.copy::<T>(self) };
    }

    /// Copies `from`, of the matrix's shape, into it.
    ///
    /// # Safety
    ///
    /// [reach], [alive] and [permit], and its elements are of type `T`.
    pub(super) unsafe fn write<T: Element>(self, from: MatRef<'_, T>) {
        let source = Place {
            address: from.as_ptr().cast_mut().cast(),
            shape: [from.nrows(), from.ncols()],
            steps: steps::<T>(from.row_stride(), from.col_stride()),
        };
        // SAFETY: the caller's contract; `from` is borrowed, and only read.
        unsafe { self.copy::<T>(source) };
    }

    /// Sets every element.
    ///
    /// # Safety
    ///
    /// As [`Place::write`].
    pub(super) unsafe fn fill<T: Element>(self, value: T) {
        let address = (&raw const value).cast_mut().cast();
        // SAFETY: the caller's contract; `value` is only read, and lives on.
        unsafe { self.copy::<T>(Self { address, shape: self.shape, steps: [0, 0] }) };
    }

    unsafe fn copy<T: Element>(self, from: Place) {
        debug_assert_eq!(self.shape, from.shape);
        let operands =
            [&self, &from].map(|place| Strided { address: place.address, strides: &place.steps });
        let body = loops::copy(size_of::<T>());
        // SAFETY: the caller's contract. What interrupts it is asked again, and reported, after
        // this matrix.
        unsafe { nest::run(&self.shape, operands, Cost(2 * size_of::<T>()), body) }.ok();
    }

    /// Element `row` of the first column.
    ///
    /// # Safety
    ///
    /// As [`Place::read`]; `row` is in range.
    pub(super) unsafe fn get<T: Element>(self, row: usize) -> T {
        // SAFETY: the caller's contract.
        unsafe { self.at(row).cast::<T>().read_unaligned() }
    }

    /// Sets element `row` of the first column.
    ///
    /// # Safety
    ///
    /// As [`Place::write`]; `row` is in range.
    pub(super) unsafe fn put<T: Element>(self, row: usize, value: T) {
        // SAFETY: the caller's contract.
        unsafe { self.at(row).cast::<T>().write_unaligned(value) }
    }

    fn at(self, row: usize) -> *mut u8 {
        self.address.wrapping_offset(self.steps[0].wrapping_mul(row as isize))
    }
}

fn steps<T>(down: isize, along: isize) -> [isize; 2] {
    [down * size_of::<T>() as isize, along * size_of::<T>() as isize]
}

/// What is done to one matrix, with all that is known of it beforehand.
pub(super) trait Routine<T: Field>: Sync {
    /// Whether its result is the same, bit by bit, however the work is cut. Products are, the
    /// factors of `L @ U` and of Cholesky, the solution of several right sides, and what our
    /// own reductions of real matrices lead to; a product with one column is not.
    const SAME: bool = false;

    /// Whether it shares out its work on one matrix itself, on the crew of the pool.
    fn crew(&self) -> bool {
        false
    }

    /// About how many multiply-adds it takes.
    fn work(&self) -> usize;

    /// The memory it works in.
    fn scratch(&self, par: Par) -> StackReq;

    /// Does it, and says how it went, as [`tensorbridge_core::Engine::linear_algebra`] has it.
    ///
    /// # Safety
    ///
    /// [reach], [alive] and [permit] for matrices of the shapes and dtypes that the routine
    /// expects; outputs are disjoint from everything else. `stack` holds [`Routine::scratch`].
    unsafe fn run(
        &self,
        inputs: &[Place],
        outputs: &[Place],
        par: Par,
        stack: &mut MemStack,
    ) -> i32;
}

/// The operands of a whole batch.
struct Batch<'a> {
    inputs: &'a [Operand<'a>],
    outputs: &'a [Operand<'a>],
    info: Operand<'a>,
}

// SAFETY: addresses and numbers. The caller of `each` holds [reach], [alive], [permit] and
// [alias]; different matrices have different outputs.
unsafe impl Sync for Batch<'_> {}

/// The most operands that an operation has on one side.
const SIDE: usize = 3;

impl Batch<'_> {
    unsafe fn run<T: Field, R: Routine<T>>(
        &self,
        routine: &R,
        index: usize,
        par: Par,
        stack: &mut MemStack,
    ) {
        let axes = self.info.shape.len();
        let none = Place { address: std::ptr::null_mut(), shape: [0, 0], steps: [0, 0] };
        let places = |operands: &[Operand<'_>]| {
            let mut places = [none; SIDE];
            for (place, operand) in places.iter_mut().zip(operands) {
                *place = Place::of(operand, axes, index);
            }
            places
        };
        let (inputs, outputs) = (places(self.inputs), places(self.outputs));
        let (inputs, outputs) = (&inputs[..self.inputs.len()], &outputs[..self.outputs.len()]);
        // SAFETY: the caller's contract.
        unsafe {
            let info = routine.run(inputs, outputs, par, stack);
            Place::of(&self.info, axes, index).put(0, info);
        }
    }
}

/// Runs `routine` on each matrix; the last output receives how it went.
///
/// # Errors
///
/// `Memory` when there is no room to work in; `Interrupted` between matrices.
///
/// # Safety
///
/// As [`super::run`], with operands as the routine expects them.
pub(super) unsafe fn each<T: Field, R: Routine<T>>(
    routine: &R,
    inputs: &[Operand<'_>],
    outputs: &[Operand<'_>],
) -> Result<()> {
    let (info, outputs) = outputs.split_last().expect("the last output says how it went");
    let count: usize = info.shape.iter().product();
    let batch = Batch { inputs, outputs, info: *info };
    let threads = pool::num_threads();
    let work = routine.work();
    let par = pieces(work, R::SAME, threads);
    if par.degree() > 1 && count <= FEW {
        for index in 0..count {
            interrupt::check()?;
            let batch = &batch;
            let run = |par: Par| {
                let mut memory = Memory::try_new(routine.scratch(par))?;
                // SAFETY: the caller's contract.
                unsafe { batch.run(routine, index, par, memory.stack()) };
                Ok(())
            };
            if routine.crew() {
                run(par)?;
            } else {
                pool::among(threads, |granted| run(if granted { par } else { Par::Seq }))?;
            }
        }
        return interrupt::check();
    }
    let length = (TASK / work.max(1)).clamp(1, count.max(1));
    let full = AtomicBool::new(false);
    pool::for_each(threads, count.div_ceil(length), &|task| {
        let Ok(mut memory) = Memory::try_new(routine.scratch(Par::Seq)) else {
            return full.store(true, Ordering::Relaxed);
        };
        for index in task * length..count.min((task + 1) * length) {
            // SAFETY: the caller's contract; tasks take different matrices.
            unsafe { batch.run(routine, index, Par::Seq, memory.stack()) };
        }
    })?;
    if full.into_inner() { Err(no_memory()) } else { Ok(()) }
}

/// Memory to work in.
struct Memory {
    bytes: usize,
    memory: Kept,
}

impl Memory {
    fn try_new(need: StackReq) -> Result<Self> {
        let bytes = need.unaligned_bytes_required();
        Ok(Self { bytes, memory: Kept::try_new(bytes).map_err(|_| no_memory())? })
    }

    fn stack(&mut self) -> &mut MemStack {
        let start = self.memory.address().cast::<MaybeUninit<u8>>();
        // SAFETY: so many bytes of our own.
        MemStack::new(unsafe { std::slice::from_raw_parts_mut(start, self.bytes) })
    }
}

fn no_memory() -> Error {
    Error::memory("cannot allocate the memory that linear algebra works in")
        .hint("free tensors and arrays that are no longer needed, or work on smaller matrices")
}

/// Names matrices of scratch memory, one after the other: `scratch! { stack: a, T, rows, columns; }`.
/// What they hold at first is undefined; each routine writes before it reads.
macro_rules! scratch {
    ($stack:ident: $($name:ident, $type:ty, $rows:expr, $columns:expr;)+) => {$(
        let (mut $name, $stack) =
            // SAFETY: plain numbers, of which every bit pattern is one; written before they are read.
            unsafe { faer::linalg::temp_mat_uninit::<$type, _, _>($rows, $columns, $stack) };
        #[allow(unused_mut)]
        let mut $name = faer::mat::AsMatMut::as_mat_mut(&mut $name);
    )+};
}
pub(super) use scratch;
