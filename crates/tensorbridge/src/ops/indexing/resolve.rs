//! From an index to a layout and, where tensors index, the offsets they pick.

use tensorbridge_core::layout::Slice;
use tensorbridge_core::{Dims, Error, Layout, MAX_NDIM, Result, Tensor};

use super::Index;
use super::picks::{Part, Picks};

/// What an index means for a tensor.
pub(super) struct Resolved {
    /// The axes that no index tensor picks from, with slices and integers taken.
    pub(super) layout: Layout,
    /// What masks and integer tensors pick, if there are any; boxed, for mostly there are none.
    pub(super) picks: Option<Box<Picks>>,
}

/// Checks all of `indices` and says what they mean.
///
/// # Errors
///
/// As [`super::get`].
pub(super) fn resolve(tensor: &Tensor, indices: &[Index]) -> Result<Resolved> {
    let whole = count(tensor, indices)?;
    let picking = indices.iter().any(|index| matches!(index, Index::Mask(_) | Index::Integer(_)));
    let mut walk = Walk::new(tensor, picking);
    let mut ellipsis = false;
    for index in indices {
        match index {
            Index::Int(index) => walk.int(*index)?,
            Index::Slice { start, stop, step } => walk.slice(*start, *stop, *step)?,
            Index::NewAxis => walk.new_axis(),
            Index::Ellipsis => {
                walk.whole(whole);
                ellipsis = true;
            }
            Index::Mask(mask) => walk.mask(mask)?,
            Index::Integer(indices) => walk.integers(indices)?,
        }
    }
    if !ellipsis {
        walk.whole(whole);
    }
    walk.finish()
}

/// Counts the axes that no item of `indices` names.
fn count(tensor: &Tensor, indices: &[Index]) -> Result<usize> {
    let (mut named, mut ellipses) = (0, 0);
    for index in indices {
        match index {
            Index::Int(_) | Index::Slice { .. } | Index::Integer(_) => named += 1,
            Index::Mask(mask) => named += mask.ndim(),
            Index::Ellipsis => ellipses += 1,
            Index::NewAxis => {}
        }
    }
    if ellipses > 1 {
        return Err(Error::index("an index can only have a single ellipsis ('...')"));
    }
    tensor.ndim().checked_sub(named).ok_or_else(|| {
        Error::index(format!(
            "too many indices for tensor of dimension {}: {named} axes are indexed",
            tensor.ndim()
        ))
    })
}

/// `index` counted from the front of `axis`.
fn check(index: isize, axis: usize, length: usize) -> Result<usize> {
    let place = if index < 0 { index.wrapping_add(length as isize) } else { index };
    if (place as usize) < length {
        return Ok(place as usize);
    }
    Err(out_of_bounds(index as i128, axis, length))
}

/// PyTorch's words for an index that an axis does not have.
#[cold]
pub(super) fn out_of_bounds(index: i128, axis: usize, length: usize) -> Error {
    Error::index(format!("index {index} is out of bounds for dimension {axis} with size {length}"))
}

/// Walks the items of an index from left to right.
struct Walk<'a> {
    tensor: &'a Tensor,
    /// Whether any item is a mask or an integer tensor; then integers take part in the placing.
    picking: bool,
    /// Whether the tensor has no elements; then nothing may move its address.
    empty: bool,
    axis: usize,
    shape: Dims<usize>,
    strides: Dims<isize>,
    offset: usize,
    parts: Vec<Part>,
    /// Where among the view's axes the picked ones stood first.
    place: Option<usize>,
    /// Something else has followed them.
    closed: bool,
    /// They are not side by side.
    scattered: bool,
}

impl<'a> Walk<'a> {
    fn new(tensor: &'a Tensor, picking: bool) -> Self {
        Self {
            tensor,
            picking,
            empty: tensor.shape().contains(&0),
            axis: 0,
            shape: Dims::new(),
            strides: Dims::new(),
            offset: tensor.layout().offset(),
            parts: Vec::new(),
            place: None,
            closed: false,
            scattered: false,
        }
    }

    /// The length and stride of the next axis.
    fn next(&mut self) -> (usize, isize) {
        let axis = self.axis;
        self.axis += 1;
        (self.tensor.shape()[axis], self.tensor.strides()[axis])
    }

    fn move_by(&mut self, stride: isize, count: usize) {
        if !self.empty {
            self.offset = self.offset.wrapping_add_signed(stride.wrapping_mul(count as isize));
        }
    }

    fn keep(&mut self, length: usize, stride: isize) {
        self.shape.push(length);
        self.strides.push(stride);
        self.closed |= self.place.is_some();
    }

    fn picked(&mut self) {
        self.scattered |= self.closed;
        self.place.get_or_insert(self.shape.len());
    }

    fn int(&mut self, index: isize) -> Result<()> {
        let axis = self.axis;
        let (length, stride) = self.next();
        let index = check(index, axis, length)?;
        self.move_by(stride, index);
        if self.picking {
            self.picked();
        }
        Ok(())
    }

    fn slice(
        &mut self,
        start: Option<isize>,
        stop: Option<isize>,
        step: Option<isize>,
    ) -> Result<()> {
        let (length, stride) = self.next();
        let slice = Slice::resolve(start, stop, step, length)?;
        if slice.length > 0 {
            self.move_by(stride, slice.start);
        }
        // A stride is used only between two elements; one that would overflow never is.
        self.keep(slice.length, stride.wrapping_mul(slice.step));
        Ok(())
    }

    fn new_axis(&mut self) {
        self.keep(1, 0);
    }

    fn whole(&mut self, count: usize) {
        // Even one that stands for no axis parts its neighbours.
        self.closed |= self.place.is_some();
        for _ in 0..count {
            let (length, stride) = self.next();
            self.keep(length, stride);
        }
    }

    fn mask(&mut self, mask: &Tensor) -> Result<()> {
        let first = self.axis;
        let shape = &self.tensor.shape()[first..first + mask.ndim()];
        // Where a mask has no length it picks nothing, whatever lies below it, as in NumPy.
        let fits = |axis: usize| mask.shape()[axis] == 0 || mask.shape()[axis] == shape[axis];
        if let Some(axis) = (0..mask.ndim()).find(|&axis| !fits(axis)) {
            return Err(Error::index(format!(
                "The shape of the mask {:?} at index {axis} does not match the shape of the indexed tensor {:?} at index {}",
                mask.shape(),
                self.tensor.shape(),
                first + axis
            )));
        }
        self.axis += mask.ndim();
        let strides = &self.tensor.strides()[first..self.axis];
        self.parts.push(Part::of_mask(mask, strides)?);
        self.picked();
        Ok(())
    }

    fn integers(&mut self, indices: &Tensor) -> Result<()> {
        let axis = self.axis;
        let (length, stride) = self.next();
        self.parts.push(Part::of_integers(indices, axis, length, stride)?);
        self.picked();
        Ok(())
    }

    fn finish(self) -> Result<Resolved> {
        let place = if self.scattered { 0 } else { self.place.unwrap_or(0) };
        let picks = match self.parts.is_empty() {
            true => None,
            false => Some(Box::new(Picks::together(self.parts, place)?)),
        };
        let ndim = self.shape.len() + picks.as_ref().map_or(0, |picks| picks.shape.len());
        if ndim > MAX_NDIM {
            return Err(Error::index(format!(
                "number of dimensions must be within [0, {MAX_NDIM}], indexing result would have {ndim}"
            )));
        }
        let layout = Layout::of(self.shape, self.strides, self.offset)?;
        Ok(Resolved { layout, picks })
    }
}
