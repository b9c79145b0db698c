//! ndarray to tensor: read the facts, let `plan` decide, adopt.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use tensorbridge::diagnostics::trace;
use tensorbridge::exchange::{
    self, Facts, Foreign, Form, Permission, Plan, Reason, Request, SourceDType, Unsupported,
};
use tensorbridge::{Access, Device, Origin, Tensor};

use super::capi::{Api, ArrayObject, WRITEABLE, loaded};
use super::dtype;
use crate::errors::{OrRaise, to_python};
use crate::keepalive::PyOwner;
use crate::protocols::materialize;

/// A tensor from `object` if it is an ndarray, else `None`.
#[inline]
pub(crate) fn import(
    object: &Bound<'_, PyAny>,
    request: &Request,
    door: &'static str,
) -> PyResult<Option<Tensor>> {
    let Some(api) = loaded(object.py())? else {
        return Ok(None);
    };
    match api.array_class(object) {
        Some(exact) => import_array(api, object, exact, request, door).map(Some),
        None => Ok(None),
    }
}

fn import_array(
    api: &Api,
    object: &Bound<'_, PyAny>,
    exact: bool,
    request: &Request,
    door: &'static str,
) -> PyResult<Tensor> {
    let py = object.py();
    let watch = trace::watch();
    let array = object.as_ptr().cast::<ArrayObject>();
    // SAFETY: `array_class` found an ndarray, so the object has these fields; we hold a
    // reference, are attached, and only read.
    let (data, ndim, dimensions, strides, descr, flags) = unsafe {
        let array = &raw const *array;
        (
            (*array).data,
            (*array).ndim as usize,
            (*array).dimensions,
            (*array).strides,
            (*array).descr,
            (*array).flags,
        )
    };
    // SAFETY: an array's descriptor is alive as long as the array.
    let (mut source, byte_order) = unsafe { dtype::read(py, api, descr)? };
    if !exact && is_masked(object)? {
        source = SourceDType::Unsupported(Unsupported::Masked);
    }
    let facts = Facts {
        dtype: source,
        byte_order,
        permission: if flags & WRITEABLE != 0 {
            Permission::Writable
        } else {
            Permission::ReadOnly
        },
        device: Device::CPU,
        form: Form::Memory,
    };
    let plan = exchange::plan(&facts, request);
    let (SourceDType::Known(dtype), Plan::Share { .. } | Plan::Copy { .. }) = (source, &plan)
    else {
        let Plan::Refuse { reason } = plan else { unreachable!("unknown dtypes are refused") };
        watch.refused(door, reason);
        return Err(match reason {
            Reason::Unsupported(what) => {
                // SAFETY: the descriptor is alive as long as the array.
                let name = match what {
                    Unsupported::Masked => "numpy.ma.MaskedArray".to_owned(),
                    _ => unsafe { dtype::scalar_type_name(py, descr)? },
                };
                to_python(py, &what.refusal(&name))
            }
            other => to_python(py, &other.refusal()),
        });
    };
    let view = |pointer: *mut isize| {
        // SAFETY: NumPy keeps `ndim` entries at both; a 0-d array may keep none at null.
        if ndim == 0 { &[][..] } else { unsafe { std::slice::from_raw_parts(pointer, ndim) } }
    };
    // NumPy's dimensions are never negative.
    let shape = as_lengths(view(dimensions));
    let access = match plan {
        Plan::Share { access } => access,
        _ => Access::READ_ONLY,
    };
    let foreign = Foreign {
        address: data,
        shape,
        strides: view(strides),
        dtype,
        device: Device::CPU,
        access,
    };
    let owner = PyOwner::new(object.clone(), Origin::Numpy);
    // SAFETY: [alive]: the owner holds the array, and the array its memory.
    let tensor = unsafe { exchange::adopt(&foreign, owner) }.or_raise(py)?;
    let tensor = match plan {
        Plan::Copy { reasons, access } => {
            return materialize(py, &tensor, byte_order, request, &reasons, access, door);
        }
        _ => tensor,
    };
    if watch.is_on() {
        let mut event =
            trace::Event::of(trace::Action::Shared, door, &tensor, std::time::Instant::now());
        if !exact {
            event.note = Some(format!(
                "the class {} was dropped: a tensor is plain data",
                object.get_type().name()?
            ));
        }
        watch.record(event);
    }
    Ok(tensor)
}

/// NumPy's lengths are `intp` and never negative; ours are `usize`.
fn as_lengths(lengths: &[isize]) -> &[usize] {
    debug_assert!(lengths.iter().all(|&length| length >= 0));
    // SAFETY: `usize` and `isize` have the same layout, and every pattern is valid.
    unsafe { std::slice::from_raw_parts(lengths.as_ptr().cast(), lengths.len()) }
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
    let class = object.get_type();
    let name = match (class.module(), class.name()) {
        (Ok(module), Ok(name)) if module == "builtins" => name.to_string(),
        (Ok(module), Ok(name)) => format!("{module}.{name}"),
        _ => "an object".to_owned(),
    };
    PyTypeError::new_err(format!(
        "expected np.ndarray (got {name}) — hint: `tb.asarray(x)` takes arrays of any library, buffers, sequences and scalars"
    ))
}
