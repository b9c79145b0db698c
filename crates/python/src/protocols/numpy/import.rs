//! ndarray to tensor: read the facts, let `plan` decide, adopt.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use tensorbridge::diagnostics::trace::{self, Watch};
use tensorbridge::exchange::{
    self, ByteOrder, Checked, Facts, Foreign, Form, Permission, Plan, Reason, Request, SourceDType,
    Unsupported,
};
use tensorbridge::{Access, DType, Device, KeepAlive, Layout, Origin, Tensor};

use super::capi::{Api, ArrayObject, Descr, WRITEABLE, loaded};
use super::dtype;
use crate::errors::{OrRaise, to_python};
use crate::keepalive::PyOwner;
use crate::protocols::buffer::Export;
use crate::protocols::{materialize, noted, type_name};
use crate::tensor::PyTensor;

/// A tensor from `object` if it is an ndarray, else `None`.
pub(crate) fn import(
    object: &Bound<'_, PyAny>,
    request: &Request,
    door: &'static str,
    watch: Watch,
) -> PyResult<Option<Tensor>> {
    import_into(object, request, door, watch, Ok)
}

/// As [`import`], handing the tensor to `finish` where it is made: a crossing is short enough
/// for every move of a tensor to show.
#[inline(always)]
pub(crate) fn import_into<T>(
    object: &Bound<'_, PyAny>,
    request: &Request,
    door: &'static str,
    watch: Watch,
    finish: impl FnOnce(Tensor) -> PyResult<T>,
) -> PyResult<Option<T>> {
    let py = object.py();
    let Some(api) = loaded(py)? else {
        return Ok(None);
    };
    let Some(exact) = api.array_class(object) else {
        return Ok(None);
    };
    // Before the fields are read: a subclass and an exporter may run code of their own here.
    let masked = !exact && is_masked(object)?;
    let owner = ArrayOwner::of(api, object)?;
    // SAFETY: `array_class` found an ndarray.
    let array = unsafe { Array::read(api, object)? };
    let source = if masked { SourceDType::Unsupported(Unsupported::Masked) } else { array.dtype };
    let facts = Facts {
        dtype: source,
        byte_order: array.byte_order,
        permission: array.permission,
        device: Device::CPU,
        form: Form::Memory,
    };
    match (exchange::plan(&facts, request), source) {
        (Plan::Share { access }, SourceDType::Known(dtype)) => {
            let checked = array.check(dtype, access).or_raise(py)?;
            // SAFETY: [alive]: the owner holds the array, and the array its memory.
            let tensor = unsafe { checked.adopt(owner) };
            if watch.is_on() {
                note_share(watch, door, object, exact, &tensor)?;
            }
            finish(tensor).map(Some)
        }
        (Plan::Copy { reasons, access }, SourceDType::Known(dtype)) => {
            let checked = array.check(dtype, Access::READ_ONLY).or_raise(py)?;
            // SAFETY: as above.
            let source = unsafe { checked.adopt(owner) };
            finish(materialize(py, &source, array.byte_order, request, &reasons, access, door)?)
                .map(Some)
        }
        (Plan::Refuse { reason }, _) => {
            watch.refused(door, reason);
            Err(array.refusal(py, reason))
        }
        (_, SourceDType::Unsupported(what)) => {
            unreachable!("`plan` refuses {what}")
        }
    }
}

/// Where the elements of an ndarray lie, whatever they are: the address of element `[0, …, 0]`, the
/// layout, and the bytes of an element. `None` for what is no ndarray.
pub(crate) fn place(object: &Bound<'_, PyAny>) -> PyResult<Option<(usize, Layout, usize)>> {
    let py = object.py();
    let Some(api) = loaded(py)? else { return Ok(None) };
    if api.array_class(object).is_none() {
        return Ok(None);
    }
    // Before the fields are read: a subclass may run code of its own here.
    let itemsize: usize = object.getattr(intern!(py, "itemsize"))?.extract()?;
    // SAFETY: `array_class` found an ndarray.
    let array = unsafe { Array::read(api, object)? };
    let layout = Layout::new(array.shape, array.strides, 0).or_raise(py)?;
    Ok(Some((array.data.addr(), layout, itemsize)))
}

/// An ndarray, and the export of the buffer that it was made over.
///
/// NumPy gives an export back as soon as it has the address: under `np.memmap`, or
/// `np.ndarray(shape, buffer=shm.buf)`, the mapping can be closed. A tensor holds it, and closing
/// is the owner's `BufferError`.
pub(in crate::protocols) struct ArrayOwner {
    _export: Option<Export>,
    array: PyOwner,
}

impl KeepAlive for ArrayOwner {
    fn origin(&self) -> Origin {
        self.array.origin()
    }

    #[inline]
    fn will_drop_attached(&self) {
        self.array.will_drop_attached();
    }
}

impl ArrayOwner {
    /// The array.
    pub(in crate::protocols) fn object(&self) -> &Py<PyAny> {
        self.array.object()
    }

    #[inline(always)]
    fn of(api: &Api, object: &Bound<'_, PyAny>) -> PyResult<Self> {
        // SAFETY: an ndarray, or the caller would not be here; we are attached.
        let base = unsafe { (*object.as_ptr().cast::<ArrayObject>()).base };
        let export = if owns_memory(api, base) { None } else { export_under(api, object, base)? };
        Ok(Self { _export: export, array: PyOwner::new(object.clone(), Origin::Numpy) })
    }
}

/// Whether an array with this base has memory of NumPy's own: no base, or one without a base.
#[inline(always)]
fn owns_memory(api: &Api, base: *mut ffi::PyObject) -> bool {
    // SAFETY: null, or a live object that the array holds; an exact ndarray has a base or null.
    base.is_null() || unsafe { api.is_exact(base) && (*base.cast::<ArrayObject>()).base.is_null() }
}

/// The export of what lies under an array that does not own its memory, where that is a buffer.
///
/// # Errors
///
/// `ValueError` where the exporter was closed or released, and the array is left without memory.
#[inline(never)]
fn export_under(
    api: &Api,
    object: &Bound<'_, PyAny>,
    mut base: *mut ffi::PyObject,
) -> PyResult<Option<Export>> {
    let py = object.py();
    while !base.is_null() {
        // SAFETY: every array holds its base, and `object` the first of them.
        let under = unsafe { Borrowed::from_ptr(py, base) };
        if api.array_class(&under).is_none() {
            let lasting = under.is_instance_of::<PyTensor>() || under.is_instance_of::<PyBytes>();
            // SAFETY: a live object.
            if lasting || unsafe { ffi::PyObject_CheckBuffer(base) } == 0 {
                return Ok(None);
            }
            return match Export::take(&under, ffi::PyBUF_FULL_RO) {
                Ok(export) => Ok(Some(export)),
                Err(error) if error.is_instance_of::<PyValueError>(py) => Err(noted(
                    py,
                    error,
                    format!(
                        "the array was made over a {} that is closed or released: its memory is gone",
                        type_name(&under)
                    ),
                )),
                // It exports nothing that could be held.
                Err(_) => Ok(None),
            };
        }
        // SAFETY: `array_class` found an ndarray.
        base = unsafe { (*base.cast::<ArrayObject>()).base };
    }
    Ok(None)
}

/// What an ndarray's C fields say; borrowed from the array.
struct Array<'a> {
    data: *mut u8,
    shape: &'a [usize],
    strides: &'a [isize],
    descr: *const Descr,
    dtype: SourceDType,
    byte_order: ByteOrder,
    permission: Permission,
}

impl<'a> Array<'a> {
    /// Reads the fields.
    ///
    /// # Safety
    ///
    /// `object` is an ndarray of the NumPy behind `api`.
    #[inline(always)]
    unsafe fn read(api: &Api, object: &'a Bound<'_, PyAny>) -> PyResult<Self> {
        let array = object.as_ptr().cast::<ArrayObject>();
        // SAFETY: an ndarray has these fields; the object is borrowed for `'a`, we are
        // attached, and no Python code runs while the slices are in use. Dimensions are
        // `intp`, never negative, and there are `ndim` of them and of the strides.
        unsafe {
            let descr = (*array).descr;
            let (dtype, byte_order) = dtype::read(object.py(), api, descr)?;
            let ndim = (*array).ndim as usize;
            let (shape, strides): (&[usize], &[isize]) = match ndim {
                0 => (&[], &[]),
                _ => (
                    std::slice::from_raw_parts((*array).dimensions.cast(), ndim),
                    std::slice::from_raw_parts((*array).strides, ndim),
                ),
            };
            let permission = if (*array).flags & WRITEABLE != 0 {
                Permission::Writable
            } else {
                Permission::ReadOnly
            };
            Ok(Self { data: (*array).data, shape, strides, descr, dtype, byte_order, permission })
        }
    }

    /// The array's memory as a checked description.
    #[inline(always)]
    fn check(&self, dtype: DType, access: Access) -> tensorbridge::Result<Checked<'a>> {
        Foreign {
            address: self.data,
            shape: self.shape,
            strides: self.strides,
            dtype,
            device: Device::CPU,
            access,
        }
        .check()
    }

    #[cold]
    fn refusal(&self, py: Python<'_>, reason: Reason) -> PyErr {
        let error = match reason {
            Reason::Unsupported(Unsupported::Masked) => {
                Unsupported::Masked.refusal("numpy.ma.MaskedArray")
            }
            // SAFETY: the descriptor lives as long as the array, which is borrowed.
            Reason::Unsupported(what) => match unsafe { dtype::scalar_type_name(py, self.descr) } {
                Ok(name) => what.refusal(&name),
                Err(error) => return error,
            },
            other => other.refusal(),
        };
        to_python(py, &error)
    }
}

/// Records a share; a dropped subclass is named.
#[cold]
fn note_share(
    watch: Watch,
    door: &'static str,
    object: &Bound<'_, PyAny>,
    exact: bool,
    tensor: &Tensor,
) -> PyResult<()> {
    let mut event = trace::Event::of(trace::Action::Shared, door, tensor);
    if !exact {
        let class = object.get_type().name()?;
        event.note = Some(format!("the class {class} was dropped: a tensor is plain data"));
    }
    watch.record(event);
    Ok(())
}

#[cold]
fn is_masked(object: &Bound<'_, PyAny>) -> PyResult<bool> {
    let modules = object.py().import("sys")?.getattr("modules")?;
    // No instance without the module.
    match modules.get_item("numpy.ma") {
        Ok(module) => object.is_instance(&module.getattr("MaskedArray")?),
        Err(_) => Ok(false),
    }
}

/// PyTorch's words for what is no ndarray.
pub(crate) fn not_an_array(object: &Bound<'_, PyAny>) -> PyErr {
    PyTypeError::new_err(format!(
        "expected np.ndarray (got {}) — hint: `tb.asarray(x)` takes arrays of any library, buffers, sequences and scalars",
        type_name(object)
    ))
}
