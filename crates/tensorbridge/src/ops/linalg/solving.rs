//! Systems of equations, inverses, determinants and ranks.

use tensorbridge_core::op::{Binary, Compare, LinearAlgebra, Reduce, Unary};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Dims, Error, Result, Scalar, Tensor};

use super::decompositions::{Eigen, Svd, eigh, eigvalsh, svd, svdvals};
use super::{Call, adjoint, cast, field, side, sides, singular, wide};
use crate::ops::{
    Operand, Reduction, binary, compare, matmul, reduce, result_dtype, select, unary, views,
};
use crate::values;

/// The number of right sides that `b` has for `a`, which is square.
///
/// # Errors
///
/// `Shape` where the rows of `b` are no sides of `a`.
pub(super) fn right_sides(a: &Tensor, b: &Tensor, name: &str) -> Result<usize> {
    let ([n, _], [rows, columns]) = (sides(a, name)?, sides(b, name)?);
    if n == rows {
        return Ok(columns);
    }
    Err(Error::shape(format!(
        "linalg.{name}: Incompatible shapes of A and B for the equation AX = B ({:?} and {:?}): {n} rows against {rows}",
        a.shape(),
        b.shape()
    ))
    .hint("a batch of vectors is a batch of matrices of one column: `b[..., None]`"))
}

/// `x` with `a @ x == b`, or, unless `left`, `x @ a == b`. A `b` of one axis is one right side
/// for all matrices.
///
/// # Errors
///
/// `Shape` unless the matrices are square and fit `b`, `Type` where the dtypes do not promote,
/// `LinearAlgebra` for singular matrices.
pub fn solve(a: &Tensor, b: &Tensor, left: bool) -> Result<Tensor> {
    let name = "solve";
    let n = side(a, name)?;
    if b.ndim() == 1 {
        let a = if left { a.clone() } else { views::matrix_transpose(a, name)? };
        let column = views::unsqueeze(b, 1)?;
        return views::squeeze_exactly(&solve(&a, &column, true)?, &[-1]);
    }
    if !left {
        let turned = |tensor: &Tensor| views::matrix_transpose(tensor, name);
        sides(b, name)?;
        return turned(&solve(&turned(a)?, &turned(b)?, true)?);
    }
    let dtype = field(result_dtype([&a.into(), &b.into()].into_iter())?);
    let (a, b) = (cast(a, wide(dtype), name)?, cast(b, wide(dtype), name)?);
    let right = right_sides(&a, &b, name)?;
    let call = Call { name, op: LinearAlgebra::Solve, inputs: &[&a, &b] };
    let (results, info) = call.run(&[2, 2], &[(&[n, right], wide(dtype))])?;
    info.check(singular(name))?;
    cast(&results[0], dtype, name)
}

/// The inverses.
///
/// # Errors
///
/// `Shape` unless the matrices are square, `LinearAlgebra` where one is singular.
pub fn inv(x: &Tensor) -> Result<Tensor> {
    let (inverse, info) = inverses(x, "inv")?;
    info.check(singular("inv"))?;
    Ok(inverse)
}

/// The inverses, and for each matrix 0 or the place (from 1) of a pivot that is 0, as `int32`.
///
/// # Errors
///
/// `Shape` unless the matrices are square.
pub fn inv_checked(x: &Tensor) -> Result<(Tensor, Tensor)> {
    let (inverse, info) = inverses(x, "inv_ex")?;
    Ok((inverse, info.0))
}

fn inverses(x: &Tensor, name: &'static str) -> Result<(Tensor, super::Info)> {
    let (n, dtype) = (side(x, name)?, field(x.dtype()));
    let x = cast(x, wide(dtype), name)?;
    let call = Call { name, op: LinearAlgebra::Inverse, inputs: &[&x] };
    let (results, info) = call.run(&[2], &[(&[n, n], x.dtype())])?;
    Ok((cast(&results[0], dtype, name)?, info))
}

/// The determinants; 1 of a matrix of no elements.
///
/// # Errors
///
/// `Shape` unless the matrices are square.
pub fn det(x: &Tensor) -> Result<Tensor> {
    let name = "det";
    let dtype = field(x.dtype());
    side(x, name)?;
    let x = cast(x, wide(dtype), name)?;
    let call = Call { name, op: LinearAlgebra::Determinant, inputs: &[&x] };
    let (results, _) = call.run(&[2], &[(&[], x.dtype())])?;
    cast(&results[0], dtype, name)
}

/// The signs of the determinants and the logarithms of their magnitudes; 0 and minus infinity of
/// singular matrices.
///
/// # Errors
///
/// `Shape` unless the matrices are square.
pub fn slogdet(x: &Tensor) -> Result<(Tensor, Tensor)> {
    let name = "slogdet";
    let dtype = field(x.dtype());
    side(x, name)?;
    let x = cast(x, wide(dtype), name)?;
    let call = Call { name, op: LinearAlgebra::LogDeterminant, inputs: &[&x] };
    let (results, _) = call.run(&[2], &[(&[], x.dtype()), (&[], x.dtype().real())])?;
    Ok((cast(&results[0], dtype, name)?, cast(&results[1], dtype.real(), name)?))
}

/// What is taken for 0 among singular values.
#[derive(Clone, Debug, Default)]
pub struct Cutoff {
    /// In units of the greatest value; `None` is the longer side times the dtype's epsilon, or
    /// 0 where there is an absolute bound.
    pub relative: Option<Operand<'static>>,
    /// In any case.
    pub absolute: Option<Operand<'static>>,
}

impl Cutoff {
    /// For each matrix the bound, with an axis of length 1 behind the batch's.
    fn of(
        &self,
        values: &Tensor,
        [m, n]: [usize; 2],
        name: &'static str,
    ) -> Result<Operand<'static>> {
        let dtype = values.dtype();
        let bound = |given: &Operand<'static>| -> Result<Operand<'static>> {
            Ok(match given {
                Operand::Tensor(tensor) => {
                    views::unsqueeze(&cast(tensor, dtype, name)?, -1)?.into()
                }
                number => number.clone(),
            })
        };
        let relative = match (&self.relative, &self.absolute) {
            (Some(relative), _) => bound(relative)?,
            (None, Some(_)) => Scalar::Float(0.0).into(),
            (None, None) => Scalar::Float(m.max(n) as f64 * epsilon(dtype)).into(),
        };
        let greatest = if values.shape().ends_with(&[0]) {
            views::unsqueeze(&sum(values)?, -1)?
        } else {
            reduce(last(Reduce::Max, true), values)?
        };
        let mut most = binary(Binary::Multiply, &greatest, relative)?;
        if let Some(absolute) = &self.absolute {
            most = binary(Binary::Maximum, &most, bound(absolute)?)?;
        }
        Ok(most.into())
    }
}

fn epsilon(dtype: DType) -> f64 {
    match dtype {
        DType::Float32 => f32::EPSILON.into(),
        DType::Float16 => 2.0_f64.powi(-10),
        DType::BFloat16 => 2.0_f64.powi(-7),
        _ => f64::EPSILON,
    }
}

fn last(op: Reduce, keepdims: bool) -> Reduction {
    Reduction { op, axes: Some(Dims::from_slice(&[-1])), keepdims, dtype: None }
}

fn sum(values: &Tensor) -> Result<Tensor> {
    reduce(last(Reduce::Sum, false), values)
}

/// The numbers of singular values that are not taken for 0, as `int64`. `hermitian` matrices
/// have the magnitudes of their eigenvalues as such.
///
/// # Errors
///
/// As [`svdvals`].
pub fn rank(x: &Tensor, cutoff: &Cutoff, hermitian: bool) -> Result<Tensor> {
    let shape = sides(x, "matrix_rank")?;
    let values =
        if hermitian { unary(Unary::Absolute, &eigvalsh(x, false)?)? } else { svdvals(x)? };
    let bound = cutoff.of(&values, shape, "matrix_rank")?;
    sum(&compare(Compare::Greater, &values, bound)?)
}

/// The pseudo-inverses of Moore and Penrose.
///
/// # Errors
///
/// As [`svd`].
pub fn pinv(x: &Tensor, cutoff: &Cutoff, hermitian: bool) -> Result<Tensor> {
    let name = "pinv";
    let (shape, dtype) = (sides(x, name)?, field(x.dtype()));
    let x = cast(x, wide(dtype), name)?;
    let (left, values, right) = if hermitian {
        let Eigen { values, vectors } = eigh(&x, false)?;
        (vectors.clone(), values, adjoint(&vectors)?)
    } else {
        let Svd { u, s, vh } = svd(&x, false)?;
        (u, s, vh)
    };
    let inverse = reciprocals(&values, shape, cutoff, name)?;
    // The adjoint of `left @ diag(inverse) @ right`.
    let scaled = binary(Binary::Multiply, &adjoint(&right)?, &views::unsqueeze(&inverse, -2)?)?;
    cast(&matmul(&scaled, &adjoint(&left)?)?, dtype, name)
}

/// `1 / value`, or 0 where a value is taken for 0.
fn reciprocals(
    values: &Tensor,
    shape: [usize; 2],
    cutoff: &Cutoff,
    name: &'static str,
) -> Result<Tensor> {
    let sizes = unary(Unary::Absolute, values)?;
    let large = compare(Compare::Greater, &sizes, cutoff.of(&sizes, shape, name)?)?;
    let safe = select(&large, values, Scalar::Float(1.0))?;
    select(&large, &unary(Unary::Reciprocal, &safe)?, Scalar::Float(0.0))
}

/// What [`least_squares`] finds.
#[derive(Clone, Debug)]
pub struct LeastSquares {
    /// `x` with the least `|a @ x - b|`, and among those the least `|x|`.
    pub solution: Tensor,
    /// The squares of `|a @ x - b|` for each right side; of length 0 where the system is not
    /// overdetermined or the matrix not of full rank.
    pub residuals: Tensor,
    /// How many singular values are not taken for 0, as `int64`.
    pub rank: Tensor,
    /// In descending order.
    pub values: Tensor,
}

/// Solves systems of equations as well as it can be done, by way of the singular values.
///
/// # Errors
///
/// `Shape` where lengths do not fit; as [`svd`].
pub fn least_squares(a: &Tensor, b: &Tensor, cutoff: &Cutoff) -> Result<LeastSquares> {
    let name = "lstsq";
    let [m, n] = sides(a, name)?;
    if b.ndim() == 1 && a.ndim() == 2 {
        let column = views::unsqueeze(b, 1)?;
        let found = least_squares(a, &column, cutoff)?;
        let solution = views::squeeze_exactly(&found.solution, &[-1])?;
        return Ok(LeastSquares { solution, ..found });
    }
    let [rows, _] = sides(b, name)?;
    if rows != m {
        return Err(Error::shape(format!(
            "linalg.{name}: Incompatible shapes of A and B ({:?} and {:?}): {m} rows against {rows}",
            a.shape(),
            b.shape()
        )));
    }
    let dtype = field(result_dtype([&a.into(), &b.into()].into_iter())?);
    let (a, b) = (cast(a, wide(dtype), name)?, cast(b, wide(dtype), name)?);
    let Svd { u, s, vh } = svd(&a, false)?;
    let inverse = reciprocals(&s, [m, n], cutoff, name)?;
    let turned = matmul(&adjoint(&u)?, &b)?;
    let scaled = binary(Binary::Multiply, &turned, &views::unsqueeze(&inverse, -1)?)?;
    let solution = matmul(&adjoint(&vh)?, &scaled)?;
    let rank = sum(&compare(Compare::Greater, &s, cutoff.of(&s, [m, n], name)?)?)?;
    let full = m > n
        && (!rank.access().host || values::elements::<i64>(&rank)?.all(|found| found == n as i64));
    let residuals = if full {
        let rest = unary(Unary::Absolute, &binary(Binary::Subtract, &b, &matmul(&a, &solution)?)?)?;
        let squares = binary(Binary::Multiply, &rest, &rest)?;
        let op = Reduce::Sum;
        let axes = Some(Dims::from_slice(&[-2]));
        reduce(Reduction { op, axes, keepdims: false, dtype: None }, &squares)?
    } else {
        Tensor::allocate(&[0], s.dtype(), s.device(), Fill::Zero)?
    };
    Ok(LeastSquares {
        solution: cast(&solution, dtype, name)?,
        residuals: cast(&residuals, dtype.real(), name)?,
        rank,
        values: cast(&s, dtype.real(), name)?,
    })
}
