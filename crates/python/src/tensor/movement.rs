//! Views: other shapes over the same memory. Nothing here copies, but for the reshapes that say
//! so.

use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tensorbridge::Tensor;
use tensorbridge::exchange::Reason;
use tensorbridge::layout::Order;
use tensorbridge::op::Unary;
use tensorbridge::ops::{self, views};
use tensorbridge::transfer;

use super::PyTensor;
use crate::arguments::{Ints, either, missing};
use crate::dtype;
use crate::enter::enter_detached;
use crate::errors::OrRaise;
use crate::fresh;

/// Either one integer or a sequence of them, where the two mean different things.
pub(crate) enum OneOrMany {
    One(isize),
    Many(Ints),
}

impl<'py> FromPyObject<'_, 'py> for OneOrMany {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match object.extract() {
            Ok(one) => Ok(Self::One(one)),
            Err(error) if error.is_instance_of::<PyTypeError>(object.py()) => {
                object.extract().map(Self::Many)
            }
            // An integer, and too large.
            Err(error) => Err(error),
        }
    }
}

fn wrap(py: Python<'_>, view: tensorbridge::Result<Tensor>) -> PyResult<PyTensor> {
    view.or_raise(py).map(PyTensor::new)
}

fn wrap_all<'py>(
    py: Python<'py>,
    views: tensorbridge::Result<Vec<Tensor>>,
) -> PyResult<Bound<'py, PyTuple>> {
    let mut views = views.or_raise(py)?.into_iter();
    fresh::tuple(py, views.len(), || match views.next() {
        Some(view) => Ok(PyTensor::new(view).into_pyobject(py)?.into_any()),
        None => Err(PyRuntimeError::new_err("there are fewer views than were counted")),
    })
}

fn lengths(shape: &[usize]) -> Vec<isize> {
    // A length of a tensor fits in `isize`.
    shape.iter().map(|&length| length as isize).collect()
}

impl PyTensor {
    /// The elements under another shape, copied only where no strides can say it.
    pub(crate) fn reshaped(
        &self,
        py: Python<'_>,
        shape: &[isize],
        operation: &'static str,
    ) -> PyResult<PyTensor> {
        if let Some(view) = views::reshape_view(&self.inner, shape).or_raise(py)? {
            return Ok(Self::new(view));
        }
        enter_detached(py, self.inner.nbytes(), || {
            views::reshape(&self.inner, shape, operation).map(Self::new)
        })
    }
}

#[pymethods]
impl PyTensor {
    /// The same memory under another shape (`t.view(2, -1)`), or as another dtype
    /// (`t.view(tb.uint8)`).
    ///
    /// One length may be -1. As another dtype of another item size, the last axis grows or
    /// shrinks. Never copies: raises `RuntimeError` where strides cannot say it, and
    /// `ShapeError` where the elements do not fill the shape.
    #[pyo3(signature = (*shape, size=None, dtype=None))]
    pub(crate) fn view(
        &self,
        py: Python<'_>,
        shape: &Bound<'_, PyTuple>,
        size: Option<Ints>,
        dtype: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyTensor> {
        if let Some(wanted) = dtype {
            return wrap(py, views::reinterpret(&self.inner, dtype::parse(wanted)?));
        }
        match Ints::required("view", "size", shape, size) {
            Ok(shape) => wrap(py, views::view(&self.inner, &shape)),
            // No integers: perhaps a dtype.
            Err(error) if shape.len() == 1 => match dtype::parse(&shape.get_item(0)?) {
                Ok(dtype) => wrap(py, views::reinterpret(&self.inner, dtype)),
                Err(_) => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// The same memory under `other`'s shape, as `view`.
    fn view_as(&self, py: Python<'_>, other: &Self) -> PyResult<PyTensor> {
        wrap(py, views::view(&self.inner, &lengths(other.inner.shape())))
    }

    /// The elements in C order under another shape, given as `lengths` or one `shape`; one length
    /// may be -1.
    ///
    /// A view where strides can say it, else a copy (traced). `copy=True` always copies,
    /// `copy=False` raises `CopyError` where a view cannot be. Raises `ShapeError` where the
    /// elements do not fill the shape.
    #[pyo3(signature = (*lengths, shape=None, copy=None))]
    pub(crate) fn reshape(
        &self,
        py: Python<'_>,
        lengths: &Bound<'_, PyTuple>,
        shape: Option<Ints>,
        copy: Option<bool>,
    ) -> PyResult<PyTensor> {
        let shape = Ints::required("reshape", "shape", lengths, shape)?;
        match copy {
            None => self.reshaped(py, &shape, "reshape"),
            Some(false) => match views::reshape_view(&self.inner, &shape).or_raise(py)? {
                Some(view) => Ok(Self::new(view)),
                None => Err(Reason::Layout.refusal()).or_raise(py),
            },
            Some(true) => {
                views::infer_shape(self.inner.count(), &shape).or_raise(py)?;
                enter_detached(py, self.inner.nbytes(), || {
                    let copy =
                        transfer::copy_contiguous(&self.inner, "reshape", Reason::Requested)?;
                    views::view(&copy, &shape).map(Self::new)
                })
            }
        }
    }

    /// The elements under `other`'s shape, as `reshape`.
    fn reshape_as(&self, py: Python<'_>, other: &Self) -> PyResult<PyTensor> {
        self.reshaped(py, &lengths(other.inner.shape()), "reshape_as")
    }

    /// One axis for the axes `start_dim` to `end_dim`. A view where strides can say it, else a
    /// copy (traced). A 0-d tensor becomes 1-d.
    #[pyo3(signature = (start_dim=0, end_dim=-1), text_signature = "($self, start_dim=0, end_dim=-1)")]
    pub(crate) fn flatten(
        &self,
        py: Python<'_>,
        start_dim: isize,
        end_dim: isize,
    ) -> PyResult<PyTensor> {
        // A copy is only ever needed for memory that is not dense.
        let bytes = if self.inner.is_contiguous(Order::C) { 0 } else { self.inner.nbytes() };
        enter_detached(py, bytes, || views::flatten(&self.inner, start_dim, end_dim).map(Self::new))
    }

    /// All elements in C order on one axis. A view where strides can say it, else a copy.
    pub(crate) fn ravel(&self, py: Python<'_>) -> PyResult<PyTensor> {
        self.reshaped(py, &[-1], "ravel")
    }

    /// Several axes for axis `dim`; one of `sizes` may be -1. Never copies.
    pub(crate) fn unflatten(&self, py: Python<'_>, dim: isize, sizes: Ints) -> PyResult<PyTensor> {
        wrap(py, views::unflatten(&self.inner, dim, &sizes))
    }

    /// Axis `k` of the view is axis `axes[k]` (or `dims[k]`) of this tensor. Never copies.
    #[pyo3(signature = (*axes, dims=None))]
    pub(crate) fn permute(
        &self,
        py: Python<'_>,
        axes: &Bound<'_, PyTuple>,
        dims: Option<Ints>,
    ) -> PyResult<PyTensor> {
        let dims = Ints::required("permute", "dims", axes, dims)?;
        wrap(py, views::permute(&self.inner, &dims))
    }

    /// Exchanges the axes `dim0` and `dim1`; with one list, `axes`, axis `k` of the view is axis
    /// `axes[k]`, and without any the axes are reversed, as in NumPy. Never copies.
    #[pyo3(signature = (dim0=None, dim1=None, *, axes=None))]
    pub(crate) fn transpose(
        &self,
        py: Python<'_>,
        dim0: Option<OneOrMany>,
        dim1: Option<isize>,
        axes: Option<Ints>,
    ) -> PyResult<PyTensor> {
        match (dim0, dim1, axes) {
            (Some(OneOrMany::One(a)), Some(b), None) => {
                wrap(py, views::swap_axes(&self.inner, a, b))
            }
            (Some(OneOrMany::Many(axes)), None, None) | (None, None, Some(axes)) => {
                wrap(py, views::permute(&self.inner, &axes))
            }
            (None, None, None) => wrap(py, views::reverse_axes(&self.inner)),
            _ => Err(PyTypeError::new_err(
                "transpose() takes two axes, one list of all axes, or nothing — hint: `t.transpose(0, 1)`, `t.transpose((1, 0))`, `t.T`",
            )),
        }
    }

    /// Exchanges the axes `axis0` and `axis1`, as NumPy spells it. Never copies.
    pub(crate) fn swapaxes(
        &self,
        py: Python<'_>,
        axis0: isize,
        axis1: isize,
    ) -> PyResult<PyTensor> {
        wrap(py, views::swap_axes(&self.inner, axis0, axis1))
    }

    /// Exchanges the axes `dim0` and `dim1`. Never copies.
    pub(crate) fn swapdims(&self, py: Python<'_>, dim0: isize, dim1: isize) -> PyResult<PyTensor> {
        wrap(py, views::swap_axes(&self.inner, dim0, dim1))
    }

    /// Moves the axes `source` to the places `destination`; the others keep their order. Never
    /// copies.
    pub(crate) fn movedim(
        &self,
        py: Python<'_>,
        source: Ints,
        destination: Ints,
    ) -> PyResult<PyTensor> {
        wrap(py, views::move_axes(&self.inner, &source, &destination))
    }

    /// Moves the axes `source` to the places `destination`, as NumPy spells it. Never copies.
    pub(crate) fn moveaxis(
        &self,
        py: Python<'_>,
        source: Ints,
        destination: Ints,
    ) -> PyResult<PyTensor> {
        self.movedim(py, source, destination)
    }

    /// The axes in reverse order. Never copies.
    #[getter]
    #[pyo3(name = "T")]
    fn transposed(&self, py: Python<'_>) -> PyResult<PyTensor> {
        wrap(py, views::reverse_axes(&self.inner))
    }

    /// The last two axes exchanged. Never copies. Raises `RuntimeError` for fewer than two.
    #[getter]
    #[pyo3(name = "mT")]
    fn matrix_transposed(&self, py: Python<'_>) -> PyResult<PyTensor> {
        wrap(py, views::matrix_transpose(&self.inner, "mT"))
    }

    /// The conjugate transpose of a matrix. A view of a real one; of a complex one, computed.
    #[getter]
    #[pyo3(name = "H")]
    fn conjugate_transposed(&self, py: Python<'_>) -> PyResult<PyTensor> {
        let view = views::adjoint_axes(&self.inner).or_raise(py)?;
        Self::new(view).conj(py)
    }

    /// The conjugate transpose over the last two axes. A view of real numbers; of complex ones,
    /// computed.
    #[getter]
    #[pyo3(name = "mH")]
    fn matrix_conjugate_transposed(&self, py: Python<'_>) -> PyResult<PyTensor> {
        let view = views::matrix_transpose(&self.inner, "mH").or_raise(py)?;
        Self::new(view).conj(py)
    }

    /// The conjugate transpose over the last two axes, as `mH`.
    pub(crate) fn adjoint(&self, py: Python<'_>) -> PyResult<PyTensor> {
        let view = views::matrix_transpose(&self.inner, "adjoint()").or_raise(py)?;
        Self::new(view).conj(py)
    }

    /// The complex conjugate, computed; of real numbers, a view of them.
    pub(crate) fn conj(&self, py: Python<'_>) -> PyResult<PyTensor> {
        if !self.inner.dtype().is_complex() {
            return Ok(Self::new(self.inner.clone()));
        }
        enter_detached(py, self.inner.nbytes(), || {
            ops::unary(Unary::Conjugate, &self.inner).map(Self::new)
        })
    }

    /// The transpose of a tensor of at most two axes. Never copies.
    pub(crate) fn t(&self, py: Python<'_>) -> PyResult<PyTensor> {
        wrap(py, views::transpose_2d(&self.inner))
    }

    /// Drops axes of length 1: all of them, or those of `dim` that have it. Never copies.
    ///
    /// `axis=`, NumPy's spelling, is NumPy's rule too: `ValueError` for an axis of another
    /// length.
    #[pyo3(signature = (dim=None, *, axis=None))]
    pub(crate) fn squeeze(
        &self,
        py: Python<'_>,
        dim: Option<Ints>,
        axis: Option<Ints>,
    ) -> PyResult<PyTensor> {
        let exact = axis.is_some();
        match either("squeeze", dim, axis)? {
            Some(axes) if exact => wrap(py, views::squeeze_exactly(&self.inner, &axes)),
            axes => wrap(py, views::squeeze(&self.inner, axes.as_deref())),
        }
    }

    /// A new axis of length 1 before axis `dim` (or `axis`); `-1` appends it. Never copies.
    #[pyo3(signature = (dim=None, *, axis=None))]
    pub(crate) fn unsqueeze(
        &self,
        py: Python<'_>,
        dim: Option<isize>,
        axis: Option<isize>,
    ) -> PyResult<PyTensor> {
        let dim = either("unsqueeze", dim, axis)?.ok_or_else(|| missing("unsqueeze", "dim"))?;
        wrap(py, views::unsqueeze(&self.inner, dim))
    }

    /// Expands to the shape given as `lengths` or one `size`: repeats axes of length 1 (stride 0)
    /// and adds leading axes; -1 keeps a length. Never copies, and the result refuses to be
    /// written. Raises `ShapeError` where it does not fit.
    #[pyo3(signature = (*lengths, size=None))]
    fn expand(
        &self,
        py: Python<'_>,
        lengths: &Bound<'_, PyTuple>,
        size: Option<Ints>,
    ) -> PyResult<PyTensor> {
        let size = Ints::required("expand", "size", lengths, size)?;
        wrap(py, views::expand(&self.inner, &size))
    }

    /// Expands to `other`'s shape. Never copies.
    fn expand_as(&self, py: Python<'_>, other: &Self) -> PyResult<PyTensor> {
        wrap(py, views::expand(&self.inner, &lengths(other.inner.shape())))
    }

    /// Expands to `shape`. Never copies.
    pub(crate) fn broadcast_to(&self, py: Python<'_>, shape: Ints) -> PyResult<PyTensor> {
        wrap(py, views::expand(&self.inner, &shape))
    }

    /// Walks `axes` (or `dims`, or `axis`) backwards, or all: negative strides, the same memory.
    /// Never copies (PyTorch's does).
    #[pyo3(signature = (*axes, dims=None, axis=None))]
    pub(crate) fn flip(
        &self,
        py: Python<'_>,
        axes: &Bound<'_, PyTuple>,
        dims: Option<Ints>,
        axis: Option<Ints>,
    ) -> PyResult<PyTensor> {
        match Ints::given("flip", "dims", axes, either("flip", dims, axis)?)? {
            Some(dims) => wrap(py, views::flip(&self.inner, &dims)),
            None => {
                let all: Vec<_> = (0..self.inner.ndim() as isize).collect();
                wrap(py, views::flip(&self.inner, &all))
            }
        }
    }

    /// Reverses axis 1: a view. Raises `RuntimeError` for fewer than two axes.
    pub(crate) fn fliplr(&self, py: Python<'_>) -> PyResult<PyTensor> {
        self.flip_axis(py, 1)
    }

    /// Reverses axis 0: a view. Raises `RuntimeError` for a 0-d tensor.
    pub(crate) fn flipud(&self, py: Python<'_>) -> PyResult<PyTensor> {
        self.flip_axis(py, 0)
    }

    /// Any shape `size`, with `stride` and `storage_offset` counted in elements from the start of
    /// the storage; without an offset, from this tensor's own first element.
    ///
    /// Negative strides are allowed, and so is overlap (such a view refuses to be written).
    /// Raises `RuntimeError` where an element would lie outside the storage; the storage of an
    /// imported tensor is what the array itself reaches.
    #[pyo3(signature = (size, stride, storage_offset=None))]
    pub(crate) fn as_strided(
        &self,
        py: Python<'_>,
        size: Ints,
        stride: Ints,
        storage_offset: Option<isize>,
    ) -> PyResult<PyTensor> {
        wrap(py, views::as_strided(&self.inner, &size, &stride, storage_offset))
    }

    /// The tensors along `dim`, without it: a tuple of views.
    #[pyo3(signature = (dim=0))]
    pub(crate) fn unbind<'py>(&self, py: Python<'py>, dim: isize) -> PyResult<Bound<'py, PyTuple>> {
        wrap_all(py, views::unbind(&self.inner, dim))
    }

    /// Pieces of `split_size` elements along `dim` (the last may be shorter), or of the sizes in
    /// a list: a tuple of views.
    #[pyo3(signature = (split_size, dim=0))]
    pub(crate) fn split<'py>(
        &self,
        py: Python<'py>,
        split_size: OneOrMany,
        dim: isize,
    ) -> PyResult<Bound<'py, PyTuple>> {
        wrap_all(
            py,
            match split_size {
                OneOrMany::One(size) => views::split(&self.inner, size, dim),
                OneOrMany::Many(sizes) => views::split_sizes(&self.inner, &sizes, dim),
            },
        )
    }

    /// Pieces of the sizes `split_sizes` along `dim`: a tuple of views.
    #[pyo3(signature = (split_sizes, dim=0))]
    fn split_with_sizes<'py>(
        &self,
        py: Python<'py>,
        split_sizes: Ints,
        dim: isize,
    ) -> PyResult<Bound<'py, PyTuple>> {
        wrap_all(py, views::split_sizes(&self.inner, &split_sizes, dim))
    }

    /// At most `chunks` pieces of equal size along `dim`: a tuple of views.
    #[pyo3(signature = (chunks, dim=0))]
    pub(crate) fn chunk<'py>(
        &self,
        py: Python<'py>,
        chunks: isize,
        dim: isize,
    ) -> PyResult<Bound<'py, PyTuple>> {
        wrap_all(py, views::chunk(&self.inner, chunks, dim))
    }

    /// Pieces along `dim`: a tuple of views. `indices_or_sections` is their number, or a list of
    /// the places between them.
    #[pyo3(signature = (indices_or_sections, dim=0))]
    pub(crate) fn tensor_split<'py>(
        &self,
        py: Python<'py>,
        indices_or_sections: OneOrMany,
        dim: isize,
    ) -> PyResult<Bound<'py, PyTuple>> {
        wrap_all(
            py,
            match indices_or_sections {
                OneOrMany::One(sections) => views::tensor_split(&self.inner, sections, dim),
                OneOrMany::Many(places) => views::tensor_split_at(&self.inner, &places, dim),
            },
        )
    }

    /// Element `index` of axis `dim`, without that axis: a view.
    pub(crate) fn select(&self, py: Python<'_>, dim: isize, index: isize) -> PyResult<PyTensor> {
        wrap(py, views::select(&self.inner, dim, index))
    }

    /// `length` elements of axis `dim` from `start`: a view.
    pub(crate) fn narrow(
        &self,
        py: Python<'_>,
        dim: isize,
        start: isize,
        length: isize,
    ) -> PyResult<PyTensor> {
        wrap(py, views::narrow(&self.inner, dim, start, length))
    }

    /// The diagonals of the axes `dim1` and `dim2`, `offset` above the main one, as a last axis:
    /// a view. `axis1` and `axis2` are NumPy's spelling.
    #[pyo3(signature = (offset=0, dim1=None, dim2=None, *, axis1=None, axis2=None))]
    pub(crate) fn diagonal(
        &self,
        py: Python<'_>,
        #[pyo3(from_py_with = crate::arguments::diagonal)] offset: isize,
        dim1: Option<isize>,
        dim2: Option<isize>,
        axis1: Option<isize>,
        axis2: Option<isize>,
    ) -> PyResult<PyTensor> {
        let first = either("diagonal", dim1, axis1)?.unwrap_or(0);
        let second = either("diagonal", dim2, axis2)?.unwrap_or(1);
        wrap(py, views::diagonal(&self.inner, offset, first, second))
    }

    /// Windows of `size` elements along axis `dimension`, `step` apart, as a last axis: a view.
    fn unfold(
        &self,
        py: Python<'_>,
        dimension: isize,
        size: isize,
        step: isize,
    ) -> PyResult<PyTensor> {
        wrap(py, views::unfold(&self.inner, dimension, size, step))
    }

    /// The real parts: a view, and of real numbers the tensor itself.
    #[getter]
    pub(crate) fn real<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Self>> {
        let (py, tensor) = (slf.py(), slf.get().tensor());
        if !tensor.dtype().is_complex() {
            return Ok(slf.clone());
        }
        wrap(py, views::real(tensor))?.into_pyobject(py)
    }

    /// The imaginary parts of complex numbers: a view. Raises `RuntimeError` for real ones.
    #[getter]
    pub(crate) fn imag(&self, py: Python<'_>) -> PyResult<PyTensor> {
        wrap(py, views::imag(&self.inner))
    }

    /// A new handle on the same memory.
    pub(crate) fn detach(&self) -> PyTensor {
        Self::new(self.inner.clone())
    }

    /// A new handle on the same memory, as PyTorch spells it.
    #[getter]
    fn data(&self) -> PyTensor {
        self.detach()
    }

    /// A handle on the same memory that refuses to write. The memory can still change through
    /// other handles.
    fn readonly(&self) -> PyTensor {
        Self::new(self.inner.clone().restricted(tensorbridge::Access::READ_ONLY))
    }
}

impl PyTensor {
    fn flip_axis(&self, py: Python<'_>, axis: usize) -> PyResult<PyTensor> {
        if self.inner.ndim() <= axis {
            return Err(PyRuntimeError::new_err(format!(
                "Input must be >= {}-d, and it is {}-d",
                axis + 1,
                self.inner.ndim()
            )));
        }
        wrap(py, views::flip(&self.inner, &[axis as isize]))
    }
}
