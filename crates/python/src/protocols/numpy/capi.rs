//! The eleven entries of NumPy's C API that the bridge needs, reached without linking to NumPy.
//!
//! The table is found through Python (`_ARRAY_API`), so that an absent, broken or fake NumPy is
//! an `ImportError` and nothing else. The layouts and slots are those of `ndarraytypes.h` and
//! `__multiarray_api.h`; NumPy keeps them stable within an ABI, and the two ABIs (1.x and 2.x)
//! differ only in the descriptor's tail.

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::ptr::NonNull;

use crate::calling;
use pyo3::exceptions::PyImportError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyCapsule, PyType};

/// `PyArrayObject_fields`.
#[repr(C)]
pub(super) struct ArrayObject {
    header: ffi::PyObject,
    pub(super) data: *mut u8,
    pub(super) ndim: c_int,
    pub(super) dimensions: *mut isize,
    pub(super) strides: *mut isize,
    pub(super) base: *mut ffi::PyObject,
    pub(super) descr: *mut Descr,
    pub(super) flags: c_int,
    weakrefs: *mut ffi::PyObject,
}

/// The head of `PyArray_Descr`, common to both ABIs.
#[repr(C)]
pub(super) struct Descr {
    header: ffi::PyObject,
    pub(super) scalar_type: *mut ffi::PyTypeObject,
    pub(super) kind: c_char,
    character: c_char,
    pub(super) byteorder: c_char,
    former_flags: c_char,
    pub(super) type_num: c_int,
    tail: DescrTail,
}

/// What follows the head: the ABI tells which.
#[repr(C)]
union DescrTail {
    one: DescrTailOne,
    two: DescrTailTwo,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct DescrTailOne {
    elsize: c_int,
    alignment: c_int,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct DescrTailTwo {
    flags: u64,
    elsize: isize,
    alignment: isize,
}

/// `NPY_ARRAY_WRITEABLE`.
pub(super) const WRITEABLE: c_int = 0x0400;
/// Type numbers from here on belong to registered (user) dtypes such as those of `ml_dtypes`.
pub(super) const USER_DTYPE: c_int = 256;

/// The C API of the NumPy that this process has loaded.
pub(crate) struct Api {
    table: NonNull<*const c_void>,
    pub(super) array_type: *mut ffi::PyTypeObject,
    descr_type: *mut ffi::PyTypeObject,
    generic_type: *mut ffi::PyTypeObject,
    /// Whether this is NumPy 2's ABI.
    pub(super) two: bool,
    /// NumPy's version, for messages.
    version: String,
}

// SAFETY: the table and the types it points to are immutable and live until the process ends:
// NumPy's extension module is never unloaded.
unsafe impl Send for Api {}
// SAFETY: as above.
unsafe impl Sync for Api {}

type NewFromDescr = unsafe extern "C" fn(
    *mut ffi::PyTypeObject,
    *mut ffi::PyObject,
    c_int,
    *const isize,
    *const isize,
    *mut c_void,
    c_int,
    *mut ffi::PyObject,
) -> *mut ffi::PyObject;
type SetBaseObject = unsafe extern "C" fn(*mut ffi::PyObject, *mut ffi::PyObject) -> c_int;
type DescrFromType = unsafe extern "C" fn(c_int) -> *mut ffi::PyObject;
type FromScalar =
    unsafe extern "C" fn(*mut ffi::PyObject, *mut ffi::PyObject) -> *mut ffi::PyObject;
type Version = unsafe extern "C" fn() -> c_uint;

/// Slots of the function table.
mod slot {
    pub(super) const ABI_VERSION: usize = 0;
    pub(super) const ARRAY_TYPE: usize = 2;
    pub(super) const DESCR_TYPE: usize = 3;
    pub(super) const GENERIC_SCALAR_TYPE: usize = 10;
    pub(super) const DESCR_FROM_TYPE: usize = 45;
    pub(super) const FROM_SCALAR: usize = 61;
    pub(super) const NEW_FROM_DESCR: usize = 94;
    pub(super) const SET_BASE_OBJECT: usize = 282;
}

static API: PyOnceLock<Api> = PyOnceLock::new();

/// NumPy's C API, if this process has imported NumPy; never imports it.
///
/// While `numpy` is not in `sys.modules` no object can be an array.
#[inline]
pub(crate) fn loaded(py: Python<'_>) -> PyResult<Option<&'static Api>> {
    match API.get(py) {
        Some(api) => Ok(Some(api)),
        None => find(py),
    }
}

#[cold]
fn find(py: Python<'_>) -> PyResult<Option<&'static Api>> {
    let modules = py.import("sys")?.getattr("modules")?;
    // The extension module decides, not the name `numpy`: a stray `numpy.py` has none, and
    // NumPy half-way through its own import has none yet.
    for name in ["numpy._core._multiarray_umath", "numpy.core._multiarray_umath"] {
        if let Ok(module) = modules.get_item(name)
            && let Ok(capsule) = module.getattr("_ARRAY_API")
        {
            let api = API.get_or_try_init(py, || Api::from_capsule(&capsule))?;
            watch_reloads(py, &modules);
            return Ok(Some(api));
        }
    }
    Ok(None)
}

/// From its first use on, NumPy's second lives are counted, for the doctor.
fn watch_reloads(py: Python<'_>, modules: &Bound<'_, PyAny>) {
    // A diagnosis that cannot be prepared is no reason to refuse an array.
    let _ = modules.get_item("numpy").and_then(|numpy| {
        calling::import(py, "tensorbridge._reloads")?.call_method1("watch", (numpy,))
    });
}

/// NumPy's C API, importing NumPy if need be.
///
/// # Errors
///
/// One `ImportError` that says what is wrong with NumPy, with the original error as its cause.
pub(crate) fn required(py: Python<'_>) -> PyResult<&'static Api> {
    if let Some(api) = API.get(py) {
        return Ok(api);
    }
    let problem = match calling::import(py, "numpy") {
        Ok(numpy) => match find(py) {
            Ok(Some(api)) => return Ok(api),
            Ok(None) => {
                let place = numpy
                    .getattr("__file__")
                    .map_or_else(|_| "an unknown place".to_owned(), |file| file.to_string());
                let text = format!(
                    "the module `numpy` at {place} is not NumPy: it has no C API — hint: look for a file or folder named numpy that hides the installed one"
                );
                return Err(PyImportError::new_err(text));
            }
            Err(error) => error,
        },
        Err(error) => error,
    };
    let error = PyImportError::new_err(
        "an array was asked for, and NumPy cannot be imported — hint: `pip install numpy` (1.26 or newer)",
    );
    error.set_cause(py, Some(problem));
    Err(error)
}

impl Api {
    fn from_capsule(capsule: &Bound<'_, PyAny>) -> PyResult<Self> {
        let capsule = capsule.cast::<PyCapsule>()?;
        let table = capsule.pointer_checked(None)?.cast::<*const c_void>();
        // SAFETY: the capsule `_ARRAY_API` of NumPy's extension module points to its function
        // table of more than 300 entries, which is never freed.
        let entry = |slot: usize| unsafe { *table.as_ptr().add(slot) };
        // SAFETY: this slot has held `PyArray_GetNDArrayCVersion` in every ABI.
        let abi =
            unsafe { std::mem::transmute::<*const c_void, Version>(entry(slot::ABI_VERSION))() };
        let major = abi >> 24;
        if !(1..=2).contains(&major) {
            return Err(PyImportError::new_err(format!(
                "this NumPy has C ABI {abi:#x}, and tensorbridge knows those of NumPy 1 and 2 — hint: install a newer tensorbridge"
            )));
        }
        let version =
            calling::import(capsule.py(), "numpy").and_then(|numpy| numpy.getattr("__version__"));
        Ok(Self {
            table,
            array_type: entry(slot::ARRAY_TYPE).cast_mut().cast(),
            descr_type: entry(slot::DESCR_TYPE).cast_mut().cast(),
            generic_type: entry(slot::GENERIC_SCALAR_TYPE).cast_mut().cast(),
            two: major == 2,
            version: version.map_or_else(|_| "unknown".to_owned(), |version| version.to_string()),
        })
    }

    /// NumPy's version.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// The most axes an array of this NumPy can have.
    pub(super) fn max_ndim(&self) -> usize {
        if self.two { 64 } else { 32 }
    }

    fn entry(&self, slot: usize) -> *const c_void {
        // SAFETY: `from_capsule` checked that this is NumPy's table; the slots are constants
        // below its length.
        unsafe { *self.table.as_ptr().add(slot) }
    }

    /// Whether `object` is an ndarray and no subclass.
    ///
    /// # Safety
    ///
    /// `object` is live.
    #[inline]
    pub(super) unsafe fn is_exact(&self, object: *mut ffi::PyObject) -> bool {
        // SAFETY: by this function's contract.
        unsafe { ffi::Py_TYPE(object) == self.array_type }
    }

    /// Whether `object` is an ndarray; `Some(true)` when it is no subclass.
    #[inline]
    pub(crate) fn array_class(&self, object: &Bound<'_, PyAny>) -> Option<bool> {
        let class = object.get_type_ptr();
        if class == self.array_type {
            return Some(true);
        }
        // SAFETY: both are live type objects.
        (unsafe { ffi::PyType_IsSubtype(class, self.array_type) } != 0).then_some(false)
    }

    /// Whether `object` is a NumPy scalar such as `np.float32(1)`.
    pub(crate) fn is_scalar(&self, object: &Bound<'_, PyAny>) -> bool {
        // SAFETY: both are live type objects.
        unsafe { ffi::PyType_IsSubtype(object.get_type_ptr(), self.generic_type) != 0 }
    }

    /// Whether `object` is a NumPy dtype instance.
    pub(crate) fn is_dtype(&self, object: &Bound<'_, PyAny>) -> bool {
        // SAFETY: both are live type objects.
        unsafe { ffi::PyType_IsSubtype(object.get_type_ptr(), self.descr_type) != 0 }
    }

    /// Whether `object` is a NumPy scalar type such as `np.float32`.
    pub(crate) fn is_scalar_type(&self, object: &Bound<'_, PyAny>) -> bool {
        object.cast::<PyType>().is_ok_and(|class| {
            // SAFETY: both are live type objects.
            unsafe { ffi::PyType_IsSubtype(class.as_type_ptr(), self.generic_type) != 0 }
        })
    }

    /// Bytes of one element of `descr`.
    ///
    /// # Safety
    ///
    /// `descr` points to a live descriptor of this NumPy.
    #[inline]
    pub(super) unsafe fn itemsize(&self, descr: *const Descr) -> usize {
        // SAFETY: the ABI, checked once, tells which tail the descriptor has.
        unsafe {
            if self.two {
                (*descr).tail.two.elsize as usize
            } else {
                (*descr).tail.one.elsize as usize
            }
        }
    }

    /// A new reference to the built-in descriptor of a type number.
    pub(super) fn descr_from_type<'py>(
        &self,
        py: Python<'py>,
        type_num: c_int,
    ) -> PyResult<Bound<'py, PyAny>> {
        // SAFETY: the slot holds `PyArray_DescrFromType`, which returns a new reference or
        // null with an exception set; we are attached.
        unsafe {
            let function: DescrFromType = std::mem::transmute(self.entry(slot::DESCR_FROM_TYPE));
            Bound::from_owned_ptr_or_err(py, function(type_num))
        }
    }

    /// A new 0-d array with the value of a NumPy scalar.
    pub(super) fn array_from_scalar<'py>(
        &self,
        scalar: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        debug_assert!(self.is_scalar(scalar));
        // SAFETY: the slot holds `PyArray_FromScalar`, which takes an instance of
        // `numpy.generic` and a descriptor or null for the scalar's own, and returns a new
        // reference or null with an exception set; we are attached.
        unsafe {
            let function: FromScalar = std::mem::transmute(self.entry(slot::FROM_SCALAR));
            let array = function(scalar.as_ptr(), std::ptr::null_mut());
            Bound::from_owned_ptr_or_err(scalar.py(), array)
        }
    }

    /// An ndarray over existing memory, with `base` keeping that memory alive.
    ///
    /// # Safety
    ///
    /// [alive]: `base` keeps every byte alive that `shape` and `strides` reach from `data`;
    /// [permit]: they may be written if `writeable`. `data` is not null, `shape` and `strides`
    /// have the same length of at most `max_ndim()`.
    #[allow(clippy::too_many_arguments)]
    pub(super) unsafe fn new_array<'py>(
        &self,
        descr: Bound<'py, PyAny>,
        shape: &[usize],
        strides: &[isize],
        data: *mut u8,
        writeable: bool,
        base: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = base.py();
        // SAFETY: the slots hold `PyArray_NewFromDescr`, which steals the descriptor, and
        // `PyArray_SetBaseObject`, which steals the base; both report failure by null or -1
        // with an exception set. A shape is of `usize` below `isize::MAX` (`Layout`).
        unsafe {
            let new: NewFromDescr = std::mem::transmute(self.entry(slot::NEW_FROM_DESCR));
            let set_base: SetBaseObject = std::mem::transmute(self.entry(slot::SET_BASE_OBJECT));
            let array = new(
                self.array_type,
                descr.into_ptr(),
                shape.len() as c_int,
                shape.as_ptr().cast(),
                strides.as_ptr(),
                data.cast(),
                if writeable { WRITEABLE } else { 0 },
                std::ptr::null_mut(),
            );
            let array = Bound::from_owned_ptr_or_err(py, array)?;
            if set_base(array.as_ptr(), base.into_ptr()) != 0 {
                return Err(PyErr::fetch(py));
            }
            Ok(array)
        }
    }
}
