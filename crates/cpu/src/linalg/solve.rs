//! Systems of equations, inverses and determinants by way of `L @ U`.

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::lu::partial_pivoting::{inverse, solve};
use faer::linalg::temp_mat_scratch;
use faer::linalg::triangular_solve::{
    solve_unit_lower_triangular_in_place, solve_upper_triangular_in_place,
};
use faer::perm::{permute_cols, permute_rows_in_place};
use faer::{Conj, MatRef, Par};

use super::Field;
use super::batch::{Place, Routine, scratch, wide};
use super::blocked::lu_is_ours;
use super::cut::by_crew;
use super::lu::{Factors, factorize, need, order};

/// Right sides that are solved for together.
pub(super) const SIDES: usize = 64;

/// Solutions with several right sides.
pub(super) struct Solve {
    pub(super) n: usize,
    pub(super) right: usize,
}

impl<T: Field> Routine<T> for Solve {
    const SAME: bool = true;

    fn crew(&self) -> bool {
        lu_is_ours::<T>(self.n, self.n)
    }

    fn work(&self) -> usize {
        self.n.saturating_mul(self.n).saturating_mul(self.n / 3 + self.right)
    }

    fn scratch(&self, par: Par) -> StackReq {
        let Self { n, right } = *self;
        let inside = solve::solve_in_place_scratch::<usize, T>(n, right, par);
        StackReq::all_of(&[
            temp_mat_scratch::<T>(n, n),
            temp_mat_scratch::<T>(n, right),
            order(n),
            need::<T>(n, n, par).or(inside),
        ])
    }

    unsafe fn run(
        &self,
        inputs: &[Place],
        outputs: &[Place],
        par: Par,
        stack: &mut MemStack,
    ) -> i32 {
        let Self { n, right } = *self;
        scratch! { stack: a, T, n, n; x, T, n, right; }
        let (mut order, stack) = stack.make_with(2 * n, |_| 0_usize);
        // SAFETY: the caller's contract: `(n, n)` and `(n, right)` of type `T`.
        let factors = unsafe {
            inputs[1].read(x.as_mut());
            factorize(inputs[0], a.as_mut(), &mut order, par, stack)
        };
        let (lu, rows) = (a.as_ref(), factors.rows);
        if lu_is_ours::<T>(n, n) {
            permute_rows_in_place(x.as_mut(), rows, stack);
            by_crew(par.degree(), x.as_mut(), SIDES, &|_, mut x| {
                solve_unit_lower_triangular_in_place(lu, x.as_mut(), Par::Seq);
                solve_upper_triangular_in_place(lu, x, Par::Seq);
            });
        } else {
            let par = wide(right, par);
            solve::solve_in_place_with_conj(lu, lu, rows, Conj::No, x.as_mut(), par, stack);
        }
        // SAFETY: the caller's contract: `(n, right)` of type `T`.
        unsafe { outputs[0].write(x.as_ref()) };
        factors.zero
    }
}

/// Solutions from factors that are there already.
pub(super) struct LuSolve {
    pub(super) n: usize,
    pub(super) right: usize,
}

impl<T: Field> Routine<T> for LuSolve {
    const SAME: bool = true;

    fn crew(&self) -> bool {
        true
    }

    fn work(&self) -> usize {
        self.n.saturating_mul(self.n).saturating_mul(self.right)
    }

    fn scratch(&self, _: Par) -> StackReq {
        temp_mat_scratch::<T>(self.n, self.n).and(temp_mat_scratch::<T>(self.n, self.right))
    }

    unsafe fn run(
        &self,
        inputs: &[Place],
        outputs: &[Place],
        par: Par,
        stack: &mut MemStack,
    ) -> i32 {
        let Self { n, right } = *self;
        scratch! { stack: a, T, n, n; x, T, n, right; }
        let _ = stack;
        // SAFETY: the caller's contract: `(n, n)` of type `T`, `int32` (n), `(n, right)` of `T`.
        unsafe {
            inputs[0].read(a.as_mut());
            inputs[2].read(x.as_mut());
            for row in 0..n {
                let other = inputs[1].get::<i32>(row) as usize;
                if !(1..=n).contains(&other) {
                    return row as i32 + 1;
                }
                for column in 0..right {
                    let (one, two) = (x[(row, column)], x[(other - 1, column)]);
                    (x[(row, column)], x[(other - 1, column)]) = (two, one);
                }
            }
        }
        by_crew(par.degree(), x.as_mut(), SIDES, &|_, mut x| {
            solve_unit_lower_triangular_in_place(a.as_ref(), x.as_mut(), Par::Seq);
            solve_upper_triangular_in_place(a.as_ref(), x, Par::Seq);
        });
        // SAFETY: the caller's contract: `(n, right)` of type `T`.
        unsafe { outputs[0].write(x.as_ref()) };
        0
    }
}

/// The matrix that undoes another one.
pub(super) struct Inverse {
    pub(super) n: usize,
}

impl<T: Field> Routine<T> for Inverse {
    const SAME: bool = true;

    fn crew(&self) -> bool {
        lu_is_ours::<T>(self.n, self.n)
    }

    fn work(&self) -> usize {
        self.n.pow(3)
    }

    fn scratch(&self, par: Par) -> StackReq {
        let n = self.n;
        StackReq::all_of(&[
            temp_mat_scratch::<T>(n, n),
            temp_mat_scratch::<T>(n, n),
            order(n),
            need::<T>(n, n, par).or(inverse::inverse_scratch::<usize, T>(n, par)),
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
        scratch! { stack: a, T, n, n; x, T, n, n; }
        let (mut order, stack) = stack.make_with(2 * n, |_| 0_usize);
        // SAFETY: the caller's contract: `(n, n)` of type `T`.
        let factors = unsafe { factorize(inputs[0], a.as_mut(), &mut order, par, stack) };
        let (lu, rows) = (a.as_ref(), factors.rows);
        if lu_is_ours::<T>(n, n) {
            by_crew(par.degree(), x.as_mut(), SIDES, &|task, mut x| {
                // Columns of the inverse of `L` are 0 above the diagonal.
                let first = task * SIDES;
                x.fill(T::zero_impl());
                for j in 0..x.ncols() {
                    x[(first + j, j)] = T::one_impl();
                }
                let lower = lu.get(first.., first..);
                solve_unit_lower_triangular_in_place(
                    lower,
                    x.as_mut().get_mut(first.., ..),
                    Par::Seq,
                );
                solve_upper_triangular_in_place(lu, x, Par::Seq);
            });
            permute_cols(a.as_mut(), x.as_ref(), rows.inverse());
            std::mem::swap(&mut a, &mut x);
        } else {
            inverse::inverse(x.as_mut(), lu, lu, rows, par, stack);
        }
        // SAFETY: the caller's contract: `(n, n)` of type `T`.
        unsafe { outputs[0].write(x.as_ref()) };
        factors.zero
    }
}

/// The product of the pivots, with the sign of the order of rows.
pub(super) struct Determinant {
    pub(super) n: usize,
}

/// The same as a sign and the logarithm of the magnitude.
pub(super) struct LogDeterminant {
    pub(super) n: usize,
}

fn scratch_of<T: Field>(n: usize, par: Par) -> StackReq {
    StackReq::all_of(&[temp_mat_scratch::<T>(n, n), order(n), need::<T>(n, n, par)])
}

impl<T: Field> Routine<T> for Determinant {
    const SAME: bool = true;

    fn crew(&self) -> bool {
        lu_is_ours::<T>(self.n, self.n)
    }

    fn work(&self) -> usize {
        self.n.pow(3) / 3
    }

    fn scratch(&self, par: Par) -> StackReq {
        scratch_of::<T>(self.n, par)
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
        let (mut order, stack) = stack.make_with(2 * n, |_| 0_usize);
        // SAFETY: the caller's contract: `(n, n)` and one number of type `T`.
        unsafe {
            let factors = factorize(inputs[0], a.as_mut(), &mut order, par, stack);
            outputs[0].put(0, product(a.as_ref(), &factors));
        }
        0
    }
}

/// The product of the pivots, in `f64` with an exponent of its own: nothing overflows before
/// the end.
fn product<T: Field>(factors: MatRef<'_, T>, found: &Factors<'_>) -> T {
    let (mut re, mut im) = (if found.odd { -1.0 } else { 1.0 }, 0.0);
    let mut exponent = 0_i64;
    for index in 0..factors.nrows() {
        let [a, b] = factors[(index, index)].parts();
        // Real pivots stay out of each other's infinities.
        (re, im) = if T::IS_REAL { (re * a, 0.0) } else { (re * a - im * b, re * b + im * a) };
        let size = f64::max(re.abs(), im.abs());
        if size.is_normal() && !(1e-100..1e100).contains(&size) {
            let shift = size.log2() as i32;
            let down = 2.0_f64.powi(-shift);
            (re, im) = (re * down, im * down);
            exponent += i64::from(shift);
        }
    }
    // In two steps, of which neither overflows where the result does not.
    let shift = exponent.clamp(-2200, 2200) as i32;
    let (half, rest) = (2.0_f64.powi(shift / 2), 2.0_f64.powi(shift - shift / 2));
    T::of([re * half * rest, im * half * rest])
}

impl<T: Field> Routine<T> for LogDeterminant {
    const SAME: bool = true;

    fn crew(&self) -> bool {
        lu_is_ours::<T>(self.n, self.n)
    }

    fn work(&self) -> usize {
        self.n.pow(3) / 3
    }

    fn scratch(&self, par: Par) -> StackReq {
        scratch_of::<T>(self.n, par)
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
        let (mut order, stack) = stack.make_with(2 * n, |_| 0_usize);
        // SAFETY: the caller's contract: `(n, n)`, one number of type `T` and a real one.
        unsafe {
            let factors = factorize(inputs[0], a.as_mut(), &mut order, par, stack);
            let (sign, logarithm) = logarithm(a.as_ref(), &factors);
            outputs[0].put(0, sign);
            outputs[1].put(0, T::real(logarithm));
        }
        0
    }
}

fn logarithm<T: Field>(factors: MatRef<'_, T>, found: &Factors<'_>) -> (T, f64) {
    if found.zero != 0 {
        return (T::zero_impl(), f64::NEG_INFINITY);
    }
    let (mut re, mut im) = (if found.odd { -1.0 } else { 1.0 }, 0.0);
    let mut logarithm = 0.0;
    for index in 0..factors.nrows() {
        let [a, b] = factors[(index, index)].parts();
        let size = if T::IS_REAL { a.abs() } else { a.hypot(b) };
        let (a, b) = if T::IS_REAL { (a.signum(), 0.0) } else { (a / size, b / size) };
        (re, im) = (re * a - im * b, re * b + im * a);
        logarithm += size.ln();
    }
    (T::of([re, im]), logarithm)
}
