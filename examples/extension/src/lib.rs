//! A whole extension: arrays of any library in, tensors out.

use pyo3::prelude::*;
use tensorbridge::op::{Binary, Reduce};
use tensorbridge::ops::{self, binary, views};
use tensorbridge_python::{Array, Result};

/// `x` with mean 0 along its first axis. Shares nothing with `x`; any dtype, strides, library.
#[pyfunction]
fn centre(x: Array) -> Result<Array> {
    let mean = ops::mean(&x, Some(&[0]), true, None, None)?;
    Ok(binary(Binary::Subtract, &*x, &mean)?.into())
}

/// The largest element of `x`, as a 0-d tensor.
#[pyfunction]
fn largest(x: Array) -> Result<Array> {
    Ok(ops::reduce(ops::Reduction::all(Reduce::Max), &x)?.into())
}

/// `x` with its first axis reversed: a view of `x`'s own memory.
#[pyfunction]
fn reversed(x: Array) -> Result<Array> {
    Ok(views::flip(&x, &[0])?.into())
}

/// The module `standardize`.
#[pymodule(gil_used = false)]
fn standardize(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(centre, module)?)?;
    module.add_function(wrap_pyfunction!(largest, module)?)?;
    module.add_function(wrap_pyfunction!(reversed, module)?)
}
