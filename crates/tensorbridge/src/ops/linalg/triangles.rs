//! Triangular factors: systems solved with them, and `L @ U` itself.

use tensorbridge_core::op::{Compare, LinearAlgebra};
use tensorbridge_core::{DType, Error, Result, Scalar, Tensor};

use super::solving::right_sides;
use super::{Call, adjoint, cast, field, side, sides, wide};
use crate::ops::{compare, creation, result_dtype, select, views};

/// `X` with `a @ X == b`, or, unless `left`, `X @ a == b`, for triangular `a`, of which only that
/// triangle is read; `unit` takes its diagonal as ones. A diagonal of zeros divides by zero.
///
/// # Errors
///
/// `Shape` where the matrices are not square or do not fit `b`; `Type` where the dtypes do not
/// promote.
pub fn solve_triangular(
    a: &Tensor,
    b: &Tensor,
    upper: bool,
    left: bool,
    unit: bool,
) -> Result<Tensor> {
    let name = "solve_triangular";
    if !left {
        // The transposed system, of the other triangle.
        let (a, b) = (turned(a)?, turned(b)?);
        return turned(&solve_triangular(&a, &b, !upper, true, unit)?);
    }
    let n = side(a, name)?;
    sides(b, name)?;
    let dtype = field(result_dtype([&a.into(), &b.into()].into_iter())?);
    let (a, b) = (cast(a, wide(dtype), name)?, cast(b, wide(dtype), name)?);
    let right = right_sides(&a, &b, name)?;
    let op = LinearAlgebra::SolveTriangular { upper, unit };
    let call = Call { name, op, inputs: &[&a, &b] };
    let (results, _) = call.run(&[2, 2], &[(&[n, right], wide(dtype))])?;
    cast(&results[0], dtype, name)
}

fn turned(tensor: &Tensor) -> Result<Tensor> {
    views::matrix_transpose(tensor, "solve_triangular")
}

/// `X` with `(L @ L.mH) @ X == b` for `factor` `L`, or, if `upper`, `U` with `U.mH @ U`.
///
/// # Errors
///
/// As [`solve_triangular`].
pub fn cholesky_solve(b: &Tensor, factor: &Tensor, upper: bool) -> Result<Tensor> {
    let adjoint = adjoint(factor)?;
    let (first, second) = if upper { (&adjoint, factor) } else { (factor, &adjoint) };
    let half = solve_triangular(first, b, false, true, false)?;
    solve_triangular(second, &half, true, true, false)
}

/// The inverse of the matrix whose factor is `factor`; see [`cholesky_solve`].
///
/// # Errors
///
/// As [`cholesky_solve`].
pub fn cholesky_inverse(factor: &Tensor, upper: bool) -> Result<Tensor> {
    let n = side(factor, "cholesky_inverse")?;
    let eye = creation::eye(n, n, 0, field(factor.dtype()), factor.device())?;
    cholesky_solve(&eye, factor, upper)
}

/// `L` below and `U` on and above the diagonal of one matrix, the rows of the product in terms
/// of `x`, and LAPACK's pivots.
struct Factors {
    packed: Tensor,
    rows: Tensor,
    pivots: Tensor,
    dtype: DType,
}

fn factors(x: &Tensor, name: &'static str) -> Result<Factors> {
    let ([m, n], dtype) = (sides(x, name)?, field(x.dtype()));
    let x = cast(x, wide(dtype), name)?;
    let call = Call { name, op: LinearAlgebra::Lu, inputs: &[&x] };
    let outputs =
        [(&[m, n][..], x.dtype()), (&[m][..], DType::Int64), (&[m.min(n)][..], DType::Int32)];
    let (mut results, _) = call.run(&[2], &outputs)?;
    let pivots = results.swap_remove(2);
    let rows = results.swap_remove(1);
    Ok(Factors { packed: cast(&results[0], dtype, name)?, rows, pivots, dtype })
}

/// `P`, `L` and `U` with `x == P @ L @ U`: `P` exchanges rows, `L` has ones on its diagonal.
///
/// # Errors
///
/// `Shape` for fewer than two axes.
pub fn lu(x: &Tensor) -> Result<[Tensor; 3]> {
    let name = "lu";
    let [m, n] = sides(x, name)?;
    let Factors { packed, rows, dtype, .. } = factors(x, name)?;
    let device = packed.device();
    let k = m.min(n) as isize;
    let range = |n: usize, axis: isize| {
        let range = creation::arange(
            Scalar::Int(0),
            Scalar::Int(n as i128),
            Scalar::Int(1),
            DType::Int64,
            device,
        )?;
        views::unsqueeze(&range, axis)
    };
    let zero = || Scalar::Int(0);
    let (down, along) = (range(m, 1)?, range(m.min(n), 0)?);
    let left = views::narrow(&packed, -1, 0, k)?;
    let left = select(compare(Compare::Greater, &down, &along)?, &left, zero())?;
    let left = select(compare(Compare::Equal, &down, &along)?, Scalar::Int(1), &left)?;
    let (down, along) = (range(m.min(n), 1)?, range(n, 0)?);
    let right = views::narrow(&packed, -2, 0, k)?;
    let right = select(compare(Compare::LessEqual, &down, &along)?, &right, zero())?;
    let order = views::unsqueeze(&rows, -2)?;
    let exchange = compare(Compare::Equal, &range(m, 1)?, &order)?;
    Ok([cast(&exchange, dtype, name)?, left, right])
}

/// The factors of [`lu`] in one matrix, with LAPACK's pivots: row `i` was exchanged with row
/// `pivots[i] - 1`, one after the other.
///
/// # Errors
///
/// As [`lu`].
pub fn lu_factor(x: &Tensor) -> Result<(Tensor, Tensor)> {
    let Factors { packed, pivots, .. } = factors(x, "lu_factor")?;
    Ok((packed, pivots))
}

/// `X` with `A @ X == b` for the `A` whose [`lu_factor`] is given.
///
/// # Errors
///
/// `Shape` where lengths do not fit, `Type` unless pivots are integers, `Value` where they are
/// no rows.
pub fn lu_solve(packed: &Tensor, pivots: &Tensor, b: &Tensor) -> Result<Tensor> {
    let name = "lu_solve";
    let n = side(packed, name)?;
    sides(b, name)?;
    if !pivots.dtype().is_integer() {
        return Err(Error::dtype(format!(
            "linalg.{name}: pivots must be integers, and are {}",
            pivots.dtype()
        )));
    }
    if pivots.shape().last() != Some(&n) {
        return Err(Error::shape(format!(
            "linalg.{name}: {n} by {n} matrices have {n} pivots, and these have shape {:?}",
            pivots.shape()
        )));
    }
    let dtype = field(result_dtype([&packed.into(), &b.into()].into_iter())?);
    let (packed, b) = (cast(packed, wide(dtype), name)?, cast(b, wide(dtype), name)?);
    let pivots = cast(pivots, DType::Int32, name)?;
    let right = right_sides(&packed, &b, name)?;
    let call = Call { name, op: LinearAlgebra::LuSolve, inputs: &[&packed, &pivots, &b] };
    let (results, info) = call.run(&[2, 1, 2], &[(&[n, right], wide(dtype))])?;
    info.check(|place, batch| {
        Error::value(format!("linalg.{name}: pivot {place} is no row from 1 to {n}{batch}"))
            .hint("pivots are those of `tb.linalg.lu_factor`, counted from 1")
    })?;
    cast(&results[0], dtype, name)
}
