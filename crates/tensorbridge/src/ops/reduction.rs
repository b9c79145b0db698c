//! Reductions: which axes, which dtype, and what no elements reduce to.

use tensorbridge_core::engine::Operand as Prepared;
use tensorbridge_core::layout::normalize_axis;
use tensorbridge_core::op::Reduce;
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Dims, Error, Kind, MAX_NDIM, Result, Tensor};

use super::elementwise::check_out;
use super::{Op, Operand, Operation, deliver};
use crate::engines::engine;

/// A reduction with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Reduction {
    /// What it does.
    pub op: Reduce,
    /// The axes that disappear; `None` is all of them, and `[]` is none.
    pub axes: Option<Dims<isize>>,
    /// Keep the reduced axes, with length 1.
    pub keepdims: bool,
    /// The dtype of sums and products, in which they also accumulate.
    pub dtype: Option<DType>,
}

impl Reduction {
    /// Over all axes, to the dtype of [`Reduction::result`].
    #[must_use]
    pub fn all(op: Reduce) -> Self {
        Self { op, axes: None, keepdims: false, dtype: None }
    }

    /// The dtype of the result on `dtype`: of sums and products of integers and bool the widest
    /// integer of that sign, else the dtype itself; of `all` and `any` `bool`; of counts and
    /// places `int64`; of deviations `float64`.
    #[must_use]
    pub fn result(&self, dtype: DType) -> DType {
        match self.op {
            Reduce::All | Reduce::Any => DType::Bool,
            Reduce::Count | Reduce::ArgMin | Reduce::ArgMax => DType::Int64,
            Reduce::Deviations => DType::Float64,
            Reduce::Min | Reduce::Max | Reduce::NanMin | Reduce::NanMax => dtype,
            Reduce::Sum | Reduce::Product | Reduce::NanSum | Reduce::NanProduct => {
                self.dtype.unwrap_or_else(|| counted(dtype))
            }
        }
    }

    /// What the engine is to do, and in which dtype, for elements of `from` and a result of `to`.
    fn plan(&self, from: DType, to: DType) -> (Reduce, DType) {
        match self.op {
            // One true element makes a sum true, one false a product false.
            Reduce::Sum | Reduce::NanSum if to.is_bool() => (Reduce::Any, from),
            Reduce::Product | Reduce::NanProduct if to.is_bool() => (Reduce::All, from),
            Reduce::Sum | Reduce::Product | Reduce::NanSum | Reduce::NanProduct => {
                let compute = if to.is_integer() { counted(to) } else { wide(to) };
                let op = match self.op {
                    Reduce::NanSum if to.is_integer() => Reduce::Sum,
                    Reduce::NanProduct if to.is_integer() => Reduce::Product,
                    op => op,
                };
                (op, compute)
            }
            Reduce::NanMin if !from.is_float() => (Reduce::Min, from),
            Reduce::NanMax if !from.is_float() => (Reduce::Max, from),
            Reduce::NanMin | Reduce::NanMax => (self.op, wide(from)),
            Reduce::ArgMin | Reduce::ArgMax if from.is_bool() => (self.op, DType::UInt8),
            Reduce::Deviations if !from.is_float() => (self.op, DType::Float64),
            Reduce::Deviations => (self.op, wide(from)),
            _ => (self.op, from),
        }
    }
}

/// Reduces `tensor`: a fresh tensor.
///
/// # Errors
///
/// `Index` for an axis that `tensor` does not have, `Value` for one named twice or for the
/// minimum or maximum of no elements, `Type` for the order of complex numbers or a `dtype` where
/// none can be chosen.
pub fn reduce(reduction: Reduction, tensor: &Tensor) -> Result<Tensor> {
    let inputs = &[Operand::from(tensor)];
    Op { operation: Operation::Reduce(reduction), inputs, out: None }.run()
}

pub(super) fn run(op: &Op<'_>, reduction: &Reduction) -> Result<Tensor> {
    let [Operand::Tensor(tensor)] = op.inputs else {
        return Err(Error::dtype(format!("{} expects one tensor", reduction.op.name())));
    };
    let reduced = mask(reduction.axes.as_deref(), tensor.ndim())?;
    check(reduction, tensor, &reduced)?;
    let dtype = reduction.result(tensor.dtype());
    let shape = result_shape(reduction, tensor, &reduced);
    if let Some(out) = op.out {
        check_out(out, &shape, dtype, reduction.op.name())?;
    }
    let result = Tensor::allocate(&shape, dtype, tensor.device(), Fill::Uninitialized)?;
    // The engine sees every axis, the reduced ones with length 1.
    let (mut full, mut strides) = (Dims::<usize>::new(), Dims::<isize>::new());
    let mut kept = result.strides().iter();
    for (axis, &length) in tensor.shape().iter().enumerate() {
        full.push(if reduced[axis] { 1 } else { length });
        let of_result = if reduced[axis] && !reduction.keepdims { None } else { kept.next() };
        strides.push(of_result.copied().unwrap_or(0));
    }
    let out = Prepared { shape: &full, strides: &strides, ..Prepared::write(&result)? };
    let (operation, compute) = reduction.plan(tensor.dtype(), dtype);
    // SAFETY: [reach] and [alive]: both are tensors that live here; axes of length 1 may have any
    // stride. [permit] and [alias]: the result is fresh.
    unsafe { engine(tensor.device())?.reduce(operation, compute, Prepared::read(tensor), out)? };
    deliver(result, op)
}

pub(super) fn result_shape(
    reduction: &Reduction,
    tensor: &Tensor,
    reduced: &[bool],
) -> Dims<usize> {
    let axes = tensor.shape().iter().zip(reduced);
    axes.filter(|&(_, &gone)| reduction.keepdims || !gone)
        .map(|(&length, &gone)| if gone { 1 } else { length })
        .collect()
}

/// Checks everything about the output of a computation that begins with a reduction, and
/// everything about that.
pub(super) fn check_result(
    out: Option<&Tensor>,
    reduction: &Reduction,
    tensor: &Tensor,
    dtype: DType,
    operation: &str,
) -> Result<()> {
    let Some(out) = out else { return Ok(()) };
    let reduced = mask(reduction.axes.as_deref(), tensor.ndim())?;
    check(reduction, tensor, &reduced)?;
    check_out(out, &result_shape(reduction, tensor, &reduced), dtype, operation)
}

/// The integer dtype in which integers and bool are counted; of other dtypes themselves.
pub(super) fn counted(dtype: DType) -> DType {
    match dtype.kind() {
        Kind::Bool | Kind::Signed => DType::Int64,
        Kind::Unsigned => DType::UInt64,
        Kind::Float | Kind::Complex => dtype,
    }
}

/// `float32` for the 16-bit floats, which only store; other dtypes themselves.
pub(super) fn wide(dtype: DType) -> DType {
    match dtype {
        DType::Float16 | DType::BFloat16 => DType::Float32,
        dtype => dtype,
    }
}

fn check(reduction: &Reduction, tensor: &Tensor, reduced: &[bool; MAX_NDIM]) -> Result<()> {
    use Reduce::{ArgMax, ArgMin, Max, Min, NanMax, NanMin, NanProduct, NanSum, Product, Sum};
    let (name, dtype) = (reduction.op.name(), tensor.dtype());
    if let Some(asked) = reduction.dtype
        && !matches!(reduction.op, Sum | Product | NanSum | NanProduct)
    {
        return Err(Error::dtype(format!("{name} has no choice of dtype, and {asked} was given")));
    }
    if !matches!(reduction.op, Min | Max | ArgMin | ArgMax | NanMin | NanMax) {
        return Ok(());
    }
    if dtype.is_complex() {
        return Err(Error::dtype(format!("`{name}` is not defined for {dtype}"))
            .hint("complex numbers have no order; reduce magnitudes: `abs(t)`"));
    }
    let empty = tensor.shape().iter().zip(reduced).any(|(&length, &gone)| gone && length == 0);
    let any_output = tensor.shape().iter().zip(reduced).all(|(&n, &gone)| gone || n != 0);
    if empty && any_output {
        return Err(Error::value(format!(
            "{name}(): the tensor of shape {:?} has no elements along a reduced axis, and no elements have no {name}",
            tensor.shape()
        ))
        .hint("check `t.size` first, or reduce other axes"));
    }
    Ok(())
}

/// Which axes are reduced.
pub(super) fn mask(axes: Option<&[isize]>, ndim: usize) -> Result<[bool; MAX_NDIM]> {
    let mut mask = [false; MAX_NDIM];
    match axes {
        None => mask[..ndim].fill(true),
        Some(axes) => {
            for &axis in axes {
                let axis = match (ndim, axis) {
                    // A 0-d tensor may be reduced along "its" axis, as in PyTorch.
                    (0, 0 | -1) => continue,
                    _ => normalize_axis(axis, ndim)?,
                };
                if std::mem::replace(&mut mask[axis], true) {
                    return Err(Error::value(format!(
                        "dim {axis} appears multiple times in the list of dims"
                    )));
                }
            }
        }
    }
    Ok(mask)
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::ErrorKind;

    use super::*;
    use crate::ops::testing::{tensor, values};

    fn over(op: Reduce, axes: &[isize], keepdims: bool, tensor: &Tensor) -> Result<Tensor> {
        let axes = Some(Dims::from_slice(axes));
        reduce(Reduction { op, axes, keepdims, dtype: None }, tensor)
    }

    #[test]
    fn axes_and_dtypes() {
        let a = tensor(&[2, 3], &[1., 2., 3., 4., 5., 6.], DType::Int8);
        let sum = over(Reduce::Sum, &[0], false, &a).unwrap();
        assert_eq!((sum.dtype(), sum.shape()), (DType::Int64, &[3][..]));
        assert_eq!(values(&sum), [5., 7., 9.]);
        assert_eq!(over(Reduce::Sum, &[-1], true, &a).unwrap().shape(), [2, 1]);
        assert_eq!(values(&over(Reduce::Max, &[1], false, &a).unwrap()), [3., 6.]);
        assert_eq!(over(Reduce::Sum, &[], false, &a).unwrap().shape(), [2, 3]);
        let product = reduce(Reduction::all(Reduce::Product), &a).unwrap();
        assert_eq!((product.ndim(), values(&product)), (0, vec![720.0]));
        let unsigned = tensor(&[2], &[200., 100.], DType::UInt8);
        let sum = reduce(Reduction::all(Reduce::Sum), &unsigned).unwrap();
        assert_eq!((sum.dtype(), values(&sum)), (DType::UInt64, vec![300.0]));
        let wrapped = Reduction { dtype: Some(DType::UInt8), ..Reduction::all(Reduce::Sum) };
        assert_eq!(values(&reduce(wrapped, &unsigned).unwrap()), [44.0]);
        assert_eq!(over(Reduce::Sum, &[2], false, &a).unwrap_err().kind(), ErrorKind::Index);
        assert_eq!(over(Reduce::Sum, &[0, -2], false, &a).unwrap_err().kind(), ErrorKind::Value);
    }

    #[test]
    fn no_elements() {
        let empty = tensor(&[0, 3], &[], DType::Float32);
        assert_eq!(values(&over(Reduce::Sum, &[0], false, &empty).unwrap()), [0.; 3]);
        assert_eq!(values(&over(Reduce::All, &[0], false, &empty).unwrap()), [1.; 3]);
        assert_eq!(values(&over(Reduce::Product, &[0], false, &empty).unwrap()), [1.; 3]);
        assert_eq!(over(Reduce::Max, &[0], false, &empty).unwrap_err().kind(), ErrorKind::Value);
        assert_eq!(over(Reduce::Max, &[1], false, &empty).unwrap().shape(), [0]);
    }

    #[test]
    fn nan_and_truth() {
        let a = tensor(&[3], &[1.0, f64::NAN, 3.0], DType::Float64);
        for op in [Reduce::Min, Reduce::Max, Reduce::Sum] {
            assert!(values(&reduce(Reduction::all(op), &a).unwrap())[0].is_nan());
        }
        assert_eq!(values(&reduce(Reduction::all(Reduce::All), &a).unwrap()), [1.0]);
        let zeros = tensor(&[3], &[0.0; 3], DType::Complex64);
        assert_eq!(values(&reduce(Reduction::all(Reduce::Any), &zeros).unwrap()), [0.0]);
        assert!(reduce(Reduction::all(Reduce::Max), &zeros).is_err());
    }
}
