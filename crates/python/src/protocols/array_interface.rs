//! `__array_interface__`, version 3, coming in: a dictionary about memory.
//!
//! Nothing in the dictionary is trusted but one thing that cannot be checked: that an address
//! given as a number points to living memory. The object that gave it is kept alive.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyList, PyString, PyTuple};
use pyo3::{ffi, intern};
use tensorbridge::diagnostics::trace::Watch;
use tensorbridge::exchange::{
    ByteOrder, Facts, Form, Permission, Request, SourceDType, Unsupported, typestr,
};
use tensorbridge::{Device, Dims, Layout, Origin, Tensor};

use super::buffer::{Export, address_inside, is_buffer};
use super::{Offer, type_name};
use crate::keepalive::PyOwner;

/// A tensor from `object` if it has `__array_interface__`, else `None`.
///
/// # Errors
///
/// `TypeError` for entries of a wrong type and for elements that no tensor can hold,
/// `ValueError` for numbers that describe no memory.
pub(super) fn import(
    object: &Bound<'_, PyAny>,
    request: &Request,
    door: &'static str,
    watch: Watch,
) -> PyResult<Option<Tensor>> {
    let py = object.py();
    let Some(interface) = object.getattr_opt(intern!(py, "__array_interface__"))? else {
        return Ok(None);
    };
    let interface = interface.cast::<PyDict>().map_err(|_| {
        PyTypeError::new_err(format!(
            "`__array_interface__` of {} must be a dict, not {}",
            type_name(object),
            type_name(&interface)
        ))
    })?;
    let (dtype, byte_order, name) = read_type(interface)?;
    let mask = optional(interface, "mask")?;
    let dtype = if mask.is_some() { SourceDType::Unsupported(Unsupported::Masked) } else { dtype };
    let shape = read_shape(interface)?;
    let offset = read_offset(interface)?;
    let itemsize = match dtype {
        SourceDType::Known(dtype) => dtype.itemsize(),
        SourceDType::Unsupported(_) => 1,
    };
    let strides = match optional(interface, "strides")? {
        Some(strides) => numbers(&strides, "strides")?,
        None => match Layout::contiguous(&shape, itemsize) {
            Ok(layout) => Dims::from_slice(layout.strides()),
            Err(error) => return Err(PyValueError::new_err(error.to_string())),
        },
    };
    let facts = |permission| Facts {
        dtype,
        byte_order,
        permission,
        device: Device::CPU,
        form: Form::Memory,
    };
    let subject = match dtype {
        SourceDType::Unsupported(Unsupported::Masked) => type_name(object),
        _ => format!("an object of typestr {name:?}"),
    };
    let offer = |facts, address| Offer {
        facts,
        address,
        shape: &shape,
        strides: &strides,
        type_name: &subject,
    };
    let data = optional(interface, "data")?;
    // An address is a pair; everything else is a buffer, and without data the object is one.
    if let Some(pair) = data.as_ref().and_then(|data| data.cast::<PyTuple>().ok()) {
        let (address, permission) = read_address(pair)?;
        if offset != 0 {
            return Err(PyValueError::new_err(
                "`__array_interface__` gives an `offset` beside an address: an offset goes with a buffer",
            ));
        }
        let owner = PyOwner::new(object.clone(), Origin::ArrayInterface);
        // SAFETY: [alive]: the owner holds the object, which by the protocol holds the memory.
        return unsafe {
            offer(facts(permission), address).accept(py, owner, request, door, watch)
        }
        .map(Some);
    }
    let holder = data.as_ref().unwrap_or(object);
    if !is_buffer(holder) {
        return Err(PyTypeError::new_err(format!(
            "`data` in `__array_interface__` must be an (address, read_only) pair or a buffer, not {}",
            type_name(holder)
        )));
    }
    let export = Export::take(holder, ffi::PyBUF_SIMPLE)?;
    let address = match dtype {
        SourceDType::Known(_) => address_inside(&export, offset, &shape, &strides, itemsize)?
            .ok_or_else(|| {
                PyValueError::new_err(format!(
                    "`__array_interface__` describes shape {:?} with strides {:?} from byte {offset}, which leaves its buffer",
                    shape.as_slice(),
                    strides.as_slice()
                ))
            })?,
        SourceDType::Unsupported(_) => export.address(),
    };
    let facts = facts(export.permission());
    // SAFETY: [alive]: the exporter keeps its bytes in place until the export is released, and
    // the description stays inside them.
    unsafe { offer(facts, address).accept(py, export, request, door, watch) }.map(Some)
}

/// An entry; absent and `None` mean the same.
fn optional<'py>(dict: &Bound<'py, PyDict>, key: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    Ok(dict.get_item(key)?.filter(|value| !value.is_none()))
}

fn required<'py>(dict: &Bound<'py, PyDict>, key: &str) -> PyResult<Bound<'py, PyAny>> {
    optional(dict, key)?.ok_or_else(|| {
        PyValueError::new_err(format!("`__array_interface__` has no `{key}`, which is required"))
    })
}

fn read_type(dict: &Bound<'_, PyDict>) -> PyResult<(SourceDType, ByteOrder, String)> {
    let text = required(dict, "typestr")?;
    let text = text.cast::<PyString>().map_err(|_| {
        PyTypeError::new_err(format!(
            "`typestr` in `__array_interface__` must be a string, not {}",
            type_name(&text)
        ))
    })?;
    let text = text.to_str()?.to_owned();
    match typestr::parse(&text) {
        Some((dtype, byte_order)) => Ok((dtype, byte_order, text)),
        None => Err(PyTypeError::new_err(format!(
            "data type {text:?} in `__array_interface__` is no type string — hint: one such as \"<f4\""
        ))),
    }
}

fn read_shape(dict: &Bound<'_, PyDict>) -> PyResult<Dims<usize>> {
    numbers(&required(dict, "shape")?, "shape")?
        .into_iter()
        .map(|length| {
            usize::try_from(length).map_err(|_| {
                PyValueError::new_err(format!(
                    "`shape` in `__array_interface__` has an axis of length {length}"
                ))
            })
        })
        .collect()
}

fn read_offset(dict: &Bound<'_, PyDict>) -> PyResult<usize> {
    let Some(offset) = optional(dict, "offset")? else {
        return Ok(0);
    };
    if !offset.is_instance_of::<PyInt>() {
        return Err(PyTypeError::new_err(format!(
            "`offset` in `__array_interface__` must be an int, not {}",
            type_name(&offset)
        )));
    }
    offset.extract().map_err(|_| {
        PyValueError::new_err("`offset` in `__array_interface__` is negative or too large")
    })
}

/// A tuple of ints.
fn numbers(object: &Bound<'_, PyAny>, key: &str) -> PyResult<Dims<isize>> {
    let wrong = || {
        PyTypeError::new_err(format!(
            "`{key}` in `__array_interface__` must be a tuple of ints, not {}",
            object.repr().map_or_else(|_| type_name(object), |repr| repr.to_string())
        ))
    };
    let items: Vec<Bound<'_, PyAny>> = if let Ok(tuple) = object.cast::<PyTuple>() {
        tuple.iter().collect()
    } else if let Ok(list) = object.cast::<PyList>() {
        list.iter().collect()
    } else {
        return Err(wrong());
    };
    items
        .iter()
        .map(|item| {
            if !item.is_instance_of::<PyInt>() {
                return Err(wrong());
            }
            item.extract().map_err(|_| {
                PyValueError::new_err(format!(
                    "`{key}` in `__array_interface__` has a number beyond the address space"
                ))
            })
        })
        .collect()
}

/// `(address, read_only)`.
fn read_address(pair: &Bound<'_, PyTuple>) -> PyResult<(*mut u8, Permission)> {
    let wrong = || {
        PyTypeError::new_err("`data` in `__array_interface__` must be an (address, read_only) pair")
    };
    if pair.len() != 2 {
        return Err(wrong());
    }
    let (address, read_only) = (pair.get_item(0)?, pair.get_item(1)?);
    if !address.is_instance_of::<PyInt>() || address.is_instance_of::<PyBool>() {
        return Err(wrong());
    }
    let address: usize = address.extract().map_err(|_| {
        PyValueError::new_err("the address in `__array_interface__` is negative or too large")
    })?;
    let permission =
        if read_only.is_truthy()? { Permission::ReadOnly } else { Permission::Writable };
    Ok((std::ptr::with_exposed_provenance_mut(address), permission))
}
