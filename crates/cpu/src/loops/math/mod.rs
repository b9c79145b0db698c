//! The functions of analysis for real numbers.

use tensorbridge_core::DType;
use tensorbridge_core::op::{Binary, Unary};

use super::Loop;

/// The loop of `op` on `dtype`; operands `[out, a]`. `None` where it has no meaning.
pub(crate) fn unary(_op: Unary, _dtype: DType) -> Option<Loop<2>> {
    None
}

/// The loop of `op` on `dtype`; operands `[out, a, b]`. `None` where it has no meaning.
pub(crate) fn binary(_op: Binary, _dtype: DType) -> Option<Loop<3>> {
    None
}
