//! Many elements to one: for each reduction of each dtype, how accumulators start, take
//! elements, merge, and become results.
//!
//! Accumulators stand in *rows*, one for each output of a strip. A row's layout is the
//! reduction's own affair: a header of its own size, then so many bytes for each accumulator.

mod deviations;
mod extremes;
mod plain;
mod positions;
mod ranked;
mod truths;

use std::marker::PhantomData;

use tensorbridge_core::op::Reduce;
use tensorbridge_core::{DType, Element};

use crate::isa::{Kernel, compile};

/// How one reduction of one dtype works.
#[derive(Clone, Copy)]
pub(crate) struct Folding {
    /// The dtype of the elements it takes; others are cast to it first.
    pub(crate) input: DType,
    /// The dtype of what it gives.
    pub(crate) output: DType,
    /// Bytes before the accumulators of a row, and of each of them; multiples keep alignment.
    pub(crate) header: usize,
    pub(crate) size: usize,
    /// Whether a result says where an element is, so that elements must come in C order.
    pub(crate) positional: bool,
    /// Elements of a dense run that an accumulator takes before accumulators merge pairwise.
    pub(crate) run: usize,
    /// Makes a row of accumulators of nothing.
    pub(crate) start: unsafe fn(usize, *mut u8),
    /// Each accumulator takes a run of elements that lie side by side.
    pub(crate) along: unsafe fn(&Tile),
    /// Every run is a row of elements side by side, one for each accumulator.
    pub(crate) across: unsafe fn(&Tile),
    /// Merges the accumulators of the elements that follow into those of the elements before.
    pub(crate) merge: unsafe fn(&Merge),
    /// Turns a row of accumulators into a dense row of results.
    pub(crate) finish: unsafe fn(usize, *mut u8, *mut u8),
    /// Whether no further element can change any accumulator of the row.
    pub(crate) settled: Option<unsafe fn(usize, *mut u8) -> bool>,
}

/// Bytes of a run that is read from several places at once.
const LONG_RUN: usize = 1 << 15;

/// Elements for a row of accumulators: `rows` for each of `columns`.
#[derive(Clone, Copy)]
pub(crate) struct Tile {
    pub(crate) from: *mut u8,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// Bytes from a run of side by side elements to the next; 0 of an only run.
    pub(crate) pitch: isize,
    pub(crate) sums: *mut u8,
}

/// Two rows of accumulators, of elements that follow one another.
#[derive(Clone, Copy)]
pub(crate) struct Merge {
    pub(crate) columns: usize,
    pub(crate) into: *mut u8,
    pub(crate) from: *mut u8,
}

impl Tile {
    /// The first element of run `index`.
    #[inline(always)]
    fn run(&self, index: usize) -> *mut u8 {
        self.from.wrapping_offset(self.pitch.wrapping_mul(index as isize))
    }
}

/// What a reduction of a dtype means.
///
/// # Safety of the methods
///
/// [reach] and [alive] for every element of a tile; rows of accumulators are memory of our own,
/// large enough, aligned to 16 bytes and disjoint from the elements and from one another.
/// Implementations of what runs over elements are `#[inline(always)]`, or they would be compiled
/// for the baseline.
trait Reducer {
    type In: Element;
    type Out: Element;
    const HEADER: usize = 0;
    const SIZE: usize = size_of::<Self::Out>();
    const POSITIONAL: bool = false;
    /// Few, where rounding grows with their number.
    const RUN: usize = 4096;
    const SETTLES: bool = false;

    unsafe fn start(columns: usize, sums: *mut u8);
    unsafe fn along(tile: &Tile);
    unsafe fn across(tile: &Tile);
    unsafe fn merge(merge: &Merge);

    /// The accumulators are the results, unless an implementation says otherwise.
    unsafe fn finish(columns: usize, sums: *mut u8, out: *mut u8) {
        // SAFETY: both are memory of our own for `columns` results, and disjoint.
        unsafe { std::ptr::copy_nonoverlapping(sums, out, columns * size_of::<Self::Out>()) };
    }

    unsafe fn settled(_columns: usize, _sums: *mut u8) -> bool {
        false
    }
}

struct Along<R>(PhantomData<R>);
struct Across<R>(PhantomData<R>);
struct Merging<R>(PhantomData<R>);

impl<R: Reducer> Kernel for Along<R> {
    type Task = Tile;
    #[inline(always)]
    unsafe fn run(tile: &Tile) {
        // SAFETY: the caller's contract.
        unsafe { R::along(tile) }
    }
}

impl<R: Reducer> Kernel for Across<R> {
    type Task = Tile;
    #[inline(always)]
    unsafe fn run(tile: &Tile) {
        // SAFETY: the caller's contract.
        unsafe { R::across(tile) }
    }
}

impl<R: Reducer> Kernel for Merging<R> {
    type Task = Merge;
    #[inline(always)]
    unsafe fn run(merge: &Merge) {
        // SAFETY: the caller's contract.
        unsafe { R::merge(merge) }
    }
}

fn of<R: Reducer>() -> Folding {
    Folding {
        input: R::In::DTYPE,
        output: R::Out::DTYPE,
        header: R::HEADER,
        size: R::SIZE,
        positional: R::POSITIONAL,
        run: R::RUN,
        start: R::start,
        along: compile::<Along<R>>(),
        across: compile::<Across<R>>(),
        merge: compile::<Merging<R>>(),
        finish: R::finish,
        settled: if R::SETTLES { Some(R::settled) } else { None },
    }
}

/// How to reduce elements of `from` by `op`, computing in `compute`. Where no reduction takes
/// `from` as it is, the one that takes `compute`. `None` where it has no meaning.
pub(crate) fn folding(op: Reduce, from: DType, compute: DType) -> Option<Folding> {
    match op {
        Reduce::All | Reduce::Any | Reduce::Count => truths::folding(op, from),
        Reduce::Min if from.is_bool() => truths::folding(Reduce::All, from),
        Reduce::Max if from.is_bool() => truths::folding(Reduce::Any, from),
        Reduce::Min | Reduce::Max => extremes::folding(op, compute),
        Reduce::ArgMin | Reduce::ArgMax => positions::folding(op, compute),
        Reduce::Deviations => deviations::folding(compute),
        _ => plain::folding(op, from, compute),
    }
}
