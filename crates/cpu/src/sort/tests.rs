//! Sorting compared with the standard library's, on lines of every kind and length.

use tensorbridge_core::dtype::{Complex32, Complex64, bf16, f16};
use tensorbridge_core::op::Sorting;
use tensorbridge_core::{Bool, Element, Operand};

use super::key::Prefix;
use super::{argsort, sort};

/// Numbers without a pattern, the same in every run.
fn random() -> impl FnMut() -> u64 {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

const EVERY: [Sorting; 4] = [
    Sorting { descending: false, stable: true },
    Sorting { descending: true, stable: true },
    Sorting { descending: false, stable: false },
    Sorting { descending: true, stable: false },
];

/// Rows of `columns` elements, as an operand with the rows or the columns side by side.
fn operand<'a, T: Element>(values: &[T], shape: &'a [usize], strides: &'a [isize]) -> Operand<'a> {
    Operand { address: values.as_ptr().cast_mut().cast(), shape, strides, dtype: T::DTYPE }
}

/// The bytes of an element.
fn bits<T: Element>(value: &T) -> &[u8] {
    // SAFETY: an element has no padding.
    unsafe { std::slice::from_raw_parts(std::ptr::from_ref(value).cast(), size_of::<T>()) }
}

/// The indices that put a line in order, by the standard library's stable sort.
fn model<T: Prefix>(line: &[T], sorting: Sorting) -> Vec<i64> {
    let mut indices: Vec<i64> = (0..line.len() as i64).collect();
    indices.sort_by(|&a, &b| {
        let order = line[a as usize].rank().cmp(&line[b as usize].rank());
        if sorting.descending { order.reverse() } else { order }
    });
    indices
}

/// Sorts the lines of a matrix along either axis, in memory of either order.
fn check<T: Prefix>(values: &[T], rows: usize, columns: usize) {
    for axis in 0..2 {
        // The elements from row to row and from column to column.
        for order in [[columns, 1], [1, rows]] {
            check_lines(values, [rows, columns], order, axis);
        }
    }
}

fn check_lines<T: Prefix>(values: &[T], shape: [usize; 2], order: [usize; 2], axis: usize) {
    let strides = order.map(|step| (step * size_of::<T>()) as isize);
    let eights = order.map(|step| step as isize * 8);
    let place = |(row, column)| -> usize { row * order[0] + column * order[1] };
    let lines = shape[1 - axis];
    let at = |line: usize, index: usize| if axis == 1 { (line, index) } else { (index, line) };
    for sorting in EVERY {
        let mut places = vec![-1_i64; values.len()];
        let mut sorted = values.to_vec();
        sorted.reverse();
        let from = operand(values, &shape, &strides);
        // SAFETY: operands over vectors of their size.
        unsafe {
            argsort(sorting, from, axis, operand(&places, &shape, &eights)).unwrap();
            let out = operand(&sorted, &shape, &strides);
            assert_eq!(sort(sorting, from, axis, out).is_err(), T::DTYPE.is_complex());
        }
        let _ = (&mut places, &mut sorted);
        for line in 0..lines {
            let value = |index: usize| values[place(at(line, index))];
            let all: Vec<T> = (0..shape[axis]).map(value).collect();
            let expected = model(&all, sorting);
            for (index, &from) in expected.iter().enumerate() {
                let place = place(at(line, index));
                let found = places[place];
                assert_eq!(found, from, "{} {line} {index} {sorting:?}", T::DTYPE);
                if T::DTYPE.is_complex() {
                    continue;
                }
                let found = sorted[place];
                let wanted = all[from as usize];
                assert!(found.rank() == wanted.rank());
                // Of NaN any may come first; `true` is 1 whatever it was.
                let any = T::DTYPE.is_float() && found.prefix() == f64::NAN.prefix();
                if sorting.stable && !any && !T::DTYPE.is_bool() && !is_nan(found) {
                    assert_eq!(bits(&found), bits(&wanted), "{}", T::DTYPE);
                }
            }
        }
    }
}

fn is_nan<T: Prefix>(value: T) -> bool {
    let nan = match size_of::<T>() {
        2 => f16::NAN.prefix(),
        4 => f32::NAN.prefix(),
        _ => f64::NAN.prefix(),
    };
    T::DTYPE.is_float() && value.prefix() == nan
}

/// Matrices of many shapes, of elements made from random bits.
fn check_all<T: Prefix>(of: impl Fn(u64) -> T) {
    let mut next = random();
    for (rows, columns) in
        [(1, 1), (1, 2), (3, 5), (40, 17), (70, 3), (2, 300), (9, 600), (130, 33), (1, 5000)]
    {
        let mut values: Vec<T> = (0..rows * columns).map(|_| of(next())).collect();
        check(&values, rows, columns);
        values.sort_by_key(|value| value.rank());
        check(&values, rows, columns);
        values.reverse();
        check(&values, rows, columns);
    }
    let few: Vec<T> = (0..4).map(|_| of(next())).collect();
    let values: Vec<T> = (0..3000).map(|_| few[next() as usize % 4]).collect();
    check(&values, 3, 1000);
    check(&values, 1000, 3);
}

#[test]
fn every_dtype() {
    check_all(|bits| Bool(bits as u8 & 3));
    check_all(|bits| bits as i8);
    check_all(|bits| bits as i16);
    check_all(|bits| bits as i32);
    check_all(|bits| bits as i64);
    check_all(|bits| bits as u8);
    check_all(|bits| bits as u16);
    check_all(|bits| bits as u32);
    check_all(|bits| bits);
    check_all(|bits| f16::from_bits(bits as u16));
    check_all(|bits| bf16::from_bits(bits as u16));
    check_all(|bits| f32::from_bits(bits as u32));
    check_all(f64::from_bits);
    check_all(|bits| Complex32::new(f32::from_bits(bits as u32), (bits >> 60) as f32));
    check_all(|bits| Complex64::new(f64::from_bits(bits << 60), f64::from_bits(bits)));
}

#[test]
fn zeros_and_nan_among_others() {
    const REALS: [f64; 8] =
        [0.0, -0.0, f64::NAN, -f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1.0, -1.0];
    let real = |bits: u64| REALS[bits as usize % 8];
    check_all(real);
    check_all(|bits| real(bits) as f32);
    check_all(|bits| f16::from_f64(real(bits)));
    check_all(|bits| bf16::from_f64(real(bits)));
    check_all(|bits| Complex64::new(real(bits), real(bits >> 8)));
    check_all(|bits| Complex32::new(real(bits) as f32, real(bits >> 8) as f32));
}

#[test]
fn long_lines_on_several_threads() {
    let mut next = random();
    let count = if cfg!(miri) { 3000 } else { 100_000 };
    let mut line =
        |of: &dyn Fn(u64) -> f64| -> Vec<f64> { (0..count).map(|_| of(next())).collect() };
    let unit = |bits: u64| (bits >> 11) as f64 / (1_u64 << 53) as f64;
    let lines: [Vec<f64>; 5] = [
        line(&unit),
        line(&|bits| f64::from_bits(bits & !(1 << 62))),
        // Nearly all in one bucket, and keys that begin alike.
        line(&|bits| if bits % 1000 == 0 { 1e300 } else { 1.0 + unit(bits) * 1e-12 }),
        line(&|bits| (bits % 1000) as f64),
        line(&|bits| if bits % 2 == 0 { 0.0 } else { -0.0 } * unit(bits)),
    ];
    for line in &lines {
        check_lines(line, [1, count], [count, 1], 1);
        let narrow: Vec<f32> = line.iter().map(|&value| value as f32).collect();
        check_lines(&narrow, [1, count], [count, 1], 1);
        let whole: Vec<i64> = line.iter().map(|value| value.to_bits() as i64).collect();
        check_lines(&whole, [1, count], [count, 1], 1);
        let short: Vec<i16> = whole.iter().map(|&value| (value >> 30) as i16).collect();
        check_lines(&short, [1, count], [count, 1], 1);
    }
}
