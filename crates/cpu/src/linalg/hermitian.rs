//! Values and vectors of a symmetric or Hermitian matrix.

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::evd::{
    ComputeEigenvectors, SelfAdjointEvdParams, self_adjoint_evd_scratch,
    tridiagonal_self_adjoint_evd,
};
use faer::linalg::householder::{
    apply_block_householder_sequence_on_the_left_in_place_scratch,
    apply_block_householder_sequence_on_the_left_in_place_with_conj,
};
use faer::linalg::qr::no_pivoting::factor::recommended_block_size;
use faer::linalg::temp_mat_scratch;
use faer::{Auto, Conj, Par, Spec};

use super::Field;
use super::batch::{Place, Routine, scratch};
use super::field::{conjugate, scaled};
use super::scale::balance;

pub(super) struct Eigen {
    pub(super) n: usize,
    pub(super) upper: bool,
    pub(super) vectors: bool,
}

impl Eigen {
    /// How many reflections are joined, to be applied to the vectors.
    fn block<T: Field>(&self) -> usize {
        if self.vectors { recommended_block_size::<T>(self.n, self.n) } else { 1 }
    }
}

/// Side of a tridiagonal matrix below which it is not divided. Measured.
const WHOLE: usize = 64;

fn params<T: Field>() -> Spec<SelfAdjointEvdParams, T> {
    let mut params = <SelfAdjointEvdParams as Auto<T>>::auto();
    params.recursion_threshold = WHOLE;
    params.into()
}

impl<T: Field> Routine<T> for Eigen {
    const SAME: bool = T::SAME;

    fn work(&self) -> usize {
        self.n.pow(3) * if self.vectors { 4 } else { 2 }
    }

    fn scratch(&self, par: Par) -> StackReq {
        let n = self.n;
        let wanted = if self.vectors { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No };
        let block = self.block::<T>();
        StackReq::all_of(&[
            temp_mat_scratch::<T>(n, n),
            temp_mat_scratch::<T>(n, 3),
            temp_mat_scratch::<T>(n, if self.vectors { n } else { 0 }),
            temp_mat_scratch::<T>(block, n),
            StackReq::any_of(&[
                T::tridiagonal_scratch(n, par),
                // More than the tridiagonal matrix takes, whose own `faer` does not tell.
                self_adjoint_evd_scratch::<T>(n, wanted, par, params()),
                apply_block_householder_sequence_on_the_left_in_place_scratch::<T>(n, block, n),
            ]),
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
        // `faer` reads a first value.
        if n == 0 {
            return 0;
        }
        let below = n - 1;
        let block = self.block::<T>();
        scratch! { stack:
            a, T, n, n;
            lines, T, n, 3;
            u, T, n, if self.vectors { n } else { 0 };
            factors, T, block, below;
        }
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
        T::tridiagonal(a.as_mut(), factors.as_mut(), par, stack);
        let a = a.as_ref();
        let (mut lines, mut s) = lines.as_mut().split_at_col_mut(2);
        lines.as_mut().col_mut(0).copy_from(a.diagonal().column_vector());
        if n > 1 {
            let side = a.submatrix(1, 0, below, below).diagonal().column_vector();
            lines.as_mut().col_mut(1).subrows_mut(0, below).copy_from(side);
        }
        let done = tridiagonal_self_adjoint_evd(
            lines.as_ref().col(0).as_diagonal(),
            lines.as_ref().col(1).subrows(0, below).as_diagonal(),
            s.as_mut().col_mut(0).as_diagonal_mut(),
            self.vectors.then(|| u.as_mut()),
            par,
            stack,
            params::<T>(),
        );
        if self.vectors && n > 1 {
            apply_block_householder_sequence_on_the_left_in_place_with_conj(
                a.submatrix(1, 0, below, below),
                factors.as_ref(),
                Conj::No,
                u.as_mut().subrows_mut(1, below),
                par,
                stack,
            );
        }
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
