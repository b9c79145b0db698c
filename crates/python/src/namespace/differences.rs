//! What lies between neighbours: `diff`, `trapezoid`, `cumulative_trapezoid`.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use tensorbridge::ops;
use tensorbridge::{Scalar, Tensor};

use super::statistical::into;
use crate::arguments::either;
use crate::enter::enter_detached;
use crate::operand::{Argument, Out, number};
use crate::tensor::PyTensor;

fn ends(py: Python<'_>, end: Option<Argument>) -> PyResult<Option<Tensor>> {
    end.map(|end| end.tensor(py)).transpose()
}

/// The difference of neighbours along `axis` (or `dim`), taken `n` times.
///
/// `prepend` and `append` are put before and behind first: arrays that fit, or numbers. Of bool
/// whether neighbours differ. The result is `n` shorter; `out` receives it. With `n=0` it is the
/// tensor itself. Raises `IndexError` for an axis that is not there, `ValueError` for a 0-d tensor
/// or an `n` below 0.
#[pyfunction]
#[pyo3(signature = (x, /, n=1, dim=None, prepend=None, append=None, *, axis=None, out=None))]
#[allow(clippy::too_many_arguments)]
fn diff<'py>(
    py: Python<'py>,
    x: Argument,
    n: isize,
    dim: Option<isize>,
    prepend: Option<Argument>,
    append: Option<Argument>,
    axis: Option<isize>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let axis = either("diff", dim, axis)?.unwrap_or(-1);
    let times = usize::try_from(n).map_err(|_| {
        PyValueError::new_err(format!("diff expects `n` of at least 0, and got {n}"))
    })?;
    let (x, before, behind) = (&x.tensor(py)?, ends(py, prepend)?, ends(py, append)?);
    into(py, x.nbytes(), out, |out| {
        ops::difference(x, times, axis, before.as_ref(), behind.as_ref(), out)
    })
}

#[pymethods]
impl PyTensor {
    /// As `tensorbridge.diff`.
    #[pyo3(signature = (n=1, dim=None, prepend=None, append=None, *, axis=None))]
    fn diff<'py>(
        slf: &Bound<'py, Self>,
        n: isize,
        dim: Option<isize>,
        prepend: Option<Argument>,
        append: Option<Argument>,
        axis: Option<isize>,
    ) -> PyResult<Bound<'py, PyAny>> {
        diff(slf.py(), slf.extract()?, n, dim, prepend, append, axis, None)
    }
}

type Area = fn(&Tensor, Option<&Tensor>, Scalar, isize) -> tensorbridge::Result<Tensor>;

macro_rules! areas {
    ($($(#[doc = $doc:literal])+ $name:ident = $area:path;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// `x` says where the elements are, of `y`'s shape or of one axis; else they are `dx`
            /// apart. `axis` (or `dim`) is the last one by default. Raises `IndexError` for an axis
            /// that is not there, `ShapeError` where `x` does not fit.
            #[pyfunction]
            #[pyo3(signature = (y, x=None, *, dx=None, dim=None, axis=None))]
            fn $name(
                py: Python<'_>,
                y: Argument,
                x: Option<Argument>,
                dx: Option<&Bound<'_, PyAny>>,
                dim: Option<isize>,
                axis: Option<isize>,
            ) -> PyResult<PyTensor> {
                let area: Area = $area;
                let axis = either(stringify!($name), dim, axis)?.unwrap_or(-1);
                let dx = dx.map_or(Ok(Scalar::Float(1.0)), |dx| number(dx, "dx"))?;
                let (y, x) = (&y.tensor(py)?, ends(py, x)?);
                enter_detached(py, y.nbytes(), || area(y, x.as_ref(), dx, axis)).map(PyTensor::new)
            }
        )+

        fn register_areas(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

areas! {
    /// The area under straight lines through the elements of `y` along an axis.
    trapezoid = ops::trapezoid;
    /// The area under straight lines through the elements of `y`, up to each but the first.
    cumulative_trapezoid = ops::cumulative_trapezoid;
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_areas(module)?;
    module.add_function(wrap_pyfunction!(diff, module)?)
}
