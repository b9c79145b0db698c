//! Linear algebra: `faer` works on one matrix, and this folder brings the matrices to it.
//!
//! Each matrix is copied into scratch memory of our own, so that no reference to foreign memory
//! exists and `faer` meets only sizes that were checked above. Small matrices are shared out
//! among threads; inside a large one `faer` uses the pool.

mod batch;
mod bidiagonal;
mod bidiagonal_svd;
mod blocked;
mod cholesky;
mod cut;
mod eigen;
mod exponential;
mod field;
mod halves;
mod hermitian;
mod lu;
mod orthogonal;
mod panel;
mod passes;
mod reduction;
mod reflections;
#[cfg(test)]
mod samples;
mod scale;
mod secular;
mod singular;
mod singular_vectors;
mod solve;
mod triangular;
mod tridiagonal;
mod tridiagonal_evd;
mod tridiagonal_values;
mod turn;
mod vector;

use tensorbridge_core::dtype::{Complex32, Complex64};
use tensorbridge_core::op::LinearAlgebra;
use tensorbridge_core::{DType, Error, Operand, Result};

use batch::each;
use field::Field;

/// Runs `op` on each matrix of a batch; see [`tensorbridge_core::Engine::linear_algebra`].
///
/// # Safety
///
/// [reach], [alive] and [permit] for every operand; outputs are disjoint from the inputs and
/// from each other.
pub(crate) unsafe fn run(
    op: LinearAlgebra,
    inputs: &[Operand<'_>],
    outputs: &[Operand<'_>],
) -> Result<()> {
    // SAFETY: the caller's contract.
    unsafe {
        match inputs[0].dtype {
            DType::Float32 => run_as::<f32>(op, inputs, outputs),
            DType::Float64 => run_as::<f64>(op, inputs, outputs),
            DType::Complex64 => run_as::<Complex32>(op, inputs, outputs),
            DType::Complex128 => run_as::<Complex64>(op, inputs, outputs),
            other => Err(Error::not_implemented(format!("{op:?} is not defined for {other}"))),
        }
    }
}

unsafe fn run_as<T: Field>(
    op: LinearAlgebra,
    inputs: &[Operand<'_>],
    outputs: &[Operand<'_>],
) -> Result<()> {
    let axes = outputs.last().map_or(0, |info| info.shape.len());
    let lengths = |operand: &Operand<'_>| match operand.shape[axes..] {
        [rows, columns] => (rows, columns),
        [rows] => (rows, 1),
        _ => (1, 1),
    };
    let (m, n) = lengths(&inputs[0]);
    // The right sides, or the second output, where there is one.
    let right = inputs.last().map_or(0, |operand| lengths(operand).1);
    let second = outputs[..outputs.len() - 1].get(1).map(lengths);
    let vectors = second.is_some();
    macro_rules! each {
        ($routine:expr) => {{
            let routine = $routine;
            // SAFETY: the caller's contract; the routine is the one that `op` names.
            unsafe { each::<T, _>(&routine, inputs, outputs) }
        }};
    }
    match op {
        LinearAlgebra::Cholesky { upper } => each!(cholesky::Cholesky { n, upper }),
        LinearAlgebra::EigenHermitian { upper } => each!(hermitian::Eigen { n, upper, vectors }),
        LinearAlgebra::Eigen => each!(eigen::Eigen { n, vectors }),
        LinearAlgebra::Singular => {
            let full = second.is_some_and(|(_, columns)| columns > m.min(n))
                || outputs.get(2).is_some_and(|vh| vectors && lengths(vh).0 > m.min(n));
            each!(singular::Singular { m, n, vectors, full })
        }
        LinearAlgebra::Orthogonal => {
            let columns = second.map_or(0, |(_, columns)| columns);
            each!(orthogonal::Orthogonal { m, n, columns })
        }
        LinearAlgebra::Lu => each!(lu::Lu { m, n }),
        LinearAlgebra::LuSolve => each!(solve::LuSolve { n, right }),
        LinearAlgebra::Solve => each!(solve::Solve { n, right }),
        LinearAlgebra::Inverse => each!(solve::Inverse { n }),
        LinearAlgebra::Determinant => each!(solve::Determinant { n }),
        LinearAlgebra::LogDeterminant => each!(solve::LogDeterminant { n }),
        LinearAlgebra::SolveTriangular { upper, unit } => {
            each!(triangular::Triangular { n, right, upper, unit })
        }
        LinearAlgebra::Exponential => each!(exponential::Exponential { n }),
    }
}
