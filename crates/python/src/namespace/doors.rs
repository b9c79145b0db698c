//! The ways in: `from_numpy`, `asarray`, `as_tensor`, `tensor`, `from_dlpack`, `frombuffer`.

use pyo3::exceptions::{PyNotImplementedError, PyTypeError};
use pyo3::prelude::*;
use tensorbridge::diagnostics::trace;
use tensorbridge::exchange::{CopyMode, Request};

use crate::front::front;
use crate::protocols::{self, buffer, dlpack, numpy};
use crate::tensor::PyTensor;
use crate::{casting, device, dtype};

/// The tensor over an ndarray's memory. Always shares, or refuses with reason and remedy.
///
/// Any strides (negative, zero, Fortran, not a multiple of the item size), any alignment, any
/// rank. A read-only array gives a read-only tensor. `writable`: `None` as the array says,
/// `False` read-only, `True` writable or a `CopyError`.
///
/// Raises `TypeError` for what is no ndarray and for dtypes no tensor can hold (object, text,
/// datetime, longdouble, structured, masked); `CopyError` (a `ValueError` and a `BufferError`)
/// for the other byte order.
#[pyfunction]
#[pyo3(signature = (a, /, *, writable=None))]
fn from_numpy<'py>(
    a: &Bound<'py, PyAny>,
    writable: Option<bool>,
) -> PyResult<Bound<'py, PyTensor>> {
    let request = Request { writable, ..Request::SHARE };
    let wrap = |tensor| PyTensor::new(tensor).into_pyobject(a.py());
    numpy::import_into(a, &request, "from_numpy", trace::watch(), wrap)?
        .ok_or_else(|| numpy::not_an_array(a))
}

/// A tensor of `obj`, sharing its memory if it can.
///
/// `obj` may be a tensor, an ndarray, anything with `__dlpack__`, the buffer protocol,
/// `__array_interface__` or `__array__`, a NumPy or Python number, or nested sequences and
/// iterators of all these. `copy`: `None` shares if possible, `False` shares or raises
/// `CopyError`, `True` always copies. `dtype` and `device` as wished; a change of either is a
/// copy. `writable`: `None` as the source says, `False` read-only, `True` writable (by a copy
/// if need be). A tensor that is already what was asked for is returned itself.
///
/// `casting`: the rule that a change of dtype must obey. `"exact"` allows no value to change;
/// `"safe"` and `"same_kind"` are NumPy's rules, by dtype alone (Python's numbers count by their
/// kind); `"unsafe"` allows any cast, as does `None` outside of `tb.casting`. Under `"exact"` a
/// Python float is `float64`, whatever the default dtype is.
///
/// Values take the dtype that holds them all: `bool`, `int64`, the default dtype for floats,
/// its complex sibling; NumPy's numbers and arrays have their own.
///
/// Raises `TypeError` for dtypes no tensor can hold and for text, `RuntimeError` for objects
/// without a dtype, `ValueError` for ragged sequences and ints beyond `int64`, `OverflowError`
/// for a value outside `dtype`, `InexactError` (a `ValueError`) for one that would change under
/// `casting="exact"`, `DeviceError` for a device that cannot be used. `requires_grad=True` is not
/// built.
#[pyfunction]
#[pyo3(signature = (obj, *, dtype=None, device=None, copy=None, writable=None, requires_grad=false, casting=None))]
fn asarray<'py>(
    obj: &Bound<'py, PyAny>,
    dtype: Option<&Bound<'py, PyAny>>,
    device: Option<&Bound<'py, PyAny>>,
    copy: Option<bool>,
    writable: Option<bool>,
    requires_grad: bool,
    casting: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyTensor>> {
    refuse_grad(requires_grad)?;
    share_or_copy(obj, dtype, device, copy, writable, casting, "asarray")
}

/// As `asarray`, under PyTorch's name: a tensor of `data`, sharing its memory if it can. `dtype`,
/// `device`, `copy`, `writable` and `casting` as there.
#[pyfunction]
#[pyo3(signature = (data, *, dtype=None, device=None, copy=None, writable=None, requires_grad=false, casting=None))]
fn as_tensor<'py>(
    data: &Bound<'py, PyAny>,
    dtype: Option<&Bound<'py, PyAny>>,
    device: Option<&Bound<'py, PyAny>>,
    copy: Option<bool>,
    writable: Option<bool>,
    requires_grad: bool,
    casting: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyTensor>> {
    refuse_grad(requires_grad)?;
    share_or_copy(data, dtype, device, copy, writable, casting, "as_tensor")
}

fn share_or_copy<'py>(
    obj: &Bound<'py, PyAny>,
    dtype: Option<&Bound<'py, PyAny>>,
    device: Option<&Bound<'py, PyAny>>,
    copy: Option<bool>,
    writable: Option<bool>,
    casting: Option<&Bound<'py, PyAny>>,
    door: &'static str,
) -> PyResult<Bound<'py, PyTensor>> {
    let request = Request {
        copy: copy.into(),
        dtype: dtype::parse_optional(dtype)?,
        device: device::wish(device, obj)?,
        writable,
        casting: casting::rule(casting)?,
    };
    let tensor = protocols::import(obj, &request, door)?;
    match obj.cast::<PyTensor>() {
        Ok(own) if is_same(own, &tensor) => Ok(own.clone()),
        _ => PyTensor::new(tensor).into_pyobject(obj.py()),
    }
}

/// Whether a tensor made of `own` is that very tensor.
fn is_same(own: &Bound<'_, PyTensor>, made: &tensorbridge::Tensor) -> bool {
    let own = own.get().tensor();
    own.storage().same(made.storage()) && own.access() == made.access()
}

/// A new tensor with the values of `data`. Always copies; takes what `asarray` takes.
///
/// `dtype` and `device` as wished, `casting` as in `asarray`. The order of memory of a dense array
/// or tensor is kept. Raises what `asarray` raises.
/// `requires_grad=True` and `pin_memory=True` are not built.
#[pyfunction]
#[pyo3(signature = (data, *, dtype=None, device=None, requires_grad=false, pin_memory=false, casting=None))]
fn tensor<'py>(
    data: &Bound<'py, PyAny>,
    dtype: Option<&Bound<'py, PyAny>>,
    device: Option<&Bound<'py, PyAny>>,
    requires_grad: bool,
    pin_memory: bool,
    casting: Option<&Bound<'py, PyAny>>,
) -> PyResult<PyTensor> {
    refuse_grad(requires_grad)?;
    if pin_memory {
        return Err(PyNotImplementedError::new_err(
            "pin_memory=True: tensorbridge has no pinned memory — hint: leave it out",
        ));
    }
    let request = Request {
        copy: CopyMode::Always,
        dtype: dtype::parse_optional(dtype)?,
        device: device::wish(device, data)?,
        writable: None,
        casting: casting::rule(casting)?,
    };
    protocols::import(data, &request, "tensor").map(PyTensor::new)
}

/// The tensor of one axis over the bytes of `buffer`, read as `dtype`. Always shares.
///
/// `buffer` is anything with the buffer protocol whose bytes are one dense run: `bytes`,
/// `bytearray`, `mmap`, `memoryview`, `array.array`, a C-contiguous ndarray. The export is held
/// for the tensor's life. `count` elements, or all of them for a negative number, from byte
/// `offset` on, which need not be aligned. A read-only buffer gives a read-only tensor.
/// `writable`: `None` as the buffer says, `False` read-only, `True` writable or a `CopyError`.
///
/// Raises `ValueError` for what is no buffer and for a length, `count` or `offset` that does not
/// fit, `RuntimeError` for a buffer that is not one dense run. `requires_grad=True` is not
/// built.
#[pyfunction]
#[pyo3(
    signature = (buffer, *, dtype, count=-1, offset=0, writable=None, requires_grad=false),
    text_signature = "(buffer, *, dtype, count=-1, offset=0, writable=None, requires_grad=False)"
)]
fn frombuffer(
    buffer: &Bound<'_, PyAny>,
    dtype: &Bound<'_, PyAny>,
    count: isize,
    offset: isize,
    writable: Option<bool>,
    requires_grad: bool,
) -> PyResult<PyTensor> {
    refuse_grad(requires_grad)?;
    let dtype = dtype::parse(dtype)?;
    buffer::from_flat(buffer, dtype, count, offset, writable).map(PyTensor::new)
}

fn refuse_grad(requires_grad: bool) -> PyResult<()> {
    if !requires_grad {
        return Ok(());
    }
    Err(PyNotImplementedError::new_err(
        "requires_grad=True: tensorbridge computes no gradients — hint: leave it out",
    ))
}

/// A tensor over the memory of any object that speaks DLPack.
///
/// `x` may be an object with `__dlpack__`, a tensor, an ndarray, or a capsule, which can be
/// consumed once. `device`: `None` where the memory is; `"cpu"` asks a producer elsewhere for a
/// copy on the host. `copy`: `None` shares if possible, `False` shares or raises, `True` always
/// copies. `writable`: `None` as the producer says, `False` read-only, `True` writable, or a
/// copy. A producer that cannot say (a capsule without a version) gives a read-only tensor;
/// `writable=True` then shares it writable on the caller's word.
///
/// Raises `RuntimeError` for objects without DLPack and for used capsules, `BufferError` for
/// dtypes and devices that no tensor has and for descriptions that cannot be true, `CopyError`
/// where a copy was forbidden, and whatever the producer raises.
#[pyfunction]
#[pyo3(
    signature = (x=Given(None), /, *, device=None, copy=None, writable=None, ext_tensor=Given(None)),
    text_signature = "(x, /, *, device=None, copy=None, writable=None)"
)]
fn from_dlpack<'py>(
    x: Given<'_, 'py>,
    device: Option<&Bound<'_, PyAny>>,
    copy: Option<bool>,
    writable: Option<bool>,
    ext_tensor: Given<'_, 'py>,
) -> PyResult<Bound<'py, PyTensor>> {
    // PyTorch's name for the argument is a keyword, too.
    let x = match (x.0, ext_tensor.0) {
        (Some(x), None) | (None, Some(x)) => x,
        (None, None) => {
            return Err(PyTypeError::new_err(
                "from_dlpack() missing 1 required positional argument: 'x'",
            ));
        }
        (Some(_), Some(_)) => {
            return Err(PyTypeError::new_err(
                "from_dlpack() got multiple values for argument 'ext_tensor'",
            ));
        }
    };
    let device = device::parse_optional(device)?;
    let request = Request { copy: copy.into(), device, writable, ..Request::default() };
    dlpack::from_dlpack(&x, &request)
}

/// An argument that may be left out, and may be `None`.
struct Given<'a, 'py>(Option<Borrowed<'a, 'py, PyAny>>);

impl<'a, 'py> FromPyObject<'a, 'py> for Given<'a, 'py> {
    type Error = std::convert::Infallible;

    fn extract(object: Borrowed<'a, 'py, PyAny>) -> Result<Self, Self::Error> {
        Ok(Self(Some(object)))
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    front!(module, from_numpy, |py, [a]| {
        let wrap = |tensor| Ok(PyTensor::new(tensor).into_pyobject(py)?.into_any());
        numpy::import_into(&a, &Request::SHARE, "from_numpy", trace::watch(), wrap).transpose()
    })?;
    // Without a keyword an array is shared, or copied for its byte order alone; a default device
    // other than the host is the function's to look at.
    front!(module, asarray, |py, [obj]| {
        if device::default() != tensorbridge::Device::CPU {
            return None;
        }
        let wrap = |tensor| Ok(PyTensor::new(tensor).into_pyobject(py)?.into_any());
        numpy::import_into(&obj, &Request::default(), "asarray", trace::watch(), wrap).transpose()
    })?;
    module.add_function(wrap_pyfunction!(as_tensor, module)?)?;
    module.add_function(wrap_pyfunction!(from_dlpack, module)?)?;
    module.add_function(wrap_pyfunction!(frombuffer, module)?)?;
    module.add_function(wrap_pyfunction!(tensor, module)?)
}
