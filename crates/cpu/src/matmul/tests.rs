//! Products in every dtype, against the definition.

use tensorbridge_core::dtype::{Complex32, Complex64};
use tensorbridge_core::scalar::FromScalar;
use tensorbridge_core::{DType, Element, Engine, Operand, Scalar, with_dtype};

use crate::Item;

/// `(m, k) @ (k, n)` of small integers in every dtype, against the definition.
fn check(dtype: DType, batch: usize, m: usize, k: usize, n: usize, turned: bool) {
    let size = dtype.itemsize();
    let value = |index: usize| ((index * 7 + index / 5) % 4) as i128;
    let make = |count: usize| {
        let mut bytes = vec![0_u128; (count * size).div_ceil(16).max(1)];
        for index in 0..count {
            let item = Item::new(Scalar::Int(value(index)), dtype);
            let address = bytes.as_mut_ptr().cast::<u8>().wrapping_add(index * size);
            // SAFETY: in range of `bytes`.
            unsafe { std::ptr::copy_nonoverlapping(item.0.as_ptr(), address, size) };
        }
        bytes
    };
    let (mut a, mut b) = (make(batch * m * k), make(k * n));
    let mut out = make(batch * m * n);
    let step = size as isize;
    let b_strides =
        if turned { [0, step, k as isize * step] } else { [0, n as isize * step, step] };
    let shapes = [[batch, m, k], [batch, k, n], [batch, m, n]];
    let dense = |[_, rows, columns]: [usize; 3]| {
        [(rows * columns) as isize * step, columns as isize * step, step]
    };
    let strides = [dense(shapes[0]), b_strides, dense(shapes[2])];
    let operand = |place: usize, address: *mut u128| Operand {
        address: address.cast(),
        shape: &shapes[place],
        strides: &strides[place],
        dtype,
    };
    // SAFETY: three vectors of our own with these layouts.
    unsafe {
        let engine = crate::Cpu;
        let out = operand(2, out.as_mut_ptr());
        engine.matmul(operand(0, a.as_mut_ptr()), operand(1, b.as_mut_ptr()), out).unwrap();
    }
    for index in 0..batch * m * n {
        let (row, column) = (index / n, index % n);
        let sum: i128 = (0..k)
            .map(|inner| {
                let right = if turned { column * k + inner } else { inner * n + column };
                value(row * k + inner) * value(right)
            })
            .sum();
        let address = out.as_mut_ptr().cast::<u8>().wrapping_add(index * size);
        let (found, expected) = with_dtype!(dtype, T => {
            let expected: T = FromScalar::from_scalar(Scalar::Int(sum));
            // SAFETY: in range of `out`, and aligned like its start.
            let found: T = unsafe { address.cast::<T>().read() };
            (found.to_scalar(), expected.to_scalar())
        });
        assert_eq!(found, expected, "{dtype} {batch}x{m}x{k}x{n} at {index}");
    }
}

#[test]
fn every_dtype_equals_the_definition() {
    for dtype in DType::ALL {
        for (batch, m, k, n) in [(1, 1, 1, 1), (1, 3, 0, 2), (2, 5, 7, 4), (3, 1, 70, 1)] {
            check(dtype, batch, m, k, n, false);
            check(dtype, batch, m, k, n, true);
        }
    }
    for dtype in [DType::Float32, DType::Complex128, DType::BFloat16] {
        check(dtype, 1, 70, 80, 90, false);
        check(dtype, 4, 40, 65, 33, true);
    }
    // Blocks, and vectors along either axis.
    for dtype in [DType::Float32, DType::Float64] {
        for turned in [false, true] {
            check(dtype, 1, 70, 515, 131, turned);
            check(dtype, 1, 1, 131, 67, turned);
            check(dtype, 1, 67, 131, 1, turned);
        }
    }
    // Panels, bands and depths, whole and cut.
    for dtype in [DType::Bool, DType::Int8, DType::UInt16, DType::Int32, DType::UInt64] {
        check(dtype, 1, 128, 256, 64, false);
        check(dtype, 1, 131, 515, 67, true);
        check(dtype, 3, 5, 9, 70, false);
    }
}

/// Small whole numbers in both parts, in blocks that are whole and cut.
fn check_parts<T: Element + PartialEq + std::fmt::Debug>(make: impl Fn(i32, i32) -> T) {
    let (m, k, n) = (129, 523, 131);
    let part = |index: usize| (index * 7 + index / 5) as i32 % 5 - 2;
    let values = |count: usize| (0..count).map(|index| make(part(index), part(index + 3)));
    let mut a: Vec<T> = values(m * k).collect();
    let mut b: Vec<T> = values(k * n).collect();
    let step = size_of::<T>() as isize;
    // Dense rows, and every other element of the output; dense columns.
    for (turned, out_steps) in [(false, [2 * n, 2]), (true, [1, m])] {
        let mut out: Vec<T> = values(2 * m * n).collect();
        let index = |row: usize, column: usize| match turned {
            true => column * k + row,
            false => row * n + column,
        };
        let b_strides = if turned { [step, k as isize * step] } else { [n as isize * step, step] };
        let shapes = [[m, k], [k, n], [m, n]];
        let out_strides = out_steps.map(|steps| steps as isize * step);
        let strides = [[k as isize * step, step], b_strides, out_strides];
        let operand = |place: usize, address: *mut T| Operand {
            address: address.cast(),
            shape: &shapes[place],
            strides: &strides[place],
            dtype: T::DTYPE,
        };
        // SAFETY: three vectors of our own with these layouts.
        unsafe {
            let (a, b) = (operand(0, a.as_mut_ptr()), operand(1, b.as_mut_ptr()));
            crate::Cpu.matmul(a, b, operand(2, out.as_mut_ptr())).unwrap();
        }
        for row in 0..m {
            for column in 0..n {
                let sum = (0..k).fold((0, 0), |(real, imaginary), inner| {
                    let (left, right) = (row * k + inner, index(inner, column));
                    let (a, b) = (part(left), part(left + 3));
                    let (c, d) = (part(right), part(right + 3));
                    (real + a * c - b * d, imaginary + a * d + b * c)
                });
                let found = out[row * out_steps[0] + column * out_steps[1]];
                assert_eq!(found, make(sum.0, sum.1), "{row}, {column}");
            }
        }
    }
}

#[test]
fn both_parts_of_complex_products_equal_the_definition() {
    check_parts(|real, imaginary| Complex32::new(real as f32, imaginary as f32));
    check_parts(|real, imaginary| Complex64::new(real.into(), imaginary.into()));
}
