//! Reductions whose accumulators are numbers that merge as they take elements: sums, products,
//! counts, and extremes of what is not NaN.

use std::marker::PhantomData;
use std::mem::MaybeUninit;

use tensorbridge_core::dtype::{Complex32, Complex64};
use tensorbridge_core::op::Reduce;
use tensorbridge_core::{DType, Element};

use super::super::arithmetic::{Add, Multiply};
use super::super::body::{Map2, load, store};
use super::{Folding, LONG_RUN, Merge, Reducer, Tile, of, truths};

/// What such a reduction means.
///
/// A lane takes a few elements in a type of its own, narrow where that lets more of them be
/// taken at once, before it is widened.
pub(super) trait Fold {
    type In: Element;
    type Lane: Copy;
    type Sum: Element;
    /// How many elements a lane may take.
    const DEPTH: usize;
    const EMPTY: Self::Lane;
    const START: Self::Sum;
    fn lift(value: Self::In) -> Self::Lane;
    fn take(a: Self::Lane, b: Self::Lane) -> Self::Lane;
    fn widen(lane: Self::Lane) -> Self::Sum;
    fn merge(a: Self::Sum, b: Self::Sum) -> Self::Sum;
}

/// Elements that a float lane takes one after another, before lanes merge pairwise.
pub(super) const SHORT: usize = 16;
/// How often sums of such lanes merge pairwise, in twos of twos; more than that, one after another.
const LEVELS: usize = 8;
/// Elements that a lane of small integers takes before it could overflow.
pub(super) const LONG: usize = 128;

/// `Some(body)` for the dtypes in which floats and complex numbers are summed and multiplied.
macro_rules! with_inexact_sum {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            DType::Float32 => with_inexact_sum!(@ f32, $T => $body),
            DType::Float64 => with_inexact_sum!(@ f64, $T => $body),
            DType::Complex64 => with_inexact_sum!(@ Complex32, $T => $body),
            DType::Complex128 => with_inexact_sum!(@ Complex64, $T => $body),
            _ => None,
        }
    };
    (@ $type:ty, $T:ident => $body:expr) => {{
        type $T = $type;
        Some($body)
    }};
}

/// How to sum or multiply, or find the extremes of what is not NaN, in `compute`: a 64-bit
/// integer, or a float or complex number of 32 or 64 bits.
pub(super) fn folding(op: Reduce, from: DType, compute: DType) -> Option<Folding> {
    match op {
        Reduce::Sum => match (from, compute) {
            (DType::Bool, DType::Int64) => truths::folding(Reduce::Count, from),
            (DType::Int8, DType::Int64) => Some(of::<Plain<Sum<i8>>>()),
            (DType::Int16, DType::Int64) => Some(of::<Plain<Sum<i16>>>()),
            (DType::Int32, DType::Int64) => Some(of::<Plain<Sum<i32>>>()),
            (DType::UInt8, DType::UInt64) => Some(of::<Plain<Sum<u8>>>()),
            (DType::UInt16, DType::UInt64) => Some(of::<Plain<Sum<u16>>>()),
            (DType::UInt32, DType::UInt64) => Some(of::<Plain<Sum<u32>>>()),
            (_, DType::Int64) => Some(of::<Plain<Sum<i64>>>()),
            (_, DType::UInt64) => Some(of::<Plain<Sum<u64>>>()),
            _ => with_inexact_sum!(compute, T => of::<Plain<Sum<T>>>()),
        },
        Reduce::Product => match compute {
            DType::Int64 => Some(of::<Plain<Product<i64>>>()),
            DType::UInt64 => Some(of::<Plain<Product<u64>>>()),
            _ => with_inexact_sum!(compute, T => of::<Plain<Product<T>>>()),
        },
        Reduce::NanSum => with_inexact_sum!(compute, T => of::<Plain<Present<Sum<T>>>>()),
        Reduce::NanProduct => with_inexact_sum!(compute, T => of::<Plain<Present<Product<T>>>>()),
        Reduce::NanMin => match compute {
            DType::Float32 => Some(of::<Plain<Least<f32>>>()),
            DType::Float64 => Some(of::<Plain<Least<f64>>>()),
            _ => None,
        },
        Reduce::NanMax => match compute {
            DType::Float32 => Some(of::<Plain<Greatest<f32>>>()),
            DType::Float64 => Some(of::<Plain<Greatest<f64>>>()),
            _ => None,
        },
        _ => None,
    }
}

pub(super) struct Plain<F>(PhantomData<F>);

/// Bytes of lanes: eight vector registers.
const WIDE: usize = 256;
/// Places of a long run that are read in turn, and short runs that are read side by side: the
/// processor looks ahead at each of them, so that more of memory is under way.
const STREAMS: usize = 4;
const BESIDE: usize = 8;
/// Rows of fewer elements than this are laid side by side.
const NARROW: usize = 16;
/// Accumulators of rows laid side by side.
const SIDE_BY_SIDE: usize = 128;

/// Eight sums into one, pairwise.
#[inline(always)]
fn join<F: Fold>(sums: [F::Sum; 8]) -> F::Sum {
    let [a, b, c, d, e, f, g, h] = sums;
    let (a, b) = (F::merge(a, e), F::merge(b, f));
    let (c, d) = (F::merge(c, g), F::merge(d, h));
    F::merge(F::merge(a, c), F::merge(b, d))
}

/// Folds so many rows of lanes by pairwise summation (Higham, "The accuracy of floating point
/// summation", SIAM Journal on Scientific Computing 14, 1993), whose leaves are lanes of few
/// elements.
#[inline(always)]
fn fold_lanes<F: Fold, const LANES: usize>(
    rows: usize,
    row: impl Fn(usize) -> [F::In; LANES],
) -> [F::Sum; LANES] {
    // As the digits of a binary number: `levels[level]` waits for another of `2 ** level` leaves.
    let leaves = rows.div_ceil(F::DEPTH);
    let used = ((usize::BITS - leaves.leading_zeros()) as usize).min(LEVELS);
    let mut room = [MaybeUninit::<[F::Sum; LANES]>::uninit(); LEVELS];
    for level in &mut room[..used] {
        level.write([F::START; LANES]);
    }
    // SAFETY: so many have been written.
    let levels = unsafe { &mut *(&raw mut room[..used] as *mut [[F::Sum; LANES]]) };
    for leaf in 0..leaves {
        let first = leaf * F::DEPTH;
        let mut lanes = [F::EMPTY; LANES];
        for index in first..rows.min(first + F::DEPTH) {
            let values = row(index);
            for lane in 0..LANES {
                lanes[lane] = F::take(lanes[lane], F::lift(values[lane]));
            }
        }
        let mut carry = [F::START; LANES];
        for lane in 0..LANES {
            carry[lane] = F::widen(lanes[lane]);
        }
        let full = (leaf.trailing_ones() as usize).min(LEVELS - 1);
        for level in &mut levels[..full] {
            for lane in 0..LANES {
                carry[lane] = F::merge(level[lane], carry[lane]);
                level[lane] = F::START;
            }
        }
        for lane in 0..LANES {
            levels[full][lane] = F::merge(levels[full][lane], carry[lane]);
        }
    }
    let mut sums = [F::START; LANES];
    for level in levels {
        for lane in 0..LANES {
            sums[lane] = F::merge(sums[lane], level[lane]);
        }
    }
    sums
}

/// Merges neighbouring lanes pairwise, until so few are left.
#[inline(always)]
fn halve<F: Fold>(sums: &mut [F::Sum], few: usize) {
    let mut half = sums.len() / 2;
    while half >= few {
        for lane in 0..half {
            sums[lane] = F::merge(sums[lane], sums[lane + half]);
        }
        half /= 2;
    }
}

/// Folds a run through `LANES` independent lanes, which is what the compiler needs to vectorise
/// a float sum.
#[inline(always)]
unsafe fn fold_run<F: Fold, const LANES: usize>(from: *mut u8, len: usize) -> F::Sum {
    let element = |index: usize| from.wrapping_add(index * size_of::<F::In>());
    let mut eight = [F::START; 8];
    let mut done = 0;
    // SAFETY: the contract of `Reducer`.
    unsafe {
        if len >= LANES {
            let row = |index: usize| load::<[F::In; LANES]>(element(index * LANES), 0);
            let mut sums = if len * size_of::<F::In>() >= LONG_RUN {
                // From several places in turn.
                let stream = len / (STREAMS * LANES);
                done = stream * STREAMS * LANES;
                fold_lanes::<F, LANES>(stream * STREAMS, |index| {
                    row(index % STREAMS * stream + index / STREAMS)
                })
            } else {
                done = len / LANES * LANES;
                fold_lanes::<F, LANES>(len / LANES, row)
            };
            while len - done >= LANES {
                let values: [F::In; LANES] = load(element(done), 0);
                for lane in 0..LANES {
                    sums[lane] = F::merge(sums[lane], F::widen(F::lift(values[lane])));
                }
                done += LANES;
            }
            halve::<F>(&mut sums, 8);
            eight.copy_from_slice(&sums[..8]);
        }
        while len - done >= 8 {
            let values: [F::In; 8] = load(element(done), 0);
            for lane in 0..8 {
                eight[lane] = F::merge(eight[lane], F::widen(F::lift(values[lane])));
            }
            done += 8;
        }
        let mut sum = if len >= 8 { join::<F>(eight) } else { F::START };
        for index in done..len {
            sum = F::merge(sum, F::widen(F::lift(load(from, index))));
        }
        sum
    }
}

/// Folds a tile's runs side by side, each through its share of the lanes, in the same way wherever
/// it stands.
// Through indices, as all that is unrolled here.
#[allow(clippy::needless_range_loop)]
#[inline(always)]
unsafe fn fold_beside<F: Fold, const LANES: usize>(tile: &Tile) {
    let few = LANES / BESIDE;
    let size = size_of::<F::In>();
    let whole = tile.rows / few;
    for first in (0..tile.columns).step_by(BESIDE) {
        let last = tile.columns.min(first + BESIDE) - 1;
        let mut runs = [tile.from; BESIDE];
        for index in 0..BESIDE {
            // What places are left over take the last run once more.
            runs[index] = tile.run(last.min(first + index));
        }
        // SAFETY: the contract of `Reducer`.
        let mut sums = fold_lanes::<F, LANES>(whole, |row| unsafe {
            let mut values = MaybeUninit::<[F::In; LANES]>::uninit();
            let to = values.as_mut_ptr().cast::<u8>();
            for index in 0..BESIDE {
                let from = runs[index].wrapping_add(row * few * size);
                to.add(index * few * size).copy_from_nonoverlapping(from, few * size);
            }
            values.assume_init()
        });
        for (index, sums) in sums.chunks_exact_mut(few).take(last + 1 - first).enumerate() {
            halve::<F>(sums, 1);
            let mut sum = sums[0];
            // SAFETY: the same.
            unsafe {
                for element in whole * few..tile.rows {
                    sum = F::merge(sum, F::widen(F::lift(load(runs[index], element))));
                }
                let place = first + index;
                store(tile.sums, place, F::merge(load(tile.sums, place), sum));
            }
        }
    }
}

/// Folds a tile's runs: an only one, the shortest and the longest each by itself.
#[inline(always)]
unsafe fn fold_along<F: Fold, const LANES: usize>(tile: &Tile) {
    let many = tile.pitch != 0;
    // SAFETY: the contract of `Reducer`.
    unsafe {
        if many && tile.rows >= LANES && tile.rows * size_of::<F::In>() < LONG_RUN {
            return fold_beside::<F, LANES>(tile);
        }
        for column in 0..tile.columns {
            let sum = fold_run::<F, LANES>(tile.run(column), tile.rows);
            store(tile.sums, column, F::merge(load(tile.sums, column), sum));
        }
    }
}

/// Rows so short that several of them, which follow one another, are taken as one.
#[inline(always)]
unsafe fn fold_narrow<F: Fold>(tile: &Tile) {
    let columns = tile.columns;
    let group = 1 << (SIDE_BY_SIDE / columns).ilog2();
    let width = group * columns;
    let mut row = 0;
    // SAFETY: the contract of `Reducer`; `width` is at most SIDE_BY_SIDE.
    unsafe {
        while tile.rows - row >= group {
            let steps = ((tile.rows - row) / group).min(F::DEPTH);
            let mut lanes = [F::EMPTY; SIDE_BY_SIDE];
            for step in 0..steps {
                let from = tile.run(row + step * group);
                for (lane, index) in lanes[..width].iter_mut().zip(0..) {
                    *lane = F::take(*lane, F::lift(load(from, index)));
                }
            }
            let mut sums = [F::START; SIDE_BY_SIDE];
            for lane in 0..width {
                sums[lane] = F::widen(lanes[lane]);
            }
            let mut half = width / 2;
            while half >= columns {
                for lane in 0..half {
                    sums[lane] = F::merge(sums[lane], sums[lane + half]);
                }
                half /= 2;
            }
            for (column, &sum) in sums[..columns].iter().enumerate() {
                store(tile.sums, column, F::merge(load(tile.sums, column), sum));
            }
            row += steps * group;
        }
        fold_rows::<F>(&Tile { from: tile.run(row), rows: tile.rows - row, ..*tile });
    }
}

#[inline(always)]
unsafe fn fold_rows<F: Fold>(tile: &Tile) {
    let sums = tile.sums;
    let mut row = 0;
    // SAFETY: the contract of `Reducer`.
    unsafe {
        while tile.rows - row >= 4 {
            let [a, b, c, d] = [0, 1, 2, 3].map(|index| tile.run(row + index));
            for column in 0..tile.columns {
                let lane = |from| F::lift(load(from, column));
                let four = F::take(F::take(lane(a), lane(b)), F::take(lane(c), lane(d)));
                store(sums, column, F::merge(load(sums, column), F::widen(four)));
            }
            row += 4;
        }
        for row in row..tile.rows {
            let from = tile.run(row);
            for column in 0..tile.columns {
                let value = F::widen(F::lift(load(from, column)));
                store(sums, column, F::merge(load(sums, column), value));
            }
        }
    }
}

impl<F: Fold> Reducer for Plain<F> {
    type In = F::In;
    type Out = F::Sum;
    // Of a shorter one, streams end before memory has come to their pace.
    const RUN: usize = 1 << 16;

    unsafe fn start(columns: usize, sums: *mut u8) {
        for column in 0..columns {
            // SAFETY: the contract of `Reducer`.
            unsafe { store(sums, column, F::START) };
        }
    }

    #[inline(always)]
    unsafe fn along(tile: &Tile) {
        // SAFETY: the caller's contract.
        unsafe {
            match WIDE / size_of::<F::Lane>() {
                16 => fold_along::<F, 16>(tile),
                32 => fold_along::<F, 32>(tile),
                64 => fold_along::<F, 64>(tile),
                128 => fold_along::<F, 128>(tile),
                _ => fold_along::<F, 256>(tile),
            }
        }
    }

    #[inline(always)]
    unsafe fn across(tile: &Tile) {
        let follow = tile.pitch == (tile.columns * size_of::<F::In>()) as isize;
        // SAFETY: the caller's contract.
        unsafe {
            if follow && tile.columns < NARROW {
                fold_narrow::<F>(tile);
            } else {
                fold_rows::<F>(tile);
            }
        }
    }

    #[inline(always)]
    unsafe fn merge(merge: &Merge) {
        for column in 0..merge.columns {
            // SAFETY: the contract of `Reducer`.
            unsafe {
                let sum = F::merge(load(merge.into, column), load(merge.from, column));
                store(merge.into, column, sum);
            }
        }
    }
}

struct Sum<T>(PhantomData<T>);
struct Product<T>(PhantomData<T>);
struct Least<T>(PhantomData<T>);
struct Greatest<T>(PhantomData<T>);
/// A reduction that passes over NaN.
struct Present<F>(PhantomData<F>);

/// `Name: element, lane, accumulator; depth, start; how an element is lifted; how lanes and
/// accumulators merge`.
macro_rules! folds {
    ($($name:ident: $in:ty, $lane:ty, $sum:ty; $depth:expr, $start:expr;
       |$value:ident| $lift:expr, $merge:ident;)+) => {$(
        impl Fold for $name<$in> {
            type In = $in;
            type Lane = $lane;
            type Sum = $sum;
            const DEPTH: usize = $depth;
            const EMPTY: $lane = $start as $lane;
            const START: $sum = $start as $sum;
            #[inline(always)]
            fn lift($value: $in) -> $lane {
                $lift
            }
            #[inline(always)]
            fn take(a: $lane, b: $lane) -> $lane {
                $merge::<$lane>::apply(a, b)
            }
            #[inline(always)]
            fn widen(lane: $lane) -> $sum {
                lane as $sum
            }
            #[inline(always)]
            fn merge(a: $sum, b: $sum) -> $sum {
                $merge::<$sum>::apply(a, b)
            }
        }
    )+};
}

folds! {
    Sum: i8, i16, i64; LONG, 0; |value| i16::from(value), Add;
    Sum: i16, i32, i64; LONG, 0; |value| i32::from(value), Add;
    Sum: i32, i64, i64; LONG, 0; |value| i64::from(value), Add;
    Sum: i64, i64, i64; LONG, 0; |value| value, Add;
    Sum: u8, u16, u64; LONG, 0; |value| u16::from(value), Add;
    Sum: u16, u32, u64; LONG, 0; |value| u32::from(value), Add;
    Sum: u32, u64, u64; LONG, 0; |value| u64::from(value), Add;
    Sum: u64, u64, u64; LONG, 0; |value| value, Add;
    Sum: f32, f32, f32; SHORT, 0.0; |value| value, Add;
    Sum: f64, f64, f64; SHORT, 0.0; |value| value, Add;
    Product: i64, i64, i64; LONG, 1; |value| value, Multiply;
    Product: u64, u64, u64; LONG, 1; |value| value, Multiply;
    Product: f32, f32, f32; SHORT, 1.0; |value| value, Multiply;
    Product: f64, f64, f64; SHORT, 1.0; |value| value, Multiply;
    Least: f32, f32, f32; LONG, f32::NAN; |value| value, LesserPresent;
    Least: f64, f64, f64; LONG, f64::NAN; |value| value, LesserPresent;
    Greatest: f32, f32, f32; LONG, f32::NAN; |value| value, GreaterPresent;
    Greatest: f64, f64, f64; LONG, f64::NAN; |value| value, GreaterPresent;
}

macro_rules! complex_folds {
    ($($name:ident: $type:ty, $start:expr, $merge:ident;)+) => {$(
        impl Fold for $name<$type> {
            type In = $type;
            type Lane = $type;
            type Sum = $type;
            const DEPTH: usize = SHORT;
            const EMPTY: $type = <$type>::new($start, 0.0);
            const START: $type = <$type>::new($start, 0.0);
            #[inline(always)]
            fn lift(value: $type) -> $type {
                value
            }
            #[inline(always)]
            fn take(a: $type, b: $type) -> $type {
                $merge::<$type>::apply(a, b)
            }
            #[inline(always)]
            fn widen(lane: $type) -> $type {
                lane
            }
            #[inline(always)]
            fn merge(a: $type, b: $type) -> $type {
                $merge::<$type>::apply(a, b)
            }
        }
    )+};
}

complex_folds! {
    Sum: Complex32, 0.0, Add;
    Sum: Complex64, 0.0, Add;
    Product: Complex32, 1.0, Multiply;
    Product: Complex64, 1.0, Multiply;
}

/// Whether a number is not one.
trait Missing {
    fn missing(&self) -> bool;
}

macro_rules! missing {
    ($($type:ty: |$value:ident| $missing:expr;)+) => {$(
        impl Missing for $type {
            #[inline(always)]
            fn missing(&self) -> bool {
                let $value = self;
                $missing
            }
        }
    )+};
}

missing! {
    f32: |value| value.is_nan();
    f64: |value| value.is_nan();
    Complex32: |value| value.re.is_nan() | value.im.is_nan();
    Complex64: |value| value.re.is_nan() | value.im.is_nan();
}

impl<F: Fold<In: Missing>> Fold for Present<F> {
    type In = F::In;
    type Lane = F::Lane;
    type Sum = F::Sum;
    const DEPTH: usize = F::DEPTH;
    const EMPTY: F::Lane = F::EMPTY;
    const START: F::Sum = F::START;
    #[inline(always)]
    fn lift(value: F::In) -> F::Lane {
        if value.missing() { F::EMPTY } else { F::lift(value) }
    }
    #[inline(always)]
    fn take(a: F::Lane, b: F::Lane) -> F::Lane {
        F::take(a, b)
    }
    #[inline(always)]
    fn widen(lane: F::Lane) -> F::Sum {
        F::widen(lane)
    }
    #[inline(always)]
    fn merge(a: F::Sum, b: F::Sum) -> F::Sum {
        F::merge(a, b)
    }
}

/// The lesser, or the one that is not NaN.
struct LesserPresent<T>(PhantomData<T>);
/// The greater, or the one that is not NaN.
struct GreaterPresent<T>(PhantomData<T>);

macro_rules! present {
    ($($type:ty)+) => {$(
        impl Map2 for LesserPresent<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            fn apply(a: $type, b: $type) -> $type {
                if b < a || a.is_nan() { b } else { a }
            }
        }
        impl Map2 for GreaterPresent<$type> {
            type In = $type;
            type Out = $type;
            #[inline(always)]
            fn apply(a: $type, b: $type) -> $type {
                if b > a || a.is_nan() { b } else { a }
            }
        }
    )+};
}

present! { f32 f64 }
