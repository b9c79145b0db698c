//! Outputs that go past the caches.
//!
//! An ordinary store first reads the line that it will overwrite. Where an output is larger than
//! what the caches keep anyway, its elements are computed into a small block, which stays in the
//! first-level cache, and copied from there by stores that do not read.

use std::mem::MaybeUninit;

use crate::loops::Loop;
use crate::nest::moved;

/// Bytes of a block: what one call of a loop is worth, and a small part of the cache.
pub(crate) const BLOCK: usize = 4096;

/// Bytes of a cache line, whose multiples are written.
const LINE: usize = 64;

#[repr(align(64))]
struct Block([MaybeUninit<u8>; BLOCK]);

/// Calls `body` over `length` elements, in blocks.
///
/// # Safety
///
/// As [`Loop`]; operand 0 is dense, of elements of `size` bytes (a power of two), aligned to
/// them, and none of the inputs.
pub(crate) unsafe fn run<const N: usize>(
    length: usize,
    addresses: &[*mut u8; N],
    steps: &[isize; N],
    size: usize,
    body: Loop<N>,
) {
    let mut block = Block([MaybeUninit::uninit(); BLOCK]);
    let count = BLOCK / size;
    let head = (addresses[0].align_offset(LINE) / size).min(length);
    let tail = length - (length - head) % count;
    // SAFETY: the caller's contract, for parts of the elements that follow one another; a block
    // holds `count` elements, and those of the output begin at cache lines.
    unsafe {
        if head > 0 {
            body(head, addresses, steps);
        }
        for first in (head..tail).step_by(count) {
            let mut here = moved(addresses, steps, first);
            let out = std::mem::replace(&mut here[0], block.0.as_mut_ptr().cast());
            body(count, &here, steps);
            past_the_caches(out, &block);
        }
        if tail < length {
            body(length - tail, &moved(addresses, steps, tail), steps);
        }
    }
    finish();
}

/// Copies a block to `out`, which is aligned to a line.
#[cfg(all(target_arch = "x86_64", not(miri)))]
#[inline(always)]
unsafe fn past_the_caches(out: *mut u8, block: &Block) {
    use std::arch::x86_64::{__m128i, _mm_load_si128, _mm_stream_si128};
    let (out, from) = (out.cast::<__m128i>(), block.0.as_ptr().cast::<__m128i>());
    for index in 0..BLOCK / size_of::<__m128i>() {
        // SAFETY: both are `BLOCK` bytes, aligned to a line.
        unsafe { _mm_stream_si128(out.add(index), _mm_load_si128(from.add(index))) };
    }
}

#[cfg(not(all(target_arch = "x86_64", not(miri))))]
unsafe fn past_the_caches(out: *mut u8, block: &Block) {
    // SAFETY: both are `BLOCK` bytes; the block is our own.
    unsafe { std::ptr::copy_nonoverlapping(block.0.as_ptr().cast(), out, BLOCK) };
}

/// Orders the stores above before whatever the thread does next, as other stores are.
fn finish() {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: every x86-64 processor has this instruction.
    unsafe {
        std::arch::x86_64::_mm_sfence();
    }
}
