//! Rotations of pairs of numbers, and of the vectors of a small matrix.

use crate::isa::Isa;

/// Vectors, `length` numbers each, one after the other.
pub(super) struct Vectors<'a> {
    pub(super) length: usize,
    pub(super) numbers: &'a mut [f64],
}

impl Vectors<'_> {
    #[inline(always)]
    pub(super) fn identity(&mut self) {
        self.numbers.fill(0.0);
        for i in 0..self.length {
            self.numbers[i * self.length + i] = 1.0;
        }
    }

    /// Turns two vectors towards each other.
    #[inline(always)]
    pub(super) fn rotate<I: Isa>(&mut self, first: usize, second: usize, turn: Turn) {
        let n = self.length;
        let (low, high) = (first.min(second), first.max(second));
        let (before, after) = self.numbers.split_at_mut(high * n);
        let (low, high) = (&mut before[low * n..][..n], &mut after[..n]);
        let cos = turn.cos;
        let sin = if first > second { -turn.sin } else { turn.sin };
        for (x, y) in low.iter_mut().zip(high) {
            (*x, *y) = if I::FUSED {
                (cos.mul_add(*x, sin * *y), cos.mul_add(*y, -(sin * *x)))
            } else {
                (cos * *x + sin * *y, cos * *y - sin * *x)
            };
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

/// What turns nothing.
pub(super) const NONE: Turn = Turn { cos: 1.0, sin: 0.0, length: 0.0 };

impl Turn {
    #[inline(always)]
    pub(super) fn of(x: f64, y: f64) -> Self {
        if y == 0.0 {
            return Self { cos: 1.0, sin: 0.0, length: x };
        }
        let mut length = (x * x + y * y).sqrt();
        if length < 1e-140 {
            return Self::tiny(x, y);
        }
        if x < 0.0 {
            length = -length;
        }
        Self { cos: x / length, sin: y / length, length }
    }

    /// Of numbers whose squares have lost bits, or everything.
    #[cold]
    fn tiny(x: f64, y: f64) -> Self {
        let factor = 2.0_f64.powi(900);
        let (x, y) = (x * factor, y * factor);
        let length = x.hypot(y).copysign(x);
        Self { cos: x / length, sin: y / length, length: length / factor }
    }
}
