//! Powers of matrices, and products of many.

use tensorbridge_core::op::LinearAlgebra;
use tensorbridge_core::{Error, Result, Tensor};

use super::solving::inv;
use super::{Call, cast, field, side, wide};
use crate::exchange::Reason;
use crate::ops::{creation, matmul, result_dtype, views};
use crate::transfer;

/// `x @ x @ …`, `exponent` times; of inverses where that is below 0, and the identity of 0.
///
/// # Errors
///
/// `Shape` unless the matrices are square, `LinearAlgebra` for negative powers of singular ones.
pub fn power(x: &Tensor, exponent: i64) -> Result<Tensor> {
    let name = "matrix_power";
    let n = side(x, name)?;
    if exponent == 0 {
        let eye = creation::eye(n, n, 0, x.dtype(), x.device())?;
        let eyes = views::broadcast_to(&eye, x.shape())?;
        return transfer::copy_contiguous(&eyes, name, Reason::Requested);
    }
    let mut square = if exponent < 0 { inv(x)? } else { x.clone() };
    let mut rest = exponent.unsigned_abs();
    if rest == 1 {
        // Never the memory of `x` itself.
        return transfer::copy_contiguous(&square, name, Reason::Requested);
    }
    let mut result: Option<Tensor> = None;
    loop {
        if rest % 2 == 1 {
            result = Some(match result {
                Some(result) => matmul(&result, &square)?,
                None => square.clone(),
            });
        }
        rest /= 2;
        if rest == 0 {
            break;
        }
        square = matmul(&square, &square)?;
    }
    result.ok_or_else(|| Error::runtime("a power that is not 0 has a factor"))
}

/// `e` to the power of square matrices.
///
/// # Errors
///
/// `Shape` unless the matrices are square.
pub fn exponential(x: &Tensor) -> Result<Tensor> {
    let name = "matrix_exp";
    let (n, dtype) = (side(x, name)?, field(x.dtype()));
    let x = cast(x, wide(dtype), name)?;
    let call = Call { name, op: LinearAlgebra::Exponential, inputs: &[&x] };
    let (results, _) = call.run(&[2], &[(&[n, n], x.dtype())])?;
    cast(&results[0], dtype, name)
}

/// The product of two or more matrices, multiplied in the order that takes the fewest
/// multiplications. The first and the last may be vectors: a row and a column.
///
/// # Errors
///
/// `Value` for fewer than two factors, `Shape` where lengths do not fit or a factor is neither a
/// matrix nor a vector at an end, `Type` where the dtypes do not promote.
pub fn multi_dot(factors: &[Tensor]) -> Result<Tensor> {
    let count = factors.len();
    if count < 2 {
        return Err(Error::value(format!(
            "linalg.multi_dot: expected at least 2 tensors but got {count}"
        )));
    }
    for (place, factor) in factors.iter().enumerate() {
        let end = place == 0 || place == count - 1;
        if factor.ndim() != 2 && !(end && factor.ndim() == 1) {
            return Err(Error::shape(format!(
                "linalg.multi_dot: tensor {place} must be 2D{}, and has shape {:?}",
                if end { " or 1D" } else { "" },
                factor.shape()
            )));
        }
    }
    let operands: Vec<_> = factors.iter().map(Into::into).collect();
    let dtype = result_dtype(operands.iter())?;
    let factors = factors
        .iter()
        .map(|factor| cast(factor, dtype, "multi_dot"))
        .collect::<Result<Vec<_>>>()?;
    if count == 2 {
        return matmul(&factors[0], &factors[1]);
    }
    // `lengths[i]` and `lengths[i + 1]` are the sides of factor `i`.
    let rows = |factor: &Tensor| if factor.ndim() == 1 { 1 } else { factor.shape()[0] };
    let mut lengths: Vec<usize> = factors.iter().map(rows).collect();
    if factors[count - 1].ndim() == 1 {
        lengths[count - 1] = factors[count - 1].shape()[0];
        lengths.push(1);
    } else {
        lengths.push(factors[count - 1].shape()[1]);
    }
    multiply(&factors, &splits(&lengths), 0, count - 1)
}

/// For each run `i..=j` of factors, behind which one it is best split: the matrix chain problem,
/// as Cormen et al., "Introduction to Algorithms", solve it.
fn splits(lengths: &[usize]) -> Vec<Vec<usize>> {
    let count = lengths.len() - 1;
    let mut cost = vec![vec![0.0_f64; count]; count];
    let mut splits = vec![vec![0; count]; count];
    for run in 1..count {
        for i in 0..count - run {
            let j = i + run;
            cost[i][j] = f64::INFINITY;
            for split in i..j {
                let outer = lengths[i] as f64 * lengths[split + 1] as f64 * lengths[j + 1] as f64;
                let total = cost[i][split] + cost[split + 1][j] + outer;
                if total < cost[i][j] {
                    (cost[i][j], splits[i][j]) = (total, split);
                }
            }
        }
    }
    splits
}

fn multiply(factors: &[Tensor], splits: &[Vec<usize>], i: usize, j: usize) -> Result<Tensor> {
    if i == j {
        return Ok(factors[i].clone());
    }
    let split = splits[i][j];
    let left = multiply(factors, splits, i, split)?;
    matmul(&left, &multiply(factors, splits, split + 1, j)?)
}
