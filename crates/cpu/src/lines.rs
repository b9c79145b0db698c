//! The lines of a tensor along one axis, and where what is made of them goes.

use tensorbridge_core::layout::Dims;
use tensorbridge_core::layout::nest::Nest;
use tensorbridge_core::{DType, Operand};

use crate::loops::{self, Loop};

/// Lines of an input and of an output of the same shape, except along the axis.
pub(crate) struct Lines {
    from: *mut u8,
    out: *mut u8,
    /// Elements of a line of the input, and the steps along the axis in the input and the output.
    pub(crate) length: usize,
    pub(crate) steps: [isize; 2],
    /// Lines beside one another, and the steps to the next in the input and the output.
    pub(crate) beside: (usize, [isize; 2]),
    /// The other loops.
    kept: Nest<2>,
    /// Whether memory runs across the lines.
    pub(crate) across: bool,
    /// How elements become dense ones of the dtype that is computed in, where they are not.
    pub(crate) load: Option<Loop<2>>,
    /// How results become the output's elements, where they do not lie densely in its dtype.
    pub(crate) store: Option<Loop<2>>,
}

// SAFETY: addresses and numbers. Whoever made them holds [reach], [alive], [permit] and [alias].
unsafe impl Sync for Lines {}

/// `place`, `index` steps further.
#[inline(always)]
pub(crate) fn moved(place: *mut u8, step: isize, index: usize) -> *mut u8 {
    place.wrapping_offset(step.wrapping_mul(index as isize))
}

impl Lines {
    /// The lines along `axis`, for a computation in `compute`.
    pub(crate) fn new(axis: usize, compute: DType, from: &Operand<'_>, out: &Operand<'_>) -> Self {
        let without = |strides: &[isize]| -> Dims<isize> {
            let others = strides.iter().enumerate().filter(|&(place, _)| place != axis);
            others.map(|(_, &step)| step).collect()
        };
        let others = from.shape.iter().enumerate().filter(|&(place, _)| place != axis);
        let shape: Dims<usize> = others.map(|(_, &length)| length).collect();
        let mut kept = Nest::new(&shape, [&without(from.strides), &without(out.strides)]);
        let beside = kept.inner();
        kept.lengths.pop();
        kept.steps.pop();
        let (length, steps) = (from.shape[axis], [from.strides[axis], out.strides[axis]]);
        let nearer = |operand: usize| {
            let axis_step = steps[operand].unsigned_abs();
            (1..axis_step).contains(&beside.1[operand].unsigned_abs())
        };
        let across = beside.0 > 1 && (nearer(1) || nearer(0) && beside.0 >= 8);
        let dense = if across { beside.1 } else { steps };
        let loop_of = |operand: &Operand<'_>, step: isize, from: DType, to: DType| {
            let size = operand.dtype.itemsize();
            match from == to {
                true if step == size as isize => None,
                true => Some(loops::copy(size)),
                false => Some(loops::cast(from, to)),
            }
        };
        Self {
            from: from.address,
            out: out.address,
            length,
            steps,
            beside,
            kept,
            across,
            load: loop_of(from, dense[0], from.dtype, compute),
            store: loop_of(out, dense[1], compute, out.dtype),
        }
    }

    /// Groups of lines beside one another.
    pub(crate) fn groups(&self) -> usize {
        self.kept.lengths.iter().product()
    }

    /// The first elements of a line of a group in the input and in the output.
    pub(crate) fn place(&self, mut group: usize, line: usize) -> [*mut u8; 2] {
        let mut places = [self.from, self.out];
        let mut advance = |steps: [isize; 2], by: usize| {
            for (place, step) in places.iter_mut().zip(steps) {
                *place = moved(*place, step, by);
            }
        };
        advance(self.beside.1, line);
        for (&length, &steps) in self.kept.lengths.iter().zip(&self.kept.steps).rev() {
            advance(steps, group % length);
            group /= length;
        }
        places
    }
}
