//! Which elements of a line come first, without sorting the others.
//!
//! The element at one place of the order is found by quickselect; one more pass puts those that
//! come before it in front and those that come after it behind, each in the order in which they
//! stood, so that the answer is one and not any.

use tensorbridge_core::op::Sorting;
use tensorbridge_core::{Error, Operand, Result};

use super::lines::{Lines, Memory};
use super::places::codec;
use crate::isa::{Kernel, compile};
use crate::loops::body::{at, store};

struct Split {
    words: *const i64,
    len: usize,
    middle: i64,
    /// The next places of the words before, at and behind the middle.
    places: [usize; 3],
    out: *mut u8,
    step: isize,
    /// How many places are wanted.
    wanted: usize,
}

impl Kernel for Split {
    type Task = Self;

    #[inline(always)]
    unsafe fn run(&Self { words, len, middle, mut places, out, step, wanted }: &Self) {
        for index in 0..len {
            // SAFETY: the caller's: `len` words.
            let word = unsafe { *words.add(index) };
            let next = &mut places[usize::from(word >= middle) + usize::from(word > middle)];
            if *next < wanted {
                // SAFETY: the caller's: so many places are ours to write.
                unsafe { store(at(out, step, *next), 0, index as i64) };
            }
            *next += 1;
        }
    }
}

/// Writes into `out`, which is `int64` and of `from`'s shape but perhaps shorter along `axis`,
/// the indices of each line: first those of the elements that come before the one at place `nth`
/// of the order, then those of its equals, then the others, as far as there is room.
///
/// # Errors
///
/// `Type` for complex numbers, `Memory`, `Interrupted`.
///
/// # Safety
///
/// [reach], [alive] and [permit]; `out` is fresh, and longer than `nth` along `axis`.
pub(crate) unsafe fn argselect(
    sorting: Sorting,
    from: Operand<'_>,
    axis: usize,
    nth: usize,
    out: Operand<'_>,
) -> Result<()> {
    if out.shape.contains(&0) {
        return Ok(());
    }
    let codec = codec(from.dtype, sorting.descending);
    if !codec.is_exact() {
        return Err(Error::dtype(format!("selecting is not defined for {}", from.dtype)));
    }
    let lines = Lines::new(&from, &out, axis);
    let len = lines.len;
    lines.share(1, &|range, _| {
        let memory = Memory::new::<i64>(2 * len)?;
        let words = memory.words::<i64>();
        for index in range {
            let line = lines.get(index);
            // SAFETY: the caller's contract; the memory is our own, twice as large as a line.
            unsafe {
                (codec.load)(len, &[words.cast(), line.from], &[8, lines.from_step]);
                let copy = words.add(len);
                copy.copy_from_nonoverlapping(words, len);
                let copy = std::slice::from_raw_parts_mut(copy, len);
                let (before, &mut middle, behind) = copy.select_nth_unstable(nth);
                let less = before.iter().filter(|&&word| word < middle).count();
                let more = behind.iter().filter(|&&word| word > middle).count();
                compile::<Split>()(&Split {
                    words,
                    len,
                    middle,
                    places: [0, less, len - more],
                    out: line.out,
                    step: lines.out_step,
                    wanted: out.shape[axis],
                });
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::DType;

    use super::*;

    #[test]
    fn equal_elements_stand_where_the_order_has_them() {
        let mut line = [5.0_f32, 1.0, f32::NAN, 3.0, 1.0, 3.0, -2.0];
        for descending in [false, true] {
            let rank = |&index: &i64| {
                let value = line[index as usize];
                let rank = if value.is_nan() { 100.0 } else { value };
                if descending { -rank } else { rank }
            };
            for nth in 0..7 {
                for len in nth + 1..8 {
                    let mut out = vec![-1_i64; len];
                    let shape = [len];
                    let from = Operand {
                        address: line.as_ptr().cast_mut().cast(),
                        shape: &[7],
                        strides: &[4],
                        dtype: DType::Float32,
                    };
                    let to = Operand {
                        address: out.as_mut_ptr().cast(),
                        shape: &shape,
                        strides: &[8],
                        dtype: DType::Int64,
                    };
                    let sorting = Sorting { descending, stable: true };
                    // SAFETY: operands over arrays of their size.
                    unsafe { argselect(sorting, from, 0, nth, to).unwrap() };
                    let middle = rank(&out[nth]);
                    assert!(out[..nth].iter().all(|index| rank(index) <= middle));
                    assert!(out[nth..].iter().all(|index| rank(index) >= middle));
                    let smaller = (0..7).filter(|index| rank(index) < middle).count();
                    assert!(smaller <= nth && out[..smaller].is_sorted(), "{out:?}");
                }
            }
        }
        line.reverse();
    }
}
