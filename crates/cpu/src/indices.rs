//! Reading index tensors: each index is read once, checked, and kept only as a byte offset, so
//! that whoever changes the tensor meanwhile cannot lead a later access astray.

use tensorbridge_core::layout::nest::Nest;
use tensorbridge_core::{DType, Error, Operand, Result, interrupt};

use crate::gather::each;
use crate::loops::body::{at, load};
use crate::mask::Bits;

/// Indices read between two pushes.
const BLOCK: usize = 256;

/// Indices read between two questions whether to go on.
const PATIENCE: usize = 1 << 20;

fn reserve(offsets: &mut Vec<isize>, count: usize) -> Result<()> {
    offsets.try_reserve(count).map_err(|_| {
        Error::memory(format!("cannot allocate the offsets of {count} picked elements"))
            .hint("index in smaller pieces, or with slices, which are views")
    })
}

/// Why there are no offsets.
#[derive(Debug)]
pub enum BadIndex {
    /// An index outside the axis.
    OutOfBounds(i128),
    /// Another failure.
    Other(Error),
}

impl From<Error> for BadIndex {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

/// The byte offset of every index, in C order, along an axis of `length` elements with `stride`
/// bytes between them. Negative indices count from the end.
///
/// # Errors
///
/// The first index outside `-length..length`; `Type` unless the dtype is an integer; `Memory`.
///
/// # Safety
///
/// \[reach\] and \[alive\] for `indices`, in host memory.
pub unsafe fn offsets(
    indices: Operand<'_>,
    length: usize,
    stride: isize,
) -> Result<Vec<isize>, BadIndex> {
    let mut out = Vec::new();
    reserve(&mut out, indices.shape.iter().product())?;
    let mut bad = None;
    macro_rules! read {
        ($type:ty) => {
            runs(indices.shape, [indices.strides; 2], |[from, _], [step, _], count| {
                let from = at(indices.address, from, 1);
                out.extend((0..count).map(|place| {
                    // SAFETY: the caller's contract, for every element.
                    let index: $type = unsafe { load(at(from, step, place), 0) };
                    let place = if (index as i128) < 0 {
                        (index as isize).wrapping_add(length as isize) as usize
                    } else {
                        usize::try_from(index).unwrap_or(usize::MAX)
                    };
                    if place >= length && bad.is_none() {
                        bad = Some(index as i128);
                    }
                    stride.wrapping_mul(place as isize)
                }));
            })?
        };
    }
    match indices.dtype {
        DType::Int8 => read!(i8),
        DType::Int16 => read!(i16),
        DType::Int32 => read!(i32),
        DType::Int64 => read!(i64),
        DType::UInt8 => read!(u8),
        DType::UInt16 => read!(u16),
        DType::UInt32 => read!(u32),
        DType::UInt64 => read!(u64),
        other => return Err(Error::dtype(format!("{other} cannot index")).into()),
    }
    match bad {
        Some(index) => Err(BadIndex::OutOfBounds(index)),
        None => Ok(out),
    }
}

/// The sum of `strides` times the place of every element of `mask` that is not 0, in C order.
///
/// # Errors
///
/// `Memory`.
///
/// # Safety
///
/// \[reach\] and \[alive\] for `mask`, a `bool` operand in host memory.
pub unsafe fn mask_offsets(mask: Operand<'_>, strides: &[isize]) -> Result<Vec<isize>> {
    debug_assert_eq!(mask.dtype, DType::Bool);
    let mut out = Vec::new();
    let nest = Nest::in_order(mask.shape, [mask.strides, strides]);
    if let (length, [1, stride]) = nest.inner()
        && nest.lengths.len() <= 1
    {
        // SAFETY: the caller's contract.
        let bits = unsafe { Bits::read(mask.address, length)? };
        reserve(&mut out, bits.count())?;
        // SAFETY: room for so many has been reserved, and each is written.
        unsafe {
            bits.places(stride, out.as_mut_ptr())?;
            out.set_len(bits.count());
        }
        return Ok(out);
    }
    let mut failure = None;
    runs(mask.shape, [mask.strides, strides], |[from, offset], [step, stride], count| {
        let from = at(mask.address, from, 1);
        for first in (0..count).step_by(BLOCK) {
            let mut block = [0_isize; BLOCK];
            let mut found = 0;
            for place in first..count.min(first + BLOCK) {
                block[found] = offset.wrapping_add(stride.wrapping_mul(place as isize));
                // SAFETY: the caller's contract, for every element.
                let byte: u8 = unsafe { load(at(from, step, place), 0) };
                found += usize::from(byte != 0);
            }
            match reserve(&mut out, found) {
                Ok(()) => out.extend_from_slice(&block[..found]),
                Err(error) => failure = Some(error),
            }
        }
    })?;
    match failure {
        Some(error) => Err(error),
        None => Ok(out),
    }
}

/// Adds to `sums`, dense in C order of `shape`, the entry of `offsets` at each index: `strides`
/// count entries, and 0 repeats them.
///
/// # Panics
///
/// Where `sums` or `offsets` is shorter than what `shape` and `strides` reach.
///
/// # Errors
///
/// `Interrupted`.
pub fn add(
    sums: &mut [isize],
    shape: &[usize],
    offsets: &[isize],
    strides: &[isize],
) -> Result<()> {
    let mut place = 0;
    runs(shape, [strides; 2], |[from, _], [step, _], count| {
        let from = from.unsigned_abs();
        for (index, sum) in sums[place..place + count].iter_mut().enumerate() {
            *sum = sum.wrapping_add(offsets[from + index * step.unsigned_abs()]);
        }
        place += count;
    })
}

/// Calls `run(distances, steps, length)` for every innermost loop over `shape`, in C order; a
/// long one is cut.
fn runs(
    shape: &[usize],
    strides: [&[isize]; 2],
    mut run: impl FnMut([isize; 2], [isize; 2], usize),
) -> Result<()> {
    if shape.contains(&0) {
        return Ok(());
    }
    let nest = Nest::in_order(shape, strides);
    let (length, steps) = nest.inner();
    let (mut unasked, mut answer) = (0, Ok(()));
    each(&nest, nest.lengths.len().saturating_sub(1), |distances| {
        for first in (0..length).step_by(PATIENCE) {
            let moved = |side: usize| {
                distances[side].wrapping_add(steps[side].wrapping_mul(first as isize))
            };
            let count = PATIENCE.min(length - first);
            if answer.is_ok() {
                run([moved(0), moved(1)], steps, count);
            }
            unasked += count;
            if unasked >= PATIENCE {
                unasked = 0;
                answer = interrupt::check();
            }
        }
    });
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operand<'a, T>(
        values: &[T],
        dtype: DType,
        shape: &'a [usize],
        strides: &'a [isize],
    ) -> Operand<'a> {
        Operand { address: values.as_ptr().cast_mut().cast(), shape, strides, dtype }
    }

    #[test]
    fn indices_count_from_either_end_and_in_any_layout() {
        let values = [0_i16, 1, -1, -4, 3, 2];
        let turned = operand(&values, DType::Int16, &[3, 2], &[2, 6]);
        // SAFETY: the operand is `values`.
        let found = unsafe { offsets(turned, 4, 10) }.unwrap();
        assert_eq!(found, [0, 0, 10, 30, 30, 20]);
        let reversed = Operand {
            address: (&raw const values[5]).cast_mut().cast(),
            ..operand(&values, DType::Int16, &[6], &[-2])
        };
        // SAFETY: as above.
        assert_eq!(unsafe { offsets(reversed, 4, 1) }.unwrap(), [2, 3, 0, 3, 1, 0]);
    }

    #[test]
    fn the_first_index_out_of_bounds_is_named() {
        for (values, bad) in [([0_i64, 4, 9], 4), ([0, -5, 9], -5), ([i64::MIN, 0, 0], i64::MIN)] {
            let operand = operand(&values, DType::Int64, &[3], &[8]);
            // SAFETY: the operand is `values`.
            let answer = unsafe { offsets(operand, 4, 8) };
            assert!(
                matches!(answer, Err(BadIndex::OutOfBounds(index)) if index == i128::from(bad))
            );
        }
        let values = [u64::MAX];
        let operand = operand(&values, DType::UInt64, &[1], &[8]);
        // SAFETY: as above.
        let answer = unsafe { offsets(operand, usize::MAX / 2, 8) };
        assert!(
            matches!(answer, Err(BadIndex::OutOfBounds(index)) if index == i128::from(u64::MAX))
        );
    }

    #[test]
    fn masks_give_the_places_of_whatever_is_not_zero() {
        let values: Vec<u8> = (0..1000_u32).map(|place| (place % 3 * 127) as u8).collect();
        let mask = operand(&values, DType::Bool, &[10, 100], &[100, 1]);
        // SAFETY: the operand is `values`.
        let found = unsafe { mask_offsets(mask, &[1000, -7]) }.unwrap();
        let expected: Vec<isize> = (0..1000)
            .filter(|place| place % 3 != 0)
            .map(|p| p / 100 * 1000 - p % 100 * 7)
            .collect();
        assert_eq!(found, expected);
        let nothing = operand(&values, DType::Bool, &[3, 0], &[1, 1]);
        // SAFETY: an empty operand is not read.
        assert!(unsafe { mask_offsets(nothing, &[1, 1]) }.unwrap().is_empty());
    }
}
