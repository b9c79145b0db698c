//! Norms of vectors and matrices, and how much an inverse magnifies errors.

use tensorbridge_core::layout::normalize_axis;
use tensorbridge_core::op::{Binary, Compare, Reduce, Unary};
use tensorbridge_core::{DType, Dims, Error, Result, Scalar, Tensor};

use super::decompositions::svdvals;
use super::solving::inv_checked;
use super::{cast, field, side, wide};
use crate::ops::linalg::vecdot;
use crate::ops::{Reduction, binary, compare, reduce, select, unary, views};

/// Which norm of a matrix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Norm {
    /// The root of the sum of squares.
    Frobenius,
    /// The sum of the singular values.
    Nuclear,
    /// 1, 2, infinity, or the negative of one of them.
    Order(f64),
}

fn over(op: Reduce, axes: &[isize], keepdims: bool, tensor: &Tensor) -> Result<Tensor> {
    let axes = Some(Dims::from_slice(axes));
    reduce(Reduction { op, axes, keepdims, dtype: None }, tensor)
}

/// `sum(|x| ** order) ** (1 / order)` over `axes`, all of them for `None`; for the infinities the
/// greatest and the least magnitude, for 0 the number of elements that are not 0.
///
/// `dtype` is what is computed in and what comes out, of the same kind as `x`; real results
/// either way.
///
/// # Errors
///
/// `Index` and `Value` for axes that `x` does not have or that are named twice, `Value` for the
/// infinities of nothing, `Type` for another kind of dtype.
pub fn vector_norm(
    x: &Tensor,
    order: f64,
    axes: Option<&[isize]>,
    keepdims: bool,
    dtype: Option<DType>,
) -> Result<Tensor> {
    let name = "vector_norm";
    let dtype = chosen(x, dtype, name)?;
    let x = cast(x, wide(dtype), name)?;
    let every: Vec<isize> = (0..x.ndim() as isize).collect();
    let axes = axes.unwrap_or(&every);
    let real = wide(dtype).real();
    let norm = if order == 2.0 {
        unary(Unary::Sqrt, &squares(&x, axes, keepdims)?)?
    } else {
        let size = unary(Unary::Absolute, &x)?;
        if order == f64::INFINITY {
            over(Reduce::Max, axes, keepdims, &size)?
        } else if order == f64::NEG_INFINITY {
            over(Reduce::Min, axes, keepdims, &size)?
        } else if order == 0.0 {
            let counted = compare(Compare::NotEqual, &size, Scalar::Int(0))?;
            cast(&over(Reduce::Sum, axes, keepdims, &counted)?, real, name)?
        } else if order == 1.0 {
            over(Reduce::Sum, axes, keepdims, &size)?
        } else {
            let powers = binary(Binary::Power, &size, Scalar::Float(order))?;
            let sum = over(Reduce::Sum, axes, keepdims, &powers)?;
            binary(Binary::Power, &sum, Scalar::Float(1.0 / order))?
        }
    };
    cast(&norm, dtype.real(), name)
}

/// The dtype that a norm is taken in.
fn chosen(x: &Tensor, dtype: Option<DType>, name: &str) -> Result<DType> {
    let own = field(x.dtype());
    match dtype {
        None => Ok(own),
        Some(dtype) if dtype.is_complex() == own.is_complex() && dtype == field(dtype) => Ok(dtype),
        Some(dtype) => Err(Error::dtype(format!(
            "linalg.{name}: dtype should be {} for {} inputs, and is {dtype}",
            if own.is_complex() { "complex" } else { "floating-point" },
            x.dtype()
        ))),
    }
}

/// The sums of the squares of magnitudes.
fn squares(x: &Tensor, axes: &[isize], keepdims: bool) -> Result<Tensor> {
    if let Some(vectors) = vectors(x, axes)? {
        let sums = vecdot(&vectors, &vectors, -1)?;
        let sums = if x.dtype().is_complex() { views::real(&sums)? } else { sums };
        if !keepdims {
            return Ok(sums);
        }
        let mut axes: Vec<isize> = axes
            .iter()
            .map(|&axis| Ok(normalize_axis(axis, x.ndim())? as isize))
            .collect::<Result<_>>()?;
        axes.sort_unstable();
        return views::expand_dims(&sums, &axes);
    }
    let size = unary(Unary::Absolute, x)?;
    over(Reduce::Sum, axes, keepdims, &binary(Binary::Multiply, &size, &size)?)
}

/// A view with the elements along `axes` in one last axis, where memory allows and the vectors
/// are dense.
fn vectors(x: &Tensor, axes: &[isize]) -> Result<Option<Tensor>> {
    let mut gone = Vec::new();
    for &axis in axes {
        let axis = normalize_axis(axis, x.ndim())?;
        if gone.contains(&axis) {
            return Err(Error::value(format!(
                "dim {axis} appears multiple times in the list of dims"
            )));
        }
        gone.push(axis);
    }
    gone.sort_unstable();
    let kept: Vec<usize> = (0..x.ndim()).filter(|axis| !gone.contains(axis)).collect();
    let length: usize = gone.iter().map(|&axis| x.shape()[axis]).product();
    let order: Vec<isize> = kept.iter().chain(&gone).map(|&axis| axis as isize).collect();
    let shape: Vec<isize> =
        kept.iter().map(|&axis| x.shape()[axis]).chain([length]).map(|n| n as isize).collect();
    let turned = views::permute(x, &order)?;
    let view = views::reshape_view(&turned, &shape)?;
    Ok(view.filter(|view| {
        view.strides().last() == Some(&(view.dtype().itemsize() as isize)) || length <= 1
    }))
}

/// Norms of the matrices in two axes.
///
/// # Errors
///
/// `Shape` for fewer than two axes, `Value` for another order or an infinity of nothing, as
/// [`svdvals`] for those of singular values.
pub fn matrix_norm(
    x: &Tensor,
    order: Norm,
    [rows, columns]: [isize; 2],
    keepdims: bool,
    dtype: Option<DType>,
) -> Result<Tensor> {
    let name = "matrix_norm";
    super::sides(x, name)?;
    let dtype = chosen(x, dtype, name)?;
    let down = normalize_axis(rows, x.ndim())?;
    let along = normalize_axis(columns, x.ndim())?;
    if down == along {
        return Err(Error::value(format!(
            "linalg.{name}: dims must be different, and both are {down}"
        )));
    }
    let x = cast(x, wide(dtype), name)?;
    let norm = match order {
        Norm::Frobenius => {
            return vector_norm(&x, 2.0, Some(&[rows, columns]), keepdims, None)
                .and_then(|norm| cast(&norm, dtype.real(), name));
        }
        Norm::Nuclear => of_values(&x, [down, along], Reduce::Sum, keepdims)?,
        Norm::Order(2.0) => of_values(&x, [down, along], Reduce::Max, keepdims)?,
        Norm::Order(-2.0) => of_values(&x, [down, along], Reduce::Min, keepdims)?,
        Norm::Order(order) if [1.0, f64::INFINITY].contains(&order.abs()) => {
            let (summed, chosen) = if order.abs() == 1.0 { (down, along) } else { (along, down) };
            let size = unary(Unary::Absolute, &x)?;
            let sums = over(Reduce::Sum, &[summed as isize], true, &size)?;
            let op = if order > 0.0 { Reduce::Max } else { Reduce::Min };
            let norm = over(op, &[chosen as isize], true, &sums)?;
            if keepdims {
                norm
            } else {
                views::squeeze_exactly(&norm, &[down as isize, along as isize])?
            }
        }
        Norm::Order(order) => {
            return Err(Error::value(format!(
                "linalg.{name}: Invalid norm order for matrices: {order:?}"
            ))
            .hint("one of 'fro', 'nuc', inf, -inf, 1, -1, 2, -2"));
        }
    };
    cast(&norm, dtype.real(), name)
}

/// What singular values are reduced to.
fn of_values(x: &Tensor, axes: [usize; 2], op: Reduce, keepdims: bool) -> Result<Tensor> {
    let [down, along] = axes.map(|axis| axis as isize);
    let values = svdvals(&views::move_axes(x, &[down, along], &[-2, -1])?)?;
    let norm = over(op, &[-1], false, &values)?;
    if !keepdims {
        return Ok(norm);
    }
    let [first, second] = if down < along { [down, along] } else { [along, down] };
    views::expand_dims(&norm, &[first, second])
}

/// The norm that NumPy and PyTorch take where neither vectors nor matrices are said: of all
/// elements if there is no order, of vectors along one axis, of matrices along two.
///
/// # Errors
///
/// As [`vector_norm`] and [`matrix_norm`].
pub fn norm(
    x: &Tensor,
    order: Option<Norm>,
    axes: Option<&[isize]>,
    keepdims: bool,
    dtype: Option<DType>,
) -> Result<Tensor> {
    let matrix = match axes {
        Some(axes) => axes.len() == 2 && order.is_some(),
        None => order.is_some() && x.ndim() == 2,
    };
    if matrix {
        let axes = match axes {
            Some(&[rows, columns]) => [rows, columns],
            _ => [0, 1],
        };
        return matrix_norm(x, order.unwrap_or(Norm::Frobenius), axes, keepdims, dtype);
    }
    if axes.is_none() && order.is_some() && x.ndim() != 1 {
        return Err(Error::shape(format!(
            "linalg.norm: with an order, the input must be a vector or a matrix, and its shape is {:?}",
            x.shape()
        ))
        .hint("name axes, or call `tb.linalg.vector_norm`"));
    }
    let order = match order {
        None => 2.0,
        Some(Norm::Order(order)) => order,
        Some(Norm::Frobenius | Norm::Nuclear) => {
            return Err(Error::value(format!(
                "linalg.norm: 'fro' and 'nuc' are norms of matrices, and the shape is {:?}",
                x.shape()
            ))
            .hint("name two axes"));
        }
    };
    vector_norm(x, order, axes, keepdims, dtype)
}

/// How much the solution of a system magnifies errors: the norm of the matrices times that of
/// their inverses; infinite for singular ones.
///
/// # Errors
///
/// `Shape` for fewer than two axes and, but for the singular values' orders, unless the matrices
/// are square; `Value` for another order.
pub fn cond(x: &Tensor, order: Norm) -> Result<Tensor> {
    let name = "cond";
    let dtype = field(x.dtype());
    let x = cast(x, wide(dtype), name)?;
    if let Norm::Order(order) = order
        && order.abs() == 2.0
    {
        let [m, n] = super::sides(&x, name)?;
        if m.min(n) == 0 {
            return Err(Error::linear_algebra("linalg.cond is not defined on empty matrices"));
        }
        let values = svdvals(&x)?;
        let (greatest, least) = (views::select(&values, -1, 0)?, views::select(&values, -1, -1)?);
        let (above, below) = if order > 0.0 { (greatest, least) } else { (least, greatest) };
        return cast(&binary(Binary::Divide, &above, &below)?, dtype.real(), name);
    }
    if side(&x, name)? == 0 {
        return Err(Error::linear_algebra("linalg.cond is not defined on empty matrices"));
    }
    let (inverse, info) = inv_checked(&x)?;
    let size = |matrix: &Tensor| matrix_norm(matrix, order, [-2, -1], false, None);
    let finite = select(
        compare(
            Compare::Equal,
            &views::unsqueeze(&views::unsqueeze(&info, -1)?, -1)?,
            Scalar::Int(0),
        )?,
        &inverse,
        Scalar::Int(0),
    )?;
    let product = binary(Binary::Multiply, &size(&x)?, &size(&finite)?)?;
    let regular = compare(Compare::Equal, &info, Scalar::Int(0))?;
    cast(&select(&regular, &product, Scalar::Float(f64::INFINITY))?, dtype.real(), name)
}
