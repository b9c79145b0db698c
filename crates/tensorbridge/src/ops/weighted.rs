//! Averages with weights, and the distance between the extremes.

use tensorbridge_core::dtype::promote::inexact;
use tensorbridge_core::layout::normalize_axis;
use tensorbridge_core::op::{Binary, Compare, Reduce};
use tensorbridge_core::{Dims, Error, Result, Scalar, Tensor};

use super::moments::finish;
use super::reduction::check_result;
use super::{
    Operand, Reduction, accumulator, binary, binary_into, compare, converted, creation,
    default_dtype, mean, reduce, result_dtype, views,
};
use crate::values;

fn over(op: Reduce, axes: Option<&[isize]>, keepdims: bool) -> Reduction {
    Reduction { op, axes: axes.map(Dims::from_slice), keepdims, dtype: None }
}

/// `Σ a w / Σ w` over axes, all of them if `None`, and the `Σ w` of each: fresh tensors. The weights
/// have `tensor`'s shape, or its lengths along `axes`; without weights it is the mean.
///
/// # Errors
///
/// `ZeroDivision` where weights sum to zero; `Shape` for weights of another shape; `Index` and
/// `Value` for axes as [`reduce`].
pub fn average(
    tensor: &Tensor,
    axes: Option<&[isize]>,
    weights: Option<&Tensor>,
    keepdims: bool,
) -> Result<[Tensor; 2]> {
    let Some(weights) = weights else {
        let found = mean(tensor, axes, keepdims, None, None)?;
        let each = tensor.count().checked_div(found.count()).unwrap_or(0);
        let count = Scalar::Float(each as f64);
        let sums = creation::full(found.shape(), count, found.dtype(), found.device())?;
        return Ok([found, sums]);
    };
    let weights = spread(weights, tensor, axes)?;
    let promoted = result_dtype([&Operand::from(tensor), &Operand::from(&weights)].into_iter())?;
    let dtype = inexact(promoted, default_dtype());
    let wide = accumulator(promoted);
    let (a, weights) = (converted(tensor, wide, "average")?, converted(&weights, wide, "average")?);
    let sums = reduce(over(Reduce::Sum, axes, keepdims), &weights)?;
    let none = compare(Compare::Equal, &sums, Scalar::Int(0))?;
    if sums.access().host
        && values::item(&reduce(Reduction::all(Reduce::Any), &none)?)? == Scalar::Bool(true)
    {
        return Err(Error::zero_division("Weights sum to zero, can't be normalized"));
    }
    let products = binary(Binary::Multiply, &a, &weights)?;
    let found = reduce(over(Reduce::Sum, axes, keepdims), &products)?;
    binary_into(Binary::Divide, &found, &sums, &found)?;
    Ok([finish(found, dtype, "average", None)?, finish(sums, dtype, "average", None)?])
}

/// Weights in `tensor`'s shape, repeated along the axes that are not theirs.
fn spread(weights: &Tensor, tensor: &Tensor, axes: Option<&[isize]>) -> Result<Tensor> {
    if weights.shape() == tensor.shape() {
        return Ok(weights.clone());
    }
    let Some(axes) = axes else {
        return Err(Error::dtype(format!(
            "average: axis must be specified when shapes of a and weights differ, and these are {:?} and {:?}",
            tensor.shape(),
            weights.shape()
        )));
    };
    let ndim = tensor.ndim();
    let axes = axes.iter().map(|&axis| normalize_axis(axis, ndim)).collect::<Result<Vec<_>>>()?;
    if !weights.shape().iter().copied().eq(axes.iter().map(|&axis| tensor.shape()[axis])) {
        return Err(Error::shape(format!(
            "average: shape of weights must be consistent with shape of a along the axes {axes:?}, and these are {:?} and {:?}",
            weights.shape(),
            tensor.shape()
        )));
    }
    let mut order: Vec<usize> = (0..axes.len()).collect();
    order.sort_by_key(|&place| axes[place]);
    let order: Vec<isize> = order.into_iter().map(|place| place as isize).collect();
    let others: Vec<isize> =
        (0..ndim).filter(|axis| !axes.contains(axis)).map(|axis| axis as isize).collect();
    let aligned = views::expand_dims(&views::permute(weights, &order)?, &others)?;
    views::broadcast_to(&aligned, tensor.shape())
}

/// The greatest element less the least, over axes, all of them if `None`: fresh, or into `out`.
///
/// # Errors
///
/// As [`reduce`]; `Type` for bool.
pub fn peak_to_peak(
    tensor: &Tensor,
    axes: Option<&[isize]>,
    keepdims: bool,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    let greatest = over(Reduce::Max, axes, keepdims);
    check_result(out, &greatest, tensor, tensor.dtype(), "ptp")?;
    let least = reduce(over(Reduce::Min, axes, keepdims), tensor)?;
    let found = binary(Binary::Subtract, &reduce(greatest, tensor)?, &least)?;
    finish(found, tensor.dtype(), "ptp", out)
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::{DType, ErrorKind};

    use super::*;
    use crate::ops::testing::{tensor, values};

    #[test]
    fn weights_of_every_shape() {
        let a = tensor(&[2, 3], &[1., 2., 3., 4., 5., 6.], DType::Int32);
        let by_column = tensor(&[3], &[1., 0., 1.], DType::Float64);
        let [found, sums] = average(&a, Some(&[1]), Some(&by_column), false).unwrap();
        assert_eq!((values(&found), values(&sums)), (vec![2., 5.], vec![2., 2.]));
        let turned = tensor(&[3, 2], &[1., 0., 0., 0., 0., 3.], DType::Float64);
        let [found, _] = average(&a, Some(&[1, 0]), Some(&turned), false).unwrap();
        assert_eq!(values(&found), [(1. + 18.) / 4.]);
        let [found, sums] = average(&a, None, None, false).unwrap();
        assert_eq!((values(&found), values(&sums)), (vec![3.5], vec![6.]));
        let kind = |weights: &Tensor, axes: Option<&[isize]>| {
            average(&a, axes, Some(weights), false).unwrap_err().kind()
        };
        assert_eq!(kind(&by_column, None), ErrorKind::Type);
        assert_eq!(kind(&by_column, Some(&[0])), ErrorKind::Shape);
        assert_eq!(
            kind(&tensor(&[2], &[1., -1.], DType::Float32), Some(&[0])),
            ErrorKind::ZeroDivision
        );
    }
}
