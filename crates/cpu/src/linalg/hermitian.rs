//! Values and vectors of a symmetric or Hermitian matrix.

use faer::Par;
use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::evd::{
    ComputeEigenvectors, SelfAdjointEvdParams, self_adjoint_evd, self_adjoint_evd_scratch,
};
use faer::linalg::temp_mat_scratch;
use faer::{Auto, Spec};

use super::Field;
use super::batch::{Place, Routine, scratch};
use super::field::{conjugate, scaled};
use super::scale::balance;

pub(super) struct Eigen {
    pub(super) n: usize,
    pub(super) upper: bool,
    pub(super) vectors: bool,
}

/// Side of a tridiagonal matrix below which it is not divided. Measured.
const WHOLE: usize = 64;

fn params<T: Field>() -> Spec<SelfAdjointEvdParams, T> {
    let mut params = <SelfAdjointEvdParams as Auto<T>>::auto();
    params.recursion_threshold = WHOLE;
    params.into()
}

impl<T: Field> Routine<T> for Eigen {
    fn work(&self) -> usize {
        self.n.pow(3) * if self.vectors { 4 } else { 2 }
    }

    fn scratch(&self, par: Par) -> StackReq {
        let wanted = if self.vectors { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No };
        StackReq::all_of(&[
            temp_mat_scratch::<T>(self.n, self.n),
            temp_mat_scratch::<T>(self.n, 1),
            temp_mat_scratch::<T>(self.n, if self.vectors { self.n } else { 0 }),
            self_adjoint_evd_scratch::<T>(self.n, wanted, par, params()),
        ])
    }

    unsafe fn run(
        &self,
        inputs: &[Place],
        outputs: &[Place],
        par: Par,
        stack: &mut MemStack,
    ) -> i32 {
        let n = self.n;
        scratch! { stack: a, T, n, n; s, T, n, 1; u, T, n, if self.vectors { n } else { 0 }; }
        let source = if self.upper { inputs[0].transposed() } else { inputs[0] };
        // SAFETY: the caller's contract: `(n, n)` of type `T`.
        unsafe { source.read(a.as_mut()) };
        // The triangle that is not read may hold anything.
        for j in 0..n {
            a.as_mut().col_mut(j).subrows_mut(0, j).fill(T::zero_impl());
        }
        if self.upper {
            conjugate(a.as_mut());
        }
        let Some(scale) = balance(a.as_mut()) else { return -1 };
        let values = s.as_mut().col_mut(0).as_diagonal_mut();
        let vectors = self.vectors.then(|| u.as_mut());
        let done = self_adjoint_evd(a.as_ref(), values, vectors, par, stack, params::<T>());
        // SAFETY: the caller's contract: real `(n)` and `(n, n)` of type `T`.
        unsafe {
            for row in 0..n {
                outputs[0].put(row, scaled(s[(row, 0)], scale));
            }
            if self.vectors {
                outputs[1].write(u.as_ref());
            }
        }
        i32::from(done.is_err())
    }
}
