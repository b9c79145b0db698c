//! `condition ? a : b`. Only the size of an element matters, except that `bool` results are
//! written as 0 or 1.

use std::marker::PhantomData;

use tensorbridge_core::{Bool, DType};

use super::Loop;
use super::body::{at, load, store};
use crate::isa::{Body, pick};

/// The loop of select on `dtype`; operands `[out, condition, a, b]`.
pub(crate) fn select(dtype: DType) -> Loop<4> {
    match dtype.itemsize() {
        _ if dtype == DType::Bool => pick::<4, Select<Bool>>(),
        1 => pick::<4, Select<u8>>(),
        2 => pick::<4, Select<u16>>(),
        4 => pick::<4, Select<u32>>(),
        8 => pick::<4, Select<u64>>(),
        _ => pick::<4, Select<u128>>(),
    }
}

struct Select<T>(PhantomData<T>);

trait Choice: Copy {
    #[inline(always)]
    fn tidy(self) -> Self {
        self
    }
}

impl Choice for u8 {}
impl Choice for u16 {}
impl Choice for u32 {}
impl Choice for u64 {}
impl Choice for u128 {}

impl Choice for Bool {
    #[inline(always)]
    fn tidy(self) -> Self {
        Self::from(self.get())
    }
}

impl<T: Choice> Body<4> for Select<T> {
    #[inline(always)]
    unsafe fn run(len: usize, addresses: &[*mut u8; 4], steps: &[isize; 4]) {
        let &[out, condition, a, b] = addresses;
        let size = size_of::<T>() as isize;
        let pick = |condition: u8, a: T, b: T| if condition != 0 { a.tidy() } else { b.tidy() };
        // SAFETY: the contract of `Loop`: every index below `len` is in reach of all operands.
        unsafe {
            if *steps == [size, 1, size, size] {
                for index in 0..len {
                    let value = pick(load(condition, index), load(a, index), load(b, index));
                    store(out, index, value);
                }
            } else if *steps == [size, 1, size, 0] {
                let b = load(b, 0);
                for index in 0..len {
                    store(out, index, pick(load(condition, index), load(a, index), b));
                }
            } else {
                for index in 0..len {
                    let value = pick(
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
