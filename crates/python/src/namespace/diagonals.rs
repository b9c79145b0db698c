//! `diag`: a matrix of a vector, and the vector of a matrix.

use pyo3::prelude::*;
use tensorbridge::exchange::Reason;
use tensorbridge::layout::normalize_axis;
use tensorbridge::ops::{creation, views};
use tensorbridge::{Error, Result, Scalar, Tensor, transfer};

use crate::arguments::Source;
use crate::enter::enter;
use crate::tensor::PyTensor;

fn diagonal_of(tensor: &Tensor, offset: isize) -> Result<Tensor> {
    match *tensor.shape() {
        [length] => {
            let side = length + offset.unsigned_abs();
            let zero = Scalar::Bool(false);
            let matrix = creation::full(&[side, side], zero, tensor.dtype(), tensor.device())?;
            transfer::copy_into(&views::diagonal(&matrix, offset, 0, 1)?, tensor, "diag")?;
            Ok(matrix)
        }
        [_, _] => {
            let diagonal = views::diagonal(tensor, offset, 0, 1)?;
            transfer::clone_dense(&diagonal, "diag", Reason::Requested)
        }
        _ => {
            Err(Error::shape(format!("diag(): Supports 1D or 2D tensors. Got {}D", tensor.ndim()))
                .hint("`tb.diagonal` takes the diagonals of many matrices"))
        }
    }
}

/// The lines of `tensor`'s last axis as diagonals of matrices in the axes `first` and `second`.
fn embedded(tensor: &Tensor, offset: isize, first: isize, second: isize) -> Result<Tensor> {
    let Some((&length, others)) = tensor.shape().split_last() else {
        return Err(Error::shape("diag_embed: a tensor without axes has no diagonal"));
    };
    let ndim = tensor.ndim() + 1;
    let (first, second) = (normalize_axis(first, ndim)?, normalize_axis(second, ndim)?);
    if first == second {
        return Err(Error::value(format!(
            "diag_embed: the two axes of a matrix must differ, and both are {first}"
        )));
    }
    let side = length.saturating_add(offset.unsigned_abs());
    let mut others = others.iter().copied();
    let shape: Vec<usize> = (0..ndim)
        .map(|axis| if axis == first || axis == second { side } else { others.next().unwrap_or(1) })
        .collect();
    let matrices = creation::full(&shape, Scalar::Bool(false), tensor.dtype(), tensor.device())?;
    let diagonal = views::diagonal(&matrices, offset, first as isize, second as isize)?;
    transfer::place(&diagonal, tensor, "diag_embed")?;
    Ok(matrices)
}

/// Matrices with the lines of `x` along its last axis on a diagonal, and zeros elsewhere.
///
/// `offset` counts from the main diagonal, upwards; `dim1` and `dim2` are the matrices' axes in the
/// result, the last two by default. Fresh memory. Raises `IndexError` for axes that are not there,
/// `ValueError` where both are one.
#[pyfunction]
#[pyo3(signature = (x, /, offset=0, dim1=-2, dim2=-1), text_signature = "(x, /, offset=0, dim1=-2, dim2=-1)")]
fn diag_embed(
    py: Python<'_>,
    x: Source,
    offset: isize,
    dim1: isize,
    dim2: isize,
) -> PyResult<PyTensor> {
    enter(py, || embedded(x.0.tensor(), offset, dim1, dim2)).map(PyTensor::new)
}

/// The square matrix with the vector `x` on a diagonal, or a diagonal of the matrix `x`.
///
/// `diagonal` counts from the main one, upwards. The result is fresh memory; `tb.diagonal` gives
/// a view. Raises `ShapeError` unless `x` has one axis or two.
#[pyfunction]
#[pyo3(signature = (x, diagonal=0))]
fn diag(py: Python<'_>, x: Source, diagonal: isize) -> PyResult<PyTensor> {
    x.0.diag(py, diagonal)
}

#[pymethods]
impl PyTensor {
    /// As `tensorbridge.diag_embed`.
    #[pyo3(signature = (offset=0, dim1=-2, dim2=-1), text_signature = "(self, offset=0, dim1=-2, dim2=-1)")]
    fn diag_embed(
        &self,
        py: Python<'_>,
        offset: isize,
        dim1: isize,
        dim2: isize,
    ) -> PyResult<Self> {
        enter(py, || embedded(self.tensor(), offset, dim1, dim2)).map(Self::new)
    }

    /// As `tensorbridge.diag`.
    #[pyo3(signature = (diagonal=0))]
    fn diag(&self, py: Python<'_>, diagonal: isize) -> PyResult<Self> {
        enter(py, || diagonal_of(self.tensor(), diagonal)).map(Self::new)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(diag_embed, module)?)?;
    module.add_function(wrap_pyfunction!(diag, module)?)
}
