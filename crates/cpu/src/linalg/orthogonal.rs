//! `Q` with orthonormal columns times an upper triangular `R`.

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::qr::no_pivoting::factor::{
    qr_in_place, qr_in_place_scratch, recommended_block_size,
};
use faer::linalg::temp_mat_scratch;
use faer::{MatMut, Par};

use super::Field;
use super::batch::{Place, Routine, scratch};
use super::field::identity;
use super::reflections;

pub(super) struct Orthogonal {
    pub(super) m: usize,
    pub(super) n: usize,
    /// Of `Q`; 0 where only `R` is asked for.
    pub(super) columns: usize,
}

/// The memory that [`factor`] works in, for blocks of so many reflections.
pub(super) fn factor_scratch<T: Field>(m: usize, n: usize, block: usize) -> StackReq {
    qr_in_place_scratch::<T>(m, block, block, Par::Seq, Default::default())
        .or(reflections::block_need::<T>(m, block, n))
}

/// Makes `R` of `a`, and below it the vectors of the reflections; their triangular factors come
/// into `factors`, as many in a block as it has rows. The result is the same however it is cut.
pub(super) fn factor<T: Field>(
    mut a: MatMut<'_, T>,
    mut factors: MatMut<'_, T>,
    par: Par,
    stack: &mut MemStack,
) {
    let (k, block) = (a.nrows().min(a.ncols()), factors.nrows());
    for first in (0..k).step_by(block) {
        let end = k.min(first + block);
        let mut factors = factors.as_mut().get_mut(..end - first, first..end);
        let (mut left, right) = a.as_mut().get_mut(first.., first..).split_at_col_mut(end - first);
        qr_in_place(left.as_mut(), factors.as_mut(), Par::Seq, stack, Default::default());
        let (vectors, factors) = (left.as_ref(), factors.as_ref());
        reflections::block(vectors, factors, true, right, par, stack);
    }
}

impl<T: Field> Routine<T> for Orthogonal {
    const SAME: bool = true;

    fn work(&self) -> usize {
        self.m.saturating_mul(self.n.min(self.m)).saturating_mul(self.n + self.columns)
    }

    fn scratch(&self, _: Par) -> StackReq {
        let Self { m, n, columns } = *self;
        let block = recommended_block_size::<T>(m, n);
        StackReq::all_of(&[
            temp_mat_scratch::<T>(m, n),
            temp_mat_scratch::<T>(block, m.min(n)),
            temp_mat_scratch::<T>(m, columns),
            factor_scratch::<T>(m, n.max(columns), block),
        ])
    }

    unsafe fn run(
        &self,
        inputs: &[Place],
        outputs: &[Place],
        par: Par,
        stack: &mut MemStack,
    ) -> i32 {
        let Self { m, n, columns } = *self;
        let (k, block) = (m.min(n), recommended_block_size::<T>(m, n));
        scratch! { stack: a, T, m, n; factors, T, block, k; q, T, m, columns; }
        // SAFETY: the caller's contract: `(m, n)` of type `T`.
        unsafe { inputs[0].read(a.as_mut()) };
        factor(a.as_mut(), factors.as_mut(), par, stack);
        identity(q.as_mut());
        // The last reflections first: they leave the rows and columns before their own as they are.
        for first in (0..k.min(columns)).step_by(block).rev() {
            let end = k.min(first + block);
            let vectors = a.as_ref().get(first.., first..end);
            let factors = factors.as_ref().get(..end - first, first..end);
            let to = q.as_mut().get_mut(first.., first..);
            reflections::block(vectors, factors, false, to, par, stack);
        }
        for j in 0..n {
            let below = (j + 1).min(m);
            a.as_mut().col_mut(j).subrows_mut(below, m - below).fill(T::zero_impl());
        }
        // SAFETY: the caller's contract: `R` is `(k, n)` or `(m, n)`, `Q` is `(m, columns)`.
        unsafe {
            outputs[0].write(a.as_ref().subrows(0, outputs[0].rows()));
            if let Some(place) = outputs.get(1) {
                place.write(q.as_ref());
            }
        }
        0
    }
}
