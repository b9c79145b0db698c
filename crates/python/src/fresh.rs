//! New Python objects whose number or size a caller decides: too many are a `MemoryError`, where
//! PyO3's own constructors panic.

use std::ffi::c_longlong;

use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyComplex, PyFloat, PyInt, PyList, PyString, PyTuple, PyType};

/// How many items are made between two looks for Ctrl-C.
const POLL: usize = 1 << 14;

/// The object that `made` is, or the exception that says why there is none.
///
/// # Safety
///
/// `made` is a new reference to a `T`, or null with an exception set.
unsafe fn owned<T>(py: Python<'_>, made: *mut ffi::PyObject) -> PyResult<Bound<'_, T>> {
    // SAFETY: by this function's contract.
    unsafe { Ok(Bound::from_owned_ptr_or_err(py, made)?.cast_into_unchecked()) }
}

/// A `float`.
pub(crate) fn float(py: Python<'_>, value: f64) -> PyResult<Bound<'_, PyFloat>> {
    // SAFETY: a new float, or null.
    unsafe { owned(py, ffi::PyFloat_FromDouble(value)) }
}

/// An `int`.
pub(crate) fn int(py: Python<'_>, value: i64) -> PyResult<Bound<'_, PyInt>> {
    // SAFETY: a new int, or null.
    unsafe { owned(py, ffi::PyLong_FromLongLong(value as c_longlong)) }
}

/// A `complex`.
pub(crate) fn complex(py: Python<'_>, re: f64, im: f64) -> PyResult<Bound<'_, PyComplex>> {
    // SAFETY: a new complex number, or null.
    unsafe { owned(py, ffi::PyComplex_FromDoubles(re, im)) }
}

/// A `str`.
pub(crate) fn text<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyString>> {
    PyString::from_bytes(py, text.as_bytes())
}

/// A `list` of `length` items, made in order.
///
/// # Errors
///
/// The first error of `item`, `MemoryError`, or what a signal handler raises.
pub(crate) fn list<'py>(
    py: Python<'py>,
    length: usize,
    mut item: impl FnMut() -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyList>> {
    // SAFETY: a new list, or null. Lengths of tensors fit in `isize`.
    let list: Bound<'py, PyList> = unsafe { owned(py, ffi::PyList_New(length as isize)) }?;
    for index in 0..length {
        if index % POLL == POLL - 1 {
            py.check_signals()?;
        }
        let item = item()?.into_ptr();
        // SAFETY: the place exists and is empty; the list takes the reference in any case.
        let failed = unsafe { ffi::PyList_SetItem(list.as_ptr(), index as isize, item) } != 0;
        if failed {
            return Err(PyErr::fetch(py));
        }
    }
    Ok(list)
}

/// A `tuple` of `length` items, made in order.
///
/// # Errors
///
/// As [`list`].
pub(crate) fn tuple<'py>(
    py: Python<'py>,
    length: usize,
    mut item: impl FnMut() -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyTuple>> {
    // SAFETY: a new tuple, or null. Lengths of tensors fit in `isize`.
    let tuple = unsafe { owned(py, ffi::PyTuple_New(length as isize)) }?;
    filled(tuple, length, |_| item())
}

/// A tuple of the class `class`, past what it does to make one, of `item(0)`, `item(1)` ….
///
/// # Errors
///
/// As [`list`].
pub(crate) fn tuple_of<'py>(
    class: &Bound<'py, PyType>,
    length: usize,
    item: impl FnMut(usize) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyTuple>> {
    debug_assert!(class.is_subclass_of::<PyTuple>().unwrap_or(false));
    // SAFETY: a new object of a subclass of `tuple` with empty places for as many items, or null.
    let tuple = unsafe {
        owned(class.py(), ffi::PyType_GenericAlloc(class.as_type_ptr(), length as isize))
    }?;
    filled(tuple, length, item)
}

/// Fills the empty places of a new tuple.
fn filled<'py>(
    tuple: Bound<'py, PyTuple>,
    length: usize,
    mut item: impl FnMut(usize) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyTuple>> {
    let py = tuple.py();
    for index in 0..length {
        if index % POLL == POLL - 1 {
            py.check_signals()?;
        }
        let item = item(index)?.into_ptr();
        // SAFETY: the place exists and is empty, and nobody else holds the tuple yet; it takes
        // the reference in any case.
        let failed = unsafe { ffi::PyTuple_SetItem(tuple.as_ptr(), index as isize, item) } != 0;
        if failed {
            return Err(PyErr::fetch(py));
        }
    }
    Ok(tuple)
}
