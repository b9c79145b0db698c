//! Operations of `float16` that take no longer than its conversions: vectors of them from memory
//! to memory, where the processor converts. In blocks, memory would wait while they are computed.

use std::marker::PhantomData;

use tensorbridge_core::dtype::f16;

use super::function::{Function, Function2};
use super::staging::{Map, Map2};
use crate::isa::{Isa, Tiered, pick};
use crate::loops::body::{at, load};
use crate::loops::half::{narrow_vectors, widen_vectors};

/// Numbers taken at once: four vectors, which wait for one another less than one after another.
const SIDE: usize = 32;
/// Bytes of a `float16`.
const SIZE: isize = size_of::<f16>() as isize;

/// The loop of a function of one number; operands `[out, a]`.
pub(super) struct One<F>(PhantomData<F>);

/// The loop of a function of two numbers; operands `[out, a, b]`.
pub(super) struct Two<F>(PhantomData<F>);

impl<F: Function<f32>> Tiered<2> for One<F> {
    #[inline(always)]
    unsafe fn run<I: Isa>(len: usize, operands: &[*mut u8; 2], steps: &[isize; 2]) {
        let &[out, a] = operands;
        let mut done = 0;
        // SAFETY: the contract of `Loop`: every index below `len` is in reach of both operands, and
        // all that is written over has been read; the tier converts.
        unsafe {
            if I::CONVERTS_HALVES && *steps == [SIZE; 2] {
                while done + SIDE <= len {
                    let x: [f32; SIDE] = widen_vectors(at(a, SIZE, done));
                    let mut value = [0.0; SIDE];
                    for k in 0..SIDE {
                        value[k] = F::value::<I>(x[k]);
                    }
                    narrow_vectors(at(out, SIZE, done), &value);
                    done += SIDE;
                }
            }
            if done < len {
                let rest = [at(out, steps[0], done), at(a, steps[1], done)];
                pick::<2, Map<F, f16>>()(len - done, &rest, steps);
            }
        }
    }
}

impl<F: Function2<f32>> Tiered<3> for Two<F> {
    #[inline(always)]
    unsafe fn run<I: Isa>(len: usize, operands: &[*mut u8; 3], steps: &[isize; 3]) {
        let &[out, a, b] = operands;
        let side_by_side = steps[0] == SIZE
            && (steps[1] == SIZE || steps[1] == 0)
            && (steps[2] == SIZE || steps[2] == 0);
        let mut done = 0;
        // SAFETY: as above. One number for all is read from copies of it.
        unsafe {
            if I::CONVERTS_HALVES && side_by_side {
                let mut copies = [[f16::ZERO; SIDE]; 2];
                let mut from = [a, b];
                for k in 0..2 {
                    if steps[k + 1] == 0 && len >= SIDE {
                        copies[k] = [load(from[k], 0); SIDE];
                        from[k] = copies[k].as_mut_ptr().cast();
                    }
                }
                while done + SIDE <= len {
                    let x: [f32; SIDE] = widen_vectors(at(from[0], steps[1], done));
                    let y: [f32; SIDE] = widen_vectors(at(from[1], steps[2], done));
                    let mut value = [0.0; SIDE];
                    for k in 0..SIDE {
                        value[k] = F::value::<I>(x[k], y[k]);
                    }
                    narrow_vectors(at(out, SIZE, done), &value);
                    done += SIDE;
                }
            }
            if done < len {
                let rest = [0, 1, 2].map(|k| at(operands[k], steps[k], done));
                pick::<3, Map2<F, f16>>()(len - done, &rest, steps);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::function::Plain;
    use super::super::roots::Sqrt;
    use super::*;
    use crate::isa::pick_tiered;
    use crate::loops::arithmetic::Divide;
    use crate::loops::half::Half;

    /// Some numbers, the special ones among them.
    fn numbers(len: usize, factor: usize) -> Vec<f16> {
        (0..len).map(|index| f16::from_bits((index * factor) as u16)).collect()
    }

    fn same(a: f16, b: f16) -> bool {
        a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
    }

    #[test]
    fn vectors_and_rests_are_computed_as_one_number_is() {
        for len in [0, 5, SIDE, 3 * SIDE + 7] {
            for (places, steps) in
                [([1, 1], [2, 2]), ([1, 0], [2, 0]), ([0, 1], [0, 2]), ([2, 1], [4, 2])]
            {
                let (mut a, mut b) = (numbers(2 * len + 1, 641), numbers(2 * len + 1, 331));
                let quotient = |index: usize| {
                    let (a, b) = (a[index * places[0]], b[index * places[1]]);
                    f16::narrow(a.widen() / b.widen())
                };
                let expected: Vec<f16> = (0..len).map(quotient).collect();
                let mut apart = vec![f16::ZERO; len];
                let divide = pick_tiered::<3, Two<Plain<Divide<f32>>>>();
                let (left, right) = (a.as_mut_ptr().cast(), b.as_mut_ptr().cast());
                // SAFETY: `len` elements of each; the second time, the output is the input.
                unsafe {
                    divide(
                        len,
                        &[apart.as_mut_ptr().cast(), left, right],
                        &[2, steps[0], steps[1]],
                    );
                    assert!(apart.iter().zip(&expected).all(|(&a, &b)| same(a, b)), "{steps:?}");
                    if steps[0] == 2 {
                        divide(len, &[left, left, right], &[2, 2, steps[1]]);
                        assert!(a.iter().zip(&expected).all(|(&a, &b)| same(a, b)), "{steps:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn every_root_is_that_of_its_f32() {
        let mut a = numbers(1 << 16, 1);
        let expected: Vec<f16> = a.iter().map(|a| f16::narrow(a.widen().sqrt())).collect();
        let address = a.as_mut_ptr().cast();
        // SAFETY: so many elements, in place.
        unsafe { pick_tiered::<2, One<Sqrt>>()(a.len(), &[address, address], &[2, 2]) };
        assert!(a.iter().zip(&expected).all(|(&a, &b)| same(a, b)));
    }
}
