//! Singular values and vectors.

use faer::Par;
use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::svd::{ComputeSvdVectors, SvdParams, svd, svd_scratch};
use faer::linalg::temp_mat_scratch;
use faer::{Auto, Spec};

use super::Field;
use super::batch::{Place, Routine, scratch};
use super::field::{conjugate, scaled};
use super::scale::balance;

pub(super) struct Singular {
    pub(super) m: usize,
    pub(super) n: usize,
    pub(super) vectors: bool,
    /// Whether both sets of vectors are whole bases.
    pub(super) full: bool,
}

/// Side of a bidiagonal matrix below which it is not divided. Measured; without vectors, division
/// never pays.
const WHOLE: usize = 64;

impl Singular {
    fn params<T: Field>(&self) -> Spec<SvdParams, T> {
        let mut params = <SvdParams as Auto<T>>::auto();
        params.recursion_threshold = if self.vectors { WHOLE } else { usize::MAX };
        params.into()
    }

    /// How many left and how many right vectors there will be.
    fn columns(&self) -> [usize; 2] {
        let k = self.m.min(self.n);
        match (self.vectors, self.full) {
            (false, _) => [0, 0],
            (true, false) => [k, k],
            (true, true) => [self.m, self.n],
        }
    }
}

impl<T: Field> Routine<T> for Singular {
    fn work(&self) -> usize {
        let k = self.m.min(self.n);
        self.m.saturating_mul(self.n).saturating_mul(k).saturating_mul(if self.vectors {
            8
        } else {
            3
        })
    }

    fn scratch(&self, par: Par) -> StackReq {
        let Self { m, n, .. } = *self;
        let [left, right] = self.columns();
        let wanted = match (self.vectors, self.full) {
            (false, _) => ComputeSvdVectors::No,
            (true, false) => ComputeSvdVectors::Thin,
            (true, true) => ComputeSvdVectors::Full,
        };
        StackReq::all_of(&[
            temp_mat_scratch::<T>(m, n),
            temp_mat_scratch::<T>(m.min(n), 1),
            temp_mat_scratch::<T>(m, left),
            temp_mat_scratch::<T>(n, right),
            svd_scratch::<T>(m, n, wanted, wanted, par, self.params()),
        ])
    }

    unsafe fn run(
        &self,
        inputs: &[Place],
        outputs: &[Place],
        par: Par,
        stack: &mut MemStack,
    ) -> i32 {
        let Self { m, n, .. } = *self;
        let [left, right] = self.columns();
        scratch! { stack: a, T, m, n; s, T, m.min(n), 1; u, T, m, left; v, T, n, right; }
        // SAFETY: the caller's contract: `(m, n)` of type `T`.
        unsafe { inputs[0].read(a.as_mut()) };
        let Some(scale) = balance(a.as_mut()) else { return -1 };
        // Where one side is much the longer, `faer` expects zeros beyond the first `k` vectors.
        u.fill(T::zero_impl());
        v.fill(T::zero_impl());
        let values = s.as_mut().col_mut(0).as_diagonal_mut();
        let (left, right) = match self.vectors {
            true => (Some(u.as_mut()), Some(v.as_mut())),
            false => (None, None),
        };
        let done = svd(a.as_ref(), values, left, right, par, stack, self.params::<T>());
        conjugate(v.as_mut());
        // SAFETY: the caller's contract: real `(k)`, and vectors of these shapes and type `T`.
        unsafe {
            for row in 0..m.min(n) {
                outputs[0].put(row, scaled(s[(row, 0)], scale));
            }
            if self.vectors {
                outputs[1].write(u.as_ref());
                outputs[2].transposed().write(v.as_ref());
            }
        }
        i32::from(done.is_err())
    }
}
