//! Who computes on the host.
//!
//! [`Cpu`] routes each request: a table in `loops` gives the function for one axis, `nest` walks
//! the other axes and shares them out among the threads of `pool`. Reductions, matrix products,
//! gathers and Fourier transforms have drivers of their own.
//!
//! Every `SAFETY` comment cites the contract of `tensorbridge_core`; the callers of [`Engine`]'s
//! methods establish it.

pub mod coordinates;
pub mod exactness;
mod fft;
mod gather;
pub mod groups;
pub mod indices;
mod isa;
mod linalg;
mod lines;
mod loops;
pub mod mask;
mod matmul;
#[cfg(test)]
mod model;
mod nest;
mod pool;
mod reduce;
mod scan;
mod scratch;
mod search;
mod softmax;
mod sort;
pub mod take;
pub mod tally;

pub use isa::{Tier, tier};
pub use pool::{VARIABLE as NUM_THREADS_VARIABLE, num_threads, set_num_threads};

use gather::{Direction, Fold};
use nest::{Cost, Strided};
use tensorbridge_core::op::{
    Binary, Compare, Fourier, LinearAlgebra, Reduce, Scan, Search, Softmax, Sorting, Ternary, Unary,
};
use tensorbridge_core::scalar::FromScalar;
use tensorbridge_core::{
    DType, Dims, Engine, Error, Kind, MAX_NDIM, Operand, Picked, Result, Scalar, with_dtype,
};

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
        Binary::Power
        | Binary::LogAddExp
        | Binary::TimesLog
        | Binary::FloorDivide
        | Binary::Remainder => 8,
        Binary::Atan2 => 6,
        Binary::Hypot => 3,
        _ => 1,
    }
}

/// The same of one operand: [`Unary`]'s functions of analysis by what they measured.
fn unary_weight(op: Unary) -> usize {
    match op {
        Unary::Exp | Unary::Exp2 | Unary::Expm1 => 2,
        Unary::Log
        | Unary::Log2
        | Unary::Log10
        | Unary::Log1p
        | Unary::Sin
        | Unary::Cos
        | Unary::Asin
        | Unary::Acos
        | Unary::Atan
        | Unary::Sinh
        | Unary::Cosh
        | Unary::Tanh
        | Unary::Sigmoid => 4,
        Unary::Tan
        | Unary::Asinh
        | Unary::Acosh
        | Unary::Atanh
        | Unary::Erf
        | Unary::Erfc
        | Unary::ErfInverse
        | Unary::Gelu
        | Unary::GeluTanh
        | Unary::Softplus
        | Unary::LogSigmoid
        | Unary::Silu
        | Unary::Sinc
        | Unary::CubeRoot => 6,
        _ => 1,
    }
}

/// Whether an operation that needs no loop leaves every element as it is.
fn is_identity(op: Unary, dtype: DType) -> bool {
    match op {
        Unary::Positive => true,
        Unary::Conjugate => !dtype.is_complex(),
        Unary::Absolute | Unary::Sign => dtype.is_bool(),
        Unary::Floor | Unary::Ceil | Unary::Trunc | Unary::Round => {
            dtype.is_bool() || dtype.is_integer()
        }
        _ => false,
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
/// # Errors
///
/// `Interrupted`: not all of `to` has been written.
///
/// # Safety
///
/// \[reach\], \[alive\], \[permit\] and \[alias\] for both operands, in host memory.
pub unsafe fn copy_swapped(from: Operand<'_>, to: Operand<'_>) -> Result<()> {
    let cost = Cost(bytes([&to, &from]));
    // SAFETY: the caller's contract.
    unsafe { nest::run(to.shape, [strided(&to), strided(&from)], cost, loops::swap(to.dtype)) }
}

/// Refuses the right operands with which an integer operation has no answer, before anything is
/// written.
unsafe fn check_integers(op: Binary, b: &Operand<'_>) -> Result<()> {
    let check = match op {
        Binary::FloorDivide | Binary::Remainder | Binary::Fmod => Reduce::All,
        Binary::Power if b.dtype.kind() == Kind::Signed => Reduce::Min,
        _ => return Ok(()),
    };
    if b.shape.contains(&0) {
        return Ok(());
    }
    // Each element once, however often it is repeated.
    let shape: Dims<usize> =
        b.shape.iter().zip(b.strides).map(|(&n, &step)| if step == 0 { 1 } else { n }).collect();
    let (ones, zeros) = ([1; MAX_NDIM], [0; MAX_NDIM]);
    let mut answer = Item::new(Scalar::Int(0), DType::Int64);
    let out = Operand {
        address: answer.0.as_mut_ptr(),
        shape: &ones[..shape.len()],
        strides: &zeros[..shape.len()],
        dtype: DType::Int64,
    };
    // SAFETY: the caller's contract for `b`; the answer is our own and fits.
    let answer = unsafe {
        Cpu.reduce(check, b.dtype, Operand { shape: &shape, ..*b }, out)?;
        answer.0.as_ptr().cast::<i64>().read()
    };
    match op {
        Binary::Power if answer < 0 => {
            Err(Error::value("Integers to negative integer powers are not allowed")
                .hint("cast the base to a floating-point dtype first: `t.to(tb.float64)`"))
        }
        Binary::FloorDivide | Binary::Remainder | Binary::Fmod if answer == 0 => {
            Err(Error::zero_division("integer division or modulo by zero: an element of the divisor is 0")
                .hint("divide as floats (`a / b` gives inf or nan), or replace the zeros first: `tb.where(b == 0, 1, b)`"))
        }
        _ => Ok(()),
    }
}

/// Whether operands of one shape and dtype are the very same elements; the strides of axes of
/// length 1 reach nothing.
fn same_elements(a: &Operand<'_>, b: &Operand<'_>) -> bool {
    let strides = a.strides.iter().zip(b.strides);
    a.address == b.address
        && a.shape.iter().zip(strides).all(|(&length, (a, b))| length == 1 || a == b)
}

impl Engine for Cpu {
    unsafe fn copy(&self, from: Operand<'_>, to: Operand<'_>) -> Result<()> {
        let body = if from.dtype == to.dtype {
            if same_elements(&from, &to) {
                return Ok(());
            }
            loops::copy(to.dtype.itemsize())
        } else {
            loops::cast(from.dtype, to.dtype)
        };
        let cost = Cost(bytes([&to, &from]));
        // SAFETY: the caller's contract.
        unsafe { nest::run(to.shape, [strided(&to), strided(&from)], cost, body) }
    }

    unsafe fn fill(&self, to: Operand<'_>, value: Scalar) -> Result<()> {
        let mut item = Item::new(value, to.dtype);
        let zeros = [0; tensorbridge_core::MAX_NDIM];
        let from = Strided { address: item.0.as_mut_ptr(), strides: &zeros[..to.shape.len()] };
        let body = loops::copy(to.dtype.itemsize());
        // SAFETY: the caller's contract; `item` outlives the call and is never written.
        unsafe { nest::run(to.shape, [strided(&to), from], Cost(bytes([&to])), body) }
    }

    unsafe fn unary(&self, op: Unary, a: Operand<'_>, out: Operand<'_>) -> Result<()> {
        let Some(body) = loops::unary(op, a.dtype) else {
            if is_identity(op, a.dtype) {
                // SAFETY: the caller's contract.
                return unsafe { self.copy(a, out) };
            }
            return Err(undefined(&op, a.dtype));
        };
        let cost = Cost(bytes([&out, &a]) * unary_weight(op));
        // SAFETY: the caller's contract.
        unsafe { nest::run(out.shape, [strided(&out), strided(&a)], cost, body) }
    }

    unsafe fn binary(
        &self,
        op: Binary,
        a: Operand<'_>,
        b: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()> {
        let body = loops::binary(op, a.dtype).ok_or_else(|| undefined(&op, a.dtype))?;
        if b.dtype.is_integer() {
            // SAFETY: the caller's contract.
            unsafe { check_integers(op, &b)? };
        }
        let cost = Cost(bytes([&out, &a, &b]) * weight(op));
        let operands = [strided(&out), strided(&a), strided(&b)];
        // SAFETY: the caller's contract.
        unsafe { nest::run(out.shape, operands, cost, body) }
    }

    unsafe fn ternary(
        &self,
        op: Ternary,
        a: Operand<'_>,
        b: Operand<'_>,
        c: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()> {
        let body = loops::ternary(op, a.dtype).ok_or_else(|| undefined(&op, a.dtype))?;
        let cost = Cost(bytes([&out, &a, &b, &c]));
        let operands = [strided(&out), strided(&a), strided(&b), strided(&c)];
        // SAFETY: the caller's contract.
        unsafe { nest::run(out.shape, operands, cost, body) }
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
        unsafe { nest::run(out.shape, operands, cost, body) }
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
        unsafe { nest::run(out.shape, operands, cost, loops::select(out.dtype)) }
    }

    unsafe fn reduce(
        &self,
        op: Reduce,
        compute: DType,
        from: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()> {
        let folding =
            loops::folding(op, from.dtype, compute).ok_or_else(|| undefined(&op, compute))?;
        // SAFETY: the caller's contract.
        unsafe { reduce::reduce(&folding, from, out) }
    }

    unsafe fn scan(
        &self,
        op: Scan,
        compute: DType,
        axis: usize,
        from: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()> {
        let scanning = loops::scanning(op, compute).ok_or_else(|| undefined(&op, compute))?;
        // SAFETY: the caller's contract.
        unsafe { scan::scan(&scanning, axis, from, out) }
    }

    unsafe fn gather(&self, from: Picked<'_>, to: Operand<'_>) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe { gather::run(Direction::Gather, &to, &from) }
    }

    unsafe fn scatter(&self, from: Operand<'_>, to: Picked<'_>) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe { gather::run(Direction::Scatter, &from, &to) }
    }

    unsafe fn sort(
        &self,
        sorting: Sorting,
        from: Operand<'_>,
        axis: usize,
        out: Operand<'_>,
    ) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe { sort::sort(sorting, from, axis, out) }
    }

    unsafe fn argsort(
        &self,
        sorting: Sorting,
        from: Operand<'_>,
        axis: usize,
        out: Operand<'_>,
    ) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe { sort::argsort(sorting, from, axis, out) }
    }

    unsafe fn argselect(
        &self,
        sorting: Sorting,
        from: Operand<'_>,
        axis: usize,
        nth: usize,
        out: Operand<'_>,
    ) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe { sort::argselect(sorting, from, axis, nth, out) }
    }

    unsafe fn ranked(
        &self,
        from: Operand<'_>,
        axis: usize,
        ranks: &[usize],
        out: Operand<'_>,
    ) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe { sort::ranked(from, axis, ranks, out) }
    }

    unsafe fn softmax(
        &self,
        op: Softmax,
        from: Operand<'_>,
        axis: usize,
        out: Operand<'_>,
    ) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe { softmax::softmax(op, from, axis, out) }
    }

    unsafe fn search(
        &self,
        search: Search,
        sorted: Operand<'_>,
        values: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe { search::search(search, sorted, values, out) }
    }

    unsafe fn accumulate(&self, op: Binary, from: Operand<'_>, to: Picked<'_>) -> Result<()> {
        let fold = Fold::of(op, from.dtype).ok_or_else(|| undefined(&op, from.dtype))?;
        // SAFETY: the caller's contract.
        unsafe { gather::run(Direction::Fold(fold), &from, &to) }
    }

    unsafe fn matmul(&self, a: Operand<'_>, b: Operand<'_>, out: Operand<'_>) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe { matmul::matmul(a, b, out) }
    }

    unsafe fn fourier(&self, op: Fourier, from: Operand<'_>, out: Operand<'_>) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe { fft::fourier(op, from, out) }
    }

    unsafe fn linear_algebra(
        &self,
        op: LinearAlgebra,
        inputs: &[Operand<'_>],
        outputs: &[Operand<'_>],
    ) -> Result<()> {
        // SAFETY: the caller's contract.
        unsafe { linalg::run(op, inputs, outputs) }
    }
}
