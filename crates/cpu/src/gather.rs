//! Picking elements by byte offsets: gather out of memory, scatter into it, fold into it.
//!
//! Only the size of an element matters, except where it is folded. Index axes keep C order, so that of two writes to one
//! element the later index wins; the other axes may be walked in any order.

use tensorbridge_core::layout::nest::Nest;
use tensorbridge_core::layout::{Dims, Layout};
use tensorbridge_core::op::Binary;
use tensorbridge_core::{DType, Operand, Picked, Result, with_dtype};

use crate::loops::body::{Map2, at, load, store};
use crate::loops::kinds::with_ordered;
use crate::loops::{self, Add, Loop, Maximum, Minimum, Multiply};
use crate::pool::{self, Shared};

/// Which side is written.
#[derive(Clone, Copy)]
pub(crate) enum Direction {
    /// From the picked elements into the operand.
    Gather,
    /// From the operand into the picked elements.
    Scatter,
    /// From the operand and the picked elements into these.
    Fold(Fold),
}

/// How elements of one dtype are folded into others.
#[derive(Clone, Copy)]
pub(crate) struct Fold {
    /// Picked one by one.
    run: Run,
    /// In rows: operands `[picked, picked, operand]`.
    rows: Loop<3>,
}

impl Fold {
    /// A sum, a product, a maximum or a minimum. `None` where it has no meaning.
    pub(crate) fn of(op: Binary, dtype: DType) -> Option<Self> {
        let rows = loops::binary(op, dtype)?;
        let run: Run = match op {
            Binary::Add => with_dtype!(dtype, T => fold::<T, Add<T>>),
            Binary::Multiply => with_dtype!(dtype, T => fold::<T, Multiply<T>>),
            Binary::Maximum => with_ordered!(dtype, T => fold::<T, Maximum<T>> as Run)?,
            Binary::Minimum => with_ordered!(dtype, T => fold::<T, Minimum<T>> as Run)?,
            _ => return None,
        };
        Some(Self { run, rows })
    }
}

/// What a block of work must weigh to be worth another thread, in bytes moved.
const GRAIN: usize = 1 << 18;

/// What a block weighs at most: some milliseconds, after which an interruption is noticed.
const LARGEST: usize = 1 << 22;

/// Rows of at least this many elements are moved one row at a time.
const ROW: usize = 4;

/// Moves elements between `operand[j…, k…]` and `picked.address + offsets[j…] + k…·strides`.
///
/// # Safety
///
/// [reach], [alive] and [permit] for every element on both sides, and [alias]: the sides are
/// disjoint.
///
/// # Errors
///
/// `Interrupted`: not everything has been moved.
pub(crate) unsafe fn run(
    direction: Direction,
    operand: &Operand<'_>,
    picked: &Picked<'_>,
) -> Result<()> {
    if operand.shape.contains(&0) {
        return Ok(());
    }
    let index_ndim = operand.shape.len() - picked.strides.len();
    let (index_shape, row_shape) = operand.shape.split_at(index_ndim);
    let (index_strides, row_strides) = operand.strides.split_at(index_ndim);
    // Positions in `offsets` are the strides of a dense layout of one-byte elements.
    let Ok(positions) = Layout::contiguous(index_shape, 1) else {
        unreachable!("the operand's layout is larger than this one");
    };
    let mut work = Work {
        direction,
        size: operand.dtype.itemsize(),
        indices: Nest::in_order(index_shape, [index_strides, positions.strides()]),
        rows: Nest::new(row_shape, [row_strides, picked.strides]),
    };
    if !matches!(direction, Direction::Fold(_)) {
        work.widen();
    }
    let offsets = picked.offsets;
    let addresses = [operand.address, picked.address];
    let weight = offsets.len() * row_shape.iter().product::<usize>() * work.size;
    // Two scattered offsets may be equal: those are moved in order, by one thread.
    let threads = match direction {
        Direction::Gather => pool::num_threads().min(weight / GRAIN),
        Direction::Scatter | Direction::Fold(_) => 1,
    };
    let pieces = if threads > 1 { threads * 4 } else { 1 }.max(weight / LARGEST);
    let Some((&whole, &[step, position])) =
        work.indices.lengths.first().zip(work.indices.steps.first()).filter(|_| pieces > 1)
    else {
        // SAFETY: the caller's contract.
        unsafe { work.walk(offsets, addresses) };
        return Ok(());
    };
    let (length, shared) = (whole.div_ceil(pieces), Shared(addresses));
    pool::for_each(threads, whole.div_ceil(length), &|task| {
        let start = task * length;
        let [strided, picked] = shared.get();
        let mut work = work.clone();
        work.indices.lengths[0] = length.min(whole - start);
        let offsets = &offsets[start * position.unsigned_abs()..];
        // SAFETY: the caller's contract; tasks write disjoint parts of the operand, or follow
        // one another.
        unsafe { work.walk(offsets, [at(strided, step, start), picked]) };
    })
}

/// The loops over indices and over rows, with steps of `[operand, picked]`; the picked step of
/// an index loop counts positions in the offsets.
#[derive(Clone)]
struct Work {
    direction: Direction,
    size: usize,
    indices: Nest<2>,
    rows: Nest<2>,
}

impl Work {
    /// Rows that are dense on both sides and as large as a machine word become elements.
    fn widen(&mut self) {
        let (length, steps) = self.rows.inner();
        let size = length * self.size;
        if self.rows.lengths.len() == 1
            && steps == [self.size as isize; 2]
            && matches!(size, 2 | 4 | 8 | 16)
        {
            self.size = size;
            self.rows = Nest::new(&[], [&[], &[]]);
        }
    }

    /// Whether to move whole rows, one index after another: where they are long enough and lie
    /// closer together in memory than the indices do.
    fn rows_inside(&self) -> bool {
        let (row, [step, picked]) = self.rows.inner();
        let (run, [index_step, _]) = self.indices.inner();
        let (step, index_step) = (step.unsigned_abs(), index_step.unsigned_abs());
        row >= ROW
            && (run < ROW
                || step < index_step
                || (step == index_step && picked.unsigned_abs() == self.size))
    }

    unsafe fn walk(&self, offsets: &[isize], start: [*mut u8; 2]) {
        let (row, steps) = self.rows.inner();
        if !self.rows_inside() {
            let run = run_of(self.direction, self.size);
            // SAFETY: the caller's contract, here and below.
            each(&self.rows, self.rows.lengths.len(), |[strided, picked]| unsafe {
                let picked_at = at(start[1], picked, 1);
                self.each_run(at(start[0], strided, 1), offsets, |strided, step, offsets| {
                    run(offsets, picked_at, strided, step);
                });
            });
            return;
        }
        let copy: Loop<2> = loops::copy(self.size);
        let outer = self.rows.lengths.len().saturating_sub(1);
        self.each_run(start[0], offsets, |strided, step, offsets| {
            for (index, &offset) in offsets.iter().enumerate() {
                let here = [at(strided, step, index), start[1].wrapping_offset(offset)];
                each(&self.rows, outer, |[strided, picked]| {
                    let (strided, picked) = (at(here[0], strided, 1), at(here[1], picked, 1));
                    // SAFETY: the caller's contract.
                    unsafe {
                        match self.direction {
                            Direction::Gather => copy(row, &[strided, picked], &steps),
                            Direction::Scatter => {
                                copy(row, &[picked, strided], &[steps[1], steps[0]]);
                            }
                            Direction::Fold(fold) => {
                                let steps = [steps[1], steps[1], steps[0]];
                                (fold.rows)(row, &[picked, picked, strided], &steps);
                            }
                        }
                    }
                });
            }
        });
    }

    /// Calls `work(strided, step, offsets)` for every innermost loop over the indices.
    fn each_run(
        &self,
        strided: *mut u8,
        offsets: &[isize],
        mut work: impl FnMut(*mut u8, isize, &[isize]),
    ) {
        let (length, [step, _]) = self.indices.inner();
        let outer = self.indices.lengths.len().saturating_sub(1);
        each(&self.indices, outer, |[moved, position]| {
            let first = position.unsigned_abs();
            work(at(strided, moved, 1), step, &offsets[first..first + length]);
        });
    }
}

/// Calls `work` with the distance of every index of the outermost `depth` loops, in order.
pub(crate) fn each(nest: &Nest<2>, depth: usize, mut work: impl FnMut([isize; 2])) {
    let mut index: Dims<usize> = Dims::from_elem(0, depth);
    let mut distance = [0_isize; 2];
    loop {
        work(distance);
        let mut axis = depth;
        loop {
            let Some(next) = axis.checked_sub(1) else { return };
            axis = next;
            let steps = nest.steps[axis];
            index[axis] += 1;
            if index[axis] < nest.lengths[axis] {
                distance = [0, 1].map(|side| distance[side].wrapping_add(steps[side]));
                break;
            }
            let back = nest.lengths[axis] as isize - 1;
            distance =
                [0, 1].map(|side| distance[side].wrapping_sub(steps[side].wrapping_mul(back)));
            index[axis] = 0;
        }
    }
}

/// One loop over offsets: `(offsets, picked, strided, step)`.
type Run = unsafe fn(&[isize], *mut u8, *mut u8, isize);

fn run_of(direction: Direction, size: usize) -> Run {
    macro_rules! sized {
        ($($size:pat => $type:ty,)+) => {
            match (direction, size) {
                (Direction::Fold(fold), _) => fold.run,
                $((Direction::Gather, $size) => gather::<$type>,
                (Direction::Scatter, $size) => scatter::<$type>,)+
            }
        };
    }
    sized! { 1 => u8, 2 => u16, 4 => u32, 8 => u64, _ => u128, }
}

unsafe fn gather<T: Copy>(offsets: &[isize], picked: *mut u8, strided: *mut u8, step: isize) {
    // SAFETY: the contract of `run`, for every offset.
    unsafe {
        if step == size_of::<T>() as isize {
            for (index, &offset) in offsets.iter().enumerate() {
                store::<T>(strided, index, load(picked.wrapping_offset(offset), 0));
            }
        } else {
            for (index, &offset) in offsets.iter().enumerate() {
                store::<T>(at(strided, step, index), 0, load(picked.wrapping_offset(offset), 0));
            }
        }
    }
}

unsafe fn scatter<T: Copy>(offsets: &[isize], picked: *mut u8, strided: *mut u8, step: isize) {
    // SAFETY: the contract of `run`, for every offset.
    unsafe {
        for (index, &offset) in offsets.iter().enumerate() {
            store::<T>(picked.wrapping_offset(offset), 0, load(at(strided, step, index), 0));
        }
    }
}

unsafe fn fold<T: Copy, F: Map2<In = T, Out = T>>(
    offsets: &[isize],
    picked: *mut u8,
    strided: *mut u8,
    step: isize,
) {
    // SAFETY: the contract of `run`, for every offset.
    unsafe {
        for (index, &offset) in offsets.iter().enumerate() {
            let here = picked.wrapping_offset(offset);
            let value = F::apply(load(here, 0), load(at(strided, step, index), 0));
            store(here, 0, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::{DType, ErrorKind, interrupt};

    use super::*;

    /// Gathers rows of `columns` elements of `matrix`, then scatters them reversed.
    fn there_and_back(rows: usize, columns: usize, picks: &[usize]) {
        let matrix: Vec<u16> = (0..rows * columns).map(|value| value as u16).collect();
        let offsets: Vec<isize> = picks.iter().map(|&row| (row * columns * 2) as isize).collect();
        let mut out = vec![0_u16; picks.len() * columns];
        let shape = [picks.len(), columns];
        let strides = [columns as isize * 2, 2];
        let operand = Operand {
            address: out.as_mut_ptr().cast(),
            shape: &shape,
            strides: &strides,
            dtype: DType::UInt16,
        };
        let picked = |address| Picked { address, offsets: &offsets, strides: &[2] };
        let from = picked(matrix.as_ptr().cast_mut().cast());
        // SAFETY: every offset is a row of `matrix`; `out` has a row for each.
        unsafe { run(Direction::Gather, &operand, &from).unwrap() };
        for (place, &row) in picks.iter().enumerate() {
            let row = &matrix[row * columns..][..columns];
            assert_eq!(&out[place * columns..][..columns], row);
        }
        let mut target = vec![u16::MAX; rows * columns];
        // SAFETY: as above.
        unsafe {
            run(Direction::Scatter, &operand, &picked(target.as_mut_ptr().cast())).unwrap();
        }
        let mut expected = vec![u16::MAX; rows * columns];
        for (place, &row) in picks.iter().enumerate() {
            expected[row * columns..][..columns]
                .copy_from_slice(&out[place * columns..][..columns]);
        }
        assert_eq!(target, expected);
    }

    #[test]
    fn rows_of_every_length() {
        for columns in [1, 2, 3, 4, 5, 8, 9, 40] {
            there_and_back(5, columns, &[4, 0, 0, 3, 1, 4]);
            there_and_back(5, columns, &[2]);
            there_and_back(5, columns, &[]);
        }
    }

    #[test]
    fn many_rows_on_several_threads() {
        let picks: Vec<_> = (0..100_000).map(|place| place * 7919 % 1000).collect();
        there_and_back(1000, 1, &picks);
        there_and_back(1000, 5, &picks);
    }

    #[test]
    fn interruptions_are_noticed_in_either_direction() {
        let offsets: Vec<_> = vec![0; 1 << 20];
        let (mut cell, mut line) = ([0_u64], vec![1_u64; 1 << 20]);
        let operand = Operand {
            address: line.as_mut_ptr().cast(),
            shape: &[1 << 20],
            strides: &[8],
            dtype: DType::UInt64,
        };
        let picked = Picked { address: cell.as_mut_ptr().cast(), offsets: &offsets, strides: &[] };
        for direction in [Direction::Gather, Direction::Scatter] {
            let error = interrupt::watched(&|| true, || {
                loop {
                    // SAFETY: the offsets are those of `cell`, and the operand is `line`.
                    if let Err(error) = unsafe { run(direction, &operand, &picked) } {
                        break error;
                    }
                }
            });
            assert_eq!(error.kind(), ErrorKind::Interrupted);
        }
    }

    #[test]
    fn the_last_of_equal_offsets_wins() {
        let values = [1_u32, 2, 3, 4];
        let mut target = [0_u32; 2];
        let operand = Operand {
            address: values.as_ptr().cast_mut().cast(),
            shape: &[2, 2],
            strides: &[4, 8],
            dtype: DType::UInt32,
        };
        let offsets = [0, 4, 0, 0];
        let picked =
            Picked { address: target.as_mut_ptr().cast(), offsets: &offsets, strides: &[] };
        // SAFETY: the offsets are the two elements of `target`.
        unsafe { run(Direction::Scatter, &operand, &picked).unwrap() };
        assert_eq!(target, [4, 3]);
    }
}
