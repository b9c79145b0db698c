//! Work that is cut by size: results do not depend on who does the pieces.

use faer::{MatMut, Par};
use rayon::prelude::*;

use super::Field;
use crate::pool::{self, Shared};

/// Does something with each piece of `size` elements, on several threads where `par` says so.
pub(super) fn pieces<E: Send>(
    par: Par,
    slice: &mut [E],
    size: usize,
    work: impl Fn(usize, &mut [E]) + Sync + Send,
) {
    let work = |(index, piece)| work(index, piece);
    match par {
        Par::Seq => slice.chunks_mut(size).enumerate().for_each(work),
        Par::Rayon(_) => slice.par_chunks_mut(size).enumerate().for_each(work),
    }
}

/// The same with the columns of a matrix.
pub(super) fn columns<E: Send>(
    par: Par,
    mut matrix: MatMut<'_, E>,
    size: usize,
    work: impl Fn(usize, MatMut<'_, E>) + Sync + Send,
) {
    if let Par::Rayon(_) = par {
        matrix.par_col_chunks_mut(size).enumerate().for_each(|(index, piece)| work(index, piece));
        return;
    }
    for index in 0..matrix.ncols().div_ceil(size) {
        let piece = size.min(matrix.ncols() - index * size);
        work(index, matrix.as_mut().subcols_mut(index * size, piece));
    }
}

/// The same, by the crew of the pool.
pub(super) fn by_crew<T: Field>(
    threads: usize,
    matrix: MatMut<'_, T>,
    size: usize,
    work: &(dyn Fn(usize, MatMut<'_, T>) + Sync),
) {
    let (rows, columns) = (matrix.nrows(), matrix.ncols());
    let (down, along) = (matrix.row_stride(), matrix.col_stride());
    let shared = Shared(matrix.as_ptr_mut());
    // One who is interrupted computes nothing that anybody sees.
    let _ = pool::for_each(threads, columns.div_ceil(size), &|index| {
        let first = index * size;
        let count = size.min(columns - first);
        // SAFETY: a part of `matrix`, which is borrowed; each task has its own columns.
        let piece = unsafe {
            let address = shared.get().offset(first as isize * along);
            MatMut::from_raw_parts_mut(address, rows, count, down, along)
        };
        work(index, piece);
    });
}
