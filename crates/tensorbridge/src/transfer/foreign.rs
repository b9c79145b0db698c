//! Copies of what other libraries own: foreign memory, and values picked up one by one.

use tensorbridge_core::dtype::Complex64;
use tensorbridge_core::engine::Operand;
use tensorbridge_core::layout::Order;
use tensorbridge_core::scalar::FromScalar;
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{
    Access, DType, Device, DeviceKind, Engine, Error, Layout, Result, Scalar, Tensor,
    device_unavailable, with_dtype,
};
use tensorbridge_cpu::{Cpu, copy_swapped};

use crate::casting::{self, Casting};
use crate::diagnostics::forbid::permit;
use crate::diagnostics::trace::{Action, Event, watch};
use crate::exchange::{ByteOrder, Reason, Reasons};

/// The copy that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Its dtype.
    pub dtype: DType,
    /// Its device.
    pub device: Device,
    /// What may be done with it.
    pub access: Access,
    /// The rule that a cast must obey; `None` allows any.
    pub casting: Option<Casting>,
}

/// Copies adopted foreign memory into a fresh tensor: its byte order, dtype and device changed
/// in one go, its order of memory kept where it is dense. Heard as one event.
///
/// # Errors
///
/// `Device` for a device that cannot be used, `NotImplemented` out of the meta device, `Memory`
/// when there is no room; as [`casting::check`] where the cast is not allowed.
pub fn materialize(
    source: &Tensor,
    byte_order: ByteOrder,
    wanted: Wanted,
    operation: &'static str,
    reasons: &[Reason],
) -> Result<Tensor> {
    permit(operation, reasons)?;
    let watch = watch();
    let from = source.device();
    let swap = byte_order == ByteOrder::Swapped;
    let dense =
        |dtype: DType| source.layout().dense_like(source.dtype().itemsize(), dtype.itemsize());
    let fresh = |dtype: DType| {
        Tensor::allocate_as(dense(dtype)?, dtype, wanted.device, Fill::Uninitialized)
    };
    let native = || {
        if !swap {
            return Ok(source.clone());
        }
        let native =
            Tensor::allocate_as(dense(source.dtype())?, source.dtype(), from, Fill::Uninitialized)?;
        // SAFETY: [reach] and [alive]: both are tensors, alive here, in host memory, for nowhere
        // else is another byte order. [permit] and [alias]: `native` is fresh.
        unsafe { copy_swapped(Operand::read(source), Operand::write(&native)?)? };
        Result::Ok(native)
    };
    let check = |native: &Tensor| match wanted.casting {
        Some(rule) => casting::check(rule, native, wanted.dtype),
        None => Ok(()),
    };
    let result = match (from.kind, wanted.device.kind) {
        (DeviceKind::Cuda, _) => return Err(device_unavailable(from)),
        (_, DeviceKind::Cuda) => return Err(device_unavailable(wanted.device)),
        (_, DeviceKind::Meta) => {
            if wanted.casting.is_some() {
                check(&native()?)?;
            }
            fresh(wanted.dtype)?
        }
        (DeviceKind::Meta, DeviceKind::Cpu) => return Err(no_data()),
        (DeviceKind::Cpu, DeviceKind::Cpu) => {
            let native = native()?;
            if swap && wanted.dtype == source.dtype() {
                native
            } else {
                check(&native)?;
                let result = fresh(wanted.dtype)?;
                // SAFETY: [reach] and [alive]: as above. [permit] and [alias]: the result is fresh.
                unsafe { Cpu.copy(Operand::read(&native), Operand::write(&result)?)? };
                result
            }
        }
    };
    let result = result.restricted(wanted.access);
    if watch.is_on() {
        let mut event = Event::of(Action::Copied, operation, &result);
        event.reasons = Reasons::from_slice(reasons);
        event.origin = Some(source.storage().origin());
        watch.record(event);
    }
    Ok(result)
}

/// A piece of a tensor that is put together: a number, or a block of several.
#[derive(Clone, Debug)]
pub enum Part {
    /// A truth value.
    Bool(bool),
    /// An integer in the range of `int64`.
    Int(i64),
    /// An integer above that range.
    UInt(u64),
    /// A real number.
    Float(f64),
    /// A complex number.
    Complex(Box<Complex64>),
    /// The elements of a tensor, in C order.
    Block(Box<Tensor>),
}

/// Puts `parts` one after another, in C order, into a fresh tensor of `shape`. Together they
/// have as many elements as `shape`. Heard as one event.
///
/// # Errors
///
/// `Overflow` for an integer outside the range of an integer dtype, `Type` for a complex number
/// in a real dtype, both naming the value; `NotImplemented` for a block of the meta device,
/// `Device` for a device that cannot be used, `Memory` when there is no room; as
/// [`casting::check_number`] and [`casting::check`] where a cast is not allowed.
pub fn assemble(
    parts: &[Part],
    shape: &[usize],
    wanted: Wanted,
    operation: &'static str,
    reasons: &[Reason],
) -> Result<Tensor> {
    permit(operation, reasons)?;
    let watch = watch();
    let result = Tensor::allocate(shape, wanted.dtype, wanted.device, Fill::Uninitialized)?;
    with_dtype!(wanted.dtype, T => write_parts::<T>(parts, &result, wanted.casting)?);
    let result = result.restricted(wanted.access);
    watch.copied(operation, reasons, &result);
    Ok(result)
}

fn write_parts<T: FromScalar>(
    parts: &[Part],
    result: &Tensor,
    rule: Option<Casting>,
) -> Result<()> {
    let rule = rule.unwrap_or(Casting::Unsafe);
    let base = result.write_address()?.as_ptr().cast::<T>();
    // A tensor without bytes still refuses the values that its dtype cannot hold.
    let host = result.access().host;
    let total = result.count();
    let mut place = 0;
    for part in parts {
        let scalar = match part {
            Part::Block(block) => {
                if !block.access().host {
                    return Err(no_data());
                }
                let end = place + block.count();
                check_room(end, total)?;
                casting::check_block(rule, block, T::DTYPE, result.shape(), place)?;
                if host {
                    write_block::<T>(block, result, place)?;
                }
                place = end;
                continue;
            }
            Part::Bool(value) => Scalar::Bool(*value),
            Part::Int(value) => Scalar::Int(i128::from(*value)),
            Part::UInt(value) => Scalar::Int(i128::from(*value)),
            Part::Float(value) => Scalar::Float(*value),
            Part::Complex(value) => Scalar::Complex(**value),
        };
        casting::check_number_at(rule, scalar, T::DTYPE, Some((place, result.shape())))?;
        check_room(place + 1, total)?;
        if host {
            // SAFETY: [reach]: `place < total`, and the result is dense. [permit] and [alias]:
            // it is fresh. Our own blocks are aligned for every element.
            unsafe { base.add(place).write(scalar.cast()) };
        }
        place += 1;
    }
    if place == total {
        return Ok(());
    }
    Err(Error::runtime(format!("{place} values for a tensor of {total} elements")))
}

fn check_room(end: usize, total: usize) -> Result<()> {
    if end <= total {
        return Ok(());
    }
    Err(Error::runtime(format!("more than {total} values for a tensor of {total} elements")))
}

/// Copies `block` to the elements of `result` from `place` on; the caller checked the room.
fn write_block<T: FromScalar>(block: &Tensor, result: &Tensor, place: usize) -> Result<()> {
    if block.dtype() == T::DTYPE && block.is_contiguous(Order::C) {
        // SAFETY: [reach] and [alive]: the block is dense, and the result has room for it.
        // [permit] and [alias]: the result is fresh.
        unsafe {
            let to = result.read_address().add(place * size_of::<T>());
            std::ptr::copy_nonoverlapping(block.read_address(), to, block.nbytes());
        }
        return Ok(());
    }
    let layout = Layout::contiguous(block.shape(), size_of::<T>())?;
    let to = result.with_layout(layout.with_offset(place * size_of::<T>()))?;
    // SAFETY: [reach] and [alive]: both are tensors, alive here, in host memory. [permit] and
    // [alias]: the result is fresh.
    unsafe { Cpu.copy(Operand::read(block), Operand::write(&to)?) }
}

fn no_data() -> Error {
    Error::not_implemented("Cannot copy out of meta tensor; no data!")
        .hint("a meta tensor has a shape and no values: make a tensor with data of that shape")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::trace::Log;

    fn wanted(dtype: DType, device: Device) -> Wanted {
        let access = Access { write: true, host: device == Device::CPU };
        Wanted { dtype, device, access, casting: None }
    }

    fn values<T: FromScalar>(tensor: &Tensor) -> Vec<T> {
        assert!(tensor.is_contiguous(Order::C));
        let address = tensor.read_address().cast::<T>();
        // SAFETY: [reach], [alive]: a dense tensor of our own.
        (0..tensor.count()).map(|index| unsafe { *address.add(index) }).collect()
    }

    fn numbers(parts: &[Part], dtype: DType) -> Result<Tensor> {
        assemble(parts, &[parts.len()], wanted(dtype, Device::CPU), "test", &[Reason::Sequence])
    }

    #[test]
    fn numbers_become_elements() {
        let parts = [Part::Bool(true), Part::Int(-2), Part::Float(2.75)];
        assert_eq!(values::<f32>(&numbers(&parts, DType::Float32).unwrap()), [1.0, -2.0, 2.75]);
        assert_eq!(values::<i64>(&numbers(&parts, DType::Int64).unwrap()), [1, -2, 2]);
        let big = [Part::UInt(u64::MAX)];
        assert_eq!(values::<u64>(&numbers(&big, DType::UInt64).unwrap()), [u64::MAX]);
    }

    #[test]
    fn values_out_of_range_are_named() {
        for (part, dtype, name) in [
            (Part::Int(300), DType::UInt8, "300"),
            (Part::Int(-1), DType::UInt64, "-1"),
            (Part::UInt(1 << 63), DType::Int64, "9223372036854775808"),
            (Part::Float(f64::NAN), DType::Int64, "NaN"),
            (Part::Float(2_f64.powi(63)), DType::Int64, "9223372036854775"),
            (Part::Float(-1.5), DType::UInt8, "-1.5"),
            (Part::Complex(Box::new(Complex64::new(1.0, 2.0))), DType::Float32, "1+2i"),
        ] {
            let error = numbers(&[part], dtype).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
        // Meta tensors hold no values, and still only take those that fit.
        let meta = wanted(DType::UInt8, Device::META);
        assert!(assemble(&[Part::Int(300)], &[1], meta, "test", &[]).is_err());
    }

    #[test]
    fn blocks_are_laid_end_to_end() {
        let row = numbers(&[Part::Int(1), Part::Int(2)], DType::Int32).unwrap();
        let flipped = row.with_layout(row.layout().flip(0)).unwrap();
        let parts = [Part::Block(Box::new(row)), Part::Block(Box::new(flipped))];
        let same = assemble(&parts, &[2, 2], wanted(DType::Int32, Device::CPU), "test", &[]);
        assert_eq!(values::<i32>(&same.unwrap()), [1, 2, 2, 1]);
        let cast = assemble(&parts, &[2, 2], wanted(DType::Float64, Device::CPU), "test", &[]);
        assert_eq!(values::<f64>(&cast.unwrap()), [1.0, 2.0, 2.0, 1.0]);
        for shape in [[1, 2], [3, 2]] {
            let wanted = wanted(DType::Int32, Device::CPU);
            assert!(assemble(&parts, &shape, wanted, "test", &[]).is_err());
        }
    }

    #[test]
    fn one_event_tells_every_reason() {
        let source = numbers(&[Part::Int(1), Part::Int(0x0100_0000)], DType::Int32).unwrap();
        let log = Log::new();
        log.start();
        let reasons = [Reason::ByteOrder, Reason::Cast { from: DType::Int32, to: DType::Float64 }];
        let wanted = wanted(DType::Float64, Device::CPU);
        let copy = materialize(&source, ByteOrder::Swapped, wanted, "alone", &reasons).unwrap();
        log.stop();
        assert_eq!(values::<f64>(&copy), [f64::from(1_i32.swap_bytes()), 1.0]);
        let events = log.events();
        let mine: Vec<_> = events.iter().filter(|event| event.operation == "alone").collect();
        assert_eq!(mine.len(), 1);
        assert_eq!(mine[0].reasons.as_slice(), reasons);
        assert_eq!(mine[0].bytes, 16);
    }

    #[test]
    fn devices_without_bytes() {
        let source = numbers(&[Part::Int(1)], DType::Int32).unwrap();
        let meta = materialize(
            &source,
            ByteOrder::Native,
            wanted(DType::Float64, Device::META),
            "test",
            &[],
        )
        .unwrap();
        assert_eq!((meta.dtype(), meta.access().host), (DType::Float64, false));
        let back = wanted(DType::Float64, Device::CPU);
        let error = materialize(&meta, ByteOrder::Native, back, "test", &[]).unwrap_err();
        assert!(error.message().starts_with("Cannot copy out of meta tensor; no data!"));
        let cuda = wanted(DType::Float64, "cuda:0".parse().unwrap());
        assert!(materialize(&source, ByteOrder::Native, cuda, "test", &[]).is_err());
    }
}
