//! The one seam between what is computed and who computes it.

use crate::op::{
    Binary, Compare, Fourier, LinearAlgebra, Reduce, Scan, Search, Softmax, Sorting, Ternary, Unary,
};
use crate::{DType, Result, Scalar, Tensor};

/// A prepared operand: the address of element `[0, …, 0]` with shape, byte strides and dtype.
///
/// The address is opaque outside the engine whose device owns it.
#[derive(Clone, Copy, Debug)]
pub struct Operand<'a> {
    /// Address of element `[0, …, 0]`.
    pub address: *mut u8,
    /// Elements along each axis.
    pub shape: &'a [usize],
    /// Bytes between elements along each axis.
    pub strides: &'a [isize],
    /// Type of the elements.
    pub dtype: DType,
}

impl<'a> Operand<'a> {
    /// A tensor as an input.
    #[must_use]
    pub fn read(tensor: &'a Tensor) -> Self {
        Self::at(tensor, tensor.read_address())
    }

    /// A tensor as an output.
    ///
    /// # Errors
    ///
    /// As [`Tensor::write_address`].
    pub fn write(tensor: &'a Tensor) -> Result<Self> {
        Ok(Self::at(tensor, tensor.write_address()?.as_ptr()))
    }

    fn at(tensor: &'a Tensor, address: *mut u8) -> Self {
        let layout = tensor.layout();
        Self { address, shape: layout.shape(), strides: layout.strides(), dtype: tensor.dtype() }
    }
}

/// Elements named by byte offsets: element `[j…, k…]` is at
/// `address + offsets[j…] + k…·strides`, with the indices `j…` in C order.
#[derive(Clone, Copy, Debug)]
pub struct Picked<'a> {
    /// What the offsets count from.
    pub address: *mut u8,
    /// Bytes from `address`, one per index of the leading axes.
    pub offsets: &'a [isize],
    /// Bytes between elements along each of the trailing axes.
    pub strides: &'a [isize],
}

/// Executes operations on the memory of one device.
///
/// All shape work happens above this line: inputs are broadcast to the output's shape and
/// promoted to one dtype before an engine sees them.
///
/// # Safety of the methods
///
/// Callers guarantee \[reach\], \[alive\], \[permit\] and \[alias\] for every operand, and that every
/// operand's memory is this engine's.
///
/// # Errors of the methods
///
/// `Interrupted` where [`interrupt::check`](crate::interrupt::check), asked between blocks, said
/// so: the output holds no result then.
pub trait Engine: Send + Sync {
    /// Copies `from` into `to` (same shape), casting where the dtypes differ.
    ///
    /// # Safety
    /// As the trait says.
    unsafe fn copy(&self, from: Operand<'_>, to: Operand<'_>) -> Result<()>;

    /// Writes `value` into every element of `to`.
    ///
    /// # Safety
    /// As the trait says.
    unsafe fn fill(&self, to: Operand<'_>, value: Scalar) -> Result<()>;

    /// `out = op(a)`.
    ///
    /// # Safety
    /// As the trait says.
    unsafe fn unary(&self, op: Unary, a: Operand<'_>, out: Operand<'_>) -> Result<()>;

    /// `out = op(a, b)`.
    ///
    /// # Errors
    ///
    /// `ZeroDivision` for an integer divided by zero and `Value` for an integer raised to a
    /// negative power; nothing has been written then.
    ///
    /// # Safety
    /// As the trait says.
    unsafe fn binary(
        &self,
        op: Binary,
        a: Operand<'_>,
        b: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()>;

    /// `out = op(a, b, c)`.
    ///
    /// # Safety
    /// As the trait says.
    unsafe fn ternary(
        &self,
        op: Ternary,
        a: Operand<'_>,
        b: Operand<'_>,
        c: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()>;

    /// `out = op(a, b)` with `out` of dtype `bool`.
    ///
    /// # Safety
    /// As the trait says.
    unsafe fn compare(
        &self,
        op: Compare,
        a: Operand<'_>,
        b: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()>;

    /// `out = condition ? a : b` with `condition` of dtype `bool`.
    ///
    /// # Safety
    /// As the trait says.
    unsafe fn select(
        &self,
        condition: Operand<'_>,
        a: Operand<'_>,
        b: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()>;

    /// Reduces `from` into `out`, whose shape is `from`'s with the reduced axes of length 1.
    /// Elements count as of dtype `compute`, where the operation has one; what comes out is cast
    /// to `out`'s dtype.
    ///
    /// # Safety
    /// As the trait says.
    unsafe fn reduce(
        &self,
        op: Reduce,
        compute: DType,
        from: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()>;

    /// Scans `from` along `axis` into `out`, of the same shape. Elements count as of dtype
    /// `compute`; what comes out is cast to `out`'s dtype.
    ///
    /// # Safety
    /// As the trait says.
    unsafe fn scan(
        &self,
        op: Scan,
        compute: DType,
        axis: usize,
        from: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()>;

    /// `to[j…, k…] = from[j…, k…]`: picks elements of `to`'s dtype out of memory.
    ///
    /// # Safety
    /// As the trait says, for every element that `from` names.
    unsafe fn gather(&self, from: Picked<'_>, to: Operand<'_>) -> Result<()>;

    /// `to[j…, k…] = from[j…, k…]`: puts elements of `from`'s dtype into memory. Where two
    /// offsets are equal, the last one's element stays.
    ///
    /// # Safety
    /// As the trait says, for every element that `to` names.
    unsafe fn scatter(&self, from: Operand<'_>, to: Picked<'_>) -> Result<()>;

    /// `out` = the elements of each line of `from` along `axis`, in order.
    ///
    /// # Errors
    ///
    /// `Type` for complex numbers, `Memory`; `out` is then in no defined state.
    ///
    /// # Safety
    /// As the trait says; `out` is fresh memory.
    unsafe fn sort(
        &self,
        sorting: Sorting,
        from: Operand<'_>,
        axis: usize,
        out: Operand<'_>,
    ) -> Result<()>;

    /// `out` = for each line of `from` along `axis` the indices, as `int64`, that put it in
    /// order. Equal elements keep their order.
    ///
    /// # Errors
    ///
    /// `Memory`; `out` is then in no defined state.
    ///
    /// # Safety
    /// As the trait says; `out` is fresh memory.
    unsafe fn argsort(
        &self,
        sorting: Sorting,
        from: Operand<'_>,
        axis: usize,
        out: Operand<'_>,
    ) -> Result<()>;

    /// `out` = for each line of `from` along `axis` the indices, as `int64`, of the elements that
    /// come before the one at place `nth` of the order, then of its equals, then of the others: as
    /// many as `out` has places along `axis`, more than `nth`.
    ///
    /// # Errors
    ///
    /// `Type` for complex numbers, `Memory`; `out` is then in no defined state.
    ///
    /// # Safety
    /// As the trait says; `out` is fresh memory.
    unsafe fn argselect(
        &self,
        sorting: Sorting,
        from: Operand<'_>,
        axis: usize,
        nth: usize,
        out: Operand<'_>,
    ) -> Result<()>;

    /// `out` = for each line of `from` along `axis` the elements at the places `ranks` of its
    /// ascending order, which `out` has along `axis`.
    ///
    /// # Errors
    ///
    /// `Type` for complex numbers, `Memory`; `out` is then in no defined state.
    ///
    /// # Safety
    /// As the trait says; `out` is fresh memory. The places ascend, and are below the length of
    /// the lines.
    unsafe fn ranked(
        &self,
        from: Operand<'_>,
        axis: usize,
        ranks: &[usize],
        out: Operand<'_>,
    ) -> Result<()>;

    /// `out` = what `op` says of each line of `from` along `axis`, where `out` has length 1 if it is
    /// one number; all of one dtype, `float32` or `float64`.
    ///
    /// # Safety
    /// As the trait says; `out` is fresh memory.
    unsafe fn softmax(
        &self,
        op: Softmax,
        from: Operand<'_>,
        axis: usize,
        out: Operand<'_>,
    ) -> Result<()>;

    /// `out` = the answers about `values`, as `int64` or of members as `bool`, in the lines of
    /// `sorted` along its last axis: in its one line, or of `values[j…, k…]` in line `j…`.
    ///
    /// # Safety
    /// As the trait says; both inputs have one dtype.
    unsafe fn search(
        &self,
        search: Search,
        sorted: Operand<'_>,
        values: Operand<'_>,
        out: Operand<'_>,
    ) -> Result<()>;

    /// `to[j…, k…] = op(to[j…, k…], from[j…, k…])`, in C order of the indices `j…`, for a sum, a
    /// product, a maximum or a minimum of one dtype.
    ///
    /// # Safety
    /// As [`Engine::scatter`].
    unsafe fn accumulate(&self, op: Binary, from: Operand<'_>, to: Picked<'_>) -> Result<()>;

    /// `out = a @ b` over the last two axes, `(…, m, k)`, `(…, k, n)`, `(…, m, n)`, all of one
    /// dtype, with the leading axes of one shape (repeated by strides of 0).
    ///
    /// # Safety
    /// As the trait says; `out` is disjoint from the inputs, and every operand is aligned with
    /// strides of whole elements.
    unsafe fn matmul(&self, a: Operand<'_>, b: Operand<'_>, out: Operand<'_>) -> Result<()>;

    /// `out = transform(from)`: `from` and `out` have one shape but for the axis of the transform,
    /// and real or complex numbers of one precision, `float32` or `float64`.
    ///
    /// # Safety
    /// As the trait says; `out` is aligned memory that nobody else sees yet, and `from` may be the
    /// same elements.
    unsafe fn fourier(&self, op: Fourier, from: Operand<'_>, out: Operand<'_>) -> Result<()>;

    /// Runs `op` on each matrix of a batch. The leading axes of all operands have one shape, that
    /// of the last output; the axes behind them are those that `op` names, in its order. Inputs
    /// have one dtype of `float32`, `float64`, `complex64` and `complex128`, which is the
    /// outputs' too where `op` names no other.
    ///
    /// The last output, of `int32`, says of each matrix how it went: 0, or the place (from 1) of
    /// a pivot that is 0, not positive, or no place at all; where values were searched for, 1 if
    /// the search did not converge and -1 if an element was not finite. The other outputs then
    /// hold whatever was computed.
    ///
    /// # Errors
    ///
    /// `Memory` when there is no room to work in.
    ///
    /// # Safety
    /// As the trait says; outputs are disjoint from the inputs and from each other.
    unsafe fn linear_algebra(
        &self,
        op: LinearAlgebra,
        inputs: &[Operand<'_>],
        outputs: &[Operand<'_>],
    ) -> Result<()>;
}
