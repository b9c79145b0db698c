//! Values and vectors of any square matrix.

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::evd::{ComputeEigenvectors, evd_cplx, evd_real, evd_scratch};
use faer::linalg::temp_mat_scratch;
use faer::traits::ComplexField;
use faer::{MatMut, MatRef, Par};
use tensorbridge_core::dtype::{Complex32, Complex64};

use super::Field;
use super::batch::{Place, Routine, scratch};
use super::field::{change, elements};
use super::scale::balance;

pub(super) struct Eigen {
    pub(super) n: usize,
    pub(super) vectors: bool,
}

impl<T: Field> Routine<T> for Eigen {
    fn work(&self) -> usize {
        self.n.pow(3) * if self.vectors { 25 } else { 10 }
    }

    fn scratch(&self, par: Par) -> StackReq {
        let n = self.n;
        StackReq::all_of(&[
            temp_mat_scratch::<T>(n, n),
            temp_mat_scratch::<T::Values>(n, 1),
            temp_mat_scratch::<T::Values>(n, if self.vectors { n } else { 0 }),
            T::scratch(n, self.vectors, par),
        ])
    }

    unsafe fn run(
        &self,
        inputs: &[Place],
        outputs: &[Place],
        par: Par,
        stack: &mut MemStack,
    ) -> i32 {
        let (n, columns) = (self.n, if self.vectors { self.n } else { 0 });
        scratch! { stack: a, T, n, n; s, T::Values, n, 1; u, T::Values, n, columns; }
        // SAFETY: the caller's contract: `(n, n)` of type `T`.
        unsafe { inputs[0].read(a.as_mut()) };
        let Some(scale) = balance(a.as_mut()) else { return -1 };
        let vectors = self.vectors.then(|| u.as_mut());
        let done = T::eigen(a.as_ref(), s.as_mut(), vectors, par, stack);
        normalize(u.as_mut());
        // SAFETY: the caller's contract: complex `(n)` and `(n, n)` of this precision.
        unsafe {
            for row in 0..n {
                outputs[0].put(row, T::Values::of(s[(row, 0)].parts().map(|part| part * scale)));
            }
            if self.vectors {
                outputs[1].write(u.as_ref());
            }
        }
        i32::from(!done)
    }
}

/// Makes the vectors of length 1.
fn normalize<T: Field>(mut vectors: MatMut<'_, T>) {
    for column in 0..vectors.ncols() {
        let mut vector = vectors.as_mut().subcols_mut(column, 1);
        let parts = || elements(vector.as_ref()).flat_map(T::parts);
        let largest = parts().fold(0.0, |largest: f64, part| largest.max(part.abs()));
        let squares: f64 = parts().map(|part| (part / largest).powi(2)).sum();
        let length = largest * squares.sqrt();
        if length > 0.0 && length.is_finite() {
            change(vector.as_mut(), |value| T::of(value.parts().map(|part| part / length)));
        }
    }
}

/// What real and complex matrices do each in their own way.
pub(super) trait General: ComplexField {
    /// The complex numbers of this precision.
    type Values: Field;

    /// The memory that [`General::eigen`] works in.
    fn scratch(n: usize, vectors: bool, par: Par) -> StackReq;

    /// Values as a column, and vectors of any length. Whether the search converged.
    fn eigen(
        a: MatRef<'_, Self>,
        values: MatMut<'_, Self::Values>,
        vectors: Option<MatMut<'_, Self::Values>>,
        par: Par,
        stack: &mut MemStack,
    ) -> bool;
}

fn wanted(vectors: bool) -> ComputeEigenvectors {
    if vectors { ComputeEigenvectors::Yes } else { ComputeEigenvectors::No }
}

fn scratch_of<T: ComplexField>(n: usize, vectors: bool, par: Par) -> StackReq {
    let (no, right) = (ComputeEigenvectors::No, wanted(vectors));
    evd_scratch::<T>(n, no, right, par, Default::default())
}

macro_rules! general {
    ($($real:ident $complex:ident;)+) => {$(
        impl General for $complex {
            type Values = Self;

            fn scratch(n: usize, vectors: bool, par: Par) -> StackReq {
                scratch_of::<Self>(n, vectors, par)
            }

            fn eigen(
                a: MatRef<'_, Self>,
                values: MatMut<'_, Self>,
                vectors: Option<MatMut<'_, Self>>,
                par: Par,
                stack: &mut MemStack,
            ) -> bool {
                let values = values.col_mut(0).as_diagonal_mut();
                evd_cplx(a, values, None, vectors, par, stack, Default::default()).is_ok()
            }
        }

        impl General for $real {
            type Values = $complex;

            fn scratch(n: usize, vectors: bool, par: Par) -> StackReq {
                StackReq::all_of(&[
                    temp_mat_scratch::<$real>(n, 2),
                    temp_mat_scratch::<$real>(n, if vectors { n } else { 0 }),
                    scratch_of::<$real>(n, vectors, par),
                ])
            }

            fn eigen(
                a: MatRef<'_, Self>,
                mut values: MatMut<'_, $complex>,
                vectors: Option<MatMut<'_, $complex>>,
                par: Par,
                stack: &mut MemStack,
            ) -> bool {
                let n = a.nrows();
                let columns = if vectors.is_some() { n } else { 0 };
                scratch! { stack: parts, $real, n, 2; u, $real, n, columns; }
                let (re, im) = parts.as_mut().split_at_col_mut(1);
                let (re, im) = (re.col_mut(0).as_diagonal_mut(), im.col_mut(0).as_diagonal_mut());
                let right = vectors.is_some().then(|| u.as_mut());
                let done = evd_real(a, re, im, None, right, par, stack, Default::default());
                if done.is_err() {
                    return false;
                }
                for row in 0..n {
                    values[(row, 0)] = $complex::new(parts[(row, 0)], parts[(row, 1)]);
                }
                let Some(mut vectors) = vectors else { return true };
                let mut column = 0;
                while column < n {
                    // The vectors of two conjugate values, as the real and the imaginary part.
                    let pair = parts[(column, 1)] != 0.0 && column + 1 < n;
                    for row in 0..n {
                        let im = if pair { u[(row, column + 1)] } else { 0.0 };
                        let value = $complex::new(u[(row, column)], im);
                        vectors[(row, column)] = value;
                        if pair {
                            vectors[(row, column + 1)] = value.conj();
                        }
                    }
                    column += if pair { 2 } else { 1 };
                }
                true
            }
        }
    )+};
}

general! { f32 Complex32; f64 Complex64; }
