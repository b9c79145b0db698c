//! Other shapes over the same bytes. Nothing here copies, except [`reshape`] where no strides
//! can say the new shape: that copy is traced.
//!
//! Axes count from both ends. What NumPy and PyTorch agree on is followed; a flip is a view with
//! a negative stride, as in NumPy.

mod axes;
mod pieces;
mod shapes;
mod strided;

pub use axes::{
    adjoint_axes, expand_dims, flip, matrix_transpose, move_axes, permute, reverse_axes, squeeze,
    squeeze_exactly, swap_axes, transpose_2d, unsqueeze,
};
pub use pieces::{
    chunk, narrow, select, split, split_sizes, tensor_split, tensor_split_at, unbind,
};
pub use shapes::{
    broadcast_to, expand, flatten, infer_shape, reinterpret, reshape, reshape_view, unflatten, view,
};
pub use strided::{
    as_strided, diagonal, imag, lengths, real, unfold, view_as_complex, view_as_real,
};

use tensorbridge_core::layout::normalize_axis;
use tensorbridge_core::{Error, Result, Tensor};

/// `axis` counted from the front. A 0-d tensor has one axis for this purpose, as in PyTorch:
/// `None` means "nothing to do".
fn axis_of(tensor: &Tensor, axis: isize) -> Result<Option<usize>> {
    match tensor.ndim() {
        0 => normalize_axis(axis, 1).map(|_| None),
        ndim => normalize_axis(axis, ndim).map(Some),
    }
}

/// Several axes, each named once.
fn axes_of(tensor: &Tensor, axes: &[isize]) -> Result<Vec<usize>> {
    let mut found = Vec::with_capacity(axes.len());
    for &axis in axes {
        if let Some(axis) = axis_of(tensor, axis)? {
            if found.contains(&axis) {
                return Err(Error::value(format!(
                    "dim {axis} appears multiple times in the list of dims"
                )));
            }
            found.push(axis);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::storage::host::Fill;
    use tensorbridge_core::{DType, Device, Scalar};

    use super::*;
    use crate::values;

    /// `0.0, 1.0, …` in C order.
    pub(super) fn count_up(shape: &[usize]) -> Tensor {
        let tensor =
            Tensor::allocate(shape, DType::Float32, Device::CPU, Fill::Uninitialized).unwrap();
        let base = tensor.write_address().unwrap().as_ptr().cast::<f32>();
        for index in 0..tensor.count() {
            // SAFETY: [reach], [alive], [permit]: a fresh dense tensor of our own.
            unsafe { base.add(index).write(index as f32) };
        }
        tensor
    }

    /// Every value in C order.
    pub(super) fn list(tensor: &Tensor) -> Vec<i64> {
        let number = |scalar| match scalar {
            Scalar::Float(value) => value as i64,
            other => panic!("{other:?}"),
        };
        values::iter(tensor).unwrap().map(number).collect()
    }

    #[test]
    fn every_view_shares_its_storage() {
        let t = count_up(&[2, 3, 4]);
        let found = [
            view(&t, &[6, -1]).unwrap(),
            permute(&t, &[2, 0, 1]).unwrap(),
            flip(&t, &[0, 2]).unwrap(),
            expand(&unsqueeze(&t, 0).unwrap(), &[5, -1, -1, -1]).unwrap(),
            diagonal(&t, 1, 0, 2).unwrap(),
            select(&t, 1, -1).unwrap(),
        ];
        for view in found {
            assert!(view.storage().same(t.storage()));
        }
    }

    #[test]
    fn axes_are_named_once() {
        let t = count_up(&[2, 3]);
        assert_eq!(axes_of(&t, &[-1, 0]).unwrap(), [1, 0]);
        assert!(axes_of(&t, &[1, -1]).is_err());
        assert!(axes_of(&t, &[2]).is_err());
        let scalar = count_up(&[]);
        assert_eq!(axes_of(&scalar, &[0, -1]).unwrap(), [0_usize; 0]);
        assert!(axes_of(&scalar, &[1]).is_err());
    }
}
