//! From Rust into Python code that may run for long: methods of protocols, iterators, sequences,
//! NumPy's functions, modules that are imported when they are needed.
//!
//! Up to CPython 3.13, a daemon thread that is inside such code when the interpreter ends is
//! ended by `pthread_exit`, which unwinds its stack. Every Rust frame there would give back its
//! references without holding the interpreter, and the outermost would abort the process. Calls
//! made through this file meet the unwinding with a destructor that never returns: the thread
//! stays where it is, as CPython 3.14 leaves it, until the process is gone a moment later.

use std::ffi::c_void;
use std::hint::black_box;
use std::mem::transmute;

use pyo3::ffi::{self, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PySequence, PyString, PyTuple};

/// Meets an unwinding that is no panic.
struct Stay;

impl Drop for Stay {
    fn drop(&mut self) {
        // A panic of ours unwinds too, and must arrive.
        while !std::thread::panicking() {
            std::thread::park();
        }
    }
}

/// Runs `call`; an unwinding out of it ends here.
#[inline(always)]
fn stay(call: impl FnOnce() -> *mut PyObject) -> *mut PyObject {
    let stay = Stay;
    let result = call();
    std::mem::forget(stay);
    result
}

/// The address of a function, which the optimiser cannot recognise: PyO3 declares it as one that
/// never unwinds, and the destructor would be optimised away.
macro_rules! unwinding {
    ($function:path as fn($($argument:ty),*)) => {{
        let address = black_box($function as *const c_void);
        // SAFETY: a function of this signature; `C-unwind` is the ABI of `C`.
        unsafe { transmute::<*const c_void, unsafe extern "C-unwind" fn($($argument),*) -> *mut PyObject>(address) }
    }};
}

/// `callable(*arguments, **keywords)`.
///
/// # Errors
///
/// Whatever it raises.
pub(crate) fn call<'py>(
    callable: &Bound<'py, PyAny>,
    arguments: &Bound<'py, PyTuple>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let function =
        unwinding!(ffi::PyObject_Call as fn(*mut PyObject, *mut PyObject, *mut PyObject));
    let keywords = keywords.map_or(std::ptr::null_mut(), Bound::as_ptr);
    // SAFETY: live objects of the right types; the result is a new reference, or null with an
    // exception set.
    unsafe {
        let result = stay(|| function(callable.as_ptr(), arguments.as_ptr(), keywords));
        Bound::from_owned_ptr_or_err(callable.py(), result)
    }
}

/// The module `name`, whose code runs where it is the first to ask.
///
/// # Errors
///
/// Whatever that raises.
pub(crate) fn import<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyModule>> {
    let function = unwinding!(ffi::PyImport_Import as fn(*mut PyObject));
    let name = PyString::new(py, name);
    // SAFETY: a live string; the result is a new reference, or null with an exception set.
    let module = unsafe {
        let module = stay(|| function(name.as_ptr()));
        Bound::from_owned_ptr_or_err(py, module)?
    };
    Ok(module.cast_into()?)
}

/// The next item, if there is one.
///
/// # Errors
///
/// Whatever the iterator raises.
pub(crate) fn next<'py>(iterator: &Bound<'py, PyIterator>) -> Option<PyResult<Bound<'py, PyAny>>> {
    let py = iterator.py();
    let function = unwinding!(ffi::PyIter_Next as fn(*mut PyObject));
    // SAFETY: a live iterator; the result is a new reference, or null.
    let item = unsafe {
        let item = stay(|| function(iterator.as_ptr()));
        Bound::from_owned_ptr_or_opt(py, item)
    };
    match item {
        Some(item) => Some(Ok(item)),
        None => PyErr::take(py).map(Err),
    }
}

/// `sequence[index]`.
///
/// # Errors
///
/// Whatever it raises.
pub(crate) fn item<'py>(
    sequence: &Bound<'py, PySequence>,
    index: usize,
) -> PyResult<Bound<'py, PyAny>> {
    let function = unwinding!(ffi::PySequence_GetItem as fn(*mut PyObject, ffi::Py_ssize_t));
    // SAFETY: a live object; an index below its length fits. The result is a new reference, or
    // null with an exception set.
    unsafe {
        let item = stay(|| function(sequence.as_ptr(), index as ffi::Py_ssize_t));
        Bound::from_owned_ptr_or_err(sequence.py(), item)
    }
}
