//! Tensors as sets: `unique` and its relatives, what two tensors have in common.

use pyo3::prelude::*;
use tensorbridge::ops::sets::{self, Unique, Wanted};
use tensorbridge::{Result, Tensor};

use crate::arguments::{either, tensor};
use crate::enter::enter_detached;
use crate::named::{named, tuple};
use crate::tensor::PyTensor;

/// What finding different elements looks at.
const PASSES: usize = 8;

fn find(
    py: Python<'_>,
    x: &Tensor,
    work: impl FnOnce() -> Result<Unique> + Send,
) -> PyResult<Unique> {
    enter_detached(py, x.nbytes().saturating_mul(PASSES), work)
}

/// The different elements of `x`, in ascending order: a fresh tensor of one axis.
///
/// Elements are equal as `==` has it: 0.0 and -0.0 are one element, the first that occurs, and
/// each NaN is an element of its own; these come last.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn unique_values(x: &Bound<'_, PyAny>) -> PyResult<PyTensor> {
    let (py, x) = (x.py(), tensor(x, "unique_values")?);
    find(py, &x, || sets::unique(&x, Wanted::default())).map(|unique| PyTensor::new(unique.values))
}

/// The different elements of `x` as `unique_values` gives them, and how often each occurs: a named
/// tuple `(values, counts)`, the counts `int64`.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn unique_counts<'py>(x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let (py, x) = (x.py(), tensor(x, "unique_counts")?);
    let wanted = Wanted { counts: true, ..Wanted::default() };
    let unique = find(py, &x, || sets::unique(&x, wanted))?;
    named(py, "UniqueCounts", [unique.values].into_iter().chain(unique.counts))
}

/// The different elements of `x` as `unique_values` gives them, and which of them stands at each
/// place of `x`: a named tuple `(values, inverse_indices)`, these `int64` and of the shape of `x`.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn unique_inverse<'py>(x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let (py, x) = (x.py(), tensor(x, "unique_inverse")?);
    let wanted = Wanted { inverse: true, ..Wanted::default() };
    let unique = find(py, &x, || sets::unique(&x, wanted))?;
    named(py, "UniqueInverse", [unique.values].into_iter().chain(unique.inverse))
}

/// The different elements of `x` as `unique_values` gives them, where in the flattened `x` each
/// occurs first, which of them stands at each place of `x`, and how often each occurs: a named
/// tuple `(values, indices, inverse_indices, counts)`, all but the values `int64`.
#[pyfunction]
#[pyo3(signature = (x, /))]
fn unique_all<'py>(x: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let (py, x) = (x.py(), tensor(x, "unique_all")?);
    let wanted = Wanted { indices: true, inverse: true, counts: true, equal_nan: false };
    let Unique { values, indices, inverse, counts } = find(py, &x, || sets::unique(&x, wanted))?;
    named(py, "UniqueAll", [Some(values), indices, inverse, counts].into_iter().flatten())
}

/// One tensor, or a tuple of it and what was asked for.
fn answer(py: Python<'_>, unique: Unique) -> PyResult<Bound<'_, PyAny>> {
    let Unique { values, indices, inverse, counts } = unique;
    let more = [indices, inverse, counts].into_iter().flatten();
    match more.clone().next() {
        None => Ok(PyTensor::new(values).into_pyobject(py)?.into_any()),
        Some(_) => Ok(tuple(py, [values].into_iter().chain(more))?.into_any()),
    }
}

/// The different elements of `x` in ascending order, or along `dim` (or `axis`) its different
/// parts, ordered by their elements.
///
/// Alone, or in a tuple with what is asked for, in this order: `return_index` is where each occurs
/// first, `return_inverse` which of them stands at each place (of the shape of `x`, or along the
/// axis), `return_counts` how often each occurs. The result is ordered whatever `sorted` says.
/// Each NaN is an element of its own, or with `equal_nan` one stands for all (not along an axis).
///
/// Raises `IndexError` for an axis that is not there.
#[pyfunction]
#[pyo3(signature = (
    x, /, sorted=true, return_inverse=false, return_counts=false, dim=None, *, axis=None,
    return_index=false, equal_nan=false
))]
#[allow(clippy::too_many_arguments)]
fn unique<'py>(
    x: &Bound<'py, PyAny>,
    sorted: bool,
    return_inverse: bool,
    return_counts: bool,
    dim: Option<isize>,
    axis: Option<isize>,
    return_index: bool,
    equal_nan: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let _ = sorted;
    let (py, x) = (x.py(), tensor(x, "unique")?);
    let wanted =
        Wanted { indices: return_index, inverse: return_inverse, counts: return_counts, equal_nan };
    let unique = match either("unique", dim, axis)? {
        None => find(py, &x, || sets::unique(&x, wanted))?,
        Some(axis) => find(py, &x, || sets::unique_along(&x, axis, false, wanted))?,
    };
    answer(py, unique)
}

/// The elements of `x` that differ from the one before them, in C order, or along `dim` (or
/// `axis`) its parts that do.
///
/// Alone, or in a tuple with `return_inverse`, which of them stands at each place, and
/// `return_counts`, how many in a row are equal. Raises `IndexError` for an axis that is not there.
#[pyfunction]
#[pyo3(signature = (x, /, return_inverse=false, return_counts=false, dim=None, *, axis=None))]
fn unique_consecutive<'py>(
    x: &Bound<'py, PyAny>,
    return_inverse: bool,
    return_counts: bool,
    dim: Option<isize>,
    axis: Option<isize>,
) -> PyResult<Bound<'py, PyAny>> {
    let (py, x) = (x.py(), tensor(x, "unique_consecutive")?);
    let wanted = Wanted { inverse: return_inverse, counts: return_counts, ..Wanted::default() };
    let unique = match either("unique_consecutive", dim, axis)? {
        None => find(py, &x, || sets::unique_consecutive(&x, wanted))?,
        Some(axis) => find(py, &x, || sets::unique_along(&x, axis, true, wanted))?,
    };
    answer(py, unique)
}

/// Functions of two sets.
macro_rules! pairs {
    ($($(#[doc = $doc:literal])+ $name:ident = |$a:ident, $b:ident, $distinct:ident| $run:expr;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// Both are flattened and promoted together. `assume_unique` says that neither holds
            /// an element twice, which saves finding out. NaN equals nothing.
            #[pyfunction]
            #[pyo3(signature = (x1, x2, /, assume_unique=false))]
            fn $name(
                x1: &Bound<'_, PyAny>,
                x2: &Bound<'_, PyAny>,
                assume_unique: bool,
            ) -> PyResult<PyTensor> {
                let ($a, $b) = (&tensor(x1, stringify!($name))?, &tensor(x2, stringify!($name))?);
                let $distinct = assume_unique;
                let bytes = $a.nbytes().max($b.nbytes()).saturating_mul(PASSES);
                enter_detached(x1.py(), bytes, || $run).map(PyTensor::new)
            }
        )+

        fn register_pairs(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

pairs! {
    /// The elements that `x1` and `x2` both have, in ascending order: a fresh tensor of one axis.
    intersect1d = |a, b, distinct| sets::intersect(a, b, distinct);
    /// The elements of `x1` that `x2` does not have, in ascending order: a fresh tensor of one
    /// axis, of the dtype of `x1`; in their own order with `assume_unique`.
    setdiff1d = |a, b, distinct| sets::difference(a, b, distinct);
    /// The elements that one of `x1` and `x2` has and the other does not, in ascending order: a
    /// fresh tensor of one axis.
    setxor1d = |a, b, distinct| sets::symmetric_difference(a, b, distinct);
}

/// The elements that `x1` or `x2` has, in ascending order: a fresh tensor of one axis.
///
/// Both are flattened and promoted together. One NaN stands for all.
#[pyfunction]
#[pyo3(signature = (x1, x2, /))]
fn union1d(x1: &Bound<'_, PyAny>, x2: &Bound<'_, PyAny>) -> PyResult<PyTensor> {
    let (a, b) = (&tensor(x1, "union1d")?, &tensor(x2, "union1d")?);
    let bytes = a.nbytes().max(b.nbytes()).saturating_mul(PASSES);
    enter_detached(x1.py(), bytes, || sets::union(a, b)).map(PyTensor::new)
}

#[pymethods]
impl PyTensor {
    /// As `tensorbridge.unique`.
    #[pyo3(signature = (
        sorted=true, return_inverse=false, return_counts=false, dim=None, *, axis=None,
        return_index=false, equal_nan=false
    ))]
    #[allow(clippy::too_many_arguments)]
    fn unique<'py>(
        slf: &Bound<'py, Self>,
        sorted: bool,
        return_inverse: bool,
        return_counts: bool,
        dim: Option<isize>,
        axis: Option<isize>,
        return_index: bool,
        equal_nan: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        unique(slf, sorted, return_inverse, return_counts, dim, axis, return_index, equal_nan)
    }

    /// As `tensorbridge.unique_consecutive`.
    #[pyo3(signature = (return_inverse=false, return_counts=false, dim=None, *, axis=None))]
    fn unique_consecutive<'py>(
        slf: &Bound<'py, Self>,
        return_inverse: bool,
        return_counts: bool,
        dim: Option<isize>,
        axis: Option<isize>,
    ) -> PyResult<Bound<'py, PyAny>> {
        unique_consecutive(slf, return_inverse, return_counts, dim, axis)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_pairs(module)?;
    module.add_function(wrap_pyfunction!(unique_values, module)?)?;
    module.add_function(wrap_pyfunction!(unique_counts, module)?)?;
    module.add_function(wrap_pyfunction!(unique_inverse, module)?)?;
    module.add_function(wrap_pyfunction!(unique_all, module)?)?;
    module.add_function(wrap_pyfunction!(unique, module)?)?;
    module.add_function(wrap_pyfunction!(unique_consecutive, module)?)?;
    module.add_function(wrap_pyfunction!(union1d, module)?)
}
