//! Moving elements without looking at them: by size alone, as they are or byte-swapped.

use std::marker::PhantomData;

use tensorbridge_core::DType;

use super::Loop;
use super::body::{at, load, store};
use crate::isa::{Body, pick};

/// The loop that copies elements of `itemsize` bytes; operands `[out, from]`.
pub(crate) fn copy(itemsize: usize) -> Loop<2> {
    match itemsize {
        1 => pick::<2, Move<u8>>(),
        2 => pick::<2, Move<u16>>(),
        4 => pick::<2, Move<u32>>(),
        8 => pick::<2, Move<u64>>(),
        _ => pick::<2, Move<u128>>(),
    }
}

/// The loop that copies elements and reverses the bytes of each of their numbers.
pub(crate) fn swap(dtype: DType) -> Loop<2> {
    match (dtype.itemsize(), dtype.is_complex()) {
        (1, _) => copy(1),
        (2, _) => pick::<2, Swap<u16>>(),
        (4, _) => pick::<2, Swap<u32>>(),
        (8, false) => pick::<2, Swap<u64>>(),
        (8, true) => pick::<2, Swap<[u32; 2]>>(),
        _ => pick::<2, Swap<[u64; 2]>>(),
    }
}

struct Move<T>(PhantomData<T>);

impl<T: Copy> Body<2> for Move<T> {
    #[inline(always)]
    unsafe fn run(len: usize, &[out, from]: &[*mut u8; 2], steps: &[isize; 2]) {
        let size = size_of::<T>() as isize;
        // SAFETY: the contract of `Loop`: every index below `len` is in reach of both operands.
        // `Cpu::copy` has returned before when they are the same elements, so [alias] says that
        // they are disjoint.
        unsafe {
            if *steps == [size, size] {
                std::ptr::copy_nonoverlapping(from, out, len * size_of::<T>());
            } else if *steps == [size, 0] {
                let value: T = load(from, 0);
                for index in 0..len {
                    store(out, index, value);
                }
            } else if steps[0] == size {
                for index in 0..len {
                    store::<T>(out, index, load(at(from, steps[1], index), 0));
                }
            } else {
                for index in 0..len {
                    store::<T>(at(out, steps[0], index), 0, load(at(from, steps[1], index), 0));
                }
            }
        }
    }
}

struct Swap<T>(PhantomData<T>);

trait Swapped: Copy {
    fn swapped(self) -> Self;
}

macro_rules! swapped {
    ($($type:ty)+) => {$(
        impl Swapped for $type {
            #[inline(always)]
            fn swapped(self) -> Self {
                self.swap_bytes()
            }
        }
        impl Swapped for [$type; 2] {
            #[inline(always)]
            fn swapped(self) -> Self {
                [self[0].swap_bytes(), self[1].swap_bytes()]
            }
        }
    )+};
}

swapped! { u16 u32 u64 }

impl<T: Swapped> Body<2> for Swap<T> {
    #[inline(always)]
    unsafe fn run(len: usize, &[out, from]: &[*mut u8; 2], steps: &[isize; 2]) {
        let size = size_of::<T>() as isize;
        // SAFETY: the contract of `Loop`: every index below `len` is in reach of both operands.
        unsafe {
            if *steps == [size, size] {
                for index in 0..len {
                    store(out, index, load::<T>(from, index).swapped());
                }
            } else {
                for index in 0..len {
                    let value: T = load(at(from, steps[1], index), 0);
                    store(at(out, steps[0], index), 0, value.swapped());
                }
            }
        }
    }
}
