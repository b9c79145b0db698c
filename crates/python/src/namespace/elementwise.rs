//! The elementwise functions and the methods of the same names: one table, both forms.

use pyo3::prelude::*;
use tensorbridge::op::{Binary, Compare, Unary};
use tensorbridge::ops::{Operand, Operation};
use tensorbridge::{Error, Result, Scalar, Tensor};

use super::tables::{binary, unary};
use crate::enter::enter;
use crate::front::front;
use crate::operand::{self, Argument, Out};
use crate::tensor::PyTensor;
use crate::tensor::operators::run;

/// Runs an operation as a function: into `out`, which is then returned as given, or fresh.
pub(super) fn call<'py>(
    py: Python<'py>,
    operation: Operation,
    inputs: &[Operand<'_>],
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let result = run(py, operation, inputs, out.as_ref().map(|out| &out.tensor))?;
    match out {
        Some(out) => Ok(out.into_object()),
        None => fresh(py, result),
    }
}

/// A plain call of an operation on two tensors or numbers, for a front.
pub(super) fn plain_binary<'py>(
    py: Python<'py>,
    operation: Operation,
    [x1, x2]: [Borrowed<'_, 'py, PyAny>; 2],
) -> Option<PyResult<Bound<'py, PyAny>>> {
    let inputs = [operand::plain(x1)?, operand::plain(x2)?];
    Some(call(py, operation, &inputs, None))
}

/// As [`plain_binary`], on one.
pub(super) fn plain_unary<'py>(
    py: Python<'py>,
    op: Unary,
    [x]: [Borrowed<'_, 'py, PyAny>; 1],
) -> Option<PyResult<Bound<'py, PyAny>>> {
    Some(call(py, Operation::Unary(op), &[operand::plain(x)?], None))
}

pub(super) fn fresh(py: Python<'_>, tensor: Tensor) -> PyResult<Bound<'_, PyAny>> {
    Ok(PyTensor::new(tensor).into_pyobject(py)?.into_any())
}

/// Runs an operation as a method with a trailing underscore: into the tensor itself.
pub(super) fn in_place<'py>(
    slf: Bound<'py, PyTensor>,
    operation: Operation,
    other: Option<Operand<'_>>,
) -> PyResult<Bound<'py, PyTensor>> {
    let py = slf.py();
    let tensor = slf.get().tensor();
    let this = Operand::from(tensor);
    match other {
        Some(other) => run(py, operation, &[this, other], Some(tensor))?,
        None => run(py, operation, &[this], Some(tensor))?,
    };
    Ok(slf)
}

/// `other * alpha`, without giving a Python number a dtype; `name` is what the number is called.
pub(super) fn scaled<'a>(
    py: Python<'_>,
    other: Operand<'a>,
    alpha: Option<&Bound<'_, PyAny>>,
    name: &str,
) -> PyResult<Operand<'a>> {
    let Some(alpha) = alpha else { return Ok(other) };
    let alpha = operand::number(alpha, name)?;
    match other {
        Operand::Tensor(_) => {
            let inputs = [other, Operand::PythonScalar(alpha)];
            run(py, Operation::Binary(Binary::Multiply), &inputs, None).map(Operand::from)
        }
        Operand::PythonScalar(other) => enter(py, || product(other, alpha)).map(Operand::from),
    }
}

fn product(a: Scalar, b: Scalar) -> Result<Scalar> {
    let integer = |scalar| match scalar {
        Scalar::Bool(value) => Some(i128::from(value)),
        Scalar::Int(value) => Some(value),
        _ => None,
    };
    Ok(match (integer(a), integer(b)) {
        (Some(a), Some(b)) => Scalar::Int(
            a.checked_mul(b).ok_or_else(|| Error::overflow(format!("{a} * {b} is too large")))?,
        ),
        _ if a.rank().max(b.rank()) == 3 => Scalar::Complex(
            a.cast::<tensorbridge::dtype::Complex64>() * b.cast::<tensorbridge::dtype::Complex64>(),
        ),
        _ => Scalar::Float(a.cast::<f64>() * b.cast::<f64>()),
    })
}

binary! {
    /// `x1 * x2`
    multiply multiply_ = Operation::Binary(Binary::Multiply);
    /// `x1 // x2`, rounded towards minus infinity.
    floor_divide floor_divide_ = Operation::Binary(Binary::FloorDivide);
    /// `x1 % x2`, with the sign of `x2`.
    remainder remainder_ = Operation::Binary(Binary::Remainder);
    /// `x1 ** x2`
    pow pow_ = Operation::Binary(Binary::Power);
    /// `x1 & x2`, of integers and bool.
    bitwise_and bitwise_and_ = Operation::Binary(Binary::BitwiseAnd);
    /// `x1 | x2`, of integers and bool.
    bitwise_or bitwise_or_ = Operation::Binary(Binary::BitwiseOr);
    /// `x1 ^ x2`, of integers and bool.
    bitwise_xor bitwise_xor_ = Operation::Binary(Binary::BitwiseXor);
    /// `x1 << x2`, of integers.
    bitwise_left_shift bitwise_left_shift_ = Operation::Binary(Binary::LeftShift);
    /// `x1 >> x2`, of integers.
    bitwise_right_shift bitwise_right_shift_ = Operation::Binary(Binary::RightShift);
    /// The greater of two elements; NaN if either is.
    maximum maximum_ = Operation::Binary(Binary::Maximum);
    /// The lesser of two elements; NaN if either is.
    minimum minimum_ = Operation::Binary(Binary::Minimum);
    /// The greater of two elements; the other where one is NaN.
    fmax fmax_ = Operation::Binary(Binary::Fmax);
    /// The lesser of two elements; the other where one is NaN.
    fmin fmin_ = Operation::Binary(Binary::Fmin);
    /// What division rounded towards zero leaves, with the sign of `x1`.
    fmod fmod_ = Operation::Binary(Binary::Fmod);
    /// The greatest common divisor of integers, which is positive.
    gcd gcd_ = Operation::Binary(Binary::Gcd);
    /// The least common multiple of integers, which is positive.
    lcm lcm_ = Operation::Binary(Binary::Lcm);
    /// 0 where `x1` is negative, 1 where it is positive, `x2` where it is 0; NaN stays.
    heaviside heaviside_ = Operation::Binary(Binary::Heaviside);
}

/// Functions and methods of comparisons. The methods have PyTorch's short names only: its
/// `Tensor.equal` answers for whole tensors, where the function `equal` of the Array API
/// answers element by element.
macro_rules! comparison {
    ($($(#[doc = $doc:literal])+ $name:ident $method:ident $op:ident;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// Takes tensors, ndarrays and numbers, which are broadcast and promoted together. The
            /// result is `bool`; `out` receives it.
            #[pyfunction]
            #[pyo3(signature = (x1, x2, /, *, out=None))]
            fn $name<'py>(
                py: Python<'py>,
                x1: Argument,
                x2: Argument,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                call(py, Operation::Compare(Compare::$op), &[x1.0, x2.0], out)
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            $(#[doc = $doc])+
            fn $method(&self, py: Python<'_>, other: Argument) -> PyResult<Self> {
                let inputs = [Operand::from(self.tensor()), other.0];
                run(py, Operation::Compare(Compare::$op), &inputs, None).map(Self::new)
            }
        )+}

        fn register_comparison(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(
                front!(module, $name, |py, objects| {
                    plain_binary(py, Operation::Compare(Compare::$op), objects)
                })?;
                module.add(stringify!($method), module.getattr(stringify!($name))?)?;
            )+
            Ok(())
        }
    };
}

comparison! {
    /// `x1 == x2`, element by element.
    equal eq Equal;
    /// `x1 != x2`, element by element.
    not_equal ne NotEqual;
    /// `x1 < x2`, element by element.
    less lt Less;
    /// `x1 <= x2`, element by element.
    less_equal le LessEqual;
    /// `x1 > x2`, element by element.
    greater gt Greater;
    /// `x1 >= x2`, element by element.
    greater_equal ge GreaterEqual;
}

/// `x1 + alpha * x2`
///
/// Takes tensors, ndarrays and numbers, which are broadcast and promoted together. `out`
/// receives the result, if its dtype is of no lower kind.
#[pyfunction]
#[pyo3(signature = (x1, x2, /, *, alpha=None, out=None))]
fn add<'py>(
    py: Python<'py>,
    x1: Argument,
    x2: Argument,
    alpha: Option<&Bound<'py, PyAny>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    call(py, Operation::Binary(Binary::Add), &[x1.0, scaled(py, x2.0, alpha, "alpha")?], out)
}

/// `x1 - alpha * x2`
///
/// Takes tensors, ndarrays and numbers, which are broadcast and promoted together. `out`
/// receives the result, if its dtype is of no lower kind.
#[pyfunction]
#[pyo3(signature = (x1, x2, /, *, alpha=None, out=None))]
fn subtract<'py>(
    py: Python<'py>,
    x1: Argument,
    x2: Argument,
    alpha: Option<&Bound<'py, PyAny>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    call(py, Operation::Binary(Binary::Subtract), &[x1.0, scaled(py, x2.0, alpha, "alpha")?], out)
}

unary! {
    /// `-x`
    negative negative_ = Negative;
    /// `|x|`; of complex numbers the magnitude, which is real.
    abs abs_ = Absolute;
    /// `~x`: bitwise of integers, logical of bool.
    bitwise_invert bitwise_invert_ = Invert;
}

/// `+x`: the same values in fresh memory, or in `out`, whose dtype is of no lower kind.
#[pyfunction]
#[pyo3(signature = (x, /, *, out=None))]
fn positive<'py>(
    py: Python<'py>,
    x: Argument,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    call(py, Operation::Unary(Unary::Positive), &[x.0], out)
}

/// `x * x`. `out` receives the result, if its dtype is of no lower kind.
#[pyfunction]
#[pyo3(signature = (x, /, *, out=None))]
fn square<'py>(py: Python<'py>, x: Argument, out: Option<Out<'py>>) -> PyResult<Bound<'py, PyAny>> {
    call(py, Operation::Binary(Binary::Multiply), &[x.0.clone(), x.0], out)
}

#[pymethods]
impl PyTensor {
    /// `self + alpha * other`
    #[pyo3(signature = (other, *, alpha=None))]
    fn add(
        &self,
        py: Python<'_>,
        other: Argument,
        alpha: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let inputs = [Operand::from(self.tensor()), scaled(py, other.0, alpha, "alpha")?];
        run(py, Operation::Binary(Binary::Add), &inputs, None).map(Self::new)
    }

    /// `self - alpha * other`
    #[pyo3(signature = (other, *, alpha=None))]
    fn subtract(
        &self,
        py: Python<'_>,
        other: Argument,
        alpha: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let inputs = [Operand::from(self.tensor()), scaled(py, other.0, alpha, "alpha")?];
        run(py, Operation::Binary(Binary::Subtract), &inputs, None).map(Self::new)
    }

    /// `self += alpha * other`, returning this tensor.
    #[pyo3(signature = (other, *, alpha=None))]
    fn add_<'py>(
        slf: Bound<'py, Self>,
        other: Argument,
        alpha: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        let other = scaled(slf.py(), other.0, alpha, "alpha")?;
        in_place(slf, Operation::Binary(Binary::Add), Some(other))
    }

    /// `self -= alpha * other`, returning this tensor.
    #[pyo3(signature = (other, *, alpha=None))]
    fn subtract_<'py>(
        slf: Bound<'py, Self>,
        other: Argument,
        alpha: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        let other = scaled(slf.py(), other.0, alpha, "alpha")?;
        in_place(slf, Operation::Binary(Binary::Subtract), Some(other))
    }

    /// `+self`: the same values in fresh memory.
    fn positive(&self, py: Python<'_>) -> PyResult<Self> {
        let inputs = [Operand::from(self.tensor())];
        run(py, Operation::Unary(Unary::Positive), &inputs, None).map(Self::new)
    }

    /// `self * self`
    fn square(&self, py: Python<'_>) -> PyResult<Self> {
        let inputs = [self.tensor(), self.tensor()].map(Operand::from);
        run(py, Operation::Binary(Binary::Multiply), &inputs, None).map(Self::new)
    }

    /// `self *= self`, returning this tensor.
    fn square_(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Self>> {
        let tensor = slf.get().tensor();
        let inputs = [tensor, tensor].map(Operand::from);
        run(slf.py(), Operation::Binary(Binary::Multiply), &inputs, Some(tensor))?;
        Ok(slf)
    }
}

/// The same functions and methods under the names of PyTorch and NumPy.
const ALIASES: [(&str, &str); 11] = [
    ("sub", "subtract"),
    ("mul", "multiply"),
    ("div", "divide"),
    ("true_divide", "divide"),
    ("power", "pow"),
    ("neg", "negative"),
    ("absolute", "abs"),
    ("bitwise_not", "bitwise_invert"),
    ("invert", "bitwise_invert"),
    ("left_shift", "bitwise_left_shift"),
    ("right_shift", "bitwise_right_shift"),
];

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_binary(module)?;
    register_unary(module)?;
    register_comparison(module)?;
    front!(module, add, |py, both| plain_binary(py, Operation::Binary(Binary::Add), both))?;
    front!(module, subtract, |py, both| {
        plain_binary(py, Operation::Binary(Binary::Subtract), both)
    })?;
    module.add_function(wrap_pyfunction!(positive, module)?)?;
    module.add_function(wrap_pyfunction!(square, module)?)?;
    alias(module, &ALIASES)
}

/// Gives functions, methods and in-place methods other names as well.
pub(super) fn alias(module: &Bound<'_, PyModule>, names: &[(&str, &str)]) -> PyResult<()> {
    let class = module.py().get_type::<PyTensor>();
    for &(alias, name) in names {
        module.add(alias, module.getattr(name)?)?;
        class.setattr(alias, class.getattr(name)?)?;
        let (alias, name) = (format!("{alias}_"), format!("{name}_"));
        if let Ok(method) = class.getattr(&name) {
            class.setattr(alias, method)?;
        }
    }
    Ok(())
}
