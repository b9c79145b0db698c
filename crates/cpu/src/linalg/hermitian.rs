//! Values and vectors of a symmetric or Hermitian matrix.

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::qr::no_pivoting::factor::recommended_block_size;
use faer::linalg::temp_mat_scratch;
use faer::{MatMut, MatRef, Par};

use super::Field;
use super::batch::{Place, Routine, scratch};
use super::bidiagonal_svd::workspace;
use super::field::conjugate;
use super::reflections;
use super::scale::balance;
use super::singular::negligible;
use super::singular_vectors::{place, slice};
use super::tridiagonal_evd::{decompose, values};
use super::tridiagonal_values::eigenvalues;

pub(super) struct Eigen {
    pub(super) n: usize,
    pub(super) upper: bool,
    pub(super) vectors: bool,
}

/// Rows from which values alone are found faster by differential qd than by steps. Measured.
const LARGE: usize = 64;

impl Eigen {
    /// How many reflections are joined, to be applied to the vectors.
    fn block<T: Field>(&self) -> usize {
        if self.vectors { recommended_block_size::<T>(self.n, self.n) } else { 1 }
    }
}

/// The tridiagonal part of `a`, real: its diagonal, the absolute values beside it, and the units
/// that its vectors are multiplied with to become those of the part itself.
fn tridiagonal<T: Field>(a: MatRef<'_, T>, d: &mut [f64], e: &mut [f64], mut units: MatMut<'_, T>) {
    let mut unit = [1.0, 0.0];
    for j in 0..d.len() {
        d[j] = a[(j, j)].parts()[0];
        if j > 0 {
            let [re, im] = a[(j, j - 1)].parts();
            e[j - 1] = if T::IS_REAL { re.abs() } else { re.hypot(im) };
            if e[j - 1] > 0.0 {
                let ([c, s], [x, y]) = (unit, [re / e[j - 1], im / e[j - 1]]);
                unit = [c * x - s * y, c * y + s * x];
            }
        }
        units[(j, 0)] = T::of(unit);
    }
}

impl<T: Field> Routine<T> for Eigen {
    const SAME: bool = T::SAME;

    fn work(&self) -> usize {
        self.n.pow(3) * if self.vectors { 4 } else { 2 }
    }

    fn scratch(&self, par: Par) -> StackReq {
        let n = self.n;
        let wide = if self.vectors { n } else { 0 };
        let block = self.block::<T>();
        StackReq::all_of(&[
            temp_mat_scratch::<T>(n, n),
            temp_mat_scratch::<T>(n, wide),
            temp_mat_scratch::<T>(block, n),
            temp_mat_scratch::<T>(n, 1),
            temp_mat_scratch::<f64>(n, 1).array(2),
            StackReq::any_of(&[
                T::tridiagonal_scratch(n, par),
                temp_mat_scratch::<f64>(workspace(n), 1),
                temp_mat_scratch::<T::Real>(wide, wide).array(3),
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
        let wide = if self.vectors { n } else { 0 };
        scratch! { stack:
            a, T, n, n;
            u, T, n, wide;
            factors, T, block, below;
            units, T, n, 1;
            d, f64, n, 1;
            e, f64, n, 1;
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
        let [d, e] = [d, e].map(slice);
        tridiagonal(a, d, e, units.as_mut());
        let e = &mut e[..below];
        let mut done = true;
        if self.vectors {
            done = vectors(d, e, units.as_ref(), u.as_mut(), par, stack);
            reflections::sequence(
                a.submatrix(1, 0, below, below),
                factors.as_ref(),
                u.as_mut().subrows_mut(1, below),
                par,
                stack,
            );
        } else if n < LARGE {
            done = values(d, e);
            d.sort_unstable_by(f64::total_cmp);
        } else {
            scratch! { stack: work, f64, workspace(n), 1; }
            let _ = stack;
            eigenvalues(d, e, negligible::<T>(), slice(work));
        }
        // SAFETY: the caller's contract: real `(n)` and `(n, n)` of type `T`.
        unsafe {
            for (row, value) in d.iter().enumerate() {
                outputs[0].put(row, T::real(value * scale));
            }
            if self.vectors {
                outputs[1].write(u.as_ref());
            }
        }
        i32::from(!done)
    }
}

/// The values of a tridiagonal matrix in ascending order, in place of `d`, and the vectors. Says
/// whether the values converged.
fn vectors<T: Field>(
    d: &mut [f64],
    e: &mut [f64],
    units: MatRef<'_, T>,
    to: MatMut<'_, T>,
    par: Par,
    stack: &mut MemStack,
) -> bool {
    let n = d.len();
    scratch! { stack: u, T::Real, n, n; room, T::Real, n, n; more, T::Real, n, n; }
    let _ = stack;
    let done = decompose(d, e, u.as_mut(), [room.as_mut(), more.as_mut()], par);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_unstable_by(|&a, &b| d[a].total_cmp(&d[b]).then(a.cmp(&b)));
    place(to, u.as_ref(), &order, units);
    d.sort_unstable_by(f64::total_cmp);
    done
}
