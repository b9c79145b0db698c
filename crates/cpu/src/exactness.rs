//! What a cast would do to values: counted, not done.
//!
//! Blocks of elements are cast to the wanted dtype by the very loops that casts use, and both
//! sides are compared in a type that holds either exactly: `i64`, `u64` or `f64`.

use tensorbridge_core::dtype::Complex64;
use tensorbridge_core::scalar::integer_range;
use tensorbridge_core::{DType, Kind, Operand, Result};

use crate::loops::{self, Loop};
use crate::pool;

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
    fn note(&mut self, fate: Fate, error: Error, place: usize) {
        self.counts[fate as usize] += 1;
        if fate == Fate::Exact {
            return;
        }
        self.first = self.first.or(Some(place));
        // Where the result is no number, its distance is none.
        if error.absolute.is_finite() {
            self.absolute.note(error.absolute, place);
            self.relative.note(error.absolute / error.magnitude, place);
            self.ulps.note(error.absolute / error.spacing, place);
        }
    }

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

/// How far apart a value and its cast are.
#[derive(Clone, Copy)]
struct Error {
    absolute: f64,
    magnitude: f64,
    spacing: f64,
}

/// What must be known of the new dtype to judge a value in it.
#[derive(Clone, Copy)]
struct Target {
    kind: Kind,
    /// Range of an integer dtype.
    low: i128,
    high: i128,
    /// The least normal number of a floating-point dtype, and the spacing at 1.
    tiny: f64,
    epsilon: f64,
}

impl Target {
    fn of(dtype: DType) -> Self {
        let (low, high) = if dtype.is_integer() { integer_range(dtype) } else { (0, 1) };
        // Least normal exponent and bits of the fraction: IEEE 754, and bfloat16's float32 range.
        let (least, fraction) = match dtype.real() {
            DType::Float16 => (-14, 10),
            DType::BFloat16 => (-126, 7),
            DType::Float32 => (-126, 23),
            _ => (-1022, 52),
        };
        let (tiny, epsilon) = (f64::powi(2.0, least), f64::powi(2.0, -fraction));
        Self { kind: dtype.kind(), low, high, tiny, epsilon }
    }

    /// The distance between neighbours at a value of the new dtype.
    fn spacing(&self, value: f64) -> f64 {
        match self.kind {
            Kind::Float | Kind::Complex => {
                let magnitude = value.abs().clamp(self.tiny, f64::MAX);
                // The power of two at or below it: its exponent bits alone.
                f64::from_bits(magnitude.to_bits() & 0x7ff0_0000_0000_0000) * self.epsilon
            }
            _ => 1.0,
        }
    }

    /// The fate of a real value that became `cast`.
    fn judge(&self, value: Real, cast: Real) -> (Fate, Error) {
        let error = Error {
            absolute: value.distance(cast),
            magnitude: value.approximately().abs(),
            spacing: self.spacing(value.approximately()),
        };
        let fate = match self.kind {
            Kind::Float | Kind::Complex => {
                if value.is_nan() || value.equals(cast) {
                    Fate::Exact
                } else if cast.approximately().is_infinite() {
                    Fate::Overflowed
                } else if error.magnitude < self.tiny {
                    Fate::Underflowed
                } else {
                    Fate::Rounded
                }
            }
            Kind::Bool => match value.whole() {
                Some((0 | 1, true)) => Fate::Exact,
                _ => Fate::Truncated,
            },
            Kind::Signed | Kind::Unsigned => match value.whole() {
                None if value.is_nan() => Fate::Invalid,
                None => Fate::Overflowed,
                Some((whole, _)) if whole < 0 && self.low == 0 => Fate::SignLost,
                Some((whole, _)) if !(self.low..=self.high).contains(&whole) => Fate::Overflowed,
                Some((_, false)) => Fate::Truncated,
                Some(_) => Fate::Exact,
            },
        };
        (fate, error)
    }
}

/// A real number, exactly.
#[derive(Clone, Copy)]
enum Real {
    Integer(i128),
    Float(f64),
}

impl Real {
    fn approximately(self) -> f64 {
        match self {
            Self::Integer(value) => value as f64,
            Self::Float(value) => value,
        }
    }

    fn is_nan(self) -> bool {
        matches!(self, Self::Float(value) if value.is_nan())
    }

    /// The integer part, and whether that is all of it; `None` of what is larger than any
    /// integer dtype, or no number.
    fn whole(self) -> Option<(i128, bool)> {
        match self {
            Self::Integer(value) => Some((value, true)),
            Self::Float(value) if value.abs() < 1e38 => Some((value as i128, value.fract() == 0.0)),
            Self::Float(_) => None,
        }
    }

    fn equals(self, other: Self) -> bool {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => a == b,
            (a, b) => {
                matches!((a.whole(), b.whole()), (Some((a, true)), Some((b, true))) if a == b)
            }
        }
    }

    /// The distance, in the precision of `f64`.
    fn distance(self, other: Self) -> f64 {
        match (self, other) {
            (Self::Float(a), Self::Float(b)) => (a - b).abs(),
            // An integer beside a float of its size: the difference is exact in integers.
            (a, b) => match (a.whole(), b.whole()) {
                (Some((a, true)), Some((b, true))) => (a - b).unsigned_abs() as f64,
                _ => (a.approximately() - b.approximately()).abs(),
            },
        }
    }
}

/// Elements judged at a time: both sides stay in the first cache.
const BLOCK: usize = 512;

/// A dtype that holds every value of a kind exactly.
fn wide(kind: Kind) -> DType {
    match kind {
        Kind::Bool | Kind::Unsigned => DType::UInt64,
        Kind::Signed => DType::Int64,
        Kind::Float => DType::Float64,
        Kind::Complex => DType::Complex128,
    }
}

/// Room for a block of any dtype.
#[repr(C, align(64))]
struct Buffer([u8; BLOCK * 16]);

impl Buffer {
    fn new() -> Self {
        Self([0; BLOCK * 16])
    }

    /// An element as its real and imaginary part.
    fn get(&self, kind: Kind, index: usize) -> (Real, f64) {
        let bytes = |at: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&self.0[at * 8..at * 8 + 8]);
            bytes
        };
        match wide(kind) {
            DType::UInt64 => (Real::Integer(u64::from_ne_bytes(bytes(index)).into()), 0.0),
            DType::Int64 => (Real::Integer(i64::from_ne_bytes(bytes(index)).into()), 0.0),
            DType::Float64 => (Real::Float(f64::from_ne_bytes(bytes(index))), 0.0),
            _ => {
                let value = Complex64::new(
                    f64::from_ne_bytes(bytes(2 * index)),
                    f64::from_ne_bytes(bytes(2 * index + 1)),
                );
                (Real::Float(value.re), value.im)
            }
        }
    }
}

/// The measurement of one tensor: the loops, and what they move.
struct Measure<'a> {
    from: Operand<'a>,
    to: DType,
    widen: Loop<2>,
    cast: Loop<2>,
    widen_cast: Loop<2>,
    target: Target,
}

// SAFETY: an address that is only read, and function pointers; whoever starts the measurement
// holds [reach] and [alive] for all of it.
unsafe impl Sync for Measure<'_> {}

impl Measure<'_> {
    /// Judges `length` elements that lie `step` bytes apart, the first of them number `place`.
    ///
    /// # Safety
    ///
    /// [reach] and [alive] for these elements.
    unsafe fn run(
        &self,
        at: *mut u8,
        step: isize,
        length: usize,
        place: usize,
        into: &mut Exactness,
    ) {
        let (mut narrow, mut value, mut cast) = (Buffer::new(), Buffer::new(), Buffer::new());
        let size = |dtype: DType| dtype.itemsize() as isize;
        let (kind, new) = (self.from.dtype.kind(), self.to.kind());
        for start in (0..length).step_by(BLOCK) {
            let count = BLOCK.min(length - start);
            let from = at.wrapping_offset(step.wrapping_mul(start as isize));
            let [value_at, narrow_at, cast_at] =
                [&mut value, &mut narrow, &mut cast].map(|buffer| buffer.0.as_mut_ptr());
            // SAFETY: the caller's contract for the elements; a buffer holds a block of any
            // dtype, and the three are disjoint.
            unsafe {
                (self.widen)(count, &[value_at, from], &[size(wide(kind)), step]);
                (self.cast)(count, &[narrow_at, from], &[size(self.to), step]);
                (self.widen_cast)(count, &[cast_at, narrow_at], &[size(wide(new)), size(self.to)]);
            }
            for index in 0..count {
                let ((real, imaginary), (new_real, new_imaginary)) =
                    (value.get(kind, index), cast.get(new, index));
                let (mut fate, mut error) = self.target.judge(real, new_real);
                if kind == Kind::Complex {
                    let (other, apart) = if new == Kind::Complex {
                        self.target.judge(Real::Float(imaginary), Real::Float(new_imaginary))
                    } else {
                        let lost = if imaginary == 0.0 { Fate::Exact } else { Fate::Truncated };
                        let absolute = imaginary.abs();
                        (lost, Error { absolute, magnitude: absolute, spacing: absolute })
                    };
                    if other > fate || (other == fate && apart.absolute > error.absolute) {
                        (fate, error) = (other, apart);
                    }
                }
                into.note(fate, error, place + start + index);
            }
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
/// [reach] and [alive] for `from`, in host memory.
pub unsafe fn exactness(from: Operand<'_>, to: DType) -> Result<Exactness> {
    let measure = Measure {
        from,
        to,
        widen: loops::cast(from.dtype, wide(from.dtype.kind())),
        cast: loops::cast(from.dtype, to),
        widen_cast: loops::cast(to, wide(to.kind())),
        target: Target::of(to),
    };
    let count: usize = from.shape.iter().product();
    if count == 0 {
        return Ok(Exactness::default());
    }
    let rows = Rows::of(&from);
    // Pieces of a fixed size, so that which error comes first never depends on the threads.
    const PIECE: usize = 1 << 16;
    let per_row = rows.length.div_ceil(PIECE);
    let pieces = rows.count * per_row;
    let results: Vec<std::sync::OnceLock<Exactness>> =
        (0..pool::num_threads().max(1) * 8).map(|_| std::sync::OnceLock::new()).collect();
    let (threads, tasks) =
        (pool::num_threads().min(count.div_ceil(PIECE)), results.len().min(pieces));
    pool::for_each(threads, tasks, &|task| {
        let mut found = Exactness::default();
        for piece in pieces * task / tasks..pieces * (task + 1) / tasks {
            let (row, start) = (piece / per_row, piece % per_row * PIECE);
            let length = PIECE.min(rows.length - start);
            let at = rows.address(row).wrapping_offset(rows.step.wrapping_mul(start as isize));
            // SAFETY: the caller's contract; the piece lies inside the row.
            unsafe { measure.run(at, rows.step, length, row * rows.length + start, &mut found) };
        }
        // Each task runs once.
        let _ = results[task].set(found);
    })?;
    let mut total = Exactness::default();
    for found in results.iter().filter_map(std::sync::OnceLock::get) {
        total.append(found);
    }
    Ok(total)
}

/// An operand as rows along the last axis, in C order; a C-contiguous one is a single row.
struct Rows<'a> {
    from: Operand<'a>,
    axes: usize,
    count: usize,
    length: usize,
    step: isize,
}

// SAFETY: addresses and numbers, as `Measure`.
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
        let count = from.shape[..axes].iter().product();
        Self { from: *from, axes, count, length, step }
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
