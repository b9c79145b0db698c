//! Running reductions: how each element joins those before it.
//!
//! A run is cut into segments whose elements are taken in turn, one of each: their sums do not
//! wait for one another, and adding what came before a segment to each of its elements is work
//! for vectors. So a float differs from one summed in order by less than that rounds.

use std::marker::PhantomData;

use tensorbridge_core::dtype::{Complex32, Complex64};
use tensorbridge_core::op::Scan;
use tensorbridge_core::{DType, Element};

use super::arithmetic::{Add, Maximum, Minimum, Multiply};
use super::body::{Map2, load, store};
use super::math::{Function2, LogAddExp};
use crate::isa::{Floor, Isa, TieredKernel, compile_tiered};

/// How one scan of one dtype works.
#[derive(Clone, Copy)]
pub(crate) struct Scanning {
    /// The dtype of elements and results.
    pub(crate) dtype: DType,
    /// Makes a row of sums of nothing.
    pub(crate) start: unsafe fn(usize, *mut u8),
    /// Scans a dense run.
    pub(crate) along: unsafe fn(&Run),
    /// Finds what a dense run adds to what comes after it.
    pub(crate) total: unsafe fn(&Run),
    /// Scans dense rows, one after another.
    pub(crate) across: unsafe fn(&Rows),
    /// `into = into and from` of two sums.
    pub(crate) merge: unsafe fn(*mut u8, *mut u8),
}

/// A dense run of elements, and where its results go, which may be the same place.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub(crate) from: *mut u8,
    pub(crate) to: *mut u8,
    pub(crate) len: usize,
    /// The sum of all elements before the block.
    pub(crate) base: *mut u8,
    /// The sum of the block's elements before the run; it is moved on.
    pub(crate) running: *mut u8,
}

/// Dense rows of elements, and where their results go, which may be the same place.
#[derive(Clone, Copy)]
pub(crate) struct Rows {
    pub(crate) from: *mut u8,
    pub(crate) to: *mut u8,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Bytes from a row to the next.
    pub(crate) from_pitch: isize,
    pub(crate) to_pitch: isize,
    /// The sums of the rows before; they are moved on.
    pub(crate) sums: *mut u8,
}

/// How to scan by `op` in `compute`. `None` where that has no meaning.
pub(crate) fn scanning(op: Scan, compute: DType) -> Option<Scanning> {
    macro_rules! among {
        ($($variant:ident => $type:ty),+) => {
            match compute {
                $(DType::$variant => Some(of::<$type>()),)+
                _ => None,
            }
        };
    }
    match op {
        Scan::Sum => among!(Int64 => Sum<i64>, UInt64 => Sum<u64>, Float32 => Sum<f32>,
            Float64 => Sum<f64>, Complex64 => Sum<Complex32>, Complex128 => Sum<Complex64>),
        Scan::Product => among!(Int64 => Product<i64>, UInt64 => Product<u64>,
            Float32 => Product<f32>, Float64 => Product<f64>,
            Complex64 => Product<Complex32>, Complex128 => Product<Complex64>),
        Scan::Max => among!(Int8 => Most<i8>, Int16 => Most<i16>, Int32 => Most<i32>,
            Int64 => Most<i64>, UInt8 => Most<u8>, UInt16 => Most<u16>, UInt32 => Most<u32>,
            UInt64 => Most<u64>, Float32 => Most<f32>, Float64 => Most<f64>),
        Scan::Min => among!(Int8 => Least<i8>, Int16 => Least<i16>, Int32 => Least<i32>,
            Int64 => Least<i64>, UInt8 => Least<u8>, UInt16 => Least<u16>, UInt32 => Least<u32>,
            UInt64 => Least<u64>, Float32 => Least<f32>, Float64 => Least<f64>),
        Scan::LogSumExp => among!(Float32 => LogSum<f32>, Float64 => LogSum<f64>),
    }
}

/// What a scan means.
trait Joining {
    type Element: Element;
    const START: Self::Element;
    /// Whether it pays to join twice for each element in order not to wait for the one before:
    /// where joining takes a few cycles, not where it takes one, or very many.
    const SEGMENTED: bool = true;
    fn join<I: Isa>(a: Self::Element, b: Self::Element) -> Self::Element;
}

/// Segments, and elements of each: all of them stay in registers.
const SEGMENTS: usize = 4;
const SEGMENT: usize = 4;
const GROUP: usize = SEGMENTS * SEGMENT;

/// Elements whose sums are joined before they join what came before: roundings are fewer so.
const CHUNK: usize = 8 * GROUP;

/// Scans a run, or finds its total alone, in the same way and with the same rounding.
#[inline(always)]
unsafe fn scan_run<I: Isa, J: Joining, const STORE: bool>(run: &Run) {
    let Run { from, to, len, .. } = *run;
    // SAFETY: the contract of `Scanning`: `len` elements are in reach at both places, and the
    // sums are memory of our own.
    unsafe {
        let base: J::Element = load(run.base, 0);
        let mut running: J::Element = load(run.running, 0);
        let mut done = 0;
        while J::SEGMENTED && len - done >= GROUP {
            let end = done + (len - done).min(CHUNK) / GROUP * GROUP;
            let before = J::join::<I>(base, running);
            let mut chunk = J::START;
            while done < end {
                let place = |address: *mut u8| address.wrapping_add(done * size_of::<J::Element>());
                let mut sums: [[J::Element; SEGMENT]; SEGMENTS] = load(place(from), 0);
                for index in 1..SEGMENT {
                    for segment in &mut sums {
                        segment[index] = J::join::<I>(segment[index - 1], segment[index]);
                    }
                }
                for segment in &mut sums {
                    let before = J::join::<I>(before, chunk);
                    chunk = J::join::<I>(chunk, segment[SEGMENT - 1]);
                    for sum in segment {
                        *sum = J::join::<I>(before, *sum);
                    }
                }
                if STORE {
                    store(place(to), 0, sums);
                }
                done += GROUP;
            }
            running = J::join::<I>(running, chunk);
        }
        if J::SEGMENTED {
            while done < len {
                let before = J::join::<I>(base, running);
                let end = len.min(done + SEGMENT);
                let mut sum = J::START;
                for index in done..end {
                    sum = J::join::<I>(sum, load(from, index));
                    if STORE {
                        store(to, index, J::join::<I>(before, sum));
                    }
                }
                running = J::join::<I>(running, sum);
                done = end;
            }
        } else {
            let mut sum = J::join::<I>(base, running);
            for index in 0..len {
                let value = load(from, index);
                if STORE {
                    sum = J::join::<I>(sum, value);
                    store(to, index, sum);
                }
                running = J::join::<I>(running, value);
            }
        }
        store(run.running, 0, running);
    }
}

struct Along<J>(PhantomData<J>);
struct Total<J>(PhantomData<J>);
struct Across<J>(PhantomData<J>);

impl<J: Joining> TieredKernel for Along<J> {
    type Task = Run;
    #[inline(always)]
    unsafe fn run<I: Isa>(run: &Run) {
        // SAFETY: the caller's contract.
        unsafe { scan_run::<I, J, true>(run) }
    }
}

impl<J: Joining> TieredKernel for Total<J> {
    type Task = Run;
    #[inline(always)]
    unsafe fn run<I: Isa>(run: &Run) {
        // SAFETY: the caller's contract.
        unsafe { scan_run::<I, J, false>(run) }
    }
}

impl<J: Joining> TieredKernel for Across<J> {
    type Task = Rows;
    #[inline(always)]
    unsafe fn run<I: Isa>(rows: &Rows) {
        let moved = |address: *mut u8, pitch: isize, row: usize| {
            address.wrapping_offset(pitch.wrapping_mul(row as isize))
        };
        for row in 0..rows.rows {
            let from = moved(rows.from, rows.from_pitch, row);
            let to = moved(rows.to, rows.to_pitch, row);
            for column in 0..rows.columns {
                // SAFETY: the contract of `Scanning`.
                unsafe {
                    let sum = J::join::<I>(load(rows.sums, column), load(from, column));
                    store(rows.sums, column, sum);
                    store(to, column, sum);
                }
            }
        }
    }
}

unsafe fn start<J: Joining>(columns: usize, sums: *mut u8) {
    for column in 0..columns {
        // SAFETY: the contract of `Scanning`.
        unsafe { store(sums, column, J::START) };
    }
}

unsafe fn merge<J: Joining>(into: *mut u8, from: *mut u8) {
    // SAFETY: the contract of `Scanning`.
    unsafe { store(into, 0, J::join::<Floor>(load(into, 0), load(from, 0))) };
}

fn of<J: Joining>() -> Scanning {
    Scanning {
        dtype: J::Element::DTYPE,
        start: start::<J>,
        along: compile_tiered::<Along<J>>(),
        total: compile_tiered::<Total<J>>(),
        across: compile_tiered::<Across<J>>(),
        merge: merge::<J>,
    }
}

struct Sum<T>(PhantomData<T>);
struct Product<T>(PhantomData<T>);
struct Most<T>(PhantomData<T>);
struct Least<T>(PhantomData<T>);
struct LogSum<T>(PhantomData<T>);

/// `Name: types; the sum of nothing; the operation that joins; whether in segments`.
macro_rules! joinings {
    ($($name:ident: $($type:ty),+; |$T:ident| $start:expr, $join:ident, $segmented:literal;)+) => {$($(
        impl Joining for $name<$type> {
            type Element = $type;
            const START: $type = {
                type $T = $type;
                $start
            };
            const SEGMENTED: bool = $segmented;
            #[inline(always)]
            fn join<I: Isa>(a: $type, b: $type) -> $type {
                $join::<$type>::apply(a, b)
            }
        }
    )+)+};
}

joinings! {
    Sum: i64, u64; |T| 0 as T, Add, false;
    Sum: f32, f64; |T| 0.0 as T, Add, true;
    Sum: Complex32, Complex64; |T| T::new(0.0, 0.0), Add, true;
    Product: i64, u64; |T| 1 as T, Multiply, true;
    Product: f32, f64; |T| 1.0 as T, Multiply, true;
    Product: Complex32, Complex64; |T| T::new(1.0, 0.0), Multiply, true;
    Most: i8, i16, i32, i64, u8, u16, u32, u64; |T| T::MIN, Maximum, false;
    Most: f32, f64; |T| T::NEG_INFINITY, Maximum, true;
    Least: i8, i16, i32, i64, u8, u16, u32, u64; |T| T::MAX, Minimum, false;
    Least: f32, f64; |T| T::INFINITY, Minimum, true;
}

impl<T: Element> Joining for LogSum<T>
where
    LogAddExp: Function2<T>,
    T: Bounded,
{
    type Element = T;
    const START: T = T::LEAST;
    const SEGMENTED: bool = false;
    #[inline(always)]
    fn join<I: Isa>(a: T, b: T) -> T {
        LogAddExp::value::<I>(a, b)
    }
}

/// What is below every number.
trait Bounded {
    const LEAST: Self;
}

impl Bounded for f32 {
    const LEAST: f32 = f32::NEG_INFINITY;
}

impl Bounded for f64 {
    const LEAST: f64 = f64::NEG_INFINITY;
}
