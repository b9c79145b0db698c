//! Picking and finding elements: `take`, `index_select`, `masked_fill`, `nonzero` and their
//! relatives, as functions and as methods.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tensorbridge::ops::indexing;
use tensorbridge::{DType, Device, Tensor};

use crate::arguments::tensor;
use crate::enter::{enter, enter_detached};
use crate::tensor::{PyTensor, assigned};

/// An argument as indices: as [`tensor`], where lists without items hold integers.
pub(super) fn indices(object: &Bound<'_, PyAny>, operation: &'static str) -> PyResult<Tensor> {
    let found = tensor(object, operation)?;
    let is_list = object.is_instance_of::<pyo3::types::PyList>()
        || object.is_instance_of::<pyo3::types::PyTuple>();
    if is_list && found.count() == 0 {
        let fill = tensorbridge::storage::host::Fill::Zero;
        let shape = found.shape();
        return enter(object.py(), || Tensor::allocate(shape, DType::Int64, Device::CPU, fill));
    }
    Ok(found)
}

/// Runs `work` on two tensors and wraps its result.
fn run(
    py: Python<'_>,
    a: &Tensor,
    b: &Tensor,
    work: impl FnOnce() -> tensorbridge::Result<Tensor> + Send,
) -> PyResult<PyTensor> {
    enter_detached(py, a.nbytes().max(b.nbytes()), work).map(PyTensor::new)
}

/// The elements of `axis` that `indices` names: a fresh tensor.
///
/// `indices` is an integer array of any shape, whose axes replace `axis`; negative ones count
/// from the end. Without an axis, `x` is flattened first.
///
/// Raises `IndexError` for an index out of bounds or an array that cannot index.
#[pyfunction]
#[pyo3(signature = (x, indices, /, *, axis=None))]
fn take(
    x: &Bound<'_, PyAny>,
    indices: &Bound<'_, PyAny>,
    axis: Option<isize>,
) -> PyResult<PyTensor> {
    let (x, index) = (tensor(x, "take")?, self::indices(indices, "take")?);
    run(indices.py(), &x, &index, || indexing::take(&x, &index, axis))
}

/// The elements that `indices` names along `axis`, one at a time: a fresh tensor.
///
/// The other axes of `x` and `indices` broadcast together. This is what puts the result of
/// `argsort` to use.
///
/// Raises `IndexError` for an index out of bounds, `ShapeError` for shapes that do not fit.
#[pyfunction]
#[pyo3(signature = (x, indices, /, *, axis=-1), text_signature = "(x, indices, /, *, axis=-1)")]
fn take_along_axis(
    x: &Bound<'_, PyAny>,
    indices: &Bound<'_, PyAny>,
    axis: isize,
) -> PyResult<PyTensor> {
    let (x, index) = (tensor(x, "take_along_axis")?, self::indices(indices, "take_along_axis")?);
    run(indices.py(), &x, &index, || indexing::take_along_axis(&x, &index, axis))
}

/// The elements that `indices` names along `dim`, as `take_along_axis`; without `dim`, `input` is
/// flattened first.
#[pyfunction]
#[pyo3(signature = (input, indices, dim=None))]
fn take_along_dim(
    input: &Bound<'_, PyAny>,
    indices: &Bound<'_, PyAny>,
    dim: Option<isize>,
) -> PyResult<PyTensor> {
    let x = tensor(input, "take_along_dim")?;
    let index = self::indices(indices, "take_along_dim")?;
    run(indices.py(), &x, &index, || match dim {
        Some(dim) => indexing::take_along_axis(&x, &index, dim),
        None => indexing::take(&x, &index, None),
    })
}

/// The elements of axis `dim` that the vector `index` names: a fresh tensor.
///
/// Raises `IndexError` for an index out of bounds, or one that is no vector of integers.
#[pyfunction]
#[pyo3(signature = (input, dim, index))]
fn index_select(
    input: &Bound<'_, PyAny>,
    dim: isize,
    index: &Bound<'_, PyAny>,
) -> PyResult<PyTensor> {
    let (x, indices) = (tensor(input, "index_select")?, self::indices(index, "index_select")?);
    run(index.py(), &x, &indices, || indexing::index_select(&x, dim, &indices))
}

/// The elements that `index` names along `dim`, one at a time: a fresh tensor of `index`'s shape.
///
/// For `dim` 0: `out[i, j] = input[index[i, j], j]`. `index` has as many axes as `input`, and is
/// no longer along the others.
///
/// Raises `IndexError` for an index out of bounds, `ShapeError` for shapes that do not fit.
#[pyfunction]
#[pyo3(signature = (input, dim, index))]
fn gather(input: &Bound<'_, PyAny>, dim: isize, index: &Bound<'_, PyAny>) -> PyResult<PyTensor> {
    let (x, indices) = (tensor(input, "gather")?, self::indices(index, "gather")?);
    run(index.py(), &x, &indices, || indexing::gather(&x, dim, &indices))
}

/// The elements where `mask` is true, in C order: a fresh tensor of one axis.
///
/// `input` and `mask` broadcast together. Raises `TypeError` unless `mask` is boolean.
#[pyfunction]
#[pyo3(signature = (input, mask))]
fn masked_select(input: &Bound<'_, PyAny>, mask: &Bound<'_, PyAny>) -> PyResult<PyTensor> {
    let (x, picks) = (tensor(input, "masked_select")?, tensor(mask, "masked_select")?);
    run(mask.py(), &x, &picks, || indexing::masked_select(&x, &picks))
}

/// A copy of `input` with `value` where `mask` is true. `input` and `mask` broadcast together.
///
/// `value` is a number or a 0-d array that the dtype can hold. Raises `TypeError` unless `mask`
/// is boolean, or for a value of a higher kind.
#[pyfunction]
#[pyo3(signature = (input, mask, value))]
fn masked_fill(
    input: &Bound<'_, PyAny>,
    mask: &Bound<'_, PyAny>,
    value: &Bound<'_, PyAny>,
) -> PyResult<PyTensor> {
    let (x, picks) = (tensor(input, "masked_fill")?, tensor(mask, "masked_fill")?);
    let value = assigned::parse(value, x.dtype(), "masked_fill")?;
    run(mask.py(), &x, &picks, || indexing::masked_fill(&x, &picks, &value))
}

/// Where the elements are that are not 0, in C order: a tuple of `int64` vectors, one per axis.
///
/// The result is an index: `x[tb.nonzero(x)]`. With `as_tuple=False` one matrix, with a row for
/// each element, as `argwhere` gives.
///
/// Raises `ValueError` for a 0-d tensor, which has no axes to index.
#[pyfunction]
#[pyo3(signature = (x, /, *, as_tuple=true))]
fn nonzero<'py>(x: &Bound<'py, PyAny>, as_tuple: bool) -> PyResult<Bound<'py, PyAny>> {
    let py = x.py();
    let x = tensor(x, "nonzero")?;
    if !as_tuple {
        let rows = enter_detached(py, x.nbytes(), || indexing::argwhere(&x))?;
        return Ok(PyTensor::new(rows).into_pyobject(py)?.into_any());
    }
    let vectors = enter_detached(py, x.nbytes(), || indexing::nonzero(&x))?;
    let vectors = vectors.into_iter().map(|vector| PyTensor::new(vector).into_pyobject(py));
    Ok(PyTuple::new(py, vectors.collect::<PyResult<Vec<_>>>()?)?.into_any())
}

/// Where the elements are that are not 0, in C order: an `int64` tensor with a row for each of
/// them and a column for each axis.
#[pyfunction]
#[pyo3(signature = (input, /))]
fn argwhere(input: &Bound<'_, PyAny>) -> PyResult<PyTensor> {
    let x = tensor(input, "argwhere")?;
    run(input.py(), &x, &x, || indexing::argwhere(&x))
}

#[pymethods]
impl PyTensor {
    /// As `tensorbridge.take`.
    #[pyo3(signature = (indices, /, axis=None))]
    fn take(
        slf: &Bound<'_, Self>,
        indices: &Bound<'_, PyAny>,
        axis: Option<isize>,
    ) -> PyResult<Self> {
        take(slf, indices, axis)
    }

    /// As `tensorbridge.take_along_dim`.
    #[pyo3(signature = (indices, dim=None))]
    fn take_along_dim(
        slf: &Bound<'_, Self>,
        indices: &Bound<'_, PyAny>,
        dim: Option<isize>,
    ) -> PyResult<Self> {
        take_along_dim(slf, indices, dim)
    }

    /// As `tensorbridge.index_select`.
    fn index_select(slf: &Bound<'_, Self>, dim: isize, index: &Bound<'_, PyAny>) -> PyResult<Self> {
        index_select(slf, dim, index)
    }

    /// As `tensorbridge.gather`.
    fn gather(slf: &Bound<'_, Self>, dim: isize, index: &Bound<'_, PyAny>) -> PyResult<Self> {
        gather(slf, dim, index)
    }

    /// As `tensorbridge.masked_select`.
    fn masked_select(slf: &Bound<'_, Self>, mask: &Bound<'_, PyAny>) -> PyResult<Self> {
        masked_select(slf, mask)
    }

    /// As `tensorbridge.nonzero`.
    #[pyo3(signature = (*, as_tuple=true))]
    fn nonzero<'py>(slf: &Bound<'py, Self>, as_tuple: bool) -> PyResult<Bound<'py, PyAny>> {
        nonzero(slf, as_tuple)
    }

    /// As `tensorbridge.argwhere`.
    fn argwhere(slf: &Bound<'_, Self>) -> PyResult<Self> {
        argwhere(slf)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(take, module)?)?;
    module.add_function(wrap_pyfunction!(take_along_axis, module)?)?;
    module.add_function(wrap_pyfunction!(take_along_dim, module)?)?;
    module.add_function(wrap_pyfunction!(index_select, module)?)?;
    module.add_function(wrap_pyfunction!(gather, module)?)?;
    module.add_function(wrap_pyfunction!(masked_select, module)?)?;
    module.add_function(wrap_pyfunction!(masked_fill, module)?)?;
    module.add_function(wrap_pyfunction!(nonzero, module)?)?;
    module.add_function(wrap_pyfunction!(argwhere, module)?)
}
