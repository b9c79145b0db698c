//! Matrices as products of simpler ones.

use tensorbridge_core::dtype::promote::complex_of;
use tensorbridge_core::op::LinearAlgebra;
use tensorbridge_core::{Error, Result, Tensor};

use super::{Call, cast, field, side, sides, unfound, wide};

/// `L` with `L @ L.mH == x`, or, if `upper`, `U` with `U.mH @ U == x`; only that triangle of `x`
/// is read.
///
/// # Errors
///
/// `Shape` unless the matrices are square, `LinearAlgebra` unless they are positive definite.
pub fn cholesky(x: &Tensor, upper: bool) -> Result<Tensor> {
    let name = "cholesky";
    let (n, dtype) = (side(x, name)?, field(x.dtype()));
    let x = cast(x, wide(dtype), name)?;
    let call = Call { name, op: LinearAlgebra::Cholesky { upper }, inputs: &[&x] };
    let (results, info) = call.run(&[2], &[(&[n, n], x.dtype())])?;
    info.check(|order, place| {
        Error::linear_algebra(format!(
            "linalg.{name}: Matrix is not positive definite{place}: its leading minor of order {order} is not"
        ))
        .hint("`tb.linalg.eigh` and `tb.linalg.lu` take matrices that are not")
    })?;
    cast(&results[0], dtype, name)
}

/// Values and vectors: `x @ vectors == vectors * values`.
#[derive(Clone, Debug)]
pub struct Eigen {
    /// One for each column of the vectors.
    pub values: Tensor,
    /// In the columns.
    pub vectors: Tensor,
}

fn hermitian(x: &Tensor, upper: bool, vectors: bool, name: &'static str) -> Result<Vec<Tensor>> {
    let (n, dtype) = (side(x, name)?, field(x.dtype()));
    let x = cast(x, wide(dtype), name)?;
    let call = Call { name, op: LinearAlgebra::EigenHermitian { upper }, inputs: &[&x] };
    let (values, matrix) = ((&[n][..], x.dtype().real()), (&[n, n][..], x.dtype()));
    let outputs: &[_] = if vectors { &[values, matrix] } else { &[values] };
    let (results, info) = call.run(&[2], outputs)?;
    info.check(unfound(name, "Eigenvalues"))?;
    let real = dtype.real();
    results
        .iter()
        .enumerate()
        .map(|(place, result)| cast(result, if place == 0 { real } else { dtype }, name))
        .collect()
}

/// Values in ascending order and orthonormal vectors of symmetric or Hermitian matrices, of which
/// only the lower or, if `upper`, the upper triangle is read.
///
/// # Errors
///
/// `Shape` unless the matrices are square, `LinearAlgebra` where an element is not finite.
pub fn eigh(x: &Tensor, upper: bool) -> Result<Eigen> {
    let mut results = hermitian(x, upper, true, "eigh")?;
    let vectors = results.pop();
    match (results.pop(), vectors) {
        (Some(values), Some(vectors)) => Ok(Eigen { values, vectors }),
        _ => Err(Error::runtime("two outputs were asked for")),
    }
}

/// The values of [`eigh`] alone.
///
/// # Errors
///
/// As [`eigh`].
pub fn eigvalsh(x: &Tensor, upper: bool) -> Result<Tensor> {
    let mut results = hermitian(x, upper, false, "eigvalsh")?;
    Ok(results.swap_remove(0))
}

fn general(x: &Tensor, vectors: bool, name: &'static str) -> Result<Vec<Tensor>> {
    let (n, dtype) = (side(x, name)?, field(x.dtype()));
    let x = cast(x, wide(dtype), name)?;
    let complex = complex_of(x.dtype());
    let call = Call { name, op: LinearAlgebra::Eigen, inputs: &[&x] };
    let outputs = [(&[n][..], complex), (&[n, n][..], complex)];
    let (results, info) = call.run(&[2], &outputs[..if vectors { 2 } else { 1 }])?;
    info.check(unfound(name, "Eigenvalues"))?;
    Ok(results.into_vec())
}

/// Complex values, in no order, and vectors of length 1 of any square matrices.
///
/// # Errors
///
/// `Shape` unless the matrices are square, `LinearAlgebra` where an element is not finite.
pub fn eig(x: &Tensor) -> Result<Eigen> {
    let mut results = general(x, true, "eig")?;
    let vectors = results.swap_remove(1);
    Ok(Eigen { values: results.swap_remove(0), vectors })
}

/// The values of [`eig`] alone.
///
/// # Errors
///
/// As [`eig`].
pub fn eigvals(x: &Tensor) -> Result<Tensor> {
    Ok(general(x, false, "eigvals")?.swap_remove(0))
}

/// `u @ diag(s) @ vh == x`.
#[derive(Clone, Debug)]
pub struct Svd {
    /// Orthonormal columns.
    pub u: Tensor,
    /// In descending order.
    pub s: Tensor,
    /// Orthonormal rows.
    pub vh: Tensor,
}

/// The singular values with their vectors: as many as the shorter side is long, or, if `full`,
/// whole bases.
///
/// # Errors
///
/// `Shape` for fewer than two axes, `LinearAlgebra` where an element is not finite.
pub fn svd(x: &Tensor, full: bool) -> Result<Svd> {
    let name = "svd";
    let ([m, n], dtype) = (sides(x, name)?, field(x.dtype()));
    let x = cast(x, wide(dtype), name)?;
    let k = m.min(n);
    let (left, right) = if full { (m, n) } else { (k, k) };
    let call = Call { name, op: LinearAlgebra::Singular, inputs: &[&x] };
    let outputs =
        [(&[k][..], x.dtype().real()), (&[m, left][..], x.dtype()), (&[right, n][..], x.dtype())];
    let (results, info) = call.run(&[2], &outputs)?;
    info.check(unfound(name, "SVD"))?;
    Ok(Svd {
        u: cast(&results[1], dtype, name)?,
        s: cast(&results[0], dtype.real(), name)?,
        vh: cast(&results[2], dtype, name)?,
    })
}

/// The singular values alone.
///
/// # Errors
///
/// As [`svd`].
pub fn svdvals(x: &Tensor) -> Result<Tensor> {
    let name = "svdvals";
    let ([m, n], dtype) = (sides(x, name)?, field(x.dtype()));
    let x = cast(x, wide(dtype), name)?;
    let call = Call { name, op: LinearAlgebra::Singular, inputs: &[&x] };
    let (results, info) = call.run(&[2], &[(&[m.min(n)], x.dtype().real())])?;
    info.check(unfound(name, "SVD"))?;
    cast(&results[0], dtype.real(), name)
}

/// `Q` with orthonormal columns and the upper triangular `R` of `x == Q @ R`: reduced to the
/// shorter side, or complete.
///
/// # Errors
///
/// `Shape` for fewer than two axes.
pub fn qr(x: &Tensor, complete: bool) -> Result<(Tensor, Tensor)> {
    let name = "qr";
    let ([m, n], dtype) = (sides(x, name)?, field(x.dtype()));
    let x = cast(x, wide(dtype), name)?;
    let k = if complete { m } else { m.min(n) };
    let call = Call { name, op: LinearAlgebra::Orthogonal, inputs: &[&x] };
    let (results, _) = call.run(&[2], &[(&[k, n], x.dtype()), (&[m, k], x.dtype())])?;
    Ok((cast(&results[1], dtype, name)?, cast(&results[0], dtype, name)?))
}

/// The reduced `R` of [`qr`] alone.
///
/// # Errors
///
/// As [`qr`].
pub fn qr_r(x: &Tensor) -> Result<Tensor> {
    let name = "qr";
    let ([m, n], dtype) = (sides(x, name)?, field(x.dtype()));
    let x = cast(x, wide(dtype), name)?;
    let call = Call { name, op: LinearAlgebra::Orthogonal, inputs: &[&x] };
    let (results, _) = call.run(&[2], &[(&[m.min(n), n], x.dtype())])?;
    cast(&results[0], dtype, name)
}
