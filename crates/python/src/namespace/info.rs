//! What the Array API asks a namespace about itself: `__array_namespace_info__`, and the version
//! of the standard.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use tensorbridge::dtype::promote::complex_of;
use tensorbridge::ops::default_dtype;
use tensorbridge::{DType, Device, MAX_NDIM};

use super::data_type::is_of_kind;
use crate::calling;
use crate::device::{self, PyDevice};
use crate::dtype;
use crate::tensor::PyTensor;

/// The versions of the standard that `tensorbridge` follows: each adds to the one before.
const VERSIONS: [&str; 5] = ["2021.12", "2022.12", "2023.12", "2024.12", "2025.12"];

/// The newest of them.
const VERSION: &str = VERSIONS[VERSIONS.len() - 1];

/// What this namespace can do, in the words of the Array API standard.
#[pyclass(name = "__array_namespace_info__", module = "tensorbridge", frozen)]
struct NamespaceInfo;

#[pymethods]
impl NamespaceInfo {
    #[new]
    fn new() -> Self {
        Self
    }

    /// What is supported: `"boolean indexing"`, `"data-dependent shapes"`, and the greatest number
    /// of axes, `"max dimensions"`.
    fn capabilities<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let capabilities = PyDict::new(py);
        capabilities.set_item("boolean indexing", true)?;
        capabilities.set_item("data-dependent shapes", true)?;
        capabilities.set_item("max dimensions", MAX_NDIM)?;
        Ok(capabilities)
    }

    /// The device of the current thread where new tensors are made when nothing says otherwise.
    fn default_device(&self) -> PyDevice {
        PyDevice(device::default())
    }

    /// The dtypes of new tensors when nothing says otherwise, by kind: `"real floating"`,
    /// `"complex floating"`, `"integral"`, `"indexing"`. They are the same on every `device`.
    #[pyo3(signature = (*, device=None))]
    fn default_dtypes<'py>(
        &self,
        py: Python<'py>,
        device: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        device::parse_optional(device)?;
        let dtypes = PyDict::new(py);
        for (kind, dtype) in [
            ("real floating", default_dtype()),
            ("complex floating", complex_of(default_dtype())),
            ("integral", DType::Int64),
            ("indexing", DType::Int64),
        ] {
            dtypes.set_item(kind, dtype::instance(py, dtype)?)?;
        }
        Ok(dtypes)
    }

    /// The devices of this process on which tensors have values.
    fn devices<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, [PyDevice(Device::CPU)])
    }

    /// The standard's dtypes by name; `kind` is one of the kinds that `isdtype` knows, or a tuple
    /// of them. They are the same on every `device`.
    ///
    /// `float16` and `bfloat16` are not the standard's, and not among them.
    #[pyo3(signature = (*, device=None, kind=None))]
    fn dtypes<'py>(
        &self,
        py: Python<'py>,
        device: Option<&Bound<'py, PyAny>>,
        kind: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        device::parse_optional(device)?;
        let dtypes = PyDict::new(py);
        for dtype in DType::ALL {
            let standard = !matches!(dtype, DType::Float16 | DType::BFloat16);
            if standard && kind.map_or(Ok(true), |kind| is_of_kind(dtype, kind))? {
                dtypes.set_item(dtype.name(), dtype::instance(py, dtype)?)?;
            }
        }
        Ok(dtypes)
    }
}

#[pymethods]
impl PyTensor {
    /// The module whose functions take this tensor, by the Array API standard: `tensorbridge`.
    ///
    /// `api_version`: a version of the standard, `"2021.12"` to `"2025.12"`, all of which the one
    /// module follows. Raises `ValueError` for others.
    #[pyo3(signature = (*, api_version=None))]
    fn __array_namespace__<'py>(
        &self,
        py: Python<'py>,
        api_version: Option<&Bound<'py, PyString>>,
    ) -> PyResult<Bound<'py, PyModule>> {
        if let Some(wanted) = api_version {
            let wanted = wanted.to_str()?;
            if !VERSIONS.contains(&wanted) {
                return Err(PyValueError::new_err(format!(
                    "tensorbridge does not follow the Array API of version \"{wanted}\" — hint: one of {VERSIONS:?}, or None for the newest"
                )));
            }
        }
        calling::import(py, "tensorbridge")
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__array_api_version__", VERSION)?;
    module.add_class::<NamespaceInfo>()
}
