//! Einstein's summation, in letters or lists.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyEllipsis, PyList, PyString, PyTuple};
use tensorbridge::Tensor;
use tensorbridge::ops;
use tensorbridge::ops::einsum::{Label, Order, Subscripts};

use super::statistical::into;
use crate::arguments::tensor;
use crate::dtype;
use crate::errors::OrRaise;
use crate::operand::Out;

/// How many times longer a contraction takes than reading its operands, at least.
const WEIGHT: usize = 8;

/// `"ij,jk->ik", a, b`, or `a, [0, 1], b, [1, 2], [0, 2]`.
fn read(arguments: &Bound<'_, PyTuple>) -> PyResult<(Subscripts, Vec<Tensor>)> {
    let py = arguments.py();
    let mut given: Vec<Bound<'_, PyAny>> = arguments.iter().collect();
    let Some(first) = given.first() else {
        return Err(PyTypeError::new_err("einsum() needs subscripts and operands"));
    };
    if let Ok(text) = first.cast::<PyString>() {
        let subscripts = Subscripts::parse(text.to_str()?).or_raise(py)?;
        given.remove(0);
        // PyTorch takes one list of operands, too.
        if let [only] = &given[..]
            && (only.is_instance_of::<PyList>() || only.is_instance_of::<PyTuple>())
        {
            given = only.try_iter()?.collect::<PyResult<_>>()?;
        }
        let operands = given.iter().map(|item| tensor(item, "einsum")).collect::<PyResult<_>>()?;
        return Ok((subscripts, operands));
    }
    let labels = |item: &Bound<'_, PyAny>| -> PyResult<Vec<Label>> {
        let one = |label: Bound<'_, PyAny>| match label.is_instance_of::<PyEllipsis>() {
            true => Ok(Label::Rest),
            false => label.extract().map(Label::Axis).map_err(|_| {
                PyTypeError::new_err(format!(
                    "einsum(): a list of subscripts holds numbers from 0 on and `...`, not {label}"
                ))
            }),
        };
        item.try_iter()?.map(|label| one(label?)).collect()
    };
    let output = match given.len() % 2 {
        0 => None,
        _ => given.pop().map(|item| labels(&item)).transpose()?,
    };
    let (mut inputs, mut operands) = (Vec::new(), Vec::new());
    for pair in given.as_chunks::<2>().0 {
        operands.push(tensor(&pair[0], "einsum")?);
        inputs.push(labels(&pair[1])?);
    }
    if inputs.is_empty() {
        return Err(PyTypeError::new_err(
            "einsum() needs operands, each followed by its list of subscripts",
        ));
    }
    Ok((Subscripts::listed(inputs, output), operands))
}

/// `optimize=`: a bool, a name, a name with a limit, or the path that `einsum_path` gave.
fn order(optimize: Option<&Bound<'_, PyAny>>, default: Order) -> PyResult<Order> {
    let Some(optimize) = optimize else { return Ok(default) };
    if let Ok(flag) = optimize.cast::<PyBool>() {
        return Ok(if flag.is_true() { Order::Automatic } else { Order::Given });
    }
    let named = |name: &Bound<'_, PyString>| match name.to_str()? {
        "greedy" => Ok(Order::Greedy),
        "optimal" | "dp" => Ok(Order::Cheapest),
        "auto" => Ok(Order::Automatic),
        other => Err(PyValueError::new_err(format!(
            "einsum(): there is no order of contraction {other:?} — hint: \"greedy\", \"optimal\", a bool, or a path of `einsum_path`"
        ))),
    };
    if let Ok(name) = optimize.cast::<PyString>() {
        return named(name);
    }
    let items: Vec<Bound<'_, PyAny>> = optimize.try_iter()?.collect::<PyResult<_>>()?;
    if let [first, rest @ ..] = &items[..]
        && let Ok(name) = first.cast::<PyString>()
    {
        let is_path = name.to_str()? == "einsum_path";
        return match rest {
            // NumPy's limit of memory, which intermediates of pairs keep of themselves.
            [limit] if !is_path && limit.extract::<f64>().is_ok() => named(name),
            [] if !is_path => named(name),
            path => {
                path.iter().map(|places| places.extract()).collect::<PyResult<_>>().map(Order::Path)
            }
        };
    }
    items.iter().map(|places| places.extract()).collect::<PyResult<_>>().map(Order::Path)
}

/// Einstein's summation: products of `operands` whose axes have labels, summed over the labels that
/// the result has not.
///
/// `operands` are first a text like `"ij,jk->ik"` and then the tensors, or each tensor followed by
/// a list of numbers as labels, and at the end the list of the result: `a, [0, 1], b, [1, 2], [0, 2]`.
/// A label twice on an operand is its diagonal; `...` stands for all axes that have no label; without
/// `->` the result has the labels that are there once, in order.
///
/// Of one operand where nothing is summed up the result is a view, which shares its memory; else it
/// is fresh. Many operands are contracted in pairs, mostly as matrix products, in the order that
/// `optimize` says: `True`, the default, for the cheapest of few and opt_einsum's greedy order of
/// many, `"optimal"`, `"greedy"`, `False` for left to right, or a path of `einsum_path`. `dtype` is
/// what is computed in; `out` receives the result.
///
/// Raises `ValueError` for subscripts that do not fit the operands, `ShapeError` for lengths that
/// differ under one label.
#[pyfunction]
#[pyo3(
    signature = (*operands, optimize=None, dtype=None, out=None),
    text_signature = "(*operands, optimize=True, dtype=None, out=None)"
)]
fn einsum<'py>(
    py: Python<'py>,
    operands: &Bound<'py, PyTuple>,
    optimize: Option<&Bound<'py, PyAny>>,
    dtype: Option<&Bound<'py, PyAny>>,
    out: Option<Out<'py>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (subscripts, tensors) = read(operands)?;
    let order = order(optimize, Order::Automatic)?;
    let dtype = dtype::parse_optional(dtype)?;
    let bytes = tensors.iter().map(|tensor| tensor.nbytes().saturating_mul(WEIGHT)).sum();
    into(py, bytes, out, |out| ops::einsum::einsum(&subscripts, &tensors, &order, dtype, out))
}

/// The order in which `einsum` contracts the same arguments, and a report of what it saves.
///
/// `operands` and `optimize` are those of `einsum`; `"greedy"` is the default. A tuple of the path,
/// `["einsum_path", (0, 1), …]`, which `optimize=` takes (each tuple names operands that leave the
/// list, at whose end their product is put), and of a text in NumPy's form. Raises as `einsum`.
#[pyfunction]
#[pyo3(
    signature = (*operands, optimize=None),
    text_signature = "(*operands, optimize='greedy')"
)]
fn einsum_path<'py>(
    py: Python<'py>,
    operands: &Bound<'py, PyTuple>,
    optimize: Option<&Bound<'py, PyAny>>,
) -> PyResult<(Bound<'py, PyList>, String)> {
    let (subscripts, tensors) = read(operands)?;
    let shapes: Vec<&[usize]> = tensors.iter().map(Tensor::shape).collect();
    let order = order(optimize, Order::Greedy)?;
    let (path, report) = ops::einsum::einsum_path(&subscripts, &shapes, &order).or_raise(py)?;
    let list = PyList::new(py, ["einsum_path"])?;
    for places in path {
        list.append(PyTuple::new(py, places)?)?;
    }
    Ok((list, report))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(einsum, module)?)?;
    module.add_function(wrap_pyfunction!(einsum_path, module)?)
}
