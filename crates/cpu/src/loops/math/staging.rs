//! Loops over functions: dense runs go through a body of vectors; whatever is strided, repeated,
//! 16 bits wide or computed in place comes to it in blocks, through the processor's cache.

use std::marker::PhantomData;
use std::mem::MaybeUninit;

use tensorbridge_core::Element;
use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};

use super::function::{Function, Function2};
use super::pack::{Pack, each};
use crate::isa::{Body, Isa, Tiered, pick_tiered};
use crate::loops::body::{at, load, store};
use crate::loops::complex;
use crate::loops::half::{Half, narrow_to_halves, widen_halves};

/// Elements of a block: enough to forget what a call costs, few enough for the first cache.
const BLOCK: usize = 512;

/// An element that computes as some type.
pub(super) trait Computes: Element {
    /// What it computes as.
    type As: Element;
    fn widen(self) -> Self::As;
    fn narrow(value: Self::As) -> Self;
    /// Whether it is that type.
    const SAME: bool;

    /// Writes `len` elements, `step` bytes apart, to `to`.
    ///
    /// # Safety
    ///
    /// [reach] and [alive] for them; as many fit behind `to`.
    #[inline(always)]
    unsafe fn widen_all(len: usize, to: *mut u8, from: *mut u8, step: isize) {
        // SAFETY: the caller's.
        unsafe {
            if step == size_of::<Self>() as isize {
                for index in 0..len {
                    store(to, index, load::<Self>(from, index).widen());
                }
            } else {
                for index in 0..len {
                    store(to, index, load::<Self>(at(from, step, index), 0).widen());
                }
            }
        }
    }

    /// Writes `len` numbers at `from` to elements `step` bytes apart.
    ///
    /// # Safety
    ///
    /// [reach], [alive] and [permit] for the elements; as many numbers are behind `from`.
    #[inline(always)]
    unsafe fn narrow_all(len: usize, to: *mut u8, step: isize, from: *mut u8) {
        // SAFETY: the caller's.
        unsafe {
            if step == size_of::<Self>() as isize {
                for index in 0..len {
                    store(to, index, Self::narrow(load(from, index)));
                }
            } else {
                for index in 0..len {
                    store(at(to, step, index), 0, Self::narrow(load(from, index)));
                }
            }
        }
    }
}

macro_rules! computes {
    ($($type:ty as $wide:ty, $same:literal, $widen:expr, $narrow:expr $(, $loops:tt)?;)+) => {$(
        impl Computes for $type {
            type As = $wide;
            #[inline(always)]
            fn widen(self) -> $wide {
                $widen(self)
            }
            #[inline(always)]
            fn narrow(value: $wide) -> Self {
                $narrow(value)
            }
            const SAME: bool = $same;
            $(computes! { @loops $loops })?
        }
    )+};
    // Both ways by a loop of their own.
    (@loops ($widen:ident $narrow:ident)) => {
        #[inline(always)]
        unsafe fn widen_all(len: usize, to: *mut u8, from: *mut u8, step: isize) {
            // SAFETY: the caller's.
            unsafe { $widen()(len, &[to, from], &[size_of::<Self::As>() as isize, step]) }
        }
        #[inline(always)]
        unsafe fn narrow_all(len: usize, to: *mut u8, step: isize, from: *mut u8) {
            // SAFETY: the caller's.
            unsafe { $narrow()(len, &[to, from], &[step, size_of::<Self::As>() as isize]) }
        }
    };
}

computes! {
    f16 as f32, false, Half::widen, Half::narrow, (widen_halves narrow_to_halves);
    bf16 as f32, false, Half::widen, Half::narrow;
    f32 as f32, true, std::convert::identity, std::convert::identity;
    f64 as f64, true, std::convert::identity, std::convert::identity;
    Complex32 as Complex64, false, complex::wide, complex::narrow;
    Complex64 as Complex64, true, std::convert::identity, std::convert::identity;
}

/// The body of a function: dense operands `[out, a]`, disjoint.
struct Dense<F, T>(PhantomData<(F, T)>);

impl<T: Element, F: Function<T>> Tiered<2> for Dense<F, T> {
    #[inline(always)]
    unsafe fn run<I: Isa>(len: usize, &[out, a]: &[*mut u8; 2], _: &[isize; 2]) {
        let step = size_of::<T>() as isize;
        let mut start = 0;
        while start < len {
            let (to, from) = (at(out, step, start), at(a, step, start));
            let rest = len - start;
            // SAFETY: the contract of `Loop`: so many elements of both operands follow.
            unsafe {
                if F::PACKED && rest >= PACKS {
                    packs::<I, F, T>(to, from);
                    start += PACKS;
                } else {
                    let count = rest.min(if F::PACKED { PACKS } else { BLOCK });
                    singles::<I, F, T>(count, to, from);
                    start += count;
                }
            }
        }
    }
}

/// How far the elements of a pack are apart, and how many elements such packs have. Further apart,
/// they would be too many places for the processor to read ahead of.
const APART: usize = 32;
const PACKS: usize = 4 * APART;

/// Computes packs of elements.
#[inline(always)]
unsafe fn packs<I: Isa, F: Function<T>, T: Element>(out: *mut u8, a: *mut u8) {
    let mut rare = false;
    for index in 0..APART {
        // SAFETY: the caller's: so many elements are in reach of both operands, which are
        // disjoint.
        unsafe {
            let x: Pack<T> = each!(k => load(a, k * APART + index));
            if F::HAS_RARE {
                let Pack([p, q, r, s]) = each!(k => F::is_rare(x.0[k]));
                rare |= p | q | r | s;
            }
            let [p, q, r, s] = F::values::<I>(x).0;
            store(out, index, p);
            store(out, APART + index, q);
            store(out, 2 * APART + index, r);
            store(out, 3 * APART + index, s);
        }
    }
    if F::HAS_RARE && rare {
        // SAFETY: the same.
        unsafe { mend::<F, T>(PACKS, out, a) };
    }
}

/// Computes elements one after another.
#[inline(always)]
unsafe fn singles<I: Isa, F: Function<T>, T: Element>(len: usize, out: *mut u8, a: *mut u8) {
    let mut rare = false;
    for index in 0..len {
        // SAFETY: the caller's: `index` is in reach of both operands, which are disjoint.
        unsafe {
            let a = load(a, index);
            if F::HAS_RARE {
                rare |= F::is_rare(a);
            }
            store(out, index, F::value::<I>(a));
        }
    }
    if F::HAS_RARE && rare {
        // SAFETY: the same.
        unsafe { mend::<F, T>(len, out, a) };
    }
}

/// Computes the rare ones again.
#[cold]
unsafe fn mend<F: Function<T>, T: Element>(len: usize, out: *mut u8, a: *mut u8) {
    for index in 0..len {
        // SAFETY: the caller's: `index` is in reach of both operands, which are disjoint.
        unsafe {
            let a: T = load(a, index);
            if F::is_rare(a) {
                store(out, index, F::rare_value(a));
            }
        }
    }
}

/// The body of a function of two numbers: dense operands `[out, a, b]`, the output disjoint.
struct Dense2<F, T>(PhantomData<(F, T)>);

impl<T: Element, F: Function2<T>> Tiered<3> for Dense2<F, T> {
    #[inline(always)]
    unsafe fn run<I: Isa>(len: usize, operands: &[*mut u8; 3], _: &[isize; 3]) {
        let step = size_of::<T>() as isize;
        let mut start = 0;
        while start < len {
            let &[out, a, b] = operands;
            let [out, a, b] = [at(out, step, start), at(a, step, start), at(b, step, start)];
            let rest = len - start;
            // SAFETY: the contract of `Loop`: so many elements of all operands follow.
            unsafe {
                if F::PACKED && rest >= PACKS {
                    packs2::<I, F, T>(out, a, b);
                    start += PACKS;
                } else {
                    let count = rest.min(if F::PACKED { PACKS } else { BLOCK });
                    singles2::<I, F, T>(count, out, a, b);
                    start += count;
                }
            }
        }
    }
}

/// Computes packs of elements.
#[inline(always)]
unsafe fn packs2<I: Isa, F: Function2<T>, T: Element>(out: *mut u8, a: *mut u8, b: *mut u8) {
    let mut rare = false;
    for index in 0..APART {
        // SAFETY: the caller's: so many elements are in reach of all operands, the output
        // disjoint.
        unsafe {
            let x: Pack<T> = each!(k => load(a, k * APART + index));
            let y: Pack<T> = each!(k => load(b, k * APART + index));
            if F::HAS_RARE {
                let Pack([p, q, r, s]) = each!(k => F::is_rare(x.0[k], y.0[k]));
                rare |= p | q | r | s;
            }
            let [p, q, r, s] = F::values::<I>(x, y).0;
            store(out, index, p);
            store(out, APART + index, q);
            store(out, 2 * APART + index, r);
            store(out, 3 * APART + index, s);
        }
    }
    if F::HAS_RARE && rare {
        // SAFETY: the same.
        unsafe { mend2::<F, T>(PACKS, out, a, b) };
    }
}

/// Computes elements one after another.
#[inline(always)]
unsafe fn singles2<I: Isa, F: Function2<T>, T: Element>(
    len: usize,
    out: *mut u8,
    a: *mut u8,
    b: *mut u8,
) {
    let mut rare = false;
    for index in 0..len {
        // SAFETY: the caller's: `index` is in reach of all operands, the output disjoint.
        unsafe {
            let (a, b) = (load(a, index), load(b, index));
            if F::HAS_RARE {
                rare |= F::is_rare(a, b);
            }
            store(out, index, F::value::<I>(a, b));
        }
    }
    if F::HAS_RARE && rare {
        // SAFETY: the same.
        unsafe { mend2::<F, T>(len, out, a, b) };
    }
}

/// Computes the rare ones again.
#[cold]
unsafe fn mend2<F: Function2<T>, T: Element>(len: usize, out: *mut u8, a: *mut u8, b: *mut u8) {
    for index in 0..len {
        // SAFETY: the caller's: `index` is in reach of all operands, the output disjoint.
        unsafe {
            let (a, b): (T, T) = (load(a, index), load(b, index));
            if F::is_rare(a, b) {
                store(out, index, F::rare_value(a, b));
            }
        }
    }
}

/// A block of our own.
struct Block<T>([MaybeUninit<T>; BLOCK]);

impl<T: Copy> Block<T> {
    #[inline(always)]
    fn new() -> Self {
        Self([MaybeUninit::uninit(); BLOCK])
    }

    #[inline(always)]
    fn address(&mut self) -> *mut u8 {
        self.0.as_mut_ptr().cast()
    }
}

/// The loop of a function; operands `[out, a]`.
pub(super) struct Map<F, E>(PhantomData<(F, E)>);

impl<E: Computes, F: Function<E::As>> Body<2> for Map<F, E> {
    #[inline(always)]
    unsafe fn run(len: usize, &[out, a]: &[*mut u8; 2], &[out_step, a_step]: &[isize; 2]) {
        let dense = pick_tiered::<2, Dense<F, E::As>>();
        let size = size_of::<E>() as isize;
        let straight = E::SAME && out_step == size;
        if straight && a_step == size && out != a {
            // SAFETY: the contract of `Loop`; not the same, so disjoint: [alias].
            unsafe { dense(len, &[out, a], &[size, size]) };
            return;
        }
        let (mut input, mut output) = (Block::<E::As>::new(), Block::<E::As>::new());
        let mut start = 0;
        while start < len {
            let count = BLOCK.min(len - start);
            let (to, from) = (at(out, out_step, start), at(a, a_step, start));
            // SAFETY: the contract of `Loop` for this part of the operands, and blocks of our own.
            unsafe {
                E::widen_all(count, input.address(), from, a_step);
                if straight {
                    dense(count, &[to, input.address()], &[size, size]);
                } else {
                    dense(count, &[output.address(), input.address()], &[size, size]);
                    E::narrow_all(count, to, out_step, output.address());
                }
            }
            start += count;
        }
    }
}

/// The loop of a function of two numbers; operands `[out, a, b]`.
pub(super) struct Map2<F, E>(PhantomData<(F, E)>);

impl<E: Computes, F: Function2<E::As>> Body<3> for Map2<F, E> {
    #[inline(always)]
    unsafe fn run(len: usize, &[out, a, b]: &[*mut u8; 3], steps: &[isize; 3]) {
        let dense = pick_tiered::<3, Dense2<F, E::As>>();
        let &[out_step, a_step, b_step] = steps;
        let size = size_of::<E>() as isize;
        let straight = E::SAME && out_step == size;
        // Inputs that the body can read where they are.
        let direct = |input: *mut u8, step: isize| E::SAME && step == size && input != out;
        let (a_direct, b_direct) = (direct(a, a_step), direct(b, b_step));
        if straight && a_direct && b_direct {
            // SAFETY: the contract of `Loop`; not the same, so disjoint: [alias].
            unsafe { dense(len, &[out, a, b], &[size, size, size]) };
            return;
        }
        let mut blocks = [Block::<E::As>::new(), Block::new(), Block::new()];
        let [left, right, output] = &mut blocks;
        let mut start = 0;
        while start < len {
            let count = BLOCK.min(len - start);
            let to = at(out, out_step, start);
            let (mut from_a, mut from_b) = (at(a, a_step, start), at(b, b_step, start));
            // SAFETY: the contract of `Loop` for this part of the operands, and blocks of our own.
            unsafe {
                // One element for all fills its block once.
                if !a_direct {
                    if a_step != 0 || start == 0 {
                        E::widen_all(count, left.address(), from_a, a_step);
                    }
                    from_a = left.address();
                }
                if !b_direct {
                    if b_step != 0 || start == 0 {
                        E::widen_all(count, right.address(), from_b, b_step);
                    }
                    from_b = right.address();
                }
                if straight {
                    dense(count, &[to, from_a, from_b], &[size, size, size]);
                } else {
                    dense(count, &[output.address(), from_a, from_b], &[size, size, size]);
                    E::narrow_all(count, to, out_step, output.address());
                }
            }
            start += count;
        }
    }
}
