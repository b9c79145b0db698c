//! Products of integers and bool: both matrices packed into panels, and some rows of sums that stay
//! in the first-level cache, after Goto and van de Geijn, "Anatomy of High-Performance Matrix
//! Multiplication" (2008).
//!
//! Sums wrap, so they may be taken in any wider type, in any order. The 8-bit integers are summed
//! in 16 bits, which processors multiply many at a time.

use std::marker::PhantomData;

use tensorbridge_core::{DType, Result};

use super::sum::{Any, Sum, Wrapping};
use super::{Matrix, Product};
use crate::isa::{Kernel, compile};
use crate::loops::body::{at, load, store};
use crate::pool::{self, Shared};
use crate::scratch::Scratch;

/// Rows of sums, and steps along the contracted axis, of one pass over the columns of a panel.
/// Measured: the multipliers of a pass stay in registers, or near.
const ROWS: usize = 4;
const STEPS: usize = 4;

/// Bytes of a row of sums at most, of which a panel's columns are a multiple at least.
const WIDEST: usize = 512;
const NARROWEST: usize = 32;

/// Steps along the contracted axis, of which a panel stays in the second-level cache.
const DEPTH: usize = 128;

/// Rows of the left matrix that one task packs and multiplies.
const BAND: usize = 64;

impl Product {
    /// # Safety
    ///
    /// As [`super::matmul`], for integers or bool.
    ///
    /// # Errors
    ///
    /// No memory for the packed matrix; `Interrupted`.
    pub(super) unsafe fn integers(&self, threads: usize) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe {
            match (self.dtype, self.dtype.itemsize()) {
                (DType::Bool, _) => self.panels::<Any, WIDEST>(threads),
                (_, 1) => self.panels::<Wrapping<i8, i16>, { WIDEST / 2 }>(threads),
                (_, 2) => self.panels::<Wrapping<i16, i16>, { WIDEST / 2 }>(threads),
                (_, 4) => self.panels::<Wrapping<i32, i32>, { WIDEST / 4 }>(threads),
                _ => self.panels::<Wrapping<i64, i64>, { WIDEST / 8 }>(threads),
            }
        }
    }

    unsafe fn panels<S: Sum, const COLUMNS: usize>(&self, threads: usize) -> Result<()> {
        let Self { m, n, k, .. } = *self;
        let panels = Panels::new::<S>(n, k, COLUMNS);
        let mut packed = Scratch::try_new(panels.bytes())?;
        let shared = Shared((*self, packed.address()));
        let pack = compile::<Pack<S>>();
        pool::for_each_weighing(panels.bytes(), threads, panels.count, &|panel| {
            let (product, to) = shared.get();
            let from = product.b.at(0, panel * COLUMNS);
            // SAFETY: the caller's contract: columns of the right matrix; the panel is the
            // task's own part of the packed memory.
            unsafe {
                pack(&Packing {
                    from: Matrix { steps: [from.steps[1], from.steps[0]], ..from },
                    lines: COLUMNS.min(n - panel * COLUMNS),
                    steps: k,
                    width: panels.width(panel),
                    to: panels.at(to, panel, 0),
                });
            }
        })?;
        // As many bands as keep all threads at work, of whole rows of sums.
        let band = m.div_ceil(threads).clamp(1, BAND).next_multiple_of(ROWS);
        let multiply = compile::<Multiply<S, COLUMNS>>();
        pool::for_each(threads, m.div_ceil(band), &|task| {
            let (product, right) = shared.get();
            let top = task * band;
            let band = Band { product, top, rows: band.min(m - top), right, panels };
            // SAFETY: the caller's contract; the right matrix has been packed.
            unsafe { multiply(&band) };
        })
    }
}

/// Where the columns of the right matrix are when they are packed: panels of equal width, the last
/// one perhaps narrower, and in each one row after the other.
#[derive(Clone, Copy)]
struct Panels {
    count: usize,
    columns: usize,
    /// Columns of the last one, with what fills it up.
    last: usize,
    /// Bytes of an element.
    size: usize,
    /// Rows, with what fills them up.
    rows: usize,
}

impl Panels {
    fn new<S>(n: usize, k: usize, columns: usize) -> Self {
        let size = size_of::<S>();
        let count = n.div_ceil(columns);
        let last = (n - (count - 1) * columns).next_multiple_of(NARROWEST / size);
        Self { count, columns, last, size, rows: k.next_multiple_of(STEPS) }
    }

    fn width(&self, panel: usize) -> usize {
        if panel + 1 == self.count { self.last } else { self.columns }
    }

    fn bytes(&self) -> usize {
        let columns = (self.count - 1) * self.columns + self.last;
        columns.saturating_mul(self.rows).saturating_mul(self.size)
    }

    /// Row `row` of a panel.
    fn at(&self, packed: *mut u8, panel: usize, row: usize) -> *mut u8 {
        let before = panel * self.columns * self.rows + row * self.width(panel);
        packed.wrapping_add(before * self.size)
    }
}

/// Lines of a matrix, and where they come to lie side by side.
struct Packing {
    /// Steps from line to line, and along a line.
    from: Matrix,
    lines: usize,
    steps: usize,
    /// Lines that there are room for.
    width: usize,
    to: *mut u8,
}

/// Puts lines side by side, and zeros where there are none, up to whole `STEPS`.
struct Pack<S>(PhantomData<S>);

impl<S: Sum> Kernel for Pack<S> {
    type Task = Packing;

    #[inline(always)]
    unsafe fn run(&Packing { from, lines, steps, width, to }: &Packing) {
        let beside = from.steps[0] == size_of::<S::Item>() as isize;
        for step in 0..steps.next_multiple_of(STEPS) {
            let start = at(from.address, from.steps[1], step);
            let to = to.wrapping_add(step * width * size_of::<S>());
            let lines = if step < steps { lines } else { 0 };
            // SAFETY: [reach] and [alive] for the lines; `to` has room for all steps.
            unsafe {
                if beside {
                    for line in 0..lines {
                        store(to, line, S::widen(load(start, line)));
                    }
                } else {
                    for line in 0..lines {
                        store(to, line, S::widen(load(at(start, from.steps[0], line), 0)));
                    }
                }
                for line in lines..width {
                    store(to, line, S::ZERO);
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
    /// The right matrix, packed.
    right: *mut u8,
    panels: Panels,
}

/// Multiplies a band of rows with all panels.
struct Multiply<S, const COLUMNS: usize>(PhantomData<S>);

impl<S: Sum, const COLUMNS: usize> Kernel for Multiply<S, COLUMNS> {
    type Task = Band;

    #[inline(always)]
    unsafe fn run(&Band { product, top, rows, right, panels }: &Band) {
        let Product { n, k, a, out, .. } = product;
        let most = DEPTH.min(panels.rows);
        let mut packed = Scratch::new(BAND * most * size_of::<S>());
        let packed = packed.address();
        let left = |row: usize| packed.wrapping_add(row * most * size_of::<S>());
        for first in (0..k.max(1)).step_by(DEPTH) {
            let steps = DEPTH.min(k - first);
            for row in (0..rows).step_by(ROWS) {
                let lines = ROWS.min(rows - row);
                let from = a.at(top + row, first);
                // SAFETY: [reach] and [alive]: rows of the left matrix; a band has `BAND` rows.
                unsafe {
                    Pack::<S>::run(&Packing { from, lines, steps, width: ROWS, to: left(row) });
                }
            }
            for panel in 0..panels.count {
                let column = panel * COLUMNS;
                let line = panels.at(right, panel, first);
                for row in (0..rows).step_by(ROWS) {
                    let tile = Tile {
                        out: out.at(top + row, column),
                        rows: ROWS.min(rows - row),
                        columns: COLUMNS.min(n - column),
                        joins: first > 0,
                    };
                    let width = panels.width(panel);
                    // SAFETY: both sides hold `steps` steps; the tile is within the output.
                    unsafe { tile.fill::<S, COLUMNS>(width, steps, left(row), line) };
                }
            }
        }
    }
}

/// A part of the output.
struct Tile {
    out: Matrix,
    rows: usize,
    columns: usize,
    /// Whether it holds sums already.
    joins: bool,
}

impl Tile {
    /// Adds products of `ROWS` packed lines on the left with packed rows of `width` columns.
    // Through indices, without closures, and with sums that nobody else has seen: else the loops
    // are left scalar.
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    unsafe fn fill<S: Sum, const COLUMNS: usize>(
        &self,
        width: usize,
        steps: usize,
        left: *mut u8,
        right: *mut u8,
    ) {
        let width = width.min(COLUMNS);
        let mut sums = [[S::ZERO; COLUMNS]; ROWS];
        for first in (0..steps).step_by(STEPS) {
            // SAFETY: the caller's: the lines are filled up to whole `STEPS`.
            let factors: [[S; ROWS]; STEPS] = unsafe { load(left, first / STEPS) };
            let mut lines = [right; STEPS];
            for step in 0..STEPS {
                lines[step] = right.wrapping_add((first + step) * width * size_of::<S>());
            }
            for column in 0..width {
                let mut values = [S::ZERO; STEPS];
                for step in 0..STEPS {
                    // SAFETY: as above, for the rows of the panel.
                    values[step] = unsafe { load(lines[step], column) };
                }
                for row in 0..ROWS {
                    let mut sum = sums[row][column];
                    for step in 0..STEPS {
                        sum = sum.add(factors[step][row], values[step]);
                    }
                    sums[row][column] = sum;
                }
            }
        }
        let Self { out, rows, columns, joins } = *self;
        let step = out.steps[1];
        for row in 0..rows.min(ROWS) {
            let start = at(out.address, out.steps[0], row);
            for column in 0..columns.min(COLUMNS) {
                let address = at(start, step, column);
                // SAFETY: [reach], [alive] and [permit]: the tile is within the output.
                unsafe {
                    let before = if joins { S::widen(load(address, 0)) } else { S::ZERO };
                    store(address, 0, sums[row][column].join(before).narrow());
                }
            }
        }
    }
}
