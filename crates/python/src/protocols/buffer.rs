//! The buffer protocol (PEP 3118), coming in.
//!
//! The export is held for the tensor's life: a `bytearray` under a tensor cannot grow, an `mmap`
//! cannot close, and both say so themselves.

use std::ffi::{CStr, c_int};

use pyo3::exceptions::{PyBufferError, PyRuntimeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use tensorbridge::diagnostics::trace::{self, Watch};
use tensorbridge::exchange::format::{self, Parsed};
use tensorbridge::exchange::{ByteOrder, Facts, Form, Permission, Request, SourceDType};
use tensorbridge::{DType, Device, Dims, KeepAlive, Layout, Origin, Tensor};

use super::{Offer, noted, type_name};
use crate::attach::attached;

/// A buffer export, released when it is dropped.
pub(super) struct Export {
    /// Boxed: an exporter may point into the view itself, so it must not move.
    view: Box<ffi::Py_buffer>,
}

// SAFETY: the view is written only by the exporter, when it is taken and when it is released;
// both happen attached to the interpreter. In between its fields are only read.
unsafe impl Send for Export {}
// SAFETY: as above.
unsafe impl Sync for Export {}

impl KeepAlive for Export {
    fn origin(&self) -> Origin {
        Origin::Buffer
    }
}

impl Drop for Export {
    fn drop(&mut self) {
        // The last tensor may die on any thread. Without an interpreter the export is leaked:
        // touching a finalised exporter would crash.
        attached(|_| {
            // SAFETY: `take` filled the view, and it is released exactly once, here.
            unsafe { ffi::PyBuffer_Release(&raw mut *self.view) }
        });
    }
}

impl Export {
    /// Takes an export of `object`, which has the protocol.
    pub(super) fn take(object: &Bound<'_, PyAny>, flags: c_int) -> PyResult<Self> {
        let mut view = Box::new(ffi::Py_buffer::new());
        // SAFETY: the object is alive, the view is ours, and we are attached.
        if unsafe { ffi::PyObject_GetBuffer(object.as_ptr(), &raw mut *view, flags) } != 0 {
            return Err(PyErr::fetch(object.py()));
        }
        Ok(Self { view })
    }

    /// The object whose buffer it is.
    pub(super) fn object<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        // SAFETY: an export holds the object that it was made by, or null.
        unsafe { Bound::from_borrowed_ptr_or_opt(py, self.view.obj) }
    }

    pub(super) fn address(&self) -> *mut u8 {
        self.view.buf.cast()
    }

    /// Bytes in the buffer.
    pub(super) fn len(&self) -> PyResult<usize> {
        usize::try_from(self.view.len)
            .map_err(|_| broken(format!("a length of {} bytes", self.view.len)))
    }

    pub(super) fn permission(&self) -> Permission {
        if self.view.readonly == 0 { Permission::Writable } else { Permission::ReadOnly }
    }

    /// The format of one element; a buffer without one is of unsigned bytes.
    fn format(&self) -> &[u8] {
        match self.view.format {
            null if null.is_null() => b"B",
            // SAFETY: the protocol makes this a C string that lives as long as the export.
            format => unsafe { CStr::from_ptr(format) }.to_bytes(),
        }
    }

    /// One of the view's arrays of `ndim` numbers, or `None` where the exporter left it out.
    fn numbers(&self, pointer: *const ffi::Py_ssize_t, ndim: usize) -> Option<&[isize]> {
        if ndim == 0 {
            return Some(&[]);
        }
        // SAFETY: the protocol puts `ndim` numbers there, which live as long as the export.
        (!pointer.is_null()).then(|| unsafe { std::slice::from_raw_parts(pointer, ndim) })
    }

    /// Shape and byte strides, checked against the rest of the view as far as they can be.
    fn layout(&self, itemsize: usize) -> PyResult<(Dims<usize>, Dims<isize>)> {
        let view = &*self.view;
        let ndim = usize::try_from(view.ndim)
            .ok()
            .filter(|&ndim| ndim <= ffi::PyBUF_MAX_NDIM)
            .ok_or_else(|| broken(format!("{} axes", view.ndim)))?;
        if self.numbers(view.suboffsets, ndim).is_some_and(|list| list.iter().any(|&n| n >= 0)) {
            return Err(PyBufferError::new_err(
                "the buffer's rows lie behind pointers (suboffsets), which no strides can describe — hint: copy it into dense memory first: `memoryview(obj).tobytes()`",
            ));
        }
        let shape: Dims<usize> = match self.numbers(view.shape, ndim) {
            Some(shape) => shape
                .iter()
                .map(|&length| usize::try_from(length).map_err(|_| length))
                .collect::<Result<_, _>>()
                .map_err(|length| broken(format!("an axis of length {length}")))?,
            None if ndim == 1 => Dims::from_slice(&[self.len()? / itemsize]),
            None => return Err(broken(format!("{ndim} axes and no shape"))),
        };
        let bytes = shape.iter().try_fold(itemsize, |bytes, &length| bytes.checked_mul(length));
        if bytes != Some(self.len()?) {
            return Err(broken(format!(
                "{} bytes, and a shape of {:?} with {itemsize}-byte items",
                view.len,
                shape.as_slice()
            )));
        }
        let strides = match self.numbers(view.strides, ndim) {
            Some(strides) => Dims::from_slice(strides),
            None => match Layout::contiguous(&shape, itemsize) {
                Ok(layout) => Dims::from_slice(layout.strides()),
                Err(error) => return Err(broken(error.to_string())),
            },
        };
        Ok((shape, strides))
    }
}

/// The error of an exporter that contradicts itself.
fn broken(what: String) -> PyErr {
    PyValueError::new_err(format!(
        "the object exports a buffer that contradicts itself: {what} — hint: this is an error of the exporting library"
    ))
}

/// Whether `object` has the buffer protocol.
pub(super) fn is_buffer(object: &Bound<'_, PyAny>) -> bool {
    // SAFETY: a live object.
    unsafe { ffi::PyObject_CheckBuffer(object.as_ptr()) != 0 }
}

/// A tensor from `object` if it has the buffer protocol, else `None`.
///
/// # Errors
///
/// Whatever the exporter raises (`ValueError` from a released `memoryview`); `TypeError` for
/// elements that no tensor can hold, `ValueError` for a view that contradicts itself.
pub(super) fn import(
    object: &Bound<'_, PyAny>,
    request: &Request,
    door: &'static str,
    watch: Watch,
) -> PyResult<Option<Tensor>> {
    if !is_buffer(object) {
        return Ok(None);
    }
    let py = object.py();
    let export = Export::take(object, ffi::PyBUF_FULL_RO).map_err(|error| {
        noted(py, error, format!("tensorbridge.{door} asked {} for its buffer", type_name(object)))
    })?;
    let Parsed { dtype, byte_order, itemsize } = format::parse(export.format());
    let facts = Facts {
        dtype,
        byte_order,
        permission: export.permission(),
        device: Device::CPU,
        form: Form::Memory,
    };
    let type_name =
        format!("a buffer of format {:?}", String::from_utf8_lossy(export.format()).into_owned());
    let (shape, strides) = match itemsize {
        Some(itemsize) if usize::try_from(export.view.itemsize) == Ok(itemsize) => {
            export.layout(itemsize)?
        }
        Some(itemsize) => {
            return Err(broken(format!(
                "items of {} bytes, and a format of {itemsize}",
                export.view.itemsize
            )));
        }
        // Refused for its elements below; its shape does not matter.
        None => (Dims::new(), Dims::new()),
    };
    let offer = Offer {
        facts,
        address: export.address(),
        shape: &shape,
        strides: &strides,
        type_name: &type_name,
    };
    // SAFETY: [alive]: the exporter keeps the memory in place until the export is released.
    unsafe { offer.accept(py, export, request, door, watch) }.map(Some)
}

/// The elements of `dtype` in a flat buffer, from byte `offset` on.
///
/// # Errors
///
/// In PyTorch's words: `ValueError` for what is no buffer and for a length, `count` or `offset`
/// that does not fit, `RuntimeError` for a buffer that is not flat.
pub(crate) fn from_flat(
    object: &Bound<'_, PyAny>,
    dtype: DType,
    count: isize,
    offset: isize,
    writable: Option<bool>,
) -> PyResult<Tensor> {
    let (py, watch) = (object.py(), trace::watch());
    if !is_buffer(object) {
        return Err(PyValueError::new_err(format!(
            "object does not implement Python buffer protocol. — hint: {} has no bytes to share; `tb.asarray(x)` takes other objects",
            type_name(object)
        )));
    }
    // Flat: C-contiguous bytes, whatever the format.
    let export = Export::take(object, ffi::PyBUF_SIMPLE).map_err(|cause| {
        let error = PyRuntimeError::new_err(
            "could not retrieve buffer from object: it is not one dense run of bytes, or was released — hint: `tb.asarray(x)` takes buffers with strides",
        );
        error.set_cause(py, Some(cause));
        error
    })?;
    let (length, itemsize) = (export.len()?, dtype.itemsize());
    let value_error = |text: String| Err(PyValueError::new_err(text));
    if length == 0 || count == 0 {
        return value_error(format!(
            "both buffer length ({length}) and count ({count}) must not be 0"
        ));
    }
    let Some(start) = usize::try_from(offset).ok().filter(|&offset| offset < length) else {
        return value_error(format!(
            "offset ({offset} bytes) must be non-negative and no greater than buffer length ({length} bytes) minus 1"
        ));
    };
    let room = length - start;
    let count = match usize::try_from(count) {
        Ok(count) => {
            if count > room / itemsize {
                return value_error(format!(
                    "requested buffer length ({count} * {itemsize} bytes) after offset ({offset} bytes) must not be greater than actual buffer length ({length} bytes)"
                ));
            }
            count
        }
        Err(_) if !room.is_multiple_of(itemsize) => {
            return value_error(format!(
                "buffer length ({length} bytes) after offset ({offset} bytes) must be a multiple of element size ({itemsize})"
            ));
        }
        Err(_) => room / itemsize,
    };
    let offer = Offer {
        facts: Facts {
            dtype: SourceDType::Known(dtype),
            byte_order: ByteOrder::Native,
            permission: export.permission(),
            device: Device::CPU,
            form: Form::Memory,
        },
        address: export.address().wrapping_add(start),
        shape: &[count],
        strides: &[itemsize as isize],
        type_name: "",
    };
    let request = Request { writable, ..Request::SHARE };
    // SAFETY: [alive]: as in `import`; `start + count * itemsize` is at most the buffer's length.
    unsafe { offer.accept(py, export, &request, "frombuffer", watch) }
}

/// The reach of a description inside an export: `None` when it leaves the exported bytes.
pub(super) fn address_inside(
    export: &Export,
    offset: usize,
    shape: &[usize],
    strides: &[isize],
    itemsize: usize,
) -> PyResult<Option<*mut u8>> {
    let reach = Layout::new(shape, strides, 0)
        .and_then(|layout| layout.reach(itemsize))
        .map_err(|error| PyValueError::new_err(error.to_string()))?;
    let (low, high) = (offset as i128 + reach.start as i128, offset as i128 + reach.end as i128);
    let inside = low >= 0 && high <= export.len()? as i128;
    Ok(inside.then(|| export.address().wrapping_add(offset)))
}
