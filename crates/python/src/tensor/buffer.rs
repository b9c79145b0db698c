//! The buffer protocol (PEP 3118), going out: `memoryview(t)`, `bytes(t)`, `np.asarray(t)`.
//!
//! Shape, strides and the object itself do not move while an export holds the tensor, which is
//! frozen; so an export points into it, and releasing one has nothing to free.

use std::ffi::{CStr, c_int, c_long};

use pyo3::exceptions::PyBufferError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tensorbridge::diagnostics::trace;
use tensorbridge::exchange::Reason;
use tensorbridge::layout::Order;
use tensorbridge::{DType, transfer};

use super::PyTensor;
use crate::enter::enter_detached;
use crate::protocols::numpy;

#[pymethods]
impl PyTensor {
    /// The elements' bytes in C order, of any dtype: a fresh `bytes`, as `bytes(t)` gives.
    fn tobytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.__bytes__(py)
    }

    /// The elements' bytes in C order, of any dtype. (Without this, `bytes()` of a 0-d integer
    /// tensor would be that many zeros, as it is for an ndarray.)
    fn __bytes__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        numpy::check_host(self.tensor())?;
        let dense = enter_detached(py, self.tensor().nbytes(), || {
            transfer::contiguous(self.tensor(), Order::C, "__bytes__", Reason::Layout)
        })?;
        PyBytes::new_with(py, dense.nbytes(), |bytes| {
            // SAFETY: [reach], [alive]: `dense` has exactly these bytes from its address on;
            // the `bytes` object is new, so the two are disjoint. Raw reads: others may write.
            unsafe {
                std::ptr::copy_nonoverlapping(
                    dense.read_address(),
                    bytes.as_mut_ptr(),
                    bytes.len(),
                );
            }
            Ok(())
        })
    }

    /// Fills `view`, or says in a `BufferError` what the consumer asked for in vain: writable
    /// memory of a read-only tensor, dense memory where the strides are not, values of a dtype
    /// that the protocol cannot name (`bfloat16`), or memory where there is none (`meta`).
    unsafe fn __getbuffer__(
        slf: Bound<'_, Self>,
        view: *mut ffi::Py_buffer,
        flags: c_int,
    ) -> PyResult<()> {
        let watch = trace::watch();
        if view.is_null() {
            return Err(PyBufferError::new_err("the view is null"));
        }
        // SAFETY: the interpreter hands a view to fill; the protocol wants null on failure.
        unsafe { (*view).obj = std::ptr::null_mut() };
        let tensor = slf.get().tensor();
        let wants = |flag: c_int| flags & flag == flag;
        if !tensor.access().host {
            return Err(PyBufferError::new_err(format!(
                "a tensor on {} has no bytes here — hint: `t.cpu()` copies them to the host",
                tensor.device()
            )));
        }
        if wants(ffi::PyBUF_WRITABLE) && !tensor.access().write {
            return Err(PyBufferError::new_err(
                "the tensor is read-only, and a writable buffer was asked for — hint: work on a copy: `t.clone()`",
            ));
        }
        let order = |order| tensor.is_contiguous(order);
        let dense = if wants(ffi::PyBUF_C_CONTIGUOUS) || !wants(ffi::PyBUF_STRIDES) {
            order(Order::C)
        } else if wants(ffi::PyBUF_F_CONTIGUOUS) {
            order(Order::Fortran)
        } else {
            !wants(ffi::PyBUF_ANY_CONTIGUOUS) || order(Order::C) || order(Order::Fortran)
        };
        if !dense {
            return Err(PyBufferError::new_err(format!(
                "dense memory was asked for, and shape {:?} has strides {:?} — hint: `t.contiguous()` is dense",
                tensor.shape(),
                tensor.strides()
            )));
        }
        let format = if wants(ffi::PyBUF_FORMAT) {
            let format = format_of(tensor.dtype()).ok_or_else(|| {
                PyBufferError::new_err(format!(
                    "the buffer protocol has no name for {} — hint: look at the bits: `t.view(tb.uint16)`",
                    tensor.dtype()
                ))
            })?;
            format.as_ptr().cast_mut()
        } else {
            std::ptr::null_mut()
        };
        let given = |wanted: bool, pointer: *const ffi::Py_ssize_t| {
            if wanted { pointer.cast_mut() } else { std::ptr::null_mut() }
        };
        // SAFETY: [alive]: `obj` owns a reference to the tensor, which holds the bytes, the
        // shape and the strides at fixed addresses: it is frozen, and Python objects do not
        // move. [permit] is handed on as `readonly`. No consumer writes to shape or strides;
        // lengths are below `isize::MAX` (`Layout`).
        unsafe {
            (*view).buf = tensor.read_address().cast();
            (*view).len = tensor.nbytes() as ffi::Py_ssize_t;
            (*view).itemsize = tensor.dtype().itemsize() as ffi::Py_ssize_t;
            (*view).readonly = c_int::from(!tensor.access().write);
            (*view).ndim = if wants(ffi::PyBUF_ND) { tensor.ndim() as c_int } else { 1 };
            (*view).format = format;
            (*view).shape = given(wants(ffi::PyBUF_ND), tensor.shape().as_ptr().cast());
            (*view).strides = given(wants(ffi::PyBUF_STRIDES), tensor.strides().as_ptr());
            (*view).suboffsets = std::ptr::null_mut();
            (*view).internal = std::ptr::null_mut();
        }
        tensor.storage().mark_exported();
        watch.shared("__buffer__", tensor);
        // SAFETY: the view now owns this reference.
        unsafe { (*view).obj = slf.into_ptr() };
        Ok(())
    }
}

/// The format of one element. 64-bit integers go by the letter of C's `long` where that is as
/// wide: NumPy then finds its own `int64`, not the equal and distinct `longlong`.
fn format_of(dtype: DType) -> Option<&'static CStr> {
    match dtype {
        DType::Int64 if size_of::<c_long>() == 8 => Some(c"l"),
        DType::UInt64 if size_of::<c_long>() == 8 => Some(c"L"),
        dtype => dtype.buffer_format(),
    }
}
