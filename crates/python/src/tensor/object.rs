//! The Python object of a tensor, made in one step.
//!
//! PyO3 makes objects through `object.__new__`, `tp_alloc` and the garbage collector's lists,
//! which for a crossing is a quarter of its time. Here the object is allocated, written and done.
//! The collector never hears of it: a tensor holds no Python object that it could be asked about,
//! and collections become shorter by every tensor.

use std::mem::offset_of;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

use pyo3::ffi;
use pyo3::prelude::*;
use tensorbridge::storage::host::Fill;
use tensorbridge::{DType, Device, Tensor};

use super::{PyTensor, spare};
use crate::diagnostics::born;
use crate::errors::OrRaise;

/// What PyO3 lays an object of the class out as: compared with one of PyO3's making before it is
/// relied upon.
#[repr(C)]
struct Object {
    header: ffi::PyObject,
    value: PyTensor,
    weakrefs: *mut ffi::PyObject,
}

/// The class, while its objects are made here: null before [`adopt_layout`] has compared, and while
/// somebody is told of every new tensor, which so costs nothing while nobody is.
static CLASS: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(null_mut());
/// The class, where its objects are [`Object`]s; null where they are not.
static KNOWN: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(null_mut());

impl<'py> IntoPyObject<'py> for PyTensor {
    type Target = Self;
    type Output = Bound<'py, Self>;
    type Error = PyErr;

    #[inline]
    fn into_pyobject(mut self, py: Python<'py>) -> PyResult<Bound<'py, Self>> {
        let class = CLASS.load(Ordering::Acquire);
        if class.is_null() {
            return announced(py, self);
        }
        self.in_object = true;
        // SAFETY: attached; a live class with the collector's header, whose objects are as
        // `Object` says. The allocation is of the class's size, counts a reference to the class
        // and is ours alone; every field behind the header is written before anybody sees it.
        unsafe {
            let object = match spare::take(py) {
                Some(memory) => ffi::PyObject_Init(memory.cast(), class).cast(),
                None => ffi::PyObject_GC_New::<Object>(class),
            };
            if object.is_null() {
                // Freed here, not there.
                self.in_object = false;
                return Err(PyErr::fetch(py));
            }
            (&raw mut (*object).value).write(self);
            (&raw mut (*object).weakrefs).write(null_mut());
            Ok(Bound::from_owned_ptr(py, object.cast()).cast_into_unchecked())
        }
    }
}

/// An object of PyO3's making, of which whoever keeps track is told.
#[cold]
fn announced(py: Python<'_>, tensor: PyTensor) -> PyResult<Bound<'_, PyTensor>> {
    let object = Bound::new(py, tensor)?;
    born(&object);
    Ok(object)
}

/// Whether [`born`] is told of every new tensor from here on.
pub(crate) fn announce(on: bool) {
    let class = if on { null_mut() } else { KNOWN.load(Ordering::Acquire) };
    CLASS.store(class, Ordering::Release);
}

/// Compares [`Object`] with what PyO3 makes, and from then on makes objects here.
///
/// # Errors
///
/// Whatever Python raises when asked about the class.
pub(super) fn adopt_layout(py: Python<'_>) -> PyResult<()> {
    let tensor = Tensor::allocate(&[], DType::Bool, Device::META, Fill::Zero).or_raise(py)?;
    let model = Bound::new(py, PyTensor::new(tensor))?;
    let class = model.get_type();
    let place = std::ptr::from_ref(model.get()).addr() - model.as_ptr().addr();
    let same = place == offset_of!(Object, value)
        && class.getattr("__basicsize__")?.extract::<usize>()? == size_of::<Object>()
        && class.getattr("__weakrefoffset__")?.extract::<usize>()? == offset_of!(Object, weakrefs);
    if same {
        // PyO3 keeps the class for ever.
        KNOWN.store(class.as_type_ptr(), Ordering::Release);
        announce(false);
    }
    Ok(())
}
