//! Vectors are orthogonal, and make the matrix again.

use faer::{Mat, Par};

use super::tests::matrices;
use super::{Real, decompose, singular_values, workspace};
use crate::linalg::samples::{coincidences, threads_agree};

/// Values, left and right vectors, from memory that held no numbers.
fn decomposed<R: Real>(d: &[f64], e: &[f64], par: Par) -> (Vec<f64>, Mat<R>, Mat<R>) {
    let n = d.len();
    let [mut u, mut v, mut one, mut other] =
        [(); 4].map(|()| Mat::from_fn(n, n, |_, _| R::narrow(f64::NAN)));
    let mut values = vec![f64::NAN; n];
    let room = [one.as_mut(), other.as_mut()];
    let (d, e) = (&mut d.to_vec(), &mut e.to_vec());
    assert!(decompose(d, e, &mut values, u.as_mut(), v.as_mut(), room, par));
    (values, u, v)
}

fn check<R: Real>(name: &str, d: &[f64], e: &[f64]) {
    let n = d.len();
    let largest = d.iter().chain(e).fold(0.0_f64, |most, value| most.max(value.abs()));
    let (values, u, v) = decomposed::<R>(d, e, Par::Seq);
    let [u, v] = [u, v].map(|vectors| Mat::from_fn(n, n, |i, j| vectors[(i, j)].wide()));
    let tolerance = R::EPSILON * (20 + n) as f64;
    let absolute = tolerance * largest + 4.0 * f64::from_bits(1);
    for (side, vectors) in [("left", &u), ("right", &v)] {
        let error = (vectors.transpose() * vectors - Mat::<f64>::identity(n, n)).norm_max();
        assert!(error <= tolerance, "{name} {n}: {side} {error:e}");
    }
    for j in 0..n {
        for i in 0..n {
            let next = if i + 1 < n { e[i] * v[(i + 1, j)] } else { 0.0 };
            let error = (d[i] * v[(i, j)] + next - values[j] * u[(i, j)]).abs();
            assert!(error <= absolute, "{name} {n}: ({i}, {j}) {error:e}");
        }
    }
    let mut sorted = values;
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let mut alone = d.to_vec();
    singular_values(&mut alone, e, f64::EPSILON, &mut vec![0.0; workspace(n)]);
    for (found, expected) in sorted.iter().zip(alone) {
        let error = (found - expected).abs();
        assert!(*found >= 0.0 && error <= absolute, "{name} {n}: {found} {expected}");
    }
}

#[test]
fn vectors_make_the_matrix() {
    // 16 rows are not divided.
    for n in (1..=20).chain(30..=36).chain([63, 64, 65, 66, 67, 70, 100, 257]) {
        matrices(n, |name, d, e| {
            check::<f64>(name, &d, &e);
            check::<f32>(name, &d, &e);
        });
    }
}

#[test]
fn vectors_of_random_matrices_with_coincidences() {
    coincidences(400, 50, |d, e| check::<f64>("coincidences", &d, &e));
}

#[test]
fn threads_leave_no_trace() {
    threads_agree(decomposed::<f64>);
}
