//! Sequences at equal ratios, powers side by side, and every choice of several.

use tensorbridge_core::op::Binary;
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Device, Error, Result, Scalar, Tensor};

use super::indexing::take;
use super::moments::finish;
use super::reduction::counted;
use super::{binary, binary_into, creation, views};
use crate::transfer;

/// `base` to the power of `count` numbers from `start` to `end` at equal distances. Computed in
/// `float64`.
///
/// # Errors
///
/// `Type` for complex numbers or a `dtype` that is bool; as [`creation::linspace`].
pub fn logspace(
    [start, end]: [Scalar; 2],
    count: usize,
    endpoint: bool,
    base: f64,
    dtype: DType,
    device: Device,
) -> Result<Tensor> {
    if [start, end].iter().any(|end| matches!(end, Scalar::Complex(_))) {
        return Err(Error::dtype("logspace: the exponents must be real"));
    }
    let exponents = creation::linspace(start, end, count, endpoint, DType::Float64, device)?;
    let powers = binary(Binary::Power, Scalar::Float(base), &exponents)?;
    delivered(powers, dtype, "logspace")
}

/// `count` numbers from `start` to `end` at equal ratios, both ends exact. Computed in `float64`.
///
/// # Errors
///
/// `Value` where an end is 0 or the signs differ; as [`logspace`].
pub fn geomspace(
    [start, end]: [Scalar; 2],
    count: usize,
    endpoint: bool,
    dtype: DType,
    device: Device,
) -> Result<Tensor> {
    if [start, end].iter().any(|end| matches!(end, Scalar::Complex(_))) {
        return Err(Error::dtype("geomspace: the ends must be real")
            .hint("`np.geomspace` knows spirals between complex ends"));
    }
    let (first, last) = (start.cast::<f64>(), end.cast::<f64>());
    if first == 0.0 || last == 0.0 {
        return Err(Error::value("Geometric sequence cannot include zero"));
    }
    if (first < 0.0) != (last < 0.0) {
        return Err(Error::value(format!(
            "geomspace: a sequence from {first:?} to {last:?} at equal ratios would meet zero"
        )));
    }
    let ends = [first, last].map(|end| Scalar::Float(end.abs().log10()));
    let exponents = creation::linspace(ends[0], ends[1], count, endpoint, DType::Float64, device)?;
    let powers = binary(Binary::Power, Scalar::Float(10.0), &exponents)?;
    let sign = if first < 0.0 { -1.0 } else { 1.0 };
    binary_into(Binary::Multiply, &powers, Scalar::Float(sign), &powers)?;
    if count > 0 {
        transfer::fill(&views::narrow(&powers, 0, 0, 1)?, Scalar::Float(first))?;
    }
    if count > 1 && endpoint {
        transfer::fill(&views::narrow(&powers, 0, -1, 1)?, Scalar::Float(last))?;
    }
    delivered(powers, dtype, "geomspace")
}

/// `values`, which are fresh, as `dtype`; integers lose their fractions.
fn delivered(values: Tensor, dtype: DType, name: &'static str) -> Result<Tensor> {
    finish(values, dtype, name, None)
}

/// The powers of a vector's elements in rows, of exponents that fall to 0, or rise from it. Fresh;
/// of bool in `int64`.
///
/// # Errors
///
/// `Shape` unless it is a vector, `Memory`.
pub fn vandermonde(tensor: &Tensor, count: usize, increasing: bool) -> Result<Tensor> {
    let &[rows] = tensor.shape() else {
        return Err(Error::shape(format!(
            "vander: the elements must be a vector, and the shape is {:?}",
            tensor.shape()
        )));
    };
    let dtype = if tensor.dtype().is_bool() { counted(DType::Bool) } else { tensor.dtype() };
    let result = Tensor::allocate(&[rows, count], dtype, tensor.device(), Fill::Uninitialized)?;
    let column = |power: usize| {
        let place = if increasing { power } else { count - 1 - power };
        views::select(&result, 1, place as isize)
    };
    for power in 0..count {
        match power {
            0 => transfer::fill(&column(0)?, Scalar::Bool(true))?,
            1 => transfer::place(&column(1)?, tensor, "vander")?,
            _ => {
                let before = column(power - 1)?;
                binary_into(Binary::Multiply, &before, tensor, &column(power)?)?;
            }
        }
    }
    Ok(result)
}

/// Every choice of `size` elements of a vector, in order of their places, each a row. Fresh.
///
/// # Errors
///
/// `Shape` unless it is a vector, `Memory` where there are more choices than memory.
pub fn combinations(tensor: &Tensor, size: usize, repeated: bool) -> Result<Tensor> {
    let &[count] = tensor.shape() else {
        return Err(Error::shape(format!(
            "combinations: Expect a 1D vector, but got shape {:?}",
            tensor.shape()
        )));
    };
    if size == 0 {
        return Tensor::allocate(&[0], tensor.dtype(), tensor.device(), Fill::Uninitialized);
    }
    let rows = choices(count, size, repeated)
        .ok_or_else(|| Error::memory(format!("combinations: too many choices of {size}")))?;
    let places = Tensor::allocate(&[rows, size], DType::Int64, Device::CPU, Fill::Uninitialized)?;
    let out = places.write_address()?.cast::<i64>().as_ptr();
    let mut row: Vec<usize> = (0..size).map(|at| if repeated { 0 } else { at }).collect();
    for index in 0..rows {
        for (at, &place) in row.iter().enumerate() {
            // SAFETY: [reach]: row by row, each of `size` elements. [alive] and [permit]: fresh.
            unsafe { out.add(index * size + at).write(place as i64) };
        }
        // The last place that can still move on, and those behind it after it.
        let top = |at: usize| if repeated { count - 1 } else { count - size + at };
        if let Some(at) = (0..size).rev().find(|&at| row[at] < top(at)) {
            row[at] += 1;
            for behind in at + 1..size {
                row[behind] = row[behind - 1] + usize::from(!repeated);
            }
        }
    }
    take(tensor, &places, Some(0))
}

/// The number of choices, if it can be counted.
fn choices(count: usize, size: usize, repeated: bool) -> Option<usize> {
    let count = if repeated && count > 0 { count.checked_add(size - 1)? } else { count };
    if size > count {
        return Some(0);
    }
    let mut found = 1_u128;
    for at in 0..size.min(count - size) {
        found = found.checked_mul((count - at) as u128)? / (at as u128 + 1);
        if found > u128::from(u64::MAX) {
            return None;
        }
    }
    usize::try_from(found).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{tensor, values};

    #[test]
    fn ratios_and_powers() {
        let ends = [Scalar::Int(-1), Scalar::Int(-100)];
        let found = geomspace(ends, 3, true, DType::Float64, Device::CPU).unwrap();
        assert_eq!(values(&found), [-1., -10., -100.]);
        let ends = [Scalar::Int(0), Scalar::Int(3)];
        let found = logspace(ends, 4, true, 2.0, DType::Int16, Device::CPU);
        assert_eq!(found.map(|found| values(&found)).unwrap(), [1., 2., 4., 8.]);
        let t = tensor(&[2], &[2., 3.], DType::Int8);
        assert_eq!(values(&vandermonde(&t, 3, false).unwrap()), [4., 2., 1., 9., 3., 1.]);
        assert_eq!(values(&vandermonde(&t, 2, true).unwrap()), [1., 2., 1., 3.]);
    }

    #[test]
    fn every_choice() {
        let t = tensor(&[3], &[5., 6., 7.], DType::Int8);
        let of = |size, repeated| values(&combinations(&t, size, repeated).unwrap());
        assert_eq!(of(2, false), [5., 6., 5., 7., 6., 7.]);
        assert_eq!(of(2, true), [5., 5., 5., 6., 5., 7., 6., 6., 6., 7., 7., 7.]);
        assert_eq!(of(3, false), [5., 6., 7.]);
        assert!(of(4, false).is_empty() && of(0, false).is_empty());
        assert_eq!(choices(100, 50, false), None);
    }
}
