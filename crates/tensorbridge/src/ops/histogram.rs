//! Counting: how often numbers occur, and how many values fall between edges.
//!
//! The bins, and the rules that choose their number, are those of `numpy.histogram`.

use tensorbridge_core::layout::Order;
use tensorbridge_core::op::{Binary, Compare, Reduce, Sorting};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Device, Error, Result, Scalar, Tensor};
use tensorbridge_cpu::tally;

use super::searching::flat;
use super::{Operand, Reduction, binary, compare, creation, reduce, search_sorted, sort, views};
use crate::exchange::Reason;
use crate::transfer;
use crate::values::{check_readable, item};

/// The bins of a histogram.
#[derive(Clone, Debug)]
pub enum Bins {
    /// So many of the same width.
    Count(usize),
    /// Between these edges, which ascend.
    Edges(Tensor),
    /// As many of the same width as a rule finds suitable.
    Rule(String),
}

/// The values as a dense line of one dtype.
fn line(tensor: &Tensor, dtype: DType, operation: &'static str) -> Result<Tensor> {
    check_readable(tensor)?;
    let reason = Reason::Promote { from: tensor.dtype(), to: dtype };
    let line = transfer::cast(&flat(tensor, operation)?, dtype, operation, reason)?;
    transfer::contiguous(&line, Order::C, operation, Reason::Layout)
}

/// The elements of a dense line that nobody else writes.
fn elements<T: tensorbridge_core::Element>(line: &Tensor) -> &[T] {
    assert!(line.is_contiguous(Order::C) && line.is_aligned() && line.dtype() == T::DTYPE);
    // SAFETY: [reach]: all elements of a dense tensor. [alive]: as long as it is borrowed.
    unsafe { std::slice::from_raw_parts(line.read_address().cast(), line.count()) }
}

/// Lets `work` fill the elements of a fresh dense line.
fn fill<T: tensorbridge_core::Element>(
    line: &Tensor,
    work: impl FnOnce(&mut [T]) -> Result<()>,
) -> Result<()> {
    assert!(line.is_contiguous(Order::C) && line.dtype() == T::DTYPE);
    let address = line.write_address()?.cast::<T>().as_ptr();
    // SAFETY: [reach]: all elements of a dense tensor. [alive] and [permit]: it is fresh, its
    // elements are initialised, and nobody else knows of it.
    work(unsafe { std::slice::from_raw_parts_mut(address, line.count()) })
}

/// A copy of a line that nobody else can change.
fn own(line: &Tensor, given: &Tensor, operation: &'static str) -> Result<Tensor> {
    match line.address() == given.address() || !line.is_aligned() {
        true => transfer::copy_contiguous(line, operation, Reason::Requested),
        false => Ok(line.clone()),
    }
}

/// How often each number from 0 on occurs among `tensor`'s, or the sum of the `weights` beside
/// it: a fresh line of `int64`, or of the weights' dtype (`float64` where that is no float), of
/// at least `length` elements.
///
/// # Errors
///
/// `Shape` unless both are lines of one length, `Type` unless the numbers are integers, `Value`
/// for a negative one, `Memory`.
pub fn count_numbers(tensor: &Tensor, weights: Option<&Tensor>, length: usize) -> Result<Tensor> {
    if tensor.ndim() != 1 || !(tensor.dtype().is_integer() || tensor.dtype().is_bool()) {
        return Err(Error::dtype(format!(
            "bincount only supports 1-d non-negative integral inputs, and this is {} of shape {:?}",
            tensor.dtype(),
            tensor.shape()
        )));
    }
    if let Some(weights) = weights.filter(|weights| weights.shape() != tensor.shape()) {
        return Err(Error::shape(format!(
            "weights should be 1-d and have the same length as input: {:?} and {:?}",
            weights.shape(),
            tensor.shape()
        )));
    }
    let numbers = own(&line(tensor, DType::Int64, "bincount")?, tensor, "bincount")?;
    let numbers: &[i64] = elements(&numbers);
    let (mut least, mut greatest) = (0, -1);
    for &number in numbers {
        least = least.min(number);
        greatest = greatest.max(number);
    }
    if least < 0 {
        return Err(Error::value(format!(
            "bincount only supports 1-d non-negative integral inputs, and {least} is among them"
        )));
    }
    let length = length.max(usize::try_from(greatest + 1).unwrap_or(usize::MAX));
    weighed(numbers, weights, length, "bincount")
}

/// Counts, or sums of weights, of the numbers below `length`.
fn weighed(
    numbers: &[i64],
    weights: Option<&Tensor>,
    length: usize,
    operation: &'static str,
) -> Result<Tensor> {
    let zeros = |dtype| Tensor::allocate(&[length], dtype, Device::CPU, Fill::Zero);
    let Some(weights) = weights else {
        let counts = zeros(DType::Int64)?;
        fill(&counts, |counts| tally::count(numbers, counts))?;
        return Ok(counts);
    };
    if weights.dtype().is_complex() {
        return Err(Error::dtype(format!("{operation}: weights must be real numbers")));
    }
    let dtype = if weights.dtype().is_float() { weights.dtype() } else { DType::Float64 };
    let given = weights;
    let weights = own(&line(weights, DType::Float64, operation)?, given, operation)?;
    let sums = zeros(DType::Float64)?;
    fill(&sums, |sums| tally::sum(numbers, elements(&weights), sums))?;
    transfer::cast(&sums, dtype, operation, Reason::Cast { from: DType::Float64, to: dtype })
}

/// How many values fall into each bin, or the sum of their `weights`, and the edges of the bins:
/// a histogram, or with `density` one whose area is 1.
///
/// # Errors
///
/// `Value` for no bins, edges that descend, or a range that is not finite; `Shape` where the
/// weights have another shape; `Type` for complex numbers.
pub fn histogram(
    tensor: &Tensor,
    bins: &Bins,
    range: Option<(f64, f64)>,
    density: bool,
    weights: Option<&Tensor>,
) -> Result<[Tensor; 2]> {
    if let Some(weights) = weights.filter(|weights| weights.shape() != tensor.shape()) {
        return Err(Error::shape(format!(
            "weights should have the same shape as a: {:?} and {:?}",
            weights.shape(),
            tensor.shape()
        )));
    }
    let (edges, numbers) = match bins {
        Bins::Edges(edges) => (checked_edges(edges)?, between(tensor, edges)?),
        bins => {
            let values = values(tensor)?;
            if weights.is_some() && matches!(bins, Bins::Rule(_)) {
                return Err(Error::dtype(
                    "Automated estimation of the number of bins is not supported for weighted data",
                ));
            }
            let edges = even_edges(tensor, &values, bins, range)?;
            let wide = line(&edges, DType::Float64, "histogram")?;
            let numbers =
                Tensor::allocate(&[values.count()], DType::Int64, Device::CPU, Fill::Zero)?;
            fill(&numbers, |bins| tally::evenly(elements(&values), elements(&wide), bins))?;
            (edges, numbers)
        }
    };
    let counts = weighed(elements(&numbers), weights, edges.count() - 1, "histogram")?;
    if !density {
        return Ok([counts, edges]);
    }
    let width =
        |tensor: &Tensor, start| views::narrow(tensor, 0, start, tensor.count() as isize - 1);
    let wide = line(&edges, DType::Float64, "histogram")?;
    let widths = binary(Binary::Subtract, &width(&wide, 1)?, &width(&wide, 0)?)?;
    let counts = line(&counts, DType::Float64, "histogram")?;
    let all = reduce(Reduction::all(Reduce::Sum), &counts)?;
    let density = binary(Binary::Divide, &binary(Binary::Divide, &counts, &widths)?, &all)?;
    Ok([density, edges])
}

/// The edges of the bins of a histogram.
///
/// # Errors
///
/// As [`histogram`].
pub fn bin_edges(tensor: &Tensor, bins: &Bins, range: Option<(f64, f64)>) -> Result<Tensor> {
    match bins {
        Bins::Edges(edges) => checked_edges(edges),
        bins => even_edges(tensor, &values(tensor)?, bins, range),
    }
}

fn values(tensor: &Tensor) -> Result<Tensor> {
    if tensor.dtype().is_complex() {
        return Err(Error::dtype("histogram: complex numbers have no order")
            .hint("count magnitudes (`abs(t)`) or parts (`t.real`, `t.imag`)"));
    }
    own(&line(tensor, DType::Float64, "histogram")?, tensor, "histogram")
}

fn checked_edges(edges: &Tensor) -> Result<Tensor> {
    if edges.ndim() != 1 || edges.count() < 2 {
        return Err(Error::value("`bins` must be 1d, when an array, and of two edges at least"));
    }
    let count = edges.count() as isize - 1;
    let (low, high) = (views::narrow(edges, 0, 0, count)?, views::narrow(edges, 0, 1, count)?);
    let falls = reduce(Reduction::all(Reduce::Any), &compare(Compare::Greater, &low, &high)?)?;
    if item(&falls)?.cast::<f64>() != 0.0 {
        return Err(Error::value("`bins` must increase monotonically, when an array"));
    }
    Ok(edges.clone())
}

/// The numbers of the bins that values fall into: those outside get one that is none.
fn between(tensor: &Tensor, edges: &Tensor) -> Result<Tensor> {
    let places = search_sorted(edges, &Operand::from(tensor), true, None, None)?;
    let last = views::narrow(edges, 0, edges.count() as isize - 1, 1)?;
    let at_last = compare(Compare::Equal, tensor, &last)?;
    let at_last = flat(&at_last, "histogram")?;
    let places = flat(&places, "histogram")?;
    let bins = binary(Binary::Subtract, &places, Scalar::Int(1))?;
    line(&binary(Binary::Subtract, &bins, &at_last)?, DType::Int64, "histogram")
}

/// The outermost edges.
fn ends(values: &[f64], range: Option<(f64, f64)>) -> Result<(f64, f64)> {
    let (low, high) = match range {
        Some((low, high)) => {
            if low > high {
                return Err(Error::value("max must be larger than min in range parameter."));
            }
            if !(low.is_finite() && high.is_finite()) {
                return Err(Error::value(format!(
                    "supplied range of [{low}, {high}] is not finite"
                )));
            }
            (low, high)
        }
        None if values.is_empty() => (0.0, 1.0),
        None => {
            let low = values.iter().copied().fold(f64::INFINITY, f64::min);
            let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let nan = values.iter().any(|value| value.is_nan());
            if nan || !(low.is_finite() && high.is_finite()) {
                let (low, high) = if nan { (f64::NAN, f64::NAN) } else { (low, high) };
                return Err(Error::value(format!(
                    "autodetected range of [{low}, {high}] is not finite"
                ))
                .hint("give one: `range=(0, 1)`"));
            }
            (low, high)
        }
    };
    Ok(if low == high { (low - 0.5, high + 0.5) } else { (low, high) })
}

fn even_edges(
    tensor: &Tensor,
    values: &Tensor,
    bins: &Bins,
    range: Option<(f64, f64)>,
) -> Result<Tensor> {
    let (low, high) = ends(elements(values), range)?;
    let count = match bins {
        Bins::Count(0) => return Err(Error::value("`bins` must be positive, when an integer")),
        Bins::Count(count) => *count,
        Bins::Rule(rule) => count_by_rule(rule, tensor, values, (low, high))?,
        Bins::Edges(_) => unreachable!("edges are given"),
    };
    let dtype = match tensor.dtype() {
        DType::Float16 | DType::BFloat16 | DType::Float32 => DType::Float32,
        _ => DType::Float64,
    };
    let edges = creation::full(&[count + 1], Scalar::Bool(false), DType::Float64, Device::CPU)?;
    let step = (high - low) / count as f64;
    fill(&edges, |edges: &mut [f64]| {
        for (place, edge) in edges.iter_mut().enumerate() {
            *edge = if place == count { high } else { low + place as f64 * step };
        }
        Ok(())
    })?;
    let reason = Reason::Cast { from: DType::Float64, to: dtype };
    let edges = transfer::cast(&edges, dtype, "histogram", reason)?;
    let wide = line(&edges, DType::Float64, "histogram")?;
    if elements::<f64>(&wide).windows(2).any(|pair| pair[0] >= pair[1]) {
        return Err(Error::value(format!(
            "Too many bins for data range. Cannot create {count} finite-sized bins."
        )));
    }
    Ok(edges)
}

/// The number of bins that one of NumPy's rules finds suitable.
fn count_by_rule(
    rule: &str,
    tensor: &Tensor,
    values: &Tensor,
    (low, high): (f64, f64),
) -> Result<usize> {
    const RULES: [&str; 7] = ["auto", "doane", "fd", "rice", "scott", "sqrt", "sturges"];
    if !RULES.contains(&rule) {
        return Err(Error::value(format!("'{rule}' is not a valid estimator for `bins`"))
            .hint(format!("one of {}", RULES.join(", "))));
    }
    let plain = Sorting { descending: false, stable: false };
    let ordered = sort(values, 0, plain)?;
    let ordered: &[f64] = elements(&ordered);
    let inside = &ordered[ordered.partition_point(|&value| value < low)
        ..ordered.partition_point(|&value| value <= high)];
    let (Some(&first), Some(&last)) = (inside.first(), inside.last()) else { return Ok(1) };
    let (count, spread) = (inside.len() as f64, last - first);
    // Between elements where a quantile falls between them.
    let quantile = |share: f64| {
        let place = share * (count - 1.0);
        let (low, high) = (inside[place as usize], inside[(place.ceil()) as usize]);
        low + (high - low) * place.fract()
    };
    let average = inside.iter().sum::<f64>() / count;
    let moment =
        |power: i32| inside.iter().map(|value| (value - average).powi(power)).sum::<f64>() / count;
    let by_root = spread / count.sqrt();
    let by_logarithm = spread / (count.log2() + 1.0);
    let by_quartiles = 2.0 * (quantile(0.75) - quantile(0.25)) * count.powf(-1.0 / 3.0);
    let width = match rule {
        "sqrt" => by_root,
        "sturges" => by_logarithm,
        "rice" => spread / (2.0 * count.cbrt()),
        "scott" => (24.0 * std::f64::consts::PI.sqrt() / count).cbrt() * moment(2).sqrt(),
        "fd" => by_quartiles,
        "doane" => {
            let deviation = moment(2).sqrt();
            if inside.len() < 3 || deviation == 0.0 {
                return Ok(1);
            }
            let bound = (6.0 * (count - 2.0) / ((count + 1.0) * (count + 3.0))).sqrt();
            let skew = moment(3) / deviation.powi(3);
            spread / (1.0 + count.log2() + (1.0 + skew.abs() / bound).log2())
        }
        _ => by_quartiles.max(by_root / 2.0).min(by_logarithm),
    };
    let whole = tensor.dtype().is_integer() || tensor.dtype().is_bool();
    let width = if whole && width < 1.0 && width > 0.0 { 1.0 } else { width };
    Ok(if width > 0.0 { ((high - low) / width).ceil() as usize } else { 1 })
}
