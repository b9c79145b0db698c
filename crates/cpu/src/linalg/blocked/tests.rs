//! Factors, multiplied, are the matrix; threads leave no trace.

use faer::dyn_stack::{MemStack, StackReq};
use faer::{Mat, MatRef};

use super::{Blocked, PANEL};
use crate::linalg::passes::model::{largest, random, with_memory};

/// Sides on, before and after the edges of panels and blocks.
const SIDES: [usize; 6] = [1, PANEL - 1, PANEL, PANEL + 1, 2 * PANEL + 49, 300];

/// Works on a copy with dense columns, on one thread and on three, with the same result.
fn same<R: PartialEq + std::fmt::Debug>(
    a: MatRef<'_, f64>,
    scratch: StackReq,
    work: impl Fn(faer::MatMut<'_, f64>, usize, &mut MemStack) -> R,
) -> (Mat<f64>, R) {
    let run = |threads| {
        let (mut copy, mut result) = (a.to_owned(), None);
        with_memory(scratch, |stack| result = Some(work(copy.as_mut(), threads, stack)));
        (copy, result.unwrap())
    };
    let (one, three) = (run(1), run(3));
    assert_eq!(one.1, three.1);
    let bits = |m: &Mat<f64>| {
        (0..m.ncols())
            .flat_map(|j| m.col_as_slice(j).to_vec())
            .map(f64::to_bits)
            .collect::<Vec<_>>()
    };
    assert_eq!(bits(&one.0), bits(&three.0));
    one
}

#[test]
fn the_factors_are_those_of_the_exchanged_matrix() {
    for (m, n) in SIDES.into_iter().flat_map(|m| SIDES.map(|n| (m, n))) {
        let mut a = random(m, n, 1.0);
        let (factors, exchanges) = same(a.as_ref(), f64::lu_scratch(m), |a, threads, stack| {
            let mut exchanges = vec![0; m];
            f64::lu(a, &mut exchanges, threads, stack);
            exchanges
        });
        for (row, &other) in exchanges.iter().enumerate() {
            for j in 0..n {
                let value = a[(row, j)];
                a[(row, j)] = a[(other, j)];
                a[(other, j)] = value;
            }
        }
        let k = m.min(n);
        let lower = Mat::from_fn(m, k, |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => 1.0,
            std::cmp::Ordering::Greater => factors[(i, j)],
        });
        let upper = Mat::from_fn(k, n, |i, j| if i <= j { factors[(i, j)] } else { 0.0 });
        assert!(largest(lower.as_ref()) <= 1.0, "pivots are the largest");
        assert!(largest((&lower * &upper - &a).as_ref()) < 1e-12, "{m} {n}");
    }
}

#[test]
fn the_triangle_times_itself_is_the_matrix() {
    for n in SIDES {
        let half = random(n, n, 1.0);
        let mut a = &half * half.transpose();
        (0..n).for_each(|i| a[(i, i)] += 1.0);
        let cholesky = |a: MatRef<'_, f64>| same(a, f64::cholesky_scratch(n), f64::cholesky);
        let (factor, failed) = cholesky(a.as_ref());
        let lower = Mat::from_fn(n, n, |i, j| if i >= j { factor[(i, j)] } else { 0.0 });
        assert_eq!(failed, 0);
        assert!(largest((&lower * lower.transpose() - &a).as_ref()) < 1e-11, "{n}");

        a[(n / 2, n / 2)] = -1.0;
        assert_eq!(
            cholesky(a.as_ref()).1,
            n as i32 / 2 + 1,
            "the first pivot that is not positive"
        );
    }
}
