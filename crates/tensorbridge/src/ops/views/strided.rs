//! Views that only strides can say: diagonals, windows, the parts of complex numbers.

use tensorbridge_core::dtype::promote::complex_of;
use tensorbridge_core::layout::normalize_axis;
use tensorbridge_core::{DType, Dims, Error, Layout, Result, Tensor};

/// Any shape, with strides and offset counted in elements; `None` keeps the tensor's own origin.
/// Negative strides are allowed, and so is overlap: such a view refuses to be written.
///
/// # Errors
///
/// `Runtime` when an element would lie outside the storage.
pub fn as_strided(
    tensor: &Tensor,
    shape: &[isize],
    strides: &[isize],
    offset: Option<isize>,
) -> Result<Tensor> {
    if shape.len() != strides.len() {
        return Err(Error::runtime(format!(
            "mismatch in length of strides and shape: {} strides for {} axes",
            strides.len(),
            shape.len()
        )));
    }
    let itemsize = tensor.dtype().itemsize();
    let lengths = lengths(shape)?;
    let outside = || {
        let offset = offset.map_or_else(|| "its own".to_owned(), |offset| offset.to_string());
        Error::runtime(format!(
            "as_strided: sizes {shape:?}, strides {strides:?}, storage offset {offset}, and itemsize {itemsize} are out of bounds for storage of size {}",
            tensor.storage().len()
        ))
        .hint("an imported tensor's storage is what the array itself reaches")
    };
    let steps: Dims<isize> = strides
        .iter()
        .map(|stride| stride.checked_mul(itemsize as isize))
        .collect::<Option<_>>()
        .ok_or_else(outside)?;
    let origin = match offset {
        None => tensor.layout().offset(),
        Some(offset) => usize::try_from(offset)
            .ok()
            .and_then(|offset| offset.checked_mul(itemsize))
            .ok_or_else(outside)?,
    };
    let layout = Layout::new(&lengths, &steps, origin)?;
    tensor.with_layout(layout).map_err(|_| outside())
}

/// The lengths of a shape, none of them negative.
///
/// # Errors
///
/// `Runtime` naming the negative one.
pub fn lengths(shape: &[isize]) -> Result<Dims<usize>> {
    shape
        .iter()
        .map(|&length| {
            usize::try_from(length).map_err(|_| {
                Error::runtime(format!(
                    "negative dimension {length} in shape {shape:?}: a length is at least 0"
                ))
            })
        })
        .collect()
}

/// The diagonals of the axes `a` and `b`, `offset` above the main one, as a last axis.
///
/// # Errors
///
/// `Runtime` when the axes are the same, `Index` for one that is not there.
pub fn diagonal(tensor: &Tensor, offset: isize, a: isize, b: isize) -> Result<Tensor> {
    let (first, second) = (normalize_axis(a, tensor.ndim())?, normalize_axis(b, tensor.ndim())?);
    if first == second {
        return Err(Error::runtime(format!("diagonal dimensions cannot be identical {a}, {b}")));
    }
    let layout = tensor.layout();
    let (shape, strides) = (layout.shape(), layout.strides());
    let skip = offset.unsigned_abs();
    let (rows, columns) = match offset {
        0.. => (shape[first], shape[second].saturating_sub(skip)),
        _ => (shape[first].saturating_sub(skip), shape[second]),
    };
    let length = rows.min(columns);
    let along = if offset >= 0 { second } else { first };
    let origin = if length == 0 || tensor.count() == 0 {
        layout.offset()
    } else {
        // `skip` is an index of `along`, so the step stays inside the storage.
        layout.offset().wrapping_add_signed(strides[along].wrapping_mul(skip as isize))
    };
    let keep = |axis: &usize| *axis != first && *axis != second;
    let mut new_shape: Dims<usize> =
        (0..shape.len()).filter(keep).map(|axis| shape[axis]).collect();
    let mut new_strides: Dims<isize> =
        (0..shape.len()).filter(keep).map(|axis| strides[axis]).collect();
    new_shape.push(length);
    new_strides.push(strides[first].wrapping_add(strides[second]));
    tensor.with_layout(Layout::new(&new_shape, &new_strides, origin)?)
}

/// Windows of `size` elements along `axis`, `step` apart, as a last axis.
///
/// # Errors
///
/// `Runtime` for a window longer than the axis or a step that is not positive.
pub fn unfold(tensor: &Tensor, axis: isize, size: isize, step: isize) -> Result<Tensor> {
    let axis = normalize_axis(axis, tensor.ndim())?;
    let length = tensor.shape()[axis];
    let size = usize::try_from(size).ok().filter(|&size| size <= length).ok_or_else(|| {
        Error::runtime(format!(
            "maximum size for tensor at dimension {axis} is {length} but size is {size}"
        ))
    })?;
    if step <= 0 {
        return Err(Error::runtime(format!("step is {step} but must be > 0")));
    }
    let layout = tensor.layout();
    let (mut shape, mut strides) =
        (Dims::from_slice(layout.shape()), Dims::<isize>::from_slice(layout.strides()));
    shape.push(size);
    strides.push(strides[axis]);
    shape[axis] = (length - size) / step as usize + 1;
    strides[axis] = strides[axis].wrapping_mul(step);
    tensor.with_layout(Layout::new(&shape, &strides, layout.offset())?)
}

/// The real parts. A real tensor is its own.
///
/// # Errors
///
/// None: the view reaches what the tensor reaches.
pub fn real(tensor: &Tensor) -> Result<Tensor> {
    tensor.with_layout_as(tensor.layout().clone(), tensor.dtype().real())
}

/// The imaginary parts of a complex tensor.
///
/// # Errors
///
/// `Runtime` for a real tensor: its imaginary parts are nowhere.
pub fn imag(tensor: &Tensor) -> Result<Tensor> {
    let dtype = tensor.dtype();
    if !dtype.is_complex() {
        return Err(Error::runtime(format!(
            "imag is not implemented for tensors with non-complex dtypes: this one is {dtype}"
        ))
        .hint("a real tensor's imaginary part is `tb.zeros_like(t)`"));
    }
    let layout = tensor.layout();
    let step = if tensor.count() == 0 { 0 } else { dtype.real().itemsize() };
    let layout = layout.clone().with_offset(layout.offset() + step);
    tensor.with_layout_as(layout, dtype.real())
}

/// A complex tensor's parts as a last axis of length 2.
///
/// # Errors
///
/// `Runtime` for a real tensor, `Value` beyond 64 axes.
pub fn view_as_real(tensor: &Tensor) -> Result<Tensor> {
    let dtype = tensor.dtype();
    if !dtype.is_complex() {
        return Err(Error::runtime(format!(
            "view_as_real is only supported for complex tensors, and this one is {dtype}"
        )));
    }
    let layout = tensor.layout();
    let mut shape = Dims::<usize>::from_slice(layout.shape());
    let mut strides = Dims::<isize>::from_slice(layout.strides());
    shape.push(2);
    strides.push(dtype.real().itemsize() as isize);
    tensor.with_layout_as(Layout::new(&shape, &strides, layout.offset())?, dtype.real())
}

/// Pairs of `float32` or `float64` along the last axis as complex numbers.
///
/// # Errors
///
/// `Runtime` for another dtype, or a last axis that is not a dense pair.
pub fn view_as_complex(tensor: &Tensor) -> Result<Tensor> {
    let dtype = tensor.dtype();
    if !matches!(dtype, DType::Float32 | DType::Float64) {
        return Err(Error::runtime(format!(
            "view_as_complex is only supported for float and double tensors, but got a tensor of scalar type: {dtype}"
        ))
        .hint("there is a complex64 of two float32 and a complex128 of two float64: cast first"));
    }
    let layout = tensor.layout();
    let (shape, strides) = (layout.shape(), layout.strides());
    let last = shape.len().wrapping_sub(1);
    if shape.last() != Some(&2) {
        return Err(Error::runtime(format!(
            "Tensor must have a last dimension of size 2, and the shape is {shape:?}"
        )));
    }
    if strides[last] != dtype.itemsize() as isize {
        return Err(Error::runtime(format!(
            "Tensor must have a last dimension with stride 1, and its stride is {} bytes",
            strides[last]
        ))
        .hint("make it dense first: `t.contiguous()`"));
    }
    let layout = Layout::new(&shape[..last], &strides[..last], layout.offset())?;
    tensor.with_layout_as(layout, complex_of(dtype))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{count_up, list};
    use super::*;

    #[test]
    fn strides_are_checked_against_the_storage() {
        let t = count_up(&[2, 3]);
        let strided = |shape: &[isize], strides: &[isize], offset| {
            as_strided(&t, shape, strides, offset).map(|view| list(&view))
        };
        assert_eq!(strided(&[3], &[-2], Some(5)).unwrap(), [5, 3, 1]);
        assert_eq!(strided(&[2, 2], &[1, 1], None).unwrap(), [0, 1, 1, 2]);
        for (shape, stride, offset) in [
            (7, 1, Some(0)),
            (2, -1, Some(0)),
            (1, 1, Some(6)),
            (2, isize::MAX, Some(0)),
            (1, 1, Some(isize::MAX)),
            (1, 1, Some(-1)),
            (-1, 1, None),
        ] {
            assert!(strided(&[shape], &[stride], offset).is_err(), "{shape} {stride} {offset:?}");
        }
        assert!(as_strided(&t, &[1], &[], None).is_err());
        assert!(as_strided(&t, &[2, 2], &[1, 1], None).unwrap().write_address().is_err());
    }

    #[test]
    fn diagonals_above_and_below() {
        let t = count_up(&[3, 4]);
        for (offset, expected) in [
            (0, vec![0, 5, 10]),
            (1, vec![1, 6, 11]),
            (3, vec![3]),
            (4, vec![]),
            (-1, vec![4, 9]),
            (-9, vec![]),
            (isize::MAX, vec![]),
            (isize::MIN, vec![]),
        ] {
            assert_eq!(list(&diagonal(&t, offset, 0, 1).unwrap()), expected, "{offset}");
        }
        assert_eq!(diagonal(&count_up(&[2, 3, 4]), 0, -1, 0).unwrap().shape(), [3, 2]);
        assert!(diagonal(&t, 0, 1, -1).is_err());
    }

    #[test]
    fn windows_slide() {
        let t = count_up(&[5]);
        assert_eq!(list(&unfold(&t, 0, 2, 2).unwrap()), [0, 1, 2, 3]);
        assert_eq!(unfold(&t, 0, 5, 1).unwrap().shape(), [1, 5]);
        assert!(unfold(&t, 0, 6, 1).is_err());
        assert!(unfold(&t, 0, 2, 0).is_err());
    }

    #[test]
    fn complex_numbers_come_apart() {
        let pairs = count_up(&[3, 2]);
        let complex = view_as_complex(&pairs).unwrap();
        assert_eq!((complex.dtype(), complex.shape()), (DType::Complex64, &[3][..]));
        assert_eq!(list(&real(&complex).unwrap()), [0, 2, 4]);
        assert_eq!(list(&imag(&complex).unwrap()), [1, 3, 5]);
        assert_eq!(list(&view_as_real(&complex).unwrap()), list(&pairs));
        assert!(imag(&pairs).is_err());
        assert!(view_as_complex(&count_up(&[3])).is_err());
    }
}
