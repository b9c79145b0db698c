//! PyTorch's products with a sum: `beta * input + alpha * (a @ b)`.

use pyo3::prelude::*;
use tensorbridge::op::{Binary, Reduce};
use tensorbridge::ops::linalg::outer;
use tensorbridge::ops::{Operand, Reduction, binary, matmul, reduce};
use tensorbridge::{Dims, Error, Result, Scalar, Tensor, ops};

use super::{compute, deliver};
use crate::operand::{Argument, Out, number};
use crate::tensor::PyTensor;

/// What is added to the input.
#[derive(Clone, Copy)]
enum Product {
    Matrices,
    Vector,
    Batches,
    BatchesSummed,
    Outer,
}

impl Product {
    fn of(self, a: &Tensor, b: &Tensor) -> Result<Tensor> {
        let (name, axes) = match self {
            Self::Matrices => ("addmm", [2, 2]),
            Self::Vector => ("addmv", [2, 1]),
            Self::Batches => ("baddbmm", [3, 3]),
            Self::BatchesSummed => ("addbmm", [3, 3]),
            Self::Outer => ("addr", [1, 1]),
        };
        for ((place, tensor), ndim) in [("first", a), ("second", b)].into_iter().zip(axes) {
            if tensor.ndim() != ndim {
                return Err(Error::shape(format!(
                    "{name}: the {place} factor must have {ndim} axes, and has shape {:?}",
                    tensor.shape()
                )));
            }
        }
        match self {
            Self::Outer => outer(a, b),
            Self::BatchesSummed => {
                let axes = Some(Dims::from_slice(&[0]));
                let product = matmul(a, b)?;
                let dtype = Some(product.dtype()).filter(|dtype| !dtype.is_bool());
                let op = if dtype.is_some() { Reduce::Sum } else { Reduce::Any };
                reduce(Reduction { op, axes, keepdims: false, dtype }, &product)
            }
            _ => matmul(a, b),
        }
    }

    /// `beta * input + alpha * product`; where `beta` is 0, `input` does not count at all.
    fn added(
        self,
        input: &Tensor,
        [a, b]: [&Tensor; 2],
        beta: Scalar,
        alpha: Scalar,
    ) -> Result<Tensor> {
        let is = |scalar: Scalar, value: f64| scalar.rank() < 3 && scalar.cast::<f64>() == value;
        let mut product = self.of(a, b)?;
        if !is(alpha, 1.0) {
            product = binary(Binary::Multiply, &product, alpha)?;
        }
        if is(beta, 0.0) {
            return Ok(product);
        }
        let mut addend = Operand::from(input);
        if !is(beta, 1.0) {
            addend = binary(Binary::Multiply, input, beta)?.into();
        }
        let sum = binary(Binary::Add, addend, &product)?;
        if sum.shape() == product.shape() {
            return Ok(sum);
        }
        Err(Error::shape(format!(
            "the input of shape {:?} does not broadcast to the product's shape {:?}",
            input.shape(),
            product.shape()
        )))
    }
}

fn factor(given: Option<&Bound<'_, PyAny>>, name: &str) -> PyResult<Scalar> {
    given.map_or(Ok(Scalar::Int(1)), |given| number(given, name))
}

/// Functions, methods and methods in place.
macro_rules! sums {
    ($($(#[doc = $doc:literal])+ $name:ident $in_place:ident $left:ident $right:ident = $product:ident;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// The factors are `beta` and `alpha`, 1 if `None`; where `beta` is 0, `input` does not
            /// count. `out` receives the result. Raises `ShapeError` where shapes do not fit.
            #[pyfunction]
            #[pyo3(signature = (input, $left, $right, *, beta=None, alpha=None, out=None))]
            fn $name<'py>(
                py: Python<'py>,
                input: Argument<'_>,
                $left: Argument<'_>,
                $right: Argument<'_>,
                beta: Option<&Bound<'py, PyAny>>,
                alpha: Option<&Bound<'py, PyAny>>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let (beta, alpha) = (factor(beta, "beta")?, factor(alpha, "alpha")?);
                let (input, a, b) = (input.tensor(py)?, $left.tensor(py)?, $right.tensor(py)?);
                deliver(py, &[&input, &a, &b], out, || {
                    Product::$product.added(&input, [&a, &b], beta, alpha)
                })
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            $(#[doc = $doc])+
            ///
            /// The factors are `beta` and `alpha`, 1 if `None`; the tensor is `input`.
            #[pyo3(signature = ($left, $right, *, beta=None, alpha=None))]
            fn $name(
                &self,
                py: Python<'_>,
                $left: Argument<'_>,
                $right: Argument<'_>,
                beta: Option<&Bound<'_, PyAny>>,
                alpha: Option<&Bound<'_, PyAny>>,
            ) -> PyResult<Self> {
                let (beta, alpha) = (factor(beta, "beta")?, factor(alpha, "alpha")?);
                let (a, b) = ($left.tensor(py)?, $right.tensor(py)?);
                compute(py, &[self.tensor(), &a, &b], || {
                    Product::$product.added(self.tensor(), [&a, &b], beta, alpha)
                })
                .map(Self::new)
            }

            $(#[doc = $doc])+
            ///
            /// The factors are `beta` and `alpha`, 1 if `None`; writes into this tensor, which is
            /// `input`, and returns it.
            #[pyo3(signature = ($left, $right, *, beta=None, alpha=None))]
            fn $in_place<'py>(
                slf: Bound<'py, Self>,
                $left: Argument<'_>,
                $right: Argument<'_>,
                beta: Option<&Bound<'py, PyAny>>,
                alpha: Option<&Bound<'py, PyAny>>,
            ) -> PyResult<Bound<'py, Self>> {
                let py = slf.py();
                let (beta, alpha) = (factor(beta, "beta")?, factor(alpha, "alpha")?);
                let (a, b) = ($left.tensor(py)?, $right.tensor(py)?);
                let tensor = slf.get().tensor();
                compute(py, &[tensor, &a, &b], || {
                    let sum = Product::$product.added(tensor, [&a, &b], beta, alpha)?;
                    ops::place(tensor, &sum, stringify!($name))
                })?;
                Ok(slf)
            }
        )+}

        pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

sums! {
    /// `beta * input + alpha * (mat1 @ mat2)` of matrices.
    addmm addmm_ mat1 mat2 = Matrices;
    /// `beta * input + alpha * (mat @ vec)` of a matrix and a vector.
    addmv addmv_ mat vec = Vector;
    /// `beta * input + alpha * (batch1 @ batch2)` of batches of matrices.
    baddbmm baddbmm_ batch1 batch2 = Batches;
    /// `beta * input + alpha * sum(batch1 @ batch2)`, summed up over the batch.
    addbmm addbmm_ batch1 batch2 = BatchesSummed;
    /// `beta * input + alpha * outer(vec1, vec2)` of vectors.
    addr addr_ vec1 vec2 = Outer;
}
