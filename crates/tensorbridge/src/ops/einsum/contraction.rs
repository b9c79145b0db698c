//! One or two operands contracted: diagonals and sums of one, products and sums of two.
//!
//! Axes that both have and that disappear are summed over by the matrix product; what leads there
//! are views, unless several axes that do not lie evenly must become one.

use tensorbridge_core::op::{Binary, Reduce};
use tensorbridge_core::{DType, Dims, Error, Layout, Result, Tensor};

use super::super::{Reduction, binary, matmul, reduce, views};

/// A tensor whose axes have numbers.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub(super) tensor: Tensor,
    pub(super) axes: Vec<usize>,
}

impl Term {
    /// The axes as a set.
    pub(super) fn set(&self) -> u128 {
        self.axes.iter().fold(0, |set, &axis| set | 1 << axis)
    }

    fn has(&self, axis: usize) -> bool {
        self.axes.contains(&axis)
    }

    fn length(&self, axis: usize) -> usize {
        self.axes.iter().position(|&own| own == axis).map_or(1, |at| self.tensor.shape()[at])
    }

    /// The axes whose number was there before along the diagonal, and none that is repeated by
    /// `lengths`: a view.
    pub(super) fn distinct(&self, lengths: &[usize]) -> Result<Self> {
        let (mut axes, mut shape, mut strides) = (Vec::new(), Dims::new(), Dims::new());
        let layout = self.tensor.layout();
        for ((&axis, &length), &stride) in
            self.axes.iter().zip(layout.shape()).zip(layout.strides())
        {
            match axes.iter().position(|&known| known == axis) {
                Some(at) if shape[at] != length => {
                    return Err(Error::shape(format!(
                        "einsum: a repeated label makes a diagonal, and its axes have lengths {} and {length} (shape {:?})",
                        shape[at],
                        layout.shape()
                    )));
                }
                Some(at) => {
                    let sum: isize = strides[at];
                    strides[at] = sum.wrapping_add(stride);
                }
                None => {
                    axes.push(axis);
                    shape.push(length);
                    strides.push(stride);
                }
            }
        }
        let layout = Layout::new(&shape, &strides, layout.offset())?;
        let mut term = Self { tensor: self.tensor.with_layout(layout)?, axes };
        for at in (0..term.axes.len()).rev() {
            // A factor of length 1 among longer ones is the same for all.
            if term.tensor.shape()[at] == 1 && lengths[term.axes[at]] != 1 {
                let layout = term.tensor.layout().squeeze(at);
                term.tensor = term.tensor.with_layout(layout)?;
                term.axes.remove(at);
            }
        }
        Ok(term)
    }

    /// The sums over the axes that `kept` has not.
    pub(super) fn summed(self, kept: u128) -> Result<Self> {
        let gone = |axis: usize| kept >> axis & 1 == 0;
        let along: Dims<isize> =
            (0..self.axes.len()).filter(|&at| gone(self.axes[at])).map(|at| at as isize).collect();
        if along.is_empty() {
            return Ok(self);
        }
        let dtype = Some(self.tensor.dtype());
        let over = Reduction { op: Reduce::Sum, axes: Some(along), keepdims: false, dtype };
        let axes = self.axes.iter().copied().filter(|&axis| !gone(axis)).collect();
        Ok(Self { tensor: reduce(over, &self.tensor)?, axes })
    }

    /// A view with these axes, in this order; those that are not here have length 1.
    pub(super) fn aligned(&self, order: &[usize]) -> Result<Tensor> {
        let own = order.iter().filter_map(|axis| self.axes.iter().position(|own| own == axis));
        let own: Vec<isize> = own.map(|at| at as isize).collect();
        let new: Vec<isize> =
            (0..order.len()).filter(|&at| !self.has(order[at])).map(|at| at as isize).collect();
        views::expand_dims(&views::permute(&self.tensor, &own)?, &new)
    }

    /// The axes of `groups` as one each, behind `batch`: a view where they lie evenly.
    fn grouped(&self, batch: &[usize], groups: [&[usize]; 2]) -> Result<Tensor> {
        let aligned = self.aligned(&[batch, groups[0], groups[1]].concat())?;
        let length = |axes: &[usize]| axes.iter().map(|&axis| self.length(axis)).product::<usize>();
        let batch = batch.iter().map(|&axis| self.length(axis));
        let shape: Vec<isize> = batch
            .chain([length(groups[0]), length(groups[1])])
            .map(|length| length as isize)
            .collect();
        views::reshape(&aligned, &shape, "einsum")
    }
}

/// The product of two terms, without the axes that `kept` has not. Where the order of the result
/// is free, it is `wanted`.
pub(super) fn pair(a: Term, b: Term, kept: u128, wanted: Option<&[usize]>) -> Result<Term> {
    let (in_a, in_b) = (a.set(), b.set());
    let (a, b) = (a.summed(kept | in_b)?, b.summed(kept | in_a)?);
    let both: Vec<usize> = a.axes.iter().copied().filter(|&axis| b.has(axis)).collect();
    let (batch, contracted): (Vec<_>, Vec<_>) =
        both.into_iter().partition(|&axis| kept >> axis & 1 == 1);
    if contracted.is_empty() {
        let order: Vec<usize> = match wanted {
            Some(order) => {
                order.iter().copied().filter(|&axis| a.has(axis) || b.has(axis)).collect()
            }
            None => {
                a.axes.iter().chain(b.axes.iter().filter(|&&axis| !a.has(axis))).copied().collect()
            }
        };
        let tensor = binary(Binary::Multiply, &a.aligned(&order)?, &b.aligned(&order)?)?;
        return Ok(Term { tensor, axes: order });
    }
    let alone = |one: &Term, other: &Term| -> Vec<usize> {
        let free = |axis: &usize| !other.has(*axis);
        match wanted {
            Some(order) => {
                order.iter().copied().filter(|axis| one.has(*axis) && free(axis)).collect()
            }
            None => one.axes.iter().copied().filter(free).collect(),
        }
    };
    let (rows, columns) = (alone(&a, &b), alone(&b, &a));
    // The factor whose axes come last in the result gives the columns.
    let last = wanted.and_then(|order| order.iter().rev().find(|&&axis| !batch.contains(&axis)));
    let (a, b, rows, columns) = match last {
        Some(axis) if rows.contains(axis) => (b, a, columns, rows),
        _ => (a, b, rows, columns),
    };
    let batch = match wanted {
        Some(order) => order.iter().copied().filter(|axis| batch.contains(axis)).collect(),
        None => batch,
    };
    let contracted = evenly(&a, contracted);
    let left = a.grouped(&batch, [&rows, &contracted])?;
    let right = b.grouped(&batch, [&contracted, &columns])?;
    let product = matmul(&left, &right)?;
    let axes = [batch, rows, columns].concat();
    let length = |&axis: &usize| if a.has(axis) { a.length(axis) } else { b.length(axis) };
    let shape: Vec<isize> = axes.iter().map(|axis| length(axis) as isize).collect();
    Ok(Term { tensor: views::view(&product, &shape)?, axes })
}

/// The axes in the order of memory, in which they may become one without a copy.
fn evenly(term: &Term, mut axes: Vec<usize>) -> Vec<usize> {
    let stride = |axis: &usize| {
        let at = term.axes.iter().position(|own| own == axis).unwrap_or(0);
        std::cmp::Reverse(term.tensor.strides()[at].unsigned_abs())
    };
    axes.sort_by_key(stride);
    axes
}

/// `term` as `dtype`, for the way to a result.
pub(super) fn as_dtype(term: Term, dtype: DType) -> Result<Term> {
    let tensor = super::super::converted(&term.tensor, dtype, "einsum")?;
    Ok(Term { tensor, ..term })
}
