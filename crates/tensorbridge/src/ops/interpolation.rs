//! Piecewise linear functions.

use tensorbridge_core::dtype::promote::inexact;
use tensorbridge_core::op::{Binary, Compare, Unary};
use tensorbridge_core::{DType, Error, Result, Scalar, Tensor};

use super::indexing::take;
use super::moments::finish;
use super::{
    Operand, binary, clip, compare, converted, default_dtype, result_dtype, search_sorted, select,
    unary, views,
};

/// At `x` the function that is linear between the points `(knots, heights)`, whose `knots` ascend,
/// and `left` and `right` (the first and the last height if `None`) beyond them. Fresh, of a
/// floating-point or complex dtype, computed in `float64`.
///
/// # Errors
///
/// `Shape` unless `knots` and `heights` are vectors of one length, `Value` where they have no
/// elements, `Type` for complex `x` or `knots`.
pub fn interpolate<'a>(
    x: impl Into<Operand<'a>>,
    knots: &Tensor,
    heights: &Tensor,
    left: Option<Scalar>,
    right: Option<Scalar>,
) -> Result<Tensor> {
    let x = x.into();
    if knots.ndim() != 1 || knots.shape() != heights.shape() {
        return Err(Error::shape(format!(
            "interp: the points' coordinates are two vectors of one length, and have shapes {:?} and {:?}",
            knots.shape(),
            heights.shape()
        )));
    }
    let count = knots.count();
    if count == 0 {
        return Err(Error::value("interp: there are no points to interpolate between"));
    }
    let promoted = result_dtype([&x, &Operand::from(heights)].into_iter())?;
    let real = result_dtype([&x, &Operand::from(knots)].into_iter())?;
    if real.is_complex() {
        return Err(Error::dtype("interp: only heights may be complex")
            .hint("interpolate at the real parts: `x.real`"));
    }
    let x = match x {
        Operand::Tensor(tensor) => tensor.into_owned(),
        Operand::PythonScalar(value) => {
            super::creation::full(&[], value, DType::Float64, knots.device())?
        }
    };
    let x = converted(&x, DType::Float64, "interp")?;
    let knots = converted(knots, DType::Float64, "interp")?;
    let wide = if heights.dtype().is_complex() { DType::Complex128 } else { DType::Float64 };
    let heights = converted(heights, wide, "interp")?;
    // The segment that begins at the last knot that is no greater.
    let place = search_sorted(&knots, &(&x).into(), true, None, None)?;
    let place = binary(Binary::Subtract, &place, Scalar::Int(1))?;
    let limits = (Scalar::Int(0), Scalar::Int(count as i128 - 1));
    let here = clip(&place, Some(limits.0.into()), Some(limits.1.into()), None)?;
    let next = binary(Binary::Add, &here, Scalar::Int(1))?;
    let next = clip(&next, None, Some(limits.1.into()), None)?;
    let at = |values: &Tensor, places: &Tensor| take(values, places, Some(0));
    let (from, to) = (at(&knots, &here)?, at(&knots, &next)?);
    let (low, high) = (at(&heights, &here)?, at(&heights, &next)?);
    let slope = binary(
        Binary::Divide,
        &binary(Binary::Subtract, &high, &low)?,
        &binary(Binary::Subtract, &to, &from)?,
    )?;
    let line = |base: &Tensor, height: &Tensor| {
        let distance = binary(Binary::Subtract, &x, base)?;
        binary(Binary::Add, &binary(Binary::Multiply, &slope, &distance)?, height)
    };
    let rise = line(&from, &low)?;
    // Beside an infinity the other end may say more, and equal heights say all.
    let other = line(&to, &high)?;
    let flat = compare(Compare::Equal, &low, &high)?;
    let other =
        select(&binary(Binary::BitwiseAnd, &unary(Unary::IsNan, &other)?, &flat)?, &low, &other)?;
    let found = select(&unary(Unary::IsNan, &rise)?, &other, &rise)?;
    // At a knot it is its height.
    let found = select(&compare(Compare::Equal, &x, &from)?, &low, &found)?;
    let end = |value: Option<Scalar>, place: isize| -> Result<Operand<'static>> {
        match value {
            Some(value) => Ok(value.into()),
            None => Ok(Operand::from(views::select(&heights, 0, place)?)),
        }
    };
    let (first, last) = (views::select(&knots, 0, 0)?, views::select(&knots, 0, -1)?);
    let found = select(&compare(Compare::Less, &x, &first)?, end(left, 0)?, &found)?;
    let found = select(&compare(Compare::Greater, &x, &last)?, end(right, -1)?, &found)?;
    let nan = unary(Unary::IsNan, &x)?;
    let found = select(&nan, Scalar::Float(f64::NAN), &found)?;
    finish(found, inexact(promoted, default_dtype()), "interp", None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{tensor, values};

    #[test]
    fn between_at_and_beyond_knots() {
        let knots = tensor(&[3], &[0., 1., 3.], DType::Float32);
        let heights = tensor(&[3], &[10., 20., 0.], DType::Int32);
        let x = tensor(&[6], &[-1., 0., 0.5, 1., 2., 4.], DType::Float32);
        let found = interpolate(&x, &knots, &heights, None, Some(Scalar::Float(7.0))).unwrap();
        assert_eq!(
            (found.dtype(), values(&found)),
            (DType::Float32, vec![10., 10., 15., 20., 10., 7.])
        );
        let one = tensor(&[1], &[1.], DType::Float64);
        assert_eq!(values(&interpolate(&x, &one, &one, None, None).unwrap()), [1.; 6]);
        assert!(interpolate(&x, &knots, &one, None, None).is_err());
    }
}
