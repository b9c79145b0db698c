//! PyTorch's keywords for first operands: `tb.add(input=a, other=b)`.
//!
//! The Array API's operands are positional-only, so their names are free. After all functions are
//! registered, each that has such parameters gets an entrance that knows PyTorch's names of their
//! places. A call without keywords goes straight on; one with keywords has those moved to their
//! places first. For Python the function stays what it was: name, module, signature, docstring.

use std::sync::OnceLock;

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi::{self, Py_ssize_t, PyObject};
use pyo3::prelude::*;
use pyo3::types::{PyCFunction, PyDict, PyString, PyTuple};

use crate::front::{Entrance, Method, defined};

/// The names of the first places in functions where PyTorch's are not `input` and `other`; a place
/// may have several.
const NAMES: &[(&str, &[&str])] = &[
    ("bmm", &["input", "mat2"]),
    ("det", &["input|A"]),
    ("dot", &["input", "tensor"]),
    ("float_power", &["input", "exponent"]),
    ("ger", &["input", "vec2"]),
    ("inverse", &["input|A"]),
    ("isin", &["elements", "test_elements"]),
    ("matrix_exp", &["input|A"]),
    ("matrix_power", &["input|A", "n"]),
    ("mm", &["input", "mat2"]),
    ("mv", &["input", "vec"]),
    ("outer", &["input", "vec2"]),
    ("pow", &["input", "exponent"]),
    ("searchsorted", &["sorted_sequence", "input"]),
    ("slogdet", &["input|A"]),
    ("tensordot", &["a", "b"]),
    ("vecdot", &["input|x", "other|y"]),
    ("vector_norm", &["input|x"]),
];

/// PyTorch's names for a place that the signature calls `name`; those of linear algebra too, where
/// that is asked for.
fn alias(name: &str, algebra: bool) -> &str {
    match name {
        "x" | "x1" if algebra => "input|A",
        "x2" if algebra => "other|B",
        "x" | "x1" | "a" | "m" => "input",
        "x2" => "other",
        "arrays" => "tensors",
        name => name,
    }
}

/// Whether `place` has this name.
fn is_called(place: &str, name: &str) -> bool {
    place.split('|').any(|one| one == name)
}

/// A function with other names for its first places.
struct Aliased {
    method: Method,
    names: Vec<String>,
}

/// One for each entrance.
static ALIASED: [OnceLock<Aliased>; 512] = [const { OnceLock::new() }; 512];

/// What C calls: of function number `N`.
unsafe extern "C" fn entrance<const N: usize>(
    module: *mut PyObject,
    arguments: *const *mut PyObject,
    count: Py_ssize_t,
    names: *mut PyObject,
) -> *mut PyObject {
    let Some(Aliased { method: Method::Vector(method), names: known }) = ALIASED[N].get() else {
        return std::ptr::null_mut();
    };
    // SAFETY: called by the interpreter; all arguments are handed on.
    unsafe {
        if names.is_null() {
            return method(module, arguments, count, names);
        }
        renamed(*method, known, module, arguments, count, names)
    }
}

/// The same of a function that takes a tuple and a dict.
unsafe extern "C" fn tuple_entrance<const N: usize>(
    module: *mut PyObject,
    arguments: *mut PyObject,
    keywords: *mut PyObject,
) -> *mut PyObject {
    let Some(Aliased { method: Method::Tuple(method), names }) = ALIASED[N].get() else {
        return std::ptr::null_mut();
    };
    if keywords.is_null() {
        // SAFETY: called by the interpreter; all arguments are handed on.
        return unsafe { method(module, arguments, keywords) };
    }
    // SAFETY: attached, for the whole call; a tuple and a dict.
    let (py, given) = unsafe {
        let py = Python::assume_attached();
        (py, (Bound::from_borrowed_ptr(py, arguments), Bound::from_borrowed_ptr(py, keywords)))
    };
    match moved(names, &given.0, &given.1) {
        // SAFETY: as above, with a tuple and a dict of our own.
        Ok((positional, rest)) => unsafe { method(module, positional.as_ptr(), rest.as_ptr()) },
        Err(error) => {
            error.restore(py);
            std::ptr::null_mut()
        }
    }
}

/// Arguments with the keywords that name a next place moved there.
fn moved<'py>(
    names: &[String],
    arguments: &Bound<'py, PyAny>,
    keywords: &Bound<'py, PyAny>,
) -> PyResult<(Bound<'py, PyTuple>, Bound<'py, PyDict>)> {
    let mut positional: Vec<Bound<'py, PyAny>> = arguments.try_iter()?.collect::<PyResult<_>>()?;
    let rest = keywords.cast::<PyDict>()?.copy()?;
    for place in names.iter().skip(positional.len()) {
        let mut found = None;
        for name in place.split('|') {
            if let Some(value) = rest.get_item(name)? {
                found = Some((name, value));
                break;
            }
        }
        let Some((name, value)) = found else { break };
        rest.del_item(name)?;
        positional.push(value);
    }
    Ok((PyTuple::new(arguments.py(), positional)?, rest))
}

/// Calls a function with keywords, those that name a next place moved there.
///
/// # Safety
///
/// Attached; the arguments are a vectorcall's, and `names` is a tuple.
#[cold]
unsafe fn renamed(
    method: Entrance,
    known: &[String],
    module: *mut PyObject,
    arguments: *const *mut PyObject,
    count: Py_ssize_t,
    names: *mut PyObject,
) -> *mut PyObject {
    // SAFETY: attached, for the whole call.
    let py = unsafe { Python::assume_attached() };
    let call = |arguments: *const *mut PyObject, count: Py_ssize_t, names: *mut PyObject| {
        // SAFETY: the caller's contract, for arguments that are the same in another order.
        unsafe { method(module, arguments, count, names) }
    };
    // SAFETY: a live tuple of strings, which the caller holds.
    let given = unsafe { Borrowed::from_ptr(py, names) };
    let Ok(given) = given.cast::<PyTuple>() else { return call(arguments, count, names) };
    let places = count as usize;
    // SAFETY: so many objects: positional arguments, then those of the names.
    let all = unsafe { std::slice::from_raw_parts(arguments, places + given.len()) };
    let (mut moved, mut rest) = (all[..places].to_vec(), Vec::new());
    let mut taken = Vec::new();
    for place in known.iter().skip(places) {
        let at = given.iter_borrowed().position(|name| {
            name.cast::<PyString>()
                .is_ok_and(|name| name.to_str().is_ok_and(|name| is_called(place, name)))
        });
        let Some(at) = at else { break };
        moved.push(all[places + at]);
        taken.push(at);
    }
    let reached = moved.len();
    if reached == places {
        return call(arguments, count, names);
    }
    for (at, name) in given.iter_borrowed().enumerate() {
        if !taken.contains(&at) {
            moved.push(all[places + at]);
            rest.push(name);
        }
    }
    match PyTuple::new(py, rest) {
        Ok(rest) if rest.is_empty() => {
            call(moved.as_ptr(), reached as Py_ssize_t, std::ptr::null_mut())
        }
        Ok(rest) => call(moved.as_ptr(), reached as Py_ssize_t, rest.as_ptr()),
        Err(error) => {
            error.restore(py);
            std::ptr::null_mut()
        }
    }
}

/// Sixteen entrances for each number.
macro_rules! entrances {
    ($entrance:ident: $($row:literal)+) => {
        [$(
            $entrance::<{ $row * 16 }>, $entrance::<{ $row * 16 + 1 }>,
            $entrance::<{ $row * 16 + 2 }>, $entrance::<{ $row * 16 + 3 }>,
            $entrance::<{ $row * 16 + 4 }>, $entrance::<{ $row * 16 + 5 }>,
            $entrance::<{ $row * 16 + 6 }>, $entrance::<{ $row * 16 + 7 }>,
            $entrance::<{ $row * 16 + 8 }>, $entrance::<{ $row * 16 + 9 }>,
            $entrance::<{ $row * 16 + 10 }>, $entrance::<{ $row * 16 + 11 }>,
            $entrance::<{ $row * 16 + 12 }>, $entrance::<{ $row * 16 + 13 }>,
            $entrance::<{ $row * 16 + 14 }>, $entrance::<{ $row * 16 + 15 }>,
        )+]
    };
}

static ENTRANCES: [Entrance; 512] = entrances! { entrance:
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
};

static TUPLE_ENTRANCES: [ffi::PyCFunctionWithKeywords; 512] = entrances! { tuple_entrance:
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
};

/// The names of the operands in a signature: its positional-only parameters, or a first `x`.
fn operands(signature: &str) -> Vec<&str> {
    let inner = signature.trim_start_matches('(').trim_end_matches(')');
    let name = |parameter: &str| parameter.split('=').next().map(str::len);
    match inner.split_once(", /") {
        Some((before, _)) => {
            before.split(", ").map(|one| &one[..name(one).unwrap_or(one.len())]).collect()
        }
        None => inner.split(", ").take(1).filter(|&first| first == "x").collect(),
    }
}

/// Lets every function of these modules take PyTorch's names for its operands; beside each is
/// whether it is of linear algebra.
///
/// # Errors
///
/// `RuntimeError` where there are more functions than entrances; whatever Python raises.
pub(crate) fn accept<'py>(modules: &[(&Bound<'py, PyModule>, bool)]) -> PyResult<()> {
    let mut done = Vec::new();
    for (module, algebra) in modules {
        accept_in(module, *algebra, module.dict().copy()?.iter(), &mut done)?;
    }
    Ok(())
}

fn accept_in<'py>(
    module: &Bound<'py, PyModule>,
    algebra: bool,
    items: impl Iterator<Item = (Bound<'py, PyAny>, Bound<'py, PyAny>)>,
    done: &mut Vec<[Bound<'py, PyAny>; 2]>,
) -> PyResult<()> {
    for (key, value) in items {
        let Ok(function) = value.cast::<PyCFunction>() else { continue };
        // One function under two names stays one.
        if let Some([_, same]) = done.iter().find(|[before, _]| before.is(&value)) {
            module.setattr(key.cast::<PyString>()?, same)?;
            continue;
        }
        let signature = function.getattr("__text_signature__")?;
        let Ok(signature) = signature.cast::<PyString>() else { continue };
        let name: String = function.getattr("__name__")?.extract()?;
        let names: Vec<String> = match NAMES.iter().find(|(other, _)| *other == name) {
            Some((_, names)) => names.iter().map(|&name| name.to_owned()).collect(),
            None => operands(signature.to_str()?)
                .into_iter()
                .map(|name| alias(name, algebra).to_owned())
                .collect(),
        };
        let Some(method) = Method::of(function).filter(|_| !names.is_empty()) else { continue };
        let free = ALIASED.iter().position(|aliased| aliased.get().is_none());
        let free = free.ok_or_else(|| {
            PyRuntimeError::new_err("there are more functions than entrances for them")
        })?;
        let outer = match method {
            Method::Vector(_) => Method::Vector(ENTRANCES[free]),
            Method::Tuple(_) => Method::Tuple(TUPLE_ENTRANCES[free]),
        };
        ALIASED[free].get_or_init(|| Aliased { method, names });
        let replaced = defined(module, function, outer)?;
        module.setattr(key.cast::<PyString>()?, &replaced)?;
        done.push([value.clone(), replaced]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operands_of_signatures() {
        assert_eq!(operands("(x1, x2, /, *, out=None)"), ["x1", "x2"]);
        assert_eq!(operands("(x, /)"), ["x"]);
        assert_eq!(operands("(x, dim=None)"), ["x"]);
        assert_eq!(operands("(n_rows, n_cols=None, /, *, k=0)"), ["n_rows", "n_cols"]);
        assert!(operands("(*operands, out=None)").is_empty());
    }
}
