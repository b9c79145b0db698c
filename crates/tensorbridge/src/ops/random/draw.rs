//! Tensors of random elements: distributions and dtypes brought together.

use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::layout::Order;
use tensorbridge_core::scalar::{FromScalar, integer_range};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Device, DeviceKind, Error, Result, Scalar, Tensor, with_dtype};

use super::{
    Generator, NaturalRange, STATE_BYTES, UniformInt, normal_f32, normal_f64, normal_reduced,
    normal_serial, permutation, uniform_f32, uniform_f64, uniform_reduced,
};
use crate::exchange::Reason;
use crate::ops::creation::filled;
use crate::transfer;

/// What is drawn. The names are those of PyTorch's in-place methods.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// `uniform_`: floats of `[from, to)`.
    Uniform {
        /// The least value.
        from: f64,
        /// The value above all.
        to: f64,
    },
    /// `normal_`.
    Normal {
        /// The mean.
        mean: f64,
        /// The standard deviation.
        std: f64,
    },
    /// `random_(low, high)` and `randint`: whole numbers of `low..high`.
    Integers {
        /// The least value.
        low: i64,
        /// The value above all; `None` stands for all that the dtype counts exactly.
        high: Option<i64>,
    },
    /// `random_()`: the non-negative whole numbers that the dtype counts exactly.
    Natural,
}

impl Distribution {
    fn name(&self) -> &'static str {
        match self {
            Self::Uniform { .. } => "uniform_",
            Self::Normal { .. } => "normal_",
            Self::Integers { .. } | Self::Natural => "random_",
        }
    }

    /// Checks the parameters against `dtype`, before anything is drawn.
    ///
    /// # Errors
    ///
    /// `Type` where the distribution has no elements of `dtype`, `Value` for empty or too wide
    /// ranges and a negative deviation.
    pub fn check(&self, dtype: DType) -> Result<()> {
        let inexact = dtype.is_float() || dtype.is_complex();
        match *self {
            Self::Uniform { .. } | Self::Normal { .. } if !inexact => Err(Error::dtype(format!(
                "`{}` draws floats, and the dtype is {dtype}",
                self.name()
            ))
            .hint("ask for a floating-point dtype, or for whole numbers: `randint`, `random_`")),
            Self::Integers { .. } | Self::Natural if dtype.is_complex() => Err(Error::dtype(
                format!("`random_` draws whole numbers, and the dtype is {dtype}"),
            )),
            Self::Uniform { from, to } => check_bounds(from, to, dtype.real()),
            Self::Normal { std, .. } if std.is_nan() || std < 0.0 => {
                Err(Error::value(format!("normal expects std >= 0.0, but found std {std}")))
            }
            Self::Integers { low, high } => check_range(low, high, dtype),
            Self::Normal { .. } | Self::Natural => Ok(()),
        }
    }
}

fn check_bounds(from: f64, to: f64, dtype: DType) -> Result<()> {
    let max: f64 = match dtype {
        DType::Float16 => f16::MAX.to_f64(),
        DType::BFloat16 => bf16::MAX.to_f64(),
        DType::Float32 => f32::MAX.into(),
        _ => f64::MAX,
    };
    for (name, value) in [("from", from), ("to", to)] {
        if value.is_nan() || value.abs() > max {
            return Err(Error::value(format!("{name} is out of bounds for {dtype}: {value}")));
        }
    }
    if from > to {
        return Err(Error::value(format!(
            "uniform_ expects to return a [from, to) range, but found from={from} > to={to}"
        )));
    }
    if to - from > max {
        return Err(Error::value(format!(
            "uniform_ expects to-from <= {max:e}, but found to={to} and from={from} which result in to-from to exceed the limit"
        )));
    }
    Ok(())
}

fn check_range(low: i64, high: Option<i64>, dtype: DType) -> Result<()> {
    if let Some(high) = high
        && low >= high
    {
        return Err(Error::value(format!(
            "random_ expects 'from' to be less than 'to', but got from={low} >= to={high}"
        )));
    }
    let (least, greatest): (i128, i128) = match dtype {
        DType::Bool => (0, 1),
        DType::Float16 => (-65_504, 65_504),
        dtype if dtype.is_float() => (i64::MIN.into(), i64::MAX.into()),
        dtype => integer_range(dtype),
    };
    for (name, value) in
        [("from", Some(i128::from(low))), ("to - 1", high.map(|high| i128::from(high) - 1))]
    {
        if let Some(value) = value
            && !(least..=greatest).contains(&value)
        {
            return Err(Error::value(format!("{name} is out of bounds for {dtype}: {value}")));
        }
    }
    let last = high.map_or_else(|| last_exact(dtype), |high| high - 1);
    if low > last {
        return Err(Error::value(format!(
            "random_ expects 'from' to be at most {last} for {dtype}, but got from={low}"
        )));
    }
    Ok(())
}

/// The last of the whole numbers from 0 that `dtype` counts exactly (and PyTorch draws).
fn last_exact(dtype: DType) -> i64 {
    match dtype {
        DType::Bool => 1,
        dtype => match digits(dtype) {
            Some(digits) => 1 << digits,
            None => i64::try_from(integer_range(dtype).1).unwrap_or(i64::MAX),
        },
    }
}

/// Significand bits of a floating-point dtype.
fn digits(dtype: DType) -> Option<u32> {
    Some(match dtype {
        DType::BFloat16 => 8,
        DType::Float16 => 11,
        DType::Float32 => 24,
        DType::Float64 => 53,
        _ => return None,
    })
}

/// A fresh tensor of `dtype` drawn from `distribution`, in C order. The `meta` device draws
/// nothing.
///
/// `serial` draws normal numbers one at a time, as PyTorch does for tensors that are not
/// contiguous.
///
/// # Errors
///
/// Those of [`Distribution::check`]; `Memory` when there is no room.
pub fn draw(
    generator: &mut Generator,
    distribution: Distribution,
    shape: &[usize],
    dtype: DType,
    device: Device,
    serial: bool,
) -> Result<Tensor> {
    distribution.check(dtype)?;
    if device.kind != DeviceKind::Cpu {
        return Tensor::allocate(shape, dtype, device, Fill::Zero);
    }
    let empty = || {
        Error::value(format!(
            "random_ expects a range with values of {dtype} inside, and {distribution:?} has none"
        ))
    };
    match distribution {
        Distribution::Uniform { from, to } => uniform(generator, shape, dtype, from, to),
        Distribution::Normal { mean, std } => normal(generator, shape, dtype, mean, std, serial),
        Distribution::Integers { low, high } => {
            let range = match (digits(dtype), high) {
                (Some(digits), Some(high)) => UniformInt::for_float(low, high, digits),
                (None, Some(high)) => UniformInt::new(low, high),
                (_, None) => UniformInt::inclusive(low, last_exact(dtype)),
            };
            let range = range.ok_or_else(empty)?;
            integers(shape, dtype, || range.sample(generator))
        }
        Distribution::Natural if dtype == DType::UInt64 => {
            // All 64 bits: samples are `i64`, and wrap into the upper half.
            let range = UniformInt::inclusive(i64::MIN, i64::MAX);
            let range = range.ok_or_else(empty)?;
            integers(shape, dtype, || range.sample(generator))
        }
        Distribution::Natural => {
            let range = match digits(dtype) {
                Some(digits) => NaturalRange::Float(digits),
                None => NaturalRange::Integer(value_bits(dtype)),
            };
            integers(shape, dtype, || range.sample(generator))
        }
    }
}

fn value_bits(dtype: DType) -> u32 {
    match dtype {
        DType::Bool => 1,
        dtype => integer_range(dtype).1.ilog2() + 1,
    }
}

fn uniform(
    generator: &mut Generator,
    shape: &[usize],
    dtype: DType,
    from: f64,
    to: f64,
) -> Result<Tensor> {
    let (narrow_from, narrow_to) = (from as f32, to as f32);
    let cpu = Device::CPU;
    match dtype {
        DType::Float16 => filled::<f16>(shape, cpu, |out| {
            uniform_reduced(generator, out, narrow_from, narrow_to, f16::from_f32);
        }),
        DType::BFloat16 => filled::<bf16>(shape, cpu, |out| {
            uniform_reduced(generator, out, narrow_from, narrow_to, bf16::from_f32);
        }),
        DType::Float32 => {
            filled::<f32>(shape, cpu, |out| uniform_f32(generator, out, narrow_from, narrow_to))
        }
        DType::Float64 => filled::<f64>(shape, cpu, |out| uniform_f64(generator, out, from, to)),
        DType::Complex64 => filled::<Complex32>(shape, cpu, |out| {
            uniform_f32(generator, parts_f32(out), narrow_from, narrow_to);
        }),
        _ => filled::<Complex64>(shape, cpu, |out| {
            uniform_f64(generator, parts_f64(out), from, to);
        }),
    }
}

fn normal(
    generator: &mut Generator,
    shape: &[usize],
    dtype: DType,
    mean: f64,
    std: f64,
    serial: bool,
) -> Result<Tensor> {
    let cpu = Device::CPU;
    // Both parts of a complex number together have the deviation.
    let part = std / std::f64::consts::SQRT_2;
    macro_rules! fill {
        ($type:ty, $whole:expr, $round:expr) => {
            filled::<$type>(shape, cpu, |out| {
                if serial { normal_serial(generator, out, mean, std, $round) } else { $whole(out) }
            })
        };
    }
    match dtype {
        DType::Float16 => {
            fill!(f16, |out| normal_reduced(generator, out, mean, std, f16::from_f32), |sample| {
                f16::from_f32(sample as f32)
            })
        }
        DType::BFloat16 => {
            fill!(bf16, |out| normal_reduced(generator, out, mean, std, bf16::from_f32), |sample| {
                bf16::from_f32(sample as f32)
            })
        }
        DType::Float32 => {
            fill!(f32, |out| normal_f32(generator, out, mean, std), |sample| sample as f32)
        }
        DType::Float64 => {
            fill!(f64, |out| normal_f64(generator, out, mean, std), |sample| sample)
        }
        DType::Complex64 => filled::<Complex32>(shape, cpu, |out| {
            normal_f32(generator, parts_f32(out), mean, part);
        }),
        _ => filled::<Complex64>(shape, cpu, |out| {
            normal_f64(generator, parts_f64(out), mean, part);
        }),
    }
}

/// The real and imaginary parts, alternating.
fn parts_f32(numbers: &mut [Complex32]) -> &mut [f32] {
    // SAFETY: a complex number is two floats in a row (`repr(C)`), and the borrow moves on.
    unsafe { std::slice::from_raw_parts_mut(numbers.as_mut_ptr().cast(), 2 * numbers.len()) }
}

/// The real and imaginary parts, alternating.
fn parts_f64(numbers: &mut [Complex64]) -> &mut [f64] {
    // SAFETY: a complex number is two floats in a row (`repr(C)`), and the borrow moves on.
    unsafe { std::slice::from_raw_parts_mut(numbers.as_mut_ptr().cast(), 2 * numbers.len()) }
}

fn integers(shape: &[usize], dtype: DType, mut draw: impl FnMut() -> i64) -> Result<Tensor> {
    let cpu = Device::CPU;
    // The 16-bit formats round by way of single precision.
    match dtype {
        DType::Float16 => filled::<f16>(shape, cpu, |out| {
            out.fill_with(|| f16::from_f32(draw() as f32));
        }),
        DType::BFloat16 => filled::<bf16>(shape, cpu, |out| {
            out.fill_with(|| bf16::from_f32(draw() as f32));
        }),
        dtype => with_dtype!(dtype, T => filled::<T>(shape, cpu, |out| {
            out.fill_with(|| T::from_scalar(Scalar::Int(draw().into())));
        })),
    }
}

/// The generator's state as a `uint8` tensor: the bytes of [`Generator::get_state`].
///
/// # Errors
///
/// `Memory` when there is no room.
pub fn save(generator: &Generator) -> Result<Tensor> {
    filled::<u8>(&[STATE_BYTES], Device::CPU, |out| out.copy_from_slice(&generator.get_state()))
}

/// Restores what [`save`] has saved.
///
/// # Errors
///
/// `Type` for other dtypes, `Value` for what is no state; the generator is then unchanged.
pub fn restore(generator: &mut Generator, state: &Tensor) -> Result<()> {
    if state.dtype() != DType::UInt8 || !state.access().host {
        return Err(Error::dtype(format!(
            "expected a uint8 tensor on the host as a generator's state, and got {} on {}",
            state.dtype(),
            state.device()
        )));
    }
    let state = transfer::contiguous(state, Order::C, "set_state", Reason::Layout)?;
    let mut bytes = vec![0; state.count()];
    // SAFETY: [reach] and [alive]: a dense tensor of that many bytes, alive here, on the host.
    unsafe { state.read_address().copy_to_nonoverlapping(bytes.as_mut_ptr(), bytes.len()) };
    generator.set_state(&bytes).map_err(|error| Error::value(error.to_string()))
}

/// The numbers `0..count` in random order.
///
/// # Errors
///
/// `Type` for `bool` and complex dtypes; `Value` when `dtype` does not count so far exactly;
/// `Memory` when there is no room.
pub fn shuffled(
    generator: &mut Generator,
    count: usize,
    dtype: DType,
    device: Device,
) -> Result<Tensor> {
    if dtype.is_bool() || dtype.is_complex() {
        return Err(Error::dtype(format!("`randperm` is not defined for {dtype}"))
            .hint("use an integer dtype"));
    }
    if i128::try_from(count).unwrap_or(i128::MAX) - 1 > last_exact(dtype).into() {
        return Err(Error::value(format!(
            "n is too large for result tensor type: '{dtype}' does not count to {count} exactly"
        ))
        .hint("use `dtype=tb.int64`"));
    }
    with_dtype!(dtype, T => filled::<T>(&[count], device, |out| {
        permutation(generator, out, |index| T::from_scalar(Scalar::Int(index as i128)));
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::values;

    const UNIT: Distribution = Distribution::Uniform { from: 0.0, to: 1.0 };
    const NORMAL: Distribution = Distribution::Normal { mean: 0.0, std: 1.0 };

    #[test]
    fn streams_start_as_recorded() {
        let mut generator = Generator::new(0);
        let draw = |generator: &mut Generator, what, dtype| {
            values(&draw(generator, what, &[1], dtype, Device::CPU, false).unwrap())[0]
        };
        assert_eq!(draw(&mut generator, UNIT, DType::Float32), 0.496_256_589_889_526_37);
        assert_eq!(draw(&mut generator, NORMAL, DType::Float32), 0.207_235_485_315_322_88);
        let digit = Distribution::Integers { low: 0, high: Some(10) };
        assert_eq!(draw(&mut generator, digit, DType::Int64), 9.0);
    }

    #[test]
    fn what_cannot_be_drawn() {
        let mut generator = Generator::new(0);
        let before = generator.clone();
        let range = |low, high| Distribution::Integers { low, high };
        for (what, dtype) in [
            (UNIT, DType::Int32),
            (NORMAL, DType::Bool),
            (Distribution::Natural, DType::Complex64),
            (Distribution::Uniform { from: 1.0, to: 0.0 }, DType::Float32),
            (Distribution::Uniform { from: 0.0, to: 1e39 }, DType::Float32),
            (Distribution::Uniform { from: f64::NAN, to: 1.0 }, DType::Float64),
            (Distribution::Normal { mean: 0.0, std: -1.0 }, DType::Float32),
            (Distribution::Normal { mean: 0.0, std: f64::NAN }, DType::Float32),
            (range(3, Some(3)), DType::Int64),
            (range(0, Some(300)), DType::UInt8),
            (range(-1, Some(3)), DType::UInt64),
            (range(0, Some(3)), DType::Bool),
            (range(300, None), DType::BFloat16),
        ] {
            assert!(
                draw(&mut generator, what, &[3], dtype, Device::CPU, false).is_err(),
                "{what:?}"
            );
        }
        assert!(shuffled(&mut generator, 300, DType::UInt8, Device::CPU).is_err());
        assert!(shuffled(&mut generator, 3, DType::Bool, Device::CPU).is_err());
        assert_eq!(generator, before);
    }

    #[test]
    fn every_dtype_draws() {
        let mut generator = Generator::new(1);
        for dtype in DType::ALL {
            for what in [UNIT, NORMAL, Distribution::Natural] {
                if what.check(dtype).is_err() {
                    continue;
                }
                for shape in [&[][..], &[0], &[17], &[3, 5]] {
                    for serial in [false, true] {
                        let cpu = Device::CPU;
                        let drawn = draw(&mut generator, what, shape, dtype, cpu, serial).unwrap();
                        assert_eq!((drawn.shape(), drawn.dtype()), (shape, dtype));
                    }
                }
            }
        }
    }
}
