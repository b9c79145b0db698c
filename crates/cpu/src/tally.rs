//! Counting how often numbers occur, and which of many bins values fall into.

use tensorbridge_core::{Error, Result};

use crate::pool::{self, Shared};

/// What is worth another thread, in numbers.
const GRAIN: usize = 1 << 16;

/// Up to so many bins are counted by each thread on its own.
const BINS: usize = 1 << 14;

/// How many of `numbers` there are of each below `counts.len()`; others do not count.
///
/// # Errors
///
/// `Memory`, `Interrupted`.
pub fn count(numbers: &[i64], counts: &mut [i64]) -> Result<()> {
    let bins = counts.len();
    let tally = |numbers: &[i64], counts: &mut [i64]| {
        for &number in numbers {
            if let Some(count) = usize::try_from(number).ok().and_then(|bin| counts.get_mut(bin)) {
                *count += 1;
            }
        }
    };
    let parts = pool::num_threads().min(numbers.len() / GRAIN);
    if parts < 2 || bins > BINS {
        return in_blocks(numbers.len(), |start, end| tally(&numbers[start..end], counts));
    }
    let part = numbers.len().div_ceil(parts);
    let mut own = Vec::new();
    own.try_reserve_exact(parts * bins)
        .map_err(|_| Error::memory(format!("cannot allocate the counts of {bins} bins")))?;
    own.resize(parts * bins, 0_i64);
    let shared = Shared(own.as_mut_ptr());
    pool::for_each(parts, parts, &|task| {
        let start = (task * part).min(numbers.len());
        // SAFETY: each task has counts of its own.
        let counts = unsafe { std::slice::from_raw_parts_mut(shared.get().add(task * bins), bins) };
        tally(&numbers[start..numbers.len().min(start + part)], counts);
    })?;
    for own in own.chunks(bins) {
        for (count, own) in counts.iter_mut().zip(own) {
            *count += own;
        }
    }
    Ok(())
}

/// The sum of the weights of the numbers that are each below `sums.len()`, in their order.
///
/// # Errors
///
/// `Interrupted`.
pub fn sum(numbers: &[i64], weights: &[f64], sums: &mut [f64]) -> Result<()> {
    in_blocks(numbers.len(), |start, end| {
        for (&number, &weight) in numbers[start..end].iter().zip(&weights[start..end]) {
            if let Some(sum) = usize::try_from(number).ok().and_then(|bin| sums.get_mut(bin)) {
                *sum += weight;
            }
        }
    })
}

/// Calls `work` for one piece after another, with room for an interruption between them.
fn in_blocks(len: usize, mut work: impl FnMut(usize, usize)) -> Result<()> {
    for start in (0..len).step_by(1 << 20) {
        tensorbridge_core::interrupt::check()?;
        work(start, len.min(start + (1 << 20)));
    }
    Ok(())
}

/// Writes for each value the number of its bin between `edges`, which are evenly spaced: each bin
/// holds its lower edge, the last one its upper edge too. Values outside get -1.
///
/// # Errors
///
/// `Interrupted`.
///
/// # Panics
///
/// Where there are fewer `bins` than values, or fewer than two edges.
pub fn evenly(values: &[f64], edges: &[f64], bins: &mut [i64]) -> Result<()> {
    assert!(bins.len() >= values.len() && edges.len() > 1);
    let last = edges.len() - 2;
    let (low, high) = (edges[0], edges[last + 1]);
    let scale = (last + 1) as f64 / (high - low);
    let shared = Shared(bins.as_mut_ptr());
    let threads = pool::num_threads().min(values.len() / GRAIN).max(1);
    pool::for_each(threads, values.len().div_ceil(GRAIN), &|task| {
        let start = task * GRAIN;
        for (place, &value) in values.iter().enumerate().skip(start).take(GRAIN) {
            let bin = if value >= low && value <= high {
                // Rounding may lead to a neighbour.
                let near = (((value - low) * scale) as usize).min(last);
                let near = near - usize::from(value < edges[near] && near > 0);
                (near + usize::from(value >= edges[near + 1] && near < last)) as i64
            } else {
                -1
            };
            // SAFETY: below the number of bins; each task writes its own.
            unsafe { shared.get().add(place).write(bin) };
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_outside_do_not_count() {
        let numbers: Vec<i64> = (0..300_000).map(|place| place % 7 - 2).collect();
        let mut counts = [0; 4];
        count(&numbers, &mut counts).unwrap();
        let expected = |bin| numbers.iter().filter(|&&number| number == bin).count() as i64;
        assert_eq!(counts, [0, 1, 2, 3].map(expected));
        let mut sums = [0.0; 3];
        sum(&[1, -1, 2, 1, 9], &[0.5, 1.0, 2.0, 4.0, 8.0], &mut sums).unwrap();
        assert_eq!(sums, [0.0, 4.5, 2.0]);
    }

    #[test]
    fn edges_belong_to_the_bin_above_them() {
        let edges: Vec<f64> = (0..=10).map(|place| 0.1 * f64::from(place) - 0.3).collect();
        let mut values = edges.clone();
        values.extend([f64::NAN, -0.31, 0.71, f64::INFINITY, -0.05]);
        let mut bins = vec![0; values.len()];
        evenly(&values, &edges, &mut bins).unwrap();
        assert_eq!(bins, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, -1, -1, -1, -1, 2]);
    }
}
