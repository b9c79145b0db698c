//! Running reductions: what each element makes of those before it along an axis.

use tensorbridge_core::engine::Operand as Prepared;
use tensorbridge_core::layout::normalize_axis;
use tensorbridge_core::op::{Binary, Compare, Scan, Unary};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Dims, Error, Layout, Result, Scalar, Tensor};

use super::elementwise::check_out;
use super::reduction::{counted, wide};
use super::{binary, compare, creation, default_dtype, select, unary, views};
use crate::engines::engine;
use crate::transfer;

/// A scan with its parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Running {
    /// What it does.
    pub op: Scan,
    /// Along which axis; `None` is the only one.
    pub axis: Option<isize>,
    /// The dtype of sums and products, in which they also accumulate.
    pub dtype: Option<DType>,
    /// Begin with the sum of nothing: one element more.
    pub initial: bool,
}

impl Running {
    /// Along `axis`, to the dtype of the reduction of that name.
    #[must_use]
    pub fn along(op: Scan, axis: isize) -> Self {
        Self { op, axis: Some(axis), dtype: None, initial: false }
    }

    /// The dtype of the result, and the one that is computed in.
    fn dtypes(&self, from: DType) -> Result<(DType, DType)> {
        let name = self.op.name();
        let ordered = |dtype: DType| match dtype {
            dtype if dtype.is_complex() => {
                Err(Error::dtype(format!("`{name}` is not defined for {dtype}"))
                    .hint("complex numbers have no order; compare magnitudes: `abs(t)`"))
            }
            dtype if dtype.is_bool() => Ok(DType::UInt8),
            dtype => Ok(wide(dtype)),
        };
        Ok(match self.op {
            Scan::Sum | Scan::Product => {
                let result = self.dtype.unwrap_or_else(|| counted(from));
                let compute = counted(wide(result));
                (result, compute)
            }
            Scan::Max | Scan::Min => (from, ordered(from)?),
            Scan::LogSumExp => {
                let result =
                    if from.is_float() || from.is_complex() { from } else { default_dtype() };
                (result, ordered(result)?)
            }
        })
    }
}

/// Scans `tensor`: a fresh tensor, or into `out`.
///
/// # Errors
///
/// `Index` for an axis that `tensor` does not have, `Value` where one must be named, `Type` for
/// the order of complex numbers. For `out` as [`super::binary_into`].
pub fn scan(running: Running, tensor: &Tensor, out: Option<&Tensor>) -> Result<Tensor> {
    let (result, compute) = running.dtypes(tensor.dtype())?;
    let name = running.op.name();
    let axis = match (running.axis, tensor.ndim()) {
        (None | Some(0 | -1), 0) => None,
        (None, 1) => Some(0),
        (None, ndim) => {
            return Err(Error::value(format!(
                "{name} of a tensor with {ndim} axes needs to know along which"
            ))
            .hint("name it: `axis=0`; or scan all elements: `t.reshape(-1)`"));
        }
        (Some(axis), ndim) => Some(normalize_axis(axis, ndim)?),
    };
    // A 0-d tensor has one element along "its" axis.
    let line = &match axis {
        Some(_) => tensor.clone(),
        None => views::unsqueeze(tensor, 0)?,
    };
    let along = axis.unwrap_or(0);
    let flat = axis.is_none() && !running.initial;
    let mut shape = Dims::from_slice(line.shape());
    shape[along] += usize::from(running.initial);
    if let Some(out) = out {
        check_out(out, if flat { &[] } else { &shape }, result, name)?;
    }
    // Into `out` itself where that disturbs nothing.
    let direct = out.filter(|out| {
        !flat && !running.initial && out.dtype() == result && !transfer::disturbs(out, line)
    });
    let made = match direct {
        Some(out) => out.clone(),
        None => {
            let (old, new) = (line.dtype().itemsize(), result.itemsize());
            let layout = match running.initial {
                true => Layout::contiguous(&shape, new)?,
                false => line.layout().dense_like(old, new)?,
            };
            Tensor::allocate_as(layout, result, line.device(), Fill::Uninitialized)?
        }
    };
    let mut target = made.clone();
    if running.initial {
        let first = views::narrow(&made, along as isize, 0, 1)?;
        transfer::fill(&first, initial(running.op))?;
        let length = line.shape()[along] as isize;
        target = views::narrow(&made, along as isize, 1, length)?;
    }
    // SAFETY: [reach] and [alive]: both are tensors that live here. [permit]: `Prepared::write`.
    // [alias]: the result is fresh, or `disturbs` was asked.
    unsafe {
        let (from, to) = (Prepared::read(line), Prepared::write(&target)?);
        engine(line.device())?.scan(running.op, compute, along, from, to)?;
    }
    let made = if flat { views::select(&made, 0, 0)? } else { made };
    match out {
        Some(out) if direct.is_none() => {
            transfer::place(out, &made, name)?;
            Ok(out.clone())
        }
        _ => Ok(made),
    }
}

/// The scan of no elements.
fn initial(op: Scan) -> Scalar {
    match op {
        Scan::Sum => Scalar::Int(0),
        Scan::Product => Scalar::Int(1),
        Scan::Min => Scalar::Float(f64::INFINITY),
        Scan::Max | Scan::LogSumExp => Scalar::Float(f64::NEG_INFINITY),
    }
}

/// The running extremes along `axis` and where they are: of equal elements the last, and the
/// last NaN.
///
/// # Errors
///
/// As [`scan`].
pub fn extremes(op: Scan, tensor: &Tensor, axis: isize) -> Result<(Tensor, Tensor)> {
    let values = scan(Running::along(op, axis), tensor, None)?;
    if tensor.ndim() == 0 {
        let place = creation::full(&[], Scalar::Int(0), DType::Int64, tensor.device())?;
        return Ok((values, place));
    }
    let along = normalize_axis(axis, tensor.ndim())?;
    // An element that is its running extreme has displaced the one before.
    let mut displaces = compare(Compare::Equal, tensor, &values)?;
    if tensor.dtype().is_float() {
        let nan = unary(Unary::IsNan, tensor)?;
        displaces = binary(Binary::BitwiseOr, &displaces, &nan)?;
    }
    let mut shape: Dims<usize> = Dims::from_elem(1, tensor.ndim());
    shape[along] = tensor.shape()[along];
    let places = numbers(tensor, &shape)?;
    let places = select(&displaces, &places, Scalar::Int(0))?;
    let places = scan(Running::along(Scan::Max, axis), &places, None)?;
    Ok((values, places))
}

/// 0, 1, 2 … along the one axis that `shape` has.
fn numbers(like: &Tensor, shape: &[usize]) -> Result<Tensor> {
    let count = shape.iter().product::<usize>();
    let range = creation::arange(
        Scalar::Int(0),
        Scalar::Int(count as i128),
        Scalar::Int(1),
        DType::Int64,
        like.device(),
    )?;
    let wanted: Dims<isize> = shape.iter().map(|&length| length as isize).collect();
    views::reshape(&range, &wanted, "arange")
}
