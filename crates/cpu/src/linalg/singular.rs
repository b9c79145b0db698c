//! Singular values and vectors.
//!
//! Values alone come from a bidiagonal form, whose values are ours: `bidiagonal_svd`.

use faer::Par;
use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::qr::no_pivoting::factor::recommended_block_size;
use faer::linalg::temp_mat_scratch;

use super::Field;
use super::batch::{Place, Routine, scratch};
use super::bidiagonal_svd::{singular_values, workspace};
use super::orthogonal::{factor, factor_scratch};
use super::scale::balance;
use super::singular_vectors::{decomposition, is_tall, room, slice};

pub(super) struct Singular {
    pub(super) m: usize,
    pub(super) n: usize,
    pub(super) vectors: bool,
    /// Whether both sets of vectors are whole bases.
    pub(super) full: bool,
}

/// The relative error of values that is negligible. In single precision a sixteenth of a unit: the
/// reduction to a bidiagonal form leaves more.
pub(super) fn negligible<T: Field>() -> f64 {
    if size_of::<T::Real>() == size_of::<f32>() { 2.0_f64.powi(-30) } else { f64::EPSILON }
}

impl Singular {
    /// How many vectors there are of the longer side.
    fn columns(&self) -> usize {
        let [long, short] = self.sides();
        if self.full { long } else { short }
    }

    /// The longer and the shorter side.
    fn sides(&self) -> [usize; 2] {
        [self.m.max(self.n), self.m.min(self.n)]
    }

    fn values_scratch<T: Field>(&self, par: Par) -> StackReq {
        let [long, short] = self.sides();
        let block = recommended_block_size::<T>(long, short);
        let triangle = StackReq::all_of(&[
            temp_mat_scratch::<T>(block, short),
            factor_scratch::<T>(long, short, block),
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
        let tall = is_tall(long, short);
        if tall {
            let block = recommended_block_size::<T>(long, short);
            scratch! { stack: factors, T, block, short; }
            factor(a.as_mut(), factors.as_mut(), par, stack);
            for j in 0..short {
                a.as_mut().col_mut(j).subrows_mut(j + 1, short - j - 1).fill(T::zero_impl());
            }
        }
        let mut a = a.subrows_mut(0, if tall { short } else { long });
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

impl<T: Field> Routine<T> for Singular {
    const SAME: bool = T::SAME;

    fn work(&self) -> usize {
        let k = self.m.min(self.n);
        self.m.saturating_mul(self.n).saturating_mul(k).saturating_mul(if self.vectors {
            8
        } else {
            3
        })
    }

    fn scratch(&self, par: Par) -> StackReq {
        if !self.vectors {
            return self.values_scratch::<T>(par);
        }
        let [long, short] = self.sides();
        StackReq::all_of(&[
            temp_mat_scratch::<T>(long, short),
            temp_mat_scratch::<T>(long, self.columns()),
            temp_mat_scratch::<T>(short, short),
            room::<T>(long, short, par),
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
        let [long, short] = self.sides();
        scratch! {
            stack: a, T, long, short; u, T, long, self.columns(); v, T, short, short;
        }
        let wide = self.m < self.n;
        let input = if wide { inputs[0].transposed() } else { inputs[0] };
        // SAFETY: the caller's contract: these sides, of type `T`.
        unsafe { input.read(a.as_mut()) };
        let Some(scale) = balance(a.as_mut()) else { return -1 };
        // SAFETY: the caller's contract: real `(k)`.
        let put = |row, value: f64| unsafe { outputs[0].put(row, T::real(value * scale)) };
        let done = decomposition(a, put, u.as_mut(), v.as_mut(), par, stack);
        // Of the transposed matrix, left and right are exchanged.
        let [first, second] = if wide { [2, 1] } else { [1, 2] };
        let place = |index: usize| match index {
            1 => outputs[1],
            _ => outputs[2].transposed(),
        };
        // SAFETY: the caller's contract: vectors of these shapes and type `T`.
        unsafe {
            place(first).write(u.as_ref());
            place(second).write(v.as_ref());
        }
        i32::from(!done)
    }
}
