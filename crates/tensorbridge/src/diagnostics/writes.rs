//! Who wrote to watched memory: every grant of a write address that reaches it, with its caller.
//!
//! Off, a write pays one relaxed load. On, a write that reaches no watched byte pays a comparison
//! of bounds. Whoever leaves the interpreter to work says first who called, with [`calling`]: a
//! listener that asked then might wait for somebody who waits for it.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tensorbridge_core::layout::{Overlap, may_overlap, overlap};
use tensorbridge_core::{Layout, Tensor, grants};

/// The expression of the caller's source that led to a write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The file's name.
    pub file: String,
    /// The line's number.
    pub line: u32,
    /// What was called there: `add_`, `+=`.
    pub operation: String,
    /// The expression as it is written; empty where the source is not at hand.
    pub code: String,
    /// The thread's name; empty for the main thread.
    pub thread: String,
}

/// Where elements lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Address of element `[0, …, 0]`.
    pub address: usize,
    /// Shape and byte strides.
    pub layout: Layout,
    /// Bytes of an element.
    pub itemsize: usize,
}

impl Place {
    /// Where a tensor's elements lie.
    #[must_use]
    pub fn of(tensor: &Tensor) -> Self {
        Self {
            address: tensor.address(),
            layout: tensor.layout().clone(),
            itemsize: tensor.dtype().itemsize(),
        }
    }

    fn parts(&self) -> (usize, &Layout, usize) {
        (self.address, &self.layout, self.itemsize)
    }

    /// Whether the bounds of two places meet.
    #[must_use]
    pub fn may_meet(&self, other: &Self) -> bool {
        may_overlap(self.parts(), other.parts())
    }

    /// Whether a byte belongs to both; when in doubt, yes.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        overlap(self.parts(), other.parts()) != Overlap::Disjoint
    }
}

/// Writes of one caller to one place.
#[derive(Clone, Debug)]
pub struct Write {
    /// What may have been written.
    pub place: Place,
    /// Who did, as far as it is known.
    pub caller: Option<Arc<Caller>>,
    /// How often.
    pub times: u64,
}

/// Writes that a watcher keeps apart; of those beyond, it keeps the number.
const MOST: usize = 4096;

/// The most recent writes among which another of the same caller and place is looked for.
const RECENT: usize = 64;

/// Writes to some places, heard while it is started.
#[derive(Debug)]
pub struct Watcher {
    places: Vec<Place>,
    heard: Mutex<Heard>,
}

/// What a watcher heard.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// The writes, in the order of the first of each.
    pub writes: Vec<Write>,
    /// How many more there were than could be kept.
    pub missed: u64,
}

static WATCHERS: Mutex<Vec<Arc<Watcher>>> = Mutex::new(Vec::new());

thread_local! {
    static CALLER: RefCell<Option<Arc<Caller>>> = const { RefCell::new(None) };
}

fn watchers() -> MutexGuard<'static, Vec<Arc<Watcher>>> {
    // A panic while pushing to a vector leaves a valid vector.
    WATCHERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether anybody watches.
#[inline]
#[must_use]
pub fn are_heard() -> bool {
    grants::are_heard()
}

/// Who calls on this thread, until it is dropped.
#[derive(Debug)]
pub struct Calling(Option<Arc<Caller>>);

/// Says who calls on this thread.
#[must_use]
pub fn calling(caller: Option<Arc<Caller>>) -> Calling {
    Calling(CALLER.replace(caller))
}

impl Drop for Calling {
    fn drop(&mut self) {
        CALLER.set(self.0.take());
    }
}

impl Watcher {
    /// A watcher of these places, which hears nothing yet.
    #[must_use]
    pub fn new(places: Vec<Place>) -> Arc<Self> {
        Arc::new(Self { places, heard: Mutex::default() })
    }

    /// Starts hearing.
    pub fn start(self: &Arc<Self>) {
        grants::set_listener(tell);
        watchers().push(Arc::clone(self));
        grants::hear(true);
    }

    /// Stops hearing; what was heard stays.
    pub fn stop(self: &Arc<Self>) {
        let mut watchers = watchers();
        if let Some(place) = watchers.iter().rposition(|other| Arc::ptr_eq(other, self)) {
            watchers.remove(place);
        }
        grants::hear(!watchers.is_empty());
    }

    /// What was heard so far.
    #[must_use]
    pub fn heard(&self) -> Heard {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(&self, place: &Place, caller: Option<&Arc<Caller>>) {
        if !self.places.iter().any(|watched| watched.may_meet(place)) {
            return;
        }
        let mut heard = self.lock();
        let same = |write: &&mut Write| {
            write.place == *place && write.caller.as_deref() == caller.map(|caller| &**caller)
        };
        if let Some(write) = heard.writes.iter_mut().rev().take(RECENT).find(same) {
            write.times += 1;
        } else if heard.writes.len() < MOST {
            let (place, caller) = (place.clone(), caller.cloned());
            heard.writes.push(Write { place, caller, times: 1 });
        } else {
            heard.missed += 1;
        }
    }
}

#[cold]
fn tell(tensor: &Tensor) {
    if !tensor.access().host {
        return;
    }
    let place = Place::of(tensor);
    CALLER.with_borrow(|caller| {
        for watcher in &*watchers() {
            watcher.hear(&place, caller.as_ref());
        }
    });
}

#[cfg(test)]
mod tests {
    use tensorbridge_core::storage::host::Fill;
    use tensorbridge_core::{DType, Device, Scalar};

    use super::*;
    use crate::{ops::views, transfer};

    #[test]
    fn writes_are_heard_where_they_reach() {
        let tensor = Tensor::allocate(&[4, 6], DType::Float32, Device::CPU, Fill::Zero).unwrap();
        let watcher = Watcher::new(vec![Place::of(&tensor)]);
        let write = || transfer::fill(&tensor, Scalar::Int(1)).unwrap();
        write();
        watcher.start();
        let caller = Caller { operation: "fill_".to_owned(), line: 7, ..Caller::default() };
        let calling = calling(Some(Arc::new(caller.clone())));
        write();
        write();
        drop(calling);
        let row = views::select(&tensor, 0, 1).unwrap();
        transfer::fill(&row, Scalar::Int(2)).unwrap();
        let elsewhere = Tensor::allocate(&[4], DType::Int8, Device::CPU, Fill::Zero).unwrap();
        transfer::fill(&elsewhere, Scalar::Int(2)).unwrap();
        watcher.stop();
        write();
        let heard = watcher.heard();
        let seen: Vec<_> =
            heard.writes.iter().map(|w| (w.times, w.caller.as_deref(), &w.place)).collect();
        let (whole, part) = (Place::of(&tensor), Place::of(&row));
        assert_eq!(seen, [(2, Some(&caller), &whole), (1, None, &part)]);
        assert_eq!(heard.missed, 0);
    }
}
