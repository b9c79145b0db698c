//! Numbers in their order, and which end of it is looked for.

use std::ops::BitOr;

use tensorbridge_core::Element;

use super::super::body::load;
use super::LONG_RUN;

/// A number that has a place in an order, unless it is NaN.
pub(super) trait Ranked: Element + PartialOrd {
    /// The bits of one element that say yes or no: as wide as the element, so that a loop over
    /// both stays in step.
    type Mask: Copy + BitOr<Output = Self::Mask> + Default;
    /// An unsigned integer as wide as the element.
    type Index: Copy + Into<u64> + Default;
    const LOWEST: Self;
    const HIGHEST: Self;
    /// What stands for "no number"; of no meaning for integers.
    const NAN: Self;
    /// Whether one of two is NaN.
    fn unordered(a: Self, b: Self) -> Self::Mask;
    fn is_set(mask: Self::Mask) -> bool;
    /// `number`, which is small, as an index.
    fn index(number: usize) -> Self::Index;
}

macro_rules! floats {
    ($($type:ty, $bits:ty;)+) => {$(
        impl Ranked for $type {
            type Mask = $bits;
            type Index = $bits;
            const LOWEST: $type = <$type>::NEG_INFINITY;
            const HIGHEST: $type = <$type>::INFINITY;
            const NAN: $type = <$type>::NAN;
            #[inline(always)]
            fn unordered(a: $type, b: $type) -> $bits {
                if a.partial_cmp(&b).is_none() { <$bits>::MAX } else { 0 }
            }
            #[inline(always)]
            fn is_set(mask: $bits) -> bool {
                mask != 0
            }
            #[inline(always)]
            fn index(number: usize) -> $bits {
                number as $bits
            }
        }
    )+};
}

macro_rules! integers {
    ($($type:ty, $bits:ty;)+) => {$(
        impl Ranked for $type {
            type Mask = NoMask;
            type Index = $bits;
            const LOWEST: $type = <$type>::MIN;
            const HIGHEST: $type = <$type>::MAX;
            const NAN: $type = 0;
            #[inline(always)]
            fn unordered(_: $type, _: $type) -> NoMask {
                NoMask
            }
            #[inline(always)]
            fn is_set(_: NoMask) -> bool {
                false
            }
            #[inline(always)]
            fn index(number: usize) -> $bits {
                number as $bits
            }
        }
    )+};
}

/// The answer for integers, none of which is NaN.
#[derive(Clone, Copy, Default)]
pub(super) struct NoMask;

impl BitOr for NoMask {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, _: Self) -> Self {
        self
    }
}

floats! { f32, u32; f64, u64; }
integers! { i8, u8; i16, u16; i32, u32; i64, u64; u8, u8; u16, u16; u32, u32; u64, u64; }

/// Which end of the order is looked for.
pub(super) trait End {
    /// What every number beats or equals.
    fn worst<T: Ranked>() -> T;
    /// Whether `a` is nearer to that end than `b`; false of NaN.
    fn beats<T: Ranked>(a: T, b: T) -> bool;
    /// The better of two numbers; `b` if either is NaN.
    #[inline(always)]
    fn better<T: Ranked>(a: T, b: T) -> T {
        if Self::beats(a, b) { a } else { b }
    }
}

pub(super) struct Low;
pub(super) struct High;

impl End for Low {
    #[inline(always)]
    fn worst<T: Ranked>() -> T {
        T::HIGHEST
    }
    #[inline(always)]
    fn beats<T: Ranked>(a: T, b: T) -> bool {
        a < b
    }
}

impl End for High {
    #[inline(always)]
    fn worst<T: Ranked>() -> T {
        T::LOWEST
    }
    #[inline(always)]
    fn beats<T: Ranked>(a: T, b: T) -> bool {
        a > b
    }
}

/// `Some(body)` for the dtypes whose elements are compared as they are, and of 16-bit floats as
/// `f32`.
macro_rules! with_ranked {
    ($dtype:expr, $T:ident => $body:expr) => {
        crate::loops::fold::ranked::with_ranked!(@ $dtype, $T, $body,
            Int8 i8, Int16 i16, Int32 i32, Int64 i64, UInt8 u8, UInt16 u16, UInt32 u32,
            UInt64 u64, Float16 f32, BFloat16 f32, Float32 f32, Float64 f64)
    };
    (@ $dtype:expr, $T:ident, $body:expr, $($variant:ident $type:ty),+) => {
        match $dtype {
            $(tensorbridge_core::DType::$variant => {
                type $T = $type;
                Some($body)
            })+
            _ => None,
        }
    };
}

pub(super) use with_ranked;

/// Takes `LANES` elements from each of two places on.
#[inline(always)]
unsafe fn take_pair<E: End, T: Ranked, const LANES: usize>(
    bests: &mut [T; LANES],
    masks: &mut [T::Mask; LANES],
    from: *mut u8,
    [first, second]: [usize; 2],
) {
    // SAFETY: the contract of `Reducer`.
    let a: [T; LANES] = unsafe { load(from.cast::<T>().wrapping_add(first).cast(), 0) };
    // SAFETY: the same.
    let b: [T; LANES] = unsafe { load(from.cast::<T>().wrapping_add(second).cast(), 0) };
    for lane in 0..LANES {
        masks[lane] = masks[lane] | T::unordered(a[lane], b[lane]);
        bests[lane] = E::better(E::better(a[lane], b[lane]), bests[lane]);
    }
}

/// The best of a run of numbers, and whether one of them is NaN (the best is of the others).
#[inline(always)]
pub(super) unsafe fn best_of<E: End, T: Ranked, const LANES: usize>(
    from: *mut u8,
    len: usize,
) -> (T, bool) {
    let mut best = E::worst::<T>();
    let mut unordered = T::Mask::default();
    // Of two streams, or of pairs of what is side by side.
    let whole = len / (2 * LANES) * (2 * LANES);
    let (apart, step, end) = match len * size_of::<T>() >= LONG_RUN {
        true => (whole / 2, LANES, whole / 2),
        false => (LANES, 2 * LANES, whole),
    };
    // SAFETY: the contract of `Reducer`.
    unsafe {
        if whole > 0 {
            let mut bests = [best; LANES];
            let mut masks = [unordered; LANES];
            let mut first = 0;
            while first < end {
                let pair = [first, first + apart];
                take_pair::<E, T, LANES>(&mut bests, &mut masks, from, pair);
                first += step;
            }
            if whole < len {
                // The last ones, some of them once more.
                let pair = [len - 2 * LANES, len - LANES];
                take_pair::<E, T, LANES>(&mut bests, &mut masks, from, pair);
            }
            let mut half = LANES / 2;
            while half > 0 {
                for lane in 0..half {
                    masks[lane] = masks[lane] | masks[lane + half];
                    bests[lane] = E::better(bests[lane], bests[lane + half]);
                }
                half /= 2;
            }
            (best, unordered) = (bests[0], masks[0]);
        } else {
            for index in 0..len {
                let value = load(from, index);
                unordered = unordered | T::unordered(value, value);
                best = E::better(value, best);
            }
        }
    }
    (best, T::is_set(unordered))
}
