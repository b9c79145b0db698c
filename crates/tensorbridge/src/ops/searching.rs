//! Searching what is in order: where values would stand, and whether they are there.

use tensorbridge_core::engine::Operand as Prepared;
use tensorbridge_core::layout::Order;
use tensorbridge_core::op::{Binary, Compare, Reduce, Search, Sorting, Unary};
use tensorbridge_core::scalar::integer_range;
use tensorbridge_core::{DType, Error, Result, Scalar, Tensor};

use super::elementwise::check_out;
use super::indexing::take_along_axis;
use super::sorting::fresh;
use super::{
    Op, Operand, Operation, Reduction, binary, compare, creation, reduce, result_dtype, sort, views,
};
use crate::engines::engine;
use crate::exchange::Reason;
use crate::transfer;
use crate::values::item;

/// Where in `sorted`, which is in ascending order along its last axis, `values` would stand: an
/// `int64` tensor of their shape, `out` or a fresh one. In front of equal elements, or with
/// `right` behind them. `sorter` puts `sorted` in order first.
///
/// # Errors
///
/// `Shape` where `sorted` has several lines and these do not stand beside lines of `values`, or
/// where `sorter` has another shape; `Index` for a `sorter` that is no index; `Type` where the
/// dtypes do not promote; as an operation for `out`.
pub fn search_sorted(
    sorted: &Tensor,
    values: &Operand<'_>,
    right: bool,
    sorter: Option<&Tensor>,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    let search = if right { Search::Right } else { Search::Left };
    check_lines(sorted, values.shape())?;
    if let Some(out) = out {
        check_out(out, values.shape(), DType::Int64, "searchsorted")?;
    }
    let line = match sorter {
        None => sorted.clone(),
        Some(sorter) if sorter.shape() == sorted.shape() => take_along_axis(sorted, sorter, -1)?,
        Some(sorter) => {
            return Err(Error::shape(format!(
                "searchsorted(): boundary and sorter must have the same size, but got boundary tensor {:?} and got sorter tensor {:?}",
                sorted.shape(),
                sorter.shape()
            )));
        }
    };
    if let Some(greater) = beyond(&line, values) {
        let place = if greater { sorted.shape().last().copied().unwrap_or(0) } else { 0 };
        let result = creation::full(&[], Scalar::Int(place as i128), DType::Int64, line.device())?;
        return finish(result, out);
    }
    let (line, values) = alike(&line, values, "searchsorted")?;
    finish(run(search, &line, &values)?, out)
}

/// Whether each of `values` equals an element of `among`, or with `invert` none: a fresh `bool`
/// tensor of the shape of `values`. NaN equals nothing.
///
/// # Errors
///
/// `Type` where the dtypes do not promote.
pub fn is_in(values: &Operand<'_>, among: &Operand<'_>, invert: bool) -> Result<Tensor> {
    let compare = |op| {
        let inputs = &[values.borrowed(), among.borrowed()];
        Op { operation: Operation::Compare(op), inputs, out: None }.run()
    };
    match (values, among) {
        (_, Operand::PythonScalar(_)) => {
            compare(if invert { Compare::NotEqual } else { Compare::Equal })
        }
        (Operand::PythonScalar(_), _) => match invert {
            true => reduce(Reduction::all(Reduce::All), &compare(Compare::NotEqual)?),
            false => reduce(Reduction::all(Reduce::Any), &compare(Compare::Equal)?),
        },
        (_, Operand::Tensor(among)) => {
            let (line, values) = alike(&flat(among, "isin")?, values, "isin")?;
            let line = sort(&line, 0, Sorting { descending: false, stable: false })?;
            let result = run(Search::Member, &line, &values)?;
            if !invert {
                return Ok(result);
            }
            let inputs = &[Operand::from(&result)];
            Op { operation: Operation::Unary(Unary::Invert), inputs, out: Some(&result) }.run()
        }
    }
}

/// The number of the bin of each of `values` between `edges`, which ascend or descend: a fresh
/// `int64` tensor of their shape. A bin holds its lower edge, or with `upper` its upper one.
///
/// # Errors
///
/// `Value` for edges that do neither, or are no line; else as [`search_sorted`].
pub fn digitize(edges: &Tensor, values: &Operand<'_>, upper: bool) -> Result<Tensor> {
    if edges.ndim() != 1 {
        return Err(Error::value(format!(
            "digitize: bins must have one axis, and are of shape {:?}",
            edges.shape()
        )));
    }
    let count = edges.count() as isize - 1;
    let monotonic = |op| -> Result<bool> {
        if count < 1 {
            return Ok(true);
        }
        let (low, high) = (views::narrow(edges, 0, 0, count)?, views::narrow(edges, 0, 1, count)?);
        let all = reduce(Reduction::all(Reduce::All), &compare(op, &low, &high)?)?;
        Ok(item(&all)?.cast::<f64>() != 0.0)
    };
    if monotonic(Compare::LessEqual)? {
        return search_sorted(edges, values, !upper, None, None);
    }
    if !monotonic(Compare::GreaterEqual)? {
        return Err(Error::value("bins must be monotonically increasing or decreasing"));
    }
    let places = search_sorted(&views::flip(edges, &[0])?, values, !upper, None, None)?;
    binary(Binary::Subtract, Scalar::Int(edges.count() as i128), &places)
}

/// All elements on one axis, in C order.
///
/// # Errors
///
/// `Memory`.
pub(super) fn flat(tensor: &Tensor, operation: &'static str) -> Result<Tensor> {
    let shape = [tensor.count()];
    let one_axis = |tensor: &Tensor| tensor.layout().reshape(&shape);
    match one_axis(tensor)? {
        Some(layout) => tensor.with_layout(layout),
        None => {
            let dense = transfer::contiguous(tensor, Order::C, operation, Reason::Layout)?;
            let layout = one_axis(&dense)?;
            dense.with_layout(layout.unwrap_or_else(|| unreachable!("dense memory is one line")))
        }
    }
}

fn finish(result: Tensor, out: Option<&Tensor>) -> Result<Tensor> {
    match out {
        None => Ok(result),
        Some(out) => {
            transfer::place(out, &result, "searchsorted")?;
            Ok(out.clone())
        }
    }
}

/// Checks that there is a line for every value.
fn check_lines(sorted: &Tensor, values: &[usize]) -> Result<()> {
    let Some((_, leading)) = sorted.shape().split_last() else {
        return Err(Error::shape(
            "searchsorted(): boundaries tensor should have at least one axis, and it is 0-d",
        )
        .hint("a single boundary: `boundary.reshape(1)`"));
    };
    let beside = values.len() == sorted.ndim() && values[..leading.len()] == *leading;
    if leading.is_empty() || beside {
        return Ok(());
    }
    Err(Error::shape(format!(
        "searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor {:?} and input value tensor {values:?}",
        sorted.shape()
    )))
}

/// Whether a Python integer is greater than all that the dtype of `line` holds, or less.
fn beyond(line: &Tensor, values: &Operand<'_>) -> Option<bool> {
    let Operand::PythonScalar(Scalar::Int(value)) = *values else { return None };
    if !line.dtype().is_integer() {
        return None;
    }
    let (low, high) = integer_range(line.dtype());
    (!(low..=high).contains(&value)).then_some(value > high)
}

/// Both in the dtype in which they are compared: that of promotion, but integers meet floats in
/// `float64`, so that they are rounded as little as can be.
fn alike(line: &Tensor, values: &Operand<'_>, operation: &'static str) -> Result<(Tensor, Tensor)> {
    let operands = [Operand::from(line), values.borrowed()];
    let promoted = result_dtype(operands.iter())?;
    let whole = operands.iter().filter_map(Operand::tensor).any(|t| t.dtype().is_integer());
    let dtype = match promoted {
        _ if !whole => promoted,
        promoted if promoted.is_complex() => DType::Complex128,
        promoted if promoted.is_float() => DType::Float64,
        promoted => promoted,
    };
    let values = match values {
        Operand::Tensor(values) => {
            let reason = Reason::Promote { from: values.dtype(), to: dtype };
            transfer::cast(values, dtype, operation, reason)?
        }
        Operand::PythonScalar(value) => creation::full(&[], *value, dtype, line.device())?,
    };
    transfer::same_device([line, &values])?;
    let reason = Reason::Promote { from: line.dtype(), to: dtype };
    Ok((transfer::cast(line, dtype, operation, reason)?, values))
}

fn run(search: Search, line: &Tensor, values: &Tensor) -> Result<Tensor> {
    let dtype = if search == Search::Member { DType::Bool } else { DType::Int64 };
    let result = fresh(values, dtype)?;
    let (sorted, from) = (Prepared::read(line), Prepared::read(values));
    // SAFETY: [reach] and [alive]: tensors, alive here. [permit] and [alias]: the result is
    // fresh.
    unsafe { engine(line.device())?.search(search, sorted, from, Prepared::write(&result)?)? };
    Ok(result)
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::ErrorKind;

    use super::*;
    use crate::ops::testing::{tensor, values};

    #[test]
    fn places_in_one_line_and_in_many() {
        let line = tensor(&[4], &[1., 2., 2., 3.], DType::Int16);
        let sought = tensor(&[2, 2], &[2., 0., 5., 2.5], DType::Float32);
        let left = search_sorted(&line, &Operand::from(&sought), false, None, None).unwrap();
        assert_eq!((left.shape(), values(&left)), (&[2, 2][..], vec![1., 0., 4., 3.]));
        let scalar = |value| Operand::from(value);
        let at = |value, right| {
            values(&search_sorted(&line, &scalar(value), right, None, None).unwrap())[0]
        };
        assert_eq!((at(Scalar::Int(2), false), at(Scalar::Int(2), true)), (1., 3.));
        assert_eq!((at(Scalar::Int(1 << 40), false), at(Scalar::Int(-1 << 40), true)), (4., 0.));
        let lines = tensor(&[2, 2], &[1., 2., 5., 6.], DType::Float32);
        let many = search_sorted(&lines, &Operand::from(&sought), false, None, None).unwrap();
        assert_eq!(values(&many), [1., 0., 0., 0.]);
        let mixed = tensor(&[4], &[3., 1., 2., 2.], DType::Int16);
        let sorter = tensor(&[4], &[1., 2., 3., 0.], DType::Int64);
        let place = search_sorted(&mixed, &scalar(Scalar::Int(3)), false, Some(&sorter), None);
        assert_eq!(values(&place.unwrap()), [3.]);
        let wrong = tensor(&[3, 2], &[0.; 6], DType::Float32);
        let error = search_sorted(&lines, &Operand::from(&wrong), false, None, None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Shape);
    }

    #[test]
    fn members() {
        let sought = tensor(&[4], &[1., 2., f64::NAN, -0.0], DType::Float64);
        let among = tensor(&[2, 2], &[0., 2., f64::NAN, 7.], DType::Float32);
        let found = is_in(&Operand::from(&sought), &Operand::from(&among), false).unwrap();
        assert_eq!((found.dtype(), values(&found)), (DType::Bool, vec![0., 1., 0., 1.]));
        let absent = is_in(&Operand::from(&sought), &Operand::from(&among), true).unwrap();
        assert_eq!(values(&absent), [1., 0., 1., 0.]);
        let one = is_in(&Operand::from(Scalar::Int(7)), &Operand::from(&among), false).unwrap();
        assert_eq!((one.ndim(), values(&one)), (0, vec![1.]));
    }
}
