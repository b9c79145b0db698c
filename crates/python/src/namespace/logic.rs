//! Truth and choice: `logical_*`, `where`, `clip`.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use tensorbridge::op::{Binary, Compare, Unary};
use tensorbridge::ops::{self, Operand, Operation};
use tensorbridge::{Result, Scalar, Tensor};

use super::elementwise::{call, fresh};
use crate::enter::{enter, enter_detached};
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;
use crate::tensor::operators::{run, weight};

/// Whether each element is other than 0, as a `bool` tensor.
fn truth(operand: Operand<'_>) -> Result<Tensor> {
    match operand {
        Operand::Tensor(tensor) if tensor.dtype().is_bool() => Ok(tensor.into_owned()),
        other => ops::compare(Compare::NotEqual, other, Scalar::Bool(false)),
    }
}

/// Logical operations on the truth of their operands.
macro_rules! logical {
    ($($(#[doc = $doc:literal])+ $name:ident $in_place:ident $op:ident;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// Elements of any dtype are true when they are not 0. The result is `bool`; `out`
            /// receives it.
            #[pyfunction]
            #[pyo3(signature = (x1, x2, /, *, out=None))]
            fn $name<'py>(
                py: Python<'py>,
                x1: Argument,
                x2: Argument,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let inputs = [enter(py, || truth(x1.0))?, enter(py, || truth(x2.0))?];
                call(py, Operation::Binary(Binary::$op), &inputs.map(Operand::from), out)
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            $(#[doc = $doc])+
            fn $name(&self, py: Python<'_>, other: Argument) -> PyResult<Self> {
                let this = Operand::from(self.tensor());
                let inputs = [enter(py, || truth(this))?, enter(py, || truth(other.0))?];
                let inputs = inputs.map(Operand::from);
                run(py, Operation::Binary(Binary::$op), &inputs, None).map(Self::new)
            }

            $(#[doc = $doc])+
            ///
            /// Writes 0 and 1 into this tensor, whose dtype and memory stay, and returns it.
            fn $in_place<'py>(slf: Bound<'py, Self>, other: Argument) -> PyResult<Bound<'py, Self>> {
                let (py, this) = (slf.py(), slf.get().tensor());
                let inputs = [enter(py, || truth(this.into()))?, enter(py, || truth(other.0))?];
                run(py, Operation::Binary(Binary::$op), &inputs.map(Operand::from), Some(this))?;
                Ok(slf)
            }
        )+}

        fn register_logical(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

logical! {
    /// Whether both elements are true.
    logical_and logical_and_ BitwiseAnd;
    /// Whether at least one element is true.
    logical_or logical_or_ BitwiseOr;
    /// Whether exactly one element is true.
    logical_xor logical_xor_ BitwiseXor;
}

/// Whether each element is 0, as a `bool` tensor. `out` receives the result.
#[pyfunction]
#[pyo3(signature = (x, /, *, out=None))]
fn logical_not<'py>(
    py: Python<'py>,
    x: Argument,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let truth = enter(py, || truth(x.0))?;
    call(py, Operation::Unary(Unary::Invert), &[truth.into()], out)
}

/// `x1` where `condition` is true, else `x2`; without both, the indices where it is true.
///
/// `condition` is `bool`; all three are broadcast, the two choices promoted. `out` receives the
/// result.
#[pyfunction(name = "where")]
#[pyo3(signature = (condition, x1=None, x2=None, /, *, out=None))]
fn select<'py>(
    py: Python<'py>,
    condition: Argument,
    x1: Option<Argument>,
    x2: Option<Argument>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    match (x1, x2) {
        (Some(x1), Some(x2)) => call(py, Operation::Select, &[condition.0, x1.0, x2.0], out),
        (None, None) if out.is_none() => fresh(py, condition.tensor(py)?)?.call_method0("nonzero"),
        _ => Err(PyTypeError::new_err(
            "where() takes a condition alone, or a condition and two choices",
        )),
    }
}

/// Limits each element to the range from `min` to `max`; `None` stands for no limit.
///
/// The result has the dtype of `x`, unless a limit is of a higher kind. `out` receives it.
#[pyfunction]
#[pyo3(signature = (x, /, min=None, max=None, *, out=None))]
fn clip<'py>(
    py: Python<'py>,
    x: Argument,
    min: Option<Argument>,
    max: Option<Argument>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let result = limited(py, x.0, min, max, out.as_ref().map(|out| &out.tensor))?;
    match out {
        Some(out) => Ok(out.into_object()),
        None => fresh(py, result),
    }
}

fn limited(
    py: Python<'_>,
    x: Operand,
    min: Option<Argument>,
    max: Option<Argument>,
    out: Option<&Tensor>,
) -> PyResult<Tensor> {
    let (min, max) = (min.map(|min| min.0), max.map(|max| max.0));
    enter_detached(py, weight(&x), || ops::clip(x, min, max, out))
}

#[pymethods]
impl PyTensor {
    /// Whether each element is 0, as a `bool` tensor.
    fn logical_not(&self, py: Python<'_>) -> PyResult<Self> {
        let truth = enter(py, || truth(Operand::from(self.tensor())))?;
        run(py, Operation::Unary(Unary::Invert), &[truth.into()], None).map(Self::new)
    }

    /// Whether each element is 0: writes 0 and 1 into this tensor, whose dtype and memory stay,
    /// and returns it.
    fn logical_not_(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        let (py, this) = (slf.py(), slf.get().tensor());
        let truth = enter(py, || truth(this.into()))?;
        run(py, Operation::Unary(Unary::Invert), &[truth.into()], Some(this))?;
        Ok(slf)
    }

    /// `self` where `condition` is true, else `other`.
    fn r#where(&self, py: Python<'_>, condition: Argument, other: Argument) -> PyResult<Self> {
        let inputs = [condition.0, Operand::from(self.tensor()), other.0];
        run(py, Operation::Select, &inputs, None).map(Self::new)
    }

    /// Limits each element to the range from `min` to `max`; `None` stands for no limit.
    #[pyo3(signature = (min=None, max=None))]
    fn clip(&self, py: Python<'_>, min: Option<Argument>, max: Option<Argument>) -> PyResult<Self> {
        limited(py, self.tensor().into(), min, max, None).map(Self::new)
    }

    /// Limits each element to the range from `min` to `max`, in place.
    #[pyo3(signature = (min=None, max=None))]
    fn clip_<'py>(
        slf: Bound<'py, Self>,
        min: Option<Argument>,
        max: Option<Argument>,
    ) -> PyResult<Bound<'py, Self>> {
        let this = slf.get().tensor();
        limited(slf.py(), this.into(), min, max, Some(this))?;
        Ok(slf)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_logical(module)?;
    module.add_function(wrap_pyfunction!(logical_not, module)?)?;
    module.add_function(wrap_pyfunction!(select, module)?)?;
    module.add_function(wrap_pyfunction!(clip, module)?)?;
    let class = module.py().get_type::<PyTensor>();
    module.add("clamp", module.getattr("clip")?)?;
    class.setattr("clamp", class.getattr("clip")?)?;
    class.setattr("clamp_", class.getattr("clip_")?)
}
