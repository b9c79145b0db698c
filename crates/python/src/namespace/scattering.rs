//! Writing by index: `scatter`, `index_add` and their relatives, each as a method that writes into
//! its tensor and as a function and a method that write into a copy.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use tensorbridge::exchange::Reason;
use tensorbridge::ops::Operand;
use tensorbridge::ops::indexing::{self, Combine};
use tensorbridge::{Result, Scalar, Tensor, transfer};

use super::searching::indices;
use crate::arguments::{missing, tensor};
use crate::enter::enter_detached;
use crate::operand;
use crate::tensor::{PyTensor, assigned, index_parse};

/// Runs `work`, which writes into `target`.
fn write(
    py: Python<'_>,
    target: &Tensor,
    index: &Tensor,
    work: impl FnOnce() -> Result<()> + Send,
) -> PyResult<()> {
    enter_detached(py, target.nbytes().max(index.nbytes()), work)
}

/// A copy to write into.
fn copy(x: &Bound<'_, PyAny>, operation: &'static str) -> PyResult<Tensor> {
    let tensor = tensor(x, operation)?;
    enter_detached(x.py(), tensor.nbytes(), || {
        transfer::clone_dense(&tensor, operation, Reason::Requested)
    })
}

/// The values to be written: `src`, or the number `value`.
fn source<'a>(
    target: &Tensor,
    src: Option<&'a Bound<'_, PyAny>>,
    value: Option<&'a Bound<'_, PyAny>>,
    operation: &'static str,
) -> PyResult<Operand<'a>> {
    match (src, value) {
        (Some(given), None) | (None, Some(given)) => {
            assigned::parse(given, target.dtype(), operation)
        }
        (None, None) => Err(missing(operation, "src")),
        (Some(_), Some(_)) => Err(PyTypeError::new_err(format!(
            "{operation}() got both `src` and `value`, which mean the same"
        ))),
    }
}

fn combine(reduce: Option<&str>, operation: &str) -> PyResult<Combine> {
    Ok(match reduce {
        None => Combine::Replace,
        Some("add" | "sum") => Combine::Sum,
        Some("multiply" | "prod") => Combine::Product,
        Some("mean") => Combine::Mean,
        Some("amax") => Combine::Greatest,
        Some("amin") => Combine::Least,
        Some(other) => {
            return Err(PyValueError::new_err(format!(
                "{operation}(): reduce argument must be one of sum, prod, mean, amax, amin, and is {other}"
            )));
        }
    })
}

/// Each row: the names, the documentation, the parameters with their defaults, and how to write
/// into `target`.
macro_rules! writing {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident $in_place:ident ($($argument:ident: $type:ty $(= $default:tt)?),+)
            = |$py:ident, $target:ident| $write:expr;
    )+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// Writes into a copy of `x`, and returns it. Everything is checked before anything is
            /// written. Raises `IndexError` for an index out of bounds, `ShapeError` for shapes that
            /// do not fit, `TypeError` for values of a higher kind.
            #[pyfunction]
            #[pyo3(signature = (x, $($argument $(= $default)?),+))]
            fn $name(x: &Bound<'_, PyAny>, $($argument: $type),+) -> PyResult<PyTensor> {
                let ($py, $target) = (x.py(), &copy(x, stringify!($name))?);
                $write?;
                Ok(PyTensor::new($target.clone()))
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            #[doc = concat!("As `tensorbridge.", stringify!($name), "`.")]
            #[pyo3(signature = ($($argument $(= $default)?),+))]
            fn $name(slf: &Bound<'_, Self>, $($argument: $type),+) -> PyResult<Self> {
                $name(slf, $($argument),+)
            }

            #[doc = concat!("Writes as `tensorbridge.", stringify!($name), "`")]
            /// into this tensor, whose dtype and memory stay, and returns it.
            #[pyo3(signature = ($($argument $(= $default)?),+))]
            fn $in_place<'py>(
                slf: &Bound<'py, Self>,
                $($argument: $type),+
            ) -> PyResult<Bound<'py, Self>> {
                let ($py, $target) = (slf.py(), slf.get().tensor());
                $write?;
                Ok(slf.clone())
            }
        )+}

        fn register_writing(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

writing! {
    /// `x[index[i, j], j] = src[i, j]` for `dim` 0, and so on: for each place of `index` the value
    /// of `src` there, or the number `value`, goes to the index along `dim`. `index` has as many
    /// axes as `x` and `src`, and is no longer than `src`, and than `x` along the others.
    /// `reduce="add"` or `"multiply"` combines what is there with what is written.
    scatter scatter_ (
        dim: isize,
        index: &Bound<'_, PyAny>,
        src: Option<&Bound<'_, PyAny>> = None,
        value: Option<&Bound<'_, PyAny>> = None,
        reduce: Option<&str> = None
    ) = |py, target| scatter_into(py, target, dim, index, src, value, reduce, true, "scatter");
    /// `x[index[i, j], j] += src[i, j]` for `dim` 0, and so on, as `scatter`: where an index is
    /// named twice, both values are added.
    scatter_add scatter_add_ (
        dim: isize,
        index: &Bound<'_, PyAny>,
        src: &Bound<'_, PyAny>
    ) = |py, target| {
        scatter_into(py, target, dim, index, Some(src), None, Some("sum"), true, "scatter_add")
    };
    /// As `scatter`, with what `reduce` makes of all values that go to one place: `"sum"`,
    /// `"prod"`, `"mean"`, `"amax"` or `"amin"`; with what is there among them, or without it where
    /// `include_self` is false. `dim`, `index` and `src` as there.
    scatter_reduce scatter_reduce_ (
        dim: isize,
        index: &Bound<'_, PyAny>,
        src: &Bound<'_, PyAny>,
        reduce: &str,
        include_self: bool = true
    ) = |py, target| {
        let reduce = Some(reduce);
        scatter_into(py, target, dim, index, Some(src), None, reduce, include_self, "scatter_reduce")
    };
    /// `x[…, index[j], …] += alpha * source[…, j, …]` along `dim`, for the vector `index`: where an
    /// index is named twice, both parts of `source` are added. The number `alpha` is 1 by default.
    index_add index_add_ (
        dim: isize,
        index: &Bound<'_, PyAny>,
        source: &Bound<'_, PyAny>,
        alpha: Option<&Bound<'_, PyAny>> = None
    ) = |py, target| {
        let (index, alpha) = (indices(index, "index_add")?, number(alpha)?);
        let source = assigned::parse(source, target.dtype(), "index_add")?;
        write(py, target, &index, || {
            indexing::index_add_into(target, dim, &index, &source, alpha)
        })
    };
    /// `x[…, index[j], …] = source[…, j, …]` along `dim`, for the vector `index`.
    index_copy index_copy_ (
        dim: isize,
        index: &Bound<'_, PyAny>,
        source: &Bound<'_, PyAny>
    ) = |py, target| {
        let index = indices(index, "index_copy")?;
        let source = assigned::parse(source, target.dtype(), "index_copy")?;
        write(py, target, &index, || indexing::index_copy_into(target, dim, &index, &source))
    };
    /// `x[…, index[j], …] = value` along `dim`, for the vector `index` and one number `value`.
    index_fill index_fill_ (
        dim: isize,
        index: &Bound<'_, PyAny>,
        value: &Bound<'_, PyAny>
    ) = |py, target| {
        let index = indices(index, "index_fill")?;
        let value = assigned::parse(value, target.dtype(), "index_fill")?;
        write(py, target, &index, || indexing::index_fill_into(target, dim, &index, &value))
    };
    /// `x[indices] = values`, for a tuple `indices` of index arrays; with `accumulate`
    /// `x[indices] += values`, in which a place that is named twice gets both.
    index_put index_put_ (
        indices: &Bound<'_, PyAny>,
        values: &Bound<'_, PyAny>,
        accumulate: bool = false
    ) = |py, target| {
        let items = index_parse::parse(&as_tuple(indices)?)?;
        let values = assigned::parse(values, target.dtype(), "index_put")?;
        write(py, target, target, || {
            indexing::index_put_into(target, &items, &values, accumulate)
        })
    };
    /// The elements of `source`, one after another, where `mask`, broadcast to the shape of `x`, is
    /// true.
    masked_scatter masked_scatter_ (
        mask: &Bound<'_, PyAny>,
        source: &Bound<'_, PyAny>
    ) = |py, target| {
        let (mask, source) =
            (tensor(mask, "masked_scatter")?, tensor(source, "masked_scatter")?);
        write(py, target, &mask, || indexing::masked_scatter_into(target, &mask, &source))
    };
    /// `x.reshape(-1)[index] = source`, for `index` and `source` of as many elements, or one value;
    /// with `accumulate` `+=`, in which a place that is named twice gets both.
    put put_ (
        index: &Bound<'_, PyAny>,
        source: &Bound<'_, PyAny>,
        accumulate: bool = false
    ) = |py, target| {
        let index = indices(index, "put")?;
        let source = assigned::parse(source, target.dtype(), "put")?;
        write(py, target, &index, || indexing::put_into(target, &index, &source, accumulate))
    };
}

/// Index arrays as the items of an index, however they come.
fn as_tuple<'py>(indices: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    match indices.cast::<pyo3::types::PyList>() {
        Ok(list) => Ok(list.to_tuple().into_any()),
        Err(_) => Ok(indices.clone()),
    }
}

fn number(alpha: Option<&Bound<'_, PyAny>>) -> PyResult<Scalar> {
    alpha.map_or(Ok(Scalar::Int(1)), |alpha| operand::number(alpha, "alpha"))
}

#[allow(clippy::too_many_arguments)]
fn scatter_into(
    py: Python<'_>,
    target: &Tensor,
    dim: isize,
    index: &Bound<'_, PyAny>,
    src: Option<&Bound<'_, PyAny>>,
    value: Option<&Bound<'_, PyAny>>,
    reduce: Option<&str>,
    include_self: bool,
    operation: &'static str,
) -> PyResult<()> {
    let index = indices(index, operation)?;
    let source = source(target, src, value, operation)?;
    let combine = combine(reduce, operation)?;
    write(py, target, &index, || {
        indexing::scatter_into(target, dim, &index, &source, combine, include_self)
    })
}

/// `x[…, indices[j], …] = values[j]` along `axis`, with the other axes of `indices` and `values`
/// broadcast to those of `x`: what `take_along_axis` takes, written into `x` itself.
///
/// Raises `IndexError` for an index out of bounds, `ShapeError` for shapes that do not fit,
/// `TypeError` for values of a higher kind. Nothing has been written then.
#[pyfunction]
#[pyo3(signature = (x, indices, values, axis=-1), text_signature = "(x, indices, values, axis=-1)")]
fn put_along_axis(
    x: &Bound<'_, PyAny>,
    indices: &Bound<'_, PyAny>,
    values: &Bound<'_, PyAny>,
    axis: isize,
) -> PyResult<()> {
    let target = tensor(x, "put_along_axis")?;
    let index = self::indices(indices, "put_along_axis")?;
    let values = assigned::parse(values, target.dtype(), "put_along_axis")?;
    write(x.py(), &target, &index, || indexing::put_along_into(&target, &index, &values, axis))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_writing(module)?;
    module.add_function(wrap_pyfunction!(put_along_axis, module)?)
}
