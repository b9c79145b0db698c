//! Questions about dtypes, and casts.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple, PyType};
use tensorbridge::casting::check;
use tensorbridge::dtype::promote::promote;
use tensorbridge::dtype::{bf16, f16};
use tensorbridge::exchange::Reason;
use tensorbridge::ops::{Operand, result_dtype};
use tensorbridge::scalar::integer_range;
use tensorbridge::storage::host::Fill;
use tensorbridge::{DType, Device, Kind, Tensor, transfer};

use crate::dtype::{self, PyDType};
use crate::enter::{enter, enter_detached};
use crate::operand::{self, Argument};
use crate::tensor::PyTensor;
use crate::{casting, device};

/// The dtype of an array or a dtype.
fn dtype_of(object: &Bound<'_, PyAny>) -> PyResult<DType> {
    if !names_a_dtype(object)
        && let Some(Operand::Tensor(tensor)) = operand::parse(object.as_borrowed())?
    {
        return Ok(tensor.dtype());
    }
    dtype::parse(object)
}

fn names_a_dtype(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<PyDType>()
        || object.is_instance_of::<PyType>()
        || object.is_instance_of::<PyString>()
}

/// The dtype of an operation on `arrays_and_dtypes`: tensors, arrays, numbers and dtypes.
///
/// Python numbers are weak. Raises `TypeError` where no dtype holds all (`int64` and `uint64`).
#[pyfunction]
#[pyo3(signature = (*arrays_and_dtypes))]
fn result_type(py: Python<'_>, arrays_and_dtypes: &Bound<'_, PyTuple>) -> PyResult<Py<PyDType>> {
    let mut operands = Vec::new();
    for object in arrays_and_dtypes.iter_borrowed() {
        let operand = if names_a_dtype(&object) { None } else { operand::parse(object)? };
        operands.push(match operand {
            Some(operand) => operand,
            None => {
                let dtype = dtype::parse(&object)?;
                let tensor = Tensor::allocate(&[], dtype, Device::META, Fill::Zero);
                enter(py, || tensor)?.into()
            }
        });
    }
    if operands.is_empty() {
        return Err(PyValueError::new_err("result_type() needs at least one array or dtype"));
    }
    dtype::instance(py, enter(py, || result_dtype(operands.iter()))?)
}

/// The dtype that `type1` and `type2` promote to. Raises `TypeError` where there is none.
#[pyfunction]
#[pyo3(signature = (type1, type2, /))]
fn promote_types(type1: &Bound<'_, PyAny>, type2: &Bound<'_, PyAny>) -> PyResult<Py<PyDType>> {
    let (a, b) = (dtype::parse(type1)?, dtype::parse(type2)?);
    dtype::instance(type1.py(), enter(type1.py(), || promote(a, b))?)
}

/// Whether promotion turns `from_` (a dtype or an array) into the dtype `to`; with `casting`,
/// whether that rule allows the cast of any values, as `numpy.can_cast` says: `"safe"`,
/// `"same_kind"`, `"unsafe"`, and `"exact"` where every value of the one is one of the other.
///
/// Raises `TypeError` for what is no dtype, `ValueError` for another rule.
#[pyfunction]
#[pyo3(signature = (from_, to, /, casting=None))]
fn can_cast(
    from_: &Bound<'_, PyAny>,
    to: &Bound<'_, PyAny>,
    casting: Option<&Bound<'_, PyAny>>,
) -> PyResult<bool> {
    let (from, to) = (dtype_of(from_)?, dtype::parse(to)?);
    Ok(match casting::parse_optional(casting)? {
        Some(rule) => rule.allows(from, to),
        None => promote(from, to).is_ok_and(|promoted| promoted == to),
    })
}

/// Whether a dtype is of a kind: a dtype, one of `"bool"`, `"signed integer"`,
/// `"unsigned integer"`, `"integral"`, `"real floating"`, `"complex floating"`, `"numeric"`, or
/// a tuple of these, of which one must match.
#[pyfunction]
#[pyo3(signature = (dtype, kind))]
fn isdtype(dtype: &Bound<'_, PyAny>, kind: &Bound<'_, PyAny>) -> PyResult<bool> {
    is_of_kind(dtype::parse(dtype)?, kind)
}

/// [`isdtype`] of a dtype that has been read.
pub(super) fn is_of_kind(dtype: DType, kind: &Bound<'_, PyAny>) -> PyResult<bool> {
    if let Ok(kinds) = kind.cast::<PyTuple>() {
        for kind in kinds {
            if is_of_kind(dtype, &kind)? {
                return Ok(true);
            }
        }
        return Ok(false);
    }
    let Ok(name) = kind.cast::<PyString>() else {
        return Ok(dtype::parse(kind)? == dtype);
    };
    let kind = dtype.kind();
    Ok(match name.to_str()? {
        "bool" => kind == Kind::Bool,
        "signed integer" => kind == Kind::Signed,
        "unsigned integer" => kind == Kind::Unsigned,
        "integral" => dtype.is_integer(),
        "real floating" => kind == Kind::Float,
        "complex floating" => kind == Kind::Complex,
        "numeric" => kind != Kind::Bool,
        other => {
            return Err(PyValueError::new_err(format!(
                "unknown kind of dtype: \"{other}\" — hint: one of \"bool\", \"signed integer\", \"unsigned integer\", \"integral\", \"real floating\", \"complex floating\", \"numeric\""
            )));
        }
    })
}

/// The limits of a floating-point dtype; of a complex dtype those of its parts.
#[pyclass(name = "finfo", module = "tensorbridge", frozen)]
struct FloatInfo {
    dtype: DType,
}

#[pymethods]
impl FloatInfo {
    #[new]
    #[pyo3(signature = (r#type=None, /))]
    fn new(r#type: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let dtype = r#type.map_or(Ok(tensorbridge::ops::default_dtype()), dtype_of)?.real();
        if dtype.is_float() {
            return Ok(Self { dtype });
        }
        Err(PyTypeError::new_err(format!(
            "finfo is of floating-point dtypes, and got {dtype} — hint: `tb.iinfo`"
        )))
    }

    /// The dtype whose limits these are.
    #[getter]
    fn dtype(&self, py: Python<'_>) -> PyResult<Py<PyDType>> {
        dtype::instance(py, self.dtype)
    }

    /// Bits of one number.
    #[getter]
    fn bits(&self) -> usize {
        self.dtype.itemsize() * 8
    }

    /// The distance from 1 to the next number.
    #[getter]
    fn eps(&self) -> f64 {
        match self.dtype {
            DType::Float16 => f16::EPSILON.to_f64(),
            DType::BFloat16 => bf16::EPSILON.to_f64(),
            DType::Float32 => f32::EPSILON.into(),
            _ => f64::EPSILON,
        }
    }

    /// The greatest finite number.
    #[getter]
    fn max(&self) -> f64 {
        match self.dtype {
            DType::Float16 => f16::MAX.to_f64(),
            DType::BFloat16 => bf16::MAX.to_f64(),
            DType::Float32 => f32::MAX.into(),
            _ => f64::MAX,
        }
    }

    /// The least finite number.
    #[getter]
    fn min(&self) -> f64 {
        -self.max()
    }

    /// The least positive number of full precision.
    #[getter]
    fn smallest_normal(&self) -> f64 {
        match self.dtype {
            DType::Float16 => f16::MIN_POSITIVE.to_f64(),
            DType::BFloat16 => bf16::MIN_POSITIVE.to_f64(),
            DType::Float32 => f32::MIN_POSITIVE.into(),
            _ => f64::MIN_POSITIVE,
        }
    }

    /// The least positive number of full precision, as PyTorch spells it.
    #[getter]
    fn tiny(&self) -> f64 {
        self.smallest_normal()
    }

    /// The decimal precision: a power of ten.
    #[getter]
    fn resolution(&self) -> f64 {
        let digits = -self.eps().log10();
        10_f64.powi(-(digits.floor() as i32))
    }

    fn __repr__(&self) -> String {
        format!(
            "finfo(resolution={:e}, min={:e}, max={:e}, eps={:e}, smallest_normal={:e}, dtype={})",
            self.resolution(),
            self.min(),
            self.max(),
            self.eps(),
            self.smallest_normal(),
            self.dtype
        )
    }
}

/// The limits of an integer dtype.
#[pyclass(name = "iinfo", module = "tensorbridge", frozen)]
struct IntegerInfo {
    dtype: DType,
}

#[pymethods]
impl IntegerInfo {
    #[new]
    #[pyo3(signature = (r#type, /))]
    fn new(r#type: &Bound<'_, PyAny>) -> PyResult<Self> {
        let dtype = dtype_of(r#type)?;
        if dtype.is_integer() {
            return Ok(Self { dtype });
        }
        Err(PyTypeError::new_err(format!(
            "iinfo is of integer dtypes, and got {dtype} — hint: `tb.finfo`"
        )))
    }

    /// The dtype whose limits these are.
    #[getter]
    fn dtype(&self, py: Python<'_>) -> PyResult<Py<PyDType>> {
        dtype::instance(py, self.dtype)
    }

    /// Bits of one number.
    #[getter]
    fn bits(&self) -> usize {
        self.dtype.itemsize() * 8
    }

    /// The greatest number.
    #[getter]
    fn max(&self) -> i128 {
        integer_range(self.dtype).1
    }

    /// The least number.
    #[getter]
    fn min(&self) -> i128 {
        integer_range(self.dtype).0
    }

    fn __repr__(&self) -> String {
        let (min, max) = integer_range(self.dtype);
        format!("iinfo(min={min}, max={max}, dtype={})", self.dtype)
    }
}

/// `x` cast to `dtype` as C casts, on `device`; with `copy=False` it shares the memory of `x`
/// where nothing changes. `casting`: the rule that the cast must obey, as in `asarray`.
///
/// Raises `TypeError` for dtypes that `casting` forbids, `InexactError` for a value that would
/// change under `casting="exact"`.
#[pyfunction]
#[pyo3(signature = (x, dtype, /, *, copy=true, device=None, casting=None))]
fn astype(
    py: Python<'_>,
    x: Argument,
    dtype: &Bound<'_, PyAny>,
    copy: bool,
    device: Option<&Bound<'_, PyAny>>,
    casting: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyTensor> {
    let x = x.tensor(py)?;
    let dtype = dtype::parse(dtype)?;
    let device = device::parse_optional(device)?;
    let rule = casting::rule(casting)?;
    enter_detached(py, x.nbytes(), || {
        if let Some(rule) = rule {
            check(rule, &x, dtype)?;
        }
        let reason = Reason::Cast { from: x.dtype(), to: dtype };
        let mut result = transfer::cast(&x, dtype, "astype", reason)?;
        if let Some(device) = device {
            result = transfer::to_device(&result, device, "astype")?;
        }
        if copy && result.storage().base() == x.storage().base() && result.device() == x.device() {
            return transfer::clone_dense(&x, "astype", Reason::Requested);
        }
        Ok(result)
    })
    .map(PyTensor::new)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<FloatInfo>()?;
    module.add_class::<IntegerInfo>()?;
    module.add_function(wrap_pyfunction!(result_type, module)?)?;
    module.add_function(wrap_pyfunction!(promote_types, module)?)?;
    module.add_function(wrap_pyfunction!(can_cast, module)?)?;
    module.add_function(wrap_pyfunction!(isdtype, module)?)?;
    module.add_function(wrap_pyfunction!(astype, module)?)
}
