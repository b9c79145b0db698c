//! Sorting: `sort`, `argsort` and their relatives, as functions and as methods.

use pyo3::prelude::*;
use tensorbridge::op::Sorting;
use tensorbridge::ops::{self, Op, Operation};
use tensorbridge::{Result, Tensor};

use crate::arguments::{Ints, either, gather, tensor};
use crate::enter::enter_detached;
use crate::named::named;
use crate::operand::Out;
use crate::tensor::PyTensor;

/// What sorting moves is looked at several times.
const PASSES: usize = 4;

/// Runs an operation of one tensor as a function: into `out`, which is then returned as given, or
/// fresh.
fn run<'py>(
    py: Python<'py>,
    operation: Operation,
    x: &Tensor,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let into = out.as_ref().map(|out| &out.tensor);
    let work = || -> Result<Tensor> { Op { operation, inputs: &[x.into()], out: into }.run() };
    let result = enter_detached(py, x.nbytes().saturating_mul(PASSES), work)?;
    match out {
        Some(out) => Ok(out.into_object()),
        None => Ok(PyTensor::new(result).into_pyobject(py)?.into_any()),
    }
}

/// The elements of `x` along `axis` (or `dim`) in order: a fresh tensor of its shape and dtype.
///
/// `axis` is the last one by default. `descending` puts the greatest first. `stable` keeps the
/// order of elements that compare equal, as 0.0 and -0.0 do; without it these two may be
/// exchanged. NaN is greater than any number, so that it comes last, and first where
/// `descending`. Complex numbers are ordered by their real parts, then by their imaginary parts.
/// `out` receives the result, if its dtype is of no lower kind.
///
/// Elements of 8 and 16 bits, and others that lie close together, are counted; short lines go
/// through Batcher's network, long ones by radix. Beside the result this takes memory for one key
/// of 2 to 8 bytes per element, twice that where `axis` is not the densest one. Raises
/// `IndexError` for an axis that is not there, `MemoryError` before anything is written.
#[pyfunction]
#[pyo3(signature = (x, /, dim=None, descending=false, *, axis=None, stable=true, out=None))]
fn sort<'py>(
    x: &Bound<'py, PyAny>,
    dim: Option<isize>,
    descending: bool,
    axis: Option<isize>,
    stable: bool,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let axis = either("sort", dim, axis)?.unwrap_or(-1);
    let sorting = Sorting { descending, stable };
    run(x.py(), Operation::Sort(axis, sorting), &tensor(x, "sort")?, out)
}

/// The indices that put `x` in order along `axis` (or `dim`): a fresh `int64` tensor of its shape.
///
/// The order is that of `sort`: `axis` is the last one by default, `descending` puts the greatest
/// first. Equal elements keep their order, whatever `stable` is. `out` receives the result.
/// `tb.take_along_axis(x, indices, axis=axis)` puts it to use.
///
/// Beside the result this takes 8 bytes per element, twice that where `axis` is not the densest
/// one. Raises `IndexError` for an axis that is not there, `MemoryError`.
#[pyfunction]
#[pyo3(signature = (x, /, dim=None, descending=false, *, axis=None, stable=true, out=None))]
fn argsort<'py>(
    x: &Bound<'py, PyAny>,
    dim: Option<isize>,
    descending: bool,
    axis: Option<isize>,
    stable: bool,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let axis = either("argsort", dim, axis)?.unwrap_or(-1);
    let sorting = Sorting { descending, stable };
    run(x.py(), Operation::Argsort(axis, sorting), &tensor(x, "argsort")?, out)
}

/// `x` sorted along its first axis: a fresh tensor, as `sort` gives. `out` receives the result.
#[pyfunction]
#[pyo3(signature = (x, /, *, out=None))]
fn msort<'py>(x: &Bound<'py, PyAny>, out: Option<Out<'py>>) -> PyResult<Bound<'py, PyAny>> {
    sort(x, Some(0), false, None, true, out)
}

/// The `k` greatest elements along `dim` (or `axis`), or the least where `largest` is false, and
/// their indices: a named tuple `(values, indices)` of fresh tensors.
///
/// `dim` is the last one by default. The elements are in order if `sorted`, else those that come
/// before the last of them stand as they stood. NaN is greater than any number. Of equal elements
/// the first are taken.
///
/// Raises `IndexError` for an axis that is not there, `RuntimeError` for a `k` that it is too
/// short for.
#[pyfunction]
#[pyo3(signature = (x, k, dim=None, largest=true, sorted=true, *, axis=None))]
fn topk<'py>(
    x: &Bound<'py, PyAny>,
    k: isize,
    dim: Option<isize>,
    largest: bool,
    sorted: bool,
    axis: Option<isize>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, x) = (x.py(), tensor(x, "topk")?);
    let axis = either("topk", dim, axis)?.unwrap_or(-1);
    let bytes = x.nbytes().saturating_mul(PASSES);
    let both = enter_detached(py, bytes, || ops::top(&x, k, axis, largest, sorted))?;
    named(py, "TopK", both)
}

/// The element at place `k`, counted from 1, of the ascending order along `dim` (or `axis`), and
/// its index: a named tuple `(values, indices)` of fresh tensors.
///
/// `dim` is the last one by default, and disappears, unless `keepdim` (or `keepdims`) leaves it
/// with length 1. NaN is greater than any number.
///
/// Raises `IndexError` for an axis that is not there, `RuntimeError` for a `k` that it is too
/// short for.
#[pyfunction]
#[pyo3(signature = (x, k, dim=None, keepdim=false, *, axis=None, keepdims=None))]
fn kthvalue<'py>(
    x: &Bound<'py, PyAny>,
    k: isize,
    dim: Option<isize>,
    keepdim: bool,
    axis: Option<isize>,
    keepdims: Option<bool>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, x, keep) = (x.py(), tensor(x, "kthvalue")?, keepdims.unwrap_or(keepdim));
    let axis = either("kthvalue", dim, axis)?.unwrap_or(-1);
    let bytes = x.nbytes().saturating_mul(PASSES);
    let both = enter_detached(py, bytes, || ops::kth_value(&x, k, axis, keep))?;
    named(py, "KthValue", both)
}

/// The elements of `x` along `axis` (or `dim`), those at the places `kth` of the ascending order
/// where they belong, with no greater ones before and no lesser ones behind them: a fresh tensor.
///
/// `kth` is one place or several; negative ones count from the end. `axis` is the last one by
/// default. Raises `ValueError` for a place that is not there.
#[pyfunction]
#[pyo3(signature = (x, kth, axis=None, *, dim=None))]
fn partition(
    x: &Bound<'_, PyAny>,
    kth: Ints,
    axis: Option<isize>,
    dim: Option<isize>,
) -> PyResult<PyTensor> {
    let (py, x) = (x.py(), tensor(x, "partition")?);
    let axis = either("partition", dim, axis)?.unwrap_or(-1);
    let bytes = x.nbytes().saturating_mul(PASSES);
    enter_detached(py, bytes, || ops::partition(&x, &kth, axis)).map(PyTensor::new)
}

/// The indices of the elements that `partition` gives, for `kth` and `axis` (or `dim`) as there: a
/// fresh `int64` tensor.
#[pyfunction]
#[pyo3(signature = (x, kth, axis=None, *, dim=None))]
fn argpartition(
    x: &Bound<'_, PyAny>,
    kth: Ints,
    axis: Option<isize>,
    dim: Option<isize>,
) -> PyResult<PyTensor> {
    let (py, x) = (x.py(), tensor(x, "argpartition")?);
    let axis = either("argpartition", dim, axis)?.unwrap_or(-1);
    let bytes = x.nbytes().saturating_mul(PASSES);
    enter_detached(py, bytes, || ops::argpartition(&x, &kth, axis)).map(PyTensor::new)
}

/// The indices that put several keys in order, by the last of `keys`, then by the one before it,
/// and so on: a fresh `int64` tensor. Where all are equal, the order stays.
///
/// `keys` is a sequence of tensors of one shape, or a tensor whose first axis has the keys, which
/// are lines along `axis`, the last one by default. Raises `ShapeError` for keys of other shapes,
/// `ValueError` without any.
#[pyfunction]
#[pyo3(signature = (keys, axis=-1), text_signature = "(keys, axis=-1)")]
fn lexsort(keys: &Bound<'_, PyAny>, axis: isize) -> PyResult<PyTensor> {
    let py = keys.py();
    let keys = gather(keys.try_iter()?, None, |key| tensor(&key, "lexsort"))?;
    let bytes = keys.iter().map(Tensor::nbytes).fold(0, usize::saturating_add);
    enter_detached(py, bytes, || ops::lexsort(&keys, axis)).map(PyTensor::new)
}

#[pymethods]
impl PyTensor {
    /// As `tensorbridge.topk`.
    #[pyo3(signature = (k, dim=None, largest=true, sorted=true, *, axis=None))]
    fn topk<'py>(
        slf: &Bound<'py, Self>,
        k: isize,
        dim: Option<isize>,
        largest: bool,
        sorted: bool,
        axis: Option<isize>,
    ) -> PyResult<Bound<'py, PyAny>> {
        topk(slf, k, dim, largest, sorted, axis)
    }

    /// As `tensorbridge.kthvalue`.
    #[pyo3(signature = (k, dim=None, keepdim=false, *, axis=None, keepdims=None))]
    fn kthvalue<'py>(
        slf: &Bound<'py, Self>,
        k: isize,
        dim: Option<isize>,
        keepdim: bool,
        axis: Option<isize>,
        keepdims: Option<bool>,
    ) -> PyResult<Bound<'py, PyAny>> {
        kthvalue(slf, k, dim, keepdim, axis, keepdims)
    }

    /// As `tensorbridge.sort`: the values alone, where PyTorch gives the indices too.
    #[pyo3(signature = (dim=None, descending=false, *, axis=None, stable=true))]
    fn sort<'py>(
        slf: &Bound<'py, Self>,
        dim: Option<isize>,
        descending: bool,
        axis: Option<isize>,
        stable: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        sort(slf, dim, descending, axis, stable, None)
    }

    /// Sorts this tensor's own memory, as `tensorbridge.sort` sorts, and returns the tensor.
    ///
    /// Raises `ValueError` for a read-only tensor, `MemoryError` before anything is written.
    #[pyo3(signature = (dim=None, descending=false, *, axis=None, stable=true))]
    fn sort_<'py>(
        slf: &Bound<'py, Self>,
        dim: Option<isize>,
        descending: bool,
        axis: Option<isize>,
        stable: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let out = slf.as_any().extract()?;
        sort(slf, dim, descending, axis, stable, Some(out))
    }

    /// As `tensorbridge.argsort`.
    #[pyo3(signature = (dim=None, descending=false, *, axis=None, stable=true))]
    fn argsort<'py>(
        slf: &Bound<'py, Self>,
        dim: Option<isize>,
        descending: bool,
        axis: Option<isize>,
        stable: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        argsort(slf, dim, descending, axis, stable, None)
    }

    /// As `tensorbridge.msort`.
    fn msort<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        msort(slf, None)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(sort, module)?)?;
    module.add_function(wrap_pyfunction!(argsort, module)?)?;
    module.add_function(wrap_pyfunction!(msort, module)?)?;
    module.add_function(wrap_pyfunction!(topk, module)?)?;
    module.add_function(wrap_pyfunction!(kthvalue, module)?)?;
    module.add_function(wrap_pyfunction!(partition, module)?)?;
    module.add_function(wrap_pyfunction!(argpartition, module)?)?;
    module.add_function(wrap_pyfunction!(lexsort, module)?)
}
