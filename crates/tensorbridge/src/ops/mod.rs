//! What can be computed. Every operation enters as one [`Op`]: what is done, to what, into what.
//!
//! All shape work happens here, once: promotion, broadcasting, the output's memory and the
//! overlap of inputs with it. Engines see prepared operands.

mod activations;
mod clip;
mod closeness;
mod combination;
mod covariance;
pub mod creation;
mod differences;
mod division;
pub mod einsum;
mod elementwise;
pub mod fourier;
mod gradient;
pub mod histogram;
pub mod indexing;
mod infinities;
mod interpolation;
pub mod linalg;
mod matmul;
mod moments;
mod movement;
mod padding;
mod parts;
mod powers;
mod present;
mod quantiles;
pub mod random;
mod reduction;
mod repetition;
mod rounding;
mod scans;
mod searching;
mod selection;
mod sequences;
pub mod sets;
mod softmax;
mod sorting;
#[cfg(test)]
pub(crate) mod testing;
mod types;
pub mod views;
mod weighted;
mod windows;

pub use activations::softplus;
pub use clip::clip;
pub use closeness::{Tolerance, all_close, all_equal, is_close};
pub use combination::{block_diagonal, cartesian_product, kron};
pub use covariance::{Covariance, correlation, covariance};
pub use differences::{cumulative_trapezoid, difference, trapezoid};
pub use division::divide_truncated;
pub use gradient::{Spacing, gradient};
pub use infinities::{Replacements, is_infinity, nan_to_num};
pub use interpolation::interpolate;
pub use moments::{Spread, mean, spread};
pub use movement::{concatenate, stack};
pub use padding::{Border, pad};
pub use parts::{angle, is_real};
pub use powers::float_power;
pub use present::{nan_mean, nan_spread};
pub use quantiles::{Interpolation, Quantiles, quantile};
pub use reduction::{Reduction, reduce};
pub use repetition::{repeat, repeat_each, roll, tile};
pub use rounding::round;
pub use scans::{Running, extremes as running_extremes, scan};
pub use searching::{digitize, is_in, search_sorted};
pub use selection::{argpartition, kth_value, lexsort, partition, top, triangle};
pub use sequences::{combinations, geomspace, logspace, vandermonde};
pub use softmax::{log_sum_exp, softmax};
pub use sorting::{argsort, sort};
pub use weighted::{average, peak_to_peak};
pub use windows::{Overlap, convolve, correlate, sliding_windows};

use std::borrow::Cow;
use std::sync::atomic::{AtomicU8, Ordering};

use tensorbridge_core::dtype::promote::{Weak, complex_of, promote, promote_weak};
use tensorbridge_core::op::{Binary, Compare, Sorting, Ternary, Unary};
use tensorbridge_core::{DType, Error, Result, Scalar, Tensor};

use crate::transfer;

/// An input: a tensor, or a Python number, whose dtype gives way to the tensors'.
#[derive(Clone, Debug)]
pub enum Operand<'a> {
    /// A tensor; borrowed where it can be, for a handle of its own costs a small operation more
    /// than the operation.
    Tensor(Cow<'a, Tensor>),
    /// A Python `bool`, `int`, `float` or `complex`.
    PythonScalar(Scalar),
}

impl From<Tensor> for Operand<'_> {
    fn from(tensor: Tensor) -> Self {
        Self::Tensor(Cow::Owned(tensor))
    }
}

impl<'a> From<&'a Tensor> for Operand<'a> {
    #[inline]
    fn from(tensor: &'a Tensor) -> Self {
        Self::Tensor(Cow::Borrowed(tensor))
    }
}

impl From<Scalar> for Operand<'_> {
    fn from(scalar: Scalar) -> Self {
        Self::PythonScalar(scalar)
    }
}

impl Operand<'_> {
    /// The same operand, borrowed.
    #[inline]
    #[must_use]
    pub fn borrowed(&self) -> Operand<'_> {
        match self {
            Self::Tensor(tensor) => Operand::Tensor(Cow::Borrowed(tensor)),
            Self::PythonScalar(scalar) => Operand::PythonScalar(*scalar),
        }
    }

    /// The tensor, if it is one.
    #[inline]
    #[must_use]
    pub fn tensor(&self) -> Option<&Tensor> {
        match self {
            Self::Tensor(tensor) => Some(tensor),
            Self::PythonScalar(_) => None,
        }
    }

    /// The shape; a number's is `[]`.
    #[inline]
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        match self {
            Self::Tensor(tensor) => tensor.shape(),
            Self::PythonScalar(_) => &[],
        }
    }
}

/// What is done, with its parameters.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// One input, elementwise.
    Unary(Unary),
    /// Two inputs, elementwise.
    Binary(Binary),
    /// Three inputs, elementwise.
    Ternary(Ternary),
    /// Two inputs, elementwise, to `bool`.
    Compare(Compare),
    /// `condition ? a : b`, elementwise.
    Select,
    /// One input, fewer elements.
    Reduce(Reduction),
    /// The product of two matrices, or of many.
    Matmul,
    /// Any number of inputs, one after another along an axis; `None` flattens them first.
    Concatenate(Option<isize>),
    /// Any number of inputs of one shape, side by side along a new axis.
    Stack(isize),
    /// One input, its elements in order along an axis.
    Sort(isize, Sorting),
    /// One input, the indices that put it in order along an axis.
    Argsort(isize, Sorting),
}

impl Operation {
    /// The name in messages and traces.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unary(op) => op.name(),
            Self::Binary(op) => op.name(),
            Self::Ternary(op) => op.name(),
            Self::Compare(op) => op.name(),
            Self::Select => "where",
            Self::Reduce(reduction) => reduction.op.name(),
            Self::Matmul => "matmul",
            Self::Concatenate(_) => "cat",
            Self::Stack(_) => "stack",
            Self::Sort(..) => "sort",
            Self::Argsort(..) => "argsort",
        }
    }
}

/// One operation on its inputs, with the tensor it writes to where one was given.
#[derive(Clone, Debug)]
pub struct Op<'a> {
    /// What is done.
    pub operation: Operation,
    /// To what.
    pub inputs: &'a [Operand<'a>],
    /// Into what: `out=`, or the left side of an in-place operator.
    pub out: Option<&'a Tensor>,
}

impl Op<'_> {
    /// Runs the operation. The result is fresh memory, or `out` itself.
    ///
    /// # Errors
    ///
    /// Those of the operation; nothing has been written then.
    pub fn run(&self) -> Result<Tensor> {
        match &self.operation {
            Operation::Reduce(reduction) => reduction::run(self, reduction),
            Operation::Matmul => matmul::run(self),
            Operation::Concatenate(axis) => movement::run_concatenate(self, *axis),
            Operation::Stack(axis) => movement::run_stack(self, *axis),
            Operation::Sort(axis, sorting) => sorting::run(self, *axis, *sorting),
            Operation::Argsort(axis, sorting) => sorting::run_places(self, *axis, *sorting),
            _ => elementwise::run(self),
        }
    }
}

/// `op(a)`: a fresh tensor of `a`'s shape.
///
/// # Errors
///
/// `Type` where the dtype has no such operation.
pub fn unary<'a>(op: Unary, a: impl Into<Operand<'a>>) -> Result<Tensor> {
    let inputs = &[a.into()];
    Op { operation: Operation::Unary(op), inputs, out: None }.run()
}

/// `op(a, b)`: a fresh tensor of the broadcast shape and the promoted dtype.
///
/// # Errors
///
/// `Shape` where the shapes do not broadcast, `Type` where the dtypes do not promote or have no
/// such operation, `Overflow` for a Python integer outside the other operand's dtype.
pub fn binary<'a>(
    op: Binary,
    a: impl Into<Operand<'a>>,
    b: impl Into<Operand<'a>>,
) -> Result<Tensor> {
    let inputs = &[a.into(), b.into()];
    Op { operation: Operation::Binary(op), inputs, out: None }.run()
}

/// `out = op(a, b)`: in place where `out` is an input too.
///
/// # Errors
///
/// As [`binary`]; `Type` where the result is of a higher kind than `out`, `Shape` where `out`
/// has another shape than the result, `Value` or `Runtime` where it must not be written.
/// Nothing has been written then.
pub fn binary_into<'a>(
    op: Binary,
    a: impl Into<Operand<'a>>,
    b: impl Into<Operand<'a>>,
    out: &Tensor,
) -> Result<Tensor> {
    let inputs = &[a.into(), b.into()];
    Op { operation: Operation::Binary(op), inputs, out: Some(out) }.run()
}

/// `op(a, b)`: a fresh `bool` tensor of the broadcast shape.
///
/// # Errors
///
/// `Shape` where the shapes do not broadcast, `Type` where the dtypes do not promote, or have no
/// order.
pub fn compare<'a>(
    op: Compare,
    a: impl Into<Operand<'a>>,
    b: impl Into<Operand<'a>>,
) -> Result<Tensor> {
    let inputs = &[a.into(), b.into()];
    Op { operation: Operation::Compare(op), inputs, out: None }.run()
}

/// `condition ? a : b`: a fresh tensor of the broadcast shape and the promoted dtype.
///
/// # Errors
///
/// `Type` unless `condition` is `bool`; else as [`binary`].
pub fn select<'a>(
    condition: impl Into<Operand<'a>>,
    a: impl Into<Operand<'a>>,
    b: impl Into<Operand<'a>>,
) -> Result<Tensor> {
    let inputs = &[condition.into(), a.into(), b.into()];
    Op { operation: Operation::Select, inputs, out: None }.run()
}

/// `a @ b`: matrices by matrices, vectors as rows or columns, leading axes broadcast.
///
/// # Errors
///
/// `Shape` naming both shapes where the inner lengths differ or the leading axes do not
/// broadcast; `Type` where the dtypes do not promote.
pub fn matmul<'a>(a: impl Into<Operand<'a>>, b: impl Into<Operand<'a>>) -> Result<Tensor> {
    let inputs = &[a.into(), b.into()];
    Op { operation: Operation::Matmul, inputs, out: None }.run()
}

/// Puts what `operation` resulted in into `out`.
///
/// # Errors
///
/// `Shape` unless `out` has the result's shape; `Type` where a dtype of its kind cannot hold the
/// result's; `Value` where it is read-only. Nothing has been written then.
pub fn place(out: &Tensor, result: &Tensor, operation: &'static str) -> Result<()> {
    elementwise::check_out(out, result.shape(), result.dtype(), operation)?;
    transfer::place(out, result, operation)
}

/// Gives `result` back, or writes it into `out` first where one was given.
fn deliver(result: Tensor, op: &Op<'_>) -> Result<Tensor> {
    match op.out {
        Some(out) => {
            transfer::place(out, &result, op.operation.name())?;
            Ok(out.clone())
        }
        None => Ok(result),
    }
}

/// `tensor` itself where it has `dtype`, else the same values in fresh memory: for steps on the way
/// to a result, which are no copies of anybody's.
fn converted(tensor: &Tensor, dtype: DType, operation: &'static str) -> Result<Tensor> {
    if tensor.dtype() == dtype {
        return Ok(tensor.clone());
    }
    let result = sorting::fresh(tensor, dtype)?;
    transfer::place(&result, tensor, operation)?;
    Ok(result)
}

/// The dtype in which sums of `dtype` are taken on the way to a result: `float64` of integers,
/// `float32` of the 16-bit floats.
fn accumulator(dtype: DType) -> DType {
    match dtype.is_float() || dtype.is_complex() {
        true => reduction::wide(dtype),
        false => DType::Float64,
    }
}

static DEFAULT_DTYPE: AtomicU8 = AtomicU8::new(DType::Float32 as u8);

/// The dtype that Python floats get and integers become where a real number is needed.
/// `float32` at the start.
#[must_use]
pub fn default_dtype() -> DType {
    let number = DEFAULT_DTYPE.load(Ordering::Relaxed);
    // In the order of their numbers.
    DType::ALL.get(usize::from(number)).copied().unwrap_or(DType::Float32)
}

/// Sets [`default_dtype`] for the whole process.
///
/// # Errors
///
/// `Type` unless `dtype` is a real floating-point dtype.
pub fn set_default_dtype(dtype: DType) -> Result<()> {
    if !dtype.is_float() {
        return Err(Error::dtype(format!(
            "only floating-point types are supported as the default type, and {dtype} is not one"
        ))
        .hint("one of float16, bfloat16, float32, float64"));
    }
    DEFAULT_DTYPE.store(dtype as u8, Ordering::Relaxed);
    Ok(())
}

/// The dtype to which all operands promote.
///
/// # Errors
///
/// `Type` for a signed integer with `uint64`.
pub fn result_dtype<'a>(operands: impl Iterator<Item = &'a Operand<'a>>) -> Result<DType> {
    let (mut arrays, mut scalars) = (None, None);
    for operand in operands {
        match operand {
            Operand::PythonScalar(scalar) => scalars = scalars.max(Some(weak(*scalar))),
            Operand::Tensor(tensor) => {
                arrays = Some(match arrays {
                    Some(dtype) if dtype != tensor.dtype() => promote(dtype, tensor.dtype())?,
                    _ => tensor.dtype(),
                });
            }
        }
    }
    let Some(scalar) = scalars else {
        return arrays.ok_or_else(|| Error::value("an operation without operands"));
    };
    let default = default_dtype();
    Ok(match arrays {
        Some(dtype) => promote_weak(dtype, scalar, default),
        None => match scalar {
            Weak::Bool => DType::Bool,
            Weak::Int => DType::Int64,
            Weak::Float => default,
            Weak::Complex => complex_of(default),
        },
    })
}

fn weak(scalar: Scalar) -> Weak {
    match scalar {
        Scalar::Bool(_) => Weak::Bool,
        Scalar::Int(_) => Weak::Int,
        Scalar::Float(_) => Weak::Float,
        Scalar::Complex(_) => Weak::Complex,
    }
}
