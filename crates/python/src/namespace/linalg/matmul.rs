//! The matrix product, and its names for fixed numbers of axes.

use pyo3::prelude::*;
use tensorbridge::ops::Operation;
use tensorbridge::{Error, Result, Tensor};

use crate::enter::enter;
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;
use crate::tensor::operators::run;

/// How many axes the factors of each named product have.
fn check(name: &str, a: &Tensor, b: &Tensor, [left, right]: [usize; 2]) -> Result<()> {
    for (place, tensor, ndim) in [("first", a, left), ("second", b, right)] {
        if tensor.ndim() != ndim {
            return Err(Error::shape(format!(
                "{name}: the {place} factor must have {ndim} axes, and has shape {:?}",
                tensor.shape()
            ))
            .hint("`matmul` multiplies tensors of any number of axes"));
        }
    }
    match name {
        "bmm" if a.shape()[0] != b.shape()[0] => Err(Error::shape(format!(
            "bmm: {} matrices times {} matrices: both batches must be of one size",
            a.shape()[0],
            b.shape()[0]
        ))),
        _ => Ok(()),
    }
}

/// The products with a fixed number of axes, as functions and methods.
macro_rules! products {
    ($($(#[doc = $doc:literal])+ $name:ident $ndim:expr;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// `out` receives the result. Raises `ShapeError` for other numbers of axes and for
            /// lengths that do not fit.
            #[pyfunction]
            #[pyo3(signature = (x1, x2, /, *, out=None))]
            fn $name<'py>(
                py: Python<'py>,
                x1: Argument<'_>,
                x2: Argument<'_>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let (a, b) = (x1.tensor(py)?, x2.tensor(py)?);
                enter(py, || check(stringify!($name), &a, &b, $ndim))?;
                product(py, a, b, out)
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            $(#[doc = $doc])+
            fn $name(&self, py: Python<'_>, other: Argument<'_>) -> PyResult<Self> {
                let other = other.tensor(py)?;
                enter(py, || check(stringify!($name), self.tensor(), &other, $ndim))?;
                let inputs = [self.tensor().into(), other.into()];
                run(py, Operation::Matmul, &inputs, None).map(Self::new)
            }
        )+}

        fn register_products(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

products! {
    /// The product of two matrices.
    mm [2, 2];
    /// The products of two batches of matrices, pair by pair.
    bmm [3, 3];
    /// The product of a matrix and a vector.
    mv [2, 1];
    /// The sum of the products of two vectors' elements.
    dot [1, 1];
}

fn product<'py>(
    py: Python<'py>,
    a: Tensor,
    b: Tensor,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let inputs = [a.into(), b.into()];
    let result = run(py, Operation::Matmul, &inputs, out.as_ref().map(|out| &out.tensor))?;
    match out {
        Some(out) => Ok(out.into_object()),
        None => Ok(PyTensor::new(result).into_pyobject(py)?.into_any()),
    }
}

/// The matrix product.
///
/// A vector stands for a row on the left and for a column on the right; axes before the last two
/// are broadcast. `out` receives the result. Raises `ShapeError` where lengths do not fit or a
/// factor has no axes.
#[pyfunction]
#[pyo3(signature = (x1, x2, /, *, out=None))]
fn matmul<'py>(
    py: Python<'py>,
    x1: Argument<'_>,
    x2: Argument<'_>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    product(py, x1.tensor(py)?, x2.tensor(py)?, out)
}

#[pymethods]
impl PyTensor {
    /// The matrix product with `other`; see the function `matmul`.
    fn matmul(&self, py: Python<'_>, other: Argument<'_>) -> PyResult<Self> {
        let inputs = [self.tensor().into(), other.0];
        run(py, Operation::Matmul, &inputs, None).map(Self::new)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_products(module)?;
    module.add_function(wrap_pyfunction!(matmul, module)?)
}
