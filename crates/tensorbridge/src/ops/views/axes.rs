//! The same axes in another order or direction, and axes of length 1 coming and going.

use tensorbridge_core::layout::normalize_axis;
use tensorbridge_core::{Error, Result, Tensor};

use super::{axes_of, axis_of};

/// Axis `k` of the view is axis `axes[k]` of `tensor`.
///
/// # Errors
///
/// `Value` unless every axis is named once, `Index` for an axis that is not there.
pub fn permute(tensor: &Tensor, axes: &[isize]) -> Result<Tensor> {
    if axes.len() != tensor.ndim() {
        return Err(Error::value(format!(
            "permute(): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = {} is not equal to len(dims) = {}",
            tensor.ndim(),
            axes.len()
        ))
        .hint("name every axis once; to exchange two, `t.transpose(a, b)`"));
    }
    tensor.with_layout(tensor.layout().permute(axes)?)
}

/// Exchanges two axes.
///
/// # Errors
///
/// `Index` for an axis that is not there.
pub fn swap_axes(tensor: &Tensor, a: isize, b: isize) -> Result<Tensor> {
    match (axis_of(tensor, a)?, axis_of(tensor, b)?) {
        // SAFETY: [reach]: the elements of `tensor`.
        (Some(a), Some(b)) => Ok(unsafe { tensor.within(tensor.layout().swap_axes(a, b)) }),
        _ => Ok(tensor.clone()),
    }
}

/// Moves the axes `source` to the places `destination`; the others keep their order.
///
/// # Errors
///
/// `Value` when the lists differ in length or repeat an axis, `Index` for an axis that is not
/// there.
pub fn move_axes(tensor: &Tensor, source: &[isize], destination: &[isize]) -> Result<Tensor> {
    if source.len() != destination.len() {
        return Err(Error::value(format!(
            "movedim: Invalid source or destination dims: source ({source:?} dims) should contain the same number of dims as destination ({destination:?} dims)"
        )));
    }
    let from = unique(tensor, source, "source")?;
    let to = unique(tensor, destination, "destination")?;
    let mut rest = (0..tensor.ndim()).filter(|axis| !from.contains(axis));
    let order: Vec<isize> = (0..tensor.ndim())
        .filter_map(|place| match to.iter().position(|&axis| axis == place) {
            Some(index) => Some(from[index]),
            None => rest.next(),
        })
        .map(|axis| axis as isize)
        .collect();
    tensor.with_layout(tensor.layout().permute(&order)?)
}

fn unique(tensor: &Tensor, axes: &[isize], name: &str) -> Result<Vec<usize>> {
    axes_of(tensor, axes).map_err(|error| match error.kind() {
        tensorbridge_core::ErrorKind::Value => {
            Error::value(format!("movedim: repeated dim in `{name}` ({axes:?})"))
        }
        _ => error,
    })
}

/// Reverses the order of all axes.
///
/// # Errors
///
/// None: the view reaches what the tensor reaches.
pub fn reverse_axes(tensor: &Tensor) -> Result<Tensor> {
    // SAFETY: [reach]: the elements of `tensor`.
    Ok(unsafe { tensor.within(tensor.layout().reversed_axes()) })
}

/// Exchanges the last two axes.
///
/// # Errors
///
/// `Runtime` for fewer than two axes.
pub fn matrix_transpose(tensor: &Tensor, spelling: &str) -> Result<Tensor> {
    let ndim = tensor.ndim();
    if ndim < 2 {
        return Err(Error::runtime(format!(
            "tensor.{spelling} is only supported on matrices or batches of matrices. Got {ndim}-D tensor."
        )));
    }
    // SAFETY: [reach]: the elements of `tensor`.
    Ok(unsafe { tensor.within(tensor.layout().swap_axes(ndim - 2, ndim - 1)) })
}

/// The transpose that `H` is the conjugate of: of a matrix, or of a 0-d tensor itself.
///
/// # Errors
///
/// `Runtime` for 1 axis or more than 2.
pub fn adjoint_axes(tensor: &Tensor) -> Result<Tensor> {
    match tensor.ndim() {
        0 | 2 => reverse_axes(tensor),
        ndim => {
            let error = Error::runtime(format!(
                "tensor.H is only supported on matrices (2-D tensors). Got {ndim}-D tensor."
            ));
            Err(if ndim > 2 { error.hint("for batches of matrices: `t.mH`") } else { error })
        }
    }
}

/// The transpose of a tensor of at most two axes.
///
/// # Errors
///
/// `Runtime` for more.
pub fn transpose_2d(tensor: &Tensor) -> Result<Tensor> {
    if tensor.ndim() > 2 {
        return Err(Error::runtime(format!(
            "t() expects a tensor with <= 2 dimensions, but self is {}D",
            tensor.ndim()
        ))
        .hint("`t.mT` exchanges the last two axes, `t.transpose(a, b)` any two"));
    }
    reverse_axes(tensor)
}

/// Walks `axes` backwards: negative strides over the same bytes.
///
/// # Errors
///
/// `Value` for an axis named twice, `Index` for one that is not there.
pub fn flip(tensor: &Tensor, axes: &[isize]) -> Result<Tensor> {
    let mut layout = tensor.layout().clone();
    for axis in axes_of(tensor, axes)? {
        layout = layout.flip(axis);
    }
    tensor.with_layout(layout)
}

/// Inserts an axis of length 1 before `axis`; `-1` appends it.
///
/// # Errors
///
/// `Index` outside `[-ndim - 1, ndim]`, `Value` beyond 64 axes.
pub fn unsqueeze(tensor: &Tensor, axis: isize) -> Result<Tensor> {
    let axis = normalize_axis(axis, tensor.ndim() + 1)?;
    tensor.with_layout(tensor.layout().unsqueeze(axis)?)
}

/// Inserts axes of length 1 so that they have the numbers `axes` in the result.
///
/// # Errors
///
/// `Index` for a number outside the result, `Value` for one named twice or beyond 64 axes.
pub fn expand_dims(tensor: &Tensor, axes: &[isize]) -> Result<Tensor> {
    let ndim = tensor.ndim() + axes.len();
    let mut places =
        axes.iter().map(|&axis| normalize_axis(axis, ndim)).collect::<Result<Vec<_>>>()?;
    places.sort_unstable();
    if let Some(pair) = places.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Error::value(format!(
            "dim {} appears multiple times in the list of dims",
            pair[0]
        )));
    }
    let mut layout = tensor.layout().clone();
    for place in places {
        layout = layout.unsqueeze(place)?;
    }
    tensor.with_layout(layout)
}

/// Drops the axes of length 1 among `axes`, or among all for `None`; other axes stay.
///
/// # Errors
///
/// `Value` for an axis named twice, `Index` for one that is not there.
pub fn squeeze(tensor: &Tensor, axes: Option<&[isize]>) -> Result<Tensor> {
    let mut axes = match axes {
        Some(axes) => axes_of(tensor, axes)?,
        None => (0..tensor.ndim()).collect(),
    };
    axes.sort_unstable();
    let mut layout = tensor.layout().clone();
    for axis in axes.into_iter().rev() {
        if layout.shape()[axis] == 1 {
            layout = layout.squeeze(axis);
        }
    }
    tensor.with_layout(layout)
}

/// Drops `axes`, all of which must have length 1: the Array API's and NumPy's `squeeze`.
///
/// # Errors
///
/// `Value` for an axis of another length, else as [`squeeze`].
pub fn squeeze_exactly(tensor: &Tensor, axes: &[isize]) -> Result<Tensor> {
    for &axis in axes {
        let axis = normalize_axis(axis, tensor.ndim())?;
        if tensor.shape()[axis] != 1 {
            return Err(Error::value(format!(
                "cannot squeeze axis {axis} of shape {:?}: its length is {}, not 1",
                tensor.shape(),
                tensor.shape()[axis]
            ))
            .hint("`dim=` in place of `axis=` leaves such axes as they are"));
        }
    }
    squeeze(tensor, Some(axes))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{count_up, list};
    use super::*;

    #[test]
    fn moves_axes_as_numpy_does() {
        let t = count_up(&[2, 3, 4, 5]);
        for (source, destination, shape) in [
            (&[0][..], &[-1][..], [3, 4, 5, 2]),
            (&[3, 0], &[0, 1], [5, 2, 3, 4]),
            (&[], &[], [2, 3, 4, 5]),
            (&[1, 2, 3], &[0, 3, 1], [3, 5, 2, 4]),
        ] {
            assert_eq!(move_axes(&t, source, destination).unwrap().shape(), shape);
        }
        assert!(move_axes(&t, &[0, 0], &[0, 1]).is_err());
        assert!(move_axes(&t, &[0], &[0, 1]).is_err());
    }

    #[test]
    fn flips_walk_backwards_over_the_same_bytes() {
        let t = count_up(&[2, 3]);
        let flipped = flip(&t, &[0, 1]).unwrap();
        assert_eq!(list(&flipped), [5, 4, 3, 2, 1, 0]);
        assert_eq!(flipped.strides(), [-12, -4]);
        assert_eq!(flip(&flipped, &[0, 1]).unwrap().address(), t.address());
    }

    #[test]
    fn axes_of_length_one_come_and_go() {
        let t = count_up(&[1, 3, 1]);
        assert_eq!(squeeze(&t, None).unwrap().shape(), [3]);
        assert_eq!(squeeze(&t, Some(&[1, -1])).unwrap().shape(), [1, 3]);
        assert_eq!(squeeze_exactly(&t, &[0, 2]).unwrap().shape(), [3]);
        assert!(squeeze_exactly(&t, &[1]).is_err());
        assert_eq!(expand_dims(&t, &[0, -1]).unwrap().shape(), [1, 1, 3, 1, 1]);
        assert!(expand_dims(&t, &[0, -5]).is_err());
        assert!(unsqueeze(&t, 4).is_err());
        assert_eq!(unsqueeze(&count_up(&[]), -1).unwrap().shape(), [1]);
    }
}
