//! `tensorbridge.dtype`: the class, its fifteen instances, and everything a `dtype=` accepts.

use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::basic::CompareOp;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyComplex, PyFloat, PyInt, PyString, PyType};
use tensorbridge::dtype::promote::complex_of;
use tensorbridge::exchange::{SourceDType, typestr};
use tensorbridge::{DType, ops};

use crate::calling;
use crate::errors::OrRaise;

/// The type of a tensor's elements.
///
/// The instances are `tensorbridge.float32` and its fourteen siblings. They compare equal to
/// NumPy's dtypes and scalar types of the same kind and width, and NumPy accepts them wherever
/// it takes a dtype (`np.zeros(2, dtype=tb.float32)`).
#[pyclass(name = "dtype", module = "tensorbridge", frozen)]
pub struct PyDType(pub(crate) DType);

static INSTANCES: PyOnceLock<Vec<Py<PyDType>>> = PyOnceLock::new();

fn instances(py: Python<'_>) -> PyResult<&Vec<Py<PyDType>>> {
    INSTANCES.get_or_try_init(py, || {
        DType::ALL.into_iter().map(|dtype| Py::new(py, PyDType(dtype))).collect()
    })
}

/// The one instance for `dtype`.
pub(crate) fn instance(py: Python<'_>, dtype: DType) -> PyResult<Py<PyDType>> {
    Ok(instances(py)?[dtype as usize].clone_ref(py))
}

#[pymethods]
impl PyDType {
    /// The name, such as `"float32"`.
    #[getter]
    fn name(&self) -> &'static str {
        self.0.name()
    }

    /// Bytes of one element.
    #[getter]
    fn itemsize(&self) -> usize {
        self.0.itemsize()
    }

    /// NumPy's letter for the kind: `"b"`, `"i"`, `"u"`, `"f"` or `"c"`, for code that was written
    /// for NumPy's dtypes. `bfloat16` is an `"f"` here; `ml_dtypes` calls its own a `"V"`.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.numpy_typestr().map_or("f", |typestr| &typestr[..1])
    }

    /// Whether this is a real floating-point dtype.
    #[getter]
    fn is_floating_point(&self) -> bool {
        self.0.is_float()
    }

    /// Whether this is a complex dtype.
    #[getter]
    fn is_complex(&self) -> bool {
        self.0.is_complex()
    }

    /// Whether values can be negative.
    #[getter]
    fn is_signed(&self) -> bool {
        use tensorbridge::Kind;
        !matches!(self.0.kind(), Kind::Bool | Kind::Unsigned)
    }

    /// The real dtype of a complex one's parts; of another dtype itself.
    fn to_real(&self, py: Python<'_>) -> PyResult<Py<Self>> {
        instance(py, self.0.real())
    }

    /// The complex dtype whose parts hold a real floating-point one's values.
    ///
    /// Raises `TypeError` for integers and bool.
    fn to_complex(&self, py: Python<'_>) -> PyResult<Py<Self>> {
        if !self.0.is_float() && !self.0.is_complex() {
            return Err(PyTypeError::new_err(format!(
                "{} has no complex dtype — hint: cast to a floating-point dtype first",
                self.0
            )));
        }
        instance(py, complex_of(self.0))
    }

    /// The NumPy dtype of the same kind and width; imports NumPy. `bfloat16` needs `ml_dtypes`.
    ///
    /// NumPy itself reads this attribute wherever it expects a dtype.
    #[getter]
    fn dtype<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::protocols::numpy::descriptor(py, self.0)
    }

    fn __repr__(&self) -> String {
        format!("tensorbridge.{}", self.0)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.0 as u8).hash(&mut hasher);
        hasher.finish()
    }

    fn __richcmp__(&self, other: &Bound<'_, PyAny>, op: CompareOp) -> PyResult<Py<PyAny>> {
        let py = other.py();
        let equal = match other.cast::<PyDType>() {
            Ok(other) => other.get().0 == self.0,
            Err(_) => numpy_dtype(other)?.is_some_and(|dtype| dtype == self.0),
        };
        Ok(match op {
            CompareOp::Eq => PyBool::new(py, equal).to_owned().into_any().unbind(),
            CompareOp::Ne => PyBool::new(py, !equal).to_owned().into_any().unbind(),
            _ => py.NotImplemented(),
        })
    }

    fn __reduce__(&self) -> &'static str {
        self.0.name()
    }
}

/// The dtype meant by a NumPy dtype instance or scalar type, or `None` for anything else.
fn numpy_dtype(object: &Bound<'_, PyAny>) -> PyResult<Option<DType>> {
    let py = object.py();
    let Some(numpy) = crate::protocols::numpy::loaded(py)? else {
        return Ok(None);
    };
    if !numpy.is_dtype(object) && !numpy.is_scalar_type(object) {
        return Ok(None);
    }
    let descriptor = calling::import(py, "numpy")?.getattr("dtype")?.call1((object,))?;
    Ok(match crate::protocols::numpy::classify(&descriptor)? {
        (SourceDType::Known(dtype), _) => Some(dtype),
        (SourceDType::Unsupported(_), _) => None,
    })
}

/// The dtype that a `dtype=` argument means: ours, NumPy's dtypes and scalar types, a name,
/// Python's `bool`, `int`, `float` (the default dtype) and `complex`.
pub(crate) fn parse(object: &Bound<'_, PyAny>) -> PyResult<DType> {
    let py = object.py();
    if let Ok(dtype) = object.cast::<PyDType>() {
        return Ok(dtype.get().0);
    }
    if let Ok(name) = object.cast::<PyString>() {
        let name = name.to_str()?;
        // NumPy's own short names (`f4`, `<i8`) mean what they mean there.
        return match name.parse::<DType>() {
            Ok(dtype) => Ok(dtype),
            Err(error) => match typestr::parse(name) {
                Some((SourceDType::Known(dtype), _)) => Ok(dtype),
                _ => Err(crate::errors::to_python(py, &error)),
            },
        };
    }
    if let Ok(class) = object.cast::<PyType>() {
        let default = ops::default_dtype();
        for (known, dtype) in [
            (py.get_type::<PyBool>(), DType::Bool),
            (py.get_type::<PyInt>(), DType::Int64),
            (py.get_type::<PyFloat>(), default),
            (py.get_type::<PyComplex>(), tensorbridge::dtype::promote::complex_of(default)),
        ] {
            if class.is(&known) {
                return Ok(dtype);
            }
        }
    }
    if let Some(dtype) = numpy_dtype(object)? {
        return Ok(dtype);
    }
    // PyTorch's types of one dtype, `FloatTensor` and the like, name it.
    if object.is_instance_of::<PyType>()
        && let Ok(dtype) = object.getattr("dtype")
        && let Ok(dtype) = dtype.cast::<PyDType>()
    {
        return Ok(dtype.get().0);
    }
    Err(PyTypeError::new_err(format!(
        "{} is not a dtype of tensorbridge — hint: one of {}, or the NumPy dtype of the same name",
        object.repr()?,
        DType::ALL.map(DType::name).join(", ")
    )))
}

/// As [`parse`], with `None` for no wish.
pub(crate) fn parse_optional(object: Option<&Bound<'_, PyAny>>) -> PyResult<Option<DType>> {
    object.filter(|object| !object.is_none()).map(parse).transpose()
}

/// Sets the dtype of new floating-point tensors.
///
/// Arguments: `dtype`, a real floating-point dtype. Used where Python floats or creation
/// functions say nothing else; `float32` at start, as in PyTorch.
#[pyfunction]
fn set_default_dtype(dtype: &Bound<'_, PyAny>) -> PyResult<()> {
    ops::set_default_dtype(parse(dtype)?).or_raise(dtype.py())
}

/// The dtype of new floating-point tensors.
#[pyfunction]
fn get_default_dtype(py: Python<'_>) -> PyResult<Py<PyDType>> {
    instance(py, ops::default_dtype())
}

/// PyTorch's other names for the same dtypes. (`float` here is `float32`, as in PyTorch.)
const ALIASES: [(&str, DType); 9] = [
    ("half", DType::Float16),
    ("float", DType::Float32),
    ("double", DType::Float64),
    ("short", DType::Int16),
    ("int", DType::Int32),
    ("long", DType::Int64),
    ("cfloat", DType::Complex64),
    ("cdouble", DType::Complex128),
    // The Array API's name is `bool` itself; this one reads better beside Python's.
    ("bool_", DType::Bool),
];

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add_class::<PyDType>()?;
    for dtype in DType::ALL {
        module.add(dtype.name(), instance(py, dtype)?)?;
    }
    for (alias, dtype) in ALIASES {
        module.add(alias, instance(py, dtype)?)?;
    }
    module.add_function(wrap_pyfunction!(set_default_dtype, module)?)?;
    module.add_function(wrap_pyfunction!(get_default_dtype, module)?)
}
