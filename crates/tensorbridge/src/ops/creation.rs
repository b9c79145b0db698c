//! Tensors made from nothing: filled, counted and spaced values.
//!
//! Every function computes one value per element from its index, so that results depend on
//! neither the number of threads nor the order of evaluation.

use tensorbridge_core::dtype::Complex64;
use tensorbridge_core::scalar::FromScalar;
use tensorbridge_core::storage::host::{Fill, is_warm};
use tensorbridge_core::{
    DType, Device, DeviceKind, Element, Error, Layout, Result, Scalar, Tensor, with_dtype,
};

use crate::transfer;

/// A tensor in which every element is `value`.
///
/// # Errors
///
/// `Type` or `Overflow` when `dtype` cannot represent `value`; `Memory` when there is no room.
pub fn full(shape: &[usize], value: Scalar, dtype: DType, device: Device) -> Result<Tensor> {
    full_as(Layout::contiguous(shape, dtype.itemsize())?, value, dtype, device)
}

/// As [`full`], with a given dense layout.
///
/// # Errors
///
/// As [`full`].
pub fn full_as(layout: Layout, value: Scalar, dtype: DType, device: Device) -> Result<Tensor> {
    value.check_fits(dtype)?;
    let warm = device.kind == DeviceKind::Cpu && is_warm(layout.count() * dtype.itemsize());
    if is_zero(value) && !warm {
        return Tensor::allocate_as(layout, dtype, device, Fill::Zero);
    }
    let result = Tensor::allocate_as(layout, dtype, device, Fill::Uninitialized)?;
    transfer::fill(&result, value)?;
    Ok(result)
}

/// Whether the value's bytes are all 0 in every dtype: not so of -0.0.
fn is_zero(value: Scalar) -> bool {
    let zero = |value: f64| value.to_bits() == 0;
    match value {
        Scalar::Bool(value) => !value,
        Scalar::Int(value) => value == 0,
        Scalar::Float(value) => zero(value),
        Scalar::Complex(value) => zero(value.re) && zero(value.im),
    }
}

/// A fresh C-ordered tensor whose elements `write` sets, in C order. On a device without bytes
/// `write` is not called.
pub(super) fn filled<T: Element>(
    shape: &[usize],
    device: Device,
    write: impl FnOnce(&mut [T]),
) -> Result<Tensor> {
    let result = Tensor::allocate(shape, T::DTYPE, device, Fill::Zero)?;
    if device.kind == DeviceKind::Cpu {
        let address = result.write_address()?.cast::<T>();
        // SAFETY: [reach] and [alive]: a dense tensor of `count` elements that lives here, with
        // zeros for bytes, which every element type allows; fresh blocks are aligned for every
        // dtype. [permit] and [alias]: nobody else has seen the memory yet.
        write(unsafe { std::slice::from_raw_parts_mut(address.as_ptr(), result.count()) });
    }
    Ok(result)
}

/// The numbers `start`, `start + step`, … short of `end`: none where the step leads away from it.
///
/// With three integers (or bools) everything is exact. Otherwise the number of elements is
/// `ceil((end - start) / step)` and element `i` is `start + i * step`, both in `float64`.
///
/// # Errors
///
/// `Value` for a step of 0 and for bounds that are not finite; `Type` for complex bounds or a `bool`
/// result; `Overflow` when an integer dtype cannot hold a value.
pub fn arange(
    start: Scalar,
    end: Scalar,
    step: Scalar,
    dtype: DType,
    device: Device,
) -> Result<Tensor> {
    if dtype.is_bool() {
        return Err(Error::dtype(format!("`arange` is not defined for {dtype}"))
            .hint("make integers first, and cast: `tb.arange(n).to(tb.bool)`"));
    }
    match (integer(start), integer(end), integer(step)) {
        (Some(start), Some(end), Some(step)) => whole_steps(start, end, step, dtype, device),
        _ => real_steps(real(start)?, real(end)?, real(step)?, dtype, device),
    }
}

fn integer(scalar: Scalar) -> Option<i128> {
    match scalar {
        Scalar::Bool(value) => Some(value.into()),
        Scalar::Int(value) => Some(value),
        _ => None,
    }
}

fn real(scalar: Scalar) -> Result<f64> {
    match scalar {
        Scalar::Bool(value) => Ok(u8::from(value).into()),
        Scalar::Int(value) => Ok(value as f64),
        Scalar::Float(value) => Ok(value),
        Scalar::Complex(value) => Err(Error::dtype(format!(
            "`arange` takes real numbers, and got {value}: complex numbers have no order"
        ))),
    }
}

fn no_steps() -> Error {
    Error::value("step must be nonzero")
}

fn too_many(count: impl std::fmt::Display) -> Error {
    Error::memory(format!("`arange` of {count} elements is larger than the address space"))
}

fn whole_steps(start: i128, end: i128, step: i128, dtype: DType, device: Device) -> Result<Tensor> {
    if step == 0 {
        return Err(no_steps());
    }
    let span = end.checked_sub(start).ok_or_else(|| too_many("more than 2**127"))?;
    let count = match span.signum() * step.signum() {
        1 => span.unsigned_abs().div_ceil(step.unsigned_abs()),
        _ => 0,
    };
    let count = usize::try_from(count).map_err(|_| too_many(count))?;
    if count > 0 && dtype.is_integer() {
        for end in [start, start + step * (count as i128 - 1)] {
            Scalar::Int(end).check_fits(dtype)?;
        }
    }
    let last = start + step * (count as i128 - 1).max(0);
    let narrow = [start, last].into_iter().all(|end| i64::try_from(end).is_ok());
    with_dtype!(dtype, T => filled::<T>(&[count], device, |out| {
        if narrow || dtype.is_integer() {
            // Modulo 2**64, which loses nothing that the dtype holds.
            let (start, step) = (start as i64, step as i64);
            for (index, slot) in out.iter_mut().enumerate() {
                let value = start.wrapping_add(step.wrapping_mul(index as i64));
                *slot = T::from_scalar(Scalar::Int(value.into()));
            }
        } else {
            for (index, slot) in out.iter_mut().enumerate() {
                *slot = T::from_scalar(Scalar::Int(start + step * index as i128));
            }
        }
    }))
}

fn real_steps(start: f64, end: f64, step: f64, dtype: DType, device: Device) -> Result<Tensor> {
    if step == 0.0 {
        return Err(no_steps());
    }
    if !(start.is_finite() && end.is_finite() && !step.is_nan()) {
        return Err(Error::value(format!("unsupported range: {start} -> {end} by {step}")));
    }
    let onward = if step > 0.0 { start < end } else { start > end };
    // Where the division underflows there is still the start.
    let count = if onward { ((end - start) / step).ceil().max(1.0) } else { 0.0 };
    if count >= isize::MAX as f64 {
        return Err(too_many(count));
    }
    let count = count as usize;
    if count > 0 && dtype.is_integer() {
        for end in [start, start + step * (count - 1) as f64] {
            Scalar::Int(end as i128).check_fits(dtype)?;
        }
    }
    with_dtype!(dtype, T => filled::<T>(&[count], device, |out| {
        for (index, slot) in out.iter_mut().enumerate() {
            *slot = T::from_scalar(Scalar::Float(start + step * index as f64));
        }
    }))
}

/// `count` numbers from `start` to `end` at equal distances; `end` is the last of them if
/// `endpoint`, else the one after.
///
/// Computed in `float64` (or `complex128`) from the nearer end, so that both ends are exact.
/// Integer dtypes truncate towards zero.
///
/// # Errors
///
/// `Type` for complex ends of a real dtype; `Overflow` for ends outside an integer dtype.
pub fn linspace(
    start: Scalar,
    end: Scalar,
    count: usize,
    endpoint: bool,
    dtype: DType,
    device: Device,
) -> Result<Tensor> {
    for end in [start, end] {
        match end {
            Scalar::Float(value) if dtype.is_integer() => {
                Scalar::Int(value as i128).check_fits(dtype)?;
            }
            end => end.check_fits(dtype)?,
        }
    }
    let gaps = if endpoint { count.saturating_sub(1) } else { count };
    let (first, last) = (start.cast::<Complex64>(), end.cast::<Complex64>());
    let step = if gaps == 0 { Complex64::default() } else { (last - first) / gaps as f64 };
    let value = |index: usize| {
        if index < gaps.div_ceil(2) || gaps == 0 {
            first + step * index as f64
        } else {
            last - step * (gaps - index) as f64
        }
    };
    with_dtype!(dtype, T => filled::<T>(&[count], device, |out| {
        for (index, slot) in out.iter_mut().enumerate() {
            let value = value(index);
            *slot = T::from_scalar(match dtype.is_complex() {
                true => Scalar::Complex(value),
                false => Scalar::Float(value.re),
            });
        }
    }))
}

/// The frequencies of a Fourier transform of `count` elements at distance `spacing`, in its order:
/// all of them, the negative ones last, or the first half.
///
/// # Errors
///
/// `Memory` when there is no room.
pub fn frequencies(
    count: usize,
    spacing: f64,
    half: bool,
    dtype: DType,
    device: Device,
) -> Result<Tensor> {
    let span = count as f64 * spacing;
    let shown = if half { count / 2 + 1 } else { count };
    with_dtype!(dtype, T => filled::<T>(&[shown], device, |out| {
        for (index, slot) in out.iter_mut().enumerate() {
            let above = !half && index >= count.div_ceil(2);
            let number = index as f64 - if above { count as f64 } else { 0.0 };
            *slot = T::from_scalar(Scalar::Float(number / span));
        }
    }))
}

/// A matrix of zeros with ones on the diagonal `offset` places to the right of the main one.
///
/// # Errors
///
/// `Memory` when there is no room.
pub fn eye(
    rows: usize,
    columns: usize,
    offset: isize,
    dtype: DType,
    device: Device,
) -> Result<Tensor> {
    let result = Tensor::allocate(&[rows, columns], dtype, device, Fill::Zero)?;
    let (down, right) = (offset.min(0).unsigned_abs(), offset.max(0).unsigned_abs());
    let length = rows.saturating_sub(down).min(columns.saturating_sub(right));
    if length > 0 {
        let size = dtype.itemsize();
        let start = (down * columns + right) * size;
        let stride = (columns + 1) * size;
        let diagonal = Layout::new(&[length], &[stride as isize], start)?;
        transfer::fill(&result.with_layout(diagonal)?, Scalar::Bool(true))?;
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::ErrorKind;

    use super::*;
    use crate::ops::testing::values;

    const INT: fn(i128) -> Scalar = Scalar::Int;
    const FLOAT: fn(f64) -> Scalar = Scalar::Float;

    fn count(start: Scalar, end: Scalar, step: Scalar, dtype: DType) -> Result<Vec<f64>> {
        arange(start, end, step, dtype, Device::CPU).map(|tensor| values(&tensor))
    }

    #[test]
    fn arange_counts_exactly() {
        let int64 = DType::Int64;
        assert_eq!(count(INT(0), INT(4), INT(1), int64).unwrap(), [0., 1., 2., 3.]);
        assert_eq!(count(INT(5), INT(-2), INT(-3), int64).unwrap(), [5., 2., -1.]);
        assert_eq!(count(INT(0), INT(0), INT(-1), int64).unwrap(), [0.0; 0]);
        assert_eq!(count(INT(0), INT(4), INT(-1), int64).unwrap(), [0.0; 0]);
        assert_eq!(count(FLOAT(1.5), INT(0), INT(1), DType::Float32).unwrap(), [0.0; 0]);
        assert_eq!(count(INT(0), FLOAT(1.0), FLOAT(0.25), DType::Float32).unwrap().len(), 4);
        assert_eq!(count(INT(0), FLOAT(5e-324), INT(2), DType::Float64).unwrap(), [0.]);
        let top = i128::from(u64::MAX);
        let last = arange(INT(top - 1), INT(top + 1), INT(1), DType::UInt64, Device::CPU).unwrap();
        assert_eq!(last.count(), 2);
        for (start, end, step, dtype, kind) in [
            (INT(0), INT(4), INT(0), int64, ErrorKind::Value),
            (INT(0), FLOAT(f64::NAN), INT(1), DType::Float32, ErrorKind::Value),
            (INT(0), INT(300), INT(1), DType::UInt8, ErrorKind::Overflow),
            (INT(0), INT(3), INT(1), DType::Bool, ErrorKind::Type),
            (INT(0), INT(1 << 100), INT(1), int64, ErrorKind::Memory),
            (INT(0), FLOAT(1e300), INT(1), int64, ErrorKind::Memory),
            (INT(0), FLOAT(1e18), INT(1), int64, ErrorKind::Memory),
        ] {
            let error = arange(start, end, step, dtype, Device::CPU).unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
        }
    }

    #[test]
    fn linspace_has_exact_ends() {
        let space = |count, endpoint| {
            let (first, last) = (FLOAT(0.1), FLOAT(0.7));
            values(&linspace(first, last, count, endpoint, DType::Float64, Device::CPU).unwrap())
        };
        for count in 2..50 {
            let values = space(count, true);
            assert_eq!((values[0], values[count - 1]), (0.1, 0.7));
        }
        assert_eq!(space(1, true), [0.1]);
        assert_eq!(space(0, true), [0.0; 0]);
        assert_eq!(space(3, false).len(), 3);
        let open = linspace(INT(0), INT(8), 4, false, DType::Int8, Device::CPU).unwrap();
        assert_eq!(values(&open), [0., 2., 4., 6.]);
    }

    #[test]
    fn eye_of_any_form() {
        let eye = |rows, columns, offset| {
            values(&eye(rows, columns, offset, DType::Int8, Device::CPU).unwrap())
        };
        assert_eq!(eye(2, 3, 0), [1., 0., 0., 0., 1., 0.]);
        assert_eq!(eye(2, 3, 2), [0., 0., 1., 0., 0., 0.]);
        assert_eq!(eye(3, 2, -1), [0., 0., 1., 0., 0., 1.]);
        assert_eq!(eye(2, 2, 7), [0.; 4]);
        assert_eq!(eye(2, 2, isize::MIN), [0.; 4]);
        assert_eq!(eye(0, 2, 0), [0.; 0]);
    }

    #[test]
    fn full_checks_and_keeps_minus_zero() {
        let value = full(&[2], FLOAT(-0.0), DType::Float64, Device::CPU).unwrap();
        assert!(values(&value)[0].is_sign_negative());
        assert!(full(&[2], INT(300), DType::UInt8, Device::CPU).is_err());
        assert!(full(&[2], FLOAT(2.7), DType::Int64, Device::CPU).is_err());
        assert_eq!(values(&full(&[2], INT(7), DType::BFloat16, Device::CPU).unwrap()), [7., 7.]);
    }
}
