//! Singular values and vectors.
//!
//! Values alone come from a bidiagonal form, whose values are ours: `bidiagonal_svd`.

use faer::Par;
use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::qr::no_pivoting::factor::{
    qr_in_place, qr_in_place_scratch, recommended_block_size,
};
use faer::linalg::svd::{ComputeSvdVectors, SvdParams, svd, svd_scratch};
use faer::linalg::temp_mat_scratch;
use faer::{Auto, MatMut, Spec};

use super::Field;
use super::batch::{Cut, Place, Routine, scratch};
use super::bidiagonal_svd::{singular_values, workspace};
use super::field::{conjugate, scaled};
use super::scale::balance;

pub(super) struct Singular {
    pub(super) m: usize,
    pub(super) n: usize,
    pub(super) vectors: bool,
    /// Whether both sets of vectors are whole bases.
    pub(super) full: bool,
}

/// Side of a bidiagonal matrix below which it is not divided. Measured.
const WHOLE: usize = 64;

/// The relative error of values that is negligible. In single precision a sixteenth of a unit: the
/// reduction to a bidiagonal form leaves more.
fn negligible<T: Field>() -> f64 {
    if size_of::<T::Real>() == size_of::<f32>() { 2.0_f64.powi(-30) } else { f64::EPSILON }
}

impl Singular {
    fn params<T: Field>() -> Spec<SvdParams, T> {
        let mut params = <SvdParams as Auto<T>>::auto();
        params.recursion_threshold = WHOLE;
        params.into()
    }

    /// How many left and how many right vectors there will be.
    fn columns(&self) -> [usize; 2] {
        let k = self.m.min(self.n);
        if self.full { [self.m, self.n] } else { [k, k] }
    }

    /// The longer and the shorter side.
    fn sides(&self) -> [usize; 2] {
        [self.m.max(self.n), self.m.min(self.n)]
    }

    /// Whether one side is so much the longer that a triangle is cut off first: T. F. Chan, "An
    /// improved algorithm for computing the singular value decomposition", ACM Transactions on
    /// Mathematical Software 8, 1982, who finds the ratio too.
    fn tall(&self) -> bool {
        let [long, short] = self.sides();
        6 * long > 11 * short
    }

    fn values_scratch<T: Field>(&self, par: Par) -> StackReq {
        let [long, short] = self.sides();
        let block = recommended_block_size::<T>(long, short);
        let triangle = StackReq::all_of(&[
            temp_mat_scratch::<T>(block, short),
            qr_in_place_scratch::<T>(long, short, block, par, Default::default()),
        ]);
        let bidiagonal = StackReq::all_of(&[
            temp_mat_scratch::<T>(1, short).array(2),
            T::bidiagonal_scratch(long, short, par),
        ]);
        StackReq::all_of(&[
            temp_mat_scratch::<T>(long, short),
            temp_mat_scratch::<f64>(short, 1).array(2),
            temp_mat_scratch::<f64>(workspace(short), 1),
            triangle.or(bidiagonal),
        ])
    }

    /// The values alone.
    ///
    /// # Safety
    ///
    /// As [`Routine::run`].
    unsafe fn values<T: Field>(
        &self,
        input: Place,
        output: Place,
        par: Par,
        stack: &mut MemStack,
    ) -> i32 {
        let [long, short] = self.sides();
        scratch! {
            stack: a, T, long, short;
            diagonal, f64, short, 1; beside, f64, short, 1; work, f64, workspace(short), 1;
        }
        // The transposed matrix has the same values.
        let input = if self.m < self.n { input.transposed() } else { input };
        // SAFETY: the caller's contract: these sides, of type `T`.
        unsafe { input.read(a.as_mut()) };
        let Some(scale) = balance(a.as_mut()) else { return -1 };
        if short == 0 {
            return 0;
        }
        if self.tall() {
            let block = recommended_block_size::<T>(long, short);
            scratch! { stack: factors, T, block, short; }
            qr_in_place(a.as_mut(), factors.as_mut(), par, stack, Default::default());
            for j in 0..short {
                a.as_mut().col_mut(j).subrows_mut(j + 1, short - j - 1).fill(T::zero_impl());
            }
        }
        let mut a = a.subrows_mut(0, if self.tall() { short } else { long });
        {
            // The reflections are not used.
            scratch! { stack: left, T, 1, short; right, T, 1, short - 1; }
            let (left, right) = (left.as_mut(), right.as_mut());
            T::bidiagonal(a.as_mut(), left, right, par, stack);
        }
        let size = |value: T| {
            let [re, im] = value.parts();
            if T::IS_REAL { re } else { re.hypot(im) }
        };
        let [diagonal, beside, work] = [diagonal, beside, work].map(slice);
        for j in 0..short {
            diagonal[j] = size(a[(j, j)]);
            if j > 0 {
                beside[j - 1] = size(a[(j - 1, j)]);
            }
        }
        singular_values(diagonal, &beside[..short - 1], negligible::<T>(), work);
        for (row, value) in diagonal.iter().enumerate() {
            // SAFETY: the caller's contract: real `(k)`.
            unsafe { output.put(row, T::real(value * scale)) };
        }
        0
    }
}

/// The elements of the only column of a matrix.
fn slice(matrix: MatMut<'_, f64>) -> &mut [f64] {
    matrix.col_mut(0).try_as_col_major_mut().expect("columns are dense").as_slice_mut()
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

    fn cut(&self) -> Cut {
        // What cuts a triangle off is `faer`'s, and its sums follow the pieces.
        if self.vectors || self.tall() { Cut::ByWork } else { T::CUT }
    }

    fn scratch(&self, par: Par) -> StackReq {
        if !self.vectors {
            return self.values_scratch::<T>(par);
        }
        let Self { m, n, .. } = *self;
        let [left, right] = self.columns();
        let wanted = if self.full { ComputeSvdVectors::Full } else { ComputeSvdVectors::Thin };
        StackReq::all_of(&[
            temp_mat_scratch::<T>(m, n),
            temp_mat_scratch::<T>(m.min(n), 1),
            temp_mat_scratch::<T>(m, left),
            temp_mat_scratch::<T>(n, right),
            svd_scratch::<T>(m, n, wanted, wanted, par, Self::params()),
        ])
    }

    unsafe fn run(
        &self,
        inputs: &[Place],
        outputs: &[Place],
        par: Par,
        stack: &mut MemStack,
    ) -> i32 {
        if !self.vectors {
            // SAFETY: the caller's contract.
            return unsafe { self.values::<T>(inputs[0], outputs[0], par, stack) };
        }
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
        let (left, right) = (Some(u.as_mut()), Some(v.as_mut()));
        let done = svd(a.as_ref(), values, left, right, par, stack, Self::params::<T>());
        conjugate(v.as_mut());
        // SAFETY: the caller's contract: real `(k)`, and vectors of these shapes and type `T`.
        unsafe {
            for row in 0..m.min(n) {
                outputs[0].put(row, scaled(s[(row, 0)], scale));
            }
            outputs[1].write(u.as_ref());
            outputs[2].transposed().write(v.as_ref());
        }
        i32::from(done.is_err())
    }
}
