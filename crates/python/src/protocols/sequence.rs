//! Nested sequences, and single numbers: values picked up one by one, then written at once.
//!
//! The walk reads every object exactly once and keeps what it read, so that code that runs
//! meanwhile can change the lists and never the shape of the result.

use pyo3::exceptions::{PyMemoryError, PyRuntimeError, PyTypeError, PyValueError};
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList, PySequence, PyTuple};
use tensorbridge::diagnostics::trace::{self, Watch};
use tensorbridge::exchange::{
    self, ByteOrder, CopyMode, Facts, Form, Permission, Plan, Reason, Request, SourceDType,
};
use tensorbridge::layout::element_count;
use tensorbridge::transfer::{self, Part, Wanted};
use tensorbridge::{Device, Dims, MAX_NDIM, Tensor};

use super::scalar::Inference;
use super::{memory, refuse, type_name};
use crate::calling;
use crate::enter::enter_detached;
use crate::errors::OrRaise;

/// Ctrl-C is looked for once in so many values.
const POLL: usize = 1 << 16;

/// A tensor of the numbers in `object`: a number, or sequences and iterators of numbers, arrays
/// and tensors, nested to any depth that a tensor has.
///
/// # Errors
///
/// In PyTorch's words: `ValueError` for ragged or too deep nesting and for ints beyond `int64`,
/// `TypeError` for text and for a dtype that cannot hold a value's kind, `OverflowError` for a
/// value outside the dtype asked for, `RuntimeError` for objects without a dtype; `CopyError`
/// when sharing was asked for; what the rule for casts says.
pub(super) fn import(
    object: &Bound<'_, PyAny>,
    request: &Request,
    door: &'static str,
) -> PyResult<Tensor> {
    let py = object.py();
    let watch = trace::watch();
    if request.copy == CopyMode::Never && !object.is_none() && !is_text(object) {
        return Err(refuse(py, Reason::Sequence, door, watch));
    }
    let mut walk = Walk {
        shape: Dims::new(),
        closed: false,
        parts: Vec::new(),
        inference: Inference::new(request.dtype, request.casting),
        door,
    };
    walk.visit(object, 0)?;
    let facts = Facts {
        dtype: SourceDType::Known(walk.inference.dtype(py)?),
        byte_order: ByteOrder::Native,
        permission: Permission::Writable,
        device: Device::CPU,
        form: Form::Values,
    };
    let (SourceDType::Known(dtype), Plan::Copy { reasons, access }) =
        (facts.dtype, exchange::plan(&facts, request))
    else {
        return Err(refuse(py, Reason::Sequence, door, watch));
    };
    let (device, casting) = (request.device.unwrap_or(Device::CPU), request.casting);
    let wanted = Wanted { dtype, device, access, casting };
    let bytes = element_count(&walk.shape).or_raise(py)?.saturating_mul(dtype.itemsize());
    let Walk { shape, parts, .. } = &walk;
    enter_detached(py, bytes, || transfer::assemble(parts, shape, wanted, door, &reasons))
}

fn is_text(object: &Bound<'_, PyAny>) -> bool {
    object.is_instance_of::<pyo3::types::PyString>()
        || object.is_instance_of::<pyo3::types::PyBytes>()
}

/// What was read so far.
struct Walk {
    shape: Dims<usize>,
    /// Whether the number of axes is settled: by a number, an array, or an empty sequence.
    closed: bool,
    parts: Vec<Part>,
    inference: Inference,
    door: &'static str,
}

impl Walk {
    fn visit(&mut self, object: &Bound<'_, PyAny>, depth: usize) -> PyResult<()> {
        if let Some(part) = self.inference.exact(object)? {
            return self.number(part, depth);
        }
        if let Ok(list) = object.cast_exact::<PyList>() {
            return self.sequence(object, list.len(), depth, |index| list.get_item(index));
        }
        if let Ok(tuple) = object.cast_exact::<PyTuple>() {
            return self.sequence(object, tuple.len(), depth, |index| tuple.get_item(index));
        }
        self.visit_other(object, depth)
    }

    fn visit_other(&mut self, object: &Bound<'_, PyAny>, depth: usize) -> PyResult<()> {
        if let Some(part) = self.inference.inexact(object)? {
            return self.number(part, depth);
        }
        if is_text(object) {
            self.inference.convert(object)?;
        }
        // The outermost object has been asked for these protocols already.
        if depth > 0
            && let Some(tensor) = memory(object, &Request::default(), self.door, Watch::OFF)?
        {
            return self.block(tensor, depth);
        }
        // A dict is a mapping, though it has the methods of a sequence.
        // SAFETY: a live object.
        let is_sequence = unsafe { ffi::PySequence_Check(object.as_ptr()) } != 0;
        if is_sequence && !object.is_instance_of::<PyDict>() {
            // SAFETY: `PySequence_Check` is all that the methods used here rely on.
            let sequence = unsafe { object.cast_unchecked::<PySequence>() };
            let length = sequence.len()?;
            let item = |index| calling::item(sequence, index);
            return self.sequence(object, length, depth, item);
        }
        if let Ok(iterator) = object.cast::<PyIterator>() {
            let items = self.exhaust(iterator)?;
            return self.sequence(object, items.len(), depth, |index| items.get_item(index));
        }
        let part = self.inference.convert(object)?;
        self.number(part, depth)
    }

    /// The items that an iterator still has.
    fn exhaust<'py>(&self, iterator: &Bound<'py, PyIterator>) -> PyResult<Bound<'py, PyList>> {
        let py = iterator.py();
        let items = PyList::empty(py);
        let source = iterator.try_iter()?;
        for index in 0.. {
            let Some(item) = calling::next(&source) else { break };
            // An endless iterator written in C never looks itself.
            if index % POLL == POLL - 1 {
                py.check_signals()?;
            }
            items.append(item?)?;
        }
        Ok(items)
    }

    fn sequence<'py>(
        &mut self,
        object: &Bound<'py, PyAny>,
        length: usize,
        depth: usize,
        item: impl Fn(usize) -> PyResult<Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        if depth == self.shape.len() {
            if self.closed {
                return Err(PyTypeError::new_err(format!(
                    "'{}' object cannot be interpreted as a number: items of different depth at dim {} — hint: pad the items to one shape",
                    type_name(object),
                    depth.saturating_sub(1)
                )));
            }
            if depth == MAX_NDIM {
                return Err(PyValueError::new_err(format!(
                    "too many dimensions '{}': a tensor has at most {MAX_NDIM}, and this one is nested deeper, or inside itself",
                    type_name(object)
                )));
            }
            self.shape.push(length);
            self.closed = length == 0;
        } else if self.shape[depth] != length {
            return Err(ragged(self.shape[depth], depth, length));
        }
        for index in 0..length {
            let item = item(index).map_err(|error| changed(object, error))?;
            self.visit(&item, depth + 1)?;
        }
        Ok(())
    }

    fn number(&mut self, part: Part, depth: usize) -> PyResult<()> {
        if depth != self.shape.len() {
            return Err(PyTypeError::new_err(format!(
                "not a sequence: a number at dim {depth}, where other items have {} more dimensions — hint: pad the items to one shape",
                self.shape.len() - depth
            )));
        }
        if !self.closed {
            self.closed = true;
            // So many values will come; too many are an error before the first is read.
            let count = self.shape.iter().try_fold(1_usize, |count, &n| count.checked_mul(n));
            if count.is_none_or(|count| self.parts.try_reserve_exact(count).is_err()) {
                return Err(PyMemoryError::new_err(format!(
                    "there is no room for the values of a sequence of shape {:?}",
                    self.shape.as_slice()
                )));
            }
        }
        self.parts.push(part);
        if self.parts.len().is_multiple_of(POLL) {
            Python::attach(|py| py.check_signals())?;
        }
        Ok(())
    }

    fn block(&mut self, tensor: Tensor, depth: usize) -> PyResult<()> {
        if self.closed {
            let here = &self.shape[depth.min(self.shape.len())..];
            if here != tensor.shape() {
                let mut pairs = here.iter().zip(tensor.shape()).enumerate();
                return Err(match pairs.find(|(_, (expected, found))| expected != found) {
                    Some((axis, (&expected, &found))) => ragged(expected, depth + axis, found),
                    None => PyTypeError::new_err(format!(
                        "not a sequence: an array with {} dimensions at dim {depth}, where other items have {} — hint: pad the items to one shape",
                        tensor.ndim(),
                        here.len()
                    )),
                });
            }
        } else {
            self.shape.extend_from_slice(tensor.shape());
            self.closed = true;
            if self.shape.len() > MAX_NDIM {
                return Err(PyValueError::new_err(format!(
                    "too many dimensions: a tensor has at most {MAX_NDIM}, and arrays in sequences make {}",
                    self.shape.len()
                )));
            }
        }
        self.inference.meet_strong(tensor.dtype());
        self.parts.push(Part::Block(Box::new(tensor)));
        Ok(())
    }
}

fn ragged(expected: usize, dim: usize, found: usize) -> PyErr {
    PyValueError::new_err(format!(
        "expected sequence of length {expected} at dim {dim} (got {found}) — hint: pad the rows to one length"
    ))
}

/// An index that was in range and is not any more.
#[cold]
fn changed(object: &Bound<'_, PyAny>, cause: PyErr) -> PyErr {
    let py = object.py();
    if !cause.is_instance_of::<pyo3::exceptions::PyIndexError>(py) {
        return cause;
    }
    let error = PyRuntimeError::new_err(format!(
        "the {} changed its length while it was read",
        type_name(object)
    ));
    error.set_cause(py, Some(cause));
    error
}
