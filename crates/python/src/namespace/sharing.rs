//! Whether two objects look at the same bytes: NumPy's two questions, of anything with memory.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use tensorbridge::diagnostics::trace::Watch;
use tensorbridge::exchange::Request;
use tensorbridge::layout::{Overlap, may_overlap, overlap_within};
use tensorbridge::{Layout, Tensor};

use crate::enter::{enter, enter_detached};
use crate::errors::too_hard_error;
use crate::protocols::{self, numpy, type_name};
use crate::tensor::PyTensor;

/// Trials that are made without leaving the interpreter.
const BRIEF: u64 = 1 << 12;

/// Where an object's elements lie.
pub(crate) struct Place {
    address: usize,
    layout: Layout,
    itemsize: usize,
    /// What keeps the memory of an object that made it for this question.
    _kept: Option<Tensor>,
}

impl Place {
    /// The place of a tensor; of no bytes where it has none on the host.
    pub(crate) fn of_tensor(tensor: Tensor) -> Self {
        Self {
            address: tensor.address(),
            layout: tensor.layout().clone(),
            itemsize: if tensor.access().host { tensor.dtype().itemsize() } else { 0 },
            _kept: Some(tensor),
        }
    }

    /// The place of anything that has memory. Nothing is copied, and no trace hears it.
    pub(crate) fn of(object: &Bound<'_, PyAny>, door: &'static str) -> PyResult<Self> {
        if let Ok(tensor) = object.cast::<PyTensor>() {
            return Ok(Self::of_tensor(tensor.get().tensor().clone()));
        }
        // Arrays of any dtype: memory is memory.
        if let Some((address, layout, itemsize)) = numpy::place(object)? {
            return Ok(Self { address, layout, itemsize, _kept: None });
        }
        let found = protocols::memory(object, &Request::SHARE, door, Watch::OFF)?;
        found.map(Self::of_tensor).ok_or_else(|| {
            PyTypeError::new_err(format!(
                "{door}: a {} has no memory that could be looked at — hint: pass a tensor, an ndarray, or anything with the buffer protocol, `__array_interface__` or `__dlpack__` on the host",
                type_name(object)
            ))
        })
    }

    fn parts(&self) -> (usize, &Layout, usize) {
        (self.address, &self.layout, self.itemsize)
    }

    /// Whether a byte of this place belongs to `other`, found in at most `work` trials.
    pub(crate) fn overlaps(&self, py: Python<'_>, other: &Self, work: u64) -> PyResult<Overlap> {
        if self.itemsize == 0 || other.itemsize == 0 {
            return Ok(Overlap::Disjoint);
        }
        if work == 0 {
            let maybe = may_overlap(self.parts(), other.parts());
            return Ok(if maybe { Overlap::Unknown } else { Overlap::Disjoint });
        }
        let within = |work| overlap_within(self.parts(), other.parts(), work);
        match enter(py, || within(work.min(BRIEF)))? {
            Overlap::Unknown if work > BRIEF => enter_detached(py, usize::MAX, || within(work)),
            answer => Ok(answer),
        }
    }
}

fn answer(
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    max_work: i64,
    door: &'static str,
) -> PyResult<Overlap> {
    let work = match max_work {
        -1 => u64::MAX,
        work => u64::try_from(work).map_err(|_| {
            PyValueError::new_err(format!(
                "{door}: max_work is a number of trials, and {work} is none — hint: -1 answers exactly, 0 compares bounds"
            ))
        })?,
    };
    Place::of(a, door)?.overlaps(a.py(), &Place::of(b, door)?, work)
}

/// Whether `a` and `b` have a byte in common: exact, for any strides.
///
/// Each is a tensor, an ndarray of any dtype, or anything else whose memory `asarray` would share;
/// nothing is copied. Gaps count: the even and the odd columns of a matrix share nothing. A meta
/// tensor has no bytes.
///
/// `max_work`: `None` or -1 answers exactly; 0 compares the first and last bytes, as
/// `may_share_memory` does; a positive number bounds the trials, and `TooHardError` (a
/// `RuntimeError`) says that they were not enough. Strides of ordinary views need no trials; in
/// general the question is NP-complete, and Ctrl-C ends a long search. Raises `TypeError` for
/// objects without memory, and what `asarray(copy=False)` raises.
#[pyfunction]
#[pyo3(signature = (a, b, /, max_work=None))]
fn shares_memory(
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    max_work: Option<i64>,
) -> PyResult<bool> {
    let max_work = max_work.unwrap_or(-1);
    match answer(a, b, max_work, "shares_memory")? {
        Overlap::Disjoint => Ok(false),
        Overlap::Shared => Ok(true),
        Overlap::Unknown if max_work == 0 => Ok(true),
        Overlap::Unknown => Err(PyErr::from_type(
            too_hard_error(a.py())?.bind(a.py()).clone(),
            (format!(
                "shares_memory: not found out within max_work={max_work} trials — hint: `max_work=None` finds it out, however long it takes; `may_share_memory` answers at once"
            ),),
        )),
    }
}

/// Whether `a` and `b` may have a byte in common: `False` is certain, `True` is not.
///
/// As `shares_memory`, but that `max_work=None` compares only the first and last bytes (0 does,
/// too), and that `True` is also the answer where a positive `max_work` was not enough; -1 is exact.
#[pyfunction]
#[pyo3(signature = (a, b, /, max_work=None))]
fn may_share_memory(
    a: &Bound<'_, PyAny>,
    b: &Bound<'_, PyAny>,
    max_work: Option<i64>,
) -> PyResult<bool> {
    let answer = answer(a, b, max_work.unwrap_or(0), "may_share_memory")?;
    Ok(answer != Overlap::Disjoint)
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(shares_memory, module)?)?;
    module.add_function(wrap_pyfunction!(may_share_memory, module)?)
}
