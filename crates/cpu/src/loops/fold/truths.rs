//! Whether all or any elements are true, and how many. Truth is "not zero", NaN included.

use std::marker::PhantomData;
use std::ops::BitOr;

use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::op::Reduce;
use tensorbridge_core::{Bool, DType, Element, with_dtype};

use super::super::body::{load, store};
use super::plain::{Fold, LONG, Plain};
use super::{Folding, Merge, Reducer, Tile, of};

/// How to ask elements of `from` for their truth.
pub(super) fn folding(op: Reduce, from: DType) -> Option<Folding> {
    Some(match op {
        Reduce::All => with_dtype!(from, T => of::<Quantifier<T, true>>()),
        Reduce::Any => with_dtype!(from, T => of::<Quantifier<T, false>>()),
        _ => with_dtype!(from, T => of::<Plain<Count<T>>>()),
    })
}

/// An element whose truth is in its bits.
trait Truth: Element {
    /// An unsigned integer as wide as the element.
    type Bits: Copy + Default + PartialEq + BitOr<Output = Self::Bits>;
    /// The bits of an accumulator that has met what decides.
    const DECIDED: Self::Bits;
    /// The bits that are not all 0 where the element is true.
    fn bits(self) -> Self::Bits;
    /// Bits that are not all 0 where the element is false.
    fn inverse(self) -> Self::Bits;
}

/// Whether the accumulators have met the element that decides: a false one where `ALL` are asked
/// for, else a true one. They are `Bits`, so that a loop over both stays in step.
struct Quantifier<T, const ALL: bool>(PhantomData<T>);

impl<T: Truth, const ALL: bool> Quantifier<T, ALL> {
    #[inline(always)]
    fn decides(value: T) -> T::Bits {
        if ALL { value.inverse() } else { value.bits() }
    }

    /// Whether a run has the element that decides; it is read no further than that.
    #[inline(always)]
    unsafe fn is_decided<const LANES: usize>(from: *mut u8, len: usize) -> bool {
        const STEPS: usize = 4;
        let nothing = T::Bits::default();
        let mut done = 0;
        // SAFETY: the contract of `Reducer`.
        unsafe {
            while len - done >= STEPS * LANES {
                let mut lanes = [nothing; LANES];
                for _ in 0..STEPS {
                    let values: [T; LANES] = load(from.cast::<T>().wrapping_add(done).cast(), 0);
                    for lane in 0..LANES {
                        lanes[lane] = lanes[lane] | Self::decides(values[lane]);
                    }
                    done += LANES;
                }
                if lanes.iter().fold(nothing, |any, &lane| any | lane) != nothing {
                    return true;
                }
            }
            (done..len).fold(nothing, |any, index| any | Self::decides(load(from, index)))
                != nothing
        }
    }
}

impl<T: Truth, const ALL: bool> Reducer for Quantifier<T, ALL> {
    type In = T;
    type Out = Bool;
    const SIZE: usize = size_of::<T::Bits>();
    const SETTLES: bool = true;

    unsafe fn start(columns: usize, sums: *mut u8) {
        for column in 0..columns {
            // SAFETY: the contract of `Reducer`.
            unsafe { store(sums, column, T::Bits::default()) };
        }
    }

    #[inline(always)]
    unsafe fn along(tile: &Tile) {
        for column in 0..tile.columns {
            // SAFETY: the contract of `Reducer`.
            unsafe {
                let sum: T::Bits = load(tile.sums, column);
                if sum != T::Bits::default() {
                    continue;
                }
                let from = tile.run(column);
                let decided = match size_of::<T>() {
                    1 => Self::is_decided::<256>(from, tile.rows),
                    2 => Self::is_decided::<128>(from, tile.rows),
                    4 => Self::is_decided::<64>(from, tile.rows),
                    8 => Self::is_decided::<32>(from, tile.rows),
                    _ => Self::is_decided::<16>(from, tile.rows),
                };
                if decided {
                    store(tile.sums, column, T::DECIDED);
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn across(tile: &Tile) {
        let sums = tile.sums;
        let mut row = 0;
        // SAFETY: the contract of `Reducer`.
        unsafe {
            while tile.rows - row >= 4 {
                let [a, b, c, d] = [0, 1, 2, 3].map(|index| tile.run(row + index));
                for column in 0..tile.columns {
                    let decides = |from| Self::decides(load(from, column));
                    let four = (decides(a) | decides(b)) | (decides(c) | decides(d));
                    store(sums, column, load::<T::Bits>(sums, column) | four);
                }
                row += 4;
            }
            for row in row..tile.rows {
                let from = tile.run(row);
                for column in 0..tile.columns {
                    let decides = Self::decides(load(from, column));
                    store(sums, column, load::<T::Bits>(sums, column) | decides);
                }
            }
        }
    }

    #[inline(always)]
    unsafe fn merge(merge: &Merge) {
        for column in 0..merge.columns {
            // SAFETY: the contract of `Reducer`.
            unsafe {
                let sum = load::<T::Bits>(merge.into, column) | load(merge.from, column);
                store(merge.into, column, sum);
            }
        }
    }

    unsafe fn finish(columns: usize, sums: *mut u8, out: *mut u8) {
        for column in 0..columns {
            // SAFETY: the contract of `Reducer`.
            unsafe {
                let decided = load::<T::Bits>(sums, column) != T::Bits::default();
                store(out, column, Bool::from(decided != ALL));
            }
        }
    }

    unsafe fn settled(columns: usize, sums: *mut u8) -> bool {
        // SAFETY: the contract of `Reducer`.
        (0..columns).all(|column| unsafe { load::<T::Bits>(sums, column) } != T::Bits::default())
    }
}

struct Count<T>(PhantomData<T>);

macro_rules! truths {
    ($($type:ty, $bits:ty, $lane:ty: |$value:ident| $truth:expr;)+) => {$(
        impl Truth for $type {
            type Bits = $bits;
            const DECIDED: $bits = 1;
            #[inline(always)]
            fn bits(self) -> $bits {
                let $value = self;
                $truth
            }
            #[inline(always)]
            fn inverse(self) -> $bits {
                if self.bits() == 0 { <$bits>::MAX } else { 0 }
            }
        }

        impl Fold for Count<$type> {
            type In = $type;
            type Lane = $lane;
            type Sum = i64;
            const DEPTH: usize = LONG;
            const EMPTY: $lane = 0;
            const START: i64 = 0;
            #[inline(always)]
            fn lift(value: $type) -> $lane {
                <$lane>::from(value.bits() != 0)
            }
            #[inline(always)]
            fn take(a: $lane, b: $lane) -> $lane {
                a + b
            }
            #[inline(always)]
            fn widen(lane: $lane) -> i64 {
                lane as i64
            }
            #[inline(always)]
            fn merge(a: i64, b: i64) -> i64 {
                a + b
            }
        }
    )+};
}

truths! {
    Bool, u8, u8: |value| value.0;
    i8, u8, u8: |value| value as u8;
    i16, u16, u16: |value| value as u16;
    i32, u32, u32: |value| value as u32;
    i64, u64, u64: |value| value as u64;
    u8, u8, u8: |value| value;
    u16, u16, u16: |value| value;
    u32, u32, u32: |value| value;
    u64, u64, u64: |value| value;
    // Without the sign: -0 is 0.
    f16, u16, u16: |value| value.to_bits() << 1;
    bf16, u16, u16: |value| value.to_bits() << 1;
    f32, u32, u32: |value| value.to_bits() << 1;
    f64, u64, u64: |value| value.to_bits() << 1;
    Complex32, u64, u64: |value| u64::from(value.re.bits()) << 32 | u64::from(value.im.bits());
    Complex64, u128, u64: |value| u128::from(value.re.bits()) << 64 | u128::from(value.im.bits());
}
