//! What a tensor says about itself; nothing here touches its bytes.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tensorbridge::layout::Order;
use tensorbridge::layout::normalize_axis;
use tensorbridge::{DType, DeviceKind, Kind, Layout};

use super::PyTensor;
use crate::device::PyDevice;
use crate::dtype::{self, PyDType};
use crate::errors::OrRaise;
use crate::formats;

impl PyTensor {
    fn whole_storage(&self, py: Python<'_>, dtype: DType) -> PyResult<Self> {
        let count = self.inner.storage().len() / dtype.itemsize();
        let view = Layout::contiguous(&[count], dtype.itemsize())
            .and_then(|layout| self.inner.with_layout_as(layout, dtype));
        view.or_raise(py).map(Self::new)
    }
}

#[pymethods]
impl PyTensor {
    /// Elements along each axis.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::tensor::size::size(py, self.inner.shape())
    }

    /// Number of axes.
    #[getter]
    fn ndim(&self) -> usize {
        self.inner.ndim()
    }

    /// Number of axes, as PyTorch spells it.
    fn dim(&self) -> usize {
        self.inner.ndim()
    }

    /// Number of elements. Callable as PyTorch's `size(dim=None)`: the shape, or one length.
    #[getter]
    fn size<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        crate::tensor::size::count(slf)
    }

    /// Number of elements.
    fn numel(&self) -> usize {
        self.inner.count()
    }

    /// Number of elements, as PyTorch spells it.
    fn nelement(&self) -> usize {
        self.inner.count()
    }

    /// Type of the elements.
    #[getter]
    fn dtype(&self, py: Python<'_>) -> PyResult<Py<PyDType>> {
        dtype::instance(py, self.inner.dtype())
    }

    /// Where the bytes live.
    #[getter]
    fn device(&self) -> PyDevice {
        PyDevice(self.inner.device())
    }

    /// Bytes of one element.
    #[getter]
    fn itemsize(&self) -> usize {
        self.inner.dtype().itemsize()
    }

    /// Bytes of one element, as PyTorch spells it.
    fn element_size(&self) -> usize {
        self.inner.dtype().itemsize()
    }

    /// Bytes of all elements, gaps not counted.
    #[getter]
    fn nbytes(&self) -> usize {
        self.inner.nbytes()
    }

    /// Bytes from one element to the next along each axis.
    #[getter]
    fn strides<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.inner.strides())
    }

    /// Elements from one to the next along each axis, or along `dim`.
    ///
    /// Raises `ValueError` when the byte strides are no whole number of elements; `strides`
    /// then says what they are.
    #[pyo3(signature = (dim=None))]
    fn stride<'py>(&self, py: Python<'py>, dim: Option<isize>) -> PyResult<Bound<'py, PyAny>> {
        let itemsize = self.inner.dtype().itemsize() as isize;
        let count = |stride: isize| {
            if stride % itemsize == 0 {
                return Ok(stride / itemsize);
            }
            Err(PyValueError::new_err(format!(
                "a stride of {stride} bytes is no whole number of {itemsize}-byte elements — hint: `t.strides` gives the strides {:?} in bytes",
                self.inner.strides()
            )))
        };
        if let Some(dim) = dim {
            let axis = normalize_axis(dim, self.inner.ndim()).or_raise(py)?;
            return Ok(count(self.inner.strides()[axis])?.into_pyobject(py)?.into_any());
        }
        let strides: Vec<_> =
            self.inner.strides().iter().map(|&stride| count(stride)).collect::<PyResult<_>>()?;
        Ok(PyTuple::new(py, strides)?.into_any())
    }

    /// Elements from the start of the storage to element `[0, …, 0]`.
    ///
    /// Raises `ValueError` when the distance is no whole number of elements.
    fn storage_offset(&self) -> PyResult<usize> {
        let (offset, itemsize) = (self.inner.layout().offset(), self.inner.dtype().itemsize());
        if offset.is_multiple_of(itemsize) {
            return Ok(offset / itemsize);
        }
        Err(PyValueError::new_err(format!(
            "an offset of {offset} bytes is no whole number of {itemsize}-byte elements — hint: `t.data_ptr()` gives the address, `t.strides` the strides in bytes"
        )))
    }

    /// Every byte of the storage that this tensor looks at, as a 1-d `uint8` tensor that shares
    /// it. Of a tensor made from foreign memory the storage is what that memory's strides reach.
    fn untyped_storage(&self, py: Python<'_>) -> PyResult<Self> {
        self.whole_storage(py, DType::UInt8)
    }

    /// The storage that this tensor looks at, as a 1-d tensor of its dtype that shares it; bytes
    /// beyond the last whole element are left out.
    fn storage(&self, py: Python<'_>) -> PyResult<Self> {
        self.whole_storage(py, self.inner.dtype())
    }

    /// Address of element `[0, …, 0]`.
    fn data_ptr(&self) -> usize {
        self.inner.address()
    }

    /// Whether the elements lie densely in C order; axes of length 1 may have any stride.
    #[pyo3(signature = (memory_format=None))]
    fn is_contiguous(&self, memory_format: Option<&Bound<'_, PyAny>>) -> PyResult<bool> {
        // `preserve_format` asks for nothing: PyTorch, too, answers for C order.
        formats::wants_contiguous(memory_format, true)?;
        Ok(self.inner.is_contiguous(Order::C))
    }

    /// Always `tensorbridge.strided`.
    #[getter]
    fn layout(&self, py: Python<'_>) -> PyResult<Py<formats::PyLayout>> {
        formats::strided(py)
    }

    /// Number of axes, as PyTorch once spelled it.
    fn ndimension(&self) -> usize {
        self.inner.ndim()
    }

    /// Whether the bytes are in a GPU's memory.
    #[getter]
    fn is_cuda(&self) -> bool {
        self.inner.device().kind == DeviceKind::Cuda
    }

    /// Whether the bytes are in host memory.
    #[getter]
    fn is_cpu(&self) -> bool {
        self.inner.device().kind == DeviceKind::Cpu
    }

    /// Whether there are no bytes: a shape and a dtype alone.
    #[getter]
    fn is_meta(&self) -> bool {
        self.inner.device().kind == DeviceKind::Meta
    }

    /// Always `False`: every tensor is strided.
    #[getter]
    fn is_sparse(&self) -> bool {
        false
    }

    /// Always `False`.
    #[getter]
    fn is_quantized(&self) -> bool {
        false
    }

    /// Always `False`: conjugates are computed at once.
    fn is_conj(&self) -> bool {
        false
    }

    /// Always `False`: negations are computed at once.
    fn is_neg(&self) -> bool {
        false
    }

    /// Always `False`: no memory is pinned for a GPU.
    fn is_pinned(&self) -> bool {
        false
    }

    /// Always `False`: no memory is PyTorch's shared memory between processes.
    fn is_shared(&self) -> bool {
        false
    }

    /// Whether values can be negative.
    fn is_signed(&self) -> bool {
        !matches!(self.inner.dtype().kind(), Kind::Bool | Kind::Unsigned)
    }

    /// How many times write access to the memory was granted, through any handle of ours.
    #[getter]
    fn _version(&self) -> u64 {
        self.inner.storage().version()
    }

    /// Whether writing through this tensor is refused.
    #[getter]
    fn is_readonly(&self) -> bool {
        !self.inner.access().write
    }

    /// Whether the elements are real floating-point numbers.
    fn is_floating_point(&self) -> bool {
        self.inner.dtype().is_float()
    }

    /// Whether the elements are complex numbers.
    fn is_complex(&self) -> bool {
        self.inner.dtype().is_complex()
    }

    fn __len__(&self) -> PyResult<usize> {
        self.inner
            .shape()
            .first()
            .copied()
            .ok_or_else(|| PyTypeError::new_err("len() of a 0-d tensor"))
    }

    fn __sizeof__(&self) -> usize {
        let owned = match self.inner.storage().origin() {
            tensorbridge::Origin::Own => self.inner.storage().len(),
            _ => 0,
        };
        size_of::<Self>() + owned
    }

    fn __hash__(slf: &Bound<'_, Self>) -> usize {
        slf.as_ptr().addr() >> 4
    }
}
