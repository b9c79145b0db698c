//! `pad`: a tensor with borders, whose elements are a constant or come from the tensor itself.

use tensorbridge_core::layout::{Slice, element_count};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{Dims, Error, Result, Scalar, Tensor};

use crate::transfer;

/// Where the elements of borders come from, in NumPy's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// The number given for that side.
    Constant,
    /// The element at the edge.
    Edge,
    /// The mirror image, the edge itself not repeated: `c b | a b c | b a`.
    Reflect,
    /// The mirror image with the edge: `b a | a b c | c b`.
    Symmetric,
    /// The other end: `b c | a b c | a b`.
    Wrap,
}

/// A fresh copy of `tensor` with `widths[i]` elements before and after the others along axis `i`,
/// or fewer elements where a width is negative. Axes are padded in order, so that corners are made
/// of borders.
///
/// `values` are the constants before and after each axis.
///
/// # Errors
///
/// `Value` where more is cut off than there is, or where an axis without elements would have to
/// provide some; `Type` or `Overflow` for constants that the dtype cannot hold.
pub fn pad(
    tensor: &Tensor,
    widths: &[[isize; 2]],
    border: Border,
    values: &[[Scalar; 2]],
) -> Result<Tensor> {
    if border == Border::Constant {
        for value in values.iter().flatten() {
            value.check_fits(tensor.dtype())?;
        }
    }
    let kept = cropped(tensor, widths)?;
    let mut shape = Dims::from_slice(kept.shape());
    for (axis, (length, widths)) in shape.iter_mut().zip(widths).enumerate() {
        let [before, after] = widths.map(|width| width.max(0) as usize);
        if *length == 0 && before + after > 0 && border != Border::Constant {
            return Err(Error::value(format!(
                "pad: axis {axis} has no elements to make a border of, its shape is {:?}",
                kept.shape()
            ))
            .hint("`mode=\"constant\"` pads empty axes, too"));
        }
        *length = length
            .checked_add(before)
            .and_then(|length| length.checked_add(after))
            .ok_or_else(|| Error::value(format!("pad: {widths:?} is too wide for axis {axis}")))?;
    }
    element_count(&shape)?;
    let result = Tensor::allocate(&shape, tensor.dtype(), tensor.device(), Fill::Uninitialized)?;
    // What has been written so far: whole axes in front, the kept part of those behind.
    let mut region = result.clone();
    for (axis, widths) in widths.iter().enumerate() {
        let middle =
            Slice { start: widths[0].max(0) as usize, step: 1, length: kept.shape()[axis] };
        region = region.with_layout(region.layout().slice(axis, middle))?;
    }
    transfer::place(&region, &kept, "pad")?;
    for axis in 0..shape.len() {
        region = grown(&result, &kept, widths, axis)?;
        let line = Line {
            tensor: &region,
            axis,
            start: widths[axis][0].max(0) as usize,
            length: kept.shape()[axis],
        };
        match border {
            Border::Constant => line.constant(values[axis])?,
            _ if kept.shape()[axis] == 0 => {}
            Border::Edge => line.edge()?,
            Border::Wrap => line.periodic(line.length, None)?,
            Border::Symmetric => line.periodic(2 * line.length, Some(0))?,
            // There is nothing beside a single element.
            Border::Reflect if line.length == 1 => line.edge()?,
            Border::Reflect => line.periodic(2 * line.length - 2, Some(1))?,
        }
    }
    Ok(result)
}

/// What negative widths leave.
fn cropped(tensor: &Tensor, widths: &[[isize; 2]]) -> Result<Tensor> {
    let mut kept = tensor.clone();
    for (axis, widths) in widths.iter().enumerate() {
        let [before, after] = widths.map(|width| width.min(0).unsigned_abs());
        let length =
            kept.shape()[axis].checked_sub(before).and_then(|rest| rest.checked_sub(after));
        let Some(length) = length else {
            return Err(Error::value(format!(
                "pad: {widths:?} cuts off more than the {} elements of axis {axis}",
                kept.shape()[axis]
            )));
        };
        kept =
            kept.with_layout(kept.layout().slice(axis, Slice { start: before, step: 1, length }))?;
    }
    Ok(kept)
}

/// The axes up to `axis` whole, and of those behind it the middle.
fn grown(result: &Tensor, kept: &Tensor, widths: &[[isize; 2]], axis: usize) -> Result<Tensor> {
    let mut layout = result.layout().clone();
    for (behind, widths) in widths.iter().enumerate().skip(axis + 1) {
        let start = widths[0].max(0) as usize;
        layout = layout.slice(behind, Slice { start, step: 1, length: kept.shape()[behind] });
    }
    result.with_layout(layout)
}

/// An axis of which the elements `start..start + length` have been written.
struct Line<'a> {
    tensor: &'a Tensor,
    axis: usize,
    start: usize,
    length: usize,
}

impl Line<'_> {
    fn end(&self) -> usize {
        self.start + self.length
    }

    fn total(&self) -> usize {
        self.tensor.shape()[self.axis]
    }

    /// Both borders: first index and length.
    fn borders(&self) -> [(usize, usize); 2] {
        [(0, self.start), (self.end(), self.total() - self.end())]
    }

    fn constant(&self, values: [Scalar; 2]) -> Result<()> {
        for ((start, length), value) in self.borders().into_iter().zip(values) {
            let slice = Slice { start, step: 1, length };
            let border = self.tensor.with_layout(self.tensor.layout().slice(self.axis, slice))?;
            transfer::fill(&border, value)?;
        }
        Ok(())
    }

    fn edge(&self) -> Result<()> {
        for ((start, length), edge) in self.borders().into_iter().zip([self.start, self.end() - 1])
        {
            let edge = Slice { start: edge, step: 1, length: 1 };
            self.copy(edge, Slice { start, step: 1, length })?;
        }
        Ok(())
    }

    /// Continues a sequence that comes back after `period` elements. Where it is mirrored, the
    /// first image leaves out `skip` elements at the edge, and with it a whole period is there;
    /// then ever longer pieces are copied by whole periods.
    fn periodic(&self, period: usize, skip: Option<usize>) -> Result<()> {
        let image = skip.map_or(0, |skip| self.length - skip);
        let (mut high, total) = (self.end(), self.total());
        let first = image.min(total - high);
        if let Some(skip) = skip {
            let from = Slice { start: high - 1 - skip.min(high - 1), step: -1, length: first };
            self.copy(from, Slice { start: high, step: 1, length: first })?;
        }
        high += first;
        while high < total {
            let back = (high - self.start) / period * period;
            let length = back.min(total - high);
            let from = Slice { start: high - back, step: 1, length };
            self.copy(from, Slice { start: high, step: 1, length })?;
            high += length;
        }
        let mut low = self.start;
        let first = image.min(low);
        if let Some(skip) = skip {
            let from =
                Slice { start: low + skip + first.saturating_sub(1), step: -1, length: first };
            self.copy(from, Slice { start: low - first, step: 1, length: first })?;
        }
        low -= first;
        while low > 0 {
            let on = (self.end() - low) / period * period;
            let length = on.min(low);
            let from = Slice { start: low + on - length, step: 1, length };
            self.copy(from, Slice { start: low - length, step: 1, length })?;
            low -= length;
        }
        Ok(())
    }

    fn copy(&self, from: Slice, to: Slice) -> Result<()> {
        transfer::place_along(self.tensor, self.axis, from, to, "pad")
    }
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::DType;

    use super::*;
    use crate::ops::testing::{tensor, values};

    const ZERO: [Scalar; 2] = [Scalar::Int(0); 2];

    /// The index that position `place` of a border repeats, by walking there.
    fn source(place: isize, length: isize, border: Border) -> usize {
        let (mut at, mut step) = (0, 1);
        for _ in 0..place.abs() {
            match border {
                Border::Wrap => at = (at + place.signum()).rem_euclid(length),
                Border::Edge => at = (at + place.signum()).clamp(0, length - 1),
                _ => {
                    let next = at + step * place.signum();
                    if (0..length).contains(&next) {
                        at = next;
                    } else {
                        step = -step;
                        let mirrored = at + step * place.signum();
                        if border == Border::Reflect && (0..length).contains(&mirrored) {
                            at = mirrored;
                        }
                    }
                }
            }
        }
        at as usize
    }

    #[test]
    fn borders_of_any_width() {
        for border in [Border::Edge, Border::Reflect, Border::Symmetric, Border::Wrap] {
            for length in 1..5_isize {
                let items: Vec<f64> = (0..length).map(|item| item as f64).collect();
                let t = tensor(&[length as usize], &items, DType::Int32);
                for (before, after) in (0..12).flat_map(|a| (0..12).map(move |b| (a, b))) {
                    let padded = pad(&t, &[[before, after]], border, &[ZERO]).unwrap();
                    let expected: Vec<f64> = (-before..length + after)
                        .map(|place| source(place, length, border) as f64)
                        .collect();
                    assert_eq!(values(&padded), expected, "{border:?} {length} {before} {after}");
                }
            }
        }
    }

    #[test]
    fn constants_and_corners() {
        let t = tensor(&[1, 1], &[5.], DType::Int8);
        let sides = [[Scalar::Int(1), Scalar::Int(2)], [Scalar::Int(3), Scalar::Int(4)]];
        let padded = pad(&t, &[[1, 1], [1, 1]], Border::Constant, &sides).unwrap();
        assert_eq!(values(&padded), [3., 1., 4., 3., 5., 4., 3., 2., 4.]);
        let wide = [[Scalar::Int(300); 2]; 2];
        assert!(pad(&t, &[[1, 1], [1, 1]], Border::Constant, &wide).is_err());
        let empty = tensor(&[0], &[], DType::Int8);
        assert_eq!(
            values(&pad(&empty, &[[1, 1]], Border::Constant, &sides[..1]).unwrap()),
            [1., 2.]
        );
        assert!(pad(&empty, &[[0, 1]], Border::Wrap, &[ZERO]).is_err());
    }

    #[test]
    fn negative_widths_cut_off() {
        let t = tensor(&[4], &[1., 2., 3., 4.], DType::Float32);
        let cut = |widths: [isize; 2], border| pad(&t, &[widths], border, &[ZERO]);
        assert_eq!(values(&cut([-1, 2], Border::Edge).unwrap()), [2., 3., 4., 4., 4.]);
        assert_eq!(values(&cut([-3, -1], Border::Constant).unwrap()), [0.0; 0]);
        assert!(cut([-3, -2], Border::Constant).is_err());
        assert!(cut([isize::MAX, isize::MAX], Border::Constant).is_err());
    }
}
