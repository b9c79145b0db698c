//! `L @ U` of a large real matrix, with rows exchanged.

use std::ops::Range;

use faer::dyn_stack::MemStack;
use faer::linalg::triangular_solve::solve_unit_lower_triangular_in_place;
use faer::{MatMut, Par};

use super::{PANEL, Whole, beyond, count_beyond, packed, pivots};
use crate::linalg::vector::Real;
use crate::matmul::Left;
use crate::pool::{self, Shared};

/// See [`super::Blocked::lu`].
pub(super) fn factorize<T: Real>(
    a: MatMut<'_, T>,
    exchanges: &mut [usize],
    threads: usize,
    stack: &mut MemStack,
) {
    let (m, n) = (a.nrows(), a.ncols());
    let k = m.min(n);
    exchanges.iter_mut().enumerate().for_each(|(row, other)| *other = row);
    let (memory, _) = packed::<T>(m, stack);
    let shared = Shared((Whole::of(a), exchanges.as_mut_ptr(), memory));
    // Factorizes a panel, and packs what is below it.
    let factorize = |Range { start, end }: Range<usize>| {
        let (a, exchanges, memory) = shared.get();
        // SAFETY: columns and exchanges that no other task uses. The memory was that of the panel
        // before the last, which nobody reads any more.
        unsafe {
            let exchanges = std::slice::from_raw_parts_mut(exchanges.add(start), end - start);
            pivots::factorize(a.part(start..m, start..end), exchanges);
            exchanges.iter_mut().for_each(|row| *row += start);
            Left::pack(a.part(end..m, start..end).as_ref(), memory[start / PANEL % 2]);
        }
    };
    factorize(0..PANEL.min(k));
    for start in (0..k).step_by(PANEL) {
        let end = (start + PANEL).min(k);
        let columns = beyond(end, k, n);
        let task = |task: usize| {
            let columns = columns(task);
            let (a, exchanges, memory) = shared.get();
            // SAFETY: the panel, its exchanges and its memory are only read; each task has its own
            // columns beyond.
            unsafe {
                let exchanges = std::slice::from_raw_parts(exchanges.add(start), end - start);
                pivots::exchange(a.part(0..m, columns.clone()), start, exchanges);
                let triangle = a.part(start..end, start..end);
                let mut right = a.part(start..end, columns.clone());
                solve_unit_lower_triangular_in_place(triangle.as_ref(), right.as_mut(), Par::Seq);
                let below = a.part(end..m, start..end);
                let left = Left::packed(below.as_ref(), memory[start / PANEL % 2]);
                left.take(0, a.part(end..m, columns.clone()), right.as_ref());
            }
            if columns.start == end && end < k {
                factorize(columns);
            }
        };
        let weight = size_of::<T>() * (m - start) * (n - end);
        let tasks = count_beyond(end, k, n);
        if pool::for_each_weighing(weight, threads, tasks, &task).is_err() {
            return;
        }
    }
    // What is to the left of a panel is exchanged as well.
    let task = |task: usize| {
        let (start, end) = (task * PANEL, (task * PANEL + PANEL).min(k));
        let (a, exchanges, _) = shared.get();
        // SAFETY: each task has its own columns; the exchanges are only read.
        unsafe {
            let exchanges = std::slice::from_raw_parts(exchanges.add(end), k - end);
            pivots::exchange(a.part(0..m, start..end), end, exchanges);
        }
    };
    // One who is interrupted computes nothing that anybody sees.
    let _ = pool::for_each_weighing(size_of::<T>() * m * k, threads, k.div_ceil(PANEL), &task);
}
