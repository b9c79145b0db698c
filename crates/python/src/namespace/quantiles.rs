//! Quantiles, percentiles and medians, with NaN and without.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use tensorbridge::ops::{self, Interpolation, Quantiles};
use tensorbridge::{Dims, Tensor};

use super::reducing::reducing;
use super::statistical::{Along, into};
use crate::arguments::{Ints, reals};
use crate::operand::{Argument, Out};
use crate::tensor::PyTensor;

/// `method=`, or PyTorch's `interpolation=`.
fn interpolation(method: Option<&str>, interpolation: Option<&str>) -> PyResult<Interpolation> {
    let name = match (method, interpolation) {
        (Some(_), Some(_)) => {
            return Err(PyTypeError::new_err(
                "got both `method` and `interpolation`, which mean the same",
            ));
        }
        (method, interpolation) => method.or(interpolation).unwrap_or("linear"),
    };
    let found = Interpolation::NAMES.iter().find(|(known, _)| *known == name);
    found.map(|&(_, interpolation)| interpolation).ok_or_else(|| {
        let known: Vec<&str> = Interpolation::NAMES.iter().map(|&(name, _)| name).collect();
        PyValueError::new_err(format!(
            "there is no method of interpolation {name:?} — hint: one of {}",
            known.join(", ")
        ))
    })
}

/// The shares that `q` names, each `unit` parts of the whole, and their shape.
fn shares(q: &Bound<'_, PyAny>, unit: f64) -> PyResult<(Vec<f64>, Dims<usize>)> {
    let (shares, shape) = reals(q, "q")?;
    if shape.len() > 2 {
        return Err(PyValueError::new_err(format!(
            "q must have two axes at most, and has shape {shape:?}"
        )));
    }
    Ok((shares.into_iter().map(|share| share / unit).collect(), shape))
}

/// What is asked of a tensor.
struct Asked {
    shares: Vec<f64>,
    shape: Dims<usize>,
    interpolation: Interpolation,
    skip_nan: bool,
}

impl Asked {
    /// The median: the mean of the two in the middle, where there are two.
    fn median(skip_nan: bool) -> Self {
        let interpolation = Interpolation::Linear;
        Self { shares: vec![0.5], shape: Dims::new(), interpolation, skip_nan }
    }

    fn of<'py>(
        self,
        py: Python<'py>,
        x: &Tensor,
        along: &Along,
        out: Option<Out<'py>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        into(py, x.nbytes(), out, |out| {
            let wanted = Quantiles {
                shares: &self.shares,
                shape: &self.shape,
                interpolation: self.interpolation,
                skip_nan: self.skip_nan,
            };
            ops::quantile(x, &wanted, along.axes.as_deref(), along.keepdims, out)
        })
    }
}

reducing! {
    register_medians, Ints, Along::parse,
    "\n\
    Of an even number of elements it is the mean of the two in the middle, as NumPy has\n\
    it. `axis` (or `dim`) is one axis, several, or `None` for all; `keepdims` (or\n\
    `keepdim`) leaves reduced axes with length 1; `out` receives the result. Of integers\n\
    in the default floating-point dtype; NaN of nothing. Raises `IndexError` for an axis\n\
    that is not there, `TypeError` for complex numbers.",
    "\n\
    Of an even number of elements it is the mean of the two in the middle. `dim` (or\n\
    `axis`) is one axis, several, or `None` for all; `keepdim` (or `keepdims`) leaves\n\
    reduced axes with length 1; `out` receives the result.";
    /// The median; NaN where anything is NaN.
    median = |py, x, along, out| Asked::median(false).of(py, x, &along, out);
    /// The median of what is not NaN.
    nanmedian = |py, x, along, out| Asked::median(true).of(py, x, &along, out);
}

/// The parameters of quantiles, read.
#[allow(clippy::too_many_arguments)]
fn quantiles_of<'py>(
    x: &Tensor,
    (q, unit): (&Bound<'py, PyAny>, f64),
    skip_nan: bool,
    along: PyResult<Along>,
    interpolation: PyResult<Interpolation>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (along, interpolation) = (along?, interpolation?);
    let (shares, shape) = shares(q, unit)?;
    Asked { shares, shape, interpolation, skip_nan }.of(q.py(), x, &along, out)
}

/// Function of each form of quantiles.
macro_rules! quantiles {
    ($($(#[doc = $doc:literal])+ $name:ident = $unit:literal $skip_nan:literal;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// `q` is a number, or a sequence or tensor of them, whose axes are the first of the
            /// result. `axis` (or `dim`) is one axis, several, or `None` for all; `keepdims` (or
            /// `keepdim`) leaves reduced axes with length 1. `method` (or `interpolation`) says what
            /// lies between two elements: `"linear"`, `"lower"`, `"higher"`, `"nearest"`,
            /// `"midpoint"`, or another of NumPy's thirteen (Hyndman and Fan, 1996). `out` receives
            /// the result.
            ///
            /// The dtype is that of `x`; of integers the default floating-point dtype, unless the
            /// method picks elements. Raises `ValueError` for a `q` out of range, `IndexError` for
            /// an axis that is not there, `TypeError` for complex numbers.
            #[pyfunction]
            #[pyo3(
                signature = (x, q, /, dim=None, keepdim=false, *, axis=None, keepdims=None, method=None, interpolation=None, out=None),
                text_signature = "(x, q, /, dim=None, keepdim=False, *, axis=None, keepdims=None, method='linear', interpolation=None, out=None)"
            )]
            #[allow(clippy::too_many_arguments)]
            fn $name<'py>(
                py: Python<'py>,
                x: Argument,
                q: &Bound<'py, PyAny>,
                dim: Option<Ints>,
                keepdim: bool,
                axis: Option<Ints>,
                keepdims: Option<bool>,
                method: Option<&str>,
                interpolation: Option<&str>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let along = Along::parse(dim, keepdim, axis, keepdims);
                let between = self::interpolation(method, interpolation);
                quantiles_of(&x.tensor(py)?, (q, $unit), $skip_nan, along, between, out)
            }
        )+

        fn register_quantiles(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

quantiles! {
    /// What lies at the share `q`, from 0 to 1, of the elements in ascending order; NaN where
    /// anything is NaN.
    quantile = 1.0 false;
    /// What lies at the share `q`, from 0 to 1, of what is not NaN in ascending order.
    nanquantile = 1.0 true;
    /// What lies at `q` per cent, from 0 to 100, of the elements in ascending order; NaN where
    /// anything is NaN.
    percentile = 100.0 false;
    /// What lies at `q` per cent, from 0 to 100, of what is not NaN in ascending order.
    nanpercentile = 100.0 true;
}

/// The methods that PyTorch has.
macro_rules! methods {
    ($($(#[doc = $doc:literal])+ $name:ident = $skip_nan:literal;)+) => {
        #[pymethods]
        impl PyTensor {$(
            $(#[doc = $doc])+
            #[pyo3(
                signature = (q, dim=None, keepdim=false, *, axis=None, keepdims=None, method=None, interpolation=None, out=None),
                text_signature = "(self, q, dim=None, keepdim=False, *, axis=None, keepdims=None, method='linear', interpolation=None, out=None)"
            )]
            #[allow(clippy::too_many_arguments)]
            fn $name<'py>(
                &self,
                q: &Bound<'py, PyAny>,
                dim: Option<Ints>,
                keepdim: bool,
                axis: Option<Ints>,
                keepdims: Option<bool>,
                method: Option<&str>,
                interpolation: Option<&str>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let along = Along::parse(dim, keepdim, axis, keepdims);
                let between = self::interpolation(method, interpolation);
                quantiles_of(self.tensor(), (q, 1.0), $skip_nan, along, between, out)
            }
        )+}
    };
}

methods! {
    /// As `tensorbridge.quantile`.
    quantile = false;
    /// As `tensorbridge.nanquantile`.
    nanquantile = true;
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_medians(module)?;
    register_quantiles(module)
}
