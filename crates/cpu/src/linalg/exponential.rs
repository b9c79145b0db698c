//! `e` to the power of a matrix: scaling and squaring with Padé's approximants, after Higham,
//! "The scaling and squaring method for the matrix exponential revisited" (2005), whose
//! coefficients and bounds these are.

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::lu::partial_pivoting::{factor, solve};
use faer::linalg::matmul::matmul;
use faer::linalg::temp_mat_scratch;
use faer::{Accum, Conj, MatMut, MatRef, Par};

use super::Field;
use super::batch::{Place, Routine, scratch};
use super::field::{change, elements, identity};
use super::lu;

pub(super) struct Exponential {
    pub(super) n: usize,
}

/// The greatest norm for which each degree is exact, and the coefficients of its numerator.
const DEGREES: [(f64, &[f64]); 5] = [
    (1.495585217958292e-2, &[120.0, 60.0, 12.0, 1.0]),
    (2.53939833006323e-1, &[30240.0, 15120.0, 3360.0, 420.0, 30.0, 1.0]),
    (
        9.504178996162932e-1,
        &[17297280.0, 8648640.0, 1995840.0, 277200.0, 25200.0, 1512.0, 56.0, 1.0],
    ),
    (
        2.097847961257068,
        &[
            17643225600.0,
            8821612800.0,
            2075673600.0,
            302702400.0,
            30270240.0,
            2162160.0,
            110880.0,
            3960.0,
            90.0,
            1.0,
        ],
    ),
    (
        5.371920351148152,
        &[
            64764752532480000.0,
            32382376266240000.0,
            7771770303897600.0,
            1187353796428800.0,
            129060195264000.0,
            10559470521600.0,
            670442572800.0,
            33522128640.0,
            1323241920.0,
            40840800.0,
            960960.0,
            16380.0,
            182.0,
            1.0,
        ],
    ),
];

/// The greatest sum of magnitudes of a column.
fn norm<T: Field>(a: MatRef<'_, T>) -> f64 {
    let size = |[re, im]: [f64; 2]| re.hypot(im);
    let column = |j| elements(a.subcols(j, 1)).map(|value| size(value.parts())).sum::<f64>();
    (0..a.ncols()).map(column).fold(0.0, f64::max)
}

fn multiply<T: Field>(to: MatMut<'_, T>, a: MatRef<'_, T>, b: MatRef<'_, T>, par: Par) {
    matmul(to, Accum::Replace, a, b, T::one_impl(), par);
}

/// `to += factor * a`
fn add<T: Field>(mut to: MatMut<'_, T>, factor: f64, a: MatRef<'_, T>) {
    for j in 0..to.ncols() {
        for i in 0..to.nrows() {
            to[(i, j)] += T::of(a[(i, j)].parts().map(|part| part * factor));
        }
    }
}

impl<T: Field> Routine<T> for Exponential {
    fn work(&self) -> usize {
        self.n.pow(3) * 12
    }

    fn scratch(&self, par: Par) -> StackReq {
        let n = self.n;
        let factorize = factor::lu_in_place_scratch::<usize, T>(n, n, par, Default::default());
        StackReq::all_of(&[
            StackReq::all_of(&[temp_mat_scratch::<T>(n, n); 6]),
            lu::order(n),
            factorize.or(solve::solve_in_place_scratch::<usize, T>(n, n, par)),
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
        scratch! { stack:
            a, T, n, n; square, T, n, n; power, T, n, n; next, T, n, n; u, T, n, n; v, T, n, n;
        }
        // SAFETY: the caller's contract: `(n, n)` of type `T`.
        unsafe { inputs[0].read(a.as_mut()) };
        if !elements(a.as_ref()).all(|value| value.finite()) {
            a.fill(T::nan_impl());
            // SAFETY: the caller's contract: `(n, n)` of type `T`.
            unsafe { outputs[0].write(a.as_ref()) };
            return 0;
        }
        let size = norm(a.as_ref());
        let &(bound, coefficients) =
            DEGREES.iter().find(|(bound, _)| size <= *bound).unwrap_or(&DEGREES[4]);
        let halvings = if size > bound { (size / bound).log2().ceil().max(0.0) as i32 } else { 0 };
        let down = 2.0_f64.powi(-halvings);
        change(a.as_mut(), |value| T::of(value.parts().map(|part| part * down)));

        // `v` is the even part of the numerator, `a @ u` the odd one; `square ** index` goes
        // through `power`.
        multiply(square.as_mut(), a.as_ref(), a.as_ref(), par);
        identity(power.as_mut());
        u.fill(T::zero_impl());
        v.fill(T::zero_impl());
        for (index, pair) in coefficients.chunks(2).enumerate() {
            if index > 0 {
                multiply(next.as_mut(), power.as_ref(), square.as_ref(), par);
                power.copy_from(next.as_ref());
            }
            add(v.as_mut(), pair[0], power.as_ref());
            add(u.as_mut(), pair[1], power.as_ref());
        }
        multiply(next.as_mut(), a.as_ref(), u.as_ref(), par);
        // The quotient of numerator and denominator: `(v - a @ u) @ x = v + a @ u`.
        a.copy_from(v.as_ref());
        add(a.as_mut(), -1.0, next.as_ref());
        add(v.as_mut(), 1.0, next.as_ref());
        let (mut order, stack) = stack.make_with(2 * n, |_| 0_usize);
        let (rows, places) = order.split_at_mut(n);
        let (_, rows) =
            factor::lu_in_place(a.as_mut(), rows, places, par, stack, Default::default());
        let lu = a.as_ref();
        solve::solve_in_place_with_conj(lu, lu, rows, Conj::No, v.as_mut(), par, stack);
        for _ in 0..halvings {
            multiply(next.as_mut(), v.as_ref(), v.as_ref(), par);
            v.copy_from(next.as_ref());
        }
        // SAFETY: the caller's contract: `(n, n)` of type `T`.
        unsafe { outputs[0].write(v.as_ref()) };
        0
    }
}
