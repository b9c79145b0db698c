//! Capsules: how a managed tensor travels between Python objects, and how it changes hands.

use std::ffi::{CStr, c_void};
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr::NonNull;

use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::critical_section::with_critical_section;
use pyo3::types::{PyCapsule, PyType};
use tensorbridge::exchange::dlpack::Managed;
use tensorbridge::exchange::dlpack::abi::{DLManagedTensor, DLManagedTensorVersioned};
use tensorbridge::{KeepAlive, Origin};

use crate::attach::attached;

const LEGACY: &CStr = c"dltensor";
const VERSIONED: &CStr = c"dltensor_versioned";
const USED_LEGACY: &CStr = c"used_dltensor";
const USED_VERSIONED: &CStr = c"used_dltensor_versioned";

/// A managed tensor that Python code gave us.
///
/// Its deleter may run Python code: it is called attached, and neither sees nor leaves an
/// exception. Without an interpreter the managed tensor is leaked, for the deleter might touch
/// objects that are gone.
pub(in crate::protocols) struct Taken {
    managed: ManuallyDrop<Managed>,
    /// The class of the object that made it, where that was there to be asked.
    producer: Option<Py<PyType>>,
}

impl Taken {
    pub(super) fn new(managed: Managed) -> Self {
        Self { managed: ManuallyDrop::new(managed), producer: None }
    }

    /// The same, made by `object`.
    pub(super) fn made_by(mut self, object: &Bound<'_, PyAny>) -> Self {
        self.producer = Some(object.get_type().unbind());
        self
    }

    /// The class of the object that made it, where it is known.
    pub(in crate::protocols) fn producer(&self) -> Option<&Py<PyType>> {
        self.producer.as_ref()
    }
}

impl Deref for Taken {
    type Target = Managed;

    fn deref(&self) -> &Managed {
        &self.managed
    }
}

impl KeepAlive for Taken {
    fn origin(&self) -> Origin {
        Origin::Dlpack
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let managed = &mut self.managed;
        let mut producer = ManuallyDrop::new(self.producer.take());
        attached(|py| {
            let pending = Pending::take(py);
            // SAFETY: this is the only drop of the value, and it is not used afterwards.
            unsafe { ManuallyDrop::drop(managed) };
            if let Some(producer) = producer.take() {
                producer.drop_ref(py);
            }
            pending.restore();
        });
    }
}

/// The exception that is on its way while an owner is dropped.
struct Pending<'py>([*mut ffi::PyObject; 3], Python<'py>);

impl<'py> Pending<'py> {
    #[allow(deprecated, reason = "the stable ABI of Python 3.11 has nothing newer")]
    fn take(py: Python<'py>) -> Self {
        let [mut class, mut value, mut traceback] = [std::ptr::null_mut(); 3];
        // SAFETY: attached; the three places are ours to fill.
        unsafe { ffi::PyErr_Fetch(&mut class, &mut value, &mut traceback) };
        Self([class, value, traceback], py)
    }

    #[allow(deprecated, reason = "the stable ABI of Python 3.11 has nothing newer")]
    fn restore(self) {
        let [class, value, traceback] = self.0;
        // SAFETY: attached, as `self.1` shows. An exception that the deleter left is nobody's:
        // it is reported and cleared. The three references came from `PyErr_Fetch`.
        unsafe {
            if !ffi::PyErr_Occurred().is_null() {
                ffi::PyErr_WriteUnraisable(std::ptr::null_mut());
            }
            ffi::PyErr_Restore(class, value, traceback);
        }
    }
}

/// Takes the managed tensor out of a fresh capsule, which is a used one from then on.
///
/// # Errors
///
/// `RuntimeError` in PyTorch's words for anything else than a fresh capsule.
pub(super) fn consume(object: &Bound<'_, PyAny>) -> PyResult<Taken> {
    with_critical_section(object, || {
        if let Some(raw) = rename::<DLManagedTensorVersioned>(object, VERSIONED, USED_VERSIONED)? {
            // SAFETY: a capsule of this name holds such a tensor, and its new name says that
            // its ownership has been taken.
            return Ok(Taken::new(unsafe { Managed::versioned(raw) }));
        }
        if let Some(raw) = rename::<DLManagedTensor>(object, LEGACY, USED_LEGACY)? {
            // SAFETY: as above.
            return Ok(Taken::new(unsafe { Managed::legacy(raw) }));
        }
        Err(invalid_capsule("ask its producer for a new one"))
    })
}

/// The pointer in a capsule called `fresh`, which is called `used` now.
fn rename<M>(
    object: &Bound<'_, PyAny>,
    fresh: &'static CStr,
    used: &'static CStr,
) -> PyResult<Option<NonNull<M>>> {
    // SAFETY: attached; `PyCapsule_IsValid` takes any object. The names are static, as a
    // capsule needs them to be.
    unsafe {
        if ffi::PyCapsule_IsValid(object.as_ptr(), fresh.as_ptr()) == 0 {
            return Ok(None);
        }
        let raw = ffi::PyCapsule_GetPointer(object.as_ptr(), fresh.as_ptr()).cast::<M>();
        if !raw.is_aligned() {
            return Err(invalid_capsule(
                "the address in the capsule is misaligned: it holds no managed tensor",
            ));
        }
        if ffi::PyCapsule_SetName(object.as_ptr(), used.as_ptr()) != 0 {
            return Err(PyErr::fetch(object.py()));
        }
        Ok(NonNull::new(raw))
    }
}

/// PyTorch's words for what is no fresh capsule.
pub(super) fn invalid_capsule(hint: &str) -> PyErr {
    PyRuntimeError::new_err(format!(
        "from_dlpack received an invalid capsule. Note that DLTensor capsules can be consumed only once, so you might have already constructed a tensor from it once. — hint: {hint}"
    ))
}

/// A capsule that owns a versioned managed tensor until it is consumed.
pub(super) fn versioned(
    py: Python<'_>,
    managed: NonNull<DLManagedTensorVersioned>,
) -> PyResult<Bound<'_, PyCapsule>> {
    unsafe extern "C" fn destroy(capsule: *mut ffi::PyObject) {
        // SAFETY: an unconsumed capsule of ours owns the managed tensor in it.
        unsafe {
            if let Some(raw) = unconsumed(capsule, VERSIONED) {
                drop(Managed::versioned(raw.cast()));
            }
        }
    }
    // SAFETY: the pointer stays valid until the deleter is called: by the destructor, by
    // whoever consumes the capsule, or here when there is no capsule.
    unsafe {
        PyCapsule::new_with_pointer_and_destructor(py, managed.cast(), VERSIONED, Some(destroy))
            .inspect_err(|_| drop(Managed::versioned(managed)))
    }
}

/// A capsule that owns a managed tensor of version 0 until it is consumed.
pub(super) fn legacy(
    py: Python<'_>,
    managed: NonNull<DLManagedTensor>,
) -> PyResult<Bound<'_, PyCapsule>> {
    unsafe extern "C" fn destroy(capsule: *mut ffi::PyObject) {
        // SAFETY: an unconsumed capsule of ours owns the managed tensor in it.
        unsafe {
            if let Some(raw) = unconsumed(capsule, LEGACY) {
                drop(Managed::legacy(raw.cast()));
            }
        }
    }
    // SAFETY: as in `versioned`.
    unsafe {
        PyCapsule::new_with_pointer_and_destructor(py, managed.cast(), LEGACY, Some(destroy))
            .inspect_err(|_| drop(Managed::legacy(managed)))
    }
}

/// What a dying capsule still owns: nothing once it has been renamed.
///
/// # Safety
///
/// `capsule` is a live capsule, and the caller is attached.
unsafe fn unconsumed(capsule: *mut ffi::PyObject, fresh: &CStr) -> Option<NonNull<c_void>> {
    // SAFETY: by this function's contract. Asking for validity first leaves no exception.
    unsafe {
        if ffi::PyCapsule_IsValid(capsule, fresh.as_ptr()) == 0 {
            return None;
        }
        NonNull::new(ffi::PyCapsule_GetPointer(capsule, fresh.as_ptr()))
    }
}
