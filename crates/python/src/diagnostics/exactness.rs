//! What a cast would do to values, for Python's `exactness`.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use tensorbridge::diagnostics::exactness::{Fate, Worst, exactness};

use crate::dtype;
use crate::enter::enter_detached;
use crate::tensor::PyTensor;

/// `{fate: count, …, "first": place, "absolute": (error, place), "relative": …, "ulps": …}`, with
/// places counted in C order and `None` where there is no inexact value.
#[pyfunction]
fn _exactness<'py>(
    py: Python<'py>,
    tensor: &Bound<'py, PyTensor>,
    dtype: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyDict>> {
    let dtype = dtype::parse(dtype)?;
    let tensor = tensor.get().tensor();
    let found = enter_detached(py, tensor.nbytes(), || exactness(tensor, dtype))?;
    let facts = PyDict::new(py);
    for fate in Fate::ALL {
        facts.set_item(fate.name(), found.counts[fate as usize])?;
    }
    facts.set_item("first", found.first)?;
    let worst = |worst: Worst| (worst.error > 0.0).then_some((worst.error, worst.place));
    facts.set_item("absolute", worst(found.absolute))?;
    facts.set_item("relative", worst(found.relative))?;
    facts.set_item("ulps", worst(found.ulps))?;
    Ok(facts)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_exactness, module)?)
}
