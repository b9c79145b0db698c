//! One line: its elements come from memory of any layout, are transformed, and go back to any.

use std::ops::Range;

use rustfft::num_complex::Complex;

use super::plans::Real;
use super::{Kind, Transform, halves};
use crate::loops::body::{at, load, store};

/// A line in memory: its first element, and the bytes from one to the next.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) address: *mut u8,
    pub(super) step: isize,
}

impl Line {
    /// The line `bytes` further on.
    pub(super) fn moved(self, bytes: isize) -> Self {
        Self { address: self.address.wrapping_offset(bytes), ..self }
    }
}

/// `to[i] = map(from[i])` for `i` in `range`.
///
/// # Safety
///
/// [reach], [alive] and [permit] for these elements; `to` is `from` or disjoint from it.
#[inline(always)]
unsafe fn copy<A: Copy, B: Copy>(range: Range<usize>, from: Line, to: Line, map: impl Fn(A) -> B) {
    // SAFETY: the caller's contract.
    unsafe {
        if from.step == size_of::<A>() as isize && to.step == size_of::<B>() as isize {
            for index in range {
                store(to.address, index, map(load(from.address, index)));
            }
        } else {
            for index in range {
                let value = map(load(at(from.address, from.step, index), 0));
                store(at(to.address, to.step, index), 0, value);
            }
        }
    }
}

/// A dense line of elements of type `E`.
fn dense<E>(address: *mut Complex<impl Real>) -> Line {
    Line { address: address.cast(), step: size_of::<E>() as isize }
}

impl<T: Real> Transform<T> {
    /// A complex number of the input as it is computed with.
    #[inline(always)]
    fn taken(&self, value: Complex<T>) -> Complex<T> {
        let scale = self.scale.unwrap_or_else(T::one);
        let flip = self.conjugate && self.kind == Kind::Real;
        Complex::new(value.re * scale, if flip { -value.im } else { value.im } * scale)
    }

    /// Brings the elements `range` of an input line to `row`, a line of work.
    ///
    /// # Safety
    ///
    /// As `copy`; `row` has room for `self.width` numbers.
    pub(super) unsafe fn gather(&self, from: Line, row: *mut Complex<T>, range: Range<usize>) {
        let (complex, real) = (dense::<Complex<T>>(row), dense::<T>(row));
        let zero = T::zero();
        // SAFETY: the caller's contract: the elements that do not fit are left out.
        unsafe {
            match (self.kind, self.halved, self.scale) {
                (Kind::Complex, ..) if self.scale.is_none() && from.address == row.cast() => {}
                (Kind::Complex, _, None) => copy(range, from, complex, |z: Complex<T>| z),
                (Kind::Complex | Kind::Real, ..) => {
                    let range = range.start..range.end.min(self.width);
                    copy(range, from, complex, |z| self.taken(z));
                }
                (_, true, None) => copy(range, from, real, |x: T| x),
                (_, true, Some(scale)) => copy(range, from, real, |x: T| x * scale),
                (_, false, None) => copy(range, from, complex, |x: T| Complex::new(x, zero)),
                (_, false, Some(scale)) => {
                    copy(range, from, complex, |x: T| Complex::new(x * scale, zero));
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

    /// Takes the elements `range` of the output line from `row`.
    ///
    /// # Safety
    ///
    /// As `copy`.
    pub(super) unsafe fn scatter(&self, row: *mut Complex<T>, to: Line, range: Range<usize>) {
        // SAFETY: the caller's contract.
        unsafe {
            match (self.kind, self.halved) {
                (Kind::Real, true) => copy(range, dense::<T>(row), to, |x: T| x),
                (Kind::Real, false) => {
                    copy(range, dense::<Complex<T>>(row), to, |z: Complex<T>| z.re);
                }
                _ => copy(range, dense::<Complex<T>>(row), to, |z: Complex<T>| z),
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
