//! The views of `Tensor`, as functions: PyTorch's names and the Array API's.
//!
//! Each takes a tensor, or anything that `asarray` takes; memory is shared wherever the method
//! shares it.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tensorbridge::layout;
use tensorbridge::ops::views;

use crate::arguments::{Ints, Source, either, missing, tensor};
use crate::errors::OrRaise;
use crate::tensor::PyTensor;
use crate::tensor::movement::OneOrMany;

/// Functions that are a method and nothing else.
macro_rules! methods {
    ($(
        $(#[$attribute:meta])*
        fn $name:ident($($argument:ident: $type:ty $(= $default:literal)?),*) -> $method:ident;
    )+) => {
        $(
            #[doc = concat!("As the method `Tensor.", stringify!($method), "`.")]
            $(#[$attribute])*
            #[pyfunction]
            #[pyo3(signature = (x $(, $argument $(= $default)?)*))]
            fn $name(py: Python<'_>, x: Source $(, $argument: $type)*) -> PyResult<PyTensor> {
                x.0.$method(py $(, $argument)*)
            }
        )+

        fn register_methods(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

methods! {
    fn adjoint() -> adjoint;
    fn conj() -> conj;
    fn fliplr() -> fliplr;
    fn flipud() -> flipud;
    fn movedim(source: Ints, destination: Ints) -> movedim;
    fn moveaxis(source: Ints, destination: Ints) -> moveaxis;
    fn narrow(dim: isize, start: isize, length: isize) -> narrow;
    fn ravel() -> ravel;
    fn select(dim: isize, index: isize) -> select;
    fn swapaxes(axis0: isize, axis1: isize) -> swapaxes;
    fn swapdims(dim0: isize, dim1: isize) -> swapdims;
    fn t() -> t;
    fn unflatten(dim: isize, sizes: Ints) -> unflatten;
}

/// Exchanges the axes `dim0` and `dim1`; with one list, `axes`, axis `k` of the view is axis
/// `axes[k]`, and without any the axes are reversed, as in NumPy.
#[pyfunction]
#[pyo3(signature = (x, dim0=None, dim1=None, *, axes=None))]
fn transpose(
    py: Python<'_>,
    x: Source,
    dim0: Option<OneOrMany>,
    dim1: Option<isize>,
    axes: Option<Ints>,
) -> PyResult<PyTensor> {
    x.0.transpose(py, dim0, dim1, axes)
}

/// As the method `Tensor.flatten`.
#[pyfunction]
#[pyo3(signature = (x, start_dim=0, end_dim=-1), text_signature = "(x, start_dim=0, end_dim=-1)")]
fn flatten(py: Python<'_>, x: Source, start_dim: isize, end_dim: isize) -> PyResult<PyTensor> {
    x.0.flatten(py, start_dim, end_dim)
}

/// The tensor of `x` over all of its memory that strides can say: any shape, strides and offset
/// in elements. As the method `Tensor.as_strided`.
#[pyfunction]
#[pyo3(signature = (x, size, stride, storage_offset=None))]
fn as_strided(
    py: Python<'_>,
    x: Source,
    size: Ints,
    stride: Ints,
    storage_offset: Option<isize>,
) -> PyResult<PyTensor> {
    x.0.as_strided(py, size, stride, storage_offset)
}

/// All arrays broadcast to their common shape: a tuple of views. Raises `ShapeError` where there
/// is none.
#[pyfunction]
#[pyo3(signature = (*arrays))]
fn broadcast_arrays<'py>(arrays: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyTuple>> {
    let py = arrays.py();
    let arrays = arrays
        .iter()
        .map(|array| tensor(&array, "broadcast_arrays"))
        .collect::<PyResult<Vec<_>>>()?;
    let shapes: Vec<_> = arrays.iter().map(|array| array.shape()).collect();
    let shape = layout::broadcast_shapes(&shapes).or_raise(py)?;
    let broadcast = |array| views::broadcast_to(array, &shape).map(PyTensor::new).or_raise(py);
    PyTuple::new(py, arrays.iter().map(broadcast).collect::<PyResult<Vec<_>>>()?)
}

/// As `broadcast_arrays`, of `tensors`, which may be one sequence.
#[pyfunction]
#[pyo3(signature = (*tensors))]
fn broadcast_tensors<'py>(tensors: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyTuple>> {
    if tensors.len() == 1
        && let Ok(inner) = tensors.get_item(0)?.cast_into::<PyTuple>()
    {
        return broadcast_arrays(&inner);
    }
    broadcast_arrays(tensors)
}

/// The shape to which all shapes broadcast. Raises `ShapeError` where there is none.
#[pyfunction]
#[pyo3(signature = (*shapes))]
fn broadcast_shapes<'py>(shapes: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let py = shapes.py();
    let shapes = shapes
        .iter()
        .map(|shape| {
            let shape: Ints = shape.extract()?;
            views::lengths(&shape).or_raise(py)
        })
        .collect::<PyResult<Vec<_>>>()?;
    let shapes: Vec<&[usize]> = shapes.iter().map(|shape| shape.as_slice()).collect();
    crate::tensor::size::size(py, &layout::broadcast_shapes(&shapes).or_raise(py)?)
}

/// `x` expanded to `shape`: a view, whose repeated axes have stride 0. As the method
/// `Tensor.broadcast_to`.
#[pyfunction]
#[pyo3(signature = (x, /, shape))]
fn broadcast_to(py: Python<'_>, x: Source, shape: Ints) -> PyResult<PyTensor> {
    x.0.broadcast_to(py, shape)
}

/// The elements of `x` under another shape. As the method `Tensor.reshape`.
#[pyfunction]
#[pyo3(signature = (x, /, shape, *, copy=None))]
fn reshape(py: Python<'_>, x: Source, shape: Ints, copy: Option<bool>) -> PyResult<PyTensor> {
    x.0.reshape(py, &PyTuple::empty(py), Some(shape), copy)
}

/// Axis `k` of the view is axis `dims[k]` of `x`. As the method `Tensor.permute`.
#[pyfunction]
#[pyo3(signature = (x, dims))]
fn permute(py: Python<'_>, x: Source, dims: Ints) -> PyResult<PyTensor> {
    x.0.permute(py, &PyTuple::empty(py), Some(dims))
}

/// Axis `k` of the view is axis `axes[k]` of `x`.
#[pyfunction]
#[pyo3(signature = (x, /, axes))]
fn permute_dims(py: Python<'_>, x: Source, axes: Ints) -> PyResult<PyTensor> {
    permute(py, x, axes)
}

/// The last two axes exchanged: a view.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn matrix_transpose(py: Python<'_>, x: Source) -> PyResult<PyTensor> {
    let view = views::matrix_transpose(x.0.tensor(), "mT").or_raise(py)?;
    Ok(PyTensor::new(view))
}

/// New axes of length 1, with the numbers `axis` in the result: a view.
#[pyfunction]
#[pyo3(signature = (x, /, axis=None))]
fn expand_dims(py: Python<'_>, x: Source, axis: Option<Ints>) -> PyResult<PyTensor> {
    let axes = axis.as_deref().unwrap_or(&[0]);
    views::expand_dims(x.0.tensor(), axes).map(PyTensor::new).or_raise(py)
}

/// A new axis of length 1 before axis `dim`. As the method `Tensor.unsqueeze`.
#[pyfunction]
#[pyo3(signature = (x, dim))]
fn unsqueeze(py: Python<'_>, x: Source, dim: isize) -> PyResult<PyTensor> {
    x.0.unsqueeze(py, Some(dim), None)
}

/// Drops the axes `axis`, which must have length 1 (`ValueError`), or all axes of length 1.
///
/// `dim=` is PyTorch's rule: axes of another length stay.
#[pyfunction]
#[pyo3(signature = (x, /, axis=None, *, dim=None))]
fn squeeze(py: Python<'_>, x: Source, axis: Option<Ints>, dim: Option<Ints>) -> PyResult<PyTensor> {
    x.0.squeeze(py, dim, axis)
}

/// Walks the axes `dims` (NumPy's `axis`) backwards, all of them by default: a view.
#[pyfunction]
#[pyo3(signature = (x, /, dims=None, *, axis=None))]
fn flip(py: Python<'_>, x: Source, dims: Option<Ints>, axis: Option<Ints>) -> PyResult<PyTensor> {
    x.0.flip(py, &PyTuple::empty(py), dims, axis)
}

/// The diagonals of two axes as a last axis: a view. As the method `Tensor.diagonal`.
#[pyfunction]
#[pyo3(signature = (x, offset=0, dim1=None, dim2=None, *, axis1=None, axis2=None))]
fn diagonal(
    py: Python<'_>,
    x: Source,
    #[pyo3(from_py_with = crate::arguments::diagonal)] offset: isize,
    dim1: Option<isize>,
    dim2: Option<isize>,
    axis1: Option<isize>,
    axis2: Option<isize>,
) -> PyResult<PyTensor> {
    x.0.diagonal(py, offset, dim1, dim2, axis1, axis2)
}

/// The tensors along axis `dim` (NumPy's `axis`), without it: a tuple of views.
#[pyfunction]
#[pyo3(signature = (x, dim=None, *, axis=None))]
fn unbind<'py>(
    py: Python<'py>,
    x: Source,
    dim: Option<isize>,
    axis: Option<isize>,
) -> PyResult<Bound<'py, PyTuple>> {
    x.0.unbind(py, either("unbind", dim, axis)?.unwrap_or(0))
}

/// The tensors along `axis`, without it: a tuple of views.
#[pyfunction]
#[pyo3(signature = (x, /, *, axis=0))]
fn unstack<'py>(py: Python<'py>, x: Source, axis: isize) -> PyResult<Bound<'py, PyTuple>> {
    x.0.unbind(py, axis)
}

/// Pieces along axis `dim` (NumPy's `axis`): a tuple of views.
///
/// `split_size_or_sections`: the size of every piece (the last may be shorter), or a list with the
/// size of each.
#[pyfunction]
#[pyo3(signature = (x, split_size_or_sections, dim=None, *, axis=None))]
fn split<'py>(
    py: Python<'py>,
    x: Source,
    split_size_or_sections: OneOrMany,
    dim: Option<isize>,
    axis: Option<isize>,
) -> PyResult<Bound<'py, PyTuple>> {
    x.0.split(py, split_size_or_sections, either("split", dim, axis)?.unwrap_or(0))
}

/// At most `chunks` equal pieces along axis `dim` (NumPy's `axis`): a tuple of views.
#[pyfunction]
#[pyo3(signature = (x, chunks, dim=None, *, axis=None))]
fn chunk<'py>(
    py: Python<'py>,
    x: Source,
    chunks: isize,
    dim: Option<isize>,
    axis: Option<isize>,
) -> PyResult<Bound<'py, PyTuple>> {
    x.0.chunk(py, chunks, either("chunk", dim, axis)?.unwrap_or(0))
}

/// Pieces along axis `dim` (NumPy's `axis`): a tuple of views.
///
/// `indices_or_sections`: their number (`sections`), or a list of the places between them
/// (`indices`).
#[pyfunction]
#[pyo3(signature = (x, indices_or_sections=None, dim=None, *, axis=None, sections=None, indices=None))]
fn tensor_split<'py>(
    py: Python<'py>,
    x: Source,
    indices_or_sections: Option<OneOrMany>,
    dim: Option<isize>,
    axis: Option<isize>,
    sections: Option<isize>,
    indices: Option<Ints>,
) -> PyResult<Bound<'py, PyTuple>> {
    let cut = indices_or_sections
        .or(sections.map(OneOrMany::One))
        .or(indices.map(OneOrMany::Many))
        .ok_or_else(|| missing("tensor_split", "indices_or_sections"))?;
    x.0.tensor_split(py, cut, either("tensor_split", dim, axis)?.unwrap_or(0))
}

/// The real parts: a view; of real numbers, a handle on the same.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn real(py: Python<'_>, x: Source) -> PyResult<PyTensor> {
    views::real(x.0.tensor()).map(PyTensor::new).or_raise(py)
}

/// The imaginary parts of complex numbers: a view. Raises `RuntimeError` for real ones.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn imag(py: Python<'_>, x: Source) -> PyResult<PyTensor> {
    x.0.imag(py)
}

/// The parts of complex numbers as a last axis of length 2: a view.
#[pyfunction]
fn view_as_real(py: Python<'_>, x: Source) -> PyResult<PyTensor> {
    views::view_as_real(x.0.tensor()).map(PyTensor::new).or_raise(py)
}

/// Pairs of float32 or float64 along the last axis as complex numbers: a view.
#[pyfunction]
fn view_as_complex(py: Python<'_>, x: Source) -> PyResult<PyTensor> {
    views::view_as_complex(x.0.tensor()).map(PyTensor::new).or_raise(py)
}

/// A writable copy. As the method `Tensor.clone`.
#[pyfunction]
#[pyo3(signature = (x, *, memory_format=None))]
fn clone(
    py: Python<'_>,
    x: Source,
    memory_format: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyTensor> {
    x.0.clone(py, memory_format)
}

/// The number of elements.
#[pyfunction]
fn numel(x: Source) -> usize {
    x.0.tensor().count()
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    macro_rules! add {
        ($($name:ident)+) => {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
        };
    }
    register_methods(module)?;
    add! {
        transpose flatten as_strided broadcast_arrays broadcast_tensors broadcast_shapes broadcast_to reshape
        permute permute_dims matrix_transpose expand_dims unsqueeze squeeze flip diagonal
        unbind unstack split chunk tensor_split real imag view_as_real view_as_complex clone
        numel
    }
    Ok(())
}
