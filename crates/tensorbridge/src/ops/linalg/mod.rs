//! Linear algebra on batches of matrices: the last two axes are a matrix's, all others a batch's.
//!
//! Everything is computed in `float32`, `float64` or the complex numbers made of them; the 16-bit
//! floats go through `float32`, integers and bool become the default dtype. Results are fresh and
//! in C order.

mod decompositions;
mod norms;
mod powers;
mod products;
mod solving;
mod triangles;

pub use super::combination::kron;
pub use decompositions::{
    Eigen, Svd, cholesky, eig, eigh, eigvals, eigvalsh, qr, qr_r, svd, svdvals,
};
pub use norms::{Norm, cond, matrix_norm, norm, vector_norm};
pub use powers::{exponential, multi_dot, power};
pub use products::{Contracted, cross, inner, outer, tensordot, trace, vdot, vecdot};
pub use solving::{
    Cutoff, LeastSquares, det, inv, inv_checked, least_squares, pinv, rank, slogdet, solve,
};
pub use triangles::{cholesky_inverse, cholesky_solve, lu, lu_factor, lu_solve, solve_triangular};

use smallvec::SmallVec;
use tensorbridge_core::dtype::promote::inexact;
use tensorbridge_core::engine::Operand as Prepared;
use tensorbridge_core::layout::broadcast_shapes;
use tensorbridge_core::op::{LinearAlgebra, Unary};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Dims, Error, Layout, Result, Tensor};

use super::{default_dtype, unary, views};
use crate::engines::engine;
use crate::exchange::Reason;
use crate::{transfer, values};

/// The dtype that matrices of `dtype` have in linear algebra.
fn field(dtype: DType) -> DType {
    inexact(dtype, default_dtype())
}

/// The dtype that `field` is computed in.
fn wide(field: DType) -> DType {
    match field {
        DType::Float16 | DType::BFloat16 => DType::Float32,
        other => other,
    }
}

/// `tensor` as `dtype`, for the function `name`.
fn cast(tensor: &Tensor, dtype: DType, name: &'static str) -> Result<Tensor> {
    let reason = Reason::Promote { from: tensor.dtype(), to: dtype };
    transfer::cast(tensor, dtype, name, reason)
}

/// The conjugate transposes, a view where that is the transpose.
fn adjoint(x: &Tensor) -> Result<Tensor> {
    let turned = views::matrix_transpose(x, "mH")?;
    if x.dtype().is_complex() { unary(Unary::Conjugate, &turned) } else { Ok(turned) }
}

/// Rows and columns of the matrices.
///
/// # Errors
///
/// `Shape` where there are fewer than two axes.
fn sides(tensor: &Tensor, name: &str) -> Result<[usize; 2]> {
    match tensor.shape() {
        &[.., rows, columns] => Ok([rows, columns]),
        shape => Err(Error::shape(format!(
            "linalg.{name}: The input tensor must have at least 2 dimensions, and has shape {shape:?}"
        ))
        .hint("a vector is a matrix of one column: `t[:, None]`")),
    }
}

/// The side of square matrices.
///
/// # Errors
///
/// `Shape` where they are not square, or there are fewer than two axes.
fn side(tensor: &Tensor, name: &str) -> Result<usize> {
    let [rows, columns] = sides(tensor, name)?;
    if rows == columns {
        return Ok(rows);
    }
    Err(Error::shape(format!(
        "linalg.{name}: Last 2 dimensions of the array must be square, but they are {rows} by {columns} matrices"
    ))
    .hint("`tb.linalg.pinv`, `lstsq`, `svd` and `qr` take matrices of any shape"))
}

/// What the function `name` asks of the engine.
struct Call<'a> {
    name: &'static str,
    op: LinearAlgebra,
    inputs: &'a [&'a Tensor],
}

impl Call<'_> {
    /// Runs it: fresh tensors for `outputs`, given by the axes behind those of the batch and by
    /// dtype, and how it went with each matrix.
    ///
    /// `axes` says how many axes of each input are its matrix's or vector's; the others are
    /// broadcast.
    fn run(
        &self,
        axes: &[usize],
        outputs: &[(&[usize], DType)],
    ) -> Result<(SmallVec<[Tensor; 4]>, Info)> {
        let device = transfer::same_device(self.inputs.iter().copied())?;
        let split = |(tensor, &own): (&&Tensor, &usize)| {
            let (batch, own) = tensor.shape().split_at(tensor.ndim() - own);
            (Dims::<usize>::from_slice(batch), Dims::<usize>::from_slice(own))
        };
        let shapes: SmallVec<[_; 3]> = self.inputs.iter().zip(axes).map(split).collect();
        let batches: SmallVec<[&[usize]; 3]> = shapes.iter().map(|(batch, _)| &batch[..]).collect();
        let batch = broadcast_shapes(&batches)
            .map_err(|error| error.of(&format!("linalg.{}", self.name)))?;
        let whole = |own: &[usize]| -> Dims<usize> { batch.iter().chain(own).copied().collect() };
        let mut results = SmallVec::<[Tensor; 4]>::new();
        for &(own, dtype) in outputs {
            results.push(Tensor::allocate(&whole(own), dtype, device, Fill::Uninitialized)?);
        }
        results.push(Tensor::allocate(&batch, DType::Int32, device, Fill::Zero)?);
        let layouts = self
            .inputs
            .iter()
            .zip(&shapes)
            .map(|(tensor, (_, own))| tensor.layout().broadcast_to(&whole(own)))
            .collect::<Result<SmallVec<[Layout; 3]>>>()?;
        let inputs: SmallVec<[Prepared<'_>; 3]> = self
            .inputs
            .iter()
            .zip(&layouts)
            .map(|(tensor, layout)| Prepared {
                address: tensor.read_address(),
                shape: layout.shape(),
                strides: layout.strides(),
                dtype: tensor.dtype(),
            })
            .collect();
        let prepared = results.iter().map(Prepared::write).collect::<Result<SmallVec<[_; 4]>>>()?;
        // SAFETY: [reach] and [alive]: tensors that live here, broadcast by strides of 0.
        // [permit] and [alias]: the outputs are fresh.
        unsafe { engine(device)?.linear_algebra(self.op, &inputs, &prepared)? };
        drop(prepared);
        let info = results.pop().map(Info);
        info.map(|info| (results, info)).ok_or_else(|| Error::runtime("no output"))
    }
}

/// How it went with each matrix of a batch.
struct Info(Tensor);

impl Info {
    /// The error of the first matrix with which it did not go well.
    fn check(&self, error: impl Fn(i32, &str) -> Error) -> Result<()> {
        if !self.0.access().host {
            return Ok(());
        }
        for (index, info) in values::elements::<i32>(&self.0)?.enumerate() {
            if info != 0 {
                return Err(error(info, &self.place(index)));
            }
        }
        Ok(())
    }

    /// Which matrix of the batch number `index` is, in words.
    fn place(&self, mut index: usize) -> String {
        if self.0.ndim() == 0 {
            return String::new();
        }
        let mut indices: Vec<String> = Vec::new();
        for &length in self.0.shape().iter().rev() {
            indices.insert(0, (index % length).to_string());
            index /= length;
        }
        format!(" (matrix [{}] of the batch)", indices.join(", "))
    }
}

/// The error of a singular matrix.
fn singular(name: &str) -> impl Fn(i32, &str) -> Error + '_ {
    move |pivot, place| {
        Error::linear_algebra(format!("linalg.{name}: Singular matrix{place}: pivot {pivot} is 0"))
            .hint("`tb.linalg.pinv` and `tb.linalg.lstsq` have an answer for singular matrices")
    }
}

/// The error of a search for values.
fn unfound<'a>(name: &'a str, what: &'a str) -> impl Fn(i32, &str) -> Error + 'a {
    move |info, place| {
        if info < 0 {
            Error::linear_algebra(format!(
                "linalg.{name}: Array must not contain infs or NaNs{place}"
            ))
            .hint("find them with `~tb.isfinite(t)`")
        } else {
            Error::linear_algebra(format!("linalg.{name}: {what} did not converge{place}"))
        }
    }
}
