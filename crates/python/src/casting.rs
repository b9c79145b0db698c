//! The rules for casts, as Python spells them: the keyword `casting`, and `tensorbridge.casting`.

use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};
use tensorbridge::casting::{self, Casting};

use crate::errors::OrRaise;

/// Reads a rule: `"exact"`, `"safe"`, `"same_kind"` or `"unsafe"`; `"same_value"`, which is NumPy's
/// name for the first.
fn parse(object: &Bound<'_, PyAny>) -> PyResult<Casting> {
    let Ok(name) = object.cast::<PyString>() else {
        return Err(PyTypeError::new_err(format!(
            "casting must be one of 'exact', 'safe', 'same_kind', 'unsafe' (got {})",
            object.get_type().name()?
        )));
    };
    match name.to_str()? {
        "same_value" => Ok(Casting::Exact),
        name => name.parse::<Casting>().or_raise(object.py()),
    }
}

/// The rule that a keyword names, if it does.
pub(crate) fn parse_optional(keyword: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Casting>> {
    keyword.filter(|keyword| !keyword.is_none()).map(parse).transpose()
}

/// The rule of a call: that of its keyword, else that of the scope it is made in.
#[inline]
pub(crate) fn rule(keyword: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Casting>> {
    match keyword {
        None => Ok(casting::in_force()),
        Some(keyword) => Ok(parse_optional(Some(keyword))?.or_else(casting::in_force)),
    }
}

/// The rule for casts that are told no other, within a `with` block.
///
/// ```python
/// with tb.casting("exact"):
///     t[0] = 0.1  # InexactError where t is float32: no value may change
/// ```
///
/// `rule`: `"exact"` (no value may change, else `InexactError`; NumPy 2.4 calls it
/// `"same_value"`, which is taken, too), `"safe"` and `"same_kind"` (NumPy's
/// rules: the dtypes alone decide, else `TypeError`), `"unsafe"` (any cast). It counts for
/// assignment by index and mask, `copy_`, `fill_` and their kin, `to` and the casts by name,
/// `asarray`, `as_tensor` and `tensor`; the keyword `casting` of one of these wins. Not for
/// arithmetic and `out=`, whose results have a rule of their own. Nothing has been written when an
/// error is raised. Counts on the thread that entered it, and may be nested: the innermost counts.
///
/// Raises `ValueError` for another rule.
#[pyclass(name = "casting", module = "tensorbridge", frozen)]
struct PyCasting {
    rule: Casting,
    /// What was in force before, scope by scope.
    before: Mutex<Vec<Option<Casting>>>,
}

#[pymethods]
impl PyCasting {
    #[new]
    #[pyo3(signature = (rule, /))]
    fn new(rule: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self { rule: parse(rule)?, before: Mutex::default() })
    }

    fn __enter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        let this = slf.get();
        let before = casting::enter(this.rule);
        this.before.lock().unwrap_or_else(PoisonError::into_inner).push(before);
        slf
    }

    #[pyo3(signature = (_kind=None, _value=None, _traceback=None))]
    fn __exit__(
        &self,
        _kind: Option<&Bound<'_, PyType>>,
        _value: Option<&Bound<'_, PyAny>>,
        _traceback: Option<&Bound<'_, PyAny>>,
    ) {
        let before = self.before.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(before) = before {
            casting::leave(before);
        }
    }

    fn __repr__(&self) -> String {
        format!("casting('{}')", self.rule.name())
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<PyCasting>()
}
