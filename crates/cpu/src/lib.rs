//! Who computes on the host.
//!
//! [`Cpu`] routes each request: a table in `loops` gives the function for one axis, `nest` walks
//! the other axes and shares them out among the threads of `pool`. Reductions, matrix products
//! and gathers have drivers of their own.
//!
//! Every `SAFETY` comment cites the contract of `tensorbridge_core`; the callers of [`Engine`]'s
//! methods establish it.

mod gather;
pub mod indices;
mod isa;
mod loops;
mod nest;
mod pool;

pub use isa::{Tier, tier};
pub use pool::{VARIABLE as NUM_THREADS_VARIABLE, num_threads, set_num_threads};

use gather::Direction;
use nest::{Cost, Strided};
use tensorbridge_core::op::{Binary, Compare, Reduce, Unary};
use tensorbridge_core::scalar::FromScalar;
use tensorbridge_core::{DType, Engine, Error, Operand, Picked, Result, Scalar, with_dtype};

/// The host's engine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cpu;

/// An operand without its shape and dtype.
fn strided<'a>(operand: &Operand<'a>) -> Strided<'a> {
    Strided { address: operand.address, strides: operand.strides }
}

/// The bytes that one iteration over these operands moves.
fn bytes<const N: usize>(operands: [&Operand<'_>; N]) -> usize {
    operands.iter().map(|operand| operand.dtype.itemsize()).sum()
}

/// How much longer an operation takes than moving its operands.
fn weight(op: Binary) -> usize {
    match op {
        Binary::Power => 16,
        Binary::FloorDivide | Binary::Remainder => 8,
        _ => 1,
    }
}

fn undefined(op: &dyn std::fmt::Debug, dtype: DType) -> Error {
    Error::not_implemented(format!("{op:?} is not defined for {dtype}"))
}

/// The bytes of a scalar as an element of some dtype.
#[repr(C, align(16))]
struct Item([u8; 16]);

impl Item {
    fn new(value: Scalar, dtype: DType) -> Self {
        let mut item = Self([0; 16]);
        with_dtype!(dtype, T => {
            let value: T = FromScalar::from_scalar(value);
            // SAFETY: 16 bytes of our own, aligned to 16, hold an element of any dtype.
            unsafe { item.0.as_mut_ptr().cast::<T>().write(value) };
        });
        item
    }
}

/// Copies `from` into `to` (same shape and dtype), reversing the bytes of every number: what
/// turns data of the other byte order into ours, and back.
///
/// # Safety
///
/// [reach], [alive], [permit] and [alias] for both operands, in host memory.
pub unsafe fn copy_swapped(from: Operand<'_>, to: Operand<'_>) {
    let cost = Cost(bytes([&to, &from]));
    // SAFETY: the caller's contract.
    unsafe { nest::run(to.shape, [strided(&to), strided(&from)], cost, loops::swap(to.dtype)) };
}

impl Engine for Cpu {
    unsafe fn copy(&self, from: Operand<'_>, to: Operand<'_>) -> Result<()> {
        let body = if from.dtype == to.dtype {
            if from.address == to.address && from.strides == to.strides {
                return Ok(());
            }
            loops::copy(to.dtype.itemsize())
        } else {
            loops::cast(from.dtype, to.dtype)
        };
        let cost = Cost(bytes([&to, &from]));
        // SAFETY: the caller's contract.
        unsafe { nest::run(to.shape, [strided(&to), strided(&from)], cost, body) };
        Ok(())
    }

    unsafe fn fill(&self, to: Operand<'_>, value: Scalar) -> Result<()> {
        let mut item = Item::new(value, to.dtype);
        let zeros = [0; tensorbridge_core::MAX_NDIM];
        let from = Strided { address: item.0.as_mut_ptr(), strides: &zeros[..to.shape.len()] };
        let body = loops::copy(to.dtype.itemsize());
        // SAFETY: the caller's contract; `item` outlives the call and is never written.
        unsafe { nest::run(to.shape, [strided(&to), from], Cost(bytes([&to])), body) };
        Ok(())
    }

    unsafe fn unary(&self, op: Unary, a: Operand<'_>, out: Operand<'_>) -> Result<()> {
        let identity = op == Unary::Conjugate || (op == Unary::Absolute && a.dtype.is_bool());
        let Some(body) = loops::unary(op, a.dtype) else {
            if identity {
                // SAFETY: the caller's contract.
                return unsafe { self.copy(a, out) };
            }
            return Err(undefined(&op, a.dtype));
        };
        let cost = Cost(bytes([&out, &a]));
        // SAFETY: the caller's contract.
        unsafe { nest::run(out.shape, [strided(&out), strided(&a)], cost, body) };
        Ok(())
    }

    unsafe fn binary(
        &self,
        op: Binary,
        a: Operand<'_>,
        b: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()> {
        let body = loops::binary(op, a.dtype).ok_or_else(|| undefined(&op, a.dtype))?;
        let cost = Cost(bytes([&out, &a, &b]) * weight(op));
        let operands = [strided(&out), strided(&a), strided(&b)];
        // SAFETY: the caller's contract.
        unsafe { nest::run(out.shape, operands, cost, body) };
        Ok(())
    }

    unsafe fn compare(
        &self,
        op: Compare,
        a: Operand<'_>,
        b: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()> {
        // One loop serves both directions.
        let (op, a, b) = match op {
            Compare::Greater => (Compare::Less, b, a),
            Compare::GreaterEqual => (Compare::LessEqual, b, a),
            op => (op, a, b),
        };
        let body = loops::compare(op, a.dtype).ok_or_else(|| undefined(&op, a.dtype))?;
        let cost = Cost(bytes([&out, &a, &b]));
        let operands = [strided(&out), strided(&a), strided(&b)];
        // SAFETY: the caller's contract.
        unsafe { nest::run(out.shape, operands, cost, body) };
        Ok(())
    }

    unsafe fn select(
        &self,
        condition: Operand<'_>,
        a: Operand<'_>,
        b: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()> {
        let cost = Cost(bytes([&out, &condition, &a, &b]));
        let operands = [strided(&out), strided(&condition), strided(&a), strided(&b)];
        // SAFETY: the caller's contract.
        unsafe { nest::run(out.shape, operands, cost, loops::select(out.dtype)) };
        Ok(())
    }

    unsafe fn reduce(&self, op: Reduce, from: Operand<'_>, _out: Operand<'_>) -> Result<()> {
        Err(undefined(&op, from.dtype))
    }

    unsafe fn gather(&self, from: Picked<'_>, to: Operand<'_>) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe { gather::run(Direction::Gather, &to, &from) };
        Ok(())
    }

    unsafe fn scatter(&self, from: Operand<'_>, to: Picked<'_>) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe { gather::run(Direction::Scatter, &from, &to) };
        Ok(())
    }

    unsafe fn matmul(&self, a: Operand<'_>, _b: Operand<'_>, _out: Operand<'_>) -> Result<()> {
        Err(undefined(&"matmul", a.dtype))
    }
}
