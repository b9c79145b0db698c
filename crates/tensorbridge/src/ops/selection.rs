//! The first of an order, without the rest of it: partitions, the greatest and the least.

use tensorbridge_core::engine::Operand as Prepared;
use tensorbridge_core::layout::normalize_axis;
use tensorbridge_core::op::Sorting;
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Device, Dims, Error, Result, Tensor};

use super::indexing::take_along_axis;
use super::sorting::line_axis;
use super::{argsort, views};
use crate::engines::engine;
use crate::values::check_readable;

const ASCENDING: Sorting = Sorting { descending: false, stable: true };

/// The indices of `count` elements of each line along `axis`: of those that come before the one
/// at place `nth` of the order, then of its equals, then of others.
fn select(
    tensor: &Tensor,
    axis: usize,
    sorting: Sorting,
    nth: usize,
    count: usize,
) -> Result<Tensor> {
    let mut shape = Dims::from_slice(tensor.shape());
    shape[axis] = count;
    if tensor.dtype().is_complex() {
        let all = argsort(tensor, axis as isize, sorting)?;
        return views::narrow(&all, axis as isize, 0, count as isize);
    }
    let result = Tensor::allocate(&shape, DType::Int64, tensor.device(), Fill::Uninitialized)?;
    let (from, out) = (Prepared::read(tensor), Prepared::write(&result)?);
    // SAFETY: [reach] and [alive]: tensors, alive here. [permit] and [alias]: the result is
    // fresh; its lines are longer than `nth`.
    unsafe { engine(tensor.device())?.argselect(sorting, from, axis, nth, out)? };
    Ok(result)
}

/// The indices that bring the elements at the places `nth` of the order to these places of each
/// line along `axis`, with no greater ones before and no lesser ones behind them: a fresh `int64`
/// tensor. Negative places count from the end.
///
/// # Errors
///
/// `Index` for an axis that is not there, `Value` for a place that is not.
pub fn argpartition(tensor: &Tensor, nth: &[isize], axis: isize) -> Result<Tensor> {
    let axis = normalize_axis(axis, tensor.ndim())?;
    let len = tensor.shape()[axis];
    let places = nth.iter().map(|&place| {
        let counted = if place < 0 { place.wrapping_add(len as isize) } else { place };
        usize::try_from(counted)
            .ok()
            .filter(|&place| place < len)
            .ok_or_else(|| Error::value(format!("partition: kth(={place}) out of bounds ({len})")))
    });
    match places.collect::<Result<Vec<_>>>()?[..] {
        [] => argsort(tensor, axis as isize, ASCENDING),
        [place] => select(tensor, axis, ASCENDING, place, len),
        _ => argsort(tensor, axis as isize, ASCENDING),
    }
}

/// The elements that [`argpartition`] names: a fresh tensor.
///
/// # Errors
///
/// As [`argpartition`].
pub fn partition(tensor: &Tensor, nth: &[isize], axis: isize) -> Result<Tensor> {
    picked(tensor, &argpartition(tensor, nth, axis)?, axis)
}

/// The elements at `places` along `axis`; of meta tensors their shape.
fn picked(tensor: &Tensor, places: &Tensor, axis: isize) -> Result<Tensor> {
    match tensor.access().host {
        true => take_along_axis(tensor, places, axis),
        false => {
            let (shape, device) = (places.shape(), tensor.device());
            Tensor::allocate(shape, tensor.dtype(), device, Fill::Uninitialized)
        }
    }
}

/// The `count` greatest elements of each line along `axis`, or with `largest` false the least, and
/// their indices: fresh tensors, in order if `sorted`. Of equal elements the first are taken.
///
/// # Errors
///
/// `Index` for an axis that is not there, `Runtime` for more elements than there are.
pub fn top(
    tensor: &Tensor,
    count: isize,
    axis: isize,
    largest: bool,
    sorted: bool,
) -> Result<[Tensor; 2]> {
    let sorting = Sorting { descending: largest, stable: true };
    let line = lines(tensor, axis)?;
    let (axis, tensor) = match &line {
        Some(line) => (0, line),
        None => (normalize_axis(axis, tensor.ndim())?, tensor),
    };
    let len = tensor.shape()[axis];
    let wanted = usize::try_from(count).ok().filter(|&wanted| wanted <= len).ok_or_else(|| {
        Error::runtime(format!("selected index k out of range: {count} of {len} elements"))
    })?;
    let along = axis as isize;
    let places = match wanted {
        _ if sorted && wanted > len / 4 => {
            views::narrow(&argsort(tensor, along, sorting)?, along, 0, count)?
        }
        _ => select(tensor, axis, sorting, wanted.saturating_sub(1), wanted)?,
    };
    let values = picked(tensor, &places, along)?;
    if !sorted || wanted > len / 4 || !tensor.access().host {
        return delivered([values, places], line.is_some());
    }
    let order = argsort(&values, along, sorting)?;
    let both = [picked(&values, &order, along)?, picked(&places, &order, along)?];
    delivered(both, line.is_some())
}

/// A 0-d tensor as a line of one element, as in PyTorch.
fn lines(tensor: &Tensor, axis: isize) -> Result<Option<Tensor>> {
    match line_axis(axis, tensor)? {
        Some(_) => Ok(None),
        None => tensor.with_layout(tensor.layout().unsqueeze(0)?).map(Some),
    }
}

/// Results, without the axis where it was only lent.
fn delivered(results: [Tensor; 2], lent: bool) -> Result<[Tensor; 2]> {
    let [values, places] = results;
    let bare = |tensor: Tensor| match lent && tensor.count() == 1 {
        true => tensor.with_layout(tensor.layout().squeeze(0)),
        false => Ok(tensor),
    };
    Ok([bare(values)?, bare(places)?])
}

/// The element at place `k`, counted from 1, of each ordered line along `axis`, and its index.
///
/// # Errors
///
/// `Index` for an axis that is not there, `Runtime` for a place that is not.
pub fn kth_value(tensor: &Tensor, k: isize, axis: isize, keep: bool) -> Result<[Tensor; 2]> {
    let line = lines(tensor, axis)?;
    let (axis, tensor) = match &line {
        Some(line) => (0, line),
        None => (normalize_axis(axis, tensor.ndim())?, tensor),
    };
    let len = tensor.shape()[axis];
    let wanted = usize::try_from(k).ok().filter(|wanted| (1..=len).contains(wanted));
    let wanted = wanted.ok_or_else(|| {
        Error::runtime(format!("selected number k out of range for dimension {axis}: {k} of {len}"))
    })?;
    let along = axis as isize;
    let places = select(tensor, axis, ASCENDING, wanted - 1, wanted)?;
    let places = views::narrow(&places, along, k - 1, 1)?;
    let values = picked(tensor, &places, along)?;
    let bare = |tensor: Tensor| match keep && line.is_none() {
        true => Ok(tensor),
        false => tensor.with_layout(tensor.layout().squeeze(axis)),
    };
    Ok([bare(values)?, bare(places)?])
}

/// The indices that put several lines of keys in order, by the last of `keys`, then by the one
/// before it, …: a fresh `int64` tensor. The keys have one shape, and are lines along `axis`.
///
/// # Errors
///
/// `Shape` where the shapes differ, `Index` for an axis that is not there, `Value` without keys.
pub fn lexsort(keys: &[Tensor], axis: isize) -> Result<Tensor> {
    let Some((first, others)) = keys.split_first() else {
        return Err(Error::value("lexsort: need sequence of keys with len > 0"));
    };
    if let Some(other) = others.iter().find(|key| key.shape() != first.shape()) {
        return Err(Error::shape(format!(
            "lexsort: all keys need to be the same shape, and these are {:?} and {:?}",
            first.shape(),
            other.shape()
        )));
    }
    let mut places = argsort(first, axis, ASCENDING)?;
    if first.ndim() == 0 {
        return Ok(places);
    }
    for key in others {
        check_readable(key)?;
        let order = argsort(&take_along_axis(key, &places, axis)?, axis, ASCENDING)?;
        places = take_along_axis(&places, &order, axis)?;
    }
    Ok(places)
}

/// The places of a triangle of a matrix of `rows` rows and `columns` columns, in C order: a fresh
/// `int64` tensor of two rows. The diagonal `offset` bounds it, and belongs to it.
///
/// # Errors
///
/// `Value` for negative lengths, `Memory`.
pub fn triangle(rows: isize, columns: isize, offset: isize, upper: bool) -> Result<Tensor> {
    let length = |length: isize, name: &str| {
        usize::try_from(length)
            .map_err(|_| Error::value(format!("{name} must be non-negative, got {length}")))
    };
    let (rows, columns) = (length(rows, "row")?, length(columns, "col")?);
    // The columns of a row that belong to it.
    let range = |row: usize| {
        let bound = |distance: isize| {
            (row as isize).saturating_add(distance).clamp(0, columns as isize) as usize
        };
        match upper {
            true => bound(offset)..columns,
            false => 0..bound(offset.saturating_add(1)),
        }
    };
    // Counted by formula, and empty rows passed over: there may be more than anybody can wait for.
    let below = lower_elements(rows, columns, offset as i128 + i128::from(!upper));
    let count = if upper { rows as u128 * columns as u128 - below } else { below };
    let count =
        usize::try_from(count).map_err(|_| Error::memory("the triangle has too many elements"))?;
    let rows = match upper {
        true => 0..row_from(columns as i128 - offset as i128, rows),
        false => row_from(-(offset as i128), rows)..rows,
    };
    let rows = if count == 0 { 0..0 } else { rows };
    let result = Tensor::allocate(&[2, count], DType::Int64, Device::CPU, Fill::Uninitialized)?;
    let out = result.write_address()?.cast::<i64>().as_ptr();
    let mut place = 0;
    for row in rows {
        for column in range(row) {
            // SAFETY: [reach]: below `count`, which counts the same. [alive] and [permit]: fresh.
            unsafe {
                out.add(place).write(row as i64);
                out.add(count + place).write(column as i64);
            }
            place += 1;
        }
    }
    Ok(result)
}

/// `row`, if it is one of `rows`, else the end that is nearer.
fn row_from(row: i128, rows: usize) -> usize {
    row.clamp(0, rows as i128) as usize
}

/// The sum of `row + distance`, at least 0 and at most `columns`, over all rows.
fn lower_elements(rows: usize, columns: usize, distance: i128) -> u128 {
    // The first row that has any, and the first that has all.
    let first = row_from(-distance, rows);
    let whole = row_from(columns as i128 - distance, rows);
    let rising = match whole > first {
        true => {
            let (least, most) = (first as i128 + distance, whole as i128 - 1 + distance);
            (whole - first) as u128 * (least + most) as u128 / 2
        }
        false => 0,
    };
    rising + (rows - whole) as u128 * columns as u128
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::{tensor, values};

    #[test]
    fn firsts_of_lines() {
        let t = tensor(&[2, 4], &[3., 1., 4., 1., 5., 9., 2., 6.], DType::Float32);
        let [most, places] = top(&t, 2, 1, true, true).unwrap();
        assert_eq!((values(&most), values(&places)), (vec![4., 3., 9., 6.], vec![2., 0., 1., 3.]));
        let [least, places] = top(&t, 1, -1, false, false).unwrap();
        assert_eq!((values(&least), values(&places)), (vec![1., 2.], vec![1., 2.]));
        let [third, _] = kth_value(&t, 3, 1, false).unwrap();
        assert_eq!((third.shape(), values(&third)), (&[2][..], vec![3., 6.]));
        let split = partition(&t, &[-2], 1).unwrap();
        assert_eq!((values(&split)[2], values(&split)[6]), (3., 6.));
        assert!(partition(&t, &[4], 1).is_err() && top(&t, 5, 1, true, true).is_err());
    }

    #[test]
    fn keys_and_triangles() {
        let first = tensor(&[4], &[1., 0., 1., 0.], DType::Int8);
        let second = tensor(&[4], &[2., 2., 1., 1.], DType::Float64);
        assert_eq!(values(&lexsort(&[first, second], -1).unwrap()), [3., 2., 1., 0.]);
        let lower = triangle(2, 3, 0, false).unwrap();
        assert_eq!((lower.shape(), values(&lower)), (&[2, 3][..], vec![0., 1., 1., 0., 0., 1.]));
        let upper = triangle(2, 3, 1, true).unwrap();
        assert_eq!(values(&upper), [0., 0., 1., 1., 2., 2.]);
        assert!(triangle(-1, 3, 0, true).is_err());
    }

    #[test]
    fn elements_are_counted_without_rows() {
        for case in 0..5 * 5 * 15 {
            let (rows, columns, distance) = (case % 5, case / 5 % 5, (case / 25) as i128 - 7);
            let naive: i128 =
                (0..rows as i128).map(|row| (row + distance).clamp(0, columns as i128)).sum();
            assert_eq!(lower_elements(rows, columns, distance), naive as u128);
        }
        assert_eq!(triangle(1 << 62, 3, 0, true).unwrap().shape(), [2, 6]);
        assert_eq!(triangle(1 << 40, 1 << 40, 2 - (1 << 40), false).unwrap().shape(), [2, 3]);
        assert_eq!(triangle(isize::MAX, 3, isize::MIN, false).unwrap().shape(), [2, 0]);
        assert_eq!(triangle(isize::MAX, 3, isize::MAX, true).unwrap().shape(), [2, 0]);
        assert!(triangle(isize::MAX, isize::MAX, isize::MAX, false).is_err());
        assert!(triangle(isize::MAX, isize::MAX, isize::MIN, true).is_err());
    }
}
