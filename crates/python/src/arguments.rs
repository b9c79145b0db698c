//! Lengths and axis numbers as callers write them: one, several, spread out or in a tuple.

use std::ops::Deref;

use pyo3::exceptions::{PyMemoryError, PyOverflowError, PyTypeError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyIterator, PyList, PyString, PyTuple};
use tensorbridge::exchange::Request;
use tensorbridge::ops::Operand;
use tensorbridge::{DType, Dims, Tensor, values};

use crate::calling;
use crate::errors::OrRaise;
use crate::operand::{self, Argument};
use crate::protocols;
use crate::tensor::PyTensor;

/// One integer or a sequence of them; anything with `__index__` is an integer, NumPy's too.
pub(crate) struct Ints(Dims<isize>);

impl Deref for Ints {
    type Target = [isize];

    fn deref(&self) -> &[isize] {
        &self.0
    }
}

impl<const N: usize> From<[isize; N]> for Ints {
    fn from(ints: [isize; N]) -> Self {
        Self(Dims::from_slice(&ints))
    }
}

impl<'py> FromPyObject<'_, 'py> for Ints {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let py = object.py();
        if let Ok(tuple) = object.cast::<PyTuple>()
            && let Some(ints) = plain(&tuple)
        {
            return Ok(Self(ints));
        }
        let listed = object.is_instance_of::<PyTuple>() || object.is_instance_of::<PyList>();
        if !listed {
            match object.extract() {
                Ok(one) => return Ok(Self(Dims::from_elem(one, 1))),
                Err(error) if error.is_instance_of::<PyTypeError>(py) => {}
                // An integer, and too large.
                Err(error) => return Err(error),
            }
        }
        let refuse = |place: Option<usize>, found: &Bound<'py, PyAny>| {
            let name = found.get_type().name()?;
            Ok(PyTypeError::new_err(match place {
                Some(place) => format!(
                    "expected a tuple of ints, but found element of type {name} at pos {place}"
                ),
                None => format!("expected an int or a tuple of ints, not {name}"),
            }))
        };
        // A set has no order, and an iterator no end that it tells.
        // SAFETY: a live object.
        let is_sequence = unsafe { ffi::PySequence_Check(object.as_ptr()) } != 0;
        let items = match object.try_iter() {
            Ok(items) if is_sequence && !object.is_instance_of::<PyString>() => items,
            _ => return Err(refuse(None, &object).unwrap_or_else(|error: PyErr| error)),
        };
        let mut ints = Dims::new();
        // What could never be held is refused before the first is read.
        let length = object.len()?;
        ints.try_reserve_exact(length).map_err(|_| no_room("ints"))?;
        for item in one_by_one(py, items) {
            let item = item?;
            match item.extract::<isize>() {
                Ok(int) => {
                    ints.try_reserve(1).map_err(|_| no_room("ints"))?;
                    ints.push(int);
                }
                Err(error) if error.is_instance_of::<PyTypeError>(py) => {
                    // An array or a tensor is no list with a bad item in it.
                    let refusal = match listed {
                        true => refuse(Some(ints.len()), &item),
                        false => refuse(None, &object),
                    };
                    return Err(refusal.unwrap_or_else(|error| error));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Self(ints))
    }
}

/// The items of a short tuple of `int`s, which run no code when they are read: most shapes.
fn plain(tuple: &Bound<'_, PyTuple>) -> Option<Dims<isize>> {
    let mut ints = Dims::new();
    if tuple.len() > ints.inline_size() {
        return None;
    }
    for item in tuple.iter_borrowed() {
        if !item.is_exact_instance_of::<PyInt>() {
            return None;
        }
        ints.push(item.extract().ok()?);
    }
    Some(ints)
}

impl Ints {
    /// The integers that were spread out (`t.view(2, 3)`), put in one tuple (`t.view((2, 3))`)
    /// or named (`t.view(size=(2, 3))`); `None` when there were none at all.
    pub(crate) fn given(
        function: &str,
        name: &str,
        spread: &Bound<'_, PyTuple>,
        named: Option<Self>,
    ) -> PyResult<Option<Self>> {
        let ints = match (spread.len(), named) {
            (_, None) if spread.is_empty() => return Ok(None),
            (0, Some(named)) => return Ok(Some(named)),
            (_, Some(_)) => {
                return Err(PyTypeError::new_err(format!(
                    "{function}() got multiple values for argument '{name}'"
                )));
            }
            (1, None) => spread.get_item(0)?.extract::<Self>(),
            _ => spread.extract::<Self>(),
        };
        ints.map(Some).map_err(|error| {
            if !error.is_instance_of::<PyTypeError>(spread.py()) {
                return error;
            }
            PyTypeError::new_err(format!(
                "{function}(): argument '{name}': {}",
                error.value(spread.py())
            ))
        })
    }

    /// As [`Ints::given`], where there must be some; `()` is some.
    pub(crate) fn required(
        function: &str,
        name: &str,
        spread: &Bound<'_, PyTuple>,
        named: Option<Self>,
    ) -> PyResult<Self> {
        Self::given(function, name, spread, named)?.ok_or_else(|| missing(function, name))
    }
}

/// The number of a diagonal: one that is beyond every matrix where it is too large to be held.
pub(crate) fn diagonal(object: &Bound<'_, PyAny>) -> PyResult<isize> {
    let number = object.extract::<isize>();
    match number {
        Err(error) if error.is_instance_of::<PyOverflowError>(object.py()) => {
            Ok(if object.lt(0)? { isize::MIN } else { isize::MAX })
        }
        number => number,
    }
}

fn no_room(what: &str) -> PyErr {
    PyMemoryError::new_err(format!("there is no memory for so many {what}"))
}

/// The items of an iterator, which may be endless: between them Ctrl-C is looked for.
fn one_by_one<'py>(
    py: Python<'py>,
    items: Bound<'py, PyIterator>,
) -> impl Iterator<Item = PyResult<Bound<'py, PyAny>>> {
    const POLL: usize = 1 << 14;
    let mut seen = 0_usize;
    std::iter::from_fn(move || {
        seen = seen.wrapping_add(1);
        if seen.is_multiple_of(POLL)
            && let Err(interrupt) = py.check_signals()
        {
            return Some(Err(interrupt));
        }
        calling::next(&items)
    })
}

/// All items of any iterable of tensors, `length` of them if that is known; an endless one
/// until memory or Ctrl-C ends it.
pub(crate) fn gather<'py, T>(
    items: Bound<'py, PyIterator>,
    length: Option<usize>,
    convert: impl Fn(Bound<'py, PyAny>) -> PyResult<T>,
) -> PyResult<Vec<T>> {
    let mut gathered = Vec::new();
    gathered.try_reserve_exact(length.unwrap_or(0)).map_err(|_| no_room("tensors"))?;
    for item in one_by_one(items.py(), items) {
        let value = convert(item?)?;
        gathered.try_reserve(1).map_err(|_| no_room("tensors"))?;
        gathered.push(value);
    }
    Ok(gathered)
}

/// An argument that was not given.
pub(crate) fn missing(function: &str, name: &str) -> PyErr {
    PyTypeError::new_err(format!(
        "{function}() missing 1 required positional arguments: \"{name}\""
    ))
}

/// The tensors that the items of a sequence are, or of any other iterable.
pub(crate) fn tensors(sequence: &Bound<'_, PyAny>) -> PyResult<Vec<Tensor>> {
    let items = sequence.try_iter().map_err(|_| {
        PyTypeError::new_err("expected a sequence of tensors, and got one object that is none")
    })?;
    let py = sequence.py();
    gather(items, sequence.len().ok(), |item| item.extract::<Argument>()?.tensor(py))
}

/// PyTorch's `dim=` and NumPy's `axis=` are one argument with two spellings.
pub(crate) fn either<T>(function: &str, dim: Option<T>, axis: Option<T>) -> PyResult<Option<T>> {
    match (dim, axis) {
        (Some(_), Some(_)) => Err(PyTypeError::new_err(format!(
            "{function}() got both `dim` and `axis`, which mean the same"
        ))),
        (dim, axis) => Ok(dim.or(axis)),
    }
}

/// The first argument of a function: a tensor, or anything that can share its memory with one.
pub(crate) struct Source(pub(crate) PyTensor);

impl<'py> FromPyObject<'_, 'py> for Source {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        tensor(&object, "asarray").map(|tensor| Self(PyTensor::new(tensor)))
    }
}

/// Real parameters and their shape: Python's numbers as they are, whatever the default dtype is.
pub(crate) fn reals(object: &Bound<'_, PyAny>, name: &str) -> PyResult<(Vec<f64>, Dims<usize>)> {
    let py = object.py();
    let tensor = match operand::parse(object.as_borrowed())? {
        Some(Operand::PythonScalar(_)) => {
            return Ok((vec![operand::real(object, name)?], Dims::new()));
        }
        Some(Operand::Tensor(tensor)) => tensor.into_owned(),
        None => {
            let request = Request { dtype: Some(DType::Float64), ..Request::default() };
            protocols::import(object, &request, "asarray")?
        }
    };
    if tensor.dtype().is_complex() {
        return Err(PyTypeError::new_err(format!(
            "`{name}` must be real, and is {}",
            tensor.dtype()
        )));
    }
    let values = values::iter(&tensor).or_raise(py)?.map(|value| value.cast::<f64>());
    Ok((values.collect(), Dims::from_slice(tensor.shape())))
}

/// The tensor that `object` is or can become.
pub(crate) fn tensor(object: &Bound<'_, PyAny>, door: &'static str) -> PyResult<Tensor> {
    match object.cast::<PyTensor>() {
        Ok(tensor) => Ok(tensor.get().tensor().clone()),
        Err(_) => protocols::import(object, &Request::default(), door),
    }
}
