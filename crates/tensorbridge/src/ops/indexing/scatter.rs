//! Writing by index: what PyTorch's `scatter_`, `index_add_` and their relatives do in place.
//!
//! All indices are checked, and all values brought into the target's dtype, before anything is
//! written. Where a place is named twice, values are written or folded in C order.

use tensorbridge_core::layout::{broadcast_shapes, normalize_axis};
use tensorbridge_core::op::Binary;
use tensorbridge_core::scalar::integer_range;
use tensorbridge_core::{DType, Error, Kind, Layout, Result, Scalar, Tensor};

use super::super::{Operand, binary, binary_into, creation};
use super::picks::{Part, Picks, Places};
use super::resolve::{Resolved, resolve};
use super::take::check_integers;
use super::{Index, along, assigned, put_as};
use crate::casting;

/// What becomes of a value and what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    /// The value.
    Replace,
    /// Their sum.
    Sum,
    /// Their product.
    Product,
    /// Their mean.
    Mean,
    /// The greater.
    Greatest,
    /// The lesser.
    Least,
}

impl Combine {
    fn fold(self) -> Option<Binary> {
        match self {
            Self::Replace => None,
            Self::Sum | Self::Mean => Some(Binary::Add),
            Self::Product => Some(Binary::Multiply),
            Self::Greatest => Some(Binary::Maximum),
            Self::Least => Some(Binary::Minimum),
        }
    }

    /// What changes nothing when it is combined with a value.
    fn neutral(self, dtype: DType) -> Scalar {
        let extreme = |greatest: bool| match dtype.kind() {
            Kind::Bool => Scalar::Bool(greatest),
            Kind::Signed | Kind::Unsigned => {
                let (low, high) = integer_range(dtype);
                Scalar::Int(if greatest { high } else { low })
            }
            _ if greatest => Scalar::Float(f64::INFINITY),
            _ => Scalar::Float(f64::NEG_INFINITY),
        };
        match self {
            Self::Replace | Self::Sum | Self::Mean => Scalar::Bool(false),
            Self::Product => Scalar::Bool(true),
            Self::Greatest => extreme(false),
            Self::Least => extreme(true),
        }
    }
}

/// `target[…, index[j], …] = source[j]` along `axis`, for every place `j` of `index`; or what
/// `combine` makes of the two, and of all that go to one place. Without `include_self` what was
/// there does not count.
///
/// # Errors
///
/// `Shape` where the shapes do not fit, `Index` for an index out of bounds, as [`super::set`] for
/// the source. Nothing has been written then.
pub fn scatter_into(
    target: &Tensor,
    axis: isize,
    index: &Tensor,
    source: &Operand<'_>,
    combine: Combine,
    include_self: bool,
) -> Result<()> {
    check_integers(index, "scatter")?;
    if target.ndim() == 0 && index.ndim() == 0 {
        normalize_axis(axis, 1)?;
        let one = |tensor: &Tensor| tensor.with_layout(tensor.layout().unsqueeze(0)?);
        let source = match source {
            Operand::Tensor(source) if source.ndim() == 0 => Operand::from(one(source)?),
            other => other.borrowed(),
        };
        return scatter_into(&one(target)?, 0, &one(index)?, &source, combine, include_self);
    }
    let axis = normalize_axis(axis, target.ndim())?;
    let source = beside(target, axis, index, source)?;
    scatter_along(target, axis, index, &source, combine, include_self)
}

fn scatter_along(
    target: &Tensor,
    axis: usize,
    index: &Tensor,
    source: &Operand<'_>,
    combine: Combine,
    include_self: bool,
) -> Result<()> {
    let dtype = target.dtype();
    let ordered = matches!(combine, Combine::Greatest | Combine::Least);
    if (dtype.is_complex() && ordered) || (dtype.is_bool() && combine == Combine::Mean) {
        return Err(Error::dtype(format!("scatter: {combine:?} is not defined for {dtype}")));
    }
    let write = |target: &Tensor, source: &Operand<'_>, fold| {
        let corner = Layout::new(&[], &[], target.layout().offset())?;
        put_as(target, &corner, lines(target, axis, index)?, source, fold, "scatter")
    };
    let source = assigned(target, source, index.shape(), "scatter")?;
    let counts = match combine {
        Combine::Mean => {
            let dtype = if dtype == DType::UInt64 { dtype } else { DType::Int64 };
            let own = Scalar::Int(i128::from(include_self));
            let counts = creation::full(target.shape(), own, dtype, target.device())?;
            write(&counts, &Scalar::Int(1).into(), Some(Binary::Add))?;
            Some(binary(Binary::Maximum, &counts, Scalar::Int(1))?)
        }
        _ => None,
    };
    if !include_self && combine != Combine::Replace {
        write(target, &combine.neutral(dtype).into(), None)?;
    }
    write(target, &Operand::from(&source), combine.fold())?;
    if let Some(counts) = counts {
        let op = if dtype.is_integer() { Binary::FloorDivide } else { Binary::Divide };
        binary_into(op, target, &counts, target)?;
    }
    Ok(())
}

/// Where `index` leads along `axis`, with its own places along the others.
fn lines(target: &Tensor, axis: usize, index: &Tensor) -> Result<Picks> {
    let (shape, strides) = (target.shape(), target.strides());
    let mut parts = vec![Part::of_integers(index, axis, shape[axis], strides[axis])?];
    for other in (0..target.ndim()).filter(|&other| other != axis) {
        parts.push(Part::whole(other, target.ndim(), index.shape()[other], strides[other]));
    }
    Picks::together(parts, 0)
}

/// The part of `source` that lies beside `index`, which lies beside `target`.
fn beside<'a>(
    target: &Tensor,
    axis: usize,
    index: &Tensor,
    source: &'a Operand<'a>,
) -> Result<Operand<'a>> {
    let tensor = source.tensor().filter(|tensor| tensor.ndim() > 0);
    if index.ndim() != target.ndim() || tensor.is_some_and(|t| t.ndim() != index.ndim()) {
        return Err(Error::shape(format!(
            "scatter: Index tensor must have the same number of dimensions as self tensor, and so must src: index {:?}, self {:?}, src {:?}",
            index.shape(),
            target.shape(),
            source.shape()
        )));
    }
    let fits = |other: usize| {
        let length = index.shape()[other];
        (other == axis || length <= target.shape()[other])
            && tensor.is_none_or(|tensor| length <= tensor.shape()[other])
    };
    if let Some(other) = (0..index.ndim()).find(|&other| !fits(other)) {
        return Err(Error::shape(format!(
            "scatter: Expected index {:?} to be no larger than self {:?} apart from dimension {axis} and to be no larger than src {:?}, which it is at dimension {other}",
            index.shape(),
            target.shape(),
            source.shape()
        )));
    }
    match tensor {
        None => Ok(source.borrowed()),
        Some(tensor) => {
            let layout = tensor.layout();
            let part = Layout::new(index.shape(), layout.strides(), layout.offset())?;
            Ok(tensor.with_layout(part)?.into())
        }
    }
}

/// Writes along `axis` of `target`, at the places that the vector `index` names, or folds.
fn write_along(
    target: &Tensor,
    axis: isize,
    index: &Tensor,
    source: &Operand<'_>,
    fold: Option<Binary>,
    operation: &'static str,
) -> Result<()> {
    check_integers(index, operation)?;
    if index.ndim() > 1 {
        return Err(Error::index(format!(
            "{operation}(): Index is supposed to be a vector, and has shape {:?}",
            index.shape()
        )));
    }
    let line = |tensor: &Tensor| -> Result<Tensor> {
        match tensor.ndim() {
            0 => tensor.with_layout(tensor.layout().unsqueeze(0)?),
            _ => Ok(tensor.clone()),
        }
    };
    let (target, index) = (line(target)?, line(index)?);
    let axis = normalize_axis(axis, target.ndim())?;
    let Resolved { layout, picks } =
        resolve(&target, &along(axis, Index::Integer(index.clone().into())))?;
    let Some(picks) = picks else { unreachable!("an index tensor picks") };
    let mut shape = target.shape().to_vec();
    shape[axis] = index.count();
    let same = source.shape().is_empty() || *source.shape() == *shape;
    // PyTorch takes a source without the axis for an index of one element.
    let one = index.count() == 1 && source.shape().len() + 1 == shape.len();
    if !same && !one {
        return Err(Error::shape(format!(
            "{operation}(): source has shape {:?}, and self {:?} with {} indices along dimension {axis} needs {shape:?}",
            source.shape(),
            target.shape(),
            index.count()
        )));
    }
    let source = match source {
        Operand::Tensor(tensor) if !same => {
            tensor.with_layout(tensor.layout().unsqueeze(axis)?)?.into()
        }
        source => source.borrowed(),
    };
    put_as(&target, &layout, *picks, &source, fold, operation)
}

/// `target[…, index[j], …] += alpha * source[…, j, …]` along `axis`, for the vector `index`.
///
/// # Errors
///
/// As [`scatter_into`].
pub fn index_add_into(
    target: &Tensor,
    axis: isize,
    index: &Tensor,
    source: &Operand<'_>,
    alpha: Scalar,
) -> Result<()> {
    let scaled = match source {
        _ if matches!(alpha, Scalar::Int(1)) => source.borrowed(),
        Operand::Tensor(source) => {
            casting::check_kind(source.dtype(), target.dtype())?;
            binary(Binary::Multiply, &**source, alpha)?.into()
        }
        Operand::PythonScalar(_) => {
            let source = assigned(target, source, &[], "index_add")?;
            binary(Binary::Multiply, source, alpha)?.into()
        }
    };
    write_along(target, axis, index, &scaled, Some(Binary::Add), "index_add")
}

/// `target[…, index[j], …] = source[…, j, …]` along `axis`, for the vector `index`.
///
/// # Errors
///
/// As [`scatter_into`].
pub fn index_copy_into(
    target: &Tensor,
    axis: isize,
    index: &Tensor,
    source: &Operand<'_>,
) -> Result<()> {
    write_along(target, axis, index, source, None, "index_copy")
}

/// `target[…, index[j], …] = value` along `axis`, for the vector `index` and one value.
///
/// # Errors
///
/// As [`scatter_into`]; `Shape` for more than one value.
pub fn index_fill_into(
    target: &Tensor,
    axis: isize,
    index: &Tensor,
    value: &Operand<'_>,
) -> Result<()> {
    if !value.shape().is_empty() {
        return Err(Error::shape(format!(
            "index_fill_ only supports a 0-dimensional value tensor, but got tensor with {} dimension(s)",
            value.shape().len()
        )));
    }
    write_along(target, axis, index, value, None, "index_fill")
}

/// `target[indices] = values`, or with `accumulate` `+=`, in which places named twice count
/// twice.
///
/// # Errors
///
/// As [`super::set`].
pub fn index_put_into(
    target: &Tensor,
    indices: &[Index],
    values: &Operand<'_>,
    accumulate: bool,
) -> Result<()> {
    if !accumulate {
        return super::set(target, indices, values);
    }
    let Resolved { layout, picks } = resolve(target, indices)?;
    match picks {
        Some(picks) => put_as(target, &layout, *picks, values, Some(Binary::Add), "index_put"),
        None => {
            let view = target.with_layout(layout)?;
            let inputs = &[Operand::from(&view), values.borrowed()];
            let operation = super::super::Operation::Binary(Binary::Add);
            super::super::Op { operation, inputs, out: Some(&view) }.run().map(drop)
        }
    }
}

/// `target.reshape(-1)[index] = source`, or with `accumulate` `+=`, for tensors of one shape, or
/// one value for all.
///
/// # Errors
///
/// As [`super::set`].
pub fn put_into(
    target: &Tensor,
    index: &Tensor,
    source: &Operand<'_>,
    accumulate: bool,
) -> Result<()> {
    check_integers(index, "put_")?;
    let fold = accumulate.then_some(Binary::Add);
    let corner = Layout::new(&[], &[], target.layout().offset())?;
    let mut picks = Picks::together(vec![Part::of_integers(index, 0, target.count(), 1)?], 0)?;
    // From places counted in C order to bytes.
    let mut offsets = picks.offsets()?.to_vec();
    for offset in &mut offsets {
        let mut place = offset.unsigned_abs();
        *offset = 0;
        for (&length, &stride) in target.shape().iter().zip(target.strides()).rev() {
            *offset = offset.wrapping_add(stride.wrapping_mul((place % length) as isize));
            place /= length;
        }
    }
    picks.places = Places::Offsets(offsets);
    let source = match source {
        Operand::Tensor(source) if source.ndim() > 0 => {
            if source.count() != index.count() {
                return Err(Error::shape(format!(
                    "put_(): Expected source and index to have the same number of elements, but got source.numel() = {}, index.numel() = {}",
                    source.count(),
                    index.count()
                )));
            }
            let flat = super::super::searching::flat(source, "put_")?;
            match flat.layout().reshape(index.shape())? {
                Some(layout) => flat.with_layout(layout)?.into(),
                None => unreachable!("a line takes any shape"),
            }
        }
        source => source.borrowed(),
    };
    put_as(target, &corner, picks, &source, fold, "put_")
}

/// What [`super::take_along_axis`] takes, written: `target[…, indices[j], …] = values[j]`, with
/// the other axes of `indices` and `values` broadcast to `target`'s.
///
/// # Errors
///
/// As [`scatter_into`].
pub fn put_along_into(
    target: &Tensor,
    indices: &Tensor,
    values: &Operand<'_>,
    axis: isize,
) -> Result<()> {
    check_integers(indices, "put_along_axis")?;
    let axis = normalize_axis(axis, target.ndim())?;
    let mut shape = target.shape().to_vec();
    if indices.ndim() != target.ndim() {
        return Err(Error::shape(format!(
            "put_along_axis: the tensor has {} axes and the indices have {}: they must have the same number",
            target.ndim(),
            indices.ndim()
        )));
    }
    shape[axis] = indices.shape()[axis];
    let together = broadcast_shapes(&[&shape, indices.shape()])?;
    if *together != *shape {
        return Err(Error::shape(format!(
            "put_along_axis: indices of shape {:?} do not broadcast to {shape:?}",
            indices.shape()
        )));
    }
    let indices = indices.with_layout(indices.layout().broadcast_to(&shape)?)?;
    scatter_along(target, axis, &indices, values, Combine::Replace, true)
}
