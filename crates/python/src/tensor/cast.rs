//! Copies and casts. What changes nothing returns the tensor itself.

use std::ffi::CStr;

use pyo3::exceptions::{PyTypeError, PyUserWarning};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString, PyTuple};
use tensorbridge::casting::{self, Casting};
use tensorbridge::exchange::Reason;
use tensorbridge::layout::Order;
use tensorbridge::{DType, Device, DeviceKind, Tensor, transfer};

use super::PyTensor;
use crate::casting::parse_optional as parse_casting;
use crate::enter::enter_detached;
use crate::{device, dtype, formats};

/// What a tensor is to become.
#[derive(Clone, Copy, Default)]
struct Wish {
    dtype: Option<DType>,
    device: Option<Device>,
    copy: bool,
    contiguous: bool,
    /// The rule for the cast; `None` for that of the scope.
    casting: Option<Casting>,
}

impl Wish {
    fn dtype(dtype: DType) -> Self {
        Self { dtype: Some(dtype), ..Self::default() }
    }

    /// Reads the positional arguments of `to`: a dtype, a device, a device and a dtype, or
    /// another tensor; then the flags `non_blocking` and `copy`.
    fn read(&mut self, arguments: &Bound<'_, PyTuple>) -> PyResult<()> {
        let mut flags = 0;
        for argument in arguments {
            if let Ok(flag) = argument.cast::<PyBool>() {
                flags += 1;
                self.copy |= flags == 2 && flag.is_true();
            } else if let Ok(other) = argument.cast::<PyTensor>() {
                let other = other.get().tensor();
                self.device = Some(other.device());
                self.dtype = Some(other.dtype());
            } else if argument.is_none() {
                // `to(None, dtype)` asks for no device.
            } else if self.device.is_none() && self.dtype.is_none() && is_device(&argument) {
                self.device = Some(parse_device(&argument)?);
            } else if self.dtype.is_none() && flags == 0 {
                self.dtype = Some(match dtype::parse(&argument) {
                    Ok(dtype) => dtype,
                    // Text that is neither is read as PyTorch reads it: as a device.
                    Err(_) if argument.is_instance_of::<PyString>() && self.device.is_none() => {
                        device::parse(&argument)?;
                        continue;
                    }
                    Err(error) => return Err(error),
                });
            } else {
                return Err(PyTypeError::new_err(format!(
                    "to() received an invalid combination of arguments - got {}, but expected a dtype, a device, a device and a dtype, or a tensor",
                    arguments.repr()?
                )));
            }
        }
        Ok(())
    }
}

/// Whether `object` is meant as a device: ours, the number of a GPU, or text that names one.
fn is_device(object: &Bound<'_, PyAny>) -> bool {
    match object.cast::<PyString>() {
        Ok(_) => device::parse(object).is_ok(),
        Err(_) => object.is_instance_of::<PyInt>() || object.is_instance_of::<device::PyDevice>(),
    }
}

fn parse_device(object: &Bound<'_, PyAny>) -> PyResult<Device> {
    match object.cast::<PyInt>() {
        Ok(index) => Ok(Device { kind: DeviceKind::Cuda, index: index.extract()? }),
        Err(_) => device::parse(object),
    }
}

const DISCARDS: &CStr = c"Casting complex values to real discards the imaginary part";

/// Grants a wish: the tensor itself where it asks for nothing new.
fn grant<'py>(
    slf: &Bound<'py, PyTensor>,
    wish: Wish,
    operation: &'static str,
) -> PyResult<Bound<'py, PyTensor>> {
    let (py, tensor) = (slf.py(), slf.get().tensor());
    let dtype = wish.dtype.unwrap_or(tensor.dtype());
    let device = wish.device.unwrap_or(tensor.device());
    if (dtype, device) == (tensor.dtype(), tensor.device()) && !wish.copy {
        return Ok(slf.clone());
    }
    let rule = wish.casting.or_else(casting::in_force);
    if let Some(rule) = rule {
        enter_detached(py, tensor.nbytes(), || casting::check(rule, tensor, dtype))?;
    }
    let discards = tensor.dtype().is_complex() && !dtype.is_complex() && !dtype.is_bool();
    if discards && rule != Some(Casting::Exact) {
        PyErr::warn(py, &py.get_type::<PyUserWarning>(), DISCARDS, 1)?;
    }
    let result = enter_detached(py, tensor.nbytes(), || {
        let mut moved = transfer::to_device(tensor, device, operation)?;
        if moved.dtype() != dtype {
            let reason = Reason::Cast { from: moved.dtype(), to: dtype };
            moved = transfer::cast(&moved, dtype, operation, reason)?;
        } else if device == tensor.device() {
            moved = transfer::clone_dense(&moved, operation, Reason::Requested)?;
        }
        match wish.contiguous {
            true => transfer::contiguous(&moved, Order::C, operation, Reason::Layout),
            false => Ok(moved),
        }
    })?;
    PyTensor::new(result).into_pyobject(py)
}

/// One method per dtype that PyTorch has a verb for.
macro_rules! casts {
    ($($method:ident $name:literal $dtype:ident),+ $(,)?) => {
        #[pymethods]
        impl PyTensor {
            $(
                #[doc = concat!("The values as `", $name, "`: the tensor itself if they are, else a copy.")]
                #[pyo3(name = $name)]
                fn $method<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Self>> {
                    grant(slf, Wish::dtype(DType::$dtype), $name)
                }
            )+
        }
    };
}

casts! {
    to_float "float" Float32,
    to_double "double" Float64,
    to_half "half" Float16,
    to_bfloat16 "bfloat16" BFloat16,
    to_int "int" Int32,
    to_long "long" Int64,
    to_short "short" Int16,
    to_char "char" Int8,
    to_byte "byte" UInt8,
    to_bool "bool" Bool,
    to_cfloat "cfloat" Complex64,
    to_cdouble "cdouble" Complex128,
}

/// PyTorch's names of tensor types, as `type()` gives and takes them.
fn type_name(dtype: DType) -> &'static str {
    match dtype {
        DType::Bool => "BoolTensor",
        DType::Int8 => "CharTensor",
        DType::Int16 => "ShortTensor",
        DType::Int32 => "IntTensor",
        DType::Int64 => "LongTensor",
        DType::UInt8 => "ByteTensor",
        DType::UInt16 => "UInt16Tensor",
        DType::UInt32 => "UInt32Tensor",
        DType::UInt64 => "UInt64Tensor",
        DType::Float16 => "HalfTensor",
        DType::BFloat16 => "BFloat16Tensor",
        DType::Float32 => "FloatTensor",
        DType::Float64 => "DoubleTensor",
        DType::Complex64 => "ComplexFloatTensor",
        DType::Complex128 => "ComplexDoubleTensor",
    }
}

#[pymethods]
impl PyTensor {
    /// The tensor with another dtype, on another device, or with both of `other`.
    ///
    /// `args`: `t.to(tb.float64)`, `t.to("cpu")`, `t.to("cpu", tb.float64)`, `t.to(other)`. Returns the
    /// tensor itself where nothing changes, unless `copy=True`; every copy keeps the order of
    /// memory of dense tensors. Casts follow C; complex to real warns. `non_blocking` is
    /// accepted and means nothing on the host. `casting`: the rule that the cast must obey, as in
    /// `asarray`. Raises `DeviceError` (a `RuntimeError`) for a device that cannot be used,
    /// `TypeError` for dtypes that `casting` forbids, `InexactError` for a value that would change
    /// under `casting="exact"`.
    #[pyo3(signature = (*args, dtype=None, device=None, other=None, non_blocking=false, copy=false, memory_format=None, casting=None))]
    #[expect(clippy::too_many_arguments, reason = "PyTorch's signature")]
    fn to<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        dtype: Option<&Bound<'py, PyAny>>,
        device: Option<&Bound<'py, PyAny>>,
        other: Option<&Bound<'py, Self>>,
        non_blocking: bool,
        copy: bool,
        memory_format: Option<&Bound<'py, PyAny>>,
        casting: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        let _ = non_blocking;
        let contiguous = formats::wants_contiguous(memory_format, false)?;
        let casting = parse_casting(casting)?;
        let mut wish = Wish { copy, contiguous, casting, ..Wish::default() };
        wish.read(args)?;
        if let Some(other) = other {
            let other = other.get().tensor();
            (wish.dtype, wish.device) = (Some(other.dtype()), Some(other.device()));
        }
        wish.dtype = dtype::parse_optional(dtype)?.or(wish.dtype);
        if let Some(device) = device.filter(|device| !device.is_none()) {
            wish.device = Some(parse_device(device)?);
        }
        grant(slf, wish, "to")
    }

    /// The Array API's `to_device`: the tensor itself if it is on `device`, else a copy. `stream`
    /// must be `None`.
    #[pyo3(signature = (device, /, *, stream=None))]
    fn to_device<'py>(
        slf: &Bound<'py, Self>,
        device: &Bound<'py, PyAny>,
        stream: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        if stream.is_some_and(|stream| !stream.is_none()) {
            return Err(pyo3::exceptions::PyValueError::new_err(
                "`stream` must be None: the host has no streams",
            ));
        }
        let wish = Wish { device: Some(parse_device(device)?), ..Wish::default() };
        grant(slf, wish, "to_device")
    }

    /// The values as `dtype`, on `device`, copied unless `copy=False` and nothing changes: NumPy's
    /// `astype`. `casting`: the rule that the cast must obey, as in `asarray`; raises what `to`
    /// raises.
    #[pyo3(signature = (dtype, /, *, copy=true, device=None, casting=None))]
    pub(crate) fn astype<'py>(
        slf: &Bound<'py, Self>,
        dtype: &Bound<'py, PyAny>,
        copy: bool,
        device: Option<&Bound<'py, PyAny>>,
        casting: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        let device = device::parse_optional(device)?;
        let (dtype, casting) = (Some(dtype::parse(dtype)?), parse_casting(casting)?);
        grant(slf, Wish { dtype, device, copy, casting, ..Wish::default() }, "astype")
    }

    /// The tensor with `other`'s dtype: itself if it has that.
    fn type_as<'py>(slf: &Bound<'py, Self>, other: &Self) -> PyResult<Bound<'py, Self>> {
        grant(slf, Wish::dtype(other.inner.dtype()), "type_as")
    }

    /// Without an argument, the name of the tensor's type (`"tensorbridge.FloatTensor"`); with a
    /// dtype or such a name, the tensor with that dtype. `non_blocking` means nothing on the host.
    #[pyo3(signature = (dtype=None, non_blocking=false))]
    fn r#type<'py>(
        slf: &Bound<'py, Self>,
        dtype: Option<&Bound<'py, PyAny>>,
        non_blocking: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = non_blocking;
        let Some(wanted) = dtype.filter(|dtype| !dtype.is_none()) else {
            let name = format!("tensorbridge.{}", type_name(slf.get().inner.dtype()));
            return Ok(PyString::new(slf.py(), &name).into_any());
        };
        let named = wanted.cast::<PyString>().ok().and_then(|text| {
            let text = text.to_cow().ok()?;
            let short = text.rsplit('.').next()?;
            DType::ALL.into_iter().find(|&dtype| type_name(dtype) == short)
        });
        let dtype = match named {
            Some(dtype) => dtype,
            None => dtype::parse(wanted)?,
        };
        grant(slf, Wish::dtype(dtype), "type").map(Bound::into_any)
    }

    /// The tensor itself where it is dense in C order, else a dense copy.
    #[pyo3(signature = (memory_format=None))]
    fn contiguous<'py>(
        slf: &Bound<'py, Self>,
        memory_format: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        let (py, tensor) = (slf.py(), slf.get().tensor());
        if !formats::wants_contiguous(memory_format, true)? || tensor.is_contiguous(Order::C) {
            return Ok(slf.clone());
        }
        let dense = enter_detached(py, tensor.nbytes(), || {
            transfer::contiguous(tensor, Order::C, "contiguous", Reason::Layout)
        })?;
        Self::new(dense).into_pyobject(py)
    }

    /// A writable copy in memory of its own: in the same order of memory where that is dense,
    /// else in C order (`memory_format=tb.contiguous_format`: always).
    #[pyo3(signature = (*, memory_format=None))]
    pub(crate) fn clone(
        &self,
        py: Python<'_>,
        memory_format: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyTensor> {
        let contiguous = formats::wants_contiguous(memory_format, false)?;
        self.copied(py, "clone", contiguous)
    }

    /// A copy, as NumPy spells `clone`.
    fn copy(&self, py: Python<'_>) -> PyResult<PyTensor> {
        self.copied(py, "copy", false)
    }

    /// The tensor in host memory: itself if it is there.
    #[pyo3(signature = (memory_format=None))]
    fn cpu<'py>(
        slf: &Bound<'py, Self>,
        memory_format: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        let contiguous = formats::wants_contiguous(memory_format, false)?;
        grant(slf, Wish { device: Some(Device::CPU), contiguous, ..Wish::default() }, "cpu")
    }

    /// The tensor in the memory of the GPU `device`. Raises `DeviceError` (a `RuntimeError`) where
    /// there is none that can be used. `non_blocking` is accepted.
    #[pyo3(signature = (device=None, non_blocking=false, memory_format=None))]
    fn cuda<'py>(
        slf: &Bound<'py, Self>,
        device: Option<&Bound<'py, PyAny>>,
        non_blocking: bool,
        memory_format: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        let _ = non_blocking;
        let contiguous = formats::wants_contiguous(memory_format, false)?;
        let device = match device.filter(|device| !device.is_none()) {
            Some(device) => parse_device(device)?,
            None => Device { kind: DeviceKind::Cuda, index: 0 },
        };
        if device.kind != DeviceKind::Cuda {
            return Err(pyo3::exceptions::PyValueError::new_err(format!(
                "cuda() takes a CUDA device, and `{device}` is none"
            )));
        }
        grant(slf, Wish { device: Some(device), contiguous, ..Wish::default() }, "cuda")
    }

    /// The tensor itself: conjugates are computed at once, never left pending.
    fn resolve_conj<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        slf.clone()
    }

    /// The tensor itself: negations are computed at once, never left pending.
    fn resolve_neg<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        slf.clone()
    }

    fn __copy__(&self) -> PyTensor {
        self.detach()
    }

    fn __deepcopy__<'py>(
        slf: &Bound<'py, Self>,
        memo: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let key = slf.as_ptr().addr();
        if memo.contains(key)? {
            return memo.get_item(key);
        }
        let copy =
            slf.get().copied(slf.py(), "deepcopy", false)?.into_pyobject(slf.py())?.into_any();
        memo.set_item(key, &copy)?;
        Ok(copy)
    }
}

impl PyTensor {
    fn copied(
        &self,
        py: Python<'_>,
        operation: &'static str,
        contiguous: bool,
    ) -> PyResult<PyTensor> {
        let tensor: &Tensor = &self.inner;
        enter_detached(py, tensor.nbytes(), || {
            match contiguous {
                true => transfer::copy_contiguous(tensor, operation, Reason::Requested),
                false => transfer::clone_dense(tensor, operation, Reason::Requested),
            }
            .map(Self::new)
        })
    }
}
