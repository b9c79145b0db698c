//! Questions about one number: NaN, infinite, finite, negative.

use tensorbridge_core::DType;
use tensorbridge_core::op::Unary;

use super::Loop;

/// The loop of `op` on `dtype`; operands `[out, a]`. `None` where it has no meaning.
pub(crate) fn unary(_op: Unary, _dtype: DType) -> Option<Loop<2>> {
    None
}
