//! Every loop and driver against a model that computes one [`Scalar`] at a time.

mod properties;

use std::cell::Cell;

use tensorbridge_core::layout::Layout;
use tensorbridge_core::op::{Binary, Compare, Unary};
use tensorbridge_core::scalar::FromScalar;
use tensorbridge_core::{DType, Engine, Operand, Scalar, with_dtype};

use crate::Cpu;

/// A block of bytes with a layout inside: steps may be negative, odd or unaligned.
#[derive(Clone)]
struct Array {
    /// Cells, because the same array may be input and output.
    bytes: Vec<Cell<u8>>,
    layout: Layout,
    dtype: DType,
}

/// How the axes of an array lie in memory.
#[derive(Clone, Copy, Debug)]
enum Order {
    C,
    Fortran,
    /// C order, every axis backwards.
    Backwards,
    /// Every other element, from an odd address.
    Gapped,
    /// One element for all.
    Repeated,
}

const ORDERS: [Order; 5] =
    [Order::C, Order::Fortran, Order::Backwards, Order::Gapped, Order::Repeated];

impl Array {
    fn new(shape: &[usize], dtype: DType, order: Order, value: impl Fn(usize) -> Scalar) -> Self {
        let size = dtype.itemsize();
        let dense = Layout::contiguous(shape, size).unwrap();
        let reversed: Vec<usize> = shape.iter().rev().copied().collect();
        let layout = match order {
            Order::C => dense,
            Order::Fortran => Layout::contiguous(&reversed, size).unwrap().reversed_axes(),
            Order::Backwards => (0..shape.len()).fold(dense, |layout, axis| layout.flip(axis)),
            Order::Gapped => {
                let strides: Vec<isize> = dense.strides().iter().map(|step| step * 2).collect();
                Layout::new(shape, &strides, 1).unwrap()
            }
            Order::Repeated => Layout::new(shape, &vec![0; shape.len()], 0).unwrap(),
        };
        let reach = layout.reach(size).unwrap();
        let origin = (-reach.start) as usize + layout.offset() % 2;
        let len = origin + reach.end as usize;
        let array = Self {
            bytes: vec![Cell::new(0xAA); len],
            layout: layout.clone().with_offset(origin),
            dtype,
        };
        for index in 0..layout.count() {
            array.set(index, value(index));
        }
        array
    }

    fn place(&self, mut index: usize) -> usize {
        let mut place = self.layout.offset() as isize;
        for (&length, &step) in self.layout.shape().iter().zip(self.layout.strides()).rev() {
            place += (index % length) as isize * step;
            index /= length;
        }
        place as usize
    }

    fn set(&self, index: usize, value: Scalar) {
        let place = self.place(index);
        with_dtype!(self.dtype, T => {
            let value: T = FromScalar::from_scalar(value);
            let address = self.bytes[place..place + size_of::<T>()].as_ptr().cast_mut();
            // SAFETY: the slice above has the element's size.
            unsafe { address.cast::<T>().write_unaligned(value) };
        });
    }

    fn get(&self, index: usize) -> Scalar {
        let place = self.place(index);
        with_dtype!(self.dtype, T => {
            let address = self.bytes[place..place + size_of::<T>()].as_ptr();
            // SAFETY: the slice above has the element's size.
            unsafe { address.cast::<T>().read_unaligned() }.to_scalar()
        })
    }

    fn operand(&self) -> Operand<'_> {
        Operand {
            address: self.bytes.as_ptr().cast_mut().cast::<u8>().wrapping_add(self.layout.offset()),
            shape: self.layout.shape(),
            strides: self.layout.strides(),
            dtype: self.dtype,
        }
    }

    fn raw(&self) -> Vec<u8> {
        self.bytes.iter().map(Cell::get).collect()
    }

    fn values(&self) -> Vec<Scalar> {
        (0..self.layout.count()).map(|index| self.get(index)).collect()
    }
}

/// Numbers that fit every dtype, with signs where the dtype has them.
fn small(dtype: DType, seed: usize) -> impl Fn(usize) -> Scalar {
    let signed = !matches!(dtype.kind(), tensorbridge_core::Kind::Unsigned);
    move |index| {
        let value = ((index + seed) * 7 % 11) as i128 + 1;
        Scalar::Int(if signed && (index + seed).is_multiple_of(3) { -value } else { value })
    }
}

fn same(found: Scalar, expected: Scalar) -> bool {
    let nan = |scalar: Scalar| matches!(scalar, Scalar::Float(value) if value.is_nan());
    found == expected || nan(found) && nan(expected)
}

/// What a binary operation on small whole numbers gives, by exact arithmetic.
fn whole(op: Binary, a: i128, b: i128, bits: u32) -> Option<i128> {
    Some(match op {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::FloorDivide => a.div_euclid(b) - i128::from(b < 0 && a.rem_euclid(b) != 0),
        Binary::Remainder => a - b * whole(Binary::FloorDivide, a, b, bits)?,
        Binary::Power => a.pow(u32::try_from(b).ok()?),
        Binary::Fmod => a % b,
        Binary::Maximum | Binary::Fmax => a.max(b),
        Binary::Minimum | Binary::Fmin => a.min(b),
        Binary::Gcd => (1..=a.abs()).rev().find(|n| a % n == 0 && b % n == 0)?,
        Binary::Lcm => a.abs() * b.abs() / whole(Binary::Gcd, a, b, bits)?,
        Binary::BitwiseAnd => a & b,
        Binary::BitwiseOr => a | b,
        Binary::BitwiseXor => a ^ b,
        Binary::LeftShift if b < 0 || b >= i128::from(bits) => 0,
        Binary::LeftShift => a << b,
        Binary::RightShift if b < 0 || b >= i128::from(bits) => a >> 64,
        Binary::RightShift => a >> b,
        // Not of whole numbers, or not in one step.
        _ => return None,
    })
}

const BINARY: [Binary; 19] = [
    Binary::Add,
    Binary::Subtract,
    Binary::Multiply,
    Binary::Divide,
    Binary::FloorDivide,
    Binary::Remainder,
    Binary::Power,
    Binary::BitwiseAnd,
    Binary::BitwiseOr,
    Binary::BitwiseXor,
    Binary::LeftShift,
    Binary::RightShift,
    Binary::Maximum,
    Binary::Minimum,
    Binary::Fmod,
    Binary::Fmax,
    Binary::Fmin,
    Binary::Gcd,
    Binary::Lcm,
];

fn integer(scalar: Scalar) -> i128 {
    match scalar {
        Scalar::Bool(value) => i128::from(value),
        Scalar::Int(value) => value,
        Scalar::Float(value) => value as i128,
        Scalar::Complex(value) => value.re as i128,
    }
}

/// Whether exact arithmetic on whole numbers says what `op` gives on `dtype`.
fn is_exact(op: Binary, dtype: DType) -> bool {
    match op {
        Binary::Divide => false,
        Binary::Power => dtype.is_integer() || dtype == DType::Float64,
        Binary::FloorDivide | Binary::Remainder => !dtype.is_complex(),
        _ => !dtype.is_bool(),
    }
}

#[test]
fn binary_loops_equal_exact_arithmetic() {
    for dtype in DType::ALL {
        for op in BINARY {
            if crate::loops::binary(op, dtype).is_none() || !is_exact(op, dtype) {
                continue;
            }
            for (a_order, b_order, out_order) in [
                (Order::C, Order::C, Order::C),
                (Order::C, Order::Repeated, Order::C),
                (Order::Repeated, Order::C, Order::C),
                (Order::Fortran, Order::Gapped, Order::Backwards),
                (Order::Backwards, Order::Repeated, Order::Gapped),
                (Order::Gapped, Order::Fortran, Order::Fortran),
            ] {
                let shape = [7, 19];
                let a = Array::new(&shape, dtype, a_order, small(dtype, 0));
                let positive = small(DType::UInt8, 5);
                let b = Array::new(&shape, dtype, b_order, |index| match op {
                    Binary::Power => Scalar::Int(index as i128 % 3),
                    Binary::LeftShift | Binary::RightShift => positive(index),
                    _ => small(dtype, 5)(index),
                });
                let out = Array::new(&shape, dtype, out_order, |_| Scalar::Int(0));
                let bits = dtype.itemsize() as u32 * 8;
                let expected: Vec<Scalar> = (0..7 * 19)
                    .map(|index| {
                        let (a, b) = (integer(a.get(index)), integer(b.get(index)));
                        let value = whole(op, a, b, bits).unwrap();
                        with_dtype!(dtype, T => Scalar::Int(value).cast::<T>().to_scalar())
                    })
                    .collect();
                // SAFETY: three arrays of our own.
                unsafe { Cpu.binary(op, a.operand(), b.operand(), out.operand()).unwrap() };
                let found = out.values();
                for (index, (&found, &expected)) in found.iter().zip(&expected).enumerate() {
                    assert!(
                        same(found, expected),
                        "{op:?} {dtype} {a_order:?} {b_order:?} at {index}: {found:?}, not {expected:?}"
                    );
                }
                if matches!(out_order, Order::Gapped) {
                    let gap = out.raw()[out.place(0) + dtype.itemsize()];
                    assert_eq!(gap, 0xAA, "{op:?} {dtype} wrote between elements");
                }
                // In place: into `a`, where it has elements of its own.
                if !matches!(a_order, Order::Repeated) {
                    // SAFETY: as above; `a` is exactly the output.
                    unsafe { Cpu.binary(op, a.operand(), b.operand(), a.operand()).unwrap() };
                    let found = a.values();
                    assert!(
                        found.iter().zip(&expected).all(|(&a, &b)| same(a, b)),
                        "{op:?} {dtype}"
                    );
                }
            }
        }
    }
}

#[test]
fn comparisons_equal_the_model() {
    for dtype in DType::ALL {
        for (order, other) in [(Order::C, Order::C), (Order::Gapped, Order::Fortran)] {
            let shape = [5, 33];
            let a = Array::new(&shape, dtype, order, small(dtype, 0));
            let b = Array::new(&shape, dtype, other, small(dtype, 4));
            let pairs: Vec<_> = (0..165).map(|i| (integer(a.get(i)), integer(b.get(i)))).collect();
            let check = |op: Compare, model: fn(&i128, &i128) -> bool| {
                let out = Array::new(&shape, DType::Bool, Order::C, |_| Scalar::Int(0));
                // SAFETY: three arrays of our own.
                let done = unsafe { Cpu.compare(op, a.operand(), b.operand(), out.operand()) };
                if done.is_err() {
                    assert!(dtype.is_complex());
                    return;
                }
                for (index, (a, b)) in pairs.iter().enumerate() {
                    assert_eq!(out.get(index), Scalar::Bool(model(a, b)), "{op:?} {dtype}");
                }
            };
            check(Compare::Equal, i128::eq);
            check(Compare::NotEqual, i128::ne);
            check(Compare::Less, i128::lt);
            check(Compare::LessEqual, i128::le);
            check(Compare::Greater, i128::gt);
            check(Compare::GreaterEqual, i128::ge);
        }
    }
}

#[test]
fn casts_equal_the_scalar_cast() {
    for from in DType::ALL {
        for to in DType::ALL {
            for (order, into) in [(Order::C, Order::C), (Order::Gapped, Order::Backwards)] {
                let a = Array::new(&[3, 40], from, order, small(from, 1));
                let out = Array::new(&[3, 40], to, into, |_| Scalar::Int(0));
                // SAFETY: two arrays of our own.
                unsafe { Cpu.copy(a.operand(), out.operand()).unwrap() };
                for index in 0..120 {
                    let expected = with_dtype!(to, T => a.get(index).cast::<T>().to_scalar());
                    assert!(same(out.get(index), expected), "{from} to {to} at {index}");
                }
            }
        }
    }
}

#[test]
fn floats_without_an_integer_give_the_least() {
    let values = [f64::NAN, f64::INFINITY, -1.5, 3e9, -3e9, 1e19, 300.7];
    let cast = |to: DType| {
        let a = Array::new(&[7], DType::Float64, Order::C, |index| Scalar::Float(values[index]));
        let out = Array::new(&[7], to, Order::C, |_| Scalar::Int(0));
        // SAFETY: two arrays of our own.
        unsafe { Cpu.copy(a.operand(), out.operand()).unwrap() };
        out.values().into_iter().map(integer).collect::<Vec<_>>()
    };
    let (low32, low64) = (i128::from(i32::MIN), i128::from(i64::MIN));
    assert_eq!(cast(DType::Int32), [low32, low32, -1, low32, low32, low32, 300]);
    assert_eq!(cast(DType::Int64), [low64, low64, -1, 3_000_000_000, -3_000_000_000, low64, 300]);
    assert_eq!(cast(DType::UInt8), [0, 0, 255, 0, 0, 0, 44]);
    let huge = 10_000_000_000_000_000_000;
    assert_eq!(
        cast(DType::UInt64)[2..],
        [(1 << 64) - 1, 3_000_000_000, (1 << 64) - 3_000_000_000, huge, 300]
    );
}

#[test]
fn bool_bytes_are_kept_by_copies_and_read_by_operations() {
    let mut a = Array::new(&[4], DType::Bool, Order::C, |_| Scalar::Bool(false));
    a.bytes = [0, 1, 2, 255].map(Cell::new).to_vec();
    let out = Array::new(&[4], DType::Bool, Order::C, |_| Scalar::Bool(false));
    // SAFETY: arrays of our own.
    unsafe {
        Cpu.copy(a.operand(), out.operand()).unwrap();
        assert_eq!(out.raw(), [0, 1, 2, 255]);
        Cpu.unary(Unary::Invert, a.operand(), out.operand()).unwrap();
        assert_eq!(out.raw(), [1, 0, 0, 0]);
        Cpu.binary(Binary::BitwiseAnd, a.operand(), a.operand(), out.operand()).unwrap();
        assert_eq!(out.raw(), [0, 1, 1, 1]);
        Cpu.compare(Compare::Equal, a.operand(), a.operand(), out.operand()).unwrap();
        assert_eq!(out.raw(), [1; 4]);
        Cpu.select(a.operand(), a.operand(), a.operand(), out.operand()).unwrap();
        assert_eq!(out.raw(), [0, 1, 1, 1]);
        let wide = Array::new(&[4], DType::Int64, Order::C, |_| Scalar::Int(0));
        Cpu.copy(a.operand(), wide.operand()).unwrap();
        assert_eq!(wide.values().map_integers(), [0, 1, 1, 1]);
    }
}

trait MapIntegers {
    fn map_integers(self) -> Vec<i128>;
}

impl MapIntegers for Vec<Scalar> {
    fn map_integers(self) -> Vec<i128> {
        self.into_iter().map(integer).collect()
    }
}

#[test]
fn swapping_twice_is_the_identity() {
    for dtype in DType::ALL {
        for order in [Order::C, Order::Gapped, Order::Backwards] {
            let a = Array::new(&[3, 5], dtype, order, small(dtype, 2));
            let once = Array::new(&[3, 5], dtype, Order::Fortran, |_| Scalar::Int(0));
            let twice = once.clone();
            // SAFETY: arrays of our own.
            unsafe {
                crate::copy_swapped(a.operand(), once.operand()).unwrap();
                crate::copy_swapped(once.operand(), twice.operand()).unwrap();
            }
            assert_eq!(twice.values(), a.values(), "{dtype}");
        }
    }
    let a = Array::new(&[1], DType::Complex64, Order::C, |_| Scalar::Int(1));
    let out = a.clone();
    // SAFETY: arrays of our own.
    unsafe { crate::copy_swapped(a.operand(), out.operand()).unwrap() };
    assert_eq!(out.raw(), [0x3f, 0x80, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn integers_without_an_answer_are_refused_before_writing() {
    let a = Array::new(&[3], DType::Int16, Order::C, |index| Scalar::Int(index as i128));
    let b = Array::new(&[3], DType::Int16, Order::C, |index| Scalar::Int(index as i128 - 1));
    let out = Array::new(&[3], DType::Int16, Order::C, |_| Scalar::Int(77));
    for (op, kind) in [
        (Binary::FloorDivide, tensorbridge_core::ErrorKind::ZeroDivision),
        (Binary::Remainder, tensorbridge_core::ErrorKind::ZeroDivision),
        (Binary::Power, tensorbridge_core::ErrorKind::Value),
    ] {
        // SAFETY: arrays of our own.
        let error = unsafe { Cpu.binary(op, a.operand(), b.operand(), out.operand()) };
        assert_eq!(error.unwrap_err().kind(), kind);
        assert_eq!(out.values().map_integers(), [77; 3]);
    }
    let edges = Array::new(&[2], DType::Int32, Order::C, |_| Scalar::Int(i128::from(i32::MIN)));
    let minus = Array::new(&[2], DType::Int32, Order::C, |_| Scalar::Int(-1));
    // SAFETY: arrays of our own.
    unsafe {
        Cpu.binary(Binary::FloorDivide, edges.operand(), minus.operand(), edges.operand()).unwrap();
    }
    assert_eq!(edges.values().map_integers(), [i128::from(i32::MIN); 2]);
}

#[test]
fn division_of_integers_is_exact_at_the_edges() {
    for dtype in DType::ALL.into_iter().filter(|dtype| dtype.is_integer()) {
        let (low, high) = tensorbridge_core::scalar::integer_range(dtype);
        let edges: Vec<i128> = [low, low + 1, -3, -2, -1, 1, 2, 3, high / 2, high - 1, high]
            .into_iter()
            .filter(|value| (low..=high).contains(value) && *value != 0)
            .collect();
        let n = edges.len();
        for op in [Binary::FloorDivide, Binary::Remainder] {
            let a = Array::new(&[n * n], dtype, Order::C, |i| Scalar::Int(edges[i / n]));
            let b = Array::new(&[n * n], dtype, Order::C, |i| Scalar::Int(edges[i % n]));
            let out = Array::new(&[n * n], dtype, Order::C, |_| Scalar::Int(0));
            // SAFETY: arrays of our own.
            unsafe { Cpu.binary(op, a.operand(), b.operand(), out.operand()).unwrap() };
            for i in 0..n * n {
                let exact = whole(op, edges[i / n], edges[i % n], 64).unwrap();
                let expected = with_dtype!(dtype, T => Scalar::Int(exact).cast::<T>().to_scalar());
                assert_eq!(
                    out.get(i),
                    expected,
                    "{op:?} {dtype}: {} by {}",
                    edges[i / n],
                    edges[i % n]
                );
            }
        }
    }
}

#[test]
fn float_division_follows_the_standard() {
    let inf = f64::INFINITY;
    for (a, b, quotient, rest) in [
        (7.0, -2.0, -4.0, -1.0),
        (-7.0, 2.0, -4.0, 1.0),
        (1.0, 0.0, inf, f64::NAN),
        (-1.0, inf, -0.0, inf),
        (0.3, 0.1, 2.0, 0.3 - 0.2 - 2.7755575615628914e-17),
        (inf, 1.0, inf, f64::NAN),
    ] {
        let apply = |op| {
            let a = Array::new(&[1], DType::Float64, Order::C, |_| Scalar::Float(a));
            let b = Array::new(&[1], DType::Float64, Order::C, |_| Scalar::Float(b));
            let out = Array::new(&[1], DType::Float64, Order::C, |_| Scalar::Int(0));
            // SAFETY: arrays of our own.
            unsafe { Cpu.binary(op, a.operand(), b.operand(), out.operand()).unwrap() };
            out.get(0)
        };
        let floor = apply(Binary::FloorDivide);
        assert!(same(floor, Scalar::Float(quotient)), "{a} // {b}: {floor:?}");
        let Scalar::Float(found) = apply(Binary::Remainder) else { unreachable!() };
        assert!(
            (found - rest).abs() < 1e-15 || same(Scalar::Float(found), Scalar::Float(rest)),
            "{a} % {b}: {found}"
        );
    }
}
