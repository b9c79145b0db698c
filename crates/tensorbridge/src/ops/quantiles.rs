//! Quantiles: what lies at a given share of the elements in ascending order.

use tensorbridge_core::dtype::promote::inexact;
use tensorbridge_core::engine::Operand as Prepared;
use tensorbridge_core::op::{Binary, Compare, Reduce, Sorting, Unary};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Device, Dims, Element, Error, Result, Scalar, Tensor};

use super::elementwise::check_out;
use super::indexing::{index_select, masked_select, take_along_axis};
use super::moments::finish;
use super::reduction::{mask, result_shape};
use super::{
    Reduction, binary, compare, converted, default_dtype, reduce, select, sort, unary, views,
};
use crate::engines::engine;
use crate::values;

/// How a quantile between two elements is made of them: the nine definitions of R. J. Hyndman and
/// Y. Fan, "Sample quantiles in statistical packages" (1996), and four of NumPy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Interpolation {
    InvertedCdf,
    AveragedInvertedCdf,
    ClosestObservation,
    InterpolatedInvertedCdf,
    Hazen,
    Weibull,
    Linear,
    MedianUnbiased,
    NormalUnbiased,
    Lower,
    Higher,
    Midpoint,
    Nearest,
}

use Interpolation as I;

/// Where a quantile lies: between the elements at two places of the order, this far from the first.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    low: usize,
    high: usize,
    weight: f64,
}

impl Interpolation {
    /// Every one, by the name that NumPy gives it.
    pub const NAMES: [(&'static str, Self); 13] = [
        ("inverted_cdf", I::InvertedCdf),
        ("averaged_inverted_cdf", I::AveragedInvertedCdf),
        ("closest_observation", I::ClosestObservation),
        ("interpolated_inverted_cdf", I::InterpolatedInvertedCdf),
        ("hazen", I::Hazen),
        ("weibull", I::Weibull),
        ("linear", I::Linear),
        ("median_unbiased", I::MedianUnbiased),
        ("normal_unbiased", I::NormalUnbiased),
        ("lower", I::Lower),
        ("higher", I::Higher),
        ("midpoint", I::Midpoint),
        ("nearest", I::Nearest),
    ];

    /// Whether every quantile is an element.
    fn picks(self) -> bool {
        matches!(self, I::InvertedCdf | I::ClosestObservation | I::Lower | I::Higher | I::Nearest)
    }

    /// The place of the quantile `share` of `count` elements, at least one.
    fn place(self, count: usize, share: f64) -> Place {
        let (n, last) = (count as f64, count as f64 - 1.0);
        let fit = |a: f64, b: f64| n * share + (a + share * (1.0 - a - b)) - 1.0;
        // The place behind, unless `stays` says of the place itself that it is one.
        let step = |at: f64, stays: bool| if stays { at.floor() } else { at.floor() + 1.0 };
        let at = match self {
            I::InvertedCdf => {
                let at = n * share - 1.0;
                step(at, at.fract() == 0.0)
            }
            I::ClosestObservation => {
                let at = n * share - 1.5;
                step(at, at.fract() == 0.0 && at.rem_euclid(2.0) == 1.0)
            }
            I::AveragedInvertedCdf => n * share - 1.0,
            I::InterpolatedInvertedCdf => fit(0.0, 1.0),
            I::Hazen => fit(0.5, 0.5),
            I::Weibull => fit(0.0, 0.0),
            I::MedianUnbiased => fit(1.0 / 3.0, 1.0 / 3.0),
            I::NormalUnbiased => fit(0.375, 0.375),
            I::Linear => last * share,
            I::Lower => (last * share).floor(),
            I::Higher => (last * share).ceil(),
            I::Midpoint => 0.5 * ((last * share).floor() + (last * share).ceil()),
            I::Nearest => (last * share).round_ties_even(),
        };
        let exactly = |place: usize| Place { low: place, high: place, weight: 0.0 };
        if at <= 0.0 && !(self == I::AveragedInvertedCdf && at == 0.0) {
            return exactly(0);
        }
        if at >= last {
            return exactly(count - 1);
        }
        let low = at.floor() as usize;
        let weight = match (self, at.fract()) {
            (I::AveragedInvertedCdf, fraction) => {
                if fraction == 0.0 {
                    0.5
                } else {
                    1.0
                }
            }
            (_, fraction) => fraction,
        };
        match weight {
            0.0 => exactly(low),
            1.0 => exactly(low + 1),
            weight => Place { low, high: low + 1, weight },
        }
    }
}

/// Which quantiles.
#[derive(Clone, Debug)]
pub struct Quantiles<'a> {
    /// Shares of the elements, from 0 to 1.
    pub shares: &'a [f64],
    /// The first axes of the result, of as many elements as there are shares.
    pub shape: &'a [usize],
    /// What is between two elements.
    pub interpolation: Interpolation,
    /// Whether NaN is left out; else a quantile of NaN is NaN.
    pub skip_nan: bool,
}

/// The quantiles of `tensor` along `axes`, all of them if `None`: a fresh tensor, or into `out`.
/// Its first axes are those of the shares. Of the tensor's dtype, or where quantiles of integers
/// lie between elements of the default dtype. Of no elements it is NaN.
///
/// # Errors
///
/// `Value` for shares outside of 0 to 1, or of no integers; `Type` for complex numbers; `Index`
/// and `Value` for axes as [`reduce`]; for `out` as [`super::binary_into`].
pub fn quantile(
    tensor: &Tensor,
    wanted: &Quantiles<'_>,
    axes: Option<&[isize]>,
    keepdims: bool,
    out: Option<&Tensor>,
) -> Result<Tensor> {
    let from = tensor.dtype();
    if from.is_complex() {
        return Err(Error::dtype(format!("quantiles are not defined for {from}"))
            .hint("complex numbers have no order; take those of magnitudes: `abs(t)`"));
    }
    if let Some(share) = wanted.shares.iter().find(|share| !(0.0..=1.0).contains(*share)) {
        return Err(Error::value(format!(
            "quantiles must be in the range [0, 1], and one is {share:?}"
        )));
    }
    let picks = wanted.interpolation.picks();
    let dtype = if picks { from } else { inexact(from, default_dtype()) };
    let reduced = mask(axes, tensor.ndim())?;
    let over =
        Reduction { op: Reduce::Max, axes: axes.map(Dims::from_slice), keepdims, dtype: None };
    let mut shape = Dims::from_slice(wanted.shape);
    shape.extend(result_shape(&over, tensor, &reduced));
    if let Some(out) = out {
        check_out(out, &shape, dtype, "quantile")?;
    }
    if !tensor.access().host {
        return Tensor::allocate(&shape, dtype, tensor.device(), Fill::Uninitialized);
    }
    let found = of_lines(&lines(tensor, &reduced)?, wanted, dtype)?;
    let front = views::move_axes(&found, &[-1], &[0])?;
    let shape: Vec<isize> = shape.iter().map(|&length| length as isize).collect();
    finish(views::reshape(&front, &shape, "quantile")?, dtype, "quantile", out)
}

/// `tensor` with the reduced axes as one, the last.
fn lines(tensor: &Tensor, reduced: &[bool]) -> Result<Tensor> {
    let of = |wanted: bool| (0..tensor.ndim()).filter(move |&axis| reduced[axis] == wanted);
    let order: Vec<isize> = of(false).chain(of(true)).map(|axis| axis as isize).collect();
    let length = |axis: usize| tensor.shape()[axis];
    let line: usize = of(true).map(length).product();
    let shape: Vec<isize> =
        of(false).map(length).chain([line]).map(|length| length as isize).collect();
    views::reshape(&views::permute(tensor, &order)?, &shape, "quantile")
}

/// A fresh tensor of these elements.
fn listed<T: Element>(elements: &[T], shape: &[usize]) -> Result<Tensor> {
    let result = Tensor::allocate(shape, T::DTYPE, Device::CPU, Fill::Uninitialized)?;
    let address = result.write_address()?.cast::<T>().as_ptr();
    for (place, &element) in elements.iter().enumerate().take(result.count()) {
        // SAFETY: [reach]: below the count. [alive] and [permit]: fresh.
        unsafe { address.add(place).write(element) };
    }
    Ok(result)
}

/// The quantiles of the lines along the last axis, which they replace.
fn of_lines(lines: &Tensor, wanted: &Quantiles<'_>, dtype: DType) -> Result<Tensor> {
    let axis = lines.ndim() - 1;
    let (outer, len) = (&lines.shape()[..axis], lines.shape()[axis]);
    let mut shape = Dims::from_slice(outer);
    shape.push(wanted.shares.len());
    let nothing = |shape: &[usize]| {
        super::creation::full(shape, Scalar::Float(f64::NAN), dtype, lines.device())
    };
    if shape.contains(&0) {
        return Tensor::allocate(&shape, dtype, lines.device(), Fill::Uninitialized);
    }
    if len == 0 {
        return match dtype.is_float() {
            true => nothing(&shape),
            false => {
                Err(Error::value(format!("quantile: of no elements there is none of {dtype}"))
                    .hint("check `t.size` first"))
            }
        };
    }
    // A maximum is NaN where anything is.
    let mut nan = None;
    if lines.dtype().is_float() {
        let last = Some(Dims::from_elem(-1, 1));
        let over = Reduction { op: Reduce::Max, axes: last, keepdims: true, dtype: None };
        let found = unary(Unary::IsNan, &reduce(over, lines)?)?;
        if values::item(&reduce(Reduction::all(Reduce::Any), &found)?)? == Scalar::Bool(true) {
            nan = Some(found);
        }
    }
    let places = |count| -> Vec<Place> {
        wanted.shares.iter().map(|&share| wanted.interpolation.place(count, share)).collect()
    };
    match nan {
        None => between(&Picked::alike(lines, &places(len))?),
        Some(nan) if !wanted.skip_nan => {
            let found = between(&Picked::alike(lines, &places(len))?)?;
            select(&nan, Scalar::Float(f64::NAN), &found)
        }
        Some(_) => {
            let numbers = unary(Unary::Invert, &unary(Unary::IsNan, lines)?)?;
            if outer.iter().product::<usize>() == 1 {
                let rest = masked_select(lines, &numbers)?;
                let mut shape: Dims<isize> = outer.iter().map(|_| 1).collect();
                shape.push(rest.count() as isize);
                return of_lines(&views::view(&rest, &shape)?, wanted, dtype);
            }
            let over = Reduction {
                op: Reduce::Count,
                axes: Some(Dims::from_elem(-1, 1)),
                keepdims: false,
                dtype: None,
            };
            let counts = reduce(over, &numbers)?;
            // A line of nothing but NaN has one first.
            let places: Vec<Place> = values::elements::<i64>(&counts)?
                .flat_map(|count| places((count as usize).max(1)))
                .collect();
            between(&Picked::each(lines, &places, &shape)?)
        }
    }
}

/// The elements around quantiles, and how far these are from the first.
struct Picked {
    low: Tensor,
    high: Option<Tensor>,
    weight: Tensor,
}

/// More places than these are found by sorting.
const FEW: usize = 16;

impl Picked {
    /// At the same places of every ordered line.
    fn alike(lines: &Tensor, places: &[Place]) -> Result<Self> {
        let len = lines.shape()[lines.ndim() - 1];
        let mut ranks: Vec<usize> =
            places.iter().flat_map(|place| [place.low, place.high]).collect();
        ranks.sort_unstable();
        ranks.dedup();
        let few = ranks.len() <= FEW && len > 4 * ranks.len();
        let sorted = if few { ranked(lines, &ranks)? } else { sort(lines, -1, ASCENDING)? };
        let at = |wanted: usize| match few {
            true => ranks.partition_point(|&rank| rank < wanted) as i64,
            false => wanted as i64,
        };
        let shape = [places.len()];
        let pick = |which: fn(&Place) -> usize| {
            let index: Vec<i64> = places.iter().map(|place| at(which(place))).collect();
            index_select(&sorted, -1, &listed(&index, &shape)?)
        };
        Self::of(places, &shape, pick)
    }

    /// At places of its own in each ordered line; `shape` is that of all of them.
    fn each(lines: &Tensor, places: &[Place], shape: &[usize]) -> Result<Self> {
        let sorted = sort(lines, -1, ASCENDING)?;
        let pick = |which: fn(&Place) -> usize| {
            let index: Vec<i64> = places.iter().map(|place| which(place) as i64).collect();
            take_along_axis(&sorted, &listed(&index, shape)?, -1)
        };
        Self::of(places, shape, pick)
    }

    fn of(
        places: &[Place],
        shape: &[usize],
        pick: impl Fn(fn(&Place) -> usize) -> Result<Tensor>,
    ) -> Result<Self> {
        let weights: Vec<f64> = places.iter().map(|place| place.weight).collect();
        let exact = weights.iter().all(|&weight| weight == 0.0);
        Ok(Self {
            low: pick(|place| place.low)?,
            high: if exact { None } else { Some(pick(|place| place.high)?) },
            weight: listed(&weights, shape)?,
        })
    }
}

const ASCENDING: Sorting = Sorting { descending: false, stable: false };

/// The elements at `ranks`, which ascend, of each ordered line.
fn ranked(lines: &Tensor, ranks: &[usize]) -> Result<Tensor> {
    let axis = lines.ndim() - 1;
    let mut shape = Dims::from_slice(lines.shape());
    shape[axis] = ranks.len();
    let result = Tensor::allocate(&shape, lines.dtype(), lines.device(), Fill::Uninitialized)?;
    let (from, out) = (Prepared::read(lines), Prepared::write(&result)?);
    // SAFETY: [reach] and [alive]: tensors, alive here. [permit] and [alias]: the result is
    // fresh. Places are below the lines' length.
    unsafe { engine(lines.device())?.ranked(from, axis, ranks, out)? };
    Ok(result)
}

/// The quantiles, in `float64` where they are between elements.
fn between(Picked { low, high, weight }: &Picked) -> Result<Tensor> {
    let Some(high) = high else { return Ok(low.clone()) };
    let wide = |tensor| converted(tensor, DType::Float64, "quantile");
    let (low, high) = (wide(low)?, wide(high)?);
    // Without a difference, which of infinities is none.
    let rest = binary(Binary::Subtract, Scalar::Float(1.0), weight)?;
    let sum = binary(
        Binary::Add,
        &binary(Binary::Multiply, &low, &rest)?,
        &binary(Binary::Multiply, &high, weight)?,
    )?;
    select(&compare(Compare::Equal, &low, &high)?, &low, &sum)
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::ErrorKind;

    use super::*;
    use crate::ops::testing::tensor;
    use crate::ops::testing::values as list;

    fn of(t: &Tensor, shares: &[f64], interpolation: Interpolation, skip_nan: bool) -> Tensor {
        let wanted = Quantiles { shares, shape: &[shares.len()], interpolation, skip_nan };
        quantile(t, &wanted, Some(&[-1]), false, None).unwrap()
    }

    #[test]
    fn between_and_at_elements() {
        let t = tensor(&[2, 4], &[4., 1., 3., 2., 40., 10., 30., 20.], DType::Int16);
        let found = of(&t, &[0.0, 0.5, 1.0], I::Linear, false);
        assert_eq!((found.dtype(), found.shape()), (DType::Float32, &[3, 2][..]));
        assert_eq!(list(&found), [1., 10., 2.5, 25., 4., 40.]);
        let found = of(&t, &[0.4], I::Higher, false);
        assert_eq!((found.dtype(), list(&found)), (DType::Int16, vec![3., 30.]));
        let wanted =
            Quantiles { shares: &[1.5], shape: &[], interpolation: I::Linear, skip_nan: false };
        let error = quantile(&t, &wanted, None, false, None).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Value);
    }

    #[test]
    fn nan_spreads_or_is_left_out() {
        let nan = f64::NAN;
        let t = tensor(&[3, 3], &[1., nan, 5., 2., 4., 3., nan, nan, nan], DType::Float32);
        let spread = list(&of(&t, &[0.5], I::Linear, false));
        assert!(spread[0].is_nan() && spread[1] == 3.0 && spread[2].is_nan());
        let rest = list(&of(&t, &[0.5], I::Linear, true));
        assert!(rest[..2] == [3.0, 3.0] && rest[2].is_nan());
        let ends = tensor(&[2], &[1.0, f64::INFINITY], DType::Float64);
        assert_eq!(list(&of(&ends, &[0.5], I::Linear, false)), [f64::INFINITY]);
    }

    #[test]
    fn places_of_the_definitions() {
        let at = |interpolation: Interpolation, count, share| {
            let Place { low, high, weight } = interpolation.place(count, share);
            (low, high, weight)
        };
        assert_eq!(at(I::AveragedInvertedCdf, 4, 0.25), (0, 1, 0.5));
        assert_eq!(at(I::AveragedInvertedCdf, 4, 0.3), (1, 1, 0.0));
        assert_eq!(at(I::InvertedCdf, 4, 0.25), (0, 0, 0.0));
        assert_eq!(at(I::InvertedCdf, 4, 0.26), (1, 1, 0.0));
        assert_eq!(at(I::Hazen, 4, 0.5), (1, 2, 0.5));
        assert_eq!(at(I::Weibull, 1, 0.9), (0, 0, 0.0));
    }
}
