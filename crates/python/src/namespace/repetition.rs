//! Elements more than once, or further along: `repeat`, `tile`, `roll`.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use tensorbridge::ops::{self, creation};
use tensorbridge::storage::host::Fill;
use tensorbridge::{DType, Device, Error, Scalar, Tensor};

use crate::arguments::{Ints, Source, either, missing, tensor};
use crate::enter::{enter, enter_detached};
use crate::tensor::PyTensor;

/// Numbers of times, none of them negative.
fn times(counts: &[isize], name: &str) -> PyResult<Vec<usize>> {
    counts
        .iter()
        .map(|&count| {
            usize::try_from(count).map_err(|_| {
                PyValueError::new_err(format!("`{name}` must not be negative, and has {count}"))
            })
        })
        .collect()
}

/// One number of times for every element, or one for each.
enum Repeats {
    All(isize),
    Each(Tensor),
}

impl<'py> FromPyObject<'_, 'py> for Repeats {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match object.extract() {
            Ok(all) => Ok(Self::All(all)),
            Err(error) if error.is_instance_of::<PyTypeError>(object.py()) => {
                // An empty list has no dtype of its own.
                let empty = object.extract::<Ints>().is_ok_and(|ints| ints.is_empty());
                let made = || Tensor::allocate(&[0], DType::Int64, Device::CPU, Fill::Zero);
                match empty {
                    true => enter(object.py(), made),
                    false => tensor(&object, "repeat"),
                }
                .map(Self::Each)
            }
            Err(error) => Err(error),
        }
    }
}

fn repeated(
    py: Python<'_>,
    tensor: &Tensor,
    repeats: Repeats,
    axis: Option<isize>,
) -> PyResult<PyTensor> {
    let result = match repeats {
        Repeats::All(count) => {
            let count = times(&[count], "repeats")?[0];
            enter_detached(py, tensor.nbytes().saturating_mul(count), || {
                ops::repeat(tensor, count, axis)
            })
        }
        Repeats::Each(counts) => {
            enter_detached(py, tensor.nbytes(), || ops::repeat_each(tensor, &counts, axis))
        }
    };
    result.map(PyTensor::new)
}

/// Each element of `x` several times, one after the other: `repeats` is a number of times, or one
/// for each element along `axis`. Without `axis`, `x` is flattened first.
///
/// The result is fresh memory. (PyTorch's method `Tensor.repeat` copies the whole, as `tile` does.)
/// Raises `ValueError` for negative numbers and `ShapeError` for another number of them than
/// elements.
#[pyfunction]
#[pyo3(signature = (x, repeats, /, axis=None))]
fn repeat(py: Python<'_>, x: Source, repeats: Repeats, axis: Option<isize>) -> PyResult<PyTensor> {
    repeated(py, x.0.tensor(), repeats, axis)
}

/// As `repeat`, under PyTorch's name: each element of `x` `repeats` times along `dim`, or
/// flattened.
///
/// With one argument, `x` are numbers of times, and the result the indices `0, 1, …` that often.
/// `output_size` is accepted and not needed.
#[pyfunction]
#[pyo3(signature = (x, repeats=None, dim=None, *, axis=None, output_size=None))]
fn repeat_interleave(
    py: Python<'_>,
    x: Source,
    repeats: Option<Repeats>,
    dim: Option<isize>,
    axis: Option<isize>,
    output_size: Option<isize>,
) -> PyResult<PyTensor> {
    let Some(repeats) = repeats else {
        let counts = x.0.tensor().clone();
        let [start, end, step] = [0, counts.count() as i128, 1].map(Scalar::Int);
        let places =
            enter(py, || creation::arange(start, end, step, DType::Int64, counts.device()))?;
        return repeated(py, &places, Repeats::Each(counts), Some(0));
    };
    x.0.repeat_interleave(py, repeats, either("repeat_interleave", dim, axis)?, output_size)
}

/// The whole of `x` several times along each axis: `repetitions` (PyTorch's `dims`, NumPy's
/// `reps`) is a number for each, or one for the last.
///
/// The shorter of shape and `repetitions` counts as if it had ones in front. The result is fresh
/// memory.
#[pyfunction]
#[pyo3(
    signature = (x, repetitions=None, /, *, dims=None, reps=None),
    text_signature = "(x, repetitions, /, *, dims=None, reps=None)"
)]
fn tile(
    py: Python<'_>,
    x: Source,
    repetitions: Option<Ints>,
    dims: Option<Ints>,
    reps: Option<Ints>,
) -> PyResult<PyTensor> {
    let counts = repetitions.or(dims).or(reps).ok_or_else(|| missing("tile", "repetitions"))?;
    tiled(py, x.0.tensor(), &counts)
}

fn tiled(py: Python<'_>, tensor: &Tensor, counts: &[isize]) -> PyResult<PyTensor> {
    let counts = times(counts, "repetitions")?;
    let bytes = counts.iter().fold(tensor.nbytes(), |bytes, &count| bytes.saturating_mul(count));
    enter_detached(py, bytes, || ops::tile(tensor, &counts)).map(PyTensor::new)
}

/// The elements of `x` moved by `shift` (PyTorch's `shifts`) along `axis` (PyTorch's `dims`); what
/// leaves at one end comes in at the other. Without `axis`, along the flattened elements.
///
/// Several shifts and several axes go together in pairs; a single one goes with all. The result is
/// fresh memory.
#[pyfunction]
#[pyo3(
    signature = (x, /, shift=None, dims=None, *, axis=None, shifts=None),
    text_signature = "(x, /, shift, dims=None, *, axis=None, shifts=None)"
)]
fn roll(
    py: Python<'_>,
    x: Source,
    shift: Option<Ints>,
    dims: Option<Ints>,
    axis: Option<Ints>,
    shifts: Option<Ints>,
) -> PyResult<PyTensor> {
    let shifts = shift.or(shifts).ok_or_else(|| missing("roll", "shift"))?;
    x.0.roll(py, shifts, dims, axis)
}

#[pymethods]
impl PyTensor {
    /// The whole tensor several times along each axis, as PyTorch's `repeat`: `sizes` is a number
    /// for each axis, and may have more of them in front. Fresh memory.
    ///
    /// (NumPy's method repeats each element: `tensorbridge.repeat`, `repeat_interleave`.) Raises
    /// `ShapeError` for fewer numbers than axes.
    #[pyo3(signature = (*sizes, repeats=None))]
    fn repeat(
        &self,
        py: Python<'_>,
        sizes: &Bound<'_, PyTuple>,
        repeats: Option<Ints>,
    ) -> PyResult<Self> {
        let sizes = Ints::required("repeat", "repeats", sizes, repeats)?;
        enter(py, || {
            if sizes.len() < self.tensor().ndim() {
                return Err(Error::shape(
                    "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
                )
                .hint("`tb.repeat(t, n)` repeats each element, `t.tile(n)` fills up with ones"));
            }
            Ok(())
        })?;
        tiled(py, self.tensor(), &sizes)
    }

    /// As `tensorbridge.repeat_interleave`: each element `repeats` times along `dim`, or flattened.
    /// `output_size` is accepted and not needed.
    #[pyo3(signature = (repeats, dim=None, *, output_size=None))]
    fn repeat_interleave(
        &self,
        py: Python<'_>,
        repeats: Repeats,
        dim: Option<isize>,
        output_size: Option<isize>,
    ) -> PyResult<Self> {
        let _ = output_size;
        repeated(py, self.tensor(), repeats, dim)
    }

    /// As `tensorbridge.tile`, with the numbers `repetitions` spread out or in one tuple, or as
    /// `dims`.
    #[pyo3(signature = (*repetitions, dims=None))]
    fn tile(
        &self,
        py: Python<'_>,
        repetitions: &Bound<'_, PyTuple>,
        dims: Option<Ints>,
    ) -> PyResult<Self> {
        tiled(py, self.tensor(), &Ints::required("tile", "dims", repetitions, dims)?)
    }

    /// As `tensorbridge.roll`: the elements moved by `shifts` along `dims` (or `axis`), or
    /// flattened.
    #[pyo3(signature = (shifts, dims=None, *, axis=None))]
    fn roll(
        &self,
        py: Python<'_>,
        shifts: Ints,
        dims: Option<Ints>,
        axis: Option<Ints>,
    ) -> PyResult<Self> {
        let axes = either("roll", dims, axis)?;
        enter_detached(py, self.tensor().nbytes(), || {
            ops::roll(self.tensor(), &shifts, axes.as_deref())
        })
        .map(Self::new)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(repeat, module)?)?;
    module.add_function(wrap_pyfunction!(repeat_interleave, module)?)?;
    module.add_function(wrap_pyfunction!(tile, module)?)?;
    module.add_function(wrap_pyfunction!(roll, module)?)
}
