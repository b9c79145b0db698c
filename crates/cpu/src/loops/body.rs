//! The shapes of a loop over one axis, written once for every operation and dtype.
//!
//! Elements are always read and written unaligned: on the processors we target a contiguous
//! unaligned loop costs what an aligned one does, so alignment needs no body of its own.
//! In place is a body of its own: through one raw pointer the compiler sees that a write can
//! only touch the element just read, where two equal pointers would fail its overlap test and
//! leave the loop scalar.

use std::marker::PhantomData;

use tensorbridge_core::Element;

use crate::isa::Body;

/// What an operation on one element means.
pub(crate) trait Map1 {
    type In: Element;
    type Out: Element;
    fn apply(a: Self::In) -> Self::Out;
}

/// What an operation on two elements means.
pub(crate) trait Map2 {
    type In: Element;
    type Out: Element;
    fn apply(a: Self::In, b: Self::In) -> Self::Out;
}

/// What an operation on three elements means.
pub(crate) trait Map3 {
    type Item: Element;
    fn apply(a: Self::Item, b: Self::Item, c: Self::Item) -> Self::Item;
}

/// Element `index` of a dense run at `address`, aligned or not.
#[inline(always)]
pub(crate) unsafe fn load<T: Copy>(address: *mut u8, index: usize) -> T {
    // SAFETY: the caller's: [reach] and [alive] for this element.
    unsafe { address.cast::<T>().wrapping_add(index).read_unaligned() }
}

/// Sets element `index` of a dense run at `address`, aligned or not.
#[inline(always)]
pub(crate) unsafe fn store<T: Copy>(address: *mut u8, index: usize, value: T) {
    // SAFETY: the caller's: [reach], [alive] and [permit] for this element.
    unsafe { address.cast::<T>().wrapping_add(index).write_unaligned(value) }
}

/// `address` moved by `index` steps.
#[inline(always)]
pub(crate) fn at(address: *mut u8, step: isize, index: usize) -> *mut u8 {
    address.wrapping_offset(step.wrapping_mul(index as isize))
}

/// Asks memory for some bytes that will be read soon; nothing is read.
#[inline(always)]
pub(crate) fn ahead(address: *mut u8, bytes: usize) {
    /// Bytes of a cache line, and the most that are asked for at once.
    const LINE: usize = 64;
    const MOST: usize = 16 * LINE;
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    for byte in (0..bytes.min(MOST)).step_by(LINE) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: asking for an address is right whatever is there.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.wrapping_add(byte).cast()) };
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = (address, bytes.min(MOST).div_ceil(LINE));
}

/// The loop of a [`Map1`]; operands `[out, a]`.
pub(crate) struct One<F>(PhantomData<F>);

impl<F: Map1> Body<2> for One<F> {
    #[inline(always)]
    unsafe fn run(len: usize, &[out, a]: &[*mut u8; 2], &[out_step, a_step]: &[isize; 2]) {
        let (out_size, a_size) = (size_of::<F::Out>() as isize, size_of::<F::In>() as isize);
        // SAFETY: the contract of `Loop`: every index below `len` is in reach of both operands.
        unsafe {
            if (out_step, a_step) == (out_size, a_size) {
                if out == a && out_size == a_size {
                    for index in 0..len {
                        store(out, index, F::apply(load(out, index)));
                    }
                } else {
                    for index in 0..len {
                        store(out, index, F::apply(load(a, index)));
                    }
                }
            } else {
                for index in 0..len {
                    store(at(out, out_step, index), 0, F::apply(load(at(a, a_step, index), 0)));
                }
            }
        }
    }
}

/// The loop of a [`Map2`]; operands `[out, a, b]`.
pub(crate) struct Two<F>(PhantomData<F>);

impl<F: Map2> Body<3> for Two<F> {
    #[inline(always)]
    unsafe fn run(len: usize, &[out, a, b]: &[*mut u8; 3], steps: &[isize; 3]) {
        let (out_size, size) = (size_of::<F::Out>() as isize, size_of::<F::In>() as isize);
        let [out_step, a_step, b_step] = *steps;
        let in_place = out == a && out_size == size;
        let dense = |step: isize| step == size;
        // SAFETY: the contract of `Loop`: every index below `len` is in reach of all operands.
        unsafe {
            if out_step == out_size && dense(a_step) && dense(b_step) {
                if in_place && out == b {
                    for index in 0..len {
                        store(out, index, F::apply(load(out, index), load(out, index)));
                    }
                } else if in_place {
                    for index in 0..len {
                        store(out, index, F::apply(load(out, index), load(b, index)));
                    }
                } else {
                    for index in 0..len {
                        store(out, index, F::apply(load(a, index), load(b, index)));
                    }
                }
            } else if out_step == out_size && dense(a_step) && b_step == 0 {
                let b = load(b, 0);
                if in_place {
                    for index in 0..len {
                        store(out, index, F::apply(load(out, index), b));
                    }
                } else {
                    for index in 0..len {
                        store(out, index, F::apply(load(a, index), b));
                    }
                }
            } else if out_step == out_size && a_step == 0 && dense(b_step) {
                let a = load(a, 0);
                for index in 0..len {
                    store(out, index, F::apply(a, load(b, index)));
                }
            } else if size == 4 && out_step == out_size && a_step == 2 * size && dense(b_step) {
                // Every other one, which shuffles pick out of whole vectors.
                for index in 0..len {
                    store(out, index, F::apply(load(a, 2 * index), load(b, index)));
                }
            } else if size == 4 && out_step == out_size && dense(a_step) && b_step == 2 * size {
                for index in 0..len {
                    store(out, index, F::apply(load(a, index), load(b, 2 * index)));
                }
            } else if size == 4 && out_step == out_size && a_step == -size && dense(b_step) {
                // Backwards, which shuffles turn.
                for index in 0..len {
                    let a = load(a.wrapping_offset(-size * index as isize), 0);
                    store(out, index, F::apply(a, load(b, index)));
                }
            } else if size == 4 && out_step == out_size && dense(a_step) && b_step == -size {
                for index in 0..len {
                    let b = load(b.wrapping_offset(-size * index as isize), 0);
                    store(out, index, F::apply(load(a, index), b));
                }
            } else {
                for index in 0..len {
                    let value =
                        F::apply(load(at(a, a_step, index), 0), load(at(b, b_step, index), 0));
                    store(at(out, out_step, index), 0, value);
                }
            }
        }
    }
}

/// The loop of a [`Map3`]; operands `[out, a, b, c]`.
pub(crate) struct Three<F>(PhantomData<F>);

impl<F: Map3> Body<4> for Three<F> {
    #[inline(always)]
    unsafe fn run(len: usize, &[out, a, b, c]: &[*mut u8; 4], steps: &[isize; 4]) {
        let size = size_of::<F::Item>() as isize;
        let [out_step, a_step, b_step, c_step] = *steps;
        // SAFETY: the contract of `Loop`: every index below `len` is in reach of all operands.
        unsafe {
            if *steps == [size; 4] {
                for index in 0..len {
                    let (b, c) = (load(b, index), load(c, index));
                    store(out, index, F::apply(load(a, index), b, c));
                }
            } else if *steps == [size, size, 0, 0] {
                let (b, c) = (load(b, 0), load(c, 0));
                if out == a {
                    for index in 0..len {
                        store(out, index, F::apply(load(out, index), b, c));
                    }
                } else {
                    for index in 0..len {
                        store(out, index, F::apply(load(a, index), b, c));
                    }
                }
            } else if *steps == [size, size, size, 0] {
                let c = load(c, 0);
                for index in 0..len {
                    store(out, index, F::apply(load(a, index), load(b, index), c));
                }
            } else {
                for index in 0..len {
                    let value = F::apply(
                        load(at(a, a_step, index), 0),
                        load(at(b, b_step, index), 0),
                        load(at(c, c_step, index), 0),
                    );
                    store(at(out, out_step, index), 0, value);
                }
            }
        }
    }
}
