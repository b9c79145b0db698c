//! `condition ? a : b`. Only the size of an element matters, except that `bool` results are
//! written as 0 or 1.
//!
//! Both elements are always read and one is kept by a mask: a condition that is as good as random
//! costs what any other does, and the loops vectorise.

use std::marker::PhantomData;
use std::mem::MaybeUninit;

use tensorbridge_core::DType;

use super::Loop;
use super::body::{at, load, store};
use crate::isa::{Body, pick};

/// The loop of select on `dtype`; operands `[out, condition, a, b]`.
pub(crate) fn select(dtype: DType) -> Loop<4> {
    match dtype.itemsize() {
        _ if dtype == DType::Bool => pick::<4, Select<Truth>>(),
        1 => pick::<4, Select<u8>>(),
        2 => pick::<4, Select<u16>>(),
        4 => pick::<4, Select<u32>>(),
        8 => pick::<4, Select<u64>>(),
        _ => pick::<4, Select<[u64; 2]>>(),
    }
}

struct Select<T>(PhantomData<T>);

/// The bytes of an element.
trait Choice: Copy {
    /// `a` where `condition` is not 0, else `b`.
    fn choose(condition: u8, a: Self, b: Self) -> Self;
}

macro_rules! words {
    ($($type:ty)+) => {$(
        impl Choice for $type {
            // Arithmetic, so that no branch is made of it.
            #[inline(always)]
            fn choose(condition: u8, a: Self, b: Self) -> Self {
                let mask = Self::from(condition != 0).wrapping_neg();
                b ^ ((a ^ b) & mask)
            }
        }
    )+};
}

words! { u8 u16 u32 u64 }

impl Choice for [u64; 2] {
    #[inline(always)]
    fn choose(condition: u8, a: Self, b: Self) -> Self {
        [u64::choose(condition, a[0], b[0]), u64::choose(condition, a[1], b[1])]
    }
}

/// A `bool`, whose byte may be any.
#[derive(Clone, Copy)]
struct Truth(u8);

impl Choice for Truth {
    #[inline(always)]
    fn choose(condition: u8, a: Self, b: Self) -> Self {
        Self(u8::from(u8::choose(condition, a.0, b.0) != 0))
    }
}

/// Dense elements and conditions, but for a choice that is one element for all.
///
/// # Safety
///
/// As [`Loop`].
#[inline(always)]
unsafe fn dense<T: Choice, const ONE_A: bool, const ONE_B: bool>(
    len: usize,
    [out, condition, a, b]: [*mut u8; 4],
) {
    // SAFETY: the contract of `Loop`: every index below `len` is in reach of all operands, and a
    // loop of no elements is not asked for.
    unsafe {
        let (one_a, one_b): (T, T) = (load(a, 0), load(b, 0));
        for index in 0..len {
            let a = if ONE_A { one_a } else { load(a, index) };
            let b = if ONE_B { one_b } else { load(b, index) };
            store(out, index, T::choose(load(condition, index), a, b));
        }
    }
}

/// As [`dense`], where the output is one of the choices.
///
/// Through memory of our own: stored where it was read, a choice is compiled to masked stores, which
/// AMD's processors do one element after another.
///
/// # Safety
///
/// As [`Loop`].
#[inline(always)]
unsafe fn in_place<T: Choice, const ONE_A: bool, const ONE_B: bool>(
    len: usize,
    [out, condition, a, b]: [*mut u8; 4],
) {
    const BLOCK: usize = 256;
    let mut block = [MaybeUninit::<T>::uninit(); BLOCK];
    let size = size_of::<T>();
    for start in (0..len).step_by(BLOCK) {
        let count = BLOCK.min(len - start);
        let part = |address: *mut u8, one| match one {
            true => address,
            false => address.wrapping_add(start * size),
        };
        let chosen = block.as_mut_ptr().cast::<u8>();
        let parts = [chosen, condition.wrapping_add(start), part(a, ONE_A), part(b, ONE_B)];
        // SAFETY: the contract of `Loop`, for `count` elements from `start` on; `block` holds as many.
        unsafe {
            dense::<T, ONE_A, ONE_B>(count, parts);
            std::ptr::copy_nonoverlapping(chosen, part(out, false), count * size);
        }
    }
}

impl<T: Choice> Body<4> for Select<T> {
    #[inline(always)]
    unsafe fn run(len: usize, addresses: &[*mut u8; 4], steps: &[isize; 4]) {
        let &[out, condition, a, b] = addresses;
        let size = size_of::<T>() as isize;
        // SAFETY: the contract of `Loop`: every index below `len` is in reach of all operands.
        unsafe {
            match *steps {
                [to, 1, x, y] if [to, x, y] == [size; 3] => match out == a || out == b {
                    true => in_place::<T, false, false>(len, [out, condition, a, b]),
                    false => dense::<T, false, false>(len, [out, condition, a, b]),
                },
                [to, 1, x, 0] if [to, x] == [size; 2] => match out == a {
                    true => in_place::<T, false, true>(len, [out, condition, a, b]),
                    false => dense::<T, false, true>(len, [out, condition, a, b]),
                },
                [to, 1, 0, y] if [to, y] == [size; 2] => match out == b {
                    true => in_place::<T, true, false>(len, [out, condition, a, b]),
                    false => dense::<T, true, false>(len, [out, condition, a, b]),
                },
                [to, 1, 0, 0] if to == size => dense::<T, true, true>(len, [out, condition, a, b]),
                _ => {
                    for index in 0..len {
                        let value = T::choose(
                            load(at(condition, steps[1], index), 0),
                            load(at(a, steps[2], index), 0),
                            load(at(b, steps[3], index), 0),
                        );
                        store(at(out, steps[0], index), 0, value);
                    }
                }
            }
        }
    }
}
