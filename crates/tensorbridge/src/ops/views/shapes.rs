//! The same elements, in C order, under another shape or dtype.

use tensorbridge_core::layout::{Order, element_count};
use tensorbridge_core::{DType, Dims, Error, Layout, Result, Tensor};

use super::axis_of;
use crate::exchange::Reason;
use crate::transfer;

/// The lengths that `wanted` means for `count` elements: one of them may be -1.
///
/// # Errors
///
/// `Shape` when the elements do not fill that shape, or more than one length is to be inferred.
pub fn infer_shape(count: usize, wanted: &[isize]) -> Result<Dims<usize>> {
    let mut inferred = None;
    let mut shape: Dims<usize> = Dims::with_capacity(wanted.len());
    for (axis, &length) in wanted.iter().enumerate() {
        match usize::try_from(length) {
            Ok(length) => shape.push(length),
            Err(_) if length != -1 => {
                return Err(Error::shape(format!(
                    "invalid shape dimension {length} at index {axis} of shape {wanted:?}"
                )));
            }
            Err(_) if inferred.is_some() => {
                return Err(Error::shape(format!(
                    "only one dimension can be inferred, and shape {wanted:?} leaves out more"
                )));
            }
            Err(_) => {
                inferred = Some(axis);
                shape.push(1);
            }
        }
    }
    let invalid =
        || Error::shape(format!("shape '{wanted:?}' is invalid for input of size {count}"));
    let known = element_count(&shape)?;
    match inferred {
        Some(_) if known == 0 && count == 0 => {
            return Err(Error::shape(format!(
                "cannot reshape tensor of 0 elements into shape {wanted:?} because the unspecified dimension size -1 can be any value and is ambiguous"
            )));
        }
        Some(axis) if known != 0 && count.is_multiple_of(known) => shape[axis] = count / known,
        None if known == count => {}
        _ => return Err(invalid()),
    }
    Ok(shape)
}

/// `tensor` under the shape `wanted` where strides can say so, else `None`.
///
/// # Errors
///
/// As [`infer_shape`].
pub fn reshape_view(tensor: &Tensor, wanted: &[isize]) -> Result<Option<Tensor>> {
    let shape = infer_shape(tensor.count(), wanted)?;
    let itemsize = tensor.dtype().itemsize();
    let layout = if tensor.is_contiguous(Order::C) {
        // Dense under any shape, as it is where there are no elements.
        let layout = Layout::contiguous(&shape, itemsize)?;
        Some(layout.with_offset(tensor.layout().offset()))
    } else {
        tensor.layout().reshape(&shape)?
    };
    // SAFETY: [reach]: the elements of `tensor`, counted by `infer_shape`.
    Ok(layout.map(|layout| unsafe { tensor.within(layout) }))
}

/// `tensor` under the shape `wanted`, over the same bytes. One length may be -1.
///
/// # Errors
///
/// `Runtime` where no strides can say so, else as [`infer_shape`].
pub fn view(tensor: &Tensor, wanted: &[isize]) -> Result<Tensor> {
    reshape_view(tensor, wanted)?.ok_or_else(|| {
        Error::runtime(format!(
            "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead. The size is {:?}, the byte strides are {:?}, and {wanted:?} was asked for",
            tensor.shape(),
            tensor.strides()
        ))
    })
}

/// `tensor` under the shape `wanted`: over the same bytes where strides can say so, else of a
/// dense copy.
///
/// # Errors
///
/// As [`infer_shape`]; `Memory` when there is no room for the copy.
pub fn reshape(tensor: &Tensor, wanted: &[isize], operation: &'static str) -> Result<Tensor> {
    if let Some(view) = reshape_view(tensor, wanted)? {
        return Ok(view);
    }
    let dense = transfer::contiguous(tensor, Order::C, operation, Reason::Layout)?;
    view(&dense, wanted)
}

/// The same bytes as elements of `dtype`; with another item size the last axis grows or shrinks.
///
/// # Errors
///
/// `Runtime` where the last axis is not dense or its bytes are no whole number of items.
pub fn reinterpret(tensor: &Tensor, dtype: DType) -> Result<Tensor> {
    let (from, to) = (tensor.dtype(), dtype);
    let (size, new_size) = (from.itemsize(), to.itemsize());
    let refuse = |what: String| {
        Err(Error::runtime(format!("{what} to view {from} as {to} (different element sizes)")))
    };
    if size != new_size {
        let (Some(&length), Some(&stride)) = (tensor.shape().last(), tensor.strides().last())
        else {
            return refuse("self.dim() cannot be 0".to_owned())
                .map_err(|error| error.hint("give it an axis first: `t.reshape(1)`"));
        };
        if stride != size as isize && length > 1 && tensor.count() != 0 {
            return refuse(format!(
                "self.stride(-1) must be 1, and the last axis has a stride of {stride} bytes,"
            ))
            .map_err(|error| error.hint("make it dense first: `t.contiguous()`"));
        }
        if !length.saturating_mul(size).is_multiple_of(new_size) {
            return refuse(format!(
                "self.size(-1) must be divisible by {}, and it is {length},",
                new_size / size
            ));
        }
    }
    tensor.with_layout_as(tensor.layout().reinterpret(size, new_size)?, dtype)
}

/// One axis for the axes `start..=end`; a 0-d tensor becomes 1-d.
///
/// # Errors
///
/// `Runtime` when `start` comes after `end`, `Index` for an axis that is not there; `Memory`
/// when a copy is needed and there is no room for it.
pub fn flatten(tensor: &Tensor, start: isize, end: isize) -> Result<Tensor> {
    let (Some(start), Some(end)) = (axis_of(tensor, start)?, axis_of(tensor, end)?) else {
        return view(tensor, &[1]);
    };
    if start > end {
        return Err(Error::runtime(
            "flatten() has invalid args: start_dim cannot come after end_dim",
        ));
    }
    let shape = tensor.shape();
    let mut wanted: Dims<isize> = shape[..start].iter().map(|&length| length as isize).collect();
    wanted.push(shape[start..=end].iter().product::<usize>() as isize);
    wanted.extend(shape[end + 1..].iter().map(|&length| length as isize));
    reshape(tensor, &wanted, "flatten")
}

/// Several axes for one; one of `sizes` may be -1.
///
/// # Errors
///
/// `Shape` when the sizes do not multiply to the axis' length, `Index` for an axis that is not
/// there.
pub fn unflatten(tensor: &Tensor, axis: isize, sizes: &[isize]) -> Result<Tensor> {
    let axis = tensorbridge_core::layout::normalize_axis(axis, tensor.ndim())?;
    if sizes.is_empty() {
        return Err(Error::shape("unflatten: sizes must be non-empty"));
    }
    let length = tensor.shape()[axis];
    let sizes = infer_shape(length, sizes).map_err(|_| {
        Error::shape(format!(
            "unflatten: Provided sizes {sizes:?} don't multiply up to the size of dim {axis} ({length}) in the input tensor"
        ))
    })?;
    let shape = tensor.shape();
    let wanted: Dims<isize> = shape[..axis]
        .iter()
        .chain(&sizes)
        .chain(&shape[axis + 1..])
        .map(|&length| length as isize)
        .collect();
    // Cutting one axis never needs a copy.
    view(tensor, &wanted)
}

/// `tensor` with axes of length 1 repeated (stride 0) and leading axes added until its shape is
/// `wanted`; -1 keeps an axis as it is.
///
/// # Errors
///
/// `Shape` when it does not fit.
pub fn expand(tensor: &Tensor, wanted: &[isize]) -> Result<Tensor> {
    let shape = tensor.shape();
    let Some(lead) = wanted.len().checked_sub(shape.len()) else {
        return Err(Error::shape(format!(
            "expand({shape:?}, size={wanted:?}): the number of sizes provided ({}) must be greater or equal to the number of dimensions in the tensor ({})",
            wanted.len(),
            shape.len()
        )));
    };
    let mut target: Dims<usize> = Dims::with_capacity(wanted.len());
    for (axis, &length) in wanted.iter().enumerate() {
        let have = axis.checked_sub(lead).map(|axis| shape[axis]);
        target.push(match (usize::try_from(length), have) {
            (Ok(length), None) => length,
            (Ok(length), Some(have)) if have == 1 || have == length => length,
            (Err(_), Some(have)) if length == -1 => have,
            (_, None) => {
                return Err(Error::shape(format!(
                    "The expanded size of the tensor ({length}) isn't allowed in a leading, non-existing dimension {axis}"
                )));
            }
            (_, Some(have)) => {
                return Err(Error::shape(format!(
                    "The expanded size of the tensor ({length}) must match the existing size ({have}) at non-singleton dimension {axis}.  Target sizes: {wanted:?}.  Tensor sizes: {shape:?}"
                )));
            }
        });
    }
    broadcast_to(tensor, &target)
}

/// `tensor` broadcast to `shape`: repeated axes have stride 0.
///
/// # Errors
///
/// `Shape` when it does not broadcast to that.
pub fn broadcast_to(tensor: &Tensor, shape: &[usize]) -> Result<Tensor> {
    tensor.with_layout(tensor.layout().broadcast_to(shape)?)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{count_up, list};
    use super::super::{flip, reverse_axes};
    use super::*;

    #[test]
    fn one_length_is_inferred() {
        assert_eq!(infer_shape(6, &[2, -1]).unwrap().as_slice(), [2, 3]);
        assert_eq!(infer_shape(0, &[2, -1]).unwrap().as_slice(), [2, 0]);
        assert_eq!(infer_shape(1, &[]).unwrap().as_slice(), [0_usize; 0]);
        for (count, wanted) in [
            (6, &[4, -1][..]),
            (6, &[-1, -1]),
            (6, &[-2, 3]),
            (0, &[0, -1]),
            (6, &[0, -1]),
            (6, &[]),
            (6, &[isize::MAX, isize::MAX]),
        ] {
            assert!(infer_shape(count, wanted).is_err(), "{count} {wanted:?}");
        }
    }

    #[test]
    fn reshape_shares_where_it_can() {
        let t = count_up(&[4, 6]);
        let shared = reshape(&flip(&t, &[1]).unwrap(), &[4, 2, 3], "reshape").unwrap();
        assert!(shared.storage().same(t.storage()));
        let transposed = reverse_axes(&t).unwrap();
        assert!(view(&transposed, &[-1]).unwrap_err().to_string().starts_with("view size is not"));
        let copied = reshape(&transposed, &[-1], "reshape").unwrap();
        assert!(!copied.storage().same(t.storage()));
        assert_eq!(list(&copied), list(&transposed));
        let empty = view(
            &transposed.with_layout(Layout::new(&[3, 0], &[1, 7], 0).unwrap()).unwrap(),
            &[0, 2],
        );
        assert_eq!(empty.unwrap().strides(), [8, 4]);
    }

    #[test]
    fn bytes_are_read_as_another_dtype() {
        let t = count_up(&[2, 4]);
        assert_eq!(reinterpret(&t, DType::Int32).unwrap().shape(), [2, 4]);
        assert_eq!(reinterpret(&t, DType::UInt8).unwrap().shape(), [2, 16]);
        assert_eq!(reinterpret(&t, DType::Complex64).unwrap().shape(), [2, 2]);
        assert!(reinterpret(&reverse_axes(&t).unwrap(), DType::UInt8).is_err());
        assert!(reinterpret(&count_up(&[3]), DType::Float64).is_err());
        assert!(reinterpret(&count_up(&[]), DType::UInt8).is_err());
    }

    #[test]
    fn expand_keeps_minus_one() {
        let t = count_up(&[3, 1]);
        assert_eq!(expand(&t, &[2, -1, 4]).unwrap().strides(), [0, 4, 0]);
        for wanted in [&[4][..], &[-1, 3, 4], &[2, 4], &[-2, 1]] {
            assert!(expand(&t, wanted).is_err(), "{wanted:?}");
        }
    }

    #[test]
    fn flatten_and_back() {
        let t = count_up(&[2, 3, 4]);
        assert_eq!(flatten(&t, 0, -1).unwrap().shape(), [24]);
        assert_eq!(flatten(&t, 1, 2).unwrap().shape(), [2, 12]);
        assert_eq!(flatten(&count_up(&[]), 0, -1).unwrap().shape(), [1]);
        assert!(flatten(&t, 2, 1).is_err());
        assert_eq!(unflatten(&t, -1, &[2, -1]).unwrap().shape(), [2, 3, 2, 2]);
        assert!(unflatten(&t, -1, &[3, -1]).is_err());
    }
}
