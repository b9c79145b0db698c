//! From tensors to Python's own values, exactly.

use pyo3::exceptions::{PyRuntimeError, PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyComplex, PyString};
use tensorbridge::op::{Compare, Reduce};
use tensorbridge::ops::{self, Reduction, views};
use tensorbridge::scalar::FromScalar;
use tensorbridge::{Scalar, Tensor, values, with_dtype};

use super::PyTensor;
use crate::enter::enter_detached;
use crate::errors::OrRaise;
use crate::fresh;
use crate::operand;

/// A value as Python has it.
#[inline]
pub(crate) fn python<'py>(py: Python<'py>, value: Scalar) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Scalar::Bool(value) => PyBool::new(py, value).to_owned().into_any(),
        Scalar::Int(value) => match i64::try_from(value) {
            Ok(value) => fresh::int(py, value)?.into_any(),
            Err(_) => value.into_pyobject(py)?.into_any(),
        },
        Scalar::Float(value) => fresh::float(py, value)?.into_any(),
        Scalar::Complex(value) => fresh::complex(py, value.re, value.im)?.into_any(),
    })
}

/// Nested lists of the values, one level per axis.
fn nested<'py, T: FromScalar>(
    py: Python<'py>,
    shape: &[usize],
    elements: &mut impl Iterator<Item = T>,
) -> PyResult<Bound<'py, PyAny>> {
    let Some((&length, rest)) = shape.split_first() else {
        let value = elements.next().ok_or_else(|| {
            PyRuntimeError::new_err("a tensor gave fewer values than its shape has")
        })?;
        return python(py, value.to_scalar());
    };
    Ok(fresh::list(py, length, || nested(py, rest, elements))?.into_any())
}

/// The one value, for the conversions of Python's number types.
fn only(py: Python<'_>, tensor: &Tensor) -> PyResult<Scalar> {
    if tensor.count() != 1 {
        return Err(PyValueError::new_err(format!(
            "only one element tensors can be converted to Python scalars, and this one has {}",
            tensor.count()
        )));
    }
    values::item(tensor).or_raise(py)
}

/// The value without an imaginary part.
fn real(value: Scalar, into: &str) -> PyResult<Scalar> {
    match value {
        Scalar::Complex(value) if value.im == 0.0 => Ok(Scalar::Float(value.re)),
        Scalar::Complex(value) => Err(PyRuntimeError::new_err(format!(
            "value cannot be converted to type {into} without overflow: {value} has an imaginary part — hint: `t.real`"
        ))),
        value => Ok(value),
    }
}

#[pymethods]
impl PyTensor {
    /// The value of a tensor of one element, as Python's `bool`, `int`, `float` or `complex`.
    ///
    /// Raises `RuntimeError` for any other number of elements, `NotImplementedError` for a meta
    /// tensor.
    pub(crate) fn item<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        python(py, values::item(&self.inner).or_raise(py)?)
    }

    /// The values as nested lists; of a 0-d tensor, its value.
    fn tolist<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        with_dtype!(self.inner.dtype(), T => {
            let mut elements = values::elements::<T>(&self.inner).or_raise(py)?;
            nested(py, self.inner.shape(), &mut elements)
        })
    }

    fn __bool__(&self, py: Python<'_>) -> PyResult<bool> {
        match self.inner.count() {
            1 => Ok(match values::item(&self.inner).or_raise(py)? {
                Scalar::Bool(value) => value,
                Scalar::Int(value) => value != 0,
                Scalar::Float(value) => value != 0.0,
                Scalar::Complex(value) => value.re != 0.0 || value.im != 0.0,
            }),
            0 => Err(PyRuntimeError::new_err(
                "Boolean value of Tensor with no values is ambiguous — hint: `t.numel() == 0` asks for emptiness",
            )),
            _ => Err(PyRuntimeError::new_err(
                "Boolean value of Tensor with more than one value is ambiguous — hint: `t.any()` or `t.all()`",
            )),
        }
    }

    fn __int__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let value = real(only(py, &self.inner)?, "int64_t")?;
        // Python's own rules for nan and infinity, and no bound on the size.
        python(py, value)?.call_method0(intern!(py, "__int__"))
    }

    fn __float__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let value = real(only(py, &self.inner)?, "double")?;
        python(py, value)?.call_method0(intern!(py, "__float__"))
    }

    fn __complex__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyComplex>> {
        let (re, im) = match only(py, &self.inner)? {
            Scalar::Complex(value) => (value.re, value.im),
            value => (value.cast::<f64>(), 0.0),
        };
        fresh::complex(py, re, im)
    }

    fn __index__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let dtype = self.inner.dtype();
        if self.inner.count() != 1 || !(dtype.is_integer() || dtype.is_bool()) {
            return Err(PyTypeError::new_err(format!(
                "only integer tensors of a single element can be converted to an index, and this one has dtype {dtype} and {} elements",
                self.inner.count()
            )));
        }
        python(py, values::item(&self.inner).or_raise(py)?)?.call_method0(intern!(py, "__index__"))
    }

    fn __format__<'py>(
        slf: &Bound<'py, Self>,
        spec: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, this) = (slf.py(), slf.get());
        if this.inner.ndim() == 0 && this.inner.access().host {
            return this.item(py)?.call_method1("__format__", (spec,));
        }
        if spec.is_empty()? {
            return Ok(slf.str()?.into_any());
        }
        Err(PyTypeError::new_err(
            "unsupported format string passed to Tensor.__format__ — hint: a 0-d tensor takes one: `f\"{t[0]:.2f}\"`",
        ))
    }

    /// Whether any element equals `element`, broadcast.
    fn __contains__(&self, py: Python<'_>, element: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Some(element) = operand::parse(element.as_borrowed())? else {
            return Err(PyRuntimeError::new_err(format!(
                "Tensor.__contains__ only supports Tensor or scalar, but you passed in a {}.",
                element.get_type().repr()?
            )));
        };
        let found = enter_detached(py, self.inner.nbytes(), || {
            let equal = ops::compare(Compare::Equal, &self.inner, element)?;
            values::item(&ops::reduce(Reduction::all(Reduce::Any), &equal)?)
        })?;
        Ok(found == Scalar::Bool(true))
    }

    /// The tensors along the first axis, as views.
    fn __iter__(&self) -> PyResult<Rows> {
        Rows::over(&self.inner)
    }

    /// The tensors along the first axis from the last to the first, as views.
    fn __reversed__(&self, py: Python<'_>) -> PyResult<Rows> {
        match self.inner.ndim() {
            0 => Rows::over(&self.inner),
            _ => Rows::over(&views::flip(&self.inner, &[0]).or_raise(py)?),
        }
    }
}

/// The iterator over a tensor's first axis.
#[pyclass(name = "TensorIterator", module = "tensorbridge", frozen)]
struct Rows {
    tensor: Tensor,
    next: std::sync::atomic::AtomicUsize,
}

impl Rows {
    fn over(tensor: &Tensor) -> PyResult<Self> {
        if tensor.ndim() == 0 {
            return Err(PyTypeError::new_err("iteration over a 0-d tensor"));
        }
        Ok(Self { tensor: tensor.clone(), next: 0.into() })
    }
}

#[pymethods]
impl Rows {
    fn __iter__<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        slf.clone()
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<PyTensor>> {
        use std::sync::atomic::Ordering::Relaxed;
        let length = self.tensor.shape()[0];
        // Never counts beyond the end, so that an exhausted iterator stays exhausted.
        let claim = |index: usize| (index < length).then_some(index + 1);
        let Ok(index) = self.next.fetch_update(Relaxed, Relaxed, claim) else {
            return Ok(None);
        };
        let row = self.tensor.with_layout(self.tensor.layout().select(0, index)).or_raise(py)?;
        Ok(Some(PyTensor::new(row)))
    }

    fn __length_hint__(&self) -> usize {
        let next = self.next.load(std::sync::atomic::Ordering::Relaxed);
        self.tensor.shape()[0].saturating_sub(next)
    }
}
