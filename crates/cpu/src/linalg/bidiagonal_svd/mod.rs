//! Singular values of real bidiagonal matrices.

mod bisection;
mod shift;
mod sweep;
mod values;

pub(super) use values::{singular_values, workspace};

#[cfg(test)]
mod tests;
