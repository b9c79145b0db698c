//! One integer, or one slice, of the first axis: what is mostly asked for, past the walk of
//! `resolve`. Where these give nothing, the walk says why.

use tensorbridge_core::Tensor;
use tensorbridge_core::layout::Slice;

/// `tensor[index]`, where there is such an element.
#[inline]
#[must_use]
pub fn element(tensor: &Tensor, index: isize) -> Option<Tensor> {
    let length = *tensor.shape().first()?;
    let place = if index < 0 { index.wrapping_add(length as isize) } else { index } as usize;
    if place >= length {
        return None;
    }
    // SAFETY: [reach]: some of `tensor`'s elements.
    Some(unsafe { tensor.within(tensor.layout().select(0, place)) })
}

/// `tensor[start:stop:step]`, where there is an axis.
#[inline]
#[must_use]
pub fn slice(tensor: &Tensor, start: isize, stop: isize, step: isize) -> Option<Tensor> {
    let length = *tensor.shape().first()?;
    let slice = Slice::resolve(Some(start), Some(stop), Some(step), length).ok()?;
    // SAFETY: [reach]: some of `tensor`'s elements.
    Some(unsafe { tensor.within(tensor.layout().slice(0, slice)) })
}
