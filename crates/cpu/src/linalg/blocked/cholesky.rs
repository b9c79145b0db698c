//! The Cholesky factor of a large real matrix.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use faer::dyn_stack::{MemStack, StackReq};
use faer::linalg::cholesky::llt::factor::{LltError, cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{MatMut, Par};

use super::{PANEL, Whole, beyond, count_beyond, packed, packed_scratch};
use crate::linalg::vector::Real;
use crate::matmul::Left;
use crate::pool::{self, Shared};

/// See [`super::Blocked::cholesky_scratch`].
pub(super) fn scratch<T: Real>(n: usize) -> StackReq {
    packed_scratch::<T>(n).and(StackReq::new::<u8>(inside::<T>()))
}

/// Bytes that `faer` works in, within a panel.
fn inside<T: Real>() -> usize {
    cholesky_in_place_scratch::<T>(PANEL, Par::Seq, Default::default()).unaligned_bytes_required()
}

/// See [`super::Blocked::cholesky`].
pub(super) fn factorize<T: Real>(a: MatMut<'_, T>, threads: usize, stack: &mut MemStack) -> i32 {
    let n = a.nrows();
    let (memory, stack) = packed::<T>(n, stack);
    let (inside, _) = stack.make_uninit::<u8>(inside::<T>());
    let shared = Shared((Whole::of(a), memory, &raw mut *inside));
    let failed = AtomicUsize::new(0);
    // Factorizes a panel, and packs what is below its triangle.
    let factorize = |Range { start, end }: Range<usize>| {
        let (a, memory, inside) = shared.get();
        // SAFETY: columns that no other task uses, and `faer`'s memory, which one panel after the
        // other uses. That of the packed one was that of the panel before the last, which nobody
        // reads any more.
        unsafe {
            let mut top = a.part(start..end, start..end);
            let (stack, none) = (MemStack::new(&mut *inside), Default::default());
            if let Err(LltError::NonPositivePivot { index }) =
                cholesky_in_place(top.as_mut(), none, Par::Seq, stack, Default::default())
            {
                failed.store(start + index + 1, Ordering::Relaxed);
                return;
            }
            let mut below = a.part(end..n, start..end);
            let turned = below.as_mut().transpose_mut();
            solve_lower_triangular_in_place(top.as_ref(), turned, Par::Seq);
            Left::pack(below.as_ref(), memory[start / PANEL % 2]);
        }
    };
    factorize(0..PANEL.min(n));
    for start in (0..n).step_by(PANEL) {
        let end = (start + PANEL).min(n);
        if failed.load(Ordering::Relaxed) != 0 {
            break;
        }
        let columns = beyond(end, n, n);
        let task = |task: usize| {
            let columns = columns(task);
            let (a, memory, _) = shared.get();
            // SAFETY: the panel and its memory are only read; each task has its own columns beyond.
            unsafe {
                let below = a.part(end..n, start..end);
                let left = Left::packed(below.as_ref(), memory[start / PANEL % 2]);
                let right = a.part(columns.clone(), start..end);
                let to = a.part(end..n, columns.clone());
                left.take(columns.start - end, to, right.as_ref().transpose());
            }
            if columns.start == end {
                factorize(columns);
            }
        };
        let weight = size_of::<T>() * (n - end).pow(2) / 2;
        if pool::for_each_weighing(weight, threads, count_beyond(end, n, n), &task).is_err() {
            break;
        }
    }
    failed.into_inner() as i32
}
