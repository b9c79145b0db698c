//! Whether a block of values survives a cast, each one: a comparison or two per value, so that
//! memory sets the speed where nothing is lost. A "no" may be wrong; a "yes" never is.

use std::cell::Cell;
use std::marker::PhantomData;

use tensorbridge_core::dtype::casting::precision;
use tensorbridge_core::scalar::integer_range;
use tensorbridge_core::{Casting, DType, Kind};

use super::BLOCK;
use crate::isa::{Kernel, compile};
use crate::loops::{self, Loop};

/// How a block of one dtype is tested for another. Both are real.
pub(super) enum Test {
    /// Every value of the dtype is a value of the other.
    Always,
    /// Integers in this range are.
    Within(i128, i128),
    /// Whole floats are that are not below the first of these, and below the second.
    Whole(f64, f64),
    /// Floats are that come back from there as they were.
    RoundTrip { there: Loop<2>, back: Loop<2> },
}

impl Test {
    /// The test of values of dtype `from` for dtype `to`.
    pub(super) fn of(from: DType, to: DType) -> Self {
        if Casting::Exact.allows(from, to) {
            return Self::Always;
        }
        let (low, high) = match to.kind() {
            Kind::Bool => (0, 1),
            Kind::Signed | Kind::Unsigned => integer_range(to),
            // Integers of no more bits than the significand has.
            _ => (-(1_i128 << precision(to)), 1_i128 << precision(to)),
        };
        match (from.is_integer(), to.is_float()) {
            (true, _) => {
                let (least, greatest) = integer_range(from);
                Self::Within(low.max(least), high.min(greatest))
            }
            // Powers of two or 0: exact in every float.
            (false, false) => Self::Whole(low as f64, (high + 1) as f64),
            (false, true) => {
                Self::RoundTrip { there: loops::cast(from, to), back: loops::cast(to, from) }
            }
        }
    }

    /// Whether `len` elements of dtype `from` that lie side by side are known to survive.
    ///
    /// # Safety
    ///
    /// [reach] and [alive] for the elements; `len` is at most twice [`BLOCK`].
    pub(super) unsafe fn passes(&self, from: DType, to: DType, at: *mut u8, len: usize) -> bool {
        macro_rules! within {
            ($type:ty, $at:expr, $low:expr, $high:expr) => {{
                let (at, range) = ($at.cast::<$type>(), ($low as $type, $high as $type));
                let task = Task { at, len, range, outside: Cell::new(true) };
                // SAFETY: the caller's contract.
                unsafe { compile::<Within<$type>>()(&task) };
                !task.outside.get()
            }};
        }
        match (self, from) {
            (Self::Always, _) => true,
            (&Self::Within(low, high), DType::Int8) => within!(i8, at, low, high),
            (&Self::Within(low, high), DType::Int16) => within!(i16, at, low, high),
            (&Self::Within(low, high), DType::Int32) => within!(i32, at, low, high),
            (&Self::Within(low, high), DType::Int64) => within!(i64, at, low, high),
            (&Self::Within(low, high), DType::UInt8) => within!(u8, at, low, high),
            (&Self::Within(low, high), DType::UInt16) => within!(u16, at, low, high),
            (&Self::Within(low, high), DType::UInt32) => within!(u32, at, low, high),
            (&Self::Within(low, high), _) => within!(u64, at, low, high),
            (&Self::Whole(low, below), DType::Float32) => within!(f32, at, low, below),
            (&Self::Whole(low, below), DType::Float64) => within!(f64, at, low, below),
            (&Self::Whole(low, below), _) => {
                let (mut wide, size) = ([0_f32; 2 * BLOCK], from.itemsize() as isize);
                let wide = wide.as_mut_ptr().cast::<u8>();
                // SAFETY: the caller's contract; the room is for as many.
                unsafe { loops::cast(from, DType::Float32)(len, &[wide, at], &[4, size]) };
                within!(f32, wide, low, below)
            }
            (Self::RoundTrip { there, back }, _) => {
                let (mut narrow, mut again) = ([0_u64; 2 * BLOCK], [0_u64; 2 * BLOCK]);
                let narrow = narrow.as_mut_ptr().cast::<u8>();
                let again = again.as_mut_ptr().cast::<u8>();
                let [size, new] = [from, to].map(|dtype| dtype.itemsize() as isize);
                // SAFETY: the caller's contract; both have room for as many real numbers.
                unsafe {
                    there(len, &[narrow, at], &[new, size]);
                    back(len, &[again, narrow], &[size, new]);
                }
                let infinite = match from {
                    DType::Float16 => 0x7c00,
                    DType::BFloat16 => 0x7f80,
                    DType::Float32 => 0x7f80_0000,
                    _ => 0x7ff0_0000_0000_0000_u64,
                };
                macro_rules! same {
                    ($type:ty) => {{
                        let (at, again) = (at.cast::<$type>(), again.cast::<$type>());
                        let (infinite, differs) = (infinite as $type, Cell::new(true));
                        let task = Pair { at, again, len, infinite, differs };
                        // SAFETY: the caller's contract, and our own room.
                        unsafe { compile::<Same<$type>>()(&task) };
                        !task.differs.get()
                    }};
                }
                match size {
                    2 => same!(u16),
                    4 => same!(u32),
                    _ => same!(u64),
                }
            }
        }
    }
}

/// Numbers side by side, and the range in which they should be.
struct Task<T> {
    at: *const T,
    len: usize,
    range: (T, T),
    outside: Cell<bool>,
}

/// Says whether a number is outside; of floats, the fractional ones are, and the upper end.
struct Within<T>(PhantomData<T>);

macro_rules! within {
    ($($type:ty as $bits:ty, |$value:ident, $low:ident, $high:ident| $outside:expr;)+) => {$(
        impl Kernel for Within<$type> {
            type Task = Task<$type>;

            #[inline(always)]
            unsafe fn run(task: &Task<$type>) {
                let ($low, $high) = task.range;
                // Of the width of the numbers, for vectors.
                let mut outside: $bits = 0;
                for index in 0..task.len {
                    // SAFETY: [reach] and [alive] by the contract of `Test::passes`.
                    let $value = unsafe { task.at.add(index).read_unaligned() };
                    outside |= <$bits>::from($outside);
                }
                task.outside.set(outside != 0);
            }
        }
    )+};
}

within! {
    i8 as u8, |value, low, high| (value < low) | (value > high);
    i16 as u16, |value, low, high| (value < low) | (value > high);
    i32 as u32, |value, low, high| (value < low) | (value > high);
    i64 as u64, |value, low, high| (value < low) | (value > high);
    u8 as u8, |value, low, high| (value < low) | (value > high);
    u16 as u16, |value, low, high| (value < low) | (value > high);
    u32 as u32, |value, low, high| (value < low) | (value > high);
    u64 as u64, |value, low, high| (value < low) | (value > high);
    f32 as u32, |value, low, below| !((value.trunc() == value) & (value >= low) & (value < below));
    f64 as u64, |value, low, below| !((value.trunc() == value) & (value >= low) & (value < below));
}

/// The bits of floats side by side, and of what came back.
struct Pair<T> {
    at: *const T,
    again: *const T,
    len: usize,
    infinite: T,
    differs: Cell<bool>,
}

/// Says whether one differs that was a number.
struct Same<T>(PhantomData<T>);

macro_rules! same {
    ($($type:ty)+) => {$(
        impl Kernel for Same<$type> {
            type Task = Pair<$type>;

            #[inline(always)]
            unsafe fn run(task: &Pair<$type>) {
                let mut differs: $type = 0;
                for index in 0..task.len {
                    // SAFETY: [reach] and [alive] by the contract of `Test::passes`.
                    let (was, is) = unsafe {
                        (
                            task.at.add(index).read_unaligned(),
                            task.again.add(index).read_unaligned(),
                        )
                    };
                    let number = (was & (<$type>::MAX >> 1)) <= task.infinite;
                    differs |= <$type>::from((was != is) & number);
                }
                task.differs.set(differs != 0);
            }
        }
    )+};
}

same! { u16 u32 u64 }
