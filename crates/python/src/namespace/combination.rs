//! Tensors put side by side, cut apart, and combined each with each.

use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use tensorbridge::{Result, Tensor, ops, ops::views};

use crate::arguments::{Ints, Source, either, gather, tensor};
use crate::enter::{enter, enter_detached};
use crate::errors::OrRaise;
use crate::tensor::PyTensor;
use crate::tensor::movement::OneOrMany;

/// The tensors of one sequence, or of several arguments.
fn all(given: &Bound<'_, PyTuple>) -> PyResult<Vec<Tensor>> {
    let one = match given.len() {
        1 => Some(given.get_item(0)?),
        _ => None,
    };
    let items = match one {
        Some(one) if one.is_instance_of::<PyList>() || one.is_instance_of::<PyTuple>() => one,
        _ => given.clone().into_any(),
    };
    sequence(&items)
}

/// The tensors of a sequence.
fn sequence(items: &Bound<'_, PyAny>) -> PyResult<Vec<Tensor>> {
    gather(items.try_iter()?, items.len().ok(), |item| tensor(&item, "asarray"))
}

/// At least `ndim` axes, as NumPy adds them: rows first, then pages behind.
fn at_least(tensor: &Tensor, ndim: usize) -> Result<Tensor> {
    match (tensor.ndim(), ndim) {
        (have, want) if have >= want => Ok(tensor.clone()),
        (0, _) => views::expand_dims(tensor, &(0..ndim as isize).collect::<Vec<_>>()),
        (1, 2) => views::expand_dims(tensor, &[0]),
        (1, _) => views::expand_dims(tensor, &[0, 2]),
        _ => views::expand_dims(tensor, &[2]),
    }
}

fn joined(
    py: Python<'_>,
    tensors: &[Tensor],
    axis: isize,
    shape: impl Fn(&Tensor) -> Result<Tensor> + Sync,
) -> PyResult<PyTensor> {
    let bytes = tensors.iter().map(Tensor::nbytes).fold(0, usize::saturating_add);
    enter_detached(py, bytes, || {
        let shaped = tensors.iter().map(&shape).collect::<Result<Vec<_>>>()?;
        ops::concatenate(&shaped, Some(axis))
    })
    .map(PyTensor::new)
}

/// The `tensors` of a sequence side by side: vectors end to end, others along axis 1. Fresh memory.
#[pyfunction]
#[pyo3(signature = (tensors, /))]
fn hstack(py: Python<'_>, tensors: &Bound<'_, PyAny>) -> PyResult<PyTensor> {
    let tensors = sequence(tensors)?;
    let axis = isize::from(tensors.first().is_some_and(|tensor| tensor.ndim() > 1));
    joined(py, &tensors, axis, |tensor| at_least(tensor, 1))
}

/// The `tensors` of a sequence below each other, vectors as rows. Fresh memory.
#[pyfunction]
#[pyo3(signature = (tensors, /))]
fn vstack(py: Python<'_>, tensors: &Bound<'_, PyAny>) -> PyResult<PyTensor> {
    joined(py, &sequence(tensors)?, 0, |tensor| at_least(tensor, 2))
}

/// The `tensors` of a sequence behind each other, along axis 2. Fresh memory.
#[pyfunction]
#[pyo3(signature = (tensors, /))]
fn dstack(py: Python<'_>, tensors: &Bound<'_, PyAny>) -> PyResult<PyTensor> {
    joined(py, &sequence(tensors)?, 2, |tensor| at_least(tensor, 3))
}

/// The `tensors` of a sequence side by side, vectors and numbers as columns. Fresh memory.
#[pyfunction]
#[pyo3(signature = (tensors, /))]
fn column_stack(py: Python<'_>, tensors: &Bound<'_, PyAny>) -> PyResult<PyTensor> {
    joined(py, &sequence(tensors)?, 1, |tensor| match tensor.ndim() {
        0 => views::expand_dims(tensor, &[0, 1]),
        1 => views::expand_dims(tensor, &[1]),
        _ => Ok(tensor.clone()),
    })
}

fn widened<'py>(tensors: &Bound<'py, PyTuple>, ndim: usize) -> PyResult<Bound<'py, PyAny>> {
    let py = tensors.py();
    let single = tensors.len() == 1 && !tensors.get_item(0)?.is_instance_of::<PyTuple>();
    let given = if single { sequence(tensors.as_any())? } else { all(tensors)? };
    let wide = given
        .iter()
        .map(|tensor| at_least(tensor, ndim).map(PyTensor::new))
        .collect::<Result<Vec<_>>>()
        .or_raise(py)?;
    let wide = PyTuple::new(py, wide)?;
    if single { wide.get_item(0) } else { Ok(wide.into_any()) }
}

/// A view of each of `tensors` with at least one axis; of several, a tuple.
#[pyfunction]
#[pyo3(signature = (*tensors))]
fn atleast_1d<'py>(tensors: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    widened(tensors, 1)
}

/// A view of each of `tensors` with at least two axes, vectors as rows; of several, a tuple.
#[pyfunction]
#[pyo3(signature = (*tensors))]
fn atleast_2d<'py>(tensors: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    widened(tensors, 2)
}

/// A view of each of `tensors` with at least three axes; of several, a tuple.
#[pyfunction]
#[pyo3(signature = (*tensors))]
fn atleast_3d<'py>(tensors: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    widened(tensors, 3)
}

/// A quarter turn, `k` times, in the plane of two axes, `dims` (NumPy's `axes`): a view.
#[pyfunction]
#[pyo3(signature = (x, k=1, dims=None, *, axes=None), text_signature = "(x, k=1, dims=(0, 1), *, axes=None)")]
fn rot90(
    py: Python<'_>,
    x: Source,
    k: isize,
    dims: Option<Ints>,
    axes: Option<Ints>,
) -> PyResult<PyTensor> {
    let axes = either("rot90", dims, axes)?.unwrap_or_else(|| Ints::from([0, 1]));
    let x = x.0.tensor();
    enter(py, || {
        let &[a, b] = &*axes else {
            return Err(tensorbridge::Error::value(format!(
                "rot90 turns in the plane of two axes, and got {}",
                axes.len()
            )));
        };
        // Also refuses one axis named twice.
        let both = views::flip(x, &[a, b])?;
        match k.rem_euclid(4) {
            0 => Ok(x.clone()),
            1 => views::swap_axes(&views::flip(x, &[b])?, a, b),
            2 => Ok(both),
            _ => views::flip(&views::swap_axes(x, a, b)?, &[b]),
        }
    })
    .map(PyTensor::new)
}

/// Pieces along `axis`, whose sizes differ by at most one: a tuple of views.
///
/// `indices_or_sections`: their number, or a list of the places between them. PyTorch's
/// `tensor_split`.
#[pyfunction]
#[pyo3(signature = (x, indices_or_sections, axis=0))]
fn array_split<'py>(
    py: Python<'py>,
    x: Source,
    indices_or_sections: OneOrMany,
    axis: isize,
) -> PyResult<Bound<'py, PyTuple>> {
    x.0.tensor_split(py, indices_or_sections, axis)
}

/// Every row that takes one element of each of the vectors `tensors`, the last changing fastest: a
/// fresh matrix; of one vector, itself.
#[pyfunction]
#[pyo3(signature = (*tensors))]
fn cartesian_prod(tensors: &Bound<'_, PyTuple>) -> PyResult<PyTensor> {
    let given = all(tensors)?;
    enter_detached(tensors.py(), usize::MAX, || ops::cartesian_product(&given)).map(PyTensor::new)
}

/// The matrix with `tensors` on its diagonal, one after the other, and zeros elsewhere: matrices,
/// vectors as rows, numbers. Fresh memory, of the promoted dtype.
#[pyfunction]
#[pyo3(signature = (*tensors))]
fn block_diag(tensors: &Bound<'_, PyTuple>) -> PyResult<PyTensor> {
    let given = all(tensors)?;
    enter_detached(tensors.py(), usize::MAX, || ops::block_diagonal(&given)).map(PyTensor::new)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    macro_rules! add {
        ($($name:ident)+) => {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
        };
    }
    add! {
        hstack vstack dstack column_stack atleast_1d atleast_2d atleast_3d rot90 array_split
        cartesian_prod block_diag
    }
    module.add("row_stack", module.getattr("vstack")?)
}
