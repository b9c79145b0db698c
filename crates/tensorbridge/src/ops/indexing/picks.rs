//! What index tensors pick: checked byte offsets, broadcast together, or the indices of one axis
//! for as long as nothing else needs to know where they lead.

use tensorbridge_core::engine::Operand;
use tensorbridge_core::layout::{broadcast_shapes, element_count};
use tensorbridge_core::{Dims, Error, Layout, Result, Tensor};
use tensorbridge_cpu::indices::{self, BadIndex};

use super::resolve::out_of_bounds;
use crate::values::check_readable;

/// What one index tensor picks.
pub(super) struct Part {
    shape: Dims<usize>,
    places: Places,
}

/// Where it picks.
pub(super) enum Places {
    /// Bytes, in C order.
    Offsets(Vec<isize>),
    /// Along one axis, not yet checked.
    Axis(Axis),
}

/// Indices of one axis.
#[derive(Clone)]
pub(super) struct Axis {
    pub(super) indices: Tensor,
    pub(super) axis: usize,
    pub(super) length: usize,
    pub(super) stride: isize,
}

impl Axis {
    /// The offsets of the indices, every one of them checked.
    pub(super) fn offsets(&self) -> Result<Vec<isize>> {
        // SAFETY: [reach] and [alive]: a tensor, alive here; its memory is the host's.
        let offsets =
            unsafe { indices::offsets(Operand::read(&self.indices), self.length, self.stride) };
        offsets.map_err(|bad| match bad {
            BadIndex::OutOfBounds(index) => out_of_bounds(index, self.axis, self.length),
            BadIndex::Other(error) => error,
        })
    }
}

impl Part {
    /// What a mask picks over axes with `strides`; their lengths are the mask's.
    pub(super) fn of_mask(mask: &Tensor, strides: &[isize]) -> Result<Self> {
        check_readable(mask)?;
        // SAFETY: [reach] and [alive]: a tensor, alive here; its memory is the host's.
        let offsets = unsafe { indices::mask_offsets(Operand::read(mask), strides)? };
        let shape = Dims::from_slice(&[offsets.len()]);
        Ok(Self { shape, places: Places::Offsets(offsets) })
    }

    /// What indices pick of `axis`.
    pub(super) fn of_integers(
        indices: &Tensor,
        axis: usize,
        length: usize,
        stride: isize,
    ) -> Result<Self> {
        check_readable(indices)?;
        let axis = Axis { indices: indices.clone(), axis, length, stride };
        Ok(Self { shape: Dims::from_slice(indices.shape()), places: Places::Axis(axis) })
    }

    /// Every element of an axis, as axis `axis` of `ndim`.
    pub(super) fn whole(axis: usize, ndim: usize, length: usize, stride: isize) -> Self {
        let mut shape: Dims<usize> = Dims::from_elem(1, ndim);
        shape[axis] = length;
        let offsets = (0..length as isize).map(|index| stride.wrapping_mul(index)).collect();
        Self { shape, places: Places::Offsets(offsets) }
    }
}

/// What all index tensors of an index pick together.
pub(super) struct Picks {
    /// The shape that they broadcast to.
    pub(super) shape: Dims<usize>,
    /// From the view's element `[0, …, 0]`, in C order.
    pub(super) places: Places,
    /// Where in the result, among the view's axes, their axes stand.
    place: usize,
}

impl Picks {
    /// Broadcasts the parts together.
    pub(super) fn together(mut parts: Vec<Part>, place: usize) -> Result<Self> {
        if parts.len() == 1
            && let Some(Part { shape, places }) = parts.pop()
        {
            return Ok(Self { shape, places, place });
        }
        let shapes: Dims<&[usize]> = parts.iter().map(|part| &part.shape[..]).collect();
        let shape = broadcast_shapes(&shapes).map_err(|_| {
            let shapes: Vec<_> = shapes.iter().map(|shape| format!("{shape:?}")).collect();
            Error::index(format!(
                "shape mismatch: indexing tensors could not be broadcast together with shapes {}",
                shapes.join(", ")
            ))
        })?;
        let count = element_count(&shape)?;
        let mut offsets = Vec::new();
        offsets.try_reserve_exact(count).map_err(|_| {
            Error::memory(format!("cannot allocate the offsets of {count} picked elements"))
        })?;
        offsets.resize(count, 0);
        for part in &parts {
            let checked;
            let own = match &part.places {
                Places::Offsets(offsets) => offsets,
                Places::Axis(axis) => {
                    checked = axis.offsets()?;
                    &checked
                }
            };
            let positions = Layout::contiguous(&part.shape, 1)?.broadcast_to(&shape)?;
            indices::add(&mut offsets, &shape, own, positions.strides())?;
        }
        Ok(Self { shape, places: Places::Offsets(offsets), place })
    }

    /// The bytes from the view's element `[0, …, 0]`, in C order, every index checked.
    pub(super) fn offsets(&mut self) -> Result<&[isize]> {
        if let Places::Axis(axis) = &self.places {
            self.places = Places::Offsets(axis.offsets()?);
        }
        match &self.places {
            Places::Offsets(offsets) => Ok(offsets),
            Places::Axis(_) => unreachable!("indices have become offsets"),
        }
    }

    /// The shape of the result for a view of shape `shape`.
    pub(super) fn shape_in(&self, shape: &[usize]) -> Dims<usize> {
        let (before, after) = shape.split_at(self.place);
        [before, &self.shape, after].into_iter().flatten().copied().collect()
    }

    /// One number per axis of the result, with those of the picked axes moved to the front.
    pub(super) fn first<T: Copy>(&self, numbers: &[T]) -> Dims<T> {
        let end = self.place + self.shape.len();
        [&numbers[self.place..end], &numbers[..self.place], &numbers[end..]]
            .into_iter()
            .flatten()
            .copied()
            .collect()
    }
}
