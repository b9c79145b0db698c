//! Random tensors: `rand`, `randn`, `randint`, `randperm`, and the methods that draw in place.
//!
//! The streams are those of PyTorch's CPU generator: the same seed gives the same numbers.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use tensorbridge::layout::Order;
use tensorbridge::ops::random::{self, Distribution};
use tensorbridge::{DType, Dims, Tensor, transfer};

use super::options::{Options, length, lengths, shape_of};
use crate::arguments::Ints;
use crate::generator::{self, PyGenerator};
use crate::operand::{Argument, real};
use crate::tensor::PyTensor;

const UNIT: Distribution = Distribution::Uniform { from: 0.0, to: 1.0 };
const STANDARD: Distribution = Distribution::Normal { mean: 0.0, std: 1.0 };

fn draw<'py>(
    py: Python<'py>,
    distribution: Distribution,
    shape: &[usize],
    default: DType,
    options: Options<'py>,
) -> PyResult<Bound<'py, PyAny>> {
    let (dtype, device) = (options.dtype_or(default), options.device());
    let bytes = shape.iter().fold(8, |bytes: usize, &length| bytes.saturating_mul(length));
    let tensor = generator::with(py, options.generator.as_ref(), bytes, |generator| {
        random::draw(generator, distribution, shape, dtype, device, false)
    })?;
    options.finish(py, tensor)
}

/// The two forms of a distribution without parameters: by shape and like another tensor.
macro_rules! standard {
    ($($(#[doc = $doc:literal])+ $name:ident $like:ident $distribution:expr;)+) => {
        $(
            $(#[doc = $doc])+
            ///
            /// `size`: integers or one sequence. Keywords: `generator` (the default one if left
            /// out), `dtype` (a real or complex floating-point dtype), `device`, `out`.
            #[pyfunction]
            #[pyo3(signature = (*size, **keywords), text_signature = "(*size, generator=None, dtype=None, device=None, **options)")]
            fn $name<'py>(
                py: Python<'py>,
                size: &Bound<'py, PyTuple>,
                keywords: Option<&Bound<'py, PyDict>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let shape = shape_of(stringify!($name), size, keywords)?;
                let options = Options::parse(stringify!($name), keywords)?;
                let default = options.float();
                draw(py, $distribution, &shape, default, options)
            }

            $(#[doc = $doc])+
            ///
            /// Shape, `dtype` and `device` are those of `x`, unless given; `generator` is the
            /// default one, unless given.
            #[pyfunction]
            #[pyo3(signature = (x, /, **keywords), text_signature = "(x, /, *, generator=None, dtype=None, device=None, **options)")]
            fn $like<'py>(
                py: Python<'py>,
                x: Argument,
                keywords: Option<&Bound<'py, PyDict>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                let x = x.tensor(py)?;
                let options = Options::parse(stringify!($like), keywords)?.or_like(&x);
                draw(py, $distribution, x.shape(), x.dtype(), options)
            }
        )+

        fn register_standard(module: &Bound<'_, PyModule>) -> PyResult<()> {
            $(
                module.add_function(wrap_pyfunction!($name, module)?)?;
                module.add_function(wrap_pyfunction!($like, module)?)?;
            )+
            Ok(())
        }
    };
}

standard! {
    /// Uniformly distributed numbers of `[0, 1)`.
    rand rand_like UNIT;
    /// Normally distributed numbers of mean 0 and variance 1.
    randn randn_like STANDARD;
}

fn index(bound: &Bound<'_, PyAny>) -> PyResult<i64> {
    bound.extract()
}

/// The bounds `(low, high)` of `f(high, …)` or `f(low, high, …)`, and what follows them.
fn bounds<'py>(
    function: &str,
    arguments: &Bound<'py, PyTuple>,
    following: usize,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<(i64, i64, Option<Bound<'py, PyAny>>)> {
    let mut given = arguments.iter().collect::<Vec<_>>();
    let take = |name: &str| -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(keywords) = keywords else { return Ok(None) };
        let value = keywords.get_item(name)?;
        if value.is_some() {
            keywords.del_item(name)?;
        }
        Ok(value)
    };
    let (low, high) = (take("low")?, take("high")?);
    let mut size = take("size")?;
    if size.is_none() && following == 1 {
        size = given.pop();
    }
    let mut given = given.into_iter();
    let (low, high) = match (low, high) {
        (low, Some(high)) => (low.or_else(|| given.next()), Some(high)),
        (Some(low), None) => (Some(low), given.next()),
        (None, None) => match (given.next(), given.next()) {
            (Some(low), Some(high)) => (Some(low), Some(high)),
            (high, _) => (None, high),
        },
    };
    match (high, given.next()) {
        (Some(high), None) => Ok((low.map_or(Ok(0), |low| index(&low))?, index(&high)?, size)),
        _ => Err(PyTypeError::new_err(format!(
            "{function}() takes an upper bound, or a lower and an upper one"
        ))),
    }
}

/// Uniformly distributed whole numbers of `[low, high)`. `bounds`: `randint(high, size)` or
/// `randint(low, high, size)`.
///
/// `int64` unless `dtype` says otherwise, on `device`, drawn from `generator` or the default one.
/// Raises `ValueError` for an empty range or one that the
/// dtype does not hold.
#[pyfunction]
#[pyo3(signature = (*bounds, **keywords), text_signature = "(*bounds, generator=None, dtype=None, device=None, **options)")]
fn randint<'py>(
    py: Python<'py>,
    bounds: &Bound<'py, PyTuple>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (low, high, size) = self::bounds("randint", bounds, 1, keywords)?;
    let size = size.ok_or_else(|| PyTypeError::new_err("randint() needs a size"))?;
    let options = Options::parse("randint", keywords)?;
    let distribution = Distribution::Integers { low, high: Some(high) };
    draw(py, distribution, &lengths(size.py(), &size.extract::<Ints>()?)?, DType::Int64, options)
}

/// Uniformly distributed whole numbers of `[low, high)` with the shape and dtype of `x`. `bounds`:
/// `randint_like(x, high)` or `randint_like(x, low, high)`. Drawn from `generator` or the default
/// one; `dtype` and `device` may be others.
#[pyfunction]
#[pyo3(signature = (x, /, *bounds, **keywords), text_signature = "(x, /, *bounds, generator=None, dtype=None, device=None, **options)")]
fn randint_like<'py>(
    py: Python<'py>,
    x: Argument,
    bounds: &Bound<'py, PyTuple>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (low, high, _) = self::bounds("randint_like", bounds, 0, keywords)?;
    let x = x.tensor(py)?;
    let options = Options::parse("randint_like", keywords)?.or_like(&x);
    let distribution = Distribution::Integers { low, high: Some(high) };
    draw(py, distribution, x.shape(), x.dtype(), options)
}

/// The numbers `0` to `n - 1` in random order; `int64` unless `dtype` says otherwise, on `device`.
/// Drawn from `generator` or the default one.
#[pyfunction]
#[pyo3(signature = (n, **keywords), text_signature = "(n, *, generator=None, dtype=None, device=None, **options)")]
fn randperm<'py>(
    py: Python<'py>,
    n: isize,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let count = length(n, "n")?;
    let options = Options::parse("randperm", keywords)?;
    let (dtype, device) = (options.dtype_or(DType::Int64), options.device());
    let bytes = count.saturating_mul(8);
    let tensor = generator::with(py, options.generator.as_ref(), bytes, |generator| {
        random::shuffled(generator, count, dtype, device)
    })?;
    options.finish(py, tensor)
}

/// Normally distributed numbers of mean `mean` and standard deviation `std`, in a tensor of `size`.
///
/// Of the default floating-point dtype unless `dtype` says otherwise, on `device`, drawn from
/// `generator` or the default one.
#[pyfunction]
#[pyo3(signature = (mean=None, std=None, size=None, **keywords), text_signature = "(mean=0.0, std=1.0, size=(), *, generator=None, dtype=None, device=None, **options)")]
fn normal<'py>(
    py: Python<'py>,
    mean: Option<&Bound<'py, PyAny>>,
    std: Option<&Bound<'py, PyAny>>,
    size: Option<Ints>,
    keywords: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let options = Options::parse("normal", keywords)?;
    let distribution = Distribution::Normal {
        mean: mean.map_or(Ok(0.0), |mean| real(mean, "mean"))?,
        std: std.map_or(Ok(1.0), |std| real(std, "std"))?,
    };
    let shape = size.map_or(Ok(Dims::new()), |size| lengths(py, &size))?;
    let default = options.float();
    draw(py, distribution, &shape, default, options)
}

/// Fills a tensor with draws, after every check.
fn refill<'py>(
    slf: Bound<'py, PyTensor>,
    distribution: Distribution,
    generator: Option<&Bound<'py, PyGenerator>>,
) -> PyResult<Bound<'py, PyTensor>> {
    let tensor: &Tensor = slf.get().tensor();
    generator::with(slf.py(), generator, tensor.nbytes(), |generator| {
        tensor.check_writable()?;
        // PyTorch draws normal numbers in blocks only where the memory is dense.
        let serial = !tensor.is_contiguous(Order::C);
        let (shape, dtype, device) = (tensor.shape(), tensor.dtype(), tensor.device());
        let drawn = random::draw(generator, distribution, shape, dtype, device, serial)?;
        transfer::place(tensor, &drawn, "random_")
    })?;
    Ok(slf)
}

#[pymethods]
impl PyTensor {
    /// Fills this tensor with uniformly distributed numbers of `[low, to)`, drawn from `generator`
    /// or the default one; returns it. PyTorch's name for `low` is `from`.
    #[pyo3(signature = (from=None, to=None, *, generator=None), text_signature = "($self, low=0.0, /, to=1.0, *, generator=None)")]
    fn uniform_<'py>(
        slf: Bound<'py, Self>,
        from: Option<&Bound<'py, PyAny>>,
        to: Option<&Bound<'py, PyAny>>,
        generator: Option<&Bound<'py, PyGenerator>>,
    ) -> PyResult<Bound<'py, Self>> {
        let distribution = Distribution::Uniform {
            from: from.map_or(Ok(0.0), |from| real(from, "from"))?,
            to: to.map_or(Ok(1.0), |to| real(to, "to"))?,
        };
        refill(slf, distribution, generator)
    }

    /// Fills this tensor with normally distributed numbers of mean `mean` and standard deviation
    /// `std`, drawn from `generator` or the default one; returns it.
    #[pyo3(signature = (mean=None, std=None, *, generator=None), text_signature = "($self, mean=0.0, std=1.0, *, generator=None)")]
    fn normal_<'py>(
        slf: Bound<'py, Self>,
        mean: Option<&Bound<'py, PyAny>>,
        std: Option<&Bound<'py, PyAny>>,
        generator: Option<&Bound<'py, PyGenerator>>,
    ) -> PyResult<Bound<'py, Self>> {
        let distribution = Distribution::Normal {
            mean: mean.map_or(Ok(0.0), |mean| real(mean, "mean"))?,
            std: std.map_or(Ok(1.0), |std| real(std, "std"))?,
        };
        refill(slf, distribution, generator)
    }

    /// Fills this tensor with whole numbers. `bounds`: `random_(to)` of `[0, to)`,
    /// `random_(low, to)` of `[low, to)`, `random_()` of all non-negative numbers that the dtype counts exactly.
    /// `to=None` stands for the last of those. Drawn from `generator` or the default one; returns
    /// the tensor.
    #[pyo3(signature = (*bounds, generator=None))]
    fn random_<'py>(
        slf: Bound<'py, Self>,
        bounds: &Bound<'py, PyTuple>,
        generator: Option<&Bound<'py, PyGenerator>>,
    ) -> PyResult<Bound<'py, Self>> {
        let at = |place| bounds.get_item(place);
        let distribution = match bounds.len() {
            0 => Distribution::Natural,
            1 => Distribution::Integers { low: 0, high: Some(index(&at(0)?)?) },
            2 if at(1)?.is_none() => Distribution::Integers { low: index(&at(0)?)?, high: None },
            2 => Distribution::Integers { low: index(&at(0)?)?, high: Some(index(&at(1)?)?) },
            more => {
                return Err(PyTypeError::new_err(format!(
                    "random_() takes up to two bounds, and got {more}"
                )));
            }
        };
        refill(slf, distribution, generator)
    }
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    register_standard(module)?;
    module.add_function(wrap_pyfunction!(randint, module)?)?;
    module.add_function(wrap_pyfunction!(randint_like, module)?)?;
    module.add_function(wrap_pyfunction!(randperm, module)?)?;
    module.add_function(wrap_pyfunction!(normal, module)?)
}
