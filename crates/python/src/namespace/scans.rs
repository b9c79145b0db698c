//! Running sums, products and extremes, under the names of the Array API and of PyTorch.

use pyo3::prelude::*;
use tensorbridge::Tensor;
use tensorbridge::op::Scan;
use tensorbridge::ops::{self, Running};

use super::statistical::into;
use crate::arguments::either;
use crate::dtype;
use crate::enter::enter_detached;
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;

fn run<'py>(
    py: Python<'py>,
    running: Running,
    x: &Tensor,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    into(py, x.nbytes(), out, |out| ops::scan(running, x, out))
}

/// The Array API's function, and PyTorch's function and methods, of each accumulation.
macro_rules! accumulations {
    ($($what:literal $op:ident: $standard:ident $name:ident $in_place:ident;)+) => {
        $(
            #[doc = concat!("The running ", $what, ": each element with all before it along `axis`.")]
            ///
            /// `axis` may be left out where there is only one. Integers and bool are counted in
            /// the widest integer of their sign; `dtype` is what is computed in and returned. With
            /// `include_initial` the result begins with that of no elements, and is one longer.
            /// `out` receives the result. Raises `IndexError` for an axis that is not there,
            /// `ValueError` for one that must be named.
            #[pyfunction]
            #[pyo3(signature = (x, /, *, axis=None, dtype=None, include_initial=false, out=None))]
            fn $standard<'py>(
                py: Python<'py>,
                x: Argument,
                axis: Option<isize>,
                dtype: Option<&Bound<'py, PyAny>>,
                include_initial: bool,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let dtype = dtype::parse_optional(dtype)?;
                let running = Running { op: Scan::$op, axis, dtype, initial: include_initial };
                run(py, running, &x.tensor(py)?, out)
            }

            #[doc = concat!("The running ", $what, ": each element with all before it along `dim` (or `axis`).")]
            ///
            /// It may be left out where there is only one axis. Integers and bool are counted in
            /// the widest integer of their sign; `dtype` is what is computed in and returned;
            /// `out` receives the result. Raises `IndexError` for an axis that is not there,
            /// `ValueError` for one that must be named.
            #[pyfunction]
            #[pyo3(signature = (x, /, dim=None, *, axis=None, dtype=None, out=None))]
            fn $name<'py>(
                py: Python<'py>,
                x: Argument,
                dim: Option<isize>,
                axis: Option<isize>,
                dtype: Option<&Bound<'py, PyAny>>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let axis = either(stringify!($name), dim, axis)?;
                let dtype = dtype::parse_optional(dtype)?;
                let running = Running { op: Scan::$op, axis, dtype, initial: false };
                run(py, running, &x.tensor(py)?, out)
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            #[doc = concat!("As `tensorbridge.", stringify!($name), "`.")]
            #[pyo3(signature = (dim=None, *, axis=None, dtype=None, out=None))]
            fn $name<'py>(
                &self,
                py: Python<'py>,
                dim: Option<isize>,
                axis: Option<isize>,
                dtype: Option<&Bound<'py, PyAny>>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let axis = either(stringify!($name), dim, axis)?;
                let dtype = dtype::parse_optional(dtype)?;
                let running = Running { op: Scan::$op, axis, dtype, initial: false };
                run(py, running, self.tensor(), out)
            }

            #[doc = concat!("The running ", $what, " along `dim` (or `axis`).")]
            ///
            /// Writes into this tensor, whose dtype and memory stay, and returns it. `dtype` is
            /// what is computed in.
            #[pyo3(signature = (dim=None, *, axis=None, dtype=None))]
            fn $in_place<'py>(
                slf: Bound<'py, Self>,
                dim: Option<isize>,
                axis: Option<isize>,
                dtype: Option<&Bound<'py, PyAny>>,
            ) -> PyResult<Bound<'py, Self>> {
                let axis = either(stringify!($in_place), dim, axis)?;
                let x = slf.get().tensor();
                let dtype = dtype::parse_optional(dtype)?.or(Some(x.dtype()));
                let running = Running { op: Scan::$op, axis, dtype, initial: false };
                enter_detached(slf.py(), x.nbytes(), || ops::scan(running, x, Some(x)))?;
                Ok(slf)
            }
        )+}

        fn register_accumulations(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(
                module.add_function(wrap_pyfunction!($standard, module)?)?;
                module.add_function(wrap_pyfunction!($name, module)?)?;
            )+
            Ok(())
        }
    };
}

accumulations! {
    "sum" Sum: cumulative_sum cumsum cumsum_;
    "product" Product: cumulative_prod cumprod cumprod_;
}

/// Function and method of each running extreme.
macro_rules! extremes {
    ($($what:literal $op:ident: $name:ident;)+) => {
        $(
            #[doc = concat!("The ", $what, " of each element and all before it along `dim`, and where that is.")]
            ///
            /// A tuple of two tensors: the values, and `int64` indices along `dim`, of equal
            /// elements the last. NaN stays once it has come. Raises `IndexError` for an axis that
            /// is not there, `TypeError` for complex numbers.
            #[pyfunction]
            #[pyo3(signature = (x, /, dim))]
            fn $name(py: Python<'_>, x: Argument, dim: isize) -> PyResult<(PyTensor, PyTensor)> {
                pair(py, Scan::$op, &x.tensor(py)?, dim)
            }
        )+

        #[pymethods]
        impl PyTensor {$(
            #[doc = concat!("As `tensorbridge.", stringify!($name), "`.")]
            fn $name(&self, py: Python<'_>, dim: isize) -> PyResult<(PyTensor, PyTensor)> {
                pair(py, Scan::$op, self.tensor(), dim)
            }
        )+}

        fn register_extremes(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

extremes! {
    "greatest" Max: cummax;
    "least" Min: cummin;
}

fn pair(py: Python<'_>, op: Scan, x: &Tensor, dim: isize) -> PyResult<(PyTensor, PyTensor)> {
    let (values, places) = enter_detached(py, x.nbytes(), || ops::running_extremes(op, x, dim))?;
    Ok((PyTensor::new(values), PyTensor::new(places)))
}

/// The logarithm of the running sum of `exp(x)` along `dim`, without overflow.
///
/// Integers are computed in the default dtype; `out` receives the result. Raises `IndexError` for
/// an axis that is not there, `TypeError` for complex numbers.
#[pyfunction]
#[pyo3(signature = (x, /, dim, *, out=None))]
fn logcumsumexp<'py>(
    py: Python<'py>,
    x: Argument,
    dim: isize,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    run(py, Running::along(Scan::LogSumExp, dim), &x.tensor(py)?, out)
}

#[pymethods]
impl PyTensor {
    /// As `tensorbridge.logcumsumexp`.
    #[pyo3(signature = (dim, *, out=None))]
    fn logcumsumexp<'py>(
        &self,
        py: Python<'py>,
        dim: isize,
        out: Option<Out<'py>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        run(py, Running::along(Scan::LogSumExp, dim), self.tensor(), out)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_accumulations(module)?;
    register_extremes(module)?;
    module.add_function(wrap_pyfunction!(logcumsumexp, module)?)
}
