//! Which elements of a tensor are no longer the bytes that they were, and who can have written them.

use std::ops::Range;

use tensorbridge_core::layout::Order;
use tensorbridge_core::{Dims, Error, Layout, Result, Tensor, interrupt};

use super::writes::{Place, Write};

/// Runs of changed elements that are told apart.
const MOST: usize = 1024;

/// Some elements of a tensor, counted in C order.
#[derive(Clone, Debug, Default)]
pub struct Elements {
    /// How many.
    pub count: usize,
    /// Runs of neighbours, the first thousand of them.
    pub runs: Vec<Range<usize>>,
    /// The last of them.
    pub last: usize,
    /// Which indices they have along each axis.
    along: Vec<Vec<bool>>,
}

/// What became of a tensor's elements.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The elements whose bytes changed.
    pub all: Elements,
    /// Those of them that no write reaches.
    pub unexplained: Elements,
    /// How many of them each write reaches.
    pub by: Vec<usize>,
}

impl Elements {
    fn of(shape: &[usize]) -> Self {
        Self { along: shape.iter().map(|&length| vec![false; length]).collect(), ..Self::default() }
    }

    fn add(&mut self, place: usize, index: &[usize]) {
        self.count += 1;
        self.last = place;
        if let Some(run) = self.runs.last_mut()
            && run.end == place
        {
            run.end += 1;
        } else if self.runs.len() < MOST {
            self.runs.push(place..place + 1);
        }
        for (seen, &at) in self.along.iter_mut().zip(index) {
            seen[at] = true;
        }
    }

    /// For each axis the indices that occur, as `(first, end, step)`.
    #[must_use]
    pub fn axes(&self) -> Vec<Vec<(usize, usize, usize)>> {
        self.along.iter().map(|seen| progressions(seen)).collect()
    }

    /// Whether the elements are all those with such indices, and no fewer.
    #[must_use]
    pub fn is_grid(&self) -> bool {
        let lengths = self.along.iter().map(|seen| seen.iter().filter(|&&seen| seen).count());
        lengths.product::<usize>() == self.count
    }
}

/// The places that are true, as slices: as few as are found from left to right.
fn progressions(seen: &[bool]) -> Vec<(usize, usize, usize)> {
    let places: Vec<_> = (0..seen.len()).filter(|&place| seen[place]).collect();
    let mut rest = &places[..];
    let mut found = Vec::new();
    while let [first, ..] = *rest {
        let step = rest.get(1).map_or(1, |second| second - first);
        let mut length = rest.windows(2).take_while(|pair| pair[1] - pair[0] == step).count() + 1;
        if length == 2 && step > 1 {
            // Two places are no rhythm, and the second may begin another.
            length = 1;
        }
        let step = if length == 1 { 1 } else { step };
        found.push((first, rest[length - 1] + 1, step));
        rest = &rest[length..];
    }
    found
}

/// Compares `now` with `before`, a dense copy of it in C order, byte by byte. `writes` are those
/// that may have reached it.
///
/// # Errors
///
/// `Value` where the two do not fit together; `Interrupted`.
pub fn compare(before: &Tensor, now: &Tensor, writes: &[Write]) -> Result<Changes> {
    if before.shape() != now.shape()
        || before.dtype() != now.dtype()
        || !before.is_contiguous(Order::C)
        || !(before.access().host && now.access().host)
    {
        return Err(Error::value("only a dense copy of a tensor can be compared with it"));
    }
    let (shape, size) = (now.shape(), now.dtype().itemsize());
    let mut changes = Changes {
        all: Elements::of(shape),
        unexplained: Elements::of(shape),
        by: vec![0; writes.len()],
    };
    let writes: Vec<_> =
        writes.iter().map(|write| (&write.place, dense_range(&write.place))).collect();
    let alone = Layout::new(&[], &[], 0)?;
    let mut index: Dims<usize> = Dims::from_elem(0, shape.len());
    let (mut address, kept) = (now.read_address(), before.read_address());
    for place in 0..now.count() {
        if place % (1 << 16) == 0 {
            interrupt::check()?;
        }
        // SAFETY: [reach] and [alive]: the element at `index` of either tensor; `before` is dense
        // in C order.
        if unsafe { differ(address, kept.wrapping_add(place * size), size) } {
            let element = Place { address: address.addr(), layout: alone.clone(), itemsize: size };
            let mut explained = false;
            for ((write, range), by) in writes.iter().zip(&mut changes.by) {
                let reaches = match range {
                    Some(range) => {
                        range.start < element.address + size && element.address < range.end
                    }
                    None => write.meets(&element),
                };
                *by += usize::from(reaches);
                explained |= reaches;
            }
            changes.all.add(place, &index);
            if !explained {
                changes.unexplained.add(place, &index);
            }
        }
        // One further in C order.
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            address = address.wrapping_offset(now.strides()[axis]);
            if index[axis] < shape[axis] {
                break;
            }
            address = address.wrapping_offset(-now.strides()[axis] * shape[axis] as isize);
            index[axis] = 0;
        }
    }
    Ok(changes)
}

/// The bytes of a place that fills them all, so that membership is two comparisons.
fn dense_range(place: &Place) -> Option<Range<usize>> {
    let reach = place.layout.reach(place.itemsize).ok()?;
    // A place that was granted to be written does not overlap itself.
    (reach.len() == place.layout.count() * place.itemsize).then(|| {
        place.address.wrapping_add_signed(reach.start)..place.address.wrapping_add_signed(reach.end)
    })
}

/// Whether two elements of `size` bytes differ in any.
///
/// # Safety
///
/// [reach] and [alive] for both.
#[inline]
unsafe fn differ(a: *const u8, b: *const u8, size: usize) -> bool {
    // SAFETY: by this function's contract; elements may be misaligned. Raw reads, as others may
    // write.
    unsafe {
        match size {
            1 => a.read() != b.read(),
            2 => a.cast::<u16>().read_unaligned() != b.cast::<u16>().read_unaligned(),
            4 => a.cast::<u32>().read_unaligned() != b.cast::<u32>().read_unaligned(),
            8 => a.cast::<u64>().read_unaligned() != b.cast::<u64>().read_unaligned(),
            _ => (0..size).any(|byte| a.add(byte).read() != b.add(byte).read()),
        }
    }
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::storage::host::Fill;
    use tensorbridge_core::{DType, Device, Scalar};

    use super::*;
    use crate::exchange::Reason;
    use crate::{ops::views, transfer};

    #[test]
    fn places_become_slices() {
        let slices = |places: &[usize]| {
            let mut seen = vec![false; 20];
            places.iter().for_each(|&place| seen[place] = true);
            progressions(&seen)
        };
        assert_eq!(slices(&[]), []);
        assert_eq!(slices(&[4]), [(4, 5, 1)]);
        assert_eq!(slices(&[4, 5, 6]), [(4, 7, 1)]);
        assert_eq!(slices(&[1, 3, 5, 7]), [(1, 8, 2)]);
        assert_eq!(slices(&[1, 9]), [(1, 2, 1), (9, 10, 1)]);
        assert_eq!(slices(&[0, 3, 4, 9]), [(0, 1, 1), (3, 5, 1), (9, 10, 1)]);
        assert_eq!(slices(&[0, 1, 9, 12, 15]), [(0, 2, 1), (9, 16, 3)]);
    }

    #[test]
    fn changes_are_found_and_explained() {
        let whole = Tensor::allocate(&[4, 6], DType::Float64, Device::CPU, Fill::Zero).unwrap();
        let view = views::flip(&whole, &[1]).unwrap();
        let before = transfer::copy_contiguous(&view, "test", Reason::Requested).unwrap();
        let nothing = compare(&before, &view, &[]).unwrap();
        assert_eq!((nothing.all.count, nothing.all.is_grid()), (0, true));
        let row = views::select(&whole, 0, 2).unwrap();
        let column = views::select(&whole, 1, 0).unwrap();
        transfer::fill(&row, Scalar::Int(1)).unwrap();
        transfer::fill(&column, Scalar::Int(2)).unwrap();
        let write = |tensor: &Tensor| Write { place: Place::of(tensor), caller: None, times: 1 };
        let found = compare(&before, &view, &[write(&row)]).unwrap();
        assert_eq!((found.all.count, found.by[0], found.unexplained.count), (9, 6, 3));
        assert_eq!(found.all.runs, [5..6, 11..18, 23..24]);
        assert_eq!(found.unexplained.axes(), [vec![(0, 2, 1), (3, 4, 1)], vec![(5, 6, 1)]]);
        assert!(found.unexplained.is_grid() && !found.all.is_grid());
        let both = compare(&before, &view, &[write(&row), write(&column)]).unwrap();
        assert_eq!((both.by, both.unexplained.count), (vec![6, 4], 0));
        assert!(compare(&view, &view, &[]).is_err());
    }
}
