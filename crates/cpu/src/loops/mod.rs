//! The loops: one axis, byte steps, and a table from (operation, dtype) to a function pointer.

mod arithmetic;
pub(crate) mod body;
mod cast;
mod compare;
mod complex;
mod copy;
mod division;
mod divisors;
mod exponents;
mod fold;
mod half;
pub(crate) mod kinds;
mod math;
mod power;
mod questions;
mod rounding;
mod scan;
mod select;
mod ternary;
mod unary;

pub(crate) use arithmetic::{Add, Maximum, Minimum, Multiply, binary};
pub(crate) use cast::cast;
pub(crate) use compare::compare;
pub(crate) use copy::{copy, swap};
pub(crate) use fold::{Folding, Merge, Tile, folding};
pub(crate) use scan::{Rows, Run, Scanning, scanning};
pub(crate) use select::select;
pub(crate) use ternary::ternary;
pub(crate) use unary::unary;

/// A loop over one axis: `(len, addresses, steps)`, steps in bytes, operand 0 the output.
///
/// Addresses may be unaligned and steps may be 0 or negative.
///
/// # Safety
///
/// [reach], [alive] and [permit] hold for `len` elements of every operand at its address and
/// step, and the output is disjoint from each input or exactly it: [alias].
pub(crate) type Loop<const N: usize> = unsafe fn(usize, &[*mut u8; N], &[isize; N]);
