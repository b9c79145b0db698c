//! What lies between neighbours along an axis: differences, and areas under lines through them.

use tensorbridge_core::layout::normalize_axis;
use tensorbridge_core::op::{Binary, Compare, Reduce, Scan};
use tensorbridge_core::{Dims, Error, Result, Scalar, Tensor};

use super::moments::finish;
use super::{Operand, Reduction, Running, binary, compare, concatenate, reduce, scan, views};

/// The two neighbours of every gap along `axis`: views without the last and without the first.
fn neighbours(tensor: &Tensor, axis: usize) -> Result<(Tensor, Tensor)> {
    let (along, gaps) = (axis as isize, tensor.shape()[axis].saturating_sub(1) as isize);
    let first = isize::from(tensor.shape()[axis] > 0);
    Ok((views::narrow(tensor, along, 0, gaps)?, views::narrow(tensor, along, first, gaps)?))
}

/// The difference of neighbours along `axis`, taken `times` times: a fresh tensor, or into `out`.
/// What is put before and behind has any length along the axis; a 0-d tensor is one element.
///
/// # Errors
///
/// `Value` for a 0-d tensor, `Index` for an axis that is not there, `Shape` where what is put
/// before or behind does not fit. For `out` as [`super::binary_into`].
pub fn difference(
    tensor: &Tensor,
    times: usize,
    axis: isize,
    before: Option<&Tensor>,
    behind: Option<&Tensor>,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    if tensor.ndim() == 0 {
        return Err(Error::value(
            "diff expects a tensor with at least one axis, and got a 0-d one",
        )
        .hint("give it an axis: `t.reshape(1)`"));
    }
    let along = normalize_axis(axis, tensor.ndim())?;
    let mut row = Dims::from_slice(tensor.shape());
    row[along] = 1;
    let fitted = |end: &Tensor| match end.ndim() {
        0 => views::broadcast_to(end, &row),
        _ => Ok(end.clone()),
    };
    let before = before.map(fitted).transpose()?;
    let behind = behind.map(fitted).transpose()?;
    let parts: Vec<_> = before.into_iter().chain([tensor.clone()]).chain(behind).collect();
    let mut result = match &parts[..] {
        [one] => one.clone(),
        _ => concatenate(&parts, Some(along as isize))?,
    };
    for _ in 0..times {
        let (low, high) = neighbours(&result, along)?;
        result = match result.dtype().is_bool() {
            true => compare(Compare::NotEqual, &high, &low)?,
            false => binary(Binary::Subtract, &high, &low)?,
        };
    }
    let dtype = result.dtype();
    finish(result, dtype, "diff", out)
}

/// The areas between neighbours along `axis`, under straight lines from one to the next.
fn areas(y: &Tensor, x: Option<&Tensor>, dx: Scalar, axis: usize) -> Result<Tensor> {
    let (low, high) = neighbours(y, axis)?;
    let exact = !y.dtype().is_float() && !y.dtype().is_complex();
    let half = Scalar::Float(0.5);
    let mut height = binary(Binary::Add, &low, &high)?;
    if exact {
        // Whole numbers may not fit their own sum.
        let wide = |part: &Tensor| binary(Binary::Multiply, part, Scalar::Float(1.0));
        height = binary(Binary::Add, &wide(&low)?, &wide(&high)?)?;
    }
    let height = binary(Binary::Multiply, &height, half)?;
    let width: Operand = match x {
        None => dx.into(),
        Some(x) if x.ndim() == 1 => {
            // One step for all lines: along `axis` of them.
            let gaps = difference(x, 1, 0, None, None, None)?;
            let mut shape: Dims<isize> = Dims::from_elem(1, y.ndim());
            shape[axis] = gaps.shape()[0] as isize;
            views::reshape(&gaps, &shape, "trapezoid")?.into()
        }
        Some(x) => difference(x, 1, axis as isize - y.ndim() as isize, None, None, None)?.into(),
    };
    binary(Binary::Multiply, &height, width)
}

/// The area under straight lines through `y` along `axis`, over the places `x` or steps of `dx`.
///
/// # Errors
///
/// `Index` for an axis that is not there, `Shape` where `x` does not fit.
pub fn trapezoid(y: &Tensor, x: Option<&Tensor>, dx: Scalar, axis: isize) -> Result<Tensor> {
    let along = normalize_axis(axis, y.ndim())?;
    let areas = areas(y, x, dx, along)?;
    let axes = Some(Dims::from_elem(along as isize, 1));
    reduce(Reduction { op: Reduce::Sum, axes, keepdims: false, dtype: None }, &areas)
}

/// As [`trapezoid`], up to each element but the first.
///
/// # Errors
///
/// As [`trapezoid`].
pub fn cumulative_trapezoid(
    y: &Tensor,
    x: Option<&Tensor>,
    dx: Scalar,
    axis: isize,
) -> Result<Tensor> {
    let along = normalize_axis(axis, y.ndim())?;
    scan(Running::along(Scan::Sum, along as isize), &areas(y, x, dx, along)?, None)
}
