//! Values and vectors of a small bidiagonal matrix by implicit `QR` steps of rotations.
//!
//! G. H. Golub and W. Kahan, "Calculating the singular values and pseudo-inverse of a matrix",
//! SIAM Journal on Numerical Analysis 2, 1965, with the steps without a shift of J. Demmel and
//! W. Kahan, "Accurate singular values of bidiagonal matrices", SIAM Journal on Scientific and
//! Statistical Computing 11, 1990, wherever a shift would not be felt.

/// Rows of the largest matrix that is not divided.
pub(super) const SMALL: usize = 32;

/// Steps for each value before it is given up; about two are usual.
const PATIENCE: usize = 100;

/// Vectors, `length` numbers each, one after the other.
pub(super) struct Vectors<'a> {
    pub(super) length: usize,
    pub(super) numbers: &'a mut [f64],
}

impl Vectors<'_> {
    fn identity(&mut self) {
        self.numbers.fill(0.0);
        for i in 0..self.length {
            self.numbers[i * self.length + i] = 1.0;
        }
    }

    /// Turns two vectors towards each other.
    fn rotate(&mut self, first: usize, second: usize, turn: Turn) {
        let n = self.length;
        let (low, high) = (first.min(second), first.max(second));
        let (before, after) = self.numbers.split_at_mut(high * n);
        let (low_one, high_one) = (&mut before[low * n..][..n], &mut after[..n]);
        let Turn { cos, mut sin, .. } = turn;
        if first > second {
            sin = -sin;
        }
        for (x, y) in low_one.iter_mut().zip(high_one) {
            (*x, *y) = (cos * *x + sin * *y, cos * *y - sin * *x);
        }
    }
}

/// A rotation that turns a pair of numbers into `length` and 0.
#[derive(Clone, Copy)]
pub(super) struct Turn {
    pub(super) cos: f64,
    pub(super) sin: f64,
    pub(super) length: f64,
}

impl Turn {
    pub(super) fn of(x: f64, y: f64) -> Self {
        if y == 0.0 {
            return Self { cos: 1.0, sin: 0.0, length: x };
        }
        let mut length = (x * x + y * y).sqrt();
        if length < 1e-140 {
            // Squares have lost bits, or everything.
            let factor = 2.0_f64.powi(900);
            let turn = Self::of(x * factor, y * factor);
            return Self { length: turn.length / factor, ..turn };
        }
        if x < 0.0 {
            length = -length;
        }
        Self { cos: x / length, sin: y / length, length }
    }
}

/// Decomposes the upper bidiagonal matrix of `d` and `e`, whose last `e`, where there are as many
/// as `d`, stands in a column of its own. `d` becomes the values, in no order. All elements are
/// at most about 1. Says whether it converged.
pub(super) fn decompose(
    d: &mut [f64],
    e: &mut [f64],
    mut u: Vectors<'_>,
    mut v: Vectors<'_>,
) -> bool {
    let n = d.len();
    u.identity();
    v.identity();
    if e.len() == n {
        // The last column is turned into those before it.
        let mut extra = e[n - 1];
        for k in (0..n).rev() {
            let turn = Turn::of(d[k], extra);
            d[k] = turn.length;
            v.rotate(k, n, turn);
            if k > 0 {
                extra = -turn.sin * e[k - 1];
                e[k - 1] *= turn.cos;
            }
        }
    }
    let e = &mut e[..n - 1];
    let norm = d.iter().chain(&*e).fold(0.0_f64, |most, value| most.max(value.abs()));
    let floor = norm * f64::EPSILON / 64.0;
    let mut end = n - 1;
    let mut left = PATIENCE * n;
    loop {
        let negligible = |i: usize| {
            e[i].abs() <= floor || e[i].abs() <= f64::EPSILON * 0.5 * (d[i].abs() + d[i + 1].abs())
        };
        while end > 0 && negligible(end - 1) {
            end -= 1;
        }
        if end == 0 {
            break;
        }
        let first = (0..end).rev().find(|&i| negligible(i)).map_or(0, |i| i + 1);
        if left == 0 {
            return false;
        }
        left -= 1;
        if d[first].abs() >= d[end].abs() {
            step(&mut d[first..=end], &mut e[first..end], |i, right, left| {
                v.rotate(first + i, first + i + 1, right);
                u.rotate(first + i, first + i + 1, left);
            });
        } else {
            // From the other end: the matrix turned by half, and transposed.
            d[first..=end].reverse();
            e[first..end].reverse();
            step(&mut d[first..=end], &mut e[first..end], |i, right, left| {
                u.rotate(end - i, end - i - 1, right);
                v.rotate(end - i, end - i - 1, left);
            });
            d[first..=end].reverse();
            e[first..end].reverse();
        }
    }
    for (i, value) in d.iter_mut().enumerate() {
        if value.is_sign_negative() {
            *value = -*value;
            let length = v.length;
            v.numbers[i * length..][..length].iter_mut().for_each(|x| *x = -*x);
        }
    }
    true
}

/// One step from the first row to the last: rotations of columns `i` and `i + 1`, and of rows.
fn step(d: &mut [f64], e: &mut [f64], mut rotate: impl FnMut(usize, Turn, Turn)) {
    let last = d.len() - 1;
    let shift = smaller(d[last - 1], e[last - 1], d[last]);
    let ratio = shift / d[0];
    // Without a shift, one step finds the value 0 that a 0 on the diagonal means.
    let singular = d.contains(&0.0);
    if singular || !(ratio * ratio >= f64::EPSILON && ratio.is_finite()) {
        let (mut right, mut left) =
            (Turn { cos: 1.0, sin: 0.0, length: 0.0 }, Turn { cos: 1.0, sin: 0.0, length: 0.0 });
        for i in 0..last {
            right = Turn::of(d[i] * right.cos, e[i]);
            if i > 0 {
                e[i - 1] = left.sin * right.length;
            }
            left = Turn::of(left.cos * right.length, d[i + 1] * right.sin);
            d[i] = left.length;
            rotate(i, right, left);
        }
        let rest = d[last] * right.cos;
        d[last] = rest * left.cos;
        e[last - 1] = rest * left.sin;
        return;
    }
    let mut f = (d[0].abs() - shift) * (1.0_f64.copysign(d[0]) + shift / d[0]);
    let mut g = e[0];
    for i in 0..last {
        let right = Turn::of(f, g);
        if i > 0 {
            e[i - 1] = right.length;
        }
        f = right.cos * d[i] + right.sin * e[i];
        e[i] = right.cos * e[i] - right.sin * d[i];
        g = right.sin * d[i + 1];
        d[i + 1] *= right.cos;
        let left = Turn::of(f, g);
        d[i] = left.length;
        f = left.cos * e[i] + left.sin * d[i + 1];
        d[i + 1] = left.cos * d[i + 1] - left.sin * e[i];
        if i + 1 < last {
            g = left.sin * e[i + 1];
            e[i + 1] *= left.cos;
        }
        rotate(i, right, left);
    }
    e[last - 1] = f;
}

/// The smaller singular value of a triangle of three numbers.
fn smaller(a: f64, b: f64, c: f64) -> f64 {
    let (a, b, c) = (a.abs(), b.abs(), c.abs());
    let (least, most) = (a.min(c), a.max(c));
    if least == 0.0 {
        return 0.0;
    }
    if b < most {
        let sum = 1.0 + least / most;
        let difference = (most - least) / most;
        let square = (b / most) * (b / most);
        return least
            * (2.0 / ((sum * sum + square).sqrt() + (difference * difference + square).sqrt()));
    }
    let ratio = most / b;
    if ratio == 0.0 {
        return least * most / b;
    }
    let sum = (1.0 + least / most) * ratio;
    let difference = ((most - least) / most) * ratio;
    let half = least / ((1.0 + sum * sum).sqrt() + (1.0 + difference * difference).sqrt());
    2.0 * (half * ratio)
}
