//! From places counted in C order to indices along each axis.

use tensorbridge_core::Result;

use crate::pool::{self, Shared};

/// What is worth another thread, in places.
const GRAIN: usize = 1 << 16;

/// Writes for each of `places`, which ascend, its index along `axis` of `shape`: `step` elements
/// apart, from `out` on.
///
/// # Errors
///
/// `Interrupted`.
///
/// # Safety
///
/// `out` has room for so many, and nobody else knows of it. Places are below the number of
/// elements.
pub unsafe fn along(
    places: &[isize],
    shape: &[usize],
    axis: usize,
    out: *mut i64,
    step: usize,
) -> Result<()> {
    let length = shape[axis] as isize;
    let inside: isize = shape[axis + 1..].iter().product::<usize>() as isize;
    let threads = pool::num_threads().min(places.len() / GRAIN).max(1);
    let shared = Shared(out);
    pool::for_each(threads, places.len().div_ceil(GRAIN), &|task| {
        let start = task * GRAIN;
        let part = &places[start..places.len().min(start + GRAIN)];
        let out = shared.get().wrapping_add(start * step);
        // Places ascend, so that counting on costs less than dividing.
        let block = if inside == 1 { length } else { inside };
        let mut end = (part[0] / block + 1) * block;
        let mut index = part[0] / inside % length;
        for (count, &place) in part.iter().enumerate() {
            while place >= end {
                end += block;
                index = if index + 1 == length { 0 } else { index + 1 };
            }
            let index = if inside == 1 { place + length - end } else { index };
            // SAFETY: the caller's.
            unsafe { out.add(count * step).write(index as i64) };
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_those_of_division() {
        for shape in [&[7][..], &[5, 4], &[3, 1, 5], &[2, 3, 2, 2], &[400, 500]] {
            let count: usize = shape.iter().product();
            let places: Vec<isize> =
                (0..count as isize).filter(|place| place % 7 % 3 < 2).collect();
            for axis in 0..shape.len() {
                let mut out = vec![-1; places.len() * 2];
                // SAFETY: two elements for each place.
                unsafe { along(&places, shape, axis, out.as_mut_ptr(), 2).unwrap() };
                let inside: usize = shape[axis + 1..].iter().product();
                for (count, &place) in places.iter().enumerate() {
                    assert_eq!(out[2 * count], (place as usize / inside % shape[axis]) as i64);
                }
            }
        }
    }
}
