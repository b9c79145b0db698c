//! `repr`, `str`, and what `set_printoptions` sets.

use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use tensorbridge::text::{self, Options};

use super::PyTensor;
use crate::errors::OrRaise;
use crate::fresh;

#[pymethods]
impl PyTensor {
    fn __repr__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyString>> {
        let text = text::repr(&self.inner, &text::options()).or_raise(py)?;
        fresh::text(py, &text)
    }
}

/// What a call changes; `None` leaves as it is.
struct Change {
    precision: Option<usize>,
    threshold: Option<f64>,
    edge_items: Option<usize>,
    line_width: Option<usize>,
    profile: Option<String>,
    scientific: Option<bool>,
}

/// More digits than any float has.
const MOST_DIGITS: usize = 1100;

impl Change {
    fn apply(&self) -> PyResult<Options> {
        let base = match self.profile.as_deref() {
            None => text::options(),
            Some("default") => Options::default(),
            Some("short") => Options { precision: 2, edge_items: 2, ..Options::default() },
            Some("full") => Options { threshold: usize::MAX, ..Options::default() },
            Some(other) => {
                return Err(PyValueError::new_err(format!(
                    "`{other}` is no profile — hint: one of `default`, `short`, `full`"
                )));
            }
        };
        let threshold = match self.threshold {
            None => base.threshold,
            Some(number) if number >= 0.0 => number as usize,
            Some(number) => {
                return Err(PyValueError::new_err(format!(
                    "`threshold` must be a number of elements, not {number} — hint: `float(\"inf\")` shows all"
                )));
            }
        };
        Ok(Options {
            precision: self.precision.unwrap_or(base.precision).min(MOST_DIGITS),
            threshold,
            edge_items: self.edge_items.unwrap_or(base.edge_items),
            line_width: self.line_width.unwrap_or(base.line_width),
            // As in PyTorch, every call decides this one.
            scientific: self.scientific,
        })
    }
}

/// Sets how tensors are written, for the whole process.
///
/// `precision`: digits after the point (4). `threshold`: elements above which only the edges of
/// each axis are shown (1000; `float("inf")` shows all). `edgeitems`: elements shown at either
/// end (3). `linewidth`: characters a line (80). `profile`: `"default"`, `"short"` or `"full"`,
/// which the others override. `sci_mode`: whether floats have exponents; `None` decides by
/// their range.
#[pyfunction]
#[pyo3(signature = (precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None))]
fn set_printoptions(
    precision: Option<usize>,
    threshold: Option<f64>,
    edgeitems: Option<usize>,
    linewidth: Option<usize>,
    profile: Option<String>,
    sci_mode: Option<bool>,
) -> PyResult<()> {
    let change = Change {
        precision,
        threshold,
        edge_items: edgeitems,
        line_width: linewidth,
        profile,
        scientific: sci_mode,
    };
    text::set_options(change.apply()?);
    Ok(())
}

/// The options in force, as the keyword arguments of `set_printoptions`.
#[pyfunction]
fn get_printoptions(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let options = text::options();
    let result = PyDict::new(py);
    result.set_item("precision", options.precision)?;
    match options.threshold {
        usize::MAX => result.set_item("threshold", f64::INFINITY)?,
        threshold => result.set_item("threshold", threshold)?,
    }
    result.set_item("edgeitems", options.edge_items)?;
    result.set_item("linewidth", options.line_width)?;
    result.set_item("sci_mode", options.scientific)?;
    Ok(result)
}

/// `with printoptions(precision=2):` sets options for the length of a block; the arguments are
/// those of `set_printoptions`.
#[pyclass(name = "printoptions", module = "tensorbridge", frozen)]
struct PrintOptions {
    change: Change,
    before: Mutex<Vec<Options>>,
}

#[pymethods]
impl PrintOptions {
    #[new]
    #[pyo3(signature = (*, precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None))]
    fn new(
        precision: Option<usize>,
        threshold: Option<f64>,
        edgeitems: Option<usize>,
        linewidth: Option<usize>,
        profile: Option<String>,
        sci_mode: Option<bool>,
    ) -> Self {
        let change = Change {
            precision,
            threshold,
            edge_items: edgeitems,
            line_width: linewidth,
            profile,
            scientific: sci_mode,
        };
        Self { change, before: Mutex::default() }
    }

    fn __enter__(&self) -> PyResult<()> {
        let wanted = self.change.apply()?;
        self.before.lock().unwrap_or_else(PoisonError::into_inner).push(text::options());
        text::set_options(wanted);
        Ok(())
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, _exception: &Bound<'_, PyTuple>) {
        let before = self.before.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(before) = before {
            text::set_options(before);
        }
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PrintOptions>()?;
    module.add_function(wrap_pyfunction!(set_printoptions, module)?)?;
    module.add_function(wrap_pyfunction!(get_printoptions, module)?)
}
