//! Who hears that memory is about to be written: mostly nobody, and then a grant of
//! [`Tensor::write_address`] pays one relaxed load.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::Tensor;

/// Told of every grant, before anything is written.
pub type Listener = fn(&Tensor);

static LISTENER: OnceLock<Listener> = OnceLock::new();
static HEARD: AtomicBool = AtomicBool::new(false);

/// Sets who is told while grants are heard; the first one stays.
pub fn set_listener(listener: Listener) {
    let _ = LISTENER.set(listener);
}

/// Whether the listener is told from here on.
pub fn hear(on: bool) {
    HEARD.store(on, Ordering::Relaxed);
}

/// Whether the listener is told.
#[inline]
#[must_use]
pub fn are_heard() -> bool {
    HEARD.load(Ordering::Relaxed)
}

/// Tells of a grant, where somebody hears it.
#[inline]
pub(crate) fn granted(tensor: &Tensor) {
    if are_heard()
        && let Some(tell) = LISTENER.get()
    {
        tell(tensor);
    }
}
