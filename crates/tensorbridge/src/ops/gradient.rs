//! Slopes of functions given at places along an axis, of second order inside.

use tensorbridge_core::dtype::promote::inexact;
use tensorbridge_core::layout::normalize_axis;
use tensorbridge_core::op::Binary;
use tensorbridge_core::{Error, Result, Scalar, Tensor};

use super::creation::filled;
use super::moments::finish;
use super::sorting::fresh;
use super::{accumulator, binary, binary_into, converted, default_dtype, views};
use crate::transfer;

/// The places at which a function is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Spacing {
    /// At this distance from each other.
    Even(f64),
    /// Here.
    Places(Vec<f64>),
}

impl Spacing {
    fn check(&self, length: usize, axis: usize) -> Result<()> {
        match self {
            Self::Places(places) if places.len() != length => Err(Error::value(format!(
                "gradient: {} distances for axis {axis} of length {length}: when 1d, distances must match the length of the corresponding dimension",
                places.len()
            ))),
            _ => Ok(()),
        }
    }

    /// The distances of the places before and behind `place`.
    fn around(&self, place: usize) -> [f64; 2] {
        match self {
            &Self::Even(step) => [step, step],
            Self::Places(places) => {
                [places[place] - places[place - 1], places[place + 1] - places[place]]
            }
        }
    }

    /// Whether all distances are one.
    fn is_even(&self) -> Option<f64> {
        match self {
            &Self::Even(step) => Some(step),
            Self::Places(places) => {
                let step = places.get(1)? - places[0];
                places.windows(2).all(|pair| pair[1] - pair[0] == step).then_some(step)
            }
        }
    }
}

/// The slopes of `tensor` along `axis`: second differences of three neighbours inside, and of two
/// or three at the ends, as `edge_order` says. Fresh; of integers in the default dtype.
///
/// # Errors
///
/// `Value` for an order other than 1 and 2, too few elements or places that are not theirs;
/// `Index` for an axis that is not there; `Type` for bool.
pub fn gradient(
    tensor: &Tensor,
    axis: isize,
    spacing: &Spacing,
    edge_order: usize,
) -> Result<Tensor> {
    let axis = normalize_axis(axis, tensor.ndim())?;
    let length = tensor.shape()[axis];
    spacing.check(length, axis)?;
    if !(1..=2).contains(&edge_order) {
        return Err(Error::value(format!(
            "gradient: 'edge_order' must be 1 or 2, and is {edge_order}"
        )));
    }
    if length < edge_order + 1 {
        return Err(Error::value(format!(
            "gradient: axis {axis} of shape {:?} is too short: at least (edge_order + 1) elements are required",
            tensor.shape()
        )));
    }
    if tensor.dtype().is_bool() {
        return Err(
            Error::dtype("gradient is not defined for bool").hint("cast it first: `.to(tb.int64)`")
        );
    }
    let wide = accumulator(tensor.dtype());
    let from = converted(tensor, wide, "gradient")?;
    let result = fresh(&from, wide)?;
    let part = |of: &Tensor, start: usize, count: usize| {
        views::narrow(of, axis as isize, start as isize, count as isize)
    };
    if length > 2 {
        let count = length - 2;
        let target = part(&result, 1, count)?;
        let (before, behind) = (part(&from, 0, count)?, part(&from, 2, count)?);
        if let Some(step) = spacing.is_even() {
            binary_into(Binary::Subtract, &behind, &before, &target)?;
            binary_into(Binary::Divide, &target, Scalar::Float(2.0 * step), &target)?;
        } else {
            let weights: Vec<[f64; 3]> = (1..=count).map(|at| inner(spacing.around(at))).collect();
            let column = |which: usize| line(&weights, which, &from, axis);
            binary_into(Binary::Multiply, &before, &column(0)?, &target)?;
            for (which, values) in [(1, part(&from, 1, count)?), (2, behind)] {
                let term = binary(Binary::Multiply, &values, &column(which)?)?;
                binary_into(Binary::Add, &target, &term, &target)?;
            }
        }
    }
    for (place, weights) in ends(spacing, length, edge_order) {
        let target = part(&result, place, 1)?;
        let mut sum: Option<Tensor> = None;
        for (at, weight) in weights {
            let term = binary(Binary::Multiply, &part(&from, at, 1)?, Scalar::Float(weight))?;
            sum = Some(match sum {
                Some(sum) => binary_into(Binary::Add, &sum, &term, &sum)?,
                None => term,
            });
        }
        if let Some(sum) = sum {
            transfer::place(&target, &sum, "gradient")?;
        }
    }
    finish(result, inexact(tensor.dtype(), default_dtype()), "gradient", None)
}

/// The weights of three neighbours in the slope at the middle one.
fn inner([before, behind]: [f64; 2]) -> [f64; 3] {
    let both = before + behind;
    [-behind / (before * both), (behind - before) / (before * behind), before / (behind * both)]
}

/// The ends, and the weights of the elements there.
fn ends(spacing: &Spacing, length: usize, order: usize) -> [(usize, Vec<(usize, f64)>); 2] {
    let last = length - 1;
    let distance = |place: usize| match spacing {
        &Spacing::Even(step) => step,
        Spacing::Places(places) => places[place + 1] - places[place],
    };
    if order == 1 {
        let (first, end) = (1.0 / distance(0), 1.0 / distance(last - 1));
        return [(0, vec![(0, -first), (1, first)]), (last, vec![(last - 1, -end), (last, end)])];
    }
    let weights = |near: f64, far: f64| {
        let both = near + far;
        [(2.0 * near + far) / (near * both), both / (near * far), near / (far * both)]
    };
    let [a, b, c] = weights(distance(0), distance(1));
    let [d, e, f] = weights(distance(last - 1), distance(last - 2));
    [(0, vec![(0, -a), (1, b), (2, -c)]), (last, vec![(last - 2, f), (last - 1, -e), (last, d)])]
}

/// One of the weights of each place along an axis of `from`.
fn line(weights: &[[f64; 3]], which: usize, from: &Tensor, axis: usize) -> Result<Tensor> {
    let values = filled::<f64>(&[weights.len()], from.device(), |out| {
        for (slot, weights) in out.iter_mut().zip(weights) {
            *slot = weights[which];
        }
    })?;
    let behind: Vec<isize> = (1..(from.ndim() - axis) as isize).collect();
    views::expand_dims(&converted(&values, from.dtype().real(), "gradient")?, &behind)
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::DType;

    use super::*;
    use crate::ops::testing::{tensor, values};

    #[test]
    fn squares_have_straight_slopes() {
        let t = tensor(&[5], &[0., 1., 4., 9., 16.], DType::Int32);
        let even = Spacing::Even(1.0);
        assert_eq!(values(&gradient(&t, 0, &even, 1).unwrap()), [1., 2., 4., 6., 7.]);
        assert_eq!(values(&gradient(&t, 0, &even, 2).unwrap()), [0., 2., 4., 6., 8.]);
        let t = tensor(&[4], &[0., 1., 9., 16.], DType::Float64);
        let places = Spacing::Places(vec![0., 1., 3., 4.]);
        let found = values(&gradient(&t, 0, &places, 2).unwrap());
        assert!(
            found.iter().zip([0., 2., 6., 8.]).all(|(a, b)| (a - b).abs() < 1e-12),
            "{found:?}"
        );
        assert!(gradient(&t, 0, &Spacing::Places(vec![0.0; 3]), 1).is_err());
        assert!(gradient(&t, 0, &even, 3).is_err());
        assert!(gradient(&tensor(&[1], &[0.], DType::Float64), 0, &even, 1).is_err());
    }
}
