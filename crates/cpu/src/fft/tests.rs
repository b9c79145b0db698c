//! Transforms against the sum that defines them, over kinds, lengths and layouts.

use std::f64::consts::TAU;

use proptest::prelude::*;
use rustfft::num_complex::Complex;
use tensorbridge_core::op::Fourier;
use tensorbridge_core::{DType, Operand};

use super::fourier;

type C = Complex<f64>;

/// The definition.
fn slow(values: &[C], op: &Fourier) -> Vec<C> {
    let sign = if op.inverse { TAU } else { -TAU };
    (0..op.length)
        .map(|k| {
            let term = |(j, value): (usize, &C)| {
                value * C::cis(sign * (j * k % op.length) as f64 / op.length as f64)
            };
            values.iter().take(op.length).enumerate().map(term).sum::<C>() * op.scale
        })
        .collect()
}

/// Runs `rows` transforms of `given` numbers along the first or the last axis of dense memory.
fn run(
    values: &[C],
    rows: usize,
    last: bool,
    op: Fourier,
    dtypes: [DType; 2],
    count: usize,
) -> Vec<C> {
    let given = values.len() / rows;
    let mut from: Vec<f64> = Vec::new();
    for value in values {
        from.push(value.re);
        if dtypes[0].is_complex() {
            from.push(value.im);
        }
    }
    let parts = if dtypes[1].is_complex() { 2 } else { 1 };
    let mut out = vec![f64::NAN; rows * count * parts];
    let layout = |length: usize, dtype: DType| {
        let size = dtype.itemsize() as isize;
        // Values are row after row in either case.
        match last {
            true => ([rows, length], [size * length as isize, size]),
            false => ([length, rows], [size, size * length as isize]),
        }
    };
    let op = Fourier { axis: usize::from(last), ..op };
    let ((shape, strides), (out_shape, out_strides)) =
        (layout(given, dtypes[0]), layout(count, dtypes[1]));
    let from = Operand {
        address: from.as_mut_ptr().cast(),
        shape: &shape,
        strides: &strides,
        dtype: dtypes[0],
    };
    let target = Operand {
        address: out.as_mut_ptr().cast(),
        shape: &out_shape,
        strides: &out_strides,
        dtype: dtypes[1],
    };
    // SAFETY: two vectors of our own with room for these shapes.
    unsafe { fourier(op, from, target).unwrap() };
    match parts {
        2 => out.chunks(2).map(|pair| C::new(pair[0], pair[1])).collect(),
        _ => out.into_iter().map(C::from).collect(),
    }
}

fn close(found: &[C], expected: &[C]) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).norm() < 1e-10, "{found:?} {expected:?}");
    }
}

proptest! {
    #[test]
    fn transforms_are_their_definition(
        length in 1_usize..40,
        given in 1_usize..50,
        rows in 1_usize..4,
        inverse: bool,
        last: bool,
        seed in prop::collection::vec((-1.0..1.0, -1.0..1.0), 200),
    ) {
        let values: Vec<C> = seed.iter().take(given * rows).map(|&(re, im)| C::new(re, im)).collect();
        let op = Fourier { axis: 0, length, inverse, scale: 0.75 };
        let each = |values: &[C], take: usize, work: &dyn Fn(&[C]) -> Vec<C>| -> Vec<C> {
            values.chunks(given).flat_map(|row| work(row)[..take].to_vec()).collect()
        };
        let (complex, real, half) = (DType::Complex128, DType::Float64, length / 2 + 1);
        let found = run(&values, rows, last, op, [complex, complex], length);
        close(&found, &each(&values, length, &|row| slow(row, &op)));
        let reals: Vec<C> = values.iter().map(|value| C::from(value.re)).collect();
        let found = run(&reals, rows, last, op, [real, complex], length);
        close(&found, &each(&reals, length, &|row| slow(row, &op)));
        let found = run(&reals, rows, last, op, [real, complex], half);
        close(&found, &each(&reals, half, &|row| slow(row, &op)));
        // What the half says about the whole.
        let whole = |row: &[C]| {
            let mut all = vec![C::default(); length];
            for k in 0..half.min(row.len()) {
                all[(length - k) % length] = row[k].conj();
                all[k] = row[k];
            }
            // These are real in the transform of real numbers.
            all[0].im = 0.0;
            if length.is_multiple_of(2) {
                all[length / 2].im = 0.0;
            }
            slow(&all, &op)
        };
        let found = run(&values, rows, last, op, [complex, real], length);
        close(&found, &each(&values, length, &whole));
    }
}
