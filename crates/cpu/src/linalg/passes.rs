//! Passes over the columns of a real matrix, each of which brings it into the cache once: what the
//! reductions to tridiagonal and bidiagonal form are made of.

use std::ops::Range;

use faer::{ColMut, MatRef};

use super::vector::{Real, Vector};
use crate::isa::{Isa, Work, perform};

/// Columns that are read together.
const TOGETHER: usize = 4;

/// A matrix with dense columns.
#[derive(Clone, Copy)]
pub(super) struct Columns<'a, T> {
    all: &'a [T],
    rows: usize,
    step: usize,
}

impl<'a, T: Real> Columns<'a, T> {
    pub(super) fn of(matrix: MatRef<'a, T>) -> Self {
        let (rows, columns) = (matrix.nrows(), matrix.ncols());
        let step = matrix.col_stride();
        assert!(matrix.row_stride() == 1 && step >= rows as isize, "columns are dense");
        let length = if columns == 0 { 0 } else { (columns - 1) * step as usize + rows };
        // SAFETY: the first to the last element of the matrix, which is borrowed.
        let all = unsafe { std::slice::from_raw_parts(matrix.as_ptr(), length) };
        Self { all, rows, step: step as usize }
    }

    /// A matrix of one column.
    pub(super) fn one(column: &'a [T]) -> Self {
        Self { all: column, rows: column.len(), step: 0 }
    }

    /// All but the first `j` columns.
    pub(super) fn after(self, j: usize) -> Self {
        Self { all: &self.all[j * self.step..], ..self }
    }

    /// Column `j` from row `from` on.
    #[inline(always)]
    pub(super) fn from(&self, j: usize, from: usize) -> &'a [T] {
        &self.all[j * self.step + from..][..self.rows - from]
    }

    /// Some columns from row `from` on.
    #[inline(always)]
    fn group<const C: usize>(&self, j: usize, from: usize) -> [&'a [T]; C] {
        let mut group = [&self.all[..0]; C];
        let mut c = 0;
        while c < C {
            group[c] = self.from(j + c, from);
            c += 1;
        }
        group
    }
}

/// The elements of a dense column.
pub(super) fn dense<T: Real>(column: ColMut<'_, T>) -> &mut [T] {
    column.try_as_col_major_mut().expect("columns are dense").as_slice_mut()
}

/// Makes a pass run on the registers that there are.
macro_rules! on_registers {
    ($pass:ident) => {
        impl<T: Real> $pass<'_, T> {
            pub(super) fn run(self) {
                perform(self);
            }
        }

        impl<T: Real> Work for $pass<'_, T> {
            type Output = ();

            #[inline(always)]
            fn run<I: Isa>(self) {
                // SAFETY: the processor has the instructions of this tier.
                unsafe { if I::FUSED { self.by::<T::Register>() } else { self.by::<T>() } }
            }
        }
    };
}

/// `p += A v`, as far as some columns of the lower triangle of a symmetric `A` say: `v` and `p`
/// are whole, and what is above the first of these columns is left out.
pub(super) struct Symmetric<'a, T> {
    pub(super) a: Columns<'a, T>,
    pub(super) columns: Range<usize>,
    pub(super) v: &'a [T],
    pub(super) p: &'a mut [T],
}

on_registers!(Symmetric);

impl<T: Real> Symmetric<'_, T> {
    #[inline(always)]
    unsafe fn by<V: Vector<T>>(self) {
        let Self { a, columns: Range { start: mut j, end }, v, p } = self;
        // SAFETY: the caller's contract.
        unsafe {
            while j < end && j % TOGETHER != 0 {
                triangle::<T, V, 1>(a, j, v, p);
                j += 1;
            }
            while j + TOGETHER <= end {
                triangle::<T, V, TOGETHER>(a, j, v, p);
                j += TOGETHER;
            }
            while j < end {
                triangle::<T, V, 1>(a, j, v, p);
                j += 1;
            }
        }
    }
}

/// [`Symmetric`], for `C` columns from `j` on.
#[inline(always)]
unsafe fn triangle<T: Real, V: Vector<T>, const C: usize>(
    a: Columns<'_, T>,
    j: usize,
    v: &[T],
    p: &mut [T],
) {
    let (tops, mut factors): ([&[T]; C], _) = (a.group(j, j), [T::ZERO; C]);
    for c in 0..C {
        factors[c] = v[j + c];
        p[j + c] += tops[c][c] * v[j + c];
        for r in c + 1..C {
            p[j + r] += tops[c][r] * v[j + c];
            p[j + c] += tops[c][r] * v[j + r];
        }
    }
    let below = a.group(j, j + C);
    // SAFETY: the caller's contract.
    let sums = unsafe { both::<T, V, C>(below, factors, &v[j + C..], &mut p[j + C..]) };
    for c in 0..C {
        p[j + c] += sums[c];
    }
}

/// `y += columns factors`, and the products of the columns and `x`.
#[inline(always)]
unsafe fn both<T: Real, V: Vector<T>, const C: usize>(
    columns: [&[T]; C],
    factors: [T; C],
    x: &[T],
    y: &mut [T],
) -> [T; C] {
    let length = y.len();
    assert!(x.len() == length && columns.iter().all(|column| column.len() == length));
    let mut whole = [T::ZERO; C];
    let mut at = 0;
    // SAFETY: the caller's contract; all slices have this length.
    unsafe {
        let mut sums = [V::splat(T::ZERO); C];
        let mut spread = sums;
        for c in 0..C {
            spread[c] = V::splat(factors[c]);
        }
        while at + V::LANES <= length {
            let right = V::load(x.as_ptr().add(at));
            let mut left = V::load(y.as_ptr().add(at));
            for c in 0..C {
                let a = V::load(columns[c].as_ptr().add(at));
                left = a.fused(spread[c], left);
                sums[c] = a.fused(right, sums[c]);
            }
            left.store(y.as_mut_ptr().add(at));
            at += V::LANES;
        }
        for c in 0..C {
            whole[c] = sums[c].sum();
        }
    }
    for c in 0..C {
        for at in at..length {
            y[at] += columns[c][at] * factors[c];
            whole[c] += columns[c][at] * x[at];
        }
    }
    whole
}

/// For some columns of `A`, of rows `from` on: `y`, which was to be added to `uᵀ A`, of which
/// `inverse` times are taken; then the row, which was to be added to row `k` of `A`, less `y`; and
/// `A row`, which is added to `z`. `y` and `row` are those of the columns; `u` and `z` are whole.
pub(super) struct Sweep<'a, T> {
    pub(super) a: Columns<'a, T>,
    pub(super) first: usize,
    pub(super) from: usize,
    pub(super) k: usize,
    pub(super) u: &'a [T],
    pub(super) inverse: T,
    pub(super) y: &'a mut [T],
    pub(super) row: &'a mut [T],
    pub(super) z: &'a mut [T],
}

on_registers!(Sweep);

impl<T: Real> Sweep<'_, T> {
    #[inline(always)]
    unsafe fn by<V: Vector<T>>(mut self) {
        let (whole, count) = (self.y.len() / TOGETHER * TOGETHER, self.y.len());
        // SAFETY: the caller's contract.
        unsafe {
            for j in (0..whole).step_by(TOGETHER) {
                self.group::<V, TOGETHER>(j);
            }
            for j in whole..count {
                self.group::<V, 1>(j);
            }
        }
    }

    #[inline(always)]
    unsafe fn group<V: Vector<T>, const C: usize>(&mut self, j: usize) {
        let columns: [&[T]; C] = self.a.group(self.first + j, self.from);
        let (y, row) = (&mut self.y[j..j + C], &mut self.row[j..j + C]);
        // SAFETY: the caller's contract.
        let sums = unsafe { products::<T, V, C>(columns, &self.u[self.from..]) };
        let mut minus = [T::ZERO; C];
        for c in 0..C {
            y[c] = (y[c] + sums[c]) * self.inverse;
            row[c] += columns[c][self.k - self.from] - y[c];
            minus[c] = -row[c];
        }
        // SAFETY: the caller's contract; the columns have been read just now.
        unsafe { subtract::<T, V, C>(columns, &minus, &mut self.z[self.from..]) };
    }
}

/// `y -= A factors`, from row `from` on, with as many columns as factors.
pub(super) struct Subtract<'a, T> {
    pub(super) a: Columns<'a, T>,
    pub(super) factors: &'a [T],
    pub(super) from: usize,
    pub(super) y: &'a mut [T],
}

on_registers!(Subtract);

impl<T: Real> Subtract<'_, T> {
    #[inline(always)]
    unsafe fn by<V: Vector<T>>(self) {
        let Self { a, factors, from, y } = self;
        let (groups, rest) = factors.as_chunks::<TOGETHER>();
        let (y, mut j) = (&mut y[from..], 0);
        // SAFETY: the caller's contract.
        unsafe {
            for group in groups {
                subtract::<T, V, TOGETHER>(a.group(j, from), group, y);
                j += TOGETHER;
            }
            for &factor in rest {
                subtract::<T, V, 1>(a.group(j, from), &[factor], y);
                j += 1;
            }
        }
    }
}

#[inline(always)]
unsafe fn subtract<T: Real, V: Vector<T>, const C: usize>(
    columns: [&[T]; C],
    factors: &[T; C],
    y: &mut [T],
) {
    let length = y.len();
    assert!(columns.iter().all(|column| column.len() == length));
    let mut at = 0;
    // SAFETY: the caller's contract; all slices have this length.
    unsafe {
        let mut spread = [V::splat(T::ZERO); C];
        for c in 0..C {
            spread[c] = V::splat(-factors[c]);
        }
        while at + V::LANES <= length {
            let mut left = V::load(y.as_ptr().add(at));
            for c in 0..C {
                left = V::load(columns[c].as_ptr().add(at)).fused(spread[c], left);
            }
            left.store(y.as_mut_ptr().add(at));
            at += V::LANES;
        }
    }
    for at in at..length {
        for c in 0..C {
            y[at] -= columns[c][at] * factors[c];
        }
    }
}

/// The products of the first columns of `A` and `x`, from row `from` on.
pub(super) struct Products<'a, T> {
    pub(super) a: Columns<'a, T>,
    pub(super) x: &'a [T],
    pub(super) from: usize,
    pub(super) to: &'a mut [T],
}

on_registers!(Products);

impl<T: Real> Products<'_, T> {
    #[inline(always)]
    unsafe fn by<V: Vector<T>>(self) {
        let Self { a, x, from, to } = self;
        let (groups, rest) = to.as_chunks_mut::<TOGETHER>();
        let (x, mut j) = (&x[from..], 0);
        // SAFETY: the caller's contract.
        unsafe {
            for group in groups {
                *group = products::<T, V, TOGETHER>(a.group(j, from), x);
                j += TOGETHER;
            }
            for sum in rest {
                [*sum] = products::<T, V, 1>(a.group(j, from), x);
                j += 1;
            }
        }
    }
}

#[inline(always)]
unsafe fn products<T: Real, V: Vector<T>, const C: usize>(columns: [&[T]; C], x: &[T]) -> [T; C] {
    let length = x.len();
    assert!(columns.iter().all(|column| column.len() == length));
    let mut whole = [T::ZERO; C];
    let mut at = 0;
    // SAFETY: the caller's contract; all slices have this length.
    unsafe {
        let (mut sums, mut odd) = ([V::splat(T::ZERO); C], [V::splat(T::ZERO); C]);
        while at + 2 * V::LANES <= length {
            let right = V::load(x.as_ptr().add(at));
            let next = V::load(x.as_ptr().add(at + V::LANES));
            for c in 0..C {
                sums[c] = V::load(columns[c].as_ptr().add(at)).fused(right, sums[c]);
                odd[c] = V::load(columns[c].as_ptr().add(at + V::LANES)).fused(next, odd[c]);
            }
            at += 2 * V::LANES;
        }
        for c in 0..C {
            whole[c] = sums[c].add(odd[c]).sum();
        }
    }
    for c in 0..C {
        for at in at..length {
            whole[c] += columns[c][at] * x[at];
        }
    }
    whole
}

/// What the reductions are tested with.
#[cfg(test)]
pub(super) mod model {
    use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
    use faer::{Mat, MatMut, MatRef};

    use super::Real;

    /// Numbers between -1 and 1, the same in every run, times `size`.
    pub(crate) fn random(rows: usize, columns: usize, size: f64) -> Mat<f64> {
        let mut state = (rows * 1000 + columns) as u64;
        Mat::from_fn(rows, columns, |_, _| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            ((state >> 11) as f64 / (1_u64 << 52) as f64 - 1.0) * size
        })
    }

    pub(crate) fn identity(n: usize) -> Mat<f64> {
        Mat::from_fn(n, n, |i, j| f64::from(u8::from(i == j)))
    }

    /// The reflections of `vectors`, columns with ones on the diagonal, times `matrix`.
    pub(crate) fn reflect<T: Real>(
        vectors: MatRef<'_, T>,
        taus: MatRef<'_, T>,
        mut matrix: MatMut<'_, f64>,
    ) {
        for k in (0..taus.ncols()).rev() {
            let rows = vectors.nrows();
            let v = |i: usize| if i == k { 1.0 } else { vectors[(i, k)].parts()[0] };
            for j in 0..matrix.ncols() {
                let product: f64 = (k..rows).map(|i| v(i) * matrix[(i, j)]).sum();
                let product = product / taus[(0, k)].parts()[0];
                (k..rows).for_each(|i| matrix[(i, j)] -= v(i) * product);
            }
        }
    }

    pub(crate) fn largest(matrix: MatRef<'_, f64>) -> f64 {
        let column = |j| matrix.col(j).iter().fold(0.0_f64, |most, value| most.max(value.abs()));
        (0..matrix.ncols()).map(column).fold(0.0, f64::max)
    }

    pub(crate) fn with_memory(need: StackReq, work: impl FnOnce(&mut MemStack)) {
        work(MemStack::new(&mut MemBuffer::new(need)));
    }
}
