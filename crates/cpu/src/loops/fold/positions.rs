//! Where the least or the greatest element is, or the first NaN.
//!
//! An accumulator is the best element so far and its number; a row has in common how many
//! elements each has taken. The numbers count from the first of those, so that rows which follow
//! one another merge.

use std::marker::PhantomData;

use tensorbridge_core::DType;
use tensorbridge_core::op::Reduce;

use super::super::body::{load, store};
use super::ranked::{End, High, Low, Ranked, best_of, with_ranked};
use super::{Folding, Merge, Reducer, Tile, of};

/// How to find the place of an extreme among elements of `compute`, of 16-bit floats as
/// `float32`.
pub(super) fn folding(op: Reduce, compute: DType) -> Option<Folding> {
    match op {
        Reduce::ArgMin => with_ranked!(compute, T => of::<Position<Low, T>>()),
        _ => with_ranked!(compute, T => of::<Position<High, T>>()),
    }
}

struct Position<E, T>(PhantomData<(E, T)>);

/// Elements of a run that are looked at once for the best of them, and once more for its place if
/// they have the best of the run.
const PIECE: usize = 1 << 14;
/// Columns that are compared together.
const COLUMNS: usize = 64;
/// Rows whose numbers the narrowest index holds.
const ROWS: usize = 128;

/// A row of accumulators: how many elements they have taken, the numbers, the elements.
struct Row<T> {
    columns: usize,
    sums: *mut u8,
    element: PhantomData<T>,
}

impl<T: Ranked> Row<T> {
    #[inline(always)]
    fn new(columns: usize, sums: *mut u8) -> Self {
        Self { columns, sums, element: PhantomData }
    }

    #[inline(always)]
    unsafe fn taken(&self) -> u64 {
        // SAFETY: the contract of `Reducer`.
        unsafe { load(self.sums, 0) }
    }

    #[inline(always)]
    unsafe fn set_taken(&self, taken: u64) {
        // SAFETY: the contract of `Reducer`.
        unsafe { store(self.sums, 0, taken) }
    }

    fn numbers(&self) -> *mut u8 {
        self.sums.wrapping_add(16)
    }

    fn bests(&self) -> *mut u8 {
        self.sums.wrapping_add(16 + self.columns * size_of::<u64>())
    }

    #[inline(always)]
    unsafe fn get(&self, column: usize) -> T {
        // SAFETY: the contract of `Reducer`.
        unsafe { load(self.bests(), column) }
    }

    #[inline(always)]
    unsafe fn number(&self, column: usize) -> u64 {
        // SAFETY: the contract of `Reducer`.
        unsafe { load(self.numbers(), column) }
    }

    #[inline(always)]
    unsafe fn set(&self, column: usize, best: T, number: u64) {
        // SAFETY: the contract of `Reducer`.
        unsafe {
            store(self.bests(), column, best);
            store(self.numbers(), column, number);
        }
    }
}

#[inline(always)]
fn is_nan<T: Ranked>(value: T) -> bool {
    T::is_set(T::unordered(value, value))
}

/// Whether `value`, of a later element, takes the place of `best`.
#[inline(always)]
fn displaces<E: End, T: Ranked>(value: T, best: T) -> bool {
    // Without a branch: loops over many columns ask it.
    (E::beats(value, best) | is_nan(value)) & !is_nan(best)
}

/// Where to go on looking from `done`: `LANES` at a time, none of which is looked for.
#[allow(clippy::needless_range_loop)]
#[inline(always)]
unsafe fn skip<T: Ranked, const LANES: usize>(
    from: *mut u8,
    len: usize,
    mut done: usize,
    is_it: impl Fn(T) -> bool,
) -> usize {
    while len - done >= LANES {
        // SAFETY: the contract of `Reducer`.
        let values: [T; LANES] = unsafe { load(from.cast::<T>().wrapping_add(done).cast(), 0) };
        let mut any = false;
        for lane in 0..LANES {
            any |= is_it(values[lane]);
        }
        if any {
            break;
        }
        done += LANES;
    }
    done
}

/// The number of the first element of a run that is looked for.
#[inline(always)]
unsafe fn find<T: Ranked>(from: *mut u8, len: usize, is_it: impl Fn(T) -> bool + Copy) -> usize {
    // SAFETY: the contract of `Reducer`.
    unsafe {
        let done = skip::<T, 128>(from, len, 0, is_it);
        let done = skip::<T, 16>(from, len, done, is_it);
        (done..len).find(|&index| is_it(load(from, index))).unwrap_or(0)
    }
}

impl<E: End, T: Ranked> Reducer for Position<E, T> {
    type In = T;
    type Out = i64;
    const HEADER: usize = 16;
    const SIZE: usize = size_of::<u64>() + size_of::<T>();
    const POSITIONAL: bool = true;
    // A place is looked for once in each.
    const RUN: usize = 1 << 16;

    unsafe fn start(columns: usize, sums: *mut u8) {
        let row = Row::<T>::new(columns, sums);
        // SAFETY: the contract of `Reducer`.
        unsafe {
            row.set_taken(0);
            for column in 0..columns {
                row.set(column, E::worst(), 0);
            }
        }
    }

    #[inline(always)]
    unsafe fn along(tile: &Tile) {
        let row = Row::<T>::new(tile.columns, tile.sums);
        // SAFETY: the contract of `Reducer`.
        unsafe {
            let taken = row.taken();
            for column in 0..tile.columns {
                let piece = |start: usize| {
                    let from = tile.run(column).wrapping_add(start * size_of::<T>());
                    (from, PIECE.min(tile.rows - start))
                };
                let (mut best, mut place) = (row.get(column), None);
                let mut start = 0;
                while start < tile.rows && !is_nan(best) {
                    let (from, len) = piece(start);
                    let (found, nan) = match size_of::<T>() {
                        1 => best_of::<E, T, 128>(from, len),
                        2 => best_of::<E, T, 64>(from, len),
                        4 => best_of::<E, T, 32>(from, len),
                        _ => best_of::<E, T, 16>(from, len),
                    };
                    if nan {
                        (best, place) = (T::NAN, Some(start));
                    } else if E::beats(found, best) {
                        (best, place) = (found, Some(start));
                    }
                    start += PIECE;
                }
                if let Some(start) = place {
                    let (from, len) = piece(start);
                    let within = match is_nan(best) {
                        true => find::<T>(from, len, is_nan),
                        false => find::<T>(from, len, |value| value == best),
                    };
                    row.set(column, best, taken + (start + within) as u64);
                }
            }
            row.set_taken(taken + tile.rows as u64);
        }
    }

    #[inline(always)]
    unsafe fn across(tile: &Tile) {
        let row = Row::<T>::new(tile.columns, tile.sums);
        // SAFETY: the contract of `Reducer`.
        unsafe {
            let taken = row.taken();
            for top in (0..tile.rows).step_by(ROWS) {
                for first in (0..tile.columns).step_by(COLUMNS) {
                    let width = COLUMNS.min(tile.columns - first);
                    let mut bests = [E::worst::<T>(); COLUMNS];
                    let mut places = [T::Index::default(); COLUMNS];
                    for index in 0..ROWS.min(tile.rows - top) {
                        let from = tile.run(top + index);
                        let place = T::index(index);
                        for column in 0..width {
                            let value = load(from, first + column);
                            let displaces = displaces::<E, T>(value, bests[column]);
                            bests[column] = if displaces { value } else { bests[column] };
                            places[column] = if displaces { place } else { places[column] };
                        }
                    }
                    for column in 0..width {
                        if displaces::<E, T>(bests[column], row.get(first + column)) {
                            let place: u64 = places[column].into();
                            row.set(first + column, bests[column], taken + top as u64 + place);
                        }
                    }
                }
            }
            row.set_taken(taken + tile.rows as u64);
        }
    }

    #[inline(always)]
    unsafe fn merge(merge: &Merge) {
        let into = Row::<T>::new(merge.columns, merge.into);
        let from = Row::<T>::new(merge.columns, merge.from);
        // SAFETY: the contract of `Reducer`.
        unsafe {
            let taken = into.taken();
            for column in 0..merge.columns {
                if displaces::<E, T>(from.get(column), into.get(column)) {
                    into.set(column, from.get(column), taken + from.number(column));
                }
            }
            into.set_taken(taken + from.taken());
        }
    }

    unsafe fn finish(columns: usize, sums: *mut u8, out: *mut u8) {
        let row = Row::<T>::new(columns, sums);
        // SAFETY: the contract of `Reducer`; both are disjoint, and numbers are as wide as results.
        unsafe {
            std::ptr::copy_nonoverlapping(row.numbers(), out, columns * size_of::<u64>());
        }
    }
}
