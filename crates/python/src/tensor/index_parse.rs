//! From the object between the brackets to [`Index`] items.
//!
//! | object                                   | item                                        |
//! |------------------------------------------|---------------------------------------------|
//! | `int`, NumPy integer, 0-d integer array  | one element                                 |
//! | `slice`                                  | a slice; bounds may be anything that counts |
//! | `None`, `...`                            | a new axis, the axes left over              |
//! | `bool`, `np.bool_`, 0-d bool array       | all or nothing, along a new axis            |
//! | `bool` array                             | the elements where it is true               |
//! | integer array (also `uint8`)             | these elements                              |
//! | `list`, `range`, nested                  | the array of it; an empty one is of integers |
//! | `tuple`                                  | one item for each of its own                |
//!
//! Arrays are tensors, ndarrays and whatever else `asarray` takes without a dtype.

use pyo3::exceptions::{PyIndexError, PyOverflowError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyEllipsis, PyInt, PySlice, PyTuple};
use pyo3::{ffi, intern};
use smallvec::SmallVec;
use tensorbridge::exchange::Request;
use tensorbridge::ops::indexing::{Index, plain};
use tensorbridge::{DType, Device, MAX_NDIM, Scalar, Tensor, transfer, values};

use super::PyTensor;
use crate::enter::enter;
use crate::protocols::{self, numpy};

/// The items of an index.
pub(crate) type Indices = SmallVec<[Index; 3]>;

/// More items than any index can mean: every axis named, a new one beside each, an ellipsis.
const MAX_ITEMS: usize = 2 * MAX_NDIM + 1;

/// Reads `object` as an index.
///
/// # Errors
///
/// `IndexError` for an object that cannot index; what its own methods raise.
#[inline]
pub(crate) fn parse(object: &Bound<'_, PyAny>) -> PyResult<Indices> {
    let mut indices = Indices::new();
    match object.cast::<PyTuple>() {
        Ok(tuple) => {
            if tuple.len() > MAX_ITEMS {
                return Err(PyIndexError::new_err(format!(
                    "too many indices for tensor: {} items, and a tensor has at most {MAX_NDIM} axes",
                    tuple.len()
                )));
            }
            for item in tuple.iter_borrowed() {
                indices.push(self::item(&item)?);
            }
        }
        Err(_) => indices.push(item(object)?),
    }
    Ok(indices)
}

/// `tensor[object]` for one `int` or one slice of `int`s: the quick way to what [`parse`] and
/// `indexing::get` find. `None` for whatever else comes, and for an element that is not there.
///
/// # Errors
///
/// As [`parse`].
#[inline]
pub(crate) fn plain(tensor: &Tensor, object: &Bound<'_, PyAny>) -> PyResult<Option<Tensor>> {
    if object.is_exact_instance_of::<PyInt>() {
        return Ok(plain::element(tensor, int(object)?));
    }
    match object.cast::<PySlice>() {
        // The bounds are asked for once: they may be objects that answer otherwise next time.
        Ok(slice) if tensor.ndim() > 0 => {
            let (start, stop, step) = bounds(slice)?;
            Ok(plain::slice(tensor, start, stop, step))
        }
        _ => Ok(None),
    }
}

#[inline]
fn item(object: &Bound<'_, PyAny>) -> PyResult<Index> {
    if object.is_exact_instance_of::<PyInt>() {
        return int(object).map(Index::Int);
    }
    if let Ok(slice) = object.cast::<PySlice>() {
        return self::slice(slice);
    }
    if object.is_none() {
        return Ok(Index::NewAxis);
    }
    if object.is_instance_of::<PyEllipsis>() {
        return Ok(Index::Ellipsis);
    }
    if let Ok(tensor) = object.cast::<PyTensor>() {
        return array(object, tensor.get().tensor().clone());
    }
    other(object)
}

/// The value of an object with `__index__`.
fn int(object: &Bound<'_, PyAny>) -> PyResult<isize> {
    let py = object.py();
    // SAFETY: a live object, attached; -1 may come with an exception.
    let index = unsafe { ffi::PyNumber_AsSsize_t(object.as_ptr(), ffi::PyExc_IndexError) };
    if index == -1
        && let Some(error) = PyErr::take(py)
    {
        return Err(error);
    }
    Ok(index)
}

/// A slice as an item.
fn slice(slice: &Bound<'_, PySlice>) -> PyResult<Index> {
    let (start, stop, step) = bounds(slice)?;
    Ok(Index::Slice { start: Some(start), stop: Some(stop), step: Some(step) })
}

/// `(start, stop, step)`; those beyond 64 bits are clipped, as Python does.
fn bounds(slice: &Bound<'_, PySlice>) -> PyResult<(isize, isize, isize)> {
    let (mut start, mut stop, mut step) = (0, 0, 0);
    // SAFETY: a live slice, attached, and three places to write to.
    let answer = unsafe {
        ffi::PySlice_Unpack(slice.as_ptr(), &raw mut start, &raw mut stop, &raw mut step)
    };
    if answer < 0 {
        return Err(PyErr::fetch(slice.py()));
    }
    Ok((start, stop, step))
}

/// An object that is neither one of Python's own indices nor a tensor.
fn other(object: &Bound<'_, PyAny>) -> PyResult<Index> {
    let py = object.py();
    if let Ok(value) = object.cast::<PyBool>() {
        return truth(py, value.is_true());
    }
    if let Some((value, _)) = numpy::read_scalar(object).or_else(|error| refuse(object, error))? {
        return match value {
            Scalar::Bool(value) => truth(py, value),
            Scalar::Int(_) => int(object).map(Index::Int),
            _ => Err(not_an_index(&protocols::type_name(object))),
        };
    }
    let sequence = is_sequence(object)?;
    if !sequence && !is_array(object)? {
        // SAFETY: a live object, attached.
        if unsafe { ffi::PyIndex_Check(object.as_ptr()) } != 0 {
            return int(object).map(Index::Int);
        }
        return Err(not_an_index(&protocols::type_name(object)));
    }
    let tensor = protocols::import(object, &Request::default(), "index")
        .or_else(|error| refuse(object, error))?;
    if sequence && tensor.count() == 0 {
        // Without items there is nothing to tell a dtype from; no index is meant.
        let empty = enter(py, || {
            Tensor::allocate(
                tensor.shape(),
                DType::Int64,
                Device::CPU,
                tensorbridge::storage::host::Fill::Zero,
            )
        })?;
        return Ok(Index::Integer(empty.into()));
    }
    array(object, tensor)
}

/// Whether items of `object` are indices: lists and ranges, and tuples inside a tuple.
fn is_sequence(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    use pyo3::types::{PyList, PyRange};
    Ok(object.is_instance_of::<PyList>()
        || object.is_instance_of::<PyTuple>()
        || object.is_instance_of::<PyRange>())
}

/// Whether `object` is an array of some library. Asked of the class, so that no code of the
/// object's runs.
fn is_array(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let (py, class) = (object.py(), object.get_type());
    // SAFETY: a live object.
    Ok(unsafe { ffi::PyObject_CheckBuffer(object.as_ptr()) } != 0
        && !object.is_instance_of::<pyo3::types::PyBytes>()
        || class.hasattr(intern!(py, "__dlpack__"))?
        || class.hasattr(intern!(py, "__array__"))?
        || class.hasattr(intern!(py, "__array_interface__"))?)
}

/// The item that an array is, by its dtype.
fn array(object: &Bound<'_, PyAny>, tensor: Tensor) -> PyResult<Index> {
    let dtype = tensor.dtype();
    if dtype.is_bool() {
        return Ok(Index::Mask(tensor.into()));
    }
    if !dtype.is_integer() {
        return Err(PyIndexError::new_err(format!(
            "tensors used as indices must be long, int, byte or bool tensors, and {} has dtype {dtype} — hint: cast it: `.to(tb.int64)`, or `.astype(np.int64)` in NumPy",
            protocols::type_name(object)
        )));
    }
    if tensor.ndim() > 0 {
        return Ok(Index::Integer(tensor.into()));
    }
    let value = enter(object.py(), || values::item(&tensor))?;
    match value {
        Scalar::Int(value) => isize::try_from(value).map(Index::Int).map_err(|_| {
            PyIndexError::new_err(format!("index {value} is larger than any dimension"))
        }),
        _ => unreachable!("an integer dtype has integers"),
    }
}

/// All or nothing.
fn truth(py: Python<'_>, value: bool) -> PyResult<Index> {
    let mask = enter(py, || {
        let mask = Tensor::allocate(
            &[],
            DType::Bool,
            Device::CPU,
            tensorbridge::storage::host::Fill::Zero,
        )?;
        transfer::fill(&mask, Scalar::Bool(value))?;
        Ok(mask)
    })?;
    Ok(Index::Mask(mask.into()))
}

/// PyTorch's words for what cannot index.
#[cold]
fn not_an_index(found: &str) -> PyErr {
    PyIndexError::new_err(format!(
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices (got {found})"
    ))
}

/// An object that cannot become a tensor cannot index. What it raised is the cause; errors of
/// other classes are its own and stay.
#[cold]
fn refuse<T>(object: &Bound<'_, PyAny>, error: PyErr) -> PyResult<T> {
    let py = object.py();
    let class = error.get_type(py);
    let says_so = class.is(py.get_type::<PyTypeError>())
        || class.is(py.get_type::<PyValueError>())
        || class.is(py.get_type::<PyOverflowError>())
        || class.is(py.get_type::<PyRuntimeError>());
    if !says_so {
        return Err(error);
    }
    let refusal = not_an_index(&format!("{}: {}", protocols::type_name(object), error.value(py)));
    refusal.set_cause(py, Some(error));
    Err(refusal)
}
