//! How variables vary together: covariances, and correlations between -1 and 1.

use tensorbridge_core::dtype::promote::inexact;
use tensorbridge_core::op::{Binary, Reduce, Unary};
use tensorbridge_core::{Dims, Error, Kind, Result, Scalar, Tensor};

use super::moments::finish;
use super::{
    Operand, Reduction, accumulator, binary, binary_into, clip, concatenate, converted,
    default_dtype, matmul, reduce, result_dtype, unary, views,
};
use crate::values;

/// How covariances are measured.
#[derive(Clone, Copy, Debug)]
pub struct Covariance<'a> {
    /// Whether rows are variables and columns observations.
    pub rows: bool,
    /// What is taken off the number of observations before dividing by it.
    pub correction: f64,
    /// How often each observation was made.
    pub frequencies: Option<&'a Tensor>,
    /// How much each observation counts.
    pub importances: Option<&'a Tensor>,
}

/// Variables in rows.
fn variables(tensor: &Tensor, turned: bool) -> Result<Tensor> {
    match tensor.ndim() {
        0 | 1 => views::reshape(tensor, &[1, tensor.count() as isize], "cov"),
        2 if turned => views::permute(tensor, &[1, 0]),
        2 => Ok(tensor.clone()),
        _ => Err(Error::shape(format!(
            "cov: variables and observations are two axes, and the shape is {:?}",
            tensor.shape()
        ))),
    }
}

/// The covariance matrix of the variables of `tensor` and, after them, of `other`; of one variable
/// its variance, without axes. Fresh; of integers in the default dtype.
///
/// # Errors
///
/// `Shape` for more than two axes or numbers of observations that differ, `Type` for frequencies
/// that are no integers, `Value` for negative weights.
pub fn covariance(
    tensor: &Tensor,
    other: Option<&Tensor>,
    wanted: Covariance<'_>,
) -> Result<Tensor> {
    let operands: Vec<Operand<'_>> =
        std::iter::once(tensor).chain(other).map(Operand::from).collect();
    let promoted = result_dtype(operands.iter())?;
    let wide = accumulator(promoted);
    let mut rows = variables(tensor, !wanted.rows && tensor.ndim() > 1)?;
    if let Some(other) = other {
        let turned = !wanted.rows && other.ndim() > 1 && other.shape()[0] != 1;
        rows = concatenate(&[rows, variables(other, turned)?], Some(0))?;
    }
    let rows = converted(&rows, wide, "cov")?;
    let found = of_rows(&rows, wanted)?;
    let found = if found.count() == 1 { views::squeeze(&found, None)? } else { found };
    finish(found, inexact(promoted, default_dtype()), "cov", None)
}

fn of_rows(rows: &Tensor, wanted: Covariance<'_>) -> Result<Tensor> {
    let columns = rows.shape()[1];
    let real = rows.dtype().real();
    let read = |weights: Option<&Tensor>, name, whole| -> Result<Option<Tensor>> {
        let Some(weights) = weights else { return Ok(None) };
        check_weights(weights, columns, name, whole)?;
        converted(weights, real, "cov").map(Some)
    };
    let frequencies = read(wanted.frequencies, "fweights", true)?;
    let importances = read(wanted.importances, "aweights", false)?;
    let weights = match (&frequencies, &importances) {
        (Some(often), Some(much)) => Some(binary(Binary::Multiply, often, much)?),
        (one, other) => one.clone().or_else(|| other.clone()),
    };
    let sum = |tensor: &Tensor| reduce(Reduction::all(Reduce::Sum), tensor);
    let along =
        |op| Reduction { op, axes: Some(Dims::from_elem(1, 1)), keepdims: true, dtype: None };
    let total = match &weights {
        None => Scalar::Float(columns as f64).into(),
        Some(weights) => Operand::from(sum(weights)?),
    };
    let sums = match &weights {
        None => reduce(along(Reduce::Sum), rows)?,
        Some(weights) => reduce(along(Reduce::Sum), &binary(Binary::Multiply, rows, weights)?)?,
    };
    let centered =
        binary(Binary::Subtract, rows, &binary(Binary::Divide, &sums, total.borrowed())?)?;
    let weighted = match &weights {
        None => centered.clone(),
        Some(weights) => binary(Binary::Multiply, &centered, weights)?,
    };
    let turned = views::permute(&unary(Unary::Conjugate, &weighted)?, &[1, 0])?;
    let found = matmul(&centered, &turned)?;
    let correction = Scalar::Float(wanted.correction);
    let left = match (&weights, &importances) {
        (None, _) => Scalar::Float((columns as f64 - wanted.correction).max(0.0)).into(),
        (Some(weights), Some(much)) if wanted.correction != 0.0 => {
            let squares = sum(&binary(Binary::Multiply, weights, much)?)?;
            let loss = binary(Binary::Divide, &squares, total.borrowed())?;
            let loss = binary(Binary::Multiply, &loss, correction)?;
            Operand::from(binary(Binary::Subtract, total.borrowed(), &loss)?)
        }
        (Some(_), _) => Operand::from(binary(Binary::Subtract, total.borrowed(), correction)?),
    };
    // No fewer than none are left, which makes it infinite, as NumPy has it.
    let left = match left {
        Operand::PythonScalar(left) => left.into(),
        left => Operand::from(binary(Binary::Maximum, left, Scalar::Float(0.0))?),
    };
    binary_into(Binary::Divide, &found, left, &found)
}

/// Checks that there is a weight for each observation, and none below zero.
fn check_weights(weights: &Tensor, count: usize, name: &str, whole: bool) -> Result<()> {
    if whole && !weights.dtype().is_integer() {
        return Err(Error::dtype(format!("{name} must be integers, and are {}", weights.dtype())));
    }
    if weights.dtype().is_complex() {
        return Err(Error::dtype(format!("{name} must be real, and are {}", weights.dtype())));
    }
    if weights.shape() != [count] {
        return Err(Error::shape(format!(
            "{name} must be one for each of {count} observations, and have shape {:?}",
            weights.shape()
        )));
    }
    if count == 0
        || !weights.access().host
        || matches!(weights.dtype().kind(), Kind::Unsigned | Kind::Bool)
    {
        return Ok(());
    }
    match values::item(&reduce(Reduction::all(Reduce::Min), weights)?)?.cast::<f64>() {
        least if least < 0.0 => {
            Err(Error::value(format!("{name} cannot be negative, and one is {least:?}")))
        }
        _ => Ok(()),
    }
}

/// The correlation coefficients of Pearson: covariances over standard deviations. As
/// [`covariance`], whose correction does not matter here.
///
/// # Errors
///
/// As [`covariance`].
pub fn correlation(tensor: &Tensor, other: Option<&Tensor>, rows: bool) -> Result<Tensor> {
    let wanted = Covariance { rows, correction: 1.0, frequencies: None, importances: None };
    let found = covariance(tensor, other, wanted)?;
    if found.ndim() == 0 {
        return binary(Binary::Divide, &found, &found);
    }
    let variances = views::diagonal(&views::real(&found)?, 0, 0, 1)?;
    let deviations = unary(Unary::Sqrt, &variances)?;
    binary_into(Binary::Divide, &found, &views::unsqueeze(&deviations, 1)?, &found)?;
    binary_into(Binary::Divide, &found, &deviations, &found)?;
    // Rounding may have led beyond the ends.
    let within = |part: &Tensor| {
        let (low, high) = (Scalar::Float(-1.0), Scalar::Float(1.0));
        clip(part, Some(low.into()), Some(high.into()), Some(part))
    };
    within(&views::real(&found)?)?;
    if found.dtype().is_complex() {
        within(&views::imag(&found)?)?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::{DType, ErrorKind};

    use super::*;
    use crate::ops::testing::{tensor, values as list};

    const PLAIN: Covariance<'_> =
        Covariance { rows: true, correction: 1.0, frequencies: None, importances: None };

    #[test]
    fn variables_in_rows_and_columns() {
        let t = tensor(&[2, 3], &[0., 1., 2., 2., 1., 0.], DType::Int16);
        let found = covariance(&t, None, PLAIN).unwrap();
        assert_eq!((found.dtype(), list(&found)), (DType::Float32, vec![1., -1., -1., 1.]));
        let turned = views::permute(&t, &[1, 0]).unwrap();
        let wanted = Covariance { rows: false, ..PLAIN };
        assert_eq!(list(&covariance(&turned, None, wanted).unwrap()), list(&found));
        assert_eq!(list(&correlation(&t, None, true).unwrap()), [1., -1., -1., 1.]);
        let line = tensor(&[3], &[1., 2., 3.], DType::Float64);
        let alone = covariance(&line, None, PLAIN).unwrap();
        assert_eq!((alone.ndim(), list(&alone)), (0, vec![1.0]));
    }

    #[test]
    fn weights() {
        let line = tensor(&[3], &[1., 2., 6.], DType::Float64);
        let often = tensor(&[3], &[2., 1., 1.], DType::Int64);
        let wanted = Covariance { frequencies: Some(&often), ..PLAIN };
        let repeated = tensor(&[4], &[1., 1., 2., 6.], DType::Float64);
        let found = list(&covariance(&line, None, wanted).unwrap())[0];
        let answer = list(&covariance(&repeated, None, PLAIN).unwrap())[0];
        assert!((found - answer).abs() < 1e-12);
        let negative = tensor(&[3], &[1., -1., 1.], DType::Float64);
        let kind = |wanted| covariance(&line, None, wanted).unwrap_err().kind();
        assert_eq!(kind(Covariance { importances: Some(&negative), ..PLAIN }), ErrorKind::Value);
        assert_eq!(kind(Covariance { frequencies: Some(&negative), ..PLAIN }), ErrorKind::Type);
    }
}
