//! What NumPy calls when one of its functions meets a tensor.
//!
//! Which functions run here and which run in NumPy is decided in Python, in `tensorbridge._numpy`:
//! NumPy's side of the conversation is Python objects throughout. That package is imported when
//! NumPy first calls, so that `import tensorbridge` leaves NumPy alone.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyTuple};
use tensorbridge::diagnostics::trace::{self, Action, Event, Watch};

use super::PyTensor;
use crate::calling;

static UFUNC: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static FUNCTION: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static WRAP: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

fn entry<'py>(
    py: Python<'py>,
    cell: &'static PyOnceLock<Py<PyAny>>,
    name: &str,
) -> PyResult<&'py Bound<'py, PyAny>> {
    let function = cell.get_or_try_init(py, || {
        Ok::<_, PyErr>(calling::import(py, "tensorbridge._numpy")?.getattr(name)?.unbind())
    })?;
    Ok(function.bind(py))
}

/// Takes the pair that the Python side returns: the result, and the name of the function where
/// it was NumPy that computed it, which becomes an event.
fn unpack<'py>(watch: Watch, answer: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let (result, computed_by) =
        answer.extract::<(Bound<'py, PyAny>, Option<Bound<'py, PyString>>)>()?;
    if let Some(name) = computed_by
        && watch.is_on()
    {
        let name = name.to_str()?.to_owned();
        let mut event = match result.cast::<PyTensor>() {
            Ok(tensor) => Event::of(Action::Computed, name, tensor.get().tensor()),
            Err(_) => Event::bare(Action::Computed, name),
        };
        event.note = Some("NumPy computed this on the memory of its arguments".to_owned());
        watch.record(event);
    }
    Ok(result)
}

#[pymethods]
impl PyTensor {
    /// Answers NumPy's universal functions: `np.add(a, t)`, `a + t`, `np.sin(t, out=a)`.
    ///
    /// A function that tensorbridge has runs here, with its promotion; every other runs in NumPy
    /// on the same memory. Arrays in the result come back as tensors, `out=` as it was given.
    #[pyo3(signature = (ufunc, method, *inputs, **kwargs))]
    fn __array_ufunc__<'py>(
        slf: &Bound<'py, Self>,
        ufunc: &Bound<'py, PyAny>,
        method: &Bound<'py, PyAny>,
        inputs: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let watch = trace::watch();
        let kwargs = kwargs.map_or_else(|| PyDict::new(py), Clone::clone);
        let entry = entry(py, &UFUNC, "array_ufunc")?;
        unpack(
            watch,
            &calling::call(entry, &(ufunc, method, inputs, kwargs).into_pyobject(py)?, None)?,
        )
    }

    /// Answers NumPy's other functions: `np.concatenate([a, t])`, `np.linalg.svd(t)`.
    ///
    /// As `__array_ufunc__`. Tensors are found in lists, tuples and dicts at any depth.
    fn __array_function__<'py>(
        slf: &Bound<'py, Self>,
        func: &Bound<'py, PyAny>,
        types: &Bound<'py, PyAny>,
        args: &Bound<'py, PyAny>,
        kwargs: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let watch = trace::watch();
        let py = slf.py();
        let entry = entry(py, &FUNCTION, "array_function")?;
        unpack(watch, &calling::call(entry, &(func, types, args, kwargs).into_pyobject(py)?, None)?)
    }

    /// The tensor over `array`, for code that computes on `np.asarray(t)` and gives back what it
    /// was given. Shares the memory.
    #[pyo3(signature = (array, context=None, return_scalar=false))]
    fn __array_wrap__<'py>(
        slf: &Bound<'py, Self>,
        array: &Bound<'py, PyAny>,
        context: Option<&Bound<'py, PyAny>>,
        return_scalar: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        // A tensor without axes is the scalar.
        let _ = (context, return_scalar);
        let py = slf.py();
        calling::call(entry(py, &WRAP, "array_wrap")?, &(array,).into_pyobject(py)?, None)
    }
}
