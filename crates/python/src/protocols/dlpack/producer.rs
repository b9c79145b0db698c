//! Asking an object for its managed tensor: `__dlpack__` in the spellings of every version, or
//! the C exchange API of its type.

use pyo3::exceptions::{PyBufferError, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyString, PyTuple, PyType};
use tensorbridge::exchange::dlpack::abi;

use super::capsule::{self, Taken, invalid_capsule};
use super::exchange_api;
use crate::calling;
use crate::protocols::type_name;

/// An object that can be asked for a managed tensor.
pub(super) struct Producer<'a, 'py> {
    pub(super) object: &'a Bound<'py, PyAny>,
    method: Bound<'py, PyAny>,
}

/// What an object is asked for.
#[derive(Clone, Copy, Default)]
pub(super) struct Wish {
    /// The producer's `copy=`.
    pub(super) copy: Option<bool>,
    /// Whether the memory is elsewhere and is wanted on the host.
    pub(super) to_host: bool,
}

impl<'a, 'py> Producer<'a, 'py> {
    /// The producer in `object`, if it is one. A class is none, though its instances may be.
    pub(super) fn of(object: &'a Bound<'py, PyAny>) -> PyResult<Option<Self>> {
        if object.is_instance_of::<PyType>() {
            return Ok(None);
        }
        let method = object.getattr_opt(intern!(object.py(), "__dlpack__"))?;
        Ok(method.map(|method| Self { object, method }))
    }

    /// Whether the object says that its memory is on the host; one that says nothing is
    /// believed until its managed tensor says otherwise.
    pub(super) fn is_on_host(&self) -> PyResult<bool> {
        let Some(method) =
            self.object.getattr_opt(intern!(self.object.py(), "__dlpack_device__"))?
        else {
            return Ok(true);
        };
        let device = calling::call(&method, &PyTuple::empty(self.object.py()), None)?;
        let (kind, _): (i64, i64) = device.extract().map_err(|_| {
            PyTypeError::new_err(format!(
                "`__dlpack_device__` of {} returned {}, not a pair of ints",
                type_name(self.object),
                type_name(&device)
            ))
        })?;
        Ok([abi::CPU, abi::CUDA_HOST, abi::ROCM_HOST].map(i64::from).contains(&kind))
    }

    /// The object's managed tensor. An exception of the producer is the answer.
    pub(super) fn ask(&self, wish: Wish) -> PyResult<Taken> {
        self.refuse_lazy_negation()?;
        let py = self.object.py();
        let nothing = PyTuple::empty(py);
        let call =
            |keywords: Option<&Bound<'py, PyDict>>| calling::call(&self.method, &nothing, keywords);
        let mut answer = call(Some(&keywords(py, wish, true)?));
        // Producers older than the standard of 2023 know none of these keywords, and some know
        // only a few.
        if answer.as_ref().is_err_and(|error| is_about_keywords(py, error)) {
            let fewer = keywords(py, wish, false)?;
            if !fewer.is_empty() {
                answer = call(Some(&fewer));
            }
        }
        if answer.as_ref().is_err_and(|error| is_about_keywords(py, error)) {
            answer = call(None);
        }
        let answer = answer?;
        capsule::consume(&answer).map(|taken| taken.made_by(self.object)).map_err(|_| {
            invalid_capsule(&format!(
                "`__dlpack__` of {} must return a fresh capsule, and returned a {}",
                type_name(self.object),
                type_name(&answer)
            ))
        })
    }

    /// The object's managed tensor by its type's C exchange API, where that says all that
    /// `__dlpack__` would say.
    pub(super) fn ask_table(&self) -> Option<Taken> {
        let function = exchange_api::function(self.object)?;
        // PyTorch's table exports memory and forgets what `__dlpack__` refuses to forget: that a
        // tensor is a conjugate view or part of an autograd graph.
        let py = self.object.py();
        let forgets = self.says(intern!(py, "requires_grad"), false)
            || self.says(intern!(py, "is_conj"), true)
            || self.says(intern!(py, "is_neg"), true);
        if forgets {
            return None;
        }
        exchange_api::ask(self.object, function).map(|taken| taken.made_by(self.object))
    }

    /// PyTorch's negation of a view is a bit beside the memory, and no producer function looks
    /// at it: the values would arrive with the wrong sign.
    fn refuse_lazy_negation(&self) -> PyResult<()> {
        let py = self.object.py();
        // A look at an attribute that is not there is slow, and without PyTorch it never is.
        if torch_is_loaded(py) && self.says(intern!(py, "is_neg"), true) {
            return Err(PyBufferError::new_err(
                "Can't export tensors with the negative bit set: the memory has the other sign — hint: `x.resolve_neg()`",
            ));
        }
        Ok(())
    }

    /// Whether an attribute of the object, or the call of it, is `True` itself.
    fn says(&self, name: &Bound<'py, PyString>, call: bool) -> bool {
        let value = match self.object.getattr_opt(name) {
            Ok(Some(value)) if call => value.call0(),
            Ok(Some(value)) => Ok(value),
            _ => return false,
        };
        value.is_ok_and(|value| value.cast::<PyBool>().is_ok_and(|value| value.is_true()))
    }
}

/// The keywords of `__dlpack__` that say `wish`, and which versions we read.
fn keywords<'py>(py: Python<'py>, wish: Wish, version: bool) -> PyResult<Bound<'py, PyDict>> {
    static VERSION: PyOnceLock<Py<PyTuple>> = PyOnceLock::new();
    let keywords = PyDict::new(py);
    if version {
        let newest = VERSION.get_or_try_init(py, || {
            PyTuple::new(py, [abi::VERSION.major, abi::VERSION.minor]).map(Bound::unbind)
        })?;
        keywords.set_item(intern!(py, "max_version"), newest)?;
    }
    if let Some(copy) = wish.copy {
        keywords.set_item(intern!(py, "copy"), copy)?;
    }
    if wish.to_host {
        keywords.set_item(intern!(py, "dl_device"), (abi::CPU, 0))?;
    }
    Ok(keywords)
}

/// Whether PyTorch has been imported; never imports it.
fn torch_is_loaded(py: Python<'_>) -> bool {
    static SYS: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    SYS.get_or_try_init(py, || py.import("sys").map(Bound::unbind))
        .and_then(|sys| sys.bind(py).getattr(intern!(py, "modules")))
        .and_then(|modules| modules.contains(intern!(py, "torch")))
        .unwrap_or(false)
}

/// Whether a `TypeError` speaks of the arguments and not of what the producer did with them: it
/// was raised before any Python code of the producer ran, or it names a keyword of ours.
fn is_about_keywords(py: Python<'_>, error: &PyErr) -> bool {
    if !error.is_instance_of::<PyTypeError>(py) {
        return false;
    }
    if error.traceback(py).is_none() {
        return true;
    }
    let text = error.value(py).to_string();
    ["max_version", "dl_device", "'copy'", "keyword argument"]
        .iter()
        .any(|word| text.contains(word))
}
