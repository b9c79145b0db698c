//! PyTorch's words for how memory is laid out: `strided`, `contiguous_format` and their like.

use pyo3::exceptions::{PyNotImplementedError, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The layout of every tensor: `tensorbridge.strided`.
#[pyclass(name = "layout", module = "tensorbridge", frozen)]
pub(crate) struct PyLayout;

static STRIDED: PyOnceLock<Py<PyLayout>> = PyOnceLock::new();

/// The one instance.
pub(crate) fn strided(py: Python<'_>) -> PyResult<Py<PyLayout>> {
    STRIDED.get_or_try_init(py, || Py::new(py, PyLayout)).map(|layout| layout.clone_ref(py))
}

#[pymethods]
impl PyLayout {
    fn __repr__(&self) -> &'static str {
        "tensorbridge.strided"
    }

    fn __reduce__(&self) -> &'static str {
        "strided"
    }
}

/// The order of memory of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// The source's order where that is dense.
    Preserve,
    /// C order.
    Contiguous,
    /// Channels fastest, of images and of volumes.
    ChannelsLast,
    ChannelsLast3d,
}

impl Format {
    const ALL: [Self; 4] =
        [Self::Preserve, Self::Contiguous, Self::ChannelsLast, Self::ChannelsLast3d];

    fn name(self) -> &'static str {
        match self {
            Self::Preserve => "preserve_format",
            Self::Contiguous => "contiguous_format",
            Self::ChannelsLast => "channels_last",
            Self::ChannelsLast3d => "channels_last_3d",
        }
    }
}

/// A value of `memory_format=`: `tensorbridge.contiguous_format`, `tensorbridge.preserve_format`.
#[pyclass(name = "memory_format", module = "tensorbridge", frozen, eq)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct PyMemoryFormat(Format);

#[pymethods]
impl PyMemoryFormat {
    fn __repr__(&self) -> String {
        format!("tensorbridge.{}", self.0.name())
    }

    fn __reduce__(&self) -> &'static str {
        self.0.name()
    }

    fn __hash__(&self) -> u64 {
        self.0 as u64
    }
}

/// Whether `memory_format=` asks for C order; `default` answers for `None`.
pub(crate) fn wants_contiguous(format: Option<&Bound<'_, PyAny>>, default: bool) -> PyResult<bool> {
    let Some(format) = format.filter(|format| !format.is_none()) else {
        return Ok(default);
    };
    let Ok(format) = format.cast::<PyMemoryFormat>() else {
        return Err(PyTypeError::new_err(format!(
            "`memory_format` must be a `tensorbridge.memory_format`, not {}",
            format.get_type().name()?
        )));
    };
    match format.get().0 {
        Format::Preserve => Ok(false),
        Format::Contiguous => Ok(true),
        other => Err(PyNotImplementedError::new_err(format!(
            "the memory format `{}` is not built — hint: permute a dense copy: `t.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)`",
            other.name()
        ))),
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    module.add_class::<PyLayout>()?;
    module.add_class::<PyMemoryFormat>()?;
    module.add("strided", strided(py)?)?;
    for format in Format::ALL {
        module.add(format.name(), Py::new(py, PyMemoryFormat(format))?)?;
    }
    Ok(())
}
