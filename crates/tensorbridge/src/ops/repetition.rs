//! Elements more than once, or further along: `repeat`, `tile`, `roll`.

use tensorbridge_core::layout::{Slice, element_count, normalize_axis};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Device, Dims, Error, Layout, Result, Tensor};

use super::creation::filled;
use super::indexing;
use crate::exchange::Reason;
use crate::{transfer, values};

/// The copies of one axis' elements: of the whole axis, and of each element.
#[derive(Clone, Copy)]
struct Times {
    whole: usize,
    each: usize,
}

impl Times {
    const ONCE: Self = Self { whole: 1, each: 1 };
}

/// A fresh tensor of `shape` whose elements, in C order, are those of `source` with its axes
/// copied as `times` says. One pass: the copies are axes of stride 0.
fn spread(
    source: &Tensor,
    lengths: &[usize],
    strides: &[isize],
    times: &[Times],
    shape: &[usize],
) -> Result<Tensor> {
    let result = Tensor::allocate(shape, source.dtype(), source.device(), Fill::Uninitialized)?;
    if result.count() == 0 {
        return Ok(result);
    }
    // Axes of length 1 are left out, so that there are never too many.
    let (mut axes, mut steps): (Dims<usize>, Dims<isize>) = (Dims::new(), Dims::new());
    for ((&length, &stride), times) in lengths.iter().zip(strides).zip(times) {
        for (length, stride) in [(times.whole, 0), (length, stride), (times.each, 0)] {
            if length != 1 {
                axes.push(length);
                steps.push(stride);
            }
        }
    }
    let from = source.with_layout(Layout::new(&axes, &steps, source.layout().offset())?)?;
    let to = result.with_layout(Layout::contiguous(&axes, source.dtype().itemsize())?)?;
    transfer::place(&to, &from, "repeat")?;
    Ok(result)
}

fn product(length: usize, times: usize) -> Result<usize> {
    length.checked_mul(times).ok_or_else(|| {
        Error::value(format!("{length} elements {times} times are more than an axis can have"))
    })
}

/// Each element of `axis` `times` times, one after the other; without an axis, of the flattened
/// tensor. Fresh memory in C order.
///
/// # Errors
///
/// `Index` for an axis that is not there, `Memory` when there is no room.
pub fn repeat(tensor: &Tensor, times: usize, axis: Option<isize>) -> Result<Tensor> {
    let mut copies: Dims<Times> = Dims::from_elem(Times::ONCE, tensor.ndim());
    let each = Times { whole: 1, each: times };
    let Some(axis) = axis else {
        let shape = [product(tensor.count(), times)?];
        let (mut lengths, mut strides) =
            (Dims::from_slice(tensor.shape()), Dims::<isize>::from_slice(tensor.strides()));
        lengths.push(1);
        strides.push(0);
        copies.push(each);
        return spread(tensor, &lengths, &strides, &copies, &shape);
    };
    let axis = normalize_axis(axis, tensor.ndim())?;
    let mut shape = Dims::from_slice(tensor.shape());
    shape[axis] = product(shape[axis], times)?;
    copies[axis] = each;
    spread(tensor, tensor.shape(), tensor.strides(), &copies, &shape)
}

/// Element `i` of `axis` `times[i]` times; without an axis, of the flattened tensor. One number
/// of times is for all. Fresh memory in C order.
///
/// # Errors
///
/// `Type` unless `times` are integers; `Value` for negative ones; `Shape` unless there are as
/// many as elements; `Index` for an axis that is not there; `NotImplemented` for meta `times`.
pub fn repeat_each(tensor: &Tensor, times: &Tensor, axis: Option<isize>) -> Result<Tensor> {
    if !times.dtype().is_integer() || times.ndim() > 1 {
        return Err(Error::dtype(format!(
            "repeat: `repeats` must be an integer or a vector of integers, and is a tensor of shape {:?} and dtype {}",
            times.shape(),
            times.dtype()
        )));
    }
    let axis = axis.map(|axis| normalize_axis(axis, tensor.ndim())).transpose()?;
    let length = axis.map_or(tensor.count(), |axis| tensor.shape()[axis]);
    let counts = counts(times)?;
    let signed = axis.map(|axis| axis as isize);
    match *counts.as_slice() {
        [all] => repeat(tensor, all, signed),
        _ if counts.len() != length => Err(Error::shape(format!(
            "repeat: there are {} numbers of times for {length} elements",
            counts.len()
        ))
        .hint("one for each element of the axis, or a single one for all")),
        _ => indexing::take(tensor, &places(&counts)?, signed),
    }
}

/// Numbers of times, none of them negative.
fn counts(times: &Tensor) -> Result<Vec<usize>> {
    let reason = Reason::Cast { from: times.dtype(), to: DType::Int64 };
    let times = transfer::cast(times, DType::Int64, "repeat", reason)?;
    values::elements::<i64>(&times)?
        .map(|count| {
            usize::try_from(count).map_err(|_| {
                Error::value(format!("repeat: a number of times must not be negative, is {count}"))
            })
        })
        .collect()
}

/// `0` as often as the first count says, `1` as often as the second says, …
fn places(counts: &[usize]) -> Result<Tensor> {
    let total = counts
        .iter()
        .try_fold(0_usize, |sum, &count| sum.checked_add(count))
        .ok_or_else(|| Error::value("repeat: the result has too many elements"))?;
    filled::<i64>(&[total], Device::CPU, |mut slots| {
        for (place, &count) in counts.iter().enumerate() {
            let (head, tail) = slots.split_at_mut(count);
            head.fill(place as i64);
            slots = tail;
        }
    })
}

/// The whole tensor `times[i]` times along axis `i`; the shorter of shape and `times` counts as if
/// it had ones in front. Fresh memory in C order.
///
/// # Errors
///
/// `Value` beyond 64 axes, `Memory` when there is no room.
pub fn tile(tensor: &Tensor, times: &[usize]) -> Result<Tensor> {
    let ndim = tensor.ndim().max(times.len());
    let (new, once) = (ndim - tensor.ndim(), ndim - times.len());
    let mut lengths: Dims<usize> = Dims::from_elem(1, new);
    lengths.extend_from_slice(tensor.shape());
    let mut strides: Dims<isize> = Dims::from_elem(0, new);
    strides.extend_from_slice(tensor.strides());
    let mut copies: Dims<Times> = Dims::from_elem(Times::ONCE, once);
    copies.extend(times.iter().map(|&whole| Times { whole, each: 1 }));
    let shape: Dims<usize> = lengths
        .iter()
        .zip(&copies)
        .map(|(&length, times)| product(length, times.whole))
        .collect::<Result<_>>()?;
    element_count(&shape)?;
    spread(tensor, &lengths, &strides, &copies, &shape)
}

/// The elements moved by `shifts` along `axes`; what leaves at one end comes in at the other.
/// Without axes, along the flattened tensor. A single shift or axis goes with all of the others;
/// an axis named twice is moved twice. Fresh memory, in the tensor's own order where that is
/// dense.
///
/// # Errors
///
/// `Shape` for lists of different lengths, `Index` for an axis that is not there.
pub fn roll(tensor: &Tensor, shifts: &[isize], axes: Option<&[isize]>) -> Result<Tensor> {
    let Some(axes) = axes else {
        let flat = super::views::reshape(tensor, &[-1], "roll")?;
        let moved = roll(&flat, shifts, Some(&[0]))?;
        return moved.with_layout(Layout::contiguous(tensor.shape(), tensor.dtype().itemsize())?);
    };
    if shifts.len() != axes.len() && shifts.len() != 1 && axes.len() != 1 {
        return Err(Error::shape(format!(
            "roll: shifts and dimensions must align. shifts: {}, dims: {}",
            shifts.len(),
            axes.len()
        )));
    }
    let mut offsets: Dims<usize> = Dims::from_elem(0, tensor.ndim());
    let moves = if shifts.is_empty() { 0 } else { shifts.len().max(axes.len()) };
    for place in 0..if axes.is_empty() { 0 } else { moves } {
        let axis = normalize_axis(axes[place % axes.len()], tensor.ndim())?;
        let length = tensor.shape()[axis].max(1);
        let shift = shifts[place % shifts.len()].rem_euclid(length as isize) as usize;
        offsets[axis] = (offsets[axis] + shift) % length;
    }
    let size = tensor.dtype().itemsize();
    let layout = tensor.layout().dense_like(size, size)?;
    let result = Tensor::allocate_as(layout, tensor.dtype(), tensor.device(), Fill::Uninitialized)?;
    place_rolled(&result, tensor, &offsets, 0)?;
    Ok(result)
}

/// Writes `source`, moved along the axes from `axis` on, into `target`: each moved axis is cut in
/// two.
fn place_rolled(target: &Tensor, source: &Tensor, offsets: &[usize], axis: usize) -> Result<()> {
    let Some(axis) = (axis..offsets.len()).find(|&axis| offsets[axis] != 0) else {
        return transfer::place(target, source, "roll");
    };
    let (offset, length) = (offsets[axis], source.shape()[axis]);
    let cut = |tensor: &Tensor, start: usize, length: usize| {
        tensor.with_layout(tensor.layout().slice(axis, Slice { start, step: 1, length }))
    };
    let rest = length - offset;
    for (from, to, length) in [(0, offset, rest), (rest, 0, offset)] {
        place_rolled(&cut(target, to, length)?, &cut(source, from, length)?, offsets, axis + 1)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{tensor, values};
    use crate::ops::views;

    #[test]
    fn repeats_each_element() {
        let t = tensor(&[2, 2], &[1., 2., 3., 4.], DType::Int16);
        let turned = views::reverse_axes(&t).unwrap();
        assert_eq!(values(&repeat(&t, 2, None).unwrap()), [1., 1., 2., 2., 3., 3., 4., 4.]);
        assert_eq!(values(&repeat(&turned, 1, None).unwrap()), [1., 3., 2., 4.]);
        let rows = repeat(&t, 2, Some(-2)).unwrap();
        assert_eq!(rows.shape(), [4, 2]);
        assert_eq!(values(&rows), [1., 2., 1., 2., 3., 4., 3., 4.]);
        assert_eq!(repeat(&t, 0, Some(1)).unwrap().shape(), [2, 0]);
        assert!(repeat(&t, usize::MAX, None).is_err());
        let counts = |values: &[f64]| tensor(&[values.len()], values, DType::UInt8);
        let found = repeat_each(&t, &counts(&[2., 0., 1., 1.]), None).unwrap();
        assert_eq!(values(&found), [1., 1., 3., 4.]);
        let columns = repeat_each(&t, &counts(&[2., 1.]), Some(1)).unwrap();
        assert_eq!(values(&columns), [1., 1., 2., 3., 3., 4.]);
        assert!(repeat_each(&t, &counts(&[1., 1., 1.]), Some(1)).is_err());
        assert!(repeat_each(&t, &tensor(&[1], &[-1.], DType::Int8), None).is_err());
        assert!(repeat_each(&t, &tensor(&[1], &[1.], DType::Float32), None).is_err());
    }

    #[test]
    fn tiles_the_whole() {
        let t = tensor(&[2, 1], &[1., 2.], DType::Float32);
        let tiled = tile(&t, &[2]).unwrap();
        assert_eq!((tiled.shape(), values(&tiled)), (&[2, 2][..], vec![1., 1., 2., 2.]));
        let tiled = tile(&t, &[2, 1, 2]).unwrap();
        assert_eq!(tiled.shape(), [2, 2, 2]);
        assert_eq!(values(&tiled), [1., 1., 2., 2., 1., 1., 2., 2.]);
        assert_eq!(tile(&tensor(&[], &[7.], DType::Bool), &[]).unwrap().shape(), [0_usize; 0]);
        assert_eq!(tile(&t, &[0, 3]).unwrap().shape(), [0, 3]);
        assert!(tile(&t, &[usize::MAX, 2]).is_err());
        // As many axes as there can be.
        assert_eq!(tile(&tensor(&[1; 64], &[1.], DType::Int8), &[2; 4]).unwrap().count(), 16);
    }

    #[test]
    fn rolls_around() {
        let t = tensor(&[2, 3], &[0., 1., 2., 3., 4., 5.], DType::Float64);
        let rolled =
            |shifts: &[isize], axes: Option<&[isize]>| values(&roll(&t, shifts, axes).unwrap());
        assert_eq!(rolled(&[1], None), [5., 0., 1., 2., 3., 4.]);
        assert_eq!(rolled(&[-1], Some(&[1])), [1., 2., 0., 4., 5., 3.]);
        assert_eq!(rolled(&[1, 4], Some(&[0, 1])), [5., 3., 4., 2., 0., 1.]);
        assert_eq!(rolled(&[1], Some(&[1, 1])), rolled(&[2], Some(&[1])));
        assert_eq!(rolled(&[isize::MIN], Some(&[0])), rolled(&[0], Some(&[0])));
        assert!(roll(&t, &[1, 2, 3], Some(&[0, 1])).is_err());
        assert!(roll(&t, &[1], Some(&[2])).is_err());
        assert_eq!(roll(&tensor(&[0], &[], DType::Int8), &[3], Some(&[0])).unwrap().count(), 0);
    }
}
