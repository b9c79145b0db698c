//! `tensorbridge.fft`: the Array API's extension, with NumPy's and PyTorch's names and keywords.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use tensorbridge::ops::creation;
use tensorbridge::ops::fourier::{Norm, Spectrum, Transform};
use tensorbridge::{Tensor, ops};

use super::options::Options;
use crate::arguments::{Ints, Source, either};
use crate::enter::{enter, enter_detached};
use crate::operand::{Out, deliver, real};
use crate::tensor::PyTensor;

fn norm(name: Option<&str>) -> PyResult<Norm> {
    Ok(match name {
        None | Some("backward") => Norm::Backward,
        Some("ortho") => Norm::Ortho,
        Some("forward") => Norm::Forward,
        Some(other) => {
            return Err(PyValueError::new_err(format!(
                "norm must be \"backward\", \"ortho\" or \"forward\", and is \"{other}\""
            )));
        }
    })
}

fn run<'py>(
    py: Python<'py>,
    x: &Tensor,
    transform: &Transform<'_>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let result = enter_detached(py, x.nbytes().saturating_mul(4), || transform.of(x))?;
    deliver(py, result, out, transform.name)
}

/// The axes of a transform over several, with their lengths.
fn axes(
    name: &str,
    ndim: usize,
    lengths: Option<Ints>,
    axes: Option<Ints>,
) -> PyResult<Vec<(isize, Option<isize>)>> {
    let axes: Vec<isize> = match (&axes, &lengths) {
        (Some(axes), _) => axes.to_vec(),
        // The last ones.
        (None, Some(lengths)) => {
            (0..lengths.len()).map(|place| place as isize - lengths.len() as isize).collect()
        }
        (None, None) => (0..ndim as isize).collect(),
    };
    let Some(lengths) = lengths else {
        return Ok(axes.into_iter().map(|axis| (axis, None)).collect());
    };
    if lengths.len() != axes.len() {
        return Err(PyValueError::new_err(format!(
            "{name}: `s` has {} lengths for {} axes",
            lengths.len(),
            axes.len()
        )));
    }
    // -1 is the length as it is.
    let length = |&length: &isize| (length != -1).then_some(length);
    Ok(axes.into_iter().zip(lengths.iter().map(length)).collect())
}

/// Functions of one axis.
macro_rules! one_axis {
    ($($(#[doc = $doc:literal])+ $name:ident = $spectrum:ident $inverse:literal;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// `n`: how many elements are transformed; others are left out, missing ones are zeros.
            /// `axis` (PyTorch's `dim`): along which axis. `norm`: who divides by `n`: `"backward"`
            /// the inverse transforms, `"forward"` the others, `"ortho"` all, by its square root.
            /// `out` receives the result, which is else fresh memory. Computed in float32 or
            /// float64 as the numbers of `x` are; 16-bit floats in float32, integers in the default
            /// dtype. Raises `ValueError` where there is nothing to transform.
            #[pyfunction]
            #[pyo3(
                signature = (x, /, n=None, axis=None, norm=None, *, dim=None, out=None),
                text_signature = "(x, /, n=None, axis=-1, norm='backward', *, dim=None, out=None)"
            )]
            fn $name<'py>(
                py: Python<'py>,
                x: Source,
                n: Option<isize>,
                axis: Option<isize>,
                norm: Option<&str>,
                dim: Option<isize>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let axis = either(stringify!($name), dim, axis)?.unwrap_or(-1);
                let transform = Transform {
                    name: stringify!($name),
                    spectrum: Spectrum::$spectrum,
                    inverse: $inverse,
                    norm: self::norm(norm)?,
                    axes: &[(axis, n)],
                };
                run(py, x.0.tensor(), &transform, out)
            }
        )+

        fn register_one(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(module.add_function(wrap_pyfunction!($name, module)?)?;)+
            Ok(())
        }
    };
}

one_axis! {
    /// The discrete Fourier transform: `out[k] = Σ x[j] exp(-2πi jk/n)`.
    fft = Complex false;
    /// The inverse of `fft`: `out[k] = Σ x[j] exp(2πi jk/n) / n`.
    ifft = Complex true;
    /// `fft` of real numbers, without the second half of the result, which mirrors the first:
    /// `n // 2 + 1` numbers. An even `n` takes half the work of complex numbers.
    rfft = ToHalf false;
    /// The inverse of `rfft`: `n` real numbers, `2 * (x.shape[axis] - 1)` if left out.
    irfft = FromHalf true;
    /// `fft` of numbers that mirror themselves, `x[-j] = conj(x[j])`, of which the first half is
    /// given: `n` real numbers, `2 * (x.shape[axis] - 1)` if left out.
    hfft = FromHalf false;
    /// The inverse of `hfft`: of real numbers the first half, `n // 2 + 1` numbers.
    ihfft = ToHalf true;
}

/// Functions of several axes, in two forms: of all axes, and of the last two.
macro_rules! several_axes {
    ($($(#[doc = $doc:literal])+ $name:ident $two:ident = $spectrum:ident $inverse:literal;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// `s`: how many elements are transformed along each axis, -1 for all; others are left
            /// out, missing ones are zeros. `axes` (PyTorch's `dim`): the last ones that `s` has
            /// lengths for, or all. `norm` and `out` as `fft`. Computed in float32 or float64 as
            /// `fft`. Raises `ValueError` where there is nothing to transform.
            #[pyfunction]
            #[pyo3(
                signature = (x, /, s=None, axes=None, norm=None, *, dim=None, out=None),
                text_signature = "(x, /, s=None, axes=None, norm='backward', *, dim=None, out=None)"
            )]
            fn $name<'py>(
                py: Python<'py>,
                x: Source,
                s: Option<Ints>,
                axes: Option<Ints>,
                norm: Option<&str>,
                dim: Option<Ints>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let name = stringify!($name);
                let x = x.0.tensor();
                let transform = Transform {
                    name,
                    spectrum: Spectrum::$spectrum,
                    inverse: $inverse,
                    norm: self::norm(norm)?,
                    axes: &self::axes(name, x.ndim(), s, either(name, dim, axes)?)?,
                };
                run(py, x, &transform, out)
            }

            #[doc = concat!("As `fft.", stringify!($name), "` over two axes, the last ones unless `axes` or `dim` says otherwise.")]
            ///
            /// `s`, `norm` and `out` as there.
            #[pyfunction]
            #[pyo3(
                signature = (x, /, s=None, axes=None, norm=None, *, dim=None, out=None),
                text_signature = "(x, /, s=None, axes=(-2, -1), norm='backward', *, dim=None, out=None)"
            )]
            fn $two<'py>(
                py: Python<'py>,
                x: Source,
                s: Option<Ints>,
                axes: Option<Ints>,
                norm: Option<&str>,
                dim: Option<Ints>,
                out: Option<Out<'py>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let axes = either(stringify!($two), dim, axes)?.unwrap_or_else(|| Ints::from([-2, -1]));
                $name(py, x, s, Some(axes), norm, None, out)
            }
        )+

        fn register_several(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(
                module.add_function(wrap_pyfunction!($name, module)?)?;
                module.add_function(wrap_pyfunction!($two, module)?)?;
            )+
            Ok(())
        }
    };
}

several_axes! {
    /// The discrete Fourier transform over several axes.
    fftn fft2 = Complex false;
    /// The inverse of `fftn`.
    ifftn ifft2 = Complex true;
    /// `fftn` of real numbers, without the second half of the last axis, which mirrors the first.
    rfftn rfft2 = ToHalf false;
    /// The inverse of `rfftn`: real numbers, `2 * (x.shape[axis] - 1)` along the last axis if `s`
    /// says nothing.
    irfftn irfft2 = FromHalf true;
}

/// The frequencies of a transform of `n` elements, in its order, from 0 on.
fn frequencies<'py>(
    py: Python<'py>,
    n: isize,
    d: Option<&Bound<'py, PyAny>>,
    half: bool,
    options: Options<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let spacing = d.map_or(Ok(1.0), |d| real(d, "d"))?;
    if spacing == 0.0 {
        return Err(PyValueError::new_err("`d`, the distance of the elements, must not be 0"));
    }
    let count = usize::try_from(n).ok().filter(|&count| count > 0).ok_or_else(|| {
        PyValueError::new_err(format!("`n` must be a positive number of elements, and is {n}"))
    })?;
    let (dtype, device) = (options.float(), options.device());
    if !dtype.is_float() {
        return Err(PyTypeError::new_err(format!(
            "frequencies are of a real floating-point dtype, and {dtype} is none"
        )));
    }
    let tensor = enter(py, || creation::frequencies(count, spacing, half, dtype, device))?;
    options.finish(py, tensor)
}

/// The frequencies that `fft` of `n` elements at distance `d` has: `[0, 1, …, -2, -1] / (d * n)`.
///
/// Of `dtype`, the default floating-point dtype if left out, on `device`. Raises `ValueError`
/// unless `n` is positive and `d` is not 0.
#[pyfunction]
#[pyo3(signature = (n, /, d=None, **keywords), text_signature = "(n, /, d=1.0, *, dtype=None, device=None, **options)")]
fn fftfreq<'py>(
    py: Python<'py>,
    n: isize,
    d: Option<&Bound<'py, PyAny>>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    frequencies(py, n, d, false, Options::parse("fftfreq", keywords)?)
}

/// The frequencies that `rfft` of `n` elements at distance `d` has: `[0, 1, …, n // 2] / (d * n)`.
///
/// Of `dtype`, the default floating-point dtype if left out, on `device`. Raises `ValueError`
/// unless `n` is positive and `d` is not 0.
#[pyfunction]
#[pyo3(signature = (n, /, d=None, **keywords), text_signature = "(n, /, d=1.0, *, dtype=None, device=None, **options)")]
fn rfftfreq<'py>(
    py: Python<'py>,
    n: isize,
    d: Option<&Bound<'py, PyAny>>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    frequencies(py, n, d, true, Options::parse("rfftfreq", keywords)?)
}

/// Moves along `axes` by a half, up or down.
fn shifted(py: Python<'_>, x: &Tensor, axes: Option<Ints>, down: bool) -> PyResult<PyTensor> {
    let axes: Vec<isize> = match axes {
        Some(axes) => axes.to_vec(),
        None => (0..x.ndim() as isize).collect(),
    };
    enter_detached(py, x.nbytes(), || {
        let halves = axes
            .iter()
            .map(|&axis| {
                let axis = tensorbridge::layout::normalize_axis(axis, x.ndim())?;
                let half = (x.shape()[axis] / 2) as isize;
                Ok(if down { -half } else { half })
            })
            .collect::<tensorbridge::Result<Vec<_>>>()?;
        ops::roll(x, &halves, Some(&axes))
    })
    .map(PyTensor::new)
}

/// The elements with frequency 0 moved to the middle of `axes` (PyTorch's `dim`), of all axes by
/// default. Fresh memory.
#[pyfunction]
#[pyo3(signature = (x, /, axes=None, *, dim=None))]
fn fftshift(
    py: Python<'_>,
    x: Source,
    axes: Option<Ints>,
    dim: Option<Ints>,
) -> PyResult<PyTensor> {
    shifted(py, x.0.tensor(), either("fftshift", dim, axes)?, false)
}

/// The inverse of `fftshift`: the middle of `axes` (PyTorch's `dim`) moved to the front.
#[pyfunction]
#[pyo3(signature = (x, /, axes=None, *, dim=None))]
fn ifftshift(
    py: Python<'_>,
    x: Source,
    axes: Option<Ints>,
    dim: Option<Ints>,
) -> PyResult<PyTensor> {
    shifted(py, x.0.tensor(), either("ifftshift", dim, axes)?, true)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let fft = PyModule::new(module.py(), "tensorbridge.fft")?;
    register_one(&fft)?;
    register_several(&fft)?;
    fft.add_function(wrap_pyfunction!(fftfreq, &fft)?)?;
    fft.add_function(wrap_pyfunction!(rfftfreq, &fft)?)?;
    fft.add_function(wrap_pyfunction!(fftshift, &fft)?)?;
    fft.add_function(wrap_pyfunction!(ifftshift, &fft)?)?;
    // `tensorbridge/fft.py` gives them their place.
    module.setattr("_fft", fft)
}
