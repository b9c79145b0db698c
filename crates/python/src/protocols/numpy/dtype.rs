//! NumPy's dtypes and ours, matched by kind and width and never by type number.

use std::ffi::{c_int, c_long};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyType, PyTypeMethods};
use tensorbridge::DType;
use tensorbridge::exchange::{ByteOrder, SourceDType, typestr};

use super::capi::{Api, Descr, USER_DTYPE, required};
use crate::calling;

/// What a descriptor means to us.
///
/// # Safety
///
/// `descr` points to a live descriptor of the NumPy behind `api`.
#[inline]
pub(super) unsafe fn read(
    py: Python<'_>,
    api: &Api,
    descr: *const Descr,
) -> PyResult<(SourceDType, ByteOrder)> {
    // SAFETY: by this function's contract.
    let (kind, order, type_num, itemsize) = unsafe {
        ((*descr).kind as u8, (*descr).byteorder as u8, (*descr).type_num, api.itemsize(descr))
    };
    if type_num >= USER_DTYPE && !matches!(kind, b'O' | b'S' | b'U') {
        // SAFETY: as above; a descriptor's scalar type lives as long as the descriptor.
        let class = unsafe { Bound::from_borrowed_ptr(py, (*descr).scalar_type.cast()) };
        return read_registered(class.cast::<PyType>()?, itemsize);
    }
    let byte_order = typestr::byte_order(order, itemsize);
    Ok((typestr::classify(kind, itemsize), byte_order))
}

/// A dtype that another package registered with NumPy: `ml_dtypes.bfloat16` is ours too.
#[cold]
fn read_registered(
    class: &Bound<'_, PyType>,
    itemsize: usize,
) -> PyResult<(SourceDType, ByteOrder)> {
    let dtype = if itemsize == 2 && class.name()?.to_str()? == "bfloat16" {
        SourceDType::Known(DType::BFloat16)
    } else {
        SourceDType::Unsupported(tensorbridge::exchange::Unsupported::Other)
    };
    Ok((dtype, ByteOrder::Native))
}

/// What a `numpy.dtype` instance means to us.
pub(crate) fn classify(descriptor: &Bound<'_, PyAny>) -> PyResult<(SourceDType, ByteOrder)> {
    let py = descriptor.py();
    let api = required(py)?;
    if !api.is_dtype(descriptor) {
        return Err(PyTypeError::new_err(format!(
            "expected numpy.dtype (got {})",
            descriptor.get_type().name()?
        )));
    }
    // SAFETY: an instance of NumPy's descriptor type is a descriptor, and alive while borrowed.
    unsafe { read(py, api, descriptor.as_ptr().cast()) }
}

/// The name NumPy gives the scalar type of a descriptor: `numpy.object_`.
///
/// # Safety
///
/// `descr` points to a live descriptor.
pub(super) unsafe fn scalar_type_name(py: Python<'_>, descr: *const Descr) -> PyResult<String> {
    // SAFETY: by this function's contract; the scalar type lives as long as the descriptor.
    let class = unsafe { Bound::from_borrowed_ptr(py, (*descr).scalar_type.cast()) };
    let class = class.cast::<PyType>()?;
    let (module, name) = (class.module()?, class.name()?);
    Ok(if module == "builtins" { name.to_string() } else { format!("{module}.{name}") })
}

/// NumPy's type number of a built-in dtype; the width of `long` decides who is 64 bits wide.
fn type_number(dtype: DType) -> Option<c_int> {
    let long_is_wide = size_of::<c_long>() == 8;
    Some(match dtype {
        DType::Bool => 0,
        DType::Int8 => 1,
        DType::UInt8 => 2,
        DType::Int16 => 3,
        DType::UInt16 => 4,
        DType::Int32 => 5,
        DType::UInt32 => 6,
        DType::Int64 => {
            if long_is_wide {
                7
            } else {
                9
            }
        }
        DType::UInt64 => {
            if long_is_wide {
                8
            } else {
                10
            }
        }
        DType::Float16 => 23,
        DType::Float32 => 11,
        DType::Float64 => 12,
        DType::Complex64 => 14,
        DType::Complex128 => 15,
        DType::BFloat16 => return None,
    })
}

static DESCRIPTORS: PyOnceLock<Vec<Option<Py<PyAny>>>> = PyOnceLock::new();
static BFLOAT16: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// The NumPy descriptor of a dtype, importing NumPy if need be.
///
/// # Errors
///
/// `TypeError` for `bfloat16` when `ml_dtypes` cannot be imported.
#[inline]
pub(crate) fn descriptor<'py>(py: Python<'py>, dtype: DType) -> PyResult<Bound<'py, PyAny>> {
    let api = required(py)?;
    let table = DESCRIPTORS.get_or_try_init(py, || {
        DType::ALL
            .into_iter()
            .map(|dtype| {
                let number = type_number(dtype);
                number.map(|n| Ok(api.descr_from_type(py, n)?.unbind())).transpose()
            })
            .collect::<PyResult<Vec<_>>>()
    })?;
    match &table[dtype as usize] {
        Some(descriptor) => Ok(descriptor.bind(py).clone()),
        None => bfloat16(py),
    }
}

fn bfloat16(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let descriptor = BFLOAT16.get_or_try_init(py, || {
        let ml_dtypes = calling::import(py, "ml_dtypes").map_err(|cause| {
            let error = PyTypeError::new_err(
                "Got unsupported ScalarType BFloat16: NumPy itself has no bfloat16 — hint: `pip install ml_dtypes`, or look at the bits with `t.view(tb.uint16)`, or widen with `t.float()`",
            );
            error.set_cause(py, Some(cause));
            error
        })?;
        let class = ml_dtypes.getattr("bfloat16")?;
        Ok::<_, PyErr>(calling::import(py, "numpy")?.getattr("dtype")?.call1((class,))?.unbind())
    })?;
    Ok(descriptor.bind(py).clone())
}
