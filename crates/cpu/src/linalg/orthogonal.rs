//! `Q` with orthonormal columns times an upper triangular `R`.

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::householder::{
    apply_block_householder_on_the_left_in_place_scratch,
    apply_block_householder_on_the_left_in_place_with_conj,
};
use faer::linalg::qr::no_pivoting::factor::{
    qr_in_place, qr_in_place_scratch, recommended_block_size,
};
use faer::linalg::temp_mat_scratch;
use faer::{Conj, Par};

use super::Field;
use super::batch::{Place, Routine, scratch};
use super::field::identity;

pub(super) struct Orthogonal {
    pub(super) m: usize,
    pub(super) n: usize,
    /// Of `Q`; 0 where only `R` is asked for.
    pub(super) columns: usize,
}

impl<T: Field> Routine<T> for Orthogonal {
    fn work(&self) -> usize {
        self.m.saturating_mul(self.n.min(self.m)).saturating_mul(self.n + self.columns)
    }

    fn scratch(&self, par: Par) -> StackReq {
        let Self { m, n, columns } = *self;
        let block = recommended_block_size::<T>(m, n);
        let apply = apply_block_householder_on_the_left_in_place_scratch::<T>;
        StackReq::all_of(&[
            temp_mat_scratch::<T>(m, n),
            temp_mat_scratch::<T>(block, m.min(n)),
            temp_mat_scratch::<T>(m, columns),
            qr_in_place_scratch::<T>(m, n, block, par, Default::default())
                .or(apply(m, block, columns)),
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
        if k > 0 {
            qr_in_place(a.as_mut(), factors.as_mut(), par, stack, Default::default());
        }
        identity(q.as_mut());
        // The last reflections first: they leave the rows and columns before their own as they are.
        for first in (0..k.min(columns)).step_by(block).rev() {
            let end = k.min(first + block);
            apply_block_householder_on_the_left_in_place_with_conj(
                a.as_ref().get(first.., first..end),
                factors.as_ref().get(..end - first, first..end),
                Conj::No,
                q.as_mut().get_mut(first.., first..),
                par,
                stack,
            );
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
