//! `pad`: NumPy's form and PyTorch's under one name.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use tensorbridge::Scalar;
use tensorbridge::layout::normalize_axis;
use tensorbridge::ops::{self, Border};

use crate::arguments::{Ints, Source, either};
use crate::enter::enter_detached;
use crate::errors::OrRaise;
use crate::operand::number;
use crate::tensor::PyTensor;

/// The items of anything that says how many it has.
fn items_of<'py>(object: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    object.len()?;
    object.try_iter()?.collect()
}

/// A pair for each axis, from one value for all, one pair for all, or a pair for each.
fn pairs<'py, T: Copy>(
    given: &Bound<'py, PyAny>,
    ndim: usize,
    name: &str,
    read: &impl Fn(&Bound<'py, PyAny>) -> PyResult<T>,
) -> PyResult<Vec<[T; 2]>> {
    let items = match read(given) {
        Ok(all) => return Ok(vec![[all; 2]; ndim]),
        Err(error) if error.is_instance_of::<PyTypeError>(given.py()) => {
            items_of(given).map_err(|_| error)?
        }
        Err(error) => return Err(error),
    };
    let refuse = |found: usize| {
        PyValueError::new_err(format!(
            "pad: `{name}` is one value, a pair (before, after), or a pair for each of the {ndim} axes, and has {found} items — hint: PyTorch's list, last axis first, is `pad=`"
        ))
    };
    let pair = |items: &[Bound<'py, PyAny>]| match items {
        [both] => read(both).map(|both| [both; 2]),
        [before, after] => Ok([read(before)?, read(after)?]),
        _ => Err(refuse(items.len())),
    };
    if items.first().is_some_and(|first| read(first).is_ok()) {
        return Ok(vec![pair(&items)?; ndim]);
    }
    let rows = items.iter().map(|row| pair(&items_of(row)?)).collect::<PyResult<Vec<_>>>()?;
    match *rows.as_slice() {
        [all] => Ok(vec![all; ndim]),
        _ if rows.len() == ndim => Ok(rows),
        _ => Err(refuse(rows.len())),
    }
}

/// NumPy's widths; those of a dict are of the axes it names.
fn widths(given: &Bound<'_, PyAny>, ndim: usize) -> PyResult<Vec<[isize; 2]>> {
    let read = |item: &Bound<'_, PyAny>| item.extract::<isize>();
    let found = match given.cast::<PyDict>() {
        Err(_) => pairs(given, ndim, "pad_width", &read)?,
        Ok(named) => {
            let mut found = vec![[0; 2]; ndim];
            for (axis, pair) in named {
                let axis = normalize_axis(axis.extract()?, ndim).or_raise(given.py())?;
                found[axis] = pairs(&pair, 1, "pad_width", &read)?[0];
            }
            found
        }
    };
    match found.iter().flatten().find(|&&width| width < 0) {
        Some(width) => Err(PyValueError::new_err(format!(
            "pad: `pad_width` must not be negative, and has {width} — hint: PyTorch's `pad=` cuts off where it is"
        ))),
        None => Ok(found),
    }
}

/// PyTorch's widths: a flat list of before and after, from the last axis on.
fn reversed(given: &[isize], ndim: usize) -> PyResult<Vec<[isize; 2]>> {
    let (listed, rest) = given.as_chunks::<2>();
    if !rest.is_empty() || listed.len() > ndim {
        return Err(PyValueError::new_err(format!(
            "pad: `pad` lists before and after of at most {ndim} axes, last axis first, and has {} items",
            given.len()
        )));
    }
    let mut found = vec![[0; 2]; ndim];
    for (axis, &pair) in found.iter_mut().rev().zip(listed) {
        *axis = pair;
    }
    Ok(found)
}

fn border(name: &str) -> PyResult<Border> {
    Ok(match name {
        "constant" => Border::Constant,
        "edge" | "replicate" => Border::Edge,
        "reflect" => Border::Reflect,
        "symmetric" => Border::Symmetric,
        "wrap" | "circular" => Border::Wrap,
        other => {
            return Err(PyValueError::new_err(format!(
                "pad: there is no mode \"{other}\" — hint: one of \"constant\", \"edge\", \"reflect\", \"symmetric\", \"wrap\"; `np.pad` knows more, and takes tensors"
            )));
        }
    })
}

/// A copy of `x` with borders around it.
///
/// `pad_width` is NumPy's: a width for all sides, a pair (before, after) for all axes, a pair for
/// each axis, or a dict from axes to these. `pad` is PyTorch's, by keyword: before and after as a
/// flat list from the last axis on, where a negative width cuts off.
///
/// `mode`: `"constant"` (the number `value` or `constant_values`, 0 if left out; NumPy's pairs are
/// understood), `"edge"` (PyTorch's `"replicate"`), `"reflect"`, `"symmetric"`, `"wrap"`
/// (`"circular"`). Borders may be of any width. Raises `ValueError` for widths that do not fit, and
/// `TypeError` or `OverflowError` for a value that the dtype cannot hold.
#[pyfunction]
#[pyo3(signature = (x, pad_width=None, mode="constant", value=None, *, constant_values=None, pad=None))]
fn pad<'py>(
    py: Python<'py>,
    x: Source,
    pad_width: Option<&Bound<'py, PyAny>>,
    mode: &str,
    value: Option<&Bound<'py, PyAny>>,
    constant_values: Option<&Bound<'py, PyAny>>,
    pad: Option<Ints>,
) -> PyResult<PyTensor> {
    let tensor = x.0.tensor();
    let ndim = tensor.ndim();
    let widths = match (pad_width, pad) {
        (Some(given), None) => widths(given, ndim)?,
        (None, Some(given)) => reversed(&given, ndim)?,
        _ => {
            return Err(PyTypeError::new_err(
                "pad() takes either `pad_width`, NumPy's widths, or `pad`, PyTorch's",
            ));
        }
    };
    let border = border(mode)?;
    let given = either("pad", value, constant_values)?;
    if given.is_some() && border != Border::Constant {
        return Err(PyValueError::new_err(format!(
            "pad: a value was given, and the mode \"{mode}\" has none — hint: leave it out, or pass `mode=\"constant\"`"
        )));
    }
    let read = |item: &Bound<'py, PyAny>| number(item, "constant_values");
    let values = match given {
        Some(given) => pairs(given, ndim, "constant_values", &read)?,
        None => vec![[Scalar::Bool(false); 2]; ndim],
    };
    enter_detached(py, tensor.nbytes(), || ops::pad(tensor, &widths, border, &values))
        .map(PyTensor::new)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(pad, module)?)
}
