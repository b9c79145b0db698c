//! Questions about single numbers, answered in `bool`.

use pyo3::prelude::*;
use tensorbridge::op::Unary;
use tensorbridge::ops::{Operand, Operation};

use super::elementwise::call;
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;
use crate::tensor::operators::run;

/// Functions and methods whose result is `bool`.
macro_rules! questions {
    ($($(#[doc = $doc:literal])+ $name:ident = $op:ident;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// `x` is a tensor, an ndarray or a number. The result is `bool`; `out` receives it.
            #[pyfunction]
            #[pyo3(signature = (x, /, *, out=None))]
            fn $name<'py>(
                py: Python<'py>,
                x: Argument,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                call(py, Operation::Unary(Unary::$op), &[x.0], out)
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            $(#[doc = $doc])+
            fn $name(&self, py: Python<'_>) -> PyResult<Self> {
                let inputs = [Operand::from(self.tensor())];
                run(py, Operation::Unary(Unary::$op), &inputs, None).map(Self::new)
            }
        )+}

        pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

questions! {
    /// Whether the sign bit is set: of numbers below 0, of -0.0, and of NaNs that carry it.
    signbit = SignBit;
    /// Whether each element is NaN; of a complex number, whether a part is.
    isnan = IsNan;
    /// Whether each element is an infinity; of a complex number, whether a part is.
    isinf = IsInf;
    /// Whether each element is neither NaN nor an infinity; of a complex number, both its parts.
    isfinite = IsFinite;
}
