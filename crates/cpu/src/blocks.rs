//! One axis in blocks that stay in the first-level cache: inputs that are not dense are gathered
//! first, so that loops compute many elements at a time.

use std::mem::MaybeUninit;

use crate::loops::{self, Loop};
use crate::nest::moved;

/// Bytes of a block of one operand: what the call of a loop is worth, and a small part of the
/// cache.
const BLOCK: usize = 4096;

/// Runs of fewer elements are not worth a block.
const SHORT: usize = 32;

/// A block for each operand.
#[repr(align(64))]
struct Block([MaybeUninit<u8>; BLOCK]);

impl Block {
    const EMPTY: Self = Self([MaybeUninit::uninit(); BLOCK]);

    fn address(&mut self) -> *mut u8 {
        self.0.as_mut_ptr().cast()
    }
}

/// What to do with each operand of a loop; operand 0 is the output.
#[derive(Clone, Copy)]
pub(crate) struct Blocks<const N: usize> {
    sizes: [usize; N],
    /// For an input that is gathered, how.
    gather: [Option<Loop<2>>; N],
    /// Elements of a block.
    count: usize,
}

impl<const N: usize> Blocks<N> {
    /// How to run over `length` elements of `sizes` bytes with `steps` between them; `None` if as
    /// they are.
    pub(crate) fn new(length: usize, steps: &[isize; N], sizes: [usize; N]) -> Option<Self> {
        let mut gather = [None; N];
        for operand in 1..N {
            let strided = steps[operand] != 0 && steps[operand] != sizes[operand] as isize;
            if strided && length >= SHORT {
                gather[operand] = Some(loops::copy(sizes[operand]));
            }
        }
        let count = BLOCK / sizes.iter().copied().max()?;
        gather.iter().any(Option::is_some).then_some(Self { sizes, gather, count })
    }

    /// Calls `body` over `length` elements, in blocks.
    ///
    /// # Safety
    ///
    /// As [`Loop`], with the steps that [`Blocks::new`] was given.
    pub(crate) unsafe fn run(
        &self,
        length: usize,
        addresses: &[*mut u8; N],
        steps: &[isize; N],
        body: Loop<N>,
    ) {
        let mut blocks = [const { Block::EMPTY }; N];
        let inside: [isize; N] = std::array::from_fn(|operand| match self.gather[operand] {
            Some(_) => self.sizes[operand] as isize,
            None => steps[operand],
        });
        for first in (0..length).step_by(self.count) {
            let count = self.count.min(length - first);
            let here = moved(addresses, steps, first);
            let mut at = here;
            // SAFETY: the caller's contract, for parts of the elements that follow one another; a
            // block holds `self.count` elements of every operand.
            unsafe {
                for operand in 1..N {
                    if let Some(gather) = self.gather[operand] {
                        at[operand] = blocks[operand].address();
                        let size = self.sizes[operand] as isize;
                        gather(count, &[at[operand], here[operand]], &[size, steps[operand]]);
                    }
                }
                body(count, &at, &inside);
            }
        }
    }
}
