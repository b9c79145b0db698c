//! One line: its elements come from memory of any layout, are transformed, and go back to any.

use std::ops::Range;

use rustfft::num_complex::Complex;

use super::plans::Real;
use super::{CHUNK, Kind, Transform, halves};
use crate::loops::body::{at, load, store};

/// Some elements of lines beside one another, which are moved together.
#[derive(Clone)]
pub(super) struct Tile {
    pub(super) lanes: usize,
    pub(super) range: Range<usize>,
}

/// A line in memory: its first element, and the bytes from one to the next and to the line beside.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) address: *mut u8,
    pub(super) step: isize,
    pub(super) beside: isize,
}

impl Line {
    /// The line `bytes` further on.
    #[inline(always)]
    pub(super) fn moved(self, bytes: isize) -> Self {
        Self { address: self.address.wrapping_offset(bytes), ..self }
    }

    /// The line `lane` lines further on.
    #[inline(always)]
    pub(super) fn lane(self, lane: usize) -> Self {
        self.moved(self.beside.wrapping_mul(lane as isize))
    }
}

/// Lines of work beside one another: the first, and how many numbers there are from one to the
/// next.
#[derive(Clone, Copy)]
pub(super) struct Rows<T> {
    pub(super) first: *mut Complex<T>,
    pub(super) pitch: usize,
}

impl<T> Rows<T> {
    pub(super) fn row(self, lane: usize) -> *mut Complex<T> {
        self.first.wrapping_add(lane * self.pitch)
    }

    /// These as dense lines of elements of type `E`.
    fn of<E>(self) -> Line {
        let beside = (self.pitch * size_of::<Complex<T>>()) as isize;
        Line { address: self.first.cast(), step: size_of::<E>() as isize, beside }
    }
}

/// `to[i] = map(from[i])` for the elements of a tile.
///
/// # Safety
///
/// [reach], [alive] and [permit] for these elements; `to` is `from` or disjoint from it.
#[allow(clippy::needless_range_loop)]
#[inline(always)]
unsafe fn copy<A: Copy, B: Copy>(tile: Tile, from: Line, to: Line, map: impl Fn(A) -> B) {
    let dense = from.step == size_of::<A>() as isize && to.step == size_of::<B>() as isize;
    let Range { start, end } = tile.range;
    for lane in 0..tile.lanes {
        let (from, to) = (from.lane(lane), to.lane(lane));
        let first = (at(from.address, from.step, start), at(to.address, to.step, start));
        // SAFETY: the caller's contract.
        unsafe {
            if dense {
                for index in start..end {
                    store(to.address, index, map(load(from.address, index)));
                }
            } else if end - start == CHUNK {
                let mut values = [load(first.0, 0); CHUNK];
                for index in 1..CHUNK {
                    values[index] = load(at(first.0, from.step, index), 0);
                }
                for index in 0..CHUNK {
                    store(at(first.1, to.step, index), 0, map(values[index]));
                }
            } else {
                for index in 0..end - start {
                    let value = map(load(at(first.0, from.step, index), 0));
                    store(at(first.1, to.step, index), 0, value);
                }
            }
        }
    }
}

impl<T: Real> Transform<T> {
    /// A complex number of the input as it is computed with.
    #[inline(always)]
    fn taken(&self, value: Complex<T>) -> Complex<T> {
        let scale = self.scale.unwrap_or_else(T::one);
        let flip = self.conjugate && self.kind == Kind::Real;
        Complex::new(value.re * scale, if flip { -value.im } else { value.im } * scale)
    }

    /// Brings the elements of a tile of input lines to `rows`, lines of work.
    ///
    /// # Safety
    ///
    /// As `copy`; the rows have room for `self.width` numbers.
    pub(super) unsafe fn gather(&self, from: Line, rows: Rows<T>, tile: Tile) {
        let (complex, real) = (rows.of::<Complex<T>>(), rows.of::<T>());
        let zero = T::zero();
        // SAFETY: the caller's contract: the elements that do not fit are left out.
        unsafe {
            match (self.kind, self.halved, self.scale) {
                (Kind::Complex, ..) if self.scale.is_none() && from.address == complex.address => {}
                (Kind::Complex, _, None) => copy(tile, from, complex, |z: Complex<T>| z),
                (Kind::Complex | Kind::Real, ..) => {
                    let range = tile.range.start..tile.range.end.min(self.width);
                    copy(Tile { range, ..tile }, from, complex, |z| self.taken(z));
                }
                (_, true, None) => copy(tile, from, real, |x: T| x),
                (_, true, Some(scale)) => copy(tile, from, real, |x: T| x * scale),
                (_, false, None) => copy(tile, from, complex, |x: T| Complex::new(x, zero)),
                (_, false, Some(scale)) => {
                    copy(tile, from, complex, |x: T| Complex::new(x * scale, zero));
                }
            }
        }
    }

    /// Transforms `row`, to which `from` has been brought.
    ///
    /// # Safety
    ///
    /// As `gather`; `row` is ours alone.
    pub(super) unsafe fn transform(
        &self,
        from: Line,
        row: *mut Complex<T>,
        scratch: &mut [Complex<T>],
    ) {
        let (length, half, read) = (self.length, self.length / 2, self.read);
        let twiddles = &self.plan.twiddles;
        // SAFETY: the caller's contract; `width` says how much room each kind needs.
        unsafe {
            let run = |count: usize, scratch: &mut [Complex<T>]| {
                let row = std::slice::from_raw_parts_mut(row, count);
                self.plan.fft.process_with_scratch(row, scratch);
            };
            match (self.kind, self.halved) {
                (Kind::Complex, _) => {
                    std::slice::from_raw_parts_mut(row, length)[read..].fill(Complex::default());
                    run(length, scratch);
                }
                (Kind::Half | Kind::Whole, true) => {
                    let packed = std::slice::from_raw_parts_mut(row.cast::<T>(), length);
                    packed[read..].fill(T::zero());
                    run(half, scratch);
                    halves::unpack(row, half, twiddles);
                }
                (Kind::Half | Kind::Whole, false) => {
                    std::slice::from_raw_parts_mut(row, length)[read..].fill(Complex::default());
                    run(length, scratch);
                }
                (Kind::Real, true) => {
                    std::slice::from_raw_parts_mut(row, half)[read.min(half)..]
                        .fill(Complex::default());
                    let last = match read > half {
                        true => self.taken(load(at(from.address, from.step, half), 0)),
                        false => Complex::default(),
                    };
                    halves::pack(row, half, last, twiddles);
                    run(half, scratch);
                }
                (Kind::Real, false) => {
                    let all = std::slice::from_raw_parts_mut(row, length);
                    all[read..].fill(Complex::default());
                    all[0].im = T::zero();
                    mirror(all);
                    run(length, scratch);
                }
            }
            let complex = match self.kind {
                Kind::Half => half + 1,
                Kind::Whole => length,
                Kind::Complex | Kind::Real => return,
            };
            let all = std::slice::from_raw_parts_mut(row, complex);
            if self.conjugate {
                for value in all[..half + 1].iter_mut() {
                    value.im = -value.im;
                }
            }
            if self.kind == Kind::Whole {
                mirror(all);
            }
        }
    }

    /// Takes the elements of a tile of output lines from `rows`.
    ///
    /// # Safety
    ///
    /// As `copy`.
    pub(super) unsafe fn scatter(&self, rows: Rows<T>, to: Line, tile: Tile) {
        let (complex, real) = (rows.of::<Complex<T>>(), rows.of::<T>());
        // SAFETY: the caller's contract.
        unsafe {
            match (self.kind, self.halved) {
                (Kind::Real, true) => copy(tile, real, to, |x: T| x),
                (Kind::Real, false) => copy(tile, complex, to, |z: Complex<T>| z.re),
                _ => copy(tile, complex, to, |z: Complex<T>| z),
            }
        }
    }
}

/// Makes the second half the mirror image of the first.
fn mirror<T: Real>(all: &mut [Complex<T>]) {
    let (first, second) = all.split_at_mut(all.len() / 2 + 1);
    for (value, image) in first[1..].iter().zip(second.iter_mut().rev()) {
        *image = value.conj();
    }
}
