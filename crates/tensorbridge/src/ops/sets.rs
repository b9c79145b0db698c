//! Tensors as sets: their different elements, and what two have in common.
//!
//! Elements are equal as `==` has it: both zeros are one, and each NaN is an element of its own,
//! unless a caller wants one NaN for all.

use tensorbridge_core::dtype::Complex64;
use tensorbridge_core::engine::Operand as Prepared;
use tensorbridge_core::layout::{Order, normalize_axis};
use tensorbridge_core::op::{Binary, Compare, Reduce, Search, Sorting};
use tensorbridge_core::storage::host::Fill;
use tensorbridge_core::{DType, Device, Dims, Layout, Result, Scalar, Tensor};

use super::indexing::{self, masked_select, take};
use super::searching::flat;
use super::{
    Op, Operand, Operation, Reduction, argsort, binary, compare, concatenate, creation, is_in,
    reduce, result_dtype, sort, views,
};
use crate::engines::engine;
use crate::exchange::Reason;
use crate::transfer;
use crate::values::check_readable;

/// What is asked for beside the different elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Where each occurs first.
    pub indices: bool,
    /// Which of them stands at each place.
    pub inverse: bool,
    /// How often each occurs.
    pub counts: bool,
    /// One NaN for all.
    pub equal_nan: bool,
}

/// The different elements of a tensor, with what was asked for.
#[derive(Clone, Debug)]
pub struct Unique {
    /// The different elements, in order.
    pub values: Tensor,
    /// Where each occurs first, counted in C order.
    pub indices: Option<Tensor>,
    /// Which of them stands at each place: of the shape of the tensor, or along the axis.
    pub inverse: Option<Tensor>,
    /// How often each occurs.
    pub counts: Option<Tensor>,
}

const PLAIN: Sorting = Sorting { descending: false, stable: true };

/// The different elements of `tensor`, in ascending order.
///
/// # Errors
///
/// `NotImplemented` for a meta tensor, `Memory`.
pub fn unique(tensor: &Tensor, wanted: Wanted) -> Result<Unique> {
    check_readable(tensor)?;
    let line = flat(tensor, "unique")?;
    let places = match wanted.indices || wanted.inverse {
        true => Some(argsort(&line, 0, PLAIN)?),
        false => None,
    };
    let sorted = match &places {
        Some(places) => take(&line, places, Some(0))?,
        None => sort(&line, 0, PLAIN)?,
    };
    unique_of(&sorted, places, tensor.shape(), wanted)
}

/// The different elements of a line whose equal elements stand side by side.
fn unique_of(
    line: &Tensor,
    places: Option<Tensor>,
    shape: &[usize],
    wanted: Wanted,
) -> Result<Unique> {
    let differs = differs(line, wanted.equal_nan)?;
    if !(wanted.indices || wanted.inverse || wanted.counts) {
        let values = masked_select(line, &differs)?;
        return Ok(Unique { values, indices: None, inverse: None, counts: None });
    }
    let starts = indexing::flat_nonzero(&differs)?;
    Groups { starts, places, shape }.unique(line, 0, wanted)
}

/// The elements of `tensor` that differ from the one before them, in C order.
///
/// # Errors
///
/// As [`unique`].
pub fn unique_consecutive(tensor: &Tensor, wanted: Wanted) -> Result<Unique> {
    check_readable(tensor)?;
    let line = flat(tensor, "unique_consecutive")?;
    unique_of(&line, None, tensor.shape(), wanted)
}

/// The different parts of `tensor` along `axis`, ordered by their elements in C order; or with
/// `consecutive` those that differ from the one before them.
///
/// # Errors
///
/// As [`unique`]; `Index` for an axis that `tensor` does not have.
pub fn unique_along(
    tensor: &Tensor,
    axis: isize,
    consecutive: bool,
    wanted: Wanted,
) -> Result<Unique> {
    check_readable(tensor)?;
    let axis = normalize_axis(axis, tensor.ndim())?;
    let first = views::move_axes(tensor, &[axis as isize], &[0])?;
    let first = transfer::contiguous(&first, Order::C, "unique", Reason::Layout)?;
    let count = tensor.shape()[axis];
    let width = tensor.count().checked_div(count).unwrap_or(0);
    let rows =
        first.with_layout(Layout::contiguous(&[count, width], tensor.dtype().itemsize())?)?;
    let places = if consecutive { None } else { Some(sort_rows(&rows)?) };
    let sorted = match &places {
        Some(places) => take(&rows, places, Some(0))?,
        None => rows,
    };
    let starts = row_starts(&sorted)?;
    let groups = Groups { starts, places, shape: &[count] };
    let unique = groups.unique(&sorted, 0, wanted)?;
    let mut shape = Dims::from_slice(first.shape());
    shape[0] = unique.values.shape()[0];
    let layout = Layout::contiguous(&shape, tensor.dtype().itemsize())?;
    let values = views::move_axes(&unique.values.with_layout(layout)?, &[0], &[axis as isize])?;
    Ok(Unique { values, ..unique })
}

/// Runs of equal elements.
struct Groups<'a> {
    /// Where each begins: `int64`.
    starts: Tensor,
    /// Where the elements stood before they were sorted.
    places: Option<Tensor>,
    /// The shape that they were in.
    shape: &'a [usize],
}

impl Groups<'_> {
    fn unique(self, sorted: &Tensor, axis: isize, wanted: Wanted) -> Result<Unique> {
        let values = take(sorted, &self.starts, Some(axis))?;
        let indices = match (&self.places, wanted.indices) {
            (_, false) => None,
            (Some(places), true) => Some(take(places, &self.starts, Some(0))?),
            (None, true) => Some(self.starts.clone()),
        };
        let inverse = wanted.inverse.then(|| self.inverse(sorted.shape()[0])).transpose()?;
        let counts = wanted.counts.then(|| self.counts(sorted.shape()[0])).transpose()?;
        Ok(Unique { values, indices, inverse, counts })
    }

    /// The distances between the starts.
    fn counts(&self, len: usize) -> Result<Tensor> {
        let count = self.starts.count();
        let end = creation::full(&[1], Scalar::Int(len as i128), DType::Int64, Device::CPU)?;
        if count == 0 {
            return Ok(self.starts.clone());
        }
        let ends = concatenate(&[piece(&self.starts, 1, count)?, end], Some(0))?;
        binary(Binary::Subtract, &ends, &self.starts)
    }

    /// The number of the group at each place.
    fn inverse(&self, len: usize) -> Result<Tensor> {
        let result = integers(self.shape)?;
        let at = |tensor: &Tensor| tensor.read_address().cast::<i64>().cast_const();
        let places = self.places.as_ref().map(at);
        let starts = (at(&self.starts), self.starts.count());
        let out = result.write_address()?.cast().as_ptr();
        // SAFETY: [reach] and [alive]: dense tensors of `int64` of our own, of which `places` are
        // all indices below `len`, and the starts ascend. [permit]: the result is fresh.
        unsafe { tensorbridge_cpu::groups::number(starts, places, len, out)? };
        Ok(result)
    }
}

/// A fresh `int64` tensor.
fn integers(shape: &[usize]) -> Result<Tensor> {
    Tensor::allocate(shape, DType::Int64, Device::CPU, Fill::Uninitialized)
}

/// The elements of a line from `start` to `end`.
fn piece(line: &Tensor, start: usize, end: usize) -> Result<Tensor> {
    views::narrow(line, 0, start as isize, (end - start) as isize)
}

/// Whether each element of a line differs from the one before it.
fn differs(line: &Tensor, equal_nan: bool) -> Result<Tensor> {
    let count = line.count();
    let differs = creation::full(&[count], Scalar::Bool(true), DType::Bool, Device::CPU)?;
    if count > 1 {
        let inputs = &[piece(line, 1, count)?.into(), piece(line, 0, count - 1)?.into()];
        let out = piece(&differs, 1, count)?;
        let operation = Operation::Compare(Compare::NotEqual);
        Op { operation, inputs, out: Some(&out) }.run()?;
    }
    let floats = line.dtype().is_float() || line.dtype().is_complex();
    if equal_nan && floats && count > 1 {
        // Of complex numbers with a NaN the first.
        let nan = match line.dtype().is_complex() {
            true => Scalar::Complex(Complex64::new(f64::NEG_INFINITY, f64::NAN)),
            false => Scalar::Float(f64::NAN),
        };
        let nan = creation::full(&[], nan, line.dtype(), Device::CPU)?;
        let place = integers(&[])?;
        let (sorted, from) = (Prepared::read(line), Prepared::read(&nan));
        // SAFETY: [reach] and [alive]: tensors, alive here. [permit] and [alias]: the place is
        // fresh.
        unsafe {
            let out = Prepared::write(&place)?;
            engine(Device::CPU)?.search(Search::Left, sorted, from, out)?;
        }
        let first = crate::values::item(&place)?.cast::<i64>() as usize;
        if first + 1 < count {
            transfer::fill(&piece(&differs, first + 1, count)?, Scalar::Bool(false))?;
        }
    }
    Ok(differs)
}

/// Where in a matrix rows differ from the one before them.
fn row_starts(rows: &Tensor) -> Result<Tensor> {
    let count = rows.shape()[0];
    let differs = creation::full(&[count], Scalar::Bool(true), DType::Bool, Device::CPU)?;
    if count > 1 {
        let differ = compare(
            Compare::NotEqual,
            &views::narrow(rows, 0, 1, count as isize - 1)?,
            &views::narrow(rows, 0, 0, count as isize - 1)?,
        )?;
        let axes = Some(Dims::from_slice(&[1]));
        let any = Reduction { op: Reduce::Any, axes, keepdims: false, dtype: None };
        transfer::place(&piece(&differs, 1, count)?, &reduce(any, &differ)?, "unique")?;
    }
    indexing::flat_nonzero(&differs)
}

/// The indices that put the rows of a dense matrix in order.
fn sort_rows(rows: &Tensor) -> Result<Tensor> {
    let rows = match rows.dtype().is_complex() {
        true => {
            let parts = views::view_as_real(rows)?;
            let shape = [rows.shape()[0], 2 * rows.shape()[1]];
            parts.with_layout(Layout::contiguous(&shape, parts.dtype().itemsize())?)?
        }
        false => rows.clone(),
    };
    let result = integers(&rows.shape()[..1])?;
    // SAFETY: [reach] and [alive]: a tensor, alive here. [permit] and [alias]: the result is
    // fresh.
    unsafe {
        tensorbridge_cpu::groups::sort_rows(Prepared::read(&rows), Prepared::write(&result)?)?
    };
    Ok(result)
}

/// Both as lines of different elements in one dtype; with `distinct` they are known to be.
fn two_sets(
    a: &Tensor,
    b: &Tensor,
    distinct: bool,
    operation: &'static str,
) -> Result<[Tensor; 2]> {
    let dtype = result_dtype([Operand::from(a), Operand::from(b)].iter())?;
    let set = |tensor: &Tensor| -> Result<Tensor> {
        let reason = Reason::Promote { from: tensor.dtype(), to: dtype };
        let line = transfer::cast(&flat(tensor, operation)?, dtype, operation, reason)?;
        match distinct {
            true => Ok(line),
            false => Ok(unique(&line, Wanted { equal_nan: true, ..Wanted::default() })?.values),
        }
    };
    Ok([set(a)?, set(b)?])
}

/// Those of `a` that are among `b`, or with `invert` those that are not.
fn among(a: &Tensor, b: &Tensor, invert: bool) -> Result<Tensor> {
    masked_select(a, &is_in(&a.into(), &b.into(), invert)?)
}

/// The elements that both tensors have, in order: a fresh line.
///
/// # Errors
///
/// `Type` where the dtypes do not promote; `NotImplemented` for a meta tensor.
pub fn intersect(a: &Tensor, b: &Tensor, distinct: bool) -> Result<Tensor> {
    let [a, b] = two_sets(a, b, distinct, "intersect1d")?;
    let common = among(&a, &b, false)?;
    if distinct { sort(&common, 0, PLAIN) } else { Ok(common) }
}

/// The elements that either tensor has, in order: a fresh line.
///
/// # Errors
///
/// As [`intersect`].
pub fn union(a: &Tensor, b: &Tensor) -> Result<Tensor> {
    let all = concatenate(&[flat(a, "union1d")?, flat(b, "union1d")?], Some(0))?;
    Ok(unique(&all, Wanted { equal_nan: true, ..Wanted::default() })?.values)
}

/// The elements of `a` that `b` does not have, in order, or with `distinct` in their own: a fresh
/// line of `a`'s dtype.
///
/// # Errors
///
/// As [`intersect`].
pub fn difference(a: &Tensor, b: &Tensor, distinct: bool) -> Result<Tensor> {
    result_dtype([Operand::from(a), Operand::from(b)].iter())?;
    let line = flat(a, "setdiff1d")?;
    let line = match distinct {
        true => line,
        false => unique(&line, Wanted { equal_nan: true, ..Wanted::default() })?.values,
    };
    among(&line, b, true)
}

/// The elements that one tensor has and the other does not, in order: a fresh line.
///
/// # Errors
///
/// As [`intersect`].
pub fn symmetric_difference(a: &Tensor, b: &Tensor, distinct: bool) -> Result<Tensor> {
    let [a, b] = two_sets(a, b, distinct, "setxor1d")?;
    let both = concatenate(&[among(&a, &b, true)?, among(&b, &a, true)?], Some(0))?;
    sort(&both, 0, PLAIN)
}
