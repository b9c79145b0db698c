//! The triangular factor of a positive definite matrix.

use faer::Par;
use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::cholesky::llt::factor::{LltError, cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::temp_mat_scratch;

use super::Field;
use super::batch::{Place, Routine, scratch};
use super::blocked::cholesky_is_ours;
use super::field::conjugate;

/// Columns that are copied together, from the diagonal down.
const COPIED: usize = 64;

pub(super) struct Cholesky {
    pub(super) n: usize,
    pub(super) upper: bool,
}

impl<T: Field> Routine<T> for Cholesky {
    const SAME: bool = true;

    fn crew(&self) -> bool {
        cholesky_is_ours::<T>(self.n)
    }

    fn work(&self) -> usize {
        self.n.pow(3) / 3
    }

    fn scratch(&self, par: Par) -> StackReq {
        let inside = if cholesky_is_ours::<T>(self.n) {
            T::cholesky_scratch(self.n)
        } else {
            cholesky_in_place_scratch::<T>(self.n, par, Default::default())
        };
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
        let (input, output) = (turned(inputs[0]), turned(outputs[0]));
        // Of a matrix that is as high as it is wide, half is copied to and fro.
        let blocks = || (0..n).step_by(COPIED).map(|j| (j, COPIED.min(n - j)));
        for (j, width) in blocks() {
            let mut a = a.as_mut().get_mut(j.., j..j + width);
            // SAFETY: the caller's contract: `(n, n)` of type `T`.
            unsafe { input.part([j, j], [n - j, width]).read(a.as_mut()) };
            if self.upper {
                conjugate(a);
            }
        }
        let failed = if cholesky_is_ours::<T>(n) {
            T::cholesky(a.as_mut(), par.degree(), stack)
        } else {
            let none = Default::default();
            match cholesky_in_place(a.as_mut(), none, par, stack, Default::default()) {
                Ok(_) => 0,
                Err(LltError::NonPositivePivot { index }) => index as i32 + 1,
            }
        };
        for (j, width) in blocks() {
            let mut a = a.as_mut().get_mut(j.., j..j + width);
            for k in 0..width {
                a.as_mut().col_mut(k).subrows_mut(0, k).fill(T::zero_impl());
            }
            if self.upper {
                conjugate(a.as_mut());
            }
            // SAFETY: the caller's contract: `(n, n)` of type `T`.
            unsafe {
                output.part([j, j], [n - j, width]).write(a.as_ref());
                if j > 0 {
                    output.part([0, j], [j, width]).fill(T::zero_impl());
                }
            }
        }
        failed
    }
}
