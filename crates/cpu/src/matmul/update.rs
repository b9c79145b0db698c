//! `to -= left @ right` for parts of one output that several threads take: the left matrix is packed
//! once for all of them. What is left of a matrix after each panel of a factorization.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use tensorbridge_core::Element;

#[cfg(target_arch = "x86_64")]
use super::blocks::{Block, Joins, Task, Tiles};
#[cfg(target_arch = "x86_64")]
use super::{Matrix, Product};

/// A left matrix with dense columns, up to so many rows and columns of which are packed.
#[derive(Clone, Copy)]
pub(crate) struct Left<T> {
    matrix: *const T,
    /// Elements from column to column.
    step: isize,
    rows: usize,
    columns: usize,
    #[cfg(target_arch = "x86_64")]
    packed: *mut u8,
    #[cfg(target_arch = "x86_64")]
    tiles: Option<Tiles>,
}

impl<T: Element + faer::traits::ComplexField> Left<T> {
    /// How many bytes a left matrix of this size takes when packed.
    pub(crate) fn room(rows: usize, columns: usize) -> usize {
        #[cfg(target_arch = "x86_64")]
        if let Some(tiles) = Tiles::of(T::DTYPE) {
            return tiles.room(rows, columns);
        }
        let _ = (rows, columns);
        0
    }

    /// What [`Left::pack`] packed.
    ///
    /// # Safety
    ///
    /// That was the same matrix and the same memory; nobody changes either as long as this lives.
    pub(crate) unsafe fn packed(matrix: MatRef<'_, T>, memory: *mut u8) -> Self {
        debug_assert_eq!(matrix.row_stride(), 1);
        #[cfg(not(target_arch = "x86_64"))]
        let _ = memory;
        Self {
            matrix: matrix.as_ptr(),
            step: matrix.col_stride(),
            rows: matrix.nrows(),
            columns: matrix.ncols(),
            #[cfg(target_arch = "x86_64")]
            packed: memory,
            #[cfg(target_arch = "x86_64")]
            tiles: Tiles::of(T::DTYPE),
        }
    }

    /// Packs `matrix` into `memory`, which holds [`Left::room`].
    ///
    /// # Safety
    ///
    /// Nobody else uses the memory.
    pub(crate) unsafe fn pack(matrix: MatRef<'_, T>, memory: *mut u8) {
        #[cfg(not(target_arch = "x86_64"))]
        let _ = (matrix, memory);
        #[cfg(target_arch = "x86_64")]
        if let Some(tiles) = Tiles::of(T::DTYPE) {
            // SAFETY: the caller's contract.
            let left = unsafe { Self::packed(matrix, memory) };
            let nothing = std::ptr::null_mut();
            let block = left.block(0, nothing, 0, nothing, [0, 0]);
            for panel in 0..left.rows.div_ceil(tiles.columns) {
                // SAFETY: [reach] and [alive]: rows of the matrix, which is borrowed; [permit]:
                // the memory is ours.
                unsafe { (tiles.pack)(&block.panel(&tiles, panel)) };
            }
        }
    }

    /// `to -= left right`; of the rows before `first`, what becomes of them does not matter.
    ///
    /// # Safety
    ///
    /// As [`Left::packed`].
    pub(crate) unsafe fn take(&self, first: usize, to: MatMut<'_, T>, right: MatRef<'_, T>) {
        debug_assert_eq!((to.nrows(), to.ncols()), (self.rows, right.ncols()));
        debug_assert_eq!((right.nrows(), to.row_stride()), (self.columns, 1));
        #[cfg(target_arch = "x86_64")]
        if let Some(tiles) = self.tiles {
            let steps = [right.row_stride(), right.col_stride()];
            let to_step = to.col_stride();
            let block = self.block(to.ncols(), to.as_ptr_mut(), to_step, right.as_ptr(), steps);
            let panels = [first / tiles.columns, self.rows.div_ceil(tiles.columns)];
            let task = Task { block, top: 0, rows: to.ncols(), panels };
            // SAFETY: [reach], [alive], [permit] and [alias]: matrices that are borrowed; the
            // left one has been packed.
            unsafe { (tiles.multiply)(&task) };
            return;
        }
        // SAFETY: the caller's contract.
        let left =
            unsafe { MatRef::from_raw_parts(self.matrix, self.rows, self.columns, 1, self.step) };
        let (left, to) = (left.get(first.., ..), to.get_mut(first.., ..));
        matmul(to, Accum::Add, left, right, -T::one_impl(), Par::Seq);
    }

    /// The product as the kernels have it: that of the transposed matrices.
    #[cfg(target_arch = "x86_64")]
    fn block(
        &self,
        columns: usize,
        to: *mut T,
        to_step: isize,
        right: *const T,
        right_steps: [isize; 2],
    ) -> Block {
        let size = size_of::<T>() as isize;
        let matrix = |address: *const T, down: isize, along: isize| Matrix {
            address: address.cast_mut().cast(),
            steps: [down * size, along * size],
        };
        let product = Product {
            dtype: T::DTYPE,
            m: columns,
            n: self.rows,
            k: self.columns,
            a: matrix(right, right_steps[1], right_steps[0]),
            b: matrix(self.matrix, self.step, 1),
            out: matrix(to, to_step, 1),
        };
        Block { product, right: self.packed, joins: Joins::Takes }
    }
}
