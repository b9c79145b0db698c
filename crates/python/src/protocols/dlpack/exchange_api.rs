//! The C exchange API: a table of functions on a type, in both directions.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr::{NonNull, null_mut};

use pyo3::exceptions::PyTypeError;
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyMappingProxy};
use tensorbridge::diagnostics::trace;
use tensorbridge::exchange::dlpack::abi::{
    self, DLManagedTensorVersioned, DLPackExchangeAPI, DLPackExchangeAPIHeader, DLTensor,
    FromPyObject, SetError,
};
use tensorbridge::exchange::dlpack::{Managed, export_versioned};
use tensorbridge::exchange::{Permission, Request};
use tensorbridge::storage::host::Fill;
use tensorbridge::{DType, Device, Error, ErrorKind, Result, Tensor};

use super::capsule::Taken;
use super::import::accept;
use crate::errors::OrRaise;
use crate::protocols::type_name;
use crate::tensor::PyTensor;

const NAME: &CStr = c"dlpack_exchange_api";

static TABLE: DLPackExchangeAPI = DLPackExchangeAPI {
    header: DLPackExchangeAPIHeader { version: abi::VERSION, prev_api: null_mut() },
    managed_tensor_allocator: Some(allocate),
    managed_tensor_from_py_object_no_sync: Some(from_py_object),
    managed_tensor_to_py_object_no_sync: Some(to_py_object),
    // Lending needs strides in elements that live as long as the tensor; ours are in bytes.
    dltensor_from_py_object_no_sync: None,
    current_work_stream: Some(current_work_stream),
};

/// The capsule that is our type's `__dlpack_c_exchange_api__`.
pub(crate) fn table(py: Python<'_>) -> PyResult<Bound<'_, PyCapsule>> {
    // SAFETY: the table is static, and nobody writes to it.
    unsafe { PyCapsule::new_with_pointer(py, NonNull::from(&TABLE).cast(), NAME) }
}

/// The export function in the table of `object`'s own class. A table that the class only
/// inherits is not asked: an heir may mean something else by its memory.
pub(super) fn function(object: &Bound<'_, PyAny>) -> Option<FromPyObject> {
    let py = object.py();
    let names = object.get_type().getattr(intern!(py, "__dict__")).ok()?;
    let names = names.cast_into::<PyMappingProxy>().ok()?;
    let key = intern!(py, "__dlpack_c_exchange_api__");
    if !names.contains(key).ok()? {
        return None;
    }
    find(&names.get_item(key).ok()?)?.managed_tensor_from_py_object_no_sync
}

/// A managed tensor from the export function of `object`'s class, or `None` where it fails:
/// `__dlpack__` then says why, and says it better.
pub(super) fn ask(object: &Bound<'_, PyAny>, function: FromPyObject) -> Option<Taken> {
    let mut managed = null_mut();
    // SAFETY: the function belongs to the object's class, and we are attached.
    let status = unsafe { function(object.as_ptr().cast(), &mut managed) };
    match NonNull::new(managed).filter(|_| status == 0) {
        // SAFETY: what the function gives is ours to release.
        Some(managed) => Some(Taken::new(unsafe { Managed::versioned(managed) })),
        None => {
            drop(PyErr::take(object.py()));
            None
        }
    }
}

/// The table in a capsule, of a version whose layout we know.
fn find<'a>(capsule: &'a Bound<'_, PyAny>) -> Option<&'a DLPackExchangeAPI> {
    // SAFETY: attached; validity is asked first, so that no exception is set.
    let mut header = unsafe {
        if ffi::PyCapsule_IsValid(capsule.as_ptr(), NAME.as_ptr()) == 0 {
            return None;
        }
        ffi::PyCapsule_GetPointer(capsule.as_ptr(), NAME.as_ptr()).cast::<DLPackExchangeAPIHeader>()
    };
    // A chain of versions is short; a longer one is a circle.
    for _ in 0..16 {
        if header.is_null() || !header.is_aligned() {
            return None;
        }
        // SAFETY: a capsule of this name points to a table that lives as long as the process,
        // and whose head is the same in every version.
        unsafe {
            if (*header).version.major == abi::VERSION.major {
                return Some(&*header.cast::<DLPackExchangeAPI>());
            }
            header = (*header).prev_api;
        }
    }
    None
}

/// # Safety
///
/// As `DLPackManagedTensorFromPyObjectNoSync`: `object` is a live object, the caller is
/// attached, `out` is a place for a pointer.
unsafe extern "C" fn from_py_object(
    object: *mut c_void,
    out: *mut *mut DLManagedTensorVersioned,
) -> c_int {
    // SAFETY: by this function's contract.
    unsafe {
        let py = Python::assume_attached();
        let object = Bound::from_borrowed_ptr(py, object.cast());
        match export(&object) {
            Ok(managed) => {
                out.write(managed.as_ptr());
                0
            }
            Err(error) => {
                error.restore(py);
                -1
            }
        }
    }
}

fn export(object: &Bound<'_, PyAny>) -> PyResult<NonNull<DLManagedTensorVersioned>> {
    let Ok(tensor) = object.cast::<PyTensor>() else {
        return Err(PyTypeError::new_err(format!(
            "expected a tensorbridge.Tensor, not {}",
            type_name(object)
        )));
    };
    let tensor = tensor.get().tensor();
    let watch = trace::watch();
    let managed = export_versioned(tensor, false).or_raise(object.py())?;
    watch.shared("__dlpack_c_exchange_api__", tensor);
    Ok(managed)
}

/// # Safety
///
/// As `DLPackManagedTensorToPyObjectNoSync`: `managed` is stolen, the caller is attached, `out`
/// is a place for a pointer.
unsafe extern "C" fn to_py_object(
    managed: *mut DLManagedTensorVersioned,
    out: *mut *mut c_void,
) -> c_int {
    // SAFETY: by this function's contract.
    unsafe {
        let py = Python::assume_attached();
        let import = || {
            let managed = NonNull::new(managed)
                .ok_or_else(|| Error::buffer("the managed tensor is null"))
                .or_raise(py)?;
            let taken = Taken::new(Managed::versioned(managed));
            let door = "__dlpack_c_exchange_api__";
            let tensor = accept(py, taken, &Request::default(), door, trace::watch())?;
            PyTensor::new(tensor).into_pyobject(py)
        };
        match import() {
            Ok(tensor) => {
                out.write(tensor.into_ptr().cast());
                0
            }
            Err(error) => {
                error.restore(py);
                -1
            }
        }
    }
}

/// # Safety
///
/// As `DLPackManagedTensorAllocator`: `prototype` describes a dtype, a shape and a device, `out`
/// is a place for a pointer. The caller need not be attached.
unsafe extern "C" fn allocate(
    prototype: *mut DLTensor,
    out: *mut *mut DLManagedTensorVersioned,
    context: *mut c_void,
    set_error: Option<SetError>,
) -> c_int {
    // SAFETY: by this function's contract.
    match unsafe { fresh(prototype) } {
        Ok(managed) => {
            // SAFETY: by this function's contract.
            unsafe { out.write(managed.as_ptr()) };
            0
        }
        Err(error) => {
            let kind: &CStr = match error.kind() {
                ErrorKind::Memory => c"MemoryError",
                ErrorKind::Buffer => c"BufferError",
                _ => c"ValueError",
            };
            // Messages are ours and have no NUL.
            let message = std::ffi::CString::new(error.to_string()).unwrap_or_default();
            if let Some(set_error) = set_error {
                // SAFETY: both texts live through the call; the context is the caller's.
                unsafe { set_error(context, kind.as_ptr(), message.as_ptr().cast::<c_char>()) };
            }
            -1
        }
    }
}

/// # Safety
///
/// As [`allocate`].
unsafe fn fresh(prototype: *mut DLTensor) -> Result<NonNull<DLManagedTensorVersioned>> {
    // SAFETY: by this function's contract; only these fields of a prototype mean anything.
    let (dtype, device, ndim, lengths) = unsafe {
        let prototype = &raw const *prototype;
        ((*prototype).dtype, (*prototype).device, (*prototype).ndim, (*prototype).shape)
    };
    let mut described = DLManagedTensorVersioned {
        version: abi::VERSION,
        manager_ctx: null_mut(),
        deleter: None,
        flags: 0,
        dl_tensor: DLTensor {
            data: NonNull::<u128>::dangling().as_ptr().cast(),
            device,
            ndim,
            dtype,
            shape: lengths,
            strides: null_mut(),
            byte_offset: 0,
        },
    };
    // SAFETY: the prototype's shape lives through this call; without a deleter nothing is
    // released.
    let described = unsafe { Managed::versioned(NonNull::from(&mut described)) }.describe()?;
    debug_assert_eq!(described.permission, Permission::Writable);
    let (shape, dtype): (_, DType) = (&described.shape, described.dtype);
    let tensor = Tensor::allocate(shape, dtype, Device::CPU, Fill::Uninitialized)?;
    export_versioned(&tensor, false)
}

/// # Safety
///
/// As `DLPackCurrentWorkStream`: the caller is attached, `out` is a place for a pointer.
unsafe extern "C" fn current_work_stream(
    device_type: i32,
    _device_id: i32,
    out: *mut *mut c_void,
) -> c_int {
    if device_type == abi::CPU {
        // SAFETY: by this function's contract. The host has no streams.
        unsafe { out.write(null_mut()) };
        return 0;
    }
    // SAFETY: by this function's contract.
    let py = unsafe { Python::assume_attached() };
    let text = format!("Unsupported device_type: {device_type}: tensors are in host memory");
    pyo3::exceptions::PyBufferError::new_err(text).restore(py);
    -1
}
