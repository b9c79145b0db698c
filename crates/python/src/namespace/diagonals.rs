//! `diag`: a matrix of a vector, and the vector of a matrix.

use pyo3::prelude::*;
use tensorbridge::exchange::Reason;
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
    /// As `tensorbridge.diag`.
    #[pyo3(signature = (diagonal=0))]
    fn diag(&self, py: Python<'_>, diagonal: isize) -> PyResult<Self> {
        enter(py, || diagonal_of(self.tensor(), diagonal)).map(Self::new)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(diag, module)?)
}
