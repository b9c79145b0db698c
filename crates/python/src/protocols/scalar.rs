//! Python numbers: what they are worth, and the dtype they call for.

use pyo3::exceptions::{PyOverflowError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyComplex, PyFloat, PyInt, PyString};
use pyo3::{ffi, intern};
use tensorbridge::casting::{self, Casting};
use tensorbridge::dtype::Complex64;
use tensorbridge::dtype::promote::{complex_of, promote};
use tensorbridge::transfer::Part;
use tensorbridge::{DType, Error, Scalar, ops};

use super::{numpy, type_name};
use crate::errors::OrRaise;

/// The dtypes met so far, and what must be known of integers that `int64` cannot hold.
#[derive(Debug)]
pub(super) struct Inference {
    /// The dtype asked for; nothing is inferred then.
    wanted: Option<DType>,
    /// One bit per dtype.
    met: u16,
    /// The default dtypes of Python's floats and complex numbers, at the start of the walk.
    float: DType,
    complex: DType,
    /// Whether a Python int was beyond `int64`.
    beyond_int64: bool,
    /// The rule for casts, and the dtypes of those met that are no Python numbers, by which it
    /// judges.
    casting: Option<Casting>,
    strong: u16,
}

impl Inference {
    pub(super) fn new(wanted: Option<DType>, casting: Option<Casting>) -> Self {
        let float = ops::default_dtype();
        let complex = complex_of(float);
        Self { wanted, met: 0, float, complex, beyond_int64: false, casting, strong: 0 }
    }

    fn meet(&mut self, dtype: DType) {
        self.met |= bit(dtype);
    }

    /// As `meet`, for a NumPy scalar or an array.
    pub(super) fn meet_strong(&mut self, dtype: DType) {
        self.meet(dtype);
        self.strong |= bit(dtype);
    }

    /// The dtype asked for, or the one to which all dtypes met promote; the default dtype for
    /// nothing at all.
    ///
    /// # Errors
    ///
    /// `ValueError` for Python ints beyond `int64` among nothing but integers, `TypeError` for
    /// `uint64` beside signed integers, and for a dtype that the rule for casts forbids.
    pub(super) fn dtype(&self, py: Python<'_>) -> PyResult<DType> {
        let dtype = self.wanted.map_or_else(|| self.inferred(py), Ok)?;
        if let Some(rule) = self.casting {
            for from in DType::ALL.into_iter().filter(|&from| self.strong & bit(from) != 0) {
                casting::check_dtypes(rule, from, dtype).or_raise(py)?;
            }
        }
        Ok(dtype)
    }

    fn inferred(&self, py: Python<'_>) -> PyResult<DType> {
        // The highest kinds first: beside a float it does not matter which integers there were.
        let mut met = DType::ALL.into_iter().rev().filter(|&dtype| self.met & bit(dtype) != 0);
        let Some(mut result) = met.next() else {
            return Ok(self.float);
        };
        for dtype in met {
            result = promote(result, dtype).or_raise(py)?;
        }
        if self.beyond_int64 && result.is_integer() {
            return Err(PyValueError::new_err(
                "Overflow when unpacking long long: a Python int is outside the range of int64 — hint: pass `dtype=tb.uint64` or `dtype=tb.float64`",
            ));
        }
        Ok(result)
    }

    /// The value of a Python `float`, `int`, `bool` or `complex` of exactly that class: the
    /// short way for nearly every item of nearly every list.
    #[inline]
    pub(super) fn exact(&mut self, object: &Bound<'_, PyAny>) -> PyResult<Option<Part>> {
        if object.is_exact_instance_of::<PyFloat>() {
            self.meet(self.float);
            // SAFETY: a live `float`.
            return Ok(Some(Part::Float(unsafe { ffi::PyFloat_AsDouble(object.as_ptr()) })));
        }
        if object.is_exact_instance_of::<PyInt>() {
            return self.int(object).map(Some);
        }
        if let Ok(value) = object.cast_exact::<PyBool>() {
            self.meet(DType::Bool);
            return Ok(Some(Part::Bool(value.is_true())));
        }
        if let Ok(value) = object.cast_exact::<PyComplex>() {
            return Ok(Some(self.complex(value)));
        }
        Ok(None)
    }

    /// The value of a NumPy scalar, with its own dtype, or of an instance of a subclass of
    /// `int`, `float` or `complex`.
    ///
    /// # Errors
    ///
    /// `TypeError` for a NumPy scalar that no tensor can hold.
    pub(super) fn inexact(&mut self, object: &Bound<'_, PyAny>) -> PyResult<Option<Part>> {
        // First: `np.float64` is a subclass of `float`.
        if let Some((value, dtype)) = numpy::read_scalar(object)? {
            self.meet_strong(dtype);
            return Ok(Some(part(value)));
        }
        if object.is_instance_of::<PyInt>() {
            return self.int(object).map(Some);
        }
        if let Ok(value) = object.cast::<PyFloat>() {
            self.meet(self.float);
            return Ok(Some(Part::Float(value.value())));
        }
        if let Ok(value) = object.cast::<PyComplex>() {
            return Ok(Some(self.complex(value)));
        }
        Ok(None)
    }

    /// The value of an object that is no number and no sequence: where a dtype is asked for, by
    /// the number protocol (`Decimal`, `Fraction`).
    ///
    /// # Errors
    ///
    /// In PyTorch's words: `TypeError` for text, `RuntimeError` for what has no dtype.
    pub(super) fn convert(&self, object: &Bound<'_, PyAny>) -> PyResult<Part> {
        let py = object.py();
        if object.is_instance_of::<PyString>() || object.is_instance_of::<PyBytes>() {
            return Err(PyTypeError::new_err(format!(
                "new(): invalid data type '{}': text is no number — hint: parse it first: `float(text)`; for the bytes of a `bytes` object: `tb.frombuffer(data, dtype=tb.uint8)`",
                type_name(object)
            )));
        }
        let Some(wanted) = self.wanted else {
            return Err(PyRuntimeError::new_err(format!(
                "Could not infer dtype of {} — hint: numbers, arrays, buffers and nested sequences of these become tensors",
                type_name(object)
            )));
        };
        if wanted.is_integer() && object.hasattr(intern!(py, "__index__"))? {
            // SAFETY: a live object, attached; null comes with an exception.
            let number =
                unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyNumber_Index(object.as_ptr()))? };
            return int(&number, Some(wanted), self.casting).map(|(part, _)| part);
        }
        if wanted.is_complex() && object.hasattr(intern!(py, "__complex__"))? {
            let number = py.get_type::<PyComplex>().call1((object,))?;
            return Ok(complex(number.cast::<PyComplex>()?));
        }
        // SAFETY: a live object, attached; -1 may come with an exception.
        let value = unsafe { ffi::PyFloat_AsDouble(object.as_ptr()) };
        match PyErr::take(py) {
            Some(error) => Err(error),
            None => stays(object, value, self.casting).map(|()| Part::Float(value)),
        }
    }

    fn int(&mut self, object: &Bound<'_, PyAny>) -> PyResult<Part> {
        self.meet(DType::Int64);
        let (part, beyond) = int(object, self.wanted, self.casting)?;
        self.beyond_int64 |= beyond;
        Ok(part)
    }

    fn complex(&mut self, object: &Bound<'_, PyComplex>) -> Part {
        self.meet(self.complex);
        complex(object)
    }
}

fn bit(dtype: DType) -> u16 {
    1 << dtype as u16
}

fn complex(object: &Bound<'_, PyComplex>) -> Part {
    use pyo3::types::PyComplexMethods;
    Part::Complex(Box::new(Complex64::new(object.real(), object.imag())))
}

fn part(value: Scalar) -> Part {
    match value {
        Scalar::Bool(value) => Part::Bool(value),
        Scalar::Int(value) => match i64::try_from(value) {
            Ok(value) => Part::Int(value),
            // NumPy has no integers but those of `int64` and `uint64`.
            Err(_) => Part::UInt(value as u64),
        },
        Scalar::Float(value) => Part::Float(value),
        Scalar::Complex(value) => Part::Complex(Box::new(value)),
    }
}

/// The value of a Python int, and whether it is beyond `int64`.
#[inline]
fn int(
    object: &Bound<'_, PyAny>,
    wanted: Option<DType>,
    casting: Option<Casting>,
) -> PyResult<(Part, bool)> {
    let mut overflow = 0;
    // SAFETY: a live `int`; an overflow is reported in the flag and raises nothing.
    let value = unsafe { ffi::PyLong_AsLongLongAndOverflow(object.as_ptr(), &raw mut overflow) };
    if overflow == 0 {
        return Ok((Part::Int(value), false));
    }
    big_int(object, wanted, casting).map(|part| (part, true))
}

/// A Python int beyond `int64`: exact in `uint64`, else rounded to a float if one was asked for
/// or may still be inferred.
#[cold]
fn big_int(
    object: &Bound<'_, PyAny>,
    wanted: Option<DType>,
    casting: Option<Casting>,
) -> PyResult<Part> {
    let py = object.py();
    if let Ok(value) = object.extract::<u64>() {
        return Ok(Part::UInt(value));
    }
    match wanted {
        Some(DType::Bool) => stays(object, 1.0, casting).map(|()| Part::Bool(true)),
        Some(dtype) if dtype.is_integer() => {
            let bits: usize = object.call_method0(intern!(py, "bit_length"))?.extract()?;
            let value = if bits <= 256 {
                object.str()?.to_string()
            } else {
                format!("an int of {bits} bits")
            };
            Err(PyValueError::new_err(format!(
                "Overflow when unpacking long long: {value} does not fit {dtype}"
            )))
        }
        _ => match object.extract::<f64>() {
            Ok(value) => stays(object, value, casting).map(|()| Part::Float(value)),
            // Too large even for a float; which of the two errors, the dtype decides.
            Err(error) if wanted.is_some() => Err(error),
            Err(error) if error.is_instance_of::<PyOverflowError>(py) => {
                Ok(Part::Float(f64::INFINITY))
            }
            Err(error) => Err(error),
        },
    }
}

/// Checks that a number of a class of its own, or too large for 64 bits, is `value`, where no
/// number may change.
///
/// # Errors
///
/// `InexactError` where it is not; what its comparison raises.
fn stays(object: &Bound<'_, PyAny>, value: f64, casting: Option<Casting>) -> PyResult<()> {
    if casting != Some(Casting::Exact) || value.is_nan() || object.eq(value)? {
        return Ok(());
    }
    let error = Error::inexact(format!(
        "casting {} to a float would change a value: {} would become {value:?}",
        type_name(object),
        object.str()?
    ));
    Err(error.hint("say that it may change: `casting=\"unsafe\"`")).or_raise(object.py())
}
