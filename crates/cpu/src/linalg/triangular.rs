//! Systems of equations with a triangular matrix.

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::temp_mat_scratch;
use faer::linalg::triangular_solve::{
    solve_lower_triangular_in_place, solve_unit_lower_triangular_in_place,
    solve_unit_upper_triangular_in_place, solve_upper_triangular_in_place,
};
use faer::{MatMut, Par};

use super::Field;
use super::batch::{Place, Routine, scratch};
use super::cut::by_crew;
use super::solve::SIDES;

pub(super) struct Triangular {
    pub(super) n: usize,
    pub(super) right: usize,
    pub(super) upper: bool,
    pub(super) unit: bool,
}

impl<T: Field> Routine<T> for Triangular {
    const SAME: bool = true;

    fn crew(&self) -> bool {
        true
    }

    fn work(&self) -> usize {
        self.n.saturating_mul(self.n).saturating_mul(self.right) / 2
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
        let n = self.n;
        scratch! { stack: a, T, n, n; x, T, n, self.right; }
        let _ = stack;
        // SAFETY: the caller's contract: `(n, n)` and `(n, right)` of type `T`.
        unsafe {
            inputs[0].read(a.as_mut());
            inputs[1].read(x.as_mut());
        }
        let solve = |_, x: MatMut<'_, T>| match (self.upper, self.unit) {
            (false, false) => solve_lower_triangular_in_place(a.as_ref(), x, Par::Seq),
            (false, true) => solve_unit_lower_triangular_in_place(a.as_ref(), x, Par::Seq),
            (true, false) => solve_upper_triangular_in_place(a.as_ref(), x, Par::Seq),
            (true, true) => solve_unit_upper_triangular_in_place(a.as_ref(), x, Par::Seq),
        };
        by_crew(par.degree(), x.as_mut(), SIDES, &solve);
        // SAFETY: the caller's contract: `(n, right)` of type `T`.
        unsafe { outputs[0].write(x.as_ref()) };
        let zero = (0..n).find(|&i| !self.unit && a[(i, i)] == T::zero_impl());
        zero.map_or(0, |index| index as i32 + 1)
    }
}
