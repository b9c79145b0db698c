//! Against the counts of values below a bound, which are exact to a few units in the last place.

use super::bisection::bisect;
use super::{singular_values, workspace};
use crate::linalg::samples::random;

/// How many singular values are less than `bound`: W. Kahan's count of the eigenvalues of the
/// matrix whose diagonal is 0 and beside which both diagonals alternate. None is less than 0, where
/// zeros of the matrix are not counted as its others are.
fn below(diagonal: &[f64], beside: &[f64], bound: f64) -> usize {
    let n = diagonal.len();
    let mut pivot = -bound;
    let mut count = usize::from(pivot < 0.0);
    for i in 0..2 * n - 1 {
        let b = if i % 2 == 0 { diagonal[i / 2] } else { beside[i / 2] };
        let divisor = if pivot == 0.0 { 1e-300 } else { pivot };
        pivot = -bound - b * (b / divisor);
        count += usize::from(pivot < 0.0);
    }
    count.saturating_sub(n)
}

fn values(diagonal: &[f64], beside: &[f64], epsilon: f64) -> Vec<f64> {
    let mut values = diagonal.to_vec();
    let mut work = vec![f64::NAN; workspace(values.len())];
    singular_values(&mut values, beside, epsilon, &mut work);
    values
}

fn check(name: &str, diagonal: &[f64], beside: &[f64]) {
    for (epsilon, tolerance) in [(f64::EPSILON, 1e-14), (2.0_f64.powi(-30), 1e-7)] {
        let values = values(diagonal, beside, epsilon);
        assert!(values.is_sorted_by(|a, b| a >= b), "{name}");
        for (index, &value) in values.iter().rev().enumerate() {
            let (low, high) = (value * (1.0 - tolerance), value * (1.0 + tolerance));
            let high = if value == 0.0 { values[0].max(1.0) * 1e-150 } else { high };
            let counts = [below(diagonal, beside, low), below(diagonal, beside, high)];
            assert!(
                (value == 0.0 || counts[0] <= index) && counts[1] > index,
                "{name} {}: value {index} {value} {counts:?}",
                diagonal.len(),
            );
        }
    }
}

/// Matrices of `n` rows that have been hard for some program.
pub(super) fn matrices(n: usize, mut each: impl FnMut(&str, Vec<f64>, Vec<f64>)) {
    let mut next = random(n as u64);
    let mut add =
        |name, diagonal: &mut dyn FnMut(usize) -> f64, beside: &mut dyn FnMut(usize) -> f64| {
            each(name, (0..n).map(diagonal).collect(), (1..n).map(beside).collect());
        };
    let numbers: Vec<f64> = (0..4 * n + 4).map(|_| next()).collect();
    let x = |i: usize| numbers[i];
    let y = |i: usize| numbers[n + i];
    let zeros = |value: f64, other: f64| if other < -0.2 { 0.0 } else { value };
    add("random", &mut { x }, &mut { y });
    add("ones", &mut |_| 1.0, &mut |_| 1.0);
    add("identity", &mut |_| 1.0, &mut |_| 0.0);
    add("diagonal", &mut { x }, &mut |_| 0.0);
    add("beside only", &mut |_| 0.0, &mut { y });
    add("hardly coupled", &mut { x }, &mut |_| 1e-20);
    add("equal, hardly coupled", &mut |_| 1.0, &mut |i| 1e-15 * y(i));
    let slope = 120.0 / n as f64;
    let graded = |i: usize| 10.0_f64.powf(-slope * i as f64);
    add("graded", &mut { graded }, &mut { graded });
    add("graded upwards", &mut |i| graded(n - i), &mut |i| graded(n - i));
    add("one side graded", &mut { graded }, &mut |_| 1e-3);
    let half = |i: usize| 0.5_f64.powi(i as i32);
    add("of Kahan's form", &mut { half }, &mut |i| -0.8 * half(i));
    add("zeros", &mut |i| zeros(x(i), numbers[2 * n + i]), &mut |i| {
        zeros(y(i), numbers[3 * n + i])
    });
    add("zeros on the diagonal", &mut |i| zeros(x(i), y(i)), &mut { y });
    add("one huge", &mut |i| if i == n / 2 { 1e100 } else { x(i) }, &mut { y });
    add("one tiny", &mut |i| if i == n / 2 { 1e-100 } else { 1.0 }, &mut |_| 1.0);
    let glue = |width: f64| move |i: usize| if i.is_multiple_of(11) { width } else { 1.0 };
    let wilkinson = |i: usize| ((i % 11) as f64 - 5.0).abs();
    add("glued", &mut { wilkinson }, &mut glue(1e-9));
    add("glued tightly", &mut { wilkinson }, &mut glue(1e-4));
    add("denormal", &mut |i| 1e-300 * x(i), &mut |i| 1e-318 * y(i));
    add("all denormal", &mut |i| 1e-310 * x(i), &mut |i| 1e-310 * y(i));
    add("large", &mut |i| 1e307 * x(i), &mut |i| 1e307 * y(i));
    add("exponents", &mut |i| 10.0_f64.powf(8.0 * x(i)), &mut |i| 10.0_f64.powf(8.0 * y(i)));
}

#[test]
fn values_are_where_counts_say() {
    for n in (1..=40).chain([63, 64, 65, 100, 257]) {
        matrices(n, |name, diagonal, beside| {
            // Counts overflow, and know no numbers of few bits.
            if !["large", "denormal", "all denormal"].contains(&name) {
                check(name, &diagonal, &beside);
            }
        });
    }
}

#[test]
fn nothing_has_no_values() {
    singular_values(&mut [], &[], f64::EPSILON, &mut []);
    assert_eq!(values(&[0.0, 0.0], &[0.0], f64::EPSILON), [0.0, 0.0]);
    assert_eq!(values(&[-3.0], &[], f64::EPSILON), [3.0]);
}

#[test]
fn values_scale() {
    let mut next = random(3);
    let (d, e) = ([(); 9].map(|()| next()), [(); 8].map(|()| next()));
    let expected = values(&d, &e, f64::EPSILON);
    for exponent in [-900, 900, -1021] {
        let factor = 2.0_f64.powi(exponent);
        let (d, e) = (d.map(|value| value * factor), e.map(|value| value * factor));
        for (&found, &expected) in values(&d, &e, f64::EPSILON).iter().zip(&expected) {
            let error = (found / factor - expected).abs();
            // Numbers of few bits are rounded, and so are values of them.
            let rounding = 4.0 * (f64::from_bits(1) / factor);
            assert!(error <= 1e-14 * expected + rounding, "{exponent}: {found} for {expected}");
        }
    }
}

#[test]
fn bisection_finds_the_same() {
    for n in [1, 2, 3, 20, 50] {
        let mut next = random(n);
        let n = n as usize;
        let d: Vec<f64> = (0..n).map(|_| next()).collect();
        let e: Vec<f64> = (1..n).map(|_| next()).collect();
        let square = |values: &[f64]| values.iter().map(|value| value * value).collect::<Vec<_>>();
        let mut squares = vec![0.0; n];
        bisect(&square(&d), &square(&e), 0.0, &mut squares);
        for (square, value) in squares.iter().rev().zip(values(&d, &e, f64::EPSILON)) {
            assert!((square.sqrt() - value).abs() <= 1e-13 * value, "{n}");
        }
    }
}
