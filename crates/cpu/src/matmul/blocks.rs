//! Products of floats and complex numbers: both matrices packed, in blocks that the caches hold,
//! and tiles of the output summed in registers.
//!
//! After Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008), and
//! Van Zee and van de Geijn, "BLIS: A Framework for Rapidly Instantiating BLAS Functionality"
//! (2015).

use std::arch::x86_64::{_MM_HINT_T0, _MM_HINT_T1, _mm_prefetch};
use std::marker::PhantomData;
use std::mem::MaybeUninit;

use tensorbridge_core::dtype::{Complex32, Complex64};
use tensorbridge_core::{DType, Result};

use super::entry::Entry;
use super::pack::Packing;
use super::{Matrix, Product};
use crate::isa::{Isa, Tier, TieredKernel, compile_tiered, tier};
use crate::loops::body::{load, store};
use crate::pool::{self, Shared};
use crate::scratch::Kept;

/// Bytes of a panel of the right matrix, of which there is one in the first-level cache, beside
/// panels of the left one; and steps along the contracted axis that it has at least.
const PANEL: usize = 20 << 10;
const DEPTH: usize = 256;

/// Bytes of a block of the left matrix, which stays in the second-level cache of one core.
const LEFT: usize = 192 << 10;

/// Bytes of a block of the right matrix, which all threads share: some of the third-level cache.
const RIGHT: usize = 4 << 20;

/// Rows of the left matrix that are worth a task.
const BAND: usize = 48;

/// Bytes of a line of the caches.
const LINE: usize = 64;

/// Bytes behind what is packed, which a register reads beyond the end.
const SPARE: usize = LINE;

/// Rows, columns and steps that are worth the packing, multiply-adds, and bytes of a right matrix
/// that no longer stays in the second-level cache by itself. Measured: below, `faer` is faster.
const SIDE: usize = 32;
const STEPS: usize = 16;
const WORK: usize = 1 << 22;
const SPREAD: usize = 1 << 18;

/// The same of complex numbers.
const COMPLEX_SIDE: usize = 128;
const COMPLEX_WORK: usize = 1 << 23;

/// The kernels of a dtype, and the tiles of the output that they sum in registers.
#[derive(Clone, Copy)]
pub(super) struct Tiles {
    /// Rows and columns of a tile, and bytes of an element.
    pub(super) rows: usize,
    pub(super) columns: usize,
    size: usize,
    /// Packs a panel of the right matrix.
    pub(super) pack: unsafe fn(&Packing),
    /// Packs some rows of the left matrix, and multiplies.
    pub(super) multiply: unsafe fn(&Task),
}

impl Tiles {
    /// Those for a processor that has registers enough: tiles of as many sums as these hold beside
    /// two vectors of the right matrix and a number of the left.
    pub(super) fn of(dtype: DType) -> Option<Self> {
        match (dtype, tier()) {
            (DType::Float32, Tier::V3) => Some(Self::new::<f32, 6, 16, 8>()),
            (DType::Float64, Tier::V3) => Some(Self::new::<f64, 6, 8, 4>()),
            (DType::Complex64, Tier::V3) => Some(Self::new::<Complex32, 3, 8, 8>()),
            (DType::Complex128, Tier::V3) => Some(Self::new::<Complex64, 3, 4, 4>()),
            (DType::Float32, Tier::V4) => Some(Self::new::<f32, 12, 32, 16>()),
            (DType::Float64, Tier::V4) => Some(Self::new::<f64, 12, 16, 8>()),
            (DType::Complex64, Tier::V4) => Some(Self::new::<Complex32, 6, 16, 16>()),
            (DType::Complex128, Tier::V4) => Some(Self::new::<Complex64, 6, 8, 8>()),
            _ => None,
        }
    }

    /// Tiles of `ROWS` by `COLUMNS`, and of `HALF` as many columns at the edge.
    fn new<T: Entry, const ROWS: usize, const COLUMNS: usize, const HALF: usize>() -> Self {
        Self {
            rows: ROWS,
            columns: COLUMNS,
            size: size_of::<T>(),
            pack: compile_tiered::<Pack<T, COLUMNS>>(),
            multiply: compile_tiered::<Multiply<T, ROWS, COLUMNS, HALF>>(),
        }
    }

    /// Bytes that `columns` columns of a right matrix of `steps` rows take when packed.
    pub(super) fn room(&self, columns: usize, steps: usize) -> usize {
        columns.next_multiple_of(self.columns) * steps * self.size + SPARE
    }
}

impl Product {
    /// The kernels for products that are large enough.
    pub(super) fn in_blocks(&self) -> Option<Tiles> {
        let (side, work) = match self.dtype.is_complex() {
            true => (COMPLEX_SIDE, COMPLEX_WORK),
            false => (SIDE, WORK),
        };
        let spread = self.k.saturating_mul(self.n).saturating_mul(self.dtype.itemsize()) > SPREAD;
        let large = spread && self.m.min(self.n) >= side && self.k >= STEPS && self.work() >= work;
        if large { Tiles::of(self.dtype) } else { None }
    }

    /// The product in tiles.
    ///
    /// # Safety
    ///
    /// As [`super::matmul`]; the tiles are those of its dtype.
    ///
    /// # Errors
    ///
    /// No memory for the packed matrix; `Interrupted`.
    pub(super) unsafe fn blocks(&self, tiles: Tiles, threads: usize) -> Result<()> {
        let Tiles { rows: tile_rows, columns: tile, size, pack, multiply } = tiles;
        let product = if self.out.steps[0] == size as isize { self.turned() } else { *self };
        let Self { m, n, k, .. } = product;
        // Of each sum, the same order whatever the number of threads.
        let depth = part(k.max(1), (PANEL / (tile * size)).max(DEPTH), 1, 1);
        let most = |bytes: usize, tile: usize| bytes / (depth * size * tile) * tile;
        let columns = part(n, most(RIGHT, tile), 1, tile);
        // As many layers of this depth as the block holds: threads wait for each other but twice.
        let layers = (RIGHT / (columns * depth * size)).clamp(1, k.max(1).div_ceil(depth));
        // Two bands for each thread, as one may come late.
        let shares = if threads > 1 && m >= 2 * threads * BAND { 2 * threads } else { threads };
        let rows = part(m, most(LEFT, tile_rows), shares, tile_rows);
        let bands = m.div_ceil(rows);
        let packed = Kept::try_new(tiles.room(columns, layers * depth))?;
        let right = packed.address();
        for left in (0..n).step_by(columns) {
            for first in (0..k.max(1)).step_by(layers * depth) {
                let product = Self {
                    n: columns.min(n - left),
                    k: (layers * depth).min(k - first),
                    a: product.a.at(0, first),
                    b: product.b.at(first, left),
                    out: product.out.at(0, left),
                    ..product
                };
                let layers = product.k.max(1).div_ceil(depth);
                let panels = product.n.div_ceil(tile);
                let joins = if first > 0 { Joins::Adds } else { Joins::Replaces };
                let shared = Shared(Block { product, right, joins });
                let layer = |index: usize| shared.get().layer(&tiles, index * depth, depth);
                let weight = product.n * product.k * size;
                pool::for_each_weighing(weight, threads, layers * panels, &|task| {
                    let panel = layer(task / panels).panel(&tiles, task % panels);
                    // SAFETY: the caller's contract: columns of the right matrix; the panel is
                    // the task's own part of the packed memory.
                    unsafe { pack(&panel) };
                })?;
                // Where there are more threads than bands, several share one.
                let parts = threads.div_ceil(bands).min(panels);
                pool::for_each(threads, bands * parts, &|task| {
                    let (band, part) = (task / parts, task % parts);
                    for index in 0..layers {
                        let task = Task {
                            block: layer(index),
                            top: band * rows,
                            rows: rows.min(m - band * rows),
                            panels: [part, part + 1].map(|part| panels * part / parts),
                        };
                        // SAFETY: the caller's contract; the right matrix has been packed.
                        unsafe { multiply(&task) };
                    }
                })?;
            }
        }
        Ok(())
    }
}

/// How much of `length` one of several parts of about equal size takes: `most` at most, in whole
/// tiles, and in as many parts as occupy all threads.
fn part(length: usize, most: usize, threads: usize, tile: usize) -> usize {
    let parts = length.div_ceil(most).next_multiple_of(threads);
    length.div_ceil(parts).next_multiple_of(tile)
}

/// Some columns of a product, and some of the steps that they are summed from, in layers.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub(super) product: Product,
    /// The packed right matrix.
    pub(super) right: *mut u8,
    pub(super) joins: Joins,
}

/// What becomes of the sums.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Joins {
    Replaces,
    /// They are added to what is in the output.
    Adds,
    /// They are taken from what is in the output.
    Takes,
}

impl Block {
    /// The layer of `depth` steps, or what there is, from step `first` on.
    fn layer(&self, tiles: &Tiles, first: usize, depth: usize) -> Self {
        let Product { n, k, a, b, .. } = self.product;
        let before = n.next_multiple_of(tiles.columns) * first * tiles.size;
        Self {
            product: Product {
                k: depth.min(k - first),
                a: a.at(0, first),
                b: b.at(first, 0),
                ..self.product
            },
            right: self.right.wrapping_add(before),
            joins: if first > 0 { Joins::Adds } else { self.joins },
        }
    }

    /// A panel of the right matrix, from where it is to where it is packed.
    pub(super) fn panel(&self, tiles: &Tiles, panel: usize) -> Packing {
        let Product { n, k, b, .. } = self.product;
        let column = panel * tiles.columns;
        let from = b.at(0, column);
        Packing {
            from: Matrix { steps: [from.steps[1], from.steps[0]], ..from },
            lines: tiles.columns.min(n - column),
            steps: k,
            to: self.right.wrapping_add(column * k * tiles.size),
        }
    }
}

/// Packs one panel.
struct Pack<T, const WIDTH: usize>(PhantomData<T>);

impl<T: Entry, const WIDTH: usize> TieredKernel for Pack<T, WIDTH> {
    type Task = Packing;

    #[inline(always)]
    unsafe fn run<I: Isa>(packing: &Packing) {
        // SAFETY: the caller's; then the panel holds what was just packed.
        unsafe {
            packing.run::<T::Unit, WIDTH>();
            T::arrange::<WIDTH>(packing.to, packing.steps);
        }
    }
}

/// Some rows, and some panels of columns, of a block.
pub(super) struct Task {
    pub(super) block: Block,
    pub(super) top: usize,
    pub(super) rows: usize,
    pub(super) panels: [usize; 2],
}

/// Packs rows of the left matrix and multiplies them with the packed right matrix.
struct Multiply<T, const ROWS: usize, const COLUMNS: usize, const HALF: usize>(PhantomData<T>);

impl<T: Entry, const ROWS: usize, const COLUMNS: usize, const HALF: usize> TieredKernel
    for Multiply<T, ROWS, COLUMNS, HALF>
{
    type Task = Task;

    #[inline(always)]
    unsafe fn run<I: Isa>(&Task { block, top, rows, panels }: &Task) {
        let Block { product: Product { n, k, a, out, .. }, right, joins } = block;
        let size = size_of::<T>();
        let packed = Kept::new(rows.next_multiple_of(ROWS) * k * size + SPARE);
        let left = packed.address();
        for row in (0..rows).step_by(ROWS) {
            let packing = Packing {
                from: a.at(top + row, 0),
                lines: ROWS.min(rows - row),
                steps: k,
                to: left.wrapping_add(row * k * size),
            };
            // SAFETY: [reach] and [alive]: rows of the left matrix; there is room for them.
            unsafe { packing.run::<T::Unit, ROWS>() };
        }
        let panel = COLUMNS * k * size;
        let share = panel / rows.div_ceil(ROWS) + LINE;
        for column in (panels[0]..panels[1]).map(|panel| panel * COLUMNS) {
            let right = right.wrapping_add(column * k * size);
            for row in (0..rows).step_by(ROWS) {
                // The next panel comes from afar: a part of it with each tile of this one.
                let next = right.wrapping_add(panel + row / ROWS * share);
                for line in (0..share).step_by(LINE) {
                    // SAFETY: a hint, for any address.
                    unsafe { _mm_prefetch::<_MM_HINT_T1>(next.wrapping_add(line).cast()) };
                }
                let tile = Tile {
                    out: out.at(top + row, column),
                    rows: ROWS.min(rows - row),
                    columns: COLUMNS.min(n - column),
                    joins,
                };
                let left = left.wrapping_add(row * k * size);
                // SAFETY: both sides hold `k` steps; the tile is within the output.
                unsafe {
                    if tile.columns > HALF {
                        tile.fill::<T, ROWS, COLUMNS, COLUMNS>(k, left, right);
                    } else {
                        tile.fill::<T, ROWS, COLUMNS, HALF>(k, left, right);
                    }
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
    joins: Joins,
}

impl Tile {
    /// Sums products of two panels, `WIDTH` columns of the right one, and stores the sums: at the
    /// edge of the output by way of memory of its own, so that there is one loop for all.
    // Through indices: else the loops are left scalar.
    #[allow(clippy::needless_range_loop)]
    #[inline(always)]
    unsafe fn fill<T: Entry, const ROWS: usize, const COLUMNS: usize, const WIDTH: usize>(
        &self,
        steps: usize,
        left: *mut u8,
        right: *mut u8,
    ) {
        let Self { out, rows, columns, joins } = *self;
        let size = size_of::<T>() as isize;
        let whole = rows == ROWS && columns == WIDTH && out.steps[1] == size;
        let mut edge = MaybeUninit::<[[T; WIDTH]; ROWS]>::uninit();
        let aside =
            Matrix { address: edge.as_mut_ptr().cast(), steps: [WIDTH as isize * size, size] };
        let to = if whole { out } else { aside };
        // SAFETY: the caller's; [reach], [alive] and [permit]: the tile is within the output, or
        // it is `edge`, which is filled before it is read.
        unsafe {
            for row in 0..ROWS {
                for column in [0, WIDTH - 1] {
                    _mm_prefetch::<_MM_HINT_T0>(to.at(row, column).address.cast());
                }
            }
            let mut sums = T::sums::<ROWS, COLUMNS, WIDTH>(steps, left, right);
            // Outside the loops: else they are left scalar.
            if joins == Joins::Adds && whole {
                for row in 0..ROWS {
                    let before: [T; WIDTH] = load(to.at(row, 0).address, 0);
                    for column in 0..WIDTH {
                        sums[row][column] = before[column].join(sums[row][column]);
                    }
                }
            } else if joins == Joins::Takes && whole {
                for row in 0..ROWS {
                    let before: [T; WIDTH] = load(to.at(row, 0).address, 0);
                    for column in 0..WIDTH {
                        sums[row][column] = before[column] - sums[row][column];
                    }
                }
            }
            for row in 0..ROWS {
                store(to.at(row, 0).address, 0, sums[row]);
            }
            if !whole {
                self.spill(edge.assume_init_ref());
            }
        }
    }

    /// Stores those sums that are within the output, wherever it lies.
    #[inline(never)]
    unsafe fn spill<T: Entry, const ROWS: usize, const WIDTH: usize>(
        &self,
        sums: &[[T; WIDTH]; ROWS],
    ) {
        for (row, sums) in sums.iter().enumerate().take(self.rows) {
            for (column, &sum) in sums.iter().enumerate().take(self.columns) {
                let address = self.out.at(row, column).address;
                // SAFETY: the caller's.
                unsafe {
                    let sum = match self.joins {
                        Joins::Replaces => sum,
                        Joins::Adds => load::<T>(address, 0).join(sum),
                        Joins::Takes => load::<T>(address, 0) - sum,
                    };
                    store(address, 0, sum);
                }
            }
        }
    }
}
