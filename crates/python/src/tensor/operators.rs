//! Python's operators on tensors: plain, reflected and in place.
//!
//! An operand from another world makes an operator return `NotImplemented`, so that Python asks
//! the other object.

#![allow(unsafe_op_in_unsafe_fn, reason = "what PyO3 makes of these macros; no unsafe code here")]

use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tensorbridge::Tensor;
use tensorbridge::op::{Binary, Compare, Unary};
use tensorbridge::ops::{Op, Operand, Operation};

use super::PyTensor;
use crate::enter::enter_detached;
use crate::operand::Peer;

/// Runs one operation, detached from the interpreter when it is large.
pub(crate) fn run(
    py: Python<'_>,
    operation: Operation,
    inputs: &[Operand<'_>],
    out: Option<&Tensor>,
) -> PyResult<Tensor> {
    let bytes = inputs.iter().map(weight).fold(0, usize::saturating_add);
    enter_detached(py, bytes, || Op { operation, inputs, out }.run())
}

/// The bytes that an operand is worth when deciding where to run.
pub(crate) fn weight(operand: &Operand<'_>) -> usize {
    match operand {
        Operand::Tensor(tensor) => tensor.nbytes(),
        Operand::PythonScalar(_) => 0,
    }
}

fn binary(py: Python<'_>, op: Binary, inputs: &[Operand<'_>]) -> PyResult<PyTensor> {
    run(py, Operation::Binary(op), inputs, None).map(PyTensor::new)
}

/// Plain, reflected and in-place form of each arithmetic operator.
macro_rules! arithmetic {
    ($($plain:ident $reflected:ident $in_place:ident $op:ident;)+) => {
        #[pymethods]
        impl PyTensor {$(
            fn $plain(&self, py: Python<'_>, other: Peer) -> PyResult<Self> {
                binary(py, Binary::$op, &[self.operand(), other.0?])
            }

            fn $reflected(&self, py: Python<'_>, other: Peer) -> PyResult<Self> {
                binary(py, Binary::$op, &[other.0?, self.operand()])
            }

            fn $in_place(&self, py: Python<'_>, other: Peer) -> PyResult<()> {
                let inputs = [self.operand(), other.0?];
                run(py, Operation::Binary(Binary::$op), &inputs, Some(&self.inner)).map(drop)
            }
        )+}
    };
}

arithmetic! {
    __add__ __radd__ __iadd__ Add;
    __sub__ __rsub__ __isub__ Subtract;
    __mul__ __rmul__ __imul__ Multiply;
    __truediv__ __rtruediv__ __itruediv__ Divide;
    __floordiv__ __rfloordiv__ __ifloordiv__ FloorDivide;
    __mod__ __rmod__ __imod__ Remainder;
    __and__ __rand__ __iand__ BitwiseAnd;
    __or__ __ror__ __ior__ BitwiseOr;
    __xor__ __rxor__ __ixor__ BitwiseXor;
    __lshift__ __rlshift__ __ilshift__ LeftShift;
    __rshift__ __rrshift__ __irshift__ RightShift;
}

#[pymethods]
impl PyTensor {
    fn __pow__(&self, py: Python<'_>, other: Peer, modulo: &Bound<'_, PyAny>) -> PyResult<Self> {
        no_modulo(modulo)?;
        binary(py, Binary::Power, &[self.operand(), other.0?])
    }

    fn __rpow__(&self, py: Python<'_>, other: Peer, modulo: &Bound<'_, PyAny>) -> PyResult<Self> {
        no_modulo(modulo)?;
        binary(py, Binary::Power, &[other.0?, self.operand()])
    }

    fn __ipow__(&self, py: Python<'_>, other: Peer, modulo: &Bound<'_, PyAny>) -> PyResult<()> {
        no_modulo(modulo)?;
        let inputs = [self.operand(), other.0?];
        run(py, Operation::Binary(Binary::Power), &inputs, Some(&self.inner)).map(drop)
    }

    fn __matmul__(&self, py: Python<'_>, other: Peer) -> PyResult<Self> {
        run(py, Operation::Matmul, &[self.operand(), other.0?], None).map(Self::new)
    }

    fn __rmatmul__(&self, py: Python<'_>, other: Peer) -> PyResult<Self> {
        run(py, Operation::Matmul, &[other.0?, self.operand()], None).map(Self::new)
    }

    fn __imatmul__(&self, py: Python<'_>, other: Peer) -> PyResult<()> {
        let inputs = [self.operand(), other.0?];
        run(py, Operation::Matmul, &inputs, Some(&self.inner)).map(drop)
    }

    fn __divmod__<'py>(&self, py: Python<'py>, other: Peer) -> PyResult<Bound<'py, PyTuple>> {
        divmod(py, &[self.operand(), other.0?])
    }

    fn __rdivmod__<'py>(&self, py: Python<'py>, other: Peer) -> PyResult<Bound<'py, PyTuple>> {
        divmod(py, &[other.0?, self.operand()])
    }

    fn __neg__(&self, py: Python<'_>) -> PyResult<Self> {
        run(py, Operation::Unary(Unary::Negative), &[self.operand()], None).map(Self::new)
    }

    fn __pos__(&self, py: Python<'_>) -> PyResult<Self> {
        run(py, Operation::Unary(Unary::Positive), &[self.operand()], None).map(Self::new)
    }

    fn __abs__(&self, py: Python<'_>) -> PyResult<Self> {
        run(py, Operation::Unary(Unary::Absolute), &[self.operand()], None).map(Self::new)
    }

    fn __invert__(&self, py: Python<'_>) -> PyResult<Self> {
        run(py, Operation::Unary(Unary::Invert), &[self.operand()], None).map(Self::new)
    }

    fn __richcmp__(&self, py: Python<'_>, other: Peer, op: CompareOp) -> PyResult<Self> {
        let op = match op {
            CompareOp::Eq => Compare::Equal,
            CompareOp::Ne => Compare::NotEqual,
            CompareOp::Lt => Compare::Less,
            CompareOp::Le => Compare::LessEqual,
            CompareOp::Gt => Compare::Greater,
            CompareOp::Ge => Compare::GreaterEqual,
        };
        run(py, Operation::Compare(op), &[self.operand(), other.0?], None).map(Self::new)
    }
}

impl PyTensor {
    fn operand(&self) -> Operand<'_> {
        Operand::from(&self.inner)
    }
}

fn no_modulo(modulo: &Bound<'_, PyAny>) -> PyResult<()> {
    if modulo.is_none() {
        return Ok(());
    }
    Err(pyo3::exceptions::PyTypeError::new_err(
        "pow() with three arguments is not defined for tensors — hint: `(a ** b) % c`",
    ))
}

fn divmod<'py>(py: Python<'py>, inputs: &[Operand<'_>]) -> PyResult<Bound<'py, PyTuple>> {
    let quotient = binary(py, Binary::FloorDivide, inputs)?;
    let remainder = binary(py, Binary::Remainder, inputs)?;
    PyTuple::new(py, [quotient.into_pyobject(py)?, remainder.into_pyobject(py)?])
}
