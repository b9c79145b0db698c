//! Two loops at once, in tiles: where an input is dense along the outer one and the output along
//! the inner one, each line of either is used whole while it is cached.

use std::mem::MaybeUninit;

use crate::loops::{self, Loop, Transpose};
use crate::nest::moved;

/// Bytes along the outer loop, and elements along the inner one, of a tile that is turned.
const TURNED_BYTES: usize = 256;
const TURNED_COLUMNS: usize = 64;

/// The tile where no input can be turned. Measured: few enough pages are open at once for the
/// processor to remember where they are.
const ROWS: usize = 64;
const COLUMNS: usize = 128;

/// A tile of an input, turned. For the largest elements it is as many bytes long and wide.
#[repr(align(64))]
struct Turned([MaybeUninit<u8>; TURNED_BYTES * TURNED_COLUMNS]);

/// What to do with each operand of two loops; operand 0 is the output.
#[derive(Clone, Copy)]
pub(crate) struct Tiles<const N: usize> {
    sizes: [usize; N],
    /// For an input that is dense along the outer loop, how to turn it.
    turn: [Option<Transpose>; N],
    /// Whether the loop only copies, so that turning its input is all there is to do.
    copies: bool,
    rows: usize,
    columns: usize,
}

impl<const N: usize> Tiles<N> {
    /// Tiles for operands of `sizes` bytes with these steps along the outer and the inner loop.
    pub(crate) fn new(steps: [&[isize; N]; 2], sizes: [usize; N], copies: bool) -> Self {
        let mut turn = [None; N];
        let mut largest = 1;
        for operand in 1..N {
            let size = sizes[operand] as isize;
            if steps[0][operand] == size && steps[1][operand] != size {
                turn[operand] = Some(loops::transpose(sizes[operand]));
                largest = largest.max(sizes[operand]);
            }
        }
        let (rows, columns) = if turn.iter().any(Option::is_some) {
            (TURNED_BYTES / largest, TURNED_COLUMNS)
        } else {
            (ROWS, COLUMNS)
        };
        let copies = copies && steps[1][0] == sizes[0] as isize;
        Self { sizes, turn, copies, rows, columns }
    }

    /// Rows of a tile.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// Calls `body` over `lengths` elements along the outer and the inner loop.
    ///
    /// # Safety
    ///
    /// As [`Loop`], for both loops, with the steps that [`Tiles::new`] was given.
    pub(crate) unsafe fn run(
        &self,
        lengths: [usize; 2],
        addresses: &[*mut u8; N],
        [row, column]: [&[isize; N]; 2],
        body: Loop<N>,
    ) {
        for top in (0..lengths[0]).step_by(self.rows) {
            let rows = self.rows.min(lengths[0] - top);
            let line = moved(addresses, row, top);
            for left in (0..lengths[1]).step_by(self.columns) {
                let columns = self.columns.min(lengths[1] - left);
                let corner = moved(&line, column, left);
                // SAFETY: the caller's contract, for a part of the elements.
                unsafe { self.tile([rows, columns], corner, [row, column], body) };
            }
        }
    }

    unsafe fn tile(
        &self,
        [rows, columns]: [usize; 2],
        mut corner: [*mut u8; N],
        [row, column]: [&[isize; N]; 2],
        body: Loop<N>,
    ) {
        // SAFETY: the caller's contract; a turned tile has room for the rows and columns.
        unsafe {
            if self.copies
                && let Some(turn) = self.turn[1]
            {
                return turn(rows, columns, [corner[0], corner[1]], [row[0], column[1]]);
            }
            let mut turned = [const { Turned([MaybeUninit::uninit(); _]) }; N];
            let (mut row, mut column) = (*row, *column);
            for operand in 1..N {
                if let Some(turn) = self.turn[operand] {
                    let size = self.sizes[operand] as isize;
                    let to: *mut u8 = turned[operand].0.as_mut_ptr().cast();
                    let row_step = size * columns as isize;
                    turn(rows, columns, [to, corner[operand]], [row_step, column[operand]]);
                    (corner[operand], row[operand], column[operand]) = (to, row_step, size);
                }
            }
            for index in 0..rows {
                body(columns, &moved(&corner, &row, index), &column);
            }
        }
    }
}
