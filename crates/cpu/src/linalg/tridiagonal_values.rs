//! The eigenvalues of a real symmetric tridiagonal matrix alone.
//!
//! Shifted until it is positive definite, it is the product of a bidiagonal matrix and its
//! transpose, whose singular values differential qd finds faster than QR steps find the
//! eigenvalues: after I. S. Dhillon and B. N. Parlett, "Multiple representations to compute
//! orthogonal eigenvectors of symmetric tridiagonal matrices", Linear Algebra and its Applications
//! 387, 2004. The errors are, as those of QR, relative to the largest value.

use super::bidiagonal_svd::singular_values;

/// Replaces `diagonal` by the eigenvalues of the matrix that has `beside`, shorter by one, on both
/// sides of it; the least comes first. `epsilon` and `work` are as [`singular_values`] has them.
pub(super) fn eigenvalues(
    diagonal: &mut [f64],
    beside: &mut [f64],
    epsilon: f64,
    work: &mut [f64],
) {
    let n = diagonal.len();
    let mut first = 0;
    while first < n {
        let coupled = |i: usize| {
            let (next, beside) =
                (diagonal[i].abs().sqrt() * diagonal[i + 1].abs().sqrt(), beside[i]);
            beside.abs() > f64::EPSILON * next
        };
        let end = (first..n - 1).find(|&i| !coupled(i)).map_or(n, |i| i + 1);
        if end - first > 1 {
            block(&mut diagonal[first..end], &mut beside[first..end - 1], epsilon, work);
        }
        first = end;
    }
    diagonal.sort_unstable_by(f64::total_cmp);
}

/// [`eigenvalues`], in no order, of a matrix without zeros beside the diagonal.
fn block(diagonal: &mut [f64], beside: &mut [f64], epsilon: f64, work: &mut [f64]) {
    let n = diagonal.len();
    // Gershgorin's bounds.
    let radius = |i: usize| {
        let before = if i == 0 { 0.0 } else { beside[i - 1].abs() };
        before + if i + 1 == n { 0.0 } else { beside[i].abs() }
    };
    let least = (0..n).map(|i| diagonal[i] - radius(i)).fold(f64::INFINITY, f64::min);
    let most = (0..n).map(|i| diagonal[i] + radius(i)).fold(f64::NEG_INFINITY, f64::max);
    // Far enough below the least value for every pivot to be positive.
    let margin = 8.0 * f64::EPSILON * least.abs().max(most.abs());
    let shift = least - margin;
    let mut taken = 0.0;
    for i in 0..n {
        diagonal[i] = (diagonal[i] - shift - taken).max(margin).sqrt();
        if i + 1 < n {
            beside[i] /= diagonal[i];
            taken = beside[i] * beside[i];
        }
    }
    singular_values(diagonal, beside, epsilon, work);
    for value in diagonal {
        *value = *value * *value + shift;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::bidiagonal_svd::workspace;

    fn values(diagonal: &[f64], beside: &[f64]) -> Vec<f64> {
        let (mut diagonal, mut beside) = (diagonal.to_vec(), beside.to_vec());
        let mut work = vec![0.0; workspace(diagonal.len())];
        eigenvalues(&mut diagonal, &mut beside, f64::EPSILON, &mut work);
        diagonal
    }

    #[test]
    fn second_differences() {
        for n in [2, 3, 10, 101, 300] {
            for size in [1.0, -1e60, 1e-60] {
                let found = values(&vec![2.0 * size; n], &vec![-size; n - 1]);
                let angle = |k: usize| std::f64::consts::PI * k as f64 / (2 * n + 2) as f64;
                let mut wanted: Vec<f64> =
                    (1..=n).map(|k| 4.0 * size * angle(k).sin().powi(2)).collect();
                wanted.sort_by(f64::total_cmp);
                for (found, wanted) in found.iter().zip(&wanted) {
                    let off = (found - wanted).abs() / size.abs();
                    assert!(off < 1e-14, "{n}: {found} for {wanted}");
                }
            }
        }
    }

    #[test]
    fn what_stands_alone_is_exact() {
        assert_eq!(values(&[3.0, 0.1, 0.0, -7.0], &[0.0; 3]), [-7.0, 0.0, 0.1, 3.0]);
        let found = values(&[5.0, 1.0, 1.0, 0.3], &[0.0, 1.0, 0.0]);
        assert_eq!((found[1], found[3]), (0.3, 5.0));
        assert!(found[0].abs() < 1e-15 && (found[2] - 2.0).abs() < 1e-15, "{found:?}");
        assert_eq!(values(&[], &[]), [0.0; 0]);
    }

    #[test]
    fn all_that_is_equal() {
        let found = values(&[1.0; 50], &[1e-9; 49]);
        assert!(found.iter().all(|value| (value - 1.0).abs() < 3e-9), "{found:?}");
    }
}
