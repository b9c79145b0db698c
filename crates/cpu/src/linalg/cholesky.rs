//! The triangular factor of a positive definite matrix.

use faer::Par;
use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::cholesky::llt::factor::{LltError, cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::temp_mat_scratch;

use super::Field;
use super::batch::{Place, Routine, scratch};
use super::field::conjugate;

pub(super) struct Cholesky {
    pub(super) n: usize,
    pub(super) upper: bool,
}

impl<T: Field> Routine<T> for Cholesky {
    const SAME: bool = true;

    fn work(&self) -> usize {
        self.n.pow(3) / 3
    }

    fn scratch(&self, par: Par) -> StackReq {
        let inside = cholesky_in_place_scratch::<T>(self.n, par, Default::default());
        temp_mat_scratch::<T>(self.n, self.n).and(inside)
    }

    unsafe fn run(
        &self,
        inputs: &[Place],
        outputs: &[Place],
        par: Par,
        stack: &mut MemStack,
    ) -> i32 {
        let n = self.n;
        scratch! { stack: a, T, n, n; }
        // `U` is the adjoint of the `L` of the adjoint.
        let turned = |place: Place| if self.upper { place.transposed() } else { place };
        // SAFETY: the caller's contract: `(n, n)` of type `T`.
        unsafe { turned(inputs[0]).read(a.as_mut()) };
        if self.upper {
            conjugate(a.as_mut());
        }
        let done =
            cholesky_in_place(a.as_mut(), Default::default(), par, stack, Default::default());
        for j in 0..n {
            a.as_mut().col_mut(j).subrows_mut(0, j).fill(T::zero_impl());
        }
        if self.upper {
            conjugate(a.as_mut());
        }
        // SAFETY: the caller's contract: `(n, n)` of type `T`.
        unsafe { turned(outputs[0]).write(a.as_ref()) };
        match done {
            Ok(_) => 0,
            Err(LltError::NonPositivePivot { index }) => index as i32 + 1,
        }
    }
}
