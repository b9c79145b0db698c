//! The ladder: how any object becomes a tensor.
//!
//! The first protocol that an object *has* decides, and an error there is the answer. Each rung
//! is a file: it reads facts and decides nothing; [`Offer::accept`] asks the law and makes the tensor.

pub(crate) mod array_interface;
pub(crate) mod array_method;
pub(crate) mod buffer;
pub(crate) mod dlpack;
pub(crate) mod numpy;
mod scalar;
mod sequence;

use std::any::Any;

use pyo3::exceptions::PyBufferError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyComplex, PyFloat, PyInt, PyList, PyRange, PyString, PyTuple, PyType};
use tensorbridge::diagnostics::trace::{self, Watch};
use tensorbridge::exchange::{
    self, ByteOrder, Facts, Foreign, Form, Permission, Plan, Reason, Request, SourceDType,
};
use tensorbridge::transfer::{self, Wanted};
use tensorbridge::{Access, Device, KeepAlive, Tensor};

use crate::enter::enter_detached;
use crate::errors::{OrRaise, to_python};
use crate::keepalive::PyOwner;
use crate::tensor::PyTensor;

/// Makes a tensor of `object` by the first rung that applies.
pub(crate) fn import(
    object: &Bound<'_, PyAny>,
    request: &Request,
    door: &'static str,
) -> PyResult<Tensor> {
    let watch = trace::watch();
    // Lists and numbers have no protocol: nobody needs to be asked.
    if !is_plain(object)
        && let Some(tensor) = memory(object, request, door, watch)?
    {
        return Ok(tensor);
    }
    sequence::import(object, request, door)
}

/// The rungs with memory underneath; `None` when `object` has none of these protocols.
pub(crate) fn memory(
    object: &Bound<'_, PyAny>,
    request: &Request,
    door: &'static str,
    watch: Watch,
) -> PyResult<Option<Tensor>> {
    if let Ok(tensor) = object.cast::<PyTensor>() {
        return own(object.py(), tensor.get().tensor(), request, door, watch).map(Some);
    }
    if let Some(tensor) = numpy::import(object, request, door, watch)? {
        return Ok(Some(tensor));
    }
    // A class has its instances' protocols as plain attributes, and text is a buffer to nobody.
    if object.is_instance_of::<PyType>() || object.is_instance_of::<PyString>() {
        return Ok(None);
    }
    // A NumPy scalar has every protocol of an array, over memory that nobody may share.
    if numpy::is_scalar(object)? {
        return Ok(None);
    }
    // A BufferError says "this protocol cannot describe me": the next may.
    let mut refusal = None;
    if let Some(tensor) = dlpack::import(object, request, door, watch, &mut refusal)? {
        return Ok(Some(tensor));
    }
    match buffer::import(object, request, door, watch) {
        // Not so our own refusals, which are BufferErrors of a class below.
        Err(error) if error.get_type(object.py()).is(object.py().get_type::<PyBufferError>()) => {
            refusal.get_or_insert(error);
        }
        Ok(None) => {}
        answer => return answer,
    }
    if let Some(tensor) = array_interface::import(object, request, door, watch)? {
        return Ok(Some(tensor));
    }
    // NumPy's own array of the object; its class is not ours to judge.
    if let Some(tensor) = array_method::import(object, request, door, watch)? {
        return Ok(Some(tensor));
    }
    refusal.map_or(Ok(None), Err)
}

/// A tensor that is one already.
pub(crate) fn own(
    py: Python<'_>,
    tensor: &Tensor,
    request: &Request,
    door: &'static str,
    watch: Watch,
) -> PyResult<Tensor> {
    let facts = Facts {
        dtype: SourceDType::Known(tensor.dtype()),
        byte_order: ByteOrder::Native,
        permission: if tensor.access().write { Permission::Writable } else { Permission::ReadOnly },
        device: tensor.device(),
        form: Form::Memory,
    };
    match exchange::plan(&facts, request) {
        Plan::Share { access } => {
            let shared = tensor.clone().restricted(Access { host: true, ..access });
            watch.shared(door, &shared);
            Ok(shared)
        }
        Plan::Copy { reasons, access } => {
            materialize(py, tensor, ByteOrder::Native, request, &reasons, access, door)
        }
        Plan::Refuse { reason } => Err(refuse(py, reason, door, watch)),
    }
}

/// What a rung found: host memory, described by numbers that nobody has checked.
pub(crate) struct Offer<'a> {
    pub(crate) facts: Facts,
    /// Address of element `[0, …, 0]`.
    pub(crate) address: *mut u8,
    pub(crate) shape: &'a [usize],
    /// Byte strides.
    pub(crate) strides: &'a [isize],
    /// What the source calls an element type that no tensor can hold.
    pub(crate) type_name: &'a str,
}

impl Offer<'_> {
    /// Asks the law, checks the numbers, and shares, copies or refuses.
    ///
    /// # Safety
    ///
    /// [alive]: `owner` keeps every byte alive that shape and strides reach from the address,
    /// writable if `facts.permission` says so; as far as the giver told the truth.
    pub(crate) unsafe fn accept(
        &self,
        py: Python<'_>,
        owner: impl KeepAlive,
        request: &Request,
        door: &'static str,
        watch: Watch,
    ) -> PyResult<Tensor> {
        let foreign = |dtype, access| Foreign {
            address: self.address,
            shape: self.shape,
            strides: self.strides,
            dtype,
            device: Device::CPU,
            access,
        };
        match (exchange::plan(&self.facts, request), self.facts.dtype) {
            (Plan::Share { access }, SourceDType::Known(dtype)) => {
                // SAFETY: [alive] by this function's contract.
                let tensor = unsafe { exchange::adopt(&foreign(dtype, access), owner) };
                let tensor = tensor.or_raise(py)?;
                watch.shared(door, &tensor);
                Ok(tensor)
            }
            (Plan::Copy { reasons, access }, SourceDType::Known(dtype)) => {
                // SAFETY: as above.
                let source = unsafe { exchange::adopt(&foreign(dtype, Access::READ_ONLY), owner) };
                let source = source.or_raise(py)?;
                let order = self.facts.byte_order;
                materialize(py, &source, order, request, &reasons, access, door)
            }
            (Plan::Refuse { reason: Reason::Unsupported(what) }, _)
            | (_, SourceDType::Unsupported(what)) => {
                watch.refused(door, Reason::Unsupported(what));
                Err(to_python(py, &what.refusal_of(self.type_name)))
            }
            (Plan::Refuse { reason }, _) => Err(refuse(py, reason, door, watch)),
        }
    }
}

/// Records a refusal, and gives its error.
fn refuse(py: Python<'_>, reason: Reason, door: &'static str, watch: Watch) -> PyErr {
    watch.refused(door, reason);
    to_python(py, &reason.refusal())
}

/// Copies `source` into a fresh tensor that satisfies `request`: its byte order, dtype and
/// device changed in one go, its order of memory kept where it is dense. One traced event.
pub(crate) fn materialize(
    py: Python<'_>,
    source: &Tensor,
    byte_order: ByteOrder,
    request: &Request,
    reasons: &[Reason],
    access: Access,
    door: &'static str,
) -> PyResult<Tensor> {
    let wanted = Wanted {
        dtype: request.dtype.unwrap_or(source.dtype()),
        device: request.device.unwrap_or(source.device()),
        access,
        casting: request.casting,
    };
    enter_detached(py, source.nbytes(), || {
        transfer::materialize(source, byte_order, wanted, door, reasons)
    })
}

/// Who keeps a tensor's memory alive.
pub(crate) enum Keeper<'py> {
    /// A Python object.
    Object(Bound<'py, PyAny>),
    /// What an object of this class exported by DLPack.
    Export(Bound<'py, PyType>),
}

/// Who in Python keeps a tensor's memory alive; `None` where nobody there does, or is known.
pub(crate) fn keeper<'py>(py: Python<'py>, tensor: &Tensor) -> Option<Keeper<'py>> {
    let owner: &dyn Any = tensor.storage().owner();
    let object = |object: &Py<PyAny>| Some(Keeper::Object(object.bind(py).clone()));
    if let Some(array) = owner.downcast_ref::<numpy::ArrayOwner>() {
        object(array.object())
    } else if let Some(owner) = owner.downcast_ref::<PyOwner>() {
        object(owner.object())
    } else if let Some(export) = owner.downcast_ref::<buffer::Export>() {
        export.object(py).map(Keeper::Object)
    } else {
        let taken = owner.downcast_ref::<dlpack::Taken>()?;
        Some(Keeper::Export(taken.producer()?.bind(py).clone()))
    }
}

/// Whether `object` is exactly a Python number, list, tuple or range.
fn is_plain(object: &Bound<'_, PyAny>) -> bool {
    object.is_exact_instance_of::<PyList>()
        || object.is_exact_instance_of::<PyTuple>()
        || object.is_exact_instance_of::<PyFloat>()
        || object.is_exact_instance_of::<PyInt>()
        || object.is_exact_instance_of::<PyBool>()
        || object.is_exact_instance_of::<PyComplex>()
        || object.is_exact_instance_of::<PyRange>()
}

/// The name of an object's class in messages: with its module, where that says something.
pub(crate) fn type_name(object: &Bound<'_, PyAny>) -> String {
    let class = object.get_type();
    match (class.module(), class.name()) {
        (Ok(module), Ok(name)) if module == "builtins" || module == "__main__" => name.to_string(),
        (Ok(module), Ok(name)) => format!("{module}.{name}"),
        _ => "an object".to_owned(),
    }
}

/// Says in a note which request met a foreign error; the error stays what it is.
fn noted(py: Python<'_>, error: PyErr, note: String) -> PyErr {
    // Without room for a note the error is still the answer.
    let _ = error.add_note(py, note);
    error
}
