//! Turning a block of a matrix: columns that are dense in one place become rows that are dense
//! in another, many elements at a time.

use super::body::{at, load, store};

/// `(rows, columns, [to, from], [row_step, column_step])`: element `[r, c]` moves from
/// `from + r·size + c·column_step` to `to + r·row_step + c·size`.
///
/// # Safety
///
/// [reach] and [alive] for every element on both sides, [permit] for `to`, and [alias]: the
/// sides are disjoint.
pub(crate) type Transpose = unsafe fn(usize, usize, [*mut u8; 2], [isize; 2]);

/// The loop for elements of `size` bytes.
pub(crate) fn transpose(size: usize) -> Transpose {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    match size {
        1 => return tiles::<u8, 16>,
        2 => return tiles::<u16, 8>,
        4 if crate::tier() >= crate::Tier::V3 => return vectors::turn_u32,
        4 => return tiles::<u32, 4>,
        8 if crate::tier() >= crate::Tier::V3 => return vectors::turn_u64,
        _ => {}
    }
    match size {
        1 => scalar::<u8>,
        2 => scalar::<u16>,
        4 => scalar::<u32>,
        8 => scalar::<u64>,
        _ => scalar::<u128>,
    }
}

/// One element after another.
unsafe fn scalar<T: Copy>(rows: usize, columns: usize, sides: [*mut u8; 2], steps: [isize; 2]) {
    // SAFETY: the caller's contract.
    unsafe { rest::<T>([0, 0], [rows, columns], sides, steps) }
}

/// Rows and columns from `first` to `end`.
#[inline(always)]
unsafe fn rest<T: Copy>(
    first: [usize; 2],
    end: [usize; 2],
    [to, from]: [*mut u8; 2],
    [row_step, column_step]: [isize; 2],
) {
    for row in first[0]..end[0] {
        let to = at(to, row_step, row);
        for column in first[1]..end[1] {
            // SAFETY: the caller's contract.
            unsafe { store::<T>(to, column, load(at(from, column_step, column), row)) };
        }
    }
}

/// Blocks of `N` by `N` by `turn`, and what is left over one by one.
#[cfg(all(target_arch = "x86_64", not(miri)))]
#[inline(always)]
unsafe fn blocks<T: Copy, const N: usize>(
    rows: usize,
    columns: usize,
    [to, from]: [*mut u8; 2],
    [row_step, column_step]: [isize; 2],
    turn: impl Fn(*mut u8, isize, *mut u8, isize),
) {
    let (whole_rows, whole_columns) = (rows - rows % N, columns - columns % N);
    for column in (0..whole_columns).step_by(N) {
        let from = at(from, column_step, column);
        let to = to.wrapping_add(column * size_of::<T>());
        for row in (0..whole_rows).step_by(N) {
            let from = from.wrapping_add(row * size_of::<T>());
            turn(at(to, row_step, row), row_step, from, column_step);
        }
    }
    let (sides, steps) = ([to, from], [row_step, column_step]);
    // SAFETY: the caller's contract, for what the blocks left.
    unsafe {
        rest::<T>([whole_rows, 0], [rows, whole_columns], sides, steps);
        rest::<T>([0, whole_columns], [rows, columns], sides, steps);
    }
}

/// By the 16-byte vectors of every x86-64 processor: each doubling interleaves vectors that lie
/// half a block apart.
#[cfg(all(target_arch = "x86_64", not(miri)))]
unsafe fn tiles<T: Interleave, const N: usize>(
    rows: usize,
    columns: usize,
    sides: [*mut u8; 2],
    steps: [isize; 2],
) {
    let turn = |to: *mut u8, row_step: isize, from: *mut u8, column_step: isize| {
        // SAFETY: the caller's contract: a whole block is in reach on both sides.
        unsafe {
            let mut block: [__m128i; N] =
                std::array::from_fn(|column| load(at(from, column_step, column), 0));
            let mut distance = 1;
            while distance < N {
                let previous = block;
                for pair in 0..N / 2 {
                    let (a, b) = (previous[pair], previous[pair + N / 2]);
                    block[2 * pair] = T::low(a, b);
                    block[2 * pair + 1] = T::high(a, b);
                }
                distance *= 2;
            }
            for (row, vector) in block.into_iter().enumerate() {
                store(at(to, row_step, row), 0, vector);
            }
        }
    };
    // SAFETY: the caller's contract.
    unsafe { blocks::<T, N>(rows, columns, sides, steps, turn) }
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
use std::arch::x86_64::*;

/// Interleaves the elements of the lower, or of the upper halves of two vectors.
#[cfg(all(target_arch = "x86_64", not(miri)))]
trait Interleave: Copy {
    fn low(a: __m128i, b: __m128i) -> __m128i;
    fn high(a: __m128i, b: __m128i) -> __m128i;
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
macro_rules! interleave {
    ($($type:ty: $low:ident $high:ident;)+) => {$(
        impl Interleave for $type {
            #[inline(always)]
            fn low(a: __m128i, b: __m128i) -> __m128i {
                // SAFETY: every x86-64 processor has this instruction.
                unsafe { $low(a, b) }
            }
            #[inline(always)]
            fn high(a: __m128i, b: __m128i) -> __m128i {
                // SAFETY: as above.
                unsafe { $high(a, b) }
            }
        }
    )+};
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
interleave! {
    u8: _mm_unpacklo_epi8 _mm_unpackhi_epi8;
    u16: _mm_unpacklo_epi16 _mm_unpackhi_epi16;
    u32: _mm_unpacklo_epi32 _mm_unpackhi_epi32;
}

/// By the 32-byte vectors of AVX.
#[cfg(all(target_arch = "x86_64", not(miri)))]
mod vectors {
    use std::arch::x86_64::*;

    use super::{at, blocks, load, store};

    #[target_feature(enable = "avx,avx2")]
    pub(super) unsafe fn turn_u32(
        rows: usize,
        columns: usize,
        sides: [*mut u8; 2],
        steps: [isize; 2],
    ) {
        let turn = |to: *mut u8, row_step: isize, from: *mut u8, column_step: isize| {
            // SAFETY: the caller's contract: a whole block is in reach on both sides.
            unsafe {
                let half = |column: usize, row: usize| -> __m128 {
                    load(at(from, column_step, column).wrapping_add(4 * row), 0)
                };
                // Each half of a vector turns a block of four by four.
                for rows in [0, 4] {
                    let [a, b, c, d] = [0, 1, 2, 3]
                        .map(|column| _mm256_set_m128(half(column + 4, rows), half(column, rows)));
                    let (ab, cd) = (_mm256_unpacklo_ps(a, b), _mm256_unpacklo_ps(c, d));
                    let (high_ab, high_cd) = (_mm256_unpackhi_ps(a, b), _mm256_unpackhi_ps(c, d));
                    let turned = [
                        _mm256_shuffle_ps::<0b01_00_01_00>(ab, cd),
                        _mm256_shuffle_ps::<0b11_10_11_10>(ab, cd),
                        _mm256_shuffle_ps::<0b01_00_01_00>(high_ab, high_cd),
                        _mm256_shuffle_ps::<0b11_10_11_10>(high_ab, high_cd),
                    ];
                    for (place, vector) in turned.into_iter().enumerate() {
                        store(at(to, row_step, rows + place), 0, vector);
                    }
                }
            }
        };
        // SAFETY: the caller's contract.
        unsafe { blocks::<u32, 8>(rows, columns, sides, steps, turn) }
    }

    #[target_feature(enable = "avx,avx2")]
    pub(super) unsafe fn turn_u64(
        rows: usize,
        columns: usize,
        sides: [*mut u8; 2],
        steps: [isize; 2],
    ) {
        let turn = |to: *mut u8, row_step: isize, from: *mut u8, column_step: isize| {
            // SAFETY: the caller's contract: a whole block is in reach on both sides.
            unsafe {
                let half = |column: usize, row: usize| -> __m128d {
                    load(at(from, column_step, column).wrapping_add(8 * row), 0)
                };
                for rows in [0, 2] {
                    let [a, b] = [0, 1]
                        .map(|column| _mm256_set_m128d(half(column + 2, rows), half(column, rows)));
                    store(at(to, row_step, rows), 0, _mm256_unpacklo_pd(a, b));
                    store(at(to, row_step, rows + 1), 0, _mm256_unpackhi_pd(a, b));
                }
            }
        };
        // SAFETY: the caller's contract.
        unsafe { blocks::<u64, 4>(rows, columns, sides, steps, turn) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every size of element, blocks and leftovers, at addresses of any alignment.
    #[test]
    fn columns_become_rows() {
        for size in [1, 2, 4, 8, 16] {
            for (rows, columns) in [(1, 1), (3, 40), (16, 16), (17, 35), (64, 33), (40, 7)] {
                let (row_step, column_step) = ((columns + 3) * size, (rows + 2) * size);
                let from: Vec<u8> = (0..column_step * columns + 1)
                    .map(|byte| (byte * 7 + byte / 256) as u8)
                    .collect();
                let mut to = vec![0_u8; row_step * rows + 1];
                let sides =
                    [to.as_mut_ptr().wrapping_add(1), from.as_ptr().cast_mut().wrapping_add(1)];
                // SAFETY: both vectors hold a byte more than the elements.
                unsafe {
                    transpose(size)(
                        rows,
                        columns,
                        sides,
                        [row_step as isize, column_step as isize],
                    );
                }
                for row in 0..rows {
                    for column in 0..columns {
                        let (to, from) = (
                            &to[1 + row * row_step + column * size..][..size],
                            &from[1 + column * column_step + row * size..][..size],
                        );
                        assert_eq!(to, from, "{size}: {rows}×{columns} at {row}, {column}");
                    }
                    let gap = &to[1 + row * row_step + columns * size..][..3 * size];
                    assert!(gap.iter().all(|&byte| byte == 0));
                }
            }
        }
    }
}
