//! Tensors made from nothing: `zeros`, `full`, `arange` and their kin.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use tensorbridge::dtype::promote::{complex_of, promote};
use tensorbridge::layout::broadcast_shapes;
use tensorbridge::op::Compare;
use tensorbridge::ops::{Operand, creation, default_dtype, result_dtype};
use tensorbridge::storage::host::Fill;
use tensorbridge::{DType, Device, Dims, Error, Layout, Result, Scalar, Tensor, ops, transfer};

use super::options::{Options, length, lengths, shape_of};
use crate::arguments::{Ints, Source, missing};
use crate::calling;
use crate::enter::{enter, enter_detached};
use crate::operand::{Argument, number};
use crate::tensor::PyTensor;

/// What the elements of a new tensor are.
#[derive(Clone)]
enum Content {
    Unset,
    Value(Scalar),
    /// A 0-d tensor's value: NumPy scalars and tensors.
    Element(Tensor),
}

impl Content {
    const ZEROS: Self = Self::Value(Scalar::Bool(false));
    const ONES: Self = Self::Value(Scalar::Bool(true));

    fn parse(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(match value.extract::<Argument>()?.0 {
            Operand::PythonScalar(value) => Self::Value(value),
            Operand::Tensor(tensor) if tensor.ndim() == 0 => Self::Element(tensor.into_owned()),
            Operand::Tensor(tensor) => {
                return Err(PyTypeError::new_err(format!(
                    "`fill_value` must be one number, and has shape {:?} — hint: `tb.broadcast_to(x, shape)` repeats a tensor",
                    tensor.shape()
                )));
            }
        })
    }

    /// The dtype that the value itself asks for.
    fn dtype(&self) -> Result<DType> {
        match self {
            Self::Unset => Ok(default_dtype()),
            Self::Value(value) => result_dtype([Operand::from(*value)].iter()),
            Self::Element(tensor) => Ok(tensor.dtype()),
        }
    }

    fn make(&self, layout: Layout, dtype: DType, device: Device) -> Result<Tensor> {
        match self {
            Self::Unset => Tensor::allocate_as(layout, dtype, device, Fill::Uninitialized),
            Self::Value(value) => creation::full_as(layout, *value, dtype, device),
            Self::Element(element) => {
                let element = transfer::to_device(element, device, "full")?;
                let result = Tensor::allocate_as(layout, dtype, device, Fill::Uninitialized)?;
                transfer::place(&result, &element, "full")?;
                Ok(result)
            }
        }
    }
}

fn bytes(shape: &[usize], dtype: DType) -> usize {
    shape.iter().fold(dtype.itemsize(), |bytes, &length| bytes.saturating_mul(length))
}

/// A new tensor of a shape.
fn new<'py>(
    py: Python<'py>,
    content: &Content,
    shape: &[usize],
    default: DType,
    options: Options<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let (dtype, device) = (options.dtype_or(default), options.device());
    let tensor = enter_detached(py, bytes(shape, dtype), || {
        content.make(Layout::contiguous(shape, dtype.itemsize())?, dtype, device)
    })?;
    options.finish(py, tensor)
}

/// A new tensor with the shape and, where it is dense, the order of memory of another.
fn new_like<'py>(
    py: Python<'py>,
    content: &Content,
    like: &Tensor,
    options: Options<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = options.or_like(like);
    let (dtype, device) = (options.dtype_or(like.dtype()), options.device());
    let tensor = enter_detached(py, bytes(like.shape(), dtype), || {
        let layout = like.layout().dense_like(like.dtype().itemsize(), dtype.itemsize())?;
        content.make(layout, dtype, device)
    })?;
    options.finish(py, tensor)
}

/// The three forms of a constant tensor: by shape, like another, by shape from a method.
macro_rules! constant {
    ($($(#[doc = $doc:literal])+ $name:ident $like:ident $method:ident $content:expr;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// The shape is given as integers or as one sequence. Keywords: `dtype` (the default
            /// floating-point dtype if left out), `device`, `out`; of PyTorch's others those
            /// values that ask for nothing. Raises `ValueError` for negative lengths,
            /// `MemoryError` where there is no room.
            #[pyfunction]
            #[pyo3(signature = (*shape, **keywords), text_signature = "(shape, *more, dtype=None, device=None, **options)")]
            fn $name<'py>(
                py: Python<'py>,
                shape: &Bound<'py, PyTuple>,
                keywords: Option<&Bound<'py, PyDict>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let shape = shape_of(stringify!($name), shape, keywords)?;
                let options = Options::parse(stringify!($name), keywords)?;
                new(py, &$content, &shape, default_dtype(), options)
            }

            $(#[doc = $doc])+
            ///
            /// Shape, `dtype`, `device` and, where it is dense, order of memory are those of `x`,
            /// unless given.
            #[pyfunction]
            #[pyo3(signature = (x, /, **keywords), text_signature = "(x, /, *, dtype=None, device=None, **options)")]
            fn $like<'py>(
                py: Python<'py>,
                x: Source,
                keywords: Option<&Bound<'py, PyDict>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let options = Options::parse(stringify!($like), keywords)?;
                new_like(py, &$content, x.0.tensor(), options)
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            $(#[doc = $doc])+
            ///
            /// `shape`: integers or one sequence. `dtype` and `device` are those of this tensor,
            /// unless given.
            #[pyo3(signature = (*shape, **keywords), text_signature = "($self, shape, *more, dtype=None, device=None, **options)")]
            fn $method<'py>(
                &self,
                py: Python<'py>,
                shape: &Bound<'py, PyTuple>,
                keywords: Option<&Bound<'py, PyDict>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let shape = shape_of(stringify!($method), shape, keywords)?;
                let options = Options::parse(stringify!($method), keywords)?;
                let options = options.or_like(self.tensor());
                new(py, &$content, &shape, self.tensor().dtype(), options)
            }
        )+}

        fn register_constants(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(
                module.add_function(wrap_pyfunction!($name, module)?)?;
                module.add_function(wrap_pyfunction!($like, module)?)?;
            )+
            Ok(())
        }
    };
}

constant! {
    /// A tensor whose elements are whatever the memory holds.
    empty empty_like new_empty Content::Unset;
    /// A tensor of zeros.
    zeros zeros_like new_zeros Content::ZEROS;
    /// A tensor of ones.
    ones ones_like new_ones Content::ONES;
}

/// A tensor of `shape` in which every element is `fill_value`, on `device`.
///
/// Without `dtype` the value decides: `bool`, `int64`, the default floating-point dtype or the
/// complex dtype of its width; NumPy scalars and 0-d tensors have their own. Raises `TypeError`
/// or `OverflowError` naming a value that the dtype cannot hold.
#[pyfunction]
#[pyo3(signature = (shape=None, fill_value=None, **keywords), text_signature = "(shape, fill_value, *, dtype=None, device=None, **options)")]
fn full<'py>(
    py: Python<'py>,
    shape: Option<&Bound<'py, PyAny>>,
    fill_value: Option<&Bound<'py, PyAny>>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let shape = shape_of("full", &PyTuple::new(py, shape)?, keywords)?;
    let content = Content::parse(fill_value.ok_or_else(|| missing("full", "fill_value"))?)?;
    let options = Options::parse("full", keywords)?;
    let dtype = enter(py, || content.dtype())?;
    new(py, &content, &shape, dtype, options)
}

/// A tensor like `x` in which every element is `fill_value`.
///
/// Shape, `dtype`, `device` and, where it is dense, order of memory are those of `x`, unless given.
#[pyfunction]
#[pyo3(signature = (x, /, fill_value, **keywords), text_signature = "(x, /, fill_value, *, dtype=None, device=None, **options)")]
fn full_like<'py>(
    py: Python<'py>,
    x: Source,
    fill_value: &Bound<'py, PyAny>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = Options::parse("full_like", keywords)?;
    new_like(py, &Content::parse(fill_value)?, x.0.tensor(), options)
}

/// A 0-d tensor of the number `value`, of the default floating-point dtype unless `dtype` says
/// otherwise, on `device`.
#[pyfunction]
#[pyo3(signature = (value, **keywords), text_signature = "(value, *, dtype=None, device=None, **options)")]
fn scalar_tensor<'py>(
    py: Python<'py>,
    value: &Bound<'py, PyAny>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = Options::parse("scalar_tensor", keywords)?;
    new(py, &Content::parse(value)?, &[], default_dtype(), options)
}

/// The numbers `start`, `start + step`, … short of `stop`: `arange(stop)`, `arange(start, stop)`,
/// `arange(start, stop, step)`. PyTorch's name for `stop` is `end`.
///
/// Integers give an exact `int64` tensor, otherwise the default floating-point dtype, unless
/// `dtype` says otherwise, on `device`: element `i` is `start + i * step` in float64, and there
/// are `ceil((stop - start) / step)` of them, none where the step leads away from `stop`. Raises
/// `ValueError` for a step of 0.
#[pyfunction]
#[pyo3(signature = (start, stop=None, step=None, **keywords), text_signature = "(start, /, stop=None, step=1, *, dtype=None, device=None, **options)")]
fn arange<'py>(
    py: Python<'py>,
    start: &Bound<'py, PyAny>,
    stop: Option<&Bound<'py, PyAny>>,
    step: Option<&Bound<'py, PyAny>>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut stop = stop.cloned();
    if let Some(keywords) = keywords
        && let Some(end) = keywords.get_item("end")?
    {
        keywords.del_item("end")?;
        if stop.replace(end).is_some() {
            return Err(PyTypeError::new_err("arange() got its end twice"));
        }
    }
    let options = Options::parse("arange", keywords)?;
    let first = number(start, "start")?;
    let (start, end) = match stop {
        Some(stop) => (first, number(&stop, "stop")?),
        None => (Scalar::Int(0), first),
    };
    let step = step.map_or(Ok(Scalar::Int(1)), |step| number(step, "step"))?;
    let whole = [start, end, step].iter().all(|value| value.rank() <= 1);
    let dtype = options.dtype_or(if whole { DType::Int64 } else { default_dtype() });
    let device = options.device();
    let tensor = py
        .detach(|| creation::arange(start, end, step, dtype, device))
        .map_err(|error| crate::errors::to_python(py, &error))?;
    options.finish(py, tensor)
}

/// `num` numbers from `start` to `stop` at equal distances.
///
/// `stop` is the last of them, or with `endpoint=False` the one after. Computed in float64 from
/// the nearer end, so that both ends are exact. `dtype` is the default floating-point dtype,
/// complex if an end is; `device` the host. PyTorch's name for `num` is `steps`, for `stop` `end`.
#[pyfunction]
#[pyo3(signature = (start, stop=None, num=None, *, endpoint=true, **keywords), text_signature = "(start, stop, /, num, *, dtype=None, device=None, endpoint=True, **options)")]
fn linspace<'py>(
    py: Python<'py>,
    start: &Bound<'py, PyAny>,
    stop: Option<&Bound<'py, PyAny>>,
    num: Option<isize>,
    endpoint: bool,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let named = |name: &str| match keywords {
        Some(keywords) => {
            let value = keywords.get_item(name)?;
            if value.is_some() {
                keywords.del_item(name)?;
            }
            Ok(value)
        }
        None => Ok::<_, PyErr>(None),
    };
    let steps = named("steps")?.map(|steps| steps.extract::<isize>()).transpose()?;
    let stop = stop.cloned().or(named("end")?);
    let (Some(stop), Some(num)) = (stop, num.or(steps)) else {
        return Err(PyTypeError::new_err("linspace() needs a start, a stop and a number"));
    };
    let count = length(num, "number of steps")?;
    let options = Options::parse("linspace", keywords)?;
    let (start, stop) = (number(start, "start")?, number(&stop, "stop")?);
    let default = match start.rank().max(stop.rank()) {
        3 => complex_of(default_dtype()),
        _ => default_dtype(),
    };
    let (dtype, device) = (options.dtype_or(default), options.device());
    let tensor = enter_detached(py, bytes(&[count], dtype), || {
        creation::linspace(start, stop, count, endpoint, dtype, device)
    })?;
    options.finish(py, tensor)
}

/// A matrix of zeros with ones on the diagonal `k` places to the right of the main one.
///
/// It has `n_rows` and `n_cols`, or as many columns as rows; of the default floating-point dtype
/// unless `dtype` says otherwise, on `device`.
#[pyfunction]
#[pyo3(signature = (n_rows, n_cols=None, *, k=0, **keywords), text_signature = "(n_rows, n_cols=None, /, *, k=0, dtype=None, device=None, **options)")]
fn eye<'py>(
    py: Python<'py>,
    n_rows: isize,
    n_cols: Option<isize>,
    #[pyo3(from_py_with = crate::arguments::diagonal)] k: isize,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = Options::parse("eye", keywords)?;
    let (dtype, device) = (options.float(), options.device());
    let rows = length(n_rows, "n_rows")?;
    let columns = n_cols.map_or(Ok(rows), |columns| length(columns, "n_cols"))?;
    let tensor = enter_detached(py, bytes(&[rows, columns], dtype), || {
        creation::eye(rows, columns, k, dtype, device)
    })?;
    options.finish(py, tensor)
}

/// Keeps one triangle of each matrix and writes zeros over the rest, into fresh memory.
fn triangle(tensor: &Tensor, k: isize, keep: Compare) -> Result<Tensor> {
    let &[.., rows, columns] = tensor.shape() else {
        return Err(Error::shape(format!(
            "a triangle is of matrices, and the tensor has {} axes",
            tensor.ndim()
        )));
    };
    let device = tensor.device();
    let range = |length: usize, start: i64| {
        let (start, end) = (i128::from(start), i128::from(start) + length as i128);
        let [start, end, step] = [start, end, 1].map(Scalar::Int);
        creation::arange(start, end, step, DType::Int64, device)
    };
    let limit = rows.max(columns) as isize;
    let last = range(rows, k.clamp(-limit, limit) as i64)?;
    let last = last.with_layout(last.layout().unsqueeze(1)?)?;
    let inside = ops::compare(keep, range(columns, 0)?, last)?;
    ops::select(inside, tensor, Scalar::Bool(false))
}

/// The lower triangle of each matrix of `x`, up to the diagonal `k` (PyTorch's `diagonal`) places
/// to the right of the main one; zeros above it.
#[pyfunction]
#[pyo3(signature = (x, /, diagonal=0, *, k=None))]
fn tril(
    py: Python<'_>,
    x: Argument,
    #[pyo3(from_py_with = crate::arguments::diagonal)] diagonal: isize,
    k: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyTensor> {
    let x = x.tensor(py)?;
    let k = k.map_or(Ok(diagonal), crate::arguments::diagonal)?;
    enter_detached(py, x.nbytes(), || triangle(&x, k, Compare::LessEqual)).map(PyTensor::new)
}

/// The upper triangle of each matrix of `x`, from the diagonal `k` (PyTorch's `diagonal`) places
/// to the right of the main one; zeros below it.
#[pyfunction]
#[pyo3(signature = (x, /, diagonal=0, *, k=None))]
fn triu(
    py: Python<'_>,
    x: Argument,
    #[pyo3(from_py_with = crate::arguments::diagonal)] diagonal: isize,
    k: Option<&Bound<'_, PyAny>>,
) -> PyResult<PyTensor> {
    let x = x.tensor(py)?;
    let k = k.map_or(Ok(diagonal), crate::arguments::diagonal)?;
    enter_detached(py, x.nbytes(), || triangle(&x, k, Compare::GreaterEqual)).map(PyTensor::new)
}

/// The coordinates of a grid: a tuple of one tensor per axis, each of the whole grid's shape.
///
/// `arrays`: 1-d or 0-d tensors of one dtype. `indexing`: `"xy"` (the default, as in the Array
/// API and NumPy) exchanges the first two axes, `"ij"` does not. The results are views that
/// repeat the arguments' memory.
#[pyfunction]
#[pyo3(signature = (*arrays, indexing="xy"))]
fn meshgrid<'py>(
    py: Python<'py>,
    arrays: &Bound<'py, PyTuple>,
    indexing: &str,
) -> PyResult<Bound<'py, PyTuple>> {
    let first = arrays.get_item(0).ok();
    let items = match first {
        Some(first) if arrays.len() == 1 && is_sequence(&first) => {
            first.try_iter()?.collect::<PyResult<Vec<_>>>()?
        }
        _ => arrays.iter().collect(),
    };
    let tensors = items
        .iter()
        .map(|item| item.extract::<Argument>()?.tensor(py))
        .collect::<PyResult<Vec<_>>>()?;
    let swapped = match indexing {
        "xy" => tensors.len() > 1,
        "ij" => false,
        other => {
            return Err(PyValueError::new_err(format!(
                "indexing must be one of \"xy\" or \"ij\", and is \"{other}\""
            )));
        }
    };
    let grids = enter(py, || grid(&tensors, swapped))?;
    PyTuple::new(py, grids.into_iter().map(PyTensor::new))
}

fn is_sequence(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<PyTuple>() || object.is_instance_of::<PyList>()
}

fn grid(tensors: &[Tensor], swapped: bool) -> Result<Vec<Tensor>> {
    let mut layouts = Vec::new();
    for (place, tensor) in tensors.iter().enumerate() {
        if tensor.ndim() > 1 || tensor.dtype() != tensors[0].dtype() {
            return Err(Error::value(format!(
                "meshgrid takes 1-d tensors of one dtype, and got {} of shape {:?}",
                tensor.dtype(),
                tensor.shape()
            )));
        }
        let mut layout = tensor.layout().clone();
        if layout.ndim() == 0 {
            layout = layout.unsqueeze(0)?;
        }
        let axis = if swapped && place < 2 { 1 - place } else { place };
        for before in 0..axis {
            layout = layout.unsqueeze(before)?;
        }
        for after in axis + 1..tensors.len() {
            layout = layout.unsqueeze(after)?;
        }
        layouts.push(layout);
    }
    let shapes: Vec<_> = layouts.iter().map(Layout::shape).collect();
    let whole: Dims<usize> = broadcast_shapes(&shapes)?;
    tensors
        .iter()
        .zip(&layouts)
        .map(|(tensor, layout)| tensor.with_layout(layout.broadcast_to(&whole)?))
        .collect()
}

/// The complex tensor with the parts `real` and `imag`: both float32, or both float64.
///
/// They are broadcast. Raises `TypeError` for other dtypes.
#[pyfunction]
#[pyo3(signature = (real, imag))]
fn complex(py: Python<'_>, real: Argument, imag: Argument) -> PyResult<PyTensor> {
    let (real, imag) = (real.tensor(py)?, imag.tensor(py)?);
    enter_detached(py, real.nbytes() + imag.nbytes(), || {
        let part = promote(real.dtype(), imag.dtype())?;
        if !matches!(part, DType::Float32 | DType::Float64) || real.dtype() != imag.dtype() {
            return Err(Error::dtype(format!(
                "Expected both inputs to be Float or Double tensors but got {} and {}",
                real.dtype(),
                imag.dtype()
            )));
        }
        let shape = broadcast_shapes(&[real.shape(), imag.shape()])?;
        let whole = complex_of(part);
        let result = Tensor::allocate(&shape, whole, real.device(), Fill::Uninitialized)?;
        for (offset, values) in [(0, &real), (part.itemsize(), &imag)] {
            let layout = Layout::new(&shape, result.strides(), offset)?;
            transfer::place(&result.with_layout_as(layout, part)?, values, "complex")?;
        }
        Ok(result)
    })
    .map(PyTensor::new)
}

#[pymethods]
impl PyTensor {
    /// A tensor of `size` in which every element is `fill_value`, with this tensor's `dtype`
    /// and `device` unless given.
    #[pyo3(signature = (size, fill_value, **keywords), text_signature = "($self, size, fill_value, *, dtype=None, device=None, **options)")]
    fn new_full<'py>(
        &self,
        py: Python<'py>,
        size: Ints,
        fill_value: &Bound<'py, PyAny>,
        keywords: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let options = Options::parse("new_full", keywords)?.or_like(self.tensor());
        new(py, &Content::parse(fill_value)?, &lengths(py, &size)?, self.tensor().dtype(), options)
    }

    /// A copy of `data` as a tensor with this tensor's `dtype` and `device`, unless given.
    #[pyo3(signature = (data, *, dtype=None, device=None))]
    fn new_tensor<'py>(
        &self,
        py: Python<'py>,
        data: &Bound<'py, PyAny>,
        dtype: Option<Bound<'py, PyAny>>,
        device: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let keywords = PyDict::new(py);
        let own = crate::dtype::instance(py, self.tensor().dtype())?.into_bound(py).into_any();
        keywords.set_item("dtype", dtype.unwrap_or(own))?;
        keywords.set_item(
            "device",
            match device {
                Some(device) => device,
                None => self.tensor().device().to_string().into_pyobject(py)?.into_any(),
            },
        )?;
        calling::import(py, "tensorbridge")?.getattr("tensor")?.call((data,), Some(&keywords))
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_constants(module)?;
    module.add_function(wrap_pyfunction!(full, module)?)?;
    module.add_function(wrap_pyfunction!(full_like, module)?)?;
    module.add_function(wrap_pyfunction!(scalar_tensor, module)?)?;
    module.add_function(wrap_pyfunction!(arange, module)?)?;
    module.add_function(wrap_pyfunction!(linspace, module)?)?;
    module.add_function(wrap_pyfunction!(eye, module)?)?;
    module.add_function(wrap_pyfunction!(tril, module)?)?;
    module.add_function(wrap_pyfunction!(triu, module)?)?;
    module.add_function(wrap_pyfunction!(meshgrid, module)?)?;
    module.add_function(wrap_pyfunction!(complex, module)?)
}
