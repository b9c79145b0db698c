//! Vectors are orthogonal, and make the matrix again.

use faer::{Mat, Par};

use super::{decompose, values as alone};
use crate::linalg::bidiagonal_svd::{Real, workspace};
use crate::linalg::samples::{coincidences, random, threads_agree};
use crate::linalg::tridiagonal_values::eigenvalues;

/// Values and vectors, from memory that held no numbers.
fn decomposed<R: Real>(d: &[f64], e: &[f64], par: Par) -> (Vec<f64>, Mat<R>) {
    let n = d.len();
    let [mut u, mut one, mut other] =
        [(); 3].map(|()| Mat::from_fn(n, n, |_, _| R::narrow(f64::NAN)));
    let (mut d, mut e) = (d.to_vec(), e.to_vec());
    let room = [one.as_mut(), other.as_mut()];
    assert!(decompose(&mut d, &mut e, u.as_mut(), room, par));
    (d, u)
}

fn check<R: Real>(name: &str, d: &[f64], e: &[f64]) {
    let n = d.len();
    let largest = d.iter().chain(e).fold(0.0_f64, |most, value| most.max(value.abs()));
    let (values, u) = decomposed::<R>(d, e, Par::Seq);
    let u = Mat::from_fn(n, n, |i, j| u[(i, j)].wide());
    let tolerance = R::EPSILON * (20 + n) as f64;
    let absolute = tolerance * largest + 4.0 * f64::from_bits(1);
    let error = (u.transpose() * &u - Mat::<f64>::identity(n, n)).norm_max();
    assert!(error <= tolerance, "{name} {n}: {error:e}");
    for j in 0..n {
        for i in 0..n {
            let before = if i > 0 { e[i - 1] * u[(i - 1, j)] } else { 0.0 };
            let after = if i + 1 < n { e[i] * u[(i + 1, j)] } else { 0.0 };
            let error = (before + d[i] * u[(i, j)] + after - values[j] * u[(i, j)]).abs();
            assert!(error <= absolute, "{name} {n}: ({i}, {j}) {error:e}");
        }
    }
    let mut sorted = values;
    sorted.sort_unstable_by(f64::total_cmp);
    let mut others = [d.to_vec(), d.to_vec()];
    eigenvalues(&mut others[0], &mut e.to_vec(), f64::EPSILON, &mut vec![0.0; workspace(n)]);
    assert!(alone(&mut others[1], &mut e.to_vec()));
    others[1].sort_unstable_by(f64::total_cmp);
    for expected in others {
        for (found, expected) in sorted.iter().zip(expected) {
            let error = (found - expected).abs();
            assert!(error <= absolute, "{name} {n}: {found} {expected}");
        }
    }
}

#[test]
fn vectors_make_the_matrix() {
    let mut next = random(3);
    // 24 rows are not divided.
    for n in (1..=30).chain(47..=51).chain([64, 100, 257]) {
        type Element<'a> = &'a mut dyn FnMut(usize) -> f64;
        let both = |name, d: Element<'_>, e: Element<'_>| {
            let d: Vec<f64> = (0..n).map(d).collect();
            let e: Vec<f64> = (1..n).map(e).collect();
            check::<f64>(name, &d, &e);
            check::<f32>(name, &d, &e);
        };
        both("Toeplitz", &mut |_| 2.0, &mut |_| 1.0);
        both("zero", &mut |_| 0.0, &mut |_| 0.0);
        both("diagonal", &mut |i| (i % 5) as f64, &mut |_| 0.0);
        both("beside a zero diagonal", &mut |_| 0.0, &mut |_| 1.0);
        // Wilkinson's: pairs of values that agree to all digits.
        both("Wilkinson", &mut |i| (i as f64 - (n / 2) as f64).abs(), &mut |_| 1.0);
        both("graded", &mut |i| 0.5_f64.powi(i as i32), &mut |i| 0.5_f64.powi(i as i32));
        both("rising", &mut |i| 1.5_f64.powi(i as i32), &mut |i| 1.5_f64.powi(i as i32));
        both("blocks", &mut |i| i as f64, &mut |i| f64::from(i % 7 != 0));
        both("loosely joined", &mut |i| (i % 3) as f64, &mut |_| 1e-9);
        both("huge", &mut |_| 1e300, &mut |_| 3e299);
        both("tiny", &mut |_| 1e-300, &mut |_| 3e-301);
        let mut other = random(n as u64);
        both("random", &mut |_| next(), &mut |_| other().abs());
    }
}

#[test]
fn vectors_of_random_matrices_with_coincidences() {
    coincidences(600, 60, |d, e| {
        let e: Vec<f64> = e.iter().map(|element| element.abs()).collect();
        check::<f64>("coincidences", &d, &e);
        check::<f32>("coincidences", &d, &e);
    });
}

#[test]
fn threads_leave_no_trace() {
    threads_agree(decomposed::<f64>);
}
