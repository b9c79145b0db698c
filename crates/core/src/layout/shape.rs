//! Arithmetic on shapes alone: counting, axis numbers, broadcasting.

use super::{Dims, MAX_NDIM};
use crate::{Error, Result};

/// The number of elements of `shape`.
///
/// # Errors
///
/// `Value` for more than [`MAX_NDIM`] axes or a count that does not fit in `isize` (computed
/// without the zeros, so that views of an empty tensor cannot overflow either).
#[inline]
pub fn element_count(shape: &[usize]) -> Result<usize> {
    let (mut count, mut fits, mut empty) = (1_usize, shape.len() <= MAX_NDIM, false);
    for &length in shape {
        if length == 0 {
            empty = true;
            continue;
        }
        let (product, overflows) = count.overflowing_mul(length);
        count = product;
        fits &= !overflows && product <= isize::MAX as usize;
    }
    if !fits {
        return Err(uncountable(shape));
    }
    Ok(if empty { 0 } else { count })
}

#[cold]
fn uncountable(shape: &[usize]) -> Error {
    Error::value(if shape.len() > MAX_NDIM {
        format!(
            "number of dimensions must be within [0, {MAX_NDIM}], and the shape has {}",
            shape.len()
        )
    } else {
        format!("a tensor of shape {shape:?} has too many elements")
    })
}

/// `axis` counted from the front; negative numbers count from the back.
///
/// # Errors
///
/// `Index` in PyTorch's words when there is no such axis.
pub fn normalize_axis(axis: isize, ndim: usize) -> Result<usize> {
    let count = ndim as isize;
    if (-count..count).contains(&axis) {
        return Ok(axis.rem_euclid(count.max(1)) as usize);
    }
    Err(Error::index(if ndim == 0 {
        format!("Dimension specified as {axis} but tensor has no dimensions")
    } else {
        format!(
            "Dimension out of range (expected to be in range of [{}, {}], but got {axis})",
            -count,
            count - 1
        )
    }))
}

/// The shape to which all `shapes` broadcast.
///
/// # Errors
///
/// `Shape` naming the shapes and the axis on which they disagree.
pub fn broadcast_shapes(shapes: &[&[usize]]) -> Result<Dims<usize>> {
    let ndim = shapes.iter().map(|shape| shape.len()).max().unwrap_or(0);
    let mut out: Dims<usize> = smallvec::smallvec![1; ndim];
    for shape in shapes {
        let lead = ndim - shape.len();
        for (axis, &length) in shape.iter().enumerate() {
            let slot = &mut out[lead + axis];
            if *slot == 1 {
                *slot = length;
            } else if length != 1 && length != *slot {
                let (found, expected) = (length, *slot);
                let list: Vec<_> = shapes.iter().map(|shape| format!("{shape:?}")).collect();
                return Err(Error::shape(format!(
                    "shapes {} could not be broadcast together: {expected} against {found} on axis {}",
                    list.join(" and "),
                    lead + axis
                ))
                .hint("axes are matched from the last one; each pair must be equal or have a 1"));
            }
        }
    }
    element_count(&out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_without_overflow() {
        assert_eq!(element_count(&[]).unwrap(), 1);
        assert_eq!(element_count(&[3, 0, 5]).unwrap(), 0);
        assert!(element_count(&[usize::MAX, 2]).is_err());
        assert!(element_count(&[usize::MAX, 2, 0]).is_err());
        assert!(element_count(&[1 << 62, 2]).is_err());
        assert_eq!(element_count(&[1; 64]).unwrap(), 1);
        assert!(element_count(&[1; 65]).is_err());
    }

    #[test]
    fn axes_count_from_both_ends() {
        assert_eq!(normalize_axis(-1, 3).unwrap(), 2);
        assert_eq!(normalize_axis(2, 3).unwrap(), 2);
        for (axis, ndim) in [(3, 3), (-4, 3), (0, 0), (-1, 0), (isize::MIN, 2)] {
            assert!(normalize_axis(axis, ndim).is_err(), "{axis} {ndim}");
        }
    }

    #[test]
    fn broadcasts_from_the_back() {
        assert_eq!(broadcast_shapes(&[&[3, 1], &[4]]).unwrap().as_slice(), [3, 4]);
        assert_eq!(broadcast_shapes(&[&[], &[0]]).unwrap().as_slice(), [0]);
        assert_eq!(broadcast_shapes(&[&[1], &[0]]).unwrap().as_slice(), [0]);
        assert!(broadcast_shapes(&[&[2], &[0]]).is_err());
        let error = broadcast_shapes(&[&[2, 3], &[4]]).unwrap_err().to_string();
        assert!(error.contains("[2, 3]") && error.contains("[4]"), "{error}");
    }
}
