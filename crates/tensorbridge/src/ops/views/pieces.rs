//! Parts of a tensor along one axis.

use tensorbridge_core::layout::{Slice, normalize_axis};
use tensorbridge_core::{Error, Result, Tensor};

/// A tuple of `count` views. A repeated axis can have more elements than there is memory for
/// views of them.
fn collect(count: usize, pieces: impl Iterator<Item = Result<Tensor>>) -> Result<Vec<Tensor>> {
    let mut all = Vec::new();
    all.try_reserve_exact(count)
        .map_err(|_| Error::memory(format!("there is no memory for {count} views")))?;
    for piece in pieces {
        all.push(piece?);
    }
    Ok(all)
}

/// Elements `start..start + length` of an axis that has them.
fn piece(tensor: &Tensor, axis: usize, start: usize, length: usize) -> Result<Tensor> {
    tensor.with_layout(tensor.layout().slice(axis, Slice { start, step: 1, length }))
}

/// Drops `axis`, keeping its element `index`; negative numbers count from the end.
///
/// # Errors
///
/// `Index` where there is no such axis or element.
pub fn select(tensor: &Tensor, axis: isize, index: isize) -> Result<Tensor> {
    if tensor.ndim() == 0 {
        return Err(Error::index("select() cannot be applied to a 0-dim tensor."));
    }
    let axis = normalize_axis(axis, tensor.ndim())?;
    let length = tensor.shape()[axis] as isize;
    if !(-length..length).contains(&index) {
        return Err(Error::index(format!(
            "select(): index {index} out of range for tensor of size {:?} at dimension {axis}",
            tensor.shape()
        )));
    }
    tensor.with_layout(tensor.layout().select(axis, index.rem_euclid(length) as usize))
}

/// `length` elements of `axis` from `start`.
///
/// # Errors
///
/// `Index` for an axis or start that is not there, `Runtime` when the axis is too short.
pub fn narrow(tensor: &Tensor, axis: isize, start: isize, length: isize) -> Result<Tensor> {
    if tensor.ndim() == 0 {
        return Err(Error::runtime("narrow() cannot be applied to a 0-dim tensor."));
    }
    let Ok(wanted) = usize::try_from(length) else {
        return Err(Error::runtime(format!(
            "narrow(): length must be non-negative, and it is {length}"
        )));
    };
    let axis = normalize_axis(axis, tensor.ndim())?;
    let size = tensor.shape()[axis];
    let count = size as isize;
    // The end itself is a start: of an empty piece.
    if !(-count..=count).contains(&start) {
        return Err(Error::index(format!(
            "start out of range (expected to be in range of [{}, {count}], but got {start})",
            -count
        )));
    }
    let begin = if start < 0 { start + count } else { start } as usize;
    if wanted > size - begin {
        return Err(Error::runtime(format!(
            "start ({begin}) + length ({wanted}) exceeds dimension size ({size})."
        )));
    }
    piece(tensor, axis, begin, wanted)
}

/// The tensors along `axis`, without it.
///
/// # Errors
///
/// `Index` for an axis that is not there.
pub fn unbind(tensor: &Tensor, axis: isize) -> Result<Vec<Tensor>> {
    let axis = normalize_axis(axis, tensor.ndim())?;
    let count = tensor.shape()[axis];
    let select = |index| tensor.with_layout(tensor.layout().select(axis, index));
    collect(count, (0..count).map(select))
}

/// Pieces of `size` elements along `axis`; the last may be shorter.
///
/// # Errors
///
/// `Runtime` for a size that cuts no pieces, `Index` for an axis that is not there.
pub fn split(tensor: &Tensor, size: isize, axis: isize) -> Result<Vec<Tensor>> {
    let (axis, length) = cut_axis(tensor, axis, "split")?;
    let Ok(size) = usize::try_from(size) else {
        return Err(Error::runtime(format!(
            "split expects split_size be non-negative, but got split_size={size}"
        )));
    };
    if size == 0 && length != 0 {
        return Err(Error::runtime(format!(
            "split_size can only be 0 if dimension size is 0, but got dimension size of {length}"
        )));
    }
    if length == 0 {
        return Ok(vec![tensor.clone()]);
    }
    let cut = |start: usize| piece(tensor, axis, start, size.min(length - start));
    collect(length.div_ceil(size), (0..length).step_by(size).map(cut))
}

/// Pieces of the given sizes along `axis`.
///
/// # Errors
///
/// `Runtime` unless the sizes sum to the axis' length, `Index` for an axis that is not there.
pub fn split_sizes(tensor: &Tensor, sizes: &[isize], axis: isize) -> Result<Vec<Tensor>> {
    let (axis, length) = cut_axis(tensor, axis, "split_with_sizes")?;
    if sizes.iter().any(|&size| size < 0) {
        return Err(Error::runtime(format!(
            "split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={sizes:?}"
        )));
    }
    let total = sizes.iter().try_fold(0_isize, |sum, &size| sum.checked_add(size));
    if total != Some(length as isize) {
        return Err(Error::runtime(format!(
            "split_with_sizes expects split_sizes to sum exactly to {length} (input tensor's size at dimension {axis}), but got split_sizes={sizes:?}"
        )));
    }
    let mut start = 0;
    sizes
        .iter()
        .map(|&size| {
            let part = piece(tensor, axis, start, size as usize);
            start += size as usize;
            part
        })
        .collect()
}

/// At most `count` pieces of equal size along `axis`; the last may be shorter.
///
/// # Errors
///
/// `Runtime` unless `count` is positive, `Index` for an axis that is not there.
pub fn chunk(tensor: &Tensor, count: isize, axis: isize) -> Result<Vec<Tensor>> {
    let (axis, length) = cut_axis(tensor, axis, "chunk")?;
    if count <= 0 {
        return Err(Error::runtime(format!(
            "chunk expects `chunks` to be greater than 0, got: {count}"
        )));
    }
    if length == 0 {
        return collect(count as usize, (0..count).map(|_| Ok(tensor.clone())));
    }
    split(tensor, length.div_ceil(count as usize) as isize, axis as isize)
}

/// Exactly `sections` pieces along `axis`, whose sizes differ by at most one.
///
/// # Errors
///
/// `Runtime` unless `sections` is positive, `Index` for an axis that is not there.
pub fn tensor_split(tensor: &Tensor, sections: isize, axis: isize) -> Result<Vec<Tensor>> {
    let (axis, length) = cut_axis(tensor, axis, "tensor_split")?;
    if sections <= 0 {
        return Err(Error::runtime(format!(
            "number of sections must be larger than 0, got {sections}"
        )));
    }
    let (each, longer) = (length / sections as usize, length % sections as usize);
    let cut = |part: usize| {
        let start = part * each + part.min(longer);
        piece(tensor, axis, start, each + usize::from(part < longer))
    };
    collect(sections as usize, (0..sections as usize).map(cut))
}

/// The pieces between the given places along `axis`, as slices `[:i], [i:j], [j:]` would be.
///
/// # Errors
///
/// `Index` for an axis that is not there.
pub fn tensor_split_at(tensor: &Tensor, places: &[isize], axis: isize) -> Result<Vec<Tensor>> {
    let (axis, length) = cut_axis(tensor, axis, "tensor_split")?;
    let mut bounds: Vec<Option<isize>> = vec![None];
    bounds.extend(places.iter().map(|&place| Some(place)));
    bounds.push(None);
    bounds
        .windows(2)
        .map(|pair| {
            let slice = Slice::resolve(pair[0], pair[1], None, length)?;
            tensor.with_layout(tensor.layout().slice(axis, slice))
        })
        .collect()
}

/// The axis to cut, and its length.
fn cut_axis(tensor: &Tensor, axis: isize, operation: &str) -> Result<(usize, usize)> {
    if tensor.ndim() == 0 {
        return Err(Error::runtime(format!(
            "{operation} expects at least a 1-dimensional tensor, but got a tensor with 0 dims"
        )));
    }
    let axis = normalize_axis(axis, tensor.ndim())?;
    Ok((axis, tensor.shape()[axis]))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{count_up, list};
    use super::*;

    fn lists(parts: Result<Vec<Tensor>>) -> Vec<Vec<i64>> {
        parts.unwrap().iter().map(list).collect()
    }

    #[test]
    fn pieces_cover_the_axis_once() {
        let t = count_up(&[7]);
        assert_eq!(lists(split(&t, 3, 0)), [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);
        assert_eq!(lists(split_sizes(&t, &[0, 6, 1], 0))[2], [6]);
        assert_eq!(lists(chunk(&t, 3, 0)).len(), 3);
        assert_eq!(lists(chunk(&t, 4, 0)), [vec![0, 1], vec![2, 3], vec![4, 5], vec![6]]);
        assert_eq!(lists(tensor_split(&t, 3, 0)), [vec![0, 1, 2], vec![3, 4], vec![5, 6]]);
        assert_eq!(
            lists(tensor_split_at(&t, &[2, -1], 0)),
            [vec![0, 1], vec![2, 3, 4, 5], vec![6]]
        );
        for count in 1..10 {
            let joined = |parts: Result<Vec<Tensor>>| lists(parts).concat();
            assert_eq!(joined(split(&t, count, 0)), list(&t));
            assert_eq!(joined(chunk(&t, count, 0)), list(&t));
            assert_eq!(joined(tensor_split(&t, count, 0)), list(&t));
        }
    }

    #[test]
    fn what_cannot_be_cut_is_refused() {
        let t = count_up(&[2, 3]);
        assert!(split(&t, 0, 0).is_err());
        assert!(split(&t, -1, 0).is_err());
        assert!(split_sizes(&t, &[isize::MAX, isize::MAX, 4], 0).is_err());
        assert!(split_sizes(&t, &[-1, 3], 0).is_err());
        assert!(chunk(&t, 0, 0).is_err());
        assert!(tensor_split(&t, isize::MAX, 0).is_err());
        assert!(split(&count_up(&[]), 1, 0).is_err());
        assert_eq!(split(&count_up(&[0]), 0, 0).unwrap().len(), 1);
    }

    #[test]
    fn narrow_checks_both_ends() {
        let t = count_up(&[5]);
        assert_eq!(list(&narrow(&t, 0, -2, 2).unwrap()), [3, 4]);
        assert_eq!(list(&narrow(&t, 0, 5, 0).unwrap()), [0_i64; 0]);
        for (start, length) in [(5, 1), (6, 0), (-6, 1), (0, -1), (1, isize::MAX)] {
            assert!(narrow(&t, 0, start, length).is_err(), "{start} {length}");
        }
        assert_eq!(list(&select(&t, 0, -1).unwrap()), [4]);
        assert!(select(&t, 0, 5).is_err());
        assert!(select(&t, 0, isize::MIN).is_err());
    }
}
