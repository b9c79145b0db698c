//! Several tensors become one: `cat` and `stack`.

use pyo3::prelude::*;
use tensorbridge::{Result, Tensor, ops};

use crate::arguments;
use crate::enter::enter_detached;
use crate::operand::{Out, deliver};

fn join<'py>(
    py: Python<'py>,
    name: &'static str,
    tensors: &Bound<'py, PyAny>,
    out: Option<Out<'py>>,
    work: impl FnOnce(&[Tensor]) -> Result<Tensor> + Send,
) -> PyResult<Bound<'py, PyAny>> {
    let tensors = arguments::tensors(tensors)?;
    let bytes = tensors.iter().map(Tensor::nbytes).fold(0, usize::saturating_add);
    let result = enter_detached(py, bytes, || work(&tensors))?;
    deliver(py, result, out, name)
}

/// The `arrays` one after another along `axis` (PyTorch's name: `dim`); `axis=None` flattens
/// them first.
///
/// The result has the promoted dtype and is fresh memory, or `out`. Raises `ShapeError` where other axes
/// than `axis` differ.
#[pyfunction]
#[pyo3(signature = (arrays, /, dim=Some(0), *, axis=Some(0), out=None), text_signature = "(arrays, /, dim=0, *, axis=0, out=None)")]
fn concat<'py>(
    py: Python<'py>,
    arrays: &Bound<'py, PyAny>,
    dim: Option<isize>,
    axis: Option<isize>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let axis = if axis == Some(0) { dim } else { axis };
    join(py, "concat", arrays, out, |tensors| ops::concatenate(tensors, axis))
}

/// The `arrays` side by side along a new axis, which is axis `axis` (PyTorch's name: `dim`) of
/// the result.
///
/// The result has the promoted dtype and is fresh memory, or `out`. Raises `ShapeError` where the shapes
/// differ.
#[pyfunction]
#[pyo3(signature = (arrays, /, dim=0, *, axis=None, out=None))]
fn stack<'py>(
    py: Python<'py>,
    arrays: &Bound<'py, PyAny>,
    dim: isize,
    axis: Option<isize>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    join(py, "stack", arrays, out, |tensors| ops::stack(tensors, axis.unwrap_or(dim)))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(concat, module)?)?;
    module.add_function(wrap_pyfunction!(stack, module)?)?;
    for alias in ["cat", "concatenate"] {
        module.add(alias, module.getattr("concat")?)?;
    }
    Ok(())
}
