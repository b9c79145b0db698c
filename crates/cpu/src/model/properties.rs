//! Copies and reductions of any shape and layout, below and above the size for threads.

use proptest::prelude::*;
use tensorbridge_core::op::Reduce;
use tensorbridge_core::scalar::FromScalar;
use tensorbridge_core::{DType, Engine, Scalar, with_dtype};

use super::{Array, ORDERS, Order, integer, same, small};
use crate::Cpu;

proptest! {
    /// Copies through any two layouts of any shape, above and below the size of tiles and the
    /// threshold for threads.
    #[test]
    fn copies_visit_every_element_once(
        shape in prop::collection::vec(0_usize..70, 0..4),
        from in 0..4_usize,
        to in 0..4_usize,
        dtype in prop::sample::select(DType::ALL.to_vec()),
        swap in any::<bool>(),
    ) {
        let mut a = Array::new(&shape, dtype, ORDERS[from], small(dtype, 3));
        if swap && shape.len() > 1 {
            a.layout = a.layout.swap_axes(0, 1);
        }
        let out = Array::new(a.layout.shape(), dtype, ORDERS[to], |_| Scalar::Int(0));
        // SAFETY: arrays of our own.
        unsafe { Cpu.copy(a.operand(), out.operand()).unwrap() };
        prop_assert_eq!(out.values(), a.values());
    }

    /// Sums and extremes over any axes, against a fold in order.
    #[test]
    fn reductions_equal_a_fold(
        shape in prop::collection::vec(1_usize..40, 0..4),
        mask in 0_usize..16,
        order in 0..5_usize,
        dtype in prop::sample::select(vec![DType::Bool, DType::Int8, DType::UInt32, DType::Float16, DType::Float64, DType::Complex64]),
        op in prop::sample::select(vec![Reduce::Sum, Reduce::Min, Reduce::Max, Reduce::All, Reduce::Any]),
    ) {
        prop_assume!(!(dtype.is_complex() && matches!(op, Reduce::Min | Reduce::Max)));
        // Sums that `float16` holds exactly.
        let value = |index: usize| match dtype {
            DType::Float16 => Scalar::Int(i128::from(index.is_multiple_of(97))),
            _ => small(dtype, 1)(index),
        };
        let a = Array::new(&shape, dtype, ORDERS[order], value);
        let reduced: Vec<usize> = shape
            .iter()
            .enumerate()
            .map(|(axis, &length)| if mask >> axis & 1 == 1 { 1 } else { length })
            .collect();
        let result = match op {
            Reduce::All | Reduce::Any => DType::Bool,
            Reduce::Sum if dtype.is_bool() => DType::Int64,
            _ => dtype,
        };
        let compute = match op {
            Reduce::Sum if dtype == DType::Float16 => DType::Float32,
            Reduce::Sum if dtype == DType::UInt32 => DType::UInt64,
            Reduce::Sum if !dtype.is_float() && !dtype.is_complex() => DType::Int64,
            _ => dtype,
        };
        let out = Array::new(&reduced, result, Order::Fortran, |_| Scalar::Int(0));
        // SAFETY: arrays of our own.
        unsafe { Cpu.reduce(op, compute, a.operand(), out.operand()).unwrap() };
        let mut expected: Vec<Option<i128>> = vec![None; reduced.iter().product()];
        for index in 0..shape.iter().product() {
            let (mut rest, mut place, mut scale) = (index, 0, 1);
            for axis in (0..shape.len()).rev() {
                let at = rest % shape[axis];
                rest /= shape[axis];
                place += if reduced[axis] == 1 { 0 } else { at * scale };
                scale *= reduced[axis];
            }
            let value = integer(a.get(index));
            let truth = i128::from(value != 0);
            let slot = &mut expected[place];
            *slot = Some(match (op, *slot) {
                (Reduce::Sum, sum) => sum.unwrap_or(0) + value,
                (Reduce::Min, least) => least.map_or(value, |least| least.min(value)),
                (Reduce::Max, most) => most.map_or(value, |most| most.max(value)),
                (Reduce::All, all) => all.unwrap_or(1) & truth,
                (_, any) => any.unwrap_or(0) | truth,
            });
        }
        for (index, expected) in expected.into_iter().enumerate() {
            let expected = Scalar::Int(expected.unwrap());
            let expected = with_dtype!(result, T => expected.cast::<T>().to_scalar());
            prop_assert!(same(out.get(index), expected), "{:?} {} at {}: {:?} {:?}", op, dtype, index, out.get(index), expected);
        }
    }
}

#[test]
fn sums_do_not_depend_on_threads_and_are_accurate() {
    let n = 3_000_001;
    let mut a = Array::new(&[n], DType::Float32, Order::C, |index| {
        Scalar::Float(0.1 + (index % 1000) as f64 * 1e-3)
    });
    let exact: f64 = (0..n)
        .map(|index| match a.get(index) {
            Scalar::Float(value) => value,
            _ => unreachable!(),
        })
        .sum();
    let mut sums = Vec::new();
    for threads in [1, 2, 3, 8] {
        crate::set_num_threads(threads).unwrap();
        for shape in [vec![n], vec![1, n]] {
            a.layout = a.layout.reshape(&shape).unwrap().unwrap();
            let out =
                Array::new(&vec![1; shape.len()], DType::Float32, Order::C, |_| Scalar::Int(0));
            // SAFETY: arrays of our own.
            unsafe { Cpu.reduce(Reduce::Sum, DType::Float32, a.operand(), out.operand()).unwrap() };
            sums.push(out.get(0));
        }
    }
    assert!(sums.iter().all(|&sum| sum == sums[0]), "{sums:?}");
    let Scalar::Float(sum) = sums[0] else { unreachable!() };
    assert!((sum - exact).abs() / exact < 2e-7, "{sum} {exact}");
}

#[test]
fn large_work_is_shared_out_correctly() {
    crate::set_num_threads(3).unwrap();
    for (from, to) in [(Order::C, Order::C), (Order::Fortran, Order::C), (Order::C, Order::Fortran)]
    {
        let shape = [701, 3, 503];
        let a = Array::new(&shape, DType::Int32, from, |index| Scalar::Int(index as i128));
        let out = Array::new(&shape, DType::Float64, to, |_| Scalar::Int(-1));
        // SAFETY: arrays of our own.
        unsafe { Cpu.copy(a.operand(), out.operand()).unwrap() };
        for index in (0..701 * 3 * 503).step_by(17) {
            assert_eq!(out.get(index), Scalar::Float(index as f64));
        }
    }
}
