//! Windows that slide along axes, and the sums of products that slide along vectors.

use tensorbridge_core::layout::normalize_axis;
use tensorbridge_core::op::Unary;
use tensorbridge_core::{Access, Dims, Error, Layout, Result, Scalar, Tensor};

use super::padding::{Border, pad};
use super::{Operand, converted, matmul, result_dtype, unary, views};

/// Windows of these lengths along `axes` (all of them, in order, if `None`), whose elements are
/// the last axes: a view, read-only unless `writable`.
///
/// # Errors
///
/// `Value` for a window longer than its axis, or without an axis of its own; `Index` for an axis
/// that is not there.
pub fn sliding_windows(
    tensor: &Tensor,
    windows: &[isize],
    axes: Option<&[isize]>,
    writable: bool,
) -> Result<Tensor> {
    let ndim = tensor.ndim();
    let every: Dims<isize> = (0..ndim as isize).collect();
    let axes = axes.unwrap_or(&every);
    if windows.len() != axes.len() {
        return Err(Error::value(format!(
            "sliding_window_view: {} windows for {} axes; the shape is {:?}",
            windows.len(),
            axes.len(),
            tensor.shape()
        ))
        .hint("name the axes: `axis=`"));
    }
    let layout = tensor.layout();
    let (mut shape, mut strides) =
        (Dims::from_slice(layout.shape()), Dims::<isize>::from_slice(layout.strides()));
    for (&window, &axis) in windows.iter().zip(axes) {
        let axis = normalize_axis(axis, ndim)?;
        let left = usize::try_from(window).ok().and_then(|window| {
            // A window of length 0 stands in every place and behind the last one.
            (shape[axis] + 1).checked_sub(window).filter(|&left| left > 0)
        });
        let Some(left) = left else {
            return Err(Error::value(format!(
                "sliding_window_view: a window of {window} does not fit axis {axis} of shape {:?}",
                tensor.shape()
            )));
        };
        shape[axis] = left;
        shape.push(window as usize);
        strides.push(strides[axis]);
    }
    let view = tensor.with_layout(Layout::new(&shape, &strides, layout.offset())?)?;
    let access = view.access();
    Ok(if writable { view } else { view.restricted(Access { write: false, ..access }) })
}

/// How much of the overlap of two vectors is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// Wherever they overlap at all.
    Full,
    /// As much as the longer one, around the middle.
    Same,
    /// Where the shorter one lies within the longer.
    Valid,
}

/// `Σ a[n + k] conj(v[n])` of two vectors, for every shift `k` that `overlap` keeps. Fresh.
///
/// # Errors
///
/// `Shape` unless both are vectors, `Value` where one has no elements, `Type` where the dtypes do
/// not promote.
pub fn correlate(a: &Tensor, v: &Tensor, overlap: Overlap) -> Result<Tensor> {
    if a.count() < v.count() {
        // The shifts of the other one, in the other order.
        let turned = correlate(v, a, overlap)?;
        return unary(Unary::Conjugate, &views::flip(&turned, &[0])?);
    }
    let conjugate = match v.dtype().is_complex() {
        true => unary(Unary::Conjugate, v)?,
        false => v.clone(),
    };
    slide(a, &conjugate, overlap, "correlate")
}

/// `Σ a[k - n] v[n]` of two vectors, for every `k` that `overlap` keeps. Fresh.
///
/// # Errors
///
/// As [`correlate`].
pub fn convolve(a: &Tensor, v: &Tensor, overlap: Overlap) -> Result<Tensor> {
    let (a, v) = if a.count() < v.count() { (v, a) } else { (a, v) };
    let turned = if v.ndim() == 1 { views::flip(v, &[0])? } else { v.clone() };
    slide(a, &turned, overlap, "convolve")
}

fn slide(a: &Tensor, v: &Tensor, overlap: Overlap, name: &'static str) -> Result<Tensor> {
    if a.ndim() != 1 || v.ndim() != 1 {
        return Err(Error::shape(format!(
            "{name}: both must be vectors, and the shapes are {:?} and {:?}",
            a.shape(),
            v.shape()
        )));
    }
    if v.count() == 0 {
        return Err(Error::value(format!("{name}: a vector has no elements")));
    }
    let dtype = result_dtype([&Operand::from(a), &Operand::from(v)].into_iter())?;
    let (a, v) = (converted(a, dtype, name)?, converted(v, dtype, name)?);
    let most = v.count() as isize - 1;
    let border = match overlap {
        Overlap::Full => [most, most],
        // NumPy's middle: of an even number, the earlier.
        Overlap::Same => [most - most / 2, most / 2],
        Overlap::Valid => [0, 0],
    };
    let zero = [[Scalar::Bool(false); 2]];
    let long = if border == [0, 0] { a } else { pad(&a, &[border], Border::Constant, &zero)? };
    matmul(&sliding_windows(&long, &[v.count() as isize], None, false)?, &v)
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::DType;

    use super::*;
    use crate::ops::testing::{tensor, values};

    #[test]
    fn windows_share_and_do_not_write() {
        let t = tensor(&[2, 3], &[1., 2., 3., 4., 5., 6.], DType::Int16);
        let view = sliding_windows(&t, &[2], Some(&[1]), false).unwrap();
        assert_eq!(
            (view.shape(), values(&view)),
            (&[2, 2, 2][..], vec![1., 2., 2., 3., 4., 5., 5., 6.])
        );
        assert!(view.storage().same(t.storage()) && view.write_address().is_err());
        assert_eq!(sliding_windows(&t, &[2, 3], None, false).unwrap().shape(), [1, 1, 2, 3]);
        assert!(sliding_windows(&t, &[3, 3], None, false).is_err());
        assert!(sliding_windows(&t, &[2], None, false).is_err());
        assert!(sliding_windows(&t, &[-1], Some(&[0]), false).is_err());
    }

    #[test]
    fn vectors_slide() {
        let a = tensor(&[3], &[1., 2., 3.], DType::Float32);
        let v = tensor(&[2], &[0., 1.], DType::Float32);
        let of = |overlap| values(&convolve(&a, &v, overlap).unwrap());
        assert_eq!(of(Overlap::Full), [0., 1., 2., 3.]);
        assert_eq!(of(Overlap::Valid), [1., 2.]);
        assert_eq!(values(&correlate(&a, &v, Overlap::Valid).unwrap()), [2., 3.]);
        assert_eq!(values(&correlate(&v, &a, Overlap::Full).unwrap()), [0., 3., 2., 1.]);
    }
}
