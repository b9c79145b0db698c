//! A quick way into a function, for the call that it mostly gets: so many arguments, no keywords.
//!
//! PyO3 finds each argument a parameter in a table, which costs small operations a tenth of their
//! time. A front answers the plain call at once. Whatever else comes, keywords, another number of
//! arguments, objects that the quick way does not know, goes on to the function itself: what
//! calls mean, and what errors say, is decided there alone. For Python the front *is* the
//! function, with its name, module, signature and docstring.

use std::ffi::CString;
use std::mem::transmute;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null_mut;

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi::{self, Py_ssize_t, PyObject};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyCFunction, PyString};

/// The function behind a front.
pub(crate) type Behind = PyOnceLock<Py<PyAny>>;

/// What C calls.
pub(crate) type Entrance = unsafe extern "C" fn(
    *mut PyObject,
    *const *mut PyObject,
    Py_ssize_t,
    *mut PyObject,
) -> *mut PyObject;

/// Adds a `#[pyfunction]` to a module behind a front: `front!(module, function, quick)`, where
/// `quick` takes `Python<'py>` and an array of as many borrowed objects as the plain call has
/// arguments. It gives `None`, before anything has happened, for what it does not know.
macro_rules! front {
    ($module:expr, $function:ident, $quick:expr) => {{
        static BEHIND: $crate::front::Behind = $crate::front::Behind::new();
        unsafe extern "C" fn entrance(
            _: *mut pyo3::ffi::PyObject,
            arguments: *const *mut pyo3::ffi::PyObject,
            count: pyo3::ffi::Py_ssize_t,
            names: *mut pyo3::ffi::PyObject,
        ) -> *mut pyo3::ffi::PyObject {
            // SAFETY: called by the interpreter, as the contract of `call` says.
            unsafe { $crate::front::call(&BEHIND, arguments, count, names, $quick) }
        }
        $crate::front::install(
            $module,
            pyo3::wrap_pyfunction!($function, $module)?,
            &BEHIND,
            entrance,
        )
    }};
}
pub(crate) use front;

/// Answers a call by `quick`, or by the function behind.
///
/// # Safety
///
/// Attached; `arguments` and `names` are a vectorcall's: `count` live objects, and as many more as
/// there are strings in the tuple `names`, which may be null.
#[inline(always)]
pub(crate) unsafe fn call<const N: usize>(
    behind: &Behind,
    arguments: *const *mut PyObject,
    count: Py_ssize_t,
    names: *mut PyObject,
    quick: impl for<'a, 'py> Fn(
        Python<'py>,
        [Borrowed<'a, 'py, PyAny>; N],
    ) -> Option<PyResult<Bound<'py, PyAny>>>,
) -> *mut PyObject {
    // SAFETY: attached, for the whole call.
    let py = unsafe { Python::assume_attached() };
    let answer = if count == N as Py_ssize_t && names.is_null() {
        // SAFETY: `N` live objects, which the caller holds during the call.
        let objects = unsafe { &*arguments.cast::<[*mut PyObject; N]>() };
        // SAFETY: as above.
        let objects = objects.map(|object| unsafe { Borrowed::from_ptr(py, object) });
        // A panic panics once more behind, where PyO3 makes an exception of it.
        catch_unwind(AssertUnwindSafe(|| quick(py, objects))).unwrap_or(None)
    } else {
        None
    };
    // SAFETY: the caller's contract.
    match answer.unwrap_or_else(|| unsafe { call_behind(py, behind, arguments, count, names) }) {
        Ok(result) => result.into_ptr(),
        Err(error) => {
            error.restore(py);
            null_mut()
        }
    }
}

/// Calls the function behind with all that was given.
///
/// # Safety
///
/// As [`call`].
#[cold]
unsafe fn call_behind<'py>(
    py: Python<'py>,
    behind: &Behind,
    arguments: *const *mut PyObject,
    count: Py_ssize_t,
    names: *mut PyObject,
) -> PyResult<Bound<'py, PyAny>> {
    let function = behind.get(py).ok_or_else(|| PyRuntimeError::new_err("not installed"))?;
    let function = function.bind(py).cast::<PyCFunction>()?;
    let Some(Method::Vector(entrance)) = Method::of(function) else {
        return Err(PyRuntimeError::new_err("a front stands before a function of keywords"));
    };
    // SAFETY: the function's own entrance, with its own first argument and the caller's others;
    // the result is a new reference, or null with an exception.
    unsafe {
        let first = ffi::PyCFunction_GetSelf(function.as_ptr());
        Bound::from_owned_ptr_or_err(py, entrance(first, arguments, count, names))
    }
}

/// How C calls a function.
#[derive(Clone, Copy)]
pub(crate) enum Method {
    /// With an array of arguments and a tuple of names.
    Vector(Entrance),
    /// With a tuple and a dict.
    Tuple(ffi::PyCFunctionWithKeywords),
}

impl Method {
    /// That of `function`, if it takes keywords.
    pub(crate) fn of(function: &Bound<'_, PyCFunction>) -> Option<Self> {
        let object = function.as_ptr();
        // SAFETY: a function of C's; its flags say which pointer it has.
        unsafe {
            let flags = ffi::PyCFunction_GetFlags(object);
            let method = ffi::PyCFunction_GetFunction(object)?;
            match flags & (ffi::METH_VARARGS | ffi::METH_FASTCALL | ffi::METH_KEYWORDS) {
                flags if flags == ffi::METH_FASTCALL | ffi::METH_KEYWORDS => {
                    Some(Self::Vector(transmute::<ffi::PyCFunction, Entrance>(method)))
                }
                flags if flags == ffi::METH_VARARGS | ffi::METH_KEYWORDS => {
                    let method =
                        transmute::<ffi::PyCFunction, ffi::PyCFunctionWithKeywords>(method);
                    Some(Self::Tuple(method))
                }
                _ => None,
            }
        }
    }
}

/// A function with `function`'s name, module, signature and docstring, and this method.
///
/// # Errors
///
/// Whatever Python raises when asked about the function.
pub(crate) fn defined<'py>(
    module: &Bound<'py, PyModule>,
    function: &Bound<'py, PyCFunction>,
    method: Method,
) -> PyResult<Bound<'py, PyAny>> {
    let py = module.py();
    let text = |name: &str| -> PyResult<String> { function.getattr(name)?.extract() };
    let name = text("__name__")?;
    let doc = format!("{name}{}\n--\n\n{}", text("__text_signature__")?, text("__doc__")?);
    let (ml_meth, ml_flags) = match method {
        Method::Vector(entrance) => (
            ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: entrance },
            ffi::METH_FASTCALL | ffi::METH_KEYWORDS,
        ),
        Method::Tuple(entrance) => (
            ffi::PyMethodDefPointer { PyCFunctionWithKeywords: entrance },
            ffi::METH_VARARGS | ffi::METH_KEYWORDS,
        ),
    };
    // For as long as the function may be called, which is until the process ends.
    let definition = Box::leak(Box::new(ffi::PyMethodDef {
        ml_name: CString::new(name)?.into_raw(),
        ml_meth,
        ml_flags,
        ml_doc: CString::new(doc)?.into_raw(),
    }));
    let module_name = function.getattr("__module__")?.cast_into::<PyString>()?;
    // SAFETY: a definition that is never freed; the result is a new reference, or null.
    unsafe {
        let front = ffi::PyCFunction_NewEx(definition, module.as_ptr(), module_name.as_ptr());
        Bound::from_owned_ptr_or_err(py, front)
    }
}

/// Adds `function` to `module`, behind a front.
///
/// # Errors
///
/// As [`defined`].
pub(crate) fn install(
    module: &Bound<'_, PyModule>,
    function: Bound<'_, PyCFunction>,
    behind: &'static Behind,
    entrance: Entrance,
) -> PyResult<()> {
    let front = defined(module, &function, Method::Vector(entrance))?;
    let name = function.getattr("__name__")?.cast_into::<PyString>()?;
    behind.get_or_init(module.py(), || function.into_any().unbind());
    module.add(name, front)
}
