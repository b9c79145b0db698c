//! What a cast would do to values: counted, not done.
//!
//! Blocks of elements are tested cheaply; where a test does not say that all of them survive, they
//! are cast to the wanted dtype by the very loops that casts use, and both sides are compared in a
//! form that is wide enough for either.

mod fast;
mod judge;
#[cfg(test)]
mod model;

use std::ops::ControlFlow;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use tensorbridge_core::{DType, Operand, Result};

use crate::loops::{self, Loop};
use crate::pool;
use fast::Test;
use judge::{Judge, Room};

/// Elements judged at a time: all that is computed of them stays in the first cache.
const BLOCK: usize = 256;

/// Elements looked at between two questions, of a fixed number, so that which error comes first
/// never depends on the threads.
const PIECE: usize = 1 << 16;

/// How a value fares in a cast, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Fate {
    /// It is a value of the new dtype; NaN counts as itself.
    Exact = 0,
    /// The nearest value of the new dtype is another one.
    Rounded = 1,
    /// It is smaller than the least normal number of the new dtype, and was rounded there.
    Underflowed = 2,
    /// Its fraction, its imaginary part, or all but its truth was cut off.
    Truncated = 3,
    /// It is negative, and the new dtype is unsigned.
    SignLost = 4,
    /// It is beyond the range of the new dtype.
    Overflowed = 5,
    /// It is NaN, and the new dtype is an integer.
    Invalid = 6,
}

impl Fate {
    /// All of them, in order.
    pub const ALL: [Self; 7] = [
        Self::Exact,
        Self::Rounded,
        Self::Underflowed,
        Self::Truncated,
        Self::SignLost,
        Self::Overflowed,
        Self::Invalid,
    ];

    /// The name: `exact`, `rounded`, `underflowed`, `truncated`, `sign_lost`, `overflowed`,
    /// `invalid`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Rounded => "rounded",
            Self::Underflowed => "underflowed",
            Self::Truncated => "truncated",
            Self::SignLost => "sign_lost",
            Self::Overflowed => "overflowed",
            Self::Invalid => "invalid",
        }
    }
}

/// The largest error of one kind, and the place of its first occurrence in C order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Worst {
    /// How large it is; 0 where nothing is inexact.
    pub error: f64,
    /// Which element, counted in C order.
    pub place: usize,
}

impl Worst {
    fn note(&mut self, error: f64, place: usize) {
        if error > self.error {
            *self = Self { error, place };
        }
    }
}

/// What a cast would do to the values of a tensor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exactness {
    /// How many values have each [`Fate`].
    pub counts: [u64; 7],
    /// The place of the first value that is not exact, counted in C order.
    pub first: Option<usize>,
    /// The largest difference of results that are finite.
    pub absolute: Worst,
    /// The largest difference by the magnitude of the value, likewise.
    pub relative: Worst,
    /// The largest difference by the spacing of the new dtype at the value, likewise.
    pub ulps: Worst,
}

impl Exactness {
    /// Adds what was found in the elements after these.
    fn append(&mut self, later: &Self) {
        for (count, more) in self.counts.iter_mut().zip(later.counts) {
            *count += more;
        }
        self.first = self.first.or(later.first);
        for (worst, other) in [
            (&mut self.absolute, later.absolute),
            (&mut self.relative, later.relative),
            (&mut self.ulps, later.ulps),
        ] {
            worst.note(other.error, other.place);
        }
    }
}

/// What casting `from` to `to` would do to each value. Nothing is written; the result does not
/// depend on the number of threads.
///
/// # Errors
///
/// `Interrupted` when somebody asked for it meanwhile.
///
/// # Safety
///
/// \[reach\] and \[alive\] for `from`, in host memory.
pub unsafe fn exactness(from: Operand<'_>, to: DType) -> Result<Exactness> {
    let scan = Scan::of(&from, to);
    if scan.is_clear() {
        let mut counts = [0; 7];
        counts[Fate::Exact as usize] = scan.count as u64;
        return Ok(Exactness { counts, ..Exactness::default() });
    }
    let results: Vec<OnceLock<Exactness>> =
        (0..pool::num_threads().max(1) * 8).map(|_| OnceLock::new()).collect();
    scan.share_out(results.len(), &|task, pieces| {
        let mut found = Exactness::default();
        for piece in pieces {
            // SAFETY: the caller's contract.
            let all = unsafe {
                scan.piece(piece, &mut |place, len, room| {
                    match room {
                        None => found.counts[Fate::Exact as usize] += len as u64,
                        Some(room) => room.note(place, len, &mut found),
                    }
                    ControlFlow::Continue(())
                })
            };
            debug_assert!(all.is_continue());
        }
        // Each task runs once.
        let _ = results[task].set(found);
    })?;
    let mut total = Exactness::default();
    for found in results.iter().filter_map(OnceLock::get) {
        total.append(found);
    }
    Ok(total)
}

/// The first value, counted in C order, that casting `from` to `to` would change.
///
/// # Errors
///
/// As [`exactness`].
///
/// # Safety
///
/// As [`exactness`].
pub unsafe fn first_change(from: Operand<'_>, to: DType) -> Result<Option<usize>> {
    let scan = Scan::of(&from, to);
    if scan.is_clear() {
        return Ok(None);
    }
    let first = AtomicUsize::new(usize::MAX);
    scan.share_out(pool::num_threads().max(1) * 8, &|_, pieces| {
        for piece in pieces {
            // Later ones cannot matter any more.
            if piece * PIECE > first.load(Ordering::Relaxed) {
                return;
            }
            let mut look =
                |place: usize, _: usize, room: Option<&Room>| match room.and_then(Room::first) {
                    None => ControlFlow::Continue(()),
                    Some(index) => {
                        first.fetch_min(place + index, Ordering::Relaxed);
                        ControlFlow::Break(())
                    }
                };
            // SAFETY: the caller's contract.
            if unsafe { scan.piece(piece, &mut look) }.is_break() {
                return;
            }
        }
    })?;
    let first = first.into_inner();
    Ok((first != usize::MAX).then_some(first))
}

/// What is looked at, and how.
struct Scan<'a> {
    from: DType,
    to: DType,
    count: usize,
    rows: Rows<'a>,
    /// The test of a block's real numbers, so many to an element; none where a part is lost.
    test: Option<Test>,
    numbers: usize,
    judge: Judge,
    gather: Loop<2>,
}

/// Is shown a block: the place and the number of its elements, and what was found in it.
type Show<'a> = dyn FnMut(usize, usize, Option<&Room>) -> ControlFlow<()> + 'a;

impl<'a> Scan<'a> {
    fn of(from: &Operand<'a>, to: DType) -> Self {
        let complex = from.dtype.is_complex();
        let kept = !complex || to.is_complex();
        Self {
            from: from.dtype,
            to,
            count: from.shape.iter().product(),
            rows: Rows::of(from),
            test: kept.then(|| Test::of(from.dtype.real(), to.real())),
            numbers: 1 + usize::from(complex),
            judge: Judge::of(from.dtype, to),
            gather: loops::copy(from.dtype.itemsize()),
        }
    }

    /// Whether no value need be looked at.
    fn is_clear(&self) -> bool {
        self.count == 0 || matches!(self.test, Some(Test::Always))
    }

    /// Gives each of up to `tasks` tasks its pieces, on as many threads as are worth it.
    fn share_out(
        &self,
        tasks: usize,
        work: &(dyn Fn(usize, std::ops::Range<usize>) + Sync),
    ) -> Result<()> {
        let pieces = self.count.div_ceil(PIECE);
        let (threads, tasks) = (pool::num_threads().min(pieces), tasks.min(pieces));
        pool::for_each(threads, tasks, &|task| {
            work(task, pieces * task / tasks..pieces * (task + 1) / tasks);
        })
    }

    /// Shows the blocks of a piece, by the place and number of their elements: those that survive
    /// as `None`, others with what was found.
    ///
    /// # Safety
    ///
    /// [reach] and [alive] for the operand.
    unsafe fn piece(&self, piece: usize, show: &mut Show<'_>) -> ControlFlow<()> {
        let mut room = Room::NEW;
        let mut dense = [0_u128; BLOCK];
        let mut survived = true;
        let end = self.count.min((piece + 1) * PIECE);
        for place in (piece * PIECE..end).step_by(BLOCK) {
            let len = BLOCK.min(end - place);
            // SAFETY: the caller's contract; the buffer has room for a block of any dtype.
            let at = unsafe { self.block(place, len, dense.as_mut_ptr().cast()) };
            // SAFETY: the elements are side by side there.
            let passes = |test: &Test| unsafe {
                test.passes(self.from.real(), self.to.real(), at, self.numbers * len)
            };
            // After a block that did not survive, the next one is not expected to.
            if survived && self.test.as_ref().is_some_and(passes) {
                show(place, len, None)?;
                continue;
            }
            // SAFETY: as above.
            unsafe { self.judge.run(at, len, &mut room) };
            survived = room.all_exact();
            show(place, len, Some(&room))?;
        }
        ControlFlow::Continue(())
    }

    /// The address of `len` elements from `place` on, side by side: their own, or `dense`, to
    /// which they are copied.
    ///
    /// # Safety
    ///
    /// [reach] and [alive] for the operand; `dense` has room for them.
    unsafe fn block(&self, place: usize, len: usize, dense: *mut u8) -> *mut u8 {
        let (rows, size) = (&self.rows, self.from.itemsize() as isize);
        let mut done = 0;
        while done < len {
            let (row, start) = ((place + done) / rows.length, (place + done) % rows.length);
            let count = (rows.length - start).min(len - done);
            let at = rows.address(row).wrapping_offset(rows.step.wrapping_mul(start as isize));
            if rows.step == size && count == len {
                return at;
            }
            let to = dense.wrapping_offset(size * done as isize);
            // SAFETY: the caller's contract: the elements lie in this row, and the buffer is ours.
            unsafe { (self.gather)(count, &[to, at], &[size, rows.step]) };
            done += count;
        }
        dense
    }
}

/// An operand as rows along the last axis, in C order; a C-contiguous one is a single row.
struct Rows<'a> {
    from: Operand<'a>,
    axes: usize,
    length: usize,
    step: isize,
}

// SAFETY: an address that is only read, and numbers; whoever starts a scan holds [reach] and
// [alive] for all of it.
unsafe impl Sync for Rows<'_> {}

impl<'a> Rows<'a> {
    fn of(from: &Operand<'a>) -> Self {
        let (mut length, mut step, mut axes) =
            (1, from.dtype.itemsize() as isize, from.shape.len());
        // Merge the last axes while each steps over the whole of those behind it.
        while axes > 0 {
            let (size, stride) = (from.shape[axes - 1], from.strides[axes - 1]);
            if length == 1 {
                step = stride;
            } else if size != 1 && stride != step.wrapping_mul(length as isize) {
                break;
            }
            length *= size;
            axes -= 1;
        }
        Self { from: *from, axes, length, step }
    }

    fn address(&self, mut row: usize) -> *mut u8 {
        let mut at = self.from.address;
        for axis in (0..self.axes).rev() {
            let size = self.from.shape[axis];
            at = at.wrapping_offset(self.from.strides[axis].wrapping_mul((row % size) as isize));
            row /= size;
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::dtype::Complex64;

    use super::*;

    fn measured<T: tensorbridge_core::Element>(values: &[T], to: DType) -> Exactness {
        let (shape, strides) = ([values.len()], [size_of::<T>() as isize]);
        let from = Operand {
            address: values.as_ptr().cast_mut().cast(),
            shape: &shape,
            strides: &strides,
            dtype: T::DTYPE,
        };
        // SAFETY: a slice, read as what it is.
        unsafe { exactness(from, to) }.unwrap()
    }

    fn fates(found: &Exactness) -> Vec<(&'static str, u64)> {
        Fate::ALL
            .into_iter()
            .map(|fate| (fate.name(), found.counts[fate as usize]))
            .filter(|&(_, count)| count > 0)
            .collect()
    }

    #[test]
    fn floats_round_overflow_and_underflow() {
        let values = [0.5, 0.1, 1e300, -1e300, 1e-40, 1e-60, f64::NAN, f64::INFINITY, -0.0];
        let found = measured(&values, DType::Float32);
        assert_eq!(
            fates(&found),
            [("exact", 4), ("rounded", 1), ("underflowed", 2), ("overflowed", 2)]
        );
        assert_eq!(found.first, Some(1));
        assert_eq!((found.absolute.place, found.relative.place), (1, 5));
        assert_eq!(found.absolute.error, (0.1 - f64::from(0.1_f32)).abs());
        assert!(found.ulps.error <= 0.5);
        assert_eq!(
            fates(&measured(&[1.0, 65504.0, 65520.0], DType::Float16))[1],
            ("overflowed", 1)
        );
    }

    #[test]
    fn integers_lose_signs_ranges_and_last_bits() {
        let values = [-1_i64, 0, 255, 256, i64::MAX];
        let found = measured(&values, DType::UInt8);
        assert_eq!(fates(&found), [("exact", 2), ("sign_lost", 1), ("overflowed", 2)]);
        let found = measured(&[1_i64 << 53, (1 << 53) + 1, i64::MAX], DType::Float64);
        assert_eq!(fates(&found), [("exact", 1), ("rounded", 2)]);
        assert_eq!((found.absolute, found.ulps.error), (Worst { error: 1.0, place: 1 }, 0.5));
        let found = measured(&[u64::MAX, 5], DType::Int64);
        assert_eq!(fates(&found), [("exact", 1), ("overflowed", 1)]);
    }

    #[test]
    fn fractions_and_parts_are_truncated() {
        let values = [1.0, 2.5, -0.5, -1.0, f64::NAN, f64::INFINITY, 1e30];
        let found = measured(&values, DType::Int32);
        assert_eq!(
            fates(&found),
            [("exact", 2), ("truncated", 2), ("overflowed", 2), ("invalid", 1)]
        );
        assert_eq!(fates(&measured(&values, DType::UInt32))[2], ("sign_lost", 1));
        let found = measured(&[Complex64::new(1.0, 0.0), Complex64::new(0.5, 2.0)], DType::Float64);
        assert_eq!(fates(&found), [("exact", 1), ("truncated", 1)]);
        assert_eq!(found.absolute, Worst { error: 2.0, place: 1 });
        let found = measured(&[Complex64::new(0.5, 0.1)], DType::Complex64);
        assert_eq!(fates(&found), [("rounded", 1)]);
        assert_eq!(fates(&measured(&[0.0, 1.0, 2.0], DType::Bool))[1], ("truncated", 1));
    }

    #[test]
    fn places_count_in_c_order_whatever_the_strides() {
        let values: Vec<f64> = (0..12).map(|value| f64::from(value) + 0.5).collect();
        let mut exact = values.clone();
        exact.iter_mut().for_each(|value| *value -= 0.5);
        exact[7] = 0.1;
        let (shape, strides) = ([4, 3], [8, 32]);
        let from = Operand {
            address: exact.as_mut_ptr().cast(),
            shape: &shape,
            strides: &strides,
            dtype: DType::Float64,
        };
        // SAFETY: the transpose of a 3 by 4 matrix.
        let found = unsafe { exactness(from, DType::Float32) }.unwrap();
        // Element 7 of the matrix is row 1, column 3: of the transpose row 3, column 1.
        assert_eq!((found.first, found.counts[1]), (Some(3 * 3 + 1), 1));
    }
}
