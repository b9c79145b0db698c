//! Groups of equal elements: numbering them, and ordering rows by all of their elements.

use tensorbridge_core::{DType, Error, Operand, Result};

use crate::nest::{self, Cost};
use crate::pool::{self, Shared};
use crate::sort::{prefixes, side_by_side};
use crate::strided;

/// What is worth another thread, in elements.
const GRAIN: usize = 1 << 16;

/// Writes to `out` for each of `len` elements the number of its group. The groups begin at
/// `starts`, an address and their number; element `p` stands at `places[p]`, or at `p`.
///
/// # Errors
///
/// `Interrupted`.
///
/// # Safety
///
/// `starts` ascend from 0, and are below `len`; `places` are all numbers below `len`; `out` has
/// as many places. Nobody writes the inputs.
pub unsafe fn number(
    starts: (*const i64, usize),
    places: Option<*const i64>,
    len: usize,
    out: *mut i64,
) -> Result<()> {
    // SAFETY: the caller's: so many.
    let starts = unsafe { std::slice::from_raw_parts(starts.0, starts.1) };
    let threads = pool::num_threads().min(len / GRAIN).max(1);
    let part = len.div_ceil(4 * threads).max(GRAIN);
    let shared = Shared((places, out));
    pool::for_each(threads, len.div_ceil(part), &|task| {
        let (places, out) = shared.get();
        let (start, end) = (task * part, len.min((task + 1) * part));
        let first = starts.partition_point(|&place| place as usize <= start) - 1;
        let mut place = start;
        for group in first..starts.len() {
            let next = starts.get(group + 1).map_or(end, |&next| end.min(next as usize));
            for element in place..next {
                // SAFETY: the caller's; each place is written once.
                unsafe {
                    let place = places.map_or(element, |places| *places.add(element) as usize);
                    out.add(place).write(group as i64);
                }
            }
            place = next;
            if place == end {
                break;
            }
        }
    })
}

/// Writes to `out` the indices that put the rows of a matrix in order, by their first elements,
/// then by their second, …; equal rows keep their order.
///
/// # Errors
///
/// `Memory`, `Interrupted`.
///
/// # Safety
///
/// \[reach\], \[alive\], \[permit\] and \[alias\]; `out` is a dense line of `int64`.
pub unsafe fn sort_rows(rows: Operand<'_>, out: Operand<'_>) -> Result<()> {
    let &[count, width] = rows.shape else {
        return Err(Error::runtime("rows are those of a matrix"));
    };
    // SAFETY: the caller's: a dense line.
    let places = unsafe { std::slice::from_raw_parts_mut(out.address.cast::<i64>(), count) };
    places.iter_mut().enumerate().for_each(|(row, place)| *place = row as i64);
    let mut keys: Vec<i64> = Vec::new();
    keys.try_reserve_exact(count * width)
        .map_err(|_| Error::memory(format!("cannot allocate the keys of {count} rows")))?;
    keys.resize(count * width, 0);
    let strides = side_by_side(rows.shape, 1, 8);
    let address = keys.as_mut_ptr().cast();
    let words = Operand { address, strides: &strides, dtype: DType::Int64, ..rows };
    // SAFETY: the caller's contract; the keys are our own.
    unsafe {
        let cost = Cost(8 + rows.dtype.itemsize());
        nest::run(rows.shape, [strided(&words), strided(&rows)], cost, prefixes(rows.dtype))?;
    }
    let row = |place: i64| &keys[place as usize * width..][..width];
    places.sort_unstable_by(|&a, &b| row(a).cmp(row(b)).then(a.cmp(&b)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_numbered_where_their_elements_stood() {
        let (starts, places) = ([0_i64, 2, 3], [4_i64, 0, 2, 1, 3]);
        let mut out = [-1_i64; 5];
        // SAFETY: arrays of their size.
        unsafe {
            number((starts.as_ptr(), 3), Some(places.as_ptr()), 5, out.as_mut_ptr()).unwrap();
        }
        assert_eq!(out, [0, 2, 1, 2, 0]);
        // SAFETY: as above.
        unsafe { number((starts.as_ptr(), 3), None, 5, out.as_mut_ptr()).unwrap() };
        assert_eq!(out, [0, 0, 1, 2, 2]);
        let many: Vec<i64> = (0..70_000).map(|group| group * 3).collect();
        let mut out = vec![-1_i64; 210_000];
        // SAFETY: as above.
        unsafe { number((many.as_ptr(), many.len()), None, out.len(), out.as_mut_ptr()).unwrap() };
        assert!(out.iter().enumerate().all(|(place, &group)| group == place as i64 / 3));
    }

    #[test]
    fn rows_are_ordered_by_all_of_their_elements() {
        let mut rows = [2.0_f32, 1.0, -0.0, 5.0, 2.0, 0.5, 0.0, 5.0];
        let mut out = [0_i64; 4];
        let operand = |address, shape, strides, dtype| Operand { address, shape, strides, dtype };
        // SAFETY: arrays of their size.
        unsafe {
            sort_rows(
                operand(rows.as_mut_ptr().cast(), &[4, 2], &[8, 4], DType::Float32),
                operand(out.as_mut_ptr().cast(), &[4], &[8], DType::Int64),
            )
            .unwrap();
        }
        assert_eq!(out, [1, 3, 2, 0]);
    }
}
