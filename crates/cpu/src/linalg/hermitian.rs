//! Values and vectors of a symmetric or Hermitian matrix.

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::evd::{
    ComputeEigenvectors, SelfAdjointEvdParams, self_adjoint_evd_scratch,
    tridiagonal_self_adjoint_evd,
};
use faer::linalg::qr::no_pivoting::factor::recommended_block_size;
use faer::linalg::temp_mat_scratch;
use faer::{Auto, MatRef, Par, Spec};

use super::Field;
use super::batch::{Place, Routine, scratch};
use super::bidiagonal_svd::workspace;
use super::field::{conjugate, scaled};
use super::reflections;
use super::scale::{balance, normalize};
use super::singular::negligible;
use super::singular_vectors::slice;
use super::tridiagonal_values::eigenvalues;

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

impl Eigen {
    /// Whether there are so many values, and nothing but values, that differential qd is faster.
    fn by_qd(&self) -> bool {
        !self.vectors && self.n >= WHOLE
    }
}

/// The eigenvalues of a reduced matrix.
fn values<T: Field>(a: MatRef<'_, T>, mut put: impl FnMut(usize, f64), stack: &mut MemStack) {
    let n = a.nrows();
    scratch! { stack: diagonal, f64, n, 1; beside, f64, n, 1; work, f64, workspace(n), 1; }
    let _ = stack;
    let [diagonal, beside, work] = [diagonal, beside, work].map(slice);
    for j in 0..n {
        diagonal[j] = a[(j, j)].parts()[0];
        if j > 0 {
            let [re, im] = a[(j, j - 1)].parts();
            beside[j - 1] = re.hypot(im);
        }
    }
    eigenvalues(diagonal, &mut beside[..n - 1], negligible::<T>(), work);
    for (row, &value) in diagonal.iter().enumerate() {
        put(row, value);
    }
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
                temp_mat_scratch::<f64>(n, 1)
                    .array(2)
                    .and(temp_mat_scratch::<f64>(workspace(n), 1)),
                // More than the tridiagonal matrix takes, whose own `faer` does not tell.
                self_adjoint_evd_scratch::<T>(n, wanted, par, params()),
                reflections::sequence_need::<T>(n, block, n),
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
        if self.by_qd() {
            // SAFETY: the caller's contract: real `(n)`.
            let put = |row, value: f64| unsafe { outputs[0].put(row, T::real(value * scale)) };
            values(a, put, stack);
            return 0;
        }
        let (mut lines, mut s) = lines.as_mut().split_at_col_mut(2);
        lines.fill(T::zero_impl());
        lines.as_mut().col_mut(0).copy_from(a.diagonal().column_vector());
        if n > 1 {
            let side = a.submatrix(1, 0, below, below).diagonal().column_vector();
            lines.as_mut().col_mut(1).subrows_mut(0, below).copy_from(side);
        }
        // `faer` neglects what is small beside 1 and beside the values.
        let scale = scale * normalize(lines.as_mut());
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
            reflections::sequence(
                a.submatrix(1, 0, below, below),
                factors.as_ref(),
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
