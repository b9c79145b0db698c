//! Products of vectors and tensors of any number of axes.

use tensorbridge_core::layout::{broadcast_shapes, normalize_axis};
use tensorbridge_core::op::{Binary, Reduce, Unary};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Dims, Error, Result, Tensor};

use super::super::{Reduction, binary, binary_into, matmul, reduce, result_dtype, unary, views};

fn signed(lengths: impl IntoIterator<Item = usize>) -> Vec<isize> {
    lengths.into_iter().map(|length| length as isize).collect()
}

/// The sums of products along `axis`, the first factor conjugated. The axis is counted from the
/// end, where broadcasting leaves every axis in its place.
///
/// # Errors
///
/// `Index` for an axis that a factor does not have, `Shape` where the vectors have different
/// lengths or the other axes do not broadcast, `Type` where the dtypes do not promote.
pub fn vecdot(a: &Tensor, b: &Tensor, axis: isize) -> Result<Tensor> {
    let place = |factor: &Tensor| -> Result<usize> {
        Ok(factor.ndim() - normalize_axis(axis, factor.ndim())?)
    };
    let (last, other) = (place(a)?, place(b)?);
    let (left, right) = (a.shape()[a.ndim() - last], b.shape()[b.ndim() - other]);
    if left != right || last != other {
        return Err(Error::shape(format!(
            "vecdot: shapes {:?} and {:?} have no vectors of one length along axis {axis}",
            a.shape(),
            b.shape()
        )));
    }
    let axis = -(last as isize);
    let to_end = |factor: &Tensor| views::move_axes(factor, &[axis], &[-1]);
    let a = if a.dtype().is_complex() { unary(Unary::Conjugate, a)? } else { a.clone() };
    let (rows, columns) = (views::unsqueeze(&to_end(&a)?, -2)?, views::unsqueeze(&to_end(b)?, -1)?);
    let products = matmul(&rows, &columns)?;
    views::squeeze_exactly(&products, &[-2, -1])
}

/// Which axes of two factors are summed over, in pairs.
#[derive(Clone, Debug)]
pub enum Contracted {
    /// The last of the first factor with the first of the second, this many.
    Count(usize),
    /// These of the first with those of the second.
    Pairs(Dims<isize>, Dims<isize>),
}

/// The sums of products along pairs of axes: the axes of the first factor that are left, then
/// those of the second.
///
/// # Errors
///
/// `Index` for axes that a factor does not have, `Value` for one named twice, `Shape` where the
/// two of a pair are not of one length, `Type` where the dtypes do not promote.
pub fn tensordot(a: &Tensor, b: &Tensor, axes: &Contracted) -> Result<Tensor> {
    let (left, right) = match axes {
        &Contracted::Count(count) => {
            if count > a.ndim().min(b.ndim()) {
                return Err(Error::shape(format!(
                    "tensordot: {count} axes cannot be contracted of shapes {:?} and {:?}",
                    a.shape(),
                    b.shape()
                )));
            }
            ((a.ndim() - count..a.ndim()).collect(), (0..count).collect())
        }
        Contracted::Pairs(left, right) => (distinct(a, left)?, distinct(b, right)?),
    };
    let (left, right): (Vec<usize>, Vec<usize>) = (left, right);
    if left.len() != right.len() {
        return Err(Error::value(format!(
            "tensordot: both dimension lists should have same length, and have {} and {}",
            left.len(),
            right.len()
        )));
    }
    for (&one, &other) in left.iter().zip(&right) {
        if a.shape()[one] != b.shape()[other] {
            return Err(Error::shape(format!(
                "tensordot: contracted dimensions need to match, but first has size {} in dim {one} and second has size {} in dim {other} (shapes {:?} and {:?})",
                a.shape()[one],
                b.shape()[other],
                a.shape(),
                b.shape()
            )));
        }
    }
    let rest = |tensor: &Tensor, gone: &[usize]| -> Vec<usize> {
        (0..tensor.ndim()).filter(|axis| !gone.contains(axis)).collect()
    };
    let (a_rest, b_rest) = (rest(a, &left), rest(b, &right));
    let lengths = |tensor: &Tensor, axes: &[usize]| -> usize {
        axes.iter().map(|&axis| tensor.shape()[axis]).product()
    };
    let (m, k, n) = (lengths(a, &a_rest), lengths(a, &left), lengths(b, &b_rest));
    let matrix = |tensor: &Tensor, axes: [&[usize]; 2], shape: [usize; 2]| {
        let order = signed(axes.concat());
        views::reshape(&views::permute(tensor, &order)?, &signed(shape), "tensordot")
    };
    let rows = matrix(a, [&a_rest, &left], [m, k])?;
    let columns = matrix(b, [&right, &b_rest], [k, n])?;
    let shape = signed(
        a_rest.iter().map(|&axis| a.shape()[axis]).chain(b_rest.iter().map(|&x| b.shape()[x])),
    );
    views::view(&matmul(&rows, &columns)?, &shape)
}

fn distinct(tensor: &Tensor, axes: &[isize]) -> Result<Vec<usize>> {
    let mut found = Vec::new();
    for &axis in axes {
        let axis = normalize_axis(axis, tensor.ndim())?;
        if found.contains(&axis) {
            return Err(Error::value(format!(
                "tensordot: dim {axis} appears multiple times in the list of dims"
            )));
        }
        found.push(axis);
    }
    Ok(found)
}

/// `a[i] * b[j]` of two vectors, as a matrix.
///
/// # Errors
///
/// `Shape` unless both have one axis, `Type` where the dtypes do not promote.
pub fn outer(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    for (place, tensor) in [("first", a), ("second", b)] {
        if tensor.ndim() != 1 {
            return Err(Error::shape(format!(
                "outer: Expected 1-D argument, and the {place} one has shape {:?}",
                tensor.shape()
            ))
            .hint("flatten it first: `t.ravel()`"));
        }
    }
    binary(Binary::Multiply, &views::unsqueeze(a, 1)?, b)
}

/// The sums of products along the last axis of both; with a number the multiples.
///
/// # Errors
///
/// `Shape` where the last axes are not of one length, `Type` where the dtypes do not promote.
pub fn inner(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    if a.ndim() == 0 || b.ndim() == 0 {
        return binary(Binary::Multiply, a, b);
    }
    let last = || Dims::from_slice(&[-1]);
    tensordot(a, b, &Contracted::Pairs(last(), last()))
}

/// The sum of the products of all elements, the first factor conjugated.
///
/// # Errors
///
/// `Shape` where the factors have different numbers of elements, `Type` where the dtypes do not
/// promote.
pub fn vdot(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    if a.count() != b.count() {
        return Err(Error::shape(format!(
            "vdot: shapes {:?} and {:?} have different numbers of elements",
            a.shape(),
            b.shape()
        )));
    }
    let flat = |tensor: &Tensor| views::reshape(tensor, &[tensor.count() as isize], "vdot");
    vecdot(&flat(a)?, &flat(b)?, -1)
}

/// The vectors at right angles to pairs of vectors of three elements along `axis`.
///
/// # Errors
///
/// `Index` for an axis that a factor does not have, `Shape` where it is not of length 3 or the
/// other axes do not broadcast, `Type` for bool or where the dtypes do not promote.
pub fn cross(a: &Tensor, b: &Tensor, axis: isize) -> Result<Tensor> {
    let place = |factor: &Tensor| -> Result<usize> {
        Ok(factor.ndim() - normalize_axis(axis, factor.ndim())?)
    };
    let (last, other) = (place(a)?, place(b)?);
    let three = |factor: &Tensor, place: usize| factor.shape()[factor.ndim() - place] == 3;
    if last != other || !three(a, last) || !three(b, other) {
        return Err(Error::shape(format!(
            "linalg.cross: inputs dimension {axis} must have length 3, and the shapes are {:?} and {:?}",
            a.shape(),
            b.shape()
        )));
    }
    let dtype = result_dtype([&a.into(), &b.into()].into_iter())?;
    let shape =
        broadcast_shapes(&[a.shape(), b.shape()]).map_err(|error| error.of("linalg.cross"))?;
    if dtype.is_bool() {
        return Err(Error::dtype("linalg.cross is not defined for bool")
            .hint("cast one factor to an integer dtype first: `.to(tb.int64)`"));
    }
    let axis = -(last as isize);
    let part = |tensor: &Tensor, index: isize| views::select(tensor, axis, index);
    let device = crate::transfer::same_device([a, b])?;
    let result = Tensor::allocate(&shape, dtype, device, Fill::Uninitialized)?;
    for (index, next, after) in [(0, 1, 2), (1, 2, 0), (2, 0, 1)] {
        let to = part(&result, index)?;
        let less = binary(Binary::Multiply, &part(a, after)?, &part(b, next)?)?;
        binary_into(Binary::Multiply, &part(a, next)?, &part(b, after)?, &to)?;
        binary_into(Binary::Subtract, &to, &less, &to)?;
    }
    Ok(result)
}

/// The sums of the diagonals `offset` places to the right of the main ones, of the matrices in
/// the last two axes. Integers are summed up in the widest dtype of their sign.
///
/// # Errors
///
/// `Shape` for fewer than two axes.
pub fn trace(x: &Tensor, offset: isize, dtype: Option<DType>) -> Result<Tensor> {
    super::sides(x, "trace")?;
    let diagonals = views::diagonal(x, offset, -2, -1)?;
    let axes = Some(Dims::from_slice(&[-1]));
    reduce(Reduction { op: Reduce::Sum, axes, keepdims: false, dtype }, &diagonals)
}
