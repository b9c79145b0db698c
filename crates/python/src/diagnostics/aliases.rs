//! The tensors that are alive, while somebody keeps track of them.
//!
//! Off, which is nearly always, making a tensor costs nothing more: the quick way of making
//! objects is closed while tracking is on, and the long way comes here.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyWeakrefMethods, PyWeakrefReference};
use tensorbridge::diagnostics::writes::Caller;
use tensorbridge::layout::Overlap;

use super::lines::{self, Said};
use crate::namespace::sharing::Place;
use crate::tensor::{PyTensor, object};

/// A tensor that may be alive, and where it was made.
struct Born {
    tensor: Py<PyWeakrefReference>,
    caller: Option<Arc<Caller>>,
}

#[derive(Default)]
struct Registry {
    born: Vec<Born>,
    /// When the list is this long, the dead are taken out.
    sweep: usize,
}

/// Open scopes of all threads.
static SCOPES: AtomicUsize = AtomicUsize::new(0);
static REGISTRY: Mutex<Registry> = Mutex::new(Registry { born: Vec::new(), sweep: 0 });

/// A list shorter than this is never swept.
const SHORT: usize = 1024;

fn registry() -> MutexGuard<'static, Registry> {
    // A panic while pushing to a vector leaves a valid vector.
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What one object asked for: new tensors are kept track of between [`Scopes::begin`] and
/// [`Scopes::end`], as often as they are nested.
#[derive(Default)]
pub(super) struct Scopes(AtomicUsize);

impl Scopes {
    /// Keeps track of new tensors from here on.
    pub(super) fn begin(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
        if SCOPES.fetch_add(1, Ordering::AcqRel) == 0 {
            object::announce(true);
        }
    }

    /// Ends what one [`Scopes::begin`] began, if there is one; the last of all forgets all tensors.
    pub(super) fn end(&self) {
        let begun = |scopes: usize| scopes.checked_sub(1);
        let had = self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, begun).is_ok();
        if had && SCOPES.fetch_sub(1, Ordering::AcqRel) == 1 {
            object::announce(false);
            let forgotten = std::mem::take(&mut *registry());
            drop(forgotten);
        }
    }
}

fn is_on() -> bool {
    SCOPES.load(Ordering::Acquire) > 0
}

/// Records a tensor that was just made, where somebody keeps track.
pub(crate) fn born(tensor: &Bound<'_, PyTensor>) {
    if !is_on() {
        return;
    }
    let py = tensor.py();
    let Ok(reference) = PyWeakrefReference::new(tensor) else { return };
    let born = Born { tensor: reference.unbind(), caller: lines::expression(py) };
    let mut registry = registry();
    let mut dead = Vec::new();
    if registry.born.len() >= registry.sweep.max(SHORT) {
        let born = std::mem::take(&mut registry.born).into_iter();
        (registry.born, dead) = born.partition(|born| born.tensor.bind(py).upgrade().is_some());
        registry.sweep = 2 * registry.born.len();
    }
    registry.born.push(born);
    // The lock goes first, whatever the interpreter does as objects die.
    drop(registry);
    drop(dead);
}

/// The tensors, but `target` itself, that have a byte in common with it and were made while somebody
/// kept track, each with its maker or `None`. `None` where nobody keeps track.
#[pyfunction]
#[allow(clippy::type_complexity, reason = "two tuples, taken apart at once")]
fn _aliases<'py>(
    target: &Bound<'py, PyAny>,
) -> PyResult<Option<Vec<(Bound<'py, PyTensor>, Option<Said>)>>> {
    let py = target.py();
    if !is_on() {
        return Ok(None);
    }
    let place = Place::of(target, "aliases")?;
    let living: Vec<_> = registry()
        .born
        .iter()
        .filter_map(|born| {
            let tensor = born.tensor.bind(py).upgrade_as::<PyTensor>().ok()??;
            Some((tensor, born.caller.clone()))
        })
        .collect();
    let mut found = Vec::new();
    for (tensor, caller) in living {
        let other = Place::of_tensor(tensor.get().tensor().clone());
        if !tensor.is(target) && place.overlaps(py, &other, u64::MAX)? == Overlap::Shared {
            found.push((tensor, caller.as_deref().map(lines::said)));
        }
    }
    Ok(Some(found))
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(_aliases, module)?)?;
    if std::env::var("TENSORBRIDGE_TRACK").is_ok_and(|value| !matches!(value.as_str(), "" | "0")) {
        Scopes::default().begin();
    }
    Ok(())
}
