//! The values of two halves that are joined, as the roots of `1 + sum(z[j]² / (p[j] - x))`: of the
//! poles `p`, which are the eigenvalues of the halves or the squares of their singular values, and
//! of the row `z` between them.
//!
//! M. Gu and S. C. Eisenstat, "A divide-and-conquer algorithm for the bidiagonal SVD", SIAM
//! Journal on Matrix Analysis and Applications 16, 1995, and "A divide-and-conquer algorithm for
//! the symmetric tridiagonal eigenproblem", ibidem. A root is known by its distance from the
//! nearest pole, from which its distances from all poles follow to full relative accuracy. Steps
//! are those of R.-C. Li, "Solving secular equations stably and efficiently", LAPACK Working
//! Note 89, 1993 ("the middle way"), inside a bracket that bisection narrows where they do not.

use super::bidiagonal_svd::Real;
use crate::isa::{Isa, Work};

/// Sums that are added side by side.
const LANES: usize = 8;

/// Steps by interpolation before every second one halves the bracket.
const EAGER: usize = 12;

/// Where the sum has a pole, as the number that it is known by: a value of one of the halves.
pub(super) trait Pole: Copy + Send + Sync {
    fn of(number: f64) -> Self;

    /// The value of the whole whose root is this far from the pole.
    fn value(self, offset: f64) -> f64;

    /// How far this pole is from `other`, to full relative accuracy.
    fn from(self, other: Self) -> f64;

    fn number(self) -> f64;
}

/// The pole is the number itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain(f64);

/// The pole is the square of the number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Squared(f64);

impl Pole for Plain {
    fn of(number: f64) -> Self {
        Self(number)
    }

    fn value(self, offset: f64) -> f64 {
        self.0 + offset
    }

    #[inline(always)]
    fn from(self, other: Self) -> f64 {
        self.0 - other.0
    }

    #[inline(always)]
    fn number(self) -> f64 {
        self.0
    }
}

impl Pole for Squared {
    fn of(number: f64) -> Self {
        Self(number)
    }

    fn value(self, offset: f64) -> f64 {
        let pole = self.0;
        pole + offset / (pole + (pole * pole + offset).max(0.0).sqrt())
    }

    #[inline(always)]
    fn from(self, other: Self) -> f64 {
        (self.0 - other.0) * (self.0 + other.0)
    }

    #[inline(always)]
    fn number(self) -> f64 {
        self.0
    }
}

/// `offset` from the pole of this number.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Root {
    pub(super) pole: usize,
    pub(super) offset: f64,
}

/// Finds the roots from number `first`.
pub(super) struct Find<'a, P> {
    pub(super) d: &'a [P],
    /// The squares of the row.
    pub(super) squares: &'a [f64],
    pub(super) first: usize,
    pub(super) roots: &'a mut [Root],
    /// As long as `d`.
    pub(super) room: &'a mut [f64],
}

impl<P: Pole> Work for Find<'_, P> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        for (index, root) in self.roots.iter_mut().enumerate() {
            *root = find(self.d, self.squares, self.first + index, self.room);
        }
    }
}

/// A sum over poles, and its derivative.
#[derive(Clone, Copy)]
struct Part {
    value: f64,
    slope: f64,
}

#[inline(always)]
fn sum(squares: &[f64], differences: &[f64], x: f64) -> Part {
    let n = squares.len().min(differences.len());
    let (squares, differences) = (&squares[..n], &differences[..n]);
    let (mut values, mut slopes) = ([0.0; LANES], [0.0; LANES]);
    let (wide, rest) = squares.as_chunks::<LANES>();
    let (wide_differences, rest_differences) = differences.as_chunks::<LANES>();
    for (squares, differences) in wide.iter().zip(wide_differences) {
        for lane in 0..LANES {
            let inverse = 1.0 / (differences[lane] - x);
            let term = squares[lane] * inverse;
            values[lane] += term;
            slopes[lane] += term * inverse;
        }
    }
    for (lane, (square, difference)) in rest.iter().zip(rest_differences).enumerate() {
        let inverse = 1.0 / (difference - x);
        let term = square * inverse;
        values[lane] += term;
        slopes[lane] += term * inverse;
    }
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for lane in 0..width {
            values[lane] += values[lane + width];
            slopes[lane] += slopes[lane + width];
        }
    }
    Part { value: values[0], slope: slopes[0] }
}

/// The root of `c x² - a x + b` at which it falls.
#[inline(always)]
fn falling(a: f64, b: f64, c: f64) -> f64 {
    let root = (a * a - 4.0 * b * c).abs().sqrt();
    if a > 0.0 { 2.0 * b / (a + root) } else { (a - root) / (2.0 * c) }
}

/// The root of `c x² - a x + b` at which it rises.
#[inline(always)]
fn rising(a: f64, b: f64, c: f64) -> f64 {
    let root = (a * a - 4.0 * b * c).abs().sqrt();
    if a < 0.0 { 2.0 * b / (a - root) } else { (a + root) / (2.0 * c) }
}

/// Writes the differences of all poles from one.
#[inline(always)]
fn place<P: Pole>(d: &[P], room: &mut [f64], pole: usize) {
    let at = d[pole];
    for (to, &d) in room.iter_mut().zip(d) {
        *to = d.from(at);
    }
}

/// The sums over the poles up to `i` and over those from there.
#[inline(always)]
fn evaluate(squares: &[f64], room: &[f64], i: usize, x: f64) -> (Part, Part) {
    let (left, right) = squares.split_at(i + 1);
    let (left_room, right_room) = room.split_at(i + 1);
    (sum(left, left_room, x), sum(right, right_room, x))
}

#[inline(always)]
fn find<P: Pole>(d: &[P], squares: &[f64], index: usize, room: &mut [f64]) -> Root {
    let k = d.len();
    let (squares, room) = (&squares[..k], &mut room[..k]);
    if k == 1 {
        return Root { pole: 0, offset: squares[0] };
    }
    let is_last = index + 1 == k;
    // The poles left and right of the root; beyond the last there is none.
    let (i, j) = if is_last { (k - 2, k - 1) } else { (index, index + 1) };
    let (square_i, square_j) = (squares[i], squares[j]);
    let mut pole = index;
    place(d, room, pole);
    let (mut low, mut high, mut x);
    if is_last {
        let bound = squares.iter().sum::<f64>();
        let (left, right) = evaluate(squares, room, i, bound);
        let gap = -room[i];
        let rest = 1.0 + left.value + right.value + square_i / (gap + bound) + square_j / bound;
        (low, high) = (0.0, bound * (1.0 + 4.0 * f64::EPSILON * (k as f64)));
        x = rising(square_i + square_j - rest * gap, -square_j * gap, rest);
    } else {
        let gap = room[j];
        let middle = 0.5 * gap;
        let (left, right) = evaluate(squares, room, i, middle);
        let value = 1.0 + left.value + right.value;
        let rest = value + square_i / middle - square_j / (gap - middle);
        if value >= 0.0 {
            (low, high) = (0.0, middle);
            x = falling(rest * gap + square_i + square_j, square_i * gap, rest);
        } else {
            pole = j;
            place(d, room, pole);
            (low, high) = (-middle, 0.0);
            x = falling(-rest * gap + square_i + square_j, -square_j * gap, rest);
        }
    }
    // Halfway by their bits: soon at any exponent.
    let halfway = |low: f64, high: f64| {
        let bits = low.abs().to_bits().midpoint(high.abs().to_bits());
        f64::from_bits(bits).copysign(if high > 0.0 { 1.0 } else { -1.0 })
    };
    let mut steps = 0;
    loop {
        if !(x > low && x < high) {
            x = halfway(low, high);
            if !(x > low && x < high) {
                break;
            }
        }
        let (left, right) = evaluate(squares, room, i, x);
        let value = 1.0 + left.value + right.value;
        if value.abs() <= 4.0 * f64::EPSILON * (1.0 + left.value.abs() + right.value.abs()) {
            break;
        }
        if value < 0.0 {
            low = x;
        } else {
            high = x;
        }
        steps += 1;
        if steps > EAGER && steps % 2 == 0 {
            x = halfway(low, high);
            continue;
        }
        let (to_i, to_j) = (room[i] - x, room[j] - x);
        let c = value - to_i * left.slope - to_j * right.slope;
        let a = (to_i + to_j) * value - to_i * to_j * (left.slope + right.slope);
        let b = to_i * to_j * value;
        let step = if is_last { rising(a, b, c) } else { falling(a, b, c) };
        let next = x + step;
        if next == x {
            break;
        }
        x = next;
    }
    Root { pole, offset: x }
}

/// Replaces a part of the row by what makes the roots exact: K. Löwner's formula, by which
/// vectors become orthogonal whatever the rounding of roots.
pub(super) struct Correct<'a, P> {
    pub(super) d: &'a [P],
    pub(super) roots: &'a [Root],
    pub(super) first: usize,
    /// The elements from number `first`; their signs stay.
    pub(super) row: &'a mut [f64],
}

impl<P: Pole> Work for Correct<'_, P> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Self { d, roots, first, row } = self;
        let k = d.len();
        let mut products = [1.0; PART];
        let products = &mut products[..row.len()];
        let own = &d[first..first + row.len()];
        let factor = |products: &mut [f64], own: &[P], root: Root, other: P| {
            let pole = d[root.pole];
            for (product, &d) in products.iter_mut().zip(own) {
                *product *= (d.from(pole) - root.offset) / d.from(other);
            }
        };
        for (i, &root) in roots[..k - 1].iter().enumerate() {
            // Up to pole `i` by the pole after the root, from there by the one before it.
            let cut = (i + 1).saturating_sub(first).min(own.len());
            let (up_to, from) = products.split_at_mut(cut);
            factor(up_to, &own[..cut], root, d[i + 1]);
            factor(from, &own[cut..], root, d[i]);
        }
        let last = roots[k - 1];
        for ((element, product), &own) in row.iter_mut().zip(products).zip(own) {
            let square = *product * (last.offset - own.from(d[last.pole]));
            *element = square.max(0.0).sqrt().copysign(*element);
        }
    }
}

/// Elements that are corrected together.
pub(super) const PART: usize = 64;

/// Writes the vector of one root.
pub(super) struct Write<'a, R, P> {
    pub(super) root: Root,
    /// The poles and the row, in the order of the vector's elements.
    pub(super) d: &'a [P],
    pub(super) row: &'a [f64],
    /// The pole of the root.
    pub(super) pole: P,
    /// Of a left singular vector, which element belongs to the row itself.
    pub(super) first: Option<usize>,
    pub(super) vector: &'a mut [R],
    pub(super) room: &'a mut [f64],
}

impl<R: Real, P: Pole> Work for Write<'_, R, P> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self) {
        let Self { root: Root { offset, .. }, d, row, pole, first, vector, room } = self;
        let k = d.len();
        let (row, vector, room) = (&row[..k], &mut vector[..k], &mut room[..k]);
        for i in 0..k {
            room[i] = row[i] / (d[i].from(pole) - offset);
        }
        if let Some(first) = first {
            for i in 0..k {
                room[i] *= d[i].number();
            }
            room[first] = -1.0;
        }
        let mut squares = [0.0; LANES];
        let (wide, rest) = room.as_chunks::<LANES>();
        for numbers in wide {
            for lane in 0..LANES {
                squares[lane] += numbers[lane] * numbers[lane];
            }
        }
        for (lane, number) in rest.iter().enumerate() {
            squares[lane] += number * number;
        }
        let factor = 1.0 / squares.iter().sum::<f64>().sqrt();
        for i in 0..k {
            vector[i] = R::narrow(room[i] * factor);
        }
    }
}
