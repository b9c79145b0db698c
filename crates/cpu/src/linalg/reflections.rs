//! Reflections applied to the columns of a matrix, some columns at a time: `faer` multiplies a few
//! columns in another way than many, and the result must not tell who did which.

use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::householder::{
    apply_block_householder_on_the_left_in_place_scratch as block_scratch,
    apply_block_householder_on_the_left_in_place_with_conj as apply_block,
    apply_block_householder_sequence_on_the_left_in_place_scratch as sequence_scratch,
    apply_block_householder_sequence_on_the_left_in_place_with_conj as apply_sequence,
    apply_block_householder_transpose_on_the_left_in_place_with_conj as apply_block_backwards,
};
use faer::{Conj, MatMut, MatRef, Par};

use super::Field;
use super::cut;

/// Columns that a block of reflections, and a whole sequence of them, is applied to together.
const FEW: usize = 128;
const MANY: usize = 256;

/// The memory that [`block`] works in, for so many columns of `rows`.
pub(super) fn block_need<T: Field>(rows: usize, block: usize, columns: usize) -> StackReq {
    block_scratch::<T>(rows, block, columns.min(FEW))
}

/// Applies one block of reflections, the first of them first or the last: each is a column of
/// `vectors`, below the diagonal, and `factors` their triangular factor.
pub(super) fn block<T: Field>(
    vectors: MatRef<'_, T>,
    factors: MatRef<'_, T>,
    first_first: bool,
    to: MatMut<'_, T>,
    par: Par,
    stack: &mut MemStack,
) {
    let need = block_need::<T>(vectors.nrows(), factors.nrows(), to.ncols());
    in_groups(par, to, FEW, need, stack, |to, stack| match first_first {
        true => apply_block_backwards(vectors, factors, Conj::Yes, to, Par::Seq, stack),
        false => apply_block(vectors, factors, Conj::No, to, Par::Seq, stack),
    });
}

/// The memory that [`sequence`] works in, for so many columns of `rows`.
pub(super) fn sequence_need<T: Field>(rows: usize, block: usize, columns: usize) -> StackReq {
    sequence_scratch::<T>(rows, block, columns.min(MANY))
}

/// Applies all reflections of a reduced matrix, the last of them first; the triangular factors are
/// those of as many at a time as `factors` has rows.
pub(super) fn sequence<T: Field>(
    vectors: MatRef<'_, T>,
    factors: MatRef<'_, T>,
    to: MatMut<'_, T>,
    par: Par,
    stack: &mut MemStack,
) {
    let need = sequence_need::<T>(vectors.nrows(), factors.nrows(), to.ncols());
    in_groups(par, to, MANY, need, stack, |to, stack| {
        apply_sequence(vectors, factors, Conj::No, to, Par::Seq, stack);
    });
}

/// Works on `size` columns at a time, in `stack` where nobody else does.
fn in_groups<T: Field>(
    par: Par,
    mut to: MatMut<'_, T>,
    size: usize,
    need: StackReq,
    stack: &mut MemStack,
    work: impl Fn(MatMut<'_, T>, &mut MemStack) + Sync + Send,
) {
    if par.degree() > 1 && to.ncols() > size {
        return cut::columns(par, to, size, |_, to| {
            work(to, MemStack::new(&mut MemBuffer::new(need)));
        });
    }
    for first in (0..to.ncols()).step_by(size) {
        let width = size.min(to.ncols() - first);
        work(to.as_mut().subcols_mut(first, width), stack);
    }
}
