//! Products of integers and bool: both matrices packed into panels, and a tile of sums that stays
//! in registers, after Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication"
//! (2008).
//!
//! Sums wrap, so they may be taken in any wider type, in any order. The 8-bit integers are summed
//! in 16 bits, which processors multiply many at a time.

use std::marker::PhantomData;

use tensorbridge_core::{DType, Result};

use super::{Matrix, Product};
use crate::isa::{Kernel, compile};
use crate::loops::body::{at, load, store};
use crate::pool::{self, Shared};
use crate::scratch::Scratch;

/// Bytes of a row of the tile of sums: two of the widest registers, and rows of it.
const ROW_BYTES: usize = 64;
const ROWS: usize = 4;

/// Elements along the contracted axis, of which both panels stay in the first-level cache.
const DEPTH: usize = 256;

/// Rows of the left matrix that one task packs and multiplies.
const BAND: usize = 64;

/// How an element is summed.
trait Sum: Copy {
    /// The element in memory.
    type Item: Copy;
    const ZERO: Self;
    fn widen(item: Self::Item) -> Self;
    fn narrow(self) -> Self::Item;
    /// `self + a * b`.
    fn add(self, a: Self, b: Self) -> Self;
    /// `self + other`, of elements.
    fn join(self, other: Self) -> Self;
}

/// Sums of `Item` in `In`, modulo what `Item` holds.
#[derive(Clone, Copy)]
#[repr(transparent)]
struct Wrapping<Item, In>(In, PhantomData<Item>);

macro_rules! wrapping {
    ($($item:ident in $sum:ident;)+) => {$(
        impl Sum for Wrapping<$item, $sum> {
            type Item = $item;
            const ZERO: Self = Self(0, PhantomData);

            #[inline(always)]
            fn widen(item: $item) -> Self {
                Self($sum::from(item), PhantomData)
            }

            #[inline(always)]
            fn narrow(self) -> $item {
                self.0 as $item
            }

            #[inline(always)]
            fn add(self, a: Self, b: Self) -> Self {
                Self(self.0.wrapping_add(a.0.wrapping_mul(b.0)), PhantomData)
            }

            #[inline(always)]
            fn join(self, other: Self) -> Self {
                Self(self.0.wrapping_add(other.0), PhantomData)
            }
        }
    )+};
}

// The low bits of sums and products do not depend on signs.
wrapping! { i8 in i16; i16 in i16; i32 in i32; i64 in i64; }

/// Whether any product of two was true.
#[derive(Clone, Copy)]
#[repr(transparent)]
struct Any(u8);

impl Sum for Any {
    type Item = u8;
    const ZERO: Self = Self(0);

    #[inline(always)]
    fn widen(item: u8) -> Self {
        Self(u8::from(item != 0))
    }

    #[inline(always)]
    fn narrow(self) -> u8 {
        self.0
    }

    #[inline(always)]
    fn add(self, a: Self, b: Self) -> Self {
        Self(self.0 | a.0 & b.0)
    }

    #[inline(always)]
    fn join(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Product {
    /// # Safety
    ///
    /// As [`super::matmul`], for integers or bool.
    ///
    /// # Errors
    ///
    /// No memory for the packed matrices; `Interrupted`.
    pub(super) unsafe fn integers(&self, threads: usize) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe {
            match (self.dtype, self.dtype.itemsize()) {
                (DType::Bool, _) => self.panels::<Any, 64>(threads),
                (_, 1) => self.panels::<Wrapping<i8, i16>, 32>(threads),
                (_, 2) => self.panels::<Wrapping<i16, i16>, 32>(threads),
                (_, 4) => self.panels::<Wrapping<i32, i32>, 16>(threads),
                _ => self.panels::<Wrapping<i64, i64>, 8>(threads),
            }
        }
    }

    unsafe fn panels<S: Sum, const COLUMNS: usize>(&self, threads: usize) -> Result<()> {
        const { assert!(COLUMNS * size_of::<S>() == ROW_BYTES) };
        let Self { m, n, k, .. } = *self;
        let panels = n.div_ceil(COLUMNS);
        let panel_bytes = k.saturating_mul(ROW_BYTES);
        let mut packed = Scratch::try_new(panels.saturating_mul(panel_bytes))?;
        let shared = Shared((*self, packed.address()));
        let pack = compile::<Pack<S, COLUMNS>>();
        pool::for_each_weighing(panels.saturating_mul(panel_bytes), threads, panels, &|panel| {
            let (product, to) = shared.get();
            let left = panel * COLUMNS;
            let from = product.b.at(0, left);
            // SAFETY: the caller's contract: columns of the right matrix; the panel is the
            // task's own part of the packed memory.
            unsafe {
                pack(&Packing {
                    from: Matrix { steps: [from.steps[1], from.steps[0]], ..from },
                    lines: COLUMNS.min(n - left),
                    depth: k,
                    to: to.wrapping_add(panel * panel_bytes),
                });
            }
        })?;
        // As many bands as keep all threads at work, of whole tiles.
        let band = m.div_ceil(threads).clamp(1, BAND).next_multiple_of(ROWS);
        let multiply = compile::<Multiply<S, COLUMNS>>();
        pool::for_each(threads, m.div_ceil(band), &|task| {
            let (product, right) = shared.get();
            let top = task * band;
            let band = Band { product, top, rows: band.min(m - top), right, panel_bytes };
            // SAFETY: the caller's contract; the right matrix has been packed.
            unsafe { multiply(&band) };
        })
    }
}

/// Up to `COLUMNS` lines of a matrix, of `depth` elements each, and where to.
struct Packing {
    /// Steps from line to line, and along a line.
    from: Matrix,
    lines: usize,
    depth: usize,
    to: *mut u8,
}

/// Puts the elements of `LINES` lines side by side; lines that are missing are zeros.
struct Pack<S, const LINES: usize>(PhantomData<S>);

impl<S: Sum, const LINES: usize> Kernel for Pack<S, LINES> {
    type Task = Packing;

    #[inline(always)]
    unsafe fn run(&Packing { from, lines, depth, to }: &Packing) {
        let beside = from.steps[0] == size_of::<S::Item>() as isize;
        for place in 0..depth {
            let start = at(from.address, from.steps[1], place);
            let to = to.wrapping_add(place * LINES * size_of::<S>());
            // SAFETY: [reach] and [alive] for the lines; `to` has room for `LINES` by `depth`.
            unsafe {
                if beside && lines == LINES {
                    for line in 0..LINES {
                        store(to, line, S::widen(load(start, line)));
                    }
                } else {
                    for line in 0..LINES {
                        let value = match line < lines {
                            true => S::widen(load(at(start, from.steps[0], line), 0)),
                            false => S::ZERO,
                        };
                        store(to, line, value);
                    }
                }
            }
        }
    }
}

/// Rows of a product.
struct Band {
    product: Product,
    top: usize,
    rows: usize,
    /// The right matrix in panels.
    right: *mut u8,
    panel_bytes: usize,
}

/// Multiplies a band of rows with all panels.
struct Multiply<S, const COLUMNS: usize>(PhantomData<S>);

impl<S: Sum, const COLUMNS: usize> Kernel for Multiply<S, COLUMNS> {
    type Task = Band;

    #[inline(always)]
    unsafe fn run(band: &Band) {
        let Product { n, k, a, out, .. } = band.product;
        let size = size_of::<S>();
        let mut packed = Scratch::new(BAND * DEPTH.min(k) * size);
        let packed = packed.address();
        for first in (0..k.max(1)).step_by(DEPTH) {
            let depth = DEPTH.min(k - first);
            for row in (0..band.rows).step_by(ROWS) {
                // SAFETY: [reach] and [alive]: rows of the left matrix; a band has `BAND` rows.
                unsafe {
                    Pack::<S, ROWS>::run(&Packing {
                        from: a.at(band.top + row, first),
                        lines: ROWS.min(band.rows - row),
                        depth,
                        to: packed.wrapping_add(row * DEPTH.min(k) * size),
                    });
                }
            }
            for left in (0..n).step_by(COLUMNS) {
                let panel = left / COLUMNS * band.panel_bytes + first * ROW_BYTES;
                let panel = band.right.wrapping_add(panel);
                for row in (0..band.rows).step_by(ROWS) {
                    let rows = packed.wrapping_add(row * DEPTH.min(k) * size);
                    let tile = Tile {
                        out: out.at(band.top + row, left),
                        rows: ROWS.min(band.rows - row),
                        columns: COLUMNS.min(n - left),
                        joins: first > 0,
                    };
                    // SAFETY: both panels hold `depth` steps; the tile is within the output.
                    unsafe { tile.fill::<S, COLUMNS>(rows, panel, depth) };
                }
            }
        }
    }
}

/// A part of the output that is summed in registers.
struct Tile {
    out: Matrix,
    rows: usize,
    columns: usize,
    /// Whether it holds sums already.
    joins: bool,
}

impl Tile {
    #[inline(always)]
    unsafe fn fill<S: Sum, const COLUMNS: usize>(&self, a: *mut u8, b: *mut u8, depth: usize) {
        let mut sums = [[S::ZERO; COLUMNS]; ROWS];
        for place in 0..depth {
            // SAFETY: the caller's: both panels hold `depth` steps.
            let right: [S; COLUMNS] = unsafe { load(b, place) };
            for (row, sums) in sums.iter_mut().enumerate() {
                // SAFETY: as above.
                let left: S = unsafe { load(a, place * ROWS + row) };
                for (sum, right) in sums.iter_mut().zip(right) {
                    *sum = sum.add(left, right);
                }
            }
        }
        let Self { out, rows, columns, joins } = *self;
        let beside = out.steps[1] == size_of::<S::Item>() as isize;
        for (row, sums) in sums.iter().enumerate().take(rows) {
            let start = at(out.address, out.steps[0], row);
            for (column, &sum) in sums.iter().enumerate().take(columns) {
                let address = if beside {
                    start.wrapping_add(column * size_of::<S::Item>())
                } else {
                    at(start, out.steps[1], column)
                };
                // SAFETY: [reach], [alive] and [permit]: the tile is within the output.
                unsafe {
                    let sum = if joins { sum.join(S::widen(load(address, 0))) } else { sum };
                    store(address, 0, sum.narrow());
                }
            }
        }
    }
}
