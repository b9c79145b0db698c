//! Functions of three tensors: sums with products and quotients, and points between two.

use pyo3::prelude::*;
use tensorbridge::op::Ternary;
use tensorbridge::ops::{Operand, Operation};

use super::elementwise::{call, scaled};
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;
use crate::tensor::operators::run;

/// Functions, methods and in-place methods of `input + value * (a op b)`.
macro_rules! sums {
    ($($(#[doc = $doc:literal])+ $name:ident $in_place:ident = $op:ident;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// Takes tensors, ndarrays and numbers, which are broadcast and promoted together;
            /// `value` is a number. `out` receives the result, if its dtype is of no lower kind.
            #[pyfunction]
            #[pyo3(signature = (input, tensor1, tensor2, *, value=None, out=None))]
            fn $name<'py>(
                py: Python<'py>,
                input: Argument,
                tensor1: Argument,
                tensor2: Argument,
                value: Option<&Bound<'py, PyAny>>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let inputs = [input.0, scaled(py, tensor1.0, value, "value")?, tensor2.0];
                call(py, Operation::Ternary(Ternary::$op), &inputs, out)
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            #[doc = concat!("As the function `tensorbridge.", stringify!($name), "`, with its `tensor1`, `tensor2` and `value`.")]
            #[pyo3(signature = (tensor1, tensor2, *, value=None))]
            fn $name(
                &self,
                py: Python<'_>,
                tensor1: Argument,
                tensor2: Argument,
                value: Option<&Bound<'_, PyAny>>,
            ) -> PyResult<Self> {
                let tensor1 = scaled(py, tensor1.0, value, "value")?;
                let inputs = [Operand::from(self.tensor()), tensor1, tensor2.0];
                run(py, Operation::Ternary(Ternary::$op), &inputs, None).map(Self::new)
            }

            #[doc = concat!("As `", stringify!($name), "`, with its `tensor1`, `tensor2` and `value`, but writes into this tensor and returns it.")]
            #[pyo3(signature = (tensor1, tensor2, *, value=None))]
            fn $in_place<'py>(
                slf: Bound<'py, Self>,
                tensor1: Argument,
                tensor2: Argument,
                value: Option<&Bound<'py, PyAny>>,
            ) -> PyResult<Bound<'py, Self>> {
                let (py, this) = (slf.py(), slf.get().tensor());
                let inputs = [this.into(), scaled(py, tensor1.0, value, "value")?, tensor2.0];
                run(py, Operation::Ternary(Ternary::$op), &inputs, Some(this))?;
                Ok(slf)
            }
        )+}

        fn register_sums(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

sums! {
    /// `input + value * tensor1 * tensor2`, in one pass where there is no `value`.
    addcmul addcmul_ = AddProduct;
    /// `input + value * tensor1 / tensor2`, in one pass where there is no `value`; integers become
    /// the default dtype.
    addcdiv addcdiv_ = AddQuotient;
}

/// `input + weight * (end - input)`: `input` itself where `weight` is 0, `end` where it is 1.
///
/// Takes tensors, ndarrays and numbers, which are broadcast and promoted together; integers
/// become the default dtype. `out` receives the result, if its dtype is of no lower kind.
#[pyfunction]
#[pyo3(signature = (input, end, weight, *, out=None))]
fn lerp<'py>(
    py: Python<'py>,
    input: Argument,
    end: Argument,
    weight: Argument,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    call(py, Operation::Ternary(Ternary::Lerp), &[input.0, end.0, weight.0], out)
}

#[pymethods]
impl PyTensor {
    /// As the function `tensorbridge.lerp`, from this tensor to `end` by `weight`.
    fn lerp(&self, py: Python<'_>, end: Argument, weight: Argument) -> PyResult<Self> {
        let inputs = [Operand::from(self.tensor()), end.0, weight.0];
        run(py, Operation::Ternary(Ternary::Lerp), &inputs, None).map(Self::new)
    }

    /// As `lerp`, with its `end` and `weight`, but writes into this tensor and returns it.
    fn lerp_<'py>(
        slf: Bound<'py, Self>,
        end: Argument,
        weight: Argument,
    ) -> PyResult<Bound<'py, Self>> {
        let this = slf.get().tensor();
        let inputs = [this.into(), end.0, weight.0];
        run(slf.py(), Operation::Ternary(Ternary::Lerp), &inputs, Some(this))?;
        Ok(slf)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_sums(module)?;
    module.add_function(wrap_pyfunction!(lerp, module)?)
}
